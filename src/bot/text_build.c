/* SPDX-License-Identifier: MIT */
/* Text that is put together from pieces. */
#include <stdio.h>

#include "base/utf.h"
#include "bot/text.h"

void tobs_text_init(struct tobs_text_builder *b, struct tobs_arena *arena)
{
	*b = (struct tobs_text_builder){ .arena = arena };
}

static int fail(struct tobs_text_builder *b, int code)
{
	if (!b->err)
		b->err = code;
	return b->err;
}

/* Room for `more` bytes and a zero: the text moves to a larger place of the arena. */
static int grow_text(struct tobs_text_builder *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 128;
	char *text;

	if (b->err)
		return b->err;
	if (more > TOBS_TEXT_BYTES - b->len)
		return fail(b, TOBS_ETOOBIG);
	if (b->text && b->len + more < b->cap)
		return TOBS_OK;
	while (cap <= b->len + more)
		cap *= 2;
	text = tobs_arena_alloc(b->arena, cap);
	if (!text)
		return fail(b, TOBS_ENOMEM);
	if (b->len)
		memcpy(text, b->text, b->len);
	text[b->len] = '\0';
	b->text = text;
	b->cap = cap;
	return TOBS_OK;
}

static void put(struct tobs_text_builder *b, const void *data, size_t n)
{
	if (n == 0 || grow_text(b, n))
		return;
	memcpy(b->text + b->len, data, n);
	b->len += n;
	b->text[b->len] = '\0';
}

void tobs_text_addv(struct tobs_text_builder *b, struct tobs_view s)
{
	while (s.len && !b->err) {
		size_t good = utf8_valid_prefix(s);
		struct tobs_view part = tobs_view_sub(s, 0, good);
		const char *zero = part.len ? memchr(part.ptr, 0, part.len) : NULL;

		/* A zero byte would end the text for whoever takes it as a string. */
		if (zero)
			part.len = (size_t)(zero - (const char *)part.ptr);
		put(b, part.ptr, part.len);
		b->units += (int64_t)utf16_len(part);
		s = tobs_view_sub(s, part.len, SIZE_MAX);
		if (s.len) {
			put(b, "\xef\xbf\xbd", 3);
			b->units++;
			s = tobs_view_sub(s, 1, SIZE_MAX);
		}
	}
}

static void addf(struct tobs_text_builder *b, const char *fmt, va_list ap) TOBS_PRINTF(2, 0);

static void addf(struct tobs_text_builder *b, const char *fmt, va_list ap)
{
	struct tobs_buf text;

	if (b->err)
		return;
	tobs_buf_init(&text, TOBS_TEXT_BYTES);
	if (tobs_buf_vprintf(&text, fmt, ap))
		fail(b, tobs_buf_err(&text));
	else
		tobs_text_addv(b, tobs_buf_view(&text));
	tobs_buf_deinit(&text);
}

void tobs_text_add(struct tobs_text_builder *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	addf(b, fmt, ap);
	va_end(ap);
}

/* ---- Entities ------------------------------------------------------------------- */

static struct tobs_message_entity *add_entity(struct tobs_text_builder *b)
{
	if (b->err)
		return NULL;
	if (b->count == b->room) {
		size_t room = b->room ? 2 * b->room : 8;
		struct tobs_message_entity *all = tobs_arena_array(b->arena, room, sizeof *all);

		if (!all) {
			fail(b, TOBS_ENOMEM);
			return NULL;
		}
		if (b->count)
			memcpy(all, b->entities, b->count * sizeof *all);
		b->entities = all;
		b->room = room;
	}
	b->entities[b->count] = (struct tobs_message_entity){ 0 };
	return &b->entities[b->count++];
}

struct tobs_message_entity *builder_open(
	struct tobs_text_builder *b, enum tobs_message_entity_type type)
{
	struct tobs_message_entity *e;

	if (b->depth == TOBS_TEXT_NESTED) {
		fail(b, TOBS_ETOOBIG);
		return NULL;
	}
	e = add_entity(b);
	if (!e)
		return NULL;
	e->type = type;
	e->offset = b->units;
	b->open[b->depth++] = b->count - 1;
	return e;
}

struct tobs_message_entity *builder_innermost(const struct tobs_text_builder *b)
{
	return b->depth ? &b->entities[b->open[b->depth - 1]] : NULL;
}

void builder_close(struct tobs_text_builder *b)
{
	struct tobs_message_entity *e = builder_innermost(b);

	if (b->err)
		return;
	if (!e) {
		fail(b, TOBS_EINVAL);
		return;
	}
	e->length = b->units - e->offset;
	b->depth--;
	/* What is inside of an empty one is empty too, and gone. */
	if (e->length == 0)
		b->count = (size_t)(e - b->entities);
}

void builder_set_user(struct tobs_text_builder *b, struct tobs_message_entity *e, int64_t id)
{
	struct tobs_user *user = TOBS_ARENA_NEW(b->arena, struct tobs_user);

	if (!user) {
		fail(b, TOBS_ENOMEM);
		return;
	}
	user->id = id;
	user->first_name = "";
	e->type = TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION;
	e->user = user;
	e->url = NULL;
}

void tobs_text_begin(struct tobs_text_builder *b, enum tobs_message_entity_type type)
{
	(void)builder_open(b, type);
}

void tobs_text_end(struct tobs_text_builder *b)
{
	builder_close(b);
}

#define FORMATTED(name, TYPE)                                                    \
	void tobs_text_##name(struct tobs_text_builder *b, const char *fmt, ...) \
	{                                                                        \
		va_list ap;                                                      \
                                                                                 \
		if (!builder_open(b, TOBS_MESSAGE_ENTITY_TYPE_##TYPE))           \
			return;                                                  \
		va_start(ap, fmt);                                               \
		addf(b, fmt, ap);                                                \
		va_end(ap);                                                      \
		builder_close(b);                                                \
	}

FORMATTED(bold, BOLD)
FORMATTED(italic, ITALIC)
FORMATTED(underline, UNDERLINE)
FORMATTED(strike, STRIKETHROUGH)
FORMATTED(spoiler, SPOILER)
FORMATTED(code, CODE)
FORMATTED(quote, BLOCKQUOTE)

/* A string of the arena; NULL for NULL, and with b->err set without memory. */
static const char *copy(struct tobs_text_builder *b, const char *s)
{
	const char *kept = s ? tobs_arena_strdup(b->arena, s) : NULL;

	if (s && !kept)
		fail(b, TOBS_ENOMEM);
	return kept;
}

void tobs_text_pre(struct tobs_text_builder *b, const char *language, const char *fmt, ...)
{
	struct tobs_message_entity *e = builder_open(b, TOBS_MESSAGE_ENTITY_TYPE_PRE);
	va_list ap;

	if (!e)
		return;
	e->language = language && *language ? copy(b, language) : NULL;
	va_start(ap, fmt);
	addf(b, fmt, ap);
	va_end(ap);
	builder_close(b);
}

void tobs_text_link(struct tobs_text_builder *b, const char *url, const char *fmt, ...)
{
	struct tobs_message_entity *e = builder_open(b, TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK);
	va_list ap;

	if (!e)
		return;
	e->url = copy(b, url ? url : "");
	va_start(ap, fmt);
	addf(b, fmt, ap);
	va_end(ap);
	builder_close(b);
}

void tobs_text_mention(struct tobs_text_builder *b, int64_t user_id, const char *fmt, ...)
{
	struct tobs_message_entity *e = builder_open(b, TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION);
	va_list ap;

	if (!e)
		return;
	builder_set_user(b, e, user_id);
	va_start(ap, fmt);
	addf(b, fmt, ap);
	va_end(ap);
	builder_close(b);
}

void tobs_text_emoji(struct tobs_text_builder *b, const char *custom_emoji_id, const char *emoji)
{
	struct tobs_message_entity *e = builder_open(b, TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI);

	if (!e)
		return;
	e->custom_emoji_id = copy(b, custom_emoji_id ? custom_emoji_id : "");
	tobs_text_addv(b, tobs_str(emoji));
	builder_close(b);
}

void tobs_text_append(struct tobs_text_builder *b, const struct tobs_formatted *text)
{
	int64_t at = b->units;

	tobs_text_addv(b, tobs_str(text->text));
	for (size_t i = 0; i < text->entities.count; i++) {
		struct tobs_message_entity *e = add_entity(b);

		if (!e)
			return;
		*e = text->entities.items[i];
		e->offset += at;
	}
}

int tobs_text_done(struct tobs_text_builder *b, struct tobs_formatted *ret)
{
	if (b->err)
		return b->err;
	if (b->depth)
		return TOBS_EINVAL;
	ret->text = b->text ? b->text : "";
	ret->entities.items = b->entities;
	ret->entities.count = b->count;
	return TOBS_OK;
}
