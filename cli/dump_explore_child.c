// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that enters namespaces and writes down what it finds. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cleanup.h"
#include "dump_explorer.h"

/* It writes two texts. Returns 0, or a negative errno. */
typedef int read_function(struct explorer *explorer);

static void write_value(FILE *out, const char *text)
{
	fputs_unlocked(text, out);
	fputc_unlocked('\0', out);
}

static int read_uts(struct explorer *explorer)
{
	struct utsname name;

	if (uname(&name) < 0)
		return -errno;
	write_value(explorer->out, name.nodename);
	write_value(explorer->out, name.domainname);
	return 0;
}

/* Two lines: the clock, seconds, nanoseconds. */
static int read_time(struct explorer *explorer)
{
	cleanup_file FILE *file = fopen("/proc/self/timens_offsets", "re");
	char lines[2][128];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!file || !fgets(lines[i], sizeof(lines[i]), file))
			return file ? -ENODATA : -errno;
	write_value(explorer->out, lines[0]);
	write_value(explorer->out, lines[1]);
	return 0;
}

static read_function *const readers[PROCNS_NTYPES] = {
	[PROCNS_CGROUP] = explore_cgroup,
	[PROCNS_TIME] = read_time,
	[PROCNS_UTS] = read_uts,
};

static ino_t own_number(const char *type)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", type);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* One is left as it is entered: by going to the next. The texts of a visit that failed half-way are made up for. */
static int visit(struct explorer *explorer, const struct dump_ns *ns, size_t number)
{
	cleanup_fd int fd = -1;
	int err = 0;

	if (ns->inum != explorer->own[ns->type]) {
		fd = procns_open_ns(explorer->ctx, explorer->snapshot, ns->live);
		if (fd < 0)
			err = fd;
		else if (setns(fd, procns_type_clone_flag(ns->type)) < 0)
			err = -errno;
		else
			explorer->own[ns->type] = ns->inum;
	}
	fwrite_unlocked(&number, sizeof(number), 1, explorer->out);
	if (!err)
		err = readers[ns->type](explorer);
	if (err) {
		write_value(explorer->out, "");
		write_value(explorer->out, "");
	}
	fwrite_unlocked(&err, sizeof(err), 1, explorer->out);
	return 0;
}

static void explore_all(struct explorer *explorer, const struct dump *dump, enum procns_type type)
{
	for (size_t i = explorer->first; i < dump->count; i += explorer->step) {
		if (dump->list[i].type != type || !dump_is_to_explore(&dump->list[i]))
			continue;
		if (type == PROCNS_CGROUP)	/* where it went back to */
			explorer->own[type] = own_number("cgroup");
		visit(explorer, &dump->list[i], i);
	}
}

void dump_explore_here(struct explorer *explorer, const struct dump *dump, pid_t caller)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != caller)
		_exit(1);
	for (unsigned int type = 0; type < PROCNS_NTYPES; type++)
		explorer->own[type] = own_number(procns_type_name(type));
	explore_all(explorer, dump, PROCNS_UTS);
	explore_all(explorer, dump, PROCNS_TIME);
	explore_cgroup_begin(explorer);
	explore_all(explorer, dump, PROCNS_CGROUP);
	_exit(fflush(explorer->out) ? 1 : 0);
}
