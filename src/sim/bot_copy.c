/* SPDX-License-Identifier: MIT */
/* Forwarding messages, and sending copies of them. */
#include "base/attr.h"
#include "sim/bot_send.h"

enum { MANY_MAX = 100 };

static int find_source(struct bot_call *c, struct sim_history **ret)
{
	int64_t peer;

	return bot_find_history(
		c, bot_arg_int(c, "from_chat_id"), bot_arg_str(c, "from_chat_id"), &peer, ret);
}

static const struct tl_message *source_at(struct bot_call *c, struct sim_history *h, int64_t id)
{
	const union tl_Message *m = h && id > 0 && id <= INT32_MAX
		? sim_history_get(h, (int32_t)id, &c->arena)
		: NULL;

	return m && m->ctor == TL_message ? &m->message : NULL;
}

/* Who said it first. */
static const struct tl_messageFwdHeader *header_of(
	struct bot_call *c, struct sim_history *h, const struct tl_message *m)
{
	struct tl_messageFwdHeader *f;
	int64_t from;

	if (m->fwd_from)
		return m->fwd_from;
	f = SIM_NEW(&c->arena, messageFwdHeader);
	if (!f)
		return NULL;
	from = sim_peer_of(m->from_id);
	if (!from)
		from = h->chat ? h->peer : m->out ? c->bot->account->user->peer : h->peer;
	f->from_id = sim_tl_peer(c->world, from);
	f->date = m->date;
	if (h->chat && h->chat->kind == SIM_CHAT_CHANNEL) {
		f->has_channel_post = 1;
		f->channel_post = m->id;
		f->post_author = m->post_author;
	}
	return f;
}

static struct tl_message content_of(const struct tl_message *m)
{
	return (struct tl_message){
		.message = m->message,
		.entities = m->entities,
		.media = m->media,
		.has_media = m->media != NULL,
		.invert_media = m->invert_media,
	};
}

/* ---- forwarding ---- */

static int forward(struct bot_call *c, const struct bot_target *t, struct sim_history *h,
	const struct tl_message *m, struct sim_sent *ret)
{
	struct tl_message draft = content_of(m);

	draft.fwd_from = header_of(c, h, m);
	draft.has_fwd_from = 1;
	return draft.fwd_from ? bot_post(c, t, &draft, ret) : bot_no_memory(c);
}

static int run_forward(struct bot_call *c)
{
	const struct tobs_forward_message *args = c->args;
	const struct tl_message *m;
	struct sim_history *h;
	struct bot_target t;
	struct sim_sent sent;
	int r = bot_target_read(c, &t);

	if (!r)
		r = find_source(c, &h);
	if (r)
		return r;
	m = source_at(c, h, args->message_id);
	if (!m)
		return bot_fail(c, 400, "message to forward not found");
	if (m->noforwards)
		return bot_fail(c, 400, "message can't be forwarded");
	r = forward(c, &t, h, m, &sent);
	return r ? r : bot_result_message(c, sent.history, sent.id);
}

/* ---- copying ---- */

static int copy(struct bot_call *c, const struct bot_target *t, const struct tl_message *m,
	const struct bot_text *caption, struct sim_sent *ret)
{
	struct tl_message draft = content_of(m);

	if (caption && m->media) {
		draft.message = caption->text;
		draft.entities = caption->entities;
	}
	return bot_post(c, t, &draft, ret);
}

static int run_copy(struct bot_call *c)
{
	const struct tobs_copy_message *args = c->args;
	const struct tl_message *m;
	struct tobs_message_id result;
	struct sim_history *h;
	struct bot_target t;
	struct bot_text caption;
	struct sim_sent sent;
	int r = bot_target_read(c, &t);

	if (!r)
		r = find_source(c, &h);
	if (!r && args->caption)
		r = bot_text_read(
			c, args->caption, args->parse_mode, &args->caption_entities, &caption);
	if (r)
		return r;
	m = source_at(c, h, args->message_id);
	if (!m)
		return bot_fail(c, 400, "message to copy not found");
	if (m->noforwards)
		return bot_fail(c, 400, "message can't be copied");
	r = copy(c, &t, m, args->caption ? &caption : NULL, &sent);
	result.message_id = sent.id;
	return r ? r : bot_result(c, TOBS_TYPE_MESSAGE_ID, &result);
}

/* ---- several ---- */

/* Messages that cannot be found, forwarded or copied are passed over; the result is a list of ids. */
static int run_many(
	struct bot_call *c, const struct tobs_int_array *ids, bool forwards, bool remove_caption)
{
	const struct bot_text none = { .text = { NULL, 0 } };
	struct sim_history *h;
	struct bot_target t;
	struct sim_sent sent;
	size_t n = 0;
	int r = bot_target_read(c, &t);

	if (!r)
		r = find_source(c, &h);
	if (r)
		return r;
	if (!ids->count || ids->count > MANY_MAX)
		return bot_fail(c, 400,
			ids->count ? "too many messages to forward"
				   : "there are no messages to forward");
	for (size_t i = 1; i < ids->count; i++)
		if (ids->items[i] <= ids->items[i - 1])
			return bot_fail(c, 400,
				"message identifiers must be in a strictly increasing order");
	tobs_buf_putc(&c->out, '[');
	for (size_t i = 0; i < ids->count; i++) {
		const struct tl_message *m = source_at(c, h, ids->items[i]);

		if (!m || m->noforwards)
			continue;
		r = forwards ? forward(c, &t, h, m, &sent)
			     : copy(c, &t, m, remove_caption ? &none : NULL, &sent);
		if (r)
			return r;
		tobs_buf_printf(&c->out, "%s{\"message_id\":%d}", n++ ? "," : "", (int)sent.id);
	}
	tobs_buf_putc(&c->out, ']');
	return n ? TOBS_OK
		 : bot_fail(c, 400,
			   forwards ? "there are no messages to forward"
				    : "there are no messages to copy");
}

static int run_forward_many(struct bot_call *c)
{
	const struct tobs_forward_messages *args = c->args;

	return run_many(c, &args->message_ids, true, false);
}

static int run_copy_many(struct bot_call *c)
{
	const struct tobs_copy_messages *args = c->args;

	return run_many(c, &args->message_ids, false, args->remove_caption);
}

const struct bot_row bot_rows_copy[] = {
	{ TOBS_METHOD_FORWARD_MESSAGE, run_forward },
	{ TOBS_METHOD_FORWARD_MESSAGES, run_forward_many },
	{ TOBS_METHOD_COPY_MESSAGE, run_copy },
	{ TOBS_METHOD_COPY_MESSAGES, run_copy_many },
	{ 0, NULL },
};
