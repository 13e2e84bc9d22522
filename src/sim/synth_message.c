/* SPDX-License-Identifier: MIT */
/* One synthetic message: what it is (the plan), when, and then all of it. */
#include "base/attr.h"
#include "sim/synth.h"

/* ---- plans ---- */

/* Whether a share of 65536 takes the 16 bits of `h` from `shift` on. */
static bool chance(uint64_t h, int shift, uint32_t share)
{
	return (h >> shift & 0xffff) < share;
}

static int media_kind(uint32_t kinds, uint32_t dice)
{
	/* Out of 256, as busy groups have them. */
	static const uint8_t often[SIM_MEDIA_KINDS] = { 128, 36, 20, 24, 12, 24, 12 };
	uint32_t all = 0;

	for (int k = 0; k < SIM_MEDIA_KINDS; k++)
		all += kinds >> k & 1 ? often[k] : 0;
	dice = dice * all >> 16;
	for (int k = 0;; k++) {
		uint32_t here = kinds >> k & 1 ? often[k] : 0;

		if (dice < here)
			return k;
		dice -= here;
	}
}

static int32_t pick_sender(const struct synth *s, uint32_t dice)
{
	if (s->common->spec.kind == SIM_SPEC_PRIVATE)
		return (int32_t)(dice & 1);
	/* The square makes some people write much more than others. */
	return (int32_t)((uint64_t)dice * dice * (uint64_t)s->common->spec.senders >> 32);
}

static bool is_special(const struct synth *s, int32_t index)
{
	if (s->common->spec.kind == SIM_SPEC_PRIVATE)
		return false;
	return index < MAX(s->topics, 1);
}

void synth_plan(const struct synth *s, int32_t index, struct synth_plan *ret)
{
	const struct sim_spec *spec = &s->common->spec;
	struct prng dice;
	uint64_t a, b, c;

	ret->copy_of = -1;
	if (s->role == SYNTH_DISCUSSION && index > 0 && (index - 1) % (s->comments + 1) == 0) {
		/* The creation of the channel is no post. */
		synth_plan(s->posts, (index - 1) / (s->comments + 1) + 1, ret);
		ret->copy_of = (index - 1) / (s->comments + 1) + 1;
		return;
	}
	dice.state = s->seed ^ (uint64_t)index * 0x9e6c63d0876a9a47;
	a = prng_next(&dice);
	b = prng_next(&dice);
	c = prng_next(&dice);
	ret->special = is_special(s, index);
	ret->service = !ret->special && s->common->spec.comments < 0 && chance(a, 0, spec->service);
	ret->media = SYNTH_NO_MEDIA;
	if (!ret->special && !ret->service && chance(a, 16, spec->media))
		ret->media = (int16_t)media_kind(spec->media_kinds, (uint32_t)(b & 0xffff));
	ret->reactions = chance(a, 32, spec->reactions);
	ret->edited = chance(a, 48, spec->edits);
	ret->sender = pick_sender(s, (uint32_t)(b >> 16 & 0xffff));
	ret->forwarded = chance(b, 32, spec->forwards);
	ret->entities = chance(b, 48, spec->entities);
	ret->units = spec->text_min +
		(int32_t)((c >> 32) * (uint64_t)(spec->text_max - spec->text_min + 1) >> 32);
	ret->dice = dice;
}

/* ---- dates ---- */

int32_t synth_date(const struct synth *s, int32_t index)
{
	uint64_t within;

	if (s->role == SYNTH_DISCUSSION && index > 0) {
		int32_t post = (index - 1) / (s->comments + 1), k = (index - 1) % (s->comments + 1);
		int32_t from = synth_date(s->posts, post + 1);
		int32_t to = post + 2 < s->posts->base.count ? synth_date(s->posts, post + 2)
							     : from + 3600;

		return from + (int32_t)((int64_t)(to - from) * k / (s->comments + 1));
	}
	/* Message i lies somewhere in the i-th of `count` equal parts of the span. */
	within = sim_mix(s->seed + (uint64_t)index) % (uint64_t)s->span;
	return s->start + (int32_t)(((int64_t)index * s->span + (int64_t)within) / s->base.count);
}

/* ---- the parts of a message ---- */

static const union tl_Peer *sender_of(const struct synth *s, const struct synth_plan *plan)
{
	if (s->common->spec.kind == SIM_SPEC_CHANNEL && s->role == SYNTH_CHAT)
		return NULL;
	if (s->common->spec.kind == SIM_SPEC_PRIVATE)
		return plan->sender ? s->tl_peer : s->tl_owner;
	return s->common->senders[plan->sender];
}

int64_t synth_sender(const struct synth *s, const struct synth_plan *plan)
{
	return sim_peer_of(sender_of(s, plan));
}

static bool is_out(const struct synth *s, const struct synth_plan *plan)
{
	if (s->common->spec.kind == SIM_SPEC_PRIVATE)
		return plan->sender == 0;
	return s->common->spec.kind == SIM_SPEC_GROUP &&
		sim_peer_of(s->common->senders[plan->sender]) == s->owner;
}

static const union tl_MessageReplyHeader *reply_header(
	const struct synth_answer *answer, struct tobs_arena *arena)
{
	struct tl_messageReplyHeader *r = SIM_NEW(arena, messageReplyHeader);

	if (!r)
		return NULL;
	r->has_reply_to_msg_id = 1;
	r->reply_to_msg_id = answer->to;
	if (answer->top) {
		r->has_reply_to_top_id = 1;
		r->reply_to_top_id = answer->top;
	}
	r->forum_topic = answer->in_topic;
	return (const void *)r;
}

static const struct tl_messageReactions *reactions(struct prng *dice, struct tobs_arena *arena)
{
	static const struct tl_reactionEmoji emoji[] = {
		{ TL_reactionEmoji, TOBS_LIT("👍") },
		{ TL_reactionEmoji, TOBS_LIT("❤") },
		{ TL_reactionEmoji, TOBS_LIT("🔥") },
		{ TL_reactionEmoji, TOBS_LIT("😁") },
		{ TL_reactionEmoji, TOBS_LIT("🙏") },
	};
	uint64_t d = prng_next(dice);
	uint32_t n = 1 + (uint32_t)(d & 3) / 2;
	struct tl_messageReactions *all = SIM_NEW(arena, messageReactions);
	struct tl_reactionCount *counts = TOBS_ARENA_ARRAY(arena, n, struct tl_reactionCount);
	const struct tl_reactionCount **items = TOBS_ARENA_ARRAY(
		arena, n, const struct tl_reactionCount *);

	if (!all || !counts || !items)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		counts[i].ctor = TL_reactionCount;
		counts[i].reaction = (const void *)&emoji[((d >> 2 & 0xff) + i) % ARRAY_LEN(emoji)];
		counts[i].count = 1 + (int32_t)(d >> (16 + 8 * i) & 15) * (i ? 1 : 3);
		items[i] = &counts[i];
	}
	all->results = (struct tl_vec_ReactionCount){ n, items };
	return all;
}

/* What is pointed at as a union is aligned like one. */
union entity {
	struct tl_messageEntityBold bold; /* all that are used have the fields of this one */
	int64_t aligned;
};

/* Only such as add nothing to what is searched for (no links): facts are known without a text. */
static bool entities(
	const struct synth_spans *spans, uint64_t d, struct tl_message *m, struct tobs_arena *arena)
{
	static const uint32_t kinds[] = { TL_messageEntityBold, TL_messageEntityItalic,
		TL_messageEntityUnderline, TL_messageEntityStrike, TL_messageEntityCode,
		TL_messageEntitySpoiler, TL_messageEntityBold, TL_messageEntityItalic };
	union entity *room = TOBS_ARENA_ARRAY(arena, spans->count, union entity);
	const union tl_MessageEntity **items = TOBS_ARENA_ARRAY(
		arena, spans->count, const union tl_MessageEntity *);
	uint32_t n = 0;

	if (!room || !items)
		return false;
	for (uint32_t i = 0; i < spans->count; i++, d >>= 3) {
		if (!spans->items[i].length)
			continue;
		room[n].bold.ctor = kinds[d & 7];
		room[n].bold.offset = spans->items[i].offset;
		room[n].bold.length = spans->items[i].length;
		items[n] = (const void *)&room[n];
		n++;
	}
	if (n)
		m->entities = (struct tl_vec_MessageEntity){ n, items };
	return true;
}

static void plan_spans(struct synth_spans *spans, uint64_t d)
{
	uint32_t at = (uint32_t)(d & 3);

	spans->count = 1 + (uint32_t)(d >> 2 & 3);
	d >>= 4;
	for (uint32_t i = 0; i < spans->count; i++, d >>= 4) {
		spans->items[i].at = at;
		spans->items[i].words = 1 + (uint32_t)(d & 1);
		spans->items[i].length = 0;
		at += 3 + (uint32_t)(d >> 1 & 7);
	}
}

static bool set_text(const struct synth *s, struct synth_plan *plan, struct tl_message *m,
	struct tobs_arena *arena)
{
	struct synth_spans spans = { 0 };
	uint64_t d = 0;
	/* Files often come without words; stickers and round things always do. */
	bool silent = plan->media == SIM_MEDIA_STICKER || plan->media == SIM_MEDIA_VOICE ||
		(plan->media != SYNTH_NO_MEDIA && plan->units % 3 == 0);

	if (silent || plan->units == 0) {
		m->message = tobs_str("");
		return true;
	}
	if (plan->entities) {
		d = prng_next(&plan->dice);
		plan_spans(&spans, d);
	}
	if (!synth_text(&s->common->words, &plan->dice, plan->units, &spans, arena, &m->message))
		return false;
	return !plan->entities || entities(&spans, d >> 32, m, arena);
}

static bool set_forward(const struct synth *s, const struct synth_plan *plan, struct tl_message *m,
	struct tobs_arena *arena)
{
	struct tl_messageFwdHeader *f = SIM_NEW(arena, messageFwdHeader);

	if (!f)
		return false;
	f->date = m->date - 3600;
	/* Every other author hides the account. */
	if (plan->sender % 2 || s->common->spec.kind == SIM_SPEC_PRIVATE)
		f->from_name = synth_first_name((uint64_t)plan->units);
	else
		f->from_id = s->common->senders[plan->units % s->common->spec.senders];
	m->fwd_from = f;
	return true;
}

static void set_post(const struct synth *s, int32_t index, struct tl_message *m)
{
	m->post = 1;
	m->has_views = 1;
	m->views = 100 + (int32_t)(sim_mix(s->seed ^ (uint64_t)index) % 50000);
	m->forwards = m->views / 97;
}

static union tl_Message *make_text(
	const struct synth *s, int32_t index, struct synth_plan *plan, struct tobs_arena *arena)
{
	struct tl_message *m = SIM_NEW(arena, message);
	struct synth_answer answer;

	if (!m)
		return NULL;
	m->id = (int32_t)synth_id(synth_ids_of(s), index);
	m->date = synth_date(s, index);
	m->from_id = sender_of(s, plan);
	m->peer_id = s->tl_peer;
	m->out = is_out(s, plan);
	if (plan->copy_of < 0 && synth_reply(s, index, plan, &answer)) {
		m->reply_to = reply_header(&answer, arena);
		if (!m->reply_to)
			return NULL;
	}
	if (plan->media != SYNTH_NO_MEDIA) {
		m->media = synth_media(s, index, plan, arena);
		if (!m->media)
			return NULL;
	}
	if (!set_text(s, plan, m, arena))
		return NULL;
	if (plan->reactions && !(m->reactions = reactions(&plan->dice, arena)))
		return NULL;
	if (plan->forwarded && !set_forward(s, plan, m, arena))
		return NULL;
	if (plan->edited) {
		m->has_edit_date = 1;
		m->edit_date = m->date + 60 + plan->units;
	}
	if (s->common->spec.kind == SIM_SPEC_CHANNEL && s->role == SYNTH_CHAT)
		set_post(s, index, m);
	return (void *)m;
}

/* ---- service messages ---- */

static const void *create_chat(const struct synth *s, struct tobs_arena *arena)
{
	struct tl_messageActionChatCreate *group;
	struct tl_messageActionChannelCreate *channel;

	if (s->common->spec.kind == SIM_SPEC_GROUP) {
		group = SIM_NEW(arena, messageActionChatCreate);
		if (group)
			group->title = tobs_str(s->title);
		return group;
	}
	channel = SIM_NEW(arena, messageActionChannelCreate);
	if (channel)
		channel->title = tobs_str(s->title);
	return channel;
}

static const void *create_topic(const struct synth *s, int32_t topic, struct tobs_arena *arena)
{
	struct tl_messageActionTopicCreate *a = SIM_NEW(arena, messageActionTopicCreate);

	if (a) {
		a->title =
			sim_topic(sim_chat(s->common->world, s->peer), s->topic_ids[topic])->title;
		a->icon_color = 0x6fb9f0;
	}
	return a;
}

static const void *other_action(
	const struct synth *s, const struct synth_plan *plan, struct tobs_arena *arena)
{
	struct tl_messageActionChatAddUser *add;
	struct tl_messageActionPhoneCall *call;
	int64_t *users;

	if (s->common->spec.kind == SIM_SPEC_PRIVATE) {
		call = SIM_NEW(arena, messageActionPhoneCall);
		if (call) {
			call->call_id = (int64_t)(plan->dice.state >> 1);
			call->has_duration = 1;
			call->duration = plan->units;
		}
		return call;
	}
	if (s->common->spec.kind == SIM_SPEC_CHANNEL || plan->units % 2)
		return SIM_NEW(arena, messageActionPinMessage);
	add = SIM_NEW(arena, messageActionChatAddUser);
	users = TOBS_ARENA_ARRAY(arena, 1, int64_t);
	if (!add || !users)
		return NULL;
	users[0] = sim_peer_of(s->common->senders[plan->sender]);
	add->users = (struct tl_vec_long){ 1, users };
	return add;
}

static union tl_Message *make_service(const struct synth *s, int32_t index,
	const struct synth_plan *plan, struct tobs_arena *arena)
{
	struct tl_messageService *m = SIM_NEW(arena, messageService);
	struct synth_answer answer = { 0 };
	const union tl_MessageAction *action;
	bool reply;

	if (!m)
		return NULL;
	m->id = (int32_t)synth_id(synth_ids_of(s), index);
	m->date = synth_date(s, index);
	m->from_id = sender_of(s, plan);
	m->peer_id = s->tl_peer;
	m->out = is_out(s, plan);
	m->post = s->common->spec.kind == SIM_SPEC_CHANNEL && s->role == SYNTH_CHAT;
	action = !plan->special ? other_action(s, plan, arena)
		: index         ? create_topic(s, index, arena)
				: create_chat(s, arena);
	m->action = action;
	if (!action)
		return NULL;
	reply = !plan->special && s->topics && synth_reply(s, index, plan, &answer);
	if (!reply && action->ctor == TL_messageActionPinMessage && index) {
		answer.to = (int32_t)synth_id(synth_ids_of(s), index - 1);
		reply = true;
	}
	if (reply && !(m->reply_to = reply_header(&answer, arena)))
		return NULL;
	return (void *)m;
}

/* ---- copies of posts in a discussion group ---- */

static union tl_Message *make_copy(const struct synth *s, int32_t index,
	const struct synth_plan *plan, struct tobs_arena *arena)
{
	union tl_Message *m = synth_message(&s->posts->base, plan->copy_of, arena);
	struct tl_messageFwdHeader *f = SIM_NEW(arena, messageFwdHeader);

	if (!m || !f)
		return NULL;
	f->from_id = f->saved_from_peer = s->posts->tl_peer;
	f->date = m->message.date;
	f->has_channel_post = 1;
	f->channel_post = f->saved_from_msg_id = m->message.id;
	m->message.id = (int32_t)synth_id(synth_ids_of(s), index);
	m->message.date = synth_date(s, index);
	m->message.fwd_from = f;
	m->message.from_id = s->posts->tl_peer;
	m->message.peer_id = s->tl_peer;
	m->message.post = 0;
	m->message.reactions = NULL;
	return m;
}

union tl_Message *synth_message(
	const struct sim_source *source, int32_t index, struct tobs_arena *arena)
{
	const struct synth *s = synth_of(source);
	struct synth_plan plan;

	synth_plan(s, index, &plan);
	if (plan.copy_of >= 0)
		return make_copy(s, index, &plan, arena);
	if (plan.special || plan.service)
		return make_service(s, index, &plan, arena);
	return make_text(s, index, &plan, arena);
}
