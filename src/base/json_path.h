/* SPDX-License-Identifier: MIT */
/*
 * Errors that say where in a JSON document something is wrong:
 *
 *     world.json: chats[2].messages[5].from: there is no user "ivi"
 *
 * The place is put together on the way out. What finds the fault says what is
 * wrong with json_fail(); each level that passes the failure on puts its key or
 * index in front; the outermost closes the message with the name of the file.
 *
 *     JSON_EACH (it, v) {
 *             r = read_one(it.value, err);
 *             if (r)
 *                     return json_at_key(err, it.key, r);
 *     }
 *
 * All take a NULL err, and return the code they are given.
 */
#ifndef BASE_JSON_PATH_H
#define BASE_JSON_PATH_H

#include <tobs/err.h>
#include <tobs/view.h>

/* Starts a message whose place is not known yet. */
int json_fail(struct tobs_err *err, int code, const char *fmt, ...) TOBS_PRINTF(3, 4);

/* The same for a message that another part of the library left in *err. */
int json_failed(struct tobs_err *err, int code);

int json_at_key(struct tobs_err *err, struct tobs_view key, int code);
int json_at_index(struct tobs_err *err, size_t i, int code);

/* The place is complete: "file: place: what is wrong". */
int json_at_file(struct tobs_err *err, const char *file, int code);

#endif
