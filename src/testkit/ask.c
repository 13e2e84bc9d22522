/* SPDX-License-Identifier: MIT */
/* What people ask a bot without saying anything: buttons, inline queries, payments. */
#include <inttypes.h>

#include "testkit/kit.h"

enum { JSON_MAX = 1 << 20, DEPTH = 64, ANSWER_MS = 10000 };

/* ---- pressing ---- */

/* Whether the newest reply keyboard of the chat has such a button. */
static bool on_keyboard(const struct tobs_test_user *u, const char *button)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	bool found = false, over = false;

	json_parser_init(&parser, JSON_MAX, DEPTH);
	for (size_t i = u->t->events.count; i-- > 0 && !over;) {
		const struct kit_event *e = &u->t->events.items[i];
		struct json_value rows;

		if (e->kind != KIT_MESSAGE || e->chat != u->chat ||
			json_parse(&parser, &doc, tobs_str(e->args), NULL))
			continue;
		rows = json_field(json_field(json_root(&doc), "reply_markup"), "keyboard");
		over = json_is_array(rows);
		JSON_EACH (row, rows)
			JSON_EACH (b, row.value) {
				struct tobs_view text;

				if (!json_get_str(json_field(b.value, "text"), &text))
					found |= tobs_view_is(text, button);
			}
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return found;
}

/* Presses of before that were answered without a note are of no interest any more. */
static void forget_silence(struct tobs_test_user *u)
{
	ARRAY_EACH (e, &u->t->events)
		e->seen |= e->kind == KIT_ANSWER && e->chat == u->id && !e->text[0];
}

int tobs_test_press(struct tobs_test_user *u, const char *button)
{
	const char *text;

	if (!u)
		return -1;
	text = tobs_arena_printf(&u->t->arena,
		"{'do':'press','by':%" PRId64 ",'chat':%" PRId64 ",'button':%s}", u->id, u->place,
		kit_quote(u->t, button));
	if (text && kit_try(u->t, text) == 0) {
		forget_silence(u);
		kit_said(u, "(presses)", button);
		return kit_settle(u->t);
	}
	text = kit_refusal(u->t);
	return on_keyboard(u, button) ? kit_say(u, button, 0) : kit_fail(u->t, u, "%s", text);
}

/* ---- inline ---- */

int tobs_test_inline(struct tobs_test_user *u, const char *query)
{
	struct tobs_view id = { NULL, 0 };
	struct json_parser parser;
	struct json_doc doc = { 0 };

	if (!u)
		return -1;
	kit_said(u, "(types behind the bot's name)", query);
	if (kit_command(u->t, u,
		    "{'do':'inline','by':%" PRId64 ",'bot':%" PRId64 ",'chat':%" PRId64
		    ",'query':%s}",
		    u->id, u->t->account->user->peer, u->place, kit_quote(u->t, query)))
		return -1;
	json_parser_init(&parser, JSON_MAX, DEPTH);
	if (!json_parse(&parser, &doc, tobs_buf_view(&u->t->answer), NULL))
		(void)json_get_str(json_field(json_root(&doc), "query"), &id);
	u->query = tobs_arena_printf(&u->t->arena, "%.*s", TOBS_VIEW_FMT(id));
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return u->query ? 0 : kit_fail(u->t, u, "no memory");
}

/* The id of the result with this title, in the arguments of answerInlineQuery; NULL: none. */
static const char *result_id(struct tobs_test *t, const char *args, const char *title)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	const char *found = NULL;

	json_parser_init(&parser, JSON_MAX, DEPTH);
	if (!json_parse(&parser, &doc, tobs_str(args), NULL))
		JSON_EACH (it, json_field(json_root(&doc), "results")) {
			struct tobs_view name = { NULL, 0 }, id = { NULL, 0 };

			(void)json_get_str(json_field(it.value, "title"), &name);
			(void)json_get_str(json_field(it.value, "id"), &id);
			if (!found && (tobs_view_is(name, title) || tobs_view_is(id, title)))
				found = tobs_arena_printf(&t->arena, "%.*s", TOBS_VIEW_FMT(id));
		}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return found;
}

int tobs_test_choose(struct tobs_test_user *u, const char *title)
{
	const char *id = NULL;

	if (!u)
		return -1;
	for (size_t i = u->t->events.count; i-- > 0;) {
		const struct kit_event *e = &u->t->events.items[i];

		if (e->kind != KIT_RESULTS || e->chat != u->id)
			continue;
		id = result_id(u->t, e->args, title);
		break; /* older ones are gone from the screen */
	}
	if (!u->query || !id)
		return kit_fail(u->t, u, "there is no result \"%s\" to choose", title);
	kit_said(u, "(chooses)", title);
	return kit_command(u->t, u, "{'do':'choose','query':%s,'result':%s,'chat':%" PRId64 "}",
		kit_quote(u->t, u->query), kit_quote(u->t, id), u->place);
}

/* ---- paying ---- */

/* The command waits for answers of the bot, so it is not for the main fiber. */
struct paying {
	struct tobs_test *t;
	const char *command;
	int result;
	bool done;
};

static int pay(void *arg)
{
	struct paying *p = arg;

	p->result = kit_try(p->t, p->command);
	p->done = true;
	return TOBS_OK;
}

static int run_pay(struct tobs_test_user *u, struct paying *p)
{
	struct tobs_fiber *fiber;
	int r = tobs_spawn(&fiber, pay, p, NULL);

	if (r)
		return kit_fail(u->t, u, "%s", tobs_error_text(r));
	r = kit_settle(u->t);
	/* A bot has ten seconds for each of two answers. */
	for (int i = 0; i < 2 && !r && !p->done; i++)
		r = tobs_test_advance(u->t, ANSWER_MS);
	(void)tobs_join(fiber, NULL);
	return r ? r : kit_settle(u->t);
}

/* The answer's "why"; NULL when it was paid. */
static const char *why_not(struct tobs_test *t)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_view why = { NULL, 0 };
	const char *text = NULL;

	json_parser_init(&parser, JSON_MAX, DEPTH);
	if (!json_parse(&parser, &doc, tobs_buf_view(&t->answer), NULL) &&
		!json_get_str(json_field(json_root(&doc), "why"), &why))
		text = tobs_arena_printf(&t->arena, "%.*s", TOBS_VIEW_FMT(why));
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return text;
}

/* ,"name":"…" where there is one. */
static const char *member(struct tobs_test *t, const char *name, const char *value)
{
	const char *text = value
		? tobs_arena_printf(&t->arena, ",'%s':%s", name, kit_quote(t, value))
		: "";

	return text ? text : "";
}

static const char *address(struct tobs_test *t, const struct tobs_test_buyer *b)
{
	const char *text;

	if (!b->country)
		return "";
	text = tobs_arena_printf(&t->arena,
		",'address':{'country_iso2':%s,'city':%s,'street_line1':%s,'street_line2':%s,"
		"'state':%s,'post_code':%s}",
		kit_quote(t, b->country), kit_quote(t, b->city), kit_quote(t, b->street),
		kit_quote(t, ""), kit_quote(t, b->state), kit_quote(t, b->post_code));
	return text ? text : "";
}

const char *tobs_test_pay(struct tobs_test_user *u, const struct tobs_test_buyer *buyer)
{
	static const struct tobs_test_buyer nobody;
	const struct tobs_test_buyer *b = buyer ? buyer : &nobody;
	struct paying p;
	const char *why;

	if (!u)
		return "";
	p = (struct paying){ .t = u->t };
	p.command = tobs_arena_printf(&u->t->arena,
		"{'do':'pay','by':%" PRId64 ",'chat':%" PRId64 "%s%s%s%s%s}", u->id, u->place,
		member(u->t, "name", b->name), member(u->t, "phone", b->phone),
		member(u->t, "email", b->email), address(u->t, b),
		member(u->t, "option", b->option));
	kit_said(u, "(pays)", "");
	if (!p.command || run_pay(u, &p))
		return "the bot has ended";
	if (p.result) {
		why = kit_refusal(u->t);
		kit_fail(u->t, u, "%s", why);
		return why;
	}
	return why_not(u->t);
}
