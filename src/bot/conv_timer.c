/* SPDX-License-Identifier: MIT */
/* Conversations whose time has passed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "bot/conv.h"

enum { PAGE = 100, ARENA_BYTES = 16 << 20 };

/* ---- In the chat ------------------------------------------------------------------------- */

/* Behind what was handled there: is it still so? */
static int fire(struct tobs_ctx *ctx, void *user)
{
	struct conv_fire *f = user;
	struct tobs_view rest = tobs_str(f->key), name;
	struct conv_run *run;
	int r;

	(void)tobs_view_split(&rest, '/', &name);
	r = conv_enter(ctx, f->set, conv_find(f->set, name), f->key, &run);
	if (r) {
		char key[CONV_STORE_MAX];

		(void)smap_remove(&f->set->flying, conv_due_key(key, f->due, f->key));
		mem_free(f);
		return r;
	}
	run->fire = f;
	/* It has gone on, or it is over. */
	if (run->due != f->due)
		return conv_stage_due_gone(ctx, f->due, f->key);
	if (!run->known || !run->conv) {
		log_warn("bot", "conversation %s, which this program does not know, is over",
			run->key);
		run->changed = true;
		return TOBS_OK;
	}
	return conv_expire(ctx, run);
}

/* ---- Looking ------------------------------------------------------------------------------- */

/* "order chat user" */
static bool read_target(struct tobs_view value, int64_t *ret)
{
	for (int i = 0; i < 3; i++) {
		struct tobs_view part;

		if (!tobs_view_split(&value, ' ', &part) ||
			tobs_view_int(part, INT64_MIN, INT64_MAX, &ret[i]))
			return false;
	}
	return true;
}

static int64_t due_of(struct tobs_view key)
{
	char digits[CONV_DUE_DIGITS + 1] = "";
	struct tobs_view at = tobs_view_sub(key, strlen(CONV_DUE), CONV_DUE_DIGITS);

	if (at.len)
		memcpy(digits, at.ptr, at.len);
	return (int64_t)strtoull(digits, NULL, 16);
}

/* Puts one on its way; no-op for one that is. Waits for room. */
static int launch(struct conv_set *set, const struct kv_pair *p)
{
	size_t from = strlen(CONV_DUE) + CONV_DUE_DIGITS + 1;
	int64_t target[3];
	struct conv_fire *f;
	int r;

	if (smap_get(&set->flying, p->key))
		return TOBS_OK;
	if (p->key.len <= from || p->key.len - from >= CONV_KEY_MAX ||
		!read_target(p->value, target)) {
		log_warn("bot", "the store has a time-out that is none: %.*s",
			TOBS_VIEW_FMT(p->key));
		return kv_delete(bot_store(set->bot), p->key, NULL);
	}
	f = MEM_NEW(struct conv_fire);
	if (!f || smap_put(&set->flying, p->key, f)) {
		mem_free(f);
		return TOBS_ENOMEM;
	}
	f->set = set;
	f->due = due_of(p->key);
	memcpy(f->key, p->key.ptr + from, p->key.len - from);
	r = bot_in_chat(set->bot, target[0], target[1], target[2], fire, f);
	if (r) {
		(void)smap_remove(&set->flying, p->key);
		mem_free(f);
	}
	return r;
}

/* Puts all that are due on their way; set->next is when the next one is. */
static int look(struct conv_set *set, struct tobs_arena *arena)
{
	struct tobs_view after = { NULL, 0 };
	struct kv_page page = { .more = true };
	int r = TOBS_OK;

	set->next = set->fresh = INT64_MAX;
	while (!r && page.more) {
		r = kv_scan(
			bot_store(set->bot), tobs_str(CONV_DUE), after, PAGE, arena, &page, NULL);
		for (size_t i = 0; i < page.count && !r; i++) {
			int64_t due = due_of(page.pairs[i].key);

			if (due > conv_now()) {
				set->next = due;
				return TOBS_OK;
			}
			r = launch(set, &page.pairs[i]);
			after = page.pairs[i].key;
		}
	}
	return r;
}

/* Until the next one is due, something earlier turns up, or a while has passed. */
static int wait_for_next(struct conv_set *set)
{
	struct tobs_deadline d;
	int64_t next = MIN(set->next, set->fresh), ms = CONV_CHECK_MS;
	int r;

	if (next != INT64_MAX)
		ms = MIN(MAX(next - conv_now(), 0), ms);
	tobs_deadline_push(&d, ms);
	r = tobs_cond_wait(&set->earlier);
	tobs_deadline_pop(&d);
	return tobs_deadline_passed(&d) ? TOBS_OK : r;
}

int conv_timer(void *user)
{
	struct conv_set *set = user;
	int r = tobs_sleep(CONV_GRACE_MS);

	while (!r) {
		struct tobs_arena arena;

		tobs_arena_init(&arena, ARENA_BYTES);
		r = look(set, &arena);
		tobs_arena_deinit(&arena);
		if (!r) {
			r = wait_for_next(set);
		} else if (r != TOBS_ECANCELED && r != TOBS_ECLOSED) {
			log_warn("bot", "time-outs of conversations cannot be read: %s",
				tobs_error_text(r));
			r = tobs_sleep(CONV_RETRY_MS);
		}
	}
	return r;
}
