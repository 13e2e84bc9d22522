/* SPDX-License-Identifier: MIT */
/* Peers and their three spellings: TL, Bot API, ours. */
#include <tobs/client.h>

/* A channel's Bot API id is this minus its id (core.telegram.org/api/bots/ids). */
static const int64_t CHANNEL_BASE = -1000000000000;

int64_t tobs_peer_mark(const struct tobs_peer *peer)
{
	switch (peer->kind) {
	case TOBS_PEER_USER: return peer->id;
	case TOBS_PEER_CHAT: return -peer->id;
	case TOBS_PEER_CHANNEL: return CHANNEL_BASE - peer->id;
	default: return 0;
	}
}

struct tobs_peer tobs_peer_unmark(int64_t marked)
{
	if (marked > 0)
		return (struct tobs_peer){ TOBS_PEER_USER, marked, 0 };
	if (marked < CHANNEL_BASE)
		return (struct tobs_peer){ TOBS_PEER_CHANNEL, CHANNEL_BASE - marked, 0 };
	if (marked < 0)
		return (struct tobs_peer){ TOBS_PEER_CHAT, -marked, 0 };
	return (struct tobs_peer){ TOBS_PEER_NONE, 0, 0 };
}

struct tobs_peer tobs_peer_of(const union tl_Peer *peer)
{
	if (!peer)
		return (struct tobs_peer){ TOBS_PEER_NONE, 0, 0 };
	switch (peer->ctor) {
	case TL_peerUser: return (struct tobs_peer){ TOBS_PEER_USER, peer->peerUser.user_id, 0 };
	case TL_peerChat: return (struct tobs_peer){ TOBS_PEER_CHAT, peer->peerChat.chat_id, 0 };
	case TL_peerChannel:
		return (struct tobs_peer){ TOBS_PEER_CHANNEL, peer->peerChannel.channel_id, 0 };
	default: return (struct tobs_peer){ TOBS_PEER_NONE, 0, 0 };
	}
}

const union tl_InputPeer *tobs_peer_input(
	const struct tobs_peer *peer, struct tobs_peer_input *room)
{
	memset(room, 0, sizeof *room);
	switch (peer->kind) {
	case TOBS_PEER_USER:
		room->user = (struct tl_inputPeerUser){ TL_inputPeerUser, peer->id,
			peer->access_hash };
		room->as_user = (struct tl_inputUser){ TL_inputUser, peer->id, peer->access_hash };
		break;
	case TOBS_PEER_CHAT:
		room->chat = (struct tl_inputPeerChat){ TL_inputPeerChat, peer->id };
		break;
	case TOBS_PEER_CHANNEL:
		room->channel = (struct tl_inputPeerChannel){ TL_inputPeerChannel, peer->id,
			peer->access_hash };
		room->as_channel = (struct tl_inputChannel){ TL_inputChannel, peer->id,
			peer->access_hash };
		break;
	default: room->ctor = TL_inputPeerEmpty; break;
	}
	return (const void *)room;
}
