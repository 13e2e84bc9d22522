/* SPDX-License-Identifier: MIT */
#include "tl/wire.h"

#include "support/test.h"

static int read_bytes_exact(const void *data, size_t n, struct tobs_view *ret)
{
	uint8_t *exact = exact_copy(data, n);
	struct tl_reader r;
	int code;

	tl_reader_init(&r, tobs_view(exact, n));
	code = tl_read_bytes(&r, ret);
	if (!code)
		assert_int_equal(tl_left(&r), 0);
	free(exact);
	return code;
}

static void strings_of_every_length(void **state)
{
	static uint8_t text[70000];
	struct tobs_buf out;

	(void)state;
	memset(text, 'x', sizeof text);
	tobs_buf_init(&out, 1 << 20);
	for (size_t len = 0; len < sizeof text; len += len < 600 ? 1 : 8191) {
		struct tobs_view v = { 0 };

		tobs_buf_clear(&out);
		assert_ok(tl_put_bytes(&out, tobs_view(text, len)));
		assert_int_equal(out.len % 4, 0);
		assert_int_equal(out.len, (len + (len < 254 ? 1 : 4) + 3) / 4 * 4);
		assert_ok(read_bytes_exact(out.ptr, out.len, &v));
		assert_int_equal(v.len, len);
		for (size_t cut = 0; cut < out.len; cut += 1 + cut / 16)
			assert_code(read_bytes_exact(out.ptr, cut, &v), TOBS_ETRUNCATED);
	}
	tobs_buf_deinit(&out);
}

static void one_value_has_one_encoding(void **state)
{
	static const uint8_t bad[][8] = {
		{ 255, 0, 0, 0 },
		{ 254, 3, 0, 0, 'a', 'b', 'c', 0 }, /* the long form for a short string */
		{ 254, 253, 0, 0 },
	};
	struct tobs_view untouched = { NULL, 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_code(read_bytes_exact(bad[i], sizeof bad[i], &untouched), TOBS_EMALFORMED);
	assert_int_equal(untouched.len, 77);
}

static void the_first_failure_sticks(void **state)
{
	static const uint8_t data[] = { 1, 0, 0, 0, 2, 0, 0, 0, 3, 0 };
	struct tl_reader r;
	uint64_t big = 5;
	uint32_t n = 0;
	const uint8_t *raw = NULL;

	(void)state;
	tl_reader_init(&r, tobs_view(data, sizeof data));
	assert_ok(tl_read_u32(&r, &n));
	assert_int_equal(n, 1);
	assert_code(tl_read_u64(&r, &big), TOBS_ETRUNCATED);
	assert_code(tl_read_u32(&r, &n), TOBS_ETRUNCATED); /* although four bytes are there */
	assert_code(tl_read_raw(&r, 1, &raw), TOBS_ETRUNCATED);
	assert_code(tl_read_bytes(&r, &(struct tobs_view){ 0 }), TOBS_ETRUNCATED);
	assert_int_equal(big, 5);
	assert_null(raw);
	assert_int_equal(tl_offset(&r), 4);
}

static void numbers_are_little_endian(void **state)
{
	struct tobs_buf out;
	struct tl_reader r;
	int32_t i = 0;
	int64_t l = 0;

	(void)state;
	tobs_buf_init(&out, 100);
	assert_ok(tl_put_u32(&out, 0x01020304));
	assert_ok(tl_put_u64(&out, (uint64_t)-2));
	assert_memory_equal(out.ptr, "\4\3\2\1\xfe\xff\xff\xff\xff\xff\xff\xff", 12);
	tl_reader_init(&r, tobs_buf_view(&out));
	assert_ok(tl_read_i32(&r, &i));
	assert_ok(tl_read_i64(&r, &l));
	assert_int_equal(i, 0x01020304);
	assert_int_equal(l, -2);
	tobs_buf_deinit(&out);
	tobs_buf_init(&out, 3);
	assert_code(tl_put_u32(&out, 1), TOBS_ETOOBIG);
	assert_code(tl_put_u64(&out, 1), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_of_every_length),
		cmocka_unit_test(one_value_has_one_encoding),
		cmocka_unit_test(the_first_failure_sticks),
		cmocka_unit_test(numbers_are_little_endian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
