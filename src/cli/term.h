/* SPDX-License-Identifier: MIT */
/* What standard output is, and what may be done with it. */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>

struct app;

struct term {
	bool terminal; /* somebody looks at it */
	bool moves;    /* the cursor can be moved: not TERM=dumb, and no CI job's log */
	bool colors;
};

enum { TERM_COLUMNS = 80 }; /* where nothing says otherwise */

/*
 * Looks at standard output and the environment: TERM, the variables by which CI
 * systems are known, NO_COLOR (https://no-color.org), and --color.
 */
struct term term_look(const struct app *app);

/* Columns of standard output now; TERM_COLUMNS when it is no terminal. Also for signal-driven redraws. */
unsigned term_columns(const struct app *app);

/* The same for tables, which a program that reads them wants whole: no limit when it is no terminal. */
size_t term_table_columns(const struct app *app);

#endif
