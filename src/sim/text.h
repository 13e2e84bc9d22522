/* SPDX-License-Identifier: MIT */
/*
 * What Telegram finds in a text by itself: commands, mentions, hashtags, links,
 * addresses; and entities in general. Offsets are UTF-16 code units.
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <tobs/tl.h>

#include "base/array.h"

struct sim_span {
	int32_t offset, length;
};

/* Where an entity of any kind lies. */
struct sim_span sim_entity_span(const union tl_MessageEntity *e);
void sim_entity_place(union tl_MessageEntity *e, int32_t offset, int32_t length);

/* An entity of constructor `id` at a place. NULL: no memory, or none of the plain ones. */
union tl_MessageEntity *sim_entity_new(
	struct tobs_arena *arena, uint32_t id, int32_t offset, int32_t length);

/*
 * Adds to `list` what is found in the text outside of code, links and what is
 * there already, and sorts it as Telegram does: by offset, the longer first.
 * Memory from `arena`. TOBS_ENOMEM.
 *
 * Found are /command and /command@bot, @name, #tag, $TAG, links with and without
 * a scheme, and e-mail addresses.
 */
int sim_text_find(
	struct tobs_view text, struct tl_vec_MessageEntity *list, struct tobs_arena *arena);

#endif
