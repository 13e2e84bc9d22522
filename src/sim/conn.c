/* SPDX-License-Identifier: MIT */
/*
 * A connection has two fibers: the reader takes packets in and lets the world
 * answer; the writer sends what sessions have ready, late, twice or not at all,
 * as the faults want it.
 */
#include "sim/conn.h"

#include "base/log.h"
#include "mtproto/message.h"

enum {
	SECOND = 1000000,
	READ_BYTES = 64 << 10,
	OUT_MAX = 64 << 20,
	TAKE_BYTES = 32 << 10, /* of answers in one packet, so that a break costs little */
	ARENA_MAX = 256 << 20,
	GOODBYE_MS = 1000,
	UNKNOWN_KEY = -404,
};

/* Bytes that leave at a certain time. */
struct parcel {
	int64_t due; /* µs monotonic */
	size_t len;  /* of them, in conn.late */
};

/* An answer that others overtake. */
struct held {
	int64_t due;
	uint64_t key_id, session_id, msg_id;
	struct tobs_view result; /* owned copy */
};

struct conn {
	struct list link; /* of sim_server.conns */
	struct sim_server *server;
	struct sim_dc_server *dc;
	struct sock *sock;
	struct mt_link wire;
	struct mt_exchange_server exchange;
	struct sim_session_events events;
	ARRAY_OF(struct sim_session *) sessions; /* that this connection serves */
	struct tobs_arena arena;
	struct tobs_buf out;  /* to be written now */
	struct tobs_buf late; /* to be written when parcels are due */
	ARRAY_OF(struct parcel) parcels;
	ARRAY_OF(struct held) held;
	struct tobs_buf body, result;
	struct tobs_cond wake; /* the writer has something to do */
	int64_t busy_until;    /* with a limited bandwidth */
	uint64_t traffic;      /* bytes in both directions */
	bool silent;           /* half-open: nothing goes out any more */
	bool broken;
	bool ending; /* nothing is read any more: what is on its way goes out, and that is all */
};

static int64_t now(const struct conn *c)
{
	return clock_mono(&c->server->clock);
}

struct conn *conn_of(struct list *l)
{
	return LIST_ITEM(l, struct conn, link);
}

void conn_break(struct conn *c)
{
	c->broken = true;
	sock_reset_on_close(c->sock);
	sock_close(c->sock);
	c->sock = NULL;
	tobs_cond_broadcast(&c->wake);
}

/* ---- sending ---- */

/* What is in `bytes` leaves now or later; the buffer is empty afterwards. */
static int dispatch(struct conn *c, struct tobs_buf *bytes)
{
	struct sim_faults *f = &c->server->faults;
	int64_t due = sim_fault_delay(f), bandwidth = f->numbers[FAULT_BANDWIDTH];
	int r = TOBS_OK;

	if (bytes->len == 0)
		return TOBS_OK;
	if (bandwidth) {
		c->busy_until = MAX(c->busy_until, now(c)) +
			(int64_t)bytes->len * SECOND / bandwidth;
		due += c->busy_until - now(c);
		f->hits[FAULT_BANDWIDTH]++;
	}
	if (due == 0 && c->parcels.count == 0) {
		r = tobs_buf_putv(&c->out, tobs_buf_view(bytes));
	} else {
		/* TCP keeps the order, however late a packet is. */
		struct parcel p = { now(c) + due, bytes->len };

		if (c->parcels.count)
			p.due = MAX(p.due, ARRAY_LAST(&c->parcels)->due);
		r = tobs_buf_putv(&c->late, tobs_buf_view(bytes));
		if (!r && ARRAY_PUSH(&c->parcels, p))
			r = TOBS_ENOMEM;
	}
	tobs_buf_clear(bytes);
	tobs_cond_signal(&c->wake);
	return r;
}

static int seal(
	struct conn *c, struct sim_session *s, const struct mt_message *m, struct tobs_buf *out)
{
	int r = mt_link_begin(&c->wire, mt_sealed_len(m->body.len), out);

	if (!r)
		r = mt_seal(out, &s->key->key, MSG_BY_SERVER, m, c->server->rng, NULL);
	if (!r)
		r = mt_link_end(&c->wire, c->server->rng, out);
	return r;
}

/* Everything the session has ready, as packets. */
static int flush_session(struct conn *c, struct sim_session *s)
{
	struct sim_faults *f = &c->server->faults;
	struct tobs_buf packet;
	struct mt_message m;
	int r = TOBS_OK;

	tobs_buf_init(&packet, OUT_MAX);
	while (!r && sim_session_has_output(s)) {
		r = sim_session_take(s, TAKE_BYTES, &c->body, &m);
		if (r == TOBS_EAGAIN)
			break;
		if (!r)
			r = seal(c, s, &m, &packet);
		if (!r && sim_fault_chance(f, FAULT_DUPLICATE))
			r = seal(c, s, &m, &packet);
		if (!r)
			r = dispatch(c, &packet);
	}
	tobs_buf_deinit(&packet);
	return r == TOBS_EAGAIN ? TOBS_OK : r;
}

static int flush_sessions(struct conn *c)
{
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < c->sessions.count; i++)
		r = flush_session(c, c->sessions.items[i]);
	return r;
}

/* Moves what is due from `late` to `out`. */
static int release(struct conn *c)
{
	size_t bytes = 0, n = 0;
	int r = TOBS_OK;

	while (n < c->parcels.count && c->parcels.items[n].due <= now(c))
		bytes += c->parcels.items[n++].len;
	if (n) {
		r = tobs_buf_put(&c->out, c->late.ptr, bytes);
		tobs_buf_consume(&c->late, bytes);
		ARRAY_SHIFT(&c->parcels, n);
	}
	return r;
}

/* Gives out the answers that were held back long enough, or all. */
static int release_held(struct conn *c, bool all)
{
	int r = TOBS_OK;

	for (size_t i = c->held.count; !r && i-- > 0;) {
		struct held h = c->held.items[i];
		struct sim_key *key;
		struct sim_session *s;

		if (!all && h.due > now(c))
			continue;
		ARRAY_REMOVE(&c->held, i);
		key = sim_keys_find(&c->dc->keys, h.key_id);
		s = key ? map_get(&key->sessions, h.session_id) : NULL;
		if (s)
			r = sim_session_answer(s, h.msg_id, h.result);
		mem_free((void *)(uintptr_t)h.result.ptr);
	}
	return r;
}

/* Counts traffic against the faults that end connections. */
static void count_traffic(struct conn *c, size_t n)
{
	struct sim_faults *f = &c->server->faults;
	uint64_t before = c->traffic;

	c->traffic += n;
	if (f->numbers[FAULT_DROP] && c->traffic >= (uint64_t)f->numbers[FAULT_DROP] &&
		!c->broken) {
		f->hits[FAULT_DROP]++;
		conn_break(c);
	}
	if (f->numbers[FAULT_HALFOPEN] && !c->silent &&
		before < (uint64_t)f->numbers[FAULT_HALFOPEN] &&
		c->traffic >= (uint64_t)f->numbers[FAULT_HALFOPEN]) {
		f->hits[FAULT_HALFOPEN]++;
		c->silent = true;
	}
}

static int64_t next_due(const struct conn *c)
{
	int64_t due = INT64_MAX;

	if (c->parcels.count)
		due = c->parcels.items[0].due;
	ARRAY_EACH (h, &c->held)
		due = MIN(due, h->due);
	ARRAY_EACH (s, &c->sessions)
		if ((*s)->disconnect_at)
			due = MIN(due, (*s)->disconnect_at);
	return due;
}

static bool is_left_alone(const struct conn *c)
{
	ARRAY_EACH (s, &c->sessions)
		if ((*s)->disconnect_at && (*s)->disconnect_at <= now(c))
			return true;
	return false;
}

static int wait_for_work(struct conn *c)
{
	int64_t due = next_due(c),
		left = due == INT64_MAX ? TOBS_FOREVER : MAX(due - now(c), 0) / 1000 + 1;
	struct tobs_deadline d;
	int r;

	tobs_deadline_push(&d, left);
	r = tobs_cond_wait(&c->wake);
	tobs_deadline_pop(&d);
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d) ? TOBS_OK : r;
}

/* A connection that is to break breaks at that byte, not behind what is sent at once. */
static size_t until_drop(const struct conn *c, size_t len)
{
	uint64_t limit = (uint64_t)c->server->faults.numbers[FAULT_DROP];

	if (!limit || c->traffic + len <= limit)
		return len;
	return limit > c->traffic ? (size_t)(limit - c->traffic) : 0;
}

static int send_out(struct conn *c)
{
	struct tobs_buf sending = c->out;
	struct tobs_view part = tobs_view(sending.ptr, until_drop(c, sending.len));
	int r;

	/* The reader may add to `out` while this waits. */
	tobs_buf_init(&c->out, OUT_MAX);
	r = c->silent ? TOBS_OK : sock_write(c->sock, &part, 1, NULL);
	c->server->stats.bytes_out += part.len;
	if (!r)
		count_traffic(c, sending.len);
	tobs_buf_deinit(&sending);
	return r;
}

/* What the sessions have is taken over, unless the connection is about to end. */
static int collect(struct conn *c)
{
	int r = release_held(c, false);

	return r ? r : flush_sessions(c);
}

static int writer_main(void *arg)
{
	struct conn *c = arg;
	int r = TOBS_OK;

	while (!r && !c->broken) {
		r = c->ending ? TOBS_OK : collect(c);
		if (!r)
			r = release(c);
		if (r)
			break;
		if (c->ending && !c->out.len && !c->parcels.count)
			return TOBS_OK;
		if (is_left_alone(c))
			break;
		r = c->out.len ? send_out(c) : wait_for_work(c);
	}
	if (r != TOBS_ECANCELED && !c->broken)
		conn_break(c);
	return TOBS_OK;
}

/* ---- queries ---- */

static int hold_back(struct conn *c, struct sim_session *s, uint64_t msg_id)
{
	struct held h = { .due = now(c) + 20000 +
			(int64_t)prng_below(&c->server->faults.prng, 80000),
		.key_id = s->key->key.id,
		.session_id = s->id,
		.msg_id = msg_id };
	uint8_t *copy = mem_dup(c->result.ptr, c->result.len);

	if (!copy)
		return TOBS_ENOMEM;
	h.result = tobs_view(copy, c->result.len);
	if (ARRAY_PUSH(&c->held, h)) {
		mem_free(copy);
		return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

static void on_query(void *user, struct sim_session *s, uint64_t msg_id, struct tobs_view body)
{
	struct conn *c = user;
	struct sim_call call = { .rpc = &c->server->rpc,
		.dc = c->dc->id,
		.key = s->key,
		.session = s,
		.msg_id = msg_id,
		.arena = &c->arena };
	int r;

	tobs_arena_reset(&c->arena);
	tobs_buf_clear(&c->result);
	c->server->rpc.keys = &c->dc->keys;
	r = sim_rpc_run(&call, body, &c->result);
	if (!r && sim_fault_chance(&c->server->faults, FAULT_REORDER))
		r = hold_back(c, s, msg_id);
	else if (!r)
		r = sim_session_answer(s, msg_id, tobs_buf_view(&c->result));
	if (r) {
		log_error("sim", "a query cannot be answered: %s", tobs_error_text(r));
		c->broken = true;
	}
}

static bool on_drop(void *user, struct sim_session *s, uint64_t msg_id)
{
	(void)user;
	(void)s;
	(void)msg_id;
	return true;
}

static void on_ready(void *user, struct sim_session *s)
{
	(void)s;
	tobs_cond_signal(&((struct conn *)user)->wake);
}

/* ---- receiving ---- */

static int transport_error(struct conn *c, int32_t code)
{
	struct tobs_buf bytes;
	int r;

	tobs_buf_init(&bytes, 64);
	r = mt_link_send_error(&c->wire, code, c->server->rng, &bytes);
	if (!r)
		r = dispatch(c, &bytes);
	tobs_buf_deinit(&bytes);
	return r;
}

static int take_plain(struct conn *c, struct tobs_view packet)
{
	struct tobs_buf answer, bytes;
	struct sim_key *key;
	int r;

	tobs_buf_init(&answer, 1 << 16);
	tobs_buf_init(&bytes, 1 << 17);
	r = mt_exchange_server_receive(&c->exchange, packet, &answer);
	if (r == TOBS_OK) {
		const struct mt_agreed *a = &c->exchange.agreed;

		c->server->stats.exchanges++;
		r = sim_keys_add(&c->dc->keys, &a->key, c->dc->id, a->salt, a->expires_at, &key);
	}
	if (r == TOBS_OK || r == TOBS_EAGAIN) {
		r = mt_link_send(&c->wire, tobs_buf_view(&answer), c->server->rng, &bytes);
		if (!r)
			r = dispatch(c, &bytes);
	} else if (r != TOBS_ENOMEM) {
		c->server->stats.bad_packets++;
		r = transport_error(c, UNKNOWN_KEY);
	}
	tobs_buf_wipe(&answer);
	tobs_buf_deinit(&bytes);
	return r;
}

/* The client has another connection for it now. */
static void detach(struct conn *c, struct sim_session *s)
{
	for (size_t i = 0; i < c->sessions.count; i++) {
		if (c->sessions.items[i] == s) {
			ARRAY_REMOVE(&c->sessions, i);
			return;
		}
	}
}

static int attach(struct conn *c, struct sim_session *s)
{
	if (s->conn == c)
		return TOBS_OK;
	if (s->conn)
		detach(s->conn, s);
	sim_session_attached(s, c, &c->events);
	s->pack = c->server->faults.numbers[FAULT_GZIP] != 0;
	return ARRAY_PUSH(&c->sessions, s) ? TOBS_ENOMEM : TOBS_OK;
}

static int take_encrypted(struct conn *c, uint64_t key_id, struct mt_packet *packet)
{
	struct sim_key *key = sim_keys_find(&c->dc->keys, key_id);
	struct sim_session *s;
	struct mt_message m;
	uint32_t token;
	int r;

	if (!key) {
		c->server->stats.unknown_keys++;
		return transport_error(c, UNKNOWN_KEY);
	}
	/* Whoever cannot encrypt is not told why. */
	if (mt_open(packet->data, packet->len, &key->key, MSG_BY_CLIENT, &m, &token)) {
		c->server->stats.bad_packets++;
		return TOBS_EPROTO;
	}
	r = sim_session_get(&c->dc->keys, key, m.session_id, &c->server->stats.sessions, &s);
	if (!r)
		r = attach(c, s);
	if (!r && packet->wants_quick_ack) {
		r = mt_link_send_quick_ack(&c->wire, token, &c->out);
		tobs_cond_signal(&c->wake);
	}
	if (!r && sim_fault_chance(&c->server->faults, FAULT_BADSALT))
		sim_key_rotate(&c->dc->keys, key, true);
	if (!r)
		r = sim_session_receive(s, &m);
	tobs_cond_signal(&c->wake);
	return r;
}

static int take_packet(struct conn *c, struct mt_packet *packet)
{
	uint64_t key_id;

	c->server->stats.packets++;
	if (packet->kind != MT_PACKET_MESSAGE ||
		mt_packet_key_id(tobs_view(packet->data, packet->len), &key_id))
		return TOBS_EPROTO;
	if (key_id == 0)
		return take_plain(c, tobs_view(packet->data, packet->len));
	return take_encrypted(c, key_id, packet);
}

static int read_some(struct conn *c)
{
	uint8_t *at;
	size_t room, n = 0;
	int r = mt_link_room(&c->wire, READ_BYTES, &at, &room);

	if (!r)
		r = sock_read(c->sock, at, room, &n, NULL);
	if (!r && n == 0)
		r = TOBS_ECLOSED;
	if (r)
		return r;
	c->server->stats.bytes_in += n;
	r = mt_link_received(&c->wire, n);
	count_traffic(c, n);
	return c->broken ? TOBS_ECLOSED : r;
}

static int reader(struct conn *c)
{
	int32_t refusal = sim_fault_transport(&c->server->faults);
	int r = TOBS_OK;

	while (!r && !c->broken) {
		struct mt_packet packet;

		r = mt_link_next(&c->wire, &packet);
		if (r == TOBS_EAGAIN)
			r = read_some(c);
		else if (!r && c->silent)
			continue;
		else if (!r && refusal)
			return transport_error(c, refusal);
		else if (!r)
			r = take_packet(c, &packet);
	}
	return r;
}

/* ---- its life ---- */

static void conn_init(struct conn *c, const struct conn_args *a)
{
	struct sim_server *server = a->dc->server;

	*c = (struct conn){ .server = server, .dc = a->dc, .sock = a->sock };
	c->events = (struct sim_session_events){ on_query, on_drop, on_ready, c };
	mt_link_accept(&c->wire, NULL);
	mt_exchange_server_init(&c->exchange, server->key, &server->clock, server->rng);
	tobs_arena_init(&c->arena, ARENA_MAX);
	tobs_buf_init(&c->out, OUT_MAX);
	tobs_buf_init(&c->late, OUT_MAX);
	tobs_buf_init(&c->body, OUT_MAX);
	tobs_buf_init(&c->result, OUT_MAX);
	tobs_cond_init(&c->wake);
	list_push(&server->conns, &c->link);
	server->stats.connections++;
}

static void conn_deinit(struct conn *c)
{
	list_remove(&c->link);
	/* They wait in their sessions for the next connection. */
	if (release_held(c, true))
		log_error("sim", "no memory for answers: they are lost");
	ARRAY_EACH (h, &c->held)
		mem_free((void *)(uintptr_t)h->result.ptr);
	ARRAY_DEINIT(&c->held);
	ARRAY_EACH (s, &c->sessions)
		sim_session_detached(*s);
	ARRAY_DEINIT(&c->sessions);
	ARRAY_DEINIT(&c->parcels);
	sock_close(c->sock);
	mt_link_deinit(&c->wire);
	mt_exchange_server_deinit(&c->exchange);
	tobs_arena_deinit(&c->arena);
	tobs_buf_deinit(&c->out);
	tobs_buf_deinit(&c->late);
	tobs_buf_deinit(&c->body);
	tobs_buf_deinit(&c->result);
}

/* What is still to be said (a transport error) is said before the connection ends. */
static void say_goodbye(struct conn *c, struct tobs_fiber *writer)
{
	struct tobs_deadline d;

	c->ending = true;
	tobs_cond_broadcast(&c->wake);
	tobs_deadline_push(&d, GOODBYE_MS);
	(void)tobs_join(writer, NULL);
	tobs_deadline_pop(&d);
}

int conn_main(void *arg)
{
	const struct tobs_fiber_options options = { .name = "sim writer" };
	struct conn_args args = *(struct conn_args *)arg;
	struct tobs_fiber *writer;
	struct tobs_shield shield;
	struct conn *c = MEM_NEW(struct conn);
	int r;

	mem_free(arg);
	if (!c) {
		sock_close(args.sock);
		return TOBS_ENOMEM;
	}
	conn_init(c, &args);
	r = tobs_spawn(&writer, writer_main, c, &options);
	if (!r) {
		r = reader(c);
		log_debug("sim", "connection to DC %d ends: %s", c->dc->id, tobs_error_text(r));
		tobs_shield_begin(&shield);
		if (r == TOBS_ECANCELED)
			tobs_cancel(writer);
		say_goodbye(c, writer);
		tobs_shield_end(&shield);
	}
	conn_deinit(c);
	mem_free(c);
	return TOBS_OK;
}
