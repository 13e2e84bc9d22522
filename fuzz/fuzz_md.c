/* SPDX-License-Identifier: MIT */
/*
 * Message text and entities to Markdown. Input: a byte of options, a byte with
 * the number of entities, four bytes for each (kind, offset, length, rest), and
 * the text. That it reads back is for the round trip tests; here it has to end
 * well, and keep to its lines.
 */
#include <string.h>
#include <tobs/err.h>

#include "base/utf.h"
#include "fuzz.h"
#include "md/escape.h"
#include "md/markdown.h"

enum { ENTITIES = 64 };

static size_t take_entities(const uint8_t *p, size_t n, struct entity *e)
{
	for (size_t i = 0; i < n; i++, p += 4) {
		e[i] = (struct entity){ .kind = (enum entity_kind)(p[0] % (ENTITY_KINDS + 1)),
			.offset = p[1] | (uint32_t)(p[3] & 1) << 8,
			.length = p[2] | (uint32_t)(p[3] & 2) << 7,
			.collapsed = p[3] & 4,
			.id = p[3] >> 3,
			.arg = tobs_view(p, p[3] & 3) };
		if (p[1] == 0xff)
			e[i].offset = UINT32_MAX;
		if (p[2] == 0xff)
			e[i].length = UINT32_MAX;
	}
	return n;
}

static void check_spans(struct tobs_view text, const struct entity *e, size_t n, unsigned flags)
{
	uint32_t ends[64];
	struct spans spans;
	size_t depth = 0;

	FUZZ_CHECK(entity_spans(&spans, text, e, n, flags) == TOBS_OK);
	for (size_t i = 0; i < spans.count; i++) {
		const struct span *s = &spans.items[i];

		FUZZ_CHECK(s->start < s->end && s->end <= text.len);
		while (depth && ends[depth - 1] <= s->start)
			depth--;
		FUZZ_CHECK(depth < sizeof ends / sizeof ends[0]);
		FUZZ_CHECK(depth == 0 || s->end <= ends[depth - 1]);
		ends[depth++] = s->end;
	}
	spans_deinit(&spans);
}

/* Nothing gets out from behind the prefix. */
static void check_lines(struct tobs_view out, struct tobs_view prefix)
{
	struct tobs_view line, bare = tobs_view_trim(prefix);

	while (tobs_view_split(&out, '\n', &line))
		FUZZ_CHECK(tobs_view_eq(tobs_view_sub(line, 0, bare.len), bare));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct md_options o = { .prefix = TOBS_LIT("") };
	struct entity e[ENTITIES];
	struct tobs_view text;
	struct tobs_buf out;
	size_t n;

	if (size < 2)
		return 0;
	n = data[1] % ENTITIES;
	if (size - 2 < 4 * n)
		return 0;
	text = tobs_view(data + 2 + 4 * n, size - 2 - 4 * n);
	take_entities(data + 2, n, e);
	o.flavour = data[0] & 1 ? MD_GFM : MD_OBSIDIAN;
	o.mid_line = data[0] & 2;
	o.trim_styles = data[0] & 4;
	if (data[0] & 8)
		o.prefix = tobs_str("> ");
	check_spans(text, e, n, o.trim_styles ? ENTITY_TRIM : 0);
	tobs_buf_init(&out, 64 << 20);
	FUZZ_CHECK(md_write(&out, &o, text, e, n) == TOBS_OK);
	FUZZ_CHECK(out.len == 0 || !memchr(out.ptr, 0, out.len));
	FUZZ_CHECK(!utf8_valid(text) || n || utf8_valid(tobs_buf_view(&out)));
	if (text.len && !o.mid_line)
		check_lines(tobs_buf_view(&out), o.prefix);
	for (int context = MD_TEXT; context <= MD_WIKI_ALIAS; context++) {
		int r;

		tobs_buf_clear(&out);
		r = md_escape(&out, o.flavour, (enum md_context)context, text);
		FUZZ_CHECK(r == TOBS_OK || context == MD_WIKI_TARGET);
		/* Whatever is escaped stays on its line. Titles and attributes have no other ends. */
		FUZZ_CHECK(out.len == 0 || !memchr(out.ptr, '\n', out.len));
	}
	tobs_buf_deinit(&out);
	return 0;
}
