/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a holder is told alike wherever it is JSON: by why, by dump. Each writes members into the object that is open. */
#ifndef CLI_HOLDER_JSON_H
#define CLI_HOLDER_JSON_H

#include "json_writer.h"
#include "procns.h"

/* pid, comm, and tid where only that thread has it; nothing, where no task does. */
void holder_write_task(struct json_writer *json, const struct procns_task *task);

/* fd, flags, path, fstype, dev, socket: those it has. */
void holder_write_details(struct json_writer *json, const struct procns_holder *holder);

#endif
