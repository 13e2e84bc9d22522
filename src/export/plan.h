/* SPDX-License-Identifier: MIT */
/* Which chats a run is about: targets that a person named, or the account's list of chats. */
#ifndef EXPORT_PLAN_H
#define EXPORT_PLAN_H

#include "export/export.h"

struct plan_chat {
	struct tobs_peer peer;
	const char *target; /* as it was named; a title from the list */
	const char *title;  /* "" while not known */
	int32_t top;        /* the newest message, as the list says; 0: not known */
	int code;           /* why it cannot be found; TOBS_OK: it was */
	char message[256];
};

struct plan {
	struct tobs_arena arena;
	ARRAY_OF(struct plan_chat) chats; /* each peer once, in the order they were named */
};

void plan_init(struct plan *p);
void plan_deinit(struct plan *p);

/*
 * A target that cannot be found is in the plan with its code. What fails it all:
 * TOBS_EAUTH, TOBS_ENET, TOBS_ECANCELED, TOBS_ENOMEM, errors of tobs_dialogs_next(),
 * and an `exclude` that cannot be found (TOBS_EINVAL, TOBS_ENOTFOUND). Waits.
 */
int plan_make(struct plan *p, struct tobs_client *c, const struct export_options *options,
	struct tobs_err *err);

/* Whether nothing else of a run has a chance after this failure. */
bool plan_is_fatal(int code);

#endif
