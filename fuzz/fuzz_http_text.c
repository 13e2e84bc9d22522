/* SPDX-License-Identifier: MIT */
/*
 * The small texts of HTTP, which both sides take from strangers: URLs, fields,
 * escapes, ranges, lists and lines of a head. Every input is each of them.
 */
#include <string.h>

#include "fuzz.h"
#include "net/http.h"
#include "net/http_url.h"
#include "rt/addr.h"
#include "take.h"

enum { TEXT_MAX = 64 << 10, SIZE_OF_FILE = 1000 };

static bool within(struct tobs_view part, struct tobs_view whole)
{
	return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_url(struct tobs_view in)
{
	struct tobs_err err = { 0 };
	struct http_url url;
	int r = http_url_parse(in, &url, &err);

	FUZZ_CHECK(r == TOBS_OK || (r == TOBS_EINVAL && err.code == r && err.message[0]));
	if (r)
		return;
	FUZZ_CHECK(within(url.origin, in) && within(url.host, in));
	FUZZ_CHECK(url.unix_path.len || within(url.authority, in));
	FUZZ_CHECK(within(url.unix_path, in) && within(url.target, in));
	FUZZ_CHECK(url.host.len || url.unix_path.len);
	/* They go into a request's head. */
	FUZZ_CHECK(http_is_value(url.authority) && http_is_value(url.target));
	FUZZ_CHECK(!memchr(url.origin.ptr, '@', url.origin.len) || url.unix_path.len);
}

static void check_escapes(struct tobs_view in)
{
	struct tobs_buf escaped, back;

	tobs_buf_init(&escaped, TEXT_MAX);
	tobs_buf_init(&back, TEXT_MAX);
	if (!http_escape(&escaped, in)) {
		FUZZ_CHECK(!http_unescape(&back, tobs_buf_view(&escaped), true));
		FUZZ_CHECK(tobs_view_eq(in, tobs_buf_view(&back)));
	}
	tobs_buf_clear(&back);
	for (int form = 0; form < 2; form++) {
		int r = http_unescape(&back, in, form);

		FUZZ_CHECK(r == TOBS_OK || r == TOBS_EMALFORMED || r == TOBS_ETOOBIG);
	}
	tobs_buf_clear(&back);
	(void)http_field(in, "a", &back);
	tobs_buf_deinit(&escaped);
	tobs_buf_deinit(&back);
}

static void check_range(struct tobs_view in)
{
	static const int64_t sizes[] = { 0, 1, SIZE_OF_FILE, INT64_MAX };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct http_range range;

		if (!http_range(in, sizes[i], &range))
			FUZZ_CHECK(range.first >= 0 && range.len > 0 &&
				range.len <= sizes[i] - range.first);
	}
}

static void check_addr(struct tobs_view in)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (addr_parse(in, 80, &a))
		return;
	FUZZ_CHECK(strlen(addr_format(&a, text)) < sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size), value;

	check_url(in);
	check_escapes(in);
	check_range(in);
	check_addr(in);
	if (http_header_find(in, "range", &value)) {
		FUZZ_CHECK(within(value, in) && tobs_view_eq(value, tobs_view_trim(value)));
		check_range(value);
	}
	if (http_list_has(in, "close"))
		FUZZ_CHECK(in.len >= 5);
	if (http_is_token(in))
		FUZZ_CHECK(in.len && http_is_value(in));
	return 0;
}
