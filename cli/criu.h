/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CRIU would refuse to dump, as far as it concerns namespaces: `procns check --criu`. Each criu_refuse_*() knows the rules of one
 * part of CRIU, and the words it has for them (those of 4.1.1). CRIU is taken to run where we run: in our namespaces, with --shell-job,
 * with nothing declared external.
 */
#ifndef CLI_CRIU_H
#define CLI_CRIU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "procns.h"

struct cli;

struct criu_refusal {
	const char *rule;		/* for programs: "nested", "fd" */
	const struct procns_ns *ns;	/* which it is about, NULL: none, or not in the snapshot */
	const struct procns_task *task;	/* NULL: none */
	int fd;				/* -1: none */
	char *thing, *reason;
	char *says;			/* what CRIU says; where it goes on with what cannot be known before, its beginning */
};

struct criu {
	const struct cli *cli;
	struct procns *ctx;
	const struct procns_snapshot *snapshot;
	const struct procns_ns *own[PROCNS_NTYPES];	/* those CRIU would run in */
	const struct procns_task **tasks;		/* the processes of the tree, parents first, the root at 0 */
	size_t ntasks;
	pid_t *pids;					/* the same, in order */
	const struct procns_ns **members;		/* what they are in, by place in memory; some several times */
	size_t nmembers;
	int *mounts;					/* ids of those that may be met, in order */
	size_t nmounts;
	dev_t of_kernel[2];				/* filesystems mounted nowhere, with memory that has a file */
	size_t nof_kernel;
	struct criu_refusal *refusals;
	size_t nrefusals, most_refusals;
	char **gaps;
	size_t ngaps;
};

/* Where it is not about one, ns and task are NULL and fd is -1. The texts are taken over. */
int criu_refuse(struct criu *criu, struct criu_refusal refusal);

/* What could not be looked at, a line fit to follow "incomplete: "; taken over. 0 or -ENOMEM. */
int criu_add_gap(struct criu *criu, char *line);

/* The tree of processes below this one. Returns 0, -ESRCH or -ENOMEM. */
int criu_find_tree(struct criu *criu, pid_t root);
bool criu_has_task(const struct criu *criu, const struct procns_task *task);
bool criu_has_pid(const struct criu *criu, pid_t pid);

/* Dead: it is in a pid and a user namespace, and in no other. */
bool criu_is_zombie(const struct procns_task *task);

/* "1234 (sleep)". Allocated. */
char *criu_task_text(const struct procns_task *task);

/* The root process is in another than CRIU is: it would be written down, not taken as given. */
bool criu_takes(const struct criu *criu, enum procns_type type);

/* A process of the tree is in it (not merely a thread). */
bool criu_has_member(const struct criu *criu, const struct procns_ns *ns);

/* It may be met in a dump: a process of the tree is in it, or CRIU is. */
bool criu_knows(const struct criu *criu, const struct procns_ns *ns);

/* Of mountinfo: it is in a mount namespace of the tree, or in ours where that is the root process's. criu_refuse_mounts() comes first. */
bool criu_knows_mount(const struct criu *criu, int id);

/* Each 0 or a negative errno, whatever it found. */
int criu_refuse_namespaces(struct criu *criu);	/* criu_namespaces.c: kinds that do not nest, owners, the init process */
int criu_refuse_mounts(struct criu *criu);	/* criu_mounts.c: what is mounted; fills mounts */
int criu_refuse_files(struct criu *criu);	/* criu_files.c: what is open, on what mounts; after the mounts */
int criu_refuse_holders(struct criu *criu);	/* criu_holders.c: what is in flight, sockets, tun, shared memory, watches */
int criu_refuse_links(struct criu *criu);	/* criu_links.c: what is in the net namespaces */

/* All of it. Returns 0 or a negative errno. criu_free() is due either way. */
int criu_look(struct criu *criu, pid_t root);
void criu_free(struct criu *criu);

#endif
