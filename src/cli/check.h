/* SPDX-License-Identifier: MIT */
/* What `tobs doctor` looks at: each check adds a finding, and how to mend what it found. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include <tobs/attr.h>

#include "base/array.h"
#include "cli/app.h"

enum check_state {
	CHECK_OK,
	CHECK_NOTE, /* worth knowing; nothing is broken */
	CHECK_BAD,
};

struct finding {
	enum check_state state;
	const char *what; /* "session" */
	char text[320];
	char mend[200]; /* empty: nothing to do */
};

struct checkup {
	const struct app *app;
	ARRAY_OF(struct finding) findings;
	bool no_memory;
};

/* Adds one; *ret may get a `mend`. Never NULL: without memory it goes nowhere. */
struct finding *check_add(struct checkup *c, enum check_state state, const char *what,
	const char *fmt, ...) TOBS_PRINTF(4, 5);
void check_mend(struct finding *f, const char *fmt, ...) TOBS_PRINTF(2, 3);

/* These need nothing but the disk. */
void check_settings(struct checkup *c);
void check_session(struct checkup *c);

/* This one asks Telegram, for 20 s at most. Waits. */
void check_network(struct checkup *c);

/* Whether files can be written in this folder, or in the one it would be made in, and how much room there is. */
void check_folder(struct checkup *c, const char *what, const char *folder);

#endif
