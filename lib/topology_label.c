// SPDX-License-Identifier: LGPL-2.1-or-later
/* What to call a namespace: as `ip netns` does; after the container or unit of the first process in it; or after a mount. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "proc_read.h"
#include "topology.h"
#include "util.h"

/* As many digits of a container's id as its tools show. */
#define SHORT_ID 12

/* A container's id has at least so many. */
#define LONG_ID 32

static const char *netns_name(const struct procns_ns *ns)
{
	static const char *const directories[] = { "/run/netns/", "/var/run/netns/" };

	for (size_t i = 0; i < ns->nnames; i++)
		for (size_t j = 0; j < ARRAY_SIZE(directories); j++)
			if (!strncmp(ns->names[i], directories[j], strlen(directories[j])))
				return ns->names[i] + strlen(directories[j]);
	return NULL;
}

/* How runtimes call the control group of a container: a prefix before its id or name, and what follows it. */
struct container_form {
	const char *prefix, *suffix, *runtime;
	bool id;			/* a long hexadecimal number */
};

static const struct container_form container_forms[] = {
	{ "docker-", ".scope", "docker", true },
	{ "libpod-", ".scope", "podman", true },
	{ "crio-", ".scope", "crio", true },
	{ "cri-containerd-", ".scope", "containerd", true },
	{ "nerdctl-", ".scope", "nerdctl", true },
	{ "lxc.payload.", "", "lxc", false },
	{ "systemd-nspawn@", ".service", "nspawn", false },
	{ "machine-", ".scope", "machine", false },
};

static size_t hex_length(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && isxdigit((unsigned char)text[n]))
		n++;
	return n;
}

static const char *name_by_form(struct arena *arena, const struct container_form *form, const char *part, size_t length)
{
	size_t before = strlen(form->prefix), after = strlen(form->suffix);

	if (length <= before + after || strncmp(part, form->prefix, before) ||
	    strncmp(part + length - after, form->suffix, after))
		return NULL;
	part += before;
	length -= before + after;
	if (!form->id)
		return arena_printf(arena, "%s:%.*s", form->runtime, (int)length, part);
	if (length < LONG_ID || hex_length(part, length) != length)
		return NULL;
	return arena_printf(arena, "%s:%.*s", form->runtime, SHORT_ID, part);
}

/* A group named by nothing but an id: whose it is says a group above it. */
static const char *name_by_id(struct arena *arena, const char *path, const char *part, size_t length)
{
	const char *runtime = "container";

	if (length < LONG_ID || hex_length(part, length) != length)
		return NULL;
	if (strstr(path, "/docker/"))
		runtime = "docker";
	else if (strstr(path, "/kubepods"))
		runtime = "pod";
	return arena_printf(arena, "%s:%.*s", runtime, SHORT_ID, part);
}

static const char *container_name(struct arena *arena, const char *path)
{
	const char *part = path, *name = NULL;

	while (*part && !name) {
		size_t length = strcspn(part, "/");

		for (size_t i = 0; i < ARRAY_SIZE(container_forms) && !name; i++)
			name = name_by_form(arena, &container_forms[i], part, length);
		if (!name)
			name = name_by_id(arena, path, part, length);
		part += length + (part[length] == '/');
	}
	return name;
}

static bool ends_with(const char *text, size_t length, const char *suffix)
{
	return length > strlen(suffix) && !strncmp(text + length - strlen(suffix), suffix, strlen(suffix));
}

/* The innermost service or scope. */
static const char *unit_name(struct arena *arena, const char *path)
{
	const char *part = path, *unit = NULL;
	size_t unit_length = 0;

	while (*part) {
		size_t length = strcspn(part, "/");

		if (ends_with(part, length, ".service") || ends_with(part, length, ".scope")) {
			unit = part;
			unit_length = length;
		}
		part += length + (part[length] == '/');
	}
	return unit ? arena_strndup(arena, unit, unit_length) : NULL;
}

/* The group in the hierarchy that runtimes and systemd name things in: the unified one, or systemd's own. */
static const char *find_group(char *text)
{
	const char *found = NULL;
	char *line;

	while ((line = next_line(&text))) {
		const char *path = strchr(line, ':');

		path = path ? strchr(path + 1, ':') : NULL;
		if (!path)
			continue;
		if (!strncmp(line, "0::", 3) || strstr(line, ":name=systemd:"))
			found = found && strcmp(found, "/") ? found : path + 1;
	}
	return found;
}

struct labeller {
	struct procns_topology *topology;
	int proc;
	struct file_text file;
};

static bool label_by_group(struct labeller *labeller, struct procns_netns *netns)
{
	struct arena *arena = &labeller->topology->arena;
	const char *group, *label;
	char path[32];

	if (!netns->ns->first || labeller->proc < 0)
		return false;
	snprintf(path, sizeof(path), "%d/cgroup", netns->ns->first->tid);
	if (read_whole_file(labeller->proc, path, &labeller->file) < 0)
		return false;
	group = find_group(labeller->file.text);
	if (!group)
		return false;

	label = container_name(arena, group);
	netns->label_source = PROCNS_LABEL_CONTAINER;
	if (!label) {
		label = unit_name(arena, group);
		netns->label_source = PROCNS_LABEL_UNIT;
	}
	netns->label = label;
	return label;
}

static int label_netns(struct labeller *labeller, struct procns_netns *netns)
{
	netns->label = netns_name(netns->ns);
	netns->label_source = PROCNS_LABEL_NETNS;
	if (netns->label)
		return 0;
	if (netns->ns->initial) {
		netns->label = "host";
		netns->label_source = PROCNS_LABEL_INITIAL;
		return 0;
	}
	if (label_by_group(labeller, netns))
		return 0;
	if (netns->ns->nnames) {
		netns->label = netns->ns->names[0];
		netns->label_source = PROCNS_LABEL_PATH;
		return 0;
	}
	netns->label = arena_printf(&labeller->topology->arena, "net:[%u]", netns->ns->inum);
	netns->label_source = PROCNS_LABEL_NUMBER;
	return netns->label ? 0 : -ENOMEM;
}

int topology_label(struct procns *ctx, struct procns_topology *topology)
{
	cleanup_fd int proc = open(ctx->proc_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct labeller labeller = { .topology = topology, .proc = proc };
	int err = 0;

	for (size_t i = 0; i < topology->count && err == 0; i++)
		if (topology->all[i].was_read)
			err = label_netns(&labeller, &topology->all[i].netns);
	file_text_free(&labeller.file);
	return err;
}
