/* SPDX-License-Identifier: MIT */
/* Ways to a server: transports, proxies, keys; and what happens when there is none. */
#include <tobs/client.h>

#include "client/client.h"
#include "client/dc.h"
#include "client/lane.h"
#include "mtproto/link.h"
#include "net/tcp.h"
#include "support/sim_client.h"

static int ask(struct stage *s)
{
	const struct tl_nearestDc *answer;

	return tobs_help_getNearestDc(
		s->c, &(struct tl_help_getNearestDc){ 0 }, &s->reply, &answer, &s->err);
}

STAGE_TEST(every_transport)
{
	static const enum tobs_transport all[] = { TOBS_TRANSPORT_OBFUSCATED,
		TOBS_TRANSPORT_ABRIDGED, TOBS_TRANSPORT_INTERMEDIATE, TOBS_TRANSPORT_PADDED,
		TOBS_TRANSPORT_FULL };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		s->options.transport = all[i];
		s->codes_asked = 0;
		stage_login(s);
		stage_reopen(s);
		assert_ok(ask(s));
		assert_ok(tobs_log_out(s->c, &s->err));
		tobs_client_free(s->c);
		s->c = NULL;
	}
}

/* ---- proxies ---- */

/* Forwards bytes, after a handshake that takes whatever the client says. */
struct proxy_server {
	struct stage *s;
	struct tcp_listener *listener;
	enum tobs_proxy_type type;
	const uint8_t *secret;   /* of an MTProto proxy */
	enum mt_framing framing; /* that the client of an MTProto proxy used */
	uint16_t port;
	size_t served;
	char asked_for[64];
	struct tobs_fiber *fiber;
};

struct pipe {
	struct net_stream *from, *to;
};

static int pump(void *arg)
{
	struct pipe *p = arg;
	uint8_t bytes[4096];
	size_t n = 1;
	int r = TOBS_OK;

	while (!r && n) {
		r = net_read(p->from, bytes, sizeof bytes, &n, NULL);
		if (!r && n)
			r = net_write_all(p->to, bytes, n, NULL);
	}
	return r ? r : TOBS_ECLOSED;
}

static int say(struct net_stream *client, const void *bytes, size_t n)
{
	return net_write_all(client, bytes, n, NULL);
}

/* RFC 1928: greeting, request with an IPv4 address or a name, both accepted. */
static int shake_socks5(struct proxy_server *p, struct net_stream *client)
{
	uint8_t head[262];
	int r = net_read_all(client, head, 2, NULL);

	if (!r)
		r = net_read_all(client, head + 2, head[1], NULL);
	if (!r)
		r = say(client, "\5\0", 2);
	if (!r)
		r = net_read_all(client, head, 5, NULL);
	if (r)
		return r;
	r = net_read_all(client, head + 5, head[3] == 1 ? 5 : (size_t)head[4] + 2, NULL);
	snprintf(p->asked_for, sizeof p->asked_for, "%d %.*s", head[3], head[3] == 3 ? head[4] : 0,
		(char *)head + 5);
	return r ? r : say(client, "\5\0\0\1\0\0\0\0\0\0", 10);
}

static int shake_http(struct proxy_server *p, struct net_stream *client)
{
	char head[1024];
	size_t n = 0;

	while (n < sizeof head - 1) {
		int r = net_read_all(client, head + n, 1, NULL);

		if (r)
			return r;
		head[++n] = 0;
		if (n >= 4 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0)
			break;
	}
	snprintf(p->asked_for, sizeof p->asked_for, "%.*s", (int)strcspn(head, "\r"), head);
	return say(client, "HTTP/1.1 200 OK\r\n\r\n", 19);
}

static int forward(struct proxy_server *p, struct net_stream *client)
{
	struct net_stream *server;
	struct pipe there, back;
	struct tobs_group g;
	int r = tcp_connect(
		tobs_str("127.0.0.1"), sim_server_port(p->s->server, 2), NULL, &server, NULL);

	if (r)
		return r;
	there = (struct pipe){ client, server };
	back = (struct pipe){ server, client };
	tobs_group_init(&g, TOBS_GROUP_FAIL_FAST);
	r = tobs_group_spawn(&g, pump, &there, NULL);
	if (!r)
		r = tobs_group_spawn(&g, pump, &back, NULL);
	(void)tobs_group_wait(&g);
	net_close(server);
	return r;
}

/* Packets in one direction between two links, each end with its own framing. */
struct link_pipe {
	struct net_stream *from, *to;
	struct mt_link *in, *out;
	struct tobs_buf first; /* what `out` says before anything else */
};

static int pump_packets(void *arg)
{
	struct link_pipe *p = arg;
	struct mt_packet packet;
	uint8_t *at;
	size_t room, n;
	int r = net_write_all(p->to, p->first.ptr, p->first.len, NULL);

	while (!r) {
		struct tobs_buf bytes;

		r = mt_link_next(p->in, &packet);
		if (r == TOBS_EAGAIN) {
			r = mt_link_room(p->in, 4096, &at, &room);
			if (!r)
				r = net_read(p->from, at, room, &n, NULL);
			if (!r)
				r = n ? mt_link_received(p->in, n) : TOBS_ECLOSED;
			continue;
		}
		if (r)
			break;
		tobs_buf_init(&bytes, 1 << 22);
		/* The padding of the client's framing stays: receivers don't mind it. */
		r = mt_link_send(p->out, tobs_view(packet.data, packet.len & ~(size_t)3),
			rng_system(), &bytes);
		if (!r)
			r = net_write_all(p->to, bytes.ptr, bytes.len, NULL);
		tobs_buf_deinit(&bytes);
	}
	return r;
}

static int relay(struct proxy_server *p, struct net_stream *client)
{
	/* Not padded once more: a receiver can tell one padding from a block, not two. */
	const struct mt_link_options way = { .framing = MT_INTERMEDIATE };
	struct mt_link near, far;
	struct link_pipe there = { .from = client, .in = &near, .out = &far }, back;
	struct tobs_group g;
	int r = tcp_connect(
		tobs_str("127.0.0.1"), sim_server_port(p->s->server, 2), NULL, &there.to, NULL);

	if (r)
		return r;
	tobs_buf_init(&there.first, 1024);
	mt_link_accept(&near, p->secret);
	r = mt_link_connect(&far, &way, rng_system(), &there.first);
	back = (struct link_pipe){ .from = there.to, .to = client, .in = &far, .out = &near };
	tobs_group_init(&g, TOBS_GROUP_FAIL_FAST);
	if (!r)
		r = tobs_group_spawn(&g, pump_packets, &there, NULL);
	if (!r)
		r = tobs_group_spawn(&g, pump_packets, &back, NULL);
	(void)tobs_group_wait(&g);
	p->framing = near.framing;
	net_close(there.to);
	tobs_buf_deinit(&there.first);
	mt_link_deinit(&near);
	mt_link_deinit(&far);
	return r;
}

static int serve_proxy(struct net_stream *client, const struct addr *peer, void *arg)
{
	struct proxy_server *p = arg;
	int r = TOBS_OK;

	(void)peer;
	p->served++;
	if (p->type == TOBS_PROXY_MTPROTO)
		return relay(p, client);
	if (p->type == TOBS_PROXY_SOCKS5)
		r = shake_socks5(p, client);
	else
		r = shake_http(p, client);
	return r ? r : forward(p, client);
}

static int proxy_main(void *arg)
{
	struct proxy_server *p = arg;
	const struct tcp_server how = { .serve = serve_proxy, .arg = p };

	return tcp_serve(p->listener, &how);
}

static void start_proxy(struct proxy_server *p, struct stage *s, enum tobs_proxy_type type)
{
	*p = (struct proxy_server){ .s = s, .type = type };
	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &p->listener, NULL));
	p->port = addr_port(tcp_listener_addr(p->listener));
	assert_ok(tobs_spawn(&p->fiber, proxy_main, p, NULL));
	s->options.proxy = (struct tobs_proxy){
		.type = type, .host = "127.0.0.1", .port = p->port
	};
}

static void stop_proxy(struct proxy_server *p)
{
	tobs_client_free(p->s->c);
	p->s->c = NULL;
	tobs_cancel(p->fiber);
	assert_ok(tobs_join(p->fiber, NULL));
	tcp_listener_close(p->listener);
}

STAGE_TEST(through_socks5)
{
	struct proxy_server p;

	start_proxy(&p, s, TOBS_PROXY_SOCKS5);
	stage_login(s);
	assert_ok(ask(s));
	assert_int_equal(p.served, 1);
	assert_string_equal(p.asked_for, "1 ");
	stop_proxy(&p);
}

STAGE_TEST(through_http)
{
	struct proxy_server p;
	char line[64];

	start_proxy(&p, s, TOBS_PROXY_HTTP);
	stage_login(s);
	assert_ok(ask(s));
	snprintf(line, sizeof line, "CONNECT 127.0.0.1:%u HTTP/1.1", (unsigned)s->at.port);
	assert_string_equal(p.asked_for, line);
	stop_proxy(&p);
}

STAGE_TEST(through_mtproto_proxies)
{
	static const uint8_t secret[] = "0123456789abcdef";
	static const char *const texts[] = { "30313233343536373839616263646566",
		"MDEyMzQ1Njc4OWFiY2RlZg", "dd30313233343536373839616263646566",
		"3TAxMjM0NTY3ODlhYmNkZWY" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct proxy_server p;

		start_proxy(&p, s, TOBS_PROXY_MTPROTO);
		p.secret = secret;
		s->options.proxy.secret = texts[i];
		s->codes_asked = 0;
		stage_login(s);
		assert_ok(ask(s));
		assert_true(p.served > 0);
		assert_ok(tobs_log_out(s->c, &s->err));
		stop_proxy(&p);
		assert_int_equal(p.framing, i < 2 ? MT_INTERMEDIATE : MT_PADDED);
	}
}

STAGE_TEST(proxies_that_cannot_be_used)
{
	static const struct {
		struct tobs_proxy proxy;
		int code;
		const char *message;
	} cases[] = {
		{ { .type = TOBS_PROXY_SOCKS5, .port = 1 }, TOBS_EINVAL,
			"the proxy needs a host and a port" },
		{ { .type = TOBS_PROXY_HTTP, .host = "x" }, TOBS_EINVAL,
			"the proxy needs a host and a port" },
		{ { .type = TOBS_PROXY_MTPROTO, .host = "x", .port = 1 }, TOBS_EINVAL,
			"the proxy's secret is not 16 bytes (or dd and 16 bytes) in hexadecimal or "
			"base64" },
		{ { .type = TOBS_PROXY_MTPROTO, .host = "x", .port = 1, .secret = "1234" },
			TOBS_EINVAL,
			"the proxy's secret is not 16 bytes (or dd and 16 bytes) in hexadecimal or "
			"base64" },
		{ { .type = TOBS_PROXY_MTPROTO,
			  .host = "x",
			  .port = 1,
			  .secret = "ee303132333435363738396162636465667777772e782e6f7267" },
			TOBS_EUNSUPPORTED,
			"the proxy's secret asks for fake TLS (ee…), which is not supported" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s->options.proxy = cases[i].proxy;
		assert_code(tobs_client_new(&s->c, &s->options, &s->err), cases[i].code);
		assert_string_equal(s->err.message, cases[i].message);
		assert_null(s->c);
	}
	s->options.proxy = cases[4].proxy;
	s->options.proxy.secret = "30313233343536373839616263646566";
	s->options.transport = TOBS_TRANSPORT_FULL;
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
	s->options.transport = (enum tobs_transport)99;
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
}

/* ---- nobody there ---- */

STAGE_TEST(nobody_listens)
{
	int64_t start = tobs_now();

	s->at.port = 1;
	stage_client(s);
	assert_code(ask(s), TOBS_ENET);
	assert_non_null(strstr(s->err.message, "refused"));
	/* A few tries, and soon. */
	assert_in_range(tobs_now() - start, 100000, 2000000);
}

STAGE_TEST(so_many_attempts)
{
	s->at.port = 1;
	s->options.connect_attempts = 6;
	stage_client(s);
	assert_code(ask(s), TOBS_ENET);
	/* The next call begins anew. */
	assert_code(ask(s), TOBS_ENET);
}

static int swallow(struct net_stream *client, const struct addr *peer, void *arg)
{
	size_t n = 1;
	uint8_t bytes[512];

	(void)peer;
	++*(size_t *)arg;
	while (n && !net_read(client, bytes, sizeof bytes, &n, NULL))
		;
	return TOBS_OK;
}

static int hole_main(void *arg)
{
	struct proxy_server *p = arg;
	const struct tcp_server how = { .serve = swallow, .arg = &p->served };

	return tcp_serve(p->listener, &how);
}

STAGE_TEST(somebody_who_never_answers)
{
	struct proxy_server p = { .s = s };
	int64_t start;

	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &p.listener, NULL));
	assert_ok(tobs_spawn(&p.fiber, hole_main, &p, NULL));
	s->at.port = addr_port(tcp_listener_addr(p.listener));
	s->options.connect_timeout_ms = 2000;
	stage_client(s);
	start = tobs_now();
	assert_code(ask(s), TOBS_ENET);
	assert_int_equal(p.served, 3);
	assert_in_range(tobs_now() - start, 6000000, 8000000);
	stop_proxy(&p);
}

STAGE_TEST(servers_with_another_key)
{
	/* Telegram's own: whoever does not have it is not Telegram. */
	s->options.server = NULL;
	stage_client(s);
	s->c->setup.has_server = true; /* the address only */
	s->c->setup.server = (struct dc_address){
		.dc = 2, .port = s->at.port, .host = "127.0.0.1"
	};
	assert_code(ask(s), TOBS_ECRYPTO);
	assert_int_equal(sim_server_stats(s->server)->connections, 1);
}

STAGE_TEST(servers_that_make_no_sense)
{
	struct tobs_server bad = s->at;

	s->options.server = &bad;
	bad.host = NULL;
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
	bad.host = "a.host.whose.name.is.longer.than.any.address.could.be.and.longer.still";
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
	bad = s->at;
	bad.dc = -1;
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
	bad = s->at;
	bad.public_key = NULL;
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
	bad.public_key = "no key";
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EINVAL);
	assert_string_equal(
		s->err.message, "the server's public key is not PEM of a 2048-bit RSA key");
}

STAGE_TEST(an_address_that_moved)
{
	stage_login(s);
	/* A session from before: the home's stored address is dead, but we know where to ask. */
	assert_ok(dc_configure(s->c, &s->err));
	for (size_t i = 0; i < s->c->store.address_count; i++)
		s->c->store.addresses[i].port = 1;
	s->c->store.head_dirty = true;
	s->at.dc = 3;
	s->at.port = sim_server_port(s->server, 3);
	stage_reopen(s);
	assert_ok(ask(s));
	assert_true(tobs_client_authorized(s->c));
}

STAGE_TEST(servers_of_another_kind)
{
	int64_t start;

	stage_faults(s, "transport=-444");
	stage_client(s);
	assert_code(ask(s), TOBS_ENET);
	assert_int_equal(s->err.status, LINE_WRONG_DC);
	assert_string_equal(s->err.message,
		"the server belongs to another environment (test or production) (-444)");
	/* Who wants fewer connections is not asked again at once. */
	stage_faults(s, "transport=,transport=-429");
	start = tobs_now();
	assert_code(ask(s), TOBS_ENET);
	assert_int_equal(s->err.status, LINE_TOO_MANY);
	assert_in_range(tobs_now() - start, 10000000, 12000000);
	stage_faults(s, "transport=");
	assert_ok(ask(s));
}

/* ---- how long a connection lasts ---- */

STAGE_TEST(idle_connections_end)
{
	const struct sim_server_stats *stats = sim_server_stats(s->server);
	uint64_t before;

	stage_login(s);
	before = stats->connections;
	for (int i = 0; i < 10; i++) {
		assert_ok(tobs_sleep(200000));
		assert_ok(ask(s));
	}
	assert_int_equal(stats->connections, before);
	assert_ok(tobs_sleep(400000));
	assert_int_equal(s->c->lanes.items[0]->state, LANE_IDLE);
	/* And begin again when they are needed, with the same key. */
	assert_ok(ask(s));
	assert_int_equal(stats->connections, before + 1);
	assert_int_equal(stats->exchanges, 1);
	/* One that broke while nobody needed it is left alone. */
	sim_server_break(s->server);
	assert_ok(tobs_sleep(100000));
	assert_int_equal(stats->connections, before + 1);
	assert_ok(ask(s));
	assert_int_equal(stats->connections, before + 2);
}

STAGE_TEST(a_connection_for_updates_is_kept)
{
	const struct sim_server_stats *stats = sim_server_stats(s->server);
	uint64_t before;

	s->options.updates = true;
	stage_login(s);
	assert_ok(ask(s));
	before = stats->connections;
	assert_ok(tobs_sleep(3600000));
	assert_int_equal(stats->connections, before);
	sim_server_break(s->server);
	assert_ok(tobs_sleep(10000));
	assert_int_equal(stats->connections, before + 1);
	assert_int_equal(s->c->lanes.items[0]->state, LANE_READY);
	assert_ok(tobs_log_out(s->c, &s->err));
	assert_ok(tobs_sleep(10000));
	assert_int_equal(s->c->lanes.items[0]->state, LANE_IDLE);
}

STAGE_TEST(another_address_is_tried)
{
	struct dc_address list[2] = { { .dc = 2, .port = 1, .host = "127.0.0.1" },
		{ .dc = 2, .port = s->at.port, .host = "127.0.0.1" } };

	s->at.dc = 3;
	s->at.port = sim_server_port(s->server, 3);
	stage_client(s);
	s->c->store.home = 2;
	s->c->configured = true;
	assert_ok(client_store_set_addresses(&s->c->store, list, 2, 0));
	assert_ok(ask(s));
}

/* ---- keys ---- */

STAGE_TEST(temporary_keys)
{
	const struct sim_server_stats *stats = sim_server_stats(s->server);
	const struct tl_nearestDc *answer;

	s->options.forward_secrecy = true;
	stage_login(s);
	assert_ok(ask(s));
	assert_int_equal(stats->exchanges, 2);
	assert_int_equal(stage_count(s, TL_auth_bindTempAuthKey), 1);
	/* Other sessions share it; other data centres have their own. */
	assert_ok(tobs_call_dc(s->c, TOBS_ROUTE_HOME, 0, 1, TL_help_getNearestDc,
		TL0(help_getNearestDc), &s->reply, &answer, &s->err));
	assert_int_equal(stats->exchanges, 2);
	assert_ok(tobs_call_dc(s->c, TOBS_ROUTE_FILES, 4, 0, TL_help_getNearestDc,
		TL0(help_getNearestDc), &s->reply, &answer, &s->err));
	assert_int_equal(answer->this_dc, 4);
	assert_int_equal(stats->exchanges, 4);
	/* They are not kept. */
	stage_reopen(s);
	assert_ok(ask(s));
	assert_int_equal(stats->exchanges, 5);
	assert_int_equal(stage_count(s, TL_auth_bindTempAuthKey), 3);
	assert_true(tobs_client_authorized(s->c));
}

STAGE_TEST(temporary_keys_are_replaced_in_time)
{
	s->options.forward_secrecy = true;
	stage_login(s);
	for (int hour = 0; hour < 25; hour++) {
		assert_ok(ask(s));
		assert_int_equal(stage_count(s, TL_auth_bindTempAuthKey), hour < 24 ? 1 : 2);
		assert_ok(tobs_sleep(3600 * 1000));
	}
	assert_int_equal(sim_server_stats(s->server)->unknown_keys, 0);
}

struct late {
	struct stage *s;
	struct tobs_reply reply;
};

static int ask_late(void *arg)
{
	struct late *l = arg;
	const struct tl_nearestDc *answer;

	return tobs_help_getNearestDc(
		l->s->c, &(struct tl_help_getNearestDc){ 0 }, &l->reply, &answer, NULL);
}

STAGE_TEST(queries_under_way_when_the_key_is_replaced)
{
	struct late late = { s, TOBS_REPLY_INIT }, later = late;
	struct tobs_fiber *f, *g;
	struct lane *l;
	struct dc *d;
	int result = -1;

	s->options.forward_secrecy = true;
	stage_login(s);
	d = dc_get(s->c, 2);
	l = s->c->lanes.items[0];
	d->temp.expires_at = client_server_time(s->c, 2) + DC_TEMP_SPARE_S + 1;
	sim_server_break(s->server); /* the next connection sees when it is due */
	assert_ok(ask(s));
	stage_faults(s, "latency=3000");
	assert_ok(tobs_spawn(&f, ask_late, &late, NULL));
	assert_ok(tobs_sleep(2000));
	assert_false(l->accepts); /* it is due, and waits for the one that is under way */
	assert_ok(tobs_spawn(&g, ask_late, &later, NULL));
	assert_ok(tobs_join(f, &result));
	assert_ok(result);
	assert_ok(tobs_join(g, &result));
	assert_ok(result);
	assert_int_equal(stage_count(s, TL_auth_bindTempAuthKey), 2);
	assert_int_equal(stage_count(s, TL_help_getNearestDc), 3); /* none of them twice */
	tobs_reply_deinit(&late.reply);
	tobs_reply_deinit(&later.reply);
}

STAGE_TEST(a_temporary_key_the_server_lost)
{
	struct dc *d;

	s->options.forward_secrecy = true;
	stage_login(s);
	d = dc_get(s->c, 2);
	stage_faults(s, "error=help.getNearestDc:401:AUTH_KEY_PERM_EMPTY:50");
	for (int i = 0; i < 5; i++)
		(void)ask(s);
	stage_faults(s, "error=");
	assert_true(tobs_client_authorized(s->c));
	assert_true(stage_count(s, TL_auth_bindTempAuthKey) > 1);
	/* Or it knows the key no longer: another one, and nobody is told. */
	d->temp.key.id++;
	s->c->lanes.items[0]->session_key++;
	assert_ok(ask(s));
	sim_server_break(s->server);
	assert_ok(ask(s));
	assert_true(tobs_client_authorized(s->c));
}

STAGE_TEST(a_permanent_key_the_server_lost)
{
	struct dc_key *k;

	s->options.forward_secrecy = true;
	stage_login(s);
	stage_reopen(s);
	k = client_store_key(&s->c->store, 2);
	k->key.bytes[7] ^= 1;
	auth_key_set(&k->key, k->key.bytes);
	/* The new temporary key cannot be bound to it. */
	assert_code(ask(s), TOBS_EAUTH);
	assert_false(tobs_client_authorized(s->c));
	s->codes_asked = 0;
	stage_login(s);
}

/* ---- the session file ---- */

STAGE_TEST(the_session_file)
{
	struct tobs_client *other;
	const struct sim_server_stats *stats = sim_server_stats(s->server);

	stage_login(s);
	assert_int_equal(file_mode(s->session), 0600);
	assert_code(tobs_client_new(&other, &s->options, &s->err), TOBS_ELOCKED);
	stage_reopen(s);
	assert_true(tobs_client_authorized(s->c));
	assert_int_equal(tobs_client_self(s->c), ADA);
	assert_ok(ask(s));
	assert_int_equal(stats->exchanges, 1);
	/* What changes later is written by and by. */
	assert_ok(tobs_sleep(5000));
	assert_false(client_store_is_dirty(&s->c->store));
	s->c->store.head_dirty = true;
	client_soiled(s->c);
	assert_ok(tobs_sleep(5000));
	assert_false(client_store_is_dirty(&s->c->store));
}

STAGE_TEST(salts_and_time_are_kept)
{
	const struct sim_session_stats *stats = &sim_server_stats(s->server)->sessions;

	stage_faults(s, "skew=-3000");
	stage_login(s);
	for (int i = 0; i < 5; i++) {
		stage_reopen(s);
		assert_ok(ask(s));
		/* Some salts later. */
		for (int k = 0; k < 12; k++) {
			assert_ok(tobs_sleep(290000));
			assert_ok(ask(s));
		}
	}
	assert_int_equal(stats->refused[16], 0); /* msg_id too low, too high, wrong salt */
	assert_int_equal(stats->refused[17], 0);
	assert_int_equal(stats->refused[48], 0);
}

STAGE_TEST(nothing_is_kept)
{
	s->options.session = NULL;
	stage_login(s);
	assert_ok(ask(s));
	stage_reopen(s);
	assert_false(tobs_client_authorized(s->c));
	assert_int_equal(file_size(s->session), -1);
}

STAGE_TEST(a_file_that_is_none)
{
	write_file(s->session, "this is no session, but somebody's letter to a friend", 50);
	assert_code(tobs_client_new(&s->c, &s->options, &s->err), TOBS_EDB);
	s->options.session = "/nowhere/at/all.session";
	assert_int_not_equal(tobs_client_new(&s->c, &s->options, &s->err), TOBS_OK);
	assert_null(s->c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transport),
		cmocka_unit_test(through_socks5),
		cmocka_unit_test(through_http),
		cmocka_unit_test(through_mtproto_proxies),
		cmocka_unit_test(proxies_that_cannot_be_used),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(so_many_attempts),
		cmocka_unit_test(somebody_who_never_answers),
		cmocka_unit_test(servers_with_another_key),
		cmocka_unit_test(servers_that_make_no_sense),
		cmocka_unit_test(an_address_that_moved),
		cmocka_unit_test(servers_of_another_kind),
		cmocka_unit_test(idle_connections_end),
		cmocka_unit_test(a_connection_for_updates_is_kept),
		cmocka_unit_test(another_address_is_tried),
		cmocka_unit_test(queries_under_way_when_the_key_is_replaced),
		cmocka_unit_test(temporary_keys),
		cmocka_unit_test(temporary_keys_are_replaced_in_time),
		cmocka_unit_test(a_temporary_key_the_server_lost),
		cmocka_unit_test(a_permanent_key_the_server_lost),
		cmocka_unit_test(the_session_file),
		cmocka_unit_test(salts_and_time_are_kept),
		cmocka_unit_test(nothing_is_kept),
		cmocka_unit_test(a_file_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
