// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "say.h"

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t printable_length(const char *text, size_t size)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = size ? sequence_length(bytes[0]) : 0;
	uint32_t code;

	if (!length || length > size)
		return 0;
	if (length == 1)
		return bytes[0] >= 0x20 && bytes[0] != 0x7f;

	code = bytes[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code < 0xa0)
		return 0;
	return length;
}

void write_safely(const char *text, FILE *out)
{
	size_t left = strlen(text);

	while (left) {
		size_t length = printable_length(text, left);

		if (length)
			fwrite(text, 1, length, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)*text);
		text += length ? length : 1;
		left -= length ? length : 1;
	}
}

static void say_line(const char *who, const char *format, va_list arguments)
{
	cleanup_free char *line = NULL;

	if (vasprintf(&line, format, arguments) < 0) {
		line = NULL;
		fprintf(stderr, "%s: out of memory\n", who);
		return;
	}
	fprintf(stderr, "%s: ", who);
	write_safely(line, stderr);
	fputc('\n', stderr);
}

int fail(const struct cli *cli, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line(cli->called, format, arguments);
	va_end(arguments);
	return EXIT_FAILED;
}

void note(const struct cli *cli, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line(cli->called, format, arguments);
	va_end(arguments);
}

void say_gap(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line("incomplete", format, arguments);
	va_end(arguments);
}

int say_gaps(const struct procns_snapshot *snapshot, bool strict)
{
	size_t n = procns_snapshot_gaps(snapshot);

	for (size_t i = 0; i < n; i++)
		say_gap("%s", procns_snapshot_gap(snapshot, i));
	return n && strict ? EXIT_PARTIAL : EXIT_OK;
}

int flush_output(const struct cli *cli)
{
	if (!fflush(stdout))
		return EXIT_OK;
	return fail(cli, "cannot write the output: %s", strerror(errno));
}

int finish_output(const struct cli *cli, int status)
{
	bool failed = ferror(stdout);

	if (status == EXIT_FAILED || status == EXIT_TROUBLE)	/* and why has been said */
		return status;
	/* what a failed write left behind in the stream's buffer may come out well now, and it is a loss all the same */
	errno = 0;
	if (!fclose(stdout) && !failed)
		return status;
	if (errno)
		return fail(cli, "cannot write the output: %s", strerror(errno));
	return fail(cli, "cannot write the output");
}

int check_standard_streams(const struct cli *cli)
{
	bool no_output = fcntl(STDOUT_FILENO, F_GETFD) < 0;

	/* what is opened later gets the lowest free descriptor: it would be written to as a standard stream */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return EXIT_FAILED;
	if (no_output)
		return fail(cli, "cannot write the output: standard output is closed");
	return EXIT_OK;
}

void print_version(const struct cli *cli, FILE *out)
{
	fprintf(out, "%s from procns %s\n", cli->called, procns_version());
}
