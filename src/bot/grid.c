/* SPDX-License-Identifier: MIT */
#include "bot/grid.h"

void grid_init(struct tobs_button_grid *g, struct tobs_arena *arena, size_t size)
{
	*g = (struct tobs_button_grid){ .arena = arena, .size = size, .new_row = true };
}

static void fail(struct tobs_button_grid *g, int code)
{
	g->err = g->err ? g->err : code;
}

static bool is_full(const struct tobs_button_grid *g)
{
	return g->columns && g->count - g->rows[g->row_count - 1] >= g->columns;
}

void *grid_add(struct tobs_button_grid *g)
{
	if (!g->err && g->count == TOBS_BUTTONS_MAX)
		fail(g, TOBS_ETOOBIG);
	if (g->err)
		return NULL;
	if (g->count == g->room) {
		size_t room = g->room ? 2 * g->room : 8;
		uint8_t *items = tobs_arena_array(g->arena, room, g->size);

		if (!items) {
			fail(g, TOBS_ENOMEM);
			return NULL;
		}
		if (g->count)
			memcpy(items, g->items, g->count * g->size);
		g->items = items;
		g->room = room;
	}
	if (g->new_row || is_full(g))
		g->rows[g->row_count++] = (uint16_t)g->count;
	g->new_row = false;
	return grid_at(g, g->count++);
}

const char *grid_copy(struct tobs_button_grid *g, const char *s)
{
	char *copy;

	if (!s || !*s) {
		fail(g, TOBS_EINVAL);
		return NULL;
	}
	copy = tobs_arena_strdup(g->arena, s);
	if (!copy)
		fail(g, TOBS_ENOMEM);
	return copy;
}

void grid_row(const struct tobs_button_grid *g, size_t i, void **ret_first, size_t *ret_count)
{
	size_t end = i + 1 < g->row_count ? g->rows[i + 1] : g->count;

	*ret_first = grid_at(g, g->rows[i]);
	*ret_count = end - g->rows[i];
}
