/* SPDX-License-Identifier: MIT */
#include "client/client.h"

#include "base/log.h"
#include "client/dc.h"
#include "client/lane.h"
#include "client/wrap.h"
#include "rt/clock.h"

enum {
	SECOND = 1000000,
	DEFAULT_DC = 2,       /* where every client begins */
	SAVE_DELAY_MS = 2000, /* changes come in crowds */
	FIRST_MAX = 4096,
};

/* ---- the store ---- */

struct writing {
	const struct store_snapshot *snap;
	struct tobs_err *err;
};

static int write_snapshot(void *arg)
{
	struct writing *job = arg;

	return store_snapshot_write(job->snap, job->err);
}

int client_save(struct tobs_client *c, struct tobs_err *err)
{
	struct store_snapshot snap;
	struct writing job = { &snap, err };
	int r = tobs_sem_wait(&c->saving);

	if (r)
		return tobs_fail(err, r, "the session was not written");
	if (client_store_is_dirty(&c->store)) {
		r = client_store_snapshot(&c->store, &snap);
		if (r) {
			tobs_fail(err, r, "no memory to write the session");
		} else {
			r = tobs_offload(write_snapshot, &job);
			if (r)
				client_store_soil(&c->store, &snap);
			store_snapshot_deinit(&snap);
		}
	}
	tobs_sem_post(&c->saving);
	return r;
}

static int saver_main(void *arg)
{
	struct tobs_client *c = arg;
	struct tobs_err err;
	int r = TOBS_OK;

	while (!r) {
		while (!r && !client_store_is_dirty(&c->store))
			r = tobs_cond_wait(&c->soiled);
		if (!r)
			r = tobs_sleep(SAVE_DELAY_MS);
		if (!r && client_save(c, &err) && !c->closing)
			log_warn("client", "the session cannot be written: %s", err.message);
	}
	return TOBS_OK;
}

void client_soiled(struct tobs_client *c)
{
	const struct tobs_fiber_options options = { .name = "client saver" };

	if (!c->saver_runs && c->store.db && !c->closing)
		c->saver_runs = tobs_group_spawn(&c->fibers, saver_main, c, &options) == TOBS_OK;
	tobs_cond_signal(&c->soiled);
}

void tobs_client_on_wait(
	struct tobs_client *c, void (*fn)(void *user, const struct tobs_wait *wait), void *user)
{
	c->on_wait = fn;
	c->on_wait_user = user;
}

/* ---- the account ---- */

int64_t client_server_time(struct tobs_client *c, int dc)
{
	const struct dc_key *k = client_store_key(&c->store, dc);

	return (clock_wall(c->clock) + (k ? k->time_offset : 0)) / SECOND;
}

int client_home(const struct tobs_client *c)
{
	if (c->store.home)
		return c->store.home;
	return c->setup.has_server ? c->setup.server.dc : DEFAULT_DC;
}

void client_lost(struct tobs_client *c)
{
	MAP_EACH (slot, &c->store.keys)
		((struct dc_key *)slot->value)->authorized = false;
	c->store.self = 0;
	c->store.is_bot = false;
	c->store.head_dirty = true;
	client_soiled(c);
}

bool tobs_client_authorized(const struct tobs_client *c)
{
	return c->store.self != 0;
}

int64_t tobs_client_self(const struct tobs_client *c)
{
	return c->store.self;
}

/* ---- its life ---- */

void client_enter(struct tobs_client *c)
{
	c->calls++;
}

void client_leave(struct tobs_client *c)
{
	if (--c->calls == 0)
		tobs_cond_broadcast(&c->quiet);
}

struct opening {
	struct tobs_client *c;
	struct tobs_err *err;
};

static int open_store(void *arg)
{
	struct opening *o = arg;

	return client_store_open(&o->c->store, o->c->setup.session, o->err);
}

static int close_store(void *arg)
{
	struct opening *o = arg;

	return client_store_close(&o->c->store, o->err);
}

/* What waits for the disk runs on a worker where there is one. */
static int away_from_loop(int (*fn)(void *arg), struct opening *o)
{
	return tobs_self() ? tobs_offload(fn, o) : fn(o);
}

int tobs_client_new(
	struct tobs_client **ret, const struct tobs_client_options *options, struct tobs_err *err)
{
	struct tobs_client *c = MEM_NEW(struct tobs_client);
	int r;

	if (!c)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a client");
	c->clock = rt_clock_source();
	c->rng = rng_system();
	tobs_buf_init(&c->first, FIRST_MAX);
	tobs_group_init(&c->fibers, 0);
	tobs_sem_init(&c->saving, 1);
	tobs_sem_init(&c->configuring, 1);
	tobs_cond_init(&c->soiled);
	tobs_cond_init(&c->quiet);
	tobs_cond_init(&c->told);
	tobs_event_init(&c->ended);
	r = setup_init(&c->setup, options, err);
	if (r) {
		mem_free(c);
		return r;
	}
	r = wrap_first(&c->first, &c->setup, err);
	if (!r)
		r = away_from_loop(open_store, &(struct opening){ c, err });
	if (r) {
		tobs_buf_deinit(&c->first);
		setup_deinit(&c->setup);
		mem_free(c);
		return r;
	}
	*ret = c;
	return TOBS_OK;
}

/* Ends what the client does, and waits for those who use it. */
static void stop(struct tobs_client *c)
{
	tobs_event_set(&c->ended, TOBS_OK);
	tobs_cond_broadcast(&c->told);
	tobs_group_cancel(&c->fibers);
	(void)tobs_group_wait(&c->fibers);
	while (c->calls)
		(void)tobs_cond_wait(&c->quiet);
}

void tobs_client_free(struct tobs_client *c)
{
	struct tobs_shield shield;
	struct tobs_err err;

	if (!c)
		return;
	c->closing = true;
	tobs_shield_begin(&shield);
	if (tobs_self())
		stop(c);
	if (away_from_loop(close_store, &(struct opening){ c, &err }))
		log_error("client", "the session was not written: %s", err.message);
	tobs_shield_end(&shield);
	ARRAY_EACH (l, &c->lanes)
		lane_free(*l);
	ARRAY_DEINIT(&c->lanes);
	MAP_EACH (slot, &c->dcs)
		dc_free(slot->value);
	map_deinit(&c->dcs);
	brakes_deinit(&c->brakes);
	tobs_buf_deinit(&c->first);
	setup_deinit(&c->setup);
	mem_free(c);
}
