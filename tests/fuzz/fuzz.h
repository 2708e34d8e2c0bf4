/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share. A target is one LLVMFuzzerTestOneInput() in fuzz_NAME.c; README.md lists them. */
#ifndef PROCNS_FUZZ_H
#define PROCNS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to be true whatever the input was. Not by stderr, which may lead elsewhere. */
#define must(condition) \
	do { \
		if (!(condition)) { \
			dprintf(STDERR_FILENO, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* A copy that ends in a NUL, in memory of exactly that size: one byte further is found. */
static inline char *text_of_input(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
