/* SPDX-License-Identifier: MIT */
#include "client/line.h"

#include <tobs/rt.h>

enum {
	OUT_MAX = 8 << 20,
	KEEPALIVE_S = 60, /* pings notice a dead peer sooner; this frees what they don't reach */
	TEST_OFFSET = 10000,
};

/* As a proxy is told: core.telegram.org/mtproto/mtproto-transports#transport-obfuscation */
static int16_t dc_for_proxy(const struct setup *setup, int dc)
{
	return (int16_t)(setup->test_dcs ? dc + TEST_OFFSET : dc);
}

static int open_stream(struct line *l, const struct setup *setup, const struct dc_address *to,
	struct tobs_err *err)
{
	const struct tcp_options tcp = { .address_ms = setup->connect_timeout_ms,
		.keepalive_s = KEEPALIVE_S };

	if (setup->mtproxy.used)
		return tcp_connect(
			tobs_str(setup->mtproxy.host), setup->mtproxy.port, &tcp, &l->stream, err);
	return proxy_connect(&setup->proxy, tobs_str(to->host), to->port, &tcp, &l->stream, err);
}

int line_open(struct line *l, const struct setup *setup, const struct dc_address *to,
	const struct rng *rng, struct tobs_err *err)
{
	struct mt_link_options link = { .framing = setup->framing,
		.obfuscated = setup->obfuscated };
	int r;

	*l = (struct line){ .rng = rng };
	tobs_buf_init(&l->out, OUT_MAX);
	if (setup->mtproxy.used) {
		link.dc = dc_for_proxy(setup, to->dc);
		link.secret = setup->mtproxy.secret;
	}
	r = open_stream(l, setup, to, err);
	if (r)
		return r;
	r = mt_link_connect(&l->link, &link, rng, &l->out);
	if (r) {
		line_close(l);
		return tobs_fail(err, r, "no memory for a connection");
	}
	return TOBS_OK;
}

void line_hang_up(struct line *l)
{
	net_close(l->stream);
	l->stream = NULL;
}

void line_close(struct line *l)
{
	line_hang_up(l);
	mt_link_deinit(&l->link);
	tobs_buf_deinit(&l->out);
	*l = (struct line){ .rng = l->rng };
}

static int hung_up(const struct line *l, struct tobs_err *err)
{
	return l->stream ? TOBS_OK : tobs_fail(err, TOBS_ECLOSED, "the connection was ended");
}

int line_flush(struct line *l, struct tobs_err *err)
{
	int r = hung_up(l, err);

	if (!r)
		r = net_write_all(l->stream, l->out.ptr, l->out.len, err);
	tobs_buf_clear(&l->out);
	return r;
}

int line_send(struct line *l, struct tobs_view packet, struct tobs_err *err)
{
	int r = mt_link_send(&l->link, packet, l->rng, &l->out);

	if (r)
		return tobs_fail(err, r, "no memory to send");
	return line_flush(l, err);
}

int line_read(struct line *l, struct tobs_err *err)
{
	uint8_t *at;
	size_t room, n = 0;
	int r = hung_up(l, err);

	if (r)
		return r;
	r = mt_link_room(&l->link, LINE_READ, &at, &room);
	if (r)
		return tobs_fail(err, r, "no memory to receive");
	r = net_read(l->stream, at, room, &n, err);
	if (r)
		return r;
	if (n == 0)
		return tobs_fail(err, TOBS_ECLOSED, "the server closed the connection");
	return mt_link_received(&l->link, n);
}

int line_receive(struct line *l, struct mt_packet *ret, struct tobs_err *err)
{
	for (;;) {
		int r = mt_link_next(&l->link, ret);

		if (!r)
			return r;
		if (r != TOBS_EAGAIN)
			return tobs_fail(err, r, "what answers there is no Telegram server");
		r = line_read(l, err);
		if (r)
			return r;
	}
}

int line_refused(int32_t code, struct tobs_err *err)
{
	const char *text = code == LINE_KEY_UNKNOWN
		? "the server does not know the key of this session"
		: code == LINE_TOO_MANY ? "the server wants fewer connections"
		: code == LINE_WRONG_DC
		? "the server belongs to another environment (test or production)"
		: "the server refuses the connection";

	tobs_fail(err, TOBS_EPROTO, "%s (%d)", text, code);
	if (err)
		err->status = code;
	return TOBS_EPROTO;
}
