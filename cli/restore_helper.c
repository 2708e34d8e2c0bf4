// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that makes one namespace, in the place of its owner and parent. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "restore.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
/* Newer than the headers this is built with. */
#ifndef NS_GET_MNTNS_ID
#define NS_GET_MNTNS_ID _IOR(NSIO, 0x5, uint64_t)
#endif

struct helper {
	const struct restore *restore;
	const struct restored *one;
	int channel, leash;
};

/* The kernel adds our pid, as the caller knows it. */
static bool send_report(const struct helper *helper, int fd, int err, const char *what)
{
	struct restore_report text = { .err = err };
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec io = { &text, sizeof(text) };
	struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1 };

	snprintf(text.what, sizeof(text.what), "%s", what);
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &fd, sizeof(fd));
	}
	return sendmsg(helper->channel, &message, MSG_NOSIGNAL) > 0;
}

static void __attribute__((noreturn)) report(const struct helper *helper, int fd, int err, const char *what)
{
	_exit(!send_report(helper, fd, err, what));
}

static void __attribute__((noreturn)) give_up(const struct helper *helper, const char *what)
{
	report(helper, -1, errno, what);
}

static void __attribute__((noreturn)) give(const struct helper *helper, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up(helper, "opening it");
	report(helper, fd, 0, "");
}

/* After entering a user namespace the kernel hides /proc/self from us, which what follows writes to. */
static void show_ourselves(void)
{
	prctl(PR_SET_DUMPABLE, 1);
}

static void enter_owner(const struct helper *helper)
{
	const struct restored *owner = restore_above(helper->restore, helper->one->ns->owner);

	if (owner->fd >= 0 && setns(owner->fd, CLONE_NEWUSER) < 0)
		give_up(helper, "entering its owner");
	show_ourselves();
}

static void make(const struct helper *helper, int flag)
{
	if (unshare(flag) < 0)
		give_up(helper, "making it");
}

/* The first id of a map; `otherwise` where nothing is mapped here, for it is the caller's own. */
static uint32_t first_id(const struct dump_map *map, uint32_t otherwise)
{
	uint32_t least = UINT32_MAX;

	if (!map || !map->count)
		return otherwise;
	for (size_t i = 0; i < map->count; i++)
		if (map->ranges[i].inside < least)
			least = map->ranges[i].inside;
	return least;
}

/* Whose it is counts for what may be done with it later. The rights over the parent stay. */
static void become_creator(const struct helper *helper)
{
	const struct dump_ns *ns = helper->one->ns, *parent = ns->parent;
	bool own = !parent || parent->outside || parent->initial;
	uid_t uid = ns->creator >= 0 ? (uid_t)ns->creator : first_id(own ? NULL : &parent->uid_map, geteuid());
	gid_t gid = first_id(own ? NULL : &parent->gid_map, getegid());

	if (uid == geteuid() && gid == getegid())
		return;
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS) < 0)
		give_up(helper, "keeping the rights over its parent");
	if (gid != getegid() && setresgid(gid, gid, gid) < 0)
		give_up(helper, "becoming its creator's group");
	if (uid != geteuid() && setresuid(uid, uid, uid) < 0)
		give_up(helper, "becoming its creator");
	show_ourselves();
}

static void __attribute__((noreturn)) wait_to_be_ended(void)
{
	for (;;)
		pause();
}

/* The maps are written from the parent, which alone may write all that the dump can have: so a child is in the new one. */
static void make_user(struct helper *helper)
{
	const char *what = "opening it";
	pid_t pid;
	char path[64];
	int fd, err = 0;

	become_creator(helper);
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		give_up(helper, "making it");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		wait_to_be_ended();
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err = errno;
	if (!err)
		err = restore_write_maps(helper->one->ns, pid, &what);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	report(helper, err ? -1 : fd, err, what);
}

static void make_uts(struct helper *helper)
{
	const struct dump_ns *ns = helper->one->ns;

	make(helper, CLONE_NEWUTS);
	if (ns->hostname && sethostname(ns->hostname, strlen(ns->hostname)) < 0)
		give_up(helper, "setting its host name");
	if (ns->domainname && setdomainname(ns->domainname, strlen(ns->domainname)) < 0)
		give_up(helper, "setting its domain name");
	give(helper, "/proc/self/ns/uts");
}

/* They can be set until somebody is in it. */
static void make_time(struct helper *helper)
{
	const struct dump_ns *ns = helper->one->ns;
	cleanup_fd int fd = -1;
	char lines[160];

	make(helper, CLONE_NEWTIME);
	if (ns->offsets_known) {
		snprintf(lines, sizeof(lines), "monotonic %lld %lld\nboottime %lld %lld\n", (long long)ns->monotonic.seconds,
			 (long long)ns->monotonic.nanoseconds, (long long)ns->boottime.seconds, (long long)ns->boottime.nanoseconds);
		fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, lines, strlen(lines)) < 0)
			give_up(helper, "setting its clocks");
	}
	give(helper, "/proc/self/ns/time_for_children");
}

/* Its root is where its maker is. This comes before its owner is entered, whose rights need not do for it. */
static void join_cgroup(const struct helper *helper)
{
	const char *root = helper->one->ns->cgroup_root;
	char path[PATH_MAX];
	cleanup_fd int fd = -1;

	if (!root || helper->restore->cgroup < 0)
		return;
	if (snprintf(path, sizeof(path), "%s%scgroup.procs", root + 1, root[1] ? "/" : "") >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		give_up(helper, "joining its control group");
	}
	fd = openat(helper->restore->cgroup, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) < 0)
		give_up(helper, "joining its control group");
}

static uint64_t mntns_id(void)
{
	cleanup_fd int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	uint64_t id = 0;

	return fd >= 0 && !ioctl(fd, NS_GET_MNTNS_ID, &id) ? id : 0;
}

/*
 * It can be pinned only in an older one. Since 6.18 older means of a lower id, and each processor gives out ids from a stock of its own:
 * on the processor that gave ours, the next is above it.
 */
static void make_younger(const struct helper *helper)
{
	uint64_t ours = mntns_id();
	long processors = sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t set;

	make(helper, CLONE_NEWNS);
	for (long i = 0; mntns_id() < ours && i < processors && i < CPU_SETSIZE; i++) {
		CPU_ZERO(&set);
		CPU_SET((size_t)i, &set);
		if (!sched_setaffinity(0, sizeof(set), &set))
			make(helper, CLONE_NEWNS);
	}
}

/* Pins must not come into it, nor go from it. */
static void make_mnt(struct helper *helper)
{
	make_younger(helper);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		give_up(helper, "making its mounts private");
	give(helper, "/proc/self/ns/mnt");
}

/* A pid namespace's parent is that of the process which makes it, so that one has to be born there. It is a child of the caller, too. */
static void be_born_in_parent(const struct helper *helper)
{
	const struct restored *parent = restore_above(helper->restore, helper->one->ns->parent);
	pid_t pid;

	if (parent->fd < 0)
		return;
	if (setns(parent->fd, CLONE_NEWPID) < 0)
		give_up(helper, "entering its parent");
	pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		give_up(helper, "starting a process in its parent");
	if (pid)
		_exit(0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The first process is a child of the caller, which ends it if things go wrong. It leaves the group that the caller waits for. */
static void make_pid(struct helper *helper)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
	int fd;

	if (pid < 0)
		give_up(helper, "making it");
	if (pid)
		_exit(0);
	setsid();
	fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		give_up(helper, "opening it");
	if (!send_report(helper, fd, 0, ""))
		_exit(1);
	restore_be_init(helper->leash);
}

static void make_simple(struct helper *helper)
{
	enum procns_type type = helper->one->ns->type;
	char path[64];

	make(helper, procns_type_clone_flag(type));
	snprintf(path, sizeof(path), "/proc/self/ns/%s", procns_type_name(type));
	give(helper, path);
}

void restore_help(const struct restore *restore, const struct restored *one, int channel, int leash)
{
	static void (*const makers[PROCNS_NTYPES])(struct helper *) = {
		[PROCNS_CGROUP] = make_simple, [PROCNS_IPC] = make_simple, [PROCNS_MNT] = make_mnt, [PROCNS_NET] = make_simple,
		[PROCNS_PID] = make_pid, [PROCNS_TIME] = make_time, [PROCNS_USER] = make_user, [PROCNS_UTS] = make_uts,
	};
	struct helper helper = { .restore = restore, .one = one, .channel = channel, .leash = leash };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	if (one->ns->type == PROCNS_CGROUP)
		join_cgroup(&helper);
	if (one->ns->type == PROCNS_PID)
		be_born_in_parent(&helper);
	enter_owner(&helper);
	makers[one->ns->type](&helper);
	_exit(1);
}
