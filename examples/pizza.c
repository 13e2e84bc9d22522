/* SPDX-License-Identifier: MIT */
/*
 * Takes orders for pizza: a conversation with another one inside, for what goes
 * on top.
 *
 *     BOT_TOKEN=… example_pizza
 *
 *     /order ▸ size ▸ toppings: [pick ▸ pick ▸ …] ▸ confirm
 *                ▴─── back ───────┘
 *
 * With BOT_API_ROOT it asks another server, such as `tobs sim`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tobs/conversation.h>
#include <tobs/keyboard.h>
#include <tobs/text.h>

static const char *const toppings[] = { "Olives", "Mushrooms", "Onions", "Peppers", "Pineapple" };

enum { TOPPINGS = sizeof toppings / sizeof toppings[0] };

static int on_order(struct tobs_ctx *ctx, void *user)
{
	struct tobs_keyboard_builder k;
	struct tobs_send_message m = { .text = "How large?" };
	int r;

	tobs_conv_go(ctx, "size");
	tobs_keyboard_init(&k, tobs_ctx_arena(ctx), TOBS_KEYBOARD_RESIZE | TOBS_KEYBOARD_ONE_TIME);
	tobs_keyboard_text(&k, "Small");
	tobs_keyboard_text(&k, "Large");
	r = tobs_keyboard_done(&k, &m.reply_markup);
	return r ? r : tobs_reply_with(ctx, &m, NULL);
}

/* The toppings, those that were picked with a mark. */
static int keyboard(struct tobs_ctx *ctx, struct tobs_reply_markup *ret)
{
	struct tobs_data *d = tobs_conv_data(ctx);
	struct tobs_inline_builder k;

	tobs_inline_init(&k, ctx);
	tobs_inline_columns(&k, 2);
	for (int i = 0; i < TOPPINGS; i++) {
		char path[32];

		snprintf(path, sizeof path, "picked.%s", toppings[i]);
		tobs_inline_callback(&k,
			tobs_arena_printf(tobs_ctx_arena(ctx), "%s%s",
				tobs_data_has(d, path) ? "✓ " : "", toppings[i]),
			"pick:%s", toppings[i]);
	}
	tobs_inline_row(&k);
	tobs_inline_callback(&k, "◀ Size", "back");
	tobs_inline_callback(&k, "Done ▶", "done");
	return tobs_inline_done(&k, ret);
}

/* Straight into the inner conversation: it has no entry of its own. */
static int on_size(struct tobs_ctx *ctx, void *user)
{
	struct tobs_send_message m = { .text = "What is to go on top?" };
	int r;

	tobs_data_set_str(tobs_conv_data(ctx), "size", tobs_text(ctx));
	tobs_conv_enter(ctx, "toppings", "pick");
	r = keyboard(ctx, &m.reply_markup);
	return r ? r : tobs_reply_with(ctx, &m, NULL);
}

static int on_pick(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_conv_data(ctx);
	struct tobs_reply_markup m;
	const char *path = tobs_arena_printf(
		tobs_ctx_arena(ctx), "picked.%s", tobs_text(ctx) + strlen("pick:"));
	int r;

	if (tobs_data_has(d, path))
		tobs_data_unset(d, path);
	else
		tobs_data_set_bool(d, path, true);
	tobs_answer(ctx, NULL);
	r = keyboard(ctx, &m);
	return r ? r : tobs_edit(ctx, "What is to go on top?", m.inline_keyboard);
}

static int on_back(struct tobs_ctx *ctx, void *user)
{
	tobs_conv_end_with(ctx, "back");
	tobs_answer(ctx, NULL);
	return tobs_reply(ctx, "Small or Large?");
}

static int on_done(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_conv_data(ctx);
	struct tobs_text_builder b;
	char path[32];

	tobs_conv_end_with(ctx, "done");
	tobs_answer(ctx, NULL);
	tobs_text_init(&b, tobs_ctx_arena(ctx));
	tobs_text_bold(&b, "%s pizza", tobs_data_str(d, "size", ""));
	for (int i = 0; i < TOPPINGS; i++) {
		snprintf(path, sizeof path, "picked.%s", toppings[i]);
		if (tobs_data_has(d, path))
			tobs_text_add(&b, "\n+ %s", toppings[i]);
	}
	tobs_text_add(&b, "\n\n/confirm or /cancel");
	return tobs_reply_text(ctx, &b);
}

static int on_confirm(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *kitchen = tobs_data_bot(ctx);

	tobs_data_add(kitchen, "orders", 1);
	tobs_conv_end(ctx);
	return tobs_reply(
		ctx, "Order %lld is in the oven.", (long long)tobs_data_int(kitchen, "orders", 0));
}

static int on_cancel(struct tobs_ctx *ctx, void *user)
{
	tobs_conv_end(ctx);
	return tobs_reply(ctx, "No pizza, then.");
}

int main(void)
{
	static const struct tobs_conv_return map[] = { { "done", "confirm" }, { "back", "size" } };
	struct tobs_bot *bot = tobs_bot_new(
		&(struct tobs_bot_options){ .token_env = "BOT_TOKEN", .store = "pizza.db" });
	struct tobs_conv *order = tobs_conv_new(bot, "order", NULL);
	struct tobs_conv *pick = tobs_conv_new(bot, "toppings", NULL);

	tobs_conv_entry(order, tobs_f_command_is("order"), on_order, NULL);
	tobs_conv_state(order, "size", tobs_f_regex("^(Small|Large)$"), on_size, NULL);
	tobs_conv_nest(order, "toppings", pick, map, 2);
	tobs_conv_state(pick, "pick", tobs_f_callback("pick:"), on_pick, NULL);
	tobs_conv_state(pick, "pick", tobs_f_callback("back"), on_back, NULL);
	tobs_conv_state(pick, "pick", tobs_f_callback("done"), on_done, NULL);
	tobs_conv_state(order, "confirm", tobs_f_command_is("confirm"), on_confirm, NULL);
	tobs_conv_fallback(order, tobs_f_command_is("cancel"), on_cancel, NULL);
	return tobs_bot_run(bot) ? EXIT_FAILURE : EXIT_SUCCESS;
}
