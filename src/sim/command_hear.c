/* SPDX-License-Identifier: MIT */
/* The command by which people hear what others, bots say, say in a chat. */
#include <tobs/rt.h>

#include "base/attr.h"
#include "sim/change.h"
#include "sim/command.h"
#include "sim/command_query.h"

struct hearing {
	const struct command_act *act;
	struct tobs_cond news;
};

static bool is_message(const struct sim_event *e)
{
	switch (e->update->ctor) {
	case TL_updateNewMessage:
	case TL_updateNewChannelMessage:
	case TL_updateEditMessage:
	case TL_updateEditChannelMessage: return true;
	default: return false;
	}
}

/* The message of the event as it is now; NULL for other events, and for what `by` has said. */
static const struct tl_message *heard_in(
	struct command *c, const struct command_act *a, const struct sim_event *e)
{
	const union tl_Message *m;

	if (e->history != a->history || !is_message(e))
		return NULL;
	m = sim_history_get(a->history, e->message_id, &c->sim->world->arena);
	if (!m || m->ctor != TL_message || sim_message_from(m) == a->by)
		return NULL;
	return &m->message;
}

/* What stands on them, row by row. */
static void put_buttons(struct json_writer *w, const union tl_ReplyMarkup *markup)
{
	const struct tl_vec_KeyboardButtonRow *rows = NULL;

	if (markup && markup->ctor == TL_replyInlineMarkup)
		rows = &markup->replyInlineMarkup.rows;
	else if (markup && markup->ctor == TL_replyKeyboardMarkup)
		rows = &markup->replyKeyboardMarkup.rows;
	if (!rows)
		return;
	jsonw_key(w, "buttons");
	jsonw_array(w);
	for (uint32_t i = 0; i < rows->count; i++) {
		jsonw_array(w);
		/* The text stands at the same place in all of them. */
		for (uint32_t k = 0; k < rows->items[i]->buttons.count; k++)
			jsonw_str_v(w, rows->items[i]->buttons.items[k]->keyboardButton.text);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_message(struct json_writer *w, const struct tl_message *m)
{
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_i64(w, m->id);
	jsonw_key(w, "from");
	jsonw_i64(w, sim_message_from((const void *)m));
	if (m->has_edit_date) {
		jsonw_key(w, "edited");
		jsonw_bool(w, true);
	}
	jsonw_key(w, "text");
	jsonw_str_v(w, m->message);
	if (m->media) {
		jsonw_key(w, "media");
		jsonw_str(w, tl_name(m->media->ctor));
	}
	put_buttons(w, m->reply_markup);
	jsonw_end(w);
}

static bool anything_since(struct command *c, const struct command_act *a, int32_t pts, int *ret)
{
	const struct sim_event *events = NULL;
	size_t count = 0;

	*ret = sim_events_since(a->history->box, pts, INT32_MAX, &events, &count);
	for (size_t i = 0; i < count && !*ret; i++)
		if (heard_in(c, a, &events[i]))
			return true;
	return false;
}

static void note_event(void *user, const struct sim_event *e)
{
	struct hearing *h = user;

	if (e->history == h->act->history)
		tobs_cond_broadcast(&h->news);
}

/* Until something was said, or `ms` have passed. */
static int await(struct command *c, const struct command_act *a, int32_t pts, int64_t ms)
{
	struct hearing h = { .act = a };
	struct tobs_deadline limit;
	int r;

	if (anything_since(c, a, pts, &r) || r || !ms)
		return r;
	tobs_cond_init(&h.news);
	r = sim_listen(c->sim->world, note_event, &h);
	if (r)
		return r;
	tobs_deadline_push(&limit, ms);
	while (!r && !anything_since(c, a, pts, &r) && !r)
		r = tobs_cond_wait(&h.news);
	tobs_deadline_pop(&limit);
	sim_unlisten(c->sim->world, note_event, &h);
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&limit) ? TOBS_OK : r;
}

static void put_heard(struct command *c, const struct command_act *a, int32_t pts)
{
	const struct sim_event *events = NULL;
	const struct tl_message *m;
	size_t count = 0;

	jsonw_key(c->w, "heard");
	jsonw_array(c->w);
	if (!sim_events_since(a->history->box, pts, INT32_MAX, &events, &count))
		for (size_t i = 0; i < count; i++)
			if ((m = heard_in(c, a, &events[i])))
				put_message(c->w, m);
	jsonw_end(c->w);
	jsonw_key(c->w, "at");
	jsonw_i64(c->w, a->history->box->pts);
}

/* {"by", "chat", "after", "wait"}: what others have said there, or changed, since `after`. */
static int run_hear(struct command *c)
{
	static const char *const known[] = { "do", "by", "chat", "after", "wait", NULL };
	struct command_act a;
	int64_t after = 0, wait;
	int r = command_read_act(c, known, &a);

	if (!r)
		r = loader_int(c->v, "after", 0, INT32_MAX, &after, c->err);
	if (!r)
		r = command_read_wait(c, &wait);
	if (r)
		return r;
	/* The world's files are older than the log. */
	after = MAX(after, a.history->box->log_pts);
	r = await(c, &a, (int32_t)after, wait);
	if (!r)
		put_heard(c, &a, (int32_t)after);
	return command_done(c, r);
}

const struct command_row command_hears[] = {
	{ "hear", run_hear },
	{ NULL, NULL },
};
