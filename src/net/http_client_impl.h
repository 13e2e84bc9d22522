/* SPDX-License-Identifier: MIT */
/* What http_client.c and the two ways out, http_wire.c and http_curl.c, share. */
#ifndef NET_HTTP_CLIENT_IMPL_H
#define NET_HTTP_CLIENT_IMPL_H

#include <tobs/rt.h>

#include "base/list.h"
#include "net/http_client.h"
#include "net/http_url.h"
#include "net/proxy.h"

struct http_curl;

struct http_client {
	char name[32];
	char *user_agent;
	char *ca_file;
	struct proxy proxy;
	size_t connections;
	int64_t connect_ms;
	int64_t idle_ms;
	bool http1;
	enum http_engine engine;

	struct tobs_sem turn; /* calls that may begin */
	size_t calls, waiting;

	/* Our own way: connections nobody uses, the latest first. */
	struct list idle;
	size_t open;
	uint64_t made;

	struct http_curl *curl; /* made when it is first needed */
};

/* A call with everything worked out. */
struct http_job {
	struct http_client *client;
	const struct http_call *call;
	const char *method;
	struct http_url url;
	struct http_source source; /* read is NULL: the body is call->body */
	const char *type;          /* of a form, for Content-Type; or NULL */
	bool has_body;             /* even an empty one */
	bool bodiless;             /* the answer is: HEAD */
	bool repeatable;
	struct http_answer *answer;
};

/* Whether our own way can make it. */
bool wire_takes(const struct http_job *job);
int wire_call(struct http_job *job, struct tobs_err *err);

/* Closes what is idle. */
void wire_close(struct http_client *c);

int curl_call(struct http_job *job, struct tobs_err *err);
void curl_close(struct http_curl *curl); /* NULL is fine */

/* A piece of the body to where it goes: TOBS_ETOOBIG, TOBS_ENOMEM, or the sink's failure. */
int job_take(struct http_job *job, struct tobs_view piece, struct tobs_err *err);

int job_too_big(const struct http_job *job, struct tobs_err *err);

/* Whether the sink gets this answer's body. */
bool job_sinks(const struct http_job *job);

#endif
