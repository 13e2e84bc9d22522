/* SPDX-License-Identifier: MIT */
/* Keyboards below a message. */
#include <inttypes.h>
#include <stdio.h>

#include "bot/bot.h"
#include "bot/grid.h"
#include "bot/token.h"
#include "botapi/scope.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* What does not fit into a button: one of them. */
struct tobs_long_data {
	size_t button;
	struct tobs_view data;
	char token[TOKEN_LEN + 1];
	char key[TOKEN_LEN + 8];
	struct tobs_long_data *next;
};

void tobs_inline_init_in(
	struct tobs_inline_builder *k, struct tobs_bot *bot, struct tobs_arena *arena)
{
	grid_init(&k->grid, arena, sizeof(struct tobs_inline_keyboard_button));
	k->bot = bot;
	k->longer = NULL;
	k->keep_ms = TOBS_BUTTON_DAYS * DAY_MS;
}

void tobs_inline_init(struct tobs_inline_builder *k, struct tobs_ctx *ctx)
{
	tobs_inline_init_in(k, tobs_ctx_bot(ctx), tobs_ctx_arena(ctx));
}

void tobs_inline_row(struct tobs_inline_builder *k)
{
	k->grid.new_row = true;
}

void tobs_inline_columns(struct tobs_inline_builder *k, size_t columns)
{
	k->grid.columns = columns;
}

void tobs_inline_keep(struct tobs_inline_builder *k, int64_t ms)
{
	k->keep_ms = ms;
}

static void fail(struct tobs_inline_builder *k, int code)
{
	k->grid.err = k->grid.err ? k->grid.err : code;
}

/* ---- Buttons ------------------------------------------------------------------------ */

static void keep_for_later(struct tobs_inline_builder *k, const char *data)
{
	struct tobs_long_data *l = TOBS_ARENA_NEW(k->grid.arena, struct tobs_long_data);

	if (!l) {
		fail(k, TOBS_ENOMEM);
		return;
	}
	l->button = k->grid.count - 1;
	l->data = tobs_str(data);
	l->next = k->longer;
	k->longer = l;
	if (l->data.len > TOBS_BUTTON_DATA)
		fail(k, TOBS_ETOOBIG);
}

void tobs_inline_button(
	struct tobs_inline_builder *k, const struct tobs_inline_keyboard_button *button)
{
	struct tobs_inline_keyboard_button *b = grid_add(&k->grid);

	if (!b)
		return;
	*b = *button;
	b->text = grid_copy(&k->grid, button->text);
	if (!button->callback_data)
		return;
	b->callback_data = grid_copy(&k->grid, button->callback_data);
	if (b->callback_data && token_needed(tobs_str(b->callback_data)))
		keep_for_later(k, b->callback_data);
}

void tobs_inline_callback(struct tobs_inline_builder *k, const char *text, const char *fmt, ...)
{
	struct tobs_buf data;
	va_list ap;

	tobs_buf_init(&data, TOBS_BUTTON_DATA);
	va_start(ap, fmt);
	(void)tobs_buf_vprintf(&data, fmt, ap);
	va_end(ap);
	if (tobs_buf_err(&data))
		fail(k, tobs_buf_err(&data));
	else
		tobs_inline_button(k,
			&(struct tobs_inline_keyboard_button){
				.text = text, .callback_data = tobs_buf_str(&data) });
	tobs_buf_deinit(&data);
}

void tobs_inline_url(struct tobs_inline_builder *k, const char *text, const char *url)
{
	tobs_inline_button(k,
		&(struct tobs_inline_keyboard_button){
			.text = text, .url = grid_copy(&k->grid, url) });
}

void tobs_inline_web_app(struct tobs_inline_builder *k, const char *text, const char *url)
{
	struct tobs_web_app_info *app = TOBS_ARENA_NEW(k->grid.arena, struct tobs_web_app_info);

	if (!app) {
		fail(k, TOBS_ENOMEM);
		return;
	}
	app->url = grid_copy(&k->grid, url);
	tobs_inline_button(
		k, &(struct tobs_inline_keyboard_button){ .text = text, .web_app = app });
}

void tobs_inline_login(struct tobs_inline_builder *k, const char *text, const char *url)
{
	struct tobs_login_url *login = TOBS_ARENA_NEW(k->grid.arena, struct tobs_login_url);

	if (!login) {
		fail(k, TOBS_ENOMEM);
		return;
	}
	login->url = grid_copy(&k->grid, url);
	tobs_inline_button(
		k, &(struct tobs_inline_keyboard_button){ .text = text, .login_url = login });
}

/* A query may be empty, which Telegram wants to be there all the same. */
static const char *copy_query(struct tobs_inline_builder *k, const char *query)
{
	return query && *query ? grid_copy(&k->grid, query) : "";
}

void tobs_inline_switch(struct tobs_inline_builder *k, const char *text, const char *query)
{
	tobs_inline_button(k,
		&(struct tobs_inline_keyboard_button){
			.text = text, .switch_inline_query = copy_query(k, query) });
}

void tobs_inline_switch_here(struct tobs_inline_builder *k, const char *text, const char *query)
{
	tobs_inline_button(k,
		&(struct tobs_inline_keyboard_button){
			.text = text, .switch_inline_query_current_chat = copy_query(k, query) });
}

void tobs_inline_copy(struct tobs_inline_builder *k, const char *text, const char *copied)
{
	struct tobs_copy_text_button *copy = TOBS_ARENA_NEW(
		k->grid.arena, struct tobs_copy_text_button);

	if (!copy) {
		fail(k, TOBS_ENOMEM);
		return;
	}
	copy->text = grid_copy(&k->grid, copied);
	tobs_inline_button(
		k, &(struct tobs_inline_keyboard_button){ .text = text, .copy_text = copy });
}

void tobs_inline_pay(struct tobs_inline_builder *k, const char *text)
{
	tobs_inline_button(k, &(struct tobs_inline_keyboard_button){ .text = text, .pay = true });
}

/* ---- Pages --------------------------------------------------------------------------- */

void tobs_inline_pages(
	struct tobs_inline_builder *k, const char *prefix, int64_t page, int64_t pages)
{
	size_t columns = k->grid.columns;
	char here[48];

	if (pages < 2)
		return;
	page = page < 1 ? 1 : MIN(page, pages);
	tobs_inline_row(k);
	k->grid.columns = 0;
	if (page > 1)
		tobs_inline_callback(k, "◀", "%s:%" PRId64, prefix, page - 1);
	snprintf(here, sizeof here, "%" PRId64 "/%" PRId64, page, pages);
	tobs_inline_callback(k, here, "%s:%" PRId64, prefix, page);
	if (page < pages)
		tobs_inline_callback(k, "▶", "%s:%" PRId64, prefix, page + 1);
	tobs_inline_row(k);
	k->grid.columns = columns;
}

int64_t tobs_page(struct tobs_ctx *ctx, const char *prefix, int64_t pages, int64_t otherwise)
{
	struct tobs_view text = tobs_str(tobs_text(ctx));
	size_t n = strlen(prefix);
	int64_t page;

	if (!ctx->update || ctx->update->kind != TOBS_UPDATE_CALLBACK_QUERY ||
		!tobs_view_starts(text, prefix) || text.len == n || text.ptr[n] != ':' ||
		tobs_view_int(tobs_view_sub(text, n + 1, SIZE_MAX), INT64_MIN, INT64_MAX, &page))
		return otherwise;
	return MAX(1, MIN(page, pages));
}

/* ---- The whole --------------------------------------------------------------------------- */

/* What is too long goes into the store, before anybody can press the button. */
static int store_longer(struct tobs_inline_builder *k)
{
	struct kv_op *ops = tobs_arena_array(k->grid.arena, k->grid.count, sizeof *ops);
	struct tobs_err err;
	size_t n = 0;
	int r;

	if (!ops)
		return TOBS_ENOMEM;
	for (struct tobs_long_data *l = k->longer; l; l = l->next, n++) {
		struct tobs_inline_keyboard_button *b = grid_at(&k->grid, l->button);

		token_make(l->token);
		b->callback_data = l->token;
		ops[n] = (struct kv_op){
			.kind = KV_PUT,
			.key = token_key(l->key, l->token),
			.value = l->data,
			.ttl_ms = k->keep_ms,
		};
	}
	r = kv_apply(bot_store(k->bot), ops, n, &err);
	if (r)
		scope_note(&err);
	return r;
}

int tobs_inline_done(struct tobs_inline_builder *k, struct tobs_reply_markup *ret)
{
	struct tobs_button_grid *g = &k->grid;
	struct tobs_inline_keyboard_markup *m;
	struct tobs_inline_keyboard_button_array *rows;
	int r = TOBS_OK;

	if (g->err)
		return g->err;
	if (!g->count || (k->longer && (!k->bot || !bot_store(k->bot))))
		return TOBS_EINVAL;
	m = TOBS_ARENA_NEW(g->arena, struct tobs_inline_keyboard_markup);
	rows = tobs_arena_array(g->arena, g->row_count, sizeof *rows);
	if (!m || !rows)
		return TOBS_ENOMEM;
	if (k->longer)
		r = store_longer(k);
	if (r)
		return r;
	for (size_t i = 0; i < g->row_count; i++) {
		void *first;

		grid_row(g, i, &first, &rows[i].count);
		rows[i].items = first;
	}
	m->inline_keyboard.items = rows;
	m->inline_keyboard.count = g->row_count;
	*ret = (struct tobs_reply_markup){ .inline_keyboard = m };
	return TOBS_OK;
}
