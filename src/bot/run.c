/* SPDX-License-Identifier: MIT */
/* A bot at work: from the first call to the last hook. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bot/source.h"
#include "botapi/scope.h"
#include "flow/backoff.h"
#include "rt/clock.h"

enum { STORE_NAME_MAX = 64 };

void bot_give_up(struct tobs_bot *bot, const struct tobs_err *err)
{
	if (tobs_event_is_set(&bot->stop))
		return;
	bot->why = *err;
	log_error("bot", "the bot stops: %s%s", err->message,
		err->code == TOBS_EAUTH
			? ": Telegram knows no such token; @BotFather tells the one that is good now"
			: "");
	tobs_event_set(&bot->stop, err->code);
}

void tobs_bot_stop(struct tobs_bot *bot)
{
	tobs_event_set(&bot->stop, TOBS_OK);
}

const struct tobs_user *tobs_bot_me(const struct tobs_bot *bot)
{
	return &bot->me;
}

struct kv *bot_store(struct tobs_bot *bot)
{
	return bot->store;
}

void tobs_bot_stats(const struct tobs_bot *bot, struct tobs_bot_stats *ret)
{
	*ret = bot->stats;
	ret->waiting = bot->order.jobs - bot->order.running;
}

/* ---- Opening ------------------------------------------------------------------- */

static int open_api(struct tobs_bot *bot, struct tobs_err *err)
{
	const struct tobs_bot_options *o = &bot->opt;
	const struct api_options api = {
		.token = secret_view(&bot->token),
		.root = o->api_root,
		.local = o->local,
		.test_dc = o->test_dc,
		.proxy = o->proxy,
		.ca_file = o->ca_file,
		.connections = o->connections,
		.call_ms = o->call_ms,
	};

	return api_new(&api, &bot->api, err);
}

static int open_store(struct tobs_bot *bot, struct tobs_err *err)
{
	const char *path = bot->opt.store;
	bool memory = path && !strcmp(path, "memory:");
	const struct kv_sqlite_options options = { .clock = rt_clock_source() };
	struct kv_driver *driver;
	char name[STORE_NAME_MAX];
	int r;

	if (!path) {
		snprintf(name, sizeof name, "bot-%lld.db", (long long)api_bot_id(bot->api));
		path = name;
	}
	r = memory ? kv_memory_new(rt_clock_source(), &driver, err)
		   : kv_sqlite_new(path, &options, &driver, err);
	if (!r)
		r = kv_open(driver, &bot->store, err);
	if (!r)
		r = ledger_open(&bot->ledger, bot->store, !memory, err);
	if (r)
		tobs_err_context(err, "the bot's store");
	return r;
}

static int keep_me(struct tobs_bot *bot, const struct tobs_user *me, struct tobs_err *err)
{
	bot->me = *me;
	bot->me.first_name = tobs_arena_strdup(&bot->strings, me->first_name);
	bot->me.last_name = NULL;
	bot->me.language_code = NULL;
	if (me->username)
		bot->me.username = tobs_arena_strdup(&bot->strings, me->username);
	if (!bot->me.first_name || (me->username && !bot->me.username))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for the bot's name");
	return TOBS_OK;
}

/* Who we are; as long as it takes until there is a network and a server. */
static int meet(struct tobs_bot *bot, struct tobs_err *err)
{
	const struct tobs_user *me;
	struct tobs_scope scope;
	struct backoff backoff;
	int r;

	backoff_init(&backoff, &backoff_reconnect, rng_system());
	do {
		int64_t wait;

		tobs_scope_begin(&scope);
		r = bot_call(bot, TOBS_METHOD_GET_ME, NULL, &me, err);
		if (!r)
			r = keep_me(bot, me, err);
		tobs_scope_end(&scope);
		if (r != TOBS_ENET && r != TOBS_EAGAIN && r != TOBS_ENOTFOUND)
			return r;
		wait = backoff_next(&backoff);
		log_warn("bot", "%s; once more in %lld s", err->message,
			(long long)(wait + 500) / 1000);
		r = tobs_sleep(wait);
	} while (!r);
	return tobs_fail(err, r, "%s: %s", api_root(bot->api), tobs_error_text(r));
}

static int open_parts(struct tobs_bot *bot, struct tobs_err *err)
{
	ARRAY_EACH (slot, &bot->parts) {
		int r = slot->part->open ? slot->part->open(bot, slot->user, err) : TOBS_OK;

		if (r) {
			tobs_err_context(err, "%s", slot->part->name);
			return r;
		}
		slot->open = true;
	}
	return TOBS_OK;
}

int tobs_bot_open(struct tobs_bot *bot, struct tobs_err *err)
{
	struct tobs_err spare;
	int r;

	err = err ? err : &spare;
	if (!bot)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a bot");
	if (bot->wrong.code) {
		*err = bot->wrong;
		return err->code;
	}
	if (bot->open)
		return TOBS_OK;
	bot->open = true;
	r = open_api(bot, err);
	if (!r)
		r = open_store(bot, err);
	if (!r)
		r = meet(bot, err);
	if (!r)
		r = open_parts(bot, err);
	if (r)
		bot_close(bot);
	else
		log_info("bot", "%s%s is at work, asking %s", bot->me.username ? "@" : "",
			bot->me.username ? bot->me.username : bot->me.first_name,
			api_root(bot->api));
	return r;
}

void bot_close(struct tobs_bot *bot)
{
	struct tobs_shield shield;
	struct tobs_err err;

	if (!bot->open)
		return;
	bot->open = false;
	tobs_shield_begin(&shield);
	for (size_t i = bot->parts.count; i-- > 0;) {
		struct bot_slot *slot = &bot->parts.items[i];

		if (slot->open && slot->part->close)
			slot->part->close(bot, slot->user);
		slot->open = false;
	}
	if (bot->store && ledger_close(&bot->ledger, &err))
		log_warn("bot", "the next start takes this one for cut short: %s", err.message);
	kv_close(bot->store);
	bot->store = NULL;
	api_free(bot->api);
	bot->api = NULL;
	tobs_shield_end(&shield);
}

/* ---- Working --------------------------------------------------------------------- */

/* Whatever ends it but its being cancelled ends the bot: it is never without a source. */
static int work(void *arg)
{
	struct tobs_bot *bot = arg;
	struct tobs_err err = { 0 };
	int r = tobs_bot_open(bot, &err);

	if (!r)
		r = source_run(bot, &err);
	if (tobs_cancelled())
		return r;
	if (err.code != r || !r)
		tobs_fail(&err, r ? r : TOBS_EINTERNAL, "no more updates can be taken: %s",
			tobs_error_text(r ? r : TOBS_EINTERNAL));
	bot_give_up(bot, &err);
	return r;
}

/* Until somebody wants it to stop. */
static void wait_for_stop(struct tobs_bot *bot)
{
	struct tobs_case cases[] = { tobs_case_event(&bot->stop),
		tobs_case_event(tobs_shutdown_event()) };
	size_t which;

	if (!tobs_select(cases, ARRAY_LEN(cases), TOBS_FOREVER, &which))
		tobs_event_set(&bot->stop, TOBS_OK);
}

static void run_hooks(struct tobs_bot *bot)
{
	struct tobs_shield shield;

	tobs_shield_begin(&shield);
	for (size_t i = bot->hooks.count; i-- > 0;)
		bot->hooks.items[i].fn(bot->hooks.items[i].user);
	tobs_shield_end(&shield);
}

static int serve(void *arg)
{
	static const struct tobs_fiber_options naming = { .name = "bot" };
	struct tobs_bot *bot = arg;
	struct tobs_fiber *worker, *watcher = NULL;
	int r = tobs_spawn(&worker, work, bot, &naming);

	if (r)
		return r;
	if (bot->opt.slow_ms > 0)
		(void)tobs_spawn(&watcher, bot_watch, bot, &naming);
	wait_for_stop(bot);
	/* No more updates; the source says goodbye. */
	tobs_cancel(worker);
	(void)tobs_join(worker, NULL);
	if (bot->open && bot->order.jobs)
		log_info("bot", "stopping: %zu updates are still being handled", bot->order.jobs);
	if (!order_drain(&bot->order, bot->opt.stop_ms, bot_drop_job))
		log_warn("bot", "handlers that had not ended within %lld s were cancelled",
			(long long)bot->opt.stop_ms / 1000);
	tobs_cancel(watcher);
	if (watcher)
		(void)tobs_join(watcher, NULL);
	run_hooks(bot);
	source_close(bot);
	bot_close(bot);
	return bot->why.code;
}

/* ---- A whole program ---------------------------------------------------------------- */

static void to_stderr(const struct tobs_log_line *line, void *user)
{
	char time[CIVIL_ISO_MAX];

	(void)user;
	/* Where nobody reads there is nothing to be done. */
	(void)dprintf(STDERR_FILENO, "%s %s %s: %s\n", civil_iso(line->wall / 1000000, 0, time),
		tobs_log_level_name(line->level), line->module, line->text);
}

/* In the signal handler: the second signal does what it would have done without us. */
static void hurry(int signo)
{
	signal(signo, SIG_DFL);
	raise(signo);
}

int tobs_bot_run(struct tobs_bot *bot)
{
	const struct tobs_run_options options = { .catch_signals = true, .hurry = hurry };
	bool no_sink = !log_wants(TOBS_LOG_ERROR);
	int r;

	if (!bot)
		return TOBS_ENOMEM;
	if (no_sink)
		tobs_log_to(to_stderr, NULL);
	r = tobs_self() ? serve(bot) : tobs_run_with(&options, serve, bot);
	tobs_bot_free(bot);
	if (no_sink)
		tobs_log_to(NULL, NULL);
	return r;
}
