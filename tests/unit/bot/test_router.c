/* SPDX-License-Identifier: MIT */
/* Filters, and which handler an update goes to. */
#include "bot/router.h"

#include <tobs/log.h>

#include "bot/bot.h"
#include "bot/filter.h"
#include "support/botapi_random.h"
#include "support/failmem.h"
#include "support/test.h"

static struct tobs_bot *bot;
static struct tobs_scope scope;
static struct tobs_ctx ctx;

static int setup(void **state)
{
	(void)state;
	bot = tobs_bot_new(&(struct tobs_bot_options){ .token = "1:x" });
	bot->me.username = "my_bot";
	tobs_arena_init(&scope.arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tobs_bot_free(bot);
	tobs_arena_deinit(&scope.arena);
	return 0;
}

/* The update at hand from now on. */
static void at_hand(const char *json)
{
	const void *u;
	struct tobs_err err;

	if (tobs_botapi_decode(TOBS_TYPE_UPDATE, tobs_str(json), &scope.arena, &u, &err))
		fail_msg("%s", err.message);
	ctx = (struct tobs_ctx){ .bot = bot };
	facts_of(u, &ctx.facts);
	assert_ok(ctx_init(&ctx, bot, u, &scope));
}

static void message(const char *text)
{
	char json[1024];

	snprintf(json, sizeof json,
		"{\"update_id\":1,\"message\":{\"message_id\":1,\"date\":1,\"text\":\"%s\",\"from\":"
		"{\"id\":7,\"is_bot\":false,\"first_name\":\"A\"},\"chat\":{\"id\":-5,\"type\":"
		"\"group\"}}}",
		text);
	at_hand(json);
}

static void button(const char *data)
{
	char json[1024];

	snprintf(json, sizeof json,
		"{\"update_id\":1,\"callback_query\":{\"id\":\"1\",\"chat_instance\":\"1\",\"data\":"
		"\"%s\",\"from\":{\"id\":7,\"is_bot\":false,\"first_name\":\"A\"},\"message\":"
		"{\"message_id\":9,\"date\":0,\"chat\":{\"id\":-5,\"type\":\"group\"}}}}",
		data);
	at_hand(json);
}

/* Whether the filter takes what is at hand; frees it. */
static bool takes(struct tobs_filter *f)
{
	bool yes;

	assert_non_null(f);
	yes = filter_takes(f, &ctx);
	tobs_filter_free(f);
	return yes;
}

static void of_texts(void **state)
{
	(void)state;
	message("Hello World");
	assert_true(takes(tobs_f_any()));
	assert_true(takes(tobs_f_text()));
	assert_false(takes(tobs_f_command()));
	assert_true(takes(tobs_f_text_is("Hello World")));
	assert_false(takes(tobs_f_text_is("Hello")));
	assert_true(takes(tobs_f_prefix("Hello")));
	assert_false(takes(tobs_f_prefix("hello")));
	assert_false(takes(tobs_f_callback("Hello")));
	assert_true(takes(tobs_f_and(tobs_f_text(), tobs_f_not(tobs_f_command()))));
	assert_false(takes(tobs_f_and(tobs_f_text(), tobs_f_command())));
	assert_true(takes(tobs_f_or(tobs_f_command(), tobs_f_text())));
	assert_true(takes(tobs_f_regex("^(?i)hello (\\w)")));
	assert_string_equal(tobs_match(&ctx, 0), "Hello W");
	assert_string_equal(tobs_match(&ctx, 1), "W");
	assert_null(tobs_match(&ctx, 2));
	assert_false(takes(tobs_f_regex("x")));
	assert_true(takes(tobs_f_regex("(x)?Hello")));
	assert_null(tobs_match(&ctx, 1));
	assert_true(takes(tobs_f_user(7)));
	assert_false(takes(tobs_f_user(8)));
	assert_true(takes(tobs_f_chat(-5)));
	assert_true(takes(tobs_f_chat_type(TOBS_CHAT_TYPE_GROUP)));
	assert_false(takes(tobs_f_chat_type(TOBS_CHAT_TYPE_PRIVATE)));
	assert_false(takes(tobs_f_media(TOBS_MEDIA_ANY)));
	assert_false(takes(tobs_f_reply()));
	assert_true(takes(tobs_f_kind(TOBS_UPDATE_MESSAGE)));
	assert_false(takes(tobs_f_kind(TOBS_UPDATE_EDITED_MESSAGE)));
}

static void of_commands(void **state)
{
	(void)state;
	message("/Start@My_Bot  deep link ");
	assert_true(takes(tobs_f_command()));
	assert_true(takes(tobs_f_command_is("start")));
	assert_true(takes(tobs_f_command_is("help start")));
	assert_false(takes(tobs_f_command_is("star")));
	assert_string_equal(tobs_command(&ctx), "start");
	assert_string_equal(tobs_command_args(&ctx), "deep link");
	message("/start@other_bot");
	assert_false(takes(tobs_f_command()));
	assert_null(tobs_command(&ctx));
	message("/ start");
	assert_false(takes(tobs_f_command()));
	message("start/");
	assert_false(takes(tobs_f_command()));
	message("/123456789012345678901234567890123");
	assert_false(takes(tobs_f_command()));
	assert_null(tobs_f_command_is(""));
	assert_null(tobs_f_command_is("  "));
	assert_null(tobs_f_command_is("123456789012345678901234567890123"));
}

static void of_other_updates(void **state)
{
	(void)state;
	button("item:5");
	assert_true(takes(tobs_f_callback("item:")));
	assert_true(takes(tobs_f_callback("")));
	assert_false(takes(tobs_f_callback("items")));
	assert_false(takes(tobs_f_text()));
	assert_false(takes(tobs_f_regex("item")));
	assert_true(takes(tobs_f_regex_of(TOBS_UPDATE_CALLBACK_QUERY, "item:(\\d+)")));
	assert_string_equal(tobs_match(&ctx, 1), "5");
	assert_int_equal(tobs_chat_id(&ctx), -5);
	at_hand("{\"update_id\":1,\"inline_query\":{\"id\":\"1\",\"from\":{\"id\":7,\"is_bot\":false,"
		"\"first_name\":\"A\"},\"query\":\"cats\",\"offset\":\"\"}}");
	assert_string_equal(tobs_text(&ctx), "cats");
	assert_int_equal(tobs_sender(&ctx)->id, 7);
	assert_int_equal(tobs_chat_id(&ctx), 0);
	assert_int_equal(facts_key(ctx.update, &ctx.facts), 7);
	at_hand("{\"update_id\":1,\"message\":{\"message_id\":1,\"date\":1,\"caption\":\"/start\","
		"\"photo\":[{\"file_id\":\"a\",\"file_unique_id\":\"b\",\"width\":1,\"height\":1}],"
		"\"chat\":{\"id\":5,\"type\":\"private\"},\"forward_origin\":{\"type\":\"hidden_user\","
		"\"date\":1,\"sender_user_name\":\"x\"}}}");
	assert_true(takes(tobs_f_media(TOBS_MEDIA_PHOTO)));
	assert_true(takes(tobs_f_media(TOBS_MEDIA_ANY)));
	assert_false(takes(tobs_f_media(TOBS_MEDIA_VIDEO)));
	assert_true(takes(tobs_f_forwarded()));
	assert_false(takes(tobs_f_command()));
	assert_true(takes(tobs_f_prefix("/st")));
	assert_string_equal(tobs_sender(&ctx)->first_name, "");
	at_hand("{\"update_id\":1,\"edited_message\":{\"message_id\":1,\"date\":1,\"text\":\"x\","
		"\"chat\":{\"id\":5,\"type\":\"private\"}}}");
	assert_false(takes(tobs_f_text()));
	at_hand("{\"update_id\":1,\"something_new\":{}}");
	assert_true(takes(tobs_f_any()));
	assert_false(takes(tobs_f_text()));
	assert_int_equal(facts_key(ctx.update, &ctx.facts), 0);
}

static void changes(const char *was, const char *is)
{
	char json[1024];

	snprintf(json, sizeof json,
		"{\"update_id\":1,\"my_chat_member\":{\"date\":1,\"chat\":{\"id\":5,\"type\":\"private\"},"
		"\"from\":{\"id\":7,\"is_bot\":false,\"first_name\":\"A\"},\"old_chat_member\":{"
		"\"status\":\"%s\",\"user\":{\"id\":1,\"is_bot\":true,\"first_name\":\"B\"}},"
		"\"new_chat_member\":{\"status\":\"%s\",\"user\":{\"id\":1,\"is_bot\":true,"
		"\"first_name\":\"B\"}}}}",
		was, is);
	at_hand(json);
}

static void of_members(void **state)
{
	(void)state;
	changes("left", "member");
	assert_true(takes(tobs_f_my_member(TOBS_MEMBER_JOINED)));
	assert_false(takes(tobs_f_my_member(TOBS_MEMBER_LEFT)));
	assert_false(takes(tobs_f_member(TOBS_MEMBER_JOINED)));
	changes("member", "kicked");
	assert_true(takes(tobs_f_my_member(TOBS_MEMBER_LEFT)));
	assert_true(takes(tobs_f_my_member(TOBS_MEMBER_ANY)));
	changes("member", "administrator");
	assert_true(takes(tobs_f_my_member(TOBS_MEMBER_PROMOTED)));
	assert_false(takes(tobs_f_my_member(TOBS_MEMBER_JOINED)));
	changes("administrator", "member");
	assert_true(takes(tobs_f_my_member(TOBS_MEMBER_DEMOTED)));
	changes("administrator", "left");
	assert_false(takes(tobs_f_my_member(TOBS_MEMBER_DEMOTED)));
	assert_true(takes(tobs_f_my_member(TOBS_MEMBER_LEFT)));
}

/* Whole expressions are NULL when a part of them is. */
static void that_cannot_be(void **state)
{
	(void)state;
	assert_null(tobs_f_regex("(("));
	assert_null(tobs_f_and(tobs_f_text(), tobs_f_regex("((")));
	assert_null(tobs_f_not(NULL));
	assert_null(tobs_f_or(NULL, tobs_f_any()));
	assert_code(tobs_on(bot, tobs_f_regex("(("), NULL, NULL), TOBS_EINVAL);
	assert_int_not_equal(bot->wrong.code, 0);
}

/* A text that would take for ever counts as not matching. */
static void hostile_expressions(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'a', 500);
	text[500] = '!';
	text[501] = 0;
	message(text);
	assert_false(takes(tobs_f_regex("^(a+)+$")));
	assert_false(takes(tobs_f_regex("^(?:a|aa)+$")));
}

/* ---- The router --------------------------------------------------------------- */

static char trace[256];

/* What a handler leaves in the trace, and what it returns: see note(). Lives as long as the block. */
#define NAME(s) ((char[]){ s })

static int note(struct tobs_ctx *c, void *user)
{
	const char *name = user;

	(void)c;
	snprintf(trace + strlen(trace), sizeof trace - strlen(trace), "%c", name[0]);
	return name[1] == '>'    ? TOBS_NEXT
		: name[1] == '!' ? TOBS_STOP
		: name[1] == '-' ? TOBS_EIO
				 : 0;
}

static int routed(const char **ret)
{
	int r;

	trace[0] = 0;
	r = router_run(&bot->router, &ctx);
	*ret = trace;
	return r;
}

static void assert_routed(const char *want, int code)
{
	const char *got;

	assert_int_equal(routed(&got), code);
	assert_string_equal(got, want);
}

static void first_come(void **state)
{
	(void)state;
	tobs_on_text(bot, note, NAME("a>"));
	tobs_on_command(bot, "start s", note, NAME("b"));
	tobs_on_command(bot, "start", note, NAME("c"));
	tobs_on(bot, tobs_f_text_is("x"), note, NAME("d"));
	tobs_on(bot, tobs_f_any(), note, NAME("e"));
	message("/start");
	assert_routed("b", 0);
	message("/S");
	assert_routed("b", 0);
	message("x");
	assert_routed("ad", 0);
	message("y");
	assert_routed("ae", 0);
	button("z");
	assert_routed("e", 0);
}

static void buttons_by_prefix(void **state)
{
	(void)state;
	tobs_on_callback(bot, "item:", note, NAME("a>"));
	tobs_on_callback(bot, "item:5", note, NAME("b>"));
	tobs_on_callback(bot, "", note, NAME("c>"));
	tobs_on_callback(bot, "it", note, NAME("d>"));
	tobs_on_callback(bot, "other", note, NAME("e"));
	button("item:55");
	assert_routed("abcd", TOBS_NEXT);
	button("it");
	assert_routed("cd", TOBS_NEXT);
	button("");
	assert_routed("c", TOBS_NEXT);
}

static void groups_in_order(void **state)
{
	(void)state;
	tobs_on_group(bot, 5, tobs_f_any(), note, NAME("c"));
	tobs_on_group(bot, -1, tobs_f_any(), note, NAME("a>"));
	tobs_on_group(bot, -1, tobs_f_any(), note, NAME("b"));
	tobs_on_group(bot, 7, tobs_f_command(), note, NAME("d!"));
	tobs_on_group(bot, 8, tobs_f_any(), note, NAME("e-"));
	tobs_on_group(bot, 9, tobs_f_any(), note, NAME("f"));
	message("/x");
	assert_routed("abcd", TOBS_STOP);
	message("x");
	assert_routed("abce", TOBS_EIO);
}

/* However many there are, the right one is found. */
static void many_commands(void **state)
{
	static char names[500][16], yes[] = "y", no[] = "n";

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(names[i], sizeof names[i], "c%d", i);
		tobs_on_command(bot, names[i], note, i == 321 ? yes : no);
	}
	message("/c321");
	assert_routed("y", 0);
	message("/c500");
	assert_routed("", TOBS_NEXT);
}

static void kinds(void **state)
{
	const char *names[32];
	size_t n;

	(void)state;
	tobs_on_text(bot, note, NAME("a"));
	n = bot_kind_names(bot_kinds(bot), names);
	assert_int_equal(n, 5);
	assert_string_equal(names[0], "message");
	assert_string_equal(names[4], "my_chat_member");
	tobs_on_kind(bot, TOBS_UPDATE_CHAT_MEMBER, note, NAME("b"));
	assert_int_equal(bot_kind_names(bot_kinds(bot), names), 6);
	tobs_on(bot, tobs_f_any(), note, NAME("c"));
	n = bot_kind_names(bot_kinds(bot), names);
	assert_int_equal(n, 27);
	assert_string_equal(names[26], "stopped_message_generation");
}

/* Whatever comes is decoded or refused, and routed. */
static void hostile_updates(void **state)
{
	static const char whole[] =
		"[{\"update_id\":1,\"message\":{\"message_id\":1,\"date\":1,\"text\":\"/start x\",\"from\":"
		"{\"id\":7,\"is_bot\":false,\"first_name\":\"A\"},\"chat\":{\"id\":-5,\"type\":\"group\"}}},"
		"{\"update_id\":2,\"callback_query\":{\"id\":\"1\",\"chat_instance\":\"1\",\"data\":\"x\","
		"\"from\":{\"id\":7,\"is_bot\":false,\"first_name\":\"A\"}}},{\"update_id\":3,\"poll\":{"
		"\"id\":\"5\",\"question\":\"q\",\"options\":[],\"total_voter_count\":0,\"is_closed\":true,"
		"\"is_anonymous\":true,\"type\":\"regular\",\"allows_multiple_answers\":false}}]";
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct batch_pool pool = { NULL, 0 };
	char text[sizeof whole];
	size_t routed_updates = 0;

	(void)state;
	tobs_on(bot, tobs_f_and(tobs_f_command_is("start"), tobs_f_regex("x")), note, NAME("a>"));
	tobs_on_callback(bot, "x", note, NAME("b>"));
	tobs_on(bot, tobs_f_or(tobs_f_media(TOBS_MEDIA_ANY), tobs_f_reply()), note, NAME("c>"));
	tobs_on(bot, tobs_f_my_member(TOBS_MEMBER_JOINED), note, NAME("d>"));
	json_parser_init(&parser, sizeof whole, 64);
	for (size_t i = 0; i < 8 * (sizeof whole - 1); i++) {
		struct batch *b = batch_new(&pool);

		memcpy(text, whole, sizeof whole);
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
		assert_non_null(b);
		if (!json_parse(&parser, &doc, tobs_str(text), NULL) &&
			!batch_decode(b, json_root(&doc), NULL))
			for (size_t u = 0; u < b->count; u++) {
				const char *got;

				ctx = (struct tobs_ctx){ .bot = bot };
				facts_of(b->updates[u], &ctx.facts);
				assert_ok(ctx_init(&ctx, bot, b->updates[u], &scope));
				(void)facts_key(ctx.update, &ctx.facts);
				assert_int_equal(routed(&got), TOBS_NEXT);
				routed_updates++;
			}
		batch_free(&pool, b);
		tobs_arena_reset(&scope.arena);
	}
	assert_true(routed_updates > 1000);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	batch_pool_deinit(&pool);
}

/* Every kind of update is about somebody or something, and goes where it belongs. */
static void every_kind(void **state)
{
	uint32_t seen = 0, keyed = 0, with_user = 0;
	struct prng prng = { 21 };
	struct tobs_arena arena;
	const struct botapi_random how = { .prng = &prng, .arena = &arena, .all = true, .deep = 2 };
	char name[] = "k";

	(void)state;
	for (int k = 1; k <= TOBS_UPDATE_STOPPED_MESSAGE_GENERATION; k++)
		tobs_on_kind(bot, (enum tobs_update_kind)k, note, name);
	tobs_arena_init(&arena, 64 << 20);
	for (int i = 0; i < 600; i++) {
		const struct tobs_update *u = botapi_random(&how, TOBS_TYPE_UPDATE);
		const char *got;

		ctx = (struct tobs_ctx){ .bot = bot };
		facts_of(u, &ctx.facts);
		assert_ok(ctx_init(&ctx, bot, u, &scope));
		assert_int_equal(routed(&got), u->kind ? 0 : TOBS_NEXT);
		seen |= (uint32_t)1 << u->kind;
		if (facts_key(u, &ctx.facts))
			keyed |= (uint32_t)1 << u->kind;
		if (tobs_sender(&ctx)->id)
			with_user |= (uint32_t)1 << u->kind;
		tobs_arena_reset(&arena);
		tobs_arena_reset(&scope.arena);
	}
	tobs_arena_deinit(&arena);
	assert_int_equal(seen & ~1u, (1u << (TOBS_UPDATE_STOPPED_MESSAGE_GENERATION + 1)) - 2);
	assert_int_equal(keyed & ~1u, seen & ~1u);
	/* Nobody in particular is behind these. */
	assert_int_equal(seen & ~with_user & ~1u,
		1u << TOBS_UPDATE_POLL | 1u << TOBS_UPDATE_MESSAGE_REACTION_COUNT |
			1u << TOBS_UPDATE_CHAT_BOOST | 1u << TOBS_UPDATE_REMOVED_CHAT_BOOST |
			1u << TOBS_UPDATE_DELETED_BUSINESS_MESSAGES |
			1u << TOBS_UPDATE_STOPPED_MESSAGE_GENERATION);
}

/* One that nobody could be given is not known afterwards: it may come again. */
static void an_update_that_finds_no_room(void **state)
{
	struct batch *b = batch_new(&bot->batches);

	(void)state;
	message("x");
	order_close(&bot->order);
	assert_code(bot_take(bot, b, ctx.update, NULL, true), TOBS_ECLOSED);
	assert_ok(ledger_take(&bot->ledger, 1));
	assert_int_equal(b->refs, 1);
	b->inbox_id = 5;
	batch_free(&bot->batches, b);
	b = batch_new(&bot->batches); /* used again, and new */
	assert_true(b->inbox_id == -1 && b->refs == 1 && !b->count);
	bot_release(bot, b);
}

static int build(void *user)
{
	struct tobs_bot *b = tobs_bot_new(&(struct tobs_bot_options){ .token = "1:x" });
	int r;

	(void)user;
	if (!b)
		return TOBS_ENOMEM;
	r = tobs_on_command(b, "start", note, NAME("a"));
	if (!r)
		r = tobs_on(b, tobs_f_and(tobs_f_prefix("a"), tobs_f_regex("a")), note, NAME("b"));
	if (!r)
		r = tobs_on_callback(b, "x", note, NAME("c"));
	if (!r)
		r = tobs_use(b, note, NAME("d"));
	if (!r)
		r = b->wrong.code;
	tobs_bot_free(b);
	tobs_log_forget();
	/* A filter that could not be made for want of memory looks like any that is none. */
	return r == TOBS_EINVAL ? TOBS_ENOMEM : r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(build, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(of_texts),
		TEST(of_commands),
		TEST(of_other_updates),
		TEST(of_members),
		TEST(that_cannot_be),
		TEST(hostile_expressions),
		TEST(first_come),
		TEST(buttons_by_prefix),
		TEST(groups_in_order),
		TEST(many_commands),
		TEST(kinds),
		TEST(hostile_updates),
		TEST(every_kind),
		TEST(an_update_that_finds_no_room),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
