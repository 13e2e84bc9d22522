/* SPDX-License-Identifier: MIT */
/* What the world refuses, in the words of the Bot API server. */
#include "base/attr.h"
#include "sim/bot_call.h"

static const struct {
	const char *name;
	int status;
	const char *text;
} texts[] = {
	{ "PEER_ID_INVALID", 400, "chat not found" },
	{ "USER_IS_BLOCKED", 403, "bot was blocked by the user" },
	{ "CHAT_WRITE_FORBIDDEN", 400, "have no rights to send a message" },
	{ "MESSAGE_EMPTY", 400, "message text is empty" },
	{ "MESSAGE_TOO_LONG", 400, "message is too long" },
	{ "MEDIA_CAPTION_TOO_LONG", 400, "message caption is too long" },
	{ "MESSAGE_AUTHOR_REQUIRED", 400, "message can't be edited" },
	{ "MESSAGE_NOT_MODIFIED", 400,
		"message is not modified: specified new message content and reply markup are exactly "
		"the same as a current content and reply markup of the message" },
	{ "MESSAGE_DELETE_FORBIDDEN", 400, "message can't be deleted" },
	{ "CHAT_ADMIN_REQUIRED", 400, "not enough rights" },
	{ "CHAT_NOT_MODIFIED", 400, "chat title is not modified" },
	{ "CHAT_ABOUT_NOT_MODIFIED", 400, "chat description is not modified" },
	{ "USER_NOT_PARTICIPANT", 400, "user not found" },
	{ "USER_CREATOR", 400, "can't remove chat owner" },
	{ "MESSAGE_POLL_CLOSED", 400, "poll has already been closed" },
	{ "CHANNEL_FORUM_MISSING", 400, "the chat is not a forum" },
	{ "TOPIC_ID_INVALID", 400, "message thread not found" },
};

int bot_refused(struct bot_call *c, int r, const struct tobs_err *err)
{
	if (r != TOBS_ERPC)
		return r == TOBS_ENOMEM ? bot_no_memory(c) : r;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (strcmp(texts[i].name, err->name) == 0)
			return bot_fail(c, texts[i].status, "%s", texts[i].text);
	/* What it has no words for, it hands on: "Bad Request: TOPIC_CLOSED". */
	return bot_fail(c, err->status == 403 ? 400 : err->status, "%s", err->name);
}
