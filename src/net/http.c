/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <errno.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/attr.h"

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool http_is_token(struct tobs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!is_alnum(v.ptr[i]) && (!v.ptr[i] || !strchr("!#$%&'*+-.^_`|~", v.ptr[i])))
			return false;
	return v.len > 0;
}

bool http_is_value(struct tobs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((v.ptr[i] < 0x20 && v.ptr[i] != '\t') || v.ptr[i] == 0x7f)
			return false;
	return true;
}

bool http_header_find(struct tobs_view lines, const char *name, struct tobs_view *ret_value)
{
	struct tobs_view line, want = tobs_str(name);

	while (tobs_view_split(&lines, '\n', &line)) {
		if (line.len <= want.len || line.ptr[want.len] != ':' ||
			!tobs_view_eq_nocase(tobs_view_sub(line, 0, want.len), want))
			continue;
		*ret_value = tobs_view_trim(tobs_view_sub(line, want.len + 1, SIZE_MAX));
		return true;
	}
	return false;
}

bool http_list_has(struct tobs_view value, const char *word)
{
	struct tobs_view item, want = tobs_str(word);

	while (tobs_view_split(&value, ',', &item))
		if (tobs_view_eq_nocase(tobs_view_trim(item), want))
			return true;
	return false;
}

/* RFC 9110, section 15; 431 is RFC 6585. */
static const struct {
	int status;
	const char *text;
} statuses[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
};

const char *http_status_text(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].text;
	return "Status";
}

int http_escape(struct tobs_buf *out, struct tobs_view text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (is_alnum(c) || (c && strchr("-._~", c))) { /* RFC 3986, section 2.3 */
			tobs_buf_putc(out, (char)c);
			continue;
		}
		tobs_buf_putc(out, '%');
		tobs_buf_putc(out, digits[c >> 4]);
		tobs_buf_putc(out, digits[c & 15]);
	}
	return tobs_buf_err(out);
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int http_unescape(struct tobs_buf *out, struct tobs_view text, bool form)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '%') {
			int hi = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
			int lo = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return TOBS_EMALFORMED;
			c = (uint8_t)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		tobs_buf_putc(out, (char)c);
	}
	return tobs_buf_err(out);
}

/* Whether the escaped text stands for `name`. */
static bool field_is(struct tobs_view escaped, const char *name)
{
	size_t at = 0, n = strlen(name);

	for (size_t i = 0; i < escaped.len; i++, at++) {
		uint8_t c = escaped.ptr[i];

		if (c == '%' && i + 2 < escaped.len) {
			int hi = hex_digit(escaped.ptr[i + 1]), lo = hex_digit(escaped.ptr[i + 2]);

			if (hi < 0 || lo < 0)
				return false;
			c = (uint8_t)(hi << 4 | lo);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		if (at >= n || c != (uint8_t)name[at])
			return false;
	}
	return at == n;
}

int http_field(struct tobs_view fields, const char *name, struct tobs_buf *out)
{
	struct tobs_view field, key;

	while (tobs_view_split(&fields, '&', &field)) {
		struct tobs_view value = field;

		tobs_view_split(&value, '=', &key);
		if (field_is(key, name))
			return http_unescape(out, value, true);
	}
	return TOBS_ENOTFOUND;
}

int http_range(struct tobs_view value, int64_t size, struct http_range *ret)
{
	struct tobs_view first, last = value;
	int64_t from, to = INT64_MAX;

	if (!tobs_view_starts(value, "bytes="))
		return TOBS_ENOTFOUND;
	last = tobs_view_trim(tobs_view_sub(value, strlen("bytes="), SIZE_MAX));
	if (tobs_view_find(last, 0, tobs_str("-")) == SIZE_MAX)
		return TOBS_ENOTFOUND;
	tobs_view_split(&last, '-', &first);
	if (!first.len) { /* the last so many bytes */
		if (tobs_view_int(last, 0, INT64_MAX, &to))
			return TOBS_ENOTFOUND;
		if (!to || !size)
			return TOBS_ETOOBIG;
		from = to < size ? size - to : 0;
		to = size - 1;
	} else if (tobs_view_int(first, 0, INT64_MAX, &from) ||
		(last.len && tobs_view_int(last, from, INT64_MAX, &to))) {
		return TOBS_ENOTFOUND;
	}
	if (from >= size)
		return TOBS_ETOOBIG;
	*ret = (struct http_range){ from, MIN(to, size - 1) - from + 1 };
	return TOBS_OK;
}

/* On a thread of the pool. Bytes read, or an error. */
static int read_file(void *arg)
{
	struct http_file *f = arg;
	ssize_t n;

	do {
		n = pread(f->fd, f->buf, f->len, (off_t)f->at);
	} while (n < 0 && errno == EINTR);
	f->sys = n < 0 ? errno : 0;
	return n < 0 ? TOBS_EIO : (int)n;
}

static int file_source_read(void *user, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	enum { MOST = 1 << 20 }; /* at once: the result is an int */
	struct http_file *f = user;
	int n;

	f->buf = buf;
	f->len = MIN(len, MOST);
	if (f->left < (int64_t)f->len)
		f->len = (size_t)f->left;
	if (!f->len) {
		*ret_n = 0;
		return TOBS_OK;
	}
	n = tobs_offload(read_file, f);
	if (n < 0)
		return f->sys ? tobs_fail_sys(err, n, f->sys, "reading the file")
			      : tobs_fail(err, n, "reading the file");
	if (!n)
		return tobs_fail(err, TOBS_ETRUNCATED, "the file is shorter than it was");
	f->at += n;
	f->left -= n;
	*ret_n = (size_t)n;
	return TOBS_OK;
}

struct http_source http_file_source(struct http_file *f, int fd, int64_t offset, int64_t size)
{
	*f = (struct http_file){ .fd = fd, .at = offset, .left = size };
	return (struct http_source){ file_source_read, f, size };
}
