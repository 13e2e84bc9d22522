/* SPDX-License-Identifier: MIT */
/*
 * Text and entities. Desktop writes a text as a run of parts, each with at most
 * one kind of formatting:
 *
 *     ["See ", {"type": "bold", "text": "this"}, {"type": "link", "text": "t.me/x"}, ""]
 */
#include "base/attr.h"
#include "base/utf.h"
#include "sim/desktop.h"

enum { TEXT_MAX = 16 << 20 };

static const struct {
	const char *type;
	uint32_t ctor; /* 0: plain */
} kinds[] = {
	{ "plain", 0 },
	{ "mention", TL_messageEntityMention },
	{ "hashtag", TL_messageEntityHashtag },
	{ "cashtag", TL_messageEntityCashtag },
	{ "bot_command", TL_messageEntityBotCommand },
	{ "link", TL_messageEntityUrl },
	{ "email", TL_messageEntityEmail },
	{ "phone", TL_messageEntityPhone },
	{ "bank_card", TL_messageEntityBankCard },
	{ "bold", TL_messageEntityBold },
	{ "italic", TL_messageEntityItalic },
	{ "underline", TL_messageEntityUnderline },
	{ "strikethrough", TL_messageEntityStrike },
	{ "spoiler", TL_messageEntitySpoiler },
	{ "code", TL_messageEntityCode },
	{ "pre", TL_messageEntityPre },
	{ "blockquote", TL_messageEntityBlockquote },
	{ "text_link", TL_messageEntityTextUrl },
	{ "mention_name", TL_messageEntityMentionName },
	{ "custom_emoji", TL_messageEntityCustomEmoji },
	{ "unknown", TL_messageEntityUnknown },
};

/* What a part has besides its text. */
static int set_extra(struct desktop *d, struct json_value part, struct tobs_view text,
	union tl_MessageEntity *e, struct tobs_err *err)
{
	struct tobs_view v = { 0 };
	bool on = false;
	int r = TOBS_OK;

	switch (e->ctor) {
	case TL_messageEntityTextUrl:
		r = desktop_str(part, "href", &v, err);
		e->messageEntityTextUrl.url = sim_keep(d->w, v);
		break;
	case TL_messageEntityPre:
		r = desktop_str(part, "language", &v, err);
		e->messageEntityPre.language = sim_keep(d->w, v);
		break;
	case TL_messageEntityBlockquote:
		r = desktop_bool(part, "collapsed", &on, err);
		e->messageEntityBlockquote.collapsed = on;
		break;
	case TL_messageEntityMentionName:
		r = desktop_int(
			part, "user_id", 0, INT64_MAX, &e->messageEntityMentionName.user_id, err);
		if (!r && e->messageEntityMentionName.user_id)
			r = desktop_user(d, e->messageEntityMentionName.user_id, text, NULL, err);
		break;
	case TL_messageEntityCustomEmoji:
		r = desktop_str(part, "document_id", &v, err);
		if (!r)
			r = desktop_emoji(
				d, v, text, &e->messageEntityCustomEmoji.document_id, err);
		break;
	default: break;
	}
	return r;
}

static uint32_t entity_of(struct desktop *d, struct tobs_view type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (tobs_view_is(type, kinds[i].type))
			return kinds[i].ctor;
	d->not_known++;
	return TL_messageEntityUnknown;
}

static int add_entity(struct desktop *d, struct json_value part, struct tobs_view type,
	struct tobs_view text, size_t offset, struct tl_vec_MessageEntity *out,
	const union tl_MessageEntity **items, struct tobs_err *err)
{
	uint32_t ctor = entity_of(d, type);
	union tl_MessageEntity *e;
	size_t length = utf16_len(text);

	if (!ctor || !length)
		return TOBS_OK;
	e = tobs_arena_zalloc(&d->w->arena, sizeof *e);
	if (!e)
		return desktop_no_memory(err);
	e->ctor = ctor;
	/* Flags come first in the one that has them. */
	if (ctor == TL_messageEntityBlockquote) {
		e->messageEntityBlockquote.offset = (int32_t)offset;
		e->messageEntityBlockquote.length = (int32_t)length;
	} else {
		e->messageEntityBold.offset = (int32_t)offset;
		e->messageEntityBold.length = (int32_t)length;
	}
	items[out->count++] = e;
	return set_extra(d, part, text, e, err);
}

static int add_part(struct desktop *d, struct json_value part, struct tobs_buf *text, size_t *units,
	struct tl_vec_MessageEntity *out, const union tl_MessageEntity **items,
	struct tobs_err *err)
{
	struct tobs_view run = { 0 }, type = { 0 };
	int r = TOBS_OK;

	if (json_is_string(part)) {
		(void)json_get_str(part, &run);
	} else if (json_is_object(part)) {
		r = desktop_str(part, "text", &run, err);
		if (!r)
			r = desktop_str(part, "type", &type, err);
		if (!r && type.len)
			r = add_entity(d, part, type, run, *units, out, items, err);
	} else {
		r = json_fail(err, TOBS_EMALFORMED, "is of type %s, must be a string or an object",
			json_type_name(json_type(part)));
	}
	if (r)
		return r;
	*units += utf16_len(run);
	return tobs_buf_putv(text, run) ? desktop_no_memory(err) : TOBS_OK;
}

static int read_parts(struct desktop *d, struct json_value v, struct tobs_buf *text,
	struct tl_vec_MessageEntity *out, struct tobs_err *err)
{
	const union tl_MessageEntity **items = TOBS_ARENA_ARRAY(
		&d->w->arena, json_count(v) + 1, const union tl_MessageEntity *);
	size_t units = 0, i = 0;

	if (!items)
		return desktop_no_memory(err);
	JSON_EACH (it, v) {
		int r = add_part(d, it.value, text, &units, out, items, err);

		if (r)
			return json_at_index(err, i, r);
		i++;
	}
	if (out->count)
		out->items = items;
	return TOBS_OK;
}

int desktop_text(struct desktop *d, struct json_value v, struct tobs_view *ret,
	struct tl_vec_MessageEntity *ret_entities, struct tobs_err *err)
{
	struct tobs_view plain = { 0 };
	struct tobs_buf text;
	int r;

	*ret_entities = (struct tl_vec_MessageEntity){ 0 };
	if (json_is_missing(v) || json_is_null(v) || json_is_string(v)) {
		(void)json_get_str(v, &plain);
		*ret = sim_keep(d->w, plain);
		return ret->len == plain.len ? TOBS_OK : desktop_no_memory(err);
	}
	if (!json_is_array(v))
		return json_fail(err, TOBS_EMALFORMED,
			"is of type %s, must be a string or an array",
			json_type_name(json_type(v)));
	tobs_buf_init(&text, TEXT_MAX);
	r = read_parts(d, v, &text, ret_entities, err);
	if (!r) {
		*ret = sim_keep(d->w, tobs_buf_view(&text));
		r = ret->len == text.len ? TOBS_OK : desktop_no_memory(err);
	}
	tobs_buf_deinit(&text);
	return r;
}

int desktop_text_object(struct desktop *d, struct json_value v,
	const struct tl_textWithEntities **ret, struct tobs_err *err)
{
	struct tl_textWithEntities *t = SIM_NEW(&d->w->arena, textWithEntities);

	if (!t)
		return desktop_no_memory(err);
	*ret = t;
	return desktop_text(d, v, &t->text, &t->entities, err);
}
