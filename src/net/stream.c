/* SPDX-License-Identifier: MIT */
#include "net/stream.h"

int net_read(struct net_stream *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	return s->ops->read(s, buf, len, ret_n, err);
}

int net_read_all(struct net_stream *s, void *buf, size_t len, struct tobs_err *err)
{
	for (size_t have = 0; have < len;) {
		size_t n = 0;
		int r = net_read(s, (char *)buf + have, len - have, &n, err);

		if (r)
			return r;
		if (!n)
			return tobs_fail(err, TOBS_ETRUNCATED,
				"the other side hung up after %zu of %zu bytes", have, len);
		have += n;
	}
	return TOBS_OK;
}

int net_write(
	struct net_stream *s, const struct tobs_view *parts, size_t count, struct tobs_err *err)
{
	return s->ops->write(s, parts, count, err);
}

int net_write_all(struct net_stream *s, const void *data, size_t len, struct tobs_err *err)
{
	const struct tobs_view part = tobs_view(data, len);

	return net_write(s, &part, 1, err);
}

int net_shutdown(struct net_stream *s, struct tobs_err *err)
{
	return s->ops->shutdown(s, err);
}

void net_close(struct net_stream *s)
{
	if (s)
		s->ops->close(s);
}
