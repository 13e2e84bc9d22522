/* SPDX-License-Identifier: MIT */
#include "bot/gone.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/log.h"

enum { KEY_BYTES = 40 };

static struct tobs_view make_key(char *out, int64_t chat_id)
{
	return tobs_view(out, (size_t)snprintf(out, KEY_BYTES, "bot/gone/%" PRId64, chat_id));
}

bool gone_says(const struct tobs_err *err)
{
	/* Texts of the Bot API server (Client.cpp) and of TDLib. */
	static const char *const texts[] = { "blocked by the user", "user is deactivated",
		"bot was kicked", "bot is not a member", "group chat was deleted",
		"bot can't initiate conversation", "chat was deleted" };

	if (err->code != TOBS_EPERM)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (strstr(err->message, texts[i]))
			return true;
	return false;
}

void gone_mark(struct tobs_bot *bot, int64_t chat_id)
{
	struct tobs_err err;
	char key[KEY_BYTES];

	if (chat_id && kv_put(bot->store, make_key(key, chat_id), tobs_str("1"), 0, &err))
		log_warn("bot", "that chat %lld is gone could not be noted: %s", (long long)chat_id,
			err.message);
}

int gone_look(struct tobs_ctx *ctx)
{
	const struct tobs_chat_member *is;
	char key[KEY_BYTES];

	if (!ctx->update || ctx->update->kind != TOBS_UPDATE_MY_CHAT_MEMBER)
		return TOBS_OK;
	is = ctx->update->my_chat_member->new_chat_member;
	if (is->kind == TOBS_CHAT_MEMBER_LEFT || is->kind == TOBS_CHAT_MEMBER_BANNED)
		return TOBS_OK;
	return ctx_stage(
		ctx, &(struct kv_op){ .kind = KV_DELETE, .key = make_key(key, tobs_chat_id(ctx)) });
}

int tobs_chat_gone(struct tobs_bot *bot, int64_t chat_id, bool *ret)
{
	struct tobs_arena arena;
	struct tobs_view value;
	char key[KEY_BYTES];
	int r;

	if (!bot || !bot->store)
		return TOBS_EINVAL;
	tobs_arena_init(&arena, 4096);
	r = kv_get(bot->store, make_key(key, chat_id), &arena, &value, NULL);
	tobs_arena_deinit(&arena);
	if (r && r != TOBS_ENOTFOUND)
		return r;
	*ret = !r;
	return TOBS_OK;
}
