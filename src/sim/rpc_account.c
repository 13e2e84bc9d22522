/* SPDX-License-Identifier: MIT */
/* account.*: the password, takeout sessions, being online. */
#include "sim/rpc.h"
#include "sim/rpc_password.h"

enum { SECOND = 1000000 };

/*
 * The first request asks the person in another session, and is answered with
 * how long it takes at most; after that time, or at once without a delay, the
 * session is open.
 */
static bool init_takeout(struct sim_call *c)
{
	struct tl_account_takeout *ret = RPC_NEW(c, tl_account_takeout);
	int64_t now = clock_mono(c->rpc->clock), ready;

	if (!ret)
		return rpc_no_memory(c);
	if (!c->login->takeout_asked)
		c->login->takeout_asked = now ? now : 1;
	ready = c->login->takeout_asked + (int64_t)c->account->takeout_delay * SECOND;
	if (now < ready)
		return rpc_refuse_number(
			c, 420, "TAKEOUT_INIT_DELAY", (ready - now + SECOND - 1) / SECOND);
	if (!c->login->takeout)
		c->login->takeout = (int64_t)(rng_u64(c->rpc->rng) >> 1) | 1;
	ret->ctor = TL_account_takeout;
	ret->id = c->login->takeout;
	return rpc_ok(c, ret);
}

static bool finish_takeout(struct sim_call *c)
{
	if (!c->takeout)
		return rpc_refuse(c, 403, "TAKEOUT_REQUIRED");
	c->login->takeout = c->login->takeout_asked = 0;
	return rpc_yes(c);
}

static bool update_status(struct sim_call *c)
{
	return rpc_yes(c);
}

const struct sim_method rpc_account[] = {
	{ TL_account_getPassword, rpc_password_get, RPC_ANYBODY },
	{ TL_account_initTakeoutSession, init_takeout, 0 },
	{ TL_account_finishTakeoutSession, finish_takeout, 0 },
	{ TL_account_updateStatus, update_status, 0 },
	{ 0 },
};
