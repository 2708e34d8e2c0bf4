// SPDX-License-Identifier: GPL-2.0-or-later
/* A target without libFuzzer: every file of the directories named, once, as TAP. Dies where the target does; the last line names the file. */
#include "fuzz.h"

#include <dirent.h>
#include <limits.h>

static void replay(const char *path)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&data, &size);
	int c;

	must(file && memory);
	while ((c = fgetc(file)) != EOF)
		fputc(c, memory);
	must(!ferror(file) && !fclose(memory));
	fclose(file);
	LLVMFuzzerTestOneInput((const uint8_t *)data, size);
	free(data);
}

static size_t replay_all(const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		char path[PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		printf("# %s\n", path);
		fflush(stdout);
		replay(path);
		count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		size_t count = replay_all(argv[i]);

		failed |= !count;
		printf("%sok %d - %zu inputs of %s\n", count ? "" : "not ", i, count, argv[i]);
	}
	printf("1..%d\n", argc - 1);
	return failed || argc < 2;
}
