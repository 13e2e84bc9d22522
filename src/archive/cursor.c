/* SPDX-License-Identifier: MIT */
/*
 * Messages in order, with what other tables hold of them. All of these are
 * sorted by the message's key, so they are walked side by side:
 *
 *     messages    101  102  103  104  105 …
 *     reactions        102  102       105 …   stands on the next row not yet used
 *     polls                           120
 *     actions     (end)
 */
#include "archive/impl.h"

enum {
	REACTIONS_MAX_BYTES = 1 << 20, /* of one message; Telegram allows some dozen kinds */
	STEPS_MAX = 24,                /* rows passed over one by one before looking the place up */
	/*
	 * Ids follow dates but for messages that were imported or scheduled: so many
	 * older ones in a row, seen from the end, and there is nothing newer below.
	 */
	OLDER_MAX = 1000,
	TEXT_COLUMN = 7, /* of MESSAGE_COLUMNS */
};

#define MESSAGE_COLUMNS "key, date, edited, sender, topic, album, flags, text, entities, data"

static const char select_all[] = "SELECT " MESSAGE_COLUMNS
				 " FROM messages WHERE key BETWEEN ?1 AND ?2 ORDER BY key";
static const char select_topic[] = "SELECT " MESSAGE_COLUMNS " FROM messages INDEXED BY"
				   " messages_topic WHERE topic = ?3 AND key BETWEEN ?1 AND ?2"
				   " ORDER BY key";
static const char select_reactions[] = "SELECT key, reaction, count, chosen FROM reactions"
				       " WHERE key BETWEEN ?1 AND ?2 ORDER BY key, position";
static const char select_polls[] = "SELECT key, closed, voters, answers FROM polls"
				   " WHERE key BETWEEN ?1 AND ?2 ORDER BY key";
static const char select_actions[] = "SELECT key, name, data FROM actions"
				     " WHERE key BETWEEN ?1 AND ?2 ORDER BY key";

static void read_message(struct sqlite_stmt *s, struct archive_message *ret)
{
	*ret = (struct archive_message){
		.id = key_id(sqlite_col_i64(s, 0)),
		.date = sqlite_col_i64(s, 1),
		.edited = sqlite_col_i64(s, 2),
		.sender = sqlite_col_i64(s, 3),
		.topic = (int32_t)sqlite_col_i64(s, 4),
		.album = sqlite_col_i64(s, 5),
		.flags = (uint32_t)sqlite_col_i64(s, 6),
		.text = sqlite_col_text(s, TEXT_COLUMN),
		.entities = sqlite_col_text(s, 8),
		.data = sqlite_col_text(s, 9),
	};
}

/* ---- walking ---- */

static int step(struct sqlite_stmt *s, int64_t *ret_key, struct tobs_err *err)
{
	bool row;
	int r = sqlite_step(s, &row, err);

	if (!r)
		*ret_key = row ? sqlite_col_i64(s, 0) : INT64_MAX;
	return r;
}

/* Makes `s` stand on its first row from `from` on. */
static int seek(struct archive_cursor *c, struct sqlite_stmt *s, int64_t from, int64_t *ret_key,
	struct tobs_err *err)
{
	sqlite_reset(s);
	sqlite_bind_i64(s, 1, from);
	sqlite_bind_i64(s, 2, c->end);
	return step(s, ret_key, err);
}

/* Makes `s`, which stands on *next, stand on the first row from `key` on. */
static int advance(struct archive_cursor *c, struct sqlite_stmt *s, int64_t key, int64_t *next,
	struct tobs_err *err)
{
	int r = TOBS_OK;

	for (int i = 0; !r && *next < key; i++)
		r = i < STEPS_MAX ? step(s, next, err) : seek(c, s, key, next, err);
	return r;
}

static int take_reactions(
	struct archive_cursor *c, int64_t key, struct archive_message *m, struct tobs_err *err)
{
	tobs_arena_reset(&c->arena);
	c->list.count = 0;
	while (c->next_reaction == key) {
		struct archive_reaction it = {
			.count = (int32_t)sqlite_col_i64(c->reactions, 2),
			.chosen = sqlite_col_i64(c->reactions, 3) != 0,
		};
		int r;

		if (archive_keep(&c->arena, sqlite_col_text(c->reactions, 1), &it.reaction) ||
			ARRAY_PUSH(&c->list, it))
			return archive_no_memory(c->archive, err);
		r = step(c->reactions, &c->next_reaction, err);
		if (r)
			return r;
	}
	m->reactions = c->list.items;
	m->reaction_count = (uint32_t)c->list.count;
	return TOBS_OK;
}

static int take_satellites(
	struct archive_cursor *c, int64_t key, struct archive_message *m, struct tobs_err *err)
{
	int r = advance(c, c->reactions, key, &c->next_reaction, err);

	if (!r && c->next_reaction == key)
		r = take_reactions(c, key, m, err);
	if (!r)
		r = advance(c, c->polls, key, &c->next_poll, err);
	if (!r)
		r = advance(c, c->actions, key, &c->next_action, err);
	if (r)
		return r;
	if (c->next_poll == key) {
		m->has_poll = true;
		m->poll_closed = sqlite_col_i64(c->polls, 1) != 0;
		m->poll_voters = (int32_t)sqlite_col_i64(c->polls, 2);
		m->poll_answers = sqlite_col_text(c->polls, 3);
	}
	if (c->next_action == key) {
		m->action = sqlite_col_text(c->actions, 1);
		m->action_data = sqlite_col_text(c->actions, 2);
	}
	return TOBS_OK;
}

/* ---- the cursor ---- */

static int prepare(struct archive_cursor *c, bool topic, struct tobs_err *err)
{
	struct sqlite *db = c->archive->db;
	int r = sqlite_prepare(db, topic ? select_topic : select_all, &c->messages, err);

	if (!r)
		r = sqlite_prepare(db, select_reactions, &c->reactions, err);
	if (!r)
		r = sqlite_prepare(db, select_polls, &c->polls, err);
	if (!r)
		r = sqlite_prepare(db, select_actions, &c->actions, err);
	return r;
}

/* Stands on the first message from key `from` on; the last one wanted is c->end. */
static int start_messages(
	struct archive_cursor *c, int64_t from, int32_t topic, struct tobs_err *err)
{
	int r;

	sqlite_bind_i64(c->messages, 1, from);
	sqlite_bind_i64(c->messages, 2, c->end);
	if (topic)
		sqlite_bind_i64(c->messages, 3, topic);
	/*
	 * As long as this one stands on a row, all four see one state of the file,
	 * whatever a writer beside us does; so it goes first.
	 */
	r = sqlite_step(c->messages, &c->ahead, err);
	c->ended = !r && !c->ahead;
	c->next_reaction = c->next_poll = c->next_action = INT64_MAX;
	return r;
}

/* Poll and action, for who has no text to be known by. */
static int start_content(struct archive_cursor *c, int64_t from, struct tobs_err *err)
{
	int r = seek(c, c->polls, from, &c->next_poll, err);

	return r ? r : seek(c, c->actions, from, &c->next_action, err);
}

static int start(struct archive_cursor *c, int64_t from, int32_t topic, struct tobs_err *err)
{
	int r = start_messages(c, from, topic, err);

	if (r || c->ended)
		return r;
	r = seek(c, c->reactions, from, &c->next_reaction, err);
	return r ? r : start_content(c, from, err);
}

int archive_cursor_open(struct archive *a, struct archive_cursor *c, int32_t chat, int32_t first,
	int32_t last, int32_t topic, struct tobs_err *err)
{
	int r;

	*c = (struct archive_cursor){ .archive = a, .end = message_key(chat, last) };
	tobs_arena_init(&c->arena, REACTIONS_MAX_BYTES);
	r = names_check(a, err);
	if (!r)
		r = prepare(c, topic != 0, err);
	if (!r)
		r = start(c, message_key(chat, first), topic, err);
	if (r)
		archive_cursor_close(c);
	return r;
}

int archive_cursor_next(struct archive_cursor *c, struct archive_message *ret, struct tobs_err *err)
{
	struct archive_message m;
	int64_t key;
	bool row = true;
	int r = TOBS_OK;

	if (c->ended)
		return TOBS_ENOTFOUND;
	if (!c->ahead)
		r = sqlite_step(c->messages, &row, err);
	if (r)
		return r;
	if (!row) {
		c->ended = true;
		return TOBS_ENOTFOUND;
	}
	c->ahead = false;
	key = sqlite_col_i64(c->messages, 0);
	read_message(c->messages, &m);
	if (c->next_reaction <= key || c->next_poll <= key || c->next_action <= key)
		r = take_satellites(c, key, &m, err);
	if (!r)
		*ret = m;
	return r;
}

/* Lets go of the rows it stands on. */
static void rest(struct archive_cursor *c)
{
	sqlite_reset(c->messages);
	sqlite_reset(c->reactions);
	sqlite_reset(c->polls);
	sqlite_reset(c->actions);
}

void archive_cursor_close(struct archive_cursor *c)
{
	if (!c)
		return;
	sqlite_finalize(c->messages);
	sqlite_finalize(c->reactions);
	sqlite_finalize(c->polls);
	sqlite_finalize(c->actions);
	ARRAY_DEINIT(&c->list);
	tobs_arena_deinit(&c->arena);
	*c = (struct archive_cursor){ 0 };
}

/* ---- one message ---- */

static int keep_message(struct archive *a, struct tobs_arena *arena, struct archive_message *m,
	struct tobs_err *err)
{
	struct tobs_view *const parts[] = { &m->text, &m->entities, &m->data, &m->poll_answers,
		&m->action, &m->action_data };
	struct archive_reaction *reactions = NULL;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (archive_keep(arena, *parts[i], parts[i]))
			return archive_no_memory(a, err);
	if (!m->reaction_count)
		return TOBS_OK;
	reactions = tobs_arena_dup(arena, m->reactions, m->reaction_count * sizeof *m->reactions);
	if (!reactions)
		return archive_no_memory(a, err);
	for (uint32_t i = 0; i < m->reaction_count; i++)
		if (archive_keep(arena, reactions[i].reaction, &reactions[i].reaction))
			return archive_no_memory(a, err);
	m->reactions = reactions;
	return TOBS_OK;
}

/* Replies quote what they answer, so this is asked often: the statements are kept. */
static int single(struct archive *a, struct archive_cursor **ret, struct tobs_err *err)
{
	struct archive_cursor *c = a->single;
	int r;

	if (!c) {
		c = MEM_NEW(struct archive_cursor);
		if (!c)
			return archive_no_memory(a, err);
		c->archive = a;
		tobs_arena_init(&c->arena, REACTIONS_MAX_BYTES);
		r = prepare(c, false, err);
		if (r) {
			archive_cursor_close(c);
			mem_free(c);
			return r;
		}
		a->single = c;
	}
	*ret = c;
	return TOBS_OK;
}

/* The message that c stands on, if any, and its end. */
static int take_single(struct archive_cursor *c, int32_t id, struct tobs_arena *arena,
	struct archive_message *ret, struct tobs_err *err)
{
	struct archive_message m;
	int r = archive_cursor_next(c, &m, err);

	if (!r)
		r = keep_message(c->archive, arena, &m, err);
	else if (r == TOBS_ENOTFOUND)
		tobs_fail(err, r, "message %d is not in the archive", (int)id);
	if (!r)
		*ret = m;
	return r;
}

static int get(struct archive *a, int32_t chat, int32_t id, bool glance, struct tobs_arena *arena,
	struct archive_message *ret, struct tobs_err *err)
{
	struct archive_cursor *c = NULL;
	int r = single(a, &c, err);

	if (r)
		return r;
	c->end = message_key(chat, id);
	r = glance ? start_messages(c, c->end, 0, err) : start(c, c->end, 0, err);
	/* Looking for what is not there costs as much as the message itself. */
	if (!r && glance && !c->ended && !sqlite_col_text(c->messages, TEXT_COLUMN).len)
		r = start_content(c, c->end, err);
	if (!r)
		r = take_single(c, id, arena, ret, err);
	rest(c);
	return r;
}

int archive_message_get(struct archive *a, int32_t chat, int32_t id, struct tobs_arena *arena,
	struct archive_message *ret, struct tobs_err *err)
{
	return get(a, chat, id, false, arena, ret, err);
}

int archive_message_glance(struct archive *a, int32_t chat, int32_t id, struct tobs_arena *arena,
	struct archive_message *ret, struct tobs_err *err)
{
	return get(a, chat, id, true, arena, ret, err);
}

int archive_since(
	struct archive *a, int32_t chat, int64_t date, int32_t *ret_id, struct tobs_err *err)
{
	int32_t id = INT32_MAX;
	int older = 0;
	struct sqlite_stmt *s;
	bool row;
	int r = sqlite_cached(a->db,
		"SELECT key, date FROM messages WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC", &s,
		err);

	if (r)
		return r;
	sqlite_bind_i64(s, 1, message_key(chat, 0));
	sqlite_bind_i64(s, 2, message_key(chat, INT32_MAX));
	while (older < OLDER_MAX && !(r = sqlite_step(s, &row, err)) && row) {
		bool wanted = sqlite_col_i64(s, 1) >= date;

		older = wanted ? 0 : older + 1;
		if (wanted)
			id = key_id(sqlite_col_i64(s, 0));
	}
	sqlite_reset(s);
	if (!r)
		*ret_id = id;
	return r;
}
