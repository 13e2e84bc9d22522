/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <math.h>

#include "base/json_check.h"
#include "base/rand.h"
#include "support/failmem.h"
#include "support/test.h"

static struct json_parser parser;
static struct json_doc doc;

static int setup(void **state)
{
	(void)state;
	json_parser_init(&parser, 1 << 20, JSON_DEPTH_MAX);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return 0;
}

/* Parses from memory that ends where the text ends. */
static int parse_view(struct tobs_view text, struct tobs_err *err)
{
	uint8_t *exact = exact_copy(text.ptr, text.len);
	int r = json_parse(&parser, &doc, tobs_view(exact, text.len), err);

	free(exact);
	return r;
}

static struct json_value parse(const char *text)
{
	assert_ok(parse_view(tobs_str(text), NULL));
	return json_root(&doc);
}

/* The parser and the checker say the same about a text, and name the same place. */
static bool agree(struct tobs_view text)
{
	uint8_t *exact = exact_copy(text.ptr, text.len);
	struct json_fault fault = { 0 };
	struct tobs_err err = { 0 };
	int want = json_check(tobs_view(exact, text.len), parser.depth, JSON_CHECK_STRICT, &fault);
	int have = parse_view(text, &err);

	free(exact);
	if (have == TOBS_OK && want == TOBS_OK)
		return true;
	assert_false(json_doc_filled(&doc));
	if (want == TOBS_OK) {
		/* The checker does not look at the size of numbers. */
		assert_code(have, TOBS_EMALFORMED);
		assert_non_null(strstr(err.message, "too large"));
		return false;
	}
	if (have != want || err.offset != (int64_t)fault.offset)
		fail_msg("parser %s at %lld, checker %s at %zu (%s):\n%.*s", tobs_error_name(have),
			(long long)err.offset, tobs_error_name(want), fault.offset, fault.what,
			TOBS_VIEW_FMT(text));
	return false;
}

static const char *const documents[] = {
	"{\"update_id\":1,\"message\":{\"text\":\"hi \\u0410\\n\",\"ok\":true,\"n\":null}}",
	"[[],{},[[]],[{}],{\"a\":[]},{\"\":{}}]",
	"[0,-0,1,-1,9223372036854775807,-9223372036854775808,18446744073709551615]",
	"[0.5,1e5,1E+5,-1.25e-3,123456789012345678901234567890,-9223372036854775809]",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83d\\ude00\\uFFFF\"",
	" \t\r\n{ \"k\" : [ true , false , null ] , \"l\" : \"\xd1\x8f\xf0\x9f\x98\x80\" } \n",
	"{\"a\":1,\"a\":2}",
	"[\"\",\"x\",\"a string of more than sixty-four bytes, so that it does not fit one block\"]",
	"[1,[2,[3,[4,[5,[6,[7,[8,[9]]]]]]]]]",
};

static void kinds(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} rows[] = {
		{ "null", JSON_NULL },
		{ "true", JSON_BOOL },
		{ "false", JSON_BOOL },
		{ "0", JSON_INT },
		{ "-0", JSON_INT },
		{ "9223372036854775807", JSON_INT },
		{ "-9223372036854775808", JSON_INT },
		{ "9223372036854775808", JSON_UINT },
		{ "18446744073709551615", JSON_UINT },
		{ "18446744073709551616", JSON_DOUBLE },
		{ "-9223372036854775809", JSON_DOUBLE },
		{ "1.0", JSON_DOUBLE },
		{ "1e2", JSON_DOUBLE },
		{ "\"\"", JSON_STRING },
		{ "[]", JSON_ARRAY },
		{ "{}", JSON_OBJECT },
		{ "\xef\xbb\xbf[]", JSON_ARRAY },
	};

	(void)state;
	assert_true(json_is_missing(json_root(&doc)));
	assert_int_equal(json_type(json_root(&doc)), JSON_MISSING);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_value v = parse(rows[i].text);

		assert_int_equal(json_type(v), rows[i].type);
		assert_int_equal(json_is_null(v), rows[i].type == JSON_NULL);
		assert_int_equal(json_is_string(v), rows[i].type == JSON_STRING);
		assert_int_equal(json_is_array(v), rows[i].type == JSON_ARRAY);
		assert_int_equal(json_is_object(v), rows[i].type == JSON_OBJECT);
	}
	assert_string_equal(json_type_name(JSON_UINT), "integer");
	assert_string_equal(json_type_name(JSON_OBJECT), "object");
}

static void integers(void **state)
{
	static const struct {
		const char *text;
		int code_i, code_u;
		int64_t i;
		uint64_t u;
	} rows[] = {
		{ "0", TOBS_OK, TOBS_OK, 0, 0 },
		{ "-1", TOBS_OK, TOBS_EMALFORMED, -1, 99 },
		{ "9223372036854775807", TOBS_OK, TOBS_OK, INT64_MAX, INT64_MAX },
		{ "-9223372036854775808", TOBS_OK, TOBS_EMALFORMED, INT64_MIN, 99 },
		{ "9223372036854775808", TOBS_EMALFORMED, TOBS_OK, 77, 1ull << 63 },
		{ "18446744073709551615", TOBS_EMALFORMED, TOBS_OK, 77, UINT64_MAX },
		{ "18446744073709551616", TOBS_EMALFORMED, TOBS_EMALFORMED, 77, 99 },
		{ "1.0", TOBS_EMALFORMED, TOBS_EMALFORMED, 77, 99 },
		{ "\"1\"", TOBS_EMALFORMED, TOBS_EMALFORMED, 77, 99 },
		{ "null", TOBS_EMALFORMED, TOBS_EMALFORMED, 77, 99 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_value v = parse(rows[i].text);
		int64_t have_i = 77;
		uint64_t have_u = 99;

		assert_code(json_get_i64(v, &have_i), rows[i].code_i);
		assert_code(json_get_u64(v, &have_u), rows[i].code_u);
		assert_true(have_i == rows[i].i && have_u == rows[i].u);
	}
}

static void doubles(void **state)
{
	static const struct {
		const char *text;
		double want;
	} rows[] = {
		{ "0.1", 0.1 },
		{ "-2.5e-3", -2.5e-3 },
		{ "-7", -7 },
		{ "18446744073709551615", 18446744073709551615.0 },
		{ "123456789012345678901234567890", 123456789012345678901234567890.0 },
		{ "-123456789012345678901234567890", -123456789012345678901234567890.0 },
		{ "1.7976931348623157e308", 1.7976931348623157e308 },
		{ "5e-324", 5e-324 },
		{ "1e-999", 0 },
	};
	double d = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_ok(json_get_double(parse(rows[i].text), &d));
		assert_true(d == rows[i].want);
	}
	assert_ok(json_get_double(parse("-0.0"), &d));
	assert_true(signbit(d));
	d = 3;
	assert_code(json_get_double(parse("\"1\""), &d), TOBS_EMALFORMED);
	assert_code(json_get_double(json_field(parse("{}"), "x"), &d), TOBS_ENOTFOUND);
	assert_true(d == 3);
}

/* Integers beyond 64 bits are found among strings and other numbers; what is too large is named. */
static void numbers_beyond_all_bounds(void **state)
{
	struct json_value v;
	struct tobs_err err;
	struct tobs_view s;
	int64_t n;
	double d;
	char huge[400];

	(void)state;
	v = parse("{\"99999999999999999999\":[99999999999999999999,\"\\\"99999999999999999999\",1,"
		  "-99999999999999999999,18446744073709551616]}");
	v = json_field(v, "99999999999999999999");
	assert_int_equal(json_count(v), 5);
	assert_ok(json_get_double(json_item(v, 0), &d));
	assert_true(d == 1e20);
	assert_ok(json_get_str(json_item(v, 1), &s));
	assert_view(s, "\"99999999999999999999");
	assert_ok(json_get_i64(json_item(v, 2), &n));
	assert_int_equal(n, 1);
	assert_ok(json_get_double(json_item(v, 3), &d));
	assert_true(d == -1e20);
	assert_code(parse_view(tobs_str("[1e5,2,1e308,1e309]"), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 13);
	assert_false(json_doc_filled(&doc));
	assert_code(parse_view(tobs_str("1e999"), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 0);
	assert_code(parse_view(tobs_str("\xef\xbb\xbf[-1e400]"), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 4);
	assert_string_equal(err.message, "JSON, byte 4: the number is too large");
	snprintf(huge, sizeof huge, "[2,1%0308d]", 0);
	assert_ok(json_get_double(json_item(parse(huge), 1), &d));
	assert_true(d == 1e308);
	snprintf(huge, sizeof huge, "[2,1%0309d]", 0);
	assert_code(parse_view(tobs_str(huge), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 3);
	/* As many digits as the largest double has, and yet larger. */
	snprintf(huge, sizeof huge, "[2,9%0308d]", 0);
	assert_code(parse_view(tobs_str(huge), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 3);
}

static void numbers_in_a_text(void **state)
{
	static const struct {
		const char *text;
		size_t start, end;
		bool is_integer, fits;
	} rows[] = {
		{ "7", 0, 1, true, true },
		{ "-0", 0, 2, true, true },
		{ "[\"1\\\"2\",-3]", 8, 10, true, true },
		{ "18446744073709551615", 0, 20, true, true },
		{ "18446744073709551616", 0, 20, true, false },
		{ "-9223372036854775808", 0, 20, true, true },
		{ "-9223372036854775809", 0, 20, true, false },
		{ "{\"a\":1.5e+3}", 5, 11, false, true },
		{ "1E-7", 0, 4, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tobs_view text = tobs_str(rows[i].text);
		struct json_number n = { 0 };
		uint8_t *exact = exact_copy(text.ptr, text.len);

		text.ptr = exact;
		assert_true(json_next_number(text, &n));
		assert_int_equal(n.start, rows[i].start);
		assert_int_equal(n.end, rows[i].end);
		assert_int_equal(n.is_integer, rows[i].is_integer);
		if (n.is_integer)
			assert_int_equal(n.fits, rows[i].fits);
		assert_false(json_next_number(text, &n));
		free(exact);
	}
}

static void bools_and_strings(void **state)
{
	struct json_value v = parse(documents[4]);
	struct tobs_view s;
	bool b = true;

	(void)state;
	assert_ok(json_get_str(v, &s));
	assert_int_equal(s.len, 16);
	assert_memory_equal(s.ptr, "\"\\/\b\f\n\r\t\0\xf0\x9f\x98\x80\xef\xbf\xbf", s.len + 1);
	assert_code(json_get_bool(v, &b), TOBS_EMALFORMED);
	assert_ok(json_get_bool(parse("false"), &b));
	assert_false(b);
	assert_ok(json_get_bool(parse("true"), &b));
	assert_true(b);
	assert_code(json_get_str(parse("1"), &s), TOBS_EMALFORMED);
	assert_code(json_get_str(json_item(parse("[]"), 0), &s), TOBS_ENOTFOUND);
	assert_code(json_get_bool(json_item(parse("[]"), 0), &b), TOBS_ENOTFOUND);
}

static void fields_and_elements(void **state)
{
	struct json_value v = parse("{\"a\":{\"b\":[10,{\"deep\":[1,2]},\"x\",2.5,30]},\"a\":5,"
				    "\"k\\u0000\":6,\"\":7}");
	int64_t n, sum = 0;
	char keys[32] = "";

	(void)state;
	assert_int_equal(json_count(v), 4);
	assert_int_equal(json_count(json_field(v, "a")), 1);
	assert_int_equal(json_count(json_field(json_field(v, "a"), "b")), 5);
	assert_int_equal(json_count(json_field(v, "")), 0);
	assert_ok(json_get_i64(json_item(json_field(json_field(v, "a"), "b"), 4), &n));
	assert_int_equal(n, 30);
	assert_ok(json_get_i64(json_field_v(v, tobs_view("k\0", 2)), &n));
	assert_int_equal(n, 6);
	assert_ok(json_get_i64(json_field(v, ""), &n));
	assert_int_equal(n, 7);
	/* Nothing there, whichever way one looks. */
	assert_true(json_is_missing(json_field(v, "k")));
	assert_true(json_is_missing(json_field(json_field(v, "no"), "b")));
	assert_true(json_is_missing(json_field(json_field(v, ""), "b")));
	assert_true(json_is_missing(json_item(json_field(json_field(v, "a"), "b"), 5)));
	assert_true(json_is_missing(json_item(v, 0)));
	JSON_EACH (it, v)
		snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "[%.*s]",
			TOBS_VIEW_FMT(it.key));
	assert_string_equal(keys, "[a][a][k][]");
	JSON_EACH (it, json_field(json_field(v, "a"), "b"))
		if (json_get_i64(it.value, &n) == TOBS_OK)
			sum += n;
	assert_int_equal(sum, 40);
	JSON_EACH (it, json_field(v, "no"))
		fail();
	JSON_EACH (it, parse("[]"))
		fail();
	JSON_EACH (it, parse("{}"))
		fail();
	JSON_EACH (it, parse("\"[1]\""))
		fail();
}

/* Beyond 2^24 - 1 elements the tape stops counting; a doctored count stands for so many. */
static void counts_what_the_tape_cannot(void **state)
{
	struct json_value v = parse("[1,2,3,[4,5]]");

	(void)state;
	doc.tape[1] |= 0xffffffull << 32;
	assert_int_equal(json_count(v), 4);
}

static void refuses(void **state)
{
	static const struct {
		const char *text;
		int offset;
	} rows[] = {
		{ "", 0 },
		{ "   ", 3 },
		{ "[1,2", 4 },
		{ "[1,]", 3 },
		{ "[,1]", 1 },
		{ "[1 2]", 3 },
		{ "[1}", 2 },
		{ "{\"a\":1]", 6 },
		{ "{\"a\" 1}", 5 },
		{ "{\"a\":1,}", 7 },
		{ "{a:1}", 1 },
		{ "{1:1}", 1 },
		{ "{\"a\":}", 5 },
		{ "{\"a\"}", 4 },
		{ "[]]", 2 },
		{ "[] x", 3 },
		{ "1 2", 2 },
		{ "]", 0 },
		{ "'a'", 0 },
		{ "[01]", 2 },
		{ "[-]", 2 },
		{ "[+1]", 1 },
		{ "[.5]", 1 },
		{ "[1.]", 3 },
		{ "[1e]", 3 },
		{ "[1e+]", 4 },
		{ "[0x10]", 2 },
		{ "[1_000]", 2 },
		{ "[NaN]", 1 },
		{ "[Infinity]", 1 },
		{ "[truE]", 4 },
		{ "[nul]", 4 },
		{ "[true1]", 5 },
		{ "nulls", 4 },
		{ "\"abc", 4 },
		{ "\"abc\\\"", 6 },
		{ "[\"\x01\"]", 2 },
		{ "[\"\n\"]", 2 },
		{ "[\"\x1f\"]", 2 },
		{ "[\"\\x0B\"]", 3 },
		{ "[\"\\\"]", 5 },
		{ "[\"\\u12g4\"]", 6 },
		{ "[\"\\u123\"]", 7 },
		{ "[\"\\ud83d\"]", 2 },
		{ "[\"\\ud83d\\n\"]", 2 },
		{ "[\"\\ud83dx\"]", 2 },
		{ "[\"\\ud83d\\u0041\"]", 2 },
		{ "[\"\\ud83d\\ud83d\"]", 2 },
		{ "[\"\\ude00\"]", 2 },
		{ "[\"\\udfff\\udfff\"]", 2 },
		{ "[\"\\udc00\\udc00\"]", 2 },
		{ "[\"\\ud800\\udbff\"]", 2 },
		{ "[\"\\ud800\\ue000\"]", 2 },
		{ "[\"\xff\"]", 2 },
		{ "[\"\xc0\x80\"]", 2 },
		{ "[\"\xed\xa0\x80\"]", 2 },
		{ "[\"\xf4\x90\x80\x80\"]", 2 },
		{ "[\"a\xd1\"]", 3 },
		{ "[1,\xd1\x8f]", 3 },
		{ "[1,\v2]", 3 },
		{ "[1]\f", 3 },
		{ "/* */[1]", 0 },
		{ "[1] // x", 4 },
		{ "\xef\xbb\xbf[1,]", 6 },
		{ "\xef\xbb\xbf", 3 },
		{ "[\xef\xbb\xbf]", 1 },
		{ "\xff\xfe[]", 0 },
	};
	struct tobs_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_code(parse_view(tobs_str(rows[i].text), &err), TOBS_EMALFORMED);
		if (err.offset != rows[i].offset)
			fail_msg("%s: offset %d, not %d", rows[i].text, (int)err.offset,
				rows[i].offset);
		assert_false(json_doc_filled(&doc));
		assert_true(json_is_missing(json_root(&doc)));
		assert_code(parse_view(tobs_str(rows[i].text), NULL), TOBS_EMALFORMED);
	}
	assert_code(parse_view(tobs_view("[1]\0", 4), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 3);
	assert_code(parse_view(tobs_view("[\"a\0\"]", 6), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 3);
	assert_string_equal(err.message, "JSON, byte 3: a control character in a string");
	assert_code(parse_view(tobs_view("[\"\\\0\"]", 6), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 3);
	assert_code(parse_view(tobs_view("[\"\\ud83d\0\"]", 11), &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, 2);
	assert_code(parse_view(tobs_str("[tru"), &err), TOBS_EMALFORMED);
	assert_string_equal(err.message, "JSON, byte 4: the text ends too early");
}

/* No proper prefix of a container or string is a document. */
static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		struct tobs_view whole = tobs_view_trim(tobs_str(documents[i]));

		assert_true(agree(whole));
		for (size_t len = 0; len < whole.len; len++)
			assert_false(agree(tobs_view_sub(whole, 0, len)));
	}
}

static void every_bit_flip_is_judged_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		size_t len = strlen(documents[i]);
		uint8_t *flipped = exact_copy(documents[i], len);

		for (size_t bit = 0; bit < len * 8; bit++) {
			flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
			agree(tobs_view(flipped, len));
			flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		free(flipped);
	}
}

/* Strings of tokens, most of them nearly JSON. */
static void token_soup_is_judged_alike(void **state)
{
	static const char *const tokens[] = { "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\n\"",
		"\"\\ud83d\\ude00\"", "1", "-0.5", "1e3", "true", "null", " ", "\n", "\"\"",
		"\"b\":", "\\", "\"", "99999999999999999999", "\xd1\x8f", "[1,", "{\"c\":" };
	struct prng p = { 21 };
	struct tobs_buf soup;
	int good = 0;

	(void)state;
	tobs_buf_init(&soup, 1000);
	for (int round = 0; round < 30000; round++) {
		size_t n = 1 + prng_below(&p, 9);

		tobs_buf_clear(&soup);
		for (size_t i = 0; i < n; i++)
			tobs_buf_puts(&soup, tokens[prng_below(&p, ARRAY_LEN(tokens))]);
		good += agree(tobs_buf_view(&soup));
	}
	assert_true(good > 500);
	tobs_buf_deinit(&soup);
}

/* Whatever stands behind the text, even what would complete it, changes nothing. */
static void padding_is_not_read(void **state)
{
	static const char *const behind[] = { "]", "}", "\"]", "0", "1]", "e5", ",2]", " ", "\\",
		"\"", "]]]]]]]]]]]]]]]]]]]]]]]]]]", "}}}}}}}}}}}}}}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		size_t len = strlen(documents[i]);
		uint8_t *memory = calloc(1, len + JSON_PADDING);

		assert_non_null(memory);
		for (size_t cut = 1; cut <= len; cut++) {
			for (size_t k = 0; k < ARRAY_LEN(behind); k++) {
				struct json_fault fault;
				int want, have;

				memset(memory, ' ', len + JSON_PADDING);
				memcpy(memory, documents[i], cut);
				memcpy(memory + cut, behind[k], strlen(behind[k]));
				want = json_check(tobs_view(memory, cut), JSON_DEPTH_MAX,
					JSON_CHECK_STRICT, &fault);
				have = json_parse_padded(
					&parser, &doc, tobs_view(memory, cut), NULL);
				assert_code(have, want);
			}
		}
		free(memory);
	}
}

static void nesting(void **state)
{
	static const unsigned depths[] = { 1, 2, 64, JSON_DEPTH_MAX };
	static char text[2 * 100000];
	struct tobs_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		unsigned d = depths[i];

		json_parser_deinit(&parser);
		json_parser_init(&parser, sizeof text, d);
		memset(text, '[', d);
		memset(text + d, ']', d);
		assert_true(agree(tobs_view(text, 2 * d)));
		/* One deeper: the last bracket that may not stand there is named. */
		memset(text, '[', d + 1);
		memset(text + d + 1, ']', d + 1);
		assert_code(parse_view(tobs_view(text, 2 * d + 2), &err), TOBS_ETOOBIG);
		assert_int_equal(err.offset, d);
		assert_false(agree(tobs_view(text, 2 * d + 2)));
		/* An empty container counts as well. */
		memset(text, '[', d);
		memcpy(text + d, "{}", 2);
		memset(text + d + 2, ']', d);
		assert_code(parse_view(tobs_view(text, 2 * d + 2), &err), TOBS_ETOOBIG);
	}
	memset(text, '[', sizeof text);
	assert_code(parse_view(tobs_view(text, sizeof text), &err), TOBS_ETOOBIG);
	for (size_t i = 0; i + 5 <= sizeof text; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	assert_code(parse_view(tobs_view(text, sizeof text), &err), TOBS_ETOOBIG);
}

static void sizes(void **state)
{
	struct tobs_err err;
	struct tobs_buf buf;
	char text[65];

	(void)state;
	json_parser_deinit(&parser);
	json_parser_init(&parser, 64, 8);
	memset(text, ' ', sizeof text);
	memcpy(text, "[1]", 3);
	assert_ok(parse_view(tobs_view(text, 64), &err));
	assert_code(parse_view(tobs_view(text, 65), &err), TOBS_ETOOBIG);
	assert_string_equal(err.message, "JSON: longer than 64 bytes");
	assert_false(json_doc_filled(&doc));
	assert_ok(parse_view(tobs_view(text, 3), &err));
	assert_int_equal(json_count(json_root(&doc)), 1);
	/* A buffer keeps its content, with room for the padding or without. */
	tobs_buf_init(&buf, 3);
	tobs_buf_puts(&buf, "[7]");
	assert_ok(json_parse_buf(&parser, &doc, &buf, &err));
	assert_int_equal(json_count(json_root(&doc)), 1);
	assert_string_equal(tobs_buf_str(&buf), "[7]");
	assert_ok(tobs_buf_err(&buf));
	tobs_buf_deinit(&buf);
	tobs_buf_init(&buf, 1000);
	tobs_buf_puts(&buf, "[7,8]");
	assert_ok(json_parse_buf(&parser, &doc, &buf, &err));
	assert_int_equal(json_count(json_root(&doc)), 2);
	assert_int_equal(buf.len, 5);
	assert_string_equal(tobs_buf_str(&buf), "[7,8]");
	assert_ok(tobs_buf_err(&buf));
	assert_true(buf.cap >= 5 + JSON_PADDING);
	tobs_buf_deinit(&buf);
	assert_code(json_parse_padded(&parser, &doc, tobs_view(text, 65), &err), TOBS_ETOOBIG);
	json_parser_deinit(&parser);
	json_parser_deinit(&parser);
	json_parser_deinit(NULL);
	json_doc_deinit(NULL);
}

/* Short and long documents by turns, from one parser into two documents. */
static void is_used_again(void **state)
{
	struct json_doc other = { 0 };
	struct tobs_buf text;

	(void)state;
	tobs_buf_init(&text, 1 << 20);
	for (int round = 0; round < 40; round++) {
		int n = round % 2 ? 3 : 500 * round;
		int64_t last = -1;

		tobs_buf_clear(&text);
		tobs_buf_putc(&text, '[');
		for (int i = 0; i < n; i++)
			tobs_buf_printf(&text, "%s\"%d\",%d", i ? "," : "", i, i);
		tobs_buf_putc(&text, ']');
		assert_ok(parse_view(tobs_buf_view(&text), NULL));
		assert_ok(json_parse(&parser, &other, tobs_str("{\"other\":1}"), NULL));
		assert_int_equal(json_count(json_root(&doc)), 2 * n);
		if (n)
			assert_ok(
				json_get_i64(json_item(json_root(&doc), 2 * (size_t)n - 1), &last));
		assert_int_equal(last, n - 1);
		assert_int_equal(json_count(json_root(&other)), 1);
	}
	tobs_buf_deinit(&text);
	json_doc_deinit(&other);
}

static int parse_twice(struct json_parser *p, struct json_doc *d, struct tobs_buf *buf, char *text)
{
	int r = json_parse(p, d, tobs_str(text), NULL);

	assert_int_equal(json_doc_filled(d), r == TOBS_OK);
	if (!r && !tobs_buf_puts(buf, text))
		r = json_parse_buf(p, d, buf, NULL);
	assert_int_equal(json_doc_filled(d), r == TOBS_OK);
	return r;
}

static int parse_and_forget(void *user)
{
	struct json_parser p;
	struct json_doc d = { 0 };
	struct tobs_buf buf;
	int r;

	json_parser_init(&p, 1 << 20, 64);
	tobs_buf_init(&buf, 1 << 20);
	r = parse_twice(&p, &d, &buf, user);
	/* What failed once works the next time. */
	if (r) {
		tobs_buf_clear(&buf);
		assert_ok(parse_twice(&p, &d, &buf, user));
	}
	tobs_buf_deinit(&buf);
	json_doc_deinit(&d);
	json_parser_deinit(&p);
	return r;
}

static void survives_failing_memory(void **state)
{
	static char plain[] = "{\"a\":[1,2.5,\"x\"]}", wide[] = "[99999999999999999999,1]";

	(void)state;
	fail_each_allocation(parse_and_forget, plain);
	fail_each_allocation(parse_and_forget, wide);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kinds),
		TEST(integers),
		TEST(doubles),
		TEST(numbers_beyond_all_bounds),
		TEST(numbers_in_a_text),
		TEST(bools_and_strings),
		TEST(fields_and_elements),
		TEST(counts_what_the_tape_cannot),
		TEST(refuses),
		TEST(every_truncation_is_refused),
		TEST(every_bit_flip_is_judged_alike),
		TEST(token_soup_is_judged_alike),
		TEST(padding_is_not_read),
		TEST(nesting),
		TEST(sizes),
		TEST(is_used_again),
		TEST(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
