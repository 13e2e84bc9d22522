/* SPDX-License-Identifier: MIT */
/*
 * Arguments of a method become the body of a request: JSON, or, as soon as a
 * file is to be sent along, the parts of a form. Nothing is read from files
 * here; a part says where its content lies, and whoever sends it streams it.
 *
 * Checked on the way: what is required is there, and texts, arrays and numbers
 * keep the limits that the API's schema states. Errors name the place:
 *
 *     sendMessage: text: 5000 characters, allowed are 1 to 4096
 *     sendPhoto: reply_markup.inline_keyboard[0][1].callback_data: 70 bytes, …
 */
#ifndef BOTAPI_ENCODE_H
#define BOTAPI_ENCODE_H

#include <tobs/botapi.h>

#include "base/array.h"

/* A part of a form: a value, or a file. */
struct botapi_part {
	const char *field; /* the argument; NULL for a file inside of one */
	size_t at, len;    /* of the value in the body's text */
	const struct tobs_input_file *file;
	char attach[20]; /* a file's name: what attach:// refers to */
};

struct botapi_body {
	struct tobs_buf text;               /* JSON; or, with parts, their values */
	ARRAY_OF(struct botapi_part) parts; /* none: the body is JSON */
};

/* A body of up to `max` bytes, not counting files. Allocates nothing. */
void botapi_body_init(struct botapi_body *b, size_t max);
void botapi_body_deinit(struct botapi_body *b); /* NULL is fine */

static inline const char *botapi_part_name(const struct botapi_part *p)
{
	return p->field ? p->field : p->attach;
}

/* The name a file is sent under: its own, or the last part of its path, or "file". */
const char *botapi_file_name(const struct tobs_input_file *file);

enum {
	BOTAPI_UNCHECKED = 1, /* send what breaks a limit: for limits that changed */
	/*
	 * The server shares our disk (--local): a file given by its path is not sent
	 * along, but named, as "file:///path/of/it".
	 */
	BOTAPI_LOCAL = 2,
};

/*
 * The body of a request to `method` with these arguments (NULL: nothing is
 * said), which replaces what *ret held. Values are copied; files are
 * borrowed from `args`.
 *
 * TOBS_EINVAL  something required is missing, a limit is broken, a union has no kind
 * TOBS_ETOOBIG larger than the body may be, nested deeper than TOBS_BOTAPI_DEPTH
 * TOBS_ENOMEM
 */
int botapi_encode(enum tobs_method method, const void *args, unsigned flags,
	struct botapi_body *ret, struct tobs_err *err);

#endif
