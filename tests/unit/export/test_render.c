/* SPDX-License-Identifier: MIT */
/* Files of an archive: what is touched, what is taken over, and that parts make the same whole. */
#include "export/render.h"

#include <utime.h>

#include "base/file.h"
#include "base/rand.h"
#include "support/test.h"
#include "support/tmpdir.h"

enum { ANNA = 1001, BOB = 1002, MESSAGES = 3500 };

static const int64_t GROUP = -1000000000007;

struct desk {
	struct tmpdir dir;
	struct archive *a;
	struct archive_chat chat;
	struct tobs_arena arena;
	struct zone *zone;
	struct render_options options;
	struct render_result result;
	struct tobs_err err;
	struct tobs_buf file;
};

static void open_desk(struct desk *d)
{
	const struct archive_chat chat = {
		.id = GROUP, .kind = ARCHIVE_SUPERGROUP, .title = tobs_str("Garden [1]")
	};

	memset(d, 0, sizeof *d);
	tmpdir_init(&d->dir);
	tobs_arena_init(&d->arena, 64 << 20);
	tobs_buf_init(&d->file, 64 << 20);
	assert_ok(archive_open(&d->a, d->dir.path, NULL, &d->err));
	assert_ok(archive_chat_put(d->a, &chat, &d->arena, &d->chat, &d->err));
	assert_ok(zone_load(&d->zone, "UTC", NULL));
	d->options = (struct render_options){ .zone = d->zone, .zone_name = "UTC" };
}

static void close_desk(struct desk *d)
{
	archive_close(d->a);
	zone_free(d->zone);
	tobs_arena_deinit(&d->arena);
	tobs_buf_deinit(&d->file);
	tmpdir_deinit(&d->dir);
}

static void put(struct desk *d, int32_t first, int32_t last, const char *text)
{
	const struct archive_peer people[] = {
		{ .id = ANNA, .kind = ARCHIVE_USER, .name = tobs_str("Anna") },
		{ .id = BOB, .kind = ARCHIVE_USER, .name = tobs_str("Bob *B*") },
		{ .id = -1000000000010,
			.kind = ARCHIVE_CHANNEL,
			.name = tobs_str("Club"),
			.username = tobs_str("club") },
	};
	struct archive_batch b;

	archive_batch_init(&b, 64 << 20);
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		assert_int_equal(ARRAY_PUSH(&b.peers, people[i]), 0);
	for (int32_t id = first; id <= last; id++) {
		struct archive_batch_message m = { .chat = d->chat.no,
			.m = { .id = id,
				.date = 1700000000 + (int64_t)id * 137,
				.sender = id % 3 ? ANNA : BOB } };
		char *words = tobs_arena_printf(&b.arena, "%s number *%d*, 1. <b>", text, id);

		assert_non_null(words);
		m.m.text = tobs_str(words);
		if (id % 7 == 0)
			m.m.data = tobs_str(
				tobs_arena_printf(&b.arena, "{\"reply\":{\"id\":%d}}", id - 3));
		if (id % 50 < 3)
			m.m.album = 10 + id / 50;
		assert_int_equal(ARRAY_PUSH(&b.messages, m), 0);
	}
	assert_ok(archive_write(d->a, &b, &d->err));
	archive_batch_deinit(&b);
}

static void render(struct desk *d)
{
	d->result = (struct render_result){ 0 };
	if (render_chat(d->a, GROUP, &d->options, &d->result, &d->err))
		fail_msg("render: %s", d->err.message);
}

static const char *path_of(struct desk *d)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%.*s/%.*s.md", d->dir.path, TOBS_VIEW_FMT(d->chat.folder),
		TOBS_VIEW_FMT(d->chat.folder));
	return path;
}

static const char *content(struct desk *d)
{
	tobs_buf_clear(&d->file);
	assert_ok(file_read(path_of(d), &d->file, NULL));
	return tobs_buf_str(&d->file);
}

static void files_that_are_right_are_not_touched(void **state)
{
	struct desk d;
	struct stat before, after;

	(void)state;
	open_desk(&d);
	put(&d, 1, 20, "hello");
	render(&d);
	assert_int_equal(d.result.written, 2); /* messages and card */
	assert_non_null(strstr(content(&d), "hello number \\*5\\*, 1. \\<b>"));
	assert_non_null(strstr(content(&d), "**Bob \\*B\\***"));
	assert_int_equal(stat(path_of(&d), &before), 0);
	render(&d);
	assert_int_equal(d.result.written, 0);
	assert_int_equal(d.result.unchanged, 2);
	assert_int_equal(stat(path_of(&d), &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
	assert_int_equal(before.st_ino, after.st_ino);
	/* Another flavour is another file. */
	d.options.flavour = MD_GFM;
	render(&d);
	assert_true(d.result.written > 0);
	assert_non_null(strstr(content(&d), "<a id=\"m5\"></a>"));
	close_desk(&d);
}

/* Step by step, from checkpoints, gives byte for byte what writing at once gives. */
static void parts_make_the_same_whole(void **state)
{
	struct prng p = { 11 };
	struct desk steps, whole;
	int32_t at = 1;

	(void)state;
	open_desk(&steps);
	open_desk(&whole);
	while (at <= MESSAGES) {
		int32_t end = at + (int32_t)prng_below(&p, 700);

		put(&steps, at, MIN(end, MESSAGES), "hello");
		render(&steps);
		at = end + 1;
	}
	/* An edit in the middle, and one at the start. */
	put(&steps, 2500, 2502, "edited");
	render(&steps);
	put(&steps, 3, 3, "edited");
	render(&steps);
	put(&whole, 1, MESSAGES, "hello");
	put(&whole, 2500, 2502, "edited");
	put(&whole, 3, 3, "edited");
	render(&whole);
	assert_string_equal(content(&steps), content(&whole));
	assert_non_null(strstr(content(&whole), "edited number \\*2501\\*"));
	close_desk(&steps);
	close_desk(&whole);
}

static void put_data(struct desk *d, int32_t chat, int32_t id, const char *data)
{
	struct archive_batch_message m = { .chat = chat,
		.m = { .id = id,
			.date = 1700000000 + (int64_t)id * 137,
			.sender = ANNA,
			.text = tobs_str("see there"),
			.data = tobs_str(data) } };
	struct archive_batch b;

	archive_batch_init(&b, 1 << 20);
	assert_int_equal(ARRAY_PUSH(&b.messages, m), 0);
	assert_ok(archive_write(d->a, &b, &d->err));
	archive_batch_deinit(&b);
}

/* A chat that comes later: the files that spoke of it link to it, the others are not touched. */
static void what_comes_later_is_linked_to(void **state)
{
	const int64_t others[] = { -1000000000008, -1000000000009 };
	struct archive_chat c = { .kind = ARCHIVE_CHANNEL, .title = tobs_str("Later") }, made;
	int64_t *stale;
	struct desk d;
	size_t n;

	(void)state;
	open_desk(&d);
	put(&d, 1, 2200, "hello");
	put_data(&d, d.chat.no, 2100,
		"{\"forward\":{\"date\":1,\"from\":-1000000000009,\"post\":5}}");
	put_data(&d, d.chat.no, 2102,
		"{\"forward\":{\"date\":1,\"from\":-1000000000010,\"post\":5}}");
	put_data(&d, d.chat.no, 2101, "{\"reply\":{\"id\":6,\"chat\":-1000000000009}}");
	render(&d);
	assert_non_null(strstr(content(&d), "https://t.me/c/9/5"));
	assert_non_null(strstr(content(&d), "https://t.me/club/5"));
	assert_null(strstr(content(&d), "[[Later/Later#^m5"));

	/* One that nobody spoke of changes nothing. */
	c.id = others[0];
	assert_ok(archive_chat_put(d.a, &c, &d.arena, &made, &d.err));
	assert_ok(render_stale(d.a, others, 1, &d.arena, &stale, &n, &d.err));
	assert_int_equal(n, 0);

	c.id = others[1];
	assert_ok(archive_chat_put(d.a, &c, &d.arena, &made, &d.err));
	assert_ok(archive_chat_get(d.a, GROUP, &d.arena, &d.chat, &d.err));
	assert_int_equal(d.chat.stale, 2100);
	assert_ok(render_stale(d.a, others, 2, &d.arena, &stale, &n, &d.err));
	assert_int_equal(n, 1);
	assert_true(stale[0] == GROUP);
	render(&d);
	assert_int_equal(d.result.written, 1);
	assert_non_null(strstr(content(&d), "[[Later (2)/Later (2)#^m5"));
	assert_non_null(strstr(content(&d), "[[Later (2)/Later (2)#^m6"));
	assert_null(strstr(content(&d), "https://t.me/c/9/5"));
	assert_ok(render_stale(d.a, others, 2, &d.arena, &stale, &n, &d.err));
	assert_int_equal(n, 0);
	close_desk(&d);
}

/* What a basic group says is in the file of the supergroup that it became. */
static void an_old_group_is_written_with_the_new_one(void **state)
{
	struct archive_chat other = { .id = -7, .kind = ARCHIVE_GROUP, .title = TOBS_LIT("Old") };
	struct archive_chat made;
	int64_t *stale;
	struct desk d;
	size_t n;

	(void)state;
	open_desk(&d);
	assert_ok(archive_chat_put(d.a, &other, &d.arena, &made, &d.err));
	d.chat.migrated = other.id;
	assert_ok(archive_chat_put(d.a, &d.chat, &d.arena, &d.chat, &d.err));
	put(&d, 1, 5, "hello");
	put_data(&d, made.no, 3, "{\"reply\":{\"id\":6,\"chat\":-1000000000009}}");
	put_data(&d, d.chat.no, 9, "{\"reply\":{\"id\":7,\"chat\":-1000000000009}}");
	render(&d);
	assert_non_null(strstr(content(&d), "https://t.me/c/9/6"));
	assert_ok(render_stale(d.a, NULL, 0, &d.arena, &stale, &n, &d.err));
	assert_int_equal(n, 0);
	other = (struct archive_chat){
		.id = -1000000000009, .kind = ARCHIVE_CHANNEL, .title = TOBS_LIT("News")
	};
	assert_ok(archive_chat_put(d.a, &other, &d.arena, &made, &d.err));
	assert_ok(render_stale(d.a, &other.id, 1, &d.arena, &stale, &n, &d.err));
	assert_int_equal(n, 1);
	assert_true(stale[0] == GROUP);
	render(&d);
	assert_non_null(strstr(content(&d), "[[News/News#^m6"));
	assert_non_null(strstr(content(&d), "[[News/News#^m7"));
	close_desk(&d);
}

static void what_was_changed_by_hand_is_kept(void **state)
{
	char other[300];
	struct desk d;

	(void)state;
	open_desk(&d);
	put(&d, 1, 5, "hello");
	render(&d);
	assert_ok(file_replace(path_of(&d), tobs_str("my own words\n"), 0644, NULL));
	put(&d, 6, 6, "more");
	render(&d);
	assert_int_equal(d.result.kept, 1);
	assert_non_null(strstr(content(&d), "more number"));
	assert_non_null(strstr(content(&d), "hello number"));
	snprintf(other, sizeof other, "%.*s (changed by hand).md", (int)strlen(path_of(&d)) - 3,
		path_of(&d));
	tobs_buf_clear(&d.file);
	assert_ok(file_read(other, &d.file, NULL));
	assert_string_equal(tobs_buf_str(&d.file), "my own words\n");
	close_desk(&d);
}

/* Lists and cards are pages like any other, and a vault may have had an index of its own. */
static void lists_and_cards_take_nobodys_words(void **state)
{
	static const char mine[] = "my own index\n";
	char card[256], kept[300];
	struct desk d;

	(void)state;
	open_desk(&d);
	put(&d, 1, 5, "hello");
	assert_ok(file_replace(tmpdir_file(&d.dir, "index.md"), tobs_str(mine), 0644, NULL));
	assert_ok(render_index(d.a, &d.options, &d.result, &d.err));
	assert_int_equal(d.result.kept, 1);
	assert_ok(file_read(tmpdir_file(&d.dir, "index (changed by hand).md"), &d.file, NULL));
	assert_string_equal(tobs_buf_str(&d.file), mine);
	/* Ours is not taken for somebody's the next time. */
	d.result = (struct render_result){ 0 };
	assert_ok(render_index(d.a, &d.options, &d.result, &d.err));
	assert_int_equal(d.result.kept + d.result.written, 0);

	render(&d);
	snprintf(card, sizeof card, "%s/%.*s/index.md", d.dir.path, TOBS_VIEW_FMT(d.chat.folder));
	snprintf(kept, sizeof kept, "%s/%.*s/index (changed by hand).md", d.dir.path,
		TOBS_VIEW_FMT(d.chat.folder));
	assert_ok(file_replace(card, tobs_str(mine), 0644, NULL));
	render(&d);
	assert_int_equal(d.result.kept, 1);
	tobs_buf_clear(&d.file);
	assert_ok(file_read(kept, &d.file, NULL));
	assert_string_equal(tobs_buf_str(&d.file), mine);
	close_desk(&d);
}

static void a_folder_that_cannot_be_written_is_named(void **state)
{
	char folder[256];
	struct desk d;

	(void)state;
	open_desk(&d);
	put(&d, 1, 5, "hello");
	/* A file stands where the chat's folder should be. */
	snprintf(folder, sizeof folder, "%s/%.*s", d.dir.path, TOBS_VIEW_FMT(d.chat.folder));
	assert_ok(file_replace(folder, tobs_str("x"), 0644, NULL));
	assert_true(render_chat(d.a, GROUP, &d.options, &d.result, &d.err) < 0);
	assert_non_null(strstr(d.err.message, d.dir.path));
	assert_int_equal(remove(folder), 0);
	render(&d);
	assert_int_equal(d.result.written, 2);
	close_desk(&d);
}

static void the_list_of_all_chats_leads_to_each(void **state)
{
	struct desk d;

	(void)state;
	open_desk(&d);
	put(&d, 1, 5, "hello");
	assert_ok(render_index(d.a, &d.options, &d.result, &d.err));
	assert_ok(file_read(tmpdir_file(&d.dir, "index.md"), &d.file, NULL));
	assert_non_null(strstr(tobs_buf_str(&d.file), "index"));
	assert_non_null(strstr(tobs_buf_str(&d.file), "Garden"));
	close_desk(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_are_right_are_not_touched),
		cmocka_unit_test(parts_make_the_same_whole),
		cmocka_unit_test(what_comes_later_is_linked_to),
		cmocka_unit_test(an_old_group_is_written_with_the_new_one),
		cmocka_unit_test(what_was_changed_by_hand_is_kept),
		cmocka_unit_test(lists_and_cards_take_nobodys_words),
		cmocka_unit_test(a_folder_that_cannot_be_written_is_named),
		cmocka_unit_test(the_list_of_all_chats_leads_to_each),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
