/* SPDX-License-Identifier: MIT */
#include "sim/server.h"

#include <stdio.h>

#include "base/log.h"
#include "sim/conn.h"

enum {
	SECOND = 1000000,
	ACCEPT_PAUSE_MS = 100,
	PEM_MAX = 16384,
	PORT_ATTEMPTS = 100,
	PORT_FIRST = 12000,
	PORT_COUNT = 20000
};

/* The world's clock, as far off as the faults want it. */
static int64_t skewed_wall(void *user)
{
	const struct sim_server *s = user;

	return clock_wall(s->world->options.clock) + s->faults.numbers[FAULT_SKEW] * SECOND;
}

static int64_t plain_mono(void *user)
{
	const struct sim_server *s = user;

	return clock_mono(s->world->options.clock);
}

static int accept_main(void *arg)
{
	const struct tobs_fiber_options options = { .name = "sim connection" };
	struct sim_dc_server *dc = arg;

	for (;;) {
		struct conn_args *args;
		struct sock *sock;
		int r = sock_accept(dc->listener, &sock, NULL, NULL);

		if (r == TOBS_ECANCELED || r == TOBS_ECLOSED)
			return TOBS_OK;
		if (r) {
			/* Out of descriptors, most likely: others will be closed. */
			if (tobs_sleep(ACCEPT_PAUSE_MS))
				return TOBS_OK;
			continue;
		}
		dc->keys.salt_seconds = dc->server->faults.numbers[FAULT_SALT];
		args = MEM_NEW(struct conn_args);
		if (args)
			*args = (struct conn_args){ dc, sock };
		if (!args || tobs_group_spawn(&dc->server->group, conn_main, args, &options)) {
			mem_free(args);
			sock_close(sock);
		}
	}
}

static int listen_dc(struct sim_server *s, const char *host, int port, int id, struct tobs_err *err)
{
	struct sim_dc_server *dc = &s->dcs[id - 1];
	struct addr at;
	int r;

	if (port > UINT16_MAX)
		return tobs_fail(err, TOBS_EINVAL, "port %d: the last is %d", port, UINT16_MAX);
	r = addr_parse(tobs_str(host), (uint16_t)port, &at);
	if (r)
		return tobs_fail(err, TOBS_EINVAL, "\"%s\" is not a numeric address", host);
	r = sock_listen(&at, NULL, &dc->listener, err);
	if (!r)
		r = sock_local(dc->listener, &at);
	if (!r)
		dc->port = addr_port(&at);
	return r;
}

static void close_listeners(struct sim_server *s)
{
	for (size_t i = 0; i < SIM_DCS_MAX; i++) {
		sock_close(s->dcs[i].listener);
		s->dcs[i].listener = NULL;
	}
}

static int listen_from(struct sim_server *s, const char *host, int port, struct tobs_err *err)
{
	int r = TOBS_OK;

	for (int id = 1; !r && id <= s->world->options.dc_count; id++)
		r = listen_dc(s, host, port ? port + id - 1 : 0, id, err);
	if (r)
		close_listeners(s);
	return r;
}

/*
 * Consecutive ports. Without a first one, some are tried at random below those
 * that systems give to outgoing connections (RFC 6335, section 6: from 49152 on;
 * Linux: from 32768 on), of which a busy machine has hardly five free in a row.
 * Should there be none, the system picks each of them.
 */
static int listen_all(
	struct sim_server *s, const struct sim_server_options *o, struct tobs_err *err)
{
	const char *host = o->host ? o->host : "127.0.0.1";
	int r = TOBS_EEXISTS;

	if (o->port)
		return listen_from(s, host, o->port, err);
	for (int i = 0; i < PORT_ATTEMPTS && r == TOBS_EEXISTS; i++)
		r = listen_from(s, host, PORT_FIRST + (int)rng_below(s->rng, PORT_COUNT), err);
	return r == TOBS_EEXISTS ? listen_from(s, host, 0, err) : r;
}

static int serve_all(struct sim_server *s, const char *host)
{
	const struct tobs_fiber_options options = { .name = "sim listener" };
	int r = TOBS_OK;

	for (int id = 1; !r && id <= s->world->options.dc_count; id++) {
		struct sim_dc_server *dc = &s->dcs[id - 1];
		struct sim_dc *told = &s->rpc.dcs[id - 1];

		dc->server = s;
		dc->id = id;
		sim_keys_init(&dc->keys, &s->clock, s->rng);
		*told = (struct sim_dc){ .id = id, .port = dc->port };
		snprintf(told->host, sizeof told->host, "%s", host ? host : "127.0.0.1");
		s->dc_count = s->rpc.dc_count = (size_t)id;
		r = tobs_group_spawn(&s->group, accept_main, dc, &options);
	}
	return r;
}

static int make_key(struct sim_server *s, const char *pem, struct tobs_err *err)
{
	int r = pem ? rsa_private_from_pem(tobs_str(pem), &s->key)
		    : rsa_private_generate(s->rng, &s->key);

	if (r)
		return tobs_fail(err, r == TOBS_ENOMEM ? r : TOBS_EINVAL,
			"the private key is not PEM of a 2048-bit RSA key");
	r = rsa_public_to_pem(rsa_private_public(s->key), &s->public_pem);
	return r ? tobs_fail(err, r, "no memory for the key") : TOBS_OK;
}

int sim_server_start(
	struct sim_server **ret, const struct sim_server_options *options, struct tobs_err *err)
{
	struct sim_server *s = MEM_NEW(struct sim_server);
	int r;

	if (!s)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a server");
	s->world = options->world;
	s->rng = rng_system();
	s->clock = (struct clock){ skewed_wall, plain_mono, s };
	list_init(&s->conns);
	tobs_group_init(&s->group, 0);
	tobs_buf_init(&s->public_pem, PEM_MAX);
	sim_faults_init(&s->faults, options->seed);
	sim_rpc_init(&s->rpc, s->world, NULL, &s->faults, &s->clock, s->rng);
	s->rpc.kept.bytes_max = options->keep_bytes;
	r = make_key(s, options->private_key, err);
	if (!r)
		r = listen_all(s, options, err);
	if (!r)
		r = serve_all(s, options->host);
	if (r) {
		sim_server_stop(s);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}

void sim_server_stop(struct sim_server *s)
{
	struct tobs_shield shield;

	if (!s)
		return;
	tobs_shield_begin(&shield);
	tobs_group_cancel(&s->group);
	(void)tobs_group_wait(&s->group);
	tobs_shield_end(&shield);
	close_listeners(s);
	for (size_t i = 0; i < s->dc_count; i++)
		sim_keys_deinit(&s->dcs[i].keys);
	sim_rpc_deinit(&s->rpc);
	sim_faults_deinit(&s->faults);
	rsa_private_free(s->key);
	tobs_buf_deinit(&s->public_pem);
	mem_free(s);
}

uint16_t sim_server_port(const struct sim_server *s, int dc)
{
	return dc >= 1 && (size_t)dc <= s->dc_count ? s->dcs[dc - 1].port : 0;
}

const char *sim_server_public_key(const struct sim_server *s)
{
	return tobs_buf_str(&s->public_pem);
}

struct sim_faults *sim_server_faults(struct sim_server *s)
{
	return &s->faults;
}

struct sim_rpc *sim_server_rpc(struct sim_server *s)
{
	return &s->rpc;
}

const struct sim_server_stats *sim_server_stats(const struct sim_server *s)
{
	return &s->stats;
}

void sim_server_break(struct sim_server *s)
{
	LIST_EACH (l, &s->conns)
		conn_break(conn_of(l));
}

int sim_server_export_key(const struct sim_server *s, struct tobs_buf *out)
{
	return rsa_private_to_pem(s->key, out);
}
