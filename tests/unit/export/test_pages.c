/* SPDX-License-Identifier: MIT */
/*
 * The promise of an export: a CommonMark parser finds in a whole file exactly
 * the messages of the archive, each with exactly its text and formatting,
 * whatever stands in texts, names, titles, replies, buttons and captions. Built
 * twice, with a CommonMark and with a GFM parser.
 *
 * TOBS_SEED and TOBS_CASES choose other random files than those of every run.
 */
#include "base/json_write.h"
#include "export/render.h"
#include "judge.h"
#include "support/test.h"
#include "support/tmpdir.h"
#include "unit/md/survive.h"

enum { FILES = 12, MESSAGES = 250, PEOPLE = 8, FIRST_PERSON = 1001, TEXT_BYTES = 1 << 20 };

static const int64_t GROUP = -1000000000007, OTHER = -1000000000009;

/* clang-format off */
static const char *const nasty[] = {
	"Anna", "Bob *B*", "_x_", "[a](b)", "a]]b", "<b>", "</small>", "<small>", "<!--", "-->", "```", "``", "> q", "# h", "- x", "1. y",
	"---", "===", "|a|b|", "a\nb", "a\n\nb", "\n", " ", "  x  ", "&amp;", "\\", "x\\", "^m5", "x ^m7", "%%", "%%x", "==y==", "$a$ $b$",
	"[[x]]", "![[x]]", "![x](y)", "<a id=\"m5\"></a>", "**", "***x", "~~z~~", "#tag", "http://e.org/x_y_z", "www.e.org", "a@b.cd",
	"<https://e.org>", "[x]: y", "[^1]", "<div>", "<pre>", "<script>", "\u202e\u05d0", "\U0001F600", "`a", "\t", "[!note]", "::", "a: b", "*",
};
static const char *const kinds[] = { "photo", "video", "voice", "audio", "sticker", "document", "location", "venue", "contact",
	"poll", "todo", "dice", "game", "invoice", "giveaway", "story", "paid", "preview", "expired", "unsupported", "odd" };
static const char *const strings[] = { "name", "title", "address", "emoji", "set", "performer", "first", "last", "phone",
	"question", "solution", "description", "currency", "prize", "text", "what" };
/* clang-format on */

static const char *odd(struct prng *p)
{
	return nasty[prng_below(p, ARRAY_LEN(nasty))];
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	int64_t n;

	if (!getenv(name) || tobs_view_int(tobs_str(getenv(name)), 0, INT64_MAX, &n))
		return otherwise;
	return (uint64_t)n;
}

static void put(struct json_writer *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_str(w, value);
}

static void put_number(struct json_writer *w, const char *key, int64_t n)
{
	jsonw_key(w, key);
	jsonw_i64(w, n);
}

/* ---- random messages ---- */

/* Formatting that fits or does not. */
static void put_styles(struct json_writer *w, struct prng *p)
{
	static const char *const styles[] = { "bold", "italic", "strikethrough", "underline",
		"spoiler", "code", "pre", "blockquote" };

	jsonw_key(w, "entities");
	jsonw_array(w);
	for (size_t i = prng_below(p, 4); i > 0; i--) {
		jsonw_array(w);
		jsonw_str(w, styles[prng_below(p, ARRAY_LEN(styles))]);
		jsonw_u64(w, prng_below(p, 6));
		jsonw_u64(w, prng_below(p, 6));
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Every key that media of any kind have, so that each finds its own. */
static void put_media(struct json_writer *w, struct prng *p)
{
	jsonw_object(w);
	put(w, "kind", kinds[prng_below(p, ARRAY_LEN(kinds))]);
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		if (prng_below(p, 3))
			put(w, strings[i], odd(p));
	jsonw_key(w, "file");
	jsonw_object(w);
	put_number(w, "id", 1 + (int64_t)prng_below(p, 50));
	put(w, "name", odd(p));
	put_number(w, "size", (int64_t)prng_below(p, 1 << 20));
	jsonw_end(w);
	jsonw_key(w, prng_below(p, 2) ? "attached" : "results");
	jsonw_array(w);
	jsonw_object(w);
	put(w, "text", odd(p));
	put_styles(w, p);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_key(w, "lat");
	jsonw_double(w, 48.5);
	jsonw_key(w, "long");
	jsonw_double(w, -3.25);
	put_number(w, "chat", GROUP);
	put_number(w, "stars", 3);
	put_styles(w, p);
	jsonw_key(w, "answers");
	jsonw_array(w);
	jsonw_str(w, odd(p));
	jsonw_str(w, odd(p));
	jsonw_end(w);
	jsonw_key(w, "items");
	jsonw_array(w);
	jsonw_object(w);
	put_number(w, "id", 1);
	put(w, "text", odd(p));
	put(w, "kind", "photo");
	put_styles(w, p);
	put_number(w, "done_by", prng_below(p, 2) ? FIRST_PERSON : 0);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

static void put_reply(struct json_writer *w, struct prng *p, int32_t id)
{
	jsonw_key(w, "reply");
	jsonw_object(w);
	put_number(w, "id", id > 1 ? 1 + (int64_t)prng_below(p, (uint64_t)id) : 1);
	if (prng_below(p, 3) == 0)
		put(w, "quote", odd(p));
	if (prng_below(p, 4) == 0)
		put_number(w, "chat", OTHER);
	if (prng_below(p, 4) == 0)
		put(w, "name", odd(p));
	jsonw_end(w);
}

static void put_forward(struct json_writer *w, struct prng *p)
{
	jsonw_key(w, "forward");
	jsonw_object(w);
	put_number(w, "date", 1600000000);
	put(w, "name", odd(p));
	put(w, "author", odd(p));
	jsonw_end(w);
}

static void put_buttons(struct json_writer *w, struct prng *p)
{
	jsonw_key(w, "buttons");
	jsonw_array(w);
	for (size_t row = 0; row < 2; row++) {
		jsonw_array(w);
		jsonw_object(w);
		put(w, "text", odd(p));
		put(w, row ? "url" : "copy", odd(p));
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_preview(struct json_writer *w, struct prng *p)
{
	jsonw_key(w, "preview");
	jsonw_object(w);
	put(w, "url", "https://e.org/");
	put(w, "title", odd(p));
	put(w, "site", odd(p));
	put(w, "description", odd(p));
	jsonw_end(w);
}

static void put_data(struct tobs_buf *out, struct prng *p, int32_t id)
{
	struct json_writer w;

	json_writer_init(&w, out, 0);
	jsonw_object(&w);
	if (prng_below(p, 3) == 0) {
		jsonw_key(&w, "media");
		put_media(&w, p);
	}
	if (prng_below(p, 4) == 0)
		put_reply(&w, p, id);
	if (prng_below(p, 8) == 0)
		put_forward(&w, p);
	if (prng_below(p, 10) == 0)
		put_buttons(&w, p);
	if (prng_below(p, 10) == 0)
		put_preview(&w, p);
	if (prng_below(p, 10) == 0)
		put(&w, "author", odd(p));
	if (prng_below(p, 10) == 0)
		put(&w, "rank", odd(p));
	if (prng_below(p, 10) == 0)
		put(&w, "unsupported", odd(p));
	if (prng_below(p, 20) == 0)
		put(&w, "rich", odd(p));
	if (prng_below(p, 5) == 0)
		put_number(&w, "views", 12);
	jsonw_end(&w);
	assert_ok(tobs_buf_err(out));
}

/* As docs/archive.md says; what the case leaves to the file's name has no number. */
static void put_entities(struct tobs_buf *out, const struct test_case *c)
{
	struct json_writer w;

	json_writer_init(&w, out, 0);
	jsonw_array(&w);
	for (size_t i = 0; i < c->count; i++) {
		const struct entity *e = &c->entities[i];

		jsonw_array(&w);
		jsonw_str(&w, entity_kind_name(e->kind));
		jsonw_u64(&w, e->offset);
		jsonw_u64(&w, e->length);
		if (e->kind == ENTITY_BLOCKQUOTE)
			jsonw_bool(&w, e->collapsed);
		else if (e->kind == ENTITY_TEXT_LINK || e->kind == ENTITY_PRE ||
			(e->kind == ENTITY_CUSTOM_EMOJI && e->arg.len && !e->id))
			jsonw_str_v(&w, e->arg);
		else if (e->kind == ENTITY_MENTION_NAME || e->kind == ENTITY_CUSTOM_EMOJI)
			jsonw_i64(&w, e->id);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	assert_ok(tobs_buf_err(out));
}

static struct tobs_view kept(struct archive_batch *b, struct tobs_buf *s)
{
	struct tobs_view v = { 0 };

	assert_ok(tobs_buf_err(s));
	assert_ok(tobs_arena_view(&b->arena, tobs_buf_view(s), &v));
	tobs_buf_clear(s);
	return v;
}

/* A text that somebody might write to see what happens. */
static void odd_text(struct test_case *c, struct prng *p)
{
	size_t n = 1 + prng_below(p, 4);

	tobs_buf_clear(&c->text);
	c->count = 0;
	for (size_t i = 0; i < n; i++) {
		tobs_buf_puts(&c->text, odd(p));
		tobs_buf_puts(&c->text, prng_below(p, 3) ? "\n" : " ");
	}
	if (prng_below(p, 2))
		tobs_buf_truncate(&c->text, c->text.len - 1);
}

static void random_message(struct archive_batch *b, struct archive_message *m, struct prng *p)
{
	struct archive_reaction *reaction;
	struct tobs_buf s;
	struct test_case c;

	case_init(&c);
	tobs_buf_init(&s, TEXT_BYTES);
	if (prng_below(p, 3) == 0)
		odd_text(&c, p);
	else if (prng_below(p, 6))
		case_random(&c, p);
	avoid_tilde(&c);
	put_entities(&s, &c);
	m->entities = kept(b, &s);
	m->text = kept(b, &c.text);
	put_data(&s, p, m->id);
	m->data = kept(b, &s);
	m->flags = prng_below(p, 6) == 0 ? ARCHIVE_CAPTION_ABOVE : 0;
	m->flags |= prng_below(p, 12) == 0 ? ARCHIVE_PINNED | ARCHIVE_SPOILER : 0;
	m->edited = prng_below(p, 8) == 0 ? m->date + 60 : 0;
	if (prng_below(p, 8) == 0) {
		reaction = tobs_arena_alloc(&b->arena, sizeof *reaction);
		assert_non_null(reaction);
		*reaction = (struct archive_reaction){ .reaction = tobs_str(odd(p)), .count = 2 };
		m->reactions = reaction;
		m->reaction_count = 1;
	}
	if (prng_below(p, 25) == 0) {
		m->flags |= ARCHIVE_SERVICE;
		m->text = m->entities = (struct tobs_view){ 0 };
		m->action = tobs_str("edit_group_title");
		tobs_buf_puts(&s, "{\"title\":\"*a* <!-- ]]\"}");
		m->action_data = kept(b, &s);
	}
	tobs_buf_deinit(&s);
	case_deinit(&c);
}

/* ---- files ---- */

static void add_people(struct archive_batch *b, struct prng *p)
{
	for (int64_t i = 0; i < PEOPLE; i++) {
		const struct archive_peer peer = {
			.id = FIRST_PERSON + i, .kind = ARCHIVE_USER, .name = tobs_str(odd(p))
		};

		assert_int_equal(ARRAY_PUSH(&b->peers, peer), 0);
	}
}

static void fill(struct archive *a, const struct archive_chat *chat, struct prng *p)
{
	struct archive_batch b;
	int64_t date = 1700000000, album = 0;

	archive_batch_init(&b, 64 << 20);
	add_people(&b, p);
	for (int32_t id = 1; id <= MESSAGES; id++) {
		struct archive_batch_message m = { .chat = chat->no };

		date += (int64_t)prng_below(p, 4) ? 30 : 50000;
		album = prng_below(p, 3) ? album : prng_below(p, 2) ? id : 0;
		m.m = (struct archive_message){ .id = id, .date = date, .album = album };
		m.m.sender = FIRST_PERSON + (int64_t)prng_below(p, 3) * (PEOPLE / 3);
		random_message(&b, &m.m, p);
		assert_int_equal(ARRAY_PUSH(&b.messages, m), 0);
	}
	assert_ok(archive_write(a, &b, NULL));
	archive_batch_deinit(&b);
}

static void judge_file(struct prng *p, enum archive_peer_kind kind, enum md_flavour flavour)
{
	const struct archive_chat chat = { .id = GROUP, .kind = kind, .title = tobs_str(odd(p)) };
	const struct archive_chat other = {
		.id = OTHER, .kind = ARCHIVE_CHANNEL, .title = tobs_str(odd(p))
	};
	struct render_options options = { .flavour = flavour, .zone_name = "UTC" };
	struct judge j = { .flavour = flavour };
	struct render_result result = { 0 };
	struct archive_chat made;
	struct tobs_arena arena;
	struct zone *zone;
	struct tmpdir dir;

	tmpdir_init(&dir);
	tobs_arena_init(&arena, 64 << 20);
	assert_ok(zone_load(&zone, "UTC", NULL));
	options.zone = zone;
	assert_ok(archive_open(&j.archive, dir.path, NULL, NULL));
	assert_ok(archive_chat_put(j.archive, &other, &arena, &made, NULL));
	assert_ok(archive_chat_put(j.archive, &chat, &arena, &made, NULL));
	fill(j.archive, &made, p);
	assert_ok(render_chat(j.archive, GROUP, &options, &result, NULL));
	judge_chat(&j, &made);
	if (j.differences)
		fail_msg("%d differences; the first: %s", j.differences, j.first);
	assert_int_equal(j.messages, MESSAGES);
	assert_true(j.texts > MESSAGES / 2 && j.links > 10);
	archive_close(j.archive);
	zone_free(zone);
	tobs_arena_deinit(&arena);
	tmpdir_deinit(&dir);
}

static void random_files(enum md_flavour flavour)
{
	struct prng p = { number("TOBS_SEED", 20240601) + flavour };

	for (uint64_t i = number("TOBS_CASES", FILES); i > 0; i--)
		judge_file(&p, i % 3 ? ARCHIVE_SUPERGROUP : ARCHIVE_CHANNEL, flavour);
}

static void random_obsidian(void **state)
{
	(void)state;
	random_files(MD_OBSIDIAN);
}

static void random_gfm(void **state)
{
	(void)state;
	random_files(MD_GFM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_obsidian),
		cmocka_unit_test(random_gfm),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
