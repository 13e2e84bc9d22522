/* SPDX-License-Identifier: MIT */
#include "net/http_curl.h"

#include "base/alloc.h"
#include "base/attr.h"
#include "rt/wait.h"
#include "rt/watch.h"

enum {
	DRIVER_STACK = 256 << 10, /* TLS handshakes and certificates run on it */
	SPARE_MAX = 64,           /* easy handles kept, 6 KiB each */
};

struct curl_sock {
	struct list link; /* in http_curl.socks */
	struct list ready;
	struct http_curl *curl;
	struct fd_watch *watch;
	curl_socket_t fd;
	int events;
};

static void kick(struct http_curl *curl)
{
	curl->kicked = true;
	waiters_wake_all(&curl->idle, TOBS_OK);
}

/* ---- What libcurl tells --------------------------------------------------- */

static void sock_free(struct curl_sock *s)
{
	if (!s)
		return;
	list_remove(&s->link);
	list_remove(&s->ready);
	fd_watch_free(s->watch);
	mem_free(s);
}

static void sock_ready(void *arg, int events)
{
	struct curl_sock *s = arg;

	if (list_empty(&s->ready))
		list_push(&s->curl->ready, &s->ready);
	s->events |= events;
	kick(s->curl);
}

static struct curl_sock *sock_new(struct http_curl *curl, curl_socket_t fd)
{
	struct curl_sock *s = MEM_NEW(struct curl_sock);

	if (!s)
		return NULL;
	s->curl = curl;
	s->fd = fd;
	list_init(&s->ready);
	list_push(&curl->socks, &s->link);
	if (!fd_watch_new(fd, sock_ready, s, &s->watch) && !curl_multi_assign(curl->multi, fd, s))
		return s;
	sock_free(s);
	return NULL;
}

static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *user, void *assigned)
{
	struct http_curl *curl = user;
	struct curl_sock *s = assigned;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sock_free(s);
		return 0;
	}
	if (!s)
		s = sock_new(curl, fd);
	if (s &&
		!fd_watch_set(s->watch,
			(what & CURL_POLL_IN ? TOBS_READABLE : 0) |
				(what & CURL_POLL_OUT ? TOBS_WRITABLE : 0)))
		return 0;
	curl->broken = true;
	kick(curl);
	return -1;
}

static int timer_changed(CURLM *multi, long ms, void *user)
{
	struct http_curl *curl = user;

	(void)multi;
	curl->timer = rt_after(ms);
	kick(curl);
	return 0;
}

/* ---- The driver ------------------------------------------------------------ */

static void wake(struct curl_slot *s)
{
	waiters_wake_all(&s->waiters, TOBS_OK);
}

static void collect(struct http_curl *curl)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(curl->multi, &left))) {
		struct curl_slot *s = NULL;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &s);
		if (msg->msg != CURLMSG_DONE || !s)
			continue;
		s->done = true;
		s->result = msg->data.result;
		wake(s);
	}
	if (!curl->broken)
		return;
	LIST_EACH (l, &curl->slots) {
		struct curl_slot *s = LIST_ITEM(l, struct curl_slot, link);

		s->result = s->done ? s->result : CURLE_OUT_OF_MEMORY;
		s->done = true;
		wake(s);
	}
}

static void work(struct http_curl *curl)
{
	int running;

	while (!list_empty(&curl->ready)) {
		struct curl_sock *s = LIST_ITEM(curl->ready.next, struct curl_sock, ready);
		int events = (s->events & TOBS_READABLE ? CURL_CSELECT_IN : 0) |
			(s->events & TOBS_WRITABLE ? CURL_CSELECT_OUT : 0);

		list_remove(&s->ready);
		s->events = 0;
		curl_multi_socket_action(curl->multi, s->fd, events, &running);
	}
	if (curl->timer <= rt_clock()) {
		curl->timer = WAIT_FOREVER;
		curl_multi_socket_action(curl->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	collect(curl);
}

static int drive(void *arg)
{
	struct http_curl *curl = arg;

	while (!curl->stopping) {
		curl->kicked = false;
		work(curl);
		/* What it is woken for is found by looking. */
		if (!curl->kicked)
			waiters_wait_until(&curl->idle, "HTTP transfers", curl->timer);
		else
			tobs_yield();
	}
	return TOBS_OK;
}

/* ---- Its life -------------------------------------------------------------- */

static int open_multi(struct http_curl *curl)
{
	CURLM *m = curl_multi_init();
	long most = (long)curl->client->connections;

	if (!m)
		return TOBS_ENOMEM;
	curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, socket_changed);
	curl_multi_setopt(m, CURLMOPT_SOCKETDATA, curl);
	curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, timer_changed);
	curl_multi_setopt(m, CURLMOPT_TIMERDATA, curl);
	curl_multi_setopt(m, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
	curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, most);
	curl_multi_setopt(m, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	curl->multi = m;
	curl->timer = WAIT_FOREVER;
	curl->broken = false;
	return TOBS_OK;
}

static void close_multi(struct http_curl *curl)
{
	curl_multi_cleanup(curl->multi);
	curl->multi = NULL;
	LIST_EACH (l, &curl->socks)
		sock_free(LIST_ITEM(l, struct curl_sock, link));
}

static int start_library(void)
{
	static bool started; /* for the life of the process; the loop's thread only */

	if (!started && curl_global_init(CURL_GLOBAL_DEFAULT))
		return TOBS_EIO;
	started = true;
	return TOBS_OK;
}

static int curl_open(struct http_client *c, struct http_curl **ret)
{
	static const struct tobs_fiber_options options = { "http", DRIVER_STACK };
	struct http_curl *curl;
	int r = start_library();

	if (r)
		return r;
	curl = MEM_NEW(struct http_curl);
	if (!curl)
		return TOBS_ENOMEM;
	curl->client = c;
	waiters_init(&curl->idle);
	list_init(&curl->socks);
	list_init(&curl->ready);
	list_init(&curl->slots);
	list_init(&curl->spare);
	tobs_group_init(&curl->driver, 0);
	r = open_multi(curl);
	if (!r)
		r = tobs_group_spawn(&curl->driver, drive, curl, &options);
	if (r) {
		close_multi(curl);
		mem_free(curl);
		return r;
	}
	*ret = curl;
	return TOBS_OK;
}

void curl_close(struct http_curl *curl)
{
	struct tobs_shield shield;

	if (!curl)
		return;
	assert(list_empty(&curl->slots));
	curl->stopping = true;
	kick(curl);
	tobs_shield_begin(&shield);
	tobs_group_wait(&curl->driver);
	tobs_shield_end(&shield);
	LIST_EACH (l, &curl->spare)
		slot_free(LIST_ITEM(l, struct curl_slot, link));
	close_multi(curl);
	mem_free(curl);
}

/* ---- A call ---------------------------------------------------------------- */

/* A slot that is in no list. */
static int take_slot(struct http_curl *curl, struct curl_slot **ret)
{
	if (list_empty(&curl->spare))
		return slot_new(curl, ret);
	*ret = LIST_ITEM(curl->spare.next, struct curl_slot, link);
	list_remove(&(*ret)->link);
	curl->spares--;
	return TOBS_OK;
}

static void put_slot(struct curl_slot *s)
{
	struct http_curl *curl = s->curl;

	slot_end(s);
	if (curl->spares >= SPARE_MAX) {
		slot_free(s);
		return;
	}
	list_push_front(&curl->spare, &s->link);
	curl->spares++;
}

static int transfer(struct curl_slot *s, struct tobs_err *err)
{
	bool idle;
	int r;

	for (;;) {
		r = slot_pump(s, &idle, err);
		if (r)
			return r;
		if (s->done && idle)
			return slot_result(s, err);
		if (!idle)
			continue;
		r = waiters_wait(&s->waiters, "an HTTP answer");
		if (r)
			return tobs_fail(err, r, "waiting for an answer");
	}
}

static int run(struct curl_slot *s, struct http_job *job, struct tobs_err *err)
{
	struct http_curl *curl = s->curl;
	long size = 0;
	int r = slot_begin(s, job, err);

	if (r)
		return r;
	if (curl_multi_add_handle(curl->multi, s->easy))
		return tobs_fail(err, TOBS_ENOMEM, "beginning a transfer");
	list_push(&curl->slots, &s->link);
	r = transfer(s, err);
	if (!curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &size))
		job->answer->sent = job->answer->sent || size > 0;
	/* From here on libcurl knows nothing of the job. */
	curl_multi_remove_handle(curl->multi, s->easy);
	list_remove(&s->link);
	return r;
}

/* libcurl repeats by itself what a kept connection lost, but not all of HTTP/2. */
static bool may_repeat(const struct curl_slot *s, const struct http_job *job)
{
	long connects = 1;

	return job->repeatable && !job->answer->status && slot_lost_stream(s) &&
		!curl_easy_getinfo(s->easy, CURLINFO_NUM_CONNECTS, &connects) && !connects;
}

int curl_call(struct http_job *job, struct tobs_err *err)
{
	struct http_client *c = job->client;
	struct curl_slot *s = NULL;
	int r = TOBS_OK;

	if (!c->curl)
		r = curl_open(c, &c->curl);
	if (!r && c->curl->broken && list_empty(&c->curl->slots)) {
		close_multi(c->curl);
		r = open_multi(c->curl);
	}
	if (!r)
		r = c->curl->broken ? TOBS_ENOMEM : take_slot(c->curl, &s);
	if (r)
		return tobs_fail(err, r, "beginning a transfer");
	r = run(s, job, err);
	if (r && may_repeat(s, job)) {
		slot_end(s);
		r = run(s, job, err);
	}
	put_slot(s);
	return r;
}
