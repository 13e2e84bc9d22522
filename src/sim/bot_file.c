/* SPDX-License-Identifier: MIT */
#include "sim/bot_file.h"

#include "base/endian.h"
#include "base/hex.h"
#include "sim/inner.h"

enum { ID_BYTES = 14, UNIQUE_BYTES = 10, TEXT_MAX = 64, CHECK_AT = 10 };

static uint32_t check_of(const struct sim_account *bot, const uint8_t *bytes)
{
	uint64_t n = sim_mix((uint64_t)bot->user->peer ^ bot->world->options.seed);

	for (int i = 0; i < CHECK_AT; i++)
		n = sim_mix(n ^ bytes[i]);
	return (uint32_t)n;
}

static const char *encode(const struct bot_show *s, const uint8_t *bytes, size_t n)
{
	struct tobs_buf out;
	const char *text;

	tobs_buf_init(&out, TEXT_MAX);
	(void)base64_encode(&out, tobs_view(bytes, n), BASE64_URL);
	text = tobs_arena_strdup(s->arena, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return text;
}

const char *bot_file_id(const struct bot_show *s, const struct bot_file_ref *ref)
{
	uint8_t bytes[ID_BYTES] = { (uint8_t)ref->kind, (uint8_t)ref->letter };

	put_le64(bytes + 2, (uint64_t)ref->id);
	put_le32(bytes + CHECK_AT, check_of(s->bot, bytes));
	return encode(s, bytes, sizeof bytes);
}

const char *bot_file_unique_id(const struct bot_show *s, const struct bot_file_ref *ref)
{
	uint8_t bytes[UNIQUE_BYTES] = { (uint8_t)ref->kind, (uint8_t)ref->letter };

	put_le64(bytes + 2, sim_mix((uint64_t)ref->id));
	return encode(s, bytes, sizeof bytes);
}

int bot_file_parse(const struct sim_account *bot, struct tobs_view text, struct bot_file_ref *ret)
{
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, TEXT_MAX);
	r = base64_decode(&out, text, BASE64_URL);
	if (!r &&
		(out.len != ID_BYTES || out.ptr[0] >= BOT_FILE_KINDS ||
			get_le32(out.ptr + CHECK_AT) != check_of(bot, out.ptr)))
		r = TOBS_EMALFORMED;
	if (!r)
		*ret = (struct bot_file_ref){ (enum bot_file_kind)out.ptr[0], (char)out.ptr[1],
			(int64_t)get_le64(out.ptr + 2) };
	tobs_buf_deinit(&out);
	return r ? TOBS_EMALFORMED : TOBS_OK;
}

enum bot_file_kind bot_file_kind_of(const struct tl_document *d)
{
	enum bot_file_kind kind = BOT_FILE_DOCUMENT;

	for (uint32_t i = 0; i < d->attributes.count; i++) {
		const union tl_DocumentAttribute *a = d->attributes.items[i];

		switch (a->ctor) {
		/* These two say it whatever else is there. */
		case TL_documentAttributeSticker:
		case TL_documentAttributeCustomEmoji: return BOT_FILE_STICKER;
		case TL_documentAttributeAnimated: return BOT_FILE_ANIMATION;
		case TL_documentAttributeVideo:
			kind = a->documentAttributeVideo.round_message ? BOT_FILE_VIDEO_NOTE
								       : BOT_FILE_VIDEO;
			break;
		case TL_documentAttributeAudio:
			kind = a->documentAttributeAudio.voice ? BOT_FILE_VOICE : BOT_FILE_AUDIO;
			break;
		default: break;
		}
	}
	return kind;
}
