/* What belongs to the process and not to a file: the sysctl of its PID namespace, its privileges. */
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
