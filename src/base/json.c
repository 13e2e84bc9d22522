/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/alloc.h"
#include "base/json_check.h"
#include "base/json_shim.h"

TOBS_STATIC_ASSERT((int)JSON_PADDING >= (int)JSON_SHIM_PADDING, "the parser reads that far");
TOBS_STATIC_ASSERT(JSON_SIZE_MAX <= JSON_SHIM_MAX, "the parser counts no further");

/* Capacities grow in steps, so documents of slightly different sizes do not each allocate. */
enum { FIRST_CAPACITY = 4096 };

void json_parser_init(struct json_parser *p, size_t max, unsigned depth)
{
	assert(depth >= 1 && depth <= JSON_DEPTH_MAX);
	*p = (struct json_parser){ .max = MIN(max, JSON_SIZE_MAX), .depth = depth };
	tobs_buf_init(&p->copy, p->max + JSON_PADDING);
}

void json_parser_deinit(struct json_parser *p)
{
	if (!p)
		return;
	json_shim_free(p->shim);
	tobs_buf_deinit(&p->copy);
	json_parser_init(p, p->max, p->depth);
}

void json_doc_deinit(struct json_doc *doc)
{
	if (!doc)
		return;
	mem_free(doc->tape);
	mem_free(doc->strings);
	*doc = (struct json_doc){ 0 };
}

static size_t step_up(size_t n)
{
	size_t cap = FIRST_CAPACITY;

	while (cap < n)
		cap += cap / 2;
	return cap;
}

/* Replaces the memory when it is too small; its content is not needed. */
static void *fit(void *old, size_t *cap, size_t need, size_t size)
{
	if (*cap >= need)
		return old;
	mem_free(old);
	*cap = 0;
	need = step_up(need);
	old = mem_array(need, size);
	if (old)
		*cap = need;
	return old;
}

/* Room for what json_shim_build() will write. */
static int doc_fit(struct json_doc *doc, size_t len, size_t tokens)
{
	doc->tape = fit(doc->tape, &doc->tape_cap, tokens * 2 + 8, sizeof *doc->tape);
	doc->strings = fit(doc->strings, &doc->strings_cap, len + tokens * 3 + 128, 1);
	return doc->tape && doc->strings ? TOBS_OK : TOBS_ENOMEM;
}

static int parser_fit(struct json_parser *p, size_t len)
{
	size_t cap = MIN(step_up(len), JSON_SIZE_MAX);
	int r;

	if (p->shim_cap >= len)
		return TOBS_OK;
	p->shim_cap = 0;
	r = json_shim_fit(&p->shim, cap, p->depth);
	if (!r)
		p->shim_cap = cap;
	return r;
}

/* Both steps of simdjson over text that has its padding. */
static int parse_once(struct json_parser *p, struct json_doc *doc, struct tobs_view text)
{
	uint32_t tokens;
	int r = parser_fit(p, text.len);

	if (!r)
		r = json_shim_index(p->shim, text.ptr, text.len, &tokens);
	if (!r)
		r = doc_fit(doc, text.len, tokens);
	if (!r)
		r = json_shim_build(p->shim, doc->tape, doc->strings);
	return r;
}

static int fail_at(const struct json_parser *p, int code, size_t offset, const char *what,
	struct tobs_err *err)
{
	int64_t byte = p->origin + (int64_t)offset;

	tobs_fail(err, code, "JSON, byte %lld: %s", (long long)byte, what);
	if (err)
		err->offset = byte;
	return code;
}

/* Whether simdjson can read the number, alone in a document. Overwrites *doc. */
static int try_number(struct json_parser *p, struct json_doc *doc, struct tobs_view number)
{
	struct tobs_buf alone;
	int r;

	tobs_buf_init(&alone, JSON_SIZE_MAX);
	tobs_buf_putv(&alone, number);
	r = tobs_buf_fill(&alone, 0, JSON_PADDING);
	if (!r)
		r = parse_once(p, doc, tobs_view(alone.ptr, number.len));
	tobs_buf_deinit(&alone);
	return r;
}

/* Reads the text with ".0" behind every integer beyond 64 bits, so that it is read as a double. */
static int parse_widened(struct json_parser *p, struct json_doc *doc, struct tobs_view text)
{
	struct json_number n = { 0 };
	struct tobs_buf wide;
	size_t done = 0;
	int r;

	tobs_buf_init(&wide, JSON_SIZE_MAX);
	while (json_next_number(text, &n)) {
		if (!n.is_integer || n.fits)
			continue;
		tobs_buf_put(&wide, text.ptr + done, n.end - done);
		tobs_buf_puts(&wide, ".0");
		done = n.end;
	}
	tobs_buf_put(&wide, text.ptr + done, text.len - done);
	r = tobs_buf_fill(&wide, 0, JSON_PADDING);
	if (!r)
		r = parse_once(p, doc, tobs_view(wide.ptr, wide.len - JSON_PADDING));
	tobs_buf_deinit(&wide);
	return r;
}

/*
 * simdjson says that something is wrong, but not where. When the text is JSON
 * all the same, a number is at fault: wider than 64 bits, which is mended, or
 * too large for a double. `mark` bytes of byte order mark stand before the text.
 */
static ATTR_COLD int explain(struct json_parser *p, struct json_doc *doc, struct tobs_view text,
	size_t mark, struct tobs_err *err)
{
	struct json_number n = { 0 };
	struct json_fault fault;
	int r = json_check(text, p->depth, JSON_CHECK_STRICT, &fault);

	if (r)
		return fail_at(p, r, mark + fault.offset, fault.what, err);
	r = parse_widened(p, doc, text);
	while (r == TOBS_EMALFORMED && json_next_number(text, &n)) {
		if (!n.may_overflow)
			continue;
		r = try_number(p, doc, tobs_view_sub(text, n.start, n.end - n.start));
		if (r == TOBS_EMALFORMED)
			return fail_at(p, r, mark + n.start, "the number is too large", err);
		r = r ? r : TOBS_EMALFORMED;
	}
	if (!r)
		return TOBS_OK;
	tobs_fail(err, r, "JSON: %s", tobs_error_text(r));
	if (err)
		err->offset = -1;
	return r;
}

static void empty(struct json_doc *doc)
{
	if (doc->tape)
		doc->tape[0] = 0;
}

static int too_long(const struct json_parser *p, struct json_doc *doc, struct tobs_err *err)
{
	empty(doc);
	return tobs_fail(err, TOBS_ETOOBIG, "JSON: longer than %zu bytes", p->max);
}

static int no_memory(struct json_doc *doc, struct tobs_err *err)
{
	empty(doc);
	return tobs_fail(err, TOBS_ENOMEM, "JSON: out of memory");
}

int json_parse_padded(
	struct json_parser *p, struct json_doc *doc, struct tobs_view text, struct tobs_err *err)
{
	size_t mark = tobs_view_starts(text, "\xef\xbb\xbf") ? 3 : 0;
	struct tobs_view body = tobs_view_sub(text, mark, SIZE_MAX);
	int r;

	if (text.len > p->max)
		return too_long(p, doc, err);
	r = body.len ? parse_once(p, doc, body) : TOBS_EMALFORMED;
	if (LIKELY(!r))
		return TOBS_OK;
	if (r == TOBS_ENOMEM)
		return no_memory(doc, err);
	r = explain(p, doc, body, mark, err);
	if (r)
		empty(doc);
	return r;
}

int json_parse(
	struct json_parser *p, struct json_doc *doc, struct tobs_view text, struct tobs_err *err)
{
	if (text.len > p->max)
		return too_long(p, doc, err);
	tobs_buf_clear(&p->copy);
	tobs_buf_putv(&p->copy, text);
	if (tobs_buf_fill(&p->copy, 0, JSON_PADDING))
		return no_memory(doc, err);
	return json_parse_padded(p, doc, tobs_view(p->copy.ptr, text.len), err);
}

int json_parse_buf(
	struct json_parser *p, struct json_doc *doc, struct tobs_buf *text, struct tobs_err *err)
{
	size_t len = text->len;

	/* A buffer at its maximum, or one that failed, is copied instead. */
	if (tobs_buf_err(text) || text->max - len < JSON_PADDING ||
		tobs_buf_fill(text, 0, JSON_PADDING))
		return json_parse(p, doc, tobs_buf_view(text), err);
	tobs_buf_truncate(text, len);
	return json_parse_padded(p, doc, tobs_view(text->ptr, len), err);
}

enum json_type json_type(struct json_value v)
{
	switch (json_tag(v)) {
	case 'n': return JSON_NULL;
	case 't':
	case 'f': return JSON_BOOL;
	case 'l': return JSON_INT;
	case 'u': return JSON_UINT;
	case 'd': return JSON_DOUBLE;
	case '"': return JSON_STRING;
	case '[': return JSON_ARRAY;
	case '{': return JSON_OBJECT;
	default: return JSON_MISSING;
	}
}

const char *json_type_name(enum json_type type)
{
	static const char *const names[] = { "nothing", "null", "bool", "integer", "integer",
		"number", "string", "array", "object" };

	return names[type];
}

int json_get_double(struct json_value v, double *ret)
{
	switch (json_tag(v)) {
	case 'd': memcpy(ret, &v.at[1], sizeof *ret); return TOBS_OK;
	case 'l': *ret = (double)(int64_t)v.at[1]; return TOBS_OK;
	case 'u': *ret = (double)v.at[1]; return TOBS_OK;
	default: return json_mismatch(v);
	}
}

struct json_value json_field_v(struct json_value v, struct tobs_view key)
{
	if (json_is_object(v))
		JSON_EACH (it, v)
			if (tobs_view_eq(it.key, key))
				return it.value;
	return (struct json_value){ v.doc, NULL };
}

struct json_value json_field(struct json_value v, const char *key)
{
	return json_field_v(v, tobs_str(key));
}

struct json_value json_item(struct json_value v, size_t i)
{
	if (json_is_array(v))
		JSON_EACH (it, v)
			if (i-- == 0)
				return it.value;
	return (struct json_value){ v.doc, NULL };
}

size_t json_count(struct json_value v)
{
	size_t n = 0;

	if (!json_is_array(v) && !json_is_object(v))
		return 0;
	n = *v.at >> 32 & 0xffffff;
	if (n < 0xffffff)
		return n;
	/* The tape counts no further. */
	n = 0;
	JSON_EACH (it, v)
		n++;
	return n;
}
