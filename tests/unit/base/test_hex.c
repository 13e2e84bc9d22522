/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include "base/rand.h"
#include "support/test.h"

static void hex_both_ways(void **state)
{
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 100);
	assert_ok(hex_encode(&b, tobs_view("\x00\x7f\xff\xa5", 4)));
	assert_string_equal(tobs_buf_str(&b), "007fffa5");
	tobs_buf_clear(&b);
	assert_ok(hex_decode(&b, tobs_str("007FffA5")));
	assert_memory_equal(b.ptr, "\x00\x7f\xff\xa5", 4);
	assert_code(hex_decode(&b, tobs_str("0")), TOBS_EMALFORMED);
	assert_code(hex_decode(&b, tobs_str("00g0")), TOBS_EMALFORMED);
	assert_int_equal(b.len, 4);
	tobs_buf_deinit(&b);
}

/* RFC 4648 section 10. */
static void base64_vectors(void **state)
{
	static const char *const std[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 100);
	for (size_t n = 0; n < ARRAY_LEN(std); n++) {
		tobs_buf_clear(&b);
		assert_ok(base64_encode(&b, tobs_view("foobar", n), BASE64_STD));
		assert_string_equal(tobs_buf_str(&b), std[n]);
		tobs_buf_clear(&b);
		assert_ok(base64_decode(&b, tobs_str(std[n]), BASE64_STD));
		assert_true(tobs_view_eq(tobs_buf_view(&b), tobs_view("foobar", n)));
	}
	tobs_buf_deinit(&b);
}

static void base64_round_trips(void **state)
{
	struct prng p = { 3 };
	struct tobs_buf text, back;
	uint8_t data[64];

	(void)state;
	tobs_buf_init(&text, 200);
	tobs_buf_init(&back, 200);
	for (int i = 0; i < 2000; i++) {
		size_t n = prng_below(&p, sizeof data + 1);
		enum base64_alphabet alphabet = i % 2 ? BASE64_URL : BASE64_STD;
		struct rng r = prng_rng(&p);

		rng_fill(&r, data, n);
		tobs_buf_clear(&text);
		tobs_buf_clear(&back);
		assert_ok(base64_encode(&text, tobs_view(data, n), alphabet));
		assert_int_equal(tobs_view_find(tobs_buf_view(&text), 0, tobs_str("=")) != SIZE_MAX,
			alphabet == BASE64_STD && n % 3 != 0);
		assert_ok(base64_decode(&back, tobs_buf_view(&text), alphabet));
		assert_int_equal(back.len, n);
		assert_memory_equal(back.ptr ? back.ptr : data, data, n);
	}
	tobs_buf_deinit(&text);
	tobs_buf_deinit(&back);
}

static void base64_refuses(void **state)
{
	static const char *const bad[] = { "A", "AAAAA", "Zh==", "Zm9=", "Z===", "Zg=a", "Zm9v\n",
		"-_-_", "a b=" };
	struct tobs_buf b;

	(void)state;
	tobs_buf_init(&b, 100);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_code(base64_decode(&b, tobs_str(bad[i]), BASE64_STD), TOBS_EMALFORMED);
		assert_int_equal(b.len, 0);
	}
	assert_ok(base64_decode(&b, tobs_str("-_-_"), BASE64_URL));
	assert_code(base64_decode(&b, tobs_str("+/+/"), BASE64_URL), TOBS_EMALFORMED);
	tobs_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(base64_vectors),
		cmocka_unit_test(base64_round_trips),
		cmocka_unit_test(base64_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
