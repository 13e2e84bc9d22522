/* SPDX-License-Identifier: MIT */
/* Inline queries, and messages sent via a bot. */
#include "base/endian.h"
#include "base/hex.h"
#include "sim/bot_call.h"

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
