// SPDX-License-Identifier: GPL-2.0-or-later
/* procns check --criu: what CRIU would refuse to dump, before it is tried. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "cleanup.h"
#include "holder.h"
#include "json_writer.h"
#include "say.h"
#include "text.h"

int check_parse_root(const struct cli *cli, const char *text, pid_t *root)
{
	unsigned int pid;
	int end = 0;

	if (sscanf(text, "pid:%9u%n", &pid, &end) != 1 || text[end] || !pid)
		return fail(cli, "--root: %s: not a process as pid:1234 is", text), CHECK_TROUBLE;
	*root = (pid_t)pid;
	return CHECK_FINE;
}

int check_criu(struct check *check)
{
	int err;

	if (!check->criu_asked)
		return CHECK_FINE;
	if (!(procns_at(check->snapshot, 0)->known & PROCNS_FACT_HOLDERS))
		return fail(check->cli, "--criu: what is open and in flight is known by bpf or proc alone; 'procns source' says why not here"),
		       CHECK_TROUBLE;
	check->criu = (struct criu){ .cli = check->cli, .ctx = check->ctx, .snapshot = check->snapshot };
	err = criu_look(&check->criu, check->root);
	if (err == -ESRCH)
		return fail(check->cli, "--root: pid:%d: no such process", check->root), CHECK_TROUBLE;
	if (err)
		return fail(check->cli, "--criu: cannot look at the processes below %d: %s", check->root, strerror(-err)), CHECK_TROUBLE;
	return CHECK_FINE;
}

void check_print_criu_text(const struct check *check, FILE *out)
{
	const struct criu *criu = &check->criu;
	const char *plural = criu->ntasks == 1 ? "" : "es";

	if (!check->criu_asked)
		return;
	if (!criu->nrefusals)
		fprintf(out, "criu: nothing that it would refuse was found in the %zu process%s from %d on\n", criu->ntasks, plural,
			check->root);
	for (size_t i = 0; i < criu->nrefusals; i++) {
		const struct criu_refusal *refusal = &criu->refusals[i];
		cleanup_free char *line = text_format("%s: %s; it would say: %s", refusal->thing, refusal->reason, refusal->says);

		fputs("criu refuses: ", out);
		write_safely(line ? line : refusal->thing, out);
		fputc('\n', out);
	}
}

static void write_refusal(const struct criu_refusal *refusal, struct json_writer *json)
{
	cleanup_free char *name = refusal->ns ? ns_text(refusal->ns) : NULL;

	json_begin(json, NULL, '{');
	json_text(json, "rule", refusal->rule);
	json_text(json, "thing", refusal->thing);
	json_text(json, "namespace", name);
	if (refusal->task)
		json_number(json, "pid", refusal->task->pid);
	else
		json_null(json, "pid");
	if (refusal->fd >= 0)
		json_number(json, "fd", refusal->fd);
	else
		json_null(json, "fd");
	json_text(json, "reason", refusal->reason);
	json_text(json, "says", refusal->says);
	json_end(json, '}');
}

void check_print_criu_json(const struct check *check, struct json_writer *json)
{
	const struct criu *criu = &check->criu;

	if (!check->criu_asked)
		return;
	json_begin(json, "criu", '{');
	json_number(json, "root", check->root);
	json_number(json, "processes", (int64_t)criu->ntasks);
	json_begin(json, "refused", '[');
	for (size_t i = 0; i < criu->nrefusals; i++)
		write_refusal(&criu->refusals[i], json);
	json_end(json, ']');
	json_end(json, '}');
}
