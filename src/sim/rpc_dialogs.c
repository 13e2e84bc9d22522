/* SPDX-License-Identifier: MIT */
/* messages.*: the list of chats, its folders and its order. */
#include "sim/rpc.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

/* What both forms of messages.Dialogs are made of. */
struct dialog_list {
	struct tl_vec_Dialog dialogs;
	struct tl_vec_Message messages;
	struct tl_vec_Chat chats;
	struct tl_vec_User users;
};

static bool fill(
	struct sim_call *c, struct sim_dialog **found, int32_t count, struct dialog_list *ret)
{
	const union tl_Dialog **dialogs = TOBS_ARENA_ARRAY(
		c->arena, (size_t)count + 1, const union tl_Dialog *);
	const union tl_Message **messages = TOBS_ARENA_ARRAY(
		c->arena, (size_t)count + 1, const union tl_Message *);
	struct sim_refs refs;
	uint32_t n = 0;

	if (!dialogs || !messages)
		return rpc_no_memory(c);
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	for (int32_t i = 0; i < count; i++) {
		struct sim_history *h = found[i]->history;
		int32_t top = sim_history_top(h);
		const union tl_Message *m = top ? sim_history_get(h, top, c->arena) : NULL;

		dialogs[i] = (const void *)sim_view_dialog(c->account, found[i], c->arena);
		if (m)
			messages[n++] = m = sim_view_message(c->account, h, m, c->arena);
		sim_refs_peer(&refs, found[i]->peer);
		if (!dialogs[i] || (top && !m))
			refs.err = TOBS_ENOMEM;
	}
	ret->dialogs = (struct tl_vec_Dialog){ (uint32_t)count, dialogs };
	ret->messages = (struct tl_vec_Message){ n, messages };
	if (!refs.err)
		sim_refs_messages(&refs, &ret->messages);
	return sim_refs_end(&refs, &ret->users, &ret->chats) ? rpc_no_memory(c) : true;
}

static bool get_dialogs(struct sim_call *c)
{
	const struct tl_messages_getDialogs *q = c->query;
	/* Without a folder Telegram gives the archived ones, too: clients of others rely on it. */
	struct sim_dialog_slice slice = { .folder = q->has_folder_id ? q->folder_id
								     : SIM_EVERY_FOLDER,
		.skip_pinned = q->exclude_pinned,
		.offset_date = q->offset_date,
		.offset_id = q->offset_id,
		.limit = q->limit <= 0 ? LIMIT_DEFAULT : MIN(q->limit, LIMIT_MAX) };
	struct sim_dialog **found;
	struct dialog_list list = { 0 };
	int32_t count, total;

	if (q->offset_peer->ctor != TL_inputPeerEmpty) {
		slice.offset_peer = rpc_input_peer(c, q->offset_peer);
		if (!slice.offset_peer)
			return false;
	}
	if (sim_dialogs(c->account, &slice, c->arena, &found, &count, &total))
		return rpc_no_memory(c);
	if (!fill(c, found, count, &list))
		return false;
	if (count == total && !q->offset_date) {
		struct tl_messages_dialogs *all = RPC_NEW(c, tl_messages_dialogs);

		if (all)
			*all = (struct tl_messages_dialogs){ TL_messages_dialogs, list.dialogs,
				list.messages, list.chats, list.users };
		return rpc_ok(c, all);
	}
	{
		struct tl_messages_dialogsSlice *part = RPC_NEW(c, tl_messages_dialogsSlice);

		if (part)
			*part = (struct tl_messages_dialogsSlice){ TL_messages_dialogsSlice, total,
				list.dialogs, list.messages, list.chats, list.users };
		return rpc_ok(c, part);
	}
}

static bool peer_dialogs(struct sim_call *c, struct sim_dialog **found, int32_t count)
{
	struct tl_messages_peerDialogs *ret = RPC_NEW(c, tl_messages_peerDialogs);
	struct tl_updates_state *state = RPC_NEW(c, tl_updates_state);
	struct dialog_list list = { 0 };

	if (!ret || !state)
		return rpc_no_memory(c);
	if (!fill(c, found, count, &list))
		return false;
	*state = (struct tl_updates_state){ TL_updates_state, c->account->box.pts,
		c->account->box.qts, sim_now(c->rpc->world), 1, 0 };
	*ret = (struct tl_messages_peerDialogs){ TL_messages_peerDialogs, list.dialogs,
		list.messages, list.chats, list.users, state };
	return rpc_ok(c, ret);
}

static bool get_pinned(struct sim_call *c)
{
	const struct tl_messages_getPinnedDialogs *q = c->query;
	struct sim_dialog_slice slice = { .folder = q->folder_id, .limit = LIMIT_MAX };
	struct sim_dialog **found;
	int32_t count, total, pinned = 0;

	if (sim_dialogs(c->account, &slice, c->arena, &found, &count, &total))
		return rpc_no_memory(c);
	while (pinned < count && found[pinned]->pin)
		pinned++;
	return peer_dialogs(c, found, pinned);
}

static bool get_peer_dialogs(struct sim_call *c)
{
	const struct tl_messages_getPeerDialogs *q = c->query;
	struct sim_dialog **found;
	int32_t count = 0;

	if (q->peers.count > LIMIT_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	found = TOBS_ARENA_ARRAY(c->arena, q->peers.count + 1, struct sim_dialog *);
	if (!found)
		return rpc_no_memory(c);
	for (uint32_t i = 0; i < q->peers.count; i++) {
		const union tl_InputDialogPeer *p = q->peers.items[i];
		struct sim_dialog *d;
		int64_t peer;

		if (p->ctor != TL_inputDialogPeer)
			continue;
		peer = rpc_input_peer(c, p->inputDialogPeer.peer);
		if (!peer)
			return false;
		d = sim_dialog(c->account, peer);
		if (d)
			found[count++] = d;
	}
	return peer_dialogs(c, found, count);
}

static bool get_filters(struct sim_call *c)
{
	struct tl_messages_dialogFilters *ret = RPC_NEW(c, tl_messages_dialogFilters);

	if (!ret)
		return rpc_no_memory(c);
	ret->ctor = TL_messages_dialogFilters;
	ret->filters = (struct tl_vec_DialogFilter){ (uint32_t)c->account->folders.count,
		c->account->folders.items };
	return rpc_ok(c, ret);
}

const struct sim_method rpc_dialogs[] = {
	{ TL_messages_getDialogs, get_dialogs, 0 },
	{ TL_messages_getPinnedDialogs, get_pinned, 0 },
	{ TL_messages_getPeerDialogs, get_peer_dialogs, 0 },
	{ TL_messages_getDialogFilters, get_filters, 0 },
	{ 0 },
};
