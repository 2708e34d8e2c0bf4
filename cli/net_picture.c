// SPDX-License-Identifier: GPL-2.0-or-later
/* Pictures: the graph goes through Graphviz, and the file appears when it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "net.h"
#include "net_file.h"
#include "say.h"
#include "text.h"

enum {
	EXIT_NOT_STARTED = 126,
	EXIT_NOT_THERE,
};

/* A file that nobody else sees. */
static FILE *scratch_file(void)
{
	FILE *file = tmpfile();

	if (file)
		fcntl(fileno(file), F_SETFD, FD_CLOEXEC);
	return file;
}

/* It reads names that anybody may have given, and so gets no capability. */
static _Noreturn void become_graphviz(const char *format, int in, int out, int err)
{
	char type[16];
	char *const arguments[] = { "dot", type, NULL };

	snprintf(type, sizeof(type), "-T%s", format);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 || capabilities_drop_all() < 0)
		_exit(EXIT_NOT_STARTED);
	execvp("dot", arguments);
	_exit(errno == ENOENT ? EXIT_NOT_THERE : EXIT_NOT_STARTED);
}

static bool is_exit(int status, int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* What Graphviz said last, for a message. */
static const char *last_words(FILE *messages, char *line, size_t size)
{
	line[0] = '\0';
	rewind(messages);
	while (fgets(line, (int)size, messages))
		;
	line[strcspn(line, "\n")] = '\0';
	return *line ? line : "it did not say why";
}

int net_run_graphviz(const struct net *net, const struct dot_style *style, const char *format, int fd)
{
	cleanup_file FILE *graph = scratch_file();
	cleanup_file FILE *messages = scratch_file();
	char line[512];
	pid_t pid;
	int status;

	if (!graph || !messages)
		return fail(net->cli, "cannot make a temporary file: %s", strerror(errno));
	if (net_write_dot(net, style, graph) != EXIT_OK)
		return EXIT_FAILED;
	if (fflush(graph) || ferror(graph))
		return fail(net->cli, "cannot write a temporary file: %s", strerror(errno));
	rewind(graph);

	pid = fork();
	if (!pid)
		become_graphviz(format, fileno(graph), fd, fileno(messages));
	status = pid < 0 ? -1 : wait_for(pid);
	if (pid < 0 || is_exit(status, EXIT_NOT_STARTED))
		return fail(net->cli, "cannot start Graphviz (dot)%s%s", pid < 0 ? ": " : "", pid < 0 ? strerror(errno) : "");
	if (is_exit(status, EXIT_NOT_THERE))
		return fail(net->cli, "cannot draw: Graphviz is not here; install the package graphviz, or use --dot elsewhere");
	if (status)
		return fail(net->cli, "Graphviz could not draw it: %s", last_words(messages, line, sizeof(line)));
	return EXIT_OK;
}

int net_draw(const struct net *net, const char *format, const char *path)
{
	static const struct dot_style plain = { 0 };
	struct whole_file file;
	int status = whole_file_begin(&file, net->cli, path);

	if (status != EXIT_OK)
		return status;
	status = net_run_graphviz(net, &plain, format, file.fd);
	return whole_file_end(&file, net->cli, status);
}
