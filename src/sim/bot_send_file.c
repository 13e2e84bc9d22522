/* SPDX-License-Identifier: MIT */
/* sendPhoto, sendDocument and their like; albums; putting other media into a message. */
#include "base/attr.h"
#include "sim/bot_media.h"

enum { ALBUM_MIN = 2, ALBUM_MAX = 10 };

/* ---- captions ---- */

static int read_caption(struct bot_call *c, struct json_value from,
	const struct tobs_message_entity_array *entities, struct tl_message *draft)
{
	struct tobs_view caption = { NULL, 0 };
	struct bot_text text;
	bool above = false;
	int r;

	(void)json_get_bool(json_field(from, "show_caption_above_media"), &above);
	draft->invert_media = above;
	if (json_get_str(json_field(from, "caption"), &caption))
		return TOBS_OK;
	r = bot_text_read(c, (const char *)caption.ptr, bot_mode_of(from), entities, &text);
	if (r)
		return r;
	if (bot_text_too_long(text.text, true))
		return bot_fail(c, 400, "message caption is too long");
	draft->message = text.text;
	draft->entities = text.entities;
	return TOBS_OK;
}

/* ---- one file ---- */

static const struct {
	enum tobs_method method;
	enum bot_file_kind kind;
	const char *field;
} files[] = {
	{ TOBS_METHOD_SEND_PHOTO, BOT_FILE_PHOTO, "photo" },
	{ TOBS_METHOD_SEND_DOCUMENT, BOT_FILE_DOCUMENT, "document" },
	{ TOBS_METHOD_SEND_VIDEO, BOT_FILE_VIDEO, "video" },
	{ TOBS_METHOD_SEND_AUDIO, BOT_FILE_AUDIO, "audio" },
	{ TOBS_METHOD_SEND_VOICE, BOT_FILE_VOICE, "voice" },
	{ TOBS_METHOD_SEND_ANIMATION, BOT_FILE_ANIMATION, "animation" },
	{ TOBS_METHOD_SEND_STICKER, BOT_FILE_STICKER, "sticker" },
	{ TOBS_METHOD_SEND_VIDEO_NOTE, BOT_FILE_VIDEO_NOTE, "video_note" },
};

static int run_file(struct bot_call *c)
{
	struct bot_media m = { .from = c->json, .thumb = "thumbnail" };
	struct tl_message draft = { .has_media = 1 };
	struct bot_target t;
	int r = bot_target_read(c, &t);

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (files[i].method == c->method) {
			m.kind = files[i].kind;
			m.field = files[i].field;
		}
	if (!r)
		r = read_caption(c, c->json, bot_arg(c, "caption_entities"), &draft);
	if (!r)
		r = bot_media_make(c, &m, &draft.media);
	return r ? r : bot_send(c, &t, &draft);
}

/* ---- elements of `media` ---- */

static enum bot_file_kind kind_of(enum tobs_input_media_kind kind)
{
	switch (kind) {
	case TOBS_INPUT_MEDIA_ANIMATION: return BOT_FILE_ANIMATION;
	case TOBS_INPUT_MEDIA_AUDIO: return BOT_FILE_AUDIO;
	case TOBS_INPUT_MEDIA_DOCUMENT: return BOT_FILE_DOCUMENT;
	case TOBS_INPUT_MEDIA_VIDEO:
	case TOBS_INPUT_MEDIA_LIVE_PHOTO: return BOT_FILE_VIDEO;
	default: return BOT_FILE_PHOTO;
	}
}

static int read_media(struct bot_call *c, const struct tobs_input_media *m, struct json_value from,
	struct tl_message *draft)
{
	const struct bot_media media = {
		.kind = kind_of(m->kind), .from = from, .field = "media", .thumb = "thumbnail"
	};
	int r = read_caption(c, from, &m->caption_entities, draft);

	draft->has_media = 1;
	return r ? r : bot_media_make(c, &media, &draft->media);
}

/* Photos and videos go together, audio with audio, documents with documents. */
static int check_album(struct bot_call *c, const struct tobs_input_media_array *list)
{
	bool audio = false, document = false, other = false;

	if (list->count < ALBUM_MIN || list->count > ALBUM_MAX)
		return bot_fail(
			c, 400, list->count ? "group must contain 2-10 media" : "media is empty");
	for (size_t i = 0; i < list->count; i++) {
		enum tobs_input_media_kind kind = list->items[i].kind;

		if (kind == TOBS_INPUT_MEDIA_ANIMATION)
			return bot_fail(c, 400, "type of the media can't be used in an album");
		audio |= kind == TOBS_INPUT_MEDIA_AUDIO;
		document |= kind == TOBS_INPUT_MEDIA_DOCUMENT;
		other |= kind != TOBS_INPUT_MEDIA_AUDIO && kind != TOBS_INPUT_MEDIA_DOCUMENT;
	}
	if (audio && (document || other))
		return bot_fail(c, 400, "audio can't be mixed with other media types");
	if (document && other)
		return bot_fail(c, 400, "documents can't be mixed with other media types");
	return TOBS_OK;
}

static int send_album(
	struct bot_call *c, const struct bot_target *t, struct tl_message *drafts, size_t count)
{
	struct bot_show s = bot_show_of(c);
	int64_t group = sim_hash(c->world, "album", (int64_t)c->world->made_up++);
	struct sim_sent sent;
	int r = TOBS_OK;

	tobs_buf_putc(&c->out, '[');
	for (size_t i = 0; i < count && !r; i++) {
		drafts[i].has_grouped_id = 1;
		drafts[i].grouped_id = group;
		r = bot_post(c, t, &drafts[i], &sent);
		if (i && !r)
			tobs_buf_putc(&c->out, ',');
		if (!r)
			r = bot_result(c, TOBS_TYPE_MESSAGE,
				show_message(&s, sent.history, sent.message, true));
	}
	tobs_buf_putc(&c->out, ']');
	return r;
}

static int run_album(struct bot_call *c)
{
	const struct tobs_send_media_group *a = c->args;
	struct tl_message *drafts = TOBS_ARENA_ARRAY(&c->arena, ALBUM_MAX, struct tl_message);
	struct bot_target t;
	size_t n = 0;
	int r = bot_target_read(c, &t);

	if (!r)
		r = check_album(c, &a->media);
	if (!r && !drafts)
		r = bot_no_memory(c);
	if (r)
		return r;
	/* All of them, or none. */
	JSON_EACH (it, json_field(c->json, "media")) {
		r = read_media(c, &a->media.items[n], it.value, &drafts[n]);
		if (r)
			return r;
		n++;
	}
	return send_album(c, &t, drafts, n);
}

static int run_edit_media(struct bot_call *c)
{
	const struct tobs_edit_message_media *a = c->args;
	const struct tobs_inline_keyboard_markup *const *markup = bot_arg(c, "reply_markup");
	struct tl_message draft = { .ctor = TL_message };
	struct sim_edit edit = { .draft = &draft, .text = true, .media = true, .markup = true };
	struct bot_edited e;
	int r = bot_edited_find(c, "edit", &e);

	if (r)
		return r;
	if (!e.message->media || e.message->media->ctor == TL_messageMediaWebPage)
		return bot_fail(c, 400, "there is no media in the message to edit");
	r = read_media(c, a->media, json_field(c->json, "media"), &draft);
	if (!r)
		r = bot_inline_markup_read(c, *markup, &draft.reply_markup);
	return r ? r : bot_edit(c, &e, &edit);
}

const struct bot_row bot_rows_file[] = {
	{ TOBS_METHOD_SEND_PHOTO, run_file },
	{ TOBS_METHOD_SEND_DOCUMENT, run_file },
	{ TOBS_METHOD_SEND_VIDEO, run_file },
	{ TOBS_METHOD_SEND_AUDIO, run_file },
	{ TOBS_METHOD_SEND_VOICE, run_file },
	{ TOBS_METHOD_SEND_ANIMATION, run_file },
	{ TOBS_METHOD_SEND_STICKER, run_file },
	{ TOBS_METHOD_SEND_VIDEO_NOTE, run_file },
	{ TOBS_METHOD_SEND_MEDIA_GROUP, run_album },
	{ TOBS_METHOD_EDIT_MESSAGE_MEDIA, run_edit_media },
	{ 0, NULL },
};
