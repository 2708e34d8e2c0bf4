// SPDX-License-Identifier: GPL-2.0-or-later
#include "holder_json.h"

#include "holder.h"

void holder_write_task(struct json_writer *json, const struct procns_task *task)
{
	if (!task)
		return;
	json_number(json, "pid", task->pid);
	if (task->tid != task->pid)
		json_number(json, "tid", task->tid);
	json_text(json, "comm", task->comm);
}

static void write_flags(struct json_writer *json, const struct procns_holder *holder)
{
	json_begin(json, "flags", '[');
	for (unsigned int bit = 0; bit < 32; bit++)
		if (holder->flags & 1u << bit && holder_flag_key(1u << bit))
			json_text(json, NULL, holder_flag_key(1u << bit));
	json_end(json, ']');
}

static void write_socket(struct json_writer *json, const struct procns_socket *socket)
{
	json_begin(json, "socket", '{');
	json_number(json, "inode", (int64_t)socket->ino);
	json_text(json, "name", socket_text(socket));
	json_number(json, "family", socket->family);
	json_number(json, "type", socket->type);
	json_number(json, "protocol", socket->protocol);
	json_text(json, "local", socket->local);
	json_text(json, "peer", socket->peer);
	json_end(json, '}');
}

void holder_write_details(struct json_writer *json, const struct procns_holder *holder)
{
	if (holder->fd >= 0)
		json_number(json, "fd", holder->fd);
	if (holder->flags)
		write_flags(json, holder);
	if (holder->path)
		json_text(json, "path", holder->path);
	if (holder->fstype)
		json_text(json, "fstype", holder->fstype);
	if (holder->kind == PROCNS_HOLDER_SUPERBLOCK)
		json_number(json, "dev", (int64_t)holder->dev);
	if (holder->socket)
		write_socket(json, holder->socket);
}
