/* SPDX-License-Identifier: MIT */
/* The old Markdown, read as TDLib's parse_markdown() does: nothing is nested. */
#include "base/attr.h"
#include "sim/bot_text.h"

static bool at(const struct text_parser *p, size_t i, const char *s)
{
	return tobs_view_starts(tobs_view_sub(p->in, i, SIZE_MAX), s);
}

static int no_end(struct text_parser *p, size_t from)
{
	return bot_fail(p->c, 400,
		"can't parse entities: Can't find end of the entity starting at byte offset %zu",
		from);
}

/* The word behind ``` at the beginning of a line of its own. */
static struct tobs_view language(struct text_parser *p)
{
	size_t from = p->pos, end = from;

	while (end < p->in.len && p->in.ptr[end] > ' ' && p->in.ptr[end] != '`')
		end++;
	if (end == from || end >= p->in.len || p->in.ptr[end] != '\n')
		return (struct tobs_view){ NULL, 0 };
	p->pos = end;
	return tobs_view_sub(p->in, from, end - from);
}

/* (url) behind a link's text. */
static void read_target(struct text_parser *p, struct text_mark *m)
{
	size_t from = p->pos + 1, end;

	if (!at(p, p->pos, "("))
		return;
	end = tobs_view_find(p->in, from, tobs_str(")"));
	if (end == SIZE_MAX)
		end = p->in.len;
	text_target(p, m, tobs_view_sub(p->in, from, end - from));
	p->pos = MIN(end + 1, p->in.len);
}

static int entity(struct text_parser *p)
{
	size_t from = p->pos, end;
	const char *mark = p->in.ptr[from] == '_' ? "_"
		: p->in.ptr[from] == '*'          ? "*"
		: p->in.ptr[from] == '['          ? "]"
		: at(p, from, "```")              ? "```"
						  : "`";
	uint32_t id = *mark == '_' ? TL_messageEntityItalic
		: *mark == '*'     ? TL_messageEntityBold
		: *mark == ']'     ? TL_messageEntityTextUrl
		: mark[1]          ? TL_messageEntityPre
				   : TL_messageEntityCode;
	struct text_mark *m = text_open(p, id, from);
	int r;

	if (!m)
		return TOBS_ERPC;
	p->pos += strlen(mark);
	if (id == TL_messageEntityPre) {
		m->arg = language(p);
		if (at(p, p->pos, "\n"))
			p->pos++;
	}
	end = tobs_view_find(p->in, p->pos, tobs_str(mark));
	if (end == SIZE_MAX)
		return no_end(p, from);
	r = text_put(p, tobs_view_sub(p->in, p->pos, end - p->pos));
	p->pos = end + strlen(mark);
	if (id == TL_messageEntityTextUrl)
		read_target(p, m);
	return r ? r : text_close(p);
}

int text_markdown(struct text_parser *p)
{
	int r = TOBS_OK;

	while (!r && p->pos < p->in.len) {
		uint8_t c = p->in.ptr[p->pos],
			next = p->pos + 1 < p->in.len ? p->in.ptr[p->pos + 1] : 0;
		size_t from = p->pos;

		if (c == '\\' && next && strchr("_*`[", next)) {
			r = text_put(p, tobs_view_sub(p->in, p->pos + 1, 1));
			p->pos += 2;
			continue;
		}
		if (strchr("_*`[", c) && c) {
			r = entity(p);
			continue;
		}
		do
			p->pos++;
		while (p->pos < p->in.len && !strchr("\\_*`[", p->in.ptr[p->pos]));
		r = text_put(p, tobs_view_sub(p->in, from, p->pos - from));
	}
	return r;
}
