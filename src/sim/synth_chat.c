/* SPDX-License-Identifier: MIT */
/* Putting synthetic chats into a world. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "sim/synth.h"

enum {
	EIGHT_YEARS = 8 * 365 * 86400,
	USUAL_STEP = 300,
	USUAL_END = 1714564800, /* 2024-05-01, 12:00 UTC */
	WHOLE = 65536,
};

struct sim_account *sim_default_account(struct sim_world *w)
{
	struct sim_user_args args = { .first_name = TOBS_LIT("Robin"),
		.last_name = TOBS_LIT("Sample"),
		.phone = TOBS_LIT("+999 66 2 0001") };
	struct sim_account *a = NULL;
	struct sim_user *u = NULL;

	ARRAY_EACH (have, &w->accounts)
		if (!(*have)->user->tl->bot)
			return *have;
	if (sim_user_by_phone(w, args.phone))
		args.phone = tobs_str("");
	if (sim_user_add(w, &args, &u, NULL) ||
		sim_account_add(w, u, &(struct sim_account_args){ 0 }, &a, NULL))
		return NULL;
	return a;
}

/* ---- the source ---- */

static int32_t op_count(const struct sim_source *source, int32_t top)
{
	return synth_thread_count(source, top);
}

static int32_t op_date(const struct sim_source *source, int32_t index)
{
	return synth_date(synth_of(source), index);
}

static void op_facts(const struct sim_source *source, int32_t index, struct sim_facts *ret)
{
	static const uint32_t classes[SIM_MEDIA_KINDS] = { SIM_PHOTO, SIM_VIDEO, SIM_DOCUMENT,
		SIM_VOICE, SIM_MUSIC, SIM_STICKER, SIM_GIF };
	const struct synth *s = synth_of(source);
	struct synth_plan plan;

	synth_plan(s, index, &plan);
	*ret = (struct sim_facts){ .date = synth_date(s, index),
		.service = plan.service || plan.special };
	if (plan.media != SYNTH_NO_MEDIA)
		ret->classes = classes[plan.media];
	if (plan.service && s->common->spec.kind == SIM_SPEC_PRIVATE)
		ret->classes = SIM_PHONE_CALL;
	if (plan.copy_of >= 0)
		ret->from = s->posts->peer;
	else
		ret->from = synth_sender(s, &plan);
}

static int32_t op_copy_of(const struct sim_source *source, int32_t post_id)
{
	const struct synth *s = synth_of(source);
	int32_t index;

	if (s->role != SYNTH_DISCUSSION)
		return 0;
	index = synth_rank(synth_ids_of(s->posts), post_id);
	if (index < 1 || index >= s->posts->base.count ||
		synth_id(synth_ids_of(s->posts), index) != post_id)
		return 0;
	return (int32_t)synth_id(synth_ids_of(s), 1 + (index - 1) * (s->comments + 1));
}

static void op_free(struct sim_source *source)
{
	mem_free(source);
}

static const struct sim_source_ops ops = {
	.count = op_count,
	.rank = synth_thread_rank,
	.id = synth_thread_id,
	.date = op_date,
	.facts = op_facts,
	.copy_of = op_copy_of,
	.message = synth_message,
	.file = synth_file,
	.free = op_free,
};

/* ---- building ---- */

struct builder {
	struct sim_world *world;
	struct sim_account *owner;
	struct synth_common *common;
	int32_t stride; /* of ids of private chats and basic groups, which share them */
	struct tobs_err *err;
};

static int no_memory(struct builder *b)
{
	return tobs_fail(b->err, TOBS_ENOMEM, "no memory for a synthetic chat");
}

static int add_person(struct builder *b, uint64_t n, struct sim_user **ret)
{
	struct sim_user_args args = {
		.first_name = synth_first_name(sim_mix(b->common->spec.seed + n)),
		.last_name = synth_last_name(sim_mix(b->common->spec.seed ^ n << 20)),
	};

	return sim_user_add(b->world, &args, ret, b->err);
}

static int add_senders(struct builder *b)
{
	const struct sim_spec *spec = &b->common->spec;
	struct sim_user *u;
	int r;

	b->common->senders = TOBS_ARENA_ARRAY(
		&b->world->arena, (size_t)spec->senders, const union tl_Peer *);
	if (!b->common->senders)
		return no_memory(b);
	for (int32_t i = 0; i < spec->senders; i++) {
		/* The owner writes as well. */
		if (i == 0) {
			u = b->owner->user;
		} else {
			r = add_person(b, (uint64_t)i, &u);
			if (r)
				return r;
		}
		b->common->senders[i] = sim_tl_peer(b->world, u->peer);
		if (!b->common->senders[i])
			return no_memory(b);
	}
	return TOBS_OK;
}

static void set_times(struct synth *s)
{
	const struct sim_spec *spec = &s->common->spec;
	int64_t step = spec->step ? spec->step : USUAL_STEP;

	s->span = (int64_t)spec->messages * step;
	if (!spec->step)
		s->span = MIN(s->span, EIGHT_YEARS);
	if (spec->start)
		s->span = MIN(s->span, INT32_MAX - (int64_t)spec->start);
	s->start = spec->start ? spec->start : (int32_t)MAX(USUAL_END - s->span, 1);
	s->span = MAX(s->span, 1);
}

static int new_source(struct builder *b, enum synth_role role, int32_t count, uint64_t seed,
	int32_t first, struct synth **ret)
{
	const struct sim_spec *spec = &b->common->spec;
	struct synth *s = MEM_NEW(struct synth);
	int64_t last;

	if (!s || sim_source_own(b->world, &s->base)) {
		mem_free(s);
		return no_memory(b);
	}
	s->base.ops = &ops;
	s->base.count = count;
	s->common = b->common;
	s->role = role;
	s->seed = sim_mix(seed);
	s->serial = (uint32_t)b->world->sources.count;
	s->owner = b->owner->user->peer;
	s->tl_owner = sim_tl_peer(b->world, s->owner);
	s->reply = (int32_t)((spec->reply * SYNTH_REPLY_GROUP + WHOLE / 2) / WHOLE);
	s->reply = MIN(s->reply, SYNTH_REPLY_GROUP - 1);
	set_times(s);
	synth_ids_init(&s->ids, s->seed, spec->density, count, first, b->stride);
	last = synth_id(&s->ids, count - 1);
	if (last >= INT32_MAX || s->serial > UINT16_MAX)
		return tobs_fail(b->err, TOBS_EINVAL,
			"synthetic: ids would grow to %lld; allowed is less than 2^31",
			(long long)last);
	s->base.last_id = (int32_t)last;
	*ret = s;
	return TOBS_OK;
}

static const char *title_of(struct builder *b, int32_t k)
{
	static const char *const words[] = { "chat", "group", "supergroup", "forum", "channel" };
	const struct sim_spec *spec = &b->common->spec;
	struct tobs_arena *arena = &b->world->arena;

	if (spec->title[0])
		return spec->chats == 1 ? tobs_arena_strdup(arena, spec->title)
					: tobs_arena_printf(arena, "%s %d", spec->title, k + 1);
	return tobs_arena_printf(arena, "Synthetic %s %d", words[spec->kind], k + 1);
}

static int add_topics(struct builder *b, struct synth *s, struct sim_chat *c)
{
	static const int32_t colours[] = { 0x6fb9f0, 0xffd67e, 0xcb86db, 0x8eee98, 0xff93b2,
		0xfb6f5f };

	if (synth_topics_init(s, &b->world->arena))
		return no_memory(b);
	for (int32_t t = 1; t < s->topics; t++) {
		struct sim_topic topic = { .id = s->topic_ids[t],
			.date = synth_date(s, t),
			.icon_color = colours[t % (int32_t)ARRAY_LEN(colours)],
			.creator = s->owner };

		topic.title = tobs_str(tobs_arena_printf(&b->world->arena, "%.*s %d",
			TOBS_VIEW_FMT(synth_word(&s->common->words, (uint64_t)t)), (int)t));
		if (!topic.title.ptr || sim_topic_set(c, &topic))
			return no_memory(b);
	}
	return TOBS_OK;
}

static int add_members(struct builder *b, struct sim_chat *c)
{
	const struct sim_spec *spec = &b->common->spec;

	for (int32_t i = 0; i < spec->senders; i++) {
		struct sim_member m = { .user_id = sim_peer_of(b->common->senders[i]),
			.role = i ? SIM_MEMBER : SIM_CREATOR,
			.date = c->kind == SIM_CHAT_GROUP ? c->tl.group->date
							  : c->tl.channel->date };

		/* Readers of a channel are counted, but only its owner is known. */
		if (spec->kind == SIM_SPEC_CHANNEL && i)
			break;
		if (sim_member_set(c, &m))
			return no_memory(b);
	}
	if (spec->kind == SIM_SPEC_CHANNEL)
		c->more_members = spec->senders * 10;
	return TOBS_OK;
}

static int read_all(struct builder *b, int64_t peer)
{
	struct sim_dialog *d;

	if (sim_dialog_open(b->owner, peer, &d))
		return no_memory(b);
	d->read_inbox_max_id = d->read_outbox_max_id = sim_history_top(d->history);
	return TOBS_OK;
}

/* A private chat or basic group: its ids lie between those of the other chats of the spec. */
static int add_boxed(struct builder *b, int32_t k, int32_t first, int64_t *ret_peer)
{
	const struct sim_spec *spec = &b->common->spec;
	struct sim_history *h;
	struct synth *s;
	struct sim_user *u;
	struct sim_chat *c;
	int r = new_source(b, SYNTH_CHAT, spec->messages, spec->seed + (uint64_t)k, first + k, &s);

	if (r)
		return r;
	s->title = title_of(b, k);
	if (!s->title)
		return no_memory(b);
	if (spec->kind == SIM_SPEC_PRIVATE) {
		r = add_person(b, 1000000 + (uint64_t)k, &u);
		if (r)
			return r;
		*ret_peer = u->peer;
	} else {
		struct sim_chat_args args = {
			.kind = SIM_CHAT_GROUP, .title = tobs_str(s->title), .date = s->start
		};

		r = sim_chat_add(b->world, &args, &c, b->err);
		if (!r)
			r = add_members(b, c);
		if (r)
			return r;
		*ret_peer = c->peer;
	}
	s->peer = *ret_peer;
	s->tl_peer = sim_tl_peer(b->world, s->peer);
	if (!s->tl_peer || sim_history_open(b->owner, s->peer, &h) ||
		sim_history_source(h, &s->base))
		return no_memory(b);
	return read_all(b, s->peer);
}

static int new_channel(struct builder *b, struct synth *s, enum sim_chat_kind kind,
	const char *title, const char *username, struct sim_chat **ret)
{
	struct sim_chat_args args = { .kind = kind,
		.title = tobs_str(title),
		.date = s->start,
		.username = tobs_str(username),
		.forum = b->common->spec.kind == SIM_SPEC_FORUM && kind == SIM_CHAT_SUPERGROUP };
	int r;

	if (!title || !username)
		return no_memory(b);
	r = sim_chat_add(b->world, &args, ret, b->err);
	if (r)
		return r;
	s->title = title;
	s->peer = (*ret)->peer;
	s->tl_peer = sim_tl_peer(b->world, s->peer);
	if (!s->tl_peer || sim_history_source((*ret)->history, &s->base))
		return no_memory(b);
	r = s->common->spec.kind == SIM_SPEC_FORUM ? add_topics(b, s, *ret) : TOBS_OK;
	if (!r)
		r = add_members(b, *ret);
	return r ? r : read_all(b, s->peer);
}

static int add_discussion(
	struct builder *b, struct synth *posts, struct sim_chat *channel, const char *username)
{
	const struct sim_spec *spec = &b->common->spec;
	struct tobs_arena *arena = &b->world->arena;
	int64_t count = 1 + (int64_t)(spec->messages - 1) * (spec->comments + 1);
	struct sim_chat *group;
	struct synth *s;
	int r;

	if (count >= INT32_MAX)
		return tobs_fail(b->err, TOBS_EINVAL,
			"synthetic: %lld comments; allowed are less than 2^31", (long long)count);
	r = new_source(b, SYNTH_DISCUSSION, (int32_t)count, posts->seed ^ 0x5a5a, 1, &s);
	if (r)
		return r;
	s->posts = posts;
	s->comments = spec->comments;
	s->start = posts->start;
	r = new_channel(b, s, SIM_CHAT_SUPERGROUP,
		tobs_arena_printf(arena, "%s: comments", posts->title),
		tobs_arena_printf(arena, "%s_talk", username), &group);
	if (!r)
		sim_link(channel, group);
	return r;
}

static int add_channel(struct builder *b, int32_t k, int64_t *ret_peer)
{
	const struct sim_spec *spec = &b->common->spec;
	struct tobs_arena *arena = &b->world->arena;
	const char *username = spec->name[0]
		? tobs_arena_printf(arena, "%s_%d", spec->name, k + 1)
		: tobs_arena_printf(arena, "synth_%llu_%d", (unsigned long long)spec->seed, k + 1);
	struct sim_chat *c;
	struct synth *s;
	int r = new_source(b, SYNTH_CHAT, spec->messages, spec->seed + (uint64_t)k, 1, &s);

	if (r)
		return r;
	r = new_channel(b, s,
		spec->kind == SIM_SPEC_CHANNEL ? SIM_CHAT_CHANNEL : SIM_CHAT_SUPERGROUP,
		title_of(b, k), username, &c);
	if (r)
		return r;
	*ret_peer = c->peer;
	return spec->comments >= 0 ? add_discussion(b, s, c, username) : TOBS_OK;
}

int sim_synthetic_add(struct sim_world *w, struct sim_account *owner, const struct sim_spec *spec,
	const int64_t **ret_peers, struct tobs_err *err)
{
	bool boxed = spec->kind == SIM_SPEC_PRIVATE || spec->kind == SIM_SPEC_GROUP;
	struct builder b = { .world = w, .owner = owner, .err = err, .stride = 1 };
	int64_t *peers = TOBS_ARENA_ARRAY(&w->arena, (size_t)spec->chats, int64_t);
	int32_t first;
	int r;

	if (!b.owner)
		b.owner = sim_default_account(w);
	b.common = TOBS_ARENA_NEW(&w->arena, struct synth_common);
	if (!b.owner || !b.common || !peers)
		return no_memory(&b);
	b.common->spec = *spec;
	b.common->world = w;
	synth_words_init(&b.common->words, spec->scripts);
	r = add_senders(&b);
	first = b.owner->box.last_id + 1;
	if (boxed)
		b.stride = spec->chats;
	for (int32_t k = 0; k < spec->chats && !r; k++)
		r = boxed ? add_boxed(&b, k, first, &peers[k]) : add_channel(&b, k, &peers[k]);
	if (!r && ret_peers)
		*ret_peers = peers;
	return r;
}
