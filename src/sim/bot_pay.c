/* SPDX-License-Identifier: MIT */
#include "sim/bot_pay.h"

#include <stdio.h>

#include "base/attr.h"
#include "sim/bot_send.h"
#include "sim/bot_server.h"
#include "sim/copies.h"
#include "sim/question.h"

enum {
	TITLE_MAX = 32,
	ABOUT_MAX = 255,
	PAYLOAD_MAX = 128,
	SLUG_BYTES = 24,
	QUERY_S = 150,
	TRANSACTIONS_MAX = 100
};

static const char link_prefix[] = "https://t.me/$";

/* ---- invoices ---- */

static int add_prices(struct bot_call *c, int64_t *ret)
{
	struct json_value list = json_field(c->json, "prices");

	*ret = 0;
	JSON_EACH (it, list) {
		int64_t amount = 0;

		(void)json_get_i64(json_field(it.value, "amount"), &amount);
		*ret += amount;
	}
	if (!json_count(list))
		return bot_fail(c, 400, "there must be at least one price");
	return *ret <= 0 ? bot_fail(c, 400, "CURRENCY_TOTAL_AMOUNT_INVALID") : TOBS_OK;
}

static int check_texts(struct bot_call *c, struct tobs_view payload, struct tobs_view currency)
{
	struct tobs_view title = tobs_str(bot_arg_str(c, "title"));
	struct tobs_view about = tobs_str(bot_arg_str(c, "description"));
	const char *provider = bot_arg_str(c, "provider_token");
	bool stars = tobs_view_is(currency, "XTR");

	if (!title.len || bot_text_units(title) > TITLE_MAX)
		return bot_fail(
			c, 400, title.len ? "INVOICE_TITLE_TOO_LONG" : "title must be non-empty");
	if (!about.len || bot_text_units(about) > ABOUT_MAX)
		return bot_fail(c, 400,
			about.len ? "INVOICE_DESCRIPTION_TOO_LONG"
				  : "description must be non-empty");
	if (!payload.len || payload.len > PAYLOAD_MAX)
		return bot_fail(c, 400, "INVOICE_PAYLOAD_INVALID");
	if (currency.len != 3)
		return bot_fail(c, 400, "CURRENCY_INVALID");
	if (!stars && !(provider && *provider))
		return bot_fail(c, 400, "PAYMENT_PROVIDER_INVALID");
	if (stars && json_count(json_field(c->json, "prices")) != 1)
		return bot_fail(c, 400, "STARS_INVOICE_INVALID");
	return TOBS_OK;
}

static int read_invoice(struct bot_call *c, struct bot_invoice *ret)
{
	struct tobs_view payload = tobs_str(bot_arg_str(c, "payload"));
	struct tobs_view currency = tobs_str(bot_arg_str(c, "currency"));
	int r = check_texts(c, payload, currency);

	*ret = (struct bot_invoice){ .flexible = bot_arg_bool(c, "is_flexible"),
		.need_name = bot_arg_bool(c, "need_name"),
		.need_phone = bot_arg_bool(c, "need_phone_number"),
		.need_email = bot_arg_bool(c, "need_email"),
		.need_address = bot_arg_bool(c, "need_shipping_address") };
	if (!r)
		r = add_prices(c, &ret->total);
	ret->payload = sim_keep(c->world, payload);
	ret->currency = sim_keep(c->world, currency);
	return r;
}

/* Without a keyboard of its own it has a button for paying. */
static const union tl_ReplyMarkup *pay_button(struct bot_call *c, const struct bot_invoice *i)
{
	struct tobs_inline_keyboard_button button = { .pay = true };
	const struct tobs_inline_keyboard_button_array row = { &button, 1 };
	const struct tobs_inline_keyboard_markup m = { .inline_keyboard = { &row, 1 } };
	const union tl_ReplyMarkup *out = NULL;

	button.text = tobs_arena_printf(
		&c->arena, "Pay %.*s %lld", TOBS_VIEW_FMT(i->currency), (long long)i->total);
	return button.text && !bot_inline_markup_read(c, &m, &out) ? out : NULL;
}

static int run_send(struct bot_call *c)
{
	struct tl_messageMediaInvoice *m = SIM_NEW(&c->arena, messageMediaInvoice);
	struct tl_message draft = { .has_media = 1, .media = (const void *)m };
	struct bot_invoice invoice;
	struct bot_target t;
	struct sim_sent sent;
	int r = bot_target_read(c, &t);

	if (!r)
		r = read_invoice(c, &invoice);
	if (!r && !m)
		r = bot_no_memory(c);
	if (r)
		return r;
	if (!t.markup)
		t.markup = pay_button(c, &invoice);
	m->title = tobs_str(bot_arg_str(c, "title"));
	m->description = tobs_str(bot_arg_str(c, "description"));
	m->currency = invoice.currency;
	m->total_amount = invoice.total;
	m->start_param = tobs_str(bot_arg_str(c, "start_parameter"));
	m->shipping_address_requested = invoice.need_address;
	r = bot_post(c, &t, &draft, &sent);
	if (r)
		return r;
	invoice.history = sent.history;
	invoice.id = sent.id;
	if (ARRAY_PUSH(&c->bot->invoices, invoice))
		return bot_no_memory(c);
	return bot_result_message(c, sent.history, sent.id);
}

static int run_link(struct bot_call *c)
{
	struct bot_invoice invoice;
	int r = read_invoice(c, &invoice);

	if (r)
		return r;
	invoice.slug = tobs_str(tobs_arena_printf(&c->world->arena, "%016llx",
		(unsigned long long)sim_hash(c->world, "invoice", (int64_t)c->world->made_up++)));
	if (!invoice.slug.len || ARRAY_PUSH(&c->bot->invoices, invoice))
		return bot_no_memory(c);
	return bot_result_str(c,
		tobs_arena_printf(&c->arena, "%s%.*s", link_prefix, TOBS_VIEW_FMT(invoice.slug)));
}

/* ---- Stars ---- */

static int run_balance(struct bot_call *c)
{
	const struct tobs_star_amount out = { .amount = c->bot->stars };

	return bot_result(c, TOBS_TYPE_STAR_AMOUNT, &out);
}

static int run_refund(struct bot_call *c)
{
	const struct tobs_refund_star_payment *a = c->args;

	ARRAY_EACH (charge, &c->bot->charges) {
		if (charge->user != a->user_id ||
			!tobs_view_is(charge->id, a->telegram_payment_charge_id))
			continue;
		if (charge->refund_date)
			return bot_fail(c, 400, "CHARGE_ALREADY_REFUNDED");
		charge->refund_date = sim_now(c->world);
		c->bot->stars -= charge->amount;
		return bot_true(c);
	}
	return bot_fail(c, 400, "CHARGE_ID_INVALID");
}

static int put_transaction(
	struct bot_call *c, const struct bot_show *s, const struct bot_charge *charge, bool back)
{
	const struct tobs_transaction_partner who = { .kind = TOBS_TRANSACTION_PARTNER_USER,
		.user = { .transaction_type =
				  TOBS_TRANSACTION_PARTNER_USER_TRANSACTION_TYPE_INVOICE_PAYMENT,
			.user = show_user(s, charge->user),
			.invoice_payload = show_text(s, charge->payload) } };
	const struct tobs_star_transaction out = { .id = show_text(s, charge->id),
		.amount = charge->amount,
		.date = back ? charge->refund_date : charge->date,
		.source = back ? NULL : &who,
		.receiver = back ? &who : NULL };

	return bot_result(c, TOBS_TYPE_STAR_TRANSACTION, &out);
}

/* The oldest first, as the documentation says; what was given back counts twice. */
static int run_transactions(struct bot_call *c)
{
	const struct tobs_get_star_transactions *a = c->args;
	int64_t limit = a->limit > 0 && a->limit < TRANSACTIONS_MAX ? a->limit : TRANSACTIONS_MAX;
	struct bot_show s = bot_show_of(c);
	int64_t at = 0, n = 0;
	int r = TOBS_OK;

	tobs_buf_puts(&c->out, "{\"transactions\":[");
	ARRAY_EACH (charge, &c->bot->charges)
		for (int back = 0; back <= (charge->refund_date != 0) && !r; back++) {
			if (at++ < a->offset || n >= limit)
				continue;
			if (n++)
				tobs_buf_putc(&c->out, ',');
			r = put_transaction(c, &s, charge, back);
		}
	tobs_buf_puts(&c->out, "]}");
	return r;
}

const struct bot_row bot_rows_pay[] = {
	{ TOBS_METHOD_GET_STAR_TRANSACTIONS, run_transactions },
	{ TOBS_METHOD_SEND_INVOICE, run_send },
	{ TOBS_METHOD_CREATE_INVOICE_LINK, run_link },
	{ TOBS_METHOD_GET_MY_STAR_BALANCE, run_balance },
	{ TOBS_METHOD_REFUND_STAR_PAYMENT, run_refund },
	{ 0, NULL },
};

/* ---- paying ---- */

struct paying {
	struct sim_world *world;
	struct sim_bot *bot;
	const struct bot_invoice *invoice;
	const struct sim_payment *p;
	struct sim_paid *paid;
	struct tl_paymentRequestedInfo *info; /* NULL: nothing was asked for */
	struct tobs_view option;
	int64_t total;
};

/* The history and id may be those of any copy. */
static bool is_it(const struct bot_invoice *i, const struct sim_payment *p)
{
	static const size_t prefix = sizeof link_prefix - 1;

	if (p->link.len)
		return i->slug.len &&
			tobs_view_eq(i->slug, tobs_view_sub(p->link, prefix, SIZE_MAX));
	if (!i->history || !p->history)
		return false;
	return (i->history == p->history && i->id == p->id) ||
		sim_copy_in(p->history, p->id, i->history) == i->id;
}

static const struct bot_invoice *find_invoice(
	struct sim_bots *s, const struct sim_payment *p, struct sim_bot **ret)
{
	ARRAY_EACH (b, &s->list)
		ARRAY_EACH (i, &(*b)->invoices)
			if (is_it(i, p)) {
				*ret = *b;
				return i;
			}
	return NULL;
}

static int refuse(struct paying *y, const char *why)
{
	snprintf(y->paid->why, sizeof y->paid->why, "%s", why);
	return TOBS_ERPC;
}

/* What the bot answered, parsed; TOBS_ERPC when it was no, or came too late. */
static int ask(
	struct paying *y, struct sim_question *q, struct json_parser *parser, struct json_doc *doc)
{
	struct tobs_deadline limit;
	struct tobs_view why = TOBS_LIT("refused");
	char text[200];
	bool ok = false;
	int r = TOBS_OK;

	tobs_deadline_push(&limit, y->p->wait_ms);
	r = tobs_event_wait(&q->answered, NULL);
	tobs_deadline_pop(&limit);
	if (r == TOBS_ETIMEDOUT && tobs_deadline_passed(&limit)) {
		q->until = sim_now(y->world);
		return refuse(y, "BOT_PRECHECKOUT_TIMEOUT");
	}
	if (!r)
		r = json_parse(parser, doc, q->answer, NULL);
	if (r)
		return r;
	(void)json_get_bool(json_field(json_root(doc), "ok"), &ok);
	if (ok)
		return TOBS_OK;
	(void)json_get_str(json_field(json_root(doc), "error_message"), &why);
	snprintf(text, sizeof text, "%.*s", TOBS_VIEW_FMT(why));
	return refuse(y, text);
}

static void take_option(struct paying *y, struct json_value list)
{
	JSON_EACH (it, list) {
		struct tobs_view id = { NULL, 0 };

		(void)json_get_str(json_field(it.value, "id"), &id);
		if (y->p->option.len && !tobs_view_eq(id, y->p->option))
			continue;
		y->option = sim_keep(y->world, id);
		JSON_EACH (price, json_field(it.value, "prices")) {
			int64_t amount = 0;

			(void)json_get_i64(json_field(price.value, "amount"), &amount);
			y->total += amount;
		}
		return;
	}
}

static int ship(struct paying *y, struct json_parser *parser, struct json_doc *doc)
{
	struct sim_account *bot = y->bot->account;
	struct tl_updateBotShippingQuery *u;
	struct sim_question *q;
	int r;

	if (!y->invoice->flexible)
		return TOBS_OK;
	if (!y->p->address)
		return refuse(y, "the invoice asks for an address");
	q = sim_question_new(y->world, SIM_QUESTION_SHIPPING, bot->user->peer, y->p->user, QUERY_S);
	u = SIM_NEW(&y->world->arena, updateBotShippingQuery);
	if (!q || !u)
		return TOBS_ENOMEM;
	u->query_id = q->id;
	u->user_id = y->p->user;
	u->payload = y->invoice->payload;
	u->shipping_address = y->p->address;
	r = sim_push(bot, (void *)u, false);
	if (!r)
		r = ask(y, q, parser, doc);
	if (!r)
		take_option(y, json_field(json_root(doc), "shipping_options"));
	return r || y->option.len ? r : refuse(y, "SHIPPING_OPTION_INVALID");
}

static int check_out(struct paying *y, struct json_parser *parser, struct json_doc *doc)
{
	struct sim_account *bot = y->bot->account;
	struct sim_question *q = sim_question_new(y->world, SIM_QUESTION_CHECKOUT, bot->user->peer,
		y->p->user, BOT_CHECKOUT_MS / 1000);
	struct tl_updateBotPrecheckoutQuery *u = SIM_NEW(
		&y->world->arena, updateBotPrecheckoutQuery);
	int r;

	if (!q || !u)
		return TOBS_ENOMEM;
	u->query_id = q->id;
	u->user_id = y->p->user;
	u->payload = y->invoice->payload;
	u->info = y->info;
	u->has_info = y->info != NULL;
	u->shipping_option_id = y->option;
	u->has_shipping_option_id = y->option.len > 0;
	u->currency = y->invoice->currency;
	u->total_amount = y->total;
	r = sim_push(bot, (void *)u, false);
	return r ? r : ask(y, q, parser, doc);
}

/* The buyer's copy does not say what only the bot may know. */
static int hide_from_buyer(struct paying *y, const struct sim_sent *sent)
{
	union tl_Message *m;
	struct tl_messageActionPaymentSent *action;

	if (sent->history->box->account != sim_account(y->world, y->p->user))
		return TOBS_OK;
	m = sim_history_edit(sent->history, sent->id);
	action = SIM_NEW(&y->world->arena, messageActionPaymentSent);
	if (!m || !action)
		return TOBS_ENOMEM;
	action->currency = y->invoice->currency;
	action->total_amount = y->total;
	m->messageService.action = (const void *)action;
	return sim_history_replace(sent->history, m);
}

static int conclude(struct paying *y, struct tobs_err *err)
{
	int64_t n = sim_hash(y->world, "charge", (int64_t)y->world->made_up++);
	bool stars = tobs_view_is(y->invoice->currency, "XTR");
	struct tl_paymentCharge charge = { .ctor = TL_paymentCharge };
	struct tl_messageActionPaymentSentMe action = { .ctor = TL_messageActionPaymentSentMe,
		.currency = y->invoice->currency,
		.total_amount = y->total,
		.payload = y->invoice->payload,
		.info = y->info,
		.has_info = y->info != NULL,
		.shipping_option_id = y->option,
		.has_shipping_option_id = y->option.len > 0,
		.charge = &charge };
	struct bot_charge kept = { .user = y->p->user,
		.amount = y->total,
		.payload = y->invoice->payload,
		.date = sim_now(y->world) };
	struct sim_sent sent;
	int r;

	charge.id = tobs_str(tobs_arena_printf(&y->world->arena, "%s%lld_%lld", stars ? "stx" : "",
		(long long)n, (long long)y->p->user));
	charge.provider_charge_id = stars
		? tobs_str("0")
		: tobs_str(tobs_arena_printf(&y->world->arena, "prov_%lld", (long long)n));
	kept.id = y->paid->charge = charge.id;
	r = sim_post(y->world,
		&(struct sim_post){ .from = y->p->user,
			.to = y->p->chat ? y->p->chat : y->bot->account->user->peer,
			.action = (const void *)&action },
		&sent, err);
	if (r)
		return r;
	if (stars) {
		y->bot->stars += y->total;
		if (ARRAY_PUSH(&y->bot->charges, kept))
			return TOBS_ENOMEM;
	}
	y->paid->paid = true;
	y->paid->total = y->total;
	return hide_from_buyer(y, &sent);
}

static int read_info(struct paying *y)
{
	const struct bot_invoice *i = y->invoice;

	if (!i->need_name && !i->need_phone && !i->need_email && !i->need_address)
		return TOBS_OK;
	y->info = SIM_NEW(&y->world->arena, paymentRequestedInfo);
	if (!y->info)
		return TOBS_ENOMEM;
	if ((i->need_name && !y->p->name.len) || (i->need_phone && !y->p->phone.len) ||
		(i->need_email && !y->p->email.len) || (i->need_address && !y->p->address))
		return refuse(y, "the invoice asks for more about the buyer");
	if (i->need_name)
		y->info->name = y->p->name;
	if (i->need_phone)
		y->info->phone = y->p->phone;
	if (i->need_email)
		y->info->email = y->p->email;
	if (i->need_address)
		y->info->shipping_address = y->p->address;
	return TOBS_OK;
}

int sim_bots_pay(
	struct sim_bots *s, const struct sim_payment *p, struct sim_paid *ret, struct tobs_err *err)
{
	struct paying y = { .world = s->world, .p = p, .paid = ret };
	struct bot_invoice invoice;
	const struct bot_invoice *found = bot_sync(s) ? NULL : find_invoice(s, p, &y.bot);
	struct json_parser parser;
	struct json_doc doc = { 0 };
	int r;

	*ret = (struct sim_paid){ 0 };
	if (!found)
		return tobs_fail(err, TOBS_ENOTFOUND, "there is no such invoice");
	/* The list may grow while the bot thinks. */
	invoice = *found;
	y.invoice = &invoice;
	y.total = invoice.total;
	json_parser_init(&parser, 1 << 20, 64);
	r = read_info(&y);
	if (!r)
		r = ship(&y, &parser, &doc);
	if (!r)
		r = check_out(&y, &parser, &doc);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	if (!r)
		r = conclude(&y, err);
	if (r == TOBS_ERPC && ret->why[0])
		return TOBS_OK;
	return r == TOBS_ENOMEM ? tobs_fail(err, r, "no memory for a payment") : r;
}
