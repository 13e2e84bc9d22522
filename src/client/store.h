/* SPDX-License-Identifier: MIT */
/*
 * The session file: keys, data centres, the account, and the peers it has met.
 * One SQLite file of mode 0600, locked for this process while it is open.
 *
 * Without a path everything works the same and is gone with the process.
 * Functions work at once and are quick; what waits for the disk is done by
 * client_store_flush(), which callers run on the worker pool.
 */
#ifndef CLIENT_STORE_H
#define CLIENT_STORE_H

#include <tobs/client.h>

#include "base/list.h"
#include "base/map.h"
#include "crypto/kdf.h"

struct sqlite;

/* What is kept of a data centre. */
struct dc_key {
	int dc;
	bool known;      /* there is a key */
	bool authorized; /* the account is logged in under it */
	struct auth_key key;
	uint64_t salt;
	int64_t time_offset; /* µs */
	int64_t made;        /* s since 1970 */
};

/* An address of a data centre. */
struct dc_address {
	int dc;
	bool ipv6, media_only;
	uint16_t port;
	char host[64];
};

/* Somebody the account has met. */
struct peer_record {
	struct tobs_peer peer;
	bool dirty;
	char username[36];
	char phone[20];
	char name[128]; /* cut between characters */
};

struct client_store {
	struct sqlite *db; /* NULL: in memory only */
	int home;          /* DC */
	int64_t self;      /* user id, 0 before login */
	bool is_bot;
	bool head_dirty; /* home, self, keys or addresses wait to be written */
	struct map keys; /* dc → struct dc_key, owned */
	struct dc_address *addresses;
	size_t address_count;
	int64_t addresses_at;          /* s since 1970, when the server told them; 0: built in */
	struct map peers;              /* marked id → struct peer_record, owned */
	struct smap usernames, phones; /* lower case → struct peer_record */
	size_t dirty_peers;
};

int client_store_open(struct client_store *s, const char *path, struct tobs_err *err);

/* Writes what waits and closes; NULL err is fine. */
int client_store_close(struct client_store *s, struct tobs_err *err);

/* Whether something waits to be written. */
bool client_store_is_dirty(const struct client_store *s);

/*
 * Writing in two steps, so that the second can run on a worker thread while the
 * store goes on changing: a copy of what changed, and one transaction with it.
 */
struct store_snapshot {
	struct sqlite *db;
	int home;
	int64_t self, addresses_at;
	bool is_bot, with_head;
	struct dc_key *keys;
	size_t key_count;
	struct dc_address *addresses;
	size_t address_count;
	struct peer_record *peers;
	size_t peer_count;
};

/* TOBS_ENOMEM leaves the store as it was; otherwise nothing is dirty any more. */
int client_store_snapshot(struct client_store *s, struct store_snapshot *ret);
/* It could not be written: what it holds is dirty again. */
void client_store_soil(struct client_store *s, const struct store_snapshot *snap);
int store_snapshot_write(const struct store_snapshot *snap, struct tobs_err *err);
void store_snapshot_deinit(struct store_snapshot *snap);

/* The record of a DC's key, made when there is none; NULL without memory. */
struct dc_key *client_store_key(struct client_store *s, int dc);

/* Forgets all keys and the account: after logging out. */
void client_store_forget(struct client_store *s);

/* Takes over a list of addresses, replacing the old. TOBS_ENOMEM. */
int client_store_set_addresses(
	struct client_store *s, const struct dc_address *list, size_t n, int64_t now_s);

/* Finds; NULL when not known. */
const struct peer_record *client_store_peer(struct client_store *s, int64_t marked);
const struct peer_record *client_store_username(struct client_store *s, struct tobs_view name);
const struct peer_record *client_store_phone(struct client_store *s, struct tobs_view digits);

/*
 * Remembers users and chats of an answer. Peers whose access hash counts for one
 * context only (`min`) update names, never the hash. Without memory they are
 * simply not remembered.
 */
void client_store_meet_user(struct client_store *s, const struct tl_user *user);
void client_store_meet_chat(struct client_store *s, const union tl_Chat *chat);

#endif
