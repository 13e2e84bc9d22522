/* SPDX-License-Identifier: MIT */
/*
 * gzip and zlib data; the first byte chooses how large it may become. Never more
 * than that comes out; what does is the same after it was packed again.
 */
#include <string.h>

#include "base/gzip.h"
#include "fuzz.h"

enum { ALL_MAX = 1 << 20 };

static void check_again(struct tobs_view plain)
{
	struct tobs_buf packed, back;

	tobs_buf_init(&packed, 2 * ALL_MAX);
	/* A buffer for nothing is full. */
	tobs_buf_init(&back, plain.len ? plain.len : 1);
	FUZZ_CHECK(gzip_pack(&packed, plain) == TOBS_OK);
	FUZZ_CHECK(gzip_unpack(&back, tobs_buf_view(&packed)) == TOBS_OK);
	FUZZ_CHECK(tobs_view_eq(plain, tobs_buf_view(&back)));
	tobs_buf_deinit(&packed);
	tobs_buf_deinit(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char before[] = "before";
	struct tobs_buf out;
	int r;

	if (size == 0)
		return 0;
	tobs_buf_init(&out, sizeof before + ((size_t)ALL_MAX >> data[0] % 20));
	FUZZ_CHECK(!tobs_buf_put(&out, before, sizeof before));
	r = gzip_unpack(&out, tobs_view(data + 1, size - 1));
	FUZZ_CHECK(out.len <= out.max && out.len >= sizeof before);
	FUZZ_CHECK(memcmp(out.ptr, before, sizeof before) == 0);
	FUZZ_CHECK(r == TOBS_OK || out.len == sizeof before);
	if (!r)
		check_again(tobs_view_sub(tobs_buf_view(&out), sizeof before, SIZE_MAX));
	tobs_buf_deinit(&out);
	return 0;
}
