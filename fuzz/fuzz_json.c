/* SPDX-License-Identifier: MIT */
/* Parsing against the plain checker; what was read is written, read and written again. */
#include <string.h>

#include "base/json_check.h"
#include "base/json_write.h"
#include "fuzz.h"

enum { DEPTH = 32, LARGEST = 1 << 20 };

/* Every way of looking at a value, each once. */
static void walk(struct json_value v)
{
	size_t n = 0;

	JSON_EACH (it, v) {
		struct tobs_view s = tobs_str("");
		int64_t i = 0;
		uint64_t u = 0;
		double d = 0;
		bool b;

		FUZZ_CHECK(json_type(it.value) != JSON_MISSING);
		if (json_is_object(v)) {
			struct json_value found = json_field_v(v, it.key);

			/* The first of equal keys. */
			FUZZ_CHECK(found.at && found.at <= it.value.at);
		} else {
			FUZZ_CHECK(json_item(v, n).at == it.value.at);
		}
		if (json_get_str(it.value, &s) == TOBS_OK)
			FUZZ_CHECK(s.ptr[s.len] == 0);
		if (json_get_i64(it.value, &i) == TOBS_OK)
			FUZZ_CHECK(json_get_double(it.value, &d) == TOBS_OK && d == (double)i);
		if (json_get_u64(it.value, &u) == TOBS_OK)
			FUZZ_CHECK(json_get_double(it.value, &d) == TOBS_OK && d == (double)u);
		FUZZ_CHECK((json_get_bool(it.value, &b) == TOBS_OK) ==
			(json_type(it.value) == JSON_BOOL));
		walk(it.value);
		/* Finding is linear; long containers are looked at in part. */
		if (++n > 50)
			return;
	}
	FUZZ_CHECK(json_count(v) == n);
}

static void write(struct json_value v, unsigned flags, struct tobs_buf *out)
{
	struct json_writer w;

	tobs_buf_clear(out);
	json_writer_init(&w, out, flags);
	jsonw_value(&w, v);
	FUZZ_CHECK(json_writer_done(&w) && tobs_buf_err(out) == TOBS_OK);
}

static void round_trip(struct json_parser *p, struct json_doc *doc, unsigned flags)
{
	struct tobs_buf first, second;

	tobs_buf_init(&first, 64 * LARGEST);
	tobs_buf_init(&second, 64 * LARGEST);
	write(json_root(doc), flags, &first);
	FUZZ_CHECK(json_parse(p, doc, tobs_buf_view(&first), NULL) == TOBS_OK);
	write(json_root(doc), flags, &second);
	FUZZ_CHECK(tobs_view_eq(tobs_buf_view(&first), tobs_buf_view(&second)));
	tobs_buf_deinit(&first);
	tobs_buf_deinit(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view text = tobs_view(data, size), body = text;
	struct json_fault fault = { 0 };
	struct json_doc doc = { 0 };
	struct json_parser p;
	struct tobs_err err = { 0 };
	size_t mark = 0;
	int have, want;

	if (tobs_view_starts(text, "\xef\xbb\xbf")) {
		mark = 3;
		body = tobs_view_sub(text, 3, SIZE_MAX);
	}
	json_parser_init(&p, JSON_SIZE_MAX, DEPTH);
	have = json_parse(&p, &doc, text, &err);
	want = json_check(body, DEPTH, JSON_CHECK_STRICT, &fault);
	if (have == TOBS_OK) {
		FUZZ_CHECK(want == TOBS_OK);
		walk(json_root(&doc));
		round_trip(&p, &doc, size % 8);
	} else if (want == TOBS_OK) {
		FUZZ_CHECK(strstr(err.message, "too large"));
		FUZZ_CHECK(err.offset >= 0 && (size_t)err.offset < size);
	} else {
		FUZZ_CHECK(have == want && err.offset == (int64_t)(fault.offset + mark));
		FUZZ_CHECK(!json_doc_filled(&doc));
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	return 0;
}
