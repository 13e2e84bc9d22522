/* SPDX-License-Identifier: MIT */
/*
 * Who answers whom, in a way that can be asked from both ends.
 *
 * Topics and replies are dealt out like cards: messages fall into groups, a
 * permutation picked by the group's number shuffles each, and the shuffled slot
 * of a message decides. Slots of the first few answer messages of the group
 * before, each a certain slot of those that do not answer themselves, so the
 * answers to a message are found in one place. In a forum, each topic has a
 * range of slots, the same number in every group, so what stands in front of a
 * message in its topic is known without looking at other groups.
 */
#include <stdlib.h>

#include "base/attr.h"
#include "sim/synth.h"

/* ---- permutations of 0 … size-1, size a power of two ---- */

struct shuffle {
	uint32_t times, back, plus, shift, mask;
};

static struct shuffle shuffle_of(uint64_t seed, int32_t group, int32_t size)
{
	uint64_t key = sim_mix(seed ^ (uint64_t)group * 0xd6e8feb86659fd93);
	struct shuffle p = { .mask = (uint32_t)size - 1 };
	int bits = __builtin_ctz((unsigned)size);

	p.times = (uint32_t)(key | 1);
	p.plus = (uint32_t)(key >> 32);
	p.shift = (uint32_t)(bits + 1) / 2;
	/* The inverse of an odd number modulo 2^32, by Newton: each step doubles the right bits. */
	p.back = p.times;
	for (int i = 0; i < 4; i++)
		p.back *= 2 - p.times * p.back;
	return p;
}

static uint32_t shuffle(const struct shuffle *p, uint32_t n)
{
	n = (n * p->times + p->plus) & p->mask;
	return n ^ n >> p->shift;
}

static uint32_t unshuffle(const struct shuffle *p, uint32_t n)
{
	/* Shifted by half the bits or more, the second time takes back the first. */
	n ^= n >> p->shift;
	return (n - p->plus) * p->back & p->mask;
}

/* ---- topics ---- */

int synth_topics_init(struct synth *s, struct tobs_arena *arena)
{
	int32_t n = s->common->spec.topics, left;

	s->topics = n;
	s->group = SYNTH_REPLY_GROUP;
	while (s->group < 2 * n)
		s->group *= 2;
	s->before = TOBS_ARENA_ARRAY(arena, (size_t)n + 1, int32_t);
	s->topic_ids = TOBS_ARENA_ARRAY(arena, (size_t)n, int32_t);
	if (!s->before || !s->topic_ids)
		return TOBS_ENOMEM;
	/* One slot each, the rest to the first topics: General gets half of what is left, and so on. */
	left = s->group - n;
	for (int32_t t = 0; t < n; t++) {
		int32_t more = t + 1 < n ? (left + 1) / 2 : left;

		s->before[t + 1] = s->before[t] + 1 + more;
		left -= more;
		s->topic_ids[t] = t ? (int32_t)synth_id(&s->ids, t) : SIM_GENERAL_TOPIC;
	}
	return TOBS_OK;
}

/* Message t creates topic t (0: the chat, with General); the others are dealt out. */
int32_t synth_topic_of(const struct synth *s, int32_t index)
{
	struct shuffle p;
	int32_t slot, low = 0, high = s->topics - 1;

	if (index < s->topics)
		return index;
	index -= s->topics;
	p = shuffle_of(s->seed, index / s->group, s->group);
	slot = (int32_t)shuffle(&p, (uint32_t)(index % s->group));
	while (low < high) {
		int32_t mid = low + (high - low) / 2;

		if (s->before[mid + 1] <= slot)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int ascending(const void *left, const void *right)
{
	return (*(const int32_t *)left > *(const int32_t *)right) -
		(*(const int32_t *)left < *(const int32_t *)right);
}

/* The messages of a topic in front of message `index`. */
static int32_t topic_rank(const struct synth *s, int32_t topic, int32_t index)
{
	int32_t each = s->before[topic + 1] - s->before[topic], rank, within;
	struct shuffle p;

	if (index <= s->topics)
		return index > topic;
	index -= s->topics;
	rank = 1 + index / s->group * each;
	within = index % s->group;
	p = shuffle_of(s->seed, index / s->group, s->group);
	for (int32_t k = 0; within && k < each; k++)
		rank += (int32_t)unshuffle(&p, (uint32_t)(s->before[topic] + k)) < within;
	return rank;
}

/* The index of the n-th message of a topic. */
static int32_t topic_index(const struct synth *s, int32_t topic, int32_t n)
{
	int32_t each = s->before[topic + 1] - s->before[topic], group;
	int32_t small[256], *places = small, index;
	struct shuffle p;

	if (n == 0)
		return topic;
	group = (n - 1) / each;
	p = shuffle_of(s->seed, group, s->group);
	/* General of a forum with many topics has more than 256 slots: half of them all. */
	if (each > (int32_t)ARRAY_LEN(small)) {
		int32_t within = (n - 1) % each, i = 0;

		for (;; i++) {
			int32_t slot = (int32_t)shuffle(&p, (uint32_t)i);

			if (slot >= s->before[topic] && slot < s->before[topic + 1] &&
				within-- == 0)
				return s->topics + group * s->group + i;
		}
	}
	for (int32_t k = 0; k < each; k++)
		places[k] = (int32_t)unshuffle(&p, (uint32_t)(s->before[topic] + k));
	qsort(places, (size_t)each, sizeof *places, ascending);
	index = s->topics + group * s->group + places[(n - 1) % each];
	return index;
}

static int32_t topic_named(const struct synth *s, int32_t id)
{
	int32_t low = 0, high = s->topics;

	while (low < high) {
		int32_t mid = low + (high - low) / 2;

		if (s->topic_ids[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->topics && s->topic_ids[low] == id ? low : -1;
}

/* ---- answers in ordinary groups ---- */

/* The slot of a message in its group of SYNTH_REPLY_GROUP. */
static int32_t reply_slot(const struct synth *s, int32_t index)
{
	struct shuffle p = shuffle_of(~s->seed, index / SYNTH_REPLY_GROUP, SYNTH_REPLY_GROUP);

	return (int32_t)shuffle(&p, (uint32_t)(index % SYNTH_REPLY_GROUP));
}

static int32_t at_reply_slot(const struct synth *s, int32_t group, int32_t slot)
{
	struct shuffle p = shuffle_of(~s->seed, group, SYNTH_REPLY_GROUP);

	return group * SYNTH_REPLY_GROUP + (int32_t)unshuffle(&p, (uint32_t)slot);
}

/* The index of the message that message `index` answers, or -1. */
static int32_t answered(const struct synth *s, int32_t index, const struct synth_plan *plan)
{
	int32_t slot = reply_slot(s, index), group = index / SYNTH_REPLY_GROUP;

	if (slot >= s->reply || group == 0 || plan->service || plan->special)
		return -1;
	return at_reply_slot(s, group - 1, s->reply + slot % (SYNTH_REPLY_GROUP - s->reply));
}

/* The answers to message `index`, ascending; at most SYNTH_REPLY_GROUP. */
static int32_t answers(const struct synth *s, int32_t index, int32_t *ret)
{
	int32_t slot = reply_slot(s, index) - s->reply, group = index / SYNTH_REPLY_GROUP, n = 0;

	if (slot < 0)
		return 0;
	for (; slot < s->reply; slot += SYNTH_REPLY_GROUP - s->reply) {
		int32_t from = at_reply_slot(s, group + 1, slot);
		struct synth_plan plan;

		if (from >= s->base.count)
			continue;
		synth_plan(s, from, &plan);
		if (!plan.service && !plan.special)
			ret[n++] = from;
	}
	qsort(ret, (size_t)n, sizeof *ret, ascending);
	return n;
}

/* ---- a thread of any kind, as a sequence of indices ---- */

struct thread {
	int32_t topic; /* ≥ 0: in a forum */
	int32_t first; /* ≥ 0: of a run of comments */
	int32_t count;
	int32_t answers[SYNTH_REPLY_GROUP]; /* otherwise */
};

static void find_thread(const struct synth *s, int32_t top, struct thread *t)
{
	int32_t index;

	t->topic = t->first = -1;
	t->count = 0;
	if (s->topics) {
		t->topic = topic_named(s, top);
		if (t->topic >= 0)
			t->count = topic_rank(s, t->topic, s->base.count);
		return;
	}
	index = synth_rank(synth_ids_of(s), top);
	if (index >= s->base.count || synth_id(synth_ids_of(s), index) != top)
		return;
	if (s->role == SYNTH_DISCUSSION) {
		if (index > 0 && (index - 1) % (s->comments + 1) == 0) {
			t->first = index + 1;
			t->count = s->comments;
		}
		return;
	}
	if (s->common->spec.kind == SIM_SPEC_SUPERGROUP && s->reply)
		t->count = answers(s, index, t->answers);
}

static int32_t thread_index(const struct synth *s, const struct thread *t, int32_t n)
{
	return t->topic >= 0    ? topic_index(s, t->topic, n)
		: t->first >= 0 ? t->first + n
				: t->answers[n];
}

int32_t synth_thread_count(const struct sim_source *source, int32_t top)
{
	struct thread t;

	if (!top)
		return source->count;
	find_thread(synth_of(source), top, &t);
	return t.count;
}

int32_t synth_thread_rank(const struct sim_source *source, int32_t top, int32_t id)
{
	const struct synth *s = synth_of(source);
	int32_t index = synth_rank(synth_ids_of(s), id), n = 0;
	struct thread t;

	if (!top)
		return index;
	find_thread(s, top, &t);
	if (t.topic >= 0)
		return topic_rank(s, t.topic, index);
	if (t.first >= 0)
		return MIN(MAX(index - t.first, 0), t.count);
	while (n < t.count && t.answers[n] < index)
		n++;
	return n;
}

int32_t synth_thread_id(const struct sim_source *source, int32_t top, int32_t index)
{
	const struct synth *s = synth_of(source);
	struct thread t;

	if (top) {
		find_thread(s, top, &t);
		index = thread_index(s, &t, index);
	}
	return (int32_t)synth_id(synth_ids_of(s), index);
}

/* ---- the header of a reply ---- */

static bool reply_in_topic(const struct synth *s, int32_t index, const struct synth_plan *plan,
	struct synth_answer *ret)
{
	int32_t topic = synth_topic_of(s, index), rank, to;
	bool answers_one = reply_slot(s, index) < s->reply && !plan->service;

	if (index < s->topics)
		return false;
	ret->in_topic = topic > 0;
	if (!answers_one) {
		/* Messages of a topic say that they belong to it; those of General do not. */
		ret->to = s->topic_ids[topic];
		ret->top = 0;
		return ret->in_topic;
	}
	rank = topic_rank(s, topic, index);
	to = topic_index(s, topic, MAX(rank - 1 - (int32_t)(plan->dice.state & 15), 0));
	ret->to = (int32_t)synth_id(synth_ids_of(s), to);
	/* An answer within General looks like one in any group. */
	ret->top = topic > 0 && ret->to != s->topic_ids[topic] ? s->topic_ids[topic] : 0;
	return true;
}

static bool reply_to_post(const struct synth *s, int32_t index, struct synth_answer *ret)
{
	int32_t within = (index - 1) % (s->comments + 1);
	int32_t top = (int32_t)synth_id(synth_ids_of(s), index - within);

	if (index == 0 || within == 0)
		return false;
	/* Every fourth comment answers the one before. */
	*ret = (struct synth_answer){ .to = top };
	if (within > 1 && within % 4 == 0) {
		ret->to = (int32_t)synth_id(synth_ids_of(s), index - 1);
		ret->top = top;
	}
	return true;
}

bool synth_reply(const struct synth *s, int32_t index, const struct synth_plan *plan,
	struct synth_answer *ret)
{
	int32_t to;

	if (s->role == SYNTH_DISCUSSION)
		return reply_to_post(s, index, ret);
	if (s->topics)
		return reply_in_topic(s, index, plan, ret);
	if (!s->reply)
		return false;
	to = answered(s, index, plan);
	if (to < 0)
		return false;
	*ret = (struct synth_answer){ .to = (int32_t)synth_id(synth_ids_of(s), to) };
	return true;
}
