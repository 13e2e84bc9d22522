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
#include "small_world.h"

enum { ANSWER_MAX = 4 << 20, LINES = 32 };

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
	struct tobs_view in = tobs_view(data, size), line;
	struct fake_clock clock;
	struct tobs_buf answer;
	struct sim sim = { .world = small_world(&clock) };

	tobs_buf_init(&answer, ANSWER_MAX);
	for (int i = 0; i < LINES && tobs_view_split(&in, '\n', &line); i++)
		if (is_for_the_world(line))
			check_line(&sim, line, &answer);
	tobs_buf_deinit(&answer);
	sim_world_free(sim.world);
	return 0;
}
