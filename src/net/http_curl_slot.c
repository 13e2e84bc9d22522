/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/log.h"
#include "net/http_curl.h"
#include "rt/wait.h"

enum {
	URL_MAX = 64 << 10,
	HEADER_MAX = 64 << 10,
	OUT_BYTES = 64 << 10, /* from a source at once */
	/* For a sink: libcurl pauses above, and gives at most IN_BUFFER more. */
	IN_HIGH = 256 << 10,
	IN_BUFFER = 64 << 10,
	/* A server that has vanished is noticed within about 30 + 3 * 10 s. */
	KEEPALIVE_IDLE_S = 30,
	KEEPALIVE_STEP_S = 10,
};

int slot_new(struct http_curl *curl, struct curl_slot **ret)
{
	struct curl_slot *s = MEM_NEW(struct curl_slot);

	if (!s)
		return TOBS_ENOMEM;
	s->curl = curl;
	list_init(&s->link);
	waiters_init(&s->waiters);
	tobs_buf_init(&s->url, URL_MAX);
	tobs_buf_init(&s->in, IN_HIGH + IN_BUFFER);
	tobs_buf_init(&s->in_use, IN_HIGH + IN_BUFFER);
	s->easy = curl_easy_init();
	if (!s->easy) {
		slot_free(s);
		return TOBS_ENOMEM;
	}
	*ret = s;
	return TOBS_OK;
}

void slot_free(struct curl_slot *s)
{
	if (!s)
		return;
	list_remove(&s->link);
	if (s->easy)
		curl_easy_cleanup(s->easy);
	slot_end(s);
	mem_free(s);
}

void slot_end(struct curl_slot *s)
{
	curl_slist_free_all(s->headers);
	s->headers = NULL;
	tobs_buf_wipe(&s->url);
	tobs_buf_deinit(&s->in);
	tobs_buf_deinit(&s->in_use);
	mem_free(s->out);
	s->out = NULL;
	s->job = NULL;
}

/* ---- Callbacks: they note, and wake the fiber ------------------------------ */

static void slot_failed(struct curl_slot *s, int r)
{
	if (!s->failed)
		s->failed = r;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200" */
static int status_of(struct tobs_view line)
{
	size_t space = tobs_view_find(line, 0, tobs_str(" "));
	int64_t status = 0;

	if (space != SIZE_MAX &&
		!tobs_view_int(tobs_view_sub(line, space + 1, 3), 100, 999, &status))
		return (int)status;
	return 0;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	struct curl_slot *s = user;
	struct http_answer *answer = s->job->answer;
	struct tobs_view line = tobs_view(data, size * count);

	if (tobs_view_starts(line, "HTTP/")) { /* also the one after an interim answer */
		tobs_buf_clear(&answer->head);
		answer->status = status_of(line);
		s->head_ended = false;
	} else if (!tobs_view_trim(line).len) {
		s->head_ended = true;
	}
	if (!tobs_buf_putv(&answer->head, line))
		return line.len;
	slot_failed(s,
		answer->head.err == TOBS_ETOOBIG
			? tobs_fail(&s->failure, TOBS_EPROTO, "the answer's head does not end")
			: tobs_fail(&s->failure, answer->head.err, "reading the answer"));
	return 0;
}

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct curl_slot *s = user;
	struct tobs_view piece = tobs_view(data, size * count);
	int r;

	if (!job_sinks(s->job)) {
		r = job_take(s->job, piece, &s->failure);
	} else if (s->in.len >= IN_HIGH) {
		s->in_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	} else {
		r = tobs_buf_putv(&s->in, piece);
		if (r)
			tobs_fail(&s->failure, r, "reading the answer");
		waiters_wake_all(&s->waiters, TOBS_OK);
	}
	if (!r)
		return piece.len;
	slot_failed(s, r);
	return 0;
}

static size_t give_body(char *buf, size_t size, size_t count, void *user)
{
	struct curl_slot *s = user;
	size_t n = MIN(size * count, s->out_len - s->out_at);

	if (n) {
		memcpy(buf, s->out + s->out_at, n);
		s->out_at += n;
		return n;
	}
	if (s->out_end)
		return 0;
	s->out_wanted = true;
	waiters_wake_all(&s->waiters, TOBS_OK);
	return CURL_READFUNC_PAUSE;
}

/*
 * Called before each attempt to send the request. libcurl makes a second one by
 * itself when a connection that was kept breaks before an answer came, whatever
 * the method; but then the server may have done what it was asked.
 */
static int admit_attempt(void *user, char *ip, char *local_ip, int port, int local_port)
{
	struct curl_slot *s = user;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (s->attempts++ && !s->job->repeatable)
		return CURL_PREREQFUNC_ABORT;
	return CURL_PREREQFUNC_OK;
}

/* ---- Beginning -------------------------------------------------------------- */

static int add_header(struct curl_slot *s, struct tobs_view name, struct tobs_view value)
{
	struct curl_slist *grown = NULL;
	struct tobs_buf line;

	tobs_buf_init(&line, HEADER_MAX);
	tobs_buf_putv(&line, name);
	/* libcurl's way to write a header without a value. */
	tobs_buf_puts(&line, value.len ? ": " : ";");
	if (!tobs_buf_putv(&line, value))
		grown = curl_slist_append(s->headers, tobs_buf_str(&line));
	tobs_buf_wipe(&line);
	if (!grown)
		return TOBS_ENOMEM;
	s->headers = grown;
	return TOBS_OK;
}

/* Takes one out that libcurl would write by itself. */
static int drop_header(struct curl_slot *s, const char *name)
{
	struct curl_slist *grown = curl_slist_append(s->headers, name);

	if (!grown)
		return TOBS_ENOMEM;
	s->headers = grown;
	return TOBS_OK;
}

static int set_headers(struct curl_slot *s)
{
	const struct http_job *job = s->job;
	const struct http_call *call = job->call;
	bool typed = job->type, accepts = false;
	int r = TOBS_OK;

	for (size_t i = 0; i < call->header_count && !r; i++) {
		const struct http_header *h = &call->headers[i];

		typed = typed || tobs_view_eq_nocase(h->name, tobs_str("Content-Type"));
		accepts = accepts || tobs_view_eq_nocase(h->name, tobs_str("Accept"));
		r = add_header(s, h->name, h->value);
	}
	if (!r && job->type)
		r = add_header(s, tobs_str("Content-Type"), tobs_str(job->type));
	if (!r && !typed)
		r = drop_header(s, "Content-Type:");
	if (!r && !accepts)
		r = drop_header(s, "Accept:");
	if (!r && !job->source.read)
		r = drop_header(s, "Expect:");
	if (!r && job->source.read && job->source.size < 0)
		r = add_header(s, tobs_str("Transfer-Encoding"), tobs_str("chunked"));
	curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->headers);
	return r;
}

static int set_url(struct curl_slot *s)
{
	const struct http_job *job = s->job;
	const struct http_url *url = &job->url;
	char path[128];

	if (!url->unix_path.len) {
		tobs_buf_putv(&s->url, job->call->url);
	} else {
		bool abstract = url->unix_path.ptr[0] == '@';
		struct tobs_view name = tobs_view_sub(url->unix_path, abstract, SIZE_MAX);

		if (name.len >= sizeof path)
			return TOBS_ETOOBIG;
		snprintf(path, sizeof path, "%.*s", TOBS_VIEW_FMT(name));
		if (curl_easy_setopt(s->easy,
			    abstract ? CURLOPT_ABSTRACT_UNIX_SOCKET : CURLOPT_UNIX_SOCKET_PATH,
			    path))
			return TOBS_ENOMEM;
		tobs_buf_printf(&s->url, "%s://localhost%s%.*s", url->tls ? "https" : "http",
			tobs_view_starts(url->target, "/") ? "" : "/", TOBS_VIEW_FMT(url->target));
	}
	if (s->url.err)
		return s->url.err;
	return curl_easy_setopt(s->easy, CURLOPT_URL, tobs_buf_str(&s->url)) ? TOBS_ENOMEM
									     : TOBS_OK;
}

static int set_proxy(struct curl_slot *s)
{
	const struct proxy *p = &s->curl->client->proxy;
	char host[PROXY_TEXT_MAX + 2];
	CURL *e = s->easy;

	if (p->kind == PROXY_NONE) /* the empty text also keeps libcurl from the environment */
		return curl_easy_setopt(e, CURLOPT_PROXY, "") ? TOBS_ENOMEM : TOBS_OK;
	snprintf(host, sizeof host, strchr(p->host, ':') && p->host[0] != '[' ? "[%s]" : "%s",
		p->host);
	curl_easy_setopt(e, CURLOPT_PROXYTYPE,
		p->kind == PROXY_SOCKS5 ? (long)CURLPROXY_SOCKS5_HOSTNAME : (long)CURLPROXY_HTTP);
	curl_easy_setopt(e, CURLOPT_PROXYPORT, (long)p->port);
	/* Through and through: an HTTP proxy has no need to read the path. */
	curl_easy_setopt(e, CURLOPT_HTTPPROXYTUNNEL, 1L);
	curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (curl_easy_setopt(e, CURLOPT_PROXY, host) || curl_easy_setopt(e, CURLOPT_NOPROXY, ""))
		return TOBS_ENOMEM;
	if (!p->user[0])
		return TOBS_OK;
	return curl_easy_setopt(e, CURLOPT_PROXYUSERNAME, p->user) ||
			curl_easy_setopt(e, CURLOPT_PROXYPASSWORD,
				p->password.ptr ? (const char *)p->password.ptr : "")
		? TOBS_ENOMEM
		: TOBS_OK;
}

static int set_method(struct curl_slot *s)
{
	const struct http_job *job = s->job;
	CURL *e = s->easy;

	if (job->bodiless)
		curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
	else if (!job->has_body)
		curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
	else
		curl_easy_setopt(e, CURLOPT_POST, 1L);
	if (job->source.read) {
		curl_easy_setopt(e, CURLOPT_READFUNCTION, give_body);
		curl_easy_setopt(e, CURLOPT_READDATA, s);
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->source.size);
		s->out = mem_alloc(OUT_BYTES);
		if (!s->out)
			return TOBS_ENOMEM;
	} else if (job->has_body) {
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->call->body.len);
		curl_easy_setopt(e, CURLOPT_POSTFIELDS,
			job->call->body.len ? (const char *)job->call->body.ptr : "");
	}
	if (!strcmp(job->method, job->has_body ? "POST" : "GET") || job->bodiless)
		return TOBS_OK;
	return curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, job->method) ? TOBS_ENOMEM : TOBS_OK;
}

static int set_connection(struct curl_slot *s)
{
	const struct http_client *c = s->curl->client;
	/*
	 * An HTTP/2 server may refuse a stream unseen at any time (RFC 9113, section
	 * 8.7; nginx does after each 1,000), and libcurl does not say so: it looks
	 * like a call that was lost. What may not be made twice is better off on
	 * HTTP/1.1, where a connection ends with an answer.
	 */
	bool http2 = s->job->url.tls && !c->http1 && s->job->repeatable;
	CURL *e = s->easy;

	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_ms);
	curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, (long)MAX(c->idle_ms / 1000, 1));
	curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_STEP_S);
	curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)IN_BUFFER);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
		http2 ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_PIPEWAIT, (long)http2);
	if (c->ca_file &&
		(curl_easy_setopt(e, CURLOPT_CAINFO, c->ca_file) ||
			curl_easy_setopt(e, CURLOPT_CAPATH, NULL)))
		return TOBS_ENOMEM;
	return curl_easy_setopt(e, CURLOPT_USERAGENT, c->user_agent) ||
			curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https")
		? TOBS_ENOMEM
		: TOBS_OK;
}

int slot_begin(struct curl_slot *s, struct http_job *job, struct tobs_err *err)
{
	CURL *e = s->easy;
	int r;

	s->job = job;
	s->done = s->head_ended = s->out_end = s->out_wanted = s->in_paused = false;
	s->failed = 0;
	s->attempts = 0;
	s->out_at = s->out_len = 0;
	s->out_left = job->source.size;
	s->error[0] = 0;
	curl_easy_reset(e);
	curl_easy_setopt(e, CURLOPT_PRIVATE, s);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, s->error);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, admit_attempt);
	curl_easy_setopt(e, CURLOPT_PREREQDATA, s);
	curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
	r = set_connection(s);
	if (!r)
		r = set_proxy(s);
	if (!r)
		r = set_url(s);
	if (!r)
		r = set_method(s);
	if (!r)
		r = set_headers(s);
	if (r == TOBS_ETOOBIG)
		return tobs_fail(err, TOBS_EINVAL, "the URL is too long");
	return r ? tobs_fail(err, r, "beginning a transfer") : TOBS_OK;
}

/* ---- On the call's fiber ---------------------------------------------------- */

static void go_on(struct curl_slot *s)
{
	curl_easy_pause(s->easy,
		(s->in_paused ? CURLPAUSE_RECV : 0) | (s->out_wanted ? CURLPAUSE_SEND : 0));
}

/* More of the source. libcurl does not ask for any before it has sent what is there. */
static int fill(struct curl_slot *s, struct tobs_err *err)
{
	const struct http_source *source = &s->job->source;

	s->out_at = s->out_len = 0;
	while (s->out_len < OUT_BYTES && !s->out_end) {
		size_t room = OUT_BYTES - s->out_len, n = 0;
		int r;

		if (s->out_left >= 0 && (int64_t)room > s->out_left)
			room = (size_t)s->out_left;
		r = room ? source->read(source->user, s->out + s->out_len, room, &n, err) : TOBS_OK;
		if (r)
			return r;
		s->out_len += n;
		s->out_end = !n;
		if (s->out_left < 0)
			continue;
		if (!n && s->out_left)
			return tobs_fail(err, TOBS_ETRUNCATED, "the body is shorter than was said");
		s->out_left -= (int64_t)n;
	}
	return TOBS_OK;
}

/* What came, to the sink; more may come meanwhile. */
static int drain(struct curl_slot *s, struct tobs_err *err)
{
	struct tobs_buf swap = s->in;

	s->in = s->in_use;
	s->in_use = swap;
	tobs_buf_clear(&s->in);
	return job_take(s->job, tobs_buf_view(&s->in_use), err);
}

int slot_pump(struct curl_slot *s, bool *ret_idle, struct tobs_err *err)
{
	int r = TOBS_OK;

	*ret_idle = true;
	if (s->in.len) {
		*ret_idle = false;
		r = drain(s, err);
		if (!r && s->in_paused && !s->done) {
			s->in_paused = false;
			go_on(s);
		}
	}
	if (!r && s->out_wanted && !s->done) {
		*ret_idle = false;
		r = fill(s, err);
		if (!r && !s->done) {
			s->out_wanted = false;
			go_on(s);
		}
	}
	return r;
}

static const struct {
	CURLcode curl;
	int code;
	const char *text; /* when libcurl has no words of its own */
} codes[] = {
	{ CURLE_URL_MALFORMAT, TOBS_EINVAL, "the URL cannot be one" },
	{ CURLE_COULDNT_RESOLVE_HOST, TOBS_ENOTFOUND, "there is no such host" },
	{ CURLE_COULDNT_RESOLVE_PROXY, TOBS_ENOTFOUND, "the proxy's host does not exist" },
	{ CURLE_COULDNT_CONNECT, TOBS_ENET, "no connection" },
	{ CURLE_OPERATION_TIMEDOUT, TOBS_ENET, "no connection in time" },
	{ CURLE_GOT_NOTHING, TOBS_ENET, "the server hung up without an answer" },
	{ CURLE_ABORTED_BY_CALLBACK, TOBS_ENET, "the server hung up without an answer" },
	{ CURLE_SEND_FAIL_REWIND, TOBS_ENET, "the server hung up without an answer" },
	{ CURLE_PARTIAL_FILE, TOBS_ENET, "the server hung up in the middle of its answer" },
	{ CURLE_SEND_ERROR, TOBS_ENET, "the connection broke while sending" },
	{ CURLE_RECV_ERROR, TOBS_ENET, "the connection broke" },
	{ CURLE_HTTP2_STREAM, TOBS_ENET, "the server broke the stream off" },
	{ CURLE_SSL_CONNECT_ERROR, TOBS_ECRYPTO, "no encrypted connection" },
	{ CURLE_PEER_FAILED_VERIFICATION, TOBS_ECRYPTO, "the certificate is not to be trusted" },
	{ CURLE_SSL_CACERT_BADFILE, TOBS_ECRYPTO, "the file of certificates cannot be read" },
	{ CURLE_SSL_CERTPROBLEM, TOBS_ECRYPTO, "the certificate is not to be trusted" },
	{ CURLE_SSL_CIPHER, TOBS_ECRYPTO, "no common cipher" },
	{ CURLE_SSL_ISSUER_ERROR, TOBS_ECRYPTO, "the certificate is not to be trusted" },
	{ CURLE_PROXY, TOBS_ENET, "the proxy makes no connection" },
	{ CURLE_HTTP2, TOBS_ENET, "the server broke the connection off" },
	{ CURLE_WEIRD_SERVER_REPLY, TOBS_EPROTO, "the server's answer is no HTTP" },
	{ CURLE_UNSUPPORTED_PROTOCOL, TOBS_EPROTO, "the server's answer is no HTTP" },
	{ CURLE_BAD_CONTENT_ENCODING, TOBS_EPROTO, "the server's answer is broken" },
	{ CURLE_OUT_OF_MEMORY, TOBS_ENOMEM, "no memory for a transfer" },
};

/*
 * libcurl's words when they say more than ours. They may quote what was given to
 * it, so ones with a piece of the URL's path in them are not used.
 */
static void explain(const struct curl_slot *s, const char *text, int code, struct tobs_err *err)
{
	struct tobs_view words = tobs_view_trim(tobs_str(s->error)), target = s->job->url.target;
	bool tells = words.len &&
		(target.len < 2 || tobs_view_find(words, 0, target) == SIZE_MAX) &&
		s->result != CURLE_ABORTED_BY_CALLBACK && s->result != CURLE_SEND_FAIL_REWIND;
	struct tobs_buf clean;
	long sys = 0;

	if (!err)
		return;
	curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &sys);
	if (sys && s->result == CURLE_COULDNT_CONNECT) { /* libcurl says "Couldn't connect" */
		tobs_fail_sys(err, code, (int)sys, "connecting");
		return;
	}
	tobs_buf_init(&clean, sizeof err->message * 4);
	if (tells)
		tells = !log_clean(&clean, words);
	tobs_fail(err, code, "%s%s%s", text, tells ? ": " : "", tells ? tobs_buf_str(&clean) : "");
	tobs_buf_deinit(&clean);
	err->sys = (int)sys;
}

static bool is_proxy_refusal(const struct curl_slot *s)
{
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return status == 403 || status == 407;
}

bool slot_lost_stream(const struct curl_slot *s)
{
	return s->done &&
		(s->result == CURLE_HTTP2 || s->result == CURLE_HTTP2_STREAM ||
			s->result == CURLE_PARTIAL_FILE);
}

int slot_result(struct curl_slot *s, struct tobs_err *err)
{
	int code = TOBS_ENET;
	const char *text = "the transfer failed";

	if (s->failed) {
		if (err)
			*err = s->failure;
		return s->failed;
	}
	/* libcurl thinks nothing of a server that hangs up in the middle of the head. */
	if (s->result == CURLE_OK && !s->head_ended)
		return tobs_fail(err, TOBS_ENET, "the server hung up in the middle of its answer");
	if (s->result == CURLE_OK && s->job->answer->status >= 200)
		return TOBS_OK;
	if (s->result == CURLE_OK)
		return tobs_fail(err, TOBS_EPROTO, "the server's answer has no status");
	/* Which is what libcurl says of a header line above 100 KiB. */
	if (s->result == CURLE_OUT_OF_MEMORY && s->job->answer->status && !s->head_ended)
		return tobs_fail(err, TOBS_EPROTO, "the answer's head does not end");
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i].curl != s->result)
			continue;
		code = codes[i].code;
		text = codes[i].text;
	}
	if (s->result == CURLE_PARTIAL_FILE && !s->job->answer->status)
		text = "the server hung up without an answer";
	if (s->curl->client->proxy.kind == PROXY_HTTP && is_proxy_refusal(s)) {
		code = TOBS_EPERM;
		text = "the proxy refuses";
	}
	explain(s, text, code, err);
	return code;
}
