/* SPDX-License-Identifier: MIT */
/* The inside of api.h; for src/botapi/api*.c. */
#ifndef BOTAPI_API_IMPL_H
#define BOTAPI_API_IMPL_H

#include "botapi/api.h"
#include "net/http_url.h"

struct api {
	struct tobs_buf root;   /* "https://api.telegram.org" */
	struct tobs_buf prefix; /* "https://api.telegram.org/bot<token>/" */
	struct tobs_buf files;  /* "https://api.telegram.org/file/bot<token>/" */
	int64_t bot_id;
	int64_t call_ms, transfer_ms;
	unsigned flags;
	struct http_client *sending, *polling;
	struct answer_reader reader; /* used between two waits only */
	struct api_request *spare;
	size_t spares;
};

/* http_client_call() within `ms`; TOBS_ENET when the server took longer. */
int api_http(struct api *api, struct http_client *client, const struct http_call *call, int64_t ms,
	struct http_answer *ret, struct tobs_err *err);

#endif
