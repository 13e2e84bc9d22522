/* SPDX-License-Identifier: MIT */
/*
 * What the HTTP client and the HTTP server have in common: headers, escaping,
 * forms, ranges, and bodies that come or go in pieces. Nothing here does I/O but
 * the source that reads a file.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tobs/buf.h>
#include <tobs/err.h>

/* ---- Headers --------------------------------------------------------------- */

struct http_header {
	struct tobs_view name, value;
};

/* { HTTP_HEADER("Content-Type", "text/plain") } */
#define HTTP_HEADER(name, value)                 \
	{                                        \
		TOBS_LIT(name), TOBS_LIT(value), \
	}

/* Whether it can be a name or a method: a token of RFC 9110, section 5.6.2. */
bool http_is_token(struct tobs_view v);

/* Whether it can be the value of a header: no control characters but tabs (section 5.5). */
bool http_is_value(struct tobs_view v);

/*
 * The value of the first line "name: value" in `lines`, without the spaces
 * around it; case does not count in the name. False when there is none.
 */
bool http_header_find(struct tobs_view lines, const char *name, struct tobs_view *ret_value);

/* Whether `value`, a list with commas, has this word, in any case ("close", "chunked"). */
bool http_list_has(struct tobs_view value, const char *word);

/* "Not Found"; "Status" for a number without a name. Static storage. */
const char *http_status_text(int status);

/* ---- Escaping -------------------------------------------------------------- */

/* Appends with everything but letters, digits and "-._~" as %XX. */
int http_escape(struct tobs_buf *out, struct tobs_view text);

/*
 * Appends with %XX undone; `form` makes '+' a space as well. TOBS_EMALFORMED for
 * a '%' without two digits behind it.
 */
int http_unescape(struct tobs_buf *out, struct tobs_view text, bool form);

/*
 * Appends the value of the first field of that name in "a=1&b=2" (the query of a
 * URL, or a form as application/x-www-form-urlencoded). TOBS_ENOTFOUND without
 * one, TOBS_EMALFORMED.
 */
int http_field(struct tobs_view fields, const char *name, struct tobs_buf *out);

/* ---- Ranges ---------------------------------------------------------------- */

struct http_range {
	int64_t first, len; /* bytes */
};

/*
 * The part of `size` bytes that a Range header asks for (RFC 9110, section
 * 14.1.2). TOBS_ENOTFOUND when it is to be ignored: no header, another unit, bad
 * syntax, several ranges; TOBS_ETOOBIG when nothing of it exists (status 416).
 */
int http_range(struct tobs_view value, int64_t size, struct http_range *ret);

/* ---- Bodies in pieces ------------------------------------------------------ */

/*
 * Where a body comes from. read() gives up to `len` bytes, and 0 of them at the
 * end; it runs on the fiber that asked for the transfer and may wait. What it
 * returns ends the transfer.
 */
struct http_source {
	int (*read)(void *user, void *buf, size_t len, size_t *ret_n, struct tobs_err *err);
	void *user;
	int64_t size; /* bytes it will give; -1 when nobody knows */
};

/*
 * Where a body goes: write() takes all of `data`, runs on the fiber that asked
 * for the transfer, and may wait, which holds the other side back. What it
 * returns ends the transfer.
 */
struct http_sink {
	int (*write)(void *user, struct tobs_view data, struct tobs_err *err);
	void *user;
};

/* A part of a file as a source; it is read on the worker pool. Caller's memory. */
struct http_file {
	int fd;
	int64_t at; /* of the next byte */
	int64_t left;
	void *buf; /* of the read in progress */
	size_t len;
	int sys; /* errno of the last read */
};

/*
 * `size` bytes of the file from `offset` on. The descriptor stays the caller's.
 * The source fails with TOBS_ETRUNCATED when the file is shorter, or TOBS_EIO.
 */
struct http_source http_file_source(struct http_file *f, int fd, int64_t offset, int64_t size);

#endif
