/* The line that is being worked on: its arguments in order, and the answer that grows. */
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

/* Arguments, in the order in which they stand in the line. */

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

/* Answers. */

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
