/* SPDX-License-Identifier: MIT */
/*
 * Makes every call that botapi_judge.py wrote down, one after the other, at the
 * server BOT_API_ROOT. For bot_methods.mjs and bot_results.mjs.
 */
#include "peer/bot_calls.h"

#include <stdio.h>
#include <stdlib.h>

static int make_calls(struct tobs_bot *bot)
{
	for (int i = 0; i < bot_case_count; i++) {
		struct tobs_scope scope;
		int r;

		tobs_scope_begin(&scope);
		r = bot_cases[i].call(bot);
		if (r)
			fprintf(stderr, "%s (case %d): %s: %s\n", bot_cases[i].method, i,
				tobs_error_name(r), tobs_last_err()->message);
		tobs_scope_end(&scope);
		if (r)
			return r;
	}
	return TOBS_OK;
}

static int run(void *arg)
{
	struct tobs_err err;
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){
		.token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx",
		.api_root = getenv("BOT_API_ROOT"),
		.store = "memory:",
		.pace = TOBS_PACE_NONE,
	});
	int r = tobs_bot_open(bot, &err);

	(void)arg;
	if (r)
		fprintf(stderr, "open: %s\n", err.message);
	else
		r = make_calls(bot);
	tobs_bot_free(bot);
	return r;
}

int main(void)
{
	return tobs_run(run, NULL) ? 1 : 0;
}
