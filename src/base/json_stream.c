/* SPDX-License-Identifier: MIT */
#include "base/json_stream.h"

#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json_check.h"
#include "base/json_scan.h"

enum {
	DEFAULT_BUFFER = 256 << 10,
	DEFAULT_MAX_VALUE = 64 << 20,
	PATH_MAX_BYTES = 4096, /* of the whole path in messages */
	PATH_KEY_BYTES = 32,   /* of one key in it */
	PATH_SHOWN = 120,      /* of its end, in a message */
};

int json_read_fd(void *user, void *buf, size_t cap, size_t *ret_n)
{
	const int *fd = user;
	ssize_t n;

	do
		n = read(*fd, buf, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return TOBS_EIO;
	*ret_n = (size_t)n;
	return TOBS_OK;
}

void json_stream_init(struct json_stream *s, json_read_fn read, void *user,
	const struct json_stream_options *options)
{
	*s = (struct json_stream){ .read = read, .user = user };
	if (options)
		s->options = *options;
	if (!s->options.max_value)
		s->options.max_value = DEFAULT_MAX_VALUE;
	s->options.max_value = MIN(s->options.max_value, JSON_SIZE_MAX / 2);
	if (!s->options.buffer)
		s->options.buffer = DEFAULT_BUFFER;
	/* Mending makes four bytes six at most, or one three. */
	json_parser_init(&s->parser, JSON_SIZE_MAX, JSON_DEPTH_MAX);
	tobs_buf_init(&s->key, s->options.max_value);
	tobs_buf_init(&s->path, PATH_MAX_BYTES);
	tobs_buf_init(&s->mended, s->options.max_value * 3 + JSON_PADDING);
}

void json_stream_deinit(struct json_stream *s)
{
	if (!s)
		return;
	mem_free(s->buf);
	json_parser_deinit(&s->parser);
	json_doc_deinit(&s->doc);
	json_doc_deinit(&s->key_doc);
	tobs_buf_deinit(&s->key);
	tobs_buf_deinit(&s->path);
	tobs_buf_deinit(&s->mended);
	json_stream_init(s, s->read, s->user, &s->options);
}

uint64_t json_stream_complete(const struct json_stream *s)
{
	return s->depth ? s->frames[s->depth - 1].complete : 0;
}

/* Adds to the failure where in the document it is, and keeps it for later calls. */
static int keep_failure(struct json_stream *s, struct tobs_err *err)
{
	const struct json_stream_frame *frame = &s->frames[s->depth ? s->depth - 1 : 0];
	struct tobs_view path = tobs_buf_view(&s->path);
	const char *cut = "";

	if (path.len > PATH_SHOWN) {
		path = tobs_view_sub(path, path.len - PATH_SHOWN, PATH_SHOWN);
		cut = "...";
	}
	if (s->depth)
		tobs_err_context(&s->failure,
			frame->object ? "in %s%.*s, after %llu complete members"
				      : "in %s%.*s, after %llu complete elements",
			cut, TOBS_VIEW_FMT(path), (unsigned long long)frame->complete);
	if (err)
		*err = s->failure;
	return s->failure.code;
}

static int fail_in(
	struct json_stream *s, int code, int64_t offset, const char *what, struct tobs_err *err)
{
	tobs_fail(&s->failure, code, "JSON, byte %lld: %s", (long long)offset, what);
	s->failure.offset = offset;
	return keep_failure(s, err);
}

static int fail_here(struct json_stream *s, int code, const char *what, struct tobs_err *err)
{
	return fail_in(s, code, json_stream_offset(s), what, err);
}

static int fail_end(struct json_stream *s, struct tobs_err *err)
{
	return fail_in(s, TOBS_ETRUNCATED, s->base + (int64_t)s->end, "the data ends here", err);
}

static int failed_before(struct json_stream *s, struct tobs_err *err)
{
	if (err)
		*err = s->failure;
	return s->failure.code;
}

/* Makes room behind `end`: moves what is left to the front, or grows. */
static int make_room(struct json_stream *s, struct tobs_err *err)
{
	size_t cap = s->cap ? s->cap * 2 : s->options.buffer;
	uint8_t *grown;

	if (s->end < s->cap)
		return TOBS_OK;
	if (s->pos) {
		memmove(s->buf, s->buf + s->pos, s->end - s->pos);
		s->base += (int64_t)s->pos;
		s->end -= s->pos;
		s->pos = 0;
		return TOBS_OK;
	}
	grown = mem_realloc(s->buf, cap + JSON_PADDING);
	if (!grown)
		return fail_here(s, TOBS_ENOMEM, "out of memory", err);
	/* simdjson looks behind the end of the data; nothing there may be uninitialised. */
	memset(grown + s->end, 0, cap + JSON_PADDING - s->end);
	s->buf = grown;
	s->cap = cap;
	return TOBS_OK;
}

/*
 * Reads on, keeping what lies from `pos` on. s->eof afterwards: nothing came.
 * Positions in the buffer change, distances from `pos` do not.
 */
static int fill(struct json_stream *s, struct tobs_err *err)
{
	size_t n = 0;
	int r;

	if (s->eof)
		return TOBS_OK;
	r = make_room(s, err);
	if (r)
		return r;
	r = s->read(s->user, s->buf + s->end, s->cap - s->end, &n);
	if (r)
		return fail_in(s, r, s->base + (int64_t)s->end, "reading failed", err);
	assert(n <= s->cap - s->end);
	s->end += n;
	s->eof = n == 0;
	return TOBS_OK;
}

/* The byte `ahead` of `pos` in *ret; -1 at the end of the data. */
static int peek_at(struct json_stream *s, size_t ahead, int *ret, struct tobs_err *err)
{
	while (s->end - s->pos <= ahead && !s->eof) {
		int r = fill(s, err);

		if (r)
			return r;
	}
	*ret = s->end - s->pos > ahead ? s->buf[s->pos + ahead] : -1;
	return TOBS_OK;
}

static bool is_space(int b)
{
	return b == ' ' || b == '\n' || b == '\r' || b == '\t';
}

/* Passes over white space; the byte behind it in *ret, -1 at the end of the data. */
static int skip_space(struct json_stream *s, int *ret, struct tobs_err *err)
{
	for (;; s->pos++) {
		int r = peek_at(s, 0, ret, err);

		if (r || !is_space(*ret))
			return r;
	}
}

/* Whether a number or word ends before this byte. */
static bool ends_scalar(int b)
{
	return b < 0 || is_space(b) || b == ',' || b == ']' || b == '}' || b == ':' || b == '"' ||
		b == '[' || b == '{';
}

static int scalar_end(struct json_stream *s, size_t *ret_len, struct tobs_err *err)
{
	for (size_t len = 1;; len++) {
		int b, r = peek_at(s, len, &b, err);

		if (r)
			return r;
		if (len > s->options.max_value)
			return fail_here(s, TOBS_ETOOBIG, "larger than the limit for a value", err);
		if (b < 0 && s->depth)
			return fail_end(s, err);
		if (ends_scalar(b)) {
			*ret_len = len;
			return TOBS_OK;
		}
	}
}

/* The length of the value or key at `pos`, all of it in the buffer. */
static int whole_value(struct json_stream *s, size_t *ret_len, struct tobs_err *err)
{
	struct json_scan scan = { 0 };
	size_t seen = 0, used;

	if (!strchr("{[\"", s->buf[s->pos]))
		return scalar_end(s, ret_len, err);
	for (;;) {
		bool ends = json_scan(&scan, s->buf + s->pos + seen, s->end - s->pos - seen, &used);
		int r;

		seen += used;
		if (seen > s->options.max_value)
			return fail_here(s, TOBS_ETOOBIG, "larger than the limit for a value", err);
		if (ends) {
			*ret_len = seen;
			return TOBS_OK;
		}
		r = fill(s, err);
		if (r)
			return r;
		if (s->eof)
			return fail_end(s, err);
	}
}

/* The container entered last, or the document, has one more complete value. */
static void value_done(struct json_stream *s)
{
	if (s->depth)
		s->frames[s->depth - 1].complete++;
	s->state = JSON_STREAM_AFTER;
}

/* Passes over bytes until the scan ends. */
static int pass(struct json_stream *s, struct json_scan *scan, struct tobs_err *err)
{
	for (;;) {
		size_t used;
		bool ends = json_scan(scan, s->buf + s->pos, s->end - s->pos, &used);
		int r;

		s->pos += used;
		if (ends)
			return TOBS_OK;
		r = fill(s, err);
		if (r)
			return r;
		if (s->eof)
			return fail_end(s, err);
	}
}

static int pass_value(struct json_stream *s, struct tobs_err *err)
{
	struct json_scan scan = { 0 };
	size_t len;
	int r;

	if (strchr("{[\"", s->buf[s->pos])) {
		r = pass(s, &scan, err);
	} else {
		r = scalar_end(s, &len, err);
		if (!r)
			s->pos += len;
	}
	if (!r)
		value_done(s);
	return r;
}

/* Parses text of which the strict parser says that it is not JSON. */
static int parse_mended(
	struct json_stream *s, struct json_doc *doc, struct tobs_view text, struct tobs_err *err)
{
	struct tobs_view mended;
	struct json_fault fault;
	int r = json_check(text, JSON_DEPTH_MAX, JSON_CHECK_LENIENT, &fault);

	if (r)
		return fail_in(
			s, r, json_stream_offset(s) + (int64_t)fault.offset, fault.what, err);
	tobs_buf_clear(&s->mended);
	json_mend(&s->mended, text);
	mended = tobs_buf_view(&s->mended);
	r = tobs_buf_fill(&s->mended, 0, JSON_PADDING);
	if (r)
		return fail_here(s, r, tobs_error_text(r), err);
	mended.ptr = s->mended.ptr;
	r = json_parse_padded(&s->parser, doc, mended, NULL);
	if (r)
		return fail_here(
			s, r, "not readable even when mended: a number may be too large", err);
	s->repairs++;
	return TOBS_OK;
}

static int parse(
	struct json_stream *s, struct json_doc *doc, struct tobs_view text, struct tobs_err *err)
{
	struct tobs_err failure;
	int r;

	s->parser.origin = json_stream_offset(s);
	r = json_parse_padded(&s->parser, doc, text, &failure);
	if (!r)
		return r;
	if (r == TOBS_EMALFORMED && s->options.lenient)
		return parse_mended(s, doc, text, err);
	s->failure = failure;
	return keep_failure(s, err);
}

/* Whether a key, quotes included, is what it looks like. */
static bool is_plain(struct tobs_view quoted)
{
	for (size_t i = 1; i + 1 < quoted.len; i++)
		if (quoted.ptr[i] < 0x20 || quoted.ptr[i] >= 0x7f || quoted.ptr[i] == '\\')
			return false;
	return true;
}

/* A key at `pos`, and the colon behind it. */
static int read_key(struct json_stream *s, struct tobs_err *err)
{
	struct tobs_view quoted;
	size_t len;
	int b, r = skip_space(s, &b, err);

	if (r)
		return r;
	if (b < 0)
		return fail_end(s, err);
	if (b != '"')
		return fail_here(s, TOBS_EMALFORMED, "a key should stand here", err);
	r = whole_value(s, &len, err);
	if (r)
		return r;
	quoted = tobs_view(s->buf + s->pos, len);
	tobs_buf_clear(&s->key);
	if (is_plain(quoted)) {
		tobs_buf_put(&s->key, quoted.ptr + 1, len - 2);
		s->key_view = tobs_buf_view(&s->key);
		r = tobs_buf_err(&s->key);
		if (r)
			return fail_here(s, r, tobs_error_text(r), err);
	} else {
		r = parse(s, &s->key_doc, quoted, err);
		if (r)
			return r;
		json_get_str(json_root(&s->key_doc), &s->key_view);
	}
	s->pos += len;
	r = skip_space(s, &b, err);
	if (r)
		return r;
	if (b != ':')
		return b < 0 ? fail_end(s, err)
			     : fail_here(s, TOBS_EMALFORMED, "':' should stand here", err);
	s->pos++;
	return TOBS_OK;
}

static enum json_type type_from(int b)
{
	switch (b) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 't':
	case 'f': return JSON_BOOL;
	case 'n': return JSON_NULL;
	default: return b == '-' || (b >= '0' && b <= '9') ? JSON_INT : JSON_MISSING;
	}
}

/* A value comes now; in an object its key first. */
static int arrive(struct json_stream *s, struct json_item *ret, struct tobs_err *err)
{
	struct json_item item = { .index = json_stream_complete(s) };
	int b, r = TOBS_OK;

	s->key_view = tobs_view(NULL, 0);
	if (s->depth && s->frames[s->depth - 1].object)
		r = read_key(s, err);
	if (!r)
		r = skip_space(s, &b, err);
	if (r)
		return r;
	item.type = type_from(b);
	if (b < 0)
		return fail_end(s, err);
	if (item.type == JSON_MISSING)
		return fail_here(s, TOBS_EMALFORMED, "not a JSON value", err);
	item.key = s->key_view;
	item.offset = json_stream_offset(s);
	s->state = JSON_STREAM_AT_VALUE;
	*ret = item;
	return TOBS_OK;
}

/* The container entered last is behind us; its bracket was passed. */
static uint64_t pop(struct json_stream *s)
{
	struct json_stream_frame *frame = &s->frames[--s->depth];
	uint64_t complete = frame->complete;

	tobs_buf_truncate(&s->path, frame->path_len);
	value_done(s);
	return complete;
}

/* Behind a value or an opening bracket: another value, or the end? */
static int advance(struct json_stream *s, struct json_item *ret, struct tobs_err *err)
{
	bool first = s->state == JSON_STREAM_ENTERED;
	const struct json_stream_frame *frame = &s->frames[s->depth - 1];
	int b, r = skip_space(s, &b, err);

	if (r)
		return r;
	if (b < 0)
		return fail_end(s, err);
	if (b == (frame->object ? '}' : ']')) {
		int64_t offset = json_stream_offset(s);

		s->pos++;
		*ret = (struct json_item){ .index = pop(s), .offset = offset };
		return TOBS_OK;
	}
	if (first)
		return arrive(s, ret, err);
	if (b != ',')
		return fail_here(s, TOBS_EMALFORMED,
			frame->object ? "',' or '}' should stand here"
				      : "',' or ']' should stand here",
			err);
	s->pos++;
	return arrive(s, ret, err);
}

static int start(struct json_stream *s, struct json_item *ret, struct tobs_err *err)
{
	static const uint8_t mark[3] = { 0xef, 0xbb, 0xbf };
	size_t n = 0;
	int b = 0, r = TOBS_OK;

	while (n < 3 && !r) {
		r = peek_at(s, n, &b, err);
		if (!r && b != mark[n])
			break;
		n++;
	}
	if (r)
		return r;
	if (n == 3)
		s->pos += 3;
	return arrive(s, ret, err);
}

/* Behind the document nothing may stand. */
static int finish(struct json_stream *s, struct json_item *ret, struct tobs_err *err)
{
	int b, r = skip_space(s, &b, err);

	if (r)
		return r;
	if (b >= 0)
		return fail_here(s, TOBS_EMALFORMED, "something stands behind the document", err);
	s->state = JSON_STREAM_DONE;
	*ret = (struct json_item){ .index = 1, .offset = json_stream_offset(s) };
	return TOBS_OK;
}

int json_stream_next(struct json_stream *s, struct json_item *ret, struct tobs_err *err)
{
	int r;

	if (s->failure.code)
		return failed_before(s, err);
	if (s->state == JSON_STREAM_START)
		return start(s, ret, err);
	if (s->state == JSON_STREAM_AT_VALUE) {
		r = pass_value(s, err);
		if (r)
			return r;
	}
	return s->depth ? advance(s, ret, err) : finish(s, ret, err);
}

/* A key fit for messages: short, and without anything a terminal would obey. */
static bool is_showable(struct tobs_view key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] <= 0x20 || key.ptr[i] >= 0x7f)
			return false;
	return key.len <= PATH_KEY_BYTES;
}

/* Adds the value at `pos` to the path: "$", ".key" or "[index]". */
static void path_push(struct json_stream *s, struct json_stream_frame *frame)
{
	const struct json_stream_frame *outer = s->depth ? &s->frames[s->depth - 1] : NULL;

	frame->path_len = s->path.len;
	if (!outer)
		tobs_buf_puts(&s->path, "$");
	else if (!outer->object)
		tobs_buf_printf(&s->path, "[%llu]", (unsigned long long)outer->complete);
	else if (is_showable(s->key_view))
		tobs_buf_printf(&s->path, ".%.*s", TOBS_VIEW_FMT(s->key_view));
	else
		tobs_buf_puts(&s->path, ".?");
}

int json_stream_enter(struct json_stream *s, struct tobs_err *err)
{
	struct json_stream_frame frame = { 0 };
	uint8_t b;

	if (s->failure.code)
		return failed_before(s, err);
	assert(s->state == JSON_STREAM_AT_VALUE);
	b = s->buf[s->pos];
	if (b != '{' && b != '[')
		return fail_here(s, TOBS_EMALFORMED, "an object or array should stand here", err);
	if (s->depth == JSON_STREAM_DEPTH)
		return fail_here(s, TOBS_ETOOBIG, "nested too deep", err);
	frame.object = b == '{';
	path_push(s, &frame);
	s->frames[s->depth++] = frame;
	s->pos++;
	s->state = JSON_STREAM_ENTERED;
	return TOBS_OK;
}

int json_stream_leave(struct json_stream *s, struct tobs_err *err)
{
	/* As if the opening bracket had just been seen. */
	struct json_scan scan = { .started = true, .depth = 1 };
	int r;

	if (s->failure.code)
		return failed_before(s, err);
	assert(s->depth);
	r = pass(s, &scan, err);
	if (!r)
		pop(s);
	return r;
}

int json_stream_take(struct json_stream *s, struct json_value *ret, struct tobs_err *err)
{
	size_t len;
	int r;

	if (s->failure.code)
		return failed_before(s, err);
	assert(s->state == JSON_STREAM_AT_VALUE);
	r = whole_value(s, &len, err);
	if (!r)
		r = parse(s, &s->doc, tobs_view(s->buf + s->pos, len), err);
	if (r)
		return r;
	s->pos += len;
	value_done(s);
	*ret = json_root(&s->doc);
	return TOBS_OK;
}
