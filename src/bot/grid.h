/* SPDX-License-Identifier: MIT */
/* Buttons in rows (<tobs/keyboard.h>), of whichever sort. */
#ifndef BOT_GRID_H
#define BOT_GRID_H

#include <tobs/keyboard.h>

void grid_init(struct tobs_button_grid *g, struct tobs_arena *arena, size_t size);

/* Room for one more button, zeroed, in the row where it belongs; it moves with the next. NULL: g->err. */
void *grid_add(struct tobs_button_grid *g);

/* A copy of a string; NULL with g->err set for NULL, the empty one, and without memory. */
const char *grid_copy(struct tobs_button_grid *g, const char *s);

/* Button i. */
static inline void *grid_at(const struct tobs_button_grid *g, size_t i)
{
	return g->items + i * g->size;
}

/* The buttons of row i. */
void grid_row(const struct tobs_button_grid *g, size_t i, void **ret_first, size_t *ret_count);

#endif
