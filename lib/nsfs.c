// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "nsfs.h"
#include "type.h"
#include "util.h"

#define NSFS_MAGIC 0x6e736673

/* Newer than the headers this is built with. */
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, uint64_t)
#endif
#define HANDLE_TYPE_NSFS 0xf1
#define MOUNT_FD_OF_NSFS (-10003)

struct nsfs_handle {
	struct file_handle header;
	struct {
		uint64_t id;
		uint32_t type;
		uint32_t inum;
	} __attribute__((packed)) body;
};

bool out_of_resources(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

static int inum_of(int fd, uint32_t *inum)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -ENOTTY;
	*inum = st.st_ino;
	return 0;
}

int nsfs_identify(int fd, enum procns_type *type, uint32_t *inum)
{
	int err = inum_of(fd, inum);

	return err ? err : type_of_clone_flag(ioctl(fd, NS_GET_NSTYPE), type);
}

bool namespace_is(int fd, const struct procns_ns *ns)
{
	enum procns_type type;
	uint32_t inum;

	return !nsfs_identify(fd, &type, &inum) && type == ns->type && inum == ns->inum;
}

bool nsfs_is(int fd, dev_t nsfs, const struct procns_ns *ns)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_dev == nsfs && st.st_ino == ns->inum;
}

int nsfs_open_path(int dirfd, const char *path)
{
	cleanup_fd int place = openat(dirfd, path, O_PATH | O_CLOEXEC);

	return place < 0 ? -errno : nsfs_open_place(place);
}

int nsfs_open_place(int place)
{
	struct statfs fs;
	char reopen[64];
	int fd;

	if (fstatfs(place, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -ENOTTY;
	snprintf(reopen, sizeof(reopen), "/proc/thread-self/fd/%d", place);
	fd = open(reopen, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int nsfs_open_handle(uint64_t id, int clone_flag, uint32_t inum)
{
	struct nsfs_handle handle = {
		.header = { .handle_bytes = sizeof(handle.body), .handle_type = HANDLE_TYPE_NSFS },
		.body = { .id = id, .type = clone_flag, .inum = inum },
	};
	int fd = open_by_handle_at(MOUNT_FD_OF_NSFS, &handle.header, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * The owner or parent of fd, which it then also learns about. *relative is NULL where there is none that this caller may see:
 * the kernel says EPERM for both. Returns 1 where it is known now, 0 where the kernel does not tell, or a negative errno.
 */
static int learn_relative(struct procns_snapshot *s, int fd, unsigned long request, enum procns_type type,
			  uint32_t want, const struct procns_ns **relative)
{
	cleanup_fd int relative_fd = ioctl(fd, request);
	struct procns_ns *ns;
	struct stat st;
	int err;

	if (relative_fd < 0)
		return out_of_resources(-errno) ? -errno : errno == EPERM;
	if (fstat(relative_fd, &st) < 0)
		return 0;
	ns = snapshot_ns(s, type, st.st_ino);
	if (!ns)
		return -ENOMEM;
	*relative = ns;
	err = nsfs_learned(ns) ? 0 : nsfs_learn(s, ns, relative_fd, want);
	return err ? err : 1;
}

static void learn_numbers(struct procns_ns *ns, int fd, uint32_t want)
{
	if (want & PROCNS_FACT_ID && !ioctl(fd, NS_GET_ID, &ns->id))
		ns->known |= PROCNS_FACT_ID;
	if (want & PROCNS_FACT_CREATOR && ns->type == PROCNS_USER && !ioctl(fd, NS_GET_OWNER_UID, &ns->creator_uid))
		ns->known |= PROCNS_FACT_CREATOR;
}

int nsfs_learn(struct procns_snapshot *s, struct procns_ns *ns, int fd, uint32_t want)
{
	int known;

	learn_numbers(ns, fd, want);
	if (ns->type == PROCNS_PID) {
		known = learn_relative(s, fd, NS_GET_PARENT, PROCNS_PID, want, &ns->parent);
		if (known < 0)
			return known;
		ns->known |= known ? PROCNS_FACT_PARENT : 0;
	}
	known = learn_relative(s, fd, NS_GET_USERNS, PROCNS_USER, want, &ns->owner);
	if (known < 0)
		return known;
	ns->known |= known ? PROCNS_FACT_OWNER : 0;

	/* A user namespace is owned by its parent. */
	if (ns->type == PROCNS_USER && known) {
		ns->parent = ns->owner;
		ns->known |= PROCNS_FACT_PARENT;
	}
	return 0;
}
