/* SPDX-License-Identifier: MIT */
/* The chat list while it is used: reading, pinning, archiving, blocking. */
#include "base/attr.h"
#include "sim/change.h"
#include "sim/copies.h"
#include "sim/inner.h"

/* Messages newer than max_id that the account did not write. */
static int32_t count_unread(struct sim_account *a, const struct sim_history *h, int32_t max_id)
{
	int32_t n = sim_history_count(h), unread = 0;
	struct tobs_arena scratch;

	tobs_arena_init(&scratch, 1 << 20);
	for (int32_t i = sim_list_rank(&h->list, max_id < INT32_MAX ? max_id + 1 : max_id); i < n;
		i++) {
		const union tl_Message *m;

		tobs_arena_reset(&scratch);
		m = sim_history_at(h, i, &scratch);
		unread += m && sim_message_from(m) != a->user->peer;
	}
	tobs_arena_deinit(&scratch);
	return unread;
}

static int tell_read(struct sim_account *a, const struct sim_dialog *d)
{
	struct sim_history *h = d->history;
	struct tobs_arena *arena = &a->world->arena;
	struct tl_updateReadChannelInbox *c;
	struct tl_updateReadHistoryInbox *u;

	if (h->box->channel) {
		c = SIM_NEW(arena, updateReadChannelInbox);
		if (c) {
			c->channel_id = sim_peer_id(h->peer);
			c->max_id = d->read_inbox_max_id;
			c->still_unread_count = d->unread;
			c->pts = h->box->pts;
		}
		return sim_push(a, (void *)c, false);
	}
	u = SIM_NEW(arena, updateReadHistoryInbox);
	if (u) {
		u->peer = h->tl_peer;
		u->max_id = d->read_inbox_max_id;
		u->still_unread_count = d->unread;
	}
	return sim_tell(&a->box, (void *)u, 1, h, 0);
}

static int outbox_read(const struct sim_copy *c)
{
	struct sim_account *a = c->history->box->account;
	struct sim_dialog *d = sim_dialog(a, c->history->peer);
	struct tl_updateReadHistoryOutbox *u;

	if (!d || d->read_outbox_max_id >= c->id)
		return TOBS_OK;
	d->read_outbox_max_id = c->id;
	u = SIM_NEW(&a->world->arena, updateReadHistoryOutbox);
	if (u) {
		u->peer = c->history->tl_peer;
		u->max_id = c->id;
	}
	return sim_tell(&a->box, (void *)u, 1, c->history, 0);
}

/* Those who wrote see that it was read: the newest message that has copies stands for all before it. */
static int tell_writers(struct sim_history *h, int32_t max_id)
{
	int32_t i = sim_list_rank(&h->list, max_id < INT32_MAX ? max_id + 1 : max_id) - 1;
	int r = TOBS_OK;

	for (; i >= 0; i--) {
		int32_t id = sim_list_id(&h->list, i);
		struct sim_copy self;
		size_t n;
		const struct sim_copy *copies = sim_copies(h, id, &self, &n);

		if (n < 2)
			continue;
		for (size_t k = 0; k < n && !r; k++)
			if (copies[k].history != h)
				r = outbox_read(&copies[k]);
		return r;
	}
	return TOBS_OK;
}

int sim_read(struct sim_account *a, int64_t peer, int32_t max_id)
{
	struct sim_dialog *d = sim_dialog(a, peer);
	int32_t top;
	int r;

	if (!d)
		return TOBS_OK;
	top = sim_history_top(d->history);
	max_id = MIN(max_id, top);
	d->unread_mark = false;
	if (max_id <= d->read_inbox_max_id)
		return TOBS_OK;
	d->read_inbox_max_id = max_id;
	d->unread = max_id == top ? 0 : count_unread(a, d->history, max_id);
	if (!d->unread)
		d->unread_mentions = 0;
	r = tell_read(a, d);
	if (!r && !d->history->box->channel)
		r = tell_writers(d->history, max_id);
	return r;
}

static const struct tl_dialogPeer *dialog_peer(struct sim_account *a, const struct sim_dialog *d)
{
	struct tl_dialogPeer *p = SIM_NEW(&a->world->arena, dialogPeer);

	if (p)
		p->peer = d->history->tl_peer;
	return p;
}

int sim_dialog_pin(struct sim_account *a, int64_t peer, bool on)
{
	struct tl_updateDialogPinned *u = SIM_NEW(&a->world->arena, updateDialogPinned);
	struct sim_dialog *d;
	int r = sim_dialog_open(a, peer, &d);

	if (r || !u)
		return r ? r : TOBS_ENOMEM;
	/* A dialog that is pinned comes before those pinned already. */
	MAP_EACH (slot, &a->dialogs) {
		struct sim_dialog *other = slot->value;

		if (on && other != d && other->pin && other->folder == d->folder)
			other->pin++;
	}
	d->pin = on;
	u->pinned = on;
	u->peer = (const void *)dialog_peer(a, d);
	if (d->folder) {
		u->has_folder_id = 1;
		u->folder_id = d->folder;
	}
	return u->peer ? sim_push(a, (void *)u, false) : TOBS_ENOMEM;
}

int sim_dialog_move(struct sim_account *a, int64_t peer, int32_t folder)
{
	struct tobs_arena *arena = &a->world->arena;
	struct tl_updateFolderPeers *u = SIM_NEW(arena, updateFolderPeers);
	struct tl_folderPeer *p = SIM_NEW(arena, folderPeer);
	const struct tl_folderPeer **items = TOBS_ARENA_ARRAY(
		arena, 1, const struct tl_folderPeer *);
	struct sim_dialog *d;
	int r = sim_dialog_open(a, peer, &d);

	if (r || !u || !p || !items)
		return r ? r : TOBS_ENOMEM;
	d->folder = folder;
	d->pin = 0;
	p->peer = d->history->tl_peer;
	p->folder_id = folder;
	items[0] = p;
	u->folder_peers = (struct tl_vec_FolderPeer){ 1, items };
	return sim_tell(&a->box, (void *)u, 1, d->history, 0);
}

int sim_dialog_mark(struct sim_account *a, int64_t peer, bool unread)
{
	struct tl_updateDialogUnreadMark *u = SIM_NEW(&a->world->arena, updateDialogUnreadMark);
	struct sim_dialog *d;
	int r = sim_dialog_open(a, peer, &d);

	if (r || !u)
		return r ? r : TOBS_ENOMEM;
	d->unread_mark = unread;
	u->unread = unread;
	u->peer = (const void *)dialog_peer(a, d);
	return u->peer ? sim_push(a, (void *)u, false) : TOBS_ENOMEM;
}

int sim_dialog_draft(struct sim_account *a, int64_t peer, const union tl_DraftMessage *draft)
{
	struct tl_updateDraftMessage *u = SIM_NEW(&a->world->arena, updateDraftMessage);
	struct tl_draftMessageEmpty none = { .ctor = TL_draftMessageEmpty };
	const void *copy = NULL;
	struct sim_dialog *d;
	int r = sim_dialog_open(a, peer, &d);

	if (r || !u)
		return r ? r : TOBS_ENOMEM;
	if (tl_copy(draft ? (const void *)draft : &none, &a->world->arena, &copy, NULL))
		return TOBS_ENOMEM;
	d->draft = draft ? copy : NULL;
	u->peer = d->history->tl_peer;
	u->draft = copy;
	return sim_push(a, (void *)u, false);
}

/* ---- blocking ---- */

bool sim_blocks(const struct sim_account *a, int64_t peer)
{
	ARRAY_EACH (b, &a->blocked)
		if (*b == peer)
			return true;
	return false;
}

static int tell_stopped(struct sim_account *bot, int64_t user, bool stopped)
{
	struct tl_updateBotStopped *u = SIM_NEW(&bot->world->arena, updateBotStopped);

	if (u) {
		u->user_id = user;
		u->date = sim_now(bot->world);
		u->stopped = stopped;
	}
	return sim_push(bot, (void *)u, true);
}

int sim_block(struct sim_account *a, int64_t peer, bool on, struct tobs_err *err)
{
	struct tl_updatePeerBlocked *u = SIM_NEW(&a->world->arena, updatePeerBlocked);
	struct sim_account *other = sim_account(a->world, peer);
	int r = u ? TOBS_OK : TOBS_ENOMEM;

	if (!sim_user(a->world, peer) && !sim_chat(a->world, peer))
		return sim_refuse(err, 400, "PEER_ID_INVALID");
	if (sim_blocks(a, peer) == on)
		return TOBS_OK;
	for (size_t i = 0; i < a->blocked.count && !on; i++)
		if (a->blocked.items[i] == peer)
			ARRAY_REMOVE(&a->blocked, i);
	if (on && !r)
		r = ARRAY_PUSH(&a->blocked, peer);
	if (!r) {
		u->blocked = on;
		u->peer_id = sim_tl_peer(a->world, peer);
		r = sim_push(a, (void *)u, false);
	}
	if (!r && other && other->user->tl->bot)
		r = tell_stopped(other, a->user->peer, on);
	return r ? tobs_fail(err, r, "no memory for a change") : TOBS_OK;
}
