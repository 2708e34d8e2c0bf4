// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "dump_explore.h"
#include "text.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define NAMESPACES_PER_CHILD 1000	/* below, another child costs more than it saves */

/* The child's side. What it finds goes to `out` as texts that end with NUL: number in the list, error, and two values. */
struct explorer {
	struct procns *ctx;
	const struct procns_snapshot *snapshot;
	FILE *out;
	size_t first, step;		/* which it takes */
	ino_t own[PROCNS_NTYPES];	/* the namespaces it began in */
	int own_cgroup;			/* descriptor of that one */
	const char *mount_point;	/* where it may mount, NULL: nowhere */
};

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

/* The fourth field of a line of mountinfo is the root of what is mounted; the newest mount comes last. */
static int write_newest_root(FILE *out)
{
	cleanup_file FILE *file = fopen("/proc/self/mountinfo", "re");
	cleanup_free char *line = NULL, *root = NULL;
	size_t size = 0;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		free(root);
		root = NULL;
		if (sscanf(line, "%*d %*d %*s %ms ", &root) != 1)
			return -EINVAL;
	}
	if (!root)
		return -ENODATA;
	write_value(out, root);
	write_value(out, "");
	return 0;
}

/* A mount of cgroup2 begins where its maker's cgroup namespace does; from our own one can see where that is. */
static int read_cgroup(struct explorer *explorer)
{
	int err;

	if (!explorer->mount_point)
		return -EPERM;
	if (mount("procns", explorer->mount_point, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return -errno;
	err = setns(explorer->own_cgroup, CLONE_NEWCGROUP) < 0 ? -errno : write_newest_root(explorer->out);
	umount2(explorer->mount_point, MNT_DETACH);
	return err;
}

static read_function *const readers[PROCNS_NTYPES] = {
	[PROCNS_CGROUP] = read_cgroup,
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

/* Nobody else sees what is mounted here. */
static void prepare_mounting(struct explorer *explorer)
{
	static const char *const places[] = { "/sys", "/dev", "/run", "/tmp" };

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return;
	for (size_t i = 0; !explorer->mount_point && i < ARRAY_SIZE(places); i++)
		if (!access(places[i], F_OK))
			explorer->mount_point = places[i];
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
		if (dump->list[i].type != type)
			continue;
		if (type == PROCNS_CGROUP)	/* where it went back to */
			explorer->own[type] = own_number("cgroup");
		visit(explorer, &dump->list[i], i);
	}
}

static void __attribute__((noreturn)) child(struct explorer *explorer, const struct dump *dump, pid_t caller)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != caller)
		_exit(1);
	for (unsigned int type = 0; type < PROCNS_NTYPES; type++)
		explorer->own[type] = own_number(procns_type_name(type));
	explore_all(explorer, dump, PROCNS_UTS);
	explore_all(explorer, dump, PROCNS_TIME);
	explorer->own_cgroup = open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC);
	prepare_mounting(explorer);
	explore_all(explorer, dump, PROCNS_CGROUP);
	_exit(fflush(explorer->out) ? 1 : 0);
}

/* The caller's side. */
struct finding {
	size_t number;
	const char *values[2];
	int err;
};

struct found {
	const char *at, *end;
};

static bool take_bytes(struct found *found, void *to, size_t size)
{
	if ((size_t)(found->end - found->at) < size)
		return false;
	memcpy(to, found->at, size);
	found->at += size;
	return true;
}

static bool take_text(struct found *found, const char **text)
{
	size_t length = strnlen(found->at, (size_t)(found->end - found->at));

	if (found->at + length == found->end)
		return false;
	*text = found->at;
	found->at += length + 1;
	return true;
}

static bool take_finding(struct found *found, struct finding *finding)
{
	return take_bytes(found, &finding->number, sizeof(finding->number)) && take_text(found, &finding->values[0]) &&
	       take_text(found, &finding->values[1]) && take_bytes(found, &finding->err, sizeof(finding->err));
}

static bool parse_offset(const char *line, struct dump_offset *offset)
{
	long long seconds, nanoseconds;

	if (sscanf(line, "%*s %lld %lld", &seconds, &nanoseconds) != 2)
		return false;
	*offset = (struct dump_offset){ seconds, nanoseconds };
	return true;
}

static void take_values(struct dump_ns *ns, const struct finding *finding)
{
	switch (ns->type) {
	case PROCNS_UTS:
		ns->hostname = finding->values[0];
		ns->domainname = finding->values[1];
		break;
	case PROCNS_TIME:
		ns->offsets_known = parse_offset(finding->values[0], &ns->monotonic) &&
				    parse_offset(finding->values[1], &ns->boottime);
		break;
	case PROCNS_CGROUP:
		/* one that lies above or beside our own has no path from here */
		ns->cgroup_root = strncmp(finding->values[0], "/..", 3) ? finding->values[0] : NULL;
		break;
	default:
		break;
	}
}

static bool is_known(const struct dump_ns *ns)
{
	return ns->hostname || ns->offsets_known || ns->cgroup_root;
}

static const char *why(enum procns_type type, int err)
{
	if (err)
		return strerror(err < 0 ? -err : err);
	return type == PROCNS_CGROUP ? "it is outside of our own" : "what was read is none";
}

static int add_gap(struct dump_gaps *gaps, const struct dump *dump, enum procns_type type, const int *errors)
{
	static const char *const what[PROCNS_NTYPES] = {
		[PROCNS_CGROUP] = "the root", [PROCNS_TIME] = "the clocks", [PROCNS_UTS] = "the names",
	};
	size_t missing = 0, first = 0;
	char *line;

	for (size_t i = 0; i < dump->count; i++)
		if (dump->list[i].type == type && !is_known(&dump->list[i]) && !missing++)
			first = i;
	if (!missing)
		return 0;
	line = text_format("%s of %zu %s namespace%s, %s:[%u] first: %s", what[type], missing, procns_type_name(type),
			   missing == 1 ? "" : "s", procns_type_name(type), dump->list[first].inum,
			   why(type, errors[first]));
	if (!line)
		return -ENOMEM;
	gaps->lines[gaps->count++] = line;
	return 0;
}

static int take_findings(struct dump *dump, const char *text, size_t size, int *errors)
{
	struct found found = { text, text + size };
	struct finding finding;

	while (take_finding(&found, &finding)) {
		if (finding.number >= dump->count)
			return -EINVAL;
		errors[finding.number] = finding.err;
		if (!finding.err)
			take_values(&dump->list[finding.number], &finding);
	}
	return 0;
}

/* What a file has, for as long as the dump lives. */
static int read_back(int fd, char **text, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*text = malloc((size_t)st.st_size + 1);
	if (!*text)
		return -ENOMEM;
	for (*size = 0; *size < (size_t)st.st_size;) {
		ssize_t got = pread(fd, *text + *size, (size_t)st.st_size - *size, (off_t)*size);

		if (got <= 0)
			return got ? -errno : -EIO;
		*size += (size_t)got;
	}
	return 0;
}

static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int start(struct explorer *explorer, const struct dump *dump, pid_t *pid)
{
	pid_t caller = getpid();
	int fd = memfd_create("procns", MFD_CLOEXEC);

	explorer->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!explorer->out) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	*pid = fork();
	if (*pid == 0)
		child(explorer, dump, caller);
	return *pid < 0 ? -errno : 0;
}

static int finish(struct explorer *explorer, pid_t pid, struct dump *dump, char **text, int *errors)
{
	size_t size = 0;
	int err;

	wait_for(pid);
	err = read_back(fileno(explorer->out), text, &size);
	return err ? err : take_findings(dump, *text, size, errors);
}

static size_t children_for(const struct dump *dump)
{
	size_t wanted = 1 + dump->count / NAMESPACES_PER_CHILD;
	cpu_set_t set;
	size_t processors = sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : (size_t)CPU_COUNT(&set);

	if (wanted > processors)
		wanted = processors;
	return wanted < DUMP_EXPLORERS ? wanted : DUMP_EXPLORERS;
}

/* Those that were started are waited for, whatever happens. */
static int run_children(struct explorer *explorers, size_t count, struct dump *dump, int *errors)
{
	pid_t pids[DUMP_EXPLORERS];
	size_t started = 0;
	int err = 0;

	while (!err && started < count) {
		err = start(&explorers[started], dump, &pids[started]);
		started += !err;
	}
	for (size_t i = 0; i < started; i++) {
		int failed = finish(&explorers[i], pids[i], dump, &dump->text[1 + i], errors);

		err = err ? err : failed;
	}
	for (size_t i = 0; i < count; i++)
		if (explorers[i].out)
			fclose(explorers[i].out);
	return err;
}

int dump_explore(struct procns *ctx, const struct procns_snapshot *snapshot, struct dump *dump, struct dump_gaps *gaps)
{
	cleanup_free int *errors = calloc(dump->count + 1, sizeof(*errors));
	struct explorer explorers[DUMP_EXPLORERS];
	size_t count = children_for(dump);
	int err = errors ? 0 : -ENOMEM;

	for (size_t i = 0; i < count; i++)
		explorers[i] = (struct explorer){ .ctx = ctx, .snapshot = snapshot, .first = i, .step = count };
	for (size_t i = 0; !err && i < dump->count; i++)
		errors[i] = -ECHILD;	/* nobody came to it */
	if (!err)
		err = run_children(explorers, count, dump, errors);
	for (unsigned int type = 0; !err && type < PROCNS_NTYPES; type++)
		if (readers[type])
			err = add_gap(gaps, dump, type, errors);
	return err;
}

void dump_gaps_free(struct dump_gaps *gaps)
{
	for (size_t i = 0; i < gaps->count; i++)
		free(gaps->lines[i]);
}
