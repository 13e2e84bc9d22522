/* SPDX-License-Identifier: MIT */
/* getUpdates, and putting updates into queues. */
#include <stdio.h>

#include "base/attr.h"
#include "botapi/tables.h"
#include "sim/bot_call.h"

enum { BATCH_MAX = 100, SECOND_US = 1000000, BUSY_US = 500000, BUSY_WAIT_S = 3 };

static const char conflict_poll[] =
	"terminated by other getUpdates request; make sure that only one bot instance is running";

/* ---- kinds ---- */

/* A kind is the number of its field in Update. */
static const struct botapi_field *field_of(enum tobs_update_kind kind)
{
	return &botapi_fields[botapi_types[TOBS_TYPE_UPDATE].first + kind];
}

const char *bot_update_name(enum tobs_update_kind kind)
{
	return botapi_name(field_of(kind)->name);
}

enum tobs_botapi_type bot_update_type(enum tobs_update_kind kind)
{
	return (enum tobs_botapi_type)field_of(kind)->type;
}

/* ---- what is wanted ---- */

static uint32_t bit_of(const char *name)
{
	const struct tobs_view v = tobs_str(name);

	for (int k = TOBS_UPDATE_UNKNOWN + 1; k <= TOBS_UPDATE_STOPPED_MESSAGE_GENERATION; k++)
		if (tobs_view_is(v, bot_update_name((enum tobs_update_kind)k)))
			return UINT32_C(1) << k;
	return 0;
}

void bot_allow(struct sim_bot *b, const struct tobs_string_array *list)
{
	uint32_t allowed = 0;

	if (!list->items)
		return; /* as before */
	for (size_t i = 0; i < list->count; i++)
		allowed |= bit_of(list->items[i]);
	/* An empty list, or one without a name that is known, stands for the usual ones. */
	b->allowed = allowed ? allowed : b->usual;
}

void bot_update(struct sim_bot *b, enum tobs_update_kind kind, const void *object, int64_t order,
	int32_t seconds)
{
	struct bot_queued u = { .order = order, .kind = kind };
	struct tobs_buf out;

	if (!object || !(b->allowed >> kind & 1))
		return;
	tobs_buf_init(&out, BOT_ARENA_MAX);
	tobs_buf_puts(&out, "{\"update_id\":");
	tobs_buf_put_i64(&out, b->queue.next_id);
	tobs_buf_puts(&out, ",\"");
	tobs_buf_puts(&out, bot_update_name(kind));
	tobs_buf_puts(&out, "\":");
	(void)tobs_botapi_print(&out, bot_update_type(kind), object);
	tobs_buf_putc(&out, '}');
	if (tobs_buf_err(&out)) {
		tobs_buf_deinit(&out);
		return;
	}
	u.until = sim_now(b->account->world) + seconds;
	u.json = (char *)out.ptr;
	u.len = out.len;
	(void)bot_queue_push(&b->queue, &u);
}

/* ---- getUpdates ---- */

/* The server holds a conflict back, so that two instances do not race each other. */
int bot_conflict(struct bot_call *c, const char *why)
{
	int64_t ms = bot_conflict_ms(c->server);
	int r = ms > 0 ? tobs_sleep(ms) : TOBS_OK;

	return r ? r : bot_fail(c, 409, "%s", why);
}

static void put_updates(struct bot_call *c, size_t first, size_t limit)
{
	const struct bot_queue *q = &c->bot->queue;
	int32_t now = sim_now(c->world);
	size_t n = 0;

	tobs_buf_putc(&c->out, '[');
	for (size_t i = first; i < q->items.count && n < limit; i++) {
		const struct bot_queued *u = &q->items.items[i];

		if (!u->json || u->until <= now)
			continue;
		if (n++)
			tobs_buf_putc(&c->out, ',');
		tobs_buf_put(&c->out, u->json, u->len);
	}
	tobs_buf_putc(&c->out, ']');
}

/* Waits for an update; 409 when another poll or a webhook comes meanwhile. */
static int wait_for(struct bot_call *c, int64_t seconds)
{
	struct sim_bot *b = c->bot;
	uint32_t mine = ++b->polls;
	struct tobs_deadline limit;
	int r = TOBS_OK;

	tobs_deadline_push(&limit, seconds * 1000);
	b->polling = true;
	while (!r && b->polls == mine && !b->queue.waiting && !bot_stopping(c->server))
		r = tobs_cond_wait(&b->queue.changed);
	tobs_deadline_pop(&limit);
	if (bot_stopping(c->server))
		return bot_fail(c, 500, "restart");
	if (b->polls != mine)
		return bot_conflict(
			c, b->hook ? "terminated by setWebhook request" : conflict_poll);
	b->polling = false;
	if (r == TOBS_ETIMEDOUT && tobs_deadline_passed(&limit))
		r = TOBS_OK;
	return r;
}

/* A poll that waits ends when another comes. */
void bot_end_polls(struct sim_bot *b)
{
	if (!b->polling)
		return;
	b->polls++;
	b->polling = false;
	tobs_cond_broadcast(&b->queue.changed);
}

/* S: who asks for the same again at once has to wait, and gets one update at a time. */
static void punish(struct sim_bot *b, int64_t offset, int64_t *timeout, size_t *limit)
{
	int64_t now = tobs_now(), since = now - b->last_poll;
	bool again = b->last_poll && b->last_offset == offset;

	if (again && *timeout < BUSY_WAIT_S && since < BUSY_WAIT_S * (int64_t)SECOND_US)
		*timeout = BUSY_WAIT_S;
	if (again && since < BUSY_US)
		*limit = 1;
	b->last_offset = offset;
	b->last_poll = now;
}

static int run_get_updates(struct bot_call *c)
{
	const struct tobs_get_updates *args = c->args;
	struct sim_bot *b = c->bot;
	int64_t timeout = MIN(MAX(args->timeout, 0), BOT_POLL_MAX_S);
	size_t limit = args->has_limit && args->limit > 0 && args->limit < BATCH_MAX
		? (size_t)args->limit
		: BATCH_MAX;
	int r = TOBS_OK;

	if (b->hook)
		return bot_conflict(c,
			"can't use getUpdates method while webhook is active; use deleteWebhook to "
			"delete the webhook first");
	bot_allow(b, &args->allowed_updates);
	bot_end_polls(b);
	punish(b, args->offset, &timeout, &limit);
	if (args->offset < 0)
		bot_queue_keep(&b->queue, (size_t)-args->offset);
	else if (args->offset > 0)
		bot_queue_confirm(&b->queue, args->offset);
	bot_queue_age(&b->queue, sim_now(c->world));
	if (!b->queue.waiting && timeout)
		r = wait_for(c, timeout);
	if (r)
		return r;
	put_updates(c, b->queue.head, limit);
	return TOBS_OK;
}

const struct bot_row bot_rows_updates[] = {
	{ TOBS_METHOD_GET_UPDATES, run_get_updates },
	{ 0, NULL },
};
