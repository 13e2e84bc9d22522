/* SPDX-License-Identifier: MIT */
/* Conversations being put together. */
#include "bot/conv.h"

#include "bot/filter.h"
#include "rt/clock.h"

#define BIT(kind) ((uint32_t)1 << (kind))

int64_t conv_now(void)
{
	return clock_wall(rt_clock_source()) / 1000;
}

/* ---- The part ------------------------------------------------------------------------ */

static int open_set(struct tobs_bot *bot, void *user, struct tobs_err *err)
{
	static const struct tobs_fiber_options naming = { .name = "conversations" };
	struct conv_set *set = user;
	int r;

	(void)bot;
	tobs_group_init(&set->timer, 0);
	tobs_cond_init(&set->earlier);
	r = tobs_group_spawn(&set->timer, conv_timer, set, &naming);
	return r ? tobs_fail(err, r, "no fiber for time-outs") : TOBS_OK;
}

static void close_set(struct tobs_bot *bot, void *user)
{
	struct conv_set *set = user;

	(void)bot;
	tobs_group_cancel(&set->timer);
	(void)tobs_group_wait(&set->timer);
}

/* The first that the supergroup hears is which group it was. */
static int prepare(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_message *m = ctx->update->message;

	return m && m->migrate_from_chat_id
		? conv_move(user, m->migrate_from_chat_id, tobs_chat_id(ctx))
		: TOBS_OK;
}

static int commit(struct tobs_ctx *ctx, int result, void *user)
{
	int r = TOBS_OK;

	(void)user;
	for (struct conv_run *run = ctx->convs; run && !r; run = run->next) {
		bool failed = result < 0 || run->result < 0;

		/* What failed changes nothing, but that time has passed. */
		if (!failed || run->over)
			r = conv_stage(ctx, run);
	}
	return r;
}

static void done(struct tobs_ctx *ctx, int kept, void *user)
{
	struct conv_set *set = user;

	while (ctx->convs) {
		struct conv_run *run = ctx->convs;

		if (!kept && run->depth && run->new_due && run->new_due < set->fresh) {
			set->fresh = run->new_due;
			tobs_cond_signal(&set->earlier);
		}
		conv_leave(ctx, run);
	}
}

static void free_steps(conv_steps *steps)
{
	ARRAY_EACH (step, steps)
		tobs_filter_free(step->filter);
	ARRAY_DEINIT(steps);
}

static void free_state(struct conv_state *state)
{
	free_steps(&state->steps);
	ARRAY_EACH (m, &state->map) {
		mem_free(m->result);
		mem_free(m->state);
	}
	ARRAY_DEINIT(&state->map);
	mem_free(state);
}

static void free_conv(struct tobs_conv *c)
{
	free_steps(&c->entries);
	free_steps(&c->fallbacks);
	ARRAY_EACH (state, &c->states)
		free_state(*state);
	ARRAY_DEINIT(&c->states);
	mem_free(c);
}

static void free_set(void *user)
{
	struct conv_set *set = user;

	ARRAY_EACH (c, &set->convs)
		free_conv(*c);
	ARRAY_DEINIT(&set->convs);
	SMAP_EACH(slot, &set->flying)
	{
		mem_free(slot->value);
	}
	smap_deinit(&set->flying);
	smap_deinit(&set->locks);
	mem_free(set);
}

static struct conv_set *set_of(struct tobs_bot *bot)
{
	struct conv_set *set = bot->convs;

	if (set)
		return set;
	set = MEM_NEW(struct conv_set);
	if (!set) {
		bot_misuse(bot, TOBS_ENOMEM, "no memory for conversations");
		return NULL;
	}
	set->bot = bot;
	set->part = (struct bot_part){
		.name = "conv",
		.open = open_set,
		.close = close_set,
		.prepare = prepare,
		.route = conv_route,
		.commit = commit,
		.done = done,
		.free = free_set,
	};
	if (bot_add_part(bot, &set->part, set))
		return NULL;
	bot->convs = set;
	return set;
}

/* ---- What belongs to a conversation ----------------------------------------------------- */

static bool is_name(const char *name)
{
	size_t n = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") : 0;

	return n && !name[n] && n <= TOBS_CONV_NAME;
}

struct tobs_conv *conv_find(const struct conv_set *set, struct tobs_view name)
{
	ARRAY_EACH (c, &set->convs)
		if (!(*c)->outer && tobs_view_is(name, (*c)->name))
			return *c;
	return NULL;
}

static bool is_taken(const struct conv_set *set, const char *name)
{
	ARRAY_EACH (c, &set->convs)
		if (!strcmp((*c)->name, name))
			return true;
	return false;
}

struct tobs_conv *tobs_conv_new(
	struct tobs_bot *bot, const char *name, const struct tobs_conv_options *opt)
{
	struct conv_set *set = bot ? set_of(bot) : NULL;
	struct tobs_conv *c;

	if (!set)
		return NULL;
	if (!is_name(name) || is_taken(set, name)) {
		bot_misuse(bot, TOBS_EINVAL, "\"%s\" cannot be the name of a conversation%s",
			name ? name : "", is_name(name) ? ": another one has it" : "");
		return NULL;
	}
	c = MEM_NEW(struct tobs_conv);
	if (!c || ARRAY_PUSH(&set->convs, c)) {
		mem_free(c);
		bot_misuse(bot, TOBS_ENOMEM, "no memory for conversations");
		return NULL;
	}
	c->set = set;
	memcpy(c->name, name, strlen(name) + 1);
	if (opt)
		c->opt = *opt;
	return c;
}

struct conv_state *conv_find_state(const struct tobs_conv *c, struct tobs_view name)
{
	ARRAY_EACH (state, &c->states)
		if (tobs_view_is(name, (*state)->name))
			return *state;
	return NULL;
}

/* The state, made if need be. */
static int state_of(struct tobs_conv *c, const char *name, struct conv_state **ret)
{
	struct conv_state *state;

	if (!name || !*name || strlen(name) > TOBS_CONV_NAME)
		return bot_misuse(c->set->bot, TOBS_EINVAL,
			"conversation %s: a state needs a name of at most %d bytes", c->name,
			TOBS_CONV_NAME);
	*ret = conv_find_state(c, tobs_str(name));
	if (*ret)
		return TOBS_OK;
	state = MEM_NEW(struct conv_state);
	if (!state || ARRAY_PUSH(&c->states, state)) {
		mem_free(state);
		return bot_misuse(
			c->set->bot, TOBS_ENOMEM, "no memory for conversation %s", c->name);
	}
	memcpy(state->name, name, strlen(name) + 1);
	*ret = state;
	return TOBS_OK;
}

static void add_kinds(struct tobs_conv *c, uint32_t kinds)
{
	c->set->part.kinds |= kinds;
	for (int i = 0; c && i < TOBS_CONV_NESTED; c = c->outer, i++)
		c->kinds |= kinds;
}

static int add(struct tobs_conv *c, conv_steps *steps, struct tobs_filter *filter, tobs_handler fn,
	void *user)
{
	uint32_t kinds;

	if (!filter || !fn) {
		tobs_filter_free(filter);
		return bot_misuse(c->set->bot, TOBS_EINVAL, "conversation %s: a handler without %s",
			c->name, fn ? "filter: a part of it could not be made" : "function");
	}
	kinds = filter->kinds == FILTER_ALL_KINDS
		? BIT(TOBS_UPDATE_MESSAGE) | BIT(TOBS_UPDATE_CALLBACK_QUERY)
		: filter->kinds;
	if (ARRAY_PUSH(steps, (struct conv_step){ filter, fn, user })) {
		tobs_filter_free(filter);
		return bot_misuse(
			c->set->bot, TOBS_ENOMEM, "no memory for conversation %s", c->name);
	}
	add_kinds(c, kinds);
	return TOBS_OK;
}

static int without_conv(struct tobs_filter *filter)
{
	tobs_filter_free(filter);
	return TOBS_EINVAL;
}

int tobs_conv_entry(struct tobs_conv *c, struct tobs_filter *filter, tobs_handler fn, void *user)
{
	return c ? add(c, &c->entries, filter, fn, user) : without_conv(filter);
}

int tobs_conv_fallback(struct tobs_conv *c, struct tobs_filter *filter, tobs_handler fn, void *user)
{
	return c ? add(c, &c->fallbacks, filter, fn, user) : without_conv(filter);
}

int tobs_conv_state(struct tobs_conv *c, const char *state, struct tobs_filter *filter,
	tobs_handler fn, void *user)
{
	struct conv_state *s;
	int r = c ? state_of(c, state, &s) : TOBS_EINVAL;

	if (r) {
		tobs_filter_free(filter);
		return r;
	}
	return add(c, &s->steps, filter, fn, user);
}

/* ---- Nesting -------------------------------------------------------------------------------- */

static int copy_map(struct conv_state *state, const struct tobs_conv_return *map, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct conv_return m = {
			.result = map[i].result ? mem_strdup(map[i].result) : NULL,
			.state = map[i].state ? mem_strdup(map[i].state) : NULL,
		};

		if ((map[i].result && !m.result) || (map[i].state && !m.state) ||
			ARRAY_PUSH(&state->map, m)) {
			mem_free(m.result);
			mem_free(m.state);
			return TOBS_ENOMEM;
		}
	}
	return TOBS_OK;
}

static size_t depth_below(const struct tobs_conv *c)
{
	size_t depth = 0;

	ARRAY_EACH (state, &c->states)
		if ((*state)->inner)
			depth = MAX(depth, depth_below((*state)->inner));
	return depth + 1;
}

static size_t depth_above(const struct tobs_conv *c)
{
	size_t depth = 0;

	for (; c; c = c->outer)
		depth++;
	return depth;
}

int tobs_conv_nest(struct tobs_conv *c, const char *state, struct tobs_conv *inner,
	const struct tobs_conv_return *map, size_t count)
{
	struct conv_state *s;
	int r;

	if (!c || !inner)
		return TOBS_EINVAL;
	for (const struct tobs_conv *o = c; o; o = o->outer)
		if (o == inner)
			return bot_misuse(c->set->bot, TOBS_EINVAL,
				"conversation %s: it cannot be inside itself", inner->name);
	if (inner->outer || inner->set != c->set ||
		depth_above(c) + depth_below(inner) > TOBS_CONV_NESTED)
		return bot_misuse(c->set->bot, TOBS_EINVAL,
			"conversation %s cannot be inside %s: it is elsewhere, or too deep",
			inner->name, c->name);
	r = state_of(c, state, &s);
	if (r)
		return r;
	if (s->inner)
		return bot_misuse(c->set->bot, TOBS_EINVAL,
			"conversation %s: in state %s there is one already", c->name, state);
	if (copy_map(s, map, count))
		return bot_misuse(
			c->set->bot, TOBS_ENOMEM, "no memory for conversation %s", c->name);
	s->inner = inner;
	inner->outer = c;
	add_kinds(c, inner->kinds);
	return TOBS_OK;
}
