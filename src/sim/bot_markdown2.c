/* SPDX-License-Identifier: MIT */
/* MarkdownV2, read as TDLib's parse_markdown_v2() does. */
#include "base/attr.h"
#include "sim/bot_text.h"

static const char reserved[] = "_*[]()~`>#+-=|{}.!";

static bool at(const struct text_parser *p, const char *s)
{
	return tobs_view_starts(tobs_view_sub(p->in, p->pos, SIZE_MAX), s);
}

static struct text_mark *innermost(struct text_parser *p)
{
	return p->depth ? &p->open[p->depth - 1] : NULL;
}

/* As TDLib prints the types of its entities. */
static const char *name_of(uint32_t id)
{
	switch (id) {
	case TL_messageEntityBold: return "Bold";
	case TL_messageEntityItalic: return "Italic";
	case TL_messageEntityUnderline: return "Underline";
	case TL_messageEntityStrike: return "Strikethrough";
	case TL_messageEntitySpoiler: return "Spoiler";
	case TL_messageEntityCode: return "Code";
	case TL_messageEntityPre: return "Pre";
	case TL_messageEntityTextUrl: return "TextUrl";
	case TL_messageEntityCustomEmoji: return "CustomEmoji";
	default: return "BlockQuote";
	}
}

static int no_end(struct text_parser *p)
{
	const struct text_mark *m = innermost(p);

	return bot_fail(p->c, 400,
		"can't parse entities: Can't find end of %s entity at byte offset %zu",
		name_of(m->id), m->at);
}

static bool is_code(const struct text_mark *m)
{
	return m && (m->id == TL_messageEntityCode || m->id == TL_messageEntityPre);
}

/* The mark that ends an open one. */
static const char *end_of(const struct text_mark *m)
{
	switch (m->id) {
	case TL_messageEntityBold: return "*";
	case TL_messageEntityItalic: return "_";
	case TL_messageEntityUnderline: return "__";
	case TL_messageEntityStrike: return "~";
	case TL_messageEntitySpoiler: return "||";
	case TL_messageEntityCode: return "`";
	case TL_messageEntityPre: return "```";
	case TL_messageEntityTextUrl:
	case TL_messageEntityCustomEmoji: return "]";
	default: return NULL; /* a quote ends with its line */
	}
}

static bool ends(const struct text_parser *p, const struct text_mark *m)
{
	const char *end = m ? end_of(m) : NULL;

	if (!end || !at(p, end))
		return false;
	/* "__" inside an italic is an underline that begins. */
	return m->id != TL_messageEntityItalic || !at(p, "__");
}

/* (url) behind "]"; '\' escapes in it. */
static int read_target(struct text_parser *p, struct tobs_view *ret)
{
	size_t from = ++p->pos;
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, p->in.len + 1);
	while (p->pos < p->in.len && p->in.ptr[p->pos] != ')') {
		if (p->in.ptr[p->pos] == '\\' && p->pos + 1 < p->in.len)
			p->pos++;
		tobs_buf_putc(&out, (char)p->in.ptr[p->pos++]);
	}
	r = tobs_buf_err(&out) || tobs_arena_view(&p->c->arena, tobs_buf_view(&out), ret)
		? bot_no_memory(p->c)
		: TOBS_OK;
	tobs_buf_deinit(&out);
	if (!r && p->pos >= p->in.len)
		return bot_fail(p->c, 400,
			"can't parse entities: Can't find end of a URL at byte offset %zu", from);
	p->pos++;
	return r;
}

static int close_link(struct text_parser *p, struct text_mark *m)
{
	static const char emoji[] = "tg://emoji?id=";
	struct tobs_view url = tobs_view_sub(tobs_buf_view(&p->out), m->text_at, SIZE_MAX);
	int r = TOBS_OK;

	if (at(p, "("))
		r = read_target(p, &url);
	else if (m->id == TL_messageEntityCustomEmoji)
		return bot_fail(p->c, 400,
			"can't parse entities: Custom emoji entity must contain a tg://emoji URL");
	else if (tobs_arena_view(&p->c->arena, url, &url))
		return bot_no_memory(p->c);
	if (r)
		return r;
	if (m->id == TL_messageEntityTextUrl) {
		text_target(p, m, url);
		return text_close(p);
	}
	if (!tobs_view_starts(url, emoji) ||
		tobs_view_int(tobs_view_sub(url, strlen(emoji), SIZE_MAX), INT64_MIN, INT64_MAX,
			&m->number))
		return bot_fail(p->c, 400,
			"can't parse entities: Invalid custom emoji identifier specified");
	return text_close(p);
}

static int close_mark(struct text_parser *p, struct text_mark *m)
{
	p->pos += strlen(end_of(m));
	if (m->id == TL_messageEntityTextUrl || m->id == TL_messageEntityCustomEmoji)
		return close_link(p, m);
	return text_close(p);
}

/* The word behind ```, if its line ends there. */
static struct tobs_view language(struct text_parser *p)
{
	size_t from = p->pos, end = from;

	while (end < p->in.len && p->in.ptr[end] > ' ' && p->in.ptr[end] != '`')
		end++;
	if (end > from && end < p->in.len && p->in.ptr[end] == '\n') {
		p->pos = end + 1;
		return tobs_view_sub(p->in, from, end - from);
	}
	if (at(p, "\n"))
		p->pos++;
	return (struct tobs_view){ NULL, 0 };
}

static int open_mark(struct text_parser *p)
{
	static const struct {
		const char *mark;
		uint32_t id;
	} marks[] = {
		{ "__", TL_messageEntityUnderline },
		{ "_", TL_messageEntityItalic },
		{ "*", TL_messageEntityBold },
		{ "~", TL_messageEntityStrike },
		{ "||", TL_messageEntitySpoiler },
		{ "![", TL_messageEntityCustomEmoji },
		{ "[", TL_messageEntityTextUrl },
		{ "```", TL_messageEntityPre },
		{ "`", TL_messageEntityCode },
	};
	struct text_mark *m;

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (!at(p, marks[i].mark))
			continue;
		m = text_open(p, marks[i].id, p->pos);
		if (!m)
			return TOBS_ERPC;
		p->pos += strlen(marks[i].mark);
		if (m->id == TL_messageEntityPre)
			m->arg = language(p);
		return TOBS_OK;
	}
	return bot_fail(p->c, 400,
		"can't parse entities: Character '%c' is reserved and must be escaped with the "
		"preceding '\\'",
		p->in.ptr[p->pos]);
}

static bool in_quote(const struct text_parser *p)
{
	return p->depth && p->open[0].id == TL_messageEntityBlockquote;
}

/* At the end of a line: the quote goes on if the next line begins with '>'. */
static int end_line(struct text_parser *p)
{
	int r;

	if (p->pos + 1 < p->in.len && p->in.ptr[p->pos + 1] == '>') {
		r = text_put(p, tobs_str("\n"));
		p->pos += 2;
		return r;
	}
	if (p->depth > 1)
		return no_end(p);
	return text_close(p);
}

/* "||" at the end of a quote makes it one that can be unfolded. */
static bool ends_expandable(const struct text_parser *p)
{
	size_t next = p->pos + 2;

	return in_quote(p) && p->depth == 1 && at(p, "||") &&
		(next >= p->in.len ||
			(p->in.ptr[next] == '\n' &&
				!(next + 1 < p->in.len && p->in.ptr[next + 1] == '>')));
}

static bool line_begins(const struct text_parser *p)
{
	return p->pos == 0 || p->in.ptr[p->pos - 1] == '\n';
}

/* What stands for itself, up to what might not. */
static int plain_run(struct text_parser *p, const struct text_mark *m)
{
	const char *stops = is_code(m) ? "`\\\n" : "_*[]()~`>#+-=|{}.!\\\n";
	size_t from = p->pos++;

	while (p->pos < p->in.len && !strchr(stops, p->in.ptr[p->pos]))
		p->pos++;
	return text_put(p, tobs_view_sub(p->in, from, p->pos - from));
}

static int step(struct text_parser *p)
{
	struct text_mark *m = innermost(p);
	uint8_t c = p->in.ptr[p->pos];
	size_t from = p->pos;

	if (c == '\\' && p->pos + 1 < p->in.len && p->in.ptr[p->pos + 1] > 0 &&
		p->in.ptr[p->pos + 1] < 127) {
		p->pos += 2;
		return text_put(p, tobs_view_sub(p->in, from + 1, 1));
	}
	if (c == '\n' && in_quote(p))
		return end_line(p);
	if (ends_expandable(p)) {
		p->pos += 2;
		p->open[0].collapsed = true;
		return text_close(p);
	}
	if (is_code(m) ? c != '`' : !strchr(reserved, c))
		return plain_run(p, m);
	if (ends(p, m))
		return close_mark(p, m);
	if (is_code(m))
		return plain_run(p, m);
	if (!p->depth && line_begins(p) && (c == '>' || at(p, "**>"))) {
		p->pos += c == '>' ? 1 : 3;
		return text_open(p, TL_messageEntityBlockquote, from) ? TOBS_OK : TOBS_ERPC;
	}
	return open_mark(p);
}

int text_markdown2(struct text_parser *p)
{
	int r = TOBS_OK;

	while (!r && p->pos < p->in.len)
		r = step(p);
	if (!r && in_quote(p) && p->depth == 1)
		r = text_close(p);
	return !r && p->depth ? no_end(p) : r;
}
