/* SPDX-License-Identifier: MIT */
/*
 * The other side of tl_mtcute.mjs.
 *
 *     tl_echo list           a line for each constructor and method that can be read, older forms
 *                            included: id in hexadecimal, name, "method" or "class"
 *     tl_echo echo LAYER     objects from standard input, each preceded by its length in decimal and a
 *                            newline: decodes each and answers the same way with what it encodes for
 *                            that layer, or with -1 when it is refused
 *     tl_echo make LAYER SEED COUNT
 *                            COUNT random values of every constructor: a line with the lengths of the
 *                            two that follow, its bytes in that layer and its JSON (tl_print())
 */
#include <tobs/tl.h>

#include "support/test.h"
#include "support/tl_random.h"

enum { LARGEST = 1 << 24, ROOM = 64 << 20 };

struct work {
	struct tobs_arena arena;
	struct tobs_buf in, out, text;
	int layer;
};

static void put(const struct tobs_buf *b)
{
	fwrite(b->ptr, 1, b->len, stdout);
}

static int list(void)
{
	for (uint32_t i = 0; i < tl_ctor_count; i++)
		/* A form that stands for another one is not read as that. */
		if (tl_find(tl_ctors[i].id) == &tl_ctors[i])
			printf("%08x %s %s\n", tl_ctors[i].id, tl_names + tl_ctors[i].name,
				tl_ctors[i].traits & TL_TRAIT_FUNCTION ? "method" : "class");
	return 0;
}

static bool echo_one(struct work *w)
{
	const void *object;
	struct tobs_err err;

	tobs_arena_reset(&w->arena);
	tobs_buf_clear(&w->out);
	if (!tl_decode(tobs_buf_view(&w->in), &w->arena, &object, NULL, &err) &&
		!tl_encode_layer(&w->out, object, w->layer, &err))
		return true;
	fprintf(stderr, "%s at %d\n", err.message, (int)err.offset);
	return false;
}

static int echo(struct work *w)
{
	unsigned long len;

	while (scanf("%lu", &len) == 1 && getchar() == '\n') {
		uint8_t *at;

		tobs_buf_clear(&w->in);
		at = tobs_buf_extend(&w->in, len);
		if (!at || fread(at, 1, len, stdin) != len)
			return 1;
		if (echo_one(w)) {
			printf("%zu\n", w->out.len);
			put(&w->out);
		} else {
			printf("-1\n");
		}
	}
	return 0;
}

static int make(struct work *w, uint64_t seed, int64_t count)
{
	struct prng p = { seed };

	for (uint32_t i = 0; i < tl_current_count; i++)
		for (int64_t n = 0; n < count; n++) {
			const void *object;
			struct tobs_err err;

			tobs_arena_reset(&w->arena);
			tobs_buf_clear(&w->out);
			tobs_buf_clear(&w->text);
			object = tl_random(&tl_ctors[i], &w->arena, &p);
			if (tl_encode_layer(&w->out, object, w->layer, &err) ||
				tl_print(&w->text, object)) {
				fprintf(stderr, "%s: %s\n", tl_names + tl_ctors[i].name,
					err.message);
				return 1;
			}
			printf("%zu %zu\n", w->out.len, w->text.len);
			put(&w->out);
			put(&w->text);
		}
	return 0;
}

static int64_t number(int argc, char **argv, int i)
{
	int64_t n = -1;

	if (i < argc && tobs_view_int(tobs_str(argv[i]), 0, INT32_MAX, &n))
		n = -1;
	return n;
}

int main(int argc, char **argv)
{
	struct work w = { .layer = (int)number(argc, argv, 2) };
	struct tobs_view what = tobs_str(argc > 1 ? argv[1] : "");
	int r = 2;

	tobs_arena_init(&w.arena, ROOM);
	tobs_buf_init(&w.in, LARGEST);
	tobs_buf_init(&w.out, LARGEST);
	tobs_buf_init(&w.text, ROOM);
	if (tobs_view_is(what, "list"))
		r = list();
	else if (tobs_view_is(what, "echo") && w.layer > 0)
		r = echo(&w);
	else if (tobs_view_is(what, "make") && argc == 5 && w.layer > 0)
		r = make(&w, (uint64_t)number(argc, argv, 3), number(argc, argv, 4));
	tobs_arena_deinit(&w.arena);
	tobs_buf_deinit(&w.in);
	tobs_buf_deinit(&w.out);
	tobs_buf_deinit(&w.text);
	return r;
}
