/* SPDX-License-Identifier: MIT */
/*
 * Two readers of the same markup, written apart: the library's, and that of the
 * simulated Telegram. What one takes the other takes, and both find the same in it.
 */
#include <tobs/text.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/rand.h"
#include "support/sim_bots.h"

enum { ROUNDS = 1500, ENTITIES = 64 };

static const char *const html[] = { "<b>", "</b>", "<i>", "</i>", "<u>", "</u>", "<code>",
	"</code>", "<pre>", "</pre>", "<pre><code class=\"language-c\">", "</code></pre>",
	"<a href=\"http://e.org/\">", "</a>", "<blockquote>", "</blockquote>",
	"<blockquote expandable>", "<tg-spoiler>", "</tg-spoiler>", "<span class=\"tg-spoiler\">",
	"</span>", "&lt;", "&amp;", "&#x1F600;", "&", "x", "é", "😀", " ", "</>", "<h1>", ">",
	"</s>" };
static const char *const markdown[] = { "*", "*", "_", "__", "~", "||", "`", "```", "```c\n", "[",
	"](http://e.org/)", "]", "\\*", "\\_", ">", "\n>", "\n", "||\n", "x", "é", "😀", " ", "y",
	"!", "**>" };

/* "bold 0+3", sorted: the order of entities is up to each. */
struct found {
	char *lines[ENTITIES];
	size_t count;
	char *text;
};

static struct tobs_arena arena;

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void note(struct found *f, struct tobs_view type, int64_t offset, int64_t length,
	struct tobs_view more)
{
	assert_true(f->count < ENTITIES);
	f->lines[f->count] = tobs_arena_printf(&arena, "%.*s %d+%d %.*s", TOBS_VIEW_FMT(type),
		(int)offset, (int)length, TOBS_VIEW_FMT(more));
	assert_non_null(f->lines[f->count++]);
}

/* What the answer to sendMessage has; false: it was refused. */
static bool read_answer(const char *answer, struct found *f)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct json_value m, entities;
	struct tobs_view text = { NULL, 0 };
	bool ok = false;

	json_parser_init(&parser, 1 << 20, 64);
	assert_ok(json_parse(&parser, &doc, tobs_str(answer), NULL));
	assert_ok(json_get_bool(json_field(json_root(&doc), "ok"), &ok));
	m = json_field(json_root(&doc), "result");
	entities = json_field(m, "entities");
	(void)json_get_str(json_field(m, "text"), &text);
	f->text = tobs_arena_dup(&arena, text.ptr, text.len);
	JSON_EACH (it, entities) {
		struct tobs_view type, more = { NULL, 0 };
		int64_t offset, length;

		assert_ok(json_get_str(json_field(it.value, "type"), &type));
		assert_ok(json_get_i64(json_field(it.value, "offset"), &offset));
		assert_ok(json_get_i64(json_field(it.value, "length"), &length));
		if (json_get_str(json_field(it.value, "url"), &more))
			(void)json_get_str(json_field(it.value, "language"), &more);
		note(f, type, offset, length, more);
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return ok;
}

static void read_ours(const struct tobs_formatted *t, struct found *f)
{
	static const char *const types[] = {
		[TOBS_MESSAGE_ENTITY_TYPE_BOLD] = "bold",
		[TOBS_MESSAGE_ENTITY_TYPE_ITALIC] = "italic",
		[TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE] = "underline",
		[TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH] = "strikethrough",
		[TOBS_MESSAGE_ENTITY_TYPE_SPOILER] = "spoiler",
		[TOBS_MESSAGE_ENTITY_TYPE_CODE] = "code",
		[TOBS_MESSAGE_ENTITY_TYPE_PRE] = "pre",
		[TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE] = "blockquote",
		[TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE] = "expandable_blockquote",
		[TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK] = "text_link",
	};

	f->text = tobs_arena_strdup(&arena, t->text);
	for (size_t i = 0; i < t->entities.count; i++) {
		const struct tobs_message_entity *e = &t->entities.items[i];

		note(f, tobs_str(types[e->type]), e->offset, e->length,
			tobs_str(e->url ? e->url : e->language));
	}
}

static const char *ask(const char *mode, const char *text)
{
	struct tobs_buf body;
	struct json_writer w;
	const char *answer;

	tobs_buf_init(&body, 1 << 20);
	json_writer_init(&w, &body, 0);
	jsonw_object(&w);
	jsonw_key(&w, "chat_id");
	jsonw_i64(&w, 1);
	jsonw_key(&w, "parse_mode");
	jsonw_str(&w, mode);
	jsonw_key(&w, "text");
	jsonw_str(&w, text);
	jsonw_end(&w);
	answer = api_raw(
		"POST", "/bot100:secret/sendMessage", "application/json", tobs_buf_view(&body));
	tobs_buf_deinit(&body);
	return answer;
}

static size_t compare(
	enum tobs_parse_mode mode, const char *const *pieces, size_t count, uint64_t seed)
{
	struct prng random = { seed };
	struct found ours = { .count = 0 }, theirs = { .count = 0 };
	struct tobs_formatted t;
	struct tobs_buf text;
	struct tobs_err err;
	const char *answer;
	bool took, taken;

	tobs_buf_init(&text, 4096);
	tobs_buf_puts(&text, "x");
	for (size_t n = prng_below(&random, 9); n > 0; n--)
		tobs_buf_puts(&text, pieces[prng_below(&random, count)]);
	tobs_buf_puts(&text, "x");
	taken = tobs_text_parse(mode, tobs_buf_view(&text), &arena, &t, &err) == TOBS_OK;
	answer = ask(mode == TOBS_PARSE_MODE_HTML ? "HTML" : "MarkdownV2", tobs_buf_str(&text));
	took = read_answer(answer, &theirs);
	if (took != taken)
		fail_msg("%s: %s, but %s", tobs_buf_str(&text), taken ? "taken" : err.message,
			answer);
	if (took) {
		read_ours(&t, &ours);
		qsort(ours.lines, ours.count, sizeof *ours.lines, by_text);
		qsort(theirs.lines, theirs.count, sizeof *theirs.lines, by_text);
		assert_string_equal(ours.text, theirs.text);
		for (size_t i = 0; i < ours.count || i < theirs.count; i++)
			if (i >= ours.count || i >= theirs.count ||
				strcmp(ours.lines[i], theirs.lines[i]) != 0)
				fail_msg("%s: %s is not %s", tobs_buf_str(&text),
					i < ours.count ? ours.lines[i] : "nothing",
					i < theirs.count ? theirs.lines[i] : "nothing");
	}
	tobs_buf_deinit(&text);
	tobs_arena_reset(&arena);
	return took;
}

static int same(enum tobs_parse_mode mode, const char *const *pieces, size_t count)
{
	size_t taken = 0;

	tobs_arena_init(&arena, 1 << 20);
	for (uint64_t i = 0; i < ROUNDS; i++)
		taken += compare(mode, pieces, count, i);
	/* There were enough of either sort. */
	assert_in_range(taken, ROUNDS / 20, ROUNDS - ROUNDS / 20);
	tobs_arena_deinit(&arena);
	return TOBS_OK;
}

BOT_TEST(same_html)
{
	return same(TOBS_PARSE_MODE_HTML, html, ARRAY_LEN(html));
}

BOT_TEST(same_markdown)
{
	return same(TOBS_PARSE_MODE_MARKDOWN_V2, markdown, ARRAY_LEN(markdown));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_html),
		cmocka_unit_test(same_markdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
