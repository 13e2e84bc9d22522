/* SPDX-License-Identifier: MIT */
#include "client/call.h"

#include <stdio.h>

#include "client/dc.h"
#include "client/lane.h"
#include "client/meet.h"
#include "client/wrap.h"
#include "tl/wire.h"

enum {
	SECOND = 1000000,
	MS = 1000,
	HOPS_MAX = 5,     /* from one data centre to another, for one call */
	REJOINS_MAX = 2,  /* times a data centre may have forgotten us, for one call */
	UNINITED_MAX = 3, /* times a server may want to hear initConnection again */
};

/* Trouble inside Telegram, or between its parts. */
static const struct backoff_policy trouble = {
	.base_ms = 250,
	.max_ms = 20000,
	.steady_ms = 20000,
};

/* A call on its way, over all its tries. */
struct attempt {
	struct tobs_client *c;
	struct call_request rq;
	uint32_t inner;    /* the method that is called in the end */
	struct lane *lane; /* of the last try */
	struct lane_call call;
	struct backoff backoff;
	bool refused; /* the last try was, by call.refusal */
	int troubles, hops, rejoins, uninited;
};

/* ---- waiting ---- */

/* Waits `ms`, unless the client is closed. */
static int rest(struct tobs_client *c, int64_t ms)
{
	struct tobs_deadline d;
	int r;

	tobs_deadline_push(&d, ms);
	r = tobs_event_wait(&c->ended, NULL);
	tobs_deadline_pop(&d);
	if (!r)
		return TOBS_ECLOSED;
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d) ? TOBS_OK : r;
}

static void tell_wait(const struct attempt *a, const char *name, int64_t seconds)
{
	const struct setup *s = &a->c->setup;
	const struct tobs_wait wait = { a->inner, name, seconds };

	if (s->waiting)
		s->waiting(s->user, &wait);
	if (a->c->on_wait)
		a->c->on_wait(a->c->on_wait_user, &wait);
}

/* The longest wait (s) this call puts up with. */
static int64_t patience(const struct attempt *a)
{
	int64_t max = a->c->setup.flood_wait_max;

	return a->rq.flags & CALL_PERSON ? MIN(max, CALL_PERSON_WAIT_S) : max;
}

static int too_long(const struct attempt *a, struct tobs_err *err)
{
	refusal_explain(&a->call.refusal, a->inner, TOBS_EFLOOD, err);
	return TOBS_EFLOOD;
}

/* The brake of the method: everybody who calls it waits here. */
static int wait_for_brake(struct attempt *a, struct tobs_err *err)
{
	struct tobs_client *c = a->c;
	int r = TOBS_OK;

	while (!r) {
		int64_t now = clock_mono(c->clock), until = brakes_until(&c->brakes, a->inner, now);

		if (!until)
			return TOBS_OK;
		if ((until - now) / SECOND > patience(a)) {
			tobs_fail(err, TOBS_EFLOOD, "the server asks to wait for %lld s",
				(long long)((until - now) / SECOND));
			err->seconds = (until - now) / SECOND;
			err->status = 420;
			snprintf(err->name, sizeof err->name, "FLOOD_WAIT_%%d");
			return TOBS_EFLOOD;
		}
		r = rest(c, (until - now + MS - 1) / MS);
	}
	return tobs_fail(err, r, "while waiting as the server asked");
}

/* ---- what refusals ask for: each returns 0 to try again, or how the call ends ---- */

static int final(const struct attempt *a, int code, struct tobs_err *err)
{
	refusal_explain(&a->call.refusal, a->inner, code, err);
	return code;
}

static int on_flood(struct attempt *a, struct tobs_err *err)
{
	const struct refusal *f = &a->call.refusal;
	int64_t now = clock_mono(a->c->clock);
	bool first = brakes_set(&a->c->brakes, a->inner, now, now + f->number * SECOND);

	if (f->number > patience(a))
		return too_long(a, err);
	if (first)
		tell_wait(a, f->kind_name, f->number);
	return TOBS_OK;
}

/* Slow mode is a chat's: others may go on. */
static int on_slowmode(struct attempt *a, struct tobs_err *err)
{
	const struct refusal *f = &a->call.refusal;
	int r;

	if (f->number > patience(a))
		return too_long(a, err);
	tell_wait(a, f->kind_name, f->number);
	r = rest(a->c, f->number * MS);
	return r ? tobs_fail(err, r, "while waiting as the server asked") : TOBS_OK;
}

static int on_trouble(struct attempt *a, struct tobs_err *err)
{
	int r;

	if (++a->troubles > a->c->setup.call_retries)
		return final(a, TOBS_ERPC, err);
	r = rest(a->c, backoff_next(&a->backoff));
	return r ? tobs_fail(err, r, "while waiting to try again") : TOBS_OK;
}

static int on_migrate_home(struct attempt *a, struct tobs_err *err)
{
	struct client_store *s = &a->c->store;
	int to = (int)a->call.refusal.number;
	struct dc *d;
	int r;

	if (a->rq.flags & CALL_STAY || a->rq.dc || to <= 0 || ++a->hops > HOPS_MAX)
		return final(a, TOBS_ERPC, err);
	d = dc_get(a->c, to);
	if (!d)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a data centre");
	/* An account that moves takes its authorization along. */
	r = dc_join(d, err);
	if (r)
		return r;
	ARRAY_EACH (l, &a->c->lanes)
		lane_keep(*l, false);
	s->home = to;
	s->head_dirty = true;
	client_soiled(a->c);
	return TOBS_OK;
}

static int on_migrate_call(struct attempt *a, struct tobs_err *err)
{
	const struct refusal *f = &a->call.refusal;

	if (a->rq.flags & CALL_STAY || f->number <= 0 || ++a->hops > HOPS_MAX)
		return final(a, TOBS_ERPC, err);
	a->rq.dc = (int)f->number;
	if (strcmp(f->kind_name, "FILE_MIGRATE") == 0)
		a->rq.route = TOBS_ROUTE_FILES;
	return TOBS_OK;
}

static int on_unauthorized(struct attempt *a, struct tobs_err *err)
{
	const struct refusal *f = &a->call.refusal;
	struct dc *d = a->lane->dc;
	struct dc_key *k = dc_key_of(d);

	if (strcmp(f->kind_name, "AUTH_KEY_PERM_EMPTY") == 0 && ++a->rejoins <= REJOINS_MAX) {
		/* The temporary key is no longer bound. */
		dc_drop_temp(d, a->lane->session_key);
		lane_break(a->lane);
		return TOBS_OK;
	}
	if (strcmp(f->kind_name, "AUTH_KEY_DUPLICATED") == 0) {
		dc_drop_key(d);
		lane_break(a->lane);
	}
	if (d->id != client_home(a->c) && !(a->rq.flags & CALL_STRANGER) && k && a->c->store.self) {
		k->authorized = false;
		if (++a->rejoins <= REJOINS_MAX)
			return TOBS_OK;
	} else if (d->id == client_home(a->c)) {
		client_lost(a->c);
	}
	return final(a, TOBS_EAUTH, err);
}

static int heed(struct attempt *a, struct tobs_err *err)
{
	switch (a->call.refusal.kind) {
	case REFUSAL_FLOOD: return on_flood(a, err);
	case REFUSAL_SLOWMODE: return on_slowmode(a, err);
	case REFUSAL_TROUBLE: return on_trouble(a, err);
	case REFUSAL_MIGRATE_HOME: return on_migrate_home(a, err);
	case REFUSAL_MIGRATE_CALL: return on_migrate_call(a, err);
	case REFUSAL_UNAUTHORIZED: return on_unauthorized(a, err);
	case REFUSAL_PASSWORD: return final(a, TOBS_EAUTH, err);
	case REFUSAL_NOT_INITED:
		if (++a->uninited <= UNINITED_MAX)
			return TOBS_OK;
		break;
	case REFUSAL_OTHER: break;
	}
	return final(a, TOBS_ERPC, err);
}

/* ---- one try ---- */

static int encode(const struct attempt *a, struct tobs_buf *out, struct tobs_err *err)
{
	const struct tobs_client *c = a->c;

	if (!a->lane->inited)
		tobs_buf_putv(out, tobs_buf_view(&c->first));
	if (!c->setup.updates && !(a->rq.flags & CALL_UPDATES) &&
		a->rq.method != TL_invokeWithoutUpdates)
		tl_put_u32(out, TL_invokeWithoutUpdates);
	return tl_encode_as(out, a->rq.method, a->rq.query, err);
}

static int try_once(struct attempt *a, struct tobs_buf *body, struct tobs_err *err)
{
	int home = client_home(a->c), dc = a->rq.dc ? a->rq.dc : home;
	int r = lane_get(a->c, a->rq.route, dc, a->rq.lane, &a->lane, err);

	a->refused = false;
	if (!r && dc != home && !(a->rq.flags & CALL_STRANGER))
		r = dc_join(a->lane->dc, err);
	if (r)
		return r;
	tobs_buf_clear(body);
	r = encode(a, body, err);
	if (r)
		return r;
	a->call.body = tobs_buf_view(body);
	r = lane_call(a->lane, &a->call, err);
	a->refused = r == TOBS_ERPC;
	return r;
}

static int try_until(struct attempt *a, struct tobs_err *err)
{
	struct tobs_buf body;
	int r;

	tobs_buf_init(&body, MT_PACKET_MAX);
	do {
		r = wait_for_brake(a, err);
		if (!r)
			r = try_once(a, &body, err);
	} while (r == TOBS_ERPC && a->refused && !(r = heed(a, err)));
	tobs_buf_deinit(&body);
	return r;
}

static int take_answer(
	const struct attempt *a, struct tobs_reply *reply, void *ret, struct tobs_err *err)
{
	int r;

	tobs_arena_reset(&reply->arena);
	r = tl_decode_result(a->inner, tobs_buf_view(&reply->bytes), &reply->arena, ret, err);
	if (r) {
		tobs_err_context(err, "the answer to %s", tl_name(a->inner));
		return r;
	}
	meet_result(&a->c->store, a->inner, ret);
	if (client_store_is_dirty(&a->c->store))
		client_soiled(a->c);
	return TOBS_OK;
}

/* Updates come over the connection that a logged-in account has with its home. */
static void keep_for_updates(const struct attempt *a)
{
	const struct tobs_client *c = a->c;
	struct lane *l = a->lane;
	bool wanted;

	if (!c->setup.updates || !l || l->route != TOBS_ROUTE_HOME || l->number != 0)
		return;
	wanted = c->store.self && l->dc->id == client_home(c);
	if (wanted != l->wanted)
		lane_keep(l, wanted);
}

int call_run(struct tobs_client *c, const struct call_request *request, struct tobs_reply *reply,
	void *ret, struct tobs_err *err)
{
	struct attempt a = { .c = c,
		.rq = *request,
		.inner = wrap_innermost(request->method, request->query),
		.call = { .answer = &reply->bytes } };
	struct tobs_err ignored;
	int r;

	if (!err)
		err = &ignored;
	if (!tobs_self())
		return tobs_fail(err, TOBS_EINVAL, "calls are made on fibers");
	if (c->closing)
		return tobs_fail(err, TOBS_ECLOSED, "the client was closed");
	if (!a.inner)
		return tobs_fail(err, TOBS_EINVAL, "a query that wraps nothing");
	if (request->dc < 0 || request->lane < 0 || !tl_name(request->method))
		return tobs_fail(err, TOBS_EINVAL, "no such data centre, lane or method");
	backoff_init(&a.backoff, &trouble, c->rng);
	client_enter(c);
	r = try_until(&a, err);
	if (!r)
		r = take_answer(&a, reply, ret, err);
	keep_for_updates(&a);
	client_leave(c);
	return r;
}

int call_config_dc(const struct tobs_client *c)
{
	return c->setup.has_server ? c->setup.server.dc : client_home(c);
}

int tobs_call(struct tobs_client *c, uint32_t method, const void *query, struct tobs_reply *reply,
	void *ret, struct tobs_err *err)
{
	return call_run(
		c, &(struct call_request){ .method = method, .query = query }, reply, ret, err);
}

int tobs_call_dc(struct tobs_client *c, enum tobs_route route, int dc, int lane, uint32_t method,
	const void *query, struct tobs_reply *reply, void *ret, struct tobs_err *err)
{
	const struct call_request request = { route, dc, lane, method, query, 0 };

	return call_run(c, &request, reply, ret, err);
}

void tobs_reply_deinit(struct tobs_reply *reply)
{
	if (!reply)
		return;
	tobs_buf_deinit(&reply->bytes);
	tobs_arena_deinit(&reply->arena);
}
