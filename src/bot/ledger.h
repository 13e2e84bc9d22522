/* SPDX-License-Identifier: MIT */
/*
 * Which updates were handled, so that none is lost and none is handled twice when
 * the process is killed.
 *
 *     bot/offset         the next update to ask for (polling)
 *     bot/done/<n>       which of the updates n*1024 … n*1024+1023 are finished: a bit each
 *     bot/inbox/<id>     updates that Telegram was told we have, and that are not finished
 *     bot/alive          there from the start to an orderly end
 *
 * An update is finished when its bit is committed. Before Telegram is told of an
 * update (by a higher offset, or by the answer to the webhook), it is finished or
 * in the inbox. So at each moment it is with Telegram, in the inbox, or finished.
 *
 * The last LEDGER_BLOCKS blocks are kept in memory, and in the store for a day:
 * Telegram forgets updates after that.
 *
 * A store in memory has nothing to be brought back from: the inbox stays empty,
 * and the bits are in memory alone.
 */
#ifndef BOT_LEDGER_H
#define BOT_LEDGER_H

#include "base/list.h"
#include "base/map.h"
#include "store/kv.h"

enum {
	LEDGER_BITS = 1024,   /* updates a block */
	LEDGER_BLOCKS = 1025, /* 300 KB when all are there */
	LEDGER_DAYS = 2,
	LEDGER_KEY = 48, /* bytes of a key, at most */
};

struct ledger_block {
	struct list link; /* the one used last first */
	int64_t number;
	uint8_t done[LEDGER_BITS / 8];  /* finished: what the store has */
	uint8_t taken[LEDGER_BITS / 8]; /* given to a handler, in this process */
};

struct ledger {
	struct kv *store;
	bool durable;
	struct map blocks; /* by number + 1 */
	struct list recent;
	size_t count;
	int64_t offset; /* 0: unknown */
	/*
	 * The life before this one was cut short, or nobody knows: of what Telegram
	 * gives, one answer's worth may have been handled then. Whoever has got that
	 * clears it.
	 */
	bool cut_short;
	int64_t suspect; /* where that ends: an update_id; 0: not known yet */
};

void ledger_init(struct ledger *l);
void ledger_deinit(struct ledger *l);

/* Reads what the store knows. Waits. */
int ledger_open(struct ledger *l, struct kv *store, bool durable, struct tobs_err *err);

/* An orderly end: everything is finished, in the inbox, or with Telegram. Waits. */
int ledger_close(struct ledger *l, struct tobs_err *err);

/* Whether the update is finished. */
bool ledger_has(const struct ledger *l, int64_t update_id);

/*
 * Notes that somebody will handle the update; TOBS_EEXISTS when somebody does or
 * has, TOBS_ENOMEM. The second one takes that back.
 */
int ledger_take(struct ledger *l, int64_t update_id);
void ledger_give_back(struct ledger *l, int64_t update_id);

/*
 * Notes the update as finished and does `ops` in the same transaction; when it is
 * not durable and there are none, nothing waits. Waits.
 */
int ledger_finish(struct ledger *l, int64_t update_id, const struct kv_op *ops, size_t count,
	struct tobs_err *err);

/* The next update to ask for. Waits. */
int ledger_set_offset(struct ledger *l, int64_t offset, struct tobs_err *err);

/*
 * Puts JSON (an update, or an answer to getUpdates; the first one in it is number
 * `id`) into the inbox together with the offset (0: as it is), and takes it out again. No-op for a
 * store in memory. TOBS_ETOOBIG beyond KV_VALUE_MAX. Wait.
 */
int ledger_keep(
	struct ledger *l, int64_t id, struct tobs_view json, int64_t offset, struct tobs_err *err);
int ledger_drop(struct ledger *l, int64_t id, struct tobs_err *err);

/* The same as an operation for ledger_finish(); its key is in `key`, of LEDGER_KEY bytes. */
struct kv_op ledger_drop_op(int64_t id, char *key);

/* Entries of the inbox behind `after` (0: from the first): kv_scan()'s page of up to `limit`. Waits. */
int ledger_inbox(struct ledger *l, struct tobs_view after, size_t limit, struct tobs_arena *arena,
	struct kv_page *ret, struct tobs_err *err);

#endif
