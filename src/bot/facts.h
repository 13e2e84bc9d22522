/* SPDX-License-Identifier: MIT */
/* What an update is about, whatever its kind. A pure function of it. */
#ifndef BOT_FACTS_H
#define BOT_FACTS_H

#include <tobs/botapi.h>

struct facts {
	const struct tobs_message *message; /* may be NULL, as all of them */
	const struct tobs_chat *chat;
	const struct tobs_user *user;
	const char *text; /* said: text, caption, callback_data, query */
	bool fresh;       /* a new message: not one that was edited, or has a button */
};

void facts_of(const struct tobs_update *u, struct facts *ret);

/*
 * What keeps updates in order: the chat, else the user, else the poll. Never 0,
 * which is for those that have nothing to be behind of.
 */
int64_t facts_key(const struct tobs_update *u, const struct facts *f);

#endif
