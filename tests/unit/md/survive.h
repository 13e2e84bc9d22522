/* SPDX-License-Identifier: MIT */
/* A case is written, read back and compared; one that fails is made small and shown. */
#ifndef UNIT_MD_SURVIVE_H
#define UNIT_MD_SURVIVE_H

#include "cases.h"
#include "cells.h"
#include "md/markdown.h"

struct setting {
	struct md_options options;
	bool quoted;
	const char *lead; /* already on the line, for mid_line */
};

/* Fails the test unless text and formatting come back. */
void survives(struct test_case *c, const struct setting *s);

/* For parsers without ~~: takes ~ out of a text with strikethrough, where it could not be told apart. */
void avoid_tilde(struct test_case *c);

/* Without ~~ in the parser its marks are text: leaves out everything that looks like them. */
void forget_strike(struct cells *c);

#endif
