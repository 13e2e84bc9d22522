/* SPDX-License-Identifier: MIT */
/* One connection of a client to a simulated data centre; what server.c and conn.c share. */
#ifndef SIM_CONN_H
#define SIM_CONN_H

#include <tobs/rt.h>

#include "base/list.h"
#include "mtproto/exchange.h"
#include "mtproto/link.h"
#include "rt/sock.h"
#include "sim/server.h"

struct sim_dc_server {
	struct sim_server *server;
	int id;
	struct sock *listener;
	uint16_t port;
	struct sim_keys keys;
};

struct sim_server {
	struct sim_world *world;
	const struct rng *rng;
	struct clock clock; /* the world's, with the skew of the faults */
	struct sim_faults faults;
	struct sim_rpc rpc; /* of all data centres; keys are looked up per call */
	struct rsa_private *key;
	struct tobs_buf public_pem;
	struct sim_dc_server dcs[SIM_DCS_MAX];
	size_t dc_count;
	struct list conns;
	struct tobs_group group;
	struct sim_server_stats stats;
};

/* Serves a connection until it ends; a fiber's main function. `arg` is a struct conn_args, owned. */
struct conn_args {
	struct sim_dc_server *dc;
	struct sock *sock;
};
int conn_main(void *arg);

struct conn;

/* Ends it soon. */
void conn_break(struct conn *c);

/* The connection a link in sim_server.conns belongs to. */
struct conn *conn_of(struct list *l);

#endif
