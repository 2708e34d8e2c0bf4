// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpgen SEED [CGROUP]: a random dump below one user namespace, as procns dump --root would have it, which nobody has made yet: what
 * restore is tried with. Nested users with maps of several ranges and various creators, pid namespaces across them, all other types with
 * names, clocks and roots. The same seed gives the same dump everywhere. CGROUP is a control group that may be a root.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 40
#define RANGES 4
#define LEVELS 6

enum type { USER, PID, CGROUP, IPC, MNT, NET, TIME, UTS, TYPES };

static const char *const names[TYPES] = { "user", "pid", "cgroup", "ipc", "mnt", "net", "time", "uts" };

struct range {
	uint32_t inside, outside, count;
};

struct map {
	struct range ranges[RANGES];
	size_t count;
};

struct ns {
	enum type type;
	int owner, parent;	/* in the list; -1: outside */
	int level;
	struct map uid, gid;
	uint32_t creator;
};

struct gen {
	uint64_t random;
	struct ns list[MOST];
	int count;
	const char *cgroup;
};

/* splitmix64 */
static uint32_t pick(struct gen *g, uint32_t below)
{
	uint64_t z = g->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

/* Parts of the parent's ranges, one of each at most, so that they are apart in it; apart inside by a stride of their own. */
static void make_map(struct gen *g, struct map *map, const struct map *parent)
{
	uint32_t inside = 0;

	for (size_t i = 0; i < parent->count; i++) {
		const struct range *from = &parent->ranges[i];
		uint32_t skip = from->count > 1 ? pick(g, from->count / 2) : 0;

		if (map->count && !pick(g, 3))
			continue;
		map->ranges[map->count] = (struct range){ inside, from->inside + skip, 1 + pick(g, from->count - skip) };
		inside += map->ranges[map->count++].count + pick(g, 1000);
	}
}

static uint32_t pick_id(struct gen *g, const struct map *map)
{
	const struct range *range = &map->ranges[pick(g, map->count)];

	return range->inside + pick(g, range->count);
}

static int pick_of(struct gen *g, enum type type)
{
	int i;

	do
		i = pick(g, g->count);
	while (g->list[i].type != type);
	return i;
}

static bool is_below(const struct gen *g, int user, int above)
{
	while (user >= 0 && user != above)
		user = g->list[user].parent;
	return user == above;
}

static void make_first(struct gen *g)
{
	static const struct map ids = {
		{ { 0, 100000, 50000 }, { 60000, 0, 10 }, { 70000, 4000, 500 }, { 90000, 300000, 7 } }, 4,
	};

	g->list[g->count++] = (struct ns){ .type = USER, .owner = -1, .parent = -1, .uid = ids, .gid = ids };
}

static void make_user(struct gen *g, struct ns *ns)
{
	const struct ns *parent = &g->list[ns->owner];

	ns->parent = ns->owner;
	ns->level = parent->level + 1;
	ns->creator = pick_id(g, &parent->uid);
	make_map(g, &ns->uid, &parent->uid);
	make_map(g, &ns->gid, &parent->gid);
}

/* Its owner is that of its parent, or below. */
static void make_pid(struct gen *g, struct ns *ns)
{
	int parent = pick(g, g->count);

	ns->parent = g->list[parent].type == PID && g->list[parent].level < LEVELS && is_below(g, ns->owner, g->list[parent].owner) ?
		     parent : -1;
	ns->level = ns->parent < 0 ? 0 : g->list[ns->parent].level + 1;
}

static void make(struct gen *g)
{
	struct ns *ns = &g->list[g->count];

	*ns = (struct ns){ .type = pick(g, TYPES + 2) % TYPES, .parent = -1 };
	ns->owner = pick_of(g, USER);
	if (ns->type == USER && g->list[ns->owner].level >= LEVELS)
		ns->type = PID;
	if (ns->type == USER)
		make_user(g, ns);
	if (ns->type == PID)
		make_pid(g, ns);
	g->count++;
}

static void say_id(const char *key, int i)
{
	if (i < 0)
		printf("\"%s\": \"%s\", ", key, !strcmp(key, "owner") ? "out1" : "out2");
	else
		printf("\"%s\": \"ns%d\", ", key, i + 1);
}

static void say_map(const char *key, const struct map *map)
{
	printf("\"%s\": [", key);
	for (size_t i = 0; i < map->count; i++)
		printf("%s[%u, %u, %u]", i ? ", " : "", map->ranges[i].inside, map->ranges[i].outside, map->ranges[i].count);
	printf("], ");
}

static void say_uts(struct gen *g)
{
	static const char *const odd[] = { "host", "a.b-c", "", "two words", "h\\u00f6st", "quo\\\"te", "\\u0007bell" };

	uint32_t host = pick(g, 7), number = pick(g, 1000), domain = pick(g, 7);

	printf("\"hostname\": \"%s%u\", \"domainname\": \"%s\", ", odd[host], number, odd[domain]);
}

static void say_time(struct gen *g)
{
	uint32_t seconds = pick(g, 1000000), nanoseconds = pick(g, 1000000000), boottime = pick(g, 1000000);

	printf("\"offsets\": {\"monotonic\": [%u, %u], \"boottime\": [%u, 0]}, ", seconds, nanoseconds, boottime);
}

static void say_properties(struct gen *g, const struct ns *ns)
{
	switch (ns->type) {
	case USER:
		say_map("uid_map", &ns->uid);
		say_map("gid_map", &ns->gid);
		printf("\"creator\": %u, ", ns->creator);
		break;
	case CGROUP:
		printf("\"cgroup_root\": \"%s\", ", g->cgroup && pick(g, 2) ? g->cgroup : "/");
		break;
	case TIME:
		say_time(g);
		break;
	case UTS:
		say_uts(g);
		break;
	case NET:
		printf("\"netnsid\": null, \"netnsids\": [], \"links\": [], ");
		break;
	default:
		break;
	}
}

static void say(struct gen *g, int i)
{
	const struct ns *ns = &g->list[i];

	printf("%s\n{\"id\": \"ns%d\", \"type\": \"%s\", \"inum\": %d, \"kernel_id\": null, \"initial\": false, ", i ? "," : "", i + 1,
	       names[ns->type], 1000 + i);
	say_id("owner", ns->owner);
	if (ns->type == USER)
		printf("\"parent\": \"%s%d\", ", ns->parent < 0 ? "out" : "ns", ns->parent < 0 ? 1 : ns->parent + 1);
	else if (ns->type == PID)
		say_id("parent", ns->parent);
	say_properties(g, ns);
	printf("\"names\": [], \"nprocs\": 0, \"nthreads\": 0, \"members\": [], \"holders\": []}");
}

int main(int argc, char **argv)
{
	static struct gen g;
	int wanted;

	if (argc < 2)
		return 2;
	g.random = strtoull(argv[1], NULL, 0);
	g.cgroup = argc > 2 ? argv[2] : NULL;
	wanted = 8 + pick(&g, MOST - 8);
	make_first(&g);
	while (g.count < wanted)
		make(&g);
	printf("{\"format\": \"procns-dump\", \"version\": 1, \"root\": null, \"system\": {\"release\": null, \"boot_id\": null},\n"
	       "\"outside\": [{\"id\": \"out1\", \"type\": \"user\", \"inum\": 1, \"kernel_id\": null, \"initial\": true, \"references\": []},"
	       " {\"id\": \"out2\", \"type\": \"pid\", \"inum\": 2, \"kernel_id\": null, \"initial\": true, \"references\": []}],\n"
	       "\"namespaces\": [");
	for (int i = 0; i < g.count; i++)
		say(&g, i);
	printf("]}\n");
	return 0;
}
