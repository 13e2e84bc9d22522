/* SPDX-License-Identifier: MIT */
/* What an export shows, byte for byte, with scripted time and a terminal of a given size. */
#include "cli/progress.h"

#include "support/failmem.h"
#include "support/test.h"

enum { SECOND = 1000000 };

static struct fake_clock now;
static struct progress_size size;
static struct tobs_buf written;
static struct progress *p;
static struct export_chat_report chats[12];

static struct progress_size get_size(void *user)
{
	(void)user;
	return size;
}

static void take(void *user, struct tobs_view bytes)
{
	(void)user;
	tobs_buf_putv(&written, bytes);
}

static void open(enum progress_mode mode)
{
	/* 2024-05-01T12:00:00Z */
	fake_clock_init(&now, (int64_t)1714564800 * SECOND);
	size = (struct progress_size){ 80, 24 };
	tobs_buf_init(&written, 1 << 20);
	memset(chats, 0, sizeof chats);
	for (size_t i = 0; i < ARRAY_LEN(chats); i++)
		chats[i] = (struct export_chat_report){
			.target = "@target", .title = "", .folder = ""
		};
	assert_ok(progress_new(&p,
		&(struct progress_options){ .mode = mode,
			.dir = "out",
			.clock = &now.clock,
			.size = get_size,
			.write = take }));
}

static int close_all(void **state)
{
	(void)state;
	progress_free(p);
	p = NULL;
	tobs_buf_deinit(&written);
	return 0;
}

/* Exactly this was written since the last look. */
#define assert_written(text)                                       \
	do {                                                       \
		assert_string_equal(tobs_buf_str(&written), text); \
		tobs_buf_clear(&written);                          \
	} while (0)

static void tell(enum export_event_kind kind, size_t index, size_t count)
{
	progress_event(p,
		&(struct export_event){ .kind = kind,
			.index = index,
			.chat = index < ARRAY_LEN(chats) ? &chats[index] : NULL,
			.chats = count });
}

static void begin(size_t index, const char *title, int64_t total)
{
	chats[index].title = title;
	chats[index].peer = -1000000000000 - (int64_t)index - 1;
	chats[index].total = total;
	tell(EXPORT_CHAT_START, index, 3);
}

static void fetched(size_t index, int64_t n)
{
	chats[index].fetched += n;
	tell(EXPORT_PROGRESS, index, 3);
}

static void wait_for(int64_t seconds, const char *name)
{
	progress_wait(p, &(struct tobs_wait){ .name = name, .seconds = seconds });
}

static void finish(enum status status, int code, const char *why)
{
	struct export_report report = { .fetched = 424,
		.added = 400,
		.edited = 2,
		.wall_ms = 5250,
		.wait_ms = 4000,
		.cpu_ms = 100 };
	struct tobs_err err = { .code = code };

	snprintf(err.message, sizeof err.message, "%s", why);
	progress_end(p, &report, status, code, &err);
}

/* ---- the terminal ---- */

static void test_lines_are_drawn_in_their_place(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	tell(EXPORT_START, SIZE_MAX, 3);
	assert_written("Exporting: 0 of 3 chats, 0 messages\x1b[K\n");
	now.now += SECOND / 10;
	begin(0, "Old Friends", 924);
	assert_written("\x1b[1A\r"
		       "Exporting: 0 of 3 chats, 0 messages\x1b[K\n"
		       "  Old Friends  [                    ]    0%  0 of 924\x1b[K\n"
		       "\x1b[J");
	now.now += SECOND;
	fetched(0, 424);
	assert_written("\x1b[2A\r"
		       "Exporting: 0 of 3 chats, 424 messages, 385/s\x1b[K\n"
		       "  Old Friends  [=========>          ]   45%  424 of 924\x1b[K\n"
		       "\x1b[J");
	now.now += SECOND / 10;
	tell(EXPORT_RENDERING, 0, 3);
	assert_written("\x1b[2A\r"
		       "Exporting: 0 of 3 chats, 424 messages, 353/s\x1b[K\n"
		       "  Old Friends  writing files\x1b[K\n"
		       "\x1b[J");
	chats[0].added = 424;
	chats[0].edited = 1;
	chats[0].done = true;
	tell(EXPORT_CHAT_END, 0, 3);
	assert_written("\x1b[2A\r"
		       "Old Friends: 424 new messages, 1 edited\x1b[K\n"
		       "Exporting: 1 of 3 chats, 424 messages, 353/s\x1b[K\n"
		       "\x1b[J");
	finish(STATUS_DONE, TOBS_OK, "");
	assert_written("\x1b[1A\r\x1b[J");
	/* And nothing after that. */
	progress_tick(p);
	assert_written("");
}

static void test_not_more_than_ten_drawings_a_second(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	tell(EXPORT_START, SIZE_MAX, 1);
	begin(0, "Chat", 1000);
	tobs_buf_clear(&written);
	for (int i = 0; i < 99; i++) {
		now.now += SECOND / 1000;
		fetched(0, 1);
	}
	assert_written("");
	now.now += SECOND / 1000;
	progress_tick(p);
	assert_written("\x1b[1A\r"
		       "Exporting: 0 of 1 chats, 99 messages\x1b[K\n"
		       "  Chat      [=>                  ]    9%  99 of 1,000\x1b[K\n"
		       "\x1b[J");
}

static void test_time_left_when_every_chat_has_begun(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	tell(EXPORT_START, SIZE_MAX, 2);
	begin(0, "A", 1000);
	now.now += 2 * SECOND;
	fetched(0, 200);
	assert_null(strstr(tobs_buf_str(&written), "left"));
	begin(1, "B", 500);
	tobs_buf_clear(&written);
	now.now += SECOND / 10;
	progress_tick(p);
	/* 1,300 are missing, at 200 in 2.1 s. */
	assert_written("\x1b[2A\r"
		       "Exporting: 0 of 2 chats, 200 messages, 95/s, about 14 s left\x1b[K\n"
		       "  A         [====>               ]   20%  200 of 1,000\x1b[K\n"
		       "  B         [                    ]    0%  0 of 500\x1b[K\n"
		       "\x1b[J");
}

static void test_waits_are_counted_down(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	tell(EXPORT_START, SIZE_MAX, 1);
	tobs_buf_clear(&written);
	wait_for(3, "FLOOD_WAIT");
	assert_written("\x1b[1A\r"
		       "Exporting: 0 of 1 chats, 0 messages\x1b[K\n"
		       "  waiting 3 s: Telegram asks for it (FLOOD_WAIT)\x1b[K\n"
		       "\x1b[J");
	now.now += 2 * SECOND + 1;
	progress_tick(p);
	assert_written("\x1b[2A\r"
		       "Exporting: 0 of 1 chats, 0 messages\x1b[K\n"
		       "  waiting 1 s: Telegram asks for it (FLOOD_WAIT)\x1b[K\n"
		       "\x1b[J");
	/* One that ends earlier changes nothing. */
	wait_for(0, "SLOWMODE_WAIT");
	tobs_buf_clear(&written);
	now.now += SECOND;
	progress_tick(p);
	assert_written("\x1b[2A\r"
		       "Exporting: 0 of 1 chats, 0 messages\x1b[K\n"
		       "\x1b[J");
}

static void test_what_is_said_scrolls_by_above(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	progress_line(p, "tobs: warn: before anything is drawn");
	assert_written("tobs: warn: before anything is drawn\x1b[K\n");
	tell(EXPORT_START, SIZE_MAX, 1);
	tobs_buf_clear(&written);
	progress_line(p, "tobs: warn: net: connection lost");
	assert_written("\x1b[1A\r"
		       "tobs: warn: net: connection lost\x1b[K\n"
		       "Exporting: 0 of 1 chats, 0 messages\x1b[K\n"
		       "\x1b[J");
	progress_event(p,
		&(struct export_event){ .kind = EXPORT_NOTE,
			.index = SIZE_MAX,
			.text = "going on without\x1b[2J" });
	assert_written("\x1b[1A\r"
		       "going on without?[2J\x1b[K\n"
		       "Exporting: 0 of 1 chats, 0 messages\x1b[K\n"
		       "\x1b[J");
}

static void test_failed_chats(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	tell(EXPORT_START, SIZE_MAX, 2);
	begin(0, "Closed", 10);
	tobs_buf_clear(&written);
	chats[0].code = TOBS_ERPC;
	chats[0].skipped = true;
	snprintf(chats[0].message, sizeof chats[0].message, "the channel is private");
	tell(EXPORT_CHAT_END, 0, 2);
	assert_written("\x1b[1A\r"
		       "Closed: skipped: the channel is private\x1b[K\n"
		       "Exporting: 1 of 2 chats, 0 messages, 1 failed\x1b[K\n"
		       "\x1b[J");
	/* One that the end of the run took with it is no failure of its own. */
	begin(1, "Open", 10);
	tobs_buf_clear(&written);
	chats[1].code = TOBS_ECANCELED;
	now.now += SECOND;
	tell(EXPORT_CHAT_END, 1, 2);
	assert_null(strstr(tobs_buf_str(&written), "Open"));
}

static void test_titles_move_nothing(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	tell(EXPORT_START, SIZE_MAX, 1);
	now.now += SECOND;
	tobs_buf_clear(&written);
	begin(0, "\x1b[2Jred\nline \xe5\xae\xb6\xe6\x97\x8f", 10);
	assert_written(
		"\x1b[1A\r"
		"Exporting: 0 of 1 chats, 0 messages\x1b[K\n"
		"  ?[2Jred line \xe5\xae\xb6\xe6\x97\x8f  [                    ]    0%  0 of 10\x1b[K\n"
		"\x1b[J");
}

static void test_narrow_terminals(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	size.columns = 30;
	tell(EXPORT_START, SIZE_MAX, 1);
	assert_written("Exporting: 0 of 1 chats, 0 me\x1b[K\n");
	now.now += SECOND;
	begin(0, "A title that is too long", 1000);
	assert_written("\x1b[1A\r"
		       "Exporting: 0 of 1 chats, 0 me\x1b[K\n"
		       "  A title ..    0%  0 of 1,00\x1b[K\n"
		       "\x1b[J");
	/* Narrower still: the terminal has wrapped both lines, of 29 columns each, into three rows. */
	size.columns = 10;
	now.now += SECOND;
	progress_tick(p);
	assert_written("\x1b[6A\r"
		       "Exporting\x1b[K\n"
		       "  A titl.\x1b[K\n"
		       "\x1b[J");
	size.columns = 0;
	now.now += SECOND;
	progress_tick(p);
	assert_int_equal(tobs_buf_err(&written), 0);
}

static void test_low_terminals(void **state)
{
	(void)state;
	open(PROGRESS_TERMINAL);
	size.rows = 7;
	tell(EXPORT_START, SIZE_MAX, 12);
	for (size_t i = 0; i < 8; i++)
		begin(i, i % 2 ? "odd" : "even", 0);
	tobs_buf_clear(&written);
	now.now += SECOND;
	progress_tick(p);
	assert_written("\x1b[1A\r"
		       "Exporting: 0 of 12 chats, 0 messages\x1b[K\n"
		       "  even      [                    ]  0\x1b[K\n"
		       "  odd       [                    ]  0\x1b[K\n"
		       "  even      [                    ]  0\x1b[K\n"
		       "  and 5 more\x1b[K\n"
		       "\x1b[J");
}

/* ---- plain ---- */

static void test_plain_lines_stay(void **state)
{
	(void)state;
	open(PROGRESS_PLAIN);
	tell(EXPORT_START, SIZE_MAX, 2);
	assert_written("Exporting 2 chats\n");
	begin(0, "Old Friends", 924);
	fetched(0, 400);
	now.now += 9 * SECOND;
	progress_tick(p);
	assert_written("");
	now.now += SECOND;
	progress_tick(p);
	assert_written("400 messages, 0 of 2 chats done\n");
	wait_for(12, "FLOOD_WAIT");
	assert_written("waiting 12 s: Telegram asks for it (FLOOD_WAIT)\n");
	chats[0].added = 1;
	tell(EXPORT_CHAT_END, 0, 2);
	assert_written("Old Friends: 1 new message\n");
	begin(1, "Nothing", 0);
	tell(EXPORT_CHAT_END, 1, 2);
	assert_written("");
	finish(STATUS_DONE, TOBS_OK, "");
	assert_written("");
}

static void test_none_says_nothing(void **state)
{
	(void)state;
	open(PROGRESS_NONE);
	tell(EXPORT_START, SIZE_MAX, 1);
	begin(0, "Chat", 1);
	wait_for(1, "FLOOD_WAIT");
	progress_line(p, "line");
	now.now += 100 * SECOND;
	progress_tick(p);
	tell(EXPORT_CHAT_END, 0, 1);
	finish(STATUS_DONE, TOBS_OK, "");
	assert_written("");
}

/* ---- JSON ---- */

#define HEAD "{\"v\":1,\"time\":\"2024-05-01T12:00:0"

static void test_json_of_a_run(void **state)
{
	(void)state;
	open(PROGRESS_JSON);
	tell(EXPORT_START, SIZE_MAX, 2);
	assert_written(HEAD "0Z\",\"type\":\"export_start\",\"dir\":\"out\",\"chats\":2,"
			    "\"dry_run\":false}\n");
	begin(0, "Old \"Friends\"\n", 924);
	assert_written(HEAD
		"0Z\",\"type\":\"progress\",\"chat\":{\"target\":\"@target\",\"id\":-1000000000001,"
		"\"title\":\"Old \\\"Friends\\\"\\n\"},\"state\":\"fetching\",\"fetched\":0,\"total\":924,"
		"\"messages\":0,\"chats_done\":0,\"chats\":2,\"rate\":0}\n");
	/* Of one chat every half second. */
	now.now += SECOND / 4;
	fetched(0, 100);
	assert_written("");
	now.now += SECOND;
	fetched(0, 100);
	assert_written(HEAD
		"1Z\",\"type\":\"progress\",\"chat\":{\"target\":\"@target\",\"id\":-1000000000001,"
		"\"title\":\"Old \\\"Friends\\\"\\n\"},\"state\":\"fetching\",\"fetched\":200,\"total\":924,"
		"\"messages\":200,\"chats_done\":0,\"chats\":2,\"rate\":160}\n");
	wait_for(7, "FLOOD_WAIT");
	assert_written(HEAD "1Z\",\"type\":\"message\",\"level\":\"warn\","
			    "\"text\":\"Telegram asks to wait 7 s (FLOOD_WAIT)\",\"wait_s\":7}\n");
	progress_event(p,
		&(struct export_event){
			.kind = EXPORT_NOTE, .index = 0, .chat = &chats[0], .text = "a note" });
	assert_written(
		HEAD "1Z\",\"type\":\"message\",\"level\":\"info\",\"chat\":{\"target\":"
		     "\"@target\",\"id\":-1000000000001,\"title\":\"Old \\\"Friends\\\"\\n\"},"
		     "\"text\":\"a note\"}\n");
	chats[0].added = 200;
	chats[0].files = 1;
	tell(EXPORT_CHAT_END, 0, 2);
	assert_written(HEAD
		"1Z\",\"type\":\"progress\",\"chat\":{\"target\":\"@target\",\"id\":-1000000000001,"
		"\"title\":\"Old \\\"Friends\\\"\\n\"},\"state\":\"done\",\"fetched\":200,\"total\":924,"
		"\"added\":200,\"edited\":0,\"deleted\":0,\"files\":1,"
		"\"messages\":200,\"chats_done\":1,\"chats\":2,\"rate\":160}\n");
	/* What is said goes elsewhere. */
	progress_line(p, "tobs: warn");
	progress_tick(p);
	assert_written("");
	finish(STATUS_DONE, TOBS_OK, "");
	assert_written(HEAD
		"1Z\",\"type\":\"export_finish\",\"result\":\"done\",\"exit\":0,\"dir\":\"out\","
		"\"chats\":0,\"failed\":0,\"fetched\":424,\"added\":400,\"edited\":2,\"deleted\":0,"
		"\"wall_ms\":5250,\"wait_ms\":4000,\"cpu_ms\":100}\n");
}

static void test_json_of_failures(void **state)
{
	(void)state;
	open(PROGRESS_JSON);
	tell(EXPORT_START, SIZE_MAX, 1);
	tobs_buf_clear(&written);
	chats[0].code = TOBS_ERPC;
	snprintf(chats[0].message, sizeof chats[0].message, "private");
	tell(EXPORT_CHAT_END, 0, 1);
	assert_written(
		HEAD "0Z\",\"type\":\"error\",\"chat\":{\"target\":\"@target\"},"
		     "\"code\":\"TOBS_ERPC\",\"text\":\"private\",\"skipped\":false}\n" HEAD
		     "0Z\",\"type\":\"progress\",\"chat\":{\"target\":\"@target\"},"
		     "\"state\":\"failed\",\"fetched\":0,\"added\":0,\"edited\":0,\"deleted\":0,"
		     "\"files\":0,\"messages\":0,\"chats_done\":1,\"chats\":1,\"rate\":0}\n");
	finish(STATUS_FAILED, TOBS_ENOSPC, "disk full");
	assert_non_null(strstr(tobs_buf_str(&written),
		"\"type\":\"error\",\"code\":\"TOBS_ENOSPC\",\"text\":\"disk full\"}\n"));
	assert_non_null(strstr(tobs_buf_str(&written), "\"result\":\"failed\",\"exit\":1,"));
	tobs_buf_clear(&written);
	/* An interrupted run has not failed. */
	finish(STATUS_INTERRUPTED, TOBS_ECANCELED, "stopped");
	assert_null(strstr(tobs_buf_str(&written), "\"error\""));
	assert_non_null(strstr(tobs_buf_str(&written), "\"result\":\"interrupted\",\"exit\":130,"));
}

/* ---- without memory ---- */

static int a_run(void *user)
{
	enum progress_mode mode = *(const enum progress_mode *)user;
	int r;

	p = NULL;
	r = progress_new(&p,
		&(struct progress_options){ .mode = mode,
			.dir = "out",
			.clock = &now.clock,
			.size = get_size,
			.write = take });
	if (r)
		return r;
	tell(EXPORT_START, SIZE_MAX, 2);
	begin(0, "Chat", 10);
	wait_for(1, "FLOOD_WAIT");
	progress_line(p, "line");
	now.now += SECOND;
	tell(EXPORT_CHAT_END, 0, 2);
	finish(STATUS_DONE, TOBS_OK, "");
	progress_free(p);
	p = NULL;
	return TOBS_OK;
}

static void take_nothing(void)
{
	tobs_buf_deinit(&written);
	tobs_buf_init(&written, 0);
}

static void test_without_memory(void **state)
{
	enum progress_mode modes[] = { PROGRESS_TERMINAL, PROGRESS_PLAIN, PROGRESS_JSON };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		open(modes[i]);
		progress_free(p);
		take_nothing();
		fail_each_allocation(a_run, &modes[i]);
	}
}

#define TEST(fn) cmocka_unit_test_teardown(fn, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines_are_drawn_in_their_place),
		TEST(test_not_more_than_ten_drawings_a_second),
		TEST(test_time_left_when_every_chat_has_begun),
		TEST(test_waits_are_counted_down),
		TEST(test_what_is_said_scrolls_by_above),
		TEST(test_failed_chats),
		TEST(test_titles_move_nothing),
		TEST(test_narrow_terminals),
		TEST(test_low_terminals),
		TEST(test_plain_lines_stay),
		TEST(test_none_says_nothing),
		TEST(test_json_of_a_run),
		TEST(test_json_of_failures),
		TEST(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
