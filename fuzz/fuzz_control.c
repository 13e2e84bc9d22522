/* SPDX-License-Identifier: MIT */
/*
 * Lines of the simulator's control, one after the other, to a small world: each
 * gets one line of JSON. Commands to the servers are left out: there are none.
 */
#include <string.h>

#include "base/json.h"
#include "base/json_check.h"
#include "fuzz.h"
#include "sim/command.h"
#include "sim/control.h"
#include "sim/load.h"
#include "take.h"

enum { MEMORY_MAX = 32 << 20, ANSWER_MAX = 4 << 20, START_S = 1714564800, LINES = 32 };

static const char world[] =
	"{\"tobs_world\":1,\"files\":[{\"key\":\"pic\",\"kind\":\"photo\",\"size\":9,\"width\":90,"
	"\"height\":90}],\"users\":[{\"key\":\"ivy\",\"id\":1,\"first_name\":\"Ivy\",\"account\":{}},"
	"{\"key\":\"bo\",\"id\":2,\"first_name\":\"Bo\",\"account\":{}},"
	"{\"key\":\"bot\",\"id\":4,\"first_name\":\"Bot\",\"bot\":true,\"account\":{}}],"
	"\"chats\":[{\"key\":\"s\",\"kind\":\"supergroup\",\"id\":6,\"title\":\"S\",\"members\":"
	"[{\"user\":\"ivy\",\"role\":\"creator\"},\"bo\"]},{\"key\":\"f\",\"kind\":\"forum\",\"id\":8,"
	"\"title\":\"F\",\"members\":[{\"user\":\"ivy\",\"role\":\"creator\"}]},{\"key\":\"g\","
	"\"kind\":\"group\",\"id\":9,\"title\":\"G\",\"members\":[{\"user\":\"ivy\",\"role\":"
	"\"creator\"},\"bo\"]}],\"histories\":[{\"chat\":\"s\",\"messages\":[{\"from\":\"ivy\","
	"\"date\":\"2024-01-01\",\"text\":\"one\",\"label\":\"one\"},{\"from\":\"ivy\",\"poll\":"
	"{\"question\":\"q\",\"answers\":[\"a\",\"b\"]},\"label\":\"poll\"}]},{\"chat\":\"g\","
	"\"messages\":[{\"from\":\"bo\",\"date\":\"2024-01-02\",\"text\":\"two\"}]}]}";

static int read_world(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct tobs_view *rest = user, piece = take(rest, cap);

	if (piece.len)
		memcpy(buf, piece.ptr, piece.len);
	*ret_n = piece.len;
	return TOBS_OK;
}

/* What needs servers, the clock or the disk: other lines are the world's. */
static bool is_for_the_world(struct tobs_view line)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	struct tobs_view name = { 0 };
	bool theirs = false;

	json_parser_init(&p, ANSWER_MAX, 64);
	if (!json_parse(&p, &doc, line, NULL) &&
		!json_get_str(json_field(json_root(&doc), "do"), &name)) {
		theirs = tobs_view_is(name, "file");
		for (const struct command_row *row = command_server; row->name; row++)
			theirs = theirs || tobs_view_is(name, row->name);
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	return !theirs;
}

static void check_line(struct sim *sim, struct tobs_view line, struct tobs_buf *answer)
{
	struct json_fault fault;
	struct tobs_view text;
	int r;

	tobs_buf_clear(answer);
	r = sim_control_run(sim, line, answer);
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ENOMEM);
	if (r)
		return;
	text = tobs_view_trim(tobs_buf_view(answer));
	FUZZ_CHECK(text.len + 1 == answer->len && !memchr(text.ptr, '\n', text.len));
	FUZZ_CHECK(!json_check(text, JSON_DEPTH_MAX, JSON_CHECK_STRICT, &fault));
	FUZZ_CHECK(tobs_view_starts(text, "{\"ok\":"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size), line, text = tobs_str(world);
	struct fake_clock clock;
	struct sim_world_options options = { .memory_max = MEMORY_MAX, .clock = &clock.clock };
	struct tobs_err err = { 0 };
	struct tobs_buf answer;
	struct sim sim = { 0 };

	fake_clock_init(&clock, (int64_t)START_S * 1000000);
	if (sim_world_new(&options, &sim.world, NULL))
		abort();
	FUZZ_CHECK(!sim_load_stream(sim.world, read_world, &text, NULL, "world", &err));
	tobs_buf_init(&answer, ANSWER_MAX);
	for (int i = 0; i < LINES && tobs_view_split(&in, '\n', &line); i++)
		if (is_for_the_world(line))
			check_line(&sim, line, &answer);
	tobs_buf_deinit(&answer);
	sim_world_free(sim.world);
	return 0;
}
