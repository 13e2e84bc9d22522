/* SPDX-License-Identifier: MIT */
/*
 * Errors.
 *
 * Functions that can fail return an int: 0 (TOBS_OK) or one of the negative
 * codes below. Data comes back through `ret_…` pointers, which are left
 * untouched on failure. Functions that know more about a failure than its code
 * take a `struct tobs_err *` as their last parameter; it may be NULL, and it is
 * written only when they fail.
 */
#ifndef TOBS_ERR_H
#define TOBS_ERR_H

#include <stdarg.h>
#include <stdint.h>
#include <tobs/attr.h>

TOBS_BEGIN_DECLS

/*
 * The one list of error codes: name, value, what to tell a person.
 * Values are stable; new codes are added at the end.
 */
#define TOBS_ERROR_MAP(X)                                   \
	X(OK, 0, "no error")                                \
	X(ENOMEM, -1, "out of memory")                      \
	X(EINVAL, -2, "invalid argument")                   \
	X(ETOOBIG, -3, "larger than the limit set for it")  \
	X(EMALFORMED, -4, "malformed data")                 \
	X(ETRUNCATED, -5, "data ends too early")            \
	X(EUNKNOWN, -6, "unknown constructor")              \
	X(ENOTFOUND, -7, "not found")                       \
	X(EEXISTS, -8, "exists already")                    \
	X(EAGAIN, -9, "not now, try again")                 \
	X(ETIMEDOUT, -10, "timed out")                      \
	X(ECANCELED, -11, "cancelled")                      \
	X(ECLOSED, -12, "closed by the other side")         \
	X(EIO, -13, "input/output error")                   \
	X(ENET, -14, "network error")                       \
	X(EPROTO, -15, "the other side broke the protocol") \
	X(ECRYPTO, -16, "cryptographic check failed")       \
	X(ERPC, -17, "the server refused the request")      \
	X(EFLOOD, -18, "the server asks to wait")           \
	X(EAUTH, -19, "not logged in")                      \
	X(ELOCKED, -20, "in use by another process")        \
	X(ENOSPC, -21, "no space left on the disk")         \
	X(EPERM, -22, "permission denied")                  \
	X(EDB, -23, "database error")                       \
	X(EUNSUPPORTED, -24, "not supported")               \
	X(EINTERNAL, -25, "internal error")

enum tobs_error {
#define TOBS_ERROR_ENUM(name, value, text) TOBS_##name = (value),
	TOBS_ERROR_MAP(TOBS_ERROR_ENUM)
#undef TOBS_ERROR_ENUM
};

/*
 * What is known about a failure. Fields that do not apply are 0 or empty.
 * Plain data: no ownership, may be copied.
 */
struct tobs_err {
	int code;        /* the TOBS_E… that was returned */
	int status;      /* RPC or HTTP status: 303, 400, 401, 420, 429, 500, … */
	int sys;         /* errno, or the code of the library that failed */
	int64_t seconds; /* how long the server asks to wait (FLOOD_WAIT_X, retry_after) */
	int64_t offset;  /* byte offset in the input, for malformed data */
	int64_t chat_id; /* the supergroup that a group has become (migrate_to_chat_id) */
	char name[64];   /* the server's name of the error: "FLOOD_WAIT_%d", "PHONE_CODE_INVALID" */
	char message[256]; /* one line for a person; never holds a secret */
};

/* "TOBS_ETIMEDOUT"; "TOBS_E?" for a number that is not a code. Static storage. */
const char *tobs_error_name(int code);

/* "timed out"; "unknown error" for a number that is not a code. Static storage. */
const char *tobs_error_text(int code);

/*
 * Fills *err (which may be NULL) with `code` and a formatted message, clearing
 * the other fields; returns `code`. Written so that a failure is one line:
 *     return tobs_fail(err, TOBS_EINVAL, "port %d: allowed are 1 to 65535", port);
 */
int tobs_fail(struct tobs_err *err, int code, const char *fmt, ...) TOBS_PRINTF(3, 4);
int tobs_vfail(struct tobs_err *err, int code, const char *fmt, va_list ap) TOBS_PRINTF(3, 0);

/* Like tobs_fail(), with the text of errno `sys` after the message. */
int tobs_fail_sys(struct tobs_err *err, int code, int sys, const char *fmt, ...) TOBS_PRINTF(4, 5);

/*
 * Puts "prefix: " before the message already in *err, for a caller that knows
 * what was being done. No-op when err is NULL.
 */
void tobs_err_context(struct tobs_err *err, const char *fmt, ...) TOBS_PRINTF(2, 3);

TOBS_END_DECLS

#endif
