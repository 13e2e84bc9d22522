/* SPDX-License-Identifier: MIT */
/*
 * An HTTP client for fibers: a call looks blocking, takes the fiber's deadline,
 * and can be cancelled anywhere.
 *
 *     struct http_answer answer;
 *
 *     http_answer_init(&answer, 1 << 20);
 *     r = http_client_call(client, &(struct http_call){ .url = url, .body = json }, &answer, err);
 *     if (!r && answer.status == 200)
 *             use(tobs_buf_view(&answer.body));
 *     http_answer_deinit(&answer);
 *
 * A client is one pool of connections with its limits. Who has long polls as
 * well as short calls makes two, so that the one never waits for the other.
 * Connections are kept open and used again, the latest first. Redirects are not
 * followed, cookies not kept, the environment (http_proxy, …) not looked at.
 *
 * Two ways lead out. Plain HTTP/1.1 to a TCP or Unix socket, which is how one
 * speaks to a local Bot API server, is our own: a call costs 9 µs of CPU, nearly
 * all of it the kernel's, where libcurl's costs 36, and 23 in a bare loop
 * (bench/bench_http.c). TLS, HTTP/2, proxies and uploads are libcurl's.
 *
 * Nothing of a URL but its origin ("https://host:port") gets into errors and
 * logs: the path of a Bot API call holds the token.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "net/http.h"
#include "net/http_form.h"

struct http_client;

/* Which way calls go; for tests and measurements. */
enum http_engine {
	HTTP_ENGINE_AUTO, /* our own where it can, libcurl where it must */
	HTTP_ENGINE_CURL, /* libcurl always */
};

enum {
	HTTP_CONNECTIONS = 64,   /* the default */
	HTTP_CONNECT_MS = 10000, /* as TCP_ADDRESS_MS */
	/*
	 * Servers close what is idle without a word (nginx after 75 s), and a call
	 * sent at that moment is lost, or not: nobody knows. So we are first.
	 */
	HTTP_IDLE_MS = 45000,
	HTTP_HEAD_MAX = 64 << 10, /* bytes of an answer's head */
};

struct http_client_options {
	const char *name;   /* for dumps: "polling", "sending"; copied; NULL: "http" */
	size_t connections; /* at once; 0: HTTP_CONNECTIONS */
	/*
	 * Calls under way at once; more wait, the first first. 0: as many as
	 * connections. More than that is for HTTP/2, where many share one.
	 */
	size_t calls;
	const char *proxy;      /* as proxy_parse() reads it; NULL or "": none */
	const char *ca_file;    /* certificates to trust instead of the system's; NULL: those */
	const char *user_agent; /* NULL: "tobs/" and the version */
	int64_t connect_ms;     /* for a connection to be made; 0: HTTP_CONNECT_MS */
	int64_t idle_ms;        /* an unused connection is kept so long; 0: HTTP_IDLE_MS */
	bool http1;             /* never HTTP/2, which is for calls that may be repeated */
	enum http_engine engine;
};

/*
 * Copies what the options point at; opt may be NULL. TOBS_EINVAL for the proxy
 * or the user agent; TOBS_ENOMEM; TOBS_EIO when libcurl does not start. On a
 * fiber, since only there a client can be used.
 */
int http_client_new(
	const struct http_client_options *opt, struct http_client **ret, struct tobs_err *err);

/* Closes all connections. Nobody may be in a call. NULL is fine. Waits, whatever the deadline. */
void http_client_free(struct http_client *c);

/* What to ask. All of it is borrowed until the call returns. {0} in the rest. */
struct http_call {
	const char *method; /* NULL: GET, or POST when there is a body */
	struct tobs_view url;
	const struct http_header *headers; /* besides Host, User-Agent, Content-Length */
	size_t header_count;

	/* At most one of these: */
	struct tobs_view body;
	const struct http_source *source; /* a body in pieces */
	const struct http_part *parts;    /* a form with files */
	size_t part_count;

	/* Gets the body of an answer of status 200 to 299; others go to the answer's buffer. */
	const struct http_sink *sink;

	/*
	 * Asking twice does no harm: when the server turns out to have closed the
	 * connection that was kept, the call is made again on another. GET and HEAD
	 * always are. Not with a source.
	 */
	bool repeatable;
};

struct http_answer {
	int status; /* 200, …; 0 when none came */
	/*
	 * Whether the server may have seen the call, also, and above all, after a
	 * failure: without, making it again cannot do it twice.
	 */
	bool sent;
	struct tobs_buf head; /* the status line and the header lines */
	struct tobs_buf body;
};

/* The body may have so many bytes. An answer may be used for one call after the other. */
void http_answer_init(struct http_answer *a, size_t max_body);
void http_answer_deinit(struct http_answer *a); /* NULL is fine */

/* The value of a header, in any case; it lives until the answer's next use. */
bool http_answer_header(const struct http_answer *a, const char *name, struct tobs_view *ret);

/*
 * Makes the call; 0 whenever an answer came, whatever its status. Otherwise
 *
 *     TOBS_EINVAL     the URL, the method or a header cannot be one
 *     TOBS_ENOTFOUND  no such host
 *     TOBS_ENET       no connection, or it broke; err->sys is the errno if there is one
 *     TOBS_ECRYPTO    the server's certificate is not to be trusted
 *     TOBS_EPERM      the proxy refuses
 *     TOBS_EPROTO     what came is no HTTP
 *     TOBS_ETOOBIG    the body is larger than the answer's buffer may be
 *     TOBS_ETIMEDOUT, TOBS_ECANCELED, TOBS_ENOMEM
 *     and what a source or a sink returned.
 *
 * Nothing of the call is touched after it has returned. Waits.
 */
int http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *ret,
	struct tobs_err *err);

/* What the client holds and has done. */
struct http_client_stats {
	size_t calls;       /* under way */
	size_t waiting;     /* for their turn */
	size_t connections; /* open on our own way, used or idle */
	uint64_t made;      /* connections on our own way, in all */
};

void http_client_stats(const struct http_client *c, struct http_client_stats *ret);

#endif
