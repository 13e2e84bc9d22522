/* SPDX-License-Identifier: MIT */
/*
 * Remote procedure calls on the world: what a decrypted query does and what
 * comes back. No I/O and no protocol; the answer is an object or a refusal.
 *
 * Each area of the API has a file with a table of its methods (rpc_auth.c,
 * rpc_messages.c, …); rpc.c takes wrappers off, checks who may call, and finds
 * the handler. A method that nobody implements is refused as the real server
 * refuses one it does not know, and logged.
 */
#ifndef SIM_RPC_H
#define SIM_RPC_H

#include <tobs/tl.h>

#include "crypto/srp.h"
#include "sim/faults.h"
#include "sim/history.h"
#include "sim/kept.h"
#include "sim/keys.h"
#include "sim/session.h"
#include "sim/view.h"
#include "sim/world.h"

/* A data centre as clients are told of it. */
struct sim_dc {
	int id;
	char host[64];
	uint16_t port;
	bool media_only, cdn;
};

enum { SIM_DCS_MAX = 16 };

/* A code to log in another device with, shown as a QR code. */
struct sim_login_token {
	uint8_t bytes[32];
	int64_t expires;     /* s */
	struct sim_key *key; /* whose device it will log in */
	struct sim_session *session;
	struct sim_account *account; /* who accepted it; NULL: nobody yet */
};

/* An authorization on its way from one data centre to another. */
struct sim_exported {
	uint8_t bytes[64];
	int64_t expires;
	int dc;
	struct sim_account *account;
};

/* The server's side of one account's password. */
struct sim_password {
	struct sim_account *account;
	uint8_t salt1[40], salt2[16];
	uint8_t verifier[SRP_BYTES];
	int64_t srp_id;
	struct srp_server attempt;
	bool has_verifier, has_attempt;
};

struct sim_rpc {
	struct sim_world *world;
	struct sim_keys *keys;
	struct sim_faults *faults;
	const struct clock *clock;
	const struct rng *rng;
	struct sim_dc dcs[SIM_DCS_MAX];
	size_t dc_count;
	ARRAY_OF(struct sim_login_token) tokens;
	ARRAY_OF(struct sim_exported) exported;
	ARRAY_OF(struct sim_password *) passwords; /* owned */
	struct sim_kept kept; /* pages of histories, when they are to be kept */
	struct map calls;     /* method → how often, as struct sim_count, owned */
	uint64_t unknown_methods;
};

struct sim_count {
	uint64_t n;
};

void sim_rpc_init(struct sim_rpc *r, struct sim_world *world, struct sim_keys *keys,
	struct sim_faults *faults, const struct clock *clock, const struct rng *rng);
void sim_rpc_deinit(struct sim_rpc *r);

/* How often a method was called, refused calls included. */
uint64_t sim_rpc_count(const struct sim_rpc *r, uint32_t method);

/* One call under way. */
struct sim_call {
	struct sim_rpc *rpc;
	int dc; /* where it arrived */
	struct sim_key *key;
	struct sim_session *session;
	uint64_t msg_id;
	struct tobs_arena *arena; /* for everything the answer needs */

	struct sim_login *login;     /* of the key; a temporary key that is not bound has none */
	struct sim_account *account; /* who calls; NULL when not logged in */
	uint32_t method;
	const void *query;
	int layer;
	bool without_updates;
	int64_t takeout;     /* of invokeWithTakeout */
	int32_t first, last; /* of invokeWithMessagesRange */

	/* The result, as tl_encode_result() wants it: */
	union {
		const void *object;
		bool yes;
	} result;
	struct tobs_view body; /* the query as it came */
	struct tobs_view kept; /* the answer to it, when it is there already */
	/* or the refusal: */
	int32_t code;
	char name[80];
};

/*
 * Carries out the query in `body` and appends the result (an object or an
 * rpc_error) to `out`. What the caller sets: rpc, dc, key, session, msg_id,
 * arena. TOBS_ENOMEM only; all else is an answer.
 */
int sim_rpc_run(struct sim_call *c, struct tobs_view body, struct tobs_buf *out);

/* ---- for the handlers ---- */

enum {
	RPC_ANYBODY = 1, /* may be called without being logged in */
	RPC_UNBOUND = 2, /* even under a temporary key that is not bound yet */
	RPC_BOTS = 4,    /* by bots too */
};

/* A handler fills c->result and returns true, or calls rpc_refuse(). */
struct sim_method {
	uint32_t id;
	bool (*handle)(struct sim_call *c);
	unsigned flags;
};

/* "PEER_ID_INVALID" with its code; always false. */
bool rpc_refuse(struct sim_call *c, int32_t code, const char *name);
bool rpc_refuse_number(struct sim_call *c, int32_t code, const char *name, int64_t number);

/* The answer could not be made for want of memory; always false. */
bool rpc_no_memory(struct sim_call *c);

bool rpc_ok(struct sim_call *c, const void *object);
bool rpc_yes(struct sim_call *c);

/* Zeroed memory for an answer, or NULL. */
#define RPC_NEW(c, type) TOBS_ARENA_NEW((c)->arena, struct type)

/*
 * The marked peer that an InputPeer, InputUser or InputChannel means, its access
 * hash checked; 0 with the refusal set. 0 also for inputPeerEmpty, refused.
 */
int64_t rpc_input_peer(struct sim_call *c, const union tl_InputPeer *p);
int64_t rpc_input_user(struct sim_call *c, const union tl_InputUser *u);
struct sim_chat *rpc_input_channel(struct sim_call *c, const union tl_InputChannel *ch);

/* The history of a peer that the account may read; NULL with the refusal set, or with none for an empty chat. */
struct sim_history *rpc_history(struct sim_call *c, int64_t peer);

/* Wraps a page into the form the kind of chat wants. */
bool rpc_page(struct sim_call *c, struct sim_history *h, int64_t peer, const struct sim_page *page);

/* The tables; each ends with a zero id. */
extern const struct sim_method rpc_help[], rpc_auth[], rpc_account[], rpc_users[], rpc_dialogs[],
	rpc_messages[], rpc_send[], rpc_channels[], rpc_updates[], rpc_upload[];

/* The user behind an account as an authorization. */
bool rpc_authorization(struct sim_call *c, struct sim_account *a);

/* Somebody scanned a QR code: `bytes` is its token. TOBS_ENOTFOUND when it is not valid (any more). */
int sim_rpc_accept_token(struct sim_rpc *r, struct tobs_view bytes, struct sim_account *a);

#endif
