// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "dump_explore.h"
#include "dump_explorer.h"
#include "text.h"

#define NAMESPACES_PER_CHILD 1000	/* below, another child costs more than it saves */

/* Of which types there is something to find. */
static const char *const what[PROCNS_NTYPES] = {
	[PROCNS_CGROUP] = "a root", [PROCNS_TIME] = "the clocks", [PROCNS_UTS] = "the names",
};

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
		ns->cgroup_root = *finding->values[0] ? finding->values[0] : NULL;
		ns->cgroup_v1_roots = finding->values[1];
		break;
	default:
		break;
	}
}

static bool is_known(const struct dump_ns *ns)
{
	return ns->hostname || ns->offsets_known || ns->cgroup_root;
}

bool dump_is_to_explore(const struct dump_ns *ns)
{
	return what[ns->type] && !is_known(ns);
}

static bool all_known(const struct dump_ns *ns)
{
	return is_known(ns) && (ns->type != PROCNS_CGROUP || (!strstr(ns->cgroup_v1_roots, ":\n")));
}

static const char *why(enum procns_type type, int err)
{
	if (err)
		return strerror(err < 0 ? -err : err);
	return type == PROCNS_CGROUP ? "it is outside of our own, or its hierarchy may not be mounted" : "what was read is none";
}

static int add_gap(struct dump_gaps *gaps, const struct dump *dump, enum procns_type type, const int *errors)
{
	size_t missing = 0, first = 0;
	char *line;

	for (size_t i = 0; i < dump->count; i++)
		if (dump->list[i].type == type && !all_known(&dump->list[i]) && !missing++)
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

/* Returns the child, or a negative errno. */
static pid_t start(struct explorer *explorer, const struct dump *dump)
{
	pid_t caller = getpid(), pid;
	int fd = memfd_create("procns", MFD_CLOEXEC);

	explorer->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!explorer->out) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	pid = fork();
	if (pid == 0)
		dump_explore_here(explorer, dump, caller);
	return pid < 0 ? -errno : pid;
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
	cpu_set_t set;
	size_t processors = sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : (size_t)CPU_COUNT(&set), wanted = 0;

	for (size_t i = 0; i < dump->count; i++)
		wanted += dump_is_to_explore(&dump->list[i]);
	if (!wanted)
		return 0;
	wanted = 1 + wanted / NAMESPACES_PER_CHILD;
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
		pids[started] = start(&explorers[started], dump);
		if (pids[started] < 0)
			err = pids[started];
		else
			started++;
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
		if (what[type])
			err = add_gap(gaps, dump, type, errors);
	return err;
}

void dump_gaps_free(struct dump_gaps *gaps)
{
	for (size_t i = 0; i < gaps->count; i++)
		free(gaps->lines[i]);
}
