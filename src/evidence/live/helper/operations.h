/* Every operation by its name. */
static void on_range(const char *op)
{
	struct span range = span();
	long argument = num();
	if (how != OK)
		return;
	if (strcmp(op, "mprotect") == 0)
		answer(mprotect(range.address, range.length, (int)argument));
	else if (strcmp(op, "madvise") == 0)
		answer(madvise(range.address, range.length, (int)argument));
	else
		answer(mlock(range.address, range.length));
}

static void operate(const char *op)
{
	int file, out;
#define IS(name) (strcmp(op, name) == 0)
	if (IS("memfd_create")) {
		const char *name = word();
		long flags = num();
		out = slot();
		made_fd((int)syscall(SYS_memfd_create, name + 1, (unsigned long)flags), out);
	} else if (IS("memfd_secret")) {
		long flags = num();
		out = slot();
		made_fd((int)syscall(SYS_memfd_secret, (unsigned long)flags), out);
	} else if (IS("open_tmpfs_file")) {
		made_fd(open("/dev/shm", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600), slot());
	} else if (IS("open_disk_file")) {
		made_fd(open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600), slot());
	} else if (IS("dup")) {
		file = fd();
		out = slot();
		if (how == OK)
			made_fd(fcntl(file, F_DUPFD_CLOEXEC, 0), out);
	} else if (IS("reopen")) {
		reopen();
	} else if (IS("close")) {
		out = slot();
		if (fds[out] < 0)
			how = NONE;
		else
			answer(close(fds[out]));
		fds[out] = -1;
	} else if (IS("fcntl_add_seals")) {
		file = fd();
		long seals = num();
		if (how == OK)
			answer(syscall(SYS_fcntl, file, F_ADD_SEALS, seals));
	} else if (IS("fcntl_get_seals")) {
		file = fd();
		if (how == OK)
			answer(fcntl(file, F_GET_SEALS));
	} else if (IS("fcntl_getfd")) {
		file = fd();
		if (how == OK)
			answer(fcntl(file, F_GETFD));
	} else if (IS("fcntl_getfl_access")) {
		file = fd();
		if (how == OK)
			answer(fcntl(file, F_GETFL) & O_ACCMODE);
	} else if (IS("same_inode")) {
		same_inode();
	} else if (IS("ftruncate")) {
		file = fd();
		long length = num();
		if (how == OK)
			answer(ftruncate(file, length));
	} else if (IS("fallocate")) {
		allocate();
	} else if (IS("pwrite") || IS("pread")) {
		file_io(IS("pwrite"), 1);
	} else if (IS("write") || IS("read")) {
		file_io(IS("write"), 0);
	} else if (IS("lseek")) {
		file = fd();
		long offset = num(), whence = num();
		if (how == OK) {
			/* A position below zero is an error number only between -4095 and -1. */
			long found = syscall(SYS_lseek, file, offset, whence);
			if (found == -1)
				answer(-1);
			ret = found;
		}
	} else if (IS("fstat")) {
		status();
	} else if (IS("fchmod")) {
		file = fd();
		long mode = num();
		if (how == OK)
			answer(fchmod(file, (mode_t)mode));
	} else if (IS("sendfile") || IS("copy_file_range")) {
		copy(IS("copy_file_range"));
	} else if (IS("mmap")) {
		file = fd();
		unsigned long length = (unsigned long)num();
		long prot = num(), flags = num(), offset = num();
		place(length, (int)prot, (int)flags, file, offset, slot());
	} else if (IS("mmap_anon")) {
		unsigned long length = (unsigned long)num();
		long prot = num();
		place(length, (int)prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, slot());
	} else if (IS("munmap")) {
		unmap();
	} else if (IS("mprotect") || IS("madvise") || IS("mlock")) {
		on_range(op);
	} else if (IS("load") || IS("store")) {
		touch(IS("store"));
	} else if (IS("pin_pages")) {
		pin_pages();
	} else if (IS("unpin_pages")) {
		unpin_pages();
	} else if (IS("process_vm_readv_self")) {
		read_self();
	} else if (IS("write_from_map") || IS("pread_into_map")) {
		file_io_in_map(IS("write_from_map"));
	} else if (IS("become_unprivileged")) {
		drop_privileges();
	} else if (IS("sysctl_memfd_noexec_get") || IS("sysctl_memfd_noexec_set")) {
		noexec(IS("sysctl_memfd_noexec_set"));
	} else if (IS("kvm_check_extension")) {
		check_extension();
	} else if (IS("kvm_create_vm")) {
		create_vm();
	} else if (IS("kvm_create_guest_memfd")) {
		create_guest_memfd();
	} else if (IS("kvm_set_user_memory_region") || IS("kvm_set_user_memory_region2")) {
		set_region(IS("kvm_set_user_memory_region2"));
	} else if (IS("kvm_set_memory_attributes")) {
		set_attributes();
	} else {
		fprintf(stderr, "unknown operation %s\n", op);
		exit(3);
	}
#undef IS
}
