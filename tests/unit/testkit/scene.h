/* SPDX-License-Identifier: MIT */
/* A bot that does a bit of everything, and a test of it. */
#ifndef TESTKIT_SCENE_H
#define TESTKIT_SCENE_H

#include <tobs/bot.h>
#include <tobs/test.h>

#include "support/tmpdir.h"

/* ---- the bot under test ---- */

static unsigned handled;

static int on_start(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "Hello, %s", tobs_sender(ctx)->first_name);
}

static int on_language(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const char *code = tobs_sender(ctx)->language_code;

	return tobs_reply(ctx, "%s", code ? code : "(none)");
}

static int on_echo(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	handled++;
	return tobs_reply(ctx, "%s", tobs_text(ctx));
}

static int on_ask(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_inline_keyboard_markup keyboard = {
		.inline_keyboard = TOBS_ARRAY(struct tobs_inline_keyboard_button_array,
			TOBS_ARRAY(struct tobs_inline_keyboard_button,
				{ .text = "Yes", .callback_data = "q:y" },
				{ .text = "No", .callback_data = "q:n" }),
			TOBS_ARRAY(struct tobs_inline_keyboard_button,
				{ .text = "Later", .callback_data = "q:l" })),
	};

	return tobs_reply_with(ctx,
		&(struct tobs_send_message){
			.text = "Well?", .reply_markup.inline_keyboard = &keyboard },
		NULL);
}

static int on_pressed(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	int r = tobs_answer(ctx, strcmp(tobs_text(ctx), "q:l") ? "Noted" : NULL);

	return r ? r : tobs_edit(ctx, tobs_text(ctx), NULL);
}

static int on_menu(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_reply_keyboard_markup keyboard = {
		.keyboard = TOBS_ARRAY(struct tobs_keyboard_button_array,
			TOBS_ARRAY(struct tobs_keyboard_button, { .text = "Tea" },
				{ .text = "Milk" })),
	};

	return tobs_reply_with(ctx,
		&(struct tobs_send_message){ .text = "Drink", .reply_markup.keyboard = &keyboard },
		NULL);
}

static int on_slow(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	int r = tobs_sleep(3600 * 1000);

	return r ? r : tobs_reply(ctx, "an hour later");
}

static int on_gone(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_message *sent;
	int r = tobs_reply_with(ctx, &(struct tobs_send_message){ .text = "oops" }, &sent);

	return r ? r
		 : tobs_delete_message(tobs_ctx_bot(ctx),
			   &(struct tobs_delete_message){
				   .chat_id = tobs_chat_id(ctx), .message_id = sent->message_id });
}

static int on_thing(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "a %s", (const char *)user);
}

static int on_file(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_document *d = tobs_ctx_message(ctx)->document;
	struct tobs_buf data;
	int r;

	tobs_buf_init(&data, 1000);
	r = tobs_bot_download_buf(tobs_ctx_bot(ctx), d->file_id, &data);
	if (!r)
		r = tobs_reply(
			ctx, "%s: %s (%s)", d->file_name, tobs_buf_str(&data), tobs_text(ctx));
	tobs_buf_deinit(&data);
	return r;
}

static int on_edited(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "now %s", tobs_ctx_message(ctx)->text);
}

static int on_reply(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "to %s", tobs_ctx_message(ctx)->reply_to_message->text);
}

static int on_member(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "%s %s",
		tobs_ctx_update(ctx)->chat_member->new_chat_member->user->first_name,
		(const char *)user);
}

static int on_query(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const struct tobs_inline_query *q = tobs_ctx_update(ctx)->inline_query;
	const struct tobs_input_message_content tea = { .kind = TOBS_INPUT_MESSAGE_CONTENT_TEXT,
		.text = { .message_text = "a cup of tea" } };
	const struct tobs_inline_query_result results[] = {
		{ .kind = TOBS_INLINE_QUERY_RESULT_ARTICLE,
			.article = { .id = "1", .title = "Tea", .input_message_content = &tea } },
		{ .kind = TOBS_INLINE_QUERY_RESULT_ARTICLE,
			.article = { .id = "2",
				.title = q->query,
				.input_message_content = &tea } },
	};

	return tobs_answer_inline_query(tobs_ctx_bot(ctx),
		&(struct tobs_answer_inline_query){
			.inline_query_id = q->id, .results = { results, 2 } });
}

static int on_sell(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_send_invoice(tobs_ctx_bot(ctx),
		&(struct tobs_send_invoice){ .chat_id = tobs_chat_id(ctx),
			.title = "Hen",
			.description = "A hen",
			.payload = "hen",
			.currency = "XTR",
			.prices = TOBS_ARRAY(struct tobs_labeled_price, { "Hen", 7 }) },
		NULL);
}

/* The first buyer is refused, the second one is not answered. */
static int on_checkout(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	const char *id = tobs_ctx_update(ctx)->pre_checkout_query->id;
	int r = ++handled == 2 ? tobs_sleep(60000) : TOBS_OK;

	return r ? r
		 : tobs_answer_pre_checkout_query(tobs_ctx_bot(ctx),
			   &(struct tobs_answer_pre_checkout_query){ .pre_checkout_query_id = id,
				   .ok = handled > 2,
				   .error_message = handled > 2 ? NULL : "gone" });
}

static bool is_paid(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_ctx_message(ctx) && tobs_ctx_message(ctx)->successful_payment;
}

static int on_paid(struct tobs_ctx *ctx, void *user ATTR_UNUSED)
{
	return tobs_reply(ctx, "paid");
}

static char photo[] = "photo", place[] = "place", contact[] = "contact", came[] = "came",
	    went[] = "went";

static void handlers(struct tobs_bot *bot, void *user ATTR_UNUSED)
{
	tobs_on_command(bot, "start", on_start, NULL);
	tobs_on_command(bot, "language", on_language, NULL);
	tobs_on_command(bot, "ask", on_ask, NULL);
	tobs_on_command(bot, "menu", on_menu, NULL);
	tobs_on_command(bot, "slow", on_slow, NULL);
	tobs_on_command(bot, "gone", on_gone, NULL);
	tobs_on_command(bot, "sell", on_sell, NULL);
	tobs_on_callback(bot, "q:", on_pressed, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_INLINE_QUERY, on_query, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_PRE_CHECKOUT_QUERY, on_checkout, NULL);
	tobs_on(bot, tobs_f_fn(is_paid, NULL), on_paid, NULL);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_PHOTO), on_thing, photo);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_LOCATION), on_thing, place);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_CONTACT), on_thing, contact);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_DOCUMENT), on_file, NULL);
	tobs_on(bot, tobs_f_reply(), on_reply, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_EDITED_MESSAGE, on_edited, NULL);
	tobs_on(bot, tobs_f_member(TOBS_MEMBER_JOINED), on_member, came);
	tobs_on(bot, tobs_f_member(TOBS_MEMBER_LEFT), on_member, went);
	tobs_on_text(bot, on_echo, NULL);
}

/* ---- the tests' own ---- */

static char said[16384];

static void note(const char *message, void *user ATTR_UNUSED)
{
	snprintf(said, sizeof said, "%s", message);
}

static struct tobs_test *t;
static struct tobs_test_user *ada;
static struct tobs_test_options options;

static int begin(void **state ATTR_UNUSED)
{
	said[0] = 0;
	handled = 0;
	options = (struct tobs_test_options){ .setup = handlers, .fail = note };
	t = tobs_test_new(&options);
	ada = tobs_test_user(t, "Ada Lovelace @ada");
	return t && ada ? 0 : -1;
}

static int end(void **state ATTR_UNUSED)
{
	tobs_test_free(NULL);
	return 0;
}

/* What came before was as it should be. */
#define assert_fine()                         \
	do {                                  \
		if (said[0])                  \
			fail_msg("%s", said); \
	} while (0)

/* The call failed, and this is said. */
#define assert_says(call, part)                                   \
	do {                                                      \
		said[0] = 0;                                      \
		assert_int_equal(call, -1);                       \
		if (!strstr(said, part))                          \
			fail_msg("no \"%s\" in\n%s", part, said); \
		said[0] = 0;                                      \
	} while (0)

#define KIT_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
