/* SPDX-License-Identifier: MIT */
/* A test of bot.c, as it stands: a person, a simulated Telegram, no network. */
#define main bot_main
#include "bot.c"
#undef main
#include <tobs/test.h>

int main(void)
{
	struct tobs_test *t = tobs_test_new(&(struct tobs_test_options){ .program = bot_main });
	struct tobs_test_user *ada = tobs_test_user(t, "Ada");

	tobs_test_say(ada, "/start");
	tobs_test_expect_text(ada, "Hello, Ada");
	tobs_test_say(ada, "thanks");
	tobs_test_expect_nothing(ada);
	return tobs_test_free(t);
}
