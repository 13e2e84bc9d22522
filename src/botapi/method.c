/* SPDX-License-Identifier: MIT */
#include "botapi/method.h"

#include "base/attr.h"

/*
 * What begins so and ends in a state that a second time does not change. The rest
 * (send…, forward…, copy…, create…, gift…, transfer…) does it once more.
 */
static const char *const repeatable[] = { "answer", "approve", "ban", "decline", "delete", "edit",
	"get", "hide", "leave", "pin", "promote", "read", "remove", "reopenForum", "reopenGeneral",
	"restrict", "sendChatAction", "set", "stopPoll", "unban", "unhide", "unpin", "verify" };

static bool begins(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tobs_view_starts(tobs_str(name), list[i]))
			return true;
	return false;
}

static enum method_pace pace_of(const char *name)
{
	static const char *const messages[] = { "send", "forward", "copy" };

	if (!strcmp(name, "sendChatAction") || !strcmp(name, "sendChatJoinRequestWebApp"))
		return METHOD_FREE;
	if (begins(name, messages, ARRAY_LEN(messages)))
		return METHOD_MESSAGE;
	return tobs_view_starts(tobs_str(name), "editMessage") ? METHOD_EDIT : METHOD_FREE;
}

static void learn(const struct botapi_type *t, struct method_info *info)
{
	const char *name = botapi_name(t->name);

	info->repeatable = begins(name, repeatable, ARRAY_LEN(repeatable));
	info->pace = pace_of(name);
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];
		const char *field = botapi_name(f->name);

		if (f->kind == BOTAPI_CHAT_ID && !strcmp(field, "chat_id"))
			info->chat = f;
		if (f->kind == BOTAPI_BOOL && !strcmp(field, "allow_paid_broadcast"))
			info->paid = f;
		if (f->kind == BOTAPI_ARRAY && info->pace == METHOD_MESSAGE &&
			(!strcmp(field, "media") || !strcmp(field, "message_ids")))
			info->many = f;
	}
}

const struct method_info *method_info(enum tobs_method m)
{
	static struct method_info table[TOBS_METHOD_END - TOBS_TYPE_COUNT];
	static bool learnt;

	if (!learnt)
		for (int i = TOBS_TYPE_COUNT; i < TOBS_METHOD_END; i++)
			learn(&botapi_types[i], &table[i - TOBS_TYPE_COUNT]);
	learnt = true;
	return &table[m - TOBS_TYPE_COUNT];
}

int64_t method_chat_id(enum tobs_method m, const void *args)
{
	const struct botapi_field *f = method_info(m)->chat;
	int64_t id;

	if (!f || !args)
		return 0;
	memcpy(&id, (const uint8_t *)args + f->offset, sizeof id);
	return id;
}

size_t method_weight(enum tobs_method m, const void *args)
{
	const struct botapi_field *f = method_info(m)->many;
	struct {
		const void *items;
		size_t count;
	} array;

	if (!f || !args)
		return 1;
	memcpy(&array, (const uint8_t *)args + f->offset, sizeof array);
	return array.count ? array.count : 1;
}

bool method_is_paid(enum tobs_method m, const void *args)
{
	const struct botapi_field *f = method_info(m)->paid;

	return f && args && ((const uint8_t *)args)[f->offset];
}
