/* SPDX-License-Identifier: MIT */
#include <tobs/rt.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/tcp.h"

enum {
	CONNECTIONS_MAX = 1000,
	/* Time for others to give descriptors or memory back. */
	PAUSE_MS = 100,
};

struct serving {
	const struct tcp_server *server;
	struct tobs_sem room;
	struct tobs_group group;
	bool short_of; /* descriptors or memory, and the log knows */
};

struct connection {
	struct serving *serving;
	struct net_stream *stream;
	struct addr peer;
};

static int run_connection(void *arg)
{
	struct connection *c = arg;
	struct serving *s = c->serving;

	/* A failure is the connection's own, and not the group's. */
	s->server->serve(c->stream, &c->peer, s->server->arg);
	net_close(c->stream);
	mem_free(c);
	tobs_sem_post(&s->room);
	return TOBS_OK;
}

/* Takes the stream over, whatever happens. */
static int start(struct serving *s, struct net_stream *stream, const struct addr *peer)
{
	const struct tcp_server *server = s->server;
	const struct tobs_fiber_options options = {
		.name = server->name ? server->name : "connection", .stack_size = server->stack_size
	};
	struct connection *c = MEM_NEW(struct connection);
	int r = TOBS_ENOMEM;

	if (c) {
		*c = (struct connection){ s, stream, *peer };
		r = tobs_group_spawn(&s->group, run_connection, c, &options);
	}
	if (r) {
		net_close(stream);
		mem_free(c);
	}
	return r;
}

/* Room is taken before the connection, so that the kernel keeps those there is none for. */
static int serve_next(struct serving *s, struct tcp_listener *l, struct tobs_err *err)
{
	struct net_stream *stream;
	struct addr peer;
	int r = tobs_sem_wait(&s->room);

	if (r)
		return r;
	r = tcp_accept(l, &stream, &peer, err);
	if (!r)
		r = start(s, stream, &peer);
	if (r)
		tobs_sem_post(&s->room);
	return r;
}

/* Whether it is worth going on after this failure. */
static bool survive(struct serving *s, int r, const struct tobs_err *err)
{
	if (r != TOBS_EIO && r != TOBS_ENOMEM)
		return false;
	if (!s->short_of)
		log_warn("net", "connections have to wait: %s",
			r == TOBS_EIO ? err->message : tobs_error_text(r));
	s->short_of = true;
	return true;
}

int tcp_serve(struct tcp_listener *l, const struct tcp_server *server)
{
	struct serving s = { .server = server };
	struct tobs_err err;
	int r, r2;

	tcp_listener_enter(l);
	tobs_sem_init(&s.room, server->max ? server->max : CONNECTIONS_MAX);
	tobs_group_init(&s.group, 0);
	for (;;) {
		err = (struct tobs_err){ 0 };
		r = serve_next(&s, l, &err);
		if (!r)
			s.short_of = false;
		else if (!survive(&s, r, &err) || (r = tobs_sleep(PAUSE_MS)))
			break;
	}
	if (r == TOBS_ECANCELED || r == TOBS_ETIMEDOUT)
		tobs_group_cancel(&s.group);
	tcp_listener_leave(l);
	r2 = tobs_group_wait(&s.group);
	if (r == TOBS_ECLOSED)
		r = r2;
	return r;
}
