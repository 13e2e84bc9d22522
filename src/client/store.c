/* SPDX-License-Identifier: MIT */
#include "client/store.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/utf.h"
#include "base/wipe.h"
#include "store/sqlite.h"

enum {
	APPLICATION_ID = 0x746f6273, /* "tobs" */
	SCHEMA_VERSION = 1,
	PEERS_MAX = 200000, /* in memory; beyond, strangers are no longer remembered */
	BUSY_MS = 0,
};

static const char schema[] =
	"CREATE TABLE account (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL,"
	"  home INTEGER NOT NULL, self INTEGER NOT NULL, bot INTEGER NOT NULL,"
	"  addresses_at INTEGER NOT NULL);"
	"CREATE TABLE keys (dc INTEGER PRIMARY KEY, key BLOB NOT NULL, authorized INTEGER NOT NULL,"
	"  salt INTEGER NOT NULL, time_offset INTEGER NOT NULL, made INTEGER NOT NULL);"
	"CREATE TABLE addresses (n INTEGER PRIMARY KEY, dc INTEGER NOT NULL, host TEXT NOT NULL,"
	"  port INTEGER NOT NULL, flags INTEGER NOT NULL);"
	"CREATE TABLE peers (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, username TEXT, phone TEXT,"
	"  name TEXT);";

enum address_flags { ADDRESS_IPV6 = 1, ADDRESS_MEDIA_ONLY = 2 };

static int add_peer(struct client_store *s, const struct peer_record *r, struct peer_record **ret);

static int read_account(struct client_store *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	bool row = false;
	int r = sqlite_cached(
		s->db, "SELECT version, home, self, bot, addresses_at FROM account", &st, err);

	if (!r)
		r = sqlite_step(st, &row, err);
	if (r || !row)
		return r;
	if (sqlite_col_i64(st, 0) > SCHEMA_VERSION) {
		sqlite_reset(st);
		return tobs_fail(err, TOBS_EUNSUPPORTED, "the session was made by a newer tobs");
	}
	s->home = (int)sqlite_col_i64(st, 1);
	s->self = sqlite_col_i64(st, 2);
	s->is_bot = sqlite_col_i64(st, 3) != 0;
	s->addresses_at = sqlite_col_i64(st, 4);
	sqlite_reset(st);
	return TOBS_OK;
}

static int read_keys(struct client_store *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	bool row = false;
	int r = sqlite_cached(
		s->db, "SELECT dc, key, authorized, salt, time_offset, made FROM keys", &st, err);

	while (!r && !(r = sqlite_step(st, &row, err)) && row) {
		struct tobs_view key = sqlite_col_blob(st, 1);
		struct dc_key *k = client_store_key(s, (int)sqlite_col_i64(st, 0));

		if (!k)
			r = tobs_fail(err, TOBS_ENOMEM, "no memory for the session");
		else if (key.len != AUTH_KEY_BYTES)
			r = tobs_fail(err, TOBS_EDB,
				"the session file is damaged: a key has %zu bytes", key.len);
		if (r)
			break;
		auth_key_set(&k->key, key.ptr);
		k->known = true;
		k->authorized = sqlite_col_i64(st, 2) != 0;
		k->salt = (uint64_t)sqlite_col_i64(st, 3);
		k->time_offset = sqlite_col_i64(st, 4);
		k->made = sqlite_col_i64(st, 5);
	}
	if (!r || r == TOBS_EDB || r == TOBS_ENOMEM)
		sqlite_reset(st);
	return r;
}

static int read_addresses(struct client_store *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	struct dc_address list[64];
	size_t n = 0;
	bool row = false;
	int r = sqlite_cached(
		s->db, "SELECT dc, host, port, flags FROM addresses ORDER BY n", &st, err);

	while (!r && !(r = sqlite_step(st, &row, err)) && row && n < ARRAY_LEN(list)) {
		int64_t flags = sqlite_col_i64(st, 3);
		struct dc_address *a = &list[n++];

		*a = (struct dc_address){ .dc = (int)sqlite_col_i64(st, 0),
			.port = (uint16_t)sqlite_col_i64(st, 2),
			.ipv6 = flags & ADDRESS_IPV6,
			.media_only = flags & ADDRESS_MEDIA_ONLY };
		snprintf(a->host, sizeof a->host, "%.*s", TOBS_VIEW_FMT(sqlite_col_text(st, 1)));
	}
	if (r)
		return r;
	sqlite_reset(st);
	return n ? client_store_set_addresses(s, list, n, s->addresses_at) : TOBS_OK;
}

static void copy_text(char *out, size_t size, struct tobs_view text)
{
	size_t n = MIN(text.len, size - 1);

	/* Not through the middle of a character. */
	while (n > 0 && n < text.len && (text.ptr[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(out, text.ptr, n);
	out[n] = 0;
}

static int read_peers(struct client_store *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	bool row = false;
	int r = sqlite_cached(s->db, "SELECT id, hash, username, phone, name FROM peers", &st, err);

	while (!r && !(r = sqlite_step(st, &row, err)) && row) {
		struct peer_record p = { .peer = tobs_peer_unmark(sqlite_col_i64(st, 0)) };
		struct peer_record *kept;

		p.peer.access_hash = sqlite_col_i64(st, 1);
		copy_text(p.username, sizeof p.username, sqlite_col_text(st, 2));
		copy_text(p.phone, sizeof p.phone, sqlite_col_text(st, 3));
		copy_text(p.name, sizeof p.name, sqlite_col_text(st, 4));
		if (s->peers.count < PEERS_MAX && add_peer(s, &p, &kept))
			r = tobs_fail(err, TOBS_ENOMEM, "no memory for the session's peers");
	}
	if (!r || r == TOBS_ENOMEM)
		sqlite_reset(st);
	return r;
}

static int read_all(struct client_store *s, struct tobs_err *err)
{
	int64_t tables = 0;
	int r = sqlite_get_i64(
		s->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'account'", &tables, err);

	if (!r && tables == 0)
		r = sqlite_exec(s->db, schema, err);
	if (!r)
		r = read_account(s, err);
	if (!r)
		r = read_keys(s, err);
	if (!r)
		r = read_addresses(s, err);
	if (!r)
		r = read_peers(s, err);
	s->head_dirty = false;
	return r;
}

int client_store_open(struct client_store *s, const char *path, struct tobs_err *err)
{
	const struct sqlite_options options = { .what = "session",
		.application_id = APPLICATION_ID,
		.private_file = true,
		.exclusive = true,
		.durable = true,
		.erase = true,
		.busy_ms = BUSY_MS };
	int r;

	*s = (struct client_store){ 0 };
	if (!path)
		return TOBS_OK;
	r = sqlite_open(&s->db, path, &options, err);
	if (!r)
		r = read_all(s, err);
	if (r) {
		s->head_dirty = false;
		s->dirty_peers = 0;
		(void)client_store_close(s, NULL);
	}
	return r;
}

int client_store_close(struct client_store *s, struct tobs_err *err)
{
	struct store_snapshot snap = { 0 };
	int r = TOBS_OK;

	if (client_store_is_dirty(s)) {
		r = client_store_snapshot(s, &snap);
		if (r)
			tobs_fail(err, r, "no memory to write the session");
		else
			r = store_snapshot_write(&snap, err);
		store_snapshot_deinit(&snap);
	}
	sqlite_close(s->db);
	MAP_EACH (slot, &s->keys) {
		mem_wipe(slot->value, sizeof(struct dc_key));
		mem_free(slot->value);
	}
	MAP_EACH (slot, &s->peers)
		mem_free(slot->value);
	map_deinit(&s->keys);
	map_deinit(&s->peers);
	smap_deinit(&s->usernames);
	smap_deinit(&s->phones);
	mem_free(s->addresses);
	*s = (struct client_store){ 0 };
	return r;
}

bool client_store_is_dirty(const struct client_store *s)
{
	return s->db && (s->head_dirty || s->dirty_peers);
}

int client_store_snapshot(struct client_store *s, struct store_snapshot *ret)
{
	struct store_snapshot snap = { .db = s->db,
		.home = s->home,
		.self = s->self,
		.addresses_at = s->addresses_at,
		.is_bot = s->is_bot,
		.with_head = s->head_dirty };

	snap.keys = MEM_ARRAY(s->keys.count, struct dc_key);
	snap.addresses = MEM_ARRAY(s->address_count, struct dc_address);
	snap.peers = MEM_ARRAY(s->dirty_peers, struct peer_record);
	if (!snap.keys || !snap.addresses || !snap.peers) {
		store_snapshot_deinit(&snap);
		return TOBS_ENOMEM;
	}
	MAP_EACH (slot, &s->keys)
		snap.keys[snap.key_count++] = *(struct dc_key *)slot->value;
	for (; snap.address_count < s->address_count; snap.address_count++)
		snap.addresses[snap.address_count] = s->addresses[snap.address_count];
	MAP_EACH (slot, &s->peers) {
		struct peer_record *p = slot->value;

		if (p->dirty)
			snap.peers[snap.peer_count++] = *p;
		p->dirty = false;
	}
	s->head_dirty = false;
	s->dirty_peers = 0;
	*ret = snap;
	return TOBS_OK;
}

void client_store_soil(struct client_store *s, const struct store_snapshot *snap)
{
	s->head_dirty |= snap->with_head;
	for (size_t i = 0; i < snap->peer_count; i++) {
		struct peer_record *p = map_get(
			&s->peers, (uint64_t)tobs_peer_mark(&snap->peers[i].peer));

		if (p && !p->dirty) {
			p->dirty = true;
			s->dirty_peers++;
		}
	}
}

void store_snapshot_deinit(struct store_snapshot *snap)
{
	if (snap->keys)
		mem_wipe(snap->keys, snap->key_count * sizeof *snap->keys);
	mem_free(snap->keys);
	mem_free(snap->addresses);
	mem_free(snap->peers);
}

static int write_head(const struct store_snapshot *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	int r = sqlite_cached(
		s->db, "INSERT OR REPLACE INTO account VALUES (1, ?1, ?2, ?3, ?4, ?5)", &st, err);

	if (r)
		return r;
	sqlite_bind_i64(st, 1, SCHEMA_VERSION);
	sqlite_bind_i64(st, 2, s->home);
	sqlite_bind_i64(st, 3, s->self);
	sqlite_bind_i64(st, 4, s->is_bot);
	sqlite_bind_i64(st, 5, s->addresses_at);
	return sqlite_run(st, err);
}

static int write_keys(const struct store_snapshot *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	int r = sqlite_exec(s->db, "DELETE FROM keys", err);

	if (!r)
		r = sqlite_cached(
			s->db, "INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6)", &st, err);
	for (size_t i = 0; !r && i < s->key_count; i++) {
		const struct dc_key *k = &s->keys[i];

		if (!k->known)
			continue;
		sqlite_bind_i64(st, 1, k->dc);
		sqlite_bind_blob(st, 2, tobs_view(k->key.bytes, AUTH_KEY_BYTES));
		sqlite_bind_i64(st, 3, k->authorized);
		sqlite_bind_i64(st, 4, (int64_t)k->salt);
		sqlite_bind_i64(st, 5, k->time_offset);
		sqlite_bind_i64(st, 6, k->made);
		r = sqlite_run(st, err);
	}
	return r;
}

static int write_addresses(const struct store_snapshot *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	int r = sqlite_exec(s->db, "DELETE FROM addresses", err);

	if (!r)
		r = sqlite_cached(
			s->db, "INSERT INTO addresses VALUES (?1, ?2, ?3, ?4, ?5)", &st, err);
	for (size_t i = 0; !r && i < s->address_count; i++) {
		const struct dc_address *a = &s->addresses[i];

		sqlite_bind_i64(st, 1, (int64_t)i);
		sqlite_bind_i64(st, 2, a->dc);
		sqlite_bind_text(st, 3, tobs_str(a->host));
		sqlite_bind_i64(st, 4, a->port);
		sqlite_bind_i64(st, 5,
			(a->ipv6 ? ADDRESS_IPV6 : 0) | (a->media_only ? ADDRESS_MEDIA_ONLY : 0));
		r = sqlite_run(st, err);
	}
	return r;
}

static int write_peers(const struct store_snapshot *s, struct tobs_err *err)
{
	struct sqlite_stmt *st;
	int r = sqlite_cached(
		s->db, "INSERT OR REPLACE INTO peers VALUES (?1, ?2, ?3, ?4, ?5)", &st, err);

	for (size_t i = 0; !r && i < s->peer_count; i++) {
		const struct peer_record *p = &s->peers[i];

		sqlite_bind_i64(st, 1, tobs_peer_mark(&p->peer));
		sqlite_bind_i64(st, 2, p->peer.access_hash);
		sqlite_bind_text_or_null(st, 3, tobs_str(p->username));
		sqlite_bind_text_or_null(st, 4, tobs_str(p->phone));
		sqlite_bind_text_or_null(st, 5, tobs_str(p->name));
		r = sqlite_run(st, err);
	}
	return r;
}

int store_snapshot_write(const struct store_snapshot *s, struct tobs_err *err)
{
	int r = sqlite_begin(s->db, err);

	if (r)
		return r;
	if (s->with_head)
		r = write_head(s, err);
	if (!r && s->with_head)
		r = write_keys(s, err);
	if (!r && s->with_head)
		r = write_addresses(s, err);
	if (!r)
		r = write_peers(s, err);
	if (r)
		sqlite_rollback(s->db);
	else
		r = sqlite_commit(s->db, err);
	return r;
}

/* DC 0 does not exist, and map keys may be anything: negative numbers do not occur. */
struct dc_key *client_store_key(struct client_store *s, int dc)
{
	struct dc_key *k = map_get(&s->keys, (uint64_t)dc);

	if (k)
		return k;
	k = MEM_NEW(struct dc_key);
	if (!k)
		return NULL;
	k->dc = dc;
	if (map_put(&s->keys, (uint64_t)dc, k)) {
		mem_free(k);
		return NULL;
	}
	return k;
}

void client_store_forget(struct client_store *s)
{
	MAP_EACH (slot, &s->keys) {
		struct dc_key *k = slot->value;
		int dc = k->dc;

		mem_wipe(k, sizeof *k);
		k->dc = dc;
	}
	s->self = 0;
	s->is_bot = false;
	s->head_dirty = true;
}

int client_store_set_addresses(
	struct client_store *s, const struct dc_address *list, size_t n, int64_t now_s)
{
	struct dc_address *copy = MEM_ARRAY(n, struct dc_address);

	if (!copy)
		return TOBS_ENOMEM;
	memcpy(copy, list, n * sizeof *list);
	mem_free(s->addresses);
	s->addresses = copy;
	s->address_count = n;
	s->addresses_at = now_s;
	s->head_dirty = true;
	return TOBS_OK;
}

const struct peer_record *client_store_peer(struct client_store *s, int64_t marked)
{
	return map_get(&s->peers, (uint64_t)marked);
}

static size_t lower(char *out, size_t size, struct tobs_view text)
{
	size_t n = MIN(text.len, size);

	for (size_t i = 0; i < n; i++) {
		uint8_t c = text.ptr[i];

		out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return n;
}

const struct peer_record *client_store_username(struct client_store *s, struct tobs_view name)
{
	char key[64];

	return smap_get(&s->usernames, tobs_view(key, lower(key, sizeof key, name)));
}

const struct peer_record *client_store_phone(struct client_store *s, struct tobs_view digits)
{
	return smap_get(&s->phones, digits);
}

/* Points the name at the record, and away from whoever had it before. */
static void index_name(
	struct smap *index, const char *before, const char *now, struct peer_record *p)
{
	char key[64];
	size_t n;

	if (strcmp(before, now) != 0 && before[0]) {
		n = lower(key, sizeof key, tobs_str(before));
		if (smap_get(index, tobs_view(key, n)) == p)
			smap_remove(index, tobs_view(key, n));
	}
	if (now[0]) {
		n = lower(key, sizeof key, tobs_str(now));
		(void)!smap_put(index, tobs_view(key, n), p);
	}
}

static int add_peer(struct client_store *s, const struct peer_record *r, struct peer_record **ret)
{
	struct peer_record *p = MEM_NEW(struct peer_record);

	if (!p)
		return TOBS_ENOMEM;
	*p = *r;
	if (map_put(&s->peers, (uint64_t)tobs_peer_mark(&r->peer), p)) {
		mem_free(p);
		return TOBS_ENOMEM;
	}
	index_name(&s->usernames, "", p->username, p);
	index_name(&s->phones, "", p->phone, p);
	*ret = p;
	return TOBS_OK;
}

static void meet(struct client_store *s, struct peer_record *fresh, bool has_hash)
{
	struct peer_record *p = map_get(&s->peers, (uint64_t)tobs_peer_mark(&fresh->peer));

	if (!p) {
		if (!has_hash || s->peers.count >= PEERS_MAX || add_peer(s, fresh, &p))
			return;
	} else {
		if (!has_hash)
			fresh->peer.access_hash = p->peer.access_hash;
		if (p->peer.access_hash == fresh->peer.access_hash &&
			strcmp(p->username, fresh->username) == 0 &&
			strcmp(p->name, fresh->name) == 0 && strcmp(p->phone, fresh->phone) == 0)
			return;
		index_name(&s->usernames, p->username, fresh->username, p);
		index_name(&s->phones, p->phone, fresh->phone, p);
		fresh->dirty = p->dirty;
		*p = *fresh;
	}
	s->dirty_peers += !p->dirty;
	p->dirty = true;
}

static void first_active_username(
	char *out, size_t size, struct tobs_view plain, const struct tl_vec_Username *all)
{
	if (plain.len) {
		copy_text(out, size, plain);
		return;
	}
	for (uint32_t i = 0; i < all->count; i++) {
		if (all->items[i]->active) {
			copy_text(out, size, all->items[i]->username);
			return;
		}
	}
}

/* Takes `text` off the front of what is left of a stored string. */
static bool take_text(const char **left, struct tobs_view text)
{
	if (strlen(*left) < text.len || memcmp(*left, text.ptr, text.len) != 0)
		return false;
	*left += text.len;
	return true;
}

static bool is_text(const char *have, struct tobs_view text)
{
	return text.len == 0 ? !have[0] : take_text(&have, text) && !have[0];
}

/* Most users of an answer are known, and as they were: that is found out without making a record. */
static bool knows_user(struct client_store *s, const struct tl_user *u)
{
	const struct peer_record *p = map_get(&s->peers, (uint64_t)u->id);
	const char *name;

	if (!p || u->min || u->usernames.count || p->peer.access_hash != u->access_hash ||
		!is_text(p->username, u->username) || !is_text(p->phone, u->phone))
		return false;
	name = p->name;
	if (u->first_name.len && !take_text(&name, u->first_name))
		return false;
	if (u->first_name.len && u->last_name.len && *name++ != ' ')
		return false;
	return is_text(name, u->last_name);
}

void client_store_meet_user(struct client_store *s, const struct tl_user *u)
{
	struct peer_record p = { .peer = { TOBS_PEER_USER, u->id, u->access_hash } };
	char name[2 * sizeof p.name];

	if (knows_user(s, u))
		return;
	first_active_username(p.username, sizeof p.username, u->username, &u->usernames);
	copy_text(p.phone, sizeof p.phone, u->phone);
	snprintf(name, sizeof name, "%.*s%s%.*s", TOBS_VIEW_FMT(u->first_name),
		u->first_name.len && u->last_name.len ? " " : "", TOBS_VIEW_FMT(u->last_name));
	copy_text(p.name, sizeof p.name, tobs_str(name));
	meet(s, &p, u->has_access_hash && !u->min);
}

void client_store_meet_chat(struct client_store *s, const union tl_Chat *chat)
{
	struct peer_record p = { 0 };
	bool has_hash = true;

	switch (chat->ctor) {
	case TL_chat:
		p.peer = (struct tobs_peer){ TOBS_PEER_CHAT, chat->chat.id, 0 };
		copy_text(p.name, sizeof p.name, chat->chat.title);
		break;
	case TL_chatForbidden:
		p.peer = (struct tobs_peer){ TOBS_PEER_CHAT, chat->chatForbidden.id, 0 };
		copy_text(p.name, sizeof p.name, chat->chatForbidden.title);
		break;
	case TL_channel: {
		const struct tl_channel *c = &chat->channel;

		p.peer = (struct tobs_peer){ TOBS_PEER_CHANNEL, c->id, c->access_hash };
		first_active_username(p.username, sizeof p.username, c->username, &c->usernames);
		copy_text(p.name, sizeof p.name, c->title);
		has_hash = c->has_access_hash && !c->min;
		break;
	}
	case TL_channelForbidden:
		p.peer = (struct tobs_peer){ TOBS_PEER_CHANNEL, chat->channelForbidden.id,
			chat->channelForbidden.access_hash };
		copy_text(p.name, sizeof p.name, chat->channelForbidden.title);
		break;
	default: return;
	}
	meet(s, &p, has_hash);
}
