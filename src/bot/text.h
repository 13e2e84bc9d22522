/* SPDX-License-Identifier: MIT */
/* <tobs/text.h> from inside: what those share that put text together. */
#ifndef BOT_TEXT_H
#define BOT_TEXT_H

#include <tobs/text.h>

/*
 * Begins an entity, to be filled in; it moves when the next one begins. NULL with
 * b->err set.
 */
struct tobs_message_entity *builder_open(
	struct tobs_text_builder *b, enum tobs_message_entity_type type);

/* The innermost one that has begun; NULL without. */
struct tobs_message_entity *builder_innermost(const struct tobs_text_builder *b);

/* Ends it. One without length goes away. */
void builder_close(struct tobs_text_builder *b);

/* Makes it say something about user `id` (and forget its URL). */
void builder_set_user(struct tobs_text_builder *b, struct tobs_message_entity *e, int64_t id);

/* Text that is being read. */
struct text_source {
	struct tobs_view in;
	size_t pos;
	struct tobs_text_builder *out;
	size_t at[TOBS_TEXT_NESTED]; /* byte where each entity that is open began */
	struct tobs_err *err;
};

/* The byte at pos + i; 0 behind the end. */
static inline uint8_t text_peek(const struct text_source *s, size_t i)
{
	return s->pos + i < s->in.len ? s->in.ptr[s->pos + i] : 0;
}

static inline bool text_at(const struct text_source *s, const char *what)
{
	return tobs_view_starts(tobs_view_sub(s->in, s->pos, SIZE_MAX), what);
}

/* TOBS_EINVAL, the fault being at byte `at`. */
int text_fault(struct text_source *s, size_t at, const char *fmt, ...) TOBS_PRINTF(3, 4);

/* Begins an entity whose markup stands at s->pos. NULL: the code is in s->out->err. */
struct tobs_message_entity *text_begin_at(
	struct text_source *s, enum tobs_message_entity_type type);

/* The link of an entity: tg://user?id=… makes it a mention. Copies the URL. */
int text_set_url(struct text_source *s, struct tobs_message_entity *e, struct tobs_view url);

/* Each reads all of s->in. */
int text_read_html(struct text_source *s);
int text_read_markdown(struct text_source *s);

#endif
