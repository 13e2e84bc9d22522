/* SPDX-License-Identifier: MIT */
/*
 * Messages of every kind as people will see them: tests/data/blocks/<name>.json,
 * rows of the archive by hand, against <name>.obsidian.md and <name>.gfm.md.
 * TOBS_GOLDEN=write writes what the library gives today; read it before you keep
 * it. README.md there says what is in the JSON.
 */
#include "export/block.h"

#include "base/file.h"
#include "base/json_write.h"
#include "support/test.h"

enum { MESSAGES = 128, REACTIONS = 8, BYTES = 1 << 20 };

static const int64_t CHAT = -1000000000007;

struct scene {
	struct json_parser parser;
	struct json_doc doc;
	struct json_value root;
	struct tobs_arena arena;
	struct archive_message messages[MESSAGES];
	size_t count;
	struct block_writer *quoter;
	struct tobs_buf quote;
};

/* ---- reading ---- */

static void path_of(const char *name, const char *ending, char *out, size_t room)
{
	const char *root = getenv("TOBS_TEST_ROOT");

	snprintf(out, room, "%s/tests/data/blocks/%s%s", root ? root : ".", name, ending);
}

static void read_file(const char *name, const char *ending, struct tobs_buf *out)
{
	char path[4096];

	path_of(name, ending, path, sizeof path);
	if (file_read(path, out, NULL))
		fail_msg("%s cannot be read", path);
}

static struct tobs_view str(struct json_value object, const char *key)
{
	struct tobs_view v = { 0 };

	json_get_str(json_field(object, key), &v);
	return v;
}

static int64_t num(struct json_value object, const char *key)
{
	int64_t n = 0;

	json_get_i64(json_field(object, key), &n);
	return n;
}

/* A part of the file as the text of its own that the archive has. */
static struct tobs_view text_of(struct scene *s, struct json_value v)
{
	struct tobs_view kept = { 0 };
	struct json_writer w;
	struct tobs_buf out;

	if (json_is_missing(v))
		return kept;
	tobs_buf_init(&out, BYTES);
	json_writer_init(&w, &out, 0);
	jsonw_value(&w, v);
	assert_ok(tobs_buf_err(&out));
	assert_ok(tobs_arena_view(&s->arena, tobs_buf_view(&out), &kept));
	tobs_buf_deinit(&out);
	return kept;
}

static uint32_t flags_of(struct json_value names)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} flags[] = { { "pinned", ARCHIVE_PINNED }, { "deleted", ARCHIVE_DELETED },
		{ "spoiler", ARCHIVE_SPOILER }, { "above", ARCHIVE_CAPTION_ABOVE } };
	uint32_t all = 0;

	JSON_EACH (it, names) {
		struct tobs_view name = { 0 };
		uint32_t before = all;

		json_get_str(it.value, &name);
		for (size_t i = 0; i < ARRAY_LEN(flags); i++)
			all |= tobs_view_is(name, flags[i].name) ? flags[i].flag : 0;
		assert_true(all != before);
	}
	return all;
}

static void take_reactions(struct scene *s, struct archive_message *m, struct json_value list)
{
	struct archive_reaction *r;

	if (!json_count(list))
		return;
	r = tobs_arena_alloc(&s->arena, REACTIONS * sizeof *r);
	assert_non_null(r);
	memset(r, 0, REACTIONS * sizeof *r);
	JSON_EACH (it, list) {
		struct archive_reaction *to = &r[m->reaction_count++];
		int64_t n = 0;

		assert_true(m->reaction_count <= REACTIONS);
		assert_ok(json_get_str(json_item(it.value, 0), &to->reaction));
		assert_ok(json_get_i64(json_item(it.value, 1), &n));
		to->count = (int32_t)n;
		to->chosen = json_count(it.value) > 2;
	}
	m->reactions = r;
}

static void take_message(struct scene *s, struct json_value v, int64_t *date)
{
	struct archive_message *m = &s->messages[s->count];
	struct json_value poll = json_field(v, "poll");

	assert_true(s->count < MESSAGES);
	*date += json_is_missing(json_field(v, "after")) ? 3600 : num(v, "after");
	*m = (struct archive_message){ .id = (int32_t)++s->count, .date = *date };
	m->sender = json_is_missing(json_field(v, "from")) ? num(s->root, "from") : num(v, "from");
	m->flags = flags_of(json_field(v, "flags"));
	m->edited = num(v, "edited") ? m->date + num(v, "edited") : 0;
	m->album = num(v, "album");
	m->topic = (int32_t)num(v, "topic");
	m->text = str(v, "text");
	m->entities = text_of(s, json_field(v, "entities"));
	m->data = text_of(s, json_field(v, "data"));
	m->action = str(v, "action");
	m->flags |= m->action.len ? ARCHIVE_SERVICE : 0;
	m->action_data = text_of(s, json_field(v, "with"));
	m->has_poll = json_is_object(poll);
	json_get_bool(json_field(poll, "closed"), &m->poll_closed);
	m->poll_voters = (int32_t)num(poll, "voters");
	m->poll_answers = text_of(s, json_field(poll, "answers"));
	take_reactions(s, m, json_field(v, "reactions"));
}

static void open_scene(struct scene *s, const char *name)
{
	int64_t date = 1717200000; /* 2024-06-01 00:00 UTC */
	struct tobs_buf source;
	struct tobs_err err = { 0 };

	tobs_buf_init(&source, BYTES);
	tobs_buf_init(&s->quote, BYTES);
	json_parser_init(&s->parser, BYTES, 64);
	tobs_arena_init(&s->arena, BYTES);
	read_file(name, ".json", &source);
	if (json_parse(&s->parser, &s->doc, tobs_buf_view(&source), &err))
		fail_msg("%s.json: %s", name, err.message);
	s->root = json_root(&s->doc);
	JSON_EACH (it, json_field(s->root, "messages"))
		take_message(s, it.value, &date);
	tobs_buf_deinit(&source);
}

static void close_scene(struct scene *s)
{
	json_doc_deinit(&s->doc);
	json_parser_deinit(&s->parser);
	tobs_arena_deinit(&s->arena);
	tobs_buf_deinit(&s->quote);
}

/* ---- what blocks ask ---- */

static struct json_value entry(struct scene *s, const char *table, int64_t id)
{
	char key[24];

	snprintf(key, sizeof key, "%lld", (long long)id);
	return json_field(json_field(s->root, table), key);
}

static int on_name(
	void *user, int64_t peer, int64_t date, struct archive_name *ret, struct tobs_err *err)
{
	static const char *const kinds[] = { "user", "bot", "group", "supergroup", "forum",
		"channel" };
	struct json_value v = entry(user, "peers", peer);
	struct tobs_view kind = str(v, "kind");

	(void)date;
	(void)err;
	if (json_is_missing(v))
		return TOBS_ENOTFOUND;
	*ret = (struct archive_name){ str(v, "name"), str(v, "username"), ARCHIVE_USER };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (tobs_view_is(kind, kinds[i]))
			ret->kind = (enum archive_peer_kind)i;
	return TOBS_OK;
}

static int on_target(
	void *user, int64_t chat, int32_t id, struct block_target *ret, struct tobs_err *err)
{
	struct scene *s = user;
	const struct archive_message *m;

	(void)err;
	if (chat && chat != CHAT) {
		if (chat != -1000000000099)
			return TOBS_ENOTFOUND;
		*ret = (struct block_target){ .place = BLOCK_ELSEWHERE,
			.path = tobs_str("News (2)/News (2).md"),
			.anchor = id };
		return TOBS_OK;
	}
	if (id < 1 || (size_t)id > s->count)
		return TOBS_ENOTFOUND;
	m = &s->messages[id - 1];
	tobs_buf_clear(&s->quote);
	block_quote(s->quoter, &s->quote, m, 64);
	*ret = (struct block_target){ .place = BLOCK_HERE,
		.anchor = id,
		.sender = m->sender,
		.date = m->date,
		.words = tobs_buf_view(&s->quote),
		.data = m->data };
	return TOBS_OK;
}

static int on_file(
	void *user, bool photo, int64_t id, struct archive_file_state *ret, struct tobs_err *err)
{
	struct json_value v = entry(user, photo ? "photos" : "documents", id);

	(void)err;
	if (json_is_missing(v))
		return TOBS_ENOTFOUND;
	*ret = (struct archive_file_state){ .path = str(v, "path"), .error = str(v, "error") };
	ret->complete = ret->path.len > 0;
	return TOBS_OK;
}

static int on_topic(void *user, int32_t topic, struct tobs_view *ret, struct tobs_err *err)
{
	struct scene *s = user;
	char key[24];

	(void)err;
	snprintf(key, sizeof key, "%d", (int)topic);
	*ret = str(json_field(s->root, "topics"), key);
	return ret->len ? TOBS_OK : TOBS_ENOTFOUND;
}

/* ---- comparing ---- */

static void write_scene(
	struct scene *s, enum md_flavour flavour, const struct zone *zone, struct tobs_buf *out)
{
	struct block_options o = { .flavour = flavour,
		.zone = zone,
		.chat = CHAT,
		.path = tobs_str("Garden/Garden.md"),
		.kind = ARCHIVE_SUPERGROUP };
	const struct block_context c = { s, on_name, on_target, on_file, on_topic };
	struct tobs_view kind = str(s->root, "kind");
	struct block_state state = { 0 };
	struct block_writer *w;

	if (tobs_view_is(kind, "channel"))
		o.kind = ARCHIVE_CHANNEL;
	else if (tobs_view_is(kind, "private"))
		o.kind = ARCHIVE_USER;
	else
		assert_int_equal(kind.len, 0);
	o.show_topic = json_count(json_field(s->root, "topics")) > 0;
	assert_ok(block_writer_new(&w, &o, &c, NULL));
	assert_ok(block_writer_new(&s->quoter, &o, &(struct block_context){ 0 }, NULL));
	for (size_t i = 0, n; i < s->count; i += n) {
		for (n = 1; i + n < s->count &&
			block_same_album(&s->messages[i + n - 1], &s->messages[i + n]);
			n++)
			;
		assert_ok(block_write(w, out, &state, &s->messages[i], n, NULL));
	}
	block_writer_free(s->quoter);
	block_writer_free(w);
}

static void compare(const char *name, enum md_flavour flavour, const char *ending)
{
	const char *mode = getenv("TOBS_GOLDEN");
	struct tobs_buf have, want;
	struct scene *s = calloc(1, sizeof *s);
	struct zone *zone;
	char path[4096];

	assert_non_null(s);
	tobs_buf_init(&have, BYTES);
	tobs_buf_init(&want, BYTES);
	assert_ok(zone_load(&zone, "UTC", NULL));
	open_scene(s, name);
	write_scene(s, flavour, zone, &have);
	if (mode && strcmp(mode, "write") == 0) {
		path_of(name, ending, path, sizeof path);
		assert_ok(file_replace(path, tobs_buf_view(&have), 0644, NULL));
	}
	read_file(name, ending, &want);
	assert_string_equal(tobs_buf_str(&have), tobs_buf_str(&want));
	close_scene(s);
	free(s);
	zone_free(zone);
	tobs_buf_deinit(&have);
	tobs_buf_deinit(&want);
}

static void golden(void **state)
{
	const char *name = *state;

	compare(name, MD_OBSIDIAN, ".obsidian.md");
	compare(name, MD_GFM, ".gfm.md");
}

#define GOLDEN(name)                                  \
	{                                             \
#name, golden, NULL, NULL, names.name \
	}

static struct {
	char talk[8], files[8], shown[8], things[8], channel[8], topics[8], service[8], money[8];
} names = { "talk", "files", "shown", "things", "channel", "topics", "service", "money" };

int main(void)
{
	const struct CMUnitTest tests[] = {
		GOLDEN(talk),
		GOLDEN(files),
		GOLDEN(shown),
		GOLDEN(things),
		GOLDEN(channel),
		GOLDEN(topics),
		GOLDEN(service),
		GOLDEN(money),
	};

	return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
