/* SPDX-License-Identifier: MIT */
#include "client/agree.h"

#include <tobs/rt.h>

#include "base/wipe.h"

enum { PACKET_MAX = 1 << 16 };

/* One step: a packet in, the next one out. */
struct step {
	struct mt_exchange *exchange;
	struct tobs_view packet;
	struct tobs_buf *out;
	struct tobs_err *err;
};

static int take_step(void *arg)
{
	struct step *s = arg;

	return mt_exchange_receive(s->exchange, s->packet, s->out, s->err);
}

static int run(struct mt_exchange *x, struct line *l, struct tobs_buf *next, struct tobs_err *err)
{
	struct mt_packet packet;
	int r = TOBS_EAGAIN;

	while (r == TOBS_EAGAIN) {
		r = line_send(l, tobs_buf_view(next), err);
		tobs_buf_clear(next);
		if (!r)
			r = line_receive(l, &packet, err);
		if (r)
			return r;
		if (packet.kind == MT_PACKET_ERROR)
			return line_refused(packet.number, err);
		if (packet.kind == MT_PACKET_MESSAGE)
			r = tobs_offload(take_step,
				&(struct step){ x, tobs_view(packet.data, packet.len), next, err });
		else
			r = tobs_fail(err, TOBS_EPROTO, "key exchange: unexpected packet");
	}
	return r;
}

int agree_on_key(struct line *l, const struct mt_exchange_options *options, struct mt_agreed *ret,
	struct tobs_err *err)
{
	struct mt_exchange x;
	struct tobs_buf next;
	int r;

	tobs_buf_init(&next, PACKET_MAX);
	r = mt_exchange_start(&x, options, &next);
	if (r)
		tobs_fail(err, r, "no memory for a key exchange");
	else
		r = run(&x, l, &next, err);
	if (!r)
		*ret = x.agreed;
	mt_exchange_deinit(&x);
	tobs_buf_wipe(&next);
	return r;
}
