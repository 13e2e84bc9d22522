/* SPDX-License-Identifier: MIT */
/* From what clients write to peers and histories, with the server's own checks. */
#include "sim/rpc.h"

static int64_t checked(struct sim_call *c, int64_t peer, int64_t access_hash, const char *refusal)
{
	if (sim_access_hash(c->rpc->world, peer) != access_hash) {
		rpc_refuse(c, 400, refusal);
		return 0;
	}
	return peer;
}

static int64_t user_peer(struct sim_call *c, int64_t id, int64_t access_hash, const char *refusal)
{
	if (!sim_user(c->rpc->world, id)) {
		rpc_refuse(c, 400, refusal);
		return 0;
	}
	return checked(c, id, access_hash, refusal);
}

static int64_t channel_peer(struct sim_call *c, int64_t id, int64_t access_hash)
{
	int64_t peer = sim_channel_peer(id);

	if (!sim_chat(c->rpc->world, peer)) {
		rpc_refuse(c, 400, "CHANNEL_INVALID");
		return 0;
	}
	return checked(c, peer, access_hash, "CHANNEL_INVALID");
}

static int64_t group_peer(struct sim_call *c, int64_t id)
{
	int64_t peer = sim_group_peer(id);

	if (!sim_chat(c->rpc->world, peer)) {
		rpc_refuse(c, 400, "CHAT_ID_INVALID");
		return 0;
	}
	return peer;
}

int64_t rpc_input_peer(struct sim_call *c, const union tl_InputPeer *p)
{
	switch (p->ctor) {
	case TL_inputPeerSelf: return c->account->user->peer;
	case TL_inputPeerUser:
		/* Bots and one's own account are known without a hash. */
		if (p->inputPeerUser.user_id == c->account->user->peer)
			return c->account->user->peer;
		return user_peer(c, p->inputPeerUser.user_id, p->inputPeerUser.access_hash,
			"PEER_ID_INVALID");
	case TL_inputPeerChat: return group_peer(c, p->inputPeerChat.chat_id);
	case TL_inputPeerChannel:
		return channel_peer(
			c, p->inputPeerChannel.channel_id, p->inputPeerChannel.access_hash);
	case TL_inputPeerUserFromMessage:
		if (sim_user(c->rpc->world, p->inputPeerUserFromMessage.user_id))
			return p->inputPeerUserFromMessage.user_id;
		break;
	case TL_inputPeerChannelFromMessage: {
		int64_t peer = sim_channel_peer(p->inputPeerChannelFromMessage.channel_id);

		if (sim_chat(c->rpc->world, peer))
			return peer;
		break;
	}
	default: break;
	}
	rpc_refuse(c, 400, "PEER_ID_INVALID");
	return 0;
}

int64_t rpc_input_user(struct sim_call *c, const union tl_InputUser *u)
{
	switch (u->ctor) {
	case TL_inputUserSelf: return c->account->user->peer;
	case TL_inputUser:
		if (u->inputUser.user_id == c->account->user->peer)
			return u->inputUser.user_id;
		return user_peer(
			c, u->inputUser.user_id, u->inputUser.access_hash, "USER_ID_INVALID");
	case TL_inputUserFromMessage:
		if (sim_user(c->rpc->world, u->inputUserFromMessage.user_id))
			return u->inputUserFromMessage.user_id;
		break;
	default: break;
	}
	rpc_refuse(c, 400, "USER_ID_INVALID");
	return 0;
}

struct sim_chat *rpc_input_channel(struct sim_call *c, const union tl_InputChannel *ch)
{
	int64_t peer = 0;

	switch (ch->ctor) {
	case TL_inputChannel:
		peer = channel_peer(c, ch->inputChannel.channel_id, ch->inputChannel.access_hash);
		break;
	case TL_inputChannelFromMessage:
		peer = sim_channel_peer(ch->inputChannelFromMessage.channel_id);
		break;
	default: break;
	}
	if (!peer || !sim_chat(c->rpc->world, peer)) {
		rpc_refuse(c, 400, "CHANNEL_INVALID");
		return NULL;
	}
	return sim_chat(c->rpc->world, peer);
}

struct sim_history *rpc_history(struct sim_call *c, int64_t peer)
{
	struct sim_chat *chat = sim_chat(c->rpc->world, peer);

	c->code = 0;
	if (chat && !sim_can_read(c->account, chat)) {
		rpc_refuse(c, 400,
			sim_peer_kind(peer) == SIM_CHANNEL ? "CHANNEL_PRIVATE" : "CHAT_FORBIDDEN");
		return NULL;
	}
	return sim_history(c->account, peer);
}

/* messages.messages when that is all there is, else messages.messagesSlice. */
static bool plain_page(struct sim_call *c, const struct sim_page *page, struct tl_vec_User users,
	struct tl_vec_Chat chats)
{
	struct tl_messages_messages *all;
	struct tl_messages_messagesSlice *slice;

	if ((int32_t)page->messages.count == page->total) {
		all = RPC_NEW(c, tl_messages_messages);
		if (!all)
			return rpc_no_memory(c);
		*all = (struct tl_messages_messages){ .ctor = TL_messages_messages,
			.messages = page->messages,
			.chats = chats,
			.users = users };
		return rpc_ok(c, all);
	}
	slice = RPC_NEW(c, tl_messages_messagesSlice);
	if (!slice)
		return rpc_no_memory(c);
	*slice = (struct tl_messages_messagesSlice){ .ctor = TL_messages_messagesSlice,
		.has_offset_id_offset = 1,
		.offset_id_offset = page->offset,
		.count = page->total,
		.messages = page->messages,
		.chats = chats,
		.users = users };
	return rpc_ok(c, slice);
}

bool rpc_page(struct sim_call *c, struct sim_history *h, int64_t peer, const struct sim_page *page)
{
	struct tl_messages_channelMessages *channel;
	struct sim_refs refs;
	struct tl_vec_User users = { 0 };
	struct tl_vec_Chat chats = { 0 };

	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	sim_refs_messages(&refs, &page->messages);
	sim_refs_peer(&refs, peer);
	if (sim_refs_end(&refs, &users, &chats))
		return rpc_no_memory(c);
	if (sim_peer_kind(peer) != SIM_CHANNEL)
		return plain_page(c, page, users, chats);
	channel = RPC_NEW(c, tl_messages_channelMessages);
	if (!channel)
		return rpc_no_memory(c);
	*channel = (struct tl_messages_channelMessages){ .ctor = TL_messages_channelMessages,
		.has_offset_id_offset = 1,
		.offset_id_offset = page->offset,
		.pts = h ? h->box->pts : 1,
		.count = page->total,
		.messages = page->messages,
		.chats = chats,
		.users = users };
	return rpc_ok(c, channel);
}
