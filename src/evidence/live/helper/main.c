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

#include "line.h"
#include "memory.h"
#include "files.h"
#include "process.h"
#include "guest.h"
#include "operations.h"
#include "sequence.h"

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
