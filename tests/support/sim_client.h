/* SPDX-License-Identifier: MIT */
/*
 * A client and a simulated Telegram in one process, with time by hand.
 *
 *     STAGE_TEST(asks)
 *     {
 *             stage_login(s);
 *             assert_ok(tobs_call(s->c, …));
 *     }
 *
 * The body runs on the main fiber of a run of its own. The world has Ada, who
 * can log in (+999 66 2 0001, code 22222) in DC 2, a bot, and whatever the test
 * adds before the client asks.
 */
#ifndef SUPPORT_SIM_CLIENT_H
#define SUPPORT_SIM_CLIENT_H

#include <tobs/client.h>
#include <tobs/methods.h>

#include "sim/server.h"
#include "sim/synthetic.h"
#include "support/fibers.h"
#include "support/tmpdir.h"

enum { ADA = 1001, ROBOT = 777 };

#define ADA_PHONE   "+999 66 2 0001"
#define ADA_CODE    "22222"
#define ROBOT_TOKEN "777:token_of_the_robot"
#define API_HASH    "0123456789abcdef0123456789abcdef"

struct stage {
	struct sim_world *w;
	struct sim_server *server;
	struct sim_account *ada, *robot;
	struct tobs_client *c;
	struct tobs_client_options options; /* changed by the test before stage_client() */
	struct tobs_server at;
	struct tobs_reply reply;
	struct tobs_err err;
	struct tmpdir dir;
	char session[160]; /* options.session; the test may set that to NULL */

	/* What a person would type in, one after the other; NULL: gives up. */
	const char *codes[4], *passwords[4];
	size_t codes_asked, passwords_asked, wrongs;
	char how[32], hint[64], url[512];
	size_t shown; /* QR codes */
	struct tobs_login_ui ui;

	/* What the client told. */
	size_t waits, updates;
	struct tobs_wait wait;
};

typedef void (*stage_fn)(struct stage *s);

/* Runs the body with everything set up but the client, and takes all down. */
void stage_run(stage_fn body);

#define STAGE_TEST(name)                          \
	static void name##_body(struct stage *s); \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		stage_run(name##_body);           \
	}                                         \
	static void name##_body(struct stage *s ATTR_UNUSED)

/* Makes the client as s->options say. */
void stage_client(struct stage *s);

/* Frees the client and makes another one from the same session. */
void stage_reopen(struct stage *s);

/* Makes the client, if there is none, and logs in as Ada. */
void stage_login(struct stage *s);

/* Switches faults on, as their text says. */
void stage_faults(struct stage *s, const char *text);

/* How often the server was asked. */
uint64_t stage_count(const struct stage *s, uint32_t method);

/* A synthetic chat in Ada's list, described as in sim/synthetic.h. */
struct tobs_peer stage_chat(struct stage *s, const char *spec);

#endif
