/* SPDX-License-Identifier: MIT */
/* Text with HTML tags, read as TDLib's parse_html() does. */
#include <stdio.h>

#include "base/attr.h"
#include "base/utf.h"
#include "sim/bot_text.h"

enum { ENTITY_MAX = 10 };

static int bad(struct text_parser *p, const char *why, size_t at)
{
	return bot_fail(p->c, 400, "can't parse entities: %s at byte offset %zu", why, at);
}

static uint8_t peek(const struct text_parser *p)
{
	return p->pos < p->in.len ? p->in.ptr[p->pos] : 0;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(uint8_t c)
{
	return c && !is_space(c) && c != '=' && c != '>' && c != '/' && c != '"' && c != '\'';
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* "&lt;", "&#38;", "&#x26;": the code point, and how many bytes it takes; 0: none of them. */
static size_t read_reference(struct tobs_view in, uint32_t *ret)
{
	static const struct {
		const char *name;
		uint32_t cp;
	} named[] = { { "&lt", '<' }, { "&gt", '>' }, { "&amp", '&' }, { "&quot", '"' } };
	size_t i = 2, base = 10;
	uint32_t cp = 0;

	if (tobs_view_starts(in, "&#")) {
		if (i < in.len && lower(in.ptr[i]) == 'x') {
			base = 16;
			i++;
		}
		for (size_t first = i; i < in.len && i - first < ENTITY_MAX; i++) {
			uint8_t c = lower(in.ptr[i]);
			uint32_t d = c >= '0' && c <= '9'            ? (uint32_t)(c - '0')
				: base == 16 && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
								     : 99;

			if (d == 99)
				break;
			cp = cp * (uint32_t)base + d;
		}
		*ret = cp;
		if (cp == 0 || cp >= 0x110000 || (cp >= 0xd800 && cp < 0xe000))
			return 0;
		return i < in.len && in.ptr[i] == ';' ? i + 1 : i;
	}
	for (size_t n = 0; n < ARRAY_LEN(named); n++)
		if (tobs_view_starts(in, named[n].name)) {
			size_t len = strlen(named[n].name);

			*ret = named[n].cp;
			return len < in.len && in.ptr[len] == ';' ? len + 1 : len;
		}
	return 0;
}

/* Appends a value of an attribute with its references undone. */
static int unescape(struct text_parser *p, struct tobs_view raw, struct tobs_view *ret)
{
	struct tobs_buf out;
	uint32_t cp;
	int r;

	tobs_buf_init(&out, raw.len + 1);
	for (size_t i = 0; i < raw.len;) {
		size_t n = raw.ptr[i] == '&' ? read_reference(tobs_view_sub(raw, i, SIZE_MAX), &cp)
					     : 0;

		if (n)
			utf8_put(&out, cp);
		else
			tobs_buf_putc(&out, (char)raw.ptr[i]);
		i += n ? n : 1;
	}
	r = tobs_buf_err(&out);
	if (!r)
		r = tobs_arena_view(&p->c->arena, tobs_buf_view(&out), ret);
	tobs_buf_deinit(&out);
	return r ? bot_no_memory(p->c) : TOBS_OK;
}

static const struct {
	const char *tag;
	uint32_t id;
} tags[] = {
	{ "a", TL_messageEntityTextUrl },
	{ "b", TL_messageEntityBold },
	{ "strong", TL_messageEntityBold },
	{ "i", TL_messageEntityItalic },
	{ "em", TL_messageEntityItalic },
	{ "u", TL_messageEntityUnderline },
	{ "ins", TL_messageEntityUnderline },
	{ "s", TL_messageEntityStrike },
	{ "strike", TL_messageEntityStrike },
	{ "del", TL_messageEntityStrike },
	{ "tg-spoiler", TL_messageEntitySpoiler },
	{ "span", TL_messageEntitySpoiler },
	{ "tg-emoji", TL_messageEntityCustomEmoji },
	{ "tg-time", 0 },
	{ "code", TL_messageEntityCode },
	{ "pre", TL_messageEntityPre },
	{ "blockquote", TL_messageEntityBlockquote },
};

static struct tobs_view read_name(struct text_parser *p)
{
	size_t from = p->pos;

	while (is_name(peek(p)))
		p->pos++;
	return tobs_view_sub(p->in, from, p->pos - from);
}

static void skip_spaces(struct text_parser *p)
{
	while (is_space(peek(p)))
		p->pos++;
}

static void use_attribute(struct text_parser *p, struct text_mark *m, struct tobs_view name,
	struct tobs_view value, bool *span)
{
	static const char language[] = "language-";
	int64_t n;

	if (m->id == TL_messageEntityTextUrl && tobs_view_eq_nocase(name, tobs_str("href")))
		text_target(p, m, value);
	else if (m->id == TL_messageEntityCode && tobs_view_eq_nocase(name, tobs_str("class")) &&
		tobs_view_starts(value, language))
		m->arg = tobs_view_sub(value, strlen(language), SIZE_MAX);
	else if (tobs_view_eq_nocase(name, tobs_str("class")) && tobs_view_is(value, "tg-spoiler"))
		*span = true;
	else if (m->id == TL_messageEntityCustomEmoji &&
		tobs_view_eq_nocase(name, tobs_str("emoji-id")) &&
		!tobs_view_int(value, INT64_MIN, INT64_MAX, &n))
		m->number = n;
	else if (tobs_view_eq_nocase(name, tobs_str("expandable")))
		m->collapsed = true;
}

static int read_value(struct text_parser *p, struct tobs_view *ret)
{
	struct tobs_view raw;
	uint8_t quote = peek(p);
	size_t from = p->pos;

	if (quote != '"' && quote != '\'') {
		while (peek(p) && !is_space(peek(p)) && peek(p) != '>')
			p->pos++;
		raw = tobs_view_sub(p->in, from, p->pos - from);
	} else {
		p->pos++;
		while (peek(p) && peek(p) != quote)
			p->pos++;
		if (!peek(p))
			return bad(p, "Unclosed start tag", from);
		raw = tobs_view_sub(p->in, from + 1, p->pos - from - 1);
		p->pos++;
	}
	return unescape(p, raw, ret);
}

/* Behind the name of a start tag: its attributes and '>'. */
static int read_attributes(struct text_parser *p, struct text_mark *m)
{
	struct tobs_view name, value;
	bool span = strcmp(m->tag, "span") != 0;
	int r = TOBS_OK;

	while (!r) {
		skip_spaces(p);
		if (peek(p) == '>')
			break;
		if (!peek(p))
			return bad(p, "Unclosed start tag", m->at);
		name = read_name(p);
		if (!name.len)
			return bot_fail(p->c, 400,
				"can't parse entities: Empty attribute name in the tag \"%s\" at byte "
				"offset %zu",
				m->tag, m->at);
		value = (struct tobs_view){ NULL, 0 };
		skip_spaces(p);
		if (peek(p) == '=') {
			p->pos++;
			skip_spaces(p);
			r = read_value(p, &value);
		}
		if (!r)
			use_attribute(p, m, name, value, &span);
	}
	p->pos += !r;
	if (!r && !span)
		return bot_fail(p->c, 400,
			"can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte "
			"offset %zu",
			m->at);
	if (!r && m->id == TL_messageEntityCustomEmoji && !m->number)
		return bad(p, "Invalid custom emoji identifier specified", m->at);
	return r;
}

static int start_tag(struct text_parser *p)
{
	size_t at = p->pos++;
	struct tobs_view name = read_name(p);
	struct text_mark *m;

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (!tobs_view_eq_nocase(name, tobs_str(tags[i].tag)))
			continue;
		m = text_open(p, tags[i].id, at);
		if (!m)
			return TOBS_ERPC;
		snprintf(m->tag, sizeof m->tag, "%s", tags[i].tag);
		return read_attributes(p, m);
	}
	return bot_fail(p->c, 400,
		"can't parse entities: Unsupported start tag \"%.*s\" at byte offset %zu",
		TOBS_VIEW_FMT(name), at);
}

/* <pre><code class="language-x">…</code></pre> is one entity. */
static void join_code(struct text_parser *p)
{
	struct text_mark *pre = &p->open[p->depth - 1];
	struct text_mark *code = p->closed.count ? ARRAY_LAST(&p->closed) : NULL;

	if (pre->id != TL_messageEntityPre || !code || code->id != TL_messageEntityCode ||
		code->units != pre->units || code->length != p->units - pre->units)
		return;
	pre->arg = code->arg;
	p->closed.count--;
}

static int end_tag(struct text_parser *p)
{
	size_t at = p->pos;
	struct tobs_view name;
	struct text_mark *m;

	p->pos += 2;
	name = read_name(p);
	if (!p->depth)
		return bad(p, "Unexpected end tag", at);
	m = &p->open[p->depth - 1];
	skip_spaces(p);
	if (peek(p) != '>')
		return bad(p, "Unclosed end tag", at);
	if (name.len && !tobs_view_eq_nocase(name, tobs_str(m->tag)))
		return bot_fail(p->c, 400,
			"can't parse entities: Unmatched end tag at byte offset %zu, expected "
			"\"</%s>\", found \"</%.*s>\"",
			at, m->tag, TOBS_VIEW_FMT(name));
	p->pos++;
	if (m->id == TL_messageEntityTextUrl && !m->arg.len) {
		/* What it says is where it leads. */
		struct tobs_view said = tobs_view_sub(tobs_buf_view(&p->out), m->text_at, SIZE_MAX);

		if (tobs_arena_view(&p->c->arena, said, &said))
			return bot_no_memory(p->c);
		text_target(p, m, said);
	}
	join_code(p);
	return text_close(p);
}

/* Up to the next tag or reference. */
static int plain_run(struct text_parser *p)
{
	size_t from = p->pos, n;
	uint8_t out[4];
	uint32_t cp;

	if (peek(p) == '&') {
		n = read_reference(tobs_view_sub(p->in, p->pos, SIZE_MAX), &cp);
		if (n) {
			p->pos += n;
			return text_put(p, tobs_view(out, utf8_encode(cp, out)));
		}
		p->pos++;
	}
	while (p->pos < p->in.len && p->in.ptr[p->pos] != '<' && p->in.ptr[p->pos] != '&')
		p->pos++;
	return text_put(p, tobs_view_sub(p->in, from, p->pos - from));
}

int text_html(struct text_parser *p)
{
	int r = TOBS_OK;

	while (!r && p->pos < p->in.len) {
		if (p->in.ptr[p->pos] != '<')
			r = plain_run(p);
		else if (p->pos + 1 < p->in.len && p->in.ptr[p->pos + 1] == '/')
			r = end_tag(p);
		else
			r = start_tag(p);
	}
	if (!r && p->depth)
		return bot_fail(p->c, 400,
			"can't parse entities: Can't find end tag corresponding to start tag \"%s\"",
			p->open[p->depth - 1].tag);
	return r;
}
