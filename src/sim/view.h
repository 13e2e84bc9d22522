/* SPDX-License-Identifier: MIT */
/*
 * Things as one account sees them. What is kept is what a stranger sees; where
 * that is right for the viewer it is returned as it is, otherwise a copy from
 * `arena` that shares all that did not change. NULL: no memory. A NULL viewer
 * is a stranger.
 */
#ifndef SIM_VIEW_H
#define SIM_VIEW_H

#include "sim/world.h"

/*
 * A message: `out`; own reactions (chosen_order, my), the three newest of those
 * that are known; a poll's results, which are hidden from those who could still
 * vote, and the own vote; replies and comments counted.
 */
const union tl_Message *sim_view_message(struct sim_account *viewer, struct sim_history *h,
	const union tl_Message *m, struct tobs_arena *arena);

/* self, contact, mutual_contact; the phone number of oneself and of contacts. */
const union tl_User *sim_view_user(
	struct sim_account *viewer, const struct sim_user *u, struct tobs_arena *arena);

/*
 * creator, left, rights; channelForbidden and chatForbidden for what the viewer
 * may not see; how many participants there are.
 */
const union tl_Chat *sim_view_chat(
	struct sim_account *viewer, const struct sim_chat *c, struct tobs_arena *arena);

/* A dialog (tl_dialog) and a topic (tl_forumTopic) with their counters. */
const struct tl_dialog *sim_view_dialog(
	struct sim_account *viewer, const struct sim_dialog *d, struct tobs_arena *arena);
const struct tl_forumTopic *sim_view_topic(struct sim_account *viewer, const struct sim_chat *c,
	const struct sim_topic *t, struct tobs_arena *arena);

/*
 * The users and chats that an answer must carry: all that its messages, dialogs
 * or other objects mention anywhere, each once.
 *
 *     struct sim_refs refs;
 *     sim_refs_begin(&refs, viewer, arena);
 *     sim_refs_page(&refs, &page.messages);
 *     r = sim_refs_end(&refs, &answer->users, &answer->chats);
 */
struct sim_refs {
	struct sim_world *world;
	struct sim_account *viewer;
	struct tobs_arena *arena;
	uint32_t mark;
	ARRAY_OF(struct sim_user *) users;
	ARRAY_OF(struct sim_chat *) chats;
	int err;
};

void sim_refs_begin(struct sim_refs *refs, struct sim_world *w, struct sim_account *viewer,
	struct tobs_arena *arena);
void sim_refs_peer(struct sim_refs *refs, int64_t peer);
void sim_refs_add(struct sim_refs *refs, const void *object); /* any TL object */
void sim_refs_messages(struct sim_refs *refs, const struct tl_vec_Message *messages);

/* Ends in any case, also when *ret_… may be NULL. TOBS_ENOMEM. */
int sim_refs_end(
	struct sim_refs *refs, struct tl_vec_User *ret_users, struct tl_vec_Chat *ret_chats);

#endif
