// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source_bpf_record.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>

#define NSFS_FILES 0x6e736673
#define SOCKFS_FILES 0x534f434b
#define PIDFS_FILES 0x50494446
#define TUN_DEVICE (10 << 20 | 200)	/* as the kernel keeps it */
#define OPATH 0x4000			/* FMODE_PATH */
#define NEED_UNMOUNT 0x10000000		/* FMODE_NEED_UNMOUNT */
#define ANONYMOUS_INUM 0xEFFFFFF7	/* of detached mount namespaces, since 6.18 */
#define LISTENING 10			/* TCP_LISTEN, of unix sockets too */
#define FIRST_ERROR ((uint64_t)-4095)	/* addresses from here on are error numbers */

uint64_t nsproxy_member(const struct nsproxy_record *record, uint16_t at)
{
	uint64_t member;

	if (at + sizeof(member) > sizeof(record->content))
		return 0;
	memcpy(&member, (const char *)record->content + at, sizeof(member));
	return member;
}

/* An anonymous inode is known by its name, of which the record has the beginning. */
static bool is_anonymous(const struct file_record *file, const char *name)
{
	char beginning[sizeof(file->name) + 1] = { 0 };

	memcpy(beginning, &file->name, sizeof(file->name));
	return file->magic == ANON_INODE_FS_MAGIC && !strncmp(beginning, name, sizeof(file->name));
}

bool file_is_namespace(const struct file_record *file)
{
	return file->magic == NSFS_FILES;
}

bool file_is_socket(const struct file_record *file)
{
	return file->magic == SOCKFS_FILES && !file_is_opath(file);
}

bool file_is_tun(const struct file_record *file)
{
	return file->i_rdev == TUN_DEVICE && S_ISCHR(file->i_mode) && !file_is_opath(file);
}

bool file_is_proc(const struct file_record *file)
{
	return file->magic == PROC_SUPER_MAGIC && S_ISREG(file->i_mode) && !file_is_opath(file);
}

bool file_is_ring(const struct file_record *file)
{
	return is_anonymous(file, "[io_uring]");
}

bool file_is_watch_group(const struct file_record *file)
{
	return is_anonymous(file, "inotify") || is_anonymous(file, "[fanotify]");
}

bool file_is_configuration(const struct file_record *file)
{
	return is_anonymous(file, "[fscontext]");
}

static bool is_cgroup(const struct file_record *file)
{
	return (file->magic == CGROUP2_SUPER_MAGIC || file->magic == CGROUP_SUPER_MAGIC) && S_ISREG(file->i_mode) &&
	       !file_is_opath(file);
}

uint64_t file_pid(const struct file_record *file)
{
	if (file->magic == PIDFS_FILES)
		return file->i_private;
	return is_anonymous(file, "[pidfd]") ? file->private : 0;
}

/*
 * Of /proc/PID/mounts and mountinfo the first word of seq_file.private is the mount namespace; of most files of /proc/PID/net it
 * is the struct net; of the others there, seq_file.private itself is.
 */
size_t file_may_hold(const struct file_record *file, enum ns_type type, uint64_t objects[MAY_HOLD])
{
	size_t count = 0;

	if (file_is_proc(file) && (type == NS_MNT || type == NS_NET))
		objects[count++] = file->seq_word;
	if (file_is_proc(file) && type == NS_NET)
		objects[count++] = file->seq_private;
	if (is_cgroup(file) && type == NS_CGROUP)
		objects[count++] = file->cgroup_ns;
	if (file_pid(file) && type == NS_PID)
		objects[count++] = file->pid_ns;
	if (file_is_configuration(file) && type == NS_NET)
		objects[count++] = file->fs_net;
	/* That of a proc begins with its pid namespace, that of an mqueue with its ipc namespace. */
	if (file_is_configuration(file) && (type == NS_PID || type == NS_IPC))
		objects[count++] = file->fs_word;
	return count;
}

bool file_is_opath(const struct file_record *file)
{
	return file->f_mode & OPATH;
}

bool file_has_tree(const struct file_record *file)
{
	return file->f_mode & NEED_UNMOUNT;
}

uint64_t file_sock(const struct file_record *file)
{
	if (file_is_socket(file))
		return file->sock;
	return file_is_tun(file) ? file->private : 0;
}

uint64_t sock_net(const struct walk *walk, const struct sock_record *sock)
{
	uint64_t net;

	memcpy(&net, (const char *)sock->common + walk->offsets.sock_common.net, sizeof(net));
	return net;
}

uint16_t sock_family(const struct walk *walk, const struct sock_record *sock)
{
	uint16_t family;

	memcpy(&family, (const char *)sock->common + walk->offsets.sock_common.family, sizeof(family));
	return family;
}

bool sock_listens(const struct walk *walk, const struct sock_record *sock)
{
	return ((const uint8_t *)sock->common)[walk->offsets.sock_common.state] == LISTENING;
}

bool sock_holds_net(const struct walk *walk, const struct sock_record *sock)
{
	uint16_t bit = walk->offsets.sock_common.net_refcnt;

	return ((const uint8_t *)sock->common)[bit / 8] >> bit % 8 & 1;
}

bool mount_is_internal(const struct place_record *mount)
{
	return mount->mnt_ns >= FIRST_ERROR;
}

bool mount_is_attached(const struct walk *walk, const struct place_record *mount)
{
	if (!mount->mnt_ns || mount_is_internal(mount))
		return false;
	return walk->offsets.mnt_ns.seq != ABSENT ? mount->seq != 0 : mount->inum != ANONYMOUS_INUM;
}
