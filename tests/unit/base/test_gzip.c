/* SPDX-License-Identifier: MIT */
#include "base/gzip.h"

#include <zlib.h>

#include "base/crc32.h"
#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

static void packs_and_unpacks(void **state)
{
	static uint8_t data[300000];
	struct prng p = { 4 };
	struct tobs_buf packed, plain;

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)prng_below(&p, 9);
	tobs_buf_init(&packed, 1 << 20);
	tobs_buf_init(&plain, 1 << 20);
	for (size_t len = 0; len <= sizeof data; len = len * 3 + 1) {
		tobs_buf_clear(&packed);
		tobs_buf_clear(&plain);
		assert_ok(tobs_buf_puts(&plain, "before"));
		assert_ok(gzip_pack(&packed, tobs_view(data, len)));
		assert_ok(gzip_unpack(&plain, tobs_buf_view(&packed)));
		assert_int_equal(plain.len, len + 6);
		assert_memory_equal(plain.ptr, "before", 6);
		assert_memory_equal(plain.ptr + 6, data, len);
	}
	tobs_buf_deinit(&packed);
	tobs_buf_deinit(&plain);
}

static void takes_zlib_data_too(void **state)
{
	Bytef packed[100];
	uLongf len = sizeof packed;
	struct tobs_buf plain;

	(void)state;
	assert_int_equal(compress(packed, &len, (const Bytef *)"hello hello hello", 17), Z_OK);
	tobs_buf_init(&plain, 100);
	assert_ok(gzip_unpack(&plain, tobs_view(packed, len)));
	assert_string_equal(tobs_buf_str(&plain), "hello hello hello");
	tobs_buf_deinit(&plain);
}

static void a_bomb_stops_at_the_maximum(void **state)
{
	static uint8_t zeros[1 << 22];
	struct tobs_buf packed, plain;

	(void)state;
	tobs_buf_init(&packed, 1 << 20);
	assert_ok(gzip_pack(&packed, tobs_view(zeros, sizeof zeros)));
	tobs_buf_init(&plain, sizeof zeros);
	assert_ok(gzip_unpack(&plain, tobs_buf_view(&packed)));
	tobs_buf_deinit(&plain);
	tobs_buf_init(&plain, sizeof zeros - 1);
	assert_code(gzip_unpack(&plain, tobs_buf_view(&packed)), TOBS_ETOOBIG);
	assert_int_equal(plain.len, 0);
	tobs_buf_deinit(&plain);
	tobs_buf_deinit(&packed);
}

static void broken_data_is_refused(void **state)
{
	struct tobs_buf packed, plain;

	(void)state;
	tobs_buf_init(&packed, 1000);
	tobs_buf_init(&plain, 1000);
	assert_ok(gzip_pack(&packed, tobs_str("the quick brown fox")));
	for (size_t cut = 0; cut < packed.len; cut++) {
		uint8_t *exact = exact_copy(packed.ptr, cut);

		assert_code(gzip_unpack(&plain, tobs_view(exact, cut)), TOBS_ETRUNCATED);
		assert_int_equal(plain.len, 0);
		free(exact);
	}
	for (size_t i = 0; i < packed.len; i++) {
		uint8_t *exact = exact_copy(packed.ptr, packed.len);
		int r;

		exact[i] ^= 0x55;
		tobs_buf_clear(&plain);
		r = gzip_unpack(&plain, tobs_view(exact, packed.len));
		assert_true(r == TOBS_OK || r == TOBS_EMALFORMED || r == TOBS_ETRUNCATED);
		if (r == TOBS_OK) /* time stamp, flags and the like in the header */
			assert_string_equal(tobs_buf_str(&plain), "the quick brown fox");
		free(exact);
	}
	tobs_buf_deinit(&packed);
	tobs_buf_deinit(&plain);
}

static int there_and_back(void *user)
{
	struct tobs_buf packed, plain;
	int r;

	(void)user;
	tobs_buf_init(&packed, 1 << 20);
	tobs_buf_init(&plain, 1 << 20);
	r = gzip_pack(&packed, tobs_str("some text"));
	if (!r)
		r = gzip_unpack(&plain, tobs_buf_view(&packed));
	tobs_buf_deinit(&packed);
	tobs_buf_deinit(&plain);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(there_and_back, NULL);
}

/* The check value every catalogue of CRCs gives for CRC-32. */
static void crc32_of_the_digits(void **state)
{
	(void)state;
	assert_int_equal(crc32_of("123456789", 9), 0xcbf43926);
	assert_int_equal(crc32_of("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packs_and_unpacks),
		cmocka_unit_test(takes_zlib_data_too),
		cmocka_unit_test(a_bomb_stops_at_the_maximum),
		cmocka_unit_test(broken_data_is_refused),
		cmocka_unit_test(survives_failing_memory),
		cmocka_unit_test(crc32_of_the_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
