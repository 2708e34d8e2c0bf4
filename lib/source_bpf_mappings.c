// SPDX-License-Identifier: LGPL-2.1-or-later
/* Mapped SysV segments keep ipc namespaces; executables and mapped files keep the user namespaces of their credentials. */
#include <errno.h>

#include "source_bpf_holders.h"

static int add(struct holding *holding, const struct procns_task *task, struct procns_ns *ns, enum procns_holder_kind kind)
{
	struct procns_holder *holder = snapshot_holder(holding->snapshot, ns, kind);

	if (!holder)
		return -ENOMEM;
	holder->task = task;
	return 0;
}

int holders_of_mappings(struct holding *holding)
{
	const struct mapping_record *records = walk_records(holding->walk, ARRAY_MAPPINGS);
	const struct mm_record *mms = walk_records(holding->walk, ARRAY_MMS);
	const struct procns_ns *last_ipc = NULL, *last_user = NULL;
	const struct procns_task *last = NULL;

	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_MAPPINGS); i++) {
		const struct procns_task *task = index_find(&holding->fill->tasks, mms[records[i].mm].task);
		struct procns_ns *user = fill_find(holding->fill, PROCNS_USER, records[i].user_ns);
		struct procns_ns *ipc = records[i].is_shm ? fill_find(holding->fill, PROCNS_IPC, records[i].ipc_ns) : NULL;

		/* The records of one address space come one after the other; what it maps again and again is one holder. */
		if (task != last)
			last_ipc = last_user = NULL;
		last = task;
		if (ipc && ipc != last_ipc && !ipc->initial && add(holding, task, ipc, PROCNS_HOLDER_SHM) < 0)
			return -ENOMEM;
		if (ipc)
			last_ipc = ipc;
		if (!user || !task || user->initial || user == last_user || task->ns[PROCNS_USER] == user)
			continue;
		if (add(holding, task, user, PROCNS_HOLDER_FILE_CRED) < 0)
			return -ENOMEM;
		last_user = user;
	}
	return 0;
}
