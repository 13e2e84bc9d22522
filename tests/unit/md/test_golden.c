/* SPDX-License-Identifier: MIT */
/*
 * Messages as people will see them: tests/data/md/<name>.in, in a little markup
 * of its own, against <name>.obsidian.md and <name>.gfm.md. TOBS_GOLDEN=write
 * writes what the library gives today; read it before you keep it.
 */
#include "base/utf.h"
#include "md/markdown.h"
#include "support/test.h"

enum {
	ENTITIES = 64,
	DEPTH = 16,
};

struct message {
	struct tobs_buf source, text;
	struct entity entities[ENTITIES];
	size_t count;
};

static bool read_file(const char *name, const char *ending, struct tobs_buf *out)
{
	const char *root = getenv("TOBS_TEST_ROOT");
	char path[4096], chunk[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/data/md/%s%s", root ? root : ".", name, ending);
	f = fopen(path, "rb");
	if (!f)
		return false;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		tobs_buf_put(out, chunk, n);
	fclose(f);
	return true;
}

static void write_file(const char *name, const char *ending, struct tobs_view v)
{
	const char *root = getenv("TOBS_TEST_ROOT");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/data/md/%s%s", root ? root : ".", name, ending);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(v.ptr, 1, v.len, f), v.len);
	fclose(f);
}

static const struct {
	const char *tag;
	enum entity_kind kind;
} tags[] = {
	{ "b", ENTITY_BOLD },
	{ "i", ENTITY_ITALIC },
	{ "u", ENTITY_UNDERLINE },
	{ "s", ENTITY_STRIKETHROUGH },
	{ "spoiler", ENTITY_SPOILER },
	{ "code", ENTITY_CODE },
	{ "pre", ENTITY_PRE },
	{ "a", ENTITY_TEXT_LINK },
	{ "user", ENTITY_MENTION_NAME },
	{ "emoji", ENTITY_CUSTOM_EMOJI },
	{ "quote", ENTITY_BLOCKQUOTE },
	{ "folded", ENTITY_BLOCKQUOTE },
	{ "hash", ENTITY_HASHTAG },
	{ "url", ENTITY_URL },
	{ "mail", ENTITY_EMAIL },
};

/* <name>, <name argument>: fills *e; false when it is no tag and so is text. */
static bool parse_tag(struct tobs_view inside, struct entity *e)
{
	struct tobs_view rest = inside, name;

	tobs_view_split(&rest, ' ', &name);
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (!tobs_view_is(name, tags[i].tag))
			continue;
		*e = (struct entity){ .kind = tags[i].kind, .arg = rest };
		e->collapsed = tobs_view_is(name, "folded");
		if (e->kind == ENTITY_MENTION_NAME || e->kind == ENTITY_CUSTOM_EMOJI)
			assert_ok(tobs_view_int(rest, 0, INT64_MAX, &e->id));
		return true;
	}
	return false;
}

static void parse(struct message *m)
{
	struct tobs_view s = tobs_buf_view(&m->source);
	size_t open[DEPTH], depth = 0;

	while (s.len && s.ptr[s.len - 1] == '\n')
		s.len--;
	for (size_t i = 0; i < s.len;) {
		size_t end = s.ptr[i] == '<' ? tobs_view_find(s, i, tobs_str(">")) : SIZE_MAX;
		uint32_t at = (uint32_t)utf16_len(tobs_buf_view(&m->text));
		struct entity *e = &m->entities[m->count];

		if (end != SIZE_MAX && s.ptr[i + 1] == '/') {
			e = &m->entities[open[--depth]];
			e->length = at - e->offset;
		} else if (end != SIZE_MAX && parse_tag(tobs_view_sub(s, i + 1, end - i - 1), e)) {
			e->offset = at;
			open[depth++] = m->count++;
		} else {
			tobs_buf_put(&m->text, s.ptr + i, 1);
			end = i;
		}
		i = end + 1;
	}
	assert_int_equal(depth, 0);
}

static void compare(const char *name, enum md_flavour flavour, const char *ending)
{
	const struct md_options o = { .flavour = flavour };
	const char *mode = getenv("TOBS_GOLDEN");
	struct tobs_buf have, want;
	struct message m = { 0 };

	tobs_buf_init(&m.source, 1 << 16);
	tobs_buf_init(&m.text, 1 << 16);
	tobs_buf_init(&have, 1 << 16);
	tobs_buf_init(&want, 1 << 16);
	assert_true(read_file(name, ".in", &m.source));
	parse(&m);
	assert_ok(md_write(&have, &o, tobs_buf_view(&m.text), m.entities, m.count));
	tobs_buf_putc(&have, '\n');
	if (mode && strcmp(mode, "write") == 0)
		write_file(name, ending, tobs_buf_view(&have));
	assert_true(read_file(name, ending, &want));
	assert_string_equal(tobs_buf_str(&have), tobs_buf_str(&want));
	tobs_buf_deinit(&m.source);
	tobs_buf_deinit(&m.text);
	tobs_buf_deinit(&have);
	tobs_buf_deinit(&want);
}

static void golden(void **state)
{
	const char *name = *state;

	compare(name, MD_OBSIDIAN, ".obsidian.md");
	compare(name, MD_GFM, ".gfm.md");
}

static char prose[] = "prose", post[] = "post", code[] = "code", quotes[] = "quotes";

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "prose", golden, NULL, NULL, prose },
		{ "post", golden, NULL, NULL, post },
		{ "code", golden, NULL, NULL, code },
		{ "quotes", golden, NULL, NULL, quotes },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
