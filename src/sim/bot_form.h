/* SPDX-License-Identifier: MIT */
/*
 * Forms as requests bring them: application/x-www-form-urlencoded and
 * multipart/form-data (RFC 7578). Nothing that came is copied but what has to be
 * unescaped; all of it must outlive the form.
 */
#ifndef SIM_BOT_FORM_H
#define SIM_BOT_FORM_H

#include <tobs/arena.h>

#include "base/array.h"
#include "sim/bot_call.h"

enum { BOT_PAIRS_MAX = 256 };

struct bot_pair {
	struct tobs_view name, value;
};

struct bot_form {
	struct tobs_arena *arena; /* for what is unescaped */
	ARRAY_OF(struct bot_pair) pairs;
	ARRAY_OF(struct bot_upload) files;
};

void bot_form_deinit(struct bot_form *f);

/* Adds the fields of "a=1&b=2". TOBS_EMALFORMED, also for more than BOT_PAIRS_MAX; TOBS_ENOMEM. */
int bot_form_urlencoded(struct bot_form *f, struct tobs_view text);

/* Adds those of a body of one of the two types; of another type: nothing. Errors as above. */
int bot_form_body(struct bot_form *f, struct tobs_view type, struct tobs_view body);

#endif
