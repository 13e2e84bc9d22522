/* SPDX-License-Identifier: MIT */
/* Keyboards in place of the letters. */
#include "bot/grid.h"

void tobs_keyboard_init(struct tobs_keyboard_builder *k, struct tobs_arena *arena, unsigned flags)
{
	grid_init(&k->grid, arena, sizeof(struct tobs_keyboard_button));
	k->flags = flags;
	k->placeholder = NULL;
}

void tobs_keyboard_row(struct tobs_keyboard_builder *k)
{
	k->grid.new_row = true;
}

void tobs_keyboard_columns(struct tobs_keyboard_builder *k, size_t columns)
{
	k->grid.columns = columns;
}

void tobs_keyboard_placeholder(struct tobs_keyboard_builder *k, const char *text)
{
	k->placeholder = grid_copy(&k->grid, text);
}

void tobs_keyboard_button(
	struct tobs_keyboard_builder *k, const struct tobs_keyboard_button *button)
{
	struct tobs_keyboard_button *b = grid_add(&k->grid);

	if (!b)
		return;
	*b = *button;
	b->text = grid_copy(&k->grid, button->text);
}

void tobs_keyboard_text(struct tobs_keyboard_builder *k, const char *fmt, ...)
{
	struct tobs_buf text;
	va_list ap;

	tobs_buf_init(&text, TOBS_BUTTON_DATA);
	va_start(ap, fmt);
	(void)tobs_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (tobs_buf_err(&text))
		k->grid.err = k->grid.err ? k->grid.err : tobs_buf_err(&text);
	else
		tobs_keyboard_button(
			k, &(struct tobs_keyboard_button){ .text = tobs_buf_str(&text) });
	tobs_buf_deinit(&text);
}

void tobs_keyboard_contact(struct tobs_keyboard_builder *k, const char *text)
{
	tobs_keyboard_button(
		k, &(struct tobs_keyboard_button){ .text = text, .request_contact = true });
}

void tobs_keyboard_location(struct tobs_keyboard_builder *k, const char *text)
{
	tobs_keyboard_button(
		k, &(struct tobs_keyboard_button){ .text = text, .request_location = true });
}

void tobs_keyboard_poll(struct tobs_keyboard_builder *k, const char *text, const char *type)
{
	struct tobs_keyboard_button_poll_type *poll = TOBS_ARENA_NEW(
		k->grid.arena, struct tobs_keyboard_button_poll_type);

	if (poll && type)
		poll->type = grid_copy(&k->grid, type);
	if (poll)
		tobs_keyboard_button(
			k, &(struct tobs_keyboard_button){ .text = text, .request_poll = poll });
	else
		k->grid.err = k->grid.err ? k->grid.err : TOBS_ENOMEM;
}

void tobs_keyboard_web_app(struct tobs_keyboard_builder *k, const char *text, const char *url)
{
	struct tobs_web_app_info *app = TOBS_ARENA_NEW(k->grid.arena, struct tobs_web_app_info);

	if (app) {
		app->url = grid_copy(&k->grid, url);
		tobs_keyboard_button(
			k, &(struct tobs_keyboard_button){ .text = text, .web_app = app });
	} else {
		k->grid.err = k->grid.err ? k->grid.err : TOBS_ENOMEM;
	}
}

int tobs_keyboard_done(struct tobs_keyboard_builder *k, struct tobs_reply_markup *ret)
{
	struct tobs_button_grid *g = &k->grid;
	struct tobs_reply_keyboard_markup *m;
	struct tobs_keyboard_button_array *rows;

	if (g->err)
		return g->err;
	if (!g->count)
		return TOBS_EINVAL;
	m = TOBS_ARENA_NEW(g->arena, struct tobs_reply_keyboard_markup);
	rows = tobs_arena_array(g->arena, g->row_count, sizeof *rows);
	if (!m || !rows)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < g->row_count; i++) {
		void *first;

		grid_row(g, i, &first, &rows[i].count);
		rows[i].items = first;
	}
	m->keyboard.items = rows;
	m->keyboard.count = g->row_count;
	m->input_field_placeholder = k->placeholder;
	m->resize_keyboard = k->flags & TOBS_KEYBOARD_RESIZE;
	m->one_time_keyboard = k->flags & TOBS_KEYBOARD_ONE_TIME;
	m->is_persistent = k->flags & TOBS_KEYBOARD_PERSISTENT;
	m->selective = k->flags & TOBS_KEYBOARD_SELECTIVE;
	*ret = (struct tobs_reply_markup){ .keyboard = m };
	return TOBS_OK;
}

struct tobs_reply_markup tobs_keyboard_none(void)
{
	static const struct tobs_reply_keyboard_remove none;

	return (struct tobs_reply_markup){ .remove_keyboard = &none };
}

struct tobs_reply_markup tobs_keyboard_reply(void)
{
	static const struct tobs_force_reply reply;

	return (struct tobs_reply_markup){ .force_reply = &reply };
}
