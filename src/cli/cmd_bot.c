/* SPDX-License-Identifier: MIT */
#include "base/attr.h"
#include "cli/bot_tool.h"
#include "cli/command.h"

/* ---- me ---- */

static void put_user(struct tobs_buf *out, const struct tobs_user *me)
{
	bot_tool_put(out, "id", "%lld", (long long)me->id);
	bot_tool_put(out, "name", "%s", me->first_name);
	if (me->username)
		bot_tool_put(out, "username", "@%s", me->username);
	bot_tool_put(out, "groups", "%s, %s",
		me->can_join_groups ? "can be added" : "cannot be added",
		me->can_read_all_group_messages ? "sees all messages"
						: "sees what is meant for it (privacy mode)");
	bot_tool_put(out, "inline", "%s", me->supports_inline_queries ? "yes" : "no");
}

static enum status me(struct bot_tool *t)
{
	const struct tobs_user *user;
	struct tobs_err err;
	struct tobs_buf out;
	int r = bot_tool_call(t, TOBS_METHOD_GET_ME, NULL, &err);

	if (!r && settings_bool(&t->app->settings, SET_JSON))
		return bot_tool_print_json(t, TOBS_METHOD_GET_ME);
	if (!r)
		r = bot_tool_result(t, TOBS_METHOD_GET_ME, &user, &err);
	if (r)
		return bot_tool_fail(t, r, &err);
	tobs_buf_init(&out, BOT_OUT_MAX);
	put_user(&out, user);
	return app_print(&out);
}

/* ---- check ---- */

/* What a bot would find at its start; nothing is changed. */
static enum status check(struct bot_tool *t)
{
	const struct tobs_webhook_info *hook;
	const struct tobs_get_my_commands scope = { .language_code = NULL };
	struct tobs_bot_command_array menu = { 0 };
	const struct tobs_user *user;
	struct tobs_err err;
	struct tobs_buf out;
	int r = bot_tool_ask(t, TOBS_METHOD_GET_ME, NULL, &user, &err);

	if (!r)
		r = bot_tool_ask(t, TOBS_METHOD_GET_WEBHOOK_INFO, NULL, &hook, &err);
	if (!r)
		r = bot_tool_call(t, TOBS_METHOD_GET_MY_COMMANDS, &scope, &err);
	if (!r)
		r = bot_tool_result(t, TOBS_METHOD_GET_MY_COMMANDS, &menu, &err);
	if (r)
		return bot_tool_fail(t, r, &err);
	tobs_buf_init(&out, BOT_OUT_MAX);
	bot_tool_put(&out, "server", "%s", api_root(t->api));
	put_user(&out, user);
	bot_tool_put_webhook(&out, hook);
	for (size_t i = 0; i < menu.count; i++)
		bot_tool_put(&out, i ? "" : "commands", "/%s  %s", menu.items[i].command,
			menu.items[i].description);
	if (!menu.count)
		bot_tool_put(&out, "commands", "no menu");
	return app_print(&out);
}

/* ---- the words ---- */

static const struct {
	const char *name;
	enum status (*run)(struct bot_tool *t);
	bool alone; /* takes nothing more */
} words[] = {
	{ "check", check, true },
	{ "me", me, true },
	{ "send", bot_word_send, false },
	{ "updates", bot_word_updates, false },
	{ "webhook", bot_word_webhook, false },
};

static enum status run(struct app *app)
{
	enum status status;
	struct bot_tool t;
	size_t i = 0;

	while (!tobs_view_is(tobs_str(words[i].name), app->args[0]))
		i++; /* the table of commands has let no other word through */
	if (words[i].alone && app->arg_count > 1)
		return app_usage(app, "bot %s: \"%s\" is too much", words[i].name, app->args[1]);
	status = bot_tool_open(&t, app);
	if (status)
		return status;
	status = words[i].run(&t);
	bot_tool_close(&t);
	return status;
}

static const unsigned rows[] = { SET_TOKEN_FILE, SET_API_ROOT, SET_JSON, SET_BOT_TOKEN };
static const unsigned send_rows[] = { SET_FILE, SET_SEND_AS, SET_PARSE };
static const unsigned update_rows[] = { SET_FOLLOW, SET_CONFIRM };
static const unsigned webhook_rows[] = { SET_CERTIFICATE, SET_DROP_PENDING, SET_WEBHOOK_SECRET };
static const unsigned way_rows[] = { SET_PROXY_TYPE, SET_PROXY_HOST, SET_PROXY_PORT, SET_PROXY_USER,
	SET_PROXY_PASSWORD, SET_FLOOD_WAIT_MAX };
static const struct option_group own = OPTION_GROUP("Options", rows);
static const struct option_group for_send = OPTION_GROUP("For send", send_rows);
static const struct option_group for_updates = OPTION_GROUP("For updates", update_rows);
static const struct option_group for_webhook = OPTION_GROUP("For webhook", webhook_rows);
static const struct option_group way = OPTION_GROUP("Connection", way_rows);

const struct command cmd_bot = {
	.name = "bot",
	.summary = "looks after a bot: who it is, messages, its webhook",
	.arguments = "check|me|send CHAT [TEXT]|updates|webhook [info|set URL|delete]",
	.about =
		"check says what a bot would find when it starts: whether the token is good, where "
		"updates go and how many wait, what failed the last time, which commands are "
		"in the menu. It changes nothing.\n"
		"send writes a message: CHAT is a number or @name, TEXT may be - for standard input.\n"
		"updates prints what waits for the bot, a line of JSON each, and leaves it waiting; "
		"with --confirm it is gone afterwards. Whoever polls for the same bot meanwhile is "
		"told of a conflict by Telegram, and asks again.\n"
		"The token is the setting BOT_TOKEN or a file; it is never shown, and never an "
		"argument, which other users of a computer can see. The exit status is 4 when "
		"Telegram does not know it.",
	.examples = "tobs bot check  # is all well?\n"
		    "tobs bot send @mychannel 'Back at noon'  # a message\n"
		    "tobs bot send 5001 --file report.pdf  # a file\n"
		    "tobs bot updates | jq .message.text  # what people have written\n"
		    "tobs bot updates --follow --confirm >> log.jsonl  # all from now on\n"
		    "tobs bot webhook set https://bot.example.org/hook  # no polling any more",
	.words = "check me send updates webhook",
	.min_args = 1,
	.max_args = 8,
	.flags = COMMAND_FIBER,
	.groups = { &own, &for_send, &for_updates, &for_webhook, &way, &options_general },
	.run = run,
};
