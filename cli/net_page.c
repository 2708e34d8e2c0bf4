// SPDX-License-Identifier: GPL-2.0-or-later
/* procns net --html: net_page.html with the picture and the JSON put where it says @PICTURE@ and @TOPOLOGY@. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "net.h"
#include "net_file.h"
#include "say.h"

/* From net_page.html, when the program is built. */
static const char page[] =
#include "net_page.h"
	;

/* The picture without what only a file of its own has: the XML declaration and the document type. */
static int copy_picture(const struct net *net, FILE *picture, FILE *out)
{
	cleanup_free char *line = NULL;
	bool inside = false;
	size_t size = 0;
	ssize_t length;

	rewind(picture);
	while ((length = getline(&line, &size, picture)) >= 0) {
		inside |= !strncmp(line, "<svg", 4);
		if (inside)
			fwrite(line, 1, (size_t)length, out);
	}
	return inside ? EXIT_OK : fail(net->cli, "Graphviz made no SVG");
}

static int write_picture(const struct net *net, FILE *out)
{
	static const struct dot_style style = { .anchors = true };
	cleanup_file FILE *picture = tmpfile();
	int status;

	if (!picture)
		return fail(net->cli, "cannot make a temporary file: %s", strerror(errno));
	status = net_run_graphviz(net, &style, "svg", fileno(picture));
	return status == EXIT_OK ? copy_picture(net, picture, out) : status;
}

static int write_page(const struct net *net, FILE *out)
{
	static const char picture[] = "@PICTURE@", topology[] = "@TOPOLOGY@";
	const char *before = strstr(page, picture), *between = strstr(page, topology);
	int status;

	fwrite(page, 1, (size_t)(before - page), out);
	status = write_picture(net, out);
	if (status != EXIT_OK)
		return status;
	before += strlen(picture);
	fwrite(before, 1, (size_t)(between - before), out);
	net_print_json(net, out);
	fputs(between + strlen(topology), out);
	if (fflush(out) || ferror(out))
		return fail(net->cli, "cannot write the page: %s", strerror(errno));
	return EXIT_OK;
}

int net_write_page(const struct net *net, const char *path)
{
	struct whole_file file;
	int status = whole_file_begin(&file, net->cli, path);
	FILE *out;

	if (status != EXIT_OK)
		return status;
	out = fdopen(dup(file.fd), "w");
	status = out ? write_page(net, out) : fail(net->cli, "cannot write %s: %s", path, strerror(errno));
	if (out)
		fclose(out);
	return whole_file_end(&file, net->cli, status);
}
