/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The raw output of a list, written straight: of many thousand lines, building the table first is most of the time. */
#ifndef CLI_RAW_LIST_H
#define CLI_RAW_LIST_H

#include <stdio.h>

#include "cells.h"
#include "columns.h"

/* The line of the columns' names. */
void raw_list_heading(const struct column_list *list, FILE *out);

/* A line as libsmartcols writes it in raw output: what is not known is an empty word. */
void raw_list_line(const struct column_list *list, const struct row *row, FILE *out);

#endif
