/* SPDX-License-Identifier: MIT */
#include "base/json_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/json_check.h"
#include "support/failmem.h"
#include "support/json_random.h"
#include "support/test.h"

/* Bytes from memory that ends where the text ends, at most `chunk` at once. */
struct source {
	uint8_t *bytes;
	size_t len, pos, chunk;
	int fail; /* what to return at the end, if not 0 */
};

static int read_source(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct source *src = user;
	size_t n = MIN(MIN(cap, src->chunk), src->len - src->pos);

	assert_true(cap > 0);
	if (n == 0 && src->fail)
		return src->fail;
	memcpy(buf, src->bytes + src->pos, n);
	src->pos += n;
	*ret_n = n;
	return TOBS_OK;
}

static struct source source;
static struct json_stream stream;
static struct tobs_err err;

static void stop(void)
{
	json_stream_deinit(&stream);
	free(source.bytes);
	source = (struct source){ 0 };
}

static void start(struct tobs_view text, size_t chunk, const struct json_stream_options *options)
{
	stop();
	source = (struct source){ exact_copy(text.ptr, text.len), text.len, 0, chunk, 0 };
	json_stream_init(&stream, read_source, &source, options);
}

static int setup(void **state)
{
	(void)state;
	json_stream_init(&stream, read_source, &source, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stop();
	json_stream_deinit(&stream);
	json_stream_deinit(NULL);
	return 0;
}

static struct json_item next(void)
{
	struct json_item item;

	if (json_stream_next(&stream, &item, &err))
		fail_msg("%s", err.message);
	return item;
}

static struct json_value take(void)
{
	struct json_value v;

	if (json_stream_take(&stream, &v, &err))
		fail_msg("%s", err.message);
	return v;
}

static void enter(void)
{
	if (json_stream_enter(&stream, &err))
		fail_msg("%s", err.message);
}

static const char export[] =
	"{\"name\":\"Some\\u0020channel\",\"type\":\"x\",\"id\":12,\"messages\":[{\"id\":1,\"text\":"
	"\"a ]}\\\" b\"}, {\"id\":2,\"text\":[\"x\",{\"y\":[]}]},\n{\"id\":3} ],\"left\\n\":true}  ";

static void an_export(void **state)
{
	static const size_t chunks[] = { 1, 2, 3, 7, 64, 1000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		struct json_stream_options options = { .buffer = chunks[i] };
		struct json_item item;
		struct tobs_view s;
		int64_t n;

		start(tobs_view(export, sizeof export - 1), chunks[i], &options);
		item = next();
		assert_int_equal(item.type, JSON_OBJECT);
		assert_int_equal(item.offset, 0);
		enter();
		item = next();
		assert_int_equal(item.type, JSON_STRING);
		assert_int_equal(item.offset, 8);
		assert_view(item.key, "name");
		assert_ok(json_get_str(take(), &s));
		assert_view(s, "Some channel");
		/* The key outlives the value. */
		assert_view(item.key, "name");
		assert_view(next().key, "type");
		item = next();
		assert_view(item.key, "id");
		assert_int_equal(item.type, JSON_INT);
		assert_int_equal(item.index, 2);
		assert_ok(json_get_i64(take(), &n));
		assert_int_equal(n, 12);
		item = next();
		assert_view(item.key, "messages");
		assert_int_equal(item.type, JSON_ARRAY);
		enter();
		for (int k = 1; k <= 3; k++) {
			item = next();
			assert_int_equal(item.index, k - 1);
			assert_int_equal(json_stream_complete(&stream), k - 1);
			assert_int_equal(item.key.len, 0);
			assert_ok(json_get_i64(json_field(take(), "id"), &n));
			assert_int_equal(n, k);
			assert_int_equal(json_stream_complete(&stream), k);
		}
		item = next();
		assert_int_equal(item.type, JSON_MISSING);
		assert_int_equal(item.index, 3);
		item = next();
		assert_view(item.key, "left\n");
		assert_int_equal(item.type, JSON_BOOL);
		item = next();
		assert_int_equal(item.type, JSON_MISSING);
		assert_int_equal(item.index, 5);
		item = next();
		assert_int_equal(item.type, JSON_MISSING);
		assert_int_equal(item.index, 1);
		assert_int_equal(item.offset, sizeof export - 1);
		assert_int_equal(json_stream_offset(&stream), sizeof export - 1);
		assert_int_equal(next().type, JSON_MISSING);
	}
}

/*
 * Beside a tree that was parsed whole: at each value a die says whether to go
 * in, take it, pass it over, or leave what is around it.
 */
static void follow(struct json_value v, struct prng *p);

static void follow_container(struct json_value v, struct prng *p)
{
	struct json_item item;
	uint64_t i = 0;

	enter();
	JSON_EACH (it, v) {
		if (!prng_below(p, 12)) {
			assert_ok(json_stream_leave(&stream, &err));
			return;
		}
		item = next();
		assert_int_equal(item.index, i++);
		assert_true(tobs_view_eq(item.key, it.key));
		if (json_is_array(v) || json_is_object(v))
			assert_true(item.type == json_type(it.value) ||
				(item.type == JSON_INT && strchr("lud", json_tag(it.value))));
		follow(it.value, p);
	}
	item = next();
	assert_int_equal(item.type, JSON_MISSING);
	assert_int_equal(item.index, i);
}

static void follow(struct json_value v, struct prng *p)
{
	switch (prng_below(p, 4)) {
	case 0: break;
	case 1: assert_true(json_equal(take(), v)); break;
	default:
		if (json_is_array(v) || json_is_object(v))
			follow_container(v, p);
		else
			assert_true(json_equal(take(), v));
	}
}

static void random_documents_any_way(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 63, 64, 65, 200, 5000 };
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_buf text;

	(void)state;
	json_parser_init(&parser, 1 << 24, 64);
	tobs_buf_init(&text, 1 << 24);
	for (uint64_t seed = 0; seed < 1500; seed++) {
		struct prng p = { seed };
		struct json_stream_options options = { .buffer = sizes[prng_below(&p, 9)] };

		tobs_buf_clear(&text);
		json_random_text(&text, &p, 7);
		assert_ok(json_parse(&parser, &doc, tobs_buf_view(&text), NULL));
		start(tobs_buf_view(&text), sizes[prng_below(&p, 9)], &options);
		next();
		follow(json_root(&doc), &p);
		assert_int_equal(next().type, JSON_MISSING);
	}
	tobs_buf_deinit(&text);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
}

/* Goes into everything; what happens first, and how many values were complete. */
static int walk_all(int *ret_values)
{
	struct json_item item;
	struct json_value v;
	int depth = 0, r;

	for (*ret_values = 0;; ++*ret_values) {
		r = json_stream_next(&stream, &item, &err);
		if (r || (item.type == JSON_MISSING && depth-- == 0))
			return r;
		if (item.type == JSON_ARRAY || item.type == JSON_OBJECT) {
			depth++;
			r = json_stream_enter(&stream, &err);
		} else if (item.type != JSON_MISSING) {
			r = json_stream_take(&stream, &v, &err);
		}
		if (r)
			return r;
	}
}

static void every_truncation_says_so(void **state)
{
	struct tobs_view whole = tobs_view_trim(tobs_view(export, sizeof export - 1));
	int values;

	(void)state;
	for (size_t len = 0; len < whole.len; len++) {
		for (int mode = 0; mode < 3; mode++) {
			struct json_item item;
			struct json_value v;
			int r;

			start(tobs_view_sub(whole, 0, len), mode ? 5 : 1, NULL);
			if (mode == 0) {
				r = walk_all(&values);
			} else {
				r = json_stream_next(&stream, &item, &err);
				if (!r && mode == 1)
					r = json_stream_take(&stream, &v, &err);
				else if (!r)
					r = json_stream_next(&stream, &item, &err);
			}
			assert_code(r, TOBS_ETRUNCATED);
			assert_int_equal(err.offset, len);
			assert_non_null(strstr(err.message, "the data ends here"));
			/* The failure stays. */
			memset(&err, 0, sizeof err);
			assert_code(json_stream_next(&stream, &item, &err), TOBS_ETRUNCATED);
			assert_int_equal(err.offset, len);
			assert_code(json_stream_next(&stream, &item, NULL), TOBS_ETRUNCATED);
		}
	}
	start(whole, 1, NULL);
	assert_ok(walk_all(&values));
	assert_int_equal(values, 25);
}

static void says_how_much_was_complete(void **state)
{
	struct json_item item;
	struct json_value v;

	(void)state;
	start(tobs_str(
		      "{\"chats\":{\"list\":[{},{\"name\":\"x\",\"messages\":[{\"id\":1},{\"id\":2},{\"i"),
		3, NULL);
	next();
	enter();
	assert_view(next().key, "chats");
	enter();
	assert_view(next().key, "list");
	enter();
	next();
	enter();
	assert_int_equal(next().type, JSON_MISSING);
	next();
	enter();
	next();
	assert_view(next().key, "messages");
	enter();
	next();
	take();
	next();
	take();
	next();
	assert_code(json_stream_take(&stream, &v, &err), TOBS_ETRUNCATED);
	assert_string_equal(err.message,
		"in $.chats.list[1].messages, after 2 complete elements: JSON, byte 66: the data ends here");
	assert_int_equal(err.offset, 66);
	assert_int_equal(json_stream_complete(&stream), 2);
	/* Nothing from outside that a terminal would obey, and nothing long. */
	start(tobs_str("{\"\\u001b[2J\":{\"a key that is rather too long for a message\":[1,"), 100,
		NULL);
	next();
	enter();
	next();
	enter();
	next();
	enter();
	next();
	take();
	assert_code(json_stream_next(&stream, &item, &err), TOBS_ETRUNCATED);
	assert_string_equal(err.message,
		"in $.?.?, after 1 complete elements: JSON, byte 63: the data ends here");
	/* Leaving says it as well. */
	start(tobs_str("[[[1"), 1, NULL);
	next();
	enter();
	next();
	enter();
	assert_code(json_stream_leave(&stream, &err), TOBS_ETRUNCATED);
	assert_string_equal(err.message,
		"in $[0], after 0 complete elements: JSON, byte 4: the data ends here");
}

/* Of a long path the end is shown. */
static void a_long_way_down(void **state)
{
	static const char key[] = "a-key-of-exactly-thirty-two-char";
	struct tobs_buf text, want;
	struct json_item item;

	(void)state;
	assert_int_equal(strlen(key), 32);
	for (int depth = 3; depth < 6; depth++) {
		tobs_buf_init(&text, 1000);
		tobs_buf_init(&want, 1000);
		tobs_buf_putc(&want, '$');
		for (int i = 0; i < depth; i++) {
			tobs_buf_printf(&text, "{\"%s\":", key);
			tobs_buf_printf(&want, ".%s", key);
		}
		tobs_buf_puts(&text, "[x");
		start(tobs_buf_view(&text), 100, NULL);
		for (int i = 0; i <= depth; i++) {
			next();
			enter();
		}
		assert_code(json_stream_next(&stream, &item, &err), TOBS_EMALFORMED);
		if (want.len > 120) {
			tobs_buf_consume(&want, want.len - 120);
			assert_memory_equal(err.message, "in ...", 6);
			assert_memory_equal(err.message + 6, want.ptr, 120);
		} else {
			assert_memory_equal(err.message, "in $.a", 6);
			assert_memory_equal(err.message + 3, want.ptr, want.len);
		}
		assert_non_null(strstr(err.message, ", after 0 complete elements: JSON, byte "));
		tobs_buf_deinit(&text);
		tobs_buf_deinit(&want);
	}
}

static void zero_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int offset;
	} rows[] = { { "\0", 1, 0 }, { "[\0]", 3, 1 }, { "[1\0]", 4, 2 }, { "[1]\0", 4, 3 },
		{ "{\0}", 3, 1 }, { "{\"a\"\0:1}", 8, 4 }, { "{\"a\":1\0}", 8, 6 } };
	int values;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		start(tobs_view(rows[i].text, rows[i].len), 1, NULL);
		assert_code(walk_all(&values), TOBS_EMALFORMED);
		assert_int_equal(err.offset, rows[i].offset);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text;
		int offset;
	} rows[] = {
		{ "[1 2]", 3 },
		{ "[1,]", 3 },
		{ "[,1]", 1 },
		{ "[1}", 2 },
		{ "{\"a\":1]", 6 },
		{ "{\"a\" 1}", 5 },
		{ "{\"a\":}", 5 },
		{ "{\"a\":1,}", 7 },
		{ "{a:1}", 1 },
		{ "{\"a\\x0b\":1}", 4 },
		{ "{\"a\xff\":1}", 3 },
		{ "{\"a\x01\":1}", 3 },
		{ "[x]", 1 },
		{ "[1x]", 2 },
		{ "[01]", 2 },
		{ "[\"\\q\"]", 3 },
		{ "[\"\\ud83d\"]", 2 },
		{ "[tru]", 4 },
		{ "[1e999]", 1 },
		{ "[] []", 3 },
		{ "1 1", 2 },
		{ "]", 0 },
		{ "\xef\xbb[]", 0 },
		{ "\xef\xbb\xbf[1,x]", 6 },
		{ "\xff\xfe[", 0 },
	};
	int values;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		start(tobs_str(rows[i].text), 1, NULL);
		assert_code(walk_all(&values), TOBS_EMALFORMED);
		if (err.offset != rows[i].offset)
			fail_msg("%s: offset %d, not %d", rows[i].text, (int)err.offset,
				rows[i].offset);
		assert_non_null(strstr(err.message, "JSON, byte "));
	}
}

static void byte_order_mark(void **state)
{
	int values;

	(void)state;
	start(tobs_str("\xef\xbb\xbf [1]"), 1, NULL);
	assert_int_equal(next().offset, 4);
	start(tobs_str("\xef\xbb\xbf"), 1, NULL);
	assert_code(walk_all(&values), TOBS_ETRUNCATED);
	start(tobs_str("\xef\xbb"), 1, NULL);
	assert_code(walk_all(&values), TOBS_EMALFORMED);
}

static void what_desktop_wrote(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "\"a\\x0Bb\"", "a\vb" },
		{ "\"\\x1f\\x1F\\x7f\"", "\x1f\x1f\x7f" },
		{ "\"\\xe9\"", "\xc3\xa9" },
		{ "\"\\\\x0B\\x0C\"", "\\x0B\f" },
		{ "\"\\\\\\x0B\"", "\\\v" },
		{ "\"\\\"\\x0B\\n\\u0041\\/\"", "\"\v\nA/" },
		{ "\"\\ud83d!\\x0b\"", "\xef\xbf\xbd!\v" },
		{ "\"\\ud83d\"", "\xef\xbf\xbd" },
		{ "\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
		{ "\"\\ud83d\\u0041\"",
			"\xef\xbf\xbd"
			"A" },
		{ "\"\\udc00\\udc00\"", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\"\\ud800\\udc00\\udbff\\udfff\\x0b\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\v" },
		{ "\"\\ud800\\udbff\\ud800\\ue000\"",
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xee\x80\x80" },
		{ "\"\xed\xc3\xa9\"", "\xef\xbf\xbd\xc3\xa9" },
		{ "\"\xed\xbf\xbf\xed\x9f\xbf\xff\"", "\xef\xbf\xbd\xed\x9f\xbf\xef\xbf\xbd" },
		{ "\"\\ud83d\\\\u0041\"", "\xef\xbf\xbd\\u0041" },
		{ "\"\xed\xa0\xbd.\"", "\xef\xbf\xbd." },
		{ "\"\xff\xed\xa0\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\"\xd1\x8f\\x0b\xf0\x9f\x98\x80\"", "\xd1\x8f\v\xf0\x9f\x98\x80" },
	};
	static const struct {
		const char *text;
		int offset;
	} bad[] = {
		{ "[\"\\x0g\"]", 5 },
		{ "[\"\\x0b\\q\"]", 7 },
		{ "[\"\\x\"]", 4 },
		{ "[\"\\x0b\",x]", 8 },
		{ "[\"\\ud83d\\u12\"]", 12 },
		{ "[\"\\x0b\x01\"]", 6 },
	};
	struct json_stream_options lenient = { .lenient = true };
	struct json_value v;
	struct tobs_view s;
	char key[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		/* As a value … */
		start(tobs_str(rows[i].text), 1, &lenient);
		next();
		assert_ok(json_get_str(take(), &s));
		assert_view(s, rows[i].want);
		assert_int_equal(json_stream_repairs(&stream), 1);
		/* … as a key … */
		snprintf(key, sizeof key, "{%s:1}", rows[i].text);
		start(tobs_str(key), 1, &lenient);
		next();
		enter();
		assert_view(next().key, rows[i].want);
		/* … and not unless asked for. */
		start(tobs_str(rows[i].text), 1, NULL);
		next();
		assert_code(json_stream_take(&stream, &v, &err), TOBS_EMALFORMED);
	}
	/* The place of a fault is the place in the file, not in the mended text. */
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		start(tobs_str(bad[i].text), 1, &lenient);
		next();
		assert_code(json_stream_take(&stream, &v, &err), TOBS_EMALFORMED);
		assert_int_equal(err.offset, bad[i].offset);
	}
	start(tobs_str("[\"\\x0b\",1e999]"), 1, &lenient);
	next();
	assert_code(json_stream_take(&stream, &v, &err), TOBS_EMALFORMED);
	start(tobs_str("[\"fine\",99999999999999999999]"), 1, &lenient);
	next();
	take();
	assert_int_equal(json_stream_repairs(&stream), 0);
}

/* What can be mended is mended into what the strict check takes. */
static void mending_mends(void **state)
{
	static const char *const pieces[] = { "\\x0b", "\\ud83d", "\\ude00", "\\u0041", "\\\\",
		"\\\"", "\xed\xa0\x80", "\xff", "\xd1\x8f", "a", "x0b", "u0041", "\xf0\x9f\x98",
		"\\n" };
	struct prng p = { 5 };
	struct tobs_buf text, mended;

	(void)state;
	tobs_buf_init(&text, 1000);
	tobs_buf_init(&mended, 3000);
	for (int round = 0; round < 20000; round++) {
		struct json_fault fault;
		uint8_t *exact;

		tobs_buf_clear(&text);
		tobs_buf_clear(&mended);
		tobs_buf_puts(&text, "{\"k\":\"");
		for (uint64_t n = prng_below(&p, 8); n; n--)
			tobs_buf_puts(&text, pieces[prng_below(&p, ARRAY_LEN(pieces))]);
		tobs_buf_puts(&text, "\"}");
		assert_ok(json_check(tobs_buf_view(&text), 9, JSON_CHECK_LENIENT, &fault));
		exact = exact_copy(text.ptr, text.len);
		assert_ok(json_mend(&mended, tobs_view(exact, text.len)));
		free(exact);
		if (json_check(tobs_buf_view(&mended), 9, JSON_CHECK_STRICT, &fault))
			fail_msg("%s became %s", tobs_buf_str(&text), tobs_buf_str(&mended));
		if (!json_check(tobs_buf_view(&text), 9, JSON_CHECK_STRICT, &fault))
			assert_true(tobs_view_eq(tobs_buf_view(&text), tobs_buf_view(&mended)));
	}
	tobs_buf_deinit(&text);
	tobs_buf_deinit(&mended);
}

static void limits(void **state)
{
	struct json_stream_options options = { .max_value = 20, .buffer = 4 };
	static const char *const values[] = { "\"123456789012345678\"", "12345678901234567890",
		"[1,2,3,4,5,6,7,8, 9]", "{\"k\":\"123456789012\"}" };
	struct json_item item;
	struct json_value v;
	char text[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		assert_int_equal(strlen(values[i]), 20);
		snprintf(text, sizeof text, "[%s]", values[i]);
		start(tobs_str(text), 1, &options);
		next();
		enter();
		next();
		take();
		/* One byte more, before the last one. */
		snprintf(text, sizeof text, "[%.19s %s]", values[i], values[i] + 19);
		if (i == 1)
			snprintf(text, sizeof text, "[%s0]", values[i]);
		start(tobs_str(text), 1, &options);
		next();
		enter();
		next();
		assert_code(json_stream_take(&stream, &v, &err), TOBS_ETOOBIG);
		assert_int_equal(err.offset, 1);
		/* It can be passed over; but a number, which has no end in sight, not. */
		start(tobs_str(text), 1, &options);
		next();
		enter();
		next();
		assert_code(
			json_stream_next(&stream, &item, &err), i == 1 ? TOBS_ETOOBIG : TOBS_OK);
	}
	start(tobs_str("{\"12345678901234567890\":1}"), 1, &options);
	next();
	enter();
	assert_code(json_stream_next(&stream, &item, &err), TOBS_ETOOBIG);
}

static void nesting(void **state)
{
	static char text[40000];
	struct json_value v;
	struct json_item item;

	(void)state;
	memset(text, '[', sizeof text);
	start(tobs_view(text, sizeof text), 1000, NULL);
	for (int i = 0; i < JSON_STREAM_DEPTH; i++) {
		next();
		enter();
	}
	next();
	assert_code(json_stream_enter(&stream, &err), TOBS_ETOOBIG);
	start(tobs_view(text, sizeof text), 1000, NULL);
	next();
	assert_code(json_stream_take(&stream, &v, &err), TOBS_ETRUNCATED);
	memset(text + sizeof text / 2, ']', sizeof text / 2);
	start(tobs_view(text, sizeof text), 1000, NULL);
	next();
	assert_code(json_stream_take(&stream, &v, &err), TOBS_ETOOBIG);
	assert_int_equal(err.offset, JSON_DEPTH_MAX);
	/* Nothing is too deep to be passed over. */
	start(tobs_view(text, sizeof text), 1000, NULL);
	next();
	assert_ok(json_stream_next(&stream, &item, &err));
	assert_int_equal(item.type, JSON_MISSING);
	start(tobs_str("[1]"), 1, NULL);
	next();
	enter();
	next();
	assert_code(json_stream_enter(&stream, &err), TOBS_EMALFORMED);
}

static void a_failing_source(void **state)
{
	struct json_item item;

	(void)state;
	for (size_t len = 0; len < 30; len++) {
		int values;

		start(tobs_view(export, len), 4, NULL);
		source.fail = TOBS_EIO;
		assert_code(walk_all(&values), TOBS_EIO);
		assert_int_equal(err.offset, len);
		source.fail = 0;
		assert_code(json_stream_next(&stream, &item, &err), TOBS_EIO);
	}
}

static void from_a_descriptor(void **state)
{
	int ends[2], closed = -1, values;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], export, sizeof export - 1), sizeof export - 1);
	close(ends[1]);
	stop();
	json_stream_init(&stream, json_read_fd, &ends[0], NULL);
	assert_ok(walk_all(&values));
	assert_int_equal(values, 25);
	close(ends[0]);
	json_stream_deinit(&stream);
	json_stream_init(&stream, json_read_fd, &closed, NULL);
	assert_code(walk_all(&values), TOBS_EIO);
}

/* {"messages":[…]} of a hundred thousand elements, made up as it is read. */
struct endless {
	struct tobs_buf rest;
	int next, count;
};

static int read_endless(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct endless *e = user;
	size_t n;

	while (e->rest.len < 1000 && e->next <= e->count) {
		if (e->next == 0)
			tobs_buf_puts(&e->rest, "{\"messages\":[");
		else if (e->next < e->count)
			tobs_buf_printf(&e->rest, "%s{\"id\":%d,\"text\":\"%050d \\\" ]\"}\n",
				e->next > 1 ? "," : "", e->next, 0);
		else
			tobs_buf_puts(&e->rest, "]}");
		e->next++;
	}
	n = MIN(cap, e->rest.len);
	memcpy(buf, e->rest.ptr, n);
	tobs_buf_consume(&e->rest, n);
	*ret_n = n;
	return TOBS_OK;
}

static void memory_stays_bounded(void **state)
{
	struct endless e = { .count = 100001 };
	int64_t id, seen = 0;
	struct json_item item;

	(void)state;
	tobs_buf_init(&e.rest, 10000);
	stop();
	json_stream_init(&stream, read_endless, &e, &(struct json_stream_options){ .buffer = 512 });
	next();
	enter();
	next();
	enter();
	while ((item = next()).type) {
		if (seen % 3 == 2) {
			seen++;
			continue;
		}
		assert_ok(json_get_i64(json_field(take(), "id"), &id));
		assert_int_equal(id, ++seen);
	}
	assert_int_equal(seen, 100000);
	assert_int_equal(item.index, 100000);
	assert_int_equal(stream.cap, 512);
	assert_int_equal(next().type, JSON_MISSING);
	assert_int_equal(next().type, JSON_MISSING);
	tobs_buf_deinit(&e.rest);
}

static int read_all(void *user)
{
	struct source src = { .bytes = user, .len = strlen(user), .chunk = 3 };
	struct json_stream s;
	struct json_item item;
	struct json_value v;
	int r;

	json_stream_init(&s, read_source, &src,
		&(struct json_stream_options){ .buffer = 8, .lenient = true });
	r = json_stream_next(&s, &item, NULL);
	if (!r)
		r = json_stream_enter(&s, NULL);
	while (!r && !(r = json_stream_next(&s, &item, NULL)) && item.type)
		r = json_stream_take(&s, &v, NULL);
	json_stream_deinit(&s);
	return r;
}

static void survives_failing_memory(void **state)
{
	static char text[] = "{\"a\":[1,2,3],\"k\\x0b\":\"x\\x0b\",\"n\":99999999999999999999}";

	(void)state;
	fail_each_allocation(read_all, text);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_export),
		TEST(random_documents_any_way),
		TEST(every_truncation_says_so),
		TEST(says_how_much_was_complete),
		TEST(a_long_way_down),
		TEST(refuses),
		TEST(zero_bytes),
		TEST(byte_order_mark),
		TEST(what_desktop_wrote),
		TEST(mending_mends),
		TEST(limits),
		TEST(nesting),
		TEST(a_failing_source),
		TEST(from_a_descriptor),
		TEST(memory_stays_bounded),
		TEST(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
