/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON that does not fit memory, from wherever bytes come.
 *
 * The stream stands before a value; the caller goes into it, takes it whole,
 * or passes over it by asking for the next one:
 *
 *     {"name":"…","messages":[{…},{…}]}        next → the document, an object
 *      enter, next → "name"                     take → "…"
 *      next → "messages", enter, next → [0]     take → {…}
 *                                next → [1]     next → end of the array
 *                                next → end of the object
 *                                next → end of the document
 *
 *     while (!(r = json_stream_next(&s, &item, err)) && item.type)
 *             if (tobs_view_is(item.key, "messages"))
 *                     …
 *
 * Memory stays bounded by the largest value taken. What is taken is parsed and
 * checked in full. What is passed over is not: only its brackets and quotes are
 * counted, which goes several times faster. Between the two, the names, commas
 * and colons of containers that were entered are checked as strictly.
 *
 * A byte order mark in front is skipped. Failures stick: every later call gives
 * the same code and message again.
 */
#ifndef BASE_JSON_STREAM_H
#define BASE_JSON_STREAM_H

#include "base/json.h"

enum { JSON_STREAM_DEPTH = 64 }; /* containers entered inside one another */

/*
 * Gives up to `cap` (> 0) bytes in *ret_n; 0 bytes mean the end. Anything but
 * TOBS_OK ends the stream with that code. May wait.
 */
typedef int (*json_read_fn)(void *user, void *buf, size_t cap, size_t *ret_n);

/* A json_read_fn over a file descriptor: `user` points to it (an int). TOBS_EIO. */
int json_read_fd(void *user, void *buf, size_t cap, size_t *ret_n);

struct json_stream_options {
	size_t max_value; /* bytes of the largest value taken whole, and of a key; 0: 64 MiB */
	size_t buffer;    /* bytes read at once; 0: 256 KiB */
	/*
	 * Takes what Telegram Desktop wrote over the years: \x0B in a string is
	 * the character with that number; half a surrogate pair, and bytes that
	 * are not UTF-8, become U+FFFD.
	 */
	bool lenient;
};

struct json_item {
	enum json_type
		type; /* JSON_MISSING: the end of the container or document; JSON_INT: any number */
	struct tobs_view key; /* in an object, unescaped; valid until the next json_stream_next() */
	uint64_t index;       /* elements or members before it */
	int64_t offset;       /* of its first byte in the stream */
};

enum json_stream_state {
	JSON_STREAM_START,    /* nothing was read */
	JSON_STREAM_AT_VALUE, /* `pos` is its first byte */
	JSON_STREAM_ENTERED,  /* behind an opening bracket */
	JSON_STREAM_AFTER,    /* behind a value */
	JSON_STREAM_DONE,
};

struct json_stream_frame {
	uint64_t complete; /* elements or members that were passed */
	size_t path_len;   /* of the path outside it */
	bool object;
};

struct json_stream {
	struct json_stream_options options;
	json_read_fn read;
	void *user;
	uint8_t *buf; /* cap + JSON_PADDING bytes */
	size_t cap;
	size_t pos, end; /* in buf: what is not used up yet */
	int64_t base;    /* offset of buf[0] in the stream */
	bool eof;
	enum json_stream_state state;
	unsigned depth;
	struct json_stream_frame frames[JSON_STREAM_DEPTH];
	struct json_parser parser;
	struct json_doc doc, key_doc;
	struct tobs_buf key, path, mended;
	struct tobs_view key_view;
	struct tobs_err failure;
	uint64_t repairs;
};

/* `options` may be NULL. Allocates nothing and reads nothing yet. */
void json_stream_init(struct json_stream *s, json_read_fn read, void *user,
	const struct json_stream_options *options);
void json_stream_deinit(struct json_stream *s);

/*
 * Moves to the next value of the container entered last (or to the document),
 * passing over the one before when it was neither taken nor entered. At the end
 * of a container the stream is behind it, in the one around it.
 *
 * TOBS_EMALFORMED; TOBS_ETRUNCATED when the bytes end too early (the message
 * says within what, and how many elements were complete); TOBS_ETOOBIG for a
 * key; TOBS_ENOMEM; whatever the source returned. err->offset is a byte of the stream.
 */
int json_stream_next(struct json_stream *s, struct json_item *ret, struct tobs_err *err);

/*
 * Goes into the value next() gave; TOBS_EMALFORMED when it is no container,
 * TOBS_ETOOBIG when JSON_STREAM_DEPTH are open.
 */
int json_stream_enter(struct json_stream *s, struct tobs_err *err);

/* Passes over what is left of the container entered last, and its end. */
int json_stream_leave(struct json_stream *s, struct tobs_err *err);

/*
 * Parses the value next() gave, once; *ret lives until the next call. Errors as
 * for next(); TOBS_ETOOBIG when it is larger than max_value or nested too deep.
 */
int json_stream_take(struct json_stream *s, struct json_value *ret, struct tobs_err *err);

/* Complete elements or members of the container entered last. */
uint64_t json_stream_complete(const struct json_stream *s);

/* Values that were mended because of `lenient`. */
static inline uint64_t json_stream_repairs(const struct json_stream *s)
{
	return s->repairs;
}

/* How far the stream has come, in bytes: for progress. */
static inline int64_t json_stream_offset(const struct json_stream *s)
{
	return s->base + (int64_t)s->pos;
}

#endif
