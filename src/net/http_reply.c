/* SPDX-License-Identifier: MIT */
#include "net/http_reply.h"

#include "base/attr.h"

enum state {
	HEAD,
	BODY,       /* `left` bytes, or to the end */
	CHUNK_SIZE, /* "1a;extension\r\n" */
	CHUNK_EXT,
	CHUNK, /* `left` bytes */
	CHUNK_CR,
	CHUNK_LF,
	TRAILER,
	DONE,
};

enum {
	EXTRA_MAX = 16 << 10, /* bytes of extensions and trailers; nobody sends any */
	CHUNK_DIGITS = 15,    /* so that a size fits into an int64_t */
};

void http_reply_init(struct http_reply *p, struct tobs_buf *head, bool bodiless)
{
	*p = (struct http_reply){ .head = head, .bodiless = bodiless };
	tobs_buf_clear(head);
}

bool http_reply_done(const struct http_reply *p)
{
	return p->state == DONE;
}

int64_t http_reply_left(const struct http_reply *p)
{
	return p->state == BODY || p->state == CHUNK ? p->left : 0;
}

static void count_down(struct http_reply *p, size_t n)
{
	if (p->left < 0)
		return;
	p->left -= (int64_t)n;
	if (!p->left)
		p->state = p->state == BODY ? DONE : CHUNK_CR;
}

void http_reply_skip(struct http_reply *p, size_t n)
{
	assert(http_reply_left(p) < 0 || (int64_t)n <= http_reply_left(p));
	count_down(p, n);
}

static int bad(struct tobs_err *err, const char *what)
{
	return tobs_fail(err, TOBS_EPROTO, "the server's answer is no HTTP: %s", what);
}

/* "HTTP/1.1 200 OK" */
static int parse_status(struct http_reply *p, struct tobs_view line, struct tobs_err *err)
{
	int64_t status;

	line = tobs_view_trim(line);
	if (!tobs_view_starts(line, "HTTP/1.") || line.len < 12 || line.ptr[8] != ' ' ||
		(line.ptr[7] != '0' && line.ptr[7] != '1') ||
		(line.len > 12 && line.ptr[12] != ' ') ||
		tobs_view_int(tobs_view_sub(line, 9, 3), 100, 999, &status))
		return bad(err, "it begins otherwise");
	p->status = (int)status;
	p->keep = line.ptr[7] == '1';
	return TOBS_OK;
}

/* What the header says about where the body ends. */
struct framing {
	int64_t length; /* -1: not said */
	bool coded, chunked;
};

static bool cut_name(struct tobs_view line, struct tobs_view *ret_name, struct tobs_view *ret_value)
{
	size_t colon = tobs_view_find(line, 0, tobs_str(":"));

	if (colon == SIZE_MAX)
		return false;
	*ret_name = tobs_view_sub(line, 0, colon);
	*ret_value = tobs_view_trim(tobs_view_sub(line, colon + 1, SIZE_MAX));
	return true;
}

static int parse_line(
	struct http_reply *p, struct tobs_view line, struct framing *f, struct tobs_err *err)
{
	struct tobs_view name, value;
	int64_t n;

	if (!cut_name(line, &name, &value))
		return TOBS_OK;
	if (tobs_view_eq_nocase(name, tobs_str("Content-Length"))) {
		if (tobs_view_int(value, 0, INT64_MAX, &n))
			return bad(err, "its length is no number");
		if (f->length >= 0 && f->length != n)
			return bad(err, "it has two lengths");
		f->length = n;
	} else if (tobs_view_eq_nocase(name, tobs_str("Transfer-Encoding"))) {
		if (f->coded || !tobs_view_eq_nocase(value, tobs_str("chunked")))
			return bad(err, "its transfer coding is unknown");
		f->coded = f->chunked = true;
	} else if (tobs_view_eq_nocase(name, tobs_str("Connection"))) {
		if (http_list_has(value, "close"))
			p->keep = false;
		else if (http_list_has(value, "keep-alive"))
			p->keep = true;
	}
	return TOBS_OK;
}

static void begin_body(struct http_reply *p, const struct framing *f)
{
	if (p->bodiless || p->status == 204 || p->status == 304) { /* RFC 9112, section 6.3 */
		p->state = DONE;
	} else if (f->chunked) {
		/* With a length as well, somebody on the way may be fooled. */
		p->keep = p->keep && f->length < 0;
		p->state = CHUNK_SIZE;
	} else {
		p->left = f->length;
		p->keep = p->keep && f->length >= 0;
		p->state = f->length ? BODY : DONE;
	}
}

static int parse_head(struct http_reply *p, struct tobs_err *err)
{
	struct tobs_view lines = tobs_buf_view(p->head), line;
	struct framing f = { .length = -1 };
	int r;

	tobs_view_split(&lines, '\n', &line);
	r = parse_status(p, line, err);
	while (!r && tobs_view_split(&lines, '\n', &line))
		r = parse_line(p, line, &f, err);
	if (r)
		return r;
	if (p->status == 101)
		return bad(err, "it changes the protocol");
	if (p->status < 200) {
		p->status = 0;
		p->line = 0;
		tobs_buf_clear(p->head);
		return TOBS_OK;
	}
	begin_body(p, &f);
	return TOBS_OK;
}

/* Lines up to the empty one. */
static int feed_head(struct http_reply *p, struct tobs_view *in, struct tobs_err *err)
{
	while (in->len && p->state == HEAD) {
		const uint8_t *lf = memchr(in->ptr, '\n', in->len);
		size_t n = lf ? (size_t)(lf - in->ptr) + 1 : in->len, len;
		int r = tobs_buf_put(p->head, in->ptr, n);

		if (r == TOBS_ETOOBIG)
			return bad(err, "its head does not end");
		if (r)
			return tobs_fail(err, r, "reading the answer's head");
		*in = tobs_view_sub(*in, n, SIZE_MAX);
		/* What does not begin like HTTP need not be read to an end that may not come. */
		if (!p->line && (lf || p->head->len >= strlen("HTTP/")) &&
			!tobs_view_starts(tobs_buf_view(p->head), "HTTP/"))
			return bad(err, "it begins otherwise");
		if (!lf)
			continue;
		len = p->head->len - p->line;
		p->line = p->head->len;
		if (len == 1 || (len == 2 && p->head->ptr[p->line - 2] == '\r'))
			return parse_head(p, err);
	}
	return TOBS_OK;
}

static int feed_size(struct http_reply *p, uint8_t c, struct tobs_err *err)
{
	int digit = -1;

	if (c >= '0' && c <= '9')
		digit = c - '0';
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		digit = (c | 0x20) - 'a' + 10;
	if (digit >= 0) {
		if (p->digits++ == CHUNK_DIGITS)
			return bad(err, "a chunk is too large");
		p->left = p->left << 4 | digit;
		return TOBS_OK;
	}
	if (!p->digits || !strchr("\r\n; \t", c) || !c)
		return bad(err, "a chunk has no size");
	p->state = CHUNK_EXT;
	return TOBS_OK;
}

static void end_size(struct http_reply *p)
{
	p->digits = 0;
	p->extra = 0;
	p->line_has_any = false;
	p->state = p->left ? CHUNK : TRAILER;
}

/* One byte of what is around the chunks. */
static int feed_between(struct http_reply *p, uint8_t c, struct tobs_err *err)
{
	int r;

	switch (p->state) {
	case CHUNK_SIZE:
		r = feed_size(p, c, err);
		if (r || p->state == CHUNK_SIZE)
			return r;
		ATTR_FALLTHROUGH;
	case CHUNK_EXT:
		if (c == '\n')
			end_size(p);
		break;
	case CHUNK_CR:
		if (c == '\r') {
			p->state = CHUNK_LF;
			return TOBS_OK;
		}
		ATTR_FALLTHROUGH;
	case CHUNK_LF:
		if (c != '\n')
			return bad(err, "a chunk is longer than it says");
		p->state = CHUNK_SIZE;
		return TOBS_OK;
	default: /* TRAILER */
		if (c == '\n' && !p->line_has_any)
			p->state = DONE;
		else if (c == '\n')
			p->line_has_any = false;
		else if (c != '\r')
			p->line_has_any = true;
	}
	return ++p->extra > EXTRA_MAX ? bad(err, "too much stands between its chunks") : TOBS_OK;
}

int http_reply_feed(struct http_reply *p, struct tobs_view *in, struct tobs_view *ret_piece,
	struct tobs_err *err)
{
	*ret_piece = tobs_view(NULL, 0);
	while (in->len && p->state != DONE) {
		int r;

		if (p->state == BODY || p->state == CHUNK) {
			size_t n = in->len;

			if (p->left >= 0 && (int64_t)n > p->left)
				n = (size_t)p->left;
			*ret_piece = tobs_view_sub(*in, 0, n);
			*in = tobs_view_sub(*in, n, SIZE_MAX);
			count_down(p, n);
			return TOBS_OK;
		}
		if (p->state == HEAD) {
			r = feed_head(p, in, err);
			if (r || p->state != HEAD)
				return r;
			continue;
		}
		r = feed_between(p, in->ptr[0], err);
		if (r)
			return r;
		*in = tobs_view_sub(*in, 1, SIZE_MAX);
	}
	return TOBS_OK;
}

int http_reply_end(struct http_reply *p, struct tobs_err *err)
{
	if (p->state == BODY && p->left < 0)
		p->state = DONE;
	if (p->state == DONE)
		return TOBS_OK;
	return tobs_fail(err, TOBS_ETRUNCATED,
		p->state == HEAD ? "the server hung up without an answer"
				 : "the server hung up in the middle of its answer");
}
