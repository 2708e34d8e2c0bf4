/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stddef.h>
#include <stdio.h>

#include "json_writer.h"
#include "procns.h"

/* What the snapshot could not see, each a text in the array that is open. */
void json_gaps(struct json_writer *json, const struct procns_snapshot *snapshot);

/*
 * Prints the object libsmartcols made, with a member `incomplete` where the snapshot (may be NULL) has gaps. libsmartcols lets
 * through what it does not know to be harmful: names of processes may have bytes that are not UTF-8, which makes the text no
 * JSON, and control characters that a terminal obeys (DEL, C1); here they become escapes.
 */
void json_print(const char *object, size_t size, const struct procns_snapshot *snapshot, FILE *out);

#endif
