/* Mappings, loads and stores that survive a fault, pins. */
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
