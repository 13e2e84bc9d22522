/* SPDX-License-Identifier: MIT */
/*
 * libcurl's multi interface on a fiber. One fiber a client, the driver, alone
 * makes libcurl work: the loop notes which sockets are ready and when libcurl
 * wants to be called again, and wakes it. libcurl's callbacks note what came and
 * wake the fiber whose call it is.
 *
 *     loop ──ready──▸ driver ──curl_multi_socket_action──▸ callbacks ──wake──▸ call
 */
#ifndef NET_HTTP_CURL_H
#define NET_HTTP_CURL_H

#include <curl/curl.h>
#include <tobs/rt.h>

#include "base/list.h"
#include "net/http_client_impl.h"

struct http_curl {
	CURLM *multi;
	struct http_client *client;
	struct tobs_group driver;
	struct tobs_waiters idle; /* where the driver waits */
	bool kicked;              /* there is work, although it does not wait just now */
	bool stopping;
	int64_t timer; /* when libcurl wants to be called, as tobs_now() */
	struct list socks;
	struct list ready; /* sockets */
	struct list slots; /* calls under way */
	struct list spare; /* slots nobody uses */
	size_t spares;
	/* No memory for a watch: libcurl gives such a multi handle up, so it is replaced. */
	bool broken;
};

/* A call on its way through libcurl, and its easy handle, which is used again. */
struct curl_slot {
	struct list link;
	struct http_curl *curl;
	CURL *easy;
	struct http_job *job;
	struct tobs_waiters waiters; /* the call's fiber */
	bool done;
	CURLcode result;
	int failed; /* what a callback could not do */
	struct tobs_err failure;

	/* The request. */
	struct tobs_buf url;
	struct curl_slist *headers;
	uint8_t *out; /* bytes from the source */
	size_t out_at, out_len;
	int64_t out_left; /* the source must still give; -1: unknown */
	bool out_end, out_wanted;
	unsigned attempts;

	/* The answer: whether its head was whole; its body, for a sink. */
	bool head_ended;
	struct tobs_buf in, in_use;
	bool in_paused;

	char error[CURL_ERROR_SIZE];
};

/* http_curl_slot.c */
int slot_new(struct http_curl *curl, struct curl_slot **ret);
void slot_free(struct curl_slot *s);

/* Readies it for the job; TOBS_ENOMEM, TOBS_EINVAL. */
int slot_begin(struct curl_slot *s, struct http_job *job, struct tobs_err *err);

/* What source and sink have to do with it now; they may wait. */
int slot_pump(struct curl_slot *s, bool *ret_idle, struct tobs_err *err);

/* How it ended, once it is done. */
int slot_result(struct curl_slot *s, struct tobs_err *err);

/* Whether it failed because an HTTP/2 server broke its stream, or all of them, off. */
bool slot_lost_stream(const struct curl_slot *s);

/* Forgets the job. It is out of the multi handle by then. */
void slot_end(struct curl_slot *s);

#endif
