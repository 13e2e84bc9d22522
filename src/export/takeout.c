/* SPDX-License-Identifier: MIT */
/* Takeout sessions: Telegram's own way to export, with gentler limits (core.telegram.org/api/takeout). */
#include <stdio.h>

#include "export/run.h"

static void without(struct run *run, const struct tobs_err *why)
{
	char text[256];

	if (!strncmp(why->name, "TAKEOUT_INIT_DELAY", strlen("TAKEOUT_INIT_DELAY")))
		snprintf(text, sizeof text,
			"Telegram wants this export confirmed: open the message from \"Telegram\" in an "
			"app that is logged in, or wait %lld hours. Going on without, at the slower pace.",
			(long long)((why->seconds + 3599) / 3600));
	else
		snprintf(text, sizeof text,
			"no export session (%.120s): going on at the slower pace", why->message);
	run_tell(run, EXPORT_NOTE, SIZE_MAX, text);
}

/* Which ranges of ids the server wants to be asked for one by one. */
static int ask_splits(struct run *run, struct tobs_err *err)
{
	const struct tl_messages_getSplitRanges query = { .ctor = TL_messages_getSplitRanges };
	const struct tl_invokeWithTakeout within = {
		.ctor = TL_invokeWithTakeout, .takeout_id = run->takeout, .query = &query
	};
	const struct tl_vec_MessageRange *ranges;
	int r = tobs_call(
		run->client, TL_invokeWithTakeout, &within, &run->takeout_reply, &ranges, err);

	for (uint32_t i = 0; !r && i < ranges->count; i++)
		if (ARRAY_PUSH(&run->splits, ranges->items[i]))
			r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	return r;
}

int run_begin_takeout(struct run *run, struct tobs_err *err)
{
	const struct tl_account_initTakeoutSession query = {
		.ctor = TL_account_initTakeoutSession,
		.message_users = true,
		.message_chats = true,
		.message_megagroups = true,
		.message_channels = true,
	};
	const struct tl_account_takeout *takeout;
	struct tobs_reply reply = TOBS_REPLY_INIT;
	struct tobs_err why = { 0 };
	int r;

	if (!run->options->takeout)
		return TOBS_OK;
	r = tobs_call(run->client, TL_account_initTakeoutSession, &query, &reply, &takeout, &why);
	if (!r) {
		run->takeout = takeout->id;
		r = ask_splits(run, &why);
		if (r)
			run_end_takeout(run, false);
	}
	tobs_reply_deinit(&reply);
	if (r == TOBS_ERPC || r == TOBS_EFLOOD) {
		without(run, &why);
		return TOBS_OK;
	}
	if (r && err)
		*err = why;
	return r;
}

void run_end_takeout(struct run *run, bool success)
{
	const struct tl_account_finishTakeoutSession query = {
		.ctor = TL_account_finishTakeoutSession, .success = success
	};
	const struct tl_invokeWithTakeout within = {
		.ctor = TL_invokeWithTakeout, .takeout_id = run->takeout, .query = &query
	};
	struct tobs_reply reply = TOBS_REPLY_INIT;
	struct tobs_err err = { 0 };
	struct tobs_shield shield;
	struct tobs_deadline d;
	bool yes;

	enum { PATIENCE_MS = 3000 };

	if (!run->takeout)
		return;
	/* A run that was stopped says so too; nobody waits long for it. */
	tobs_shield_begin(&shield);
	tobs_deadline_push(&d, PATIENCE_MS);
	if (tobs_call(run->client, TL_invokeWithTakeout, &within, &reply, &yes, &err))
		run_tell(run, EXPORT_NOTE, SIZE_MAX,
			"the export session could not be ended; Telegram ends it by itself");
	tobs_deadline_pop(&d);
	tobs_shield_end(&shield);
	tobs_reply_deinit(&reply);
	run->takeout = 0;
}
