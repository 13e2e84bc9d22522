/* SPDX-License-Identifier: MIT */
/*
 * The MTProto side of the simulated Telegram: data centres that listen, each on
 * a port of its own, over one world.
 *
 *     listener ── connection ── link ── key exchange
 *                                    └─ sessions of a key ── rpc ── world
 *
 * Runs on fibers of the loop it was started in; in tests in the same process as
 * the client that talks to it.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <tobs/err.h>

#include "sim/faults.h"
#include "sim/rpc.h"
#include "sim/session.h"
#include "sim/world.h"

struct sim_server;
struct rsa_private;

struct sim_server_options {
	struct sim_world *world; /* borrowed */
	const char *host;        /* numeric; NULL: 127.0.0.1 */
	uint16_t port; /* of DC 1, the others follow; 0: any free ones, in a row if possible */
	const char *private_key; /* PEM; NULL: a new key */
	uint64_t seed;           /* of the faults */
	/*
	 * Bytes of history that are made once and then given again, see kept.h. 0:
	 * none. Wrong as soon as the world changes.
	 */
	size_t keep_bytes;
};

struct sim_server_stats {
	uint64_t connections, exchanges, packets, bytes_in, bytes_out;
	uint64_t unknown_keys, bad_packets;
	struct sim_session_stats sessions;
};

/*
 * Starts listening. TOBS_EEXISTS for a port that is taken, TOBS_EINVAL for a bad
 * key or host, TOBS_ENOMEM. Called on a fiber; its fibers end with
 * sim_server_stop(), which must come before the calling fiber's end.
 */
int sim_server_start(
	struct sim_server **ret, const struct sim_server_options *options, struct tobs_err *err);

/* Closes everything and frees. NULL is fine. Waits. */
void sim_server_stop(struct sim_server *s);

/* The port of a data centre. */
uint16_t sim_server_port(const struct sim_server *s, int dc);

/* The public key as PEM (PKCS #1); lives as long as the server. */
const char *sim_server_public_key(const struct sim_server *s);

/* Open to be read and, the faults, to be set. */
struct sim_faults *sim_server_faults(struct sim_server *s);
struct sim_rpc *sim_server_rpc(struct sim_server *s);
const struct sim_server_stats *sim_server_stats(const struct sim_server *s);

/* Breaks all connections, as a restart would; keys and sessions stay. */
void sim_server_break(struct sim_server *s);

/* Appends the private key as PEM; see sim_server_options.private_key. The buffer wants tobs_buf_wipe(). */
int sim_server_export_key(const struct sim_server *s, struct tobs_buf *out);

#endif
