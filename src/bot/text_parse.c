/* SPDX-License-Identifier: MIT */
/* Text with markup: what HTML and MarkdownV2 have in common. */
#include "bot/text.h"

int text_fault(struct text_source *s, size_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tobs_vfail(s->err, TOBS_EINVAL, fmt, ap);
	va_end(ap);
	if (s->err)
		s->err->offset = (int64_t)at;
	return TOBS_EINVAL;
}

struct tobs_message_entity *text_begin_at(struct text_source *s, enum tobs_message_entity_type type)
{
	struct tobs_message_entity *e = builder_open(s->out, type);

	if (e)
		s->at[s->out->depth - 1] = s->pos;
	return e;
}

int text_set_url(struct text_source *s, struct tobs_message_entity *e, struct tobs_view url)
{
	static const char user[] = "tg://user?id=";
	int64_t id;

	if (tobs_view_starts(url, user) &&
		!tobs_view_int(tobs_view_sub(url, strlen(user), SIZE_MAX), 1, INT64_MAX, &id)) {
		builder_set_user(s->out, e, id);
		return s->out->err;
	}
	e->url = tobs_arena_dup(s->out->arena, url.ptr, url.len);
	return e->url ? TOBS_OK : TOBS_ENOMEM;
}

int tobs_text_parse(enum tobs_parse_mode mode, struct tobs_view source, struct tobs_arena *arena,
	struct tobs_formatted *ret, struct tobs_err *err)
{
	struct tobs_text_builder b;
	struct text_source s = { .in = source, .out = &b, .err = err };
	int r;

	tobs_text_init(&b, arena);
	switch (mode) {
	case TOBS_PARSE_MODE_NONE:
		tobs_text_addv(&b, source);
		r = TOBS_OK;
		break;
	case TOBS_PARSE_MODE_HTML: r = text_read_html(&s); break;
	case TOBS_PARSE_MODE_MARKDOWN_V2: r = text_read_markdown(&s); break;
	default: return tobs_fail(err, TOBS_EINVAL, "only HTML and MarkdownV2 can be read");
	}
	if (!r)
		r = tobs_text_done(&b, ret);
	if (r && r != TOBS_EINVAL)
		tobs_fail(err, r, "reading a text: %s", tobs_error_text(r));
	return r;
}
