/* SPDX-License-Identifier: MIT */
/* Random values of every type and method: written, read, written again. */
#include "botapi/decode.h"
#include "botapi/encode.h"
#include "botapi/tables.h"
#include "support/botapi_random.h"
#include "support/failmem.h"
#include "support/test.h"

enum { ROUNDS = 12 }; /* random values of each type and method */

struct work {
	struct prng prng;
	struct tobs_arena values, decoded;
	struct tobs_buf first, second;
	struct botapi_body body;
};

static struct work w;

static int setup(void **state)
{
	(void)state;
	w.prng.state = 20260824;
	tobs_arena_init(&w.values, 1 << 26);
	tobs_arena_init(&w.decoded, 1 << 26);
	tobs_buf_init(&w.first, 1 << 24);
	tobs_buf_init(&w.second, 1 << 24);
	botapi_body_init(&w.body, 1 << 24);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tobs_arena_deinit(&w.values);
	tobs_arena_deinit(&w.decoded);
	tobs_buf_deinit(&w.first);
	tobs_buf_deinit(&w.second);
	botapi_body_deinit(&w.body);
	return 0;
}

static const void *random_value(int type, bool all)
{
	struct botapi_random r = { .prng = &w.prng, .arena = &w.values, .all = all };

	tobs_arena_reset(&w.values);
	tobs_buf_clear(&w.first);
	return botapi_random(&r, type);
}

/* Reads w.first as `type` and compares what is written then. */
static void comes_back(int type)
{
	uint8_t *exact = exact_copy(w.first.ptr, w.first.len);
	struct tobs_err err = { 0 };
	const void *back;

	tobs_arena_reset(&w.decoded);
	tobs_buf_clear(&w.second);
	if (tobs_botapi_decode((enum tobs_botapi_type)type, tobs_view(exact, w.first.len),
		    &w.decoded, &back, &err))
		fail_msg("%s\n%s", err.message, tobs_buf_str(&w.first));
	free(exact);
	assert_ok(tobs_botapi_print(&w.second, (enum tobs_botapi_type)type, back));
	if (!tobs_view_eq(tobs_buf_view(&w.first), tobs_buf_view(&w.second)))
		fail_msg("%s\nbecame %s", tobs_buf_str(&w.first), tobs_buf_str(&w.second));
}

static void every_type(void **state)
{
	(void)state;
	for (int type = 0; type < TOBS_TYPE_COUNT; type++) {
		if (botapi_types[type].form == BOTAPI_CHOICES)
			continue; /* lives inside arguments only */
		for (int round = 0; round < ROUNDS; round++) {
			const void *value = random_value(type, round == 0);

			assert_ok(tobs_botapi_print(&w.first, (enum tobs_botapi_type)type, value));
			comes_back(type);
		}
	}
}

static void every_method(void **state)
{
	(void)state;
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++)
		for (int round = 0; round < ROUNDS; round++) {
			const void *args = random_value(m, round == 0);
			struct tobs_err err = { 0 };

			if (botapi_encode((enum tobs_method)m, args, 0, &w.body, &err))
				fail_msg("%s", err.message);
			assert_int_equal(w.body.parts.count, 0);
			tobs_buf_putv(&w.first, tobs_buf_view(&w.body.text));
			comes_back(m);
		}
}

/* A long update of many fields, nested. */
static void large_update(void)
{
	do
		assert_ok(tobs_botapi_print(
			&w.first, TOBS_TYPE_UPDATE, random_value(TOBS_TYPE_UPDATE, true)));
	while (w.first.len < 1500 || w.first.len > 6000);
}

static int decode_part(size_t len)
{
	uint8_t *exact = exact_copy(w.first.ptr, len);
	struct tobs_err err = { 0 };
	const void *back;
	int r;

	tobs_arena_reset(&w.decoded);
	tobs_buf_clear(&w.second);
	r = tobs_botapi_decode(TOBS_TYPE_UPDATE, tobs_view(exact, len), &w.decoded, &back, &err);
	free(exact);
	if (r)
		assert_int_not_equal(err.message[0], 0);
	else
		assert_ok(tobs_botapi_print(&w.second, TOBS_TYPE_UPDATE, back));
	return r;
}

static void truncated(void **state)
{
	(void)state;
	large_update();
	for (size_t len = 0; len < w.first.len; len++)
		assert_code(decode_part(len), TOBS_EMALFORMED);
	assert_ok(decode_part(w.first.len));
}

static void flipped(void **state)
{
	int refused = 0;

	(void)state;
	large_update();
	for (size_t i = 0; i < w.first.len; i++) {
		uint8_t was = w.first.ptr[i];
		int r;

		w.first.ptr[i] ^= (uint8_t)(1u << prng_below(&w.prng, 8));
		r = decode_part(w.first.len);
		refused += r != TOBS_OK;
		if (r)
			assert_code(r, TOBS_EMALFORMED);
		/* Mostly repaired for the next one; now and then damage piles up, or all is new. */
		if (prng_below(&w.prng, 64))
			w.first.ptr[i] = was;
		else if (prng_below(&w.prng, 2))
			large_update();
	}
	assert_true(refused > 100);
}

/* Values of the wrong type in every place: the tokens of a document change places. */
static void shuffled(void **state)
{
	static const char *const tokens[] = { "null", "true", "1", "-0.5", "\"x\"", "[]", "{}",
		"[[]]", "{\"type\":\"photo\"}", "18446744073709551615", "[{\"id\":1}]" };
	struct json_parser p;
	struct json_doc doc = { 0 };

	(void)state;
	json_parser_init(&p, 1 << 24, BOTAPI_JSON_DEPTH);
	for (int type = 0; type < TOBS_METHOD_END; type++) {
		const struct botapi_type *t = &botapi_types[type];

		if (t->form == BOTAPI_UNION || t->form == BOTAPI_CHOICES)
			continue;
		for (unsigned i = 0; i < t->count * ARRAY_LEN(tokens); i++) {
			const struct botapi_field *f =
				&botapi_fields[t->first + i / ARRAY_LEN(tokens)];
			const void *back;
			int r;

			tobs_buf_clear(&w.first);
			tobs_buf_printf(&w.first, "{\"%s\":%s}", botapi_names + f->name,
				tokens[i % ARRAY_LEN(tokens)]);
			assert_ok(json_parse(&p, &doc, tobs_buf_view(&w.first), NULL));
			tobs_arena_reset(&w.decoded);
			r = botapi_decode((enum tobs_botapi_type)type, json_root(&doc), &w.decoded,
				&back, NULL);
			if (r) {
				assert_code(r, TOBS_EMALFORMED);
				continue;
			}
			tobs_buf_clear(&w.second);
			assert_ok(tobs_botapi_print(&w.second, (enum tobs_botapi_type)type, back));
			assert_ok(json_parse(&p, &doc, tobs_buf_view(&w.second), NULL));
		}
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
}

static int decode_large(void *user)
{
	struct tobs_arena a;
	const void *back;
	int r;

	(void)user;
	tobs_arena_init(&a, 1 << 26);
	r = tobs_botapi_decode(TOBS_TYPE_UPDATE, tobs_buf_view(&w.first), &a, &back, NULL);
	tobs_arena_deinit(&a);
	return r;
}

static int encode_album(void *user)
{
	struct botapi_body body;
	int r;

	botapi_body_init(&body, 1 << 20);
	r = botapi_encode(TOBS_METHOD_SEND_MEDIA_GROUP, user, 0, &body, NULL);
	botapi_body_deinit(&body);
	return r;
}

static void failing_memory(void **state)
{
	struct botapi_random r = {
		.prng = &w.prng, .arena = &w.values, .all = true, .files = true
	};
	const void *album;

	(void)state;
	large_update();
	fail_each_allocation(decode_large, NULL);
	tobs_arena_reset(&w.values);
	album = botapi_random(&r, TOBS_METHOD_SEND_MEDIA_GROUP);
	fail_each_allocation(encode_album, (void *)(uintptr_t)album);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_type),
		TEST(every_method),
		TEST(truncated),
		TEST(flipped),
		TEST(shuffled),
		TEST(failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
