// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields of the line nsmake prints. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/nsfs.h>
#include "nsmake.h"

static void key_of(struct nsmake *m, const char *key)
{
	fprintf(m->out, "%s\"%s\":", ftell(m->out) > 0 ? "," : "{", key);
}

static void quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(out, "\\u%04x", *text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

void json_str(struct nsmake *m, const char *key, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	key_of(m, key);
	quoted(m->out, text);
	free(text);
}

void json_null(struct nsmake *m, const char *key)
{
	key_of(m, key);
	fputs("null", m->out);
}

void json_num(struct nsmake *m, const char *key, uint64_t number)
{
	key_of(m, key);
	fprintf(m->out, "%" PRIu64, number);
}

void json_nums(struct nsmake *m, const char *key, const uint64_t *numbers, size_t count)
{
	key_of(m, key);
	for (size_t i = 0; i < count; i++)
		fprintf(m->out, "%s%" PRIu64, i ? "," : "[", numbers[i]);
	fputs("]", m->out);
}

static void json_owner(struct nsmake *m, int nsfd)
{
	cleanup_fd owner = ioctl(nsfd, NS_GET_USERNS);
	char name[64];

	if (owner < 0 || ns_name(owner, name, sizeof(name)))
		json_null(m, "owner");
	else
		json_str(m, "owner", "%s", name);
}

/* "ns" brings its id and owner with it. */
void json_ns(struct nsmake *m, const char *key, int nsfd)
{
	bool main_one = key[0] == 'n' && key[1] == 's' && !key[2];
	char name[64];

	if (nsfd < 0 || ns_name(nsfd, name, sizeof(name)))
		json_null(m, key);
	else
		json_str(m, key, "%s", name);
	if (!main_one)
		return;
	json_num(m, "id", nsfd < 0 ? 0 : ns_id(nsfd));
	json_owner(m, nsfd);
}

int json_holder_fd(struct nsmake *m, int fd)
{
	json_num(m, "pid", getpid());
	json_num(m, "fd", fd);
	return undo_close(m, fd);
}
