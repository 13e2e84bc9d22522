/* SPDX-License-Identifier: MIT */
/* Text of any length as messages. */
#include <tobs/text.h>

#include "base/attr.h"
#include "botapi/scope.h"

typedef int (*send_fn)(
	void *where, const struct tobs_send_message *m, const struct tobs_message **ret);

static int to_bot(void *where, const struct tobs_send_message *m, const struct tobs_message **ret)
{
	return tobs_send_message(where, m, ret);
}

static int to_chat(void *where, const struct tobs_send_message *m, const struct tobs_message **ret)
{
	return tobs_reply_with(where, m, ret);
}

/* Markup that is wrong, or no memory: where a failed call would be told. */
static int fail(int code, const struct tobs_err *err)
{
	struct tobs_err copy = *err;

	copy.code = code;
	scope_note(&copy);
	return code;
}

static int send_pieces(send_fn send, void *where, const struct tobs_send_message *m,
	const struct tobs_formatted *pieces, size_t count, const struct tobs_message **ret)
{
	static const struct tobs_reply_markup none;
	int r = TOBS_OK;

	for (size_t i = 0; i < count && !r; i++) {
		struct tobs_send_message part = *m;

		part.text = pieces[i].text;
		part.entities = pieces[i].entities;
		part.parse_mode = TOBS_PARSE_MODE_NONE;
		if (i > 0) {
			part.reply_parameters = NULL;
			part.message_effect_id = NULL;
		}
		if (i + 1 < count)
			part.reply_markup = none;
		r = send(where, &part, i + 1 == count ? ret : NULL);
	}
	return r;
}

static int send_long(send_fn send, void *where, const struct tobs_send_message *m,
	const struct tobs_message **ret)
{
	struct tobs_formatted text = { m->text, m->entities }, *pieces = NULL;
	struct tobs_err err = { .message = "out of memory" };
	struct tobs_arena arena;
	size_t count = 0;
	int r = TOBS_OK;

	/* What fits with its markup fits without. */
	if (tobs_text_units(tobs_str(m->text)) <= TOBS_TEXT_UNITS)
		return send(where, m, ret);
	tobs_arena_init(&arena, 8 * (size_t)TOBS_TEXT_BYTES);
	if (m->parse_mode)
		r = tobs_text_parse(m->parse_mode, tobs_str(m->text), &arena, &text, &err);
	if (!r)
		r = tobs_text_split(&text, TOBS_TEXT_UNITS, &arena, &pieces, &count);
	if (!r && !count)
		r = tobs_fail(&err, TOBS_EINVAL, "sendMessage: text: nothing but spaces");
	if (r)
		(void)fail(r, &err);
	else
		r = send_pieces(send, where, m, pieces, count, ret);
	tobs_arena_deinit(&arena);
	return r;
}

int tobs_send_long(
	struct tobs_bot *bot, const struct tobs_send_message *m, const struct tobs_message **ret)
{
	return send_long(to_bot, bot, m, ret);
}

int tobs_reply_long(
	struct tobs_ctx *ctx, const struct tobs_send_message *m, const struct tobs_message **ret)
{
	return send_long(to_chat, ctx, m, ret);
}

int tobs_reply_text(struct tobs_ctx *ctx, struct tobs_text_builder *b)
{
	struct tobs_formatted text;
	int r = tobs_text_done(b, &text);

	if (r)
		return r;
	return tobs_reply_long(ctx,
		&(struct tobs_send_message){ .text = text.text, .entities = text.entities }, NULL);
}
