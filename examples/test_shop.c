/* SPDX-License-Identifier: MIT */
/* A test of shop.c: what buyers see, what does not work out, and that the stock holds. */
#define main shop_main
#include "shop.c"
#undef main
#include <tobs/test.h>

static const struct tobs_test_buyer home = { .country = "DE",
	.city = "Bremen",
	.street = "Am Markt 1",
	.post_code = "28195",
	.state = "",
	.option = "bike" };

static void expect(struct tobs_test *t, const char *have, const char *want)
{
	if (!have || strcmp(have, want) != 0)
		tobs_test_failed(
			t, "expected \"%s\", but it was \"%s\"", want, have ? have : "(paid)");
}

static void order(struct tobs_test_user *u, const char *button)
{
	tobs_test_say(u, "/start");
	tobs_test_expect_text(u, "What would you like?");
	tobs_test_expect_keyboard(u, "Mug, 12.50 €\nStickers, 50 ⭐");
	tobs_test_press(u, button);
	tobs_test_expect_media(u, "invoice");
}

int main(void)
{
	struct tobs_test_buyer far = home, south = home;
	struct tobs_test_user *ada, *bo;
	struct tobs_test *t;

	setenv("PROVIDER_TOKEN", "1:TEST:1", 1);
	t = tobs_test_new(&(struct tobs_test_options){ .program = shop_main });
	ada = tobs_test_user(t, "Ada");
	bo = tobs_test_user(t, "Bo");

	/* Stars */
	order(ada, "Stickers, 50 ⭐");
	tobs_test_expect_call(t, "sendInvoice", "{'currency':'XTR','prices':[{'amount':50}]}");
	if (tobs_test_pay(ada, NULL))
		tobs_test_failed(t, "Stars were not taken");
	tobs_test_expect_text(ada, "Thank you! Have fun, order 1.");

	/* money, and a way home */
	order(ada, "Mug, 12.50 €");
	if (tobs_test_pay(ada, &home))
		tobs_test_failed(t, "the mug was not sold");
	tobs_test_expect_text(ada, "Thank you! It goes to Bremen by bike, order 2.");

	/* where there is no way */
	south.country = "AQ";
	order(bo, "Mug, 12.50 €");
	expect(t, tobs_test_pay(bo, &south), "Penguins have no letter boxes, sorry");
	tobs_test_expect_nothing(bo);

	/* the second mug is the last one, also after a restart */
	far.country = "NZ";
	far.option = "post";
	if (tobs_test_pay(bo, &far))
		tobs_test_failed(t, "the mug was not sold");
	tobs_test_expect_text(bo, "Thank you! It goes to Bremen, order 1.");
	tobs_test_restart(t);
	order(ada, "Mug, 12.50 €");
	expect(t, tobs_test_pay(ada, &home), "The last one has just been sold");
	tobs_test_expect_nothing(ada);
	return tobs_test_free(t);
}
