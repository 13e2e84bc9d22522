/* SPDX-License-Identifier: MIT */
/* Text in HTML, as TDLib's parse_html() reads it. */
#include "base/attr.h"
#include "base/utf.h"
#include "bot/text.h"

enum { DIGITS_MAX = 10, NAME_MAX = 24 };

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(uint8_t c)
{
	return c && !is_space(c) && !strchr("=>/\"'", c);
}

static void skip_spaces(struct text_source *s)
{
	while (is_space(text_peek(s, 0)))
		s->pos++;
}

static struct tobs_view read_name(struct text_source *s)
{
	size_t from = s->pos;

	while (is_name(text_peek(s, 0)))
		s->pos++;
	return tobs_view_sub(s->in, from, s->pos - from);
}

static int digit(uint8_t c, int base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "&#38;", "&#x26;" */
static size_t read_number(struct tobs_view in, uint32_t *ret)
{
	int base = in.len > 2 && (in.ptr[2] | 32) == 'x' ? 16 : 10, d;
	size_t first = base == 16 ? 3 : 2, i = first;
	uint8_t bytes[4];
	uint32_t cp = 0;

	for (; i < in.len && i - first < DIGITS_MAX && cp < 0x110000; i++) {
		d = digit(in.ptr[i], base);
		if (d < 0)
			break;
		cp = cp * (uint32_t)base + (uint32_t)d;
	}
	if (i == first || !cp || !utf8_encode(cp, bytes))
		return 0;
	*ret = cp;
	return i < in.len && in.ptr[i] == ';' ? i + 1 : i;
}

/* What begins with '&': the character, and how many bytes it takes; 0: it stands for itself. */
static size_t read_reference(struct tobs_view in, uint32_t *ret)
{
	static const struct {
		const char *name;
		uint32_t cp;
	} named[] = { { "&lt", '<' }, { "&gt", '>' }, { "&amp", '&' }, { "&quot", '"' } };

	if (tobs_view_starts(in, "&#"))
		return read_number(in, ret);
	for (size_t n = 0; n < ARRAY_LEN(named); n++)
		if (tobs_view_starts(in, named[n].name)) {
			size_t len = strlen(named[n].name);

			*ret = named[n].cp;
			return len + (len < in.len && in.ptr[len] == ';');
		}
	return 0;
}

/* The value of an attribute, its references read. */
static int read_value(struct text_source *s, struct tobs_view *ret)
{
	uint8_t quote = text_peek(s, 0);
	bool quoted = quote == '"' || quote == '\'';
	size_t from = s->pos;
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, TOBS_TEXT_BYTES);
	s->pos += quoted;
	while (s->pos < s->in.len) {
		uint8_t c = text_peek(s, 0);
		uint32_t cp;
		size_t n;

		if (quoted ? c == quote : is_space(c) || c == '>')
			break;
		n = c == '&' ? read_reference(tobs_view_sub(s->in, s->pos, SIZE_MAX), &cp) : 0;
		if (n)
			utf8_put(&out, cp);
		else
			tobs_buf_putc(&out, (char)c);
		s->pos += n ? n : 1;
	}
	r = tobs_buf_err(&out);
	if (!r && s->pos >= s->in.len)
		r = text_fault(s, from, "the value of an attribute does not end");
	if (!r)
		r = tobs_arena_view(s->out->arena, tobs_buf_view(&out), ret);
	s->pos += quoted;
	tobs_buf_deinit(&out);
	return r;
}

/* ---- Tags ------------------------------------------------------------------------- */

static const struct tag {
	const char *name;
	enum tobs_message_entity_type type;
} tags[] = {
	{ "b", TOBS_MESSAGE_ENTITY_TYPE_BOLD },
	{ "strong", TOBS_MESSAGE_ENTITY_TYPE_BOLD },
	{ "i", TOBS_MESSAGE_ENTITY_TYPE_ITALIC },
	{ "em", TOBS_MESSAGE_ENTITY_TYPE_ITALIC },
	{ "u", TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE },
	{ "ins", TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE },
	{ "s", TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH },
	{ "strike", TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH },
	{ "del", TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH },
	{ "tg-spoiler", TOBS_MESSAGE_ENTITY_TYPE_SPOILER },
	{ "span", TOBS_MESSAGE_ENTITY_TYPE_SPOILER },
	{ "a", TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK },
	{ "tg-emoji", TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI },
	{ "tg-time", TOBS_MESSAGE_ENTITY_TYPE_DATE_TIME },
	{ "code", TOBS_MESSAGE_ENTITY_TYPE_CODE },
	{ "pre", TOBS_MESSAGE_ENTITY_TYPE_PRE },
	{ "blockquote", TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE },
};

static const struct tag *tag_of(struct tobs_view name)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (tobs_view_eq_nocase(name, tobs_str(tags[i].name)))
			return &tags[i];
	return NULL;
}

static const char *kept(struct text_source *s, struct tobs_view v)
{
	return tobs_arena_dup(s->out->arena, v.ptr, v.len);
}

static int use_attribute(struct text_source *s, struct tobs_message_entity *e,
	struct tobs_view name, struct tobs_view value)
{
	static const char language[] = "language-";
	struct tobs_view word = value;

	switch (e->type) {
	case TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK:
		return tobs_view_eq_nocase(name, tobs_str("href")) ? text_set_url(s, e, value)
								   : TOBS_OK;
	case TOBS_MESSAGE_ENTITY_TYPE_CODE:
		if (!tobs_view_eq_nocase(name, tobs_str("class")) ||
			!tobs_view_starts(value, language))
			return TOBS_OK;
		e->language = kept(s, tobs_view_sub(word, strlen(language), SIZE_MAX));
		return e->language ? TOBS_OK : TOBS_ENOMEM;
	case TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI:
		if (!tobs_view_eq_nocase(name, tobs_str("emoji-id")))
			return TOBS_OK;
		e->custom_emoji_id = kept(s, value);
		return e->custom_emoji_id ? TOBS_OK : TOBS_ENOMEM;
	case TOBS_MESSAGE_ENTITY_TYPE_DATE_TIME:
		if (tobs_view_eq_nocase(name, tobs_str("unix")))
			e->has_unix_time = !tobs_view_int(
				value, INT64_MIN, INT64_MAX, &e->unix_time);
		if (!tobs_view_eq_nocase(name, tobs_str("format")))
			return TOBS_OK;
		e->date_time_format = kept(s, value);
		return e->date_time_format ? TOBS_OK : TOBS_ENOMEM;
	case TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE:
		if (tobs_view_eq_nocase(name, tobs_str("expandable")))
			e->type = TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE;
		return TOBS_OK;
	default: return TOBS_OK;
	}
}

/* Behind the name of a tag: its attributes and '>'. *ret_spoiler: one of them made it a spoiler. */
static int read_attributes(
	struct text_source *s, struct tobs_message_entity *e, size_t at, bool *ret_spoiler)
{
	for (;;) {
		struct tobs_view name, value = { NULL, 0 };
		int r = TOBS_OK;

		skip_spaces(s);
		if (text_peek(s, 0) == '>')
			break;
		name = read_name(s);
		if (!name.len)
			return text_fault(s, at, "a tag does not end");
		skip_spaces(s);
		if (text_peek(s, 0) == '=') {
			s->pos++;
			skip_spaces(s);
			r = read_value(s, &value);
		}
		if (tobs_view_eq_nocase(name, tobs_str("class")) &&
			tobs_view_is(value, "tg-spoiler"))
			*ret_spoiler = true;
		if (!r)
			r = use_attribute(s, e, name, value);
		if (r)
			return r;
	}
	s->pos++;
	return TOBS_OK;
}

static int start_tag(struct text_source *s)
{
	size_t at = s->pos;
	struct tobs_message_entity *e;
	const struct tag *tag;
	struct tobs_view name;
	bool spoiler = false;
	int r;

	s->pos++;
	name = read_name(s);
	tag = tag_of(name);
	if (!tag)
		return text_fault(s, at, "<%.*s> is no tag that Telegram knows",
			TOBS_VIEW_FMT(tobs_view_sub(name, 0, NAME_MAX)));
	e = text_begin_at(s, tag->type);
	if (!e)
		return s->out->err;
	s->at[s->out->depth - 1] = at;
	r = read_attributes(s, e, at, &spoiler);
	if (!r && !strcmp(tag->name, "span") && !spoiler)
		return text_fault(s, at, "<span> has to be of class tg-spoiler");
	if (!r && e->type == TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI && !e->custom_emoji_id)
		return text_fault(s, at, "<tg-emoji> has no emoji-id");
	return r;
}

/* <pre><code class="language-x">…</code></pre> is one entity. */
static void join_code(struct text_source *s, struct tobs_message_entity *e)
{
	struct tobs_text_builder *b = s->out;

	if (e->type == TOBS_MESSAGE_ENTITY_TYPE_PRE && e + 2 == b->entities + b->count &&
		e[1].type == TOBS_MESSAGE_ENTITY_TYPE_CODE && e[1].offset == e->offset &&
		e[1].offset + e[1].length == b->units) {
		e->language = e[1].language;
		b->count--;
	}
	/* A <code> elsewhere has no language. */
	if (e->type == TOBS_MESSAGE_ENTITY_TYPE_CODE &&
		(b->depth < 2 ||
			b->entities[b->open[b->depth - 2]].type != TOBS_MESSAGE_ENTITY_TYPE_PRE))
		e->language = NULL;
}

/* The name in the start tag at byte `at`. */
static struct tobs_view written_name(const struct text_source *s, size_t at)
{
	size_t from = at + 1, end = from;

	while (end < s->in.len && is_name(s->in.ptr[end]))
		end++;
	return tobs_view_sub(s->in, from, end - from);
}

static int end_tag(struct text_source *s)
{
	size_t at = s->pos;
	struct tobs_message_entity *e = builder_innermost(s->out);
	struct tobs_view name, begun;

	s->pos += 2;
	name = read_name(s);
	skip_spaces(s);
	if (text_peek(s, 0) != '>')
		return text_fault(s, at, "a tag does not end");
	s->pos++;
	if (!e)
		return text_fault(s, at, "a tag ends that has not begun");
	/* The server compares the names that were written: <b> is not ended by </strong>. */
	begun = written_name(s, s->at[s->out->depth - 1]);
	if (name.len && !tobs_view_eq_nocase(name, begun))
		return text_fault(s, at, "</%.*s> where </%.*s> should be",
			TOBS_VIEW_FMT(tobs_view_sub(name, 0, NAME_MAX)), TOBS_VIEW_FMT(begun));
	if (e->type == TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK && !e->url) {
		/* What it says is where it leads. */
		struct tobs_view all = tobs_view(s->out->text, s->out->len);
		size_t start = utf16_to_byte(all, 0, (size_t)e->offset);

		e->url = kept(s, tobs_view_sub(all, start, SIZE_MAX));
		if (!e->url)
			return TOBS_ENOMEM;
	}
	join_code(s, e);
	builder_close(s->out);
	return s->out->err;
}

int text_read_html(struct text_source *s)
{
	int r = TOBS_OK;

	while (!r && s->pos < s->in.len) {
		size_t from = s->pos, n;
		uint8_t c = text_peek(s, 0), bytes[4];
		uint32_t cp;

		if (c == '<') {
			r = text_peek(s, 1) == '/' ? end_tag(s) : start_tag(s);
			continue;
		}
		n = c == '&' ? read_reference(tobs_view_sub(s->in, from, SIZE_MAX), &cp) : 0;
		if (n) {
			tobs_text_addv(s->out, tobs_view(bytes, utf8_encode(cp, bytes)));
			s->pos += n;
			continue;
		}
		do
			s->pos++;
		while (s->pos < s->in.len && s->in.ptr[s->pos] != '<' && s->in.ptr[s->pos] != '&');
		tobs_text_addv(s->out, tobs_view_sub(s->in, from, s->pos - from));
		r = s->out->err;
	}
	if (!r && s->out->depth)
		return text_fault(s, s->at[s->out->depth - 1], "a tag has no end");
	return r;
}
