/* SPDX-License-Identifier: MIT */
/*
 * A test of registration.c: its steps, with the bot killed between any two of them,
 * and its time-outs, without anybody having to wait for them.
 */
#include <stdio.h>

#define main registration_main
#include "registration.c"
#undef main
#include <tobs/test.h>

enum { MINUTE = 60 * 1000, STEPS = 4 };

static void kill_before(struct tobs_test *t, int step, int killed)
{
	if (step == killed) {
		tobs_test_kill(t);
		tobs_test_start(t);
	}
}

/* The whole way; the bot is killed before step `killed`. */
static void go_through(struct tobs_test *t, struct tobs_test_user *u, int killed)
{
	kill_before(t, 0, killed);
	tobs_test_say(u, "/register");
	tobs_test_expect_text(u, "What is your name?");
	kill_before(t, 1, killed);
	tobs_test_say(u, "Ada");
	tobs_test_expect_text(u, "Hello, Ada. What is your e-mail address?");
	kill_before(t, 2, killed);
	tobs_test_say(u, "ada@example.org");
	tobs_test_expect_text(u, "Ada, ada@example.org. Is that right?");
	tobs_test_expect_keyboard(u, "Yes|No");
	kill_before(t, 3, killed);
	tobs_test_press(u, "Yes");
	tobs_test_expect_edit(u, "You are registered.");
}

int main(void)
{
	struct tobs_test *t = tobs_test_new(
		&(struct tobs_test_options){ .program = registration_main });
	struct tobs_test_user *ada = tobs_test_user(t, "Ada"), *bo = tobs_test_user(t, "Bo");
	char text[128];

	tobs_test_say(ada, "/me");
	tobs_test_expect_text(ada, "I don't know you. /register?");
	for (int killed = 0; killed <= STEPS; killed++) {
		go_through(t, ada, killed);
		tobs_test_say(ada, "/me");
		snprintf(text, sizeof text, "Ada, ada@example.org. There were %d registrations.",
			killed + 1);
		tobs_test_expect_text(ada, text);
	}

	/* On second thoughts. */
	tobs_test_say(bo, "/register");
	tobs_test_expect_text(bo, "What is your name?");
	tobs_test_say(bo, "Bob");
	tobs_test_expect_text(bo, "Hello, Bob. What is your e-mail address?");
	tobs_test_say(bo, "at home");
	tobs_test_expect_text(bo, "An e-mail address has an @ in it. Once more, please?");
	tobs_test_say(bo, "bo@example.org");
	tobs_test_expect_text(bo, "Bob, bo@example.org. Is that right?");
	tobs_test_press(bo, "No");
	tobs_test_expect_edit(bo, "Then once more: what is your name?");
	tobs_test_say(bo, "/cancel");
	tobs_test_expect_text(bo, "Cancelled.");

	/* Silence, of the bot and of its user. */
	tobs_test_say(bo, "/register");
	tobs_test_expect_text(bo, "What is your name?");
	tobs_test_advance(t, 9 * MINUTE);
	tobs_test_say(bo, "Bo");
	tobs_test_expect_text(bo, "Hello, Bo. What is your e-mail address?");
	tobs_test_advance(t, 9 * MINUTE);
	tobs_test_expect_nothing(bo);
	tobs_test_advance(t, 2 * MINUTE);
	tobs_test_expect_text(bo, "You have been quiet for so long. /register begins anew.");
	tobs_test_say(bo, "/register");
	tobs_test_expect_text(bo, "What is your name?");
	tobs_test_kill(t);
	tobs_test_advance(t, 60 * MINUTE);
	tobs_test_start(t);
	tobs_test_advance(t, MINUTE);
	tobs_test_expect_text(bo, "You have been quiet for so long. /register begins anew.");
	tobs_test_say(bo, "/me");
	tobs_test_expect_text(bo, "I don't know you. /register?");
	return tobs_test_free(t);
}
