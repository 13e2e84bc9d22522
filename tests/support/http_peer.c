/* SPDX-License-Identifier: MIT */
#include "support/http_peer.h"

#include "net/http.h"
#include "rt/sock.h"
#include "support/test.h"

enum { REQUEST_MAX = 64 << 20, PIECE = 64 << 10 };

/* What was asked, and what of it belongs to the next request. */
static int read_head(struct net_stream *s, struct tobs_buf *in, size_t *ret_head)
{
	for (;;) {
		size_t end = tobs_view_find(tobs_buf_view(in), 0, tobs_str("\r\n\r\n")), n;
		uint8_t *room;
		int r;

		if (end != SIZE_MAX) {
			*ret_head = end + 4;
			return TOBS_OK;
		}
		room = tobs_buf_extend(in, PIECE);
		if (!room)
			return TOBS_ENOMEM;
		r = net_read(s, room, PIECE, &n, NULL);
		in->len -= PIECE - (r ? 0 : n);
		if (r || !n)
			return r ? r : TOBS_ECLOSED;
	}
}

static bool body_complete(const struct tobs_buf *in, size_t head)
{
	struct tobs_view lines = tobs_view_sub(tobs_buf_view(in), 0, head), value;
	int64_t length = 0;

	if (http_header_find(lines, "Transfer-Encoding", &value))
		return tobs_view_ends(tobs_buf_view(in), "\r\n0\r\n\r\n");
	if (http_header_find(lines, "Content-Length", &value))
		(void)tobs_view_int(value, 0, INT64_MAX, &length);
	return (int64_t)(in->len - head) >= length;
}

static bool expects(const struct tobs_buf *in, size_t head)
{
	struct tobs_view value;

	return http_header_find(tobs_view_sub(tobs_buf_view(in), 0, head), "Expect", &value);
}

static int read_body(struct net_stream *s, struct tobs_buf *in, size_t head)
{
	if (!body_complete(in, head) && expects(in, head)) {
		static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

		if (net_write_all(s, go_on, sizeof go_on - 1, NULL))
			return TOBS_ECLOSED;
	}
	while (!body_complete(in, head)) {
		uint8_t *room = tobs_buf_extend(in, PIECE);
		size_t n;
		int r = room ? net_read(s, room, PIECE, &n, NULL) : TOBS_ENOMEM;

		if (room)
			in->len -= PIECE - (r ? 0 : n);
		if (r || !n)
			return r ? r : TOBS_ECLOSED;
	}
	return TOBS_OK;
}

static int answer(struct net_stream *s, const struct http_peer_step *step)
{
	size_t len = step->len ? step->len : step->send ? strlen(step->send) : 0, each = len;
	int r = step->wait ? tobs_sleep(step->wait) : TOBS_OK;

	if (step->slow)
		each = 1;
	for (size_t i = 0; i < len && !r; i += each) {
		r = net_write_all(s, step->send + i, each, NULL);
		if (!r && step->slow)
			r = tobs_yield();
	}
	return r;
}

static int serve_one(struct http_peer *p, struct net_stream *s)
{
	const struct http_peer_step *step;
	struct tobs_buf spare, *in = &spare;
	size_t head;
	int r;

	tobs_buf_init(&spare, REQUEST_MAX);
	r = read_head(s, &spare, &head);
	if (r) {
		tobs_buf_deinit(&spare);
		return r;
	}
	step = &p->steps[p->step < p->count ? p->step : p->count - 1];
	p->step++;
	if (p->asked < PEER_STEPS_MAX) {
		in = &p->request[p->asked];
		*in = spare;
	}
	p->asked++;
	if (!step->early)
		r = read_body(s, in, head);
	if (!r)
		r = answer(s, step);
	if (in == &spare)
		tobs_buf_deinit(in);
	if (r)
		return r;
	switch (step->end) {
	case PEER_KEEP: return TOBS_OK;
	case PEER_RESET: sock_reset_on_close(tcp_sock(s)); return TOBS_ECLOSED;
	case PEER_HOLD: return tobs_sleep(TOBS_FOREVER);
	default: return TOBS_ECLOSED;
	}
}

static int serve(struct net_stream *s, const struct addr *peer, void *arg)
{
	struct http_peer *p = arg;
	int r;

	(void)peer;
	p->connections++;
	do {
		r = serve_one(p, s);
	} while (!r);
	return r;
}

static int run(void *arg)
{
	struct http_peer *p = arg;
	const struct tcp_server server = { .serve = serve, .arg = p, .name = "peer" };

	return tcp_serve(p->listener, &server);
}

void http_peer_start(
	struct http_peer *p, const char *host, const struct http_peer_step *steps, size_t count)
{
	*p = (struct http_peer){ .steps = steps, .count = count };
	assert_ok(tcp_listen(tobs_str(host ? host : "127.0.0.1"), 0, NULL, &p->listener, NULL));
	p->port = addr_port(tcp_listener_addr(p->listener));
	snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u", p->port);
	assert_ok(tobs_spawn(&p->fiber, run, p, NULL));
}

void http_peer_stop(struct http_peer *p)
{
	tobs_cancel(p->fiber);
	tobs_join(p->fiber, NULL);
	tcp_listener_close(p->listener);
	for (size_t i = 0; i < PEER_STEPS_MAX; i++)
		tobs_buf_deinit(&p->request[i]);
}
