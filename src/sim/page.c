/* SPDX-License-Identifier: MIT */
/* Pages of histories and threads: Telegram's arithmetic over lists of ids. */
#include "sim/page.h"
#include "base/attr.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/view.h"

/* ---- the arithmetic, over any ascending sequence ---- */

/* The messages of a sequence with that date or a later one. */
static int32_t since(const struct sim_sequence *q, int32_t date)
{
	int32_t low = q->from, high = q->to;

	while (low < high) {
		int32_t mid = low + (high - low) / 2;

		if (q->date(q, mid) < date)
			low = mid + 1;
		else
			high = mid;
	}
	return q->to - low;
}

struct sim_window sim_window(struct sim_sequence *q, const struct sim_slice *slice)
{
	int64_t start = 0, end, n, newest, oldest;
	int32_t offset;

	if (slice->first)
		q->from = MIN(q->to, q->rank(q, slice->first));
	if (slice->last && slice->last < INT32_MAX)
		q->to = MAX(q->from, q->rank(q, slice->last + 1));
	n = q->to - q->from;
	if (slice->offset_id > 0)
		start = q->to - MIN(q->to, MAX(q->from, q->rank(q, slice->offset_id)));
	else if (slice->offset_date > 0)
		start = since(q, slice->offset_date);
	start += slice->add_offset;
	end = start + MAX(slice->limit, 0);
	start = MIN(MAX(start, 0), n);
	end = MIN(MAX(end, start), n);
	offset = (int32_t)start;
	/* max_id and min_id leave out what the slice has, they do not move it. */
	newest = q->to - 1 - start;
	oldest = q->to - end;
	if (slice->max_id > 0)
		newest = MIN(newest, q->rank(q, slice->max_id) - 1);
	if (slice->min_id > 0 && slice->min_id < INT32_MAX)
		oldest = MAX(oldest, q->rank(q, slice->min_id + 1));
	return (struct sim_window){ .newest = (int32_t)newest,
		.count = (int32_t)MAX(newest - oldest + 1, 0),
		.offset = offset,
		.total = (int32_t)n };
}

int sim_fill_page(struct sim_account *viewer, struct sim_history *h, struct sim_sequence *q,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret)
{
	struct sim_window window = sim_window(q, slice);
	const union tl_Message **items = TOBS_ARENA_ARRAY(
		arena, (size_t)window.count + 1, const union tl_Message *);

	if (!items)
		return TOBS_ENOMEM;
	for (int32_t i = 0; i < window.count; i++) {
		const union tl_Message *m = sim_history_at(
			h, q->index(q, window.newest - i), arena);

		if (m)
			m = sim_view_message(viewer, h, m, arena);
		if (!m)
			return TOBS_ENOMEM;
		items[i] = m;
	}
	ret->messages = (struct tl_vec_Message){ (uint32_t)window.count, items };
	ret->total = window.total;
	ret->offset = window.offset;
	return TOBS_OK;
}

/* ---- pages of a list of a history ---- */

struct list_sequence {
	struct sim_sequence base;
	const struct sim_history *history;
	const struct sim_list *list;
};

static int32_t list_rank(const struct sim_sequence *q, int32_t id)
{
	return sim_list_rank(((const struct list_sequence *)q)->list, id);
}

static int32_t list_index(const struct sim_sequence *q, int32_t i)
{
	const struct list_sequence *l = (const void *)q;

	if (l->list == &l->history->list)
		return i;
	return sim_list_rank(&l->history->list, sim_list_id(l->list, i));
}

static int32_t list_date(const struct sim_sequence *q, int32_t i)
{
	return sim_history_date_at(((const struct list_sequence *)q)->history, list_index(q, i));
}

static int list_page(struct sim_account *viewer, struct sim_history *h, const struct sim_list *l,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret)
{
	struct list_sequence q = {
		.base = { .to = sim_list_count(l),
			.rank = list_rank,
			.index = list_index,
			.date = list_date },
		.history = h,
		.list = l,
	};

	return sim_fill_page(viewer, h, &q.base, slice, arena, ret);
}

int sim_history_page(struct sim_account *viewer, struct sim_history *h,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret)
{
	return list_page(viewer, h, &h->list, slice, arena, ret);
}

int sim_thread_page(struct sim_account *viewer, struct sim_history *h, int32_t top,
	const struct sim_slice *slice, struct tobs_arena *arena, struct sim_page *ret)
{
	struct sim_list scratch = { 0 };
	const struct sim_list *l = sim_thread(h, top, &scratch);

	return list_page(viewer, h, l ? l : &scratch, slice, arena, ret);
}
