/* SPDX-License-Identifier: MIT */
/*
 * TL, of the API and of MTProto: a boxed object; and where the first word names
 * a method, its result. What was read is as long as what is skipped, and is the
 * same after it was written and read again; its JSON is one.
 */
#include <tobs/err.h>
#include <tobs/tl.h>

#include "base/endian.h"
#include "base/json.h"
#include "base/json_check.h"
#include "fuzz.h"
#include "tl/tables.h"

enum {
	TREE_MAX = 4 << 20,
	WIRE_MAX = 1 << 20,
	PRINT_MAX = 16 << 20,
	OLD_LAYER = 158,
};

/* In any layer's form; those that differ may say less than was read. */
static void check_older(const void *object)
{
	struct tobs_arena arena;
	struct tobs_buf wire;
	const void *back;
	struct tobs_err err = { 0 };
	int r;

	tobs_arena_init(&arena, TREE_MAX);
	tobs_buf_init(&wire, WIRE_MAX);
	r = tl_encode_layer(&wire, object, OLD_LAYER, &err);
	FUZZ_CHECK(r == TOBS_OK || (r == err.code && err.message[0]));
	if (!r)
		r = tl_decode(tobs_buf_view(&wire), &arena, &back, NULL, NULL);
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ENOMEM || r == TOBS_ETOOBIG);
	tobs_buf_deinit(&wire);
	tobs_arena_deinit(&arena);
}

static void check_print(const void *object)
{
	struct json_fault fault;
	struct tobs_buf text;

	tobs_buf_init(&text, PRINT_MAX);
	if (!tl_print(&text, object))
		FUZZ_CHECK(!json_check(
			tobs_buf_view(&text), JSON_DEPTH_MAX, JSON_CHECK_STRICT, &fault));
	tobs_buf_deinit(&text);
}

static void check_again(const void *object)
{
	struct tobs_buf first, second;
	struct tobs_arena arena;
	const void *back;
	int r;

	tobs_arena_init(&arena, 4 * TREE_MAX);
	tobs_buf_init(&first, WIRE_MAX);
	tobs_buf_init(&second, WIRE_MAX);
	r = tl_encode(&first, object, NULL);
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ETOOBIG);
	if (!r) {
		FUZZ_CHECK(!tl_decode(tobs_buf_view(&first), &arena, &back, NULL, NULL));
		FUZZ_CHECK(!tl_encode(&second, back, NULL));
		FUZZ_CHECK(tobs_view_eq(tobs_buf_view(&first), tobs_buf_view(&second)));
	}
	tobs_buf_deinit(&first);
	tobs_buf_deinit(&second);
	tobs_arena_deinit(&arena);
}

static void check_object(struct tobs_view data)
{
	struct tobs_err err = { 0 };
	struct tobs_arena arena;
	size_t used, skipped;
	const void *object;
	int r, skip;

	tobs_arena_init(&arena, TREE_MAX);
	r = tl_decode(data, &arena, &object, &used, &err);
	skip = tl_skip(data, &skipped, NULL);
	FUZZ_CHECK(r == TOBS_OK || (err.code == r && err.message[0]));
	FUZZ_CHECK(r == TOBS_ENOMEM || r == skip);
	if (!r) {
		FUZZ_CHECK(used == skipped && used <= data.len);
		check_again(object);
		check_older(object);
		check_print(object);
	}
	tobs_arena_deinit(&arena);
}

union result {
	struct tobs_view view;
	const void *object;
	int64_t number;
	bool yes;
};

static void check_result(uint32_t method, struct tobs_view data)
{
	union result result = { .number = 0 }, back = { .number = 0 };
	struct tobs_arena arena;
	struct tobs_buf first, second;
	struct tobs_err err = { 0 };
	int r;

	tobs_arena_init(&arena, 4 * TREE_MAX);
	tobs_buf_init(&first, WIRE_MAX);
	tobs_buf_init(&second, WIRE_MAX);
	r = tl_decode_result(method, data, &arena, &result, &err);
	FUZZ_CHECK(r == TOBS_OK || (err.code == r && err.message[0]));
	if (!r && !tl_encode_result(&first, method, &result, INT16_MAX, NULL)) {
		FUZZ_CHECK(!tl_decode_result(method, tobs_buf_view(&first), &arena, &back, NULL));
		FUZZ_CHECK(!tl_encode_result(&second, method, &back, INT16_MAX, NULL));
		FUZZ_CHECK(tobs_view_eq(tobs_buf_view(&first), tobs_buf_view(&second)));
	}
	tobs_buf_deinit(&first);
	tobs_buf_deinit(&second);
	tobs_arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tl_ctor *c = size >= 4 ? tl_find(get_le32(data)) : NULL;

	check_object(tobs_view(data, size));
	if (c && c->traits & TL_TRAIT_FUNCTION)
		check_result(c->id, tobs_view(data + 4, size - 4));
	return 0;
}
