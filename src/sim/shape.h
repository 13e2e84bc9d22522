/* SPDX-License-Identifier: MIT */
/* What kind of file a document is, as its attributes say it. */
#ifndef SIM_SHAPE_H
#define SIM_SHAPE_H

#include "sim/world.h"

enum sim_shape_kind {
	SHAPE_FILE, /* with an image's size if there is one */
	SHAPE_VIDEO,
	SHAPE_ROUND,
	SHAPE_GIF,
	SHAPE_VOICE,
	SHAPE_AUDIO,
	SHAPE_STICKER,
	SHAPE_EMOJI,
	SHAPE_KINDS,
};

struct sim_shape {
	enum sim_shape_kind kind;
	struct tobs_view name, mime;
	struct tobs_view alt;              /* the emoji a sticker or custom emoji stands for */
	struct tobs_view performer, title; /* audio */
	struct tobs_view waveform;         /* voice: 5 bits a sample */
	int32_t width, height, seconds;
};

/* The attributes, in memory of the world. TOBS_ENOMEM. */
int sim_shape_attributes(
	struct sim_world *w, const struct sim_shape *s, struct tl_vec_DocumentAttribute *ret);

/* s->mime, or what files of that kind usually are; `path` may end in .tgs or .webm. */
struct tobs_view sim_shape_mime(const struct sim_shape *s, struct tobs_view path);

#endif
