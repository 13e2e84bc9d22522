/* SPDX-License-Identifier: MIT */
#include "sim/shape.h"

#include "base/attr.h"
#include "sim/inner.h"

enum { ATTRIBUTES_MAX = 4 };

static const struct tl_inputStickerSetEmpty no_set = { .ctor = TL_inputStickerSetEmpty };

static const void *video(struct sim_world *w, const struct sim_shape *s)
{
	struct tl_documentAttributeVideo *a = SIM_NEW(&w->arena, documentAttributeVideo);

	if (a) {
		a->duration = s->seconds;
		a->w = s->width;
		a->h = s->height;
		a->round_message = s->kind == SHAPE_ROUND;
		a->nosound = s->kind == SHAPE_GIF;
		a->supports_streaming = s->kind == SHAPE_VIDEO;
	}
	return a;
}

static const void *audio(struct sim_world *w, const struct sim_shape *s)
{
	struct tl_documentAttributeAudio *a = SIM_NEW(&w->arena, documentAttributeAudio);

	if (a) {
		a->duration = s->seconds;
		a->voice = s->kind == SHAPE_VOICE;
		a->title = sim_keep(w, s->title);
		a->performer = sim_keep(w, s->performer);
		a->waveform = sim_keep(w, s->waveform);
	}
	return a;
}

static const void *image(struct sim_world *w, const struct sim_shape *s)
{
	struct tl_documentAttributeImageSize *a = SIM_NEW(&w->arena, documentAttributeImageSize);

	if (a) {
		a->w = s->width;
		a->h = s->height;
	}
	return a;
}

static const void *sticker(struct sim_world *w, const struct sim_shape *s)
{
	struct tl_documentAttributeSticker *a = SIM_NEW(&w->arena, documentAttributeSticker);

	if (a) {
		a->alt = sim_keep(w, s->alt);
		a->stickerset = (const void *)&no_set;
	}
	return a;
}

static const void *emoji(struct sim_world *w, const struct sim_shape *s)
{
	struct tl_documentAttributeCustomEmoji *a = SIM_NEW(
		&w->arena, documentAttributeCustomEmoji);

	if (a) {
		a->alt = sim_keep(w, s->alt);
		a->stickerset = (const void *)&no_set;
		a->free = 1;
	}
	return a;
}

static const void *file_name(struct sim_world *w, const struct sim_shape *s)
{
	struct tl_documentAttributeFilename *a = SIM_NEW(&w->arena, documentAttributeFilename);

	if (a)
		a->file_name = sim_keep(w, s->name);
	return a;
}

int sim_shape_attributes(
	struct sim_world *w, const struct sim_shape *s, struct tl_vec_DocumentAttribute *ret)
{
	static const struct tl_documentAttributeAnimated animated = {
		.ctor = TL_documentAttributeAnimated
	};
	const union tl_DocumentAttribute **items = TOBS_ARENA_ARRAY(
		&w->arena, ATTRIBUTES_MAX, const union tl_DocumentAttribute *);
	bool moves = tobs_view_starts(s->mime, "video/"),
	     still = tobs_view_starts(s->mime, "image/");
	uint32_t n = 0;

	if (!items)
		return TOBS_ENOMEM;
	if (s->kind == SHAPE_VOICE || s->kind == SHAPE_AUDIO)
		items[n++] = audio(w, s);
	else if (s->kind == SHAPE_VIDEO || s->kind == SHAPE_ROUND ||
		(s->kind == SHAPE_GIF && !still) ||
		((s->kind == SHAPE_STICKER || s->kind == SHAPE_EMOJI) && moves))
		items[n++] = video(w, s);
	else if (s->width && s->height)
		items[n++] = image(w, s);
	if (s->kind == SHAPE_GIF)
		items[n++] = (const void *)&animated;
	if (s->kind == SHAPE_STICKER)
		items[n++] = sticker(w, s);
	if (s->kind == SHAPE_EMOJI)
		items[n++] = emoji(w, s);
	if (s->name.len)
		items[n++] = file_name(w, s);
	for (uint32_t i = 0; i < n; i++)
		if (!items[i])
			return TOBS_ENOMEM;
	*ret = (struct tl_vec_DocumentAttribute){ n, items };
	return TOBS_OK;
}

struct tobs_view sim_shape_mime(const struct sim_shape *s, struct tobs_view path)
{
	static const char *const usual[SHAPE_KINDS] = {
		[SHAPE_FILE] = "application/octet-stream",
		[SHAPE_VIDEO] = "video/mp4",
		[SHAPE_ROUND] = "video/mp4",
		[SHAPE_GIF] = "video/mp4",
		[SHAPE_VOICE] = "audio/ogg",
		[SHAPE_AUDIO] = "audio/mpeg",
		[SHAPE_STICKER] = "image/webp",
		[SHAPE_EMOJI] = "image/webp",
	};
	bool sticker = s->kind == SHAPE_STICKER || s->kind == SHAPE_EMOJI;

	if (s->mime.len)
		return s->mime;
	if (sticker && tobs_view_ends(path, ".tgs"))
		return tobs_str("application/x-tgsticker");
	if (sticker && tobs_view_ends(path, ".webm"))
		return tobs_str("video/webm");
	return tobs_str(usual[s->kind]);
}
