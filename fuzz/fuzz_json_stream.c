/* SPDX-License-Identifier: MIT */
/*
 * The stream, fed in pieces, entering, taking, passing over and leaving as the
 * first bytes of the input say; against the parser, which sees it whole.
 */
#include "base/json_stream.h"
#include "base/rand.h"
#include "fuzz.h"

struct source {
	struct tobs_view rest;
	size_t chunk;
};

static int read_source(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct source *src = user;
	size_t n = MIN(MIN(cap, src->chunk), src->rest.len);

	if (n)
		memcpy(buf, src->rest.ptr, n);
	src->rest = tobs_view_sub(src->rest, n, SIZE_MAX);
	*ret_n = n;
	return TOBS_OK;
}

/* Goes through the whole stream; returns the code it ended with. */
static int go(struct json_stream *s, struct prng *p, struct tobs_err *err)
{
	struct json_item item;
	struct json_value v;
	int64_t last = -1;
	int r = TOBS_OK;

	while (!r && s->state != JSON_STREAM_DONE) {
		r = json_stream_next(s, &item, err);
		if (r)
			break;
		FUZZ_CHECK(item.offset > last || s->state == JSON_STREAM_DONE);
		last = item.offset;
		if (s->state != JSON_STREAM_AT_VALUE) {
			FUZZ_CHECK(item.type == JSON_MISSING);
			continue;
		}
		FUZZ_CHECK(item.type != JSON_MISSING && item.index == json_stream_complete(s));
		switch (prng_below(p, 8)) {
		case 0: break;
		case 1:
		case 2:
			r = json_stream_take(s, &v, err);
			FUZZ_CHECK(r || item.type == json_type(v) || item.type == JSON_INT);
			break;
		case 3: r = s->depth ? json_stream_leave(s, err) : TOBS_OK; break;
		default:
			if ((item.type == JSON_OBJECT || item.type == JSON_ARRAY) &&
				s->depth < JSON_STREAM_DEPTH)
				r = json_stream_enter(s, err);
		}
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_stream_options options = { .max_value = 4096 };
	struct tobs_err err = { 0 };
	struct json_doc doc = { 0 };
	struct json_parser parser;
	struct json_stream s;
	struct json_item item;
	struct source src;
	struct prng p = { 0 };
	int r, whole;

	if (size < 4)
		return 0;
	options.buffer = 1 + data[0];
	options.lenient = data[1] & 1;
	src = (struct source){ tobs_view(data + 4, size - 4), 1 + data[1] / 2 };
	p.state = data[2] | (uint64_t)data[3] << 8;

	json_parser_init(&parser, JSON_SIZE_MAX, JSON_DEPTH_MAX);
	whole = json_parse(&parser, &doc, src.rest, NULL);
	json_stream_init(&s, read_source, &src, &options);
	r = go(&s, &p, &err);
	/* What is JSON as a whole is JSON in pieces, within the limits. */
	if (whole == TOBS_OK)
		FUZZ_CHECK(r == TOBS_OK || r == TOBS_ETOOBIG);
	if (r) {
		FUZZ_CHECK(err.code == r && err.offset >= 0 && err.offset <= (int64_t)size);
		FUZZ_CHECK(json_stream_next(&s, &item, NULL) == r);
	}
	FUZZ_CHECK(s.cap <= 4 * (options.max_value + options.buffer));
	json_stream_deinit(&s);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return 0;
}
