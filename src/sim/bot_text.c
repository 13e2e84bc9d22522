/* SPDX-License-Identifier: MIT */
#include "sim/bot_text.h"

#include "base/attr.h"
#include "base/utf.h"
#include "sim/text.h"

enum { TEXT_MAX = 1 << 22, ENTITIES_MAX = 1024 };

/* ---- for the parsers ---- */

int text_put(struct text_parser *p, struct tobs_view bytes)
{
	p->units += (int32_t)utf16_len(bytes);
	return tobs_buf_putv(&p->out, bytes) ? bot_no_memory(p->c) : TOBS_OK;
}

struct text_mark *text_open(struct text_parser *p, uint32_t id, size_t at)
{
	struct text_mark *m;

	if (p->depth == BOT_NESTED_MAX) {
		bot_fail(p->c, 400, "can't parse entities: Entities are nested too deeply");
		return NULL;
	}
	m = &p->open[p->depth++];
	*m = (struct text_mark){ .id = id, .units = p->units, .at = at, .text_at = p->out.len };
	return m;
}

int text_close(struct text_parser *p)
{
	struct text_mark *m = &p->open[--p->depth];

	m->length = p->units - m->units;
	if (m->length <= 0 || !m->id)
		return TOBS_OK;
	if (p->closed.count >= ENTITIES_MAX)
		return TOBS_OK;
	return ARRAY_PUSH(&p->closed, *m) ? bot_no_memory(p->c) : TOBS_OK;
}

void text_target(struct text_parser *p, struct text_mark *m, struct tobs_view url)
{
	static const char user[] = "tg://user?id=";
	int64_t id;

	if (tobs_view_starts(url, user) &&
		!tobs_view_int(tobs_view_sub(url, strlen(user), SIZE_MAX), 1, INT64_MAX, &id) &&
		sim_user(p->c->world, id)) {
		m->id = TL_messageEntityMentionName;
		m->number = id;
		return;
	}
	m->arg = url;
}

/* ---- entities ---- */

/* A link without a scheme is one to http; without a host it is none. */
static struct tobs_view whole_link(struct bot_call *c, struct tobs_view url)
{
	char *s;

	if (tobs_view_find(url, 0, tobs_str("://")) != SIZE_MAX)
		return url;
	if (tobs_view_find(url, 0, tobs_str(".")) == SIZE_MAX ||
		tobs_view_find(url, 0, tobs_str(" ")) != SIZE_MAX)
		return (struct tobs_view){ NULL, 0 };
	s = tobs_arena_printf(&c->arena, "http://%.*s", TOBS_VIEW_FMT(url));
	return tobs_str(s);
}

/* *ret is NULL for a link that leads nowhere. */
static int entity_of(
	struct bot_call *c, const struct text_mark *m, const union tl_MessageEntity **ret)
{
	union tl_MessageEntity *e = sim_entity_new(&c->arena, m->id, m->units, m->length);

	*ret = e;
	if (!e)
		return bot_no_memory(c);
	switch (m->id) {
	case TL_messageEntityTextUrl:
		e->messageEntityTextUrl.url = whole_link(c, m->arg);
		if (!e->messageEntityTextUrl.url.len)
			*ret = NULL;
		break;
	case TL_messageEntityPre: e->messageEntityPre.language = m->arg; break;
	case TL_messageEntityMentionName: e->messageEntityMentionName.user_id = m->number; break;
	case TL_messageEntityCustomEmoji:
		e->messageEntityCustomEmoji.document_id = m->number;
		break;
	case TL_messageEntityBlockquote: e->messageEntityBlockquote.collapsed = m->collapsed; break;
	default: break;
	}
	return TOBS_OK;
}

static const uint32_t ids[] = {
	[TOBS_MESSAGE_ENTITY_TYPE_BOLD] = TL_messageEntityBold,
	[TOBS_MESSAGE_ENTITY_TYPE_ITALIC] = TL_messageEntityItalic,
	[TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE] = TL_messageEntityUnderline,
	[TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH] = TL_messageEntityStrike,
	[TOBS_MESSAGE_ENTITY_TYPE_SPOILER] = TL_messageEntitySpoiler,
	[TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE] = TL_messageEntityBlockquote,
	[TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE] = TL_messageEntityBlockquote,
	[TOBS_MESSAGE_ENTITY_TYPE_CODE] = TL_messageEntityCode,
	[TOBS_MESSAGE_ENTITY_TYPE_PRE] = TL_messageEntityPre,
	[TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK] = TL_messageEntityTextUrl,
	[TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION] = TL_messageEntityMentionName,
	[TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI] = TL_messageEntityCustomEmoji,
	[TOBS_MESSAGE_ENTITY_TYPE_DATE_TIME] = 0,
};

static int given_entity(struct text_parser *p, const struct tobs_message_entity *e, int64_t whole)
{
	struct text_mark m = { .id = ids[e->type] };
	int64_t n;

	if (e->offset < 0 || e->length < 0)
		return bot_fail(p->c, 400, "can't parse entities: entity has a negative %s",
			e->offset < 0 ? "offset" : "length");
	if (e->offset + e->length > whole)
		return bot_fail(p->c, 400,
			"entity beginning at UTF-16 offset %lld ends after the end of the text at "
			"UTF-16 offset %lld",
			(long long)e->offset, (long long)(e->offset + e->length));
	/* Those that Telegram finds itself are not believed; empty ones are passed over. */
	if (!m.id || !e->length)
		return TOBS_OK;
	m.units = (int32_t)e->offset;
	m.length = (int32_t)e->length;
	m.collapsed = e->type == TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE;
	m.arg = tobs_str(e->type == TOBS_MESSAGE_ENTITY_TYPE_PRE ? e->language : e->url);
	if (e->user)
		m.number = e->user->id;
	if (e->type == TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION && !sim_user(p->c->world, m.number))
		return TOBS_OK;
	if (e->custom_emoji_id &&
		!tobs_view_int(tobs_str(e->custom_emoji_id), INT64_MIN, INT64_MAX, &n))
		m.number = n;
	return ARRAY_PUSH(&p->closed, m) ? bot_no_memory(p->c) : TOBS_OK;
}

static int plain(struct text_parser *p, const struct tobs_message_entity_array *entities)
{
	int r = text_put(p, p->in);

	for (size_t i = 0; !r && entities && i < entities->count; i++)
		r = given_entity(p, &entities->items[i], p->units);
	return r;
}

/* ---- the whole ---- */

enum tobs_parse_mode bot_mode_of(struct json_value from)
{
	struct tobs_view v = { NULL, 0 };

	(void)json_get_str(json_field(from, "parse_mode"), &v);
	return tobs_view_eq_nocase(v, tobs_str("html"))          ? TOBS_PARSE_MODE_HTML
		: tobs_view_eq_nocase(v, tobs_str("markdownv2")) ? TOBS_PARSE_MODE_MARKDOWN_V2
		: tobs_view_eq_nocase(v, tobs_str("markdown"))   ? TOBS_PARSE_MODE_MARKDOWN
								 : TOBS_PARSE_MODE_NONE;
}

size_t bot_text_units(struct tobs_view text)
{
	return utf16_len(text);
}

bool bot_text_too_long(struct tobs_view text, bool caption)
{
	enum { MESSAGE_UNITS = 4096, CAPTION_UNITS = 1024 };

	return utf16_len(text) > (caption ? CAPTION_UNITS : MESSAGE_UNITS);
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Cuts the spaces at both ends; entities move, and what is left of them stays. */
static void trim(struct text_parser *p, struct tobs_view *text)
{
	size_t from = 0, to = text->len;
	int32_t front, length;

	while (to > from && is_space(text->ptr[to - 1]))
		to--;
	while (from < to && is_space(text->ptr[from]))
		from++;
	if (from == 0 && to == text->len)
		return;
	*text = tobs_view_sub(*text, from, to - from);
	front = (int32_t)from; /* spaces are one unit each */
	length = (int32_t)utf16_len(*text);
	ARRAY_EACH (m, &p->closed) {
		int32_t end = MIN(m->units + m->length - front, length);

		m->units = MAX(m->units - front, 0);
		m->length = end - m->units;
	}
}

static int make_entities(struct text_parser *p, struct bot_text *ret)
{
	const union tl_MessageEntity **list;
	uint32_t n = 0;
	int r = TOBS_OK;

	if (!p->closed.count)
		return TOBS_OK;
	list = tobs_arena_array(&p->c->arena, p->closed.count, sizeof *list);
	if (!list)
		return bot_no_memory(p->c);
	for (size_t i = 0; i < p->closed.count && !r; i++) {
		if (p->closed.items[i].length <= 0)
			continue;
		r = entity_of(p->c, &p->closed.items[i], &list[n]);
		n += !r && list[n];
	}
	ret->entities = (struct tl_vec_MessageEntity){ n, list };
	return r;
}

int bot_text_read(struct bot_call *c, const char *text, enum tobs_parse_mode mode,
	const struct tobs_message_entity_array *entities, struct bot_text *ret)
{
	struct text_parser p;
	int r;

	/* Most of it is the stack of open marks, which needs no zeros. */
	p.c = c;
	p.in = tobs_str(text);
	p.pos = p.depth = 0;
	p.units = 0;
	memset(&p.closed, 0, sizeof p.closed);
	tobs_buf_init(&p.out, TEXT_MAX);
	switch (mode) {
	case TOBS_PARSE_MODE_HTML: r = text_html(&p); break;
	case TOBS_PARSE_MODE_MARKDOWN_V2: r = text_markdown2(&p); break;
	case TOBS_PARSE_MODE_MARKDOWN: r = text_markdown(&p); break;
	default: r = plain(&p, entities); break;
	}
	*ret = (struct bot_text){ .text = { NULL, 0 } };
	if (!r && tobs_arena_view(&c->arena, tobs_buf_view(&p.out), &ret->text))
		r = bot_no_memory(c);
	if (!r)
		trim(&p, &ret->text);
	if (!r)
		r = make_entities(&p, ret);
	if (!r && sim_text_find(ret->text, &ret->entities, &c->arena))
		r = bot_no_memory(c);
	tobs_buf_deinit(&p.out);
	ARRAY_DEINIT(&p.closed);
	return r;
}
