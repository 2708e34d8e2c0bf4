/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a namespace of a dump looks like, without its numbers: a number made of its type, its properties, and the shapes of its owner, its
 * parent, and of what it owns and is the parent of. Two of one shape can stand for each other. It gives the order of a dump, and is what
 * two dumps of different systems are matched by.
 */
#ifndef CLI_DUMP_SHAPE_H
#define CLI_DUMP_SHAPE_H

#include "dump_file.h"

/* Fills `shape` of all; the list is in order of making. 0 or -ENOMEM. */
int dump_shape(struct dump *dump);

/*
 * Brings a list made from a snapshot into its order: what comes earlier in owners and parents, then user and pid namespaces, initial
 * ones, by shape, and by number where nothing else tells two apart. Gives the ids by it. 0 or -ENOMEM.
 */
int dump_order(struct dump *dump);

#endif
