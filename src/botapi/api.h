/* SPDX-License-Identifier: MIT */
/*
 * A Bot API server and the token with which it is asked: one request, one answer.
 * What is to be done about failures is for the layer above; here nothing is made
 * twice.
 *
 * Two pools of connections lead there, so that a long poll never stands in the
 * way of a message.
 *
 * The token is part of every URL. It is in no error and in no log.
 */
#ifndef BOTAPI_API_H
#define BOTAPI_API_H

#include "botapi/answer.h"
#include "botapi/encode.h"
#include "net/http_client.h"

#define BOTAPI_ROOT "https://api.telegram.org"

enum {
	API_CALL_MS = 60000,          /* the server itself waits so long for its own */
	API_TRANSFER_MS = 30 * 60000, /* with files */
	API_POLL_EXTRA_MS = 15000,    /* an answer to getUpdates comes so late at most */
	API_CONNECTIONS = 256,
};

struct api;

struct api_options {
	struct tobs_view token;
	const char *root; /* "http://localhost:8081"; NULL: BOTAPI_ROOT */
	/*
	 * The server runs on this machine with --local: files are handed over by
	 * their paths instead of being sent.
	 */
	bool local;
	bool test_dc;      /* Telegram's test servers */
	const char *proxy; /* as for http_client_options */
	const char *ca_file;
	size_t connections;  /* for everything but getUpdates; 0: API_CONNECTIONS */
	int64_t call_ms;     /* for an answer to come; 0: API_CALL_MS */
	int64_t transfer_ms; /* the same with files; 0: API_TRANSFER_MS */
	unsigned flags;      /* of botapi_encode() */
};

/*
 * Copies what it needs. TOBS_EINVAL for a token that cannot be one, a root that
 * is no URL, a proxy; TOBS_ENOMEM, TOBS_EIO. On a fiber.
 */
int api_new(const struct api_options *opt, struct api **ret, struct tobs_err *err);

/* Nobody may be in a call. NULL is fine. Waits, whatever the deadline. */
void api_free(struct api *api);

/* "https://api.telegram.org": where it leads, for people. */
const char *api_root(const struct api *api);

/* The number before the token's colon: the bot's user id. */
int64_t api_bot_id(const struct api *api);

/*
 * A request with its buffers, which are used again and again. Between begin and
 * end it makes one attempt after the other.
 */
struct api_request {
	struct botapi_body body;
	struct http_answer http;
	struct tobs_buf url;
	ARRAY_OF(struct http_part) parts;
	unsigned attempts;
	struct api_request *next; /* the api's */
};

/* NULL without memory. */
struct api_request *api_begin(struct api *api);
void api_end(struct api *api, struct api_request *rq); /* NULL is fine */

/*
 * Asks once. The answer, whatever it says, is in rq->http afterwards; whether the
 * server may have seen the request in rq->http.sent. TOBS_EINVAL from
 * botapi_encode(), and for a reader that cannot be rewound on a second attempt;
 * what http_client_call() and files return. Waits.
 */
int api_send(struct api *api, struct api_request *rq, enum tobs_method method, const void *args,
	struct tobs_err *err);

/*
 * Reads rq's answer: answer_read(), and its result into *ret as tobs_bot_call()
 * says, in the arena, which may be NULL when ret is. Does not wait.
 */
int api_result(struct api *api, struct api_request *rq, enum tobs_method method,
	struct tobs_arena *arena, void *ret, struct tobs_err *err);

/*
 * The same for getUpdates, update by update, so that one which cannot be decoded
 * does not hold up all others: json_root() of the answer's "result".
 */
int api_answer(struct api *api, struct api_request *rq, enum tobs_method method,
	struct json_value *ret, struct tobs_err *err);

/*
 * A file's content into the sink. `path` is what getFile says; with --local it is
 * a file of this machine. TOBS_ENOTFOUND when it has expired, TOBS_ETOOBIG beyond
 * `max` bytes; what the sink returns. Waits.
 */
int api_download(struct api *api, const char *path, int64_t max, const struct http_sink *sink,
	struct tobs_err *err);

void api_stats(const struct api *api, struct http_client_stats *ret);

/* Requests under way, getUpdates among them. */
size_t api_calling(const struct api *api);

#endif
