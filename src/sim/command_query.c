/* SPDX-License-Identifier: MIT */
/* Commands by which people ask bots something: they press buttons, type inline queries, pay. */
#include <stdio.h>
#include <tobs/rt.h>

#include "base/attr.h"
#include "sim/bot_pay.h"
#include "sim/change.h"
#include "sim/command.h"
#include "sim/command_query.h"
#include "sim/press.h"

enum { LOOK_BACK = 100, INLINE_S = 30, WAIT_MAX_MS = 600000 };

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

static bool look_at(struct command *c, struct sim_history *h, int32_t id, struct tobs_view name,
	struct pressed *ret)
{
	const union tl_Message *m = sim_history_get(h, id, &c->sim->world->arena);

	ret->button = m && m->ctor == TL_message ? sim_button(&m->message, name) : NULL;
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

static int run_press(struct command *c)
{
	static const char *const known[] = { "do", "by", "chat", "id", "button", "wait", NULL };
	struct sim_question *q = NULL;
	struct command_act a;
	struct pressed p = { 0 };
	int64_t wait;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = command_read_wait(c, &wait);
	if (!r)
		r = find_pressed(c, &a, &p);
	if (r)
		return r;
	r = sim_press(c->sim->world, a.by, a.history, p.id, p.button, &q, c->err);
	if (!r)
		r = command_await(q, wait);
	if (!r)
		command_put_query(c, q);
	return command_done(c, r);
}

/* ---- inline queries ---- */

static const union tl_InlineQueryPeerType *peer_type(struct sim_world *w, int64_t chat, int64_t bot)
{
	const struct sim_chat *g = sim_chat(w, chat);
	const void *type = chat == bot           ? TL0(inlineQueryPeerTypeSameBotPM)
		: !g                             ? TL0(inlineQueryPeerTypePM)
		: g->kind == SIM_CHAT_GROUP      ? TL0(inlineQueryPeerTypeChat)
		: g->kind == SIM_CHAT_SUPERGROUP ? TL0(inlineQueryPeerTypeMegagroup)
						 : TL0(inlineQueryPeerTypeBroadcast);

	return chat ? tobs_arena_dup(&w->arena, type, sizeof(struct tl_inlineQueryPeerTypePM))
		    : NULL;
}

/* {"by", "bot", "query", "offset", "chat", "wait"}: as typed behind @bot. */
static int run_inline(struct command *c)
{
	static const char *const known[] = { "do", "by", "bot", "query", "offset", "chat", "wait",
		NULL };
	struct tl_updateBotInlineQuery *u = SIM_NEW(&c->sim->world->arena, updateBotInlineQuery);
	struct sim_account *bot;
	struct sim_question *q;
	int64_t by = 0, who = 0, chat = 0, wait = 0;
	int r = u ? loader_only(c->v, known, c->err) : loader_no_memory(c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "by", &by, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "bot", &who, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "chat", &chat, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "query", &u->query, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "offset", &u->offset, c->err);
	if (!r)
		r = command_read_wait(c, &wait);
	if (r)
		return r;
	bot = sim_account(c->sim->world, who);
	if (!by || !bot || !bot->user->tl->bot)
		return json_fail(c->err, TOBS_EMALFORMED, "needs \"by\" and \"bot\"");
	q = sim_question_new(c->sim->world, SIM_QUESTION_INLINE, who, by, INLINE_S);
	if (!q)
		return loader_no_memory(c->err);
	q->text = u->query;
	u->query_id = q->id;
	u->user_id = by;
	u->peer_type = peer_type(c->sim->world, chat, who);
	u->has_peer_type = u->peer_type != NULL;
	r = sim_push(bot, (void *)u, false);
	if (!r)
		r = command_await(q, wait);
	if (!r)
		command_put_query(c, q);
	return command_done(c, r);
}

static int read_question(struct command *c, struct sim_question **ret)
{
	struct tobs_view text = { NULL, 0 };
	int64_t id;
	int r = loader_str(&c->l, c->v, "query", &text, c->err);

	*ret = NULL;
	if (!r && !tobs_view_int(text, 1, INT64_MAX, &id))
		*ret = sim_question(c->sim->world, id);
	if (!r && !*ret)
		r = json_at_key(c->err, tobs_str("query"),
			json_fail(c->err, TOBS_ENOTFOUND, "there is no such query"));
	return r;
}

/* {"query", "result", "chat"}: sends one of the results. */
static int run_choose(struct command *c)
{
	static const char *const known[] = { "do", "query", "result", "chat", NULL };
	struct tobs_view result = { NULL, 0 };
	struct sim_question *q;
	struct sim_sent sent;
	int64_t chat = 0;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = read_question(c, &q);
	if (!r)
		r = loader_str(&c->l, c->v, "result", &result, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "chat", &chat, c->err);
	if (!r && (!chat || !c->sim->bots))
		r = command_needs(c, "chat");
	if (r)
		return r;
	r = command_done(c, sim_bots_choose(c->sim->bots, q, result, chat, &sent, c->err));
	if (!r)
		command_put_id(c, sent.id);
	return r;
}

/* ---- paying ---- */

static int read_buyer(struct command *c, struct sim_payment *p)
{
	struct json_value address = json_field(c->v, "address");
	int r = loader_str(&c->l, c->v, "name", &p->name, c->err);

	if (!r)
		r = loader_str(&c->l, c->v, "phone", &p->phone, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "email", &p->email, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "option", &p->option, c->err);
	if (!r && !json_is_missing(address)) {
		r = loader_object(
			&c->l, address, "PostAddress", (const void **)&p->address, c->err);
		if (r)
			json_at_key(c->err, tobs_str("address"), r);
	}
	return r;
}

/* The invoice: a link, a message, or the newest one that is an invoice. */
static int read_invoice(struct command *c, struct sim_payment *p)
{
	struct command_act a = { .by = p->user, .chat = p->chat };
	int32_t count;
	int r;

	if (p->link.len)
		return TOBS_OK;
	r = command_find_history(c, &a);
	if (r)
		return r;
	p->history = a.history;
	if (!json_is_missing(json_field(c->v, "id")))
		return command_read_id(c, &a, &p->id);
	count = sim_list_count(&a.history->list);
	for (int32_t i = count; !p->id && i > 0 && i > count - LOOK_BACK; i--) {
		int32_t id = sim_list_id(&a.history->list, i - 1);
		const union tl_Message *m = sim_history_get(a.history, id, &c->sim->world->arena);

		if (m && m->ctor == TL_message && m->message.media &&
			m->message.media->ctor == TL_messageMediaInvoice)
			p->id = id;
	}
	return TOBS_OK;
}

static int run_pay(struct command *c)
{
	static const char *const known[] = { "do", "by", "chat", "id", "link", "name", "phone",
		"email", "address", "option", "wait", NULL };
	struct sim_payment p = { .wait_ms = BOT_CHECKOUT_MS };
	struct sim_paid paid;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "by", &p.user, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "chat", &p.chat, c->err);
	if (!r)
		r = loader_str(&c->l, c->v, "link", &p.link, c->err);
	if (!r)
		r = loader_int(c->v, "wait", 1, WAIT_MAX_MS, &p.wait_ms, c->err);
	if (!r && (!p.user || (!p.chat && !p.link.len) || !c->sim->bots))
		r = command_needs(c, p.user ? "chat" : "by");
	if (!r)
		r = read_buyer(c, &p);
	if (!r)
		r = read_invoice(c, &p);
	if (r)
		return r;
	r = command_done(c, sim_bots_pay(c->sim->bots, &p, &paid, c->err));
	if (r)
		return r;
	jsonw_key(c->w, "paid");
	jsonw_bool(c->w, paid.paid);
	jsonw_key(c->w, paid.paid ? "charge" : "why");
	jsonw_str_v(c->w, paid.paid ? paid.charge : tobs_str(paid.why));
	return r;
}

/* {"query", "wait"}: what a bot answered. */
static int run_answer(struct command *c)
{
	static const char *const known[] = { "do", "query", "wait", NULL };
	struct sim_question *q;
	int64_t wait;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = command_read_wait(c, &wait);
	if (!r)
		r = read_question(c, &q);
	if (r)
		return r;
	r = command_await(q, wait);
	if (!r)
		command_put_query(c, q);
	return command_done(c, r);
}

const struct command_row command_queries[] = {
	{ "answer", run_answer },
	{ "choose", run_choose },
	{ "inline", run_inline },
	{ "pay", run_pay },
	{ "press", run_press },
	{ NULL, NULL },
};
