/* SPDX-License-Identifier: MIT */
/* Text in MarkdownV2, as TDLib's parse_markdown_v2() reads it. */
#include "base/attr.h"
#include "base/utf.h"
#include "bot/text.h"

/* Must be escaped where they mean nothing (core.telegram.org/bots/api, "MarkdownV2 style"). */
static const char reserved[] = "_*[]()~`>#+-=|{}.!";

static const struct mark {
	const char *begin, *end;
	enum tobs_message_entity_type type;
} marks[] = {
	{ "__", "__", TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE },
	{ "_", "_", TOBS_MESSAGE_ENTITY_TYPE_ITALIC },
	{ "*", "*", TOBS_MESSAGE_ENTITY_TYPE_BOLD },
	{ "~", "~", TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH },
	{ "||", "||", TOBS_MESSAGE_ENTITY_TYPE_SPOILER },
	{ "```", "```", TOBS_MESSAGE_ENTITY_TYPE_PRE },
	{ "`", "`", TOBS_MESSAGE_ENTITY_TYPE_CODE },
	{ "![", "]", TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI },
	{ "[", "]", TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK },
};

static bool is_code(const struct tobs_message_entity *e)
{
	return e &&
		(e->type == TOBS_MESSAGE_ENTITY_TYPE_CODE ||
			e->type == TOBS_MESSAGE_ENTITY_TYPE_PRE);
}

/* What ends it; NULL for a quote, which ends with its line. */
static const char *end_of(const struct tobs_message_entity *e)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (marks[i].type == e->type)
			return marks[i].end;
	return NULL;
}

static bool ends_here(const struct text_source *s, const struct tobs_message_entity *e)
{
	const char *end = e ? end_of(e) : NULL;

	/* "__" inside an italic is an underline that begins. */
	return end && text_at(s, end) &&
		!(e->type == TOBS_MESSAGE_ENTITY_TYPE_ITALIC && text_at(s, "__"));
}

static int no_end(struct text_source *s)
{
	return text_fault(s, s->at[s->out->depth - 1], "formatting that begins here has no end");
}

/* (…) behind a link's text; '\' escapes in it. */
static int read_target(struct text_source *s, struct tobs_view *ret)
{
	size_t from = s->pos++;
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, TOBS_TEXT_BYTES);
	while (s->pos < s->in.len && text_peek(s, 0) != ')') {
		s->pos += text_peek(s, 0) == '\\' && s->pos + 1 < s->in.len;
		tobs_buf_putc(&out, (char)text_peek(s, 0));
		s->pos++;
	}
	r = tobs_buf_err(&out);
	if (!r && s->pos >= s->in.len)
		r = text_fault(s, from, "the target of a link has no end");
	if (!r)
		r = tobs_arena_view(s->out->arena, tobs_buf_view(&out), ret);
	s->pos++;
	tobs_buf_deinit(&out);
	return r;
}

static int set_emoji(struct text_source *s, struct tobs_message_entity *e, struct tobs_view url)
{
	static const char emoji[] = "tg://emoji?id=", time[] = "tg://time?unix=";
	int64_t n;

	if (tobs_view_starts(url, time)) {
		struct tobs_view rest = tobs_view_sub(url, strlen(time), SIZE_MAX), part;

		e->type = TOBS_MESSAGE_ENTITY_TYPE_DATE_TIME;
		(void)tobs_view_split(&rest, '&', &part);
		if (tobs_view_int(part, INT64_MIN, INT64_MAX, &e->unix_time))
			return text_fault(s, s->pos, "a time that is none");
		e->has_unix_time = true;
		if (tobs_view_starts(rest, "format=")) {
			rest = tobs_view_sub(rest, strlen("format="), SIZE_MAX);
			e->date_time_format = tobs_arena_dup(s->out->arena, rest.ptr, rest.len);
			return e->date_time_format ? TOBS_OK : TOBS_ENOMEM;
		}
		return TOBS_OK;
	}
	if (!tobs_view_starts(url, emoji) ||
		tobs_view_int(
			tobs_view_sub(url, strlen(emoji), SIZE_MAX), INT64_MIN, INT64_MAX, &n))
		return text_fault(s, s->pos, "a custom emoji without tg://emoji?id=…");
	url = tobs_view_sub(url, strlen(emoji), SIZE_MAX);
	e->custom_emoji_id = tobs_arena_dup(s->out->arena, url.ptr, url.len);
	return e->custom_emoji_id ? TOBS_OK : TOBS_ENOMEM;
}

static int close_link(struct text_source *s, struct tobs_message_entity *e)
{
	struct tobs_view all = tobs_view(s->out->text, s->out->len);
	/* Without a target what it says is where it leads. */
	struct tobs_view url = tobs_view_sub(
		all, utf16_to_byte(all, 0, (size_t)e->offset), SIZE_MAX);
	bool link = e->type == TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK;
	int r = TOBS_OK;

	if (text_peek(s, 0) == '(')
		r = read_target(s, &url);
	else if (!link)
		return text_fault(s, s->pos, "a custom emoji without tg://emoji?id=…");
	if (!r)
		r = link ? text_set_url(s, e, url) : set_emoji(s, e, url);
	return r;
}

static int close_mark(struct text_source *s, struct tobs_message_entity *e)
{
	int r = TOBS_OK;

	s->pos += strlen(end_of(e));
	if (e->type == TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK ||
		e->type == TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI)
		r = close_link(s, e);
	builder_close(s->out);
	return r ? r : s->out->err;
}

/* The word behind ```, if its line ends there; the line feed is not part of the text. */
static int read_language(struct text_source *s, struct tobs_message_entity *e)
{
	size_t n = 0;

	while (text_peek(s, n) > ' ' && text_peek(s, n) != '`')
		n++;
	if (n && text_peek(s, n) == '\n') {
		e->language = tobs_arena_dup(s->out->arena, s->in.ptr + s->pos, n);
		s->pos += n + 1;
		return e->language ? TOBS_OK : TOBS_ENOMEM;
	}
	s->pos += text_peek(s, 0) == '\n';
	return TOBS_OK;
}

static int open_mark(struct text_source *s)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		struct tobs_message_entity *e;

		if (!text_at(s, marks[i].begin))
			continue;
		e = text_begin_at(s, marks[i].type);
		if (!e)
			return s->out->err;
		s->pos += strlen(marks[i].begin);
		return e->type == TOBS_MESSAGE_ENTITY_TYPE_PRE ? read_language(s, e) : TOBS_OK;
	}
	return text_fault(s, s->pos, "'%c' has to be escaped with '\\'", s->in.ptr[s->pos]);
}

/* ---- Quotes ------------------------------------------------------------------------ */

static bool in_quote(const struct text_source *s)
{
	return s->out->depth &&
		s->out->entities[s->out->open[0]].type == TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE;
}

static bool line_begins(const struct text_source *s)
{
	return s->pos == 0 || s->in.ptr[s->pos - 1] == '\n';
}

/* "||" at the end of a quote makes it one that can be unfolded. */
static bool ends_expandable(const struct text_source *s)
{
	return in_quote(s) && s->out->depth == 1 && text_at(s, "||") &&
		(s->pos + 2 >= s->in.len || (text_peek(s, 2) == '\n' && text_peek(s, 3) != '>'));
}

/* At the end of a line: the quote goes on if the next line begins with '>'. */
static int end_line(struct text_source *s)
{
	if (text_peek(s, 1) == '>') {
		tobs_text_addv(s->out, tobs_str("\n"));
		s->pos += 2;
		return s->out->err;
	}
	if (s->out->depth > 1)
		return no_end(s);
	builder_close(s->out);
	return s->out->err;
}

static int close_expandable(struct text_source *s)
{
	s->out->entities[s->out->open[0]].type = TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE;
	s->pos += 2;
	builder_close(s->out);
	return s->out->err;
}

/* ---- The whole ---------------------------------------------------------------------- */

/* What stands for itself, up to what might not. */
static int plain_run(struct text_source *s, bool code)
{
	const char *stops = code ? "`\\\n" : "_*[]()~`>#+-=|{}.!\\\n";
	size_t from = s->pos++;

	while (s->pos < s->in.len && (!s->in.ptr[s->pos] || !strchr(stops, s->in.ptr[s->pos])))
		s->pos++;
	tobs_text_addv(s->out, tobs_view_sub(s->in, from, s->pos - from));
	return s->out->err;
}

static int step(struct text_source *s)
{
	struct tobs_message_entity *e = builder_innermost(s->out);
	uint8_t c = text_peek(s, 0), next = text_peek(s, 1);

	if (c == '\\' && next > 0 && next < 127) {
		tobs_text_addv(s->out, tobs_view_sub(s->in, s->pos + 1, 1));
		s->pos += 2;
		return s->out->err;
	}
	if (c == '\n' && in_quote(s))
		return end_line(s);
	if (ends_expandable(s))
		return close_expandable(s);
	if (is_code(e) ? c != '`' : !c || !strchr(reserved, c))
		return plain_run(s, is_code(e));
	if (ends_here(s, e))
		return close_mark(s, e);
	if (is_code(e))
		return plain_run(s, true);
	if (!s->out->depth && line_begins(s) && (c == '>' || text_at(s, "**>"))) {
		if (!text_begin_at(s, TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE))
			return s->out->err;
		s->pos += c == '>' ? 1 : 3;
		return TOBS_OK;
	}
	return open_mark(s);
}

int text_read_markdown(struct text_source *s)
{
	int r = TOBS_OK;

	while (!r && s->pos < s->in.len)
		r = step(s);
	if (!r && in_quote(s) && s->out->depth == 1)
		builder_close(s->out);
	return !r && s->out->depth ? no_end(s) : r;
}
