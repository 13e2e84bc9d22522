/* SPDX-License-Identifier: MIT */
/* What the files of the world share among themselves and nobody else needs. */
#ifndef SIM_INNER_H
#define SIM_INNER_H

#include "sim/world.h"

uint64_t sim_mix(uint64_t n);

/* A positive id that no user, group or channel has. */
int64_t sim_make_up_id(struct sim_world *w);

void sim_box_deinit(struct sim_box *box);
void sim_history_free(struct sim_history *h);
void sim_account_deinit(struct sim_account *a);
void sim_chat_deinit(struct sim_chat *c);
void sim_votes_deinit(struct sim_world *w);
void sim_twins_deinit(struct sim_world *w);

/* A new history in `box`, empty. NULL: no memory. */
struct sim_history *sim_history_new(
	struct sim_world *w, struct sim_box *box, int64_t peer, struct sim_chat *chat);

/* Unix time of the message at an index of the history's own list. */
int32_t sim_history_date_at(const struct sim_history *h, int32_t index);

/*
 * Tells that `u` (in memory of the world; NULL is no memory) happened in a box,
 * and that it counts `count` in its pts. `h` and `id`: the message concerned, if any.
 */
int sim_tell(
	struct sim_box *box, union tl_Update *u, int32_t count, struct sim_history *h, int32_t id);

/* The same for a message that is new or was edited. */
int sim_tell_message(struct sim_history *h, const union tl_Message *m, bool edited);

/* Bots that are in a chat from its beginning on are told that they are. TOBS_ENOMEM. */
int sim_tell_founded(struct sim_chat *c, int64_t creator);

bool sim_is_admin(const struct sim_chat *c, int64_t user); /* false for a NULL chat */
bool sim_same_reaction(const union tl_Reaction *a, const union tl_Reaction *b);

/* What an admin or the creator may do; NULL for others. */
const struct tl_chatAdminRights *sim_rights_of(
	const struct sim_chat *c, const struct sim_member *m);

/* A zeroed constructor in `arena`, its `ctor` set: SIM_NEW(arena, peerUser). NULL: no memory. */
#define SIM_NEW(arena, name) \
	((struct tl_##name *)sim_new((arena), sizeof(struct tl_##name), TL_##name))
void *sim_new(struct tobs_arena *arena, size_t size, uint32_t ctor);

/* A copy that can be changed: SIM_COPY(arena, message, original). NULL: no memory. */
#define SIM_COPY(arena, name, original)      \
	((struct tl_##name *)tobs_arena_dup( \
		(arena), (original), sizeof *(1 ? (original) : (const struct tl_##name *)NULL)))

#endif
