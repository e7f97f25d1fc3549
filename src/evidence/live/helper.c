/*
 * Makes system calls as the live comparison asks for them, and says what the kernel answered.
 *
 * Standard input: `seq BYTES\n`, then that many bytes of lines, one operation per line. Each sequence runs in a process of
 * its own, so that nothing of it stays. Standard output: one line per operation, then a line with a dot. Descriptors,
 * mappings and pins are slots that the caller numbers. A line begins with two slots: the descriptors whose file is looked at
 * after the operation (size and seals), the first of the two that is open; -1 for none.
 *
 * Answers: `ok RET [value V] [data B C ...] [stat ...]`, `err NUMBER`, `sig NUMBER CODE`, `none` (the operation needs a slot
 * that is empty), `unsafe` (it would touch memory of this program or need too much memory, and was not made).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

enum { SLOTS = 128, PAGE = 4096, TOKENS = 24 };
#define MOST_BYTES (1L << 24)
#define SECONDS_PER_SEQUENCE 60

struct map {
	char *address;
	long length;
};

static int fds[SLOTS];
static struct map maps[SLOTS];
static int pins[SLOTS][2];
static int kvm = -1;

static char *token[TOKENS];
static int tokens, at;

/* How an operation ended; filled in by the operation. */
static enum { OK, ERR, SIG, NONE, UNSAFE } how;
static long ret;
static int number, code;
static char *extra;
static size_t extra_size;
static FILE *more;

static sigjmp_buf env;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	number = sig;
	code = info->si_code;
	siglongjmp(env, 1);
}

/* ---- arguments, in the order in which they stand in the line */

static const char *word(void)
{
	return at < tokens ? token[at++] : "0";
}

static long num(void)
{
	const char *text = word();
	return text[0] == '-' ? (long)strtoll(text, NULL, 10) : (long)strtoull(text, NULL, 10);
}

static int slot(void)
{
	long value = num();
	if (value < 0 || value >= SLOTS) {
		how = NONE;
		return 0;
	}
	return (int)value;
}

static int fd(void)
{
	int found = fds[slot()];
	if (found < 0)
		how = NONE;
	return found;
}

static struct map *map(void)
{
	struct map *found = &maps[slot()];
	if (found->address == NULL)
		how = NONE;
	return found;
}

/* Address and length of a part of a mapping. One page at either side belongs to the mapping's reservation. */
struct span {
	char *address;
	unsigned long length;
};

static struct span span(void)
{
	struct map *found = map();
	long offset = num();
	const char *text = word();
	struct span range = {found->address + offset, 0};
	long rounded = (found->length + PAGE - 1) / PAGE * PAGE;
	range.length = strcmp(text, "*") == 0 ? (unsigned long)(found->length - offset)
	               : text[0] == '-'       ? (unsigned long)strtoll(text, NULL, 10)
	                                      : strtoull(text, NULL, 10);
	if (how == NONE)
		return range;
	int inside = offset >= -PAGE && offset <= rounded + PAGE;
	int wraps = (long)range.length < 0 && (long)range.length > -(1L << 40);
	if (!inside || (!wraps && range.length > (unsigned long)(rounded + PAGE - offset)))
		how = UNSAFE;
	if (!wraps && range.length > MOST_BYTES)
		how = UNSAFE;
	return range;
}

/* ---- answers */

static void answer(long value)
{
	if (how != OK)
		return;
	if (value < 0) {
		how = ERR;
		number = errno;
	}
	ret = value;
}

static void made_fd(int made, int out)
{
	answer(made);
	if (how != OK)
		return;
	fds[out] = made;
	ret = 0;
}

static void data(const unsigned char *bytes, long count)
{
	fprintf(more, " data");
	for (long start = 0; start < count;) {
		long end = start;
		while (end < count && bytes[end] == bytes[start])
			end++;
		fprintf(more, " %d %ld", bytes[start], end - start);
		start = end;
	}
}

/* ---- memory */

/* Never at the address of a huge page: a huge mapping would then reach over its neighbours. */
static char *reserve(unsigned long length)
{
	char *area;
	do
		area = mmap(NULL, length + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	while (area != MAP_FAILED && ((uintptr_t)area + PAGE) % (1UL << 21) == 0);
	return area == MAP_FAILED ? NULL : area + PAGE;
}

static void place(unsigned long length, int prot, int flags, int file, long offset, int out)
{
	unsigned long rounded = (length + PAGE - 1) / PAGE * PAGE;
	char *address = NULL, *found;
	if ((flags & (MAP_FIXED | MAP_GROWSDOWN)) != 0)
		how = UNSAFE;
	if ((flags & (MAP_POPULATE | MAP_LOCKED)) != 0 && length > MOST_BYTES && length < 1UL << 48)
		how = UNSAFE;
	if (how != OK)
		return;
	if ((long)length > 0)
		address = reserve(rounded);
	if (address != NULL)
		flags |= MAP_FIXED;
	found = (char *)syscall(SYS_mmap, address, length, prot, flags, file, offset);
	if (found == MAP_FAILED) {
		answer(-1);
		return;
	}
	/* Larger than any room that could be reserved: not kept. */
	if (address == NULL) {
		munmap(found, length);
		how = UNSAFE;
		return;
	}
	maps[out] = (struct map){found, (long)length};
	ret = 0;
}

static void touch(int store)
{
	struct map *found = map();
	long offset = num();
	volatile unsigned char byte = (unsigned char)num();
	long rounded = (found->length + PAGE - 1) / PAGE * PAGE;
	if (how == OK && (offset < -PAGE || offset >= rounded + PAGE))
		how = UNSAFE;
	if (how != OK)
		return;
	volatile unsigned char *address = (volatile unsigned char *)found->address + offset;
	if (sigsetjmp(env, 1) != 0) {
		how = SIG;
		return;
	}
	if (store)
		*address = byte;
	else
		byte = *address;
	ret = 0;
	if (!store)
		fprintf(more, " value %d", byte);
}

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

static void pin_pages(void)
{
	struct span range = span();
	int out = slot(), ends[2];
	if (how != OK)
		return;
	struct iovec vector = {range.address, range.length};
	answer(pipe2(ends, O_CLOEXEC));
	if (how != OK)
		return;
	answer(vmsplice(ends[1], &vector, 1, 0));
	if (how == OK) {
		pins[out][0] = ends[0];
		pins[out][1] = ends[1];
	} else {
		close(ends[0]);
		close(ends[1]);
	}
}

static void unpin_pages(void)
{
	int pin = slot();
	if (how != OK || pins[pin][0] < 0) {
		how = NONE;
		return;
	}
	close(pins[pin][0]);
	close(pins[pin][1]);
	pins[pin][0] = -1;
	ret = 0;
}

static void read_self(void)
{
	struct span range = span();
	if (how == OK && (long)range.length < 0)
		how = UNSAFE;
	if (how != OK)
		return;
	unsigned char *buffer = malloc(range.length + 1);
	struct iovec local = {buffer, range.length}, remote = {range.address, range.length};
	answer(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	if (how == OK)
		data(buffer, ret);
	free(buffer);
}

static void noexec(int set)
{
	char text[32] = "";
	long value = set ? num() : 0;
	int file = open("/proc/sys/vm/memfd_noexec", (set ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	/* Only a PID namespace of its own may be changed. */
	if (set && getpid() != 1)
		how = UNSAFE;
	answer(file);
	if (how == OK && set) {
		int length = snprintf(text, sizeof text, "%ld\n", value);
		answer(write(file, text, (size_t)length));
		if (how == OK)
			ret = 0;
	} else if (how == OK) {
		answer(read(file, text, sizeof text - 1));
		if (how == OK)
			ret = atol(text);
	}
	if (file >= 0)
		close(file);
}

static void drop_privileges(void)
{
	rlim_t limit = (rlim_t)num();
	struct rlimit memlock = {limit, limit};
	answer(setrlimit(RLIMIT_MEMLOCK, &memlock));
	if (how == OK)
		answer(syscall(SYS_setresgid, 65534, 65534, 65534));
	if (how == OK)
		answer(syscall(SYS_setresuid, 65534, 65534, 65534));
}

static void unmap(void)
{
	struct span range = span();
	if (how != OK)
		return;
	answer(munmap(range.address, range.length));
	if (how != OK)
		return;
	unsigned long rounded = (range.length + PAGE - 1) / PAGE * PAGE;
	mmap(range.address, rounded, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

/* ---- KVM: arguments are the 32-bit words and 64-bit fields of the structures, in order */

static uint64_t user_address(void)
{
	int which = (int)num();
	uint64_t offset = (uint64_t)num();
	if (which < 0)
		return offset;
	if (which >= SLOTS || maps[which].address == NULL) {
		how = NONE;
		return 0;
	}
	return (uint64_t)(uintptr_t)maps[which].address + offset;
}

static void open_kvm(void)
{
	if (kvm < 0)
		kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		answer(-1);
}

static void create_vm(void)
{
	long type = num();
	int out = slot();
	open_kvm();
	if (how == OK)
		made_fd((int)syscall(SYS_ioctl, kvm, 0xAE01UL, type), out);
}

static void check_extension(void)
{
	long which = num(), capability = num();
	if (which >= 0 && (which >= SLOTS || fds[which] < 0))
		how = NONE;
	open_kvm();
	if (how == OK)
		answer(syscall(SYS_ioctl, which < 0 ? kvm : fds[which], 0xAE03UL, capability));
}

static void create_guest_memfd(void)
{
	int vm = fd();
	uint64_t argument[8];
	argument[0] = (uint64_t)num();
	argument[1] = (uint64_t)num();
	uint64_t reserved = (uint64_t)num();
	for (int i = 2; i < 8; i++)
		argument[i] = reserved;
	int out = slot();
	if (how == OK)
		made_fd((int)syscall(SYS_ioctl, vm, 0xC040AED4UL, argument), out);
}

static void set_region(int second)
{
	int vm = fd();
	uint64_t argument[20] = {0};
	uint32_t *words = (uint32_t *)argument;
	words[0] = (uint32_t)num();
	words[1] = (uint32_t)num();
	argument[1] = (uint64_t)num();
	argument[2] = (uint64_t)num();
	argument[3] = user_address();
	if (second) {
		argument[4] = (uint64_t)num();
		int is_slot = (int)num();
		long value = num();
		if (is_slot && (value < 0 || value >= SLOTS || fds[value] < 0))
			how = NONE;
		words[10] = how == OK ? (uint32_t)(is_slot ? fds[value] : value) : 0;
	}
	if (how == OK)
		answer(syscall(SYS_ioctl, vm, second ? 0x40A0AE49UL : 0x4020AE46UL, argument));
}

static void set_attributes(void)
{
	int vm = fd();
	uint64_t argument[4];
	for (int i = 0; i < 4; i++)
		argument[i] = (uint64_t)num();
	if (how == OK)
		answer(syscall(SYS_ioctl, vm, 0x4020AED2UL, argument));
}

/* ---- operations */

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

static void print_post(long first, long second)
{
	long which = first >= 0 && fds[first] >= 0 ? first : second >= 0 && fds[second] >= 0 ? second : -1;
	struct stat found;
	if (which < 0 || fstat(fds[which], &found) < 0)
		return;
	printf(" post %d %ld %d", which == first ? 0 : 1, (long)found.st_size, fcntl(fds[which], F_GET_SEALS));
}

static void run_line(long first, long second, const char *op)
{
	how = OK;
	ret = 0;
	extra = NULL;
	more = open_memstream(&extra, &extra_size);
	operate(op);
	fclose(more);
	if (how == OK)
		printf("ok %ld%s", ret, extra);
	else if (how == ERR)
		printf("err %d", number);
	else if (how == SIG)
		printf("sig %d %d", number, code);
	else
		printf(how == NONE ? "none" : "unsafe");
	free(extra);
	if (how != NONE && how != UNSAFE)
		print_post(first, second);
	putchar('\n');
}

static char *run_lines(char *text);

/* Runs the lines up to the matching `end` in a child; the caller skips them. */
static void run_child(char *text, int new_namespace)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (new_namespace) {
			if (unshare(CLONE_NEWPID) < 0)
				_exit(4);
			pid_t inner = fork();
			if (inner != 0) {
				int state = 0;
				waitpid(inner, &state, 0);
				_exit(state == 0 ? 0 : 5);
			}
		}
		run_lines(text);
		fflush(stdout);
		_exit(0);
	}
	int state = 0;
	waitpid(child, &state, 0);
	if (state != 0)
		printf("died %d\n", state);
	printf("ended\n");
}

static char *run_lines(char *text)
{
	while (*text != '\0') {
		char *end = strchr(text, '\n');
		char *next = end == NULL ? text + strlen(text) : end + 1;
		if (end != NULL)
			*end = '\0';
		if (strcmp(text, "end") == 0)
			return next;
		if (strcmp(text, "fork_child") == 0 || strcmp(text, "new_pidns_child") == 0) {
			run_child(next, text[0] == 'n');
			for (int depth = 1; depth > 0;) {
				char *stop = strchr(next, '\n');
				if (strncmp(next, "end\n", 4) == 0)
					depth--;
				else if (strncmp(next, "fork_child\n", 11) == 0 || strncmp(next, "new_pidns_child\n", 16) == 0)
					depth++;
				next = stop + 1;
			}
		} else {
			char *save = NULL;
			tokens = 0;
			at = 0;
			for (char *found = strtok_r(text, " ", &save); found != NULL && tokens < TOKENS;
			     found = strtok_r(NULL, " ", &save))
				token[tokens++] = found;
			long first = num(), second = num();
			run_line(first, second, word());
		}
		text = next;
	}
	return text;
}

static void read_all(char *target, size_t length)
{
	while (length > 0) {
		ssize_t count = read(0, target, length);
		if (count <= 0)
			exit(0);
		target += count;
		length -= (size_t)count;
	}
}

int main(void)
{
	static char output[1 << 16];
	setvbuf(stdout, output, _IOFBF, sizeof output);
	umask(022);
	for (int i = 0; i < SLOTS; i++) {
		fds[i] = -1;
		pins[i][0] = -1;
	}
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	signal(SIGXFSZ, SIG_IGN);
	for (;;) {
		char header[32];
		size_t length = 0;
		do
			read_all(header + length, 1);
		while (header[length++] != '\n' && length < sizeof header);
		header[length - 1] = '\0';
		size_t size = strtoul(header + 4, NULL, 10);
		char *text = malloc(size + 1);
		read_all(text, size);
		text[size] = '\0';
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			alarm(SECONDS_PER_SEQUENCE);
			run_lines(text);
			fflush(stdout);
			_exit(0);
		}
		int state = 0;
		waitpid(child, &state, 0);
		free(text);
		if (state != 0)
			printf("died %d\n", state);
		printf(".\n");
		fflush(stdout);
	}
}
