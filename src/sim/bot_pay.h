/* SPDX-License-Identifier: MIT */
/*
 * Invoices of bots, and people who pay them.
 *
 *     sendInvoice ─► message with a button ─► somebody pays ─► shipping_query (flexible prices)
 *                                                          ─► pre_checkout_query, 10 s
 *                                                          ─► successful_payment
 */
#ifndef SIM_BOT_PAY_H
#define SIM_BOT_PAY_H

#include "sim/bot_call.h"

enum { BOT_CHECKOUT_MS = 10000 }; /* documentation of answerPreCheckoutQuery */

/* What an invoice asks for; memory of the world. */
struct bot_invoice {
	struct sim_history *history; /* of its message, as the bot sees it; NULL: it is a link */
	int32_t id;
	struct tobs_view slug; /* of a link */
	struct tobs_view payload, currency;
	int64_t total; /* in the smallest units of the currency */
	bool flexible, need_name, need_phone, need_email, need_address;
};

/* A payment that went through in Stars; for refunds. */
struct bot_charge {
	struct tobs_view id;
	struct tobs_view payload;
	int64_t user, amount;
	int32_t date, refund_date; /* 0: was not given back */
};

/* Somebody pays. */
struct sim_payment {
	int64_t user, chat;
	struct sim_history *history; /* in which the invoice is, as the user sees it */
	int32_t id;
	struct tobs_view link; /* or its link */
	struct tobs_view name, phone, email;
	const struct tl_postAddress *address; /* NULL: none */
	struct tobs_view option;              /* of shipping; empty: the first */
	int64_t wait_ms;                      /* for each of the bot's answers */
};

struct sim_paid {
	bool paid;
	char why[256]; /* it was not */
	struct tobs_view charge;
	int64_t total;
};

/*
 * Goes through with a payment; what the bot refuses is no failure but in *ret.
 * TOBS_ENOTFOUND: there is no invoice. TOBS_ENOMEM, TOBS_ECANCELED. Waits.
 */
int sim_bots_pay(struct sim_bots *s, const struct sim_payment *p, struct sim_paid *ret,
	struct tobs_err *err);

#endif
