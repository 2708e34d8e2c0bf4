/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that go on until they are ended share: watch and top. */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include <stddef.h>
#include <stdint.h>

struct cli;

/* Of CLOCK_MONOTONIC, in ms. */
int64_t live_now(void);

/* The arguments of options, named for the message. Each returns EXIT_OK, or EXIT_FAILED and has said why. */
int live_parse_seconds(const struct cli *cli, const char *option, const char *text, double least, double most, int64_t *ms);
int live_parse_count(const struct cli *cli, const char *option, const char *text, int64_t most, uint64_t *count);

/* Signals that end it come by a descriptor, to be waited for with all else; -1: not, and said. */
int live_open_signals(const struct cli *cli, const int *ends, size_t count);

#endif
