/* SPDX-License-Identifier: MIT */
#include "client/refusal.h"

#include <stdio.h>
#include <string.h>
#include <tobs/tl.h>

#include "base/attr.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where the number begins: behind an underscore; 0 without one. Names hold one at most. */
static size_t number_at(const char *name)
{
	for (size_t i = 0; name[i]; i++)
		if (name[i] == '_' && is_digit(name[i + 1]))
			return i + 1;
	return 0;
}

static void split_number(struct refusal *f, const char *name)
{
	size_t at = number_at(name), end = at;

	if (!at) {
		snprintf(f->name, sizeof f->name, "%s", name);
		snprintf(f->kind_name, sizeof f->kind_name, "%s", name);
		return;
	}
	/* Fifteen digits are more than any wait, and fit. */
	while (is_digit(name[end]) && end - at < 15)
		f->number = f->number * 10 + (name[end++] - '0');
	snprintf(f->name, sizeof f->name, "%.*s%%d%s", (int)at, name, name + end);
	snprintf(f->kind_name, sizeof f->kind_name, "%.*s%s", (int)at - 1, name, name + end);
}

static const struct {
	const char *kind_name;
	enum refusal_kind kind;
} kinds[] = {
	{ "FLOOD_WAIT", REFUSAL_FLOOD },
	{ "FLOOD_PREMIUM_WAIT", REFUSAL_FLOOD },
	{ "FLOOD_TEST_PHONE_WAIT", REFUSAL_FLOOD },
	{ "SLOWMODE_WAIT", REFUSAL_SLOWMODE },
	{ "PHONE_MIGRATE", REFUSAL_MIGRATE_HOME },
	{ "NETWORK_MIGRATE", REFUSAL_MIGRATE_HOME },
	{ "USER_MIGRATE", REFUSAL_MIGRATE_HOME },
	{ "FILE_MIGRATE", REFUSAL_MIGRATE_CALL },
	{ "STATS_MIGRATE", REFUSAL_MIGRATE_CALL },
	{ "SESSION_PASSWORD_NEEDED", REFUSAL_PASSWORD },
	{ "AUTH_KEY_DUPLICATED", REFUSAL_UNAUTHORIZED }, /* 406 */
	{ "CONNECTION_NOT_INITED", REFUSAL_NOT_INITED },
	{ "CONNECTION_LAYER_INVALID", REFUSAL_NOT_INITED },
	{ "RPC_CALL_FAIL", REFUSAL_TROUBLE },
	{ "RPC_MCGET_FAIL", REFUSAL_TROUBLE },
	{ "INTERDC_CALL_ERROR", REFUSAL_TROUBLE },
	{ "INTERDC_CALL_RICH_ERROR", REFUSAL_TROUBLE },
	{ "MSG_WAIT_FAILED", REFUSAL_TROUBLE },
	{ "WORKER_BUSY_TOO_LONG_RETRY", REFUSAL_TROUBLE },
	{ "RESPONSE_UNREADABLE", REFUSAL_TROUBLE },
	{ "MSG_RESEND_LIMIT", REFUSAL_TROUBLE },
};

void refusal_parse(struct refusal *f, int32_t status, const char *name)
{
	*f = (struct refusal){ .status = status };
	split_number(f, name);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].kind_name, f->kind_name) == 0) {
			f->kind = kinds[i].kind;
			return;
		}
	}
	/* -503 Timeout, 500 and its like: the server's trouble, whatever it is called. */
	if (status == 401)
		f->kind = REFUSAL_UNAUTHORIZED;
	else if (status == 420)
		f->kind = f->number ? REFUSAL_OTHER : REFUSAL_FLOOD;
	else if (status >= 500 || status < 0)
		f->kind = REFUSAL_TROUBLE;
}

/* What a person can make of the names they meet most. */
static const struct {
	const char *kind_name;
	const char *text;
} texts[] = {
	{ "API_ID_INVALID",
		"api_id and api_hash do not belong together; see https://my.telegram.org" },
	{ "API_ID_PUBLISHED_FLOOD",
		"this api_id is too widely known; get your own at https://my.telegram.org" },
	{ "PHONE_NUMBER_INVALID", "that is not a phone number Telegram knows" },
	{ "PHONE_NUMBER_BANNED", "this phone number is banned from Telegram" },
	{ "PHONE_NUMBER_UNOCCUPIED", "there is no account with this phone number" },
	{ "PHONE_NUMBER_FLOOD", "codes were asked for too often; try again tomorrow" },
	{ "PHONE_PASSWORD_FLOOD", "too many attempts to log in; try again later" },
	{ "PHONE_CODE_INVALID", "the code is wrong" },
	{ "PHONE_CODE_EMPTY", "the code is missing" },
	{ "PHONE_CODE_EXPIRED", "the code has expired; ask for a new one" },
	{ "PASSWORD_HASH_INVALID", "the password is wrong" },
	{ "SESSION_PASSWORD_NEEDED", "the account has a password (two-step verification)" },
	{ "AUTH_KEY_UNREGISTERED", "the session is not logged in" },
	{ "AUTH_KEY_INVALID", "the server does not know this session's key" },
	{ "AUTH_KEY_DUPLICATED",
		"this session was used from two places at once, so Telegram has ended it; log in again" },
	{ "SESSION_REVOKED", "the session was ended from another device; log in again" },
	{ "SESSION_EXPIRED", "the session has expired; log in again" },
	{ "USER_DEACTIVATED", "the account was deleted" },
	{ "USER_DEACTIVATED_BAN", "the account was banned" },
	{ "ACCESS_TOKEN_INVALID", "the bot token is not valid" },
	{ "ACCESS_TOKEN_EXPIRED", "the bot token was revoked" },
	{ "CHANNEL_PRIVATE", "the channel is private, or you were removed from it" },
	{ "CHANNEL_INVALID", "there is no such channel, or this account has not met it" },
	{ "CHAT_ADMIN_REQUIRED", "only administrators may do that" },
	{ "CHAT_FORBIDDEN", "you were removed from this group" },
	{ "PEER_ID_INVALID", "there is no such chat, or this account has not met it" },
	{ "USERNAME_INVALID", "that is not a possible username" },
	{ "USERNAME_NOT_OCCUPIED", "nobody has this username" },
	{ "INVITE_HASH_EXPIRED", "the invite link is no longer valid" },
	{ "INVITE_HASH_INVALID", "there is no such invite link" },
	{ "MSG_ID_INVALID", "there is no such message" },
	{ "TAKEOUT_INIT_DELAY",
		"the export has to be allowed first: see the message from Telegram in another session, or wait" },
	{ "TAKEOUT_INVALID", "the export session has ended" },
	{ "TAKEOUT_REQUIRED", "this works within an export session only" },
	{ "FLOOD_WAIT", "the server asks to wait" },
	{ "FLOOD_PREMIUM_WAIT", "the server asks to wait (less with Premium)" },
	{ "SLOWMODE_WAIT", "slow mode: the next message has to wait" },
};

static const char *text_of(const char *kind_name)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (strcmp(texts[i].kind_name, kind_name) == 0)
			return texts[i].text;
	return NULL;
}

void refusal_explain(const struct refusal *f, uint32_t method, int code, struct tobs_err *err)
{
	const char *text = text_of(f->kind_name), *name = tl_name(method);
	char spelled[80];

	if (f->number)
		snprintf(spelled, sizeof spelled, "%s, %lld", f->kind_name, (long long)f->number);
	else
		snprintf(spelled, sizeof spelled, "%s", f->kind_name);
	if (text)
		tobs_fail(err, code, "%s (%s)", text, spelled);
	else
		tobs_fail(err, code, "Telegram refused %s: %s", name ? name : "the call", spelled);
	if (!err)
		return;
	err->status = f->status;
	err->seconds = f->number;
	snprintf(err->name, sizeof err->name, "%s", f->name);
}
