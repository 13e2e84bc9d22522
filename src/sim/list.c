/* SPDX-License-Identifier: MIT */
#include "sim/list.h"

void sim_list_deinit(struct sim_list *l)
{
	ARRAY_DEINIT(&l->gone);
	ARRAY_DEINIT(&l->ids);
}

int32_t sim_list_made(const struct sim_list *l)
{
	if (!l->source)
		return 0;
	return l->source->ops->count(l->source, l->top) - (int32_t)l->gone.count;
}

int32_t sim_list_count(const struct sim_list *l)
{
	return sim_list_made(l) + (int32_t)l->ids.count;
}

/* The first slot in an ascending array whose value is not below `n`. */
static size_t lower_bound(const int32_t *items, size_t count, int32_t n)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (items[mid] < n)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t sim_list_slot(const struct sim_list *l, int32_t id)
{
	/* Most calls are about the newest messages. */
	if (l->ids.count && id > l->ids.items[l->ids.count - 1])
		return l->ids.count;
	return lower_bound(l->ids.items, l->ids.count, id);
}

int32_t sim_list_source_index(const struct sim_list *l, int32_t index)
{
	size_t low = 0, high = l->gone.count;

	/* gone[k] - k messages are left before gone[k]: skip those deleted up to the index. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->gone.items[mid] - (int32_t)mid <= index)
			low = mid + 1;
		else
			high = mid;
	}
	return index + (int32_t)low;
}

int32_t sim_list_rank(const struct sim_list *l, int32_t id)
{
	int32_t rank;

	if (!l->source || id > l->source->last_id)
		return sim_list_made(l) + (int32_t)sim_list_slot(l, id);
	rank = l->source->ops->rank(l->source, l->top, id);
	return rank - (int32_t)lower_bound(l->gone.items, l->gone.count, rank);
}

int32_t sim_list_id(const struct sim_list *l, int32_t index)
{
	int32_t made = sim_list_made(l);

	if (index >= made)
		return l->ids.items[index - made];
	return l->source->ops->id(l->source, l->top, sim_list_source_index(l, index));
}

bool sim_list_has(const struct sim_list *l, int32_t id)
{
	int32_t rank = sim_list_rank(l, id);

	return rank < sim_list_count(l) && sim_list_id(l, rank) == id;
}

static int insert(int32_t **items, size_t *count, size_t slot, int32_t n)
{
	memmove(*items + slot + 1, *items + slot, (*count - slot) * sizeof n);
	(*items)[slot] = n;
	(*count)++;
	return TOBS_OK;
}

int sim_list_add(struct sim_list *l, int32_t id)
{
	size_t slot = sim_list_slot(l, id);

	if (l->source && id <= l->source->last_id)
		return TOBS_EINVAL;
	if (slot < l->ids.count && l->ids.items[slot] == id)
		return TOBS_EEXISTS;
	if (ARRAY_RESERVE(&l->ids, 1))
		return TOBS_ENOMEM;
	return insert(&l->ids.items, &l->ids.count, slot, id);
}

int sim_list_remove(struct sim_list *l, int32_t id)
{
	int32_t rank = sim_list_rank(l, id), made = sim_list_made(l), index;

	if (!sim_list_has(l, id))
		return TOBS_ENOTFOUND;
	if (rank >= made) {
		ARRAY_REMOVE(&l->ids, (size_t)(rank - made));
		return TOBS_OK;
	}
	if (ARRAY_RESERVE(&l->gone, 1))
		return TOBS_ENOMEM;
	index = sim_list_source_index(l, rank);
	return insert(&l->gone.items, &l->gone.count,
		lower_bound(l->gone.items, l->gone.count, index), index);
}
