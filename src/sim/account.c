/* SPDX-License-Identifier: MIT */
/* Accounts: who logs in, and what they have in their chat list. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/world.h"

void sim_account_deinit(struct sim_account *a)
{
	MAP_EACH (slot, &a->histories)
		sim_history_free(slot->value);
	map_deinit(&a->histories);
	map_deinit(&a->dialogs);
	ARRAY_DEINIT(&a->contacts);
	ARRAY_DEINIT(&a->blocked);
	ARRAY_DEINIT(&a->folders);
	sim_box_deinit(&a->box);
}

/* On the test servers of Telegram the code for +99966D… is D five times; elsewhere we choose. */
static struct tobs_view usual_code(struct sim_world *w, const struct sim_user *u)
{
	char code[] = "12345";

	if (tobs_view_starts(u->phone, "99966") && u->phone.len > 5)
		memset(code, u->phone.ptr[5], 5);
	return sim_keep(w, tobs_str(code));
}

/* The n-th token of a bot, from 0. */
static struct tobs_view made_up_token(struct sim_world *w, int64_t id, int64_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	char secret[36] = "AA";

	for (int i = 2; i < 35; i++)
		secret[i] = digits[sim_hash(w, "token", id ^ (int64_t)i << 48 ^ n << 40) % 64];
	return tobs_str(tobs_arena_printf(&w->arena, "%lld:%.35s", (long long)id, secret));
}

int sim_account_add(struct sim_world *w, struct sim_user *user, const struct sim_account_args *args,
	struct sim_account **ret, struct tobs_err *err)
{
	struct sim_account *a;

	if (user->account)
		return tobs_fail(err, TOBS_EEXISTS, "user %lld has an account already",
			(long long)user->peer);
	if (args->token.len && sim_bot_by_token(w, args->token))
		return tobs_fail(err, TOBS_EEXISTS, "the token is taken");
	a = TOBS_ARENA_NEW(&w->arena, struct sim_account);
	if (!a || ARRAY_PUSH(&w->accounts, a))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for an account");
	a->world = w;
	a->number = (uint32_t)w->accounts.count;
	a->user = user;
	a->box.account = a;
	a->box.pts = a->box.log_pts = 1;
	a->password = sim_keep(w, args->password);
	a->hint = sim_keep(w, args->hint);
	a->code = args->code.len ? sim_keep(w, args->code) : usual_code(w, user);
	if (user->tl->bot)
		a->token = args->token.len ? sim_keep(w, args->token)
					   : made_up_token(w, user->peer, 0);
	user->account = a;
	if (ret)
		*ret = a;
	return TOBS_OK;
}

int sim_token_revoke(struct sim_account *bot)
{
	struct tobs_view token = made_up_token(bot->world, bot->user->peer, ++bot->revoked);

	if (!token.ptr)
		return TOBS_ENOMEM;
	bot->token = token;
	return TOBS_OK;
}

struct sim_history *sim_history(const struct sim_account *a, int64_t peer)
{
	if (sim_peer_kind(peer) == SIM_CHANNEL) {
		struct sim_chat *c = sim_chat(a->world, peer);

		return c ? c->history : NULL;
	}
	return map_get(&a->histories, (uint64_t)peer);
}

static int open_history(struct sim_account *a, int64_t peer, struct sim_history **ret)
{
	struct sim_history *h = sim_history(a, peer);
	struct sim_chat *c = sim_chat(a->world, peer);

	if (!h) {
		if (!c && !sim_user(a->world, peer))
			return TOBS_ENOTFOUND;
		h = sim_history_new(a->world, &a->box, peer, c);
		if (!h)
			return TOBS_ENOMEM;
		if (map_put(&a->histories, (uint64_t)peer, h)) {
			sim_history_free(h);
			return TOBS_ENOMEM;
		}
	}
	*ret = h;
	return TOBS_OK;
}

struct sim_dialog *sim_dialog(const struct sim_account *a, int64_t peer)
{
	return map_get(&a->dialogs, (uint64_t)peer);
}

int sim_dialog_open(struct sim_account *a, int64_t peer, struct sim_dialog **ret)
{
	struct sim_dialog *d = sim_dialog(a, peer);
	struct sim_history *h;
	int r;

	if (!d) {
		r = open_history(a, peer, &h);
		if (r)
			return r;
		d = TOBS_ARENA_NEW(&a->world->arena, struct sim_dialog);
		if (!d || map_put(&a->dialogs, (uint64_t)peer, d))
			return TOBS_ENOMEM;
		d->history = h;
		d->peer = peer;
		d->read_inbox_max_id = d->read_outbox_max_id = sim_history_top(h);
	}
	*ret = d;
	return TOBS_OK;
}

int sim_history_open(struct sim_account *a, int64_t peer, struct sim_history **ret)
{
	struct sim_dialog *d;
	int r = sim_dialog_open(a, peer, &d);

	if (!r)
		*ret = d->history;
	return r;
}

int sim_contact_add(struct sim_account *a, int64_t user_id)
{
	struct sim_contact c = { .user_id = user_id };
	struct sim_account *other = sim_account(a->world, user_id);

	if (sim_is_contact(a, user_id))
		return TOBS_OK;
	if (other) {
		ARRAY_EACH (back, &other->contacts) {
			if (back->user_id != a->user->peer)
				continue;
			back->mutual = c.mutual = true;
		}
	}
	return ARRAY_PUSH(&a->contacts, c);
}

bool sim_is_contact(const struct sim_account *a, int64_t user_id)
{
	ARRAY_EACH (c, &a->contacts)
		if (c->user_id == user_id)
			return true;
	return false;
}

/* ---- the chat list ---- */

struct entry {
	struct sim_dialog *dialog;
	int32_t date;
	int32_t top;
};

/* Pinned ones first, in their order; then the newest; ties by id and peer, so the order is total. */
static int compare(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int pin_a = a->dialog->pin ? a->dialog->pin : INT32_MAX;
	int pin_b = b->dialog->pin ? b->dialog->pin : INT32_MAX;

	if (pin_a != pin_b)
		return pin_a < pin_b ? -1 : 1;
	if (a->date != b->date)
		return a->date > b->date ? -1 : 1;
	if (a->top != b->top)
		return a->top > b->top ? -1 : 1;
	return a->dialog->peer > b->dialog->peer ? -1 : a->dialog->peer < b->dialog->peer;
}

static int32_t top_date(const struct sim_history *h)
{
	int32_t n = sim_history_count(h);

	return n ? sim_history_date_at(h, n - 1) : 0;
}

/* Whether an unpinned dialog comes behind the offset; the order is that of compare(). */
static bool behind(const struct entry *e, const struct sim_dialog_slice *slice)
{
	if (!slice->offset_date && !slice->offset_id)
		return true;
	if (e->dialog->pin)
		return false;
	if (e->date != slice->offset_date && slice->offset_date)
		return e->date < slice->offset_date;
	if (e->top != slice->offset_id && slice->offset_id)
		return e->top < slice->offset_id;
	return !slice->offset_peer || e->dialog->peer < slice->offset_peer;
}

int sim_dialogs(const struct sim_account *a, const struct sim_dialog_slice *slice,
	struct tobs_arena *arena, struct sim_dialog ***ret, int32_t *ret_count, int32_t *ret_total)
{
	size_t n = 0;
	int32_t taken = 0;
	struct entry *entries = TOBS_ARENA_ARRAY(arena, a->dialogs.count + 1, struct entry);
	struct sim_dialog **out = TOBS_ARENA_ARRAY(
		arena, a->dialogs.count + 1, struct sim_dialog *);

	if (!entries || !out)
		return TOBS_ENOMEM;
	MAP_EACH (slot, &a->dialogs) {
		struct sim_dialog *d = slot->value;

		if (slice->folder != SIM_EVERY_FOLDER && d->folder != slice->folder)
			continue;
		if (slice->skip_pinned && d->pin)
			continue;
		entries[n++] = (struct entry){ d, top_date(d->history),
			sim_history_top(d->history) };
	}
	qsort(entries, n, sizeof *entries, compare);
	for (size_t i = 0; i < n && taken < slice->limit; i++)
		if (behind(&entries[i], slice))
			out[taken++] = entries[i].dialog;
	*ret = out;
	*ret_count = taken;
	*ret_total = (int32_t)n;
	return TOBS_OK;
}
