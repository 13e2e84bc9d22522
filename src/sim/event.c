/* SPDX-License-Identifier: MIT */
/* Events: told to listeners, kept in the logs of boxes. */
#include <stdio.h>

#include "base/attr.h"
#include "sim/change.h"
#include "sim/inner.h"
#include "sim/view.h"
#include "tl/tables.h"

int sim_refuse(struct tobs_err *err, int status, const char *name)
{
	tobs_fail(err, TOBS_ERPC, "%s", name);
	if (err) {
		err->status = status;
		snprintf(err->name, sizeof err->name, "%s", name);
	}
	return TOBS_ERPC;
}

int sim_listen(struct sim_world *w, sim_listener_fn fn, void *user)
{
	struct sim_listener l = { fn, user };

	return ARRAY_PUSH(&w->listeners, l);
}

void sim_unlisten(struct sim_world *w, sim_listener_fn fn, void *user)
{
	for (size_t i = 0; i < w->listeners.count; i++)
		if (w->listeners.items[i].fn == fn && w->listeners.items[i].user == user) {
			ARRAY_REMOVE(&w->listeners, i);
			return;
		}
}

/* The log is cut by half when it is twice as long as promised, so cutting costs nothing a change. */
static int keep(struct sim_box *box, const struct sim_event *e)
{
	if (box->log.count >= 2 * SIM_LOG_MAX) {
		size_t drop = box->log.count - SIM_LOG_MAX;

		for (size_t i = 0; i < drop; i++) {
			const struct sim_event *old = &box->log.items[i];

			box->log_pts = MAX(box->log_pts, old->pts);
			box->log_qts = MAX(box->log_qts, old->qts);
		}
		memmove(box->log.items, box->log.items + drop,
			SIM_LOG_MAX * sizeof *box->log.items);
		box->log.count = SIM_LOG_MAX;
	}
	return ARRAY_PUSH(&box->log, *e);
}

/* The int field of that name, in an update that can be changed; NULL: it has none. */
static int32_t *int_field(union tl_Update *u, const char *name)
{
	const struct tl_ctor *c = tl_find(u->ctor);

	for (int i = 0; c && i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];

		if (f->kind == TL_INT && strcmp(tl_names + f->name, name) == 0)
			return (int32_t *)(void *)((uint8_t *)u + f->offset);
	}
	return NULL;
}

static int tell(struct sim_world *w, struct sim_box *box, struct sim_event *e)
{
	e->account = box->account;
	e->channel = box->channel;
	if (!e->date)
		e->date = sim_now(w);
	if ((e->pts || e->qts) && keep(box, e))
		return TOBS_ENOMEM;
	/* Listeners may add and take away listeners. */
	for (size_t i = 0; i < w->listeners.count; i++)
		w->listeners.items[i].fn(w->listeners.items[i].user, e);
	return TOBS_OK;
}

int sim_tell(
	struct sim_box *box, union tl_Update *u, int32_t count, struct sim_history *h, int32_t id)
{
	struct sim_event e = { .history = h, .message_id = id, .update = u };
	struct sim_world *w = box->account ? box->account->world : box->channel->world;
	int32_t *pts, *pts_count;

	if (!u)
		return TOBS_ENOMEM;
	if (count) {
		box->pts += count;
		e.pts = box->pts;
		e.pts_count = count;
		pts = int_field(u, "pts");
		pts_count = int_field(u, "pts_count");
		if (pts)
			*pts = e.pts;
		if (pts_count)
			*pts_count = count;
	}
	return tell(w, box, &e);
}

int sim_push(struct sim_account *a, union tl_Update *update, bool counts)
{
	struct sim_event e = { .update = update };
	int32_t *qts;

	if (!update)
		return TOBS_ENOMEM;
	if (counts) {
		e.qts = ++a->box.qts;
		qts = int_field(update, "qts");
		if (qts)
			*qts = e.qts;
	}
	return tell(a->world, &a->box, &e);
}

int sim_events_since(const struct sim_box *box, int32_t pts, int32_t qts,
	const struct sim_event **ret, size_t *ret_count)
{
	size_t i = 0;

	if (pts < box->log_pts || qts < box->log_qts)
		return TOBS_ETOOBIG;
	while (i < box->log.count && box->log.items[i].pts <= pts && box->log.items[i].qts <= qts)
		i++;
	*ret = box->log.items + i;
	*ret_count = box->log.count - i;
	return TOBS_OK;
}

/* The message in it as it is now. */
static const union tl_Message *message_now(
	const struct sim_event *e, struct sim_account *viewer, struct tobs_arena *arena)
{
	const union tl_Message *m = sim_history_get(e->history, e->message_id, arena);

	return m ? sim_view_message(viewer, e->history, m, arena) : NULL;
}

const union tl_Update *sim_event_view(
	const struct sim_event *e, struct sim_account *viewer, struct tobs_arena *arena)
{
	const union tl_Update *u = e->update;
	/* Both kinds have the message at the same place. */
	struct tl_updateNewMessage *out;

	TOBS_STATIC_ASSERT(sizeof *out == sizeof(struct tl_updateEditChannelMessage),
		"updates with messages are alike");
	if (e->channel && viewer && !sim_can_read(viewer, e->channel))
		return NULL;
	switch (u->ctor) {
	case TL_updateNewMessage:
	case TL_updateNewChannelMessage:
	case TL_updateEditMessage:
	case TL_updateEditChannelMessage:
		out = SIM_COPY(arena, updateNewMessage, &u->updateNewMessage);
		if (!out)
			return NULL;
		out->message = message_now(e, viewer, arena);
		return out->message ? (const void *)out : NULL;
	default: return u;
	}
}
