// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts of /proc: PID/stat, PID/mountinfo, PID/uid_map. The first byte chooses. */
#include "fuzz.h"

#include "proc_read.h"

static void try_stat(char *text)
{
	const char *end = text + strlen(text);
	struct proc_stat stat;

	if (!parse_stat(text, &stat))
		must(stat.comm > text && stat.comm + stat.comm_length < end && stat.ppid >= 0);
}

static void try_mountinfo(char *text, size_t size)
{
	char *next = text, *line;

	while ((line = next_line(&next))) {
		struct mountinfo_line mount;

		must(line >= text && next <= text + size);
		if (parse_mountinfo_line(line, &mount))
			continue;
		must(*mount.root && *mount.mount_point && *mount.fstype && mount.super_options);
		must(mount.mount_point > mount.root && mount.fstype > mount.mount_point);
		must(strlen(mount.super_options) <= size);
	}
}

static void try_map(char *text)
{
	char *line;

	while ((line = next_line(&text))) {
		struct procns_id_range range, again;
		char written[64];

		if (parse_id_range(line, &range))
			continue;
		snprintf(written, sizeof(written), "%10u %10u %10u", range.inside, range.outside, range.count);
		must(!parse_id_range(written, &again) && !memcmp(&range, &again, sizeof(range)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = text_of_input(data + 1, size - 1);
	switch (*data % 3) {
	case 0: try_stat(text); break;
	case 1: try_mountinfo(text, size - 1); break;
	case 2: try_map(text); break;
	}
	free(text);
	return 0;
}
