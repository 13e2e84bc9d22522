/* SPDX-License-Identifier: MIT */
/* Trees of the parser that a program was built with, and the reading rules over them. */
#ifndef UNIT_MD_CELLS_TREE_H
#define UNIT_MD_CELLS_TREE_H

#include "cells.h"

#ifdef ORACLE_GFM
#include <cmark-gfm.h>
#else
#include <cmark.h>
#endif

/* The document; for the caller to free. */
cmark_node *cells_parse(struct tobs_view markdown);

/* Appends what the blocks in `doc` say; takes the marks of folded quotes out of the tree. */
void cells_read_tree(struct cells *c, cmark_node *doc);

#endif
