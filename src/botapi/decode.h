/* SPDX-License-Identifier: MIT */
/*
 * Parsed JSON becomes the structs of <tobs/botapi.h>, in one arena and without
 * anything left in the document. Errors as tobs_botapi_decode().
 */
#ifndef BOTAPI_DECODE_H
#define BOTAPI_DECODE_H

#include <tobs/botapi.h>

#include "base/json.h"

/*
 * How deep a document may be nested: what is not understood may go deeper than
 * what is, and is still read on the small stack of a fiber.
 */
enum { BOTAPI_JSON_DEPTH = 2 * TOBS_BOTAPI_DEPTH };

/* An object of type `type`. */
int botapi_decode(enum tobs_botapi_type type, struct json_value v, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err);

/* The arguments of a method, as its struct. Files can only be names here. */
int botapi_decode_args(enum tobs_method method, struct json_value v, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err);

/* What a method returned, into *ret as tobs_bot_call() describes; ret may be NULL. */
int botapi_decode_result(enum tobs_method method, struct json_value v, struct tobs_arena *arena,
	void *ret, struct tobs_err *err);

#endif
