/* SPDX-License-Identifier: MIT */
/* A test of pizza.c: the way in, around, and out of the conversation inside. */
#define main pizza_main
#include "pizza.c"
#undef main
#include <tobs/test.h>

static void order(struct tobs_test_user *u, const char *size)
{
	tobs_test_say(u, "/order");
	tobs_test_expect_text(u, "How large?");
	tobs_test_expect_keyboard(u, "Small|Large");
	tobs_test_press(u, size);
	tobs_test_expect_text(u, "What is to go on top?");
	tobs_test_expect_keyboard(u, "Olives|Mushrooms\nOnions|Peppers\nPineapple\n◀ Size|Done ▶");
}

static void pick(struct tobs_test_user *u, const char *topping)
{
	tobs_test_press(u, topping);
	tobs_test_expect_edit(u, "What is to go on top?");
}

int main(void)
{
	struct tobs_test *t = tobs_test_new(&(struct tobs_test_options){ .program = pizza_main });
	struct tobs_test_user *ada = tobs_test_user(t, "Ada"), *bo = tobs_test_user(t, "Bo");

	order(ada, "Large");
	pick(ada, "Olives");
	pick(ada, "Pineapple");
	tobs_test_expect_keyboard(
		ada, "✓ Olives|Mushrooms\nOnions|Peppers\n✓ Pineapple\n◀ Size|Done ▶");
	/* Two at once, and a kill in between. */
	order(bo, "Small");
	tobs_test_kill(t);
	tobs_test_start(t);
	pick(ada, "✓ Pineapple");
	tobs_test_press(ada, "◀ Size");
	tobs_test_expect_text(ada, "Small or Large?");
	tobs_test_say(ada, "Small");
	tobs_test_expect_text(ada, "What is to go on top?");
	tobs_test_press(ada, "Done ▶");
	tobs_test_expect_text(ada, "Small pizza\n+ Olives\n\n/confirm or /cancel");
	tobs_test_say(ada, "/confirm");
	tobs_test_expect_text(ada, "Order 1 is in the oven.");

	tobs_test_say(bo, "/cancel");
	tobs_test_expect_text(bo, "No pizza, then.");
	tobs_test_say(bo, "/confirm");
	tobs_test_expect_nothing(bo);
	return tobs_test_free(t);
}
