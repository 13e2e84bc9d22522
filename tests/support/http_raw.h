/* SPDX-License-Identifier: MIT */
/* A client that writes what the test says, byte for byte, and reads answers. */
#ifndef SUPPORT_HTTP_RAW_H
#define SUPPORT_HTTP_RAW_H

#include "net/http_reply.h"
#include "net/tcp.h"
#include "rt/sock.h"
#include "support/test.h"

enum { RAW_BODY_MAX = 64 << 20 };

struct raw {
	struct net_stream *s;
	struct tobs_buf in; /* came, and belongs to the next answer */
	struct tobs_buf head, body;
	int status;
	bool keep;
};

static inline void raw_open(struct raw *c, const struct addr *to)
{
	char text[ADDR_TEXT_MAX];
	struct tobs_view host = tobs_str("127.0.0.1");

	*c = (struct raw){ .s = NULL };
	tobs_buf_init(&c->in, RAW_BODY_MAX);
	tobs_buf_init(&c->head, 64 << 10);
	tobs_buf_init(&c->body, RAW_BODY_MAX);
	if (to->sa.sa_family == AF_UNIX)
		host = tobs_str(addr_format(to, text));
	assert_ok(tcp_connect(host, addr_port(to), NULL, &c->s, NULL));
}

static inline void raw_close(struct raw *c)
{
	net_close(c->s);
	tobs_buf_deinit(&c->in);
	tobs_buf_deinit(&c->head);
	tobs_buf_deinit(&c->body);
}

static inline int raw_send(struct raw *c, const char *text)
{
	return net_write_all(c->s, text, strlen(text), NULL);
}

/* The next answer; TOBS_ETRUNCATED, TOBS_ECLOSED when the server hung up instead. */
static inline int raw_read(struct raw *c, bool to_head)
{
	struct http_reply reply;
	int r = TOBS_OK;

	tobs_buf_clear(&c->body);
	http_reply_init(&reply, &c->head, to_head);
	while (!r && !http_reply_done(&reply)) {
		struct tobs_view in = tobs_buf_view(&c->in), piece;
		uint8_t buf[4096];
		size_t n;

		if (in.len) {
			r = http_reply_feed(&reply, &in, &piece, NULL);
			if (!r)
				r = tobs_buf_putv(&c->body, piece);
			tobs_buf_consume(&c->in, c->in.len - in.len);
			continue;
		}
		r = net_read(c->s, buf, sizeof buf, &n, NULL);
		if (!r)
			r = n ? tobs_buf_put(&c->in, buf, n) : http_reply_end(&reply, NULL);
	}
	c->status = r ? 0 : reply.status;
	c->keep = reply.keep;
	return r;
}

/* Sends this and wants that status. */
#define assert_answer(c, text, want)                   \
	do {                                           \
		assert_ok(raw_send((c), (text)));      \
		assert_ok(raw_read((c), false));       \
		assert_int_equal((c)->status, (want)); \
	} while (0)

/* The server has hung up; nothing more came. */
static inline void assert_hung_up(struct raw *c)
{
	uint8_t byte;
	size_t n = 0;
	int r = net_read(c->s, &byte, 1, &n, NULL);

	if (r != TOBS_ECLOSED && (r || n))
		fail_msg("it has not hung up: %s, %d bytes", tobs_error_name(r), (int)n);
}

static inline bool raw_header(const struct raw *c, const char *name, struct tobs_view *ret)
{
	return http_header_find(tobs_buf_view(&c->head), name, ret);
}

#endif
