/* SPDX-License-Identifier: MIT */
#include "sim/press.h"

#include "base/attr.h"
#include "sim/change.h"
#include "sim/copies.h"
#include "sim/inner.h"

enum { PRESS_S = 150 }; /* how long an answer is taken */

struct press {
	struct sim_world *world;
	int64_t by;
	struct sim_history *history;
	int32_t id;
	const struct tl_message *message;
	const union tl_KeyboardButton *button;
	struct sim_account *bot;
	struct sim_question *question;
};

static bool is_button(const union tl_KeyboardButton *b, struct tobs_view name)
{
	/* The text stands at the same place in all of them. */
	if (tobs_view_eq(b->keyboardButton.text, name))
		return true;
	return b->ctor == TL_keyboardButtonCallback &&
		tobs_view_eq(b->keyboardButtonCallback.data, name);
}

const union tl_KeyboardButton *sim_button(const struct tl_message *m, struct tobs_view name)
{
	const struct tl_vec_KeyboardButtonRow *rows;

	if (!m->reply_markup || m->reply_markup->ctor != TL_replyInlineMarkup)
		return NULL;
	rows = &m->reply_markup->replyInlineMarkup.rows;
	for (uint32_t i = 0; i < rows->count; i++)
		for (uint32_t k = 0; k < rows->items[i]->buttons.count; k++)
			if (is_button(rows->items[i]->buttons.items[k], name))
				return rows->items[i]->buttons.items[k];
	return NULL;
}

static struct sim_account *bot_of(const struct press *p)
{
	const struct tl_message *m = p->message;
	const struct sim_chat *chat = p->history->chat;
	struct sim_account *a = sim_account(
		p->world, m->via_bot_id ? m->via_bot_id : sim_message_from((const void *)m));

	if (a && a->user->tl->bot)
		return a;
	for (size_t i = 0; chat && i < chat->members.count; i++) {
		a = sim_account(p->world, chat->members.items[i].user_id);
		if (a && a->user->tl->bot && sim_is_admin(chat, a->user->peer))
			return a;
	}
	return NULL;
}

/* The chat as the bot knows it. */
static int64_t chat_of(const struct press *p)
{
	return p->history->chat ? p->history->chat->peer : p->by;
}

static int64_t instance_of(const struct press *p)
{
	int64_t chat = p->history->chat ? p->history->chat->peer : p->by * 31 + p->bot->user->peer;

	return sim_hash(p->world, "instance", chat);
}

static int tell(const struct press *p)
{
	struct sim_history *theirs = sim_history(p->bot, chat_of(p));
	struct tl_updateBotCallbackQuery *u = SIM_NEW(&p->world->arena, updateBotCallbackQuery);
	const union tl_MessageMedia *media = p->message->media;

	if (!u)
		return TOBS_ENOMEM;
	u->query_id = p->question->id;
	u->user_id = p->by;
	u->peer = sim_tl_peer(p->world, chat_of(p));
	u->msg_id = !theirs || theirs == p->history ? p->id
						    : sim_copy_in(p->history, p->id, theirs);
	u->chat_instance = instance_of(p);
	u->has_data = p->button->ctor == TL_keyboardButtonCallback;
	if (u->has_data) {
		u->data = p->button->keyboardButtonCallback.data;
	} else {
		u->has_game_short_name = 1;
		if (media && media->ctor == TL_messageMediaGame)
			u->game_short_name = media->messageMediaGame.game->short_name;
	}
	return sim_push(p->bot, (void *)u, true);
}

static int tell_inline(const struct press *p)
{
	struct tl_updateInlineBotCallbackQuery *u = SIM_NEW(
		&p->world->arena, updateInlineBotCallbackQuery);

	if (!u)
		return TOBS_ENOMEM;
	u->query_id = p->question->id;
	u->user_id = p->by;
	u->msg_id = sim_inline_id(p->world, p->history, p->id);
	u->chat_instance = instance_of(p);
	u->has_data = p->button->ctor == TL_keyboardButtonCallback;
	if (u->has_data)
		u->data = p->button->keyboardButtonCallback.data;
	return u->msg_id ? sim_push(p->bot, (void *)u, true) : TOBS_ENOMEM;
}

int sim_press(struct sim_world *w, int64_t by, struct sim_history *h, int32_t id,
	const union tl_KeyboardButton *button, struct sim_question **ret, struct tobs_err *err)
{
	const union tl_Message *m = sim_history_get(h, id, &w->arena);
	struct press p = { .world = w, .by = by, .history = h, .id = id, .button = button };
	int r;

	if (!m || m->ctor != TL_message)
		return sim_refuse(err, 400, "MESSAGE_ID_INVALID");
	if (!button ||
		(button->ctor != TL_keyboardButtonCallback &&
			button->ctor != TL_keyboardButtonGame))
		return sim_refuse(err, 400, "DATA_INVALID");
	p.message = &m->message;
	p.bot = bot_of(&p);
	if (!p.bot)
		return sim_refuse(err, 400, "BOT_INVALID");
	p.question = sim_question_new(w, SIM_QUESTION_CALLBACK, p.bot->user->peer, by, PRESS_S);
	r = !p.question ? TOBS_ENOMEM : p.message->via_bot_id ? tell_inline(&p) : tell(&p);
	if (r)
		return tobs_fail(err, r, "no memory for a change");
	*ret = p.question;
	return TOBS_OK;
}
