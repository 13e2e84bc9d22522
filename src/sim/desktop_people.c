/* SPDX-License-Identifier: MIT */
/* Who is who in an export: ids, names, and who exported. */
#include <stdio.h>

#include "base/attr.h"
#include "sim/desktop.h"
#include "sim/synthetic.h"

/*
 * Numbers that old versions wrote for peers: the id, with the kind above its
 * lower 32 bits (0 user, 1 basic group, 2 channel).
 */
static int64_t old_peer(int64_t n)
{
	int64_t id = n & UINT32_MAX;

	switch (n >> 32) {
	case 0: return id;
	case 1: return sim_group_peer(id);
	case 2: return sim_channel_peer(id);
	default: return 0;
	}
}

static int parse_peer(struct json_value v, int64_t *ret, struct tobs_err *err)
{
	static const char *const kinds[] = { "user", "chat", "channel" };
	struct tobs_view text;
	int64_t n;

	if (!json_get_i64(v, &n)) {
		*ret = old_peer(n);
		if (*ret)
			return TOBS_OK;
	}
	if (!json_get_str(v, &text)) {
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
			size_t len = strlen(kinds[i]);

			if (!tobs_view_starts(text, kinds[i]) ||
				tobs_view_int(tobs_view_sub(text, len, text.len), 1,
					SIM_CHANNEL_BASE - 1, &n))
				continue;
			*ret = i == 0 ? n : i == 1 ? sim_group_peer(n) : sim_channel_peer(n);
			return TOBS_OK;
		}
	}
	return json_fail(
		err, TOBS_EMALFORMED, "is no id like \"user5\", \"chat5\" or \"channel5\"");
}

static int remember_name(struct desktop *d, struct tobs_view name, int64_t id, struct tobs_err *err)
{
	if (!name.len || smap_get(&d->names, name))
		return TOBS_OK;
	return smap_put(&d->names, name, (void *)(intptr_t)id) ? desktop_no_memory(err) : TOBS_OK;
}

int desktop_user(struct desktop *d, int64_t id, struct tobs_view name, struct sim_user **ret,
	struct tobs_err *err)
{
	struct sim_user *u = sim_user(d->w, id);
	int r;

	if (!u) {
		r = sim_user_add(
			d->w, &(struct sim_user_args){ .id = id, .first_name = name }, &u, err);
		if (r)
			return json_failed(err, r);
	} else if (!u->tl->first_name.len && !u->tl->last_name.len) {
		u->tl->first_name = sim_keep(d->w, name);
	}
	if (ret)
		*ret = u;
	return remember_name(d, name, id, err);
}

static int channel_or_group(
	struct desktop *d, int64_t peer, struct tobs_view name, struct tobs_err *err)
{
	struct sim_chat *c = sim_chat(d->w, peer);
	bool group = sim_peer_kind(peer) == SIM_GROUP;
	int r;

	if (!c) {
		r = sim_chat_add(d->w,
			&(struct sim_chat_args){ .kind = group ? SIM_CHAT_GROUP : SIM_CHAT_CHANNEL,
				.id = sim_peer_id(peer),
				.title = name,
				.date = d->chat.date },
			&c, err);
		if (r)
			return json_failed(err, r);
	}
	if (group && !c->tl.group->title.len)
		c->tl.group->title = sim_keep(d->w, name);
	else if (!group && !c->tl.channel->title.len)
		c->tl.channel->title = sim_keep(d->w, name);
	return TOBS_OK;
}

int desktop_peer(struct desktop *d, struct json_value id, struct json_value name, int64_t *ret,
	struct tobs_err *err)
{
	struct tobs_view text = { 0 };
	struct sim_user *u;
	int64_t peer = 0;
	int r = parse_peer(id, &peer, err);

	(void)json_get_str(name, &text);
	if (!r && peer > 0) {
		r = desktop_user(d, peer, text, &u, err);
		/* A name that is null belongs to an account that was deleted. */
		if (!r && json_is_null(name) && !u->tl->first_name.len)
			u->tl->deleted = 1;
	} else if (!r) {
		r = channel_or_group(d, peer, text, err);
	}
	if (!r)
		*ret = peer;
	return r;
}

int desktop_peer_at(struct desktop *d, struct json_value object, const char *key, int64_t *ret,
	struct tobs_err *err)
{
	char id_key[64];
	struct json_value id, name = json_field(object, key);
	struct tobs_view text = { 0 };
	int r;

	*ret = 0;
	snprintf(id_key, sizeof id_key, "%s_id", key);
	id = json_field(object, id_key);
	if (!json_is_missing(id) && !json_is_null(id)) {
		r = desktop_peer(d, id, name, ret, err);
		return r ? json_at_key(err, tobs_str(id_key), r) : r;
	}
	/* Before ids were written there were names only. */
	r = desktop_str(object, key, &text, err);
	if (r || !text.len)
		return r;
	if (d->chat.peer < 0 && tobs_view_eq(text, d->chat.name)) {
		*ret = d->chat.peer;
		return TOBS_OK;
	}
	r = desktop_named(d, text, ret, err);
	return r ? json_at_key(err, tobs_str(key), r) : r;
}

int desktop_named(struct desktop *d, struct tobs_view name, int64_t *ret, struct tobs_err *err)
{
	int64_t id = (int64_t)(intptr_t)smap_get(&d->names, name);
	struct sim_user *u;
	int r;

	if (!id) {
		r = desktop_user(d, sim_make_up_id(d->w), name, &u, err);
		if (r)
			return r;
		id = u->peer;
	}
	*ret = id;
	return TOBS_OK;
}

int desktop_want(struct desktop *d, struct json_value name, int64_t *slot, struct tobs_err *err)
{
	struct desktop_wanted w = { slot, { 0 } };

	if (json_get_str(name, &w.name) && !json_is_null(name) && !json_is_missing(name))
		return json_fail(err, TOBS_EMALFORMED, "is of type %s, must be a name",
			json_type_name(json_type(name)));
	w.name = sim_keep(d->w, w.name);
	return ARRAY_PUSH(&d->chat.wanted, w) ? desktop_no_memory(err) : TOBS_OK;
}

int desktop_resolve(struct desktop *d, struct tobs_err *err)
{
	static const struct tobs_view nobody = TOBS_LIT("Deleted Account");

	ARRAY_EACH (w, &d->chat.wanted) {
		int r = desktop_named(d, w->name.len ? w->name : nobody, w->slot, err);

		if (r)
			return r;
	}
	d->chat.wanted.count = 0;
	return TOBS_OK;
}

int desktop_owner(struct desktop *d, struct tobs_err *err)
{
	struct sim_user *u;
	int r;

	if (d->owner)
		return TOBS_OK;
	if (!d->owner_id) {
		d->owner = sim_default_account(d->w);
		if (!d->owner)
			return desktop_no_memory(err);
		d->owner_id = d->owner->user->peer;
		return TOBS_OK;
	}
	r = desktop_user(d, d->owner_id, tobs_str(""), &u, err);
	if (r)
		return r;
	/* Nobody of that number is there: it can be used to log in. */
	if (!u->phone.len) {
		struct tobs_view phone = d->owner_phone.len ? d->owner_phone
							    : tobs_str("+999 66 2 0001");

		if (sim_user_by_phone(d->w, phone))
			phone = tobs_str(tobs_arena_printf(
				&d->w->arena, "+999 66 2 %04d", (int)(d->owner_id % 10000)));
		r = sim_phone_set(d->w, u, phone, err);
		if (r)
			return json_failed(err, r);
	}
	d->owner = u->account;
	if (!d->owner)
		r = sim_account_add(d->w, u, &(struct sim_account_args){ 0 }, &d->owner, err);
	return r ? json_failed(err, r) : r;
}
