/* SPDX-License-Identifier: MIT */
/* Whole runs against the simulated Telegram: what is in the archive afterwards. */
#include "export/export.h"

#include "archive/archive.h"
#include "sim/change.h"
#include "store/sqlite.h"
#include "support/sim_client.h"

enum { TARGETS = 4 };

struct exported {
	struct export_report report;
	struct tobs_err err;
	char notes[1024];
	size_t progress;
	int cancel_after; /* pages; 0: never */
	struct tobs_fiber *fiber;
};

static void on_event(void *user, const struct export_event *e)
{
	struct exported *x = user;

	if (e->kind == EXPORT_NOTE)
		snprintf(x->notes + strlen(x->notes), sizeof x->notes - strlen(x->notes), "%s\n",
			e->text);
	if (e->kind != EXPORT_PROGRESS)
		return;
	if (x->cancel_after && ++x->progress == (size_t)x->cancel_after)
		tobs_cancel(x->fiber);
}

static int run_export(struct stage *s, struct export_options *o, struct exported *x)
{
	export_report_deinit(&x->report);
	export_report_init(&x->report);
	x->err = (struct tobs_err){ 0 };
	x->notes[0] = 0;
	x->progress = 0;
	if (!o->dir)
		o->dir = s->dir.path;
	o->event = on_event;
	o->user = x;
	return export_run(s->c, o, &x->report, &x->err);
}

static void exports(struct stage *s, struct export_options *o, struct exported *x)
{
	if (run_export(s, o, x))
		fail_msg("export: %s", x->err.message);
}

/* ---- looking into the archive ---- */

static struct archive *look(const char *dir)
{
	struct tobs_err err = { 0 };
	struct archive *a;

	if (archive_open(&a, dir, &(struct archive_options){ .read_only = true }, &err))
		fail_msg("archive: %s", err.message);
	return a;
}

static struct archive_chat chat_of(struct archive *a, int64_t peer, struct tobs_arena *arena)
{
	struct archive_chat chat;

	assert_ok(archive_chat_get(a, peer, arena, &chat, NULL));
	return chat;
}

/* Exactly the messages of the history are there, with their texts. */
static void assert_complete(struct stage *s, const char *dir, int64_t peer)
{
	struct archive *a = look(dir);
	struct archive_cursor cursor = { 0 };
	struct archive_message m;
	struct sim_history *h;
	struct tobs_arena arena;
	struct archive_chat chat;
	int32_t n;

	tobs_arena_init(&arena, 64 << 20);
	chat = chat_of(a, peer, &arena);
	assert_ok(sim_history_open(s->ada, peer, &h));
	n = sim_list_count(&h->list);
	assert_ok(archive_cursor_open(a, &cursor, chat.no, 0, INT32_MAX, 0, NULL));
	for (int32_t i = 0; i < n; i++) {
		const union tl_Message *want;

		tobs_arena_reset(&arena);
		want = sim_history_at(h, i, &arena);
		assert_non_null(want);
		assert_ok(archive_cursor_next(&cursor, &m, NULL));
		assert_int_equal(m.id, sim_list_id(&h->list, i));
		if (want->ctor == TL_message) {
			assert_int_equal(m.text.len, want->message.message.len);
			if (m.text.len)
				assert_memory_equal(
					m.text.ptr, want->message.message.ptr, m.text.len);
		}
	}
	assert_code(archive_cursor_next(&cursor, &m, NULL), TOBS_ENOTFOUND);
	archive_cursor_close(&cursor);
	tobs_arena_deinit(&arena);
	archive_close(a);
}

static int64_t number(const char *dir, const char *sql)
{
	struct archive *a = look(dir);
	int64_t n = -1;

	assert_ok(sqlite_get_i64(archive_db(a), sql, &n, NULL));
	archive_close(a);
	return n;
}

/* Everything but runs and times of looking, as text. */
static void dump(const char *dir, struct tobs_buf *out)
{
	static const char *const queries[] = {
		("SELECT key||'|'||date||'|'||coalesce(sender,'')||'|'||flags||'|'||text||'|'||"
		 "coalesce(entities,'')||'|'||coalesce(data,'') FROM messages ORDER BY key"),
		"SELECT key||'|'||reaction||'|'||count FROM reactions ORDER BY key, reaction",
		"SELECT key||'|'||name||'|'||data FROM actions ORDER BY key",
		"SELECT chat||'|'||topic||'|'||first||'|'||last FROM intervals ORDER BY 1",
	};
	struct archive *a = look(dir);

	tobs_buf_clear(out);
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct sqlite_stmt *stmt;
		bool row;

		assert_ok(sqlite_prepare(archive_db(a), queries[i], &stmt, NULL));
		while (!sqlite_step(stmt, &row, NULL) && row) {
			tobs_buf_putv(out, sqlite_col_text(stmt, 0));
			tobs_buf_putc(out, '\n');
		}
		sqlite_finalize(stmt);
	}
	assert_ok(tobs_buf_err(out));
	archive_close(a);
}

static const char *name_of(struct stage *s, int64_t peer)
{
	static char name[64];
	struct sim_chat *chat = sim_chat(s->w, peer);

	snprintf(name, sizeof name, "%lld",
		(long long)tobs_peer_mark(
			&(struct tobs_peer){ TOBS_PEER_CHANNEL, sim_peer_id(chat->peer), 0 }));
	return name;
}

/* ---- the tests ---- */

STAGE_TEST(a_chat_is_fetched_whole_and_once)
{
	struct tobs_peer peer = stage_chat(s, "mixed,messages=2345,density=0.7,service=5%");
	struct export_options o = { .all = true };
	struct exported x = { 0 };
	uint64_t pages;

	stage_login(s);
	exports(s, &o, &x);
	assert_complete(s, s->dir.path, tobs_peer_mark(&peer));
	assert_int_equal(x.report.chats.count, 1);
	assert_int_equal(x.report.added,
		sim_list_count(&sim_chat(s->w, tobs_peer_mark(&peer))->history->list));
	assert_int_equal(x.report.edited + x.report.deleted, 0);
	assert_int_equal(number(s->dir.path, "SELECT count(*) FROM intervals"), 1);
	assert_true(number(s->dir.path, "SELECT count(*) FROM peers") > 5);
	/* Not many more pages than there must be. */
	pages = stage_count(s, TL_messages_getHistory);
	assert_in_range(pages, x.report.added / 100, x.report.added / 100 + 16);

	/* Again: one look at the newest page, nothing new. */
	exports(s, &o, &x);
	assert_int_equal(x.report.added + x.report.edited + x.report.deleted, 0);
	assert_int_equal(stage_count(s, TL_messages_getHistory), pages + 1);
	assert_int_equal(
		number(s->dir.path, "SELECT count(*) FROM runs WHERE ended IS NOT NULL"), 2);
	export_report_deinit(&x.report);
}

STAGE_TEST(every_kind_of_chat)
{
	static const char *const specs[] = {
		"plain,kind=private,messages=350,name=aa,seed=1",
		"plain,kind=group,messages=350,name=bb,seed=2",
		"plain,kind=supergroup,messages=50,name=cc,seed=3",
		"plain,kind=channel,messages=350,name=dd,seed=4",
		"plain,kind=forum,topics=130,messages=900,name=ee,seed=5",
	};
	struct tobs_peer peers[ARRAY_LEN(specs)];
	struct export_options o = { .all = true };
	struct exported x = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		peers[i] = stage_chat(s, specs[i]);
	stage_login(s);
	exports(s, &o, &x);
	assert_int_equal(x.report.failed, 0);
	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		assert_complete(s, s->dir.path, tobs_peer_mark(&peers[i]));
	assert_int_equal(number(s->dir.path, "SELECT count(*) FROM topics"), 130);
	export_report_deinit(&x.report);
}

STAGE_TEST(types_and_exclusions_choose)
{
	struct export_options o = { .all = true, .types = EXPORT_CHANNEL | EXPORT_PRIVATE };
	struct tobs_peer out;
	const char *exclude[1];
	struct exported x = { 0 };

	stage_chat(s, "plain,kind=private,messages=5,name=aa,seed=1");
	stage_chat(s, "plain,kind=supergroup,messages=5,name=cc,seed=3");
	stage_chat(s, "plain,kind=channel,messages=5,name=dd,seed=4");
	out = stage_chat(s, "plain,kind=channel,messages=5,name=ee,seed=5");
	exclude[0] = name_of(s, tobs_peer_mark(&out));
	o.exclude = exclude;
	o.exclude_count = 1;
	stage_login(s);
	exports(s, &o, &x);
	assert_int_equal(x.report.chats.count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(x.report.chats.items[i]->peer != tobs_peer_mark(&out));
	export_report_deinit(&x.report);
}

STAGE_TEST(what_changed_is_noticed)
{
	struct tobs_peer peer = stage_chat(s, "plain,messages=500,start=2024-04-01,step=4000");
	int64_t marked = tobs_peer_mark(&peer);
	struct export_options o = { .all = true, .refresh_days = 365 };
	struct tl_message text = { .ctor = TL_message, .message = tobs_str("new") };
	struct sim_history *h = sim_chat(s->w, marked)->history;
	struct exported x = { 0 };
	struct sim_sent sent;
	int32_t gone[3];
	size_t n;

	stage_login(s);
	exports(s, &o, &x);
	for (int i = 0; i < 3; i++)
		gone[i] = sim_list_id(&h->list, 100 + i);
	fiber_clock.now += INT64_C(60) * 1000000;
	for (int i = 0; i < 3; i++)
		assert_ok(sim_post(s->w,
			&(struct sim_post){ .from = ADA, .to = marked, .draft = &text }, &sent,
			NULL));
	assert_ok(sim_edit(h, sent.id,
		&(struct sim_edit){ .actor = ADA,
			.draft = &(struct tl_message){ .ctor = TL_message,
				.message = tobs_str("changed") },
			.text = true },
		&s->err));
	assert_ok(sim_delete(
		h, sim_chat(s->w, marked)->members.items[0].user_id, gone, 3, true, &n, NULL));
	exports(s, &o, &x);
	assert_int_equal(x.report.added, 3);
	assert_int_equal(x.report.deleted, 3);
	assert_int_equal(number(s->dir.path, "SELECT count(*) FROM messages WHERE flags & 16"), 3);
	/* An edit of one that was there already. */
	assert_ok(sim_edit(h, sent.id,
		&(struct sim_edit){ .actor = ADA,
			.draft = &(struct tl_message){ .ctor = TL_message,
				.message = tobs_str("again") },
			.text = true },
		&s->err));
	exports(s, &o, &x);
	assert_int_equal(x.report.added, 0);
	assert_int_equal(x.report.edited, 1);
	assert_int_equal(number(s->dir.path, "SELECT count(*) FROM edits"), 1);
	export_report_deinit(&x.report);
}

STAGE_TEST(ranges_are_jumped_to)
{
	struct tobs_peer peer = stage_chat(s, "plain,messages=3000,start=2023-01-01,step=3600");
	const struct sim_list *l = &sim_chat(s->w, tobs_peer_mark(&peer))->history->list;
	struct export_options o = { .all = true, .last = 250 };
	struct exported x = { 0 };
	char dirs[4][128];
	int64_t first, last;

	stage_login(s);
	for (int i = 0; i < 4; i++)
		snprintf(dirs[i], sizeof dirs[i], "%s",
			tmpdir_file(&s->dir, (const char *[]){ "a", "b", "c", "d" }[i]));
	o.dir = dirs[0];
	exports(s, &o, &x);
	assert_int_equal(x.report.added, 250);
	assert_int_equal(number(dirs[0], "SELECT min(key) & 2147483647 FROM messages"),
		sim_list_id(l, sim_list_count(l) - 250));

	o = (struct export_options){
		.all = true, .dir = dirs[1], .since = 1675209600, .until = 1675814400
	};
	exports(s, &o, &x); /* 1 to 8 February 2023 */
	assert_in_range(x.report.added, 100, 220);
	first = number(dirs[1], "SELECT min(date) FROM messages");
	last = number(dirs[1], "SELECT max(date) FROM messages");
	assert_in_range(first, o.since, o.since + 6 * 3600);
	assert_in_range(last, o.until - 6 * 3600, o.until - 1);
	assert_true(x.report.pages < 10);

	o = (struct export_options){ .all = true, .dir = dirs[2], .from_id = 500, .to_id = 700 };
	exports(s, &o, &x);
	assert_in_range(number(dirs[2], "SELECT min(key) & 2147483647 FROM messages"), 500, 510);
	assert_in_range(number(dirs[2], "SELECT max(key) & 2147483647 FROM messages"), 690, 700);
	/* What was left out is fetched later, and nothing twice. */
	o = (struct export_options){ .all = true, .dir = dirs[2] };
	exports(s, &o, &x);
	assert_complete(s, dirs[2], tobs_peer_mark(&peer));

	o = (struct export_options){ .all = true, .dir = dirs[3], .since = 1900000000 };
	exports(s, &o, &x);
	assert_int_equal(x.report.added, 0);
	export_report_deinit(&x.report);
}

struct stopped {
	struct stage *s;
	struct export_options *o;
	struct exported *x;
};

static int run_stopped(void *arg)
{
	struct stopped *t = arg;

	return run_export(t->s, t->o, t->x);
}

STAGE_TEST(a_run_that_was_stopped_goes_on)
{
	struct tobs_peer peer = stage_chat(s, "mixed,messages=4000");
	struct export_options o = { .all = true };
	struct exported x = { 0 };
	struct stopped t = { s, &o, &x };
	int stops = 0, r = TOBS_ECANCELED;
	int64_t before = 0;

	stage_login(s);
	for (x.cancel_after = 3; r == TOBS_ECANCELED; x.cancel_after += 7) {
		int64_t now;

		assert_ok(tobs_spawn(&x.fiber, run_stopped, &t, NULL));
		assert_ok(tobs_join(x.fiber, &r));
		assert_int_equal(x.report.canceled, r == TOBS_ECANCELED);
		stops += r == TOBS_ECANCELED;
		/* What was there stays there. */
		now = number(s->dir.path, "SELECT count(*) FROM messages");
		assert_true(now >= before);
		before = now;
	}
	assert_ok(r);
	assert_true(stops > 1);
	assert_complete(s, s->dir.path, tobs_peer_mark(&peer));
	assert_int_equal(number(s->dir.path, "SELECT count(*) FROM intervals"), 1);
	export_report_deinit(&x.report);
}

/* Everything at once that networks and servers do wrong. */
STAGE_TEST(survives_all_faults_together)
{
	struct tobs_peer peer = stage_chat(s, "mixed,messages=6000,density=0.9");
	struct export_options o = { .all = true };
	struct exported x = { 0 };
	struct tobs_buf clean, hard;
	char other[128];

	tobs_buf_init(&clean, 64 << 20);
	tobs_buf_init(&hard, 64 << 20);
	stage_login(s);
	exports(s, &o, &x);
	dump(s->dir.path, &clean);
	snprintf(other, sizeof other, "%s", tmpdir_file(&s->dir, "hard"));
	o.dir = other;
	stage_faults(s,
		"latency=80,jitter=60,drop=200000,duplicate=20,reorder=20,badsalt=5,salt=60,gzip=1,"
		"flood=messages.getHistory:20/10,error=messages.getHistory:500:INTERNAL:5");
	exports(s, &o, &x);
	assert_complete(s, other, tobs_peer_mark(&peer));
	dump(other, &hard);
	assert_string_equal(tobs_buf_str(&clean), tobs_buf_str(&hard));
	assert_true(s->waits > 0);
	assert_true(x.report.wait_ms > 0);
	assert_true(sim_server_faults(s->server)->hits[FAULT_DROP] > 0);
	assert_true(sim_server_faults(s->server)->hits[FAULT_DUPLICATE] > 0);
	tobs_buf_deinit(&clean);
	tobs_buf_deinit(&hard);
	export_report_deinit(&x.report);
}

STAGE_TEST(one_that_cannot_be_read_does_not_hold_up_the_others)
{
	struct tobs_peer peer = stage_chat(s, "plain,messages=30,name=aa,seed=1");
	const char *targets[] = { "@nobody_here", "aa_1", "@ada_l" };
	struct export_options o = { .targets = targets, .target_count = 3 };
	struct exported x = { 0 };

	targets[1] = name_of(s, tobs_peer_mark(&peer));
	stage_login(s);
	stage_faults(s, "error=users.getFullUser:400:PEER_ID_INVALID");
	exports(s, &o, &x);
	assert_int_equal(x.report.failed, 2);
	assert_code(x.report.chats.items[0]->code, TOBS_ENOTFOUND);
	assert_true(x.report.chats.items[1]->done);
	assert_code(x.report.chats.items[2]->code, TOBS_ERPC);
	assert_true(x.report.chats.items[2]->skipped);
	assert_int_equal(number(s->dir.path, "SELECT count(*) FROM failures"), 2);
	assert_complete(s, s->dir.path, tobs_peer_mark(&peer));
	export_report_deinit(&x.report);
}

STAGE_TEST(a_takeout_is_used_and_ended)
{
	struct tobs_peer peer = stage_chat(s, "plain,kind=private,messages=300");
	struct export_options o = { .all = true, .takeout = true };
	struct exported x = { 0 };

	stage_login(s);
	exports(s, &o, &x);
	assert_complete(s, s->dir.path, tobs_peer_mark(&peer));
	assert_int_equal(stage_count(s, TL_account_finishTakeoutSession), 1);
	assert_string_equal(x.notes, "");

	/* It wants to be confirmed: the run says so and goes on without. */
	s->ada->takeout_delay = 24 * 3600;
	exports(s, &o, &x);
	assert_int_equal(x.report.failed, 0);
	assert_non_null(strstr(x.notes, "24 hours"));
	export_report_deinit(&x.report);
}

STAGE_TEST(a_dry_run_counts_and_leaves_no_trace)
{
	struct export_options o = { .all = true, .dry_run = true };
	struct exported x = { 0 };
	char dir[128];

	stage_chat(s, "plain,messages=1234");
	snprintf(dir, sizeof dir, "%s", tmpdir_file(&s->dir, "none"));
	o.dir = dir;
	stage_login(s);
	exports(s, &o, &x);
	assert_in_range(x.report.chats.items[0]->total, 1200, 1300);
	assert_int_equal(access(dir, F_OK), -1);
	assert_int_equal(stage_count(s, TL_messages_getHistory), 1);
	export_report_deinit(&x.report);
}

static int full_disk(uint64_t nth, void *user)
{
	return nth >= *(uint64_t *)user ? TOBS_ENOSPC : TOBS_OK;
}

STAGE_TEST(a_full_disk_ends_the_run_and_loses_nothing)
{
	struct tobs_peer peer = stage_chat(s, "mixed,messages=9000");
	struct export_options o = { .all = true };
	struct exported x = { 0 };
	uint64_t after = 600;

	stage_login(s);
	sqlite_set_gate(full_disk, &after);
	assert_code(run_export(s, &o, &x), TOBS_ENOSPC);
	assert_true(x.err.message[0]);
	sqlite_set_gate(NULL, NULL);
	exports(s, &o, &x);
	assert_complete(s, s->dir.path, tobs_peer_mark(&peer));
	export_report_deinit(&x.report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chat_is_fetched_whole_and_once),
		cmocka_unit_test(every_kind_of_chat),
		cmocka_unit_test(types_and_exclusions_choose),
		cmocka_unit_test(what_changed_is_noticed),
		cmocka_unit_test(ranges_are_jumped_to),
		cmocka_unit_test(a_run_that_was_stopped_goes_on),
		cmocka_unit_test(survives_all_faults_together),
		cmocka_unit_test(one_that_cannot_be_read_does_not_hold_up_the_others),
		cmocka_unit_test(a_takeout_is_used_and_ended),
		cmocka_unit_test(a_dry_run_counts_and_leaves_no_trace),
		cmocka_unit_test(a_full_disk_ends_the_run_and_loses_nothing),
	};

	return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
