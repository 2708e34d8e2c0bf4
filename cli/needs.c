// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of capabilities: which command needs which, and for what. Most are needed only for what only some callers have: tests/system/capabilities.sh
 * has a case for each that shows what is missing without it.
 */
#include <linux/capability.h>
#include <stddef.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"

#define NEED(name, end, what) { CAP_##name, "CAP_" #name, end, what }
#define NEEDS_END { 0 }

#define STAYS CAPABILITY_STAYS
#define LISTS CAPABILITY_LISTS
#define WITHOUT_BPF CAPABILITY_WITHOUT_BPF

#define LIST_BY_BPF(end) \
	NEED(BPF, end, "list all namespaces by BPF"), \
	NEED(PERFMON, end, "let BPF programs read the kernel's structures")

#define LIST_OTHERWISE(end) NEED(SYS_ADMIN, end, "list by listns(2), and learn owners from the mounted directory")

#define READ_PROC(end) \
	NEED(SYS_PTRACE, end, "read other users' processes in /proc"), \
	NEED(DAC_READ_SEARCH, end, "read the descriptors of other users' processes, and paths and files only they may")

/* Every way to a descriptor of a namespace. */
#define OPEN_NAMESPACES(end) \
	NEED(SYS_CHROOT, end, "get at what a bind mount keeps where no process is"), \
	NEED(NET_ADMIN, end, "get at what a socket keeps")

/* To be in namespaces for a while, and read what only shows there. */
#define LOOK_INSIDE(what) \
	NEED(SYS_ADMIN, LISTS, what), \
	NEED(SYS_CHROOT, LISTS, "enter those that a bind mount keeps where no process is"), \
	NEED(NET_ADMIN, LISTS, "read WireGuard links, and enter those that a socket keeps")

#define DUMP_INSIDE LOOK_INSIDE("enter namespaces for host names, clocks, cgroup roots and links")

#define WRITE_FILE NEED(DAC_OVERRIDE, STAYS, "write a file where only another user may")

static const struct capability_need to_say_sources[] = {
	LIST_BY_BPF(STAYS),
	NEED(SYS_ADMIN, STAYS, "try listns(2)"),
	NEEDS_END,
};

static const struct capability_need to_explain[] = {
	LIST_BY_BPF(LISTS),
	LIST_OTHERWISE(LISTS),
	READ_PROC(STAYS),
	NEEDS_END,
};

static const struct capability_need to_list[] = {
	LIST_BY_BPF(LISTS),
	NEED(SYS_ADMIN, LISTS, "open net namespaces for their netnsid; or list by listns(2), and learn owners from the mounted directory"),
	OPEN_NAMESPACES(LISTS),
	READ_PROC(STAYS),
	NEEDS_END,
};

static const struct capability_need to_map_networks[] = {
	LIST_BY_BPF(LISTS),
	LOOK_INSIDE("enter net namespaces"),
	READ_PROC(STAYS),
	WRITE_FILE,
	NEEDS_END,
};

static const struct capability_need to_dump[] = {
	LIST_BY_BPF(LISTS),
	DUMP_INSIDE,
	READ_PROC(LISTS),
	WRITE_FILE,
	NEEDS_END,
};

static const struct capability_need to_compare[] = {
	LIST_BY_BPF(LISTS),
	DUMP_INSIDE,
	NEED(SYS_PTRACE, LISTS, "read other users' processes in /proc"),
	NEED(DAC_READ_SEARCH, STAYS, "read a dump only another user may, and descriptors and paths of other users' processes"),
	NEEDS_END,
};

static const struct capability_need to_check[] = {
	LIST_BY_BPF(LISTS),
	NEED(SYS_ADMIN, STAYS, "enter user namespaces for their limits"),
	OPEN_NAMESPACES(STAYS),
	READ_PROC(STAYS),
	NEEDS_END,
};

static const struct capability_need to_measure[] = {
	LIST_BY_BPF(LISTS),
	LIST_OTHERWISE(LISTS),
	READ_PROC(LISTS),
	WRITE_FILE,
	NEEDS_END,
};

static const struct capability_need to_watch[] = {
	LIST_BY_BPF(STAYS),
	LIST_OTHERWISE(WITHOUT_BPF),
	NEED(SYS_PTRACE, WITHOUT_BPF, "read other users' processes in /proc"),
	NEED(DAC_READ_SEARCH, STAYS, "find the path of a cgroup, and read the descriptors of other users' processes in /proc"),
	NEEDS_END,
};

static const struct capability_need to_show[] = {
	LIST_BY_BPF(STAYS),
	LIST_OTHERWISE(WITHOUT_BPF),
	READ_PROC(STAYS),
	NEEDS_END,
};

static const struct capability_need to_pin[] = {
	NEED(SYS_ADMIN, STAYS, "open the namespace, and mount it"),
	OPEN_NAMESPACES(LISTS),
	NEED(SYS_PTRACE, LISTS, "read other users' processes in /proc"),
	NEED(DAC_OVERRIDE, STAYS, "make the file, and look paths up, where only another user may"),
	NEEDS_END,
};

static const struct capability_need to_unpin[] = {
	NEED(SYS_ADMIN, STAYS, "unmount it"),
	NEED(DAC_OVERRIDE, STAYS, "remove the file where only another user may"),
	NEED(FOWNER, STAYS, "remove another user's file from a directory like /tmp"),
	NEEDS_END,
};

static const struct capability_need to_enter[] = {
	NEED(SYS_ADMIN, STAYS, "open namespaces, and enter them"),
	NEED(SYS_CHROOT, STAYS, "enter mount namespaces, and get at what a bind mount keeps where no process is"),
	NEED(NET_ADMIN, STAYS, "get at what a socket keeps"),
	READ_PROC(STAYS),
	NEEDS_END,
};

static const struct capability_need to_open[] = {
	LIST_BY_BPF(STAYS),
	NEED(SYS_ADMIN, STAYS, "open the namespace"),
	OPEN_NAMESPACES(STAYS),
	READ_PROC(STAYS),
	NEEDS_END,
};

static const struct capability_need to_restore[] = {
	NEED(SYS_ADMIN, STAYS, "make namespaces, and mount them"),
	NEED(SETUID, STAYS, "write uid maps"),
	NEED(SETGID, STAYS, "write gid maps"),
	NEED(SETPCAP, STAYS, "become the creator of a user namespace and keep its rights"),
	NEED(SETFCAP, STAYS, "map uid 0 of the namespace above"),
	NEED(SYS_TIME, STAYS, "set the clocks of time namespaces"),
	NEED(DAC_OVERRIDE, STAYS, "read a dump, make pins and cgroups, where only another user may"),
	NEEDS_END,
};

static const struct command_needs table[] = {
	{ &command_ls, DROPS_AT_START, to_list },
	{ &command_tree, DROPS_AT_START, to_list },
	{ &command_why, DROPS_AT_START, to_explain },
	{ &command_net, DROPS_AT_START, to_map_networks },
	{ &command_dump, DROPS_AT_START, to_dump },
	{ &command_diff, DROPS_AT_START, to_compare },
	{ &command_restore, DROPS_NOTHING, to_restore },
	{ &command_enter, DROPS_NOTHING, to_enter },
	{ &command_open, DROPS_NOTHING, to_open },
	{ &command_pin, DROPS_AT_START, to_pin },
	{ &command_unpin, DROPS_AT_START, to_unpin },
	{ &command_watch, DROPS_ITSELF, to_watch },
	{ &command_top, DROPS_AT_START, to_show },
	{ &command_metrics, DROPS_AT_START, to_measure },
	{ &command_check, DROPS_AT_START, to_check },
	{ &command_source, DROPS_AT_START, to_say_sources },
};

const struct command_needs *needs_of(const struct command *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].command == command)
			return &table[i];
	return NULL;
}
