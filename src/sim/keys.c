/* SPDX-License-Identifier: MIT */
#include "sim/keys.h"

#include "base/wipe.h"
#include "sim/session.h"

enum { SECOND = 1000000, SALT_SECONDS = 1800 };

void sim_keys_init(struct sim_keys *k, const struct clock *clock, const struct rng *rng)
{
	*k = (struct sim_keys){ .clock = clock, .rng = rng, .salt_seconds = SALT_SECONDS };
}

static void free_key(struct sim_key *key)
{
	MAP_EACH (slot, &key->sessions)
		sim_session_free(slot->value);
	map_deinit(&key->sessions);
	mem_wipe(key, sizeof *key);
	mem_free(key);
}

void sim_keys_deinit(struct sim_keys *k)
{
	MAP_EACH (slot, &k->by_id)
		free_key(slot->value);
	map_deinit(&k->by_id);
}

static int64_t now_s(const struct sim_keys *k)
{
	return clock_wall(k->clock) / SECOND;
}

int sim_keys_add(struct sim_keys *k, const struct auth_key *bytes, int dc, uint64_t salt,
	int64_t expires_at, struct sim_key **ret)
{
	struct sim_key *key;

	if (map_get(&k->by_id, bytes->id))
		return TOBS_EEXISTS;
	key = MEM_NEW(struct sim_key);
	if (!key)
		return TOBS_ENOMEM;
	key->key = *bytes;
	key->dc = dc;
	key->expires_at = expires_at;
	key->perm = expires_at ? NULL : key;
	key->salt = key->salt_before = salt;
	/* The next one begins when it does for every key, as sim_key_future_salt() promises. */
	key->salt_until = now_s(k) - now_s(k) % k->salt_seconds + k->salt_seconds;
	if (map_put(&k->by_id, bytes->id, key)) {
		free_key(key);
		return TOBS_ENOMEM;
	}
	*ret = key;
	sim_keys_touch(k);
	return TOBS_OK;
}

void sim_keys_touch(struct sim_keys *k)
{
	if (k->changed)
		k->changed(k->user);
}

struct sim_key *sim_keys_find(struct sim_keys *k, uint64_t id)
{
	struct sim_key *key = map_get(&k->by_id, id);

	return key && key->expires_at && key->expires_at <= now_s(k) ? NULL : key;
}

void sim_keys_remove(struct sim_keys *k, struct sim_key *key)
{
	/* Temporary keys bound to it end with it. */
	MAP_EACH (slot, &k->by_id) {
		struct sim_key *other = slot->value;

		if (other != key && other->perm == key)
			other->perm = NULL;
	}
	map_remove(&k->by_id, key->key.id);
	free_key(key);
	sim_keys_touch(k);
}

struct sim_login *sim_key_login(struct sim_key *key)
{
	return key->perm ? &key->perm->login : NULL;
}

uint64_t sim_key_future_salt(const struct sim_key *key, int64_t since)
{
	struct prng p = { key->key.id ^ (uint64_t)since * 0x9e3779b97f4a7c15u };

	return prng_next(&p);
}

void sim_key_rotate(struct sim_keys *k, struct sim_key *key, bool forget_old)
{
	int64_t now = now_s(k), since = now - now % k->salt_seconds;

	if (forget_old) {
		key->salt_before = key->salt = rng_u64(k->rng);
	} else {
		key->salt_before = key->salt;
		key->salt = sim_key_future_salt(key, since);
	}
	key->salt_until = since + k->salt_seconds;
}

uint64_t sim_key_salt(struct sim_keys *k, struct sim_key *key)
{
	if (now_s(k) >= key->salt_until)
		sim_key_rotate(k, key, false);
	return key->salt;
}

bool sim_key_salt_ok(struct sim_keys *k, struct sim_key *key, uint64_t salt)
{
	return salt == sim_key_salt(k, key) || salt == key->salt_before;
}
