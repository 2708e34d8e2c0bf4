// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a text to the namespace it names. */
#include <errno.h>

#include "context.h"
#include "type.h"

int procns_resolve(struct procns *ctx, const struct procns_snapshot *snapshot, const char *text,
		   const struct procns_ns **ns)
{
	enum procns_type type;
	uint32_t inum;

	if (type_parse_name(text, &type, &inum) < 0)
		return context_error(ctx, EINVAL, "'%s' names no namespace", text);
	*ns = procns_find(snapshot, type, inum);
	if (!*ns)
		return context_error(ctx, ENOENT, "there is no namespace %s", text);
	return 0;
}
