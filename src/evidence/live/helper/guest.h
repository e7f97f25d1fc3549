/* KVM: arguments are the 32-bit words and 64-bit fields of the structures, in order. */
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
