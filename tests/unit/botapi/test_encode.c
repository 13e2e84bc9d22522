/* SPDX-License-Identifier: MIT */
#include "botapi/encode.h"

#include <math.h>
#include <tobs/botapi_methods.h>

#include "botapi/tables.h"
#include "support/test.h"

static struct botapi_body body;
static struct tobs_err err;

static int setup(void **state)
{
	(void)state;
	botapi_body_init(&body, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	botapi_body_deinit(&body);
	return 0;
}

static const char *json(enum tobs_method m, const void *args)
{
	if (botapi_encode(m, args, 0, &body, &err))
		fail_msg("%s", err.message);
	assert_int_equal(body.parts.count, 0);
	return tobs_buf_str(&body.text);
}

static void refused(enum tobs_method m, const void *args, const char *message)
{
	assert_code(botapi_encode(m, args, 0, &body, &err), TOBS_EINVAL);
	assert_string_equal(err.message, message);
}

static void as_written(void **state)
{
	(void)state;
	assert_string_equal(
		json(TOBS_METHOD_SEND_MESSAGE,
			&(struct tobs_send_message){
				.chat_id = -1001234567890,
				.text = "a \"b\"\n\xd0\xbf",
				.parse_mode = TOBS_PARSE_MODE_MARKDOWN_V2,
				.entities = TOBS_ARRAY(struct tobs_message_entity,
					{ .type = TOBS_MESSAGE_ENTITY_TYPE_BOLD, .length = 1 }),
				.disable_notification = true,
			}),
		"{\"chat_id\":-1001234567890,\"text\":\"a \\\"b\\\"\\n\xd0\xbf\",\"parse_mode\":"
		"\"MarkdownV2\",\"entities\":[{\"type\":\"bold\",\"offset\":0,\"length\":1}],"
		"\"disable_notification\":true}");
	assert_string_equal(json(TOBS_METHOD_GET_ME, NULL), "{}");
}

static void zero_and_absent(void **state)
{
	struct tobs_get_updates u = { .offset = 0 };

	(void)state;
	assert_string_equal(json(TOBS_METHOD_GET_UPDATES, &u), "{}");
	u.has_offset = u.has_timeout = true;
	assert_string_equal(json(TOBS_METHOD_GET_UPDATES, &u), "{\"offset\":0,\"timeout\":0}");
	/* An empty list of kinds is not the same as none. */
	u = (struct tobs_get_updates){ .allowed_updates = { (const char *const[]){ "" }, 0 } };
	assert_string_equal(json(TOBS_METHOD_GET_UPDATES, &u), "{\"allowed_updates\":[]}");
	assert_string_equal(json(TOBS_METHOD_SET_MY_NAME, &(struct tobs_set_my_name){ .name = "" }),
		"{\"name\":\"\"}");
	/* Required numbers and arrays are said even when they are zero and empty. */
	assert_string_equal(json(TOBS_METHOD_ANSWER_INLINE_QUERY,
				    &(struct tobs_answer_inline_query){ .inline_query_id = "1" }),
		"{\"inline_query_id\":\"1\",\"results\":[]}");
	assert_string_equal(json(TOBS_METHOD_SEND_POLL,
				    &(struct tobs_send_poll){
					    .chat_id = 1,
					    .question = "q",
					    .options = TOBS_ARRAY(
						    struct tobs_input_poll_option, { .text = "a" }),
					    .has_is_anonymous = true,
				    }),
		"{\"chat_id\":1,\"question\":\"q\",\"options\":[{\"text\":\"a\"}],\"is_anonymous\":false}");
	assert_string_equal(json(TOBS_METHOD_SEND_LOCATION,
				    &(struct tobs_send_location){ .chat_id = 1, .latitude = -0.5 }),
		"{\"chat_id\":1,\"latitude\":-0.5,\"longitude\":0.0}");
}

static void chats_by_name(void **state)
{
	(void)state;
	assert_string_equal(json(TOBS_METHOD_FORWARD_MESSAGE,
				    &(struct tobs_forward_message){ .chat_username = "@to",
					    .from_chat_username = "@from",
					    .message_id = 5 }),
		"{\"chat_id\":\"@to\",\"from_chat_id\":\"@from\",\"message_id\":5}");
	refused(TOBS_METHOD_GET_CHAT, &(struct tobs_get_chat){ .chat_id = 0 },
		"getChat: chat_id: missing");
}

static void missing(void **state)
{
	(void)state;
	refused(TOBS_METHOD_SEND_MESSAGE, &(struct tobs_send_message){ .chat_id = 1 },
		"sendMessage: text: missing");
	refused(TOBS_METHOD_SEND_PHOTO, &(struct tobs_send_photo){ .chat_id = 1 },
		"sendPhoto: photo: missing");
	refused(TOBS_METHOD_SEND_CHAT_ACTION, &(struct tobs_send_chat_action){ .chat_id = 1 },
		"sendChatAction: action: missing");
	refused(TOBS_METHOD_RESTRICT_CHAT_MEMBER,
		&(struct tobs_restrict_chat_member){ .chat_id = 1, .user_id = 2 },
		"restrictChatMember: permissions: missing");
	refused(TOBS_METHOD_SEND_MESSAGE,
		&(struct tobs_send_message){ .chat_id = 1,
			.text = "x",
			.reply_markup.keyboard =
				&(struct tobs_reply_keyboard_markup){
					.keyboard = TOBS_ARRAY(struct tobs_keyboard_button_array,
						TOBS_ARRAY(struct tobs_keyboard_button,
							{ .text = "a" }, { .text = NULL })) } },
		"sendMessage: reply_markup.keyboard[0][1].text: missing");
	refused(TOBS_METHOD_GET_UPDATES,
		&(struct tobs_get_updates){
			.allowed_updates = { (const char *const[]){ "message", NULL }, 2 } },
		"getUpdates: allowed_updates[1]: missing");
}

static void kinds(void **state)
{
	struct tobs_bot_command_scope scope = { .kind = TOBS_BOT_COMMAND_SCOPE_CHAT_MEMBER,
		.chat_member = { .chat_id = 1, .user_id = 2 } };
	struct tobs_delete_my_commands args = { .scope = &scope };

	(void)state;
	assert_string_equal(json(TOBS_METHOD_DELETE_MY_COMMANDS, &args),
		"{\"scope\":{\"type\":\"chat_member\",\"chat_id\":1,\"user_id\":2}}");
	scope = (struct tobs_bot_command_scope){ .kind = TOBS_BOT_COMMAND_SCOPE_DEFAULT };
	assert_string_equal(
		json(TOBS_METHOD_DELETE_MY_COMMANDS, &args), "{\"scope\":{\"type\":\"default\"}}");
	scope = (struct tobs_bot_command_scope){ .raw = TOBS_LIT("{\"type\":\"later\"}") };
	assert_string_equal(
		json(TOBS_METHOD_DELETE_MY_COMMANDS, &args), "{\"scope\":{\"type\":\"later\"}}");
	scope = (struct tobs_bot_command_scope){ .kind = TOBS_BOT_COMMAND_SCOPE_UNKNOWN };
	refused(TOBS_METHOD_DELETE_MY_COMMANDS, &args,
		"deleteMyCommands: scope: its kind is not set");
	memcpy(&scope.kind, &(unsigned){ 99 }, sizeof scope.kind);
	refused(TOBS_METHOD_DELETE_MY_COMMANDS, &args,
		"deleteMyCommands: scope: 99 is no kind of BotCommandScope");
}

static void bad_values(void **state)
{
	struct tobs_send_location where = { .chat_id = 1, .latitude = (double)NAN };
	struct tobs_send_message m = { .chat_id = 1, .text = "x" };

	(void)state;
	refused(TOBS_METHOD_SEND_LOCATION, &where, "sendLocation: latitude: not a number");
	where.latitude = (double)INFINITY;
	refused(TOBS_METHOD_SEND_LOCATION, &where, "sendLocation: latitude: not a number");
	memcpy(&m.parse_mode, &(unsigned){ 77 }, sizeof m.parse_mode);
	refused(TOBS_METHOD_SEND_MESSAGE, &m, "sendMessage: parse_mode: 77 is no ParseMode");
	refused(TOBS_METHOD_SEND_PHOTO,
		&(struct tobs_send_photo){ .chat_id = 1, .photo = tobs_file_id(NULL) },
		"sendPhoto: photo: a file without id");
}

/* Text that ends in itself: only the depth ends it. */
static void endless(void **state)
{
	struct tobs_rich_text text = { .kind = TOBS_RICH_TEXT_BOLD };
	struct tobs_buf out;

	(void)state;
	text.bold.text = &text;
	tobs_buf_init(&out, 1 << 16);
	assert_code(tobs_botapi_print(&out, TOBS_TYPE_RICH_TEXT, &text), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
}

static void too_large(void **state)
{
	struct botapi_body small;

	(void)state;
	botapi_body_init(&small, 20);
	assert_code(botapi_encode(TOBS_METHOD_SEND_MESSAGE,
			    &(struct tobs_send_message){ .chat_id = 1, .text = "some text" }, 0,
			    &small, &err),
		TOBS_ETOOBIG);
	assert_string_equal(err.message, "sendMessage: the request is too large");
	botapi_body_deinit(&small);
}

/* ---- Files -------------------------------------------------------------------- */

static struct tobs_view value(const struct botapi_part *p)
{
	return tobs_view(body.text.ptr + p->at, p->len);
}

static void assert_part(size_t i, const char *name, const char *text)
{
	const struct botapi_part *p = &body.parts.items[i];

	assert_true(i < body.parts.count);
	assert_string_equal(botapi_part_name(p), name);
	assert_null(p->file);
	assert_view(value(p), text);
}

static void named_files_are_json(void **state)
{
	(void)state;
	assert_string_equal(
		json(TOBS_METHOD_SEND_PHOTO,
			&(struct tobs_send_photo){
				.chat_id = 1, .photo = tobs_file_id("AgAC"), .caption = "c" }),
		"{\"chat_id\":1,\"photo\":\"AgAC\",\"caption\":\"c\"}");
	assert_string_equal(json(TOBS_METHOD_SEND_PHOTO,
				    &(struct tobs_send_photo){ .chat_username = "@c",
					    .photo = tobs_file_url("https://e.org/x.jpg") }),
		"{\"chat_id\":\"@c\",\"photo\":\"https://e.org/x.jpg\"}");
}

static void streamed_file(void **state)
{
	struct tobs_send_document args = {
		.chat_id = -5,
		.document = tobs_file_path("/tmp/some dir/report.pdf"),
		.caption = "a \"caption\"\xff",
		.parse_mode = TOBS_PARSE_MODE_HTML,
		.caption_entities = TOBS_ARRAY(struct tobs_message_entity,
			{ .type = TOBS_MESSAGE_ENTITY_TYPE_CODE, .offset = 1, .length = 2 }),
		.protect_content = true,
		.reply_parameters = &(struct tobs_reply_parameters){ .message_id = 3 },
	};

	(void)state;
	assert_ok(botapi_encode(TOBS_METHOD_SEND_DOCUMENT, &args, 0, &body, &err));
	assert_int_equal(body.parts.count, 7);
	assert_part(0, "chat_id", "-5");
	assert_string_equal(botapi_part_name(&body.parts.items[1]), "document");
	assert_ptr_equal(body.parts.items[1].file, &args.document);
	assert_part(2, "caption", "a \"caption\"\xef\xbf\xbd");
	assert_part(3, "parse_mode", "HTML");
	assert_part(4, "caption_entities", "[{\"type\":\"code\",\"offset\":1,\"length\":2}]");
	assert_part(5, "protect_content", "true");
	assert_part(6, "reply_parameters", "{\"message_id\":3}");
	assert_string_equal(botapi_file_name(&args.document), "report.pdf");
	/* The same body can be used for another call. */
	assert_string_equal(json(TOBS_METHOD_GET_ME, NULL), "{}");
}

/* Two files, one of them known; and a certificate, which even a server on this machine does not read itself. */
static void files_under_their_own_names(void **state)
{
	struct tobs_send_audio audio = {
		.chat_id = 1,
		.audio = tobs_file_id("CQAC"),
		.thumbnail = tobs_file_memory("x", 1, "t.jpg"),
	};
	struct tobs_set_webhook hook = {
		.url = "https://e.org/",
		.certificate = tobs_file_path("/etc/cert.pem"),
	};

	(void)state;
	assert_ok(botapi_encode(TOBS_METHOD_SEND_AUDIO, &audio, 0, &body, &err));
	assert_int_equal(body.parts.count, 3);
	assert_part(1, "audio", "CQAC");
	assert_string_equal(botapi_part_name(&body.parts.items[2]), "thumbnail");
	assert_ptr_equal(body.parts.items[2].file, &audio.thumbnail);
	for (unsigned flags = 0; flags <= BOTAPI_LOCAL; flags += BOTAPI_LOCAL) {
		assert_ok(botapi_encode(TOBS_METHOD_SET_WEBHOOK, &hook, flags, &body, &err));
		assert_int_equal(body.parts.count, 2);
		assert_string_equal(botapi_part_name(&body.parts.items[1]), "certificate");
		assert_ptr_equal(body.parts.items[1].file, &hook.certificate);
	}
}

static void album(void **state)
{
	struct tobs_input_media media[] = {
		{ .kind = TOBS_INPUT_MEDIA_PHOTO,
			.photo = { .media = tobs_file_memory("x", 1, "a.jpg"), .caption = "one" } },
		{ .kind = TOBS_INPUT_MEDIA_PHOTO, .photo = { .media = tobs_file_id("AgAC") } },
		{ .kind = TOBS_INPUT_MEDIA_VIDEO,
			.video = { .media = tobs_file_path("v.mp4"),
				.thumbnail = tobs_file_fd(0, NULL) } },
	};
	struct tobs_send_media_group args = { .chat_id = 1, .media = { media, 3 } };

	(void)state;
	assert_ok(botapi_encode(TOBS_METHOD_SEND_MEDIA_GROUP, &args, 0, &body, &err));
	assert_int_equal(body.parts.count, 5);
	assert_part(1, "media",
		"[{\"type\":\"photo\",\"media\":\"attach://file0\",\"caption\":\"one\"},"
		"{\"type\":\"photo\",\"media\":\"AgAC\"},"
		"{\"type\":\"video\",\"media\":\"attach://file1\",\"thumbnail\":\"attach://file2\"}]");
	assert_ptr_equal(body.parts.items[2].file, &media[0].media);
	assert_ptr_equal(body.parts.items[3].file, &media[2].video.media);
	assert_ptr_equal(body.parts.items[4].file, &media[2].video.thumbnail);
	assert_string_equal(botapi_part_name(&body.parts.items[4]), "file2");
	assert_string_equal(botapi_file_name(&media[2].video.media), "v.mp4");
	assert_string_equal(botapi_file_name(&media[2].video.thumbnail), "file");
	media[1].kind = TOBS_INPUT_MEDIA_UNKNOWN;
	media[1].raw = tobs_str("");
	refused(TOBS_METHOD_SEND_MEDIA_GROUP, &args,
		"sendMediaGroup: media[1]: its kind is not set");
}

static void printed_files(void **state)
{
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1 << 16);
	assert_ok(tobs_botapi_print(&out, TOBS_TYPE_INPUT_MEDIA,
		&(struct tobs_input_media){ .kind = TOBS_INPUT_MEDIA_PHOTO,
			.photo = { .media = tobs_file_path("/tmp/a.jpg") } }));
	assert_string_equal(
		tobs_buf_str(&out), "{\"type\":\"photo\",\"media\":\"attach://a.jpg\"}");
	tobs_buf_clear(&out);
	/* What is missing is left out, nothing is refused. */
	assert_ok(tobs_botapi_print(
		&out, TOBS_TYPE_CHAT_MEMBER, &(struct tobs_chat_member){ .raw = { NULL, 0 } }));
	assert_string_equal(tobs_buf_str(&out), "null");
	tobs_buf_deinit(&out);
}

/* NULL is what a struct of zeros is, for every method. */
static void nothing_said(void **state)
{
	(void)state;
	assert_string_equal(json(TOBS_METHOD_DELETE_WEBHOOK, NULL), "{}");
	assert_string_equal(json(TOBS_METHOD_GET_ME, NULL), "{}");
	refused(TOBS_METHOD_SEND_MESSAGE, NULL, "sendMessage: chat_id: missing");
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++) {
		void *zeros = calloc(1, botapi_types[m].size + 1u);
		struct botapi_body other;
		int r;

		assert_non_null(zeros);
		botapi_body_init(&other, 1 << 16);
		r = botapi_encode((enum tobs_method)m, zeros, 0, &other, NULL);
		assert_code(botapi_encode((enum tobs_method)m, NULL, 0, &body, NULL), r);
		if (!r)
			assert_string_equal(tobs_buf_str(&body.text), tobs_buf_str(&other.text));
		botapi_body_deinit(&other);
		free(zeros);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(as_written),
		TEST(zero_and_absent),
		TEST(chats_by_name),
		TEST(missing),
		TEST(nothing_said),
		TEST(kinds),
		TEST(bad_values),
		TEST(endless),
		TEST(too_large),
		TEST(named_files_are_json),
		TEST(streamed_file),
		TEST(files_under_their_own_names),
		TEST(album),
		TEST(printed_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
