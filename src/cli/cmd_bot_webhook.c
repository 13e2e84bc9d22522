/* SPDX-License-Identifier: MIT */
/* tobs bot webhook [info|set|delete] */
#include <string.h>

#include "cli/bot_tool.h"
#include "cli/command.h"

static enum status info(struct bot_tool *t)
{
	const struct tobs_webhook_info *info;
	struct tobs_err err;
	struct tobs_buf out;
	int r = bot_tool_call(t, TOBS_METHOD_GET_WEBHOOK_INFO, NULL, &err);

	if (!r && settings_bool(&t->app->settings, SET_JSON))
		return bot_tool_print_json(t, TOBS_METHOD_GET_WEBHOOK_INFO);
	if (!r)
		r = bot_tool_result(t, TOBS_METHOD_GET_WEBHOOK_INFO, &info, &err);
	if (r)
		return bot_tool_fail(t, r, &err);
	tobs_buf_init(&out, BOT_OUT_MAX);
	bot_tool_put_webhook(&out, info);
	return app_print(&out);
}

static enum status set(struct bot_tool *t)
{
	const char *certificate = app_text(t->app, SET_CERTIFICATE);
	struct tobs_set_webhook args = {
		.url = t->app->args[2],
		.secret_token = app_text(t->app, SET_WEBHOOK_SECRET),
		.drop_pending_updates = settings_bool(&t->app->settings, SET_DROP_PENDING),
	};
	struct tobs_err err;
	int r;

	if (certificate)
		args.certificate = tobs_file_path(certificate);
	r = bot_tool_call(t, TOBS_METHOD_SET_WEBHOOK, &args, &err);
	return r ? bot_tool_fail(t, r, &err) : info(t);
}

static enum status delete (struct bot_tool *t) {
	struct tobs_delete_webhook args = { .drop_pending_updates = settings_bool(
						    &t->app->settings, SET_DROP_PENDING) };
	struct tobs_err err;
	int r = bot_tool_call(t, TOBS_METHOD_DELETE_WEBHOOK, &args, &err);

	return r ? bot_tool_fail(t, r, &err) : info(t);
}

enum status bot_word_webhook(struct bot_tool *t)
{
	const struct app *app = t->app;
	const char *what = app->arg_count > 1 ? app->args[1] : "info";
	bool is_set = strcmp(what, "set") == 0;

	if (app->arg_count > (is_set ? 3u : 2u))
		return app_usage(
			app, "bot webhook %s: \"%s\" is too much", what, app->args[is_set ? 3 : 2]);
	if (is_set)
		return app->arg_count == 3 ? set(t)
					   : app_usage(app, "bot webhook set: URL is missing");
	if (strcmp(what, "info") == 0)
		return info(t);
	if (strcmp(what, "delete") == 0)
		return delete (t);
	return app_usage(app, "bot webhook %s: allowed is one of info, set, delete", what);
}
