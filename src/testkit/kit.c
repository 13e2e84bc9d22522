/* SPDX-License-Identifier: MIT */
/* The life of a test: a world, a bot in it, and time. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/file.h"
#include "base/log.h"
#include "rt/testing.h"
#include "sim/bot_call.h"
#include "sim/load.h"
#include "testkit/kit.h"

enum {
	ARENA_MAX = 1 << 30,
	ANSWER_MAX = 4 << 20,
	START_S = 1767614400, /* 2026-01-05 12:00 UTC */
	PROGRAM_STACK = 1 << 20,
	STOP_S = 600,
	STORE_MAX = 256 << 20,
};

/* The one that runs; one that was left by longjmp() is found here. */
static struct tobs_test *current;

/* ---- time ---- */

/* A call has left the bot and not come to the server, or its answer not to the bot. */
static bool on_the_way(void *test)
{
	struct tobs_test *t = test;

	return bot_test_calls(&t->testing) > sim_bots_requests(t->sim.bots);
}

static int say_it_ended(struct tobs_test *t)
{
	const struct tobs_err *why = &t->testing.why;

	t->ended = false;
	return kit_fail(t, NULL, "the bot has ended and returned %d%s%s", t->result,
		why->code ? ": " : "", why->code ? why->message : "");
}

static int run_until(struct tobs_test *t, int64_t until)
{
	int r = rt_run_until(until, on_the_way, t);

	if (r)
		return kit_fail(t, NULL, "%s", tobs_error_text(r));
	return t->ended ? say_it_ended(t) : 0;
}

int kit_settle(struct tobs_test *t)
{
	return run_until(t, t->clock.now);
}

int tobs_test_advance(struct tobs_test *t, int64_t ms)
{
	if (!t)
		return -1;
	if (ms < 0 || ms > INT64_MAX / 2000)
		return kit_fail(t, NULL, "time goes forward only");
	return run_until(t, t->clock.now + ms * 1000);
}

int64_t tobs_test_time(const struct tobs_test *t)
{
	return t ? t->clock.now / 1000 : 0;
}

/* ---- the bot ---- */

static int with_handlers(struct tobs_test *t)
{
	static const struct tobs_bot_options usual;
	struct tobs_bot *bot = tobs_bot_new(t->options.bot ? t->options.bot : &usual);

	if (bot && t->options.setup)
		t->options.setup(bot, t->options.user);
	return tobs_bot_run(bot);
}

static int run_program(void *arg)
{
	struct tobs_test *t = arg;

	t->result = t->options.program ? t->options.program() : with_handlers(t);
	t->returned = true;
	t->ended = !t->stopping;
	return TOBS_OK;
}

int tobs_test_start(struct tobs_test *t)
{
	const struct tobs_fiber_options naming = { .name = "program", .stack_size = PROGRAM_STACK };
	int r;

	if (!t)
		return -1;
	if (t->program)
		return kit_fail(t, NULL, "the bot runs already");
	t->ended = t->stopping = t->returned = false;
	t->testing.why.code = 0;
	r = tobs_spawn(&t->program, run_program, t, &naming);
	if (r)
		return kit_fail(t, NULL, "%s", tobs_error_text(r));
	r = kit_settle(t);
	if (!r && !t->testing.bot)
		r = kit_fail(t, NULL, "the program has made no bot");
	return r;
}

/* Polls whose client has gone wait on. */
static void end_polls(struct tobs_test *t)
{
	struct sim_bot *b = t->sim.bots ? bot_of(t->sim.bots, t->account) : NULL;

	if (b)
		bot_end_polls(b);
}

static void stop(struct tobs_test *t)
{
	t->stopping = true;
	if (t->testing.bot)
		tobs_bot_stop(t->testing.bot);
	/* Handlers that sleep are given the time that the bot gives them. */
	for (int s = 0; t->program && !t->returned && s < STOP_S; s++)
		(void)rt_run_until(t->clock.now + s * 1000000, on_the_way, t);
	if (t->program)
		(void)tobs_join(t->program, NULL);
	t->program = NULL;
	end_polls(t);
}

int tobs_test_stop(struct tobs_test *t)
{
	if (!t)
		return -1;
	if (!t->program)
		return kit_fail(t, NULL, "the bot does not run");
	if (t->ended)
		return say_it_ended(t);
	stop(t);
	if (t->result)
		return kit_fail(t, NULL, "the bot stopped and returned %d", t->result);
	return kit_settle(t);
}

/* The store as it is now, as a file that nobody has open. */
static int copy_store(struct tobs_test *t, const char *to, struct tobs_err *err)
{
	static const char *const parts[] = { "", "-wal" };
	struct tobs_buf data;
	char path[sizeof t->store + 8];
	int r = TOBS_OK;

	tobs_buf_init(&data, STORE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(parts) && !r; i++) {
		tobs_buf_clear(&data);
		snprintf(path, sizeof path, "%s%s", t->store, parts[i]);
		r = file_read(path, &data, err);
		if (r == TOBS_ENOTFOUND) {
			r = TOBS_OK;
			continue;
		}
		snprintf(path, sizeof path, "%s%s", to, parts[i]);
		if (!r)
			r = file_replace(path, tobs_buf_view(&data), 0600, err);
	}
	tobs_buf_deinit(&data);
	return r;
}

int tobs_test_kill(struct tobs_test *t)
{
	char copy[sizeof t->store];
	struct tobs_err err;

	if (!t)
		return -1;
	if (!t->program)
		return kit_fail(t, NULL, "the bot does not run");
	snprintf(copy, sizeof copy, "%s/bot-%u.db", t->folder, ++t->kills);
	if (copy_store(t, copy, &err))
		return kit_fail(t, NULL, "%s", err.message);
	t->dead = true;
	bot_test_kill(&t->testing);
	stop(t);
	t->dead = false;
	snprintf(t->store, sizeof t->store, "%s", copy);
	return kit_settle(t);
}

int tobs_test_restart(struct tobs_test *t)
{
	int r = tobs_test_stop(t);

	return r ? r : tobs_test_start(t);
}

struct tobs_bot *tobs_test_bot(struct tobs_test *t)
{
	return t ? t->testing.bot : NULL;
}

/* ---- the world ---- */

static int make_bot(struct tobs_test *t, struct tobs_err *err)
{
	const char *name = t->options.username ? t->options.username : "test_bot";
	const struct sim_user_args args = {
		.first_name = TOBS_LIT("Test Bot"), .username = tobs_str(name), .bot = true
	};
	struct sim_account *account;
	struct sim_user *user;
	int r = sim_user_add(t->sim.world, &args, &user, err);

	if (!r)
		r = sim_account_add(
			t->sim.world, user, &(struct sim_account_args){ 0 }, &account, err);
	if (r)
		return r;
	account->privacy = t->options.privacy;
	t->account = account;
	snprintf(t->token, sizeof t->token, "%.*s", TOBS_VIEW_FMT(account->token));
	return TOBS_OK;
}

static int make_world(struct tobs_test *t, struct tobs_err *err)
{
	const struct sim_world_options world = { .clock = &t->clock.clock, .seed = 1 };
	struct sim_bots_options bots = {
		.conflict_ms = -1, .watch = &t->watch, .faults = &t->network
	};
	int r = sim_world_new(&world, &t->sim.world, err);

	if (!r && t->options.world)
		r = sim_load(t->sim.world, t->options.world, err);
	if (!r)
		r = make_bot(t, err);
	bots.world = t->sim.world;
	if (!r)
		r = sim_bots_start(&t->sim.bots, &bots, err);
	if (!r)
		snprintf(t->root, sizeof t->root, "http://127.0.0.1:%u",
			(unsigned)sim_bots_port(t->sim.bots));
	return r;
}

/* ---- its folder ---- */

static int make_folder(struct tobs_test *t, struct tobs_err *err)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(t->folder, sizeof t->folder, "%s/tobs-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(t->folder)) {
		t->folder[0] = 0;
		return tobs_fail(err, TOBS_EIO, "no temporary folder can be made");
	}
	snprintf(t->store, sizeof t->store, "%s/bot.db", t->folder);
	return TOBS_OK;
}

/* What cannot be removed stays. */
static void remove_folder(const struct tobs_test *t)
{
	DIR *dir = t->folder[0] ? opendir(t->folder) : NULL;
	const struct dirent *e;
	char path[512];

	if (!dir)
		return;
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", t->folder, e->d_name);
			(void)unlink(path);
		}
	closedir(dir);
	(void)rmdir(t->folder);
}

/* ---- beginning and end ---- */

static int open_test(struct tobs_test *t)
{
	struct tobs_err err = { 0 };
	int r = make_folder(t, &err);

	if (!r)
		r = make_world(t, &err);
	if (r)
		return kit_fail(t, NULL, "%s", err.message);
	t->testing = (struct bot_testing){
		.token = t->token, .api_root = t->root, .store = t->store
	};
	bot_test(&t->testing);
	return tobs_test_start(t);
}

static void free_test(struct tobs_test *t)
{
	ARRAY_DEINIT(&t->calls);
	ARRAY_DEINIT(&t->events);
	ARRAY_DEINIT(&t->faults);
	bot_faults_deinit(&t->network);
	tobs_buf_deinit(&t->answer);
	tobs_arena_deinit(&t->arena);
	mem_free(t);
}

struct tobs_test *tobs_test_new(const struct tobs_test_options *options)
{
	const struct tobs_run_options run = { .hold_ms = -1 };
	struct tobs_test *t;

	tobs_test_free(NULL);
	t = MEM_NEW(struct tobs_test);
	if (!t)
		return NULL;
	t->options = *options;
	tobs_arena_init(&t->arena, ARENA_MAX);
	tobs_buf_init(&t->answer, ANSWER_MAX);
	bot_faults_init(&t->network, 1);
	kit_watch(t);
	fake_clock_init(&t->clock, (options->start ? options->start : START_S) * 1000000);
	rt_use_clock(&t->clock);
	if (rt_begin(&run)) {
		rt_use_clock(NULL);
		kit_fail(t, NULL, "a test cannot begin where a loop of fibers runs");
		free_test(t);
		return NULL;
	}
	current = t;
	tobs_log_to(kit_log, t);
	if (open_test(t)) {
		tobs_test_free(t);
		return NULL;
	}
	return t;
}

int tobs_test_free(struct tobs_test *t)
{
	unsigned failures;

	if (!t || t != current)
		t = current;
	if (!t)
		return 1;
	current = NULL;
	stop(t);
	sim_bots_stop(t->sim.bots);
	sim_world_free(t->sim.world);
	(void)rt_end(TOBS_OK);
	rt_use_clock(NULL);
	bot_test(NULL);
	tobs_log_to(NULL, NULL);
	remove_folder(t);
	failures = t->failures;
	free_test(t);
	return failures ? 1 : 0;
}
