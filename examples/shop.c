/* SPDX-License-Identifier: MIT */
/*
 * A shop. A mug costs money and is sent home, stickers cost Telegram Stars:
 *
 *     /start ▸ a button ▸ invoice ▸ how to ship it ▸ one last look ▸ paid
 *
 *     BOT_TOKEN=… PROVIDER_TOKEN=… example_shop     the latter from @BotFather, /mybots, Payments
 *     examples/talk.py build/release/examples/example_shop  without an account and without money
 */
#include <stdlib.h>
#include <string.h>
#include <tobs/bot.h>
#include <tobs/data.h>

/* Amounts are whole numbers of the smallest unit: cents, and Stars for XTR. */
struct item {
	const char *id, *title, *about, *currency;
	int64_t price;
	bool shipped;
	int64_t stock;
};

static const struct item items[] = {
	{ "mug", "Mug", "White, with a hen on it, 300 ml", "EUR", 1250, true, 2 },
	{ "stickers", "Stickers", "Twelve hens for your chats", "XTR", 50, false, 1000000 },
};

static const struct item *find(const char *id)
{
	for (size_t i = 0; i < sizeof items / sizeof *items; i++)
		if (strcmp(items[i].id, id) == 0)
			return &items[i];
	return NULL;
}

static int on_start(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_inline_keyboard_markup keyboard = {
		.inline_keyboard = TOBS_ARRAY(struct tobs_inline_keyboard_button_array,
			TOBS_ARRAY(struct tobs_inline_keyboard_button,
				{ .text = "Mug, 12.50 €", .callback_data = "buy:mug" }),
			TOBS_ARRAY(struct tobs_inline_keyboard_button,
				{ .text = "Stickers, 50 ⭐", .callback_data = "buy:stickers" })),
	};

	return tobs_reply_with(ctx,
		&(struct tobs_send_message){
			.text = "What would you like?", .reply_markup.inline_keyboard = &keyboard },
		NULL);
}

static int on_buy(struct tobs_ctx *ctx, void *user)
{
	const struct item *it = find(tobs_text(ctx) + strlen("buy:"));
	const char *provider = getenv("PROVIDER_TOKEN");
	int r = tobs_answer(ctx, it ? NULL : "That is no longer sold");

	if (r || !it)
		return r;
	return tobs_send_invoice(tobs_ctx_bot(ctx),
		&(struct tobs_send_invoice){
			.chat_id = tobs_chat_id(ctx),
			.title = it->title,
			.description = it->about,
			.payload =
				it->id, /* comes back with every step, and is not seen by the buyer */
			.currency = it->currency,
			.provider_token = strcmp(it->currency, "XTR") && provider ? provider : "",
			.prices = TOBS_ARRAY(struct tobs_labeled_price,
				{ .label = it->title, .amount = it->price }),
			.need_shipping_address = it->shipped,
			.is_flexible = it->shipped, /* on_shipping() says what it costs */
		},
		NULL);
}

static int on_shipping(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_shipping_query *q = tobs_ctx_update(ctx)->shipping_query;
	const char *country = q->shipping_address->country_code;
	bool near = strcmp(country, "DE") == 0 || strcmp(country, "NL") == 0;
	struct tobs_answer_shipping_query answer = {
		.shipping_query_id = q->id,
		.ok = true,
		.shipping_options = TOBS_ARRAY(struct tobs_shipping_option,
			{ .id = "post",
				.title = "By post",
				.prices = TOBS_ARRAY(struct tobs_labeled_price,
					{ .label = "Postage", .amount = near ? 390 : 990 }) },
			{ .id = "bike",
				.title = "By bike",
				.prices = TOBS_ARRAY(struct tobs_labeled_price,
					{ .label = "Courier", .amount = 590 }) }),
	};

	if (!near)
		answer.shipping_options.count = 1;
	if (strcmp(country, "AQ") == 0) {
		answer.ok = false;
		answer.error_message = "Penguins have no letter boxes, sorry";
	}
	return tobs_answer_shipping_query(tobs_ctx_bot(ctx), &answer);
}

/* The last moment to say no, and it has to be said within ten seconds. */
static int on_checkout(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_pre_checkout_query *q = tobs_ctx_update(ctx)->pre_checkout_query;
	const struct item *it = find(q->invoice_payload);
	bool left = it && tobs_data_int(tobs_data_bot(ctx), it->id, 0) < it->stock;

	return tobs_answer_pre_checkout_query(tobs_ctx_bot(ctx),
		&(struct tobs_answer_pre_checkout_query){ .pre_checkout_query_id = q->id,
			.ok = left,
			.error_message = left ? NULL : "The last one has just been sold" });
}

static bool is_paid(struct tobs_ctx *ctx, void *user)
{
	return tobs_ctx_message(ctx) && tobs_ctx_message(ctx)->successful_payment;
}

/* What is noted here is saved with the update's being done: once, whatever happens. */
static int on_paid(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_successful_payment *p = tobs_ctx_message(ctx)->successful_payment;
	const struct tobs_order_info *to = p->order_info;
	struct tobs_data *mine = tobs_data_user(ctx);

	tobs_data_add(tobs_data_bot(ctx), p->invoice_payload, 1);
	tobs_data_push(mine, "charges", p->telegram_payment_charge_id);
	return tobs_reply(ctx, "Thank you! %s%s%s, order %zu.",
		strcmp(p->invoice_payload, "mug") ? "Have fun" : "It goes to ",
		to && to->shipping_address ? to->shipping_address->city : "",
		p->shipping_option_id && !strcmp(p->shipping_option_id, "bike") ? " by bike" : "",
		tobs_data_count(mine, "charges"));
}

int main(void)
{
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){ .token_env = "BOT_TOKEN" });

	tobs_on_command(bot, "start", on_start, NULL);
	tobs_on_callback(bot, "buy:", on_buy, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_SHIPPING_QUERY, on_shipping, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_PRE_CHECKOUT_QUERY, on_checkout, NULL);
	tobs_on(bot, tobs_f_fn(is_paid, NULL), on_paid, NULL);
	return tobs_bot_run(bot);
}
