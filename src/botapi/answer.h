/* SPDX-License-Identifier: MIT */
/*
 * What a Bot API server answers, or whoever stands in front of it:
 *
 *     {"ok":true,"result":…}
 *     {"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5",
 *      "parameters":{"retry_after":5}}
 *     <html>…502 Bad Gateway…</html>
 *
 * Nothing here does I/O.
 */
#ifndef BOTAPI_ANSWER_H
#define BOTAPI_ANSWER_H

#include <tobs/botapi.h>

#include "base/json.h"

enum { ANSWER_MAX = 64 << 20 }; /* bytes: a hundred updates or a thousand gifts are far below */

/* Reads one answer after the other; what it learnt to hold it keeps. */
struct answer_reader {
	struct json_parser parser;
	struct json_doc doc; /* of the last answer */
};

void answer_reader_init(struct answer_reader *a);
void answer_reader_deinit(struct answer_reader *a);

/* An answer as HTTP brought it. */
struct answer {
	int status;
	struct tobs_view head; /* its header lines, for Retry-After */
	struct tobs_buf *body; /* room is made behind its content */
};

/*
 * The "result" of an answer that has one, in a->doc: it lives until the next
 * answer is read. Otherwise one of the codes that tobs_bot_call() lists, with
 *
 *     err->status   error_code; without one the status of HTTP
 *     err->name     the description, cut to what fits
 *     err->message  "sendMessage: 400 Bad Request: chat not found"
 *     err->seconds  retry_after, or the header Retry-After
 *     err->chat_id  migrate_to_chat_id
 *
 * Secrets that the log knows do not get into them.
 */
int answer_read(struct answer_reader *a, enum tobs_method method, const struct answer *in,
	struct json_value *ret, struct tobs_err *err);

/* Whether the body says by its first bytes that all is well; for who wants no result. */
bool answer_is_ok(int status, struct tobs_view body);

#endif
