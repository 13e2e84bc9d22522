/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"

#include <math.h>

#include "support/failmem.h"
#include "support/json_random.h"
#include "support/test.h"

static struct json_parser parser;
static struct json_doc doc;
static struct tobs_buf out;
static struct json_writer w;

static int setup(void **state)
{
	(void)state;
	json_parser_init(&parser, 1 << 26, JSON_DEPTH_MAX);
	tobs_buf_init(&out, 1 << 26);
	json_writer_init(&w, &out, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	tobs_buf_deinit(&out);
	return 0;
}

static void restart(unsigned flags)
{
	tobs_buf_clear(&out);
	json_writer_init(&w, &out, flags);
}

static void everything(void)
{
	jsonw_object(&w);
	jsonw_key(&w, "a");
	jsonw_array(&w);
	jsonw_i64(&w, INT64_MIN);
	jsonw_u64(&w, UINT64_MAX);
	jsonw_i64(&w, 0);
	jsonw_double(&w, 0.5);
	jsonw_bool(&w, true);
	jsonw_bool(&w, false);
	jsonw_null(&w);
	jsonw_str(&w, "s");
	jsonw_str_v(&w, tobs_view(NULL, 0));
	jsonw_raw(&w, tobs_str("{\"raw\":1}"));
	jsonw_end(&w);
	jsonw_key(&w, "");
	jsonw_object(&w);
	jsonw_end(&w);
	jsonw_key_v(&w, tobs_view("k\0\"", 3));
	jsonw_array(&w);
	jsonw_end(&w);
	jsonw_key(&w, "n");
	jsonw_array(&w);
	jsonw_object(&w);
	jsonw_key(&w, "x");
	jsonw_i64(&w, -1);
	jsonw_end(&w);
	jsonw_array(&w);
	jsonw_array(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	assert_false(json_writer_done(&w));
	jsonw_end(&w);
	assert_true(json_writer_done(&w));
	assert_ok(tobs_buf_err(&out));
}

static void compact(void **state)
{
	(void)state;
	everything();
	assert_string_equal(tobs_buf_str(&out),
		"{\"a\":[-9223372036854775808,18446744073709551615,0,0.5,true,false,null,\"s\",\"\","
		"{\"raw\":1}],\"\":{},\"k\\u0000\\\"\":[],\"n\":[{\"x\":-1},[[]]]}");
}

static void indented(void **state)
{
	(void)state;
	restart(JSONW_INDENT);
	everything();
	assert_string_equal(tobs_buf_str(&out),
		"{\n \"a\": [\n  -9223372036854775808,\n  18446744073709551615,\n  0,\n  0.5,\n"
		"  true,\n  false,\n  null,\n  \"s\",\n  \"\",\n  {\"raw\":1}\n ],\n \"\": {},\n"
		" \"k\\u0000\\\"\": [],\n \"n\": [\n  {\n   \"x\": -1\n  },\n  [\n   []\n  ]\n ]\n}");
}

static void a_wider_margin(void **state)
{
	(void)state;
	restart(JSONW_INDENT);
	jsonw_array(&w);
	jsonw_i64(&w, 1);
	json_writer_margin(&w, 2);
	jsonw_array(&w);
	jsonw_i64(&w, 2);
	jsonw_end(&w);
	json_writer_margin(&w, 0);
	jsonw_i64(&w, 3);
	jsonw_end(&w);
	assert_string_equal(tobs_buf_str(&out), "[\n 1,\n   [\n    2\n   ],\n 3\n]");
}

static void scalars_are_documents(void **state)
{
	(void)state;
	jsonw_i64(&w, 7);
	assert_true(json_writer_done(&w));
	assert_string_equal(tobs_buf_str(&out), "7");
	/* Behind what the buffer holds already. */
	json_writer_init(&w, &out, JSONW_INDENT);
	jsonw_str(&w, "x");
	assert_string_equal(tobs_buf_str(&out), "7\"x\"");
}

static void strings(void **state)
{
	static const struct {
		const char *text, *plain, *ascii, *slash;
	} rows[] = {
		{ "", "", "", "" },
		{ "a/b", "a/b", "a/b", "a\\/b" },
		{ "\"\\", "\\\"\\\\", "\\\"\\\\", "\\\"\\\\" },
		{ "\b\f\n\r\t\v\x1f\x7f", "\\b\\f\\n\\r\\t\\u000b\\u001f\x7f",
			"\\b\\f\\n\\r\\t\\u000b\\u001f\\u007f",
			"\\b\\f\\n\\r\\t\\u000b\\u001f\x7f" },
		{ "\xd1\x8f\xe2\x82\xac\xf0\x9f\x98\x80", "\xd1\x8f\xe2\x82\xac\xf0\x9f\x98\x80",
			"\\u044f\\u20ac\\ud83d\\ude00", "\xd1\x8f\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\\udbff\\udfff", "\xf4\x8f\xbf\xbf" },
		/* What is no UTF-8: a byte each. */
		{ "a\xff", "a\xef\xbf\xbd", "a\\ufffd", "a\xef\xbf\xbd" },
		{ "\xed\xa0\x80z", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz",
			"\\ufffd\\ufffd\\ufffdz", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz" },
		{ "\xd1", "\xef\xbf\xbd", "\\ufffd", "\xef\xbf\xbd" },
		{ "0123456789abcdef/\"", "0123456789abcdef/\\\"", "0123456789abcdef/\\\"",
			"0123456789abcdef\\/\\\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *want[] = { rows[i].plain, rows[i].ascii, rows[i].slash };
		const unsigned flags[] = { 0, JSONW_ASCII, JSONW_SLASH };

		for (size_t k = 0; k < 3; k++) {
			char quoted[200];

			restart(flags[k]);
			jsonw_str(&w, rows[i].text);
			snprintf(quoted, sizeof quoted, "\"%s\"", want[k]);
			assert_string_equal(tobs_buf_str(&out), quoted);
			/* The same for a key. */
			restart(flags[k]);
			jsonw_object(&w);
			jsonw_key(&w, rows[i].text);
			snprintf(quoted, sizeof quoted, "{\"%s\":", want[k]);
			assert_string_equal(tobs_buf_str(&out), quoted);
		}
	}
}

/* What the writer should make of one byte among ASCII. */
static void put_byte(struct tobs_buf *want, uint8_t c, unsigned flags)
{
	static const char *const named = "\b\f\n\r\t\"\\", *const letters = "bfnrt\"\\";
	const char *at = c ? strchr(named, c) : NULL;

	if (at)
		tobs_buf_printf(want, "\\%c", letters[at - named]);
	else if (c == '/' && flags & JSONW_SLASH)
		tobs_buf_puts(want, "\\/");
	else if (c >= 0x80)
		tobs_buf_puts(want, flags & JSONW_ASCII ? "\\ufffd" : "\xef\xbf\xbd");
	else if (c < 0x20 || (c == 0x7f && flags & JSONW_ASCII))
		tobs_buf_printf(want, "\\u%04x", c);
	else
		tobs_buf_putc(want, (char)c);
}

/* Each byte at each place of a word, between plain ones. */
static void every_byte_everywhere(void **state)
{
	struct tobs_buf want;

	(void)state;
	tobs_buf_init(&want, 1000);
	for (unsigned i = 0; i < 256 * 20 * 4; i++) {
		unsigned flags = (i & 3) * 2;
		size_t at = i / 4 % 20;
		uint8_t c = (uint8_t)(i / 80), bytes[20];
		uint8_t *exact;

		memset(bytes, 'x', sizeof bytes);
		bytes[at] = c;
		tobs_buf_clear(&want);
		tobs_buf_putc(&want, '"');
		for (size_t k = 0; k < sizeof bytes; k++)
			put_byte(&want, bytes[k], flags);
		tobs_buf_putc(&want, '"');
		exact = exact_copy(bytes, sizeof bytes);
		restart(flags);
		jsonw_str_v(&w, tobs_view(exact, sizeof bytes));
		free(exact);
		assert_string_equal(tobs_buf_str(&out), tobs_buf_str(&want));
	}
	tobs_buf_deinit(&want);
}

static void doubles(void **state)
{
	static const struct {
		double d;
		const char *want;
	} rows[] = {
		{ 0, "0.0" },
		{ -0.0, "-0.0" },
		{ 1, "1.0" },
		{ -1, "-1.0" },
		{ 5e15, "5000000000000000.0" },
		{ 9007199254740993.0, "9007199254740992.0" },
		{ 9999999999999998.0, "9999999999999998.0" },
		{ 1e16, "1e+16" },
		{ 123456789012345680.0, "1.2345678901234568e+17" },
		{ 1e22, "1e+22" },
		{ 1e100, "1e+100" },
		{ 0.1, "0.1" },
		{ 0.3, "0.3" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 55.755826, "55.755826" },
		{ -37.6173, "-37.6173" },
		{ 100.25, "100.25" },
		{ 0.001, "0.001" },
		{ 0.0001, "0.0001" },
		{ 0.00012345, "0.00012345" },
		{ 0.00001, "1e-05" },
		{ 1.5e-7, "1.5e-07" },
		{ 5e-324, "5e-324" },
		{ 2.2250738585072014e-308, "2.2250738585072014e-308" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 2.0 / 3, "0.6666666666666666" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		restart(0);
		jsonw_double(&w, rows[i].d);
		assert_string_equal(tobs_buf_str(&out), rows[i].want);
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const double bad[] = { NAN, -NAN, INFINITY, -INFINITY };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		restart(0);
		jsonw_array(&w);
		jsonw_double(&w, bad[i]);
		assert_code(tobs_buf_err(&out), TOBS_EINVAL);
		/* From here on nothing is written, and nothing asserted. */
		jsonw_key(&w, "x");
		jsonw_end(&w);
		jsonw_end(&w);
		jsonw_i64(&w, 1);
		assert_string_equal(tobs_buf_str(&out), "[");
	}
}

static void limits(void **state)
{
	(void)state;
	for (int i = 0; i < JSON_DEPTH_MAX; i++) {
		if (i % 3) {
			jsonw_array(&w);
		} else {
			jsonw_object(&w);
			if (i + 1 < JSON_DEPTH_MAX)
				jsonw_key(&w, "k");
		}
	}
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		jsonw_end(&w);
	assert_ok(tobs_buf_err(&out));
	assert_ok(json_parse(&parser, &doc, tobs_buf_view(&out), NULL));
	restart(0);
	for (int i = 0; i < JSON_DEPTH_MAX + 1; i++)
		jsonw_array(&w);
	assert_code(tobs_buf_err(&out), TOBS_ETOOBIG);
	tobs_buf_deinit(&out);
	tobs_buf_init(&out, 10);
	json_writer_init(&w, &out, 0);
	jsonw_array(&w);
	jsonw_str(&w, "four");
	jsonw_str(&w, "more");
	assert_code(tobs_buf_err(&out), TOBS_ETOOBIG);
	jsonw_end(&w);
	assert_false(json_writer_done(&w));
}

static void written_is_read_the_same(void **state)
{
	static const unsigned flags[] = { 0, JSONW_INDENT, JSONW_ASCII, JSONW_SLASH, 7 };
	int deep = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 600; seed++) {
		struct prng p = { seed };

		restart(flags[seed % ARRAY_LEN(flags)]);
		json_random_write(&w, &p, 6);
		assert_ok(tobs_buf_err(&out));
		assert_true(json_writer_done(&w));
		assert_ok(json_parse(&parser, &doc, tobs_buf_view(&out), NULL));
		p = (struct prng){ seed };
		if (!json_random_check(json_root(&doc), &p, 6))
			fail_msg("seed %d: %s", (int)seed, tobs_buf_str(&out));
		deep += out.len > 200;
		/* Something else is not the same. */
		p = (struct prng){ seed + 1000000 };
		assert_false(json_random_check(json_root(&doc), &p, 6) && out.len > 100);
	}
	assert_true(deep > 50);
}

static void read_is_written_the_same(void **state)
{
	struct json_doc again = { 0 };
	struct tobs_buf text;

	(void)state;
	tobs_buf_init(&text, 1 << 20);
	for (uint64_t seed = 0; seed < 600; seed++) {
		struct prng p = { seed };

		tobs_buf_clear(&text);
		json_random_text(&text, &p, 6);
		assert_ok(json_parse(&parser, &doc, tobs_buf_view(&text), NULL));
		restart(seed % 8);
		jsonw_value(&w, json_root(&doc));
		assert_true(json_writer_done(&w));
		assert_ok(json_parse(&parser, &again, tobs_buf_view(&out), NULL));
		assert_true(json_equal(json_root(&doc), json_root(&again)));
	}
	tobs_buf_deinit(&text);
	json_doc_deinit(&again);
}

/* A value from the middle of a document, into the middle of another. */
static void values_move_between_documents(void **state)
{
	(void)state;
	assert_ok(json_parse(&parser, &doc,
		tobs_str("{\"a\":[1,{\"b\":\"c\"},18446744073709551615],\"z\":true}"), NULL));
	jsonw_object(&w);
	jsonw_key(&w, "got");
	jsonw_value(&w, json_field(json_root(&doc), "a"));
	jsonw_key(&w, "s");
	jsonw_value(&w, json_field(json_item(json_field(json_root(&doc), "a"), 1), "b"));
	jsonw_end(&w);
	assert_string_equal(
		tobs_buf_str(&out), "{\"got\":[1,{\"b\":\"c\"},18446744073709551615],\"s\":\"c\"}");
}

static int write_it(void *user)
{
	struct tobs_buf buf;
	struct json_writer jw;
	int r;

	(void)user;
	tobs_buf_init(&buf, 100000);
	json_writer_init(&jw, &buf, JSONW_INDENT);
	jsonw_array(&jw);
	for (int i = 0; i < 50; i++) {
		jsonw_object(&jw);
		jsonw_key(&jw, "key\n");
		jsonw_str(&jw, "value\xff value value value");
		jsonw_end(&jw);
	}
	jsonw_end(&jw);
	r = tobs_buf_err(&buf);
	tobs_buf_deinit(&buf);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(write_it, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(compact),
		TEST(indented),
		TEST(a_wider_margin),
		TEST(scalars_are_documents),
		TEST(strings),
		TEST(every_byte_everywhere),
		TEST(doubles),
		TEST(what_is_no_number_is_refused),
		TEST(limits),
		TEST(written_is_read_the_same),
		TEST(read_is_written_the_same),
		TEST(values_move_between_documents),
		TEST(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
