/* SPDX-License-Identifier: MIT */
/* A lane's life: when it connects, when it gives up, and the calls that wait on it. */
#include "client/lane.h"

#include "base/log.h"

enum {
	FIRST_ATTEMPTS = 3,  /* before this client has ever heard an answer */
	LATER_ATTEMPTS = 12, /* about two minutes with the policy below */
	BUSY_PAUSE_MS = 5000,
	LANES_MAX = 1000,
	UNKNOWN_MAX = 3, /* transport errors -404, which anyone can forge, until we believe them */
	QUERY_MAX = MT_PACKET_MAX - 4096, /* with room for what goes into the same packet */

	RENEWAL = TOBS_EAGAIN, /* the connection ended because the temporary key is due */
};

/* Most breaks are short; a server that is gone is not hammered. */
static const struct backoff_policy reconnect = {
	.base_ms = 100,
	.max_ms = 30000,
	.steady_ms = 10000,
};

static const char *const state_names[LANE_STATES] = { "idle", "connecting", "keying", "ready",
	"paused", "closed" };

#define TO(state) (1u << LANE_##state)
static const unsigned edges[LANE_STATES] = {
	[LANE_IDLE] = TO(CONNECTING) | TO(CLOSED),
	[LANE_CONNECTING] = TO(KEYING) | TO(PAUSED) | TO(IDLE) | TO(CLOSED),
	[LANE_KEYING] = TO(READY) | TO(PAUSED) | TO(IDLE) | TO(CLOSED),
	[LANE_READY] = TO(PAUSED) | TO(IDLE) | TO(CLOSED),
	[LANE_PAUSED] = TO(IDLE) | TO(CLOSED),
	[LANE_CLOSED] = 0,
};

void lane_enter(struct lane *l, enum lane_state to)
{
	bool legal = edges[l->state] & 1u << to;

	if (l->state == to)
		return;
	assert(legal);
	(void)legal;
	log_debug("client", "DC %d, %s %d: %s", l->dc->id,
		l->route == TOBS_ROUTE_HOME ? "lane" : "files lane", l->number, state_names[to]);
	l->state = to;
}

/* ---- calls ---- */

void lane_finish(struct lane *l, struct lane_call *call, int result)
{
	list_remove(&call->link);
	if (result && result != TOBS_ERPC && call->err)
		*call->err = l->why;
	if (result && call->err)
		call->err->code = result;
	tobs_event_set(&call->done, result);
}

/* Nothing will come of the calls that wait. */
static void abandon(struct lane *l, int code)
{
	LIST_EACH (it, &l->calls) {
		struct lane_call *call = LIST_ITEM(it, struct lane_call, link);

		if (l->session)
			mt_session_forget(l->session, &call->query, false);
		lane_finish(l, call, code);
	}
}

static bool has_reason(const struct lane *l)
{
	return !list_empty(&l->calls) || l->wanted;
}

static void submit(struct lane *l, struct lane_call *call)
{
	if (l->accepts) {
		mt_session_send(l->session, &call->query);
		tobs_cond_signal(&l->output);
	}
	tobs_cond_signal(&l->work);
}

/* The caller has stopped waiting. */
static void withdraw(struct lane *l, struct lane_call *call)
{
	list_remove(&call->link);
	if (l->session)
		mt_session_forget(l->session, &call->query, true);
	tobs_cond_signal(&l->output);
	tobs_cond_signal(&l->work);
}

int lane_call(struct lane *l, struct lane_call *call, struct tobs_err *err)
{
	int r, result = TOBS_OK;

	if (l->state == LANE_CLOSED || l->client->closing)
		return tobs_fail(err, TOBS_ECLOSED, "the client was closed");
	if (call->body.len > QUERY_MAX)
		return tobs_fail(err, TOBS_ETOOBIG, "the query is too long to be sent");
	call->err = err;
	call->query = (struct mt_query){
		.body = call->body, .user = call, .compress = call->compress
	};
	tobs_event_init(&call->done);
	list_push(&l->calls, &call->link);
	submit(l, call);
	r = tobs_event_wait(&call->done, &result);
	if (!r)
		return result;
	withdraw(l, call);
	return tobs_fail(err, r, r == TOBS_ETIMEDOUT ? "no answer in time" : "cancelled");
}

void lane_break(struct lane *l)
{
	l->accepts = false;
	line_hang_up(&l->line);
}

void lane_keep(struct lane *l, bool wanted)
{
	l->wanted = wanted;
	tobs_cond_signal(&l->work);
}

/* ---- connections ---- */

static int open_line(struct lane *l, struct tobs_err *err)
{
	struct dc_address to;
	struct tobs_deadline d;
	int r = dc_address(l->dc, &to, err);

	if (r)
		return r;
	tobs_deadline_push(&d, l->client->setup.connect_timeout_ms);
	r = line_open(&l->line, &l->client->setup, &to, l->client->rng, err);
	tobs_deadline_pop(&d);
	if (r && r != TOBS_ECANCELED)
		l->dc->tries++;
	return r;
}

static int make_keys(struct lane *l, struct tobs_err *err)
{
	struct tobs_deadline d;
	int r;

	if (dc_has_keys(l->dc))
		return TOBS_OK;
	r = tobs_sem_wait(&l->dc->making);
	if (r)
		return r;
	l->makes_keys = true;
	if (dc_has_keys(l->dc))
		return TOBS_OK;
	tobs_deadline_push(&d, l->client->setup.connect_timeout_ms);
	r = dc_make_keys(l->dc, &l->line, err);
	tobs_deadline_pop(&d);
	return r;
}

void lane_keys_made(struct lane *l)
{
	if (l->makes_keys)
		tobs_sem_post(&l->dc->making);
	l->makes_keys = false;
}

/* One connection from its beginning to its end; why it ended. */
static int connection(struct lane *l, struct tobs_err *err)
{
	int r;

	lane_enter(l, LANE_CONNECTING);
	r = open_line(l, err);
	if (!r) {
		lane_enter(l, LANE_KEYING);
		r = make_keys(l, err);
		if (!r)
			r = lane_renew_session(l);
		if (!r)
			r = lane_serve(l, err);
		lane_keys_made(l);
	}
	line_close(&l->line);
	return r;
}

/* ---- after a failure ---- */

/* The server says that it does not know our key. */
static int key_unknown(struct lane *l)
{
	struct dc_key *k = dc_key_of(l->dc);

	if (l->dc->temp.known && l->session_key == l->dc->temp.key.id) {
		dc_drop_temp(l->dc, l->session_key);
		return TOBS_OK;
	}
	if (!k || !k->known || ++l->unknown < UNKNOWN_MAX)
		return TOBS_OK;
	log_warn("client", "DC %d has forgotten the key of this session", l->dc->id);
	l->unknown = 0;
	if (k->authorized && l->dc->id == client_home(l->client)) {
		client_lost(l->client);
		dc_drop_key(l->dc);
		tobs_fail(&l->why, TOBS_EAUTH,
			"the server does not know this session any more; log in again");
		return TOBS_EAUTH;
	}
	dc_drop_key(l->dc);
	/* With a new key it is another matter. */
	l->failures = 0;
	return TOBS_OK;
}

/* The other side is not who it should be: trying again makes no difference. */
static bool is_hopeless(const struct lane *l, int r)
{
	return l->state == LANE_KEYING && (r == TOBS_ECRYPTO || r == TOBS_ENOTFOUND);
}

static int attempts(const struct lane *l)
{
	if (l->client->setup.connect_attempts)
		return l->client->setup.connect_attempts;
	return l->client->worked ? LATER_ATTEMPTS : FIRST_ATTEMPTS;
}

static int pause(struct lane *l, int64_t ms)
{
	struct tobs_deadline d;
	int r = TOBS_OK;

	lane_enter(l, LANE_PAUSED);
	tobs_deadline_push(&d, ms);
	while (!r && has_reason(l))
		r = tobs_cond_wait(&l->work);
	tobs_deadline_pop(&d);
	return r == TOBS_ETIMEDOUT ? TOBS_OK : r;
}

/* A connection ended with `r`: what becomes of the calls, and when the next one is tried. */
static int recover(struct lane *l, int r)
{
	int64_t ms;
	int fatal = TOBS_OK;

	if (r == TOBS_ECANCELED)
		return r;
	if (r == RENEWAL)
		return TOBS_OK;
	log_debug("client", "DC %d: %s", l->dc->id, l->why.message);
	if (r == TOBS_EPROTO && l->why.status == LINE_KEY_UNKNOWN)
		fatal = key_unknown(l);
	else if (is_hopeless(l, r))
		fatal = TOBS_ECRYPTO;
	else if (r == TOBS_ENOMEM)
		fatal = r;
	if (!has_reason(l))
		return TOBS_OK;
	ms = backoff_next(&l->backoff);
	if (!fatal && ++l->failures >= attempts(l))
		fatal = TOBS_ENET;
	if (fatal) {
		abandon(l, fatal);
		l->failures = 0;
		if (!l->wanted)
			return TOBS_OK;
	}
	if (l->why.status == LINE_TOO_MANY)
		ms = MAX(ms, BUSY_PAUSE_MS);
	return pause(l, ms);
}

static int lane_main(void *arg)
{
	struct lane *l = arg;
	int r = TOBS_OK;

	while (!r) {
		lane_enter(l, LANE_IDLE);
		while (!r && !has_reason(l))
			r = tobs_cond_wait(&l->work);
		if (!r) {
			tobs_fail(&l->why, TOBS_ENET, "no connection");
			r = recover(l, connection(l, &l->why));
		}
	}
	lane_enter(l, LANE_CLOSED);
	tobs_fail(&l->why, TOBS_ECLOSED, "the client was closed");
	l->accepts = false;
	abandon(l, TOBS_ECLOSED);
	return TOBS_OK;
}

/* ---- lanes of a client ---- */

static struct lane *find(const struct tobs_client *c, enum tobs_route route, int dc, int number)
{
	for (size_t i = 0; i < c->lanes.count; i++) {
		struct lane *l = c->lanes.items[i];

		if (l->route == route && l->dc->id == dc && l->number == number)
			return l;
	}
	return NULL;
}

static struct lane *lane_new(struct tobs_client *c, enum tobs_route route, int dc, int number)
{
	struct lane *l = MEM_NEW(struct lane);
	struct dc *d = dc_get(c, dc);

	if (!l || !d || c->lanes.count == LANES_MAX || ARRAY_PUSH(&c->lanes, l)) {
		mem_free(l);
		return NULL;
	}
	l->client = c;
	l->dc = d;
	l->route = route;
	l->number = number;
	list_init(&l->calls);
	tobs_cond_init(&l->work);
	tobs_cond_init(&l->output);
	tobs_arena_init(&l->arena, 64 << 20);
	tobs_buf_init(&l->bind.body, 1024);
	backoff_init(&l->backoff, &reconnect, c->rng);
	return l;
}

int lane_get(struct tobs_client *c, enum tobs_route route, int dc, int number, struct lane **ret,
	struct tobs_err *err)
{
	const struct tobs_fiber_options options = { .name = "client lane" };
	struct lane *l = find(c, route, dc, number);
	int r;

	if (c->closing)
		return tobs_fail(err, TOBS_ECLOSED, "the client was closed");
	if (!l)
		l = lane_new(c, route, dc, number);
	if (!l)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a session, or too many of them");
	if (!l->runs) {
		r = tobs_group_spawn(&c->fibers, lane_main, l, &options);
		if (r)
			return tobs_fail(err, r, "a session cannot be started");
		l->runs = true;
	}
	*ret = l;
	return TOBS_OK;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	assert(list_empty(&l->calls));
	mt_session_free(l->session);
	line_close(&l->line);
	tobs_arena_deinit(&l->arena);
	tobs_buf_wipe(&l->bind.body);
	mem_free(l);
}
