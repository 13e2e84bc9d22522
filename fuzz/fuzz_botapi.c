/* SPDX-License-Identifier: MIT */
/*
 * The Bot API's JSON: two bytes choose a type or method, the rest is the text.
 * What was read is the same after it was written and read again, and the
 * arguments of a method that were read can be sent or are refused with a reason.
 * With the top bit of the second byte the text is what the method returns.
 */
#include "botapi/decode.h"
#include "botapi/encode.h"
#include "botapi/tables.h"
#include "fuzz.h"
#include "take.h"

enum { TREE_MAX = 8 << 20, TEXT_MAX = 4 << 20, RESULT = 0x80 };

struct work {
	struct tobs_arena first, second;
	struct tobs_buf text, again;
	struct tobs_err err;
};

static void check_again(struct work *w, int type, const void *object)
{
	const void *back;
	int r = tobs_botapi_print(&w->text, (enum tobs_botapi_type)type, object);

	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ETOOBIG);
	if (r)
		return;
	r = tobs_botapi_decode(
		(enum tobs_botapi_type)type, tobs_buf_view(&w->text), &w->second, &back, &w->err);
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_ENOMEM);
	if (r)
		return;
	FUZZ_CHECK(!tobs_botapi_print(&w->again, (enum tobs_botapi_type)type, back));
	FUZZ_CHECK(tobs_view_eq(tobs_buf_view(&w->text), tobs_buf_view(&w->again)));
}

static void check_sending(struct work *w, enum tobs_method method, const void *args)
{
	struct botapi_body body;
	int r;

	botapi_body_init(&body, TEXT_MAX);
	r = botapi_encode(method, args, 0, &body, &w->err);
	FUZZ_CHECK(r == TOBS_OK || (r == w->err.code && w->err.message[0]));
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EINVAL || r == TOBS_ETOOBIG);
	botapi_body_deinit(&body);
}

static void check_value(struct work *w, int type, struct tobs_view text)
{
	const void *object;
	int r = tobs_botapi_decode((enum tobs_botapi_type)type, text, &w->first, &object, &w->err);

	FUZZ_CHECK(r == TOBS_OK || (r == w->err.code && w->err.message[0]));
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EMALFORMED || r == TOBS_ETOOBIG || r == TOBS_ENOMEM);
	if (r)
		return;
	check_again(w, type, object);
	if (type >= TOBS_TYPE_COUNT)
		check_sending(w, (enum tobs_method)type, object);
}

static void check_result(struct work *w, enum tobs_method method, struct tobs_view text)
{
	const struct botapi_type *m = &botapi_types[method];
	struct json_parser p;
	struct json_doc doc = { 0 };
	union {
		const void *object;
		int64_t number;
		struct tobs_string_array array;
	} ret = { .array = { 0 } };
	int r;

	json_parser_init(&p, TEXT_MAX, BOTAPI_JSON_DEPTH);
	if (!json_parse(&p, &doc, text, NULL)) {
		r = botapi_decode_result(method, json_root(&doc), &w->first, &ret, &w->err);
		FUZZ_CHECK(r == TOBS_OK || (r == w->err.code && w->err.message[0]));
		if (!r && m->result_kind == BOTAPI_OBJECT && ret.object)
			check_again(w, m->result_type, ret.object);
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	uint8_t low = take_byte(&in), high = take_byte(&in);
	int type = (low | (high & ~RESULT) << 8) % TOBS_METHOD_END;
	struct work w = { 0 };

	if (botapi_types[type].form == BOTAPI_CHOICES)
		return 0; /* lives inside arguments only */
	tobs_arena_init(&w.first, TREE_MAX);
	tobs_arena_init(&w.second, 2 * TREE_MAX);
	tobs_buf_init(&w.text, TEXT_MAX);
	tobs_buf_init(&w.again, TEXT_MAX);
	if (!(high & RESULT))
		check_value(&w, type, in);
	else if (type >= TOBS_TYPE_COUNT)
		check_result(&w, (enum tobs_method)type, in);
	tobs_arena_deinit(&w.first);
	tobs_arena_deinit(&w.second);
	tobs_buf_deinit(&w.text);
	tobs_buf_deinit(&w.again);
	return 0;
}
