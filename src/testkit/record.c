/* SPDX-License-Identifier: MIT */
/* The calls of the bot, and what chats saw of them. */
#include "base/attr.h"
#include "sim/bot_call.h"
#include "sim/question.h"
#include "testkit/kit.h"

enum { JSON_MAX = 64 << 20, DEPTH = 64 };

void kit_note(struct tobs_test *t, const struct kit_event *e)
{
	struct kit_event copy = *e;

	copy.text = copy.text ? copy.text : "";
	if (ARRAY_PUSH(&t->events, copy))
		t->failures++; /* there is no memory to say so */
}

/* ---- refusing ---- */

static const char *usual_words(int status)
{
	switch (status) {
	case 400: return "message text is empty";
	case 401: return "Unauthorized";
	case 403: return "bot was blocked by the user";
	case 404: return "method not found";
	case 409:
		return "terminated by other getUpdates request; make sure that only one bot "
		       "instance is running";
	case 502: return "Bad Gateway";
	default: return "";
	}
}

static void refuse(struct bot_call *c, const struct tobs_test_fault *f)
{
	c->retry_after = f->status == 429 && !f->retry_after ? 1 : f->retry_after;
	c->migrate_to = f->migrate_to;
	if (f->description)
		bot_fail(c, f->status, "%s", f->description);
	else if (f->status == 429)
		bot_fail(c, f->status, "retry after %lld", (long long)c->retry_after);
	else if (f->migrate_to)
		bot_fail(c, f->status, "group chat was upgraded to a supergroup chat");
	else
		bot_fail(c, f->status, "%s", usual_words(f->status));
}

static bool before(struct bot_call *c, void *user)
{
	struct tobs_test *t = user;

	if (t->dead) {
		bot_fail(c, 500, "nobody is there");
		return true;
	}
	ARRAY_EACH (f, &t->faults) {
		bool mine = f->fault.method
			? tobs_method_find(tobs_str(f->fault.method)) == c->method
			: c->method != TOBS_METHOD_GET_UPDATES;

		if (!mine || !f->left)
			continue;
		f->left--;
		refuse(c, &f->fault);
		return true;
	}
	return false;
}

/* ---- noting ---- */

static const char *text_of(const struct tobs_message *m)
{
	return m->text ? m->text : m->caption ? m->caption : "";
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static void note_message(
	struct tobs_test *t, struct kit_event *e, struct json_value v, struct tobs_buf *scratch)
{
	const void *message = NULL;
	struct json_writer w;

	tobs_buf_clear(scratch);
	json_writer_init(&w, scratch, 0);
	jsonw_value(&w, v);
	if (!json_is_missing(json_field(v, "chat")) &&
		!tobs_botapi_decode(
			TOBS_TYPE_MESSAGE, tobs_buf_view(scratch), &t->arena, &message, NULL)) {
		e->what = message;
		e->text = text_of(message);
		e->chat = e->what->chat->id;
	}
	kit_note(t, e);
}

static void note_result(struct tobs_test *t, struct kit_event *e, const struct bot_call *c)
{
	static const char head[] = "{\"ok\":true,\"result\":";
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_buf scratch;

	json_parser_init(&parser, JSON_MAX, DEPTH);
	tobs_buf_init(&scratch, JSON_MAX);
	if (!json_parse(&parser, &doc,
		    tobs_view_sub(tobs_buf_view(&c->out), sizeof head - 1, SIZE_MAX), NULL)) {
		if (json_is_array(json_root(&doc)))
			JSON_EACH (it, json_root(&doc))
				note_message(t, e, it.value, &scratch);
		else
			note_message(t, e, json_root(&doc), &scratch);
	}
	tobs_buf_deinit(&scratch);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
}

/* Who asked what is answered; 0: nobody. */
static int64_t asker(const struct bot_call *c)
{
	static const char *const keys[] = { "callback_query_id", "inline_query_id",
		"shipping_query_id", "pre_checkout_query_id" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct tobs_view text;
		struct sim_question *q;
		int64_t id;

		if (json_get_str(json_field(c->json, keys[i]), &text) ||
			tobs_view_int(text, 1, INT64_MAX, &id))
			continue;
		q = sim_question(c->world, id);
		return q ? q->user : 0;
	}
	return 0;
}

static void note_results(struct tobs_test *t, struct kit_event *e, const struct bot_call *c)
{
	struct tobs_buf titles;

	tobs_buf_init(&titles, JSON_MAX);
	JSON_EACH (it, json_field(c->json, "results")) {
		struct tobs_view title = { NULL, 0 };

		if (json_get_str(json_field(it.value, "title"), &title))
			(void)json_get_str(json_field(it.value, "id"), &title);
		if (titles.len)
			tobs_buf_putc(&titles, '|');
		tobs_buf_putv(&titles, title);
	}
	e->kind = KIT_RESULTS;
	e->text = tobs_arena_strdup(&t->arena, tobs_buf_str(&titles));
	tobs_buf_deinit(&titles);
	kit_note(t, e);
}

static void note_answer(struct tobs_test *t, struct kit_event *e, const struct bot_call *c)
{
	struct tobs_view text = { NULL, 0 };

	e->chat = asker(c);
	if (c->method == TOBS_METHOD_ANSWER_INLINE_QUERY) {
		note_results(t, e, c);
	} else if (c->method == TOBS_METHOD_ANSWER_CALLBACK_QUERY) {
		e->kind = KIT_ANSWER;
		(void)json_get_str(json_field(c->json, "text"), &text);
		e->text = tobs_arena_printf(&t->arena, "%.*s", TOBS_VIEW_FMT(text));
		kit_note(t, e);
	}
}

static void note(struct tobs_test *t, const struct bot_call *c, const char *args)
{
	const char *name = tobs_method_name(c->method);
	struct kit_event e = { .kind = KIT_MESSAGE, .args = args };

	(void)json_get_i64(json_field(c->json, "chat_id"), &e.chat);
	if (c->status) {
		e.kind = KIT_REFUSED;
		e.chat = e.chat ? e.chat : asker(c);
		e.text = tobs_arena_printf(&t->arena, "%s: %d %s", name, c->status, c->description);
		kit_note(t, &e);
	} else if (begins(name, "delete") && begins(name + 6, "Message")) {
		e.kind = KIT_DELETED;
		kit_note(t, &e);
	} else if (begins(name, "answer")) {
		note_answer(t, &e, c);
	} else if (begins(name, "edit") || begins(name, "stop")) {
		e.kind = KIT_EDIT;
		note_result(t, &e, c);
	} else if ((begins(name, "send") && c->method != TOBS_METHOD_SEND_CHAT_ACTION) ||
		begins(name, "forward") || begins(name, "copy")) {
		note_result(t, &e, c);
	}
}

static void after(struct bot_call *c, void *user)
{
	struct kit_call call = { .method = c->method, .status = c->status };
	struct tobs_test *t = user;
	struct tobs_buf args;

	if (c->method == TOBS_METHOD_GET_UPDATES || t->dead)
		return;
	tobs_buf_init(&args, JSON_MAX);
	if (!c->args || tobs_botapi_print(&args, (enum tobs_botapi_type)(int)c->method, c->args))
		tobs_buf_puts(&args, "{}");
	call.args = tobs_arena_strdup(&t->arena, tobs_buf_str(&args));
	call.description = c->status ? tobs_arena_strdup(&t->arena, c->description) : "";
	tobs_buf_deinit(&args);
	if (!call.args || !call.description || ARRAY_PUSH(&t->calls, call))
		t->failures++;
	else
		note(t, c, call.args);
}

void kit_watch(struct tobs_test *t)
{
	t->watch = (struct sim_bots_watch){ before, after, t };
}

int tobs_test_fault(struct tobs_test *t, const struct tobs_test_fault *fault)
{
	struct kit_fault f = { *fault, fault->times ? fault->times : 1 };

	if (!t)
		return -1;
	if (fault->method && tobs_method_find(tobs_str(fault->method)) == TOBS_METHOD_END)
		return kit_fail(t, NULL, "there is no method \"%s\"", fault->method);
	if (fault->status < 400 || fault->status > 599)
		return kit_fail(t, NULL, "a fault needs a status, 400 to 599");
	if (fault->method)
		f.fault.method = tobs_arena_strdup(&t->arena, fault->method);
	if (fault->description)
		f.fault.description = tobs_arena_strdup(&t->arena, fault->description);
	return ARRAY_PUSH(&t->faults, f) ? kit_fail(t, NULL, "no memory") : 0;
}

int tobs_test_network(struct tobs_test *t, const char *fault)
{
	struct tobs_view value = tobs_str(fault), name;
	struct tobs_err err;

	if (!t)
		return -1;
	tobs_view_split(&value, '=', &name);
	return bot_faults_set(&t->network, name, value, &err)
		? kit_fail(t, NULL, "%s: %s", fault, err.message)
		: 0;
}
