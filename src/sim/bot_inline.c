/* SPDX-License-Identifier: MIT */
/* Inline queries, and messages sent via a bot. */
#include "base/endian.h"
#include "base/hex.h"
#include "sim/bot_send.h"
#include "sim/question.h"

enum { INLINE_BYTES = 20, TEXT_MAX = 64 };

const char *bot_inline_id(struct tobs_arena *arena, const union tl_InputBotInlineMessageID *id)
{
	const struct tl_inputBotInlineMessageID *m = &id->inputBotInlineMessageID;
	uint8_t bytes[INLINE_BYTES];
	struct tobs_buf out;
	const char *text;

	put_le32(bytes, (uint32_t)m->dc_id);
	put_le64(bytes + 4, (uint64_t)m->id);
	put_le64(bytes + 12, (uint64_t)m->access_hash);
	tobs_buf_init(&out, TEXT_MAX);
	(void)base64_encode(&out, tobs_view(bytes, sizeof bytes), BASE64_URL);
	text = tobs_arena_strdup(arena, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return text;
}

int bot_inline_find(struct bot_call *c, const char *text, struct bot_edited *ret)
{
	const union tl_Message *m = NULL;
	struct tobs_buf bytes;
	int r;

	tobs_buf_init(&bytes, TEXT_MAX);
	r = base64_decode(&bytes, tobs_str(text), BASE64_URL);
	if (!r && bytes.len == INLINE_BYTES)
		ret->history = sim_inline_message(
			c->world, (int64_t)get_le64(bytes.ptr + 4), &ret->id);
	tobs_buf_deinit(&bytes);
	if (ret->history)
		m = sim_history_get(ret->history, ret->id, &c->arena);
	if (!m || m->ctor != TL_message || m->message.via_bot_id != c->bot->account->user->peer)
		return bot_fail(c, 400, "MESSAGE_ID_INVALID");
	ret->message = &m->message;
	return TOBS_OK;
}
