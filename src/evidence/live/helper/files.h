/* Calls on descriptors of files. */
/* A length that a buffer of this program can have. */
static size_t buffer_length(void)
{
	long length = num();
	if (length < 0 || length > MOST_BYTES)
		how = UNSAFE;
	return how == OK ? (size_t)length : 0;
}

static void file_io(int write_it, int positioned)
{
	int file = fd();
	long offset = positioned ? num() : 0;
	size_t length = buffer_length();
	int byte = (int)num();
	if (how != OK)
		return;
	unsigned char *buffer = malloc(length + 1);
	memset(buffer, write_it ? byte : 0xEE, length + 1);
	if (write_it)
		answer(positioned ? pwrite(file, buffer, length, offset) : write(file, buffer, length));
	else
		answer(positioned ? pread(file, buffer, length, offset) : read(file, buffer, length));
	if (how == OK && !write_it)
		data(buffer, ret);
	free(buffer);
}

static void file_io_in_map(int write_it)
{
	int file = fd();
	struct span range = span();
	long offset = num();
	if (how != OK)
		return;
	answer(write_it ? pwrite(file, range.address, range.length, offset)
	                : pread(file, range.address, range.length, offset));
}

/* A copy from a long sparse file would fill the memory. */
static void guard_copy(int from, unsigned long length)
{
	struct stat status;
	if (how == OK && length > MOST_BYTES && fstat(from, &status) == 0 && status.st_size > MOST_BYTES)
		how = UNSAFE;
}

static void copy(int range)
{
	int to = fd(), from = fd();
	off_t in = num(), out = range ? num() : 0;
	unsigned long length = (unsigned long)num();
	guard_copy(from, length);
	if (how != OK)
		return;
	answer(range ? copy_file_range(from, &in, to, &out, length, 0) : sendfile(to, from, &in, length));
}

static void allocate(void)
{
	int file = fd();
	long mode = num(), offset = num(), length = num();
	int refused = offset < 0 || length <= 0 || (unsigned long)offset + (unsigned long)length > INT64_MAX;
	if (how == OK && (mode & FALLOC_FL_PUNCH_HOLE) == 0 && length > MOST_BYTES && !refused)
		how = UNSAFE;
	if (how == OK)
		answer(syscall(SYS_fallocate, file, mode, offset, length));
}

static void status(void)
{
	struct stat found;
	int file = fd();
	if (how != OK)
		return;
	answer(fstat(file, &found));
	if (how == OK)
		fprintf(more, " stat %ld %o %s %ld %ld %ld", (long)found.st_size, found.st_mode & 07777,
		        S_ISREG(found.st_mode) ? "regular" : "other",
		        (long)found.st_blocks * 512 / PAGE, (long)found.st_blksize, (long)found.st_nlink);
}

static void same_inode(void)
{
	struct stat one, two;
	int first = fd(), second = fd();
	if (how != OK)
		return;
	answer(fstat(first, &one) < 0 ? -1 : fstat(second, &two));
	if (how == OK)
		ret = one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static void reopen(void)
{
	char path[64];
	int file = fd(), flags = (int)num(), out = slot();
	if (how != OK)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	made_fd(open(path, flags | O_CLOEXEC), out);
}
