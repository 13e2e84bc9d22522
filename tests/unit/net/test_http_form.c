/* SPDX-License-Identifier: MIT */
#include "net/http_form.h"

#include "support/bytes.h"
#include "support/failmem.h"
#include "support/test.h"

static struct dealt deal;

static const struct rng *known(void)
{
	static struct rng rng;

	rng = dealt_rng(&deal, "000102030405060708090a0b");
	return &rng;
}

/* Gives its text in pieces of up to 3 bytes. */
struct text {
	const char *at;
	int fail_after; /* pieces; 0: never */
};

static int read_text(void *user, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	struct text *t = user;
	size_t n = strlen(t->at);

	if (t->fail_after && !--t->fail_after)
		return tobs_fail(err, TOBS_EIO, "no more");
	n = n < 3 ? n : 3;
	n = n < len ? n : len;
	memcpy(buf, t->at, n);
	t->at += n;
	*ret_n = n;
	return TOBS_OK;
}

static int read_all(struct http_form *f, size_t each, struct tobs_buf *out, struct tobs_err *err)
{
	struct http_source source = http_form_source(f);

	for (;;) {
		uint8_t piece[64];
		size_t n;
		int r = source.read(source.user, piece, each, &n, err);

		if (r || !n)
			return r;
		tobs_buf_put(out, piece, n);
	}
}

static const char wanted[] = "--000102030405060708090a0b\r\n"
			     "Content-Disposition: form-data; name=\"chat_id\"\r\n\r\n"
			     "-100\r\n"
			     "--000102030405060708090a0b\r\n"
			     "Content-Disposition: form-data; name=\"empty\"\r\n\r\n"
			     "\r\n"
			     "--000102030405060708090a0b\r\n"
			     "Content-Disposition: form-data; name=\"photo\"; "
			     "filename=\"a %22quoted%22%0D%0A\xc3\xa4.png\"\r\n"
			     "Content-Type: image/png\r\n\r\n"
			     "the picture\r\n"
			     "--000102030405060708090a0b--\r\n";

static void writes_values_and_files(void **state)
{
	(void)state;
	for (size_t each = 1; each <= 64; each += 9) {
		struct text text = { "the picture", 0 };
		const struct http_source source = { read_text, &text, 11 };
		const struct http_part parts[] = {
			{ .name = TOBS_LIT("chat_id"), .value = TOBS_LIT("-100") },
			{ .name = TOBS_LIT("empty") },
			{ .name = TOBS_LIT("photo"),
				.source = &source,
				.filename = TOBS_LIT("a \"quoted\"\r\n\xc3\xa4.png"),
				.type = TOBS_LIT("image/png") },
		};
		struct http_form *f;
		struct tobs_buf out;

		tobs_buf_init(&out, 4096);
		assert_ok(http_form_new(parts, 3, known(), &f, NULL));
		assert_string_equal(http_form_type(f),
			"multipart/form-data; boundary=000102030405060708090a0b");
		assert_int_equal(http_form_source(f).size, sizeof wanted - 1);
		assert_ok(read_all(f, each, &out, NULL));
		assert_string_equal(tobs_buf_str(&out), wanted);
		tobs_buf_deinit(&out);
		http_form_free(f);
	}
}

static void may_be_empty(void **state)
{
	struct http_form *f;
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 4096);
	assert_ok(http_form_new(NULL, 0, known(), &f, NULL));
	assert_ok(read_all(f, 64, &out, NULL));
	assert_string_equal(tobs_buf_str(&out), "--000102030405060708090a0b--\r\n");
	assert_int_equal(http_form_source(f).size, out.len);
	tobs_buf_deinit(&out);
	http_form_free(f);
	http_form_free(NULL);
}

static void expect_source(const char *content, int64_t size, int fail_after, int code)
{
	struct text text = { content, fail_after };
	const struct http_source source = { read_text, &text, size };
	const struct http_part parts[] = { { .name = TOBS_LIT("f"), .source = &source } };
	struct http_form *f;
	struct tobs_buf out;

	tobs_buf_init(&out, 4096);
	assert_ok(http_form_new(parts, 1, NULL, &f, NULL));
	assert_int_equal(http_form_source(f).size < 0, size < 0);
	assert_code(read_all(f, 64, &out, NULL), code);
	tobs_buf_deinit(&out);
	http_form_free(f);
}

static void holds_files_to_their_size(void **state)
{
	(void)state;
	expect_source("0123456789", 10, 0, TOBS_OK);
	expect_source("0123456789", -1, 0, TOBS_OK);
	expect_source("0123456789", 11, 0, TOBS_ETRUNCATED);
	expect_source("0123456789", 9, 0, TOBS_EINVAL);
	expect_source("0123456789", 10, 2, TOBS_EIO);
}

static void refuses_a_type_that_is_none(void **state)
{
	const struct http_part parts[] = { { .name = TOBS_LIT("f"),
		.type = TOBS_LIT("text/plain\r\nX: y") } };
	struct http_form *f = NULL;

	(void)state;
	assert_code(http_form_new(parts, 1, NULL, &f, NULL), TOBS_EINVAL);
	assert_null(f);
}

static int make(void *user)
{
	const struct http_part parts[] = { { .name = TOBS_LIT("a"), .value = TOBS_LIT("b") } };
	struct http_form *f = NULL;
	int r = http_form_new(parts, 1, NULL, &f, NULL);

	(void)user;
	http_form_free(f);
	return r;
}

static void survives_without_memory(void **state)
{
	(void)state;
	fail_each_allocation(make, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_values_and_files),
		cmocka_unit_test(may_be_empty),
		cmocka_unit_test(holds_files_to_their_size),
		cmocka_unit_test(refuses_a_type_that_is_none),
		cmocka_unit_test(survives_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
