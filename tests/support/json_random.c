/* SPDX-License-Identifier: MIT */
#include "support/json_random.h"

#include "support/test.h"

enum { MAX_CHILDREN = 6 };

static uint32_t random_char(struct prng *p)
{
	static const uint32_t odd[] = { 0, '"', '\\', '/', '\n', 0x1f, 0x7f, 0x80, 0x7ff, 0x800,
		0xffff, 0xfffd, 0x10000, 0x10ffff, '{', '}', '[', ']', ',', ':' };

	switch (prng_below(p, 8)) {
	case 0: return odd[prng_below(p, ARRAY_LEN(odd))];
	case 1: return 0x410 + (uint32_t)prng_below(p, 64);
	case 2: return 0x1f600 + (uint32_t)prng_below(p, 64);
	default: return ' ' + (uint32_t)prng_below(p, 95);
	}
}

static size_t random_len(struct prng *p)
{
	return prng_below(p, prng_below(p, 10) ? 12 : 300);
}

/* As UTF-8, unescaped. */
static void random_string(struct tobs_buf *out, struct prng *p)
{
	uint8_t bytes[4];

	for (size_t n = random_len(p); n; n--)
		tobs_buf_put(out, bytes, utf8_encode(random_char(p), bytes));
}

static void put_char(struct tobs_buf *out, struct prng *p, uint32_t cp)
{
	const char *letters = "\"\\/bfnrt", *meanings = "\"\\/\b\f\n\r\t";
	const char *at = cp && cp < 0x80 ? strchr(meanings, (int)cp) : NULL;

	if (at && prng_below(p, 2)) {
		tobs_buf_printf(out, "\\%c", letters[at - meanings]);
	} else if (cp < 0x20 || cp == '"' || cp == '\\' || !prng_below(p, 4)) {
		if (cp < 0x10000)
			tobs_buf_printf(out, prng_below(p, 2) ? "\\u%04x" : "\\u%04X", cp);
		else
			tobs_buf_printf(out, "\\u%04x\\u%04X", 0xd800 + ((cp - 0x10000) >> 10),
				0xdc00 + (cp & 0x3ff));
	} else {
		utf8_put(out, cp);
	}
}

static void put_string(struct tobs_buf *out, struct prng *p)
{
	tobs_buf_putc(out, '"');
	for (size_t n = random_len(p); n; n--)
		put_char(out, p, random_char(p));
	tobs_buf_putc(out, '"');
}

static void put_space(struct tobs_buf *out, struct prng *p)
{
	static const char *const spaces[] = { "", "", "", " ", "\n", "\r\n\t", "          " };

	tobs_buf_puts(out, spaces[prng_below(p, ARRAY_LEN(spaces))]);
}

static void put_scalar(struct tobs_buf *out, struct prng *p)
{
	static const char *const fixed[] = { "null", "true", "false", "0", "-0", "0.0", "-0.0",
		"1e5", "9223372036854775807", "18446744073709551615", "-9223372036854775808",
		"1E-7", "0.1e+1", "99999999999999999999" };

	switch (prng_below(p, 3)) {
	case 0: put_string(out, p); break;
	case 1: tobs_buf_put_i64(out, (int64_t)prng_next(p) >> prng_below(p, 64)); break;
	default: tobs_buf_puts(out, fixed[prng_below(p, ARRAY_LEN(fixed))]);
	}
}

static void put_any(struct tobs_buf *out, struct prng *p, int depth)
{
	bool object = prng_below(p, 2);
	size_t n = prng_below(p, MAX_CHILDREN);

	put_space(out, p);
	if (depth <= 1 || !prng_below(p, 3)) {
		put_scalar(out, p);
	} else {
		tobs_buf_putc(out, object ? '{' : '[');
		put_space(out, p);
		for (size_t i = 0; i < n; i++) {
			if (i)
				tobs_buf_putc(out, ',');
			if (object) {
				put_space(out, p);
				put_string(out, p);
				put_space(out, p);
				tobs_buf_putc(out, ':');
			}
			put_any(out, p, depth - 1);
		}
		tobs_buf_putc(out, object ? '}' : ']');
	}
	put_space(out, p);
}

void json_random_text(struct tobs_buf *out, struct prng *p, int depth)
{
	put_any(out, p, depth);
	assert_ok(tobs_buf_err(out));
}

/* One step of both directions: what the numbers say comes next. */
struct step {
	enum json_type type;
	size_t children;
	uint64_t bits;
	struct tobs_buf text;
};

static void next_step(struct step *s, struct prng *p, int depth)
{
	uint64_t kind = prng_below(p, depth > 1 ? 10 : 7);

	s->type = kind >= 7 ? (kind & 1 ? JSON_ARRAY : JSON_OBJECT)
			    : (enum json_type)(JSON_NULL + kind % 6);
	s->children = prng_below(p, MAX_CHILDREN);
	s->bits = prng_next(p) >> prng_below(p, 64);
	if (s->type == JSON_UINT)
		s->bits |= (uint64_t)1 << 63;
	tobs_buf_init(&s->text, 10000);
	if (s->type == JSON_STRING)
		random_string(&s->text, p);
}

/* Every bit pattern that is a number, or a number with few digits. */
static double random_double(uint64_t bits)
{
	double d = (double)(int64_t)bits / 1000;

	if (bits & 1)
		memcpy(&d, &bits, sizeof d);
	return d - d == 0 ? d : 0.5;
}

static void random_key(struct tobs_buf *key, struct prng *p)
{
	tobs_buf_init(key, 10000);
	random_string(key, p);
}

void json_random_write(struct json_writer *w, struct prng *p, int depth)
{
	struct step s;

	next_step(&s, p, depth);
	switch (s.type) {
	case JSON_NULL: jsonw_null(w); break;
	case JSON_BOOL: jsonw_bool(w, s.bits & 1); break;
	case JSON_INT: jsonw_i64(w, (int64_t)s.bits); break;
	case JSON_UINT: jsonw_u64(w, s.bits); break;
	case JSON_DOUBLE: jsonw_double(w, random_double(s.bits)); break;
	case JSON_STRING: jsonw_str_v(w, tobs_buf_view(&s.text)); break;
	default:
		if (s.type == JSON_OBJECT)
			jsonw_object(w);
		else
			jsonw_array(w);
		for (size_t i = 0; i < s.children; i++) {
			if (s.type == JSON_OBJECT) {
				struct tobs_buf key;

				random_key(&key, p);
				jsonw_key_v(w, tobs_buf_view(&key));
				tobs_buf_deinit(&key);
			}
			json_random_write(w, p, depth - 1);
		}
		jsonw_end(w);
	}
	tobs_buf_deinit(&s.text);
}

static bool check_children(struct json_value v, const struct step *s, struct prng *p, int depth)
{
	size_t n = 0;

	JSON_EACH (it, v) {
		bool same = true;

		if (s->type == JSON_OBJECT) {
			struct tobs_buf key;

			random_key(&key, p);
			same = tobs_view_eq(it.key, tobs_buf_view(&key));
			tobs_buf_deinit(&key);
		}
		if (!same || !json_random_check(it.value, p, depth - 1))
			return false;
		n++;
	}
	return n == s->children && n == json_count(v);
}

bool json_random_check(struct json_value v, struct prng *p, int depth)
{
	struct tobs_view text;
	struct step s;
	bool same, b;
	double d, want;

	next_step(&s, p, depth);
	same = json_type(v) == s.type;
	switch (same ? s.type : JSON_MISSING) {
	case JSON_BOOL: same = !json_get_bool(v, &b) && b == (s.bits & 1); break;
	case JSON_INT:
	case JSON_UINT: same = v.at[1] == s.bits; break;
	case JSON_DOUBLE:
		want = random_double(s.bits);
		same = !json_get_double(v, &d) && memcmp(&d, &want, sizeof d) == 0;
		break;
	case JSON_STRING:
		same = !json_get_str(v, &text) && tobs_view_eq(text, tobs_buf_view(&s.text));
		break;
	case JSON_ARRAY:
	case JSON_OBJECT: same = check_children(v, &s, p, depth); break;
	default: break;
	}
	tobs_buf_deinit(&s.text);
	return same;
}

bool json_equal(struct json_value a, struct json_value b)
{
	struct json_iter i = json_iter(a), k = json_iter(b);
	struct tobs_view s, t;

	if (json_type(a) != json_type(b))
		return false;
	switch (json_type(a)) {
	case JSON_MISSING:
	case JSON_NULL: return true;
	case JSON_BOOL: return json_tag(a) == json_tag(b);
	case JSON_INT:
	case JSON_UINT:
	case JSON_DOUBLE: return a.at[1] == b.at[1];
	case JSON_STRING: return !json_get_str(a, &s) && !json_get_str(b, &t) && tobs_view_eq(s, t);
	default: break;
	}
	for (; i.value.at && k.value.at; json_iter_next(&i), json_iter_next(&k))
		if (!tobs_view_eq(i.key, k.key) || !json_equal(i.value, k.value))
			return false;
	return !i.value.at && !k.value.at && json_count(a) == json_count(b);
}
