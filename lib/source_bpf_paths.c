// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source_bpf_paths.h"

#include <string.h>

/*
 * The records are the path from its end to its beginning, but the records of one long name, all but its last marked as having
 * more, are in order: so from the end of the path each name is put before what is there already, and each part before the next.
 */
const char *path_of_place(const struct walk *walk, struct procns_snapshot *snapshot, const struct place_record *place)
{
	const struct part_record *parts = walk_records(walk, ARRAY_PARTS);
	size_t total = 0, count = place->part_count, end;
	char *path;

	parts += place->first_part;
	for (size_t i = 0; i < count; i++)
		total += strnlen(parts[i].name, PART_SIZE) + !parts[i].more;
	path = snapshot_alloc(snapshot, total + 2);
	if (!path)
		return NULL;
	end = total;
	for (size_t first = 0, last; first < count; first = last + 1) {
		for (last = first; last + 1 < count && parts[last].more; last++)
			continue;
		for (size_t i = last + 1; i-- > first;) {
			size_t length = strnlen(parts[i].name, PART_SIZE);

			end -= length;
			memcpy(path + end, parts[i].name, length);
		}
		path[--end] = '/';
	}
	if (!total)
		path[0] = '/';
	return path;
}
