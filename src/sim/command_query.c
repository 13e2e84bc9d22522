/* SPDX-License-Identifier: MIT */
/* Commands by which people ask bots something: they press buttons. */
#include <stdio.h>
#include <tobs/rt.h>

#include "base/attr.h"
#include "sim/change.h"
#include "sim/command.h"
#include "sim/command_query.h"
#include "sim/copies.h"

enum { LOOK_BACK = 100, PRESS_S = 150, WAIT_MAX_MS = 600000 };

int command_read_wait(struct command *c, int64_t *ret)
{
	*ret = 0;
	return loader_int(c->v, "wait", 0, WAIT_MAX_MS, ret, c->err);
}

int command_await(struct sim_question *q, int64_t ms)
{
	struct tobs_deadline limit;
	int r = TOBS_OK;

	if (!ms || tobs_event_is_set(&q->answered))
		return TOBS_OK;
	tobs_deadline_push(&limit, ms);
	r = tobs_event_wait(&q->answered, NULL);
	tobs_deadline_pop(&limit);
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&limit) ? TOBS_OK : r;
}

void command_put_query(struct command *c, const struct sim_question *q)
{
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)q->id);
	jsonw_key(c->w, "query");
	jsonw_str(c->w, id);
	if (!q->answer.len)
		return;
	jsonw_key(c->w, "answer");
	jsonw_raw(c->w, q->answer);
}

/* ---- buttons ---- */

struct pressed {
	const struct tl_message *message;
	int32_t id;
	const union tl_KeyboardButton *button;
};

/* By what stands on it, or by its data. */
static bool is_button(const union tl_KeyboardButton *b, struct tobs_view name)
{
	/* The text stands at the same place in all of them. */
	if (tobs_view_eq(b->keyboardButton.text, name))
		return true;
	return b->ctor == TL_keyboardButtonCallback &&
		tobs_view_eq(b->keyboardButtonCallback.data, name);
}

static const union tl_KeyboardButton *find_button(const struct tl_message *m, struct tobs_view name)
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

static bool look_at(struct command *c, struct sim_history *h, int32_t id, struct tobs_view name,
	struct pressed *ret)
{
	const union tl_Message *m = sim_history_get(h, id, &c->sim->world->arena);

	ret->button = m && m->ctor == TL_message ? find_button(&m->message, name) : NULL;
	ret->message = ret->button ? &m->message : NULL;
	ret->id = id;
	return ret->button != NULL;
}

/* In that message, or in the newest that has such a button. */
static int find_pressed(struct command *c, const struct command_act *a, struct pressed *ret)
{
	struct tobs_view name = { NULL, 0 };
	int32_t id = 0, count = sim_list_count(&a->history->list);
	int r = loader_str(&c->l, c->v, "button", &name, c->err);

	if (!r && !name.len)
		r = command_needs(c, "button");
	if (!r && !json_is_missing(json_field(c->v, "id")))
		r = command_read_id(c, a, &id);
	if (r)
		return r;
	if (id && look_at(c, a->history, id, name, ret))
		return TOBS_OK;
	for (int32_t i = count; !id && i > 0 && i > count - LOOK_BACK; i--)
		if (look_at(c, a->history, sim_list_id(&a->history->list, i - 1), name, ret))
			return TOBS_OK;
	return json_at_key(c->err, tobs_str("button"),
		json_fail(c->err, TOBS_ENOTFOUND, "there is no button \"%.*s\"",
			TOBS_VIEW_FMT(name)));
}

/* Whose button it is: who wrote the message, or through whom; in channels the first bot among the admins. */
static struct sim_account *bot_of_message(
	struct sim_world *w, const struct sim_history *h, const struct tl_message *m)
{
	struct sim_account *a = sim_account(
		w, m->via_bot_id ? m->via_bot_id : sim_message_from((const void *)m));

	if (a && a->user->tl->bot)
		return a;
	for (size_t i = 0; h->chat && i < h->chat->members.count; i++) {
		a = sim_account(w, h->chat->members.items[i].user_id);
		if (a && a->user->tl->bot && sim_is_admin(h->chat, a->user->peer))
			return a;
	}
	return NULL;
}

static int64_t instance_of(const struct sim_world *w, const struct command_act *a)
{
	return sim_hash(w, "instance", a->chat < 0 ? a->chat : a->by * 31 + a->chat);
}

static int tell_pressed(struct command *c, const struct command_act *a, const struct pressed *p,
	struct sim_account *bot, const struct sim_question *q)
{
	struct sim_world *w = c->sim->world;
	struct sim_history *theirs = sim_history(bot, a->chat < 0 ? a->chat : a->by);
	struct tl_updateBotCallbackQuery *u = SIM_NEW(&w->arena, updateBotCallbackQuery);

	if (!u)
		return TOBS_ENOMEM;
	u->query_id = q->id;
	u->user_id = a->by;
	u->peer = sim_tl_peer(w, a->chat < 0 ? a->chat : a->by);
	u->msg_id = !theirs || theirs == a->history ? p->id
						    : sim_copy_in(a->history, p->id, theirs);
	u->chat_instance = instance_of(w, a);
	u->has_data = p->button->ctor == TL_keyboardButtonCallback;
	if (u->has_data)
		u->data = p->button->keyboardButtonCallback.data;
	else {
		u->has_game_short_name = 1;
		if (p->message->media && p->message->media->ctor == TL_messageMediaGame)
			u->game_short_name = p->message->media->messageMediaGame.game->short_name;
	}
	return sim_push(bot, (void *)u, true);
}

static int tell_pressed_inline(struct command *c, const struct command_act *a,
	const struct pressed *p, struct sim_account *bot, const struct sim_question *q)
{
	struct sim_world *w = c->sim->world;
	struct tl_updateInlineBotCallbackQuery *u = SIM_NEW(
		&w->arena, updateInlineBotCallbackQuery);

	if (!u)
		return TOBS_ENOMEM;
	u->query_id = q->id;
	u->user_id = a->by;
	u->msg_id = sim_inline_id(w, a->history, p->id);
	u->chat_instance = instance_of(w, a);
	u->has_data = p->button->ctor == TL_keyboardButtonCallback;
	if (u->has_data)
		u->data = p->button->keyboardButtonCallback.data;
	return u->msg_id ? sim_push(bot, (void *)u, true) : TOBS_ENOMEM;
}

static int run_press(struct command *c)
{
	static const char *const known[] = { "do", "by", "chat", "id", "button", "wait", NULL };
	struct sim_account *bot;
	struct command_act a;
	struct sim_question *q;
	struct pressed p;
	int64_t wait;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = command_read_wait(c, &wait);
	if (!r)
		r = find_pressed(c, &a, &p);
	if (r)
		return r;
	if (p.button->ctor != TL_keyboardButtonCallback && p.button->ctor != TL_keyboardButtonGame)
		return json_at_key(c->err, tobs_str("button"),
			json_fail(c->err, TOBS_EINVAL, "asks the bot nothing"));
	bot = bot_of_message(c->sim->world, a.history, p.message);
	if (!bot)
		return json_at_key(c->err, tobs_str("chat"),
			json_fail(c->err, TOBS_ENOTFOUND, "no bot will hear of it"));
	q = sim_question_new(c->sim->world, SIM_QUESTION_CALLBACK, bot->user->peer, a.by, PRESS_S);
	if (!q)
		return loader_no_memory(c->err);
	r = p.message->via_bot_id ? tell_pressed_inline(c, &a, &p, bot, q)
				  : tell_pressed(c, &a, &p, bot, q);
	if (!r)
		r = command_await(q, wait);
	if (!r)
		command_put_query(c, q);
	return command_done(c, r);
}

/* {"query", "wait"}: what a bot answered. */
static int run_answer(struct command *c)
{
	static const char *const known[] = { "do", "query", "wait", NULL };
	struct tobs_view text = { NULL, 0 };
	struct sim_question *q = NULL;
	int64_t wait, id;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = command_read_wait(c, &wait);
	if (!r)
		r = loader_str(&c->l, c->v, "query", &text, c->err);
	if (!r && !tobs_view_int(text, 1, INT64_MAX, &id))
		q = sim_question(c->sim->world, id);
	if (!r && !q)
		r = json_at_key(c->err, tobs_str("query"),
			json_fail(c->err, TOBS_ENOTFOUND, "there is no such query"));
	if (r)
		return r;
	r = command_await(q, wait);
	if (!r)
		command_put_query(c, q);
	return command_done(c, r);
}

const struct command_row command_queries[] = {
	{ "answer", run_answer },
	{ "press", run_press },
	{ NULL, NULL },
};
