/* SPDX-License-Identifier: MIT */
/* JSON against what Telegram Desktop wrote: a real export, read whole and as a stream, and written again. */
#include "base/json_stream.h"
#include "base/json_write.h"
#include "support/shared.h"
#include "support/test.h"

enum { MESSAGES = 924 }; /* as its SOURCE.md says */

static struct tobs_buf file;

/* As jsonw_value() does, with Desktop's wider margin inside reactions. */
static void write_as_desktop(struct json_writer *w, struct json_value v)
{
	if (!json_is_array(v) && !json_is_object(v)) {
		jsonw_value(w, v);
		return;
	}
	if (json_is_object(v))
		jsonw_object(w);
	else
		jsonw_array(w);
	JSON_EACH (it, v) {
		bool reactions = tobs_view_is(it.key, "reactions");

		if (json_is_object(v))
			jsonw_key_v(w, it.key);
		if (reactions)
			json_writer_margin(w, 1);
		write_as_desktop(w, it.value);
		if (reactions)
			json_writer_margin(w, 0);
	}
	jsonw_end(w);
}

static void comes_back_byte_for_byte(void **state)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct json_writer w;
	struct tobs_buf out;

	(void)state;
	json_parser_init(&parser, 1 << 26, 64);
	tobs_buf_init(&out, 1 << 26);
	assert_ok(json_parse(&parser, &doc, tobs_buf_view(&file), NULL));
	json_writer_init(&w, &out, JSONW_INDENT);
	write_as_desktop(&w, json_root(&doc));
	assert_ok(tobs_buf_err(&out));
	assert_int_equal(out.len, file.len);
	assert_memory_equal(out.ptr, file.ptr, file.len);
	tobs_buf_deinit(&out);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
}

static int read_part(void *user, void *buf, size_t cap, size_t *ret_n)
{
	size_t *pos = user, n = MIN(cap, file.len - *pos);

	memcpy(buf, file.ptr + *pos, n);
	*pos += n;
	*ret_n = n;
	return TOBS_OK;
}

static void streams(void **state)
{
	struct json_stream s;
	struct json_item item;
	struct json_value v;
	int64_t id, last = 0;
	size_t pos = 0;
	int messages = 0;

	(void)state;
	json_stream_init(&s, read_part, &pos, &(struct json_stream_options){ .buffer = 10000 });
	assert_ok(json_stream_next(&s, &item, NULL));
	assert_ok(json_stream_enter(&s, NULL));
	do
		assert_ok(json_stream_next(&s, &item, NULL));
	while (!tobs_view_is(item.key, "messages"));
	assert_ok(json_stream_enter(&s, NULL));
	for (;; messages++) {
		assert_ok(json_stream_next(&s, &item, NULL));
		if (!item.type)
			break;
		assert_ok(json_stream_take(&s, &v, NULL));
		assert_ok(json_get_i64(json_field(v, "id"), &id));
		assert_true(id > last);
		last = id;
	}
	assert_int_equal(messages, MESSAGES);
	assert_ok(json_stream_next(&s, &item, NULL));
	assert_ok(json_stream_next(&s, &item, NULL));
	assert_int_equal(item.offset, file.len);
	json_stream_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_byte_for_byte),
		cmocka_unit_test(streams),
	};
	int r;

	tobs_buf_init(&file, 1 << 26);
	if (!shared_file("data/public-channel/result.json", &file))
		return shared_skip();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	tobs_buf_deinit(&file);
	return r;
}
