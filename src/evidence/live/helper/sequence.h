/* The lines of one sequence, one after the other, with the children that they ask for. */
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
