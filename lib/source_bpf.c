// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's own structures, read by BPF programs: whole, in linear time, by whoever has CAP_BPF and CAP_PERFMON. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "context.h"
#include "nsfs.h"
#include "source_bpf_fill.h"
#include "source_bpf_load.h"
#include "source_bpf_refs.h"
#include "source_bpf_script.h"

#define MAX_SAMPLES 4
#define BTF_PATH "/sys/kernel/btf/vmlinux"

#define FACTS (PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_CREATOR | PROCNS_FACT_MAPS | \
	       PROCNS_FACT_REFS | PROCNS_FACT_ACTIVE | TASK_FACTS | PROCNS_FACT_INSIDE)

/* Facts that link namespaces of different types. */
#define LINKS (PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_MAPS | PROCNS_FACT_MEMBERS | PROCNS_FACT_HOLDERS)

/*
 * The smallest program of the kind the walkers are that reads kernel memory: `bpf_probe_read_kernel(fp - 8, 8, NULL); return 0`.
 * Loading it says what capabilities and lockdown allow, whatever user namespace the caller is in. -errno where it is refused.
 */
static int try_program(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = ARRAY_SIZE(insns);
	attr.license = (uintptr_t)"GPL";
	fd = sys_bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* The walkers loop by bpf_loop(), of 5.17. Asking costs another program, so only kernels of an older number are asked. */
static bool has_loop(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname system;

	if (uname(&system) || sscanf(system.release, "%u.%u", &major, &minor) != 2)
		return true;
	if (major > 5 || (major == 5 && minor >= 17))
		return true;
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, NULL) == 1;
}

static int probe(struct procns *ctx, uint32_t *facts, char *reason, size_t size)
{
	int err = try_program();

	(void)ctx;
	*facts = FACTS;
	if (err == -EPERM)
		snprintf(reason, size, "loading a BPF program is not allowed here; needs CAP_BPF and CAP_PERFMON in the initial user "
			 "namespace, or root");
	else if (err == -EINVAL)
		snprintf(reason, size, "the kernel refuses BPF programs that read its memory (lockdown, or older than 5.5)");
	else if (err)
		snprintf(reason, size, "cannot load a BPF program: %s", strerror(-err));
	else if (!has_loop()) {
		err = -EOPNOTSUPP;
		snprintf(reason, size, "this kernel's BPF has no bpf_loop; it needs Linux 5.17");
	} else if (access(BTF_PATH, R_OK) < 0) {
		err = -errno;
		snprintf(reason, size, "cannot read " BTF_PATH ": %s; the kernel must be built with CONFIG_DEBUG_INFO_BTF",
			 strerror(errno));
	}
	return err;
}

static struct script script_for(const struct procns_query *query)
{
	return (struct script){ .types = query->types && !(query->want & LINKS) ? query->types : ~0u };
}

/* A kernel without lists of namespaces needs more walkers than was thought before it was known. */
static int open_walk(struct walk *walk, struct procns *ctx, uint32_t want)
{
	int err = walk_open(walk, ctx, script_walkers(want, true));

	if (err || walk_has_lists(walk))
		return err;
	return walk_open(walk, ctx, script_walkers(want, false));
}

static bool torn(const struct walk *walk)
{
	return walk->files->torn || walk->supers->torn;
}

static int say_gaps(const struct fill *fill)
{
	if (fill->want & PROCNS_FACT_HOLDERS && torn(fill->walk))
		return snapshot_gap(fill->snapshot, "holders: queues or mounts changed while they were read, %d times in a row; "
				    "try again", MAX_SAMPLES);
	return 0;
}

static int fill_all(struct fill *fill)
{
	int err = fill_namespaces(fill);

	if (!err && fill->want & PROCNS_FACT_MAPS)
		err = fill_maps(fill);
	if (!err && fill->want & PROCNS_FACT_INSIDE)
		err = fill_inside(fill);
	if (!err && fill->want & TASK_FACTS)
		err = fill->walk->walkers & WALK_COUNTS ? fill_counts(fill) : fill_tasks(fill);
	if (!err && fill->want & PROCNS_FACT_HOLDERS)
		err = fill_holders(fill);
	if (err)
		return context_error(fill->walk->ctx, -err, "cannot keep what BPF programs found: %s", strerror(-err));
	snapshot_knows(fill->snapshot, fill->want & TASK_FACTS);
	return say_gaps(fill);
}

/*
 * Samples, until all references of each namespace were explained by one of them, and no list changed under a walker in the
 * last; or two, if the second does no better.
 */
static int take_samples(struct walk *walk, const struct script *script, struct refs_best *best)
{
	bool unexplained = true;
	int err = 0;

	for (int samples = 0; !err && samples < MAX_SAMPLES && (unexplained || torn(walk)); samples++) {
		struct refs refs = { 0 };

		err = script_run(walk, script);
		if (!err && (refs_count(&refs, walk) < 0 || refs_improve(best, &refs) < 0))
			err = context_error(walk->ctx, ENOMEM, "cannot count references: out of memory");
		unexplained = !err && samples < 1 && refs_unexplained(best, &refs);
		refs_free(&refs);
	}
	return err;
}

static int fill_or_fail(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *snapshot)
{
	struct script script = script_for(query);
	struct walk walk;
	struct refs_best refs = { 0 };
	struct fill fill = { .walk = &walk, .refs = &refs, .snapshot = snapshot, .want = query->want & FACTS };
	int err;

	err = open_walk(&walk, ctx, fill.want);
	if (!err)
		err = fill.want & PROCNS_FACT_HOLDERS ? take_samples(&walk, &script, &refs) : script_run(&walk, &script);
	if (!err)
		err = fill_all(&fill);
	index_free(&fill.namespaces);
	index_free(&fill.tasks);
	refs_best_free(&refs);
	walk_close(&walk);
	return err;
}

/* Probing takes as long as a walker does, so it is what follows a failure: it knows best why. */
static int fill(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *snapshot)
{
	char reason[sizeof(ctx->reason)];
	uint32_t facts;
	int err = fill_or_fail(ctx, query, snapshot), probed;

	if (!err || out_of_resources(err))
		return err;
	probed = probe(ctx, &facts, reason, sizeof(reason));
	return probed ? context_error(ctx, -probed, "%s: %s", source_bpf.name, reason) : err;
}

const struct source source_bpf = { "bpf", probe, fill, FACTS };
