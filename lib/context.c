// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "context.h"

int procns_new(struct procns **ctx)
{
	*ctx = calloc(1, sizeof(**ctx));
	if (!*ctx)
		return -ENOMEM;
	(*ctx)->proc_root = "/proc";
	return 0;
}

void procns_free(struct procns *ctx)
{
	free(ctx);
}

const char *procns_error(const struct procns *ctx)
{
	return ctx->error;
}

const char *procns_version(void)
{
	return PROCNS_VERSION;
}

int context_error(struct procns *ctx, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ctx->error, sizeof(ctx->error), format, args);
	va_end(args);
	return -err;
}
