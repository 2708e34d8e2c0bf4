// SPDX-License-Identifier: LGPL-2.1-or-later
/* Bind mounts of namespaces, and filesystems that belong to one. */
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "source_bpf_holders.h"
#include "source_bpf_paths.h"

/* As the kernel keeps a device's number. */
#define KERNEL_MAJOR(dev) ((dev) >> 20)
#define KERNEL_MINOR(dev) ((dev) & ((1u << 20) - 1))

static int set_place(struct holding *holding, struct procns_holder *holder, const struct place_record *place)
{
	holder->path = path_of_place(holding->walk, holding->snapshot, place);
	if (mount_is_attached(holding->walk, place))
		holder->mntns = fill_find(holding->fill, PROCNS_MNT, place->mnt_ns);
	else
		holder->flags |= PROCNS_HOLDER_DETACHED;
	return holder->path ? 0 : -ENOMEM;
}

static int add_keepers(struct holding *holding, struct procns_holder *holder, const struct place_record *place)
{
	uint64_t address = place->mnt_ns ?: place->mount + holding->walk->offsets.mount.mnt;
	const uint32_t *first = index_find(&holding->keeper_by_address, address);

	for (uint32_t i = first ? *first : NOTHING; i != NOTHING; i = holding->next_keeper[i])
		if (add_cause_of_file(holding, holder, i) < 0)
			return -ENOMEM;
	return 0;
}

static int add_mount(struct holding *holding, const struct place_record *place)
{
	struct procns_ns *ns = index_find(&holding->fill->namespaces, place->ns);
	struct procns_holder *holder;

	if (!ns || mount_is_internal(place))
		return 0;
	holder = snapshot_holder(holding->snapshot, ns, PROCNS_HOLDER_MOUNT);
	if (!holder || set_place(holding, holder, place) < 0)
		return -ENOMEM;
	return mount_is_attached(holding->walk, place) ? 0 : add_keepers(holding, holder, place);
}

static int add_superblock(struct holding *holding, const struct super_record *super, struct procns_ns *ns)
{
	const struct place_record *place = index_find(&holding->place_by_super, super->sb);
	char type[sizeof(super->type) + 1] = { 0 };
	struct procns_holder *holder;

	if (!ns || ns->initial)
		return 0;
	holder = snapshot_holder(holding->snapshot, ns, PROCNS_HOLDER_SUPERBLOCK);
	if (!holder)
		return -ENOMEM;
	holder->dev = makedev(KERNEL_MAJOR(super->dev), KERNEL_MINOR(super->dev));
	memcpy(type, super->type, sizeof(super->type));
	holder->fstype = snapshot_strdup(holding->snapshot, type);
	if (!holder->fstype)
		return -ENOMEM;
	return place ? set_place(holding, holder, place) : 0;
}

int holders_of_mounts(struct holding *holding)
{
	const struct super_record *supers = walk_records(holding->walk, ARRAY_SUPERS);
	const struct place_record *places = walk_records(holding->walk, ARRAY_PLACES);

	for (size_t i = holding->walk->supers->asked_count; i < walk_count(holding->walk, ARRAY_PLACES); i++)
		if (places[i].is_nsfs && add_mount(holding, &places[i]) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_SUPERS); i++)
		if (add_superblock(holding, &supers[i], fill_find(holding->fill, PROCNS_USER, supers[i].user_ns)) < 0 ||
		    add_superblock(holding, &supers[i], fill_find(holding->fill, PROCNS_PID, supers[i].pid_ns)) < 0)
			return -ENOMEM;
	return 0;
}
