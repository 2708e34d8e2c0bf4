// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tasks keep what they are in, and what their children will be in. */
#include <errno.h>

#include "source_bpf_holders.h"

static int add(struct holding *holding, const struct procns_task *task, const struct procns_ns *ns, enum procns_holder_kind kind)
{
	struct procns_holder *holder;

	if (!ns)
		return 0;
	holder = snapshot_holder(holding->snapshot, (struct procns_ns *)ns, kind);
	if (!holder)
		return -ENOMEM;
	holder->task = task;
	return 0;
}

static int add_for_children(struct holding *holding, const struct procns_task *task, const struct procns_ns *theirs,
			    enum procns_type type)
{
	return theirs == task->ns[type] ? 0 : add(holding, task, theirs, PROCNS_HOLDER_FOR_CHILDREN);
}

int holders_of_tasks(struct holding *holding)
{
	const struct task_record *records = walk_records(holding->walk, ARRAY_TASKS);

	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_TASKS); i++) {
		const struct procns_task *task = index_find(&holding->fill->tasks, records[i].task);

		if (!task)
			continue;
		for (size_t type = 0; type < PROCNS_NTYPES; type++)
			if (add(holding, task, task->ns[type], PROCNS_HOLDER_MEMBER) < 0)
				return -ENOMEM;
		if (add_for_children(holding, task, task->pid_for_children, PROCNS_PID) < 0 ||
		    add_for_children(holding, task, task->time_for_children, PROCNS_TIME) < 0)
			return -ENOMEM;
	}
	return 0;
}
