/* SPDX-License-Identifier: MIT */
/* What a test expects of the bot. */
#include "base/attr.h"
#include "testkit/kit.h"

enum { JSON_MAX = 64 << 20, DEPTH = 64 };

/* ---- looking ---- */

static bool in_chat(const struct kit_event *e, const struct tobs_test_user *u)
{
	return (e->kind == KIT_MESSAGE || e->kind == KIT_EDIT || e->kind == KIT_DELETED) &&
		e->chat == u->chat;
}

static bool answers(const struct kit_event *e, const struct tobs_test_user *u)
{
	return e->kind == KIT_ANSWER && e->chat == u->id;
}

static bool results(const struct kit_event *e, const struct tobs_test_user *u)
{
	return e->kind == KIT_RESULTS && e->chat == u->id;
}

/* What somebody sees; an answer without a note ends a button's waiting and no more. */
static bool visible(const struct kit_event *e, const struct tobs_test_user *u)
{
	return in_chat(e, u) || results(e, u) || (answers(e, u) && e->text[0]);
}

/* The next one that nobody has looked at; NULL: none. */
static struct kit_event *next(const struct tobs_test_user *u,
	bool (*wanted)(const struct kit_event *e, const struct tobs_test_user *u))
{
	ARRAY_EACH (e, &u->t->events)
		if (!e->seen && wanted(e, u))
			return e;
	return NULL;
}

static const char *did(struct tobs_test *t, const struct kit_event *e)
{
	const char *text;

	if (!e)
		return "the bot did nothing";
	if (e->kind == KIT_DELETED)
		return "the bot deleted a message";
	if (e->kind == KIT_RESULTS)
		text = tobs_arena_printf(&t->arena, "the bot offered \"%s\"", e->text);
	else if (e->kind == KIT_ANSWER)
		text = tobs_arena_printf(
			&t->arena, "the bot answered with the note \"%s\"", e->text);
	else if (!e->text[0])
		text = tobs_arena_printf(&t->arena, "the bot %s something without text",
			e->kind == KIT_EDIT ? "made of a message" : "sent");
	else
		text = tobs_arena_printf(&t->arena, "the bot %s \"%s\"",
			e->kind == KIT_EDIT ? "changed a message to" : "said", e->text);
	return text ? text : "";
}

/* Looks at the next one. NULL when it is none of that kind, which was told. */
static struct kit_event *take(
	struct tobs_test_user *u, enum kit_event_kind kind, const char *what, const char *text)
{
	struct kit_event *e = next(u,
		kind == KIT_ANSWER            ? answers
			: kind == KIT_RESULTS ? results
					      : in_chat);

	if (!e || e->kind != kind) {
		kit_fail(u->t, u, text ? "expected %s \"%s\", but %s" : "expected %s%s, but %s",
			what, text ? text : "", did(u->t, e));
		return NULL;
	}
	e->seen = true;
	u->at = (size_t)(e - u->t->events.items) + 1;
	return e;
}

/* '*' stands for anything. */
static bool is_like(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* ---- messages ---- */

int tobs_test_expect_text(struct tobs_test_user *u, const char *text)
{
	const struct kit_event *e = u ? take(u, KIT_MESSAGE, "the message", text) : NULL;

	if (!e)
		return -1;
	return strcmp(e->text, text) == 0
		? 0
		: kit_fail(u->t, u, "expected the message \"%s\", but %s", text, did(u->t, e));
}

int tobs_test_expect_like(struct tobs_test_user *u, const char *pattern)
{
	const struct kit_event *e = u ? take(u, KIT_MESSAGE, "a message like", pattern) : NULL;

	if (!e)
		return -1;
	return is_like(pattern, e->text)
		? 0
		: kit_fail(
			  u->t, u, "expected a message like \"%s\", but %s", pattern, did(u->t, e));
}

int tobs_test_expect_edit(struct tobs_test_user *u, const char *text)
{
	const struct kit_event *e = u ? take(u, KIT_EDIT, "an edit to", text) : NULL;

	if (!e)
		return -1;
	return strcmp(e->text, text) == 0
		? 0
		: kit_fail(u->t, u, "expected an edit to \"%s\", but %s", text, did(u->t, e));
}

int tobs_test_expect_deleted(struct tobs_test_user *u)
{
	return u && take(u, KIT_DELETED, "a deletion", NULL) ? 0 : -1;
}

int tobs_test_expect_answer(struct tobs_test_user *u, const char *text)
{
	const struct kit_event *e = u ? take(u, KIT_ANSWER, "the note", text) : NULL;

	if (!e)
		return -1;
	return strcmp(e->text, text) == 0
		? 0
		: kit_fail(u->t, u, "expected the note \"%s\", but %s", text, did(u->t, e));
}

int tobs_test_expect_inline(struct tobs_test_user *u, const char *titles)
{
	const struct kit_event *e = u ? take(u, KIT_RESULTS, "the results", titles) : NULL;

	if (!e)
		return -1;
	return strcmp(e->text, titles) == 0
		? 0
		: kit_fail(u->t, u, "expected the results \"%s\", but %s", titles, did(u->t, e));
}

int tobs_test_expect_nothing(struct tobs_test_user *u)
{
	const struct kit_event *e = u ? next(u, visible) : NULL;

	if (u && e)
		return kit_fail(u->t, u, "expected nothing more, but %s", did(u->t, e));
	return u ? 0 : -1;
}

void tobs_test_skip(struct tobs_test_user *u)
{
	if (u)
		ARRAY_EACH (e, &u->t->events)
			e->seen |= in_chat(e, u) || answers(e, u) || results(e, u);
}

static const struct kit_event *looked_at(const struct tobs_test_user *u)
{
	return u->at ? &u->t->events.items[u->at - 1] : NULL;
}

const struct tobs_message *tobs_test_message(struct tobs_test_user *u)
{
	const struct kit_event *e = u ? looked_at(u) : NULL;

	return e ? e->what : NULL;
}

/* ---- with JSON ---- */

struct reader {
	struct json_parser parser;
	struct json_doc doc;
};

static void reader_init(struct reader *r)
{
	json_parser_init(&r->parser, JSON_MAX, DEPTH);
	r->doc = (struct json_doc){ 0 };
}

static void reader_deinit(struct reader *r)
{
	json_doc_deinit(&r->doc);
	json_parser_deinit(&r->parser);
}

/* JSON_MISSING when it is none. */
static struct json_value read_json(struct reader *r, const char *text)
{
	return json_parse(&r->parser, &r->doc, tobs_str(text), NULL)
		? (struct json_value){ NULL, NULL }
		: json_root(&r->doc);
}

int tobs_test_expect_media(struct tobs_test_user *u, const char *field)
{
	const struct kit_event *e = u ? take(u, KIT_MESSAGE, "a message with", field) : NULL;
	struct tobs_buf text;
	struct reader reader;
	bool has;

	if (!e)
		return -1;
	tobs_buf_init(&text, JSON_MAX);
	reader_init(&reader);
	has = e->what && !tobs_botapi_print(&text, TOBS_TYPE_MESSAGE, e->what) &&
		!json_is_missing(json_field(read_json(&reader, tobs_buf_str(&text)), field));
	reader_deinit(&reader);
	tobs_buf_deinit(&text);
	return has
		? 0
		: kit_fail(u->t, u, "expected a message with \"%s\", but %s", field, did(u->t, e));
}

static void put_rows(struct tobs_buf *out, struct json_value rows)
{
	JSON_EACH (row, rows) {
		bool first = true;

		if (out->len)
			tobs_buf_putc(out, '\n');
		JSON_EACH (b, row.value) {
			struct tobs_view text = { NULL, 0 };

			(void)json_get_str(json_field(b.value, "text"), &text);
			if (!first)
				tobs_buf_putc(out, '|');
			tobs_buf_putv(out, text);
			first = false;
		}
	}
}

int tobs_test_expect_keyboard(struct tobs_test_user *u, const char *rows)
{
	const struct kit_event *e = u ? looked_at(u) : NULL;
	struct json_value markup;
	struct tobs_buf have;
	struct reader reader;
	const char *copy;

	if (!u)
		return -1;
	if (!e || e->kind == KIT_DELETED)
		return kit_fail(u->t, u, "expected a keyboard, but no message was looked at");
	tobs_buf_init(&have, JSON_MAX);
	reader_init(&reader);
	markup = json_field(read_json(&reader, e->args), "reply_markup");
	put_rows(&have, json_field(markup, "inline_keyboard"));
	put_rows(&have, json_field(markup, "keyboard"));
	copy = tobs_arena_strdup(&u->t->arena, tobs_buf_str(&have));
	reader_deinit(&reader);
	tobs_buf_deinit(&have);
	if (!copy || strcmp(copy, rows) == 0)
		return copy ? 0 : kit_fail(u->t, u, "no memory");
	return kit_fail(
		u->t, u, "expected the keyboard\n%s\nbut it is\n%s", rows, *copy ? copy : "(none)");
}

/* ---- calls ---- */

/* Whether all that is in `want` is in `have`. */
static bool is_within(struct json_value want, struct json_value have)
{
	struct tobs_view a, b;
	double x, y;
	size_t i = 0;

	if (json_is_object(want)) {
		JSON_EACH (it, want)
			if (!is_within(it.value, json_field_v(have, it.key)))
				return false;
		return json_is_object(have);
	}
	if (json_is_array(want)) {
		JSON_EACH (it, want)
			if (!is_within(it.value, json_item(have, i++)))
				return false;
		return json_is_array(have) && json_count(have) == i;
	}
	if (!json_get_str(want, &a))
		return !json_get_str(have, &b) && tobs_view_eq(a, b);
	if (!json_get_double(want, &x))
		return !json_get_double(have, &y) && x == y;
	return json_type(want) == json_type(have) && json_tag(want) == json_tag(have);
}

/* JSON with ' for ". */
static const char *with_quotes(struct tobs_test *t, const char *text)
{
	char *copy = tobs_arena_strdup(&t->arena, text);

	for (char *c = copy; c && *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy ? copy : "";
}

static bool find_call(struct tobs_test *t, enum tobs_method method, struct json_value want)
{
	struct reader reader;
	bool found = false;
	size_t i = t->looked;

	reader_init(&reader);
	for (; i < t->calls.count && !found; i++)
		found = t->calls.items[i].method == method &&
			(json_is_missing(want) ||
				is_within(want, read_json(&reader, t->calls.items[i].args)));
	reader_deinit(&reader);
	if (found)
		t->looked = i;
	return found;
}

static int say_calls(struct tobs_test *t, const char *method, const char *arguments)
{
	struct tobs_buf out;
	const char *copy;

	tobs_buf_init(&out, 1 << 16);
	for (size_t i = t->looked; i < t->calls.count; i++)
		tobs_buf_printf(&out, "\n    %s %s", tobs_method_name(t->calls.items[i].method),
			t->calls.items[i].args);
	copy = tobs_arena_strdup(&t->arena, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return kit_fail(t, NULL, "expected the call %s %s, but there %s%s", method,
		arguments ? arguments : "", copy && *copy ? "was" : "was none", copy ? copy : "");
}

int tobs_test_expect_call(struct tobs_test *t, const char *method, const char *arguments)
{
	enum tobs_method m = tobs_method_find(tobs_str(method));
	struct json_value want = { NULL, NULL };
	struct reader reader;
	bool found = false, readable = true;

	if (!t)
		return -1;
	if (m == TOBS_METHOD_END)
		return kit_fail(t, NULL, "there is no method \"%s\"", method);
	reader_init(&reader);
	if (arguments) {
		want = read_json(&reader, with_quotes(t, arguments));
		readable = json_is_object(want);
	}
	if (readable)
		found = find_call(t, m, want);
	reader_deinit(&reader);
	if (!readable)
		return kit_fail(t, NULL, "%s is no object of JSON", arguments);
	return found ? 0 : say_calls(t, method, arguments);
}

size_t tobs_test_calls(const struct tobs_test *t, const char *method)
{
	size_t n = 0;

	if (t)
		ARRAY_EACH (c, &t->calls)
			n += !method || c->method == tobs_method_find(tobs_str(method));
	return n;
}
