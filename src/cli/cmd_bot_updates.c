/* SPDX-License-Identifier: MIT */
/* tobs bot updates: what waits for the bot, a line of JSON each. */
#include <stdio.h>

#include "cli/bot_tool.h"
#include "cli/command.h"

enum { LIMIT = 100, POLL_S = 50 };

struct watch {
	struct bot_tool *t;
	bool follow, confirm;
	int64_t next; /* the update after the last one that was printed; 0: none was */
	size_t count; /* of the last answer */
};

/* Asks, and prints what came. */
static int turn(struct watch *w, int64_t timeout, struct tobs_err *err)
{
	const struct tobs_get_updates args = {
		.offset = w->confirm ? w->next : 0,
		.has_offset = w->confirm && w->next,
		.limit = LIMIT,
		.timeout = timeout,
		.has_timeout = true,
	};
	struct json_value list;
	struct json_writer json;
	struct tobs_buf out;
	int r = bot_tool_call(w->t, TOBS_METHOD_GET_UPDATES, &args, err);

	w->count = 0;
	if (!r)
		r = bot_tool_json(w->t, TOBS_METHOD_GET_UPDATES, &list, err);
	if (!r && !json_is_array(list))
		r = tobs_fail(err, TOBS_EPROTO, "getUpdates: what came is no list of updates");
	if (r)
		return r;
	tobs_buf_init(&out, BOT_OUT_MAX);
	JSON_EACH (it, list) {
		int64_t id;

		json_writer_init(&json, &out, 0);
		jsonw_value(&json, it.value);
		tobs_buf_putc(&out, '\n');
		if (!json_get_i64(json_field(it.value, "update_id"), &id))
			w->next = id + 1;
		w->count++;
	}
	r = (int)app_print(&out);
	/* They are confirmed by the next question, when whoever reads this has them. */
	if (fflush(stdout) || r)
		return tobs_fail(err, TOBS_EIO, "standard output: could not write");
	return TOBS_OK;
}

static int watch(struct watch *w, struct tobs_err *err)
{
	int r;

	do {
		r = turn(w, w->follow ? POLL_S : 0, err);
		/* One question more, which tells Telegram that we have them. */
	} while (!r && (w->follow || (w->confirm && w->count)));
	return r;
}

enum status bot_word_updates(struct bot_tool *t)
{
	const struct app *app = t->app;
	struct watch w = { .t = t,
		.follow = settings_bool(&app->settings, SET_FOLLOW),
		.confirm = settings_bool(&app->settings, SET_CONFIRM) };
	struct tobs_err err = { 0 };
	int r;

	if (app->arg_count > 1)
		return app_usage(app, "bot updates: \"%s\" is too much", app->args[1]);
	if (w.follow && !w.confirm)
		return app_usage(app,
			"--follow takes updates away from the bot, as Telegram gives later ones out "
			"only when those before are confirmed: say --confirm, too");
	r = watch(&w, &err);
	if (r)
		return bot_tool_fail(t, r, &err);
	if (!w.confirm && w.count == LIMIT)
		app_say("these are the first %d; others may wait behind them", (int)LIMIT);
	return STATUS_DONE;
}
