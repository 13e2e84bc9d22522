/* SPDX-License-Identifier: MIT */
/*
 * People and chats, and what they were called when.
 *
 * A name holds for messages from `since` on: 0 for the first one we saw, and for
 * a later one the second after the newest message that was in the archive when
 * it was first seen. So what was written before keeps the name of its time, and
 * everything that came with the new name has it.
 */
#include "archive/impl.h"
#include "base/map.h"

static const char *const kind_names[] = {
	[ARCHIVE_USER] = "user",
	[ARCHIVE_BOT] = "bot",
	[ARCHIVE_GROUP] = "group",
	[ARCHIVE_SUPERGROUP] = "supergroup",
	[ARCHIVE_FORUM] = "forum",
	[ARCHIVE_CHANNEL] = "channel",
};

struct tobs_view peer_kind_name(enum archive_peer_kind kind)
{
	return tobs_str(kind_names[kind]);
}

enum archive_peer_kind peer_kind_of(struct tobs_view name)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++)
		if (tobs_view_is(name, kind_names[i]))
			return (enum archive_peer_kind)i;
	return ARCHIVE_USER;
}

/* ---- writing ---- */

static uint64_t content_hash(const struct archive_peer *p)
{
	const struct tobs_view parts[] = { p->name, p->first, p->last, p->username };
	uint64_t h = hash_u64((uint64_t)p->kind << 32 | p->flags);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		h = hash_u64(h ^ hash_bytes(parts[i].ptr, parts[i].len));
	return h;
}

/* Stands on the peer's row, if there is one; the caller resets. */
static int find(struct archive *a, int64_t id, struct sqlite_stmt **ret, bool *ret_row,
	struct tobs_err *err)
{
	int r = sqlite_cached(a->db,
		"SELECT kind, flags, name, first, last, username FROM peers WHERE id = ?1", ret,
		err);

	if (r)
		return r;
	sqlite_bind_i64(*ret, 1, id);
	return sqlite_step(*ret, ret_row, err);
}

static int write_name(
	struct archive *a, const struct archive_peer *p, int64_t since, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(
		a->db, "INSERT OR REPLACE INTO names VALUES(?1, ?2, ?3, ?4)", &s, err);

	if (r)
		return r;
	names_forget(a, p->id);
	sqlite_bind_i64(s, 1, p->id);
	sqlite_bind_i64(s, 2, since);
	sqlite_bind_text(s, 3, p->name);
	sqlite_bind_text_or_null(s, 4, p->username);
	return sqlite_run(s, err);
}

/* A chat that is exported bears its name in its files. */
static int chat_renamed(struct archive *a, int64_t peer, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"UPDATE chats SET stale = 0, version = version + 1 WHERE peer = ?1", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, peer);
	return sqlite_run(s, err);
}

static int write_row(struct archive *a, const struct archive_peer *p, bool exists, bool renamed,
	int64_t seen, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	int r = sqlite_cached(a->db,
		"INSERT OR REPLACE INTO peers VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, p->id);
	sqlite_bind_text(s, 2, peer_kind_name(p->kind));
	sqlite_bind_i64(s, 3, p->flags);
	sqlite_bind_text(s, 4, p->name);
	sqlite_bind_text_or_null(s, 5, p->first);
	sqlite_bind_text_or_null(s, 6, p->last);
	sqlite_bind_text_or_null(s, 7, p->username);
	sqlite_bind_i64(s, 8, seen);
	r = sqlite_run(s, err);
	if (!r && renamed)
		r = write_name(a, p, exists ? a->newest + 1 : 0, err);
	if (!r && renamed && exists)
		r = chat_renamed(a, p->id, err);
	return r;
}

static int put_if_changed(
	struct archive *a, const struct archive_peer *p, int64_t seen, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	bool row, renamed = true, same = false;
	int r = find(a, p->id, &s, &row, err);

	if (r)
		return r;
	if (row) {
		renamed = !tobs_view_eq(sqlite_col_text(s, 2), p->name) ||
			!tobs_view_eq(sqlite_col_text(s, 5), p->username);
		same = !renamed && tobs_view_eq(sqlite_col_text(s, 0), peer_kind_name(p->kind)) &&
			sqlite_col_i64(s, 1) == p->flags &&
			tobs_view_eq(sqlite_col_text(s, 3), p->first) &&
			tobs_view_eq(sqlite_col_text(s, 4), p->last);
		if (p->flags & ARCHIVE_PEER_MIN && !(sqlite_col_i64(s, 1) & ARCHIVE_PEER_MIN))
			same = true;
	}
	sqlite_reset(s);
	return same ? TOBS_OK : write_row(a, p, row, renamed, seen, err);
}

int peer_put(struct archive *a, const struct archive_peer *p, int64_t seen, struct tobs_err *err)
{
	uint64_t key = hash_u64((uint64_t)p->id), content = content_hash(p);
	int r;

	if (seen_has(&a->peers, key, content))
		return TOBS_OK;
	r = put_if_changed(a, p, seen, err);
	if (!r)
		seen_put(&a->peers, key, content);
	return r;
}

int peer_retitle(struct archive *a, int64_t id, enum archive_peer_kind kind, struct tobs_view title,
	struct tobs_view username, struct tobs_err *err)
{
	struct archive_peer p = { .id = id, .kind = kind, .name = title, .username = username };
	bool row, renamed = true;
	struct sqlite_stmt *s;
	int r = find(a, id, &s, &row, err);

	if (r)
		return r;
	if (row) {
		renamed = !tobs_view_eq(sqlite_col_text(s, 2), title) ||
			!tobs_view_eq(sqlite_col_text(s, 5), username);
		p.flags = (uint32_t)sqlite_col_i64(s, 1);
		p.first = sqlite_col_text(s, 3);
		p.last = sqlite_col_text(s, 4);
	}
	if (!row || renamed || !tobs_view_eq(sqlite_col_text(s, 0), peer_kind_name(kind))) {
		r = write_row(a, &p, row, renamed, archive_now(), err);
		/* Whatever was known to be there is not any more. */
		seen_put(&a->peers, hash_u64((uint64_t)id), 0);
	}
	sqlite_reset(s);
	return r;
}

/* ---- names at a date ---- */

static void slot_clear(struct name_slot *slot)
{
	mem_free(slot->text);
	*slot = (struct name_slot){ 0 };
}

static struct name_slot *slot_of(struct archive *a, int64_t peer)
{
	return &a->names[hash_u64((uint64_t)peer) % NAME_SLOTS];
}

void names_forget(struct archive *a, int64_t peer)
{
	if (!a->names)
		return;
	if (peer && slot_of(a, peer)->peer == peer)
		slot_clear(slot_of(a, peer));
	for (size_t i = 0; !peer && i < NAME_SLOTS; i++)
		slot_clear(&a->names[i]);
}

int names_check(struct archive *a, struct tobs_err *err)
{
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db, "PRAGMA data_version", &s, err);

	if (!r)
		r = sqlite_step(s, &row, err);
	if (r)
		return r;
	if (sqlite_col_i64(s, 0) != a->names_version)
		names_forget(a, 0);
	a->names_version = sqlite_col_i64(s, 0);
	sqlite_reset(s);
	return TOBS_OK;
}

static int slot_fill(struct name_slot *slot, struct tobs_view name, struct tobs_view username)
{
	slot->text = mem_alloc(name.len + username.len + 1);
	if (!slot->text)
		return TOBS_ENOMEM;
	if (name.len)
		memcpy(slot->text, name.ptr, name.len);
	if (username.len)
		memcpy(slot->text + name.len, username.ptr, username.len);
	slot->name_len = name.len;
	slot->username_len = username.len;
	return TOBS_OK;
}

/*
 * Walks the peer's names, of which there are few: the last one whose time has
 * come, or the first. What comes after it ends its validity.
 */
static int look_up(
	struct archive *a, int64_t peer, int64_t date, struct name_slot *slot, struct tobs_err *err)
{
	struct name_slot found = { .peer = peer, .from = INT64_MIN, .until = INT64_MAX };
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db,
		"SELECT n.since, n.name, n.username, p.kind FROM names n JOIN peers p ON p.id = n.peer"
		" WHERE n.peer = ?1 ORDER BY n.since",
		&s, err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, peer);
	while (!(r = sqlite_step(s, &row, err)) && row) {
		int64_t since = sqlite_col_i64(s, 0);

		if (found.known && since > date) {
			found.until = since;
			break;
		}
		if (found.known)
			found.from = since;
		mem_free(found.text);
		found.text = NULL;
		found.known = true;
		found.kind = peer_kind_of(sqlite_col_text(s, 3));
		r = slot_fill(&found, sqlite_col_text(s, 1), sqlite_col_text(s, 2));
		if (r) {
			archive_no_memory(a, err);
			break;
		}
	}
	sqlite_reset(s);
	if (r) {
		mem_free(found.text);
		return r;
	}
	slot_clear(slot);
	*slot = found;
	return TOBS_OK;
}

int archive_name(struct archive *a, int64_t peer, int64_t date, struct archive_name *ret,
	struct tobs_err *err)
{
	struct name_slot *slot;
	int r;

	if (!a->names)
		a->names = mem_zalloc(NAME_SLOTS * sizeof *a->names);
	if (!a->names)
		return archive_no_memory(a, err);
	slot = slot_of(a, peer);
	if (slot->peer != peer || date < slot->from || date >= slot->until) {
		r = look_up(a, peer, date, slot, err);
		if (r)
			return r;
	}
	if (!slot->known)
		return tobs_fail(
			err, TOBS_ENOTFOUND, "%lld is nobody the archive knows", (long long)peer);
	*ret = (struct archive_name){ tobs_view(slot->text, slot->name_len),
		tobs_view(slot->text + slot->name_len, slot->username_len), slot->kind };
	return TOBS_OK;
}
