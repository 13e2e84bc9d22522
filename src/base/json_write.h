/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON into a buffer.
 *
 *     struct json_writer w;
 *     json_writer_init(&w, &buf, 0);
 *     jsonw_object(&w);
 *     jsonw_key(&w, "chat_id");
 *     jsonw_i64(&w, id);
 *     jsonw_key(&w, "ids");
 *     jsonw_array(&w);
 *     …
 *     jsonw_end(&w);
 *     jsonw_end(&w);
 *     if (tobs_buf_err(&buf))
 *             …
 *
 * Failures (no memory, the buffer's maximum) stick in the buffer: later calls do
 * nothing, and one look at the end is enough. Writing out of turn is a mistake of the caller
 * and asserted: a value without a key in an object, a key in an array, a second
 * value behind the document, one end too many.
 *
 * Strings are UTF-8; bytes that are not become U+FFFD. What JSON demands is
 * escaped: quotes, backslashes and control characters, those below 0x20 as
 * \b \f \n \r \t or \u001f. The rest, "/" included, stays as it is.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include "base/json.h"

enum json_writer_flags {
	/*
	 * One member or element a line, one space deeper a level, ": " behind
	 * keys, nothing inside empty containers, no newline at the end. Byte for
	 * byte what Telegram Desktop writes, and Python's json.dumps(value,
	 * indent=1, ensure_ascii=False).
	 */
	JSONW_INDENT = 1,
	JSONW_ASCII = 2, /* \u041f for everything above 0x7e, as Python's ensure_ascii */
	JSONW_SLASH = 4, /* \/ for slashes, for JSON inside HTML */
};

struct json_writer {
	struct tobs_buf *out;
	unsigned flags;
	unsigned depth;
	unsigned margin;                      /* spaces more in front of each line */
	bool fresh;                           /* nothing stands in the innermost container yet */
	bool keyed;                           /* a key waits for its value */
	bool done;                            /* the document is complete */
	uint64_t object[JSON_DEPTH_MAX / 64]; /* bit d: container d is an object */
};

/* A document at the end of *out, which must outlive the writer. Owns nothing, needs no deinit. */
void json_writer_init(struct json_writer *w, struct tobs_buf *out, unsigned flags);

/*
 * From here on each line of an indented document begins with `spaces` more.
 * Telegram Desktop indents what is inside "reactions", its end included, by one
 * space too many; set 1 before that array and 0 behind it.
 */
static inline void json_writer_margin(struct json_writer *w, unsigned spaces)
{
	w->margin = spaces;
}

/* Whether one whole value was written. */
static inline bool json_writer_done(const struct json_writer *w)
{
	return w->done;
}

/* Opens a container; beyond JSON_DEPTH_MAX the buffer gets TOBS_ETOOBIG. */
void jsonw_object(struct json_writer *w);
void jsonw_array(struct json_writer *w);

/* Closes the container opened last. */
void jsonw_end(struct json_writer *w);

/* The key of the next value. Keys are not compared: writing one twice is up to the caller. */
void jsonw_key(struct json_writer *w, const char *key);
void jsonw_key_v(struct json_writer *w, struct tobs_view key);

void jsonw_str(struct json_writer *w, const char *s);
void jsonw_str_v(struct json_writer *w, struct tobs_view s);
void jsonw_i64(struct json_writer *w, int64_t n);
void jsonw_u64(struct json_writer *w, uint64_t n);
void jsonw_bool(struct json_writer *w, bool b);
void jsonw_null(struct json_writer *w);

/*
 * The fewest digits that read back as the same double, in the form Python uses:
 * 0.1, 5.0, 1e+16, 1.5e-07. It always has a point or an exponent, so it stays a
 * double. NaN and the infinities are not JSON: the buffer gets TOBS_EINVAL.
 */
void jsonw_double(struct json_writer *w, double d);

/* A value that is JSON already, taken as it is (no indentation is added inside). */
void jsonw_raw(struct json_writer *w, struct tobs_view json);

/* A parsed value with all that is in it; integers and doubles keep their kind. */
void jsonw_value(struct json_writer *w, struct json_value v);

#endif
