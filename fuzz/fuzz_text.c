/* SPDX-License-Identifier: MIT */
/*
 * Formatted text of bots: a byte chooses the markup, the next how long a piece may
 * be, the rest is the text. What is read is UTF-8 with entities inside of it; cut
 * into pieces it is the same text but for white space, and none is too long.
 */
#include <tobs/text.h>

#include "base/utf.h"
#include "fuzz.h"
#include "take.h"

enum { ARENA_BYTES = 64 << 20 };

static void check_entities(const struct tobs_formatted *t, bool cut)
{
	int64_t whole = (int64_t)tobs_text_units(tobs_str(t->text));

	for (size_t i = 0; i < t->entities.count; i++) {
		const struct tobs_message_entity *e = &t->entities.items[i];

		FUZZ_CHECK(e->offset >= 0 && e->length > 0 && e->offset + e->length <= whole);
		FUZZ_CHECK(e->type != TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK || e->url);
		FUZZ_CHECK(e->type != TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION || e->user->id > 0);
		/* Those that were read stand in order. */
		FUZZ_CHECK(cut || i == 0 || e->offset >= e[-1].offset);
	}
}

static bool is_white(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void check_pieces(const struct tobs_formatted *whole, size_t max, struct tobs_arena *arena)
{
	struct tobs_formatted *pieces = NULL;
	const char *at = whole->text;
	size_t count = 0;
	int r = tobs_text_split(whole, max, arena, &pieces, &count);

	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ENOMEM);
	for (size_t i = 0; !r && i < count; i++) {
		size_t len = strlen(pieces[i].text);

		FUZZ_CHECK(len > 0 && tobs_text_units(tobs_str(pieces[i].text)) <= max);
		FUZZ_CHECK(utf8_valid(tobs_str(pieces[i].text)));
		check_entities(&pieces[i], true);
		while (strncmp(at, pieces[i].text, len) != 0) {
			FUZZ_CHECK(is_white(*at));
			at++;
		}
		at += len;
	}
	for (; !r && *at; at++)
		FUZZ_CHECK(is_white(*at));
}

/* What is escaped is read as it was. */
static void check_escapes(struct tobs_view in, struct tobs_arena *arena)
{
	struct tobs_formatted t;
	struct tobs_buf out;

	if (!utf8_valid(in) || (in.len && memchr(in.ptr, 0, in.len)))
		return;
	for (int markdown = 0; markdown < 2; markdown++) {
		int r;

		tobs_buf_init(&out, ARENA_BYTES);
		r = markdown ? tobs_markdown_escape(&out, in) : tobs_html_escape(&out, in);
		FUZZ_CHECK(!r);
		r = tobs_text_parse(markdown ? TOBS_PARSE_MODE_MARKDOWN_V2 : TOBS_PARSE_MODE_HTML,
			tobs_buf_view(&out), arena, &t, NULL);
		FUZZ_CHECK(r == TOBS_ENOMEM || (!r && tobs_view_eq(tobs_str(t.text), in)));
		FUZZ_CHECK(r || t.entities.count == 0);
		tobs_buf_deinit(&out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum tobs_parse_mode modes[] = { TOBS_PARSE_MODE_NONE, TOBS_PARSE_MODE_HTML,
		TOBS_PARSE_MODE_MARKDOWN_V2 };
	struct tobs_view in = tobs_view(data, size);
	enum tobs_parse_mode mode = modes[take_byte(&in) % 3];
	size_t max = 2 + take_byte(&in);
	struct tobs_formatted t;
	struct tobs_arena arena;
	struct tobs_err err;
	int r;

	tobs_arena_init(&arena, ARENA_BYTES);
	r = tobs_text_parse(mode, in, &arena, &t, &err);
	FUZZ_CHECK(r == TOBS_OK || (r == err.code && err.message[0]));
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EINVAL || r == TOBS_ETOOBIG || r == TOBS_ENOMEM);
	FUZZ_CHECK(r != TOBS_EINVAL || (err.offset >= 0 && err.offset <= (int64_t)in.len));
	if (!r) {
		FUZZ_CHECK(utf8_valid(tobs_str(t.text)));
		check_entities(&t, false);
		check_pieces(&t, max, &arena);
	}
	check_escapes(in, &arena);
	tobs_arena_deinit(&arena);
	return 0;
}
