/* SPDX-License-Identifier: MIT */
/*
 * What the files of the client share.
 *
 *     tobs_client ─┬─ setup        options, checked
 *                  ├─ store        session file: keys, addresses, account, peers
 *                  ├─ dcs          what is known of each data centre (dc.h)
 *                  ├─ lanes        sessions, each with its fiber and connection (lane.h)
 *                  ├─ brakes       methods that have to wait
 *                  └─ fibers       all of its own
 *
 * A call: call.c encodes it, waits for its brake, and gives it to a lane; the
 * lane's session sends it and hands the answer back; call.c decodes it, or does
 * what the refusal asks for and tries again.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <tobs/client.h>
#include <tobs/rt.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/rand.h"
#include "client/brake.h"
#include "client/setup.h"
#include "client/store.h"

struct lane;
struct dc;

struct tobs_client {
	struct setup setup;
	struct client_store store;
	const struct clock *clock;
	const struct rng *rng;
	struct tobs_buf first;         /* what comes before the first query of a session (wrap.h) */
	struct map dcs;                /* number → struct dc, owned */
	ARRAY_OF(struct lane *) lanes; /* owned */
	struct brakes brakes;
	struct tobs_group fibers;
	struct tobs_sem saving;  /* one writes the store at a time */
	struct tobs_cond soiled; /* the store wants to be written */
	struct tobs_cond quiet;  /* no call is under way any more */
	struct tobs_event ended; /* the client is being freed */
	struct tobs_cond told;   /* updateLoginToken came */
	void (*on_wait)(void *user, const struct tobs_wait *wait); /* beside setup.waiting */
	void *on_wait_user;
	struct tobs_sem configuring; /* one asks for the list of addresses at a time */
	uint64_t logins;             /* updateLoginToken so far */
	size_t calls;                /* under way */
	bool saver_runs, configured;
	bool worked; /* some server has answered */
	bool closing;
};

/* Around what uses the client over several waits: it is not freed between them. */
void client_enter(struct tobs_client *c);
void client_leave(struct tobs_client *c);

/* Something in the store has changed: it will be written soon. */
void client_soiled(struct tobs_client *c);

/* Writes the store now. Waits. */
int client_save(struct tobs_client *c, struct tobs_err *err);

/* s since 1970 by the server's clock, as far as DC `dc` has told. */
int64_t client_server_time(struct tobs_client *c, int dc);

/* The home DC's number, chosen when there is none yet. */
int client_home(const struct tobs_client *c);

/* The account is no longer logged in under this session. */
void client_lost(struct tobs_client *c);

#endif
