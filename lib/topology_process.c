// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who has listening sockets and taps open: one walk through the descriptors of all processes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "context.h"
#include "proc_read.h"
#include "topology.h"
#include "type.h"
#include "util.h"

#define TUN_MAJOR 10
#define TUN_MINOR 200

/* linux/if_tun.h; since 5.2 */
#define TUN_GET_DEVICE_NETNS _IO('T', 227)

struct walk {
	struct procns_topology *topology;
	struct index sockets;		/* inode number: struct topology_socket */
	bool taps;			/* there are some to find the owners of */
	int proc;
	struct file_text file;
	size_t refused;			/* processes whose descriptors could not be read */
	/* where the walk is */
	pid_t pid;
	int fds;			/* its directory of descriptors */
	const char *comm;		/* NULL: not asked for yet */
};

static int want_socket(struct walk *walk, struct topology_socket *sock)
{
	void **place;

	if (!sock->socket.ino)
		return 0;
	place = index_place(&walk->sockets, sock->socket.ino);
	if (!place)
		return -ENOMEM;
	/* The same socket, listed for drivers too, has the same processes. */
	if (!*place)
		*place = sock;
	return 0;
}

static int want_sockets(struct walk *walk, const struct chain *sockets)
{
	for (const struct chain_node *node = sockets->first; node; node = node->next)
		if (want_socket(walk, topology_socket(node->value)) < 0)
			return -ENOMEM;
	return 0;
}

static int want_all(struct walk *walk)
{
	for (size_t i = 0; i < walk->topology->count; i++) {
		struct topology_netns *netns = &walk->topology->all[i];

		if (want_sockets(walk, &netns->sockets) < 0 || want_sockets(walk, &netns->kernel_udp) < 0)
			return -ENOMEM;
		for (size_t j = 0; j < netns->nlinks; j++)
			walk->taps |= ((struct topology_link *)netns->links[j].value)->link.role == PROCNS_LINK_TAP;
	}
	return 0;
}

/* The name the process goes by; "" where it went away. */
static const char *comm_of(struct walk *walk)
{
	struct proc_stat stat;
	char path[32];

	if (walk->comm)
		return walk->comm;
	snprintf(path, sizeof(path), "%d/stat", walk->pid);
	if (read_whole_file(walk->proc, path, &walk->file) < 0 || parse_stat(walk->file.text, &stat) < 0)
		return "";
	walk->comm = arena_strndup(&walk->topology->arena, stat.comm, stat.comm_length);
	return walk->comm;
}

/* Once for each process, by the first of its descriptors. */
static int add_process(struct walk *walk, struct chain *processes, int fd)
{
	const struct procns_net_process *last = processes->last ? processes->last->value : NULL;
	struct procns_net_process *process;

	if (last && last->pid == walk->pid)
		return 0;
	process = arena_alloc(&walk->topology->arena, sizeof(*process));
	if (!process)
		return -ENOMEM;
	*process = (struct procns_net_process){ .pid = walk->pid, .fd = fd, .comm = comm_of(walk) };
	return process->comm ? chain_add(&walk->topology->arena, processes, process) : -ENOMEM;
}

/* The name of the link behind a tun descriptor: what its fdinfo calls iff. */
static bool tap_name(struct walk *walk, int fd, char name[], size_t size)
{
	const char *line;
	char path[64];
	size_t length;

	snprintf(path, sizeof(path), "%d/fdinfo/%d", walk->pid, fd);
	if (read_whole_file(walk->proc, path, &walk->file) < 0)
		return false;
	line = strstr(walk->file.text, "\niff:\t");
	if (!line)
		return false;
	line += strlen("\niff:\t");
	length = strcspn(line, "\n");
	if (!length || length >= size)
		return false;
	memcpy(name, line, length);
	name[length] = '\0';
	return true;
}

/* The namespace the link is in by now, asked of a copy of the descriptor; 0 where that is refused. */
static uint64_t tap_netns(struct walk *walk, int fd)
{
	cleanup_fd int process = (int)syscall(SYS_pidfd_open, walk->pid, 0);
	cleanup_fd int copy = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	cleanup_fd int netns = copy < 0 ? -1 : ioctl(copy, TUN_GET_DEVICE_NETNS);
	struct stat status;

	return netns >= 0 && fstat(netns, &status) == 0 ? status.st_ino : 0;
}

static struct topology_link *tap_called(const struct topology_netns *netns, const char *name)
{
	for (size_t i = 0; i < netns->nlinks; i++) {
		struct topology_link *link = netns->links[i].value;

		if (link->link.role == PROCNS_LINK_TAP && !strcmp(link->link.name, name))
			return link;
	}
	return NULL;
}

/* Without the namespace the name will do, if it is the only one. */
static struct topology_link *only_tap_called(const struct procns_topology *topology, const char *name)
{
	struct topology_link *found = NULL;

	for (size_t i = 0; i < topology->count; i++) {
		struct topology_link *link = tap_called(&topology->all[i], name);

		if (link && found)
			return NULL;
		found = link ? link : found;
	}
	return found;
}

static int take_tap(struct walk *walk, int fd)
{
	const struct topology_netns *netns;
	struct topology_link *link;
	char name[64];
	uint64_t inum;

	if (!tap_name(walk, fd, name, sizeof(name)))
		return 0;
	inum = tap_netns(walk, fd);
	netns = inum ? index_find(&walk->topology->by_inum, inum) : NULL;
	link = netns ? tap_called(netns, name) : inum ? NULL : only_tap_called(walk->topology, name);
	return link ? add_process(walk, &link->processes, fd) : 0;
}

static bool is_tun(int fds, const char *name)
{
	struct stat status;

	return fstatat(fds, name, &status, 0) == 0 && S_ISCHR(status.st_mode) &&
	       status.st_rdev == makedev(TUN_MAJOR, TUN_MINOR);
}

static int take_descriptor(struct walk *walk, const struct number_entry *entry)
{
	static const char socket_prefix[] = "socket:[", device_prefix[] = "/dev/";
	struct topology_socket *sock;
	char target[64];
	const char *end;
	uint64_t ino;
	ssize_t length = readlinkat(walk->fds, entry->name, target, sizeof(target) - 1);

	if (length <= 0)
		return 0;
	target[length] = '\0';
	if (!strncmp(target, socket_prefix, strlen(socket_prefix))) {
		if (parse_number(target + strlen(socket_prefix), UINT64_MAX, &ino, &end) < 0 || *end != ']')
			return 0;
		sock = index_find(&walk->sockets, ino);
		return sock ? add_process(walk, &sock->processes, (int)entry->number) : 0;
	}
	if (walk->taps && !strncmp(target, device_prefix, strlen(device_prefix)) && is_tun(walk->fds, entry->name))
		return take_tap(walk, (int)entry->number);
	return 0;
}

static int take_process(struct walk *walk, const struct number_entry *entry)
{
	struct number_entry descriptor;
	struct number_dir dir;
	cleanup_fd int fds = -1;
	char path[32];
	int err;

	snprintf(path, sizeof(path), "%s/fd", entry->name);
	fds = openat(walk->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fds < 0) {
		walk->refused += errno == EACCES || errno == EPERM;
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	}
	walk->pid = (pid_t)entry->number;
	walk->fds = dir.fd = fds;
	walk->comm = NULL;
	dir.at = dir.end = 0;
	while ((err = number_dir_next(&dir, &descriptor)) > 0)
		if (take_descriptor(walk, &descriptor) < 0)
			return -ENOMEM;
	walk->refused += err == -EACCES || err == -EPERM;
	return 0;
}

static int take_processes(struct walk *walk)
{
	cleanup_fd int fd = openat(walk->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct number_dir dir = { .fd = fd };
	struct number_entry entry;
	int err = 0;

	if (fd < 0)
		return topology_gap(walk->topology, "processes of sockets and taps are not known: cannot read /proc: %s",
				    strerror(errno));
	while (err >= 0 && number_dir_next(&dir, &entry) > 0)
		err = take_process(walk, &entry);
	if (err < 0)
		return err;
	if (!walk->refused)
		return 0;
	return topology_gap(walk->topology, "the descriptors of %zu process%s could not be read, so sockets and taps may lack theirs; "
			    "run as root", walk->refused, walk->refused > 1 ? "es" : "");
}

/* What a process has open is not the kernel's own. */
static int drop_owned(struct walk *walk, struct topology_netns *netns)
{
	struct chain kernel = { 0 };

	for (const struct chain_node *node = netns->kernel_udp.first; node; node = node->next) {
		const struct topology_socket *sock = index_find(&walk->sockets, topology_socket(node->value)->socket.ino);

		if ((!sock || !sock->processes.count) && chain_add(&walk->topology->arena, &kernel, node->value) < 0)
			return -ENOMEM;
	}
	netns->kernel_udp = kernel;
	return 0;
}

static int walk_processes(struct walk *walk)
{
	int err = take_processes(walk);

	for (size_t i = 0; i < walk->topology->count && err == 0; i++)
		err = drop_owned(walk, &walk->topology->all[i]);
	return err;
}

int topology_find_processes(struct procns *ctx, struct procns_topology *topology)
{
	cleanup_fd int proc = open(ctx->proc_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct walk walk = { .topology = topology, .proc = proc };
	int err = want_all(&walk);

	if (err == 0 && (walk.taps || walk.sockets.count))
		err = walk_processes(&walk);
	index_free(&walk.sockets);
	file_text_free(&walk.file);
	return err;
}
