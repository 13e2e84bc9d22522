/* SPDX-License-Identifier: MIT */
/* Somebody picks a result of an inline query: it becomes a message sent via the bot. */
#include "base/attr.h"
#include "botapi/decode.h"
#include "sim/bot_media.h"
#include "sim/bot_server.h"
#include "sim/inner.h"
#include "sim/question.h"

/* ---- places and people ---- */

static double number(struct json_value v, const char *name)
{
	double d = 0;

	(void)json_get_double(json_field(v, name), &d);
	return d;
}

static struct tobs_view text(struct json_value v, const char *name)
{
	struct tobs_view s = { NULL, 0 };

	(void)json_get_str(json_field(v, name), &s);
	return s;
}

static const union tl_GeoPoint *point(struct bot_call *c, struct json_value v)
{
	struct tl_geoPoint *g = SIM_NEW(&c->arena, geoPoint);

	if (g) {
		g->lat = number(v, "latitude");
		g->long_ = number(v, "longitude");
	}
	return (const void *)g;
}

/* By which members are there: a contact, a venue, or a place. */
static const union tl_MessageMedia *thing(struct bot_call *c, struct json_value v)
{
	struct tl_messageMediaContact *contact;
	struct tl_messageMediaVenue *venue;
	struct tl_messageMediaGeo *geo;

	if (!json_is_missing(json_field(v, "phone_number"))) {
		contact = SIM_NEW(&c->arena, messageMediaContact);
		if (contact) {
			contact->phone_number = text(v, "phone_number");
			contact->first_name = text(v, "first_name");
			contact->last_name = text(v, "last_name");
			contact->vcard = text(v, "vcard");
		}
		return (const void *)contact;
	}
	if (!json_is_missing(json_field(v, "address"))) {
		venue = SIM_NEW(&c->arena, messageMediaVenue);
		if (venue) {
			venue->geo = point(c, v);
			venue->title = text(v, "title");
			venue->address = text(v, "address");
			venue->provider = tobs_str("foursquare");
			venue->venue_id = text(v, "foursquare_id");
		}
		return (const void *)venue;
	}
	geo = SIM_NEW(&c->arena, messageMediaGeo);
	if (geo)
		geo->geo = point(c, v);
	return (const void *)geo;
}

/* ---- files ---- */

static int read_file(struct bot_call *c, struct json_value v, struct tl_message *draft)
{
	static const struct {
		const char *field;
		enum bot_file_kind kind;
	} files[] = {
		{ "photo_url", BOT_FILE_PHOTO },
		{ "photo_file_id", BOT_FILE_PHOTO },
		{ "gif_url", BOT_FILE_ANIMATION },
		{ "gif_file_id", BOT_FILE_ANIMATION },
		{ "mpeg4_url", BOT_FILE_ANIMATION },
		{ "mpeg4_file_id", BOT_FILE_ANIMATION },
		{ "video_url", BOT_FILE_VIDEO },
		{ "video_file_id", BOT_FILE_VIDEO },
		{ "audio_url", BOT_FILE_AUDIO },
		{ "audio_file_id", BOT_FILE_AUDIO },
		{ "voice_url", BOT_FILE_VOICE },
		{ "voice_file_id", BOT_FILE_VOICE },
		{ "document_url", BOT_FILE_DOCUMENT },
		{ "document_file_id", BOT_FILE_DOCUMENT },
		{ "sticker_file_id", BOT_FILE_STICKER },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct bot_media m = {
			.kind = files[i].kind, .from = v, .field = files[i].field
		};

		if (json_is_missing(json_field(v, files[i].field)))
			continue;
		draft->has_media = 1;
		return bot_media_make(c, &m, &draft->media);
	}
	return bot_fail(c, 400, "the result says nothing");
}

static int read_text(struct bot_call *c, struct json_value v, const char *name,
	const char *entities, struct tl_message *draft)
{
	struct json_value list = json_field(v, entities);
	struct tobs_message_entity_array given = { NULL, 0 };
	struct tobs_message_entity *items;
	struct tobs_view said = text(v, name);
	struct bot_text read;
	int r;

	items = TOBS_ARENA_ARRAY(&c->arena, json_count(list) + 1, struct tobs_message_entity);
	if (!items)
		return bot_no_memory(c);
	JSON_EACH (it, list) {
		const void *one;

		if (botapi_decode(TOBS_TYPE_MESSAGE_ENTITY, it.value, &c->arena, &one, NULL))
			return bot_fail(c, 400, "can't parse entities");
		items[given.count++] = *(const struct tobs_message_entity *)one;
	}
	given.items = items;
	r = bot_text_read(c, (const char *)said.ptr, bot_mode_of(v), &given, &read);
	draft->message = read.text;
	draft->entities = read.entities;
	return r;
}

/* ---- the message ---- */

static int read_content(struct bot_call *c, struct json_value v, struct tl_message *draft)
{
	struct json_value content = json_field(v, "input_message_content");
	bool said = json_is_object(content);

	if (said && !json_is_missing(json_field(content, "message_text")))
		return read_text(c, content, "message_text", "entities", draft);
	if (said || !json_is_missing(json_field(v, "latitude")) ||
		!json_is_missing(json_field(v, "phone_number"))) {
		draft->has_media = 1;
		draft->media = thing(c, said ? content : v);
		return draft->media ? TOBS_OK : bot_no_memory(c);
	}
	if (read_text(c, v, "caption", "caption_entities", draft))
		return TOBS_ERPC;
	return read_file(c, v, draft);
}

static int read_markup(struct bot_call *c, struct json_value v, struct tl_message *draft)
{
	struct json_value markup = json_field(v, "reply_markup");
	const void *typed = NULL;

	if (json_is_missing(markup))
		return TOBS_OK;
	if (botapi_decode(TOBS_TYPE_INLINE_KEYBOARD_MARKUP, markup, &c->arena, &typed, NULL))
		return bot_fail(c, 400, "can't parse inline keyboard");
	return bot_inline_markup_read(c, typed, &draft->reply_markup);
}

static int find_result(struct bot_call *c, const struct sim_question *q, struct tobs_view id,
	struct json_value *ret)
{
	if (!q->answer.len || json_parse(&c->parser, &c->doc, q->answer, NULL))
		return bot_fail(c, 400, "the bot has not answered");
	JSON_EACH (it, json_field(json_root(&c->doc), "results"))
		if (tobs_view_eq(text(it.value, "id"), id)) {
			*ret = it.value;
			return TOBS_OK;
		}
	return bot_fail(c, 400, "RESULT_ID_INVALID");
}

/* The bot learns of it; with a keyboard, also how the message is called. */
static int tell_chosen(struct sim_world *w, const struct sim_question *q, struct tobs_view id,
	const struct sim_sent *sent, bool named)
{
	struct tl_updateBotInlineSend *u = SIM_NEW(&w->arena, updateBotInlineSend);

	if (!u)
		return TOBS_ENOMEM;
	u->user_id = q->user;
	u->query = q->text;
	u->id = sim_keep(w, id);
	if (named) {
		u->msg_id = sim_inline_id(w, sent->history, sent->id);
		u->has_msg_id = 1;
	}
	return sim_push(sim_account(w, q->bot), (void *)u, false);
}

static int choose(struct bot_call *c, const struct sim_question *q, struct tobs_view id,
	int64_t chat, struct sim_sent *ret, struct tobs_err *err)
{
	struct tl_message draft = { .ctor = TL_message, .has_via_bot_id = 1, .via_bot_id = q->bot };
	struct sim_post post = { .from = q->user, .to = chat, .draft = &draft };
	struct json_value result;
	int r = find_result(c, q, id, &result);

	if (!r)
		r = read_content(c, result, &draft);
	if (!r)
		r = read_markup(c, result, &draft);
	if (r)
		return tobs_fail(err, TOBS_EINVAL, "%s", c->description);
	draft.has_entities = draft.entities.count > 0;
	draft.has_reply_markup = draft.reply_markup != NULL;
	r = sim_post(c->world, &post, ret, err);
	return r ? r : tell_chosen(c->world, q, id, ret, draft.reply_markup != NULL);
}

int sim_bots_choose(struct sim_bots *s, const struct sim_question *q, struct tobs_view id,
	int64_t chat, struct sim_sent *ret, struct tobs_err *err)
{
	struct sim_account *bot = sim_account(s->world, q->bot);
	struct sim_bot *b = bot && !bot_sync(s) ? bot_of(s, bot) : NULL;
	struct bot_call *c = b ? bot_call_open(s, b) : NULL;
	int r;

	if (!c)
		return tobs_fail(err, TOBS_ENOTFOUND, "there is no such bot");
	r = choose(c, q, id, chat, ret, err);
	bot_call_close(c);
	return r;
}
