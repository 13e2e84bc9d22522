/* SPDX-License-Identifier: MIT */
/*
 * An HTTP server for fibers, on libmicrohttpd: each request is handed to a
 * function on a fiber of its own, which may wait as it likes.
 *
 *     static int answer(struct http_request *req, void *user)
 *     {
 *             if (!http_request_allow(req, "POST"))
 *                     return TOBS_OK;
 *             return http_respond_text(req, 200, "text/plain", "thanks");
 *     }
 *
 *     r = http_server_start(&(struct http_server_options){ .port = 8080, .handle = answer },
 *             &server, err);
 *
 * What comes from outside is bounded: the head, the body, the number of
 * connections, and the time a client may take for each. Who dawdles is hung up
 * on. Bad requests are answered 400, heads that are too large 431 (or 414),
 * bodies 413, all without the handler. Requests that wait behind one another on
 * a connection (pipelining) are handled in turn.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "net/http.h"
#include "rt/addr.h"

struct http_server;

/* A request. Views live until the handler returns. */
struct http_request {
	struct tobs_view method; /* "GET" */
	struct tobs_view target; /* path and query, as they came */
	struct tobs_view path;   /* up to the '?'; still escaped, see http_unescape() */
	struct tobs_view query;  /* behind it; see http_field() */
	const struct http_header *headers;
	size_t header_count;
	struct tobs_view body; /* all of it; empty with http_server_options.stream */
	const struct addr *peer;
};

enum {
	HTTP_SERVER_HEAD = 4 << 10,
	HTTP_SERVER_BODY = 1 << 20,
	HTTP_SERVER_CONNECTIONS = 10000,
	HTTP_SERVER_HEAD_MS = 10000,
	HTTP_SERVER_BODY_MS = 30000,
	HTTP_SERVER_IDLE_MS = 75000, /* nginx's keepalive_timeout */
	HTTP_SERVER_ANSWER_MS = 60000,
};

struct http_server_options {
	const char *host; /* as for tcp_listen(), "unix:/path" too; NULL: 127.0.0.1 */
	uint16_t port;    /* 0: any that is free, see http_server_addr() */
	bool reuse_port;  /* several processes share the port */

	/* A certificate (with its chain) and its key, in files as PEM: speaks TLS. */
	const char *tls_cert_file;
	const char *tls_key_file;

	/*
	 * Limits; 0 stands for the number above. A head is the request line and the
	 * header; a connection that has been used holds twice max_head in memory.
	 */
	size_t max_head;
	size_t max_body;
	size_t connections; /* more wait until the kernel's queue is full */

	/* Time for a head to come, from the connection or its first line on; ms. */
	int64_t head_ms;
	int64_t body_ms;   /* for the body; with stream: for its next piece */
	int64_t idle_ms;   /* between two requests */
	int64_t answer_ms; /* for the client to take the answer, or its next piece */

	/*
	 * The handler runs as soon as the head is there, and reads the body itself
	 * with http_request_read(); otherwise when the body is there too.
	 */
	bool stream;

	/*
	 * On a fiber a request. What it returns is an answer 500 (503 when it was
	 * cancelled) if it has made none, and breaks the connection if it was in the
	 * middle of one. It is logged by its name.
	 */
	int (*handle)(struct http_request *req, void *user);
	void *user;
	const char *name;  /* of the fibers; NULL: "http request" */
	size_t stack_size; /* of the fibers; 0: the usual */
};

/*
 * Listens and serves until http_server_stop(). Files and strings of the options
 * are not needed afterwards. TOBS_EINVAL also for a certificate that cannot be
 * used; what tcp_listen() returns; TOBS_EIO for files. Waits.
 */
int http_server_start(
	const struct http_server_options *opt, struct http_server **ret, struct tobs_err *err);

/* Where it listens, with the port it took. */
const struct addr *http_server_addr(const struct http_server *s);

/*
 * Takes no more connections, closes those nobody uses, lets the requests under
 * way come to their end within `ms`, cancels those that do not, and frees the
 * server. Answers from here on say "Connection: close". Waits, whatever the
 * deadline. NULL is fine.
 */
void http_server_stop(struct http_server *s, int64_t ms);

struct http_server_stats {
	size_t connections;
	size_t requests;  /* handlers that have not returned */
	uint64_t handled; /* requests handed to the handler, in all */
	uint64_t dropped; /* connections closed because of their slowness */
};

void http_server_stats(const struct http_server *s, struct http_server_stats *ret);

/* ---- In the handler -------------------------------------------------------- */

/* The value of the first header of that name, in any case; false without one. */
bool http_request_header(const struct http_request *req, const char *name, struct tobs_view *ret);

/*
 * With stream: the next bytes of the body; *ret_n is 0 at its end. TOBS_ECLOSED
 * when the client has gone; TOBS_ETOOBIG when there are more than max_body. Waits.
 */
int http_request_read(
	struct http_request *req, void *buf, size_t len, size_t *ret_n, struct tobs_err *err);

/* The same, into a sink, to its end. Waits. */
int http_request_drain(
	struct http_request *req, const struct http_sink *sink, struct tobs_err *err);

/*
 * Whether the method is one of these ("GET, HEAD"); if not, it has been answered
 * with 405.
 */
bool http_request_allow(struct http_request *req, const char *methods);

/* Whether the client has hung up; asks the kernel. */
bool http_request_gone(const struct http_request *req);

/*
 * Breaks the connection; whatever is answered afterwards goes nowhere. For
 * servers that simulate bad ones.
 */
void http_request_break(struct http_request *req);

/*
 * The answer, with its body; all of it is copied. The handler may go on
 * afterwards; the client has its answer by then, or soon. TOBS_EINVAL for what
 * cannot be a header, and for a second answer; TOBS_ECLOSED when the client has
 * gone; TOBS_ENOMEM. Does not wait.
 *
 * What is left of a streamed body is read and dropped first, up to a MiB; a
 * client that sends more is hung up on.
 */
int http_respond(struct http_request *req, int status, const struct http_header *headers,
	size_t header_count, struct tobs_view body);

/* The same, taking the body out of *body instead of copying it; *body is empty afterwards. */
int http_respond_take(struct http_request *req, int status, const struct http_header *headers,
	size_t header_count, struct tobs_buf *body);

/* With this Content-Type and text. */
int http_respond_text(struct http_request *req, int status, const char *type, const char *text);

/*
 * An answer in pieces: begin, then write as often as needed; it ends when the
 * handler returns 0. `size` bytes must be written in all; -1: as many as come
 * (chunked). http_respond_write() waits while the client takes no more.
 */
int http_respond_begin(struct http_request *req, int status, const struct http_header *headers,
	size_t header_count, int64_t size);
int http_respond_write(struct http_request *req, struct tobs_view data, struct tobs_err *err);

/*
 * A file of `size` bytes, or the part of it that a Range header asks for: 200,
 * 206 or 416. The headers go with each of them. Waits.
 */
int http_respond_file(struct http_request *req, int fd, int64_t size,
	const struct http_header *headers, size_t header_count, struct tobs_err *err);

#endif
