/* SPDX-License-Identifier: MIT */
/*
 * Things of the world as the Bot API's objects, for one bot. All memory is from
 * the arena; NULL means that there is none left (or, where said, no such thing).
 */
#ifndef SIM_BOT_SHOW_H
#define SIM_BOT_SHOW_H

#include <tobs/botapi.h>

#include "sim/history.h"
#include "sim/world.h"

struct bot_show {
	struct sim_world *world;
	struct sim_account *bot;
	struct tobs_arena *arena;
};

/* Text as a C string; that of an empty one is NULL with _opt, otherwise "". */
const char *show_text(const struct bot_show *s, struct tobs_view v);
const char *show_opt(const struct bot_show *s, struct tobs_view v);
const char *show_number(const struct bot_show *s, int64_t n);

const struct tobs_user *show_user(const struct bot_show *s, int64_t id);
const struct tobs_chat *show_chat(const struct bot_show *s, int64_t peer);

/*
 * A message that stands in `h`; `deep` with what it replies to. Where the bot
 * may know no more than that it was there, see show_inaccessible().
 */
const struct tobs_message *show_message(
	const struct bot_show *s, struct sim_history *h, const union tl_Message *m, bool deep);
const struct tobs_message *show_inaccessible(
	const struct bot_show *s, struct sim_history *h, int32_t id);

/* Entities that the Bot API knows; the others are left out. TOBS_ENOMEM. */
int show_entities(const struct bot_show *s, const struct tl_vec_MessageEntity *list,
	struct tobs_message_entity_array *ret);

/* Fills in what a message holds: photo, document, poll … (bot_show_media.c). TOBS_ENOMEM. */
int show_media(
	const struct bot_show *s, const union tl_MessageMedia *media, struct tobs_message *ret);

int show_photo(
	const struct bot_show *s, const union tl_Photo *p, struct tobs_photo_size_array *ret);
int show_document(const struct bot_show *s, const union tl_Document *d, struct tobs_message *ret);

const struct tobs_shipping_address *show_address(
	const struct bot_show *s, const struct tl_postAddress *a);

/* NULL also for no info. */
const struct tobs_order_info *show_order(
	const struct bot_show *s, const struct tl_paymentRequestedInfo *i);

/* What a service message says (bot_show_service.c). TOBS_ENOMEM. */
int show_action(const struct bot_show *s, struct sim_history *h, const struct tl_messageService *m,
	struct tobs_message *ret);

/* An inline keyboard; NULL for other markups. */
const struct tobs_inline_keyboard_markup *show_markup(
	const struct bot_show *s, const union tl_ReplyMarkup *m);

/* How somebody is a member (bot_show_member.c); a NULL member has left. */
const struct tobs_chat_member *show_member(const struct bot_show *s, const struct sim_chat *g,
	const struct sim_member *m, int64_t user);

/* The same for what an update says; NULL stands for nobody. */
const struct tobs_chat_member *show_participant(const struct bot_show *s, const struct sim_chat *g,
	const union tl_ChannelParticipant *p, int64_t user);
const struct tobs_chat_member *show_group_participant(const struct bot_show *s,
	const struct sim_chat *g, const union tl_ChatParticipant *p, int64_t user);

/* NULL: nothing is forbidden. */
void show_permissions(const struct tl_chatBannedRights *b, struct tobs_chat_permissions *out);

const struct tobs_poll *show_poll(
	const struct bot_show *s, const struct tl_poll *p, const struct tl_pollResults *r);

#endif
