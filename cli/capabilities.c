// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * capget(2) and capset(2) as they are: libcap-ng would do it too, but another shared library costs a command of a few milliseconds more than
 * these lines do.
 *
 * What is dropped must not change what is seen. /proc shows a process to whoever has CAP_SYS_PTRACE over it; to others, of the same uid, only
 * if they have every capability that it has (ptrace(2), "ptrace access mode checking"). Root without CAP_SYS_PTRACE, as in most containers,
 * sees other processes of root by that second rule alone, and would lose them with the first capability dropped. So such a caller keeps all
 * that he has for as long as /proc is read.
 *
 * The bounding set is left as it is: no_new_privs keeps programs from getting more by being run than this one has left, by one system call
 * instead of forty.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.h"
#include "command.h"
#include "say.h"

#define BIT(capability) (UINT64_C(1) << (capability))

struct held {
	uint64_t effective, permitted;
};

static int get_held(struct held *held)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return -1;
	held->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	held->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

/* With nothing inheritable: the ambient ones go with those. */
static int set_held(const struct held *held)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ .effective = (uint32_t)held->effective, .permitted = (uint32_t)held->permitted },
		{ .effective = held->effective >> 32, .permitted = held->permitted >> 32 },
	};

	if (syscall(SYS_capset, &header, data) < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static uint64_t needed(const struct command_needs *needs, uint32_t ended)
{
	uint64_t set = 0;

	for (const struct capability_need *need = needs->list; need->what; need++)
		if (!(ended & 1u << need->end))
			set |= BIT(need->capability);
	return set;
}

static void drop(const struct cli *cli, uint32_t ended)
{
	const uint64_t keep = needed(needs_of(cli->command), ended);
	struct held held;

	if (get_held(&held) < 0) {
		note(cli, "keeps its capabilities: capget: %s", strerror(errno));
		return;
	}
	if (keep & BIT(CAP_SYS_PTRACE) && !(held.effective & BIT(CAP_SYS_PTRACE)))
		return;
	held.effective &= keep;
	held.permitted &= keep;
	if (set_held(&held) < 0)
		note(cli, "keeps its capabilities: %s", strerror(errno));
}

void capabilities_drop(const struct cli *cli)
{
	drop(cli, 0);
}

void capabilities_drop_after(const struct cli *cli, enum capability_end end)
{
	drop(cli, 1u << end | 1u << CAPABILITY_WITHOUT_BPF);
}

int capabilities_drop_all(void)
{
	return set_held(&(struct held){ 0 });
}

const char *capability_end_text(enum capability_end end)
{
	static const char *const texts[] = {
		[CAPABILITY_STAYS] = "", [CAPABILITY_LISTS] = "; dropped when all is listed",
		[CAPABILITY_WITHOUT_BPF] = "; dropped when BPF does it",
	};

	return texts[end];
}

const char *capability_drop_text(enum capability_drop drop)
{
	static const char *const texts[] = {
		[DROPS_AT_START] = "Others than these it drops at start.",
		[DROPS_ITSELF] = "Others than these it drops at start, unless it is to run a command (--exec), which gets what it got.",
		[DROPS_NOTHING] = "It drops none: what it starts gets what it got.",
	};

	return texts[drop];
}

void capabilities_print_help(const struct command *command, FILE *out)
{
	const struct command_needs *needs = needs_of(command);

	fprintf(out, "\nCapabilities:\n %s\n", capability_drop_text(needs->drop));
	for (const struct capability_need *need = needs->list; need->what; need++)
		fprintf(out, " %-23s to %s%s\n", need->name, need->what, capability_end_text(need->end));
}
