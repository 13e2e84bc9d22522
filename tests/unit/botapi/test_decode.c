/* SPDX-License-Identifier: MIT */
#include <tobs/botapi_methods.h>

#include "botapi/decode.h"
#include "support/failmem.h"
#include "support/test.h"

static struct tobs_arena arena;
static struct tobs_err err;

static int setup(void **state)
{
	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	err = (struct tobs_err){ .code = 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tobs_arena_deinit(&arena);
	return 0;
}

static int decode(enum tobs_botapi_type type, const char *json, void *ret)
{
	const void *object = NULL;
	int r = tobs_botapi_decode(type, tobs_str(json), &arena, &object, &err);

	memcpy(ret, &object, sizeof object);
	return r;
}

#define DECODED(type, json, ret)                               \
	do {                                                   \
		if (decode(type, json, ret))                   \
			fail_msg("%s: %s", json, err.message); \
	} while (0)

#define REFUSED(type, json, said)                                            \
	do {                                                                 \
		const void *refused_;                                        \
		assert_code(decode(type, json, &refused_), TOBS_EMALFORMED); \
		assert_string_equal(err.message, said);                      \
		assert_null(refused_);                                       \
	} while (0)

static void message_update(void **state)
{
	const struct tobs_update *u;
	const struct tobs_message *m;

	(void)state;
	DECODED(TOBS_TYPE_UPDATE,
		"{\"update_id\":7,\"message\":{\"message_id\":42,\"from\":{\"id\":5,\"is_bot\":false,"
		"\"first_name\":\"\\u0410\\ud83d\\ude00\",\"is_premium\":true},\"chat\":{\"id\":-1001234567890,"
		"\"type\":\"supergroup\",\"title\":\"T\"},\"date\":1714550400,\"text\":\"/go \\\"x\\\"\","
		"\"entities\":[{\"offset\":0,\"length\":3,\"type\":\"bot_command\"},"
		"{\"offset\":4,\"length\":3,\"type\":\"text_link\",\"url\":\"http://e.org/\"}],"
		"\"photo\":[],\"is_topic_message\":true}}",
		&u);
	assert_int_equal(u->kind, TOBS_UPDATE_MESSAGE);
	assert_int_equal(u->update_id, 7);
	assert_null(u->edited_message);
	m = u->message;
	assert_int_equal(m->message_id, 42);
	assert_int_equal(m->from->id, 5);
	assert_false(m->from->is_bot);
	assert_true(m->from->is_premium);
	assert_string_equal(m->from->first_name, "\xd0\x90\xf0\x9f\x98\x80");
	assert_null(m->from->last_name);
	assert_int_equal(m->chat->id, -1001234567890);
	assert_int_equal(m->chat->type, TOBS_CHAT_TYPE_SUPERGROUP);
	assert_string_equal(m->text, "/go \"x\"");
	assert_int_equal(m->entities.count, 2);
	assert_int_equal(m->entities.items[0].type, TOBS_MESSAGE_ENTITY_TYPE_BOT_COMMAND);
	assert_int_equal(m->entities.items[1].offset, 4);
	assert_string_equal(m->entities.items[1].url, "http://e.org/");
	assert_int_equal(m->photo.count, 0);
	assert_non_null(m->photo.items); /* it was there */
	assert_null(m->caption_entities.items);
	assert_true(m->is_topic_message);
}

/* Each of the 27, recognised by the field it comes in. */
static void every_kind(void **state)
{
	static const char *const kinds[] = { "message", "edited_message", "channel_post",
		"edited_channel_post", "business_connection", "business_message",
		"edited_business_message", "deleted_business_messages", "guest_message",
		"message_reaction", "message_reaction_count", "inline_query",
		"chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
		"purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
		"chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot",
		"subscription", "stopped_message_generation" };
	char json[128];
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct tobs_update *u;

		snprintf(json, sizeof json, "{\"%s\":{},\"update_id\":3}", kinds[i]);
		DECODED(TOBS_TYPE_UPDATE, json, &u);
		assert_int_not_equal(u->kind, TOBS_UPDATE_UNKNOWN);
		assert_int_equal(u->update_id, 3);
		assert_false(seen >> u->kind & 1);
		seen |= 1u << u->kind;
	}
	assert_int_equal(ARRAY_LEN(kinds), 27);
}

static void later_versions(void **state)
{
	const struct tobs_update *u;
	const struct tobs_chat_member *c;
	const struct tobs_chat *chat;

	(void)state;
	DECODED(TOBS_TYPE_UPDATE, "{\"update_id\":1,\"thought_read\":{\"deep\":[[{\"x\":1}]]}}",
		&u);
	assert_int_equal(u->kind, TOBS_UPDATE_UNKNOWN);
	DECODED(TOBS_TYPE_CHAT_MEMBER, "{\"status\":\"ghost\",\"user\":{\"id\":1},\"n\":[1,2.5]}",
		&c);
	assert_int_equal(c->kind, TOBS_CHAT_MEMBER_UNKNOWN);
	assert_view(c->raw, "{\"status\":\"ghost\",\"user\":{\"id\":1},\"n\":[1,2.5]}");
	DECODED(TOBS_TYPE_CHAT, "{\"id\":1,\"type\":\"hive\",\"new\":null}", &chat);
	assert_int_equal(chat->type, TOBS_CHAT_TYPE_NONE);
	DECODED(TOBS_TYPE_CHAT_MEMBER, "{}", &c);
	assert_int_equal(c->kind, TOBS_CHAT_MEMBER_UNKNOWN);
}

static void kinds_of_members(void **state)
{
	const struct tobs_chat_member *c;

	(void)state;
	DECODED(TOBS_TYPE_CHAT_MEMBER,
		"{\"user\":{\"id\":9,\"is_bot\":false,\"first_name\":\"x\"},\"status\":\"creator\","
		"\"is_anonymous\":true,\"custom_title\":\"boss\"}",
		&c);
	assert_int_equal(c->kind, TOBS_CHAT_MEMBER_OWNER);
	assert_int_equal(c->user->id, 9);
	assert_ptr_equal(c->user, c->owner.user);
	assert_true(c->owner.is_anonymous);
	assert_string_equal(c->owner.custom_title, "boss");
	DECODED(TOBS_TYPE_CHAT_MEMBER,
		"{\"status\":\"kicked\",\"until_date\":5,\"user\":{\"id\":3}}", &c);
	assert_int_equal(c->kind, TOBS_CHAT_MEMBER_BANNED);
	assert_int_equal(c->banned.until_date, 5);
	assert_int_equal(c->user->id, 3);
}

static void inaccessible_message(void **state)
{
	const struct tobs_callback_query *q;

	(void)state;
	DECODED(TOBS_TYPE_CALLBACK_QUERY,
		"{\"id\":\"1\",\"from\":{\"id\":1},\"message\":{\"chat\":{\"id\":2,\"type\":\"private\"},"
		"\"message_id\":3,\"date\":0},\"chat_instance\":\"c\",\"data\":\"d\"}",
		&q);
	assert_int_equal(q->message->date, 0);
	assert_int_equal(q->message->message_id, 3);
	assert_int_equal(q->message->chat->id, 2);
	assert_string_equal(q->data, "d");
}

static void rich_text(void **state)
{
	const struct tobs_rich_text *t;

	(void)state;
	DECODED(TOBS_TYPE_RICH_TEXT, "\"plain\"", &t);
	assert_int_equal(t->kind, TOBS_RICH_TEXT_PLAIN);
	assert_string_equal(t->plain, "plain");
	DECODED(TOBS_TYPE_RICH_TEXT,
		"[\"a\",{\"type\":\"bold\",\"text\":[\"b\",{\"type\":\"code\",\"text\":\"c\"}]}]",
		&t);
	assert_int_equal(t->kind, TOBS_RICH_TEXT_LIST);
	assert_int_equal(t->list.count, 2);
	assert_string_equal(t->list.items[0].plain, "a");
	assert_int_equal(t->list.items[1].kind, TOBS_RICH_TEXT_BOLD);
	t = t->list.items[1].bold.text;
	assert_int_equal(t->list.items[1].kind, TOBS_RICH_TEXT_CODE);
	assert_string_equal(t->list.items[1].code.text->plain, "c");
}

/* Nothing but fields tells these apart. */
static void kinds_without_discriminator(void **state)
{
	const struct tobs_inline_query_result *q;
	const struct tobs_input_message_content *c;

	(void)state;
	DECODED(TOBS_TYPE_INLINE_QUERY_RESULT,
		"{\"type\":\"photo\",\"id\":\"1\",\"photo_file_id\":\"f\"}", &q);
	assert_int_equal(q->kind, TOBS_INLINE_QUERY_RESULT_CACHED_PHOTO);
	assert_string_equal(q->cached_photo.photo_file_id, "f");
	assert_string_equal(q->id, "1");
	DECODED(TOBS_TYPE_INLINE_QUERY_RESULT,
		"{\"type\":\"photo\",\"id\":\"2\",\"photo_url\":\"u\"}", &q);
	assert_int_equal(q->kind, TOBS_INLINE_QUERY_RESULT_PHOTO);
	assert_string_equal(q->id, "2");
	DECODED(TOBS_TYPE_INPUT_MESSAGE_CONTENT, "{\"latitude\":1,\"longitude\":-2.5}", &c);
	assert_int_equal(c->kind, TOBS_INPUT_MESSAGE_CONTENT_LOCATION);
	assert_true(c->location.longitude < -2.4 && c->location.longitude > -2.6);
	DECODED(TOBS_TYPE_INPUT_MESSAGE_CONTENT,
		"{\"latitude\":1,\"longitude\":2,\"title\":\"t\",\"address\":\"a\"}", &c);
	assert_int_equal(c->kind, TOBS_INPUT_MESSAGE_CONTENT_VENUE);
	DECODED(TOBS_TYPE_INPUT_MESSAGE_CONTENT, "{\"message_text\":\"t\"}", &c);
	assert_int_equal(c->kind, TOBS_INPUT_MESSAGE_CONTENT_TEXT);
}

static void wrong_types_say_where(void **state)
{
	(void)state;
	REFUSED(TOBS_TYPE_UPDATE, "{\"update_id\":\"1\"}",
		"Update: update_id: a string, not an integer");
	REFUSED(TOBS_TYPE_UPDATE, "{\"update_id\":1.5}",
		"Update: update_id: a number with a fraction, not an integer");
	REFUSED(TOBS_TYPE_UPDATE, "{\"update_id\":1,\"message\":[]}",
		"Update: message: an array, not an object");
	REFUSED(TOBS_TYPE_UPDATE, "{\"message\":{\"chat\":{\"id\":true}}}",
		"Update: message.chat.id: a boolean, not an integer");
	REFUSED(TOBS_TYPE_MESSAGE, "{\"entities\":[{},{\"url\":5}]}",
		"Message: entities[1].url: an integer, not a string");
	REFUSED(TOBS_TYPE_MESSAGE, "{\"entities\":{}}",
		"Message: entities: an object, not an array");
	REFUSED(TOBS_TYPE_CHAT, "{\"type\":1}", "Chat: type: an integer, not a string");
	REFUSED(TOBS_TYPE_CHAT, "{\"is_forum\":1}", "Chat: is_forum: an integer, not a boolean");
	REFUSED(TOBS_TYPE_LOCATION, "{\"latitude\":\"x\"}",
		"Location: latitude: a string, not a number");
	REFUSED(TOBS_TYPE_CHAT_MEMBER, "5", "ChatMember: an integer, not an object");
	REFUSED(TOBS_TYPE_USER_PROFILE_PHOTOS, "{\"photos\":[[{\"width\":1}],[{\"width\":\"\"}]]}",
		"UserProfilePhotos: photos[1][0].width: a string, not an integer");
	REFUSED(TOBS_TYPE_REPLY_PARAMETERS, "{\"chat_id\":[]}",
		"ReplyParameters: chat_id: an array, not an integer or a string");
}

static void not_json(void **state)
{
	const void *ret = NULL;

	(void)state;
	assert_code(decode(TOBS_TYPE_UPDATE, "{\"update_id\":1,}", &ret), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 15);
	assert_code(decode(TOBS_TYPE_UPDATE, "", &ret), TOBS_EMALFORMED);
	assert_null(ret);
}

/* null stands for a field that is not there; a field that comes twice is what it was last. */
static void odd_but_fine(void **state)
{
	const struct tobs_message *m;

	(void)state;
	DECODED(TOBS_TYPE_MESSAGE,
		"{\"text\":null,\"message_id\":1,\"message_id\":2,\"\":0,\"chat\":{}}", &m);
	assert_null(m->text);
	assert_int_equal(m->message_id, 2);
}

static void required_is_never_null(void **state)
{
	const struct tobs_message *m;
	const struct tobs_chat_boost *b;

	(void)state;
	DECODED(TOBS_TYPE_MESSAGE, "{\"from\":{}}", &m);
	assert_non_null(m->chat);
	assert_int_equal(m->chat->id, 0);
	assert_string_equal(m->from->first_name, "");
	assert_null(m->from->last_name);
	DECODED(TOBS_TYPE_CHAT_BOOST, "{}", &b);
	assert_string_equal(b->boost_id, "");
	assert_int_equal(b->source->kind, TOBS_CHAT_BOOST_SOURCE_UNKNOWN);
	assert_int_equal(b->source->raw.len, 0);
}

static void absent_is_not_zero(void **state)
{
	const struct tobs_location *l;

	(void)state;
	DECODED(TOBS_TYPE_LOCATION, "{\"latitude\":0,\"longitude\":0,\"heading\":0}", &l);
	assert_true(l->has_heading);
	assert_false(l->has_live_period);
	assert_false(l->has_horizontal_accuracy);
	DECODED(TOBS_TYPE_LOCATION, "{\"latitude\":0,\"longitude\":0,\"horizontal_accuracy\":1}",
		&l);
	assert_true(l->has_horizontal_accuracy);
}

static void zero_bytes(void **state)
{
	const struct tobs_user *u;

	(void)state;
	DECODED(TOBS_TYPE_USER, "{\"first_name\":\"a\\u0000b\\u0000\"}", &u);
	assert_string_equal(u->first_name,
		"a\xef\xbf\xbd"
		"b\xef\xbf\xbd");
}

static void numbers(void **state)
{
	const struct tobs_chat *c;

	(void)state;
	DECODED(TOBS_TYPE_CHAT, "{\"id\":-9223372036854775808}", &c);
	assert_true(c->id == INT64_MIN);
	DECODED(TOBS_TYPE_CHAT, "{\"id\":9223372036854775807}", &c);
	assert_true(c->id == INT64_MAX);
	REFUSED(TOBS_TYPE_CHAT, "{\"id\":9223372036854775808}",
		"Chat: id: too large a number, not an integer");
}

/* ---- Results ------------------------------------------------------------------ */

static int result(enum tobs_method m, const char *json, void *ret)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	int r;

	json_parser_init(&p, 1 << 20, BOTAPI_JSON_DEPTH);
	assert_ok(json_parse(&p, &doc, tobs_str(json), NULL));
	r = botapi_decode_result(m, json_root(&doc), &arena, ret, &err);
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	return r;
}

static void results(void **state)
{
	const struct tobs_message *m = NULL;
	struct tobs_update_array updates;
	const char *link = NULL;
	int64_t count = 0;
	const struct tobs_chat_member *member;

	(void)state;
	assert_ok(result(TOBS_METHOD_SEND_MESSAGE, "{\"message_id\":5,\"chat\":{}}", &m));
	assert_int_equal(m->message_id, 5);
	assert_ok(result(TOBS_METHOD_EDIT_MESSAGE_TEXT, "true", &m));
	assert_null(m);
	assert_ok(
		result(TOBS_METHOD_GET_UPDATES, "[{\"update_id\":1},{\"update_id\":2}]", &updates));
	assert_int_equal(updates.count, 2);
	assert_int_equal(updates.items[1].update_id, 2);
	assert_ok(result(TOBS_METHOD_EXPORT_CHAT_INVITE_LINK, "\"https://t.me/+x\"", &link));
	assert_string_equal(link, "https://t.me/+x");
	assert_ok(result(TOBS_METHOD_GET_CHAT_MEMBER_COUNT, "12", &count));
	assert_int_equal(count, 12);
	assert_ok(result(
		TOBS_METHOD_GET_CHAT_MEMBER, "{\"status\":\"left\",\"user\":{\"id\":1}}", &member));
	assert_int_equal(member->kind, TOBS_CHAT_MEMBER_LEFT);
	assert_ok(result(TOBS_METHOD_DELETE_MESSAGE, "true", NULL));
	assert_ok(result(TOBS_METHOD_SEND_MESSAGE, "{\"message_id\":5}", NULL));
	assert_code(result(TOBS_METHOD_GET_UPDATES, "[1]", &updates), TOBS_EMALFORMED);
	assert_string_equal(err.message, "getUpdates: [0]: an integer, not an object");
	assert_code(result(TOBS_METHOD_GET_CHAT_MEMBER_COUNT, "\"12\"", &count), TOBS_EMALFORMED);
}

/* ---- Limits ------------------------------------------------------------------- */

/* A message that answers a message that answers …; each level is an object and nothing else. */
static char *nested(int levels)
{
	static const char open[] = "{\"reply_to_message\":";
	char *s = malloc((size_t)levels * (sizeof open + 1) + 3), *at = s;

	for (int i = 1; i < levels; i++) {
		memcpy(at, open, sizeof open - 1);
		at += sizeof open - 1;
	}
	*at++ = '{';
	for (int i = 0; i < levels; i++)
		*at++ = '}';
	*at = 0;
	return s;
}

static void depth(void **state)
{
	const void *m;
	char *s = nested(TOBS_BOTAPI_DEPTH);

	(void)state;
	assert_ok(decode(TOBS_TYPE_MESSAGE, s, &m));
	free(s);
	s = nested(TOBS_BOTAPI_DEPTH + 1);
	assert_code(decode(TOBS_TYPE_MESSAGE, s, &m), TOBS_ETOOBIG);
	free(s);
	s = nested(1000);
	assert_code(decode(TOBS_TYPE_MESSAGE, s, &m), TOBS_ETOOBIG);
	free(s);
}

/* A few bytes of JSON are many of memory: the arena's maximum holds. */
static void small_arena(void **state)
{
	static const char json[] =
		"{\"message_id\":1,\"chat\":{\"id\":1,\"type\":\"private\",\"title\":\"a title\"},"
		"\"photo\":[{},{},{},{}],\"new_chat_members\":[{},{},{},{},{},{},{},{},{},{},{}]}";
	const void *m;
	size_t max = 0;
	int r;

	(void)state;
	do {
		struct tobs_arena small;

		tobs_arena_init(&small, max);
		r = tobs_botapi_decode(TOBS_TYPE_MESSAGE, tobs_str(json), &small, &m, &err);
		if (r) {
			assert_code(r, TOBS_ETOOBIG);
			assert_non_null(strstr(err.message, "more than"));
		}
		assert_true(small.used <= max);
		tobs_arena_deinit(&small);
		max += 64;
	} while (r);
	assert_true(max > 2000);
}

static int decode_once(void *user)
{
	const void *ret;
	int r;

	(void)user;
	r = tobs_botapi_decode(TOBS_TYPE_UPDATE,
		tobs_str(
			"{\"update_id\":1,\"chat_member\":{\"chat\":{},\"new_chat_member\":{\"status\":"
			"\"newer\",\"a\":[1]},\"from\":{\"first_name\":\"x\\u0000\"},\"old_chat_member\":"
			"{\"status\":\"left\",\"user\":{}}}}"),
		&arena, &ret, NULL);
	tobs_arena_deinit(&arena);
	return r;
}

static void failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(decode_once, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(message_update),
		TEST(every_kind),
		TEST(later_versions),
		TEST(kinds_of_members),
		TEST(inaccessible_message),
		TEST(rich_text),
		TEST(kinds_without_discriminator),
		TEST(wrong_types_say_where),
		TEST(not_json),
		TEST(odd_but_fine),
		TEST(required_is_never_null),
		TEST(absent_is_not_zero),
		TEST(zero_bytes),
		TEST(numbers),
		TEST(results),
		TEST(depth),
		TEST(small_arena),
		TEST(failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
