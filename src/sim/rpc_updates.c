/* SPDX-License-Identifier: MIT */
/* updates.*: where the account stands; what happened since comes with later work on live updates. */
#include "sim/rpc.h"

static bool get_state(struct sim_call *c)
{
	struct tl_updates_state *s = RPC_NEW(c, tl_updates_state);

	if (!s)
		return rpc_no_memory(c);
	*s = (struct tl_updates_state){ TL_updates_state, c->account->box.pts, c->account->box.qts,
		sim_now(c->rpc->world), 1, 0 };
	return rpc_ok(c, s);
}

static bool get_difference(struct sim_call *c)
{
	struct tl_updates_differenceEmpty *d = RPC_NEW(c, tl_updates_differenceEmpty);

	if (!d)
		return rpc_no_memory(c);
	*d = (struct tl_updates_differenceEmpty){ TL_updates_differenceEmpty,
		sim_now(c->rpc->world), 1 };
	return rpc_ok(c, d);
}

static bool get_channel_difference(struct sim_call *c)
{
	const struct tl_updates_getChannelDifference *q = c->query;
	struct sim_chat *chat = rpc_input_channel(c, q->channel);
	struct tl_updates_channelDifferenceEmpty *d = RPC_NEW(c, tl_updates_channelDifferenceEmpty);

	if (!chat)
		return false;
	if (!d)
		return rpc_no_memory(c);
	d->ctor = TL_updates_channelDifferenceEmpty;
	d->final = 1;
	d->pts = chat->box.pts;
	return rpc_ok(c, d);
}

const struct sim_method rpc_updates[] = {
	{ TL_updates_getState, get_state, RPC_BOTS },
	{ TL_updates_getDifference, get_difference, RPC_BOTS },
	{ TL_updates_getChannelDifference, get_channel_difference, RPC_BOTS },
	{ 0 },
};
