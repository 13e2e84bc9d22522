/* SPDX-License-Identifier: MIT */
/*
 * What answers a call to the Bot API: two bytes choose the status of HTTP and the
 * method, then come header lines up to an empty one, and the body. A refusal
 * has its reason, as text that can be shown; a result is read as the method's.
 */
#include <string.h>

#include "base/utf.h"
#include "botapi/answer.h"
#include "botapi/decode.h"
#include "fuzz.h"
#include "take.h"

enum { TREE_MAX = 8 << 20, BODY_MAX = 1 << 20 };

static void check_text(const char *text, size_t cap)
{
	size_t len = strnlen(text, cap);

	FUZZ_CHECK(len < cap && utf8_valid(tobs_view(text, len)));
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK((uint8_t)text[i] >= ' ' && text[i] != 0x7f);
}

static void check_refusal(int r, const struct tobs_err *err)
{
	FUZZ_CHECK(err->code == r && err->message[0]);
	FUZZ_CHECK(err->seconds >= 0 && err->status >= 100 && err->status <= 999);
	check_text(err->name, sizeof err->name);
	check_text(err->message, sizeof err->message);
}

static void check_result(enum tobs_method method, struct json_value result)
{
	union {
		const void *object;
		int64_t number;
		struct tobs_string_array array;
	} ret = { .array = { 0 } };
	struct tobs_arena arena;
	struct tobs_err err = { 0 };
	int r;

	tobs_arena_init(&arena, TREE_MAX);
	r = botapi_decode_result(method, result, &arena, &ret, &err);
	FUZZ_CHECK(r == TOBS_OK || (err.code == r && err.message[0]));
	tobs_arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 400, 401, 403, 404, 409, 413, 420, 429, 500, 502, 302,
		204, 999 };
	struct tobs_view in = tobs_view(data, size), head;
	int status = statuses[take_byte(&in) % ARRAY_LEN(statuses)];
	enum tobs_method method = (enum tobs_method)(
		TOBS_TYPE_COUNT + take_byte(&in) % (TOBS_METHOD_END - TOBS_TYPE_COUNT));
	size_t end = tobs_view_find(in, 0, tobs_str("\r\n\r\n"));
	struct answer_reader reader;
	struct json_value result;
	struct tobs_err err = { 0 };
	struct tobs_buf body;
	int r;

	head = end == SIZE_MAX ? tobs_view(NULL, 0) : take(&in, end + 4);
	answer_reader_init(&reader);
	tobs_buf_init(&body, BODY_MAX);
	FUZZ_CHECK(!tobs_buf_putv(&body, in));
	(void)answer_is_ok(status, in);
	r = answer_read(&reader, method, &(struct answer){ status, head, &body }, &result, &err);
	if (r)
		check_refusal(r, &err);
	else
		check_result(method, result);
	answer_reader_deinit(&reader);
	tobs_buf_deinit(&body);
	return 0;
}
