/* SPDX-License-Identifier: MIT */
/* An update and the conversations: whose it is, and where that goes. */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "bot/conv.h"
#include "bot/filter.h"

#define BIT(kind) ((uint32_t)1 << (kind))

/* ---- What a handler wants --------------------------------------------------------------- */

static void ask_nothing(struct conv_run *run)
{
	run->wish = CONV_STAY;
	run->timeout_ms = -1;
	run->wrong = false;
}

/* A mistake of the program: the update fails, also when nobody looks at what was returned. */
static int refuse(struct conv_run *run, const struct tobs_conv *conv, const char *state)
{
	log_error("bot", "conversation %s has no state \"%s\"", conv->name, state ? state : "");
	run->wrong = true;
	return TOBS_EINVAL;
}

static int go(struct tobs_ctx *ctx, const char *state, const char *inner_state)
{
	struct conv_run *run = ctx->conv;
	const struct conv_state *to, *on = NULL;

	if (!run)
		return TOBS_EINVAL;
	to = conv_find_state(run->at.conv, tobs_str(state));
	if (!to || (inner_state && !to->inner))
		return refuse(run, run->at.conv, state);
	if (inner_state) {
		on = conv_find_state(to->inner, tobs_str(inner_state));
		if (!on)
			return refuse(run, to->inner, inner_state);
	}
	run->wish = CONV_GO;
	run->to = to;
	run->to_inner = on;
	return TOBS_OK;
}

int tobs_conv_go(struct tobs_ctx *ctx, const char *state)
{
	return go(ctx, state, NULL);
}

int tobs_conv_enter(struct tobs_ctx *ctx, const char *state, const char *inner_state)
{
	return go(ctx, state, inner_state ? inner_state : "");
}

int tobs_conv_end_with(struct tobs_ctx *ctx, const char *result)
{
	struct conv_run *run = ctx->conv;

	if (!run)
		return TOBS_EINVAL;
	run->wish = CONV_END;
	run->end_result = NULL;
	if (!result)
		return TOBS_OK;
	run->end_result = tobs_arena_strdup(tobs_ctx_arena(ctx), result);
	run->wrong = run->wrong || !run->end_result;
	return run->end_result ? TOBS_OK : TOBS_ENOMEM;
}

int tobs_conv_end(struct tobs_ctx *ctx)
{
	return tobs_conv_end_with(ctx, NULL);
}

int tobs_conv_timeout(struct tobs_ctx *ctx, int64_t ms)
{
	if (!ctx->conv || ms < 0)
		return TOBS_EINVAL;
	ctx->conv->timeout_ms = ms;
	return TOBS_OK;
}

const char *tobs_conv_at(struct tobs_ctx *ctx)
{
	return ctx->conv && ctx->conv->at.state ? ctx->conv->at.state->name : NULL;
}

struct tobs_data *tobs_conv_data(struct tobs_ctx *ctx)
{
	return ctx->conv ? &ctx->conv->data : data_nobody(ctx);
}

/* ---- Where that leads ---------------------------------------------------------------------- */

/* The conversation at `level` has ended; so may those around it. */
static void end_level(struct conv_run *run, size_t level, const char *result)
{
	run->depth = level;
	while (level > 0) {
		struct conv_frame *outer = &run->stack[level - 1];
		const struct conv_return *found = NULL;

		ARRAY_EACH (m, &outer->state->map)
			if (!found && (m->result ? result && !strcmp(m->result, result) : !result))
				found = m;
		if (found && found->state)
			outer->state = conv_find_state(outer->conv, tobs_str(found->state));
		if (!found || found->state)
			return;
		run->depth = --level;
		result = NULL;
	}
}

static void follow(struct conv_run *run)
{
	struct conv_frame *at = &run->stack[run->level];

	if (run->wish == CONV_STAY)
		return;
	run->changed = true;
	if (run->wish == CONV_END) {
		end_level(run, run->level, run->end_result);
		return;
	}
	*at = (struct conv_frame){ run->at.conv, run->to };
	run->depth = run->level + 1;
	if (run->to_inner)
		run->stack[run->depth++] = (struct conv_frame){ run->to->inner, run->to_inner };
}

/* Where its time-out is to be told, and when. */
static void set_due(struct tobs_ctx *ctx, struct conv_run *run)
{
	int64_t ms = run->timeout_ms >= 0 ? run->timeout_ms : run->conv->opt.timeout_ms;

	run->new_due = ms ? conv_now() + ms : 0;
	run->order = ctx->key;
	run->chat = tobs_chat_id(ctx);
	run->user = tobs_sender(ctx)->id;
	if (run->depth && (run->new_due != run->due || run->data.ops))
		run->changed = true;
}

/* Calls a handler of the frame at `level`, and does what it wants. */
static int call(struct tobs_ctx *ctx, struct conv_run *run, size_t level, struct conv_frame at,
	tobs_handler fn, void *user)
{
	int r;

	ask_nothing(run);
	run->at = at;
	run->level = level;
	ctx->conv = run;
	ctx->route = tobs_arena_printf(
		tobs_ctx_arena(ctx), "%s/%s", at.conv->name, at.state ? at.state->name : "");
	r = fn(ctx, user);
	ctx->conv = NULL;
	if (r == TOBS_NEXT)
		return r;
	if (r >= 0 && run->wrong)
		r = TOBS_EINVAL;
	run->result = r;
	if (r >= 0) {
		follow(run);
		set_due(ctx, run);
	}
	return r;
}

/* ---- Whose it is ----------------------------------------------------------------------------- */

static int try_steps(struct tobs_ctx *ctx, struct conv_run *run, size_t level, struct conv_frame at,
	const conv_steps *steps)
{
	const uint32_t usual = BIT(TOBS_UPDATE_MESSAGE) | BIT(TOBS_UPDATE_CALLBACK_QUERY);

	ARRAY_EACH (step, steps) {
		int r;

		if (step->filter->kinds == FILTER_ALL_KINDS && !(usual & BIT(ctx->update->kind)))
			continue;
		if (!filter_takes(step->filter, ctx))
			continue;
		r = call(ctx, run, level, at, step->fn, step->user);
		if (r != TOBS_NEXT)
			return r;
	}
	return TOBS_NEXT;
}

/* An entry begins with nothing; one that then begins nothing leaves what there was. */
static int try_entries(struct tobs_ctx *ctx, struct conv_run *run)
{
	struct tobs_data had = run->data;
	struct tree *empty = tree_new(tobs_ctx_arena(ctx));
	int r;

	if (!empty)
		return TOBS_ENOMEM;
	data_init(&run->data, tobs_ctx_arena(ctx), empty);
	r = try_steps(ctx, run, 0, (struct conv_frame){ run->conv, NULL }, &run->conv->entries);
	if (r == TOBS_NEXT || run->wish == CONV_STAY)
		run->data = had;
	return r;
}

static int try_states(struct tobs_ctx *ctx, struct conv_run *run)
{
	int r = TOBS_NEXT;

	for (size_t level = run->depth; level-- > 0 && r == TOBS_NEXT;) {
		const struct conv_frame f = run->stack[level];
		struct tobs_conv *inner = f.state->inner;

		if (level + 1 == run->depth) {
			if (inner && level + 1 < TOBS_CONV_NESTED)
				r = try_steps(ctx, run, level + 1,
					(struct conv_frame){ inner, NULL }, &inner->entries);
			if (r == TOBS_NEXT)
				r = try_steps(ctx, run, level, f, &f.state->steps);
		}
		if (r == TOBS_NEXT)
			r = try_steps(ctx, run, level, f, &f.conv->fallbacks);
	}
	return r;
}

/* ---- Time, and states that are not known --------------------------------------------------------- */

int conv_expire(struct tobs_ctx *ctx, struct conv_run *run)
{
	const struct tobs_update *update = ctx->update;
	struct facts facts = ctx->facts;
	const char *route = ctx->route;
	int r = TOBS_OK;

	/* Whatever has come meanwhile is not what this is about. */
	ctx->update = NULL;
	ctx->facts = (struct facts){ .chat = facts.chat, .user = facts.user };
	ask_nothing(run);
	if (run->conv->opt.on_timeout)
		r = call(
			ctx, run, 0, run->stack[0], run->conv->opt.on_timeout, run->conv->opt.user);
	ctx->update = update;
	ctx->facts = facts;
	ctx->route = route;
	run->over = run->changed = true;
	if (r < 0 || run->wish == CONV_STAY)
		run->depth = 0;
	return r == TOBS_NEXT ? TOBS_OK : r;
}

/* When what is at hand was sent, ms since 1970. */
static int64_t sent(struct tobs_ctx *ctx)
{
	const struct tobs_message *m = ctx->facts.message;

	return ctx->facts.fresh && m ? m->date * 1000 : conv_now();
}

static bool is_late(struct tobs_ctx *ctx, const struct conv_run *run)
{
	return run->due && conv_now() >= run->due && sent(ctx) >= run->due;
}

static int meet_unknown(struct tobs_ctx *ctx, struct conv_run *run)
{
	const struct tobs_conv_options *o = &run->conv->opt;
	int r = TOBS_NEXT;

	log_warn("bot", "conversation %s: it stands where this program has no state; it is over%s",
		run->key, o->on_unknown ? ", or goes on elsewhere" : "");
	run->changed = true;
	if (o->on_unknown)
		r = call(ctx, run, 0, (struct conv_frame){ run->conv, NULL }, o->on_unknown,
			o->user);
	/* Over, and the update still to be handled. */
	return r == TOBS_OK && run->wish != CONV_GO ? TOBS_NEXT : r;
}

/* ---- The whole ---------------------------------------------------------------------------------- */

/* False: such an update can be of no conversation of this kind. */
static bool make_key(struct tobs_ctx *ctx, const struct tobs_conv *c, char *out)
{
	const struct tobs_callback_query *q = ctx->update->callback_query;
	int64_t chat = tobs_chat_id(ctx), user = tobs_sender(ctx)->id, message = 0;

	switch (c->opt.key) {
	case TOBS_CONV_CHAT_USER:
		if (!chat || !user)
			return false;
		break;
	case TOBS_CONV_USER: chat = 0; break;
	case TOBS_CONV_CHAT: user = 0; break;
	case TOBS_CONV_MESSAGE:
		user = 0;
		message = q && q->message ? q->message->message_id : 0;
		if (!message)
			return false;
		break;
	}
	if (!chat && !user)
		return false;
	snprintf(out, CONV_KEY_MAX, "%s/%" PRId64 "/%" PRId64 "/%" PRId64, c->name, chat, user,
		message);
	return true;
}

static int converse(struct tobs_ctx *ctx, struct tobs_conv *c, const char *key)
{
	struct conv_run *run;
	int r = conv_enter(ctx, c->set, c, key, &run);

	if (r)
		return r;
	r = TOBS_NEXT;
	if (run->stored && !run->known)
		r = meet_unknown(ctx, run);
	else if (run->depth && is_late(ctx, run) && conv_expire(ctx, run) < 0)
		log_error("bot", "conversation %s, whose time had passed: %s", run->key,
			tobs_error_text(run->result));
	if (r == TOBS_NEXT && (!run->depth || c->opt.allow_reentry))
		r = try_entries(ctx, run);
	if (r == TOBS_NEXT && run->depth)
		r = try_states(ctx, run);
	if (r == TOBS_NEXT && !run->changed)
		conv_leave(ctx, run);
	return r;
}

static bool takes_any(struct tobs_ctx *ctx, const conv_steps *steps)
{
	ARRAY_EACH (step, steps)
		if (filter_takes(step->filter, ctx))
			return true;
	return false;
}

/* A conversation that the update may be of. */
struct candidate {
	struct tobs_conv *conv;
	char *key; /* behind CONV_AT */
};

/*
 * Which of them are under way, asked in one go: with many conversations hardly one
 * is, and the store would be asked for each. Those that begin right now are not
 * seen; then this update came first.
 */
static int see_which(
	struct tobs_ctx *ctx, const struct candidate *all, size_t count, struct kv_found **ret)
{
	struct tobs_arena *arena = tobs_ctx_arena(ctx);
	struct tobs_view *keys = tobs_arena_array(arena, count, sizeof *keys);
	struct kv_found *found = tobs_arena_array(arena, count, sizeof *found);
	struct tobs_err err;

	if (!keys || !found)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		keys[i] = tobs_str(tobs_arena_printf(arena, CONV_AT "%s", all[i].key));
		if (!keys[i].len)
			return TOBS_ENOMEM;
	}
	*ret = found;
	return kv_get_many(bot_store(ctx->bot), keys, count, arena, found, &err);
}

static int gather(
	struct tobs_ctx *ctx, struct conv_set *set, struct candidate **ret, size_t *ret_count)
{
	struct candidate *all = NULL;
	char key[CONV_KEY_MAX];
	size_t n = 0;

	ARRAY_EACH (at, &set->convs) {
		struct tobs_conv *c = *at;

		if (c->outer || !(c->kinds & BIT(ctx->update->kind)) || !make_key(ctx, c, key))
			continue;
		if (!all)
			all = tobs_arena_array(tobs_ctx_arena(ctx), set->convs.count, sizeof *all);
		if (!all)
			return TOBS_ENOMEM;
		all[n].conv = c;
		all[n].key = tobs_arena_strdup(tobs_ctx_arena(ctx), key);
		if (!all[n++].key)
			return TOBS_ENOMEM;
	}
	*ret = all;
	*ret_count = n;
	return TOBS_OK;
}

int conv_route(struct tobs_ctx *ctx, void *user)
{
	struct kv_found *found = NULL;
	struct candidate *all;
	size_t count;
	int r = gather(ctx, user, &all, &count);

	if (!r && count > 1)
		r = see_which(ctx, all, count, &found);
	if (r)
		return r;
	r = TOBS_NEXT;
	for (size_t i = 0; i < count && r == TOBS_NEXT; i++)
		if (!found || found[i].found || takes_any(ctx, &all[i].conv->entries))
			r = converse(ctx, all[i].conv, all[i].key);
	return r;
}
