/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_METRICS_FILE_H
#define CLI_METRICS_FILE_H

#include <stddef.h>

struct cli;

/*
 * Replaces the file by one that has this text and mode 0644: whoever opens the path, at whatever moment, reads the old text or the
 * new one whole. Until then it has a name that begins with a dot and does not end like the path: node-exporter reads all that
 * ends in .prom. Returns EXIT_OK, or an exit status and has said why; then nothing is left behind.
 */
int metrics_write_file(const struct cli *cli, const char *path, const char *text, size_t length);

#endif
