// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "caller.h"
#include "proc_gaps.h"
#include "type.h"
#include "util.h"

static bool has_ptrace_over_all(const struct proc_scan *scan)
{
	enum procns_type type;
	uint32_t inum;
	char text[64] = "";

	if (readlinkat(scan->proc, "self/ns/user", text, sizeof(text) - 1) < 0 || type_parse_name(text, &type, &inum) < 0)
		return false;
	return type_initial(type, inum) && caller_has_capability(CAP_SYS_PTRACE);
}

/* The value of an option in "rw,hidepid=invisible,gid=4", up to the comma; NULL where it is not there. */
static const char *option_value(const char *options, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = options; *at; at = strchrnul(at, ','), at += *at == ',')
		if (!strncmp(at, name, length) && at[length] == '=')
			return at + length + 1;
	return NULL;
}

static bool value_is(const char *value, const char *wanted)
{
	return !strncmp(value, wanted, strlen(wanted)) && (!value[strlen(wanted)] || value[strlen(wanted)] == ',');
}

/* Do these mount options of proc hide the processes of others from this caller? */
static bool hides_processes(const char *options)
{
	const char *hidepid = option_value(options, "hidepid"), *gid = option_value(options, "gid");
	uint64_t number = 0;

	if (!hidepid || value_is(hidepid, "0") || value_is(hidepid, "off") || value_is(hidepid, "1") ||
	    value_is(hidepid, "noaccess"))
		return false;
	if (value_is(hidepid, "4") || value_is(hidepid, "ptraceable"))
		return true;
	if (gid && parse_number(gid, UINT32_MAX, &number, &gid) < 0)
		gid = NULL;
	return !caller_in_group(gid ? number : 0);
}

/* Where the mount can't be found, it hides nothing that could be told. */
static int add_hidepid(const struct proc_scan *scan)
{
	__attribute__((cleanup(file_text_free))) struct file_text file = { 0 };
	ssize_t length = read_whole_file(scan->proc, "thread-self/mountinfo", &file);
	bool hides = false;
	char *next, *line;

	if (length < 0)
		return out_of_resources(length) ? length : 0;
	next = file.text;
	while ((line = next_line(&next))) {
		struct mountinfo_line mount;

		if (!parse_mountinfo_line(line, &mount) && !strcmp(mount.mount_point, scan->ctx->proc_root))
			hides = !strcmp(mount.fstype, "proc") && hides_processes(mount.super_options);
	}
	if (!hides || has_ptrace_over_all(scan))
		return 0;
	return snapshot_gap(scan->s, "%s is mounted with hidepid: processes of others are hidden, and their number with them; "
			    "root, or CAP_SYS_PTRACE, would see them", scan->ctx->proc_root);
}

/* /proc shows one pid namespace and what is below it. */
static int add_pid_namespace(const struct proc_scan *scan)
{
	enum procns_type type;
	uint32_t inum;
	char text[64] = "";

	if (readlinkat(scan->proc, "self/ns/pid", text, sizeof(text) - 1) < 0 || type_parse_name(text, &type, &inum) < 0 ||
	    type_initial(type, inum))
		return 0;
	return snapshot_gap(scan->s, "processes outside %s can't be seen through %s; ask from the initial pid namespace", text,
			    scan->ctx->proc_root);
}

static int add_refused(const struct proc_scan *scan)
{
	if (!scan->refused)
		return 0;
	return snapshot_gap(scan->s, "%zu of %zu processes may not be read through %s; root, or every capability they have and "
			    "CAP_SYS_PTRACE, would see them", scan->refused, scan->processes, scan->ctx->proc_root);
}

int proc_gap_of_mounts(struct procns_snapshot *s, size_t unread)
{
	if (!unread)
		return 0;
	return snapshot_gap(s, "bind mounts in %zu mount namespace%s: no process in %s may be read", unread,
			    unread == 1 ? "" : "s", unread == 1 ? "it" : "them");
}

int proc_gaps_add(const struct proc_scan *scan, size_t unread_mount_namespaces)
{
	int err = scan->list ? snapshot_gap(scan->s, PROC_CANNOT_SHOW) : 0;

	if (!err)
		err = add_pid_namespace(scan);
	if (!err)
		err = add_refused(scan);
	if (!err)
		err = add_hidepid(scan);
	if (!err && (scan->list || scan->want & (PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS)))
		err = proc_gap_of_mounts(scan->s, unread_mount_namespaces);
	if (!err && scan->want & PROCNS_FACT_HOLDERS)
		err = snapshot_gap(scan->s, "holders other than tasks, descriptors, bind mounts and namespaces can't be seen "
				   "through /proc; CAP_BPF and CAP_PERFMON would show them");
	if (!err && scan->kcmp_missing)
		err = snapshot_gap(scan->s, "descriptors of threads that do not share those of their process: the kernel has no "
				   "kcmp(2)");
	return err;
}
