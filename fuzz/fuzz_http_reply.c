/* SPDX-License-Identifier: MIT */
/*
 * HTTP answers: the first byte chooses the size of the pieces and whether it
 * answers a HEAD; what comes of the pieces is what comes of the whole.
 */
#include "fuzz.h"
#include "net/http_reply.h"

enum { HEAD_MAX_BYTES = 1 << 10, BODY_MAX = 1 << 20 };

struct result {
	struct tobs_buf head, body;
	int code, status;
	bool done, keep;
	size_t left;
};

static void read_all(struct tobs_view text, size_t each, bool bodiless, struct result *ret)
{
	struct http_reply reply;

	*ret = (struct result){ 0 };
	tobs_buf_init(&ret->head, HEAD_MAX_BYTES);
	tobs_buf_init(&ret->body, BODY_MAX);
	http_reply_init(&reply, &ret->head, bodiless);
	while (text.len && !ret->code && !http_reply_done(&reply)) {
		struct tobs_view in = tobs_view_sub(text, 0, each), piece;
		size_t given = in.len;

		while (in.len && !ret->code && !http_reply_done(&reply)) {
			size_t before = in.len;

			ret->code = http_reply_feed(&reply, &in, &piece, NULL);
			FUZZ_CHECK(ret->code || in.len < before);
			FUZZ_CHECK(!piece.len || (piece.ptr >= text.ptr && !bodiless));
			if (!ret->code)
				FUZZ_CHECK(!tobs_buf_putv(&ret->body, piece));
		}
		text = tobs_view_sub(text, given - in.len, SIZE_MAX);
	}
	ret->done = http_reply_done(&reply);
	ret->left = ret->done ? text.len : 0;
	if (!ret->code && !ret->done)
		ret->code = http_reply_end(&reply, NULL);
	ret->status = ret->code ? 0 : reply.status;
	ret->keep = !ret->code && reply.keep;
	FUZZ_CHECK(ret->code || (ret->status >= 200 && ret->status <= 999));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole, pieces;
	struct tobs_view text;

	if (size == 0)
		return 0;
	text = tobs_view(data + 1, size - 1);
	read_all(text, SIZE_MAX, data[0] & 0x80, &whole);
	read_all(text, (data[0] & 0x7f) + 1u, data[0] & 0x80, &pieces);
	FUZZ_CHECK(whole.code == pieces.code);
	FUZZ_CHECK(whole.status == pieces.status);
	FUZZ_CHECK(whole.keep == pieces.keep);
	FUZZ_CHECK(whole.left == pieces.left);
	FUZZ_CHECK(tobs_view_eq(tobs_buf_view(&whole.body), tobs_buf_view(&pieces.body)));
	FUZZ_CHECK(whole.code ||
		tobs_view_eq(tobs_buf_view(&whole.head), tobs_buf_view(&pieces.head)));
	tobs_buf_deinit(&whole.head);
	tobs_buf_deinit(&whole.body);
	tobs_buf_deinit(&pieces.head);
	tobs_buf_deinit(&pieces.body);
	return 0;
}
