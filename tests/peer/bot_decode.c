/* SPDX-License-Identifier: MIT */
/*
 * Updates from standard input, a line of JSON each; answers each with a line: what
 * the decoded structs hold, as JSON. With "again" as argument it is
 * tobs_botapi_print() that writes. For bot_updates.mjs.
 */
#include "peer/bot_decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 26 };

static int answer(struct tobs_view line, struct tobs_arena *arena, bool again)
{
	struct tobs_buf out;
	struct tobs_err err;
	const void *update;
	int r;

	tobs_arena_reset(arena);
	if ((r = tobs_botapi_decode(TOBS_TYPE_UPDATE, line, arena, &update, &err))) {
		fprintf(stderr, "%s: %.*s\n", err.message, TOBS_VIEW_FMT(line));
		return r;
	}
	if (!again) {
		bot_print(update);
	} else {
		tobs_buf_init(&out, LARGEST);
		r = tobs_botapi_print(&out, TOBS_TYPE_UPDATE, update);
		put_raw(tobs_buf_view(&out));
		tobs_buf_deinit(&out);
	}
	putchar('\n');
	return r;
}

int main(int argc, char **argv)
{
	bool again = argc > 1 && strcmp(argv[1], "again") == 0;
	struct tobs_arena arena;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int r = 0;

	tobs_arena_init(&arena, LARGEST);
	while (!r && (len = getline(&line, &room, stdin)) > 0)
		r = answer(tobs_view(line, (size_t)len), &arena, again);
	free(line);
	tobs_arena_deinit(&arena);
	return r ? 1 : 0;
}
