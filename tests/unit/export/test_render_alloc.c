/* SPDX-License-Identifier: MIT */
/*
 * Rendering with each allocation failing in turn: a file is what it was or what
 * it is to become, nothing else lies about, and the next run makes all right.
 */
#include "export/render.h"

#include <dirent.h>

#include "base/alloc.h"
#include "base/file.h"
#include "support/test.h"
#include "support/tmpdir.h"

enum { ANNA = 1001, MESSAGES = 40, TOPICS = 2, FLAVOURS = 2, FILES = 8, MOST = 5000 };

static const int64_t FORUM = -1000000000007;

struct gate {
	uint64_t fail_at;
	bool hit;
};

struct desk {
	struct tmpdir dir;
	struct archive *a;
	struct archive_chat chat;
	struct tobs_arena arena;
	struct zone *zone;
	char paths[FILES][300];
	size_t count;
	struct tobs_buf want[FLAVOURS][FILES], have;
};

static struct desk d;

static bool gate(uint64_t nth, void *user)
{
	struct gate *g = user;

	g->hit |= nth == g->fail_at;
	return nth != g->fail_at;
}

/* ---- the archive ---- */

static void put_message(struct archive_batch *b, int32_t id)
{
	static const char *const data[] = { "{\"reply\":{\"id\":5}}",
		"{\"media\":{\"kind\":\"photo\",\"file\":{\"id\":1,\"name\":\"a.jpg\"}}}",
		"{\"forward\":{\"date\":1600000000,\"from\":-1000000000099,\"post\":4}}", "" };
	struct archive_batch_message m = { .chat = d.chat.no,
		.m = { .id = id,
			.date = 1700000000 + (int64_t)id * 1370,
			.sender = ANNA + id % 2,
			.topic = id % TOPICS ? 1 : 20,
			.text = TOBS_LIT("words with [a] *star*"),
			.entities = TOBS_LIT("[[\"bold\",0,5]]"),
			.data = tobs_str(data[id % 4]) } };

	/* The one that is replied to, from the other file, is known by what it holds. */
	if (id == 5)
		m.m.text = m.m.entities = tobs_str("");
	if (id % 10 < 2)
		m.m.album = 10 + id / 10;
	assert_int_equal(ARRAY_PUSH(&b->messages, m), 0);
}

static void fill_archive(void)
{
	const struct archive_chat chat = { .id = FORUM,
		.kind = ARCHIVE_FORUM,
		.title = TOBS_LIT("Garden"),
		.about = TOBS_LIT("of *things*"),
		.pinned = TOBS_LIT("[3,5]") };
	const struct archive_topic topics[] = { { .id = 1, .title = TOBS_LIT("General") },
		{ .id = 20, .title = TOBS_LIT("Bees") } };
	const struct archive_peer anna = {
		.id = ANNA, .kind = ARCHIVE_USER, .name = TOBS_LIT("Anna")
	};
	struct archive_batch b;

	assert_ok(archive_chat_put(d.a, &chat, &d.arena, &d.chat, NULL));
	for (size_t i = 0; i < ARRAY_LEN(topics); i++)
		assert_ok(archive_topic_put(d.a, d.chat.no, &topics[i], NULL));
	archive_batch_init(&b, 1 << 24);
	assert_int_equal(ARRAY_PUSH(&b.peers, anna), 0);
	for (int32_t id = 1; id <= MESSAGES; id++)
		put_message(&b, id);
	assert_ok(archive_write(d.a, &b, NULL));
	archive_batch_deinit(&b);
}

/* ---- the files ---- */

static int render(int flavour)
{
	const struct render_options options = {
		.flavour = (enum md_flavour)flavour, .zone = d.zone, .zone_name = "UTC"
	};
	struct render_result result = { 0 };
	int r = render_chat(d.a, FORUM, &options, &result, NULL);

	if (!r)
		r = render_index(d.a, &options, &result, NULL);
	assert_int_equal(result.kept, 0);
	return r;
}

/* Remembers, or counts, the files below the folder that are not tobs's own. */
static size_t list(const char *folder, bool remember)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir))) {
		char path[300];
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
			!strcmp(e->d_name, ".tobs"))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			n += list(path, remember);
			continue;
		}
		n++;
		if (remember) {
			assert_true(d.count < FILES);
			memcpy(d.paths[d.count++], path, sizeof path);
		}
	}
	closedir(dir);
	return n;
}

static bool is(size_t file, int flavour)
{
	tobs_buf_clear(&d.have);
	assert_ok(file_read(d.paths[file], &d.have, NULL));
	return tobs_view_eq(tobs_buf_view(&d.have), tobs_buf_view(&d.want[flavour][file]));
}

static void all_are(int flavour, const char *when)
{
	for (size_t i = 0; i < d.count; i++)
		if (!is(i, flavour))
			fail_msg("%s is wrong %s", d.paths[i], when);
	assert_int_equal(list(d.dir.path, false), d.count);
}

static int setup(void **state)
{
	(void)state;
	memset(&d, 0, sizeof d);
	tmpdir_init(&d.dir);
	tobs_arena_init(&d.arena, 1 << 24);
	tobs_buf_init(&d.have, 1 << 20);
	assert_ok(archive_open(&d.a, d.dir.path, NULL, NULL));
	assert_ok(zone_load(&d.zone, "UTC", NULL));
	fill_archive();
	for (int flavour = 0; flavour < FLAVOURS; flavour++) {
		assert_ok(render(flavour));
		if (flavour == 0)
			list(d.dir.path, true);
		for (size_t i = 0; i < d.count; i++) {
			tobs_buf_init(&d.want[flavour][i], 1 << 20);
			assert_ok(file_read(d.paths[i], &d.want[flavour][i], NULL));
		}
	}
	assert_true(d.count >= 4); /* the list, a card, two topics */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	archive_close(d.a);
	zone_free(d.zone);
	tobs_arena_deinit(&d.arena);
	tobs_buf_deinit(&d.have);
	for (int flavour = 0; flavour < FLAVOURS; flavour++)
		for (size_t i = 0; i < d.count; i++)
			tobs_buf_deinit(&d.want[flavour][i]);
	tmpdir_deinit(&d.dir);
	return 0;
}

/* From one flavour to the other, which changes every file of the chat. */
static bool change_to(int flavour, uint64_t fail_at)
{
	struct gate g = { .fail_at = fail_at };
	int r;

	mem_set_gate(gate, &g);
	r = render(flavour);
	mem_set_gate(NULL, NULL);
	if (r)
		assert_code(r, TOBS_ENOMEM);
	else
		all_are(flavour, "although nothing failed");
	for (size_t i = 0; r && i < d.count; i++)
		if (!is(i, flavour) && !is(i, !flavour))
			fail_msg("%s is neither old nor new when allocation %d fails", d.paths[i],
				(int)fail_at);
	assert_int_equal(list(d.dir.path, false), d.count);
	assert_ok(render(flavour));
	all_are(flavour, "in the run after a failure");
	return g.hit;
}

static void each_allocation_fails(void **state)
{
	bool hit = true;

	(void)state;
	for (uint64_t i = 0; hit; i++) {
		assert_true(i < MOST);
		hit = change_to(MD_OBSIDIAN, i);
		hit |= change_to(MD_GFM, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_allocation_fails, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
