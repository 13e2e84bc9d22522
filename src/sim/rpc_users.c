/* SPDX-License-Identifier: MIT */
/* users.* and contacts.*: who is who. */
#include "sim/rpc.h"

enum { USERS_MAX = 200 };

static bool get_users(struct sim_call *c)
{
	const struct tl_users_getUsers *q = c->query;
	struct tl_vec_User *ret = RPC_NEW(c, tl_vec_User);
	const union tl_User **items = TOBS_ARENA_ARRAY(
		c->arena, q->id.count + 1, const union tl_User *);
	uint32_t n = 0;

	if (q->id.count > USERS_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	if (!ret || !items)
		return rpc_no_memory(c);
	for (uint32_t i = 0; i < q->id.count; i++) {
		int64_t id = rpc_input_user(c, q->id.items[i]);

		/* One that is wrong is left out. */
		if (!id)
			continue;
		items[n] = sim_view_user(c->account, sim_user(c->rpc->world, id), c->arena);
		if (!items[n++])
			return rpc_no_memory(c);
	}
	*ret = (struct tl_vec_User){ n, items };
	c->code = 0;
	return rpc_ok(c, ret);
}

static bool get_full_user(struct sim_call *c)
{
	const struct tl_users_getFullUser *q = c->query;
	int64_t id = rpc_input_user(c, q->id);
	struct tl_users_userFull *ret = RPC_NEW(c, tl_users_userFull);
	struct tl_userFull *full = RPC_NEW(c, tl_userFull);
	struct tl_peerSettings *settings = RPC_NEW(c, tl_peerSettings);
	struct tl_peerNotifySettings *notify = RPC_NEW(c, tl_peerNotifySettings);
	struct sim_user *user;
	struct sim_refs refs;

	if (!id)
		return false;
	if (!ret || !full || !settings || !notify)
		return rpc_no_memory(c);
	user = sim_user(c->rpc->world, id);
	settings->ctor = TL_peerSettings;
	notify->ctor = TL_peerNotifySettings;
	full->ctor = TL_userFull;
	full->id = id;
	if (user->about.len)
		full->about = user->about;
	full->settings = settings;
	full->notify_settings = notify;
	if (user->photos.count)
		full->profile_photo = user->photos.items[0];
	if (user->bot_info)
		full->bot_info = user->bot_info;
	ret->ctor = TL_users_userFull;
	ret->full_user = full;
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	sim_refs_peer(&refs, id);
	return sim_refs_end(&refs, &ret->users, &ret->chats) ? rpc_no_memory(c) : rpc_ok(c, ret);
}

static bool resolved(struct sim_call *c, int64_t peer)
{
	struct tl_contacts_resolvedPeer *ret = RPC_NEW(c, tl_contacts_resolvedPeer);
	struct sim_refs refs;

	if (!ret)
		return rpc_no_memory(c);
	ret->ctor = TL_contacts_resolvedPeer;
	ret->peer = sim_tl_peer(c->rpc->world, peer);
	sim_refs_begin(&refs, c->rpc->world, c->account, c->arena);
	sim_refs_peer(&refs, peer);
	if (sim_refs_end(&refs, &ret->users, &ret->chats) || !ret->peer)
		return rpc_no_memory(c);
	return rpc_ok(c, ret);
}

static bool resolve_username(struct sim_call *c)
{
	const struct tl_contacts_resolveUsername *q = c->query;
	int64_t peer = sim_peer_by_name(c->rpc->world, q->username);

	if (!q->username.len)
		return rpc_refuse(c, 400, "USERNAME_INVALID");
	return peer ? resolved(c, peer) : rpc_refuse(c, 400, "USERNAME_NOT_OCCUPIED");
}

static bool resolve_phone(struct sim_call *c)
{
	const struct tl_contacts_resolvePhone *q = c->query;
	struct sim_user *user = sim_user_by_phone(c->rpc->world, q->phone);

	return user ? resolved(c, user->peer) : rpc_refuse(c, 400, "PHONE_NOT_OCCUPIED");
}

static bool get_contacts(struct sim_call *c)
{
	struct sim_account *a = c->account;
	struct tl_contacts_contacts *ret = RPC_NEW(c, tl_contacts_contacts);
	struct tl_contact *contacts = TOBS_ARENA_ARRAY(
		c->arena, a->contacts.count + 1, struct tl_contact);
	const struct tl_contact **items = TOBS_ARENA_ARRAY(
		c->arena, a->contacts.count + 1, const struct tl_contact *);
	struct tl_vec_Chat chats;
	struct sim_refs refs;

	if (!ret || !contacts || !items)
		return rpc_no_memory(c);
	sim_refs_begin(&refs, c->rpc->world, a, c->arena);
	for (size_t i = 0; i < a->contacts.count; i++) {
		contacts[i] = (struct tl_contact){ TL_contact, a->contacts.items[i].user_id,
			a->contacts.items[i].mutual };
		items[i] = &contacts[i];
		sim_refs_peer(&refs, contacts[i].user_id);
	}
	ret->ctor = TL_contacts_contacts;
	ret->contacts = (struct tl_vec_Contact){ (uint32_t)a->contacts.count, items };
	return sim_refs_end(&refs, &ret->users, &chats) ? rpc_no_memory(c) : rpc_ok(c, ret);
}

const struct sim_method rpc_users[] = {
	{ TL_users_getUsers, get_users, RPC_BOTS },
	{ TL_users_getFullUser, get_full_user, RPC_BOTS },
	{ TL_contacts_resolveUsername, resolve_username, RPC_BOTS },
	{ TL_contacts_resolvePhone, resolve_phone, 0 },
	{ TL_contacts_getContacts, get_contacts, 0 },
	{ 0 },
};
