// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mount_tree.h"

/* A place where something is mounted. */
struct mount_place {
	const char *path;
	size_t length;
	uint32_t id, parent;
	bool several;			/* or another path that looks alike to the index: it is not known which */
};

/* FNV-1a, which goes on from one part of a path to the next. */
#define HASH_OF_NOTHING UINT64_C(14695981039346656037)

static uint64_t hash_on(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
	return hash;
}

static int add(struct mount_tree *tree, const struct mountinfo_line *mount)
{
	size_t length = strlen(mount->mount_point);
	void **slot = index_place(&tree->by_path, hash_on(HASH_OF_NOTHING, mount->mount_point, length));
	struct mount_place *place;

	if (!slot)
		return -ENOMEM;
	if (*slot) {
		place = *slot;
		place->several = true;
		return 0;
	}
	place = &tree->places[tree->count++];
	*place = (struct mount_place){ mount->mount_point, length, mount->id, mount->parent, false };
	*slot = place;
	return 0;
}

int mount_tree_make(struct mount_tree *tree, const struct mountinfo_line *lines, size_t count)
{
	int err;

	*tree = (struct mount_tree){ .places = calloc(count + 1, sizeof(*tree->places)) };
	err = tree->places ? index_reserve(&tree->by_path, count) : -ENOMEM;
	for (size_t i = 0; !err && i < count; i++)
		err = add(tree, &lines[i]);
	return err;
}

void mount_tree_free(struct mount_tree *tree)
{
	index_free(&tree->by_path);
	free(tree->places);
	*tree = (struct mount_tree){ 0 };
}

/* What is mounted at a path of this hash; NULL: nothing, or what is there is not that path. */
static const struct mount_place *find(const struct mount_tree *tree, uint64_t hash, const char *path, size_t length)
{
	const struct mount_place *place = index_find(&tree->by_path, hash);

	return place && place->length == length && !memcmp(place->path, path, length) ? place : NULL;
}

/* One part of the way: what is mounted there, if anything is, is to be on what was passed last. */
static bool pass(const struct mount_tree *tree, uint64_t hash, const char *path, size_t length, uint32_t *last)
{
	const struct mount_place *place = find(tree, hash, path, length);

	if (!place)
		return true;
	if (place->several || place->parent != *last)
		return false;
	*last = place->id;
	return true;
}

bool mount_tree_leads_to(const struct mount_tree *tree, const struct mountinfo_line *mount)
{
	const char *path = mount->mount_point;
	uint64_t hash = hash_on(HASH_OF_NOTHING, "/", 1);
	const struct mount_place *root = find(tree, hash, "/", 1);
	size_t at = 0, end;
	uint32_t last;

	if (path[0] != '/' || !root || root->several)
		return false;
	last = root->id;
	hash = HASH_OF_NOTHING;
	while (path[at]) {
		end = at + 1 + strcspn(path + at + 1, "/");
		/* "//deleted": there is no way any more */
		if (end == at + 1)
			return false;
		hash = hash_on(hash, path + at, end - at);
		if (!pass(tree, hash, path, end, &last))
			return false;
		at = end;
	}
	return last == mount->id;
}
