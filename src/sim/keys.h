/* SPDX-License-Identifier: MIT */
/*
 * The authorization keys that a simulated data centre knows, with what belongs
 * to each: salts, who is logged in under it, and its sessions.
 *
 *     permanent key ◄── bound to ── temporary key (ends at expires_at)
 *       ├ login: account, layer, application
 *       ├ salts: one after the other, rotated
 *       └ sessions
 */
#ifndef SIM_KEYS_H
#define SIM_KEYS_H

#include <tobs/err.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/map.h"
#include "base/rand.h"
#include "crypto/kdf.h"

struct sim_account;
struct sim_key;
struct sim_session;

/* Who uses a permanent key. Shared by its temporary keys. */
struct sim_login {
	struct sim_account *account; /* NULL: not logged in */
	struct sim_account *half;    /* the code was right, the password is still owed */
	int32_t layer;               /* 0: has not said it yet */
	int32_t api_id;
	int64_t takeout;       /* id of the open takeout session; 0: none */
	int64_t takeout_asked; /* µs, when a takeout was first asked for */
	bool registered;       /* its sessions want updates */
};

struct sim_key {
	struct auth_key key;
	int dc;
	int64_t expires_at;         /* s; 0: permanent */
	struct sim_key *perm;       /* of a temporary key, once bound; itself when permanent */
	struct sim_login login;     /* of a permanent key */
	uint64_t salt, salt_before; /* the present one and the one it replaced */
	int64_t salt_until;         /* s */
	struct map sessions;        /* session id → struct sim_session, owned */
};

struct sim_keys {
	const struct clock *clock;
	const struct rng *rng;
	int64_t salt_seconds; /* how long a salt is valid; the real server: 1800 */
	struct map by_id;     /* key id → struct sim_key, owned */
	/* Called when a key comes or goes, or what belongs to one was changed; may be NULL. */
	void (*changed)(void *user);
	void *user;
};

void sim_keys_init(struct sim_keys *k, const struct clock *clock, const struct rng *rng);
void sim_keys_deinit(struct sim_keys *k);

/* Adds a key fresh from an exchange. TOBS_ENOMEM; TOBS_EEXISTS. */
int sim_keys_add(struct sim_keys *k, const struct auth_key *key, int dc, uint64_t salt,
	int64_t expires_at, struct sim_key **ret);

/* Something that is worth keeping changed: a login, a binding. */
void sim_keys_touch(struct sim_keys *k);

/* NULL when not known, or a temporary one that has ended. */
struct sim_key *sim_keys_find(struct sim_keys *k, uint64_t id);

/* Forgets a key and everything under it. */
void sim_keys_remove(struct sim_keys *k, struct sim_key *key);

/* Who the key stands for; NULL for a temporary key that is not bound. */
struct sim_login *sim_key_login(struct sim_key *key);

/* The salt valid now; rotates when it is time. */
uint64_t sim_key_salt(struct sim_keys *k, struct sim_key *key);

/* Whether a client may still use this salt: the present one, or the one before it. */
bool sim_key_salt_ok(struct sim_keys *k, struct sim_key *key, uint64_t salt);

/* Takes both salts away, as a server does that was restarted. */
void sim_key_rotate(struct sim_keys *k, struct sim_key *key, bool forget_old);

/* The salt that will be valid from `since` on (s, a multiple of the salt's life). */
uint64_t sim_key_future_salt(const struct sim_key *key, int64_t since);

#endif
