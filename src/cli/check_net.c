/* SPDX-License-Identifier: MIT */
/* The checks that ask Telegram: is it reachable, what time is it there, does it still know us. */
#include <string.h>
#include <tobs/methods.h>
#include <tobs/rt.h>

#include "base/clock.h"
#include "cli/account.h"
#include "cli/check.h"
#include "cli/connect.h"
#include "cli/settings_table.h"
#include "cli/text.h"

enum {
	PATIENCE_MS = 20000,
	SECOND = 1000000, /* µs */
	/*
	 * The protocol takes message ids from 300 s in the past to 30 s in the future
	 * (core.telegram.org/mtproto/description, "Message Identifier"). tobs corrects
	 * for the difference; other programs, and file times, do not.
	 */
	EARLY_S = 30,
	NOTED_S = 5,
};

static void judge_clock(struct checkup *c, int64_t ahead)
{
	int64_t off = ahead < 0 ? -ahead : ahead;

	if (off < NOTED_S) {
		check_add(c, CHECK_OK, "clock", "agrees with the server's");
		return;
	}
	check_mend(check_add(c, off > EARLY_S ? CHECK_BAD : CHECK_NOTE, "clock",
			   "this computer's clock is %lld s %s", (long long)off,
			   ahead > 0 ? "fast" : "slow"),
		"set it by the network: timedatectl set-ntp true");
}

/* The server tells whole seconds, at some time between our question and its answer. */
static int ask_time(struct checkup *c, struct tobs_client *client, struct tobs_err *err)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct clock *clock = clock_system();
	const struct tl_config *config;
	int64_t before, after;
	int r;

	/* The first call connects and may have to make keys; the second one is quick. */
	r = tobs_help_getConfig(client, TL0(help_getConfig), &reply, &config, err);
	before = clock_wall(clock);
	if (!r)
		r = tobs_help_getConfig(client, TL0(help_getConfig), &reply, &config, err);
	after = clock_wall(clock);
	if (!r) {
		check_add(c, CHECK_OK, "network", "Telegram answers in %lld ms, from DC %d",
			(long long)(after - before) / 1000, (int)config->this_dc);
		judge_clock(c, (before + after) / 2 / SECOND - config->date);
	}
	tobs_reply_deinit(&reply);
	return r;
}

static void account_lost(struct checkup *c, int r, const struct tobs_err *err)
{
	check_mend(check_add(c, CHECK_BAD, "account", "%s", err->message), "%s",
		r == TOBS_EAUTH ? "tobs login" : "try again later");
}

static void ask_account(struct checkup *c, struct tobs_client *client)
{
	struct tobs_buf who;
	struct tobs_err err;
	int r;

	tobs_buf_init(&who, 4096);
	r = account_describe(client, &who, &err);
	if (r)
		account_lost(c, r, &err);
	else
		check_add(c, CHECK_OK, "account", "%s", tobs_buf_str(&who));
	tobs_buf_deinit(&who);
}

static void be_quiet(void *user, const struct tobs_wait *wait)
{
	(void)user;
	(void)wait;
}

/* As the account, or (CONNECT_NOWHERE) as a stranger. */
static int ask_as(struct checkup *c, unsigned flags, struct tobs_err *err)
{
	struct tobs_client *client;
	struct tobs_deadline limit;
	int r = connect_try(c->app, CONNECT_BRIEF | flags, be_quiet, NULL, &client, err);

	if (r)
		return r;
	tobs_deadline_push(&limit, PATIENCE_MS);
	r = ask_time(c, client, err);
	if (!r && !(flags & CONNECT_NOWHERE))
		ask_account(c, client);
	tobs_deadline_pop(&limit);
	if (r == TOBS_EAUTH)
		account_lost(c, r, err);
	tobs_client_free(client);
	return r;
}

static int ask(struct checkup *c, struct tobs_err *err)
{
	int r = ask_as(c, 0, err);

	/* Not logged in (any more), or another process uses the session. */
	if (r == TOBS_EAUTH || r == TOBS_ELOCKED || r == TOBS_EPERM)
		r = ask_as(c, CONNECT_NOWHERE, err);
	return r;
}

void check_network(struct checkup *c)
{
	const struct settings *s = &c->app->settings;
	struct tobs_err err;
	int r;

	/* What is missing was said already. */
	if (!settings_given(s, SET_API_ID) || !settings_given(s, SET_API_HASH))
		return;
	r = ask(c, &err);
	if (r == TOBS_EINVAL)
		check_mend(check_add(c, CHECK_BAD, "network", "%s", err.message),
			"correct the setting; tobs help settings");
	else if (r)
		check_mend(check_add(c, CHECK_BAD, "network", "%s", err.message),
			"check the connection, the firewall, and TOBS_SERVER and TOBS_PROXY_... "
			"where they are set");
}
