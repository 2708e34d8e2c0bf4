// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of options: columns, types, limits, times, colours. A word for each line. */
#include "fuzz.h"

#include "check.h"
#include "columns.h"
#include "command.h"
#include "live.h"
#include "options.h"
#include "table.h"

static void try_columns(const struct cli *cli, const char *word)
{
	struct column_list list = { .ids = { COLUMN_NS, COLUMN_TYPE }, .n = 2 };

	if (column_list_parse(cli, &list, word))
		return;
	must(list.n <= COLUMNS_MAX);
	for (size_t i = 0; i < list.n; i++)
		must(list.ids[i] < COLUMN_COUNT);
}

static void try_word(const struct cli *cli, const char *word)
{
	int64_t max[PROCNS_NTYPES + 1], ms;
	enum color_when when;
	uint32_t types = 0;
	uint64_t count;

	try_columns(cli, word);
	for (size_t i = 0; i <= PROCNS_NTYPES; i++)
		max[i] = -1;
	if (check_parse_max(cli, word, max) == CHECK_FINE) {
		bool some = false;

		for (size_t i = 0; i <= PROCNS_NTYPES; i++)
			some |= max[i] >= 0;
		must(some);
	}
	if (!live_parse_seconds(cli, "--interval", word, 0.1, 1000, &ms))
		must(ms >= 100 && ms <= 1000000);
	if (!live_parse_count(cli, "--count", word, 77, &count))
		must(count <= 77);
	if (!option_add_type(cli, word, &types))
		must(types && types < 1u << PROCNS_NTYPES);
	if (!color_parse(cli, word, &when))
		must(when == COLOR_AUTO || when == COLOR_ALWAYS || when == COLOR_NEVER);
}

/* What is said of each bad word takes longer than finding it. */
static void be_silent(void)
{
	static FILE *nowhere;

	if (nowhere)
		return;
	nowhere = fopen("/dev/null", "we");
	must(nowhere);
	stderr = nowhere;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cli cli = { .called = "procns ls", .command = &command_ls };
	char *text = text_of_input(data, size), *next = text, *word;

	be_silent();
	while ((word = strsep(&next, "\n")))
		try_word(&cli, word);
	free(text);
	return 0;
}
