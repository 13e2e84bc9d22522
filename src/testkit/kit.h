/* SPDX-License-Identifier: MIT */
/*
 * A test of a bot from inside.
 *
 *     test (main fiber) ── people.c ── commands ── the simulated world
 *                                                       │ updates
 *     program (a fiber) ── bot ── calls over loopback ── Bot API server
 *                                                       │ record.c
 *     test ── expect.c ── what each chat saw ◂──────────┘
 *
 * The main fiber is the stack on which the test runs (rt_begin()), so a test
 * framework may leave it by longjmp().
 */
#ifndef TESTKIT_KIT_H
#define TESTKIT_KIT_H

#define TOBS_TEST_KIT /* the functions, without where they are called from */
#include <tobs/log.h>
#include <tobs/test.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "bot/testing.h"
#include "sim/bot.h"
#include "sim/bot_faults.h"
#include "sim/sim.h"

/* A call that reached the server, but getUpdates. */
struct kit_call {
	enum tobs_method method;
	const char *args; /* JSON */
	int status;       /* 0: it was carried out */
	const char *description;
};

enum kit_event_kind {
	KIT_SAID, /* by people: for the transcript */
	KIT_MESSAGE,
	KIT_EDIT,
	KIT_DELETED,
	KIT_ANSWER,  /* to a query of `chat`, which is a user here */
	KIT_REFUSED, /* a call about the chat: for the transcript */
	KIT_RESULTS, /* to an inline query of `chat`, which is a user here: titles with '|' between */
};

/* What a chat saw. */
struct kit_event {
	enum kit_event_kind kind;
	int64_t chat;                    /* as the Bot API knows it */
	const char *who;                 /* of KIT_SAID */
	const char *text;                /* "" without */
	const char *args;                /* of the call, JSON */
	const struct tobs_message *what; /* NULL: not known */
	bool seen;                       /* an expectation looked at it */
};

struct kit_fault {
	struct tobs_test_fault fault; /* method and description in the arena */
	unsigned left;
};

struct tobs_test_user {
	struct tobs_test *t;
	struct tobs_test_user *next;
	const char *name;
	int64_t id;        /* of the user */
	int64_t place;     /* the chat, as the world knows it: the bot, or a group */
	int64_t chat;      /* the same as the Bot API knows it: the user, or a group */
	int32_t last;      /* the newest message of their own; 0: none */
	const char *query; /* the inline query that was typed last */
	size_t at;         /* the event that was looked at last, plus one; 0: none */
};

enum { KIT_LOG_LINES = 6, KIT_LINE_BYTES = 400 };

struct tobs_test {
	struct tobs_test_options options;
	struct tobs_arena arena; /* what lives as long as the test */
	struct fake_clock clock;
	struct sim sim; /* a world and bots, and nothing else of it */
	struct sim_bots_watch watch;
	const struct sim_account *account; /* the bot's */
	struct bot_testing testing;
	char folder[128]; /* "": none yet */
	char store[160];
	char root[64];
	char token[128];
	struct tobs_fiber *program; /* NULL: it does not run */
	bool ended;                 /* by itself */
	bool returned;
	bool stopping;
	bool dead; /* was killed: what it still says is not heard */
	unsigned kills;
	int result;

	struct tobs_test_user *users;
	unsigned files; /* that people sent */
	ARRAY_OF(struct kit_call) calls;
	ARRAY_OF(struct kit_event) events;
	ARRAY_OF(struct kit_fault) faults;
	struct sim_bot_faults network;
	size_t looked;          /* calls that tobs_test_expect_call() has passed */
	struct tobs_buf answer; /* of the last command */
	unsigned failures;
	char log[KIT_LOG_LINES][KIT_LINE_BYTES]; /* of the bot, a ring */
	size_t logged;
};

/* ---- fail.c ---- */

/* Where the test stands, or "". */
const char *kit_here(void);

/* Fails the test; u (may be NULL) is whose chat is shown. Returns -1. */
int kit_fail(struct tobs_test *t, const struct tobs_test_user *u, const char *fmt, ...)
	TOBS_PRINTF(3, 4);

/* A sink for the log, which is shown with a failure. */
void kit_log(const struct tobs_log_line *line, void *test);

/* ---- record.c ---- */

void kit_watch(struct tobs_test *t); /* fills t->watch */

/* Notes that something happened in a chat. */
void kit_note(struct tobs_test *t, const struct kit_event *e);

/* ---- kit.c ---- */

/* Lets everything happen that can without time passing. 0, or -1 when the bot has ended. */
int kit_settle(struct tobs_test *t);

/* ---- people.c ---- */

/*
 * A command of the simulator: "{'do':'say','by':%lld,…}" with ' for ". Strings go
 * through kit_quote(). What is wrong fails the test, `u` shown. The answer is in t->answer.
 */
int kit_command(struct tobs_test *t, const struct tobs_test_user *u, const char *fmt, ...)
	TOBS_PRINTF(3, 4);

/* The same as it stands, without failing and without letting anything come of it: 0, or -1. */
int kit_try(struct tobs_test *t, const char *text);

/* Of t->answer: the number under this key (0: none), and why it was refused. */
int64_t kit_answered(struct tobs_test *t, const char *key);
const char *kit_refusal(struct tobs_test *t);

/* For the transcript: "(presses)", "Yes". */
void kit_said(struct tobs_test_user *u, const char *what, const char *text);

/* Says it; reply_to (0: nothing) is a message as this user numbers it. */
int kit_say(struct tobs_test_user *u, const char *text, int32_t reply_to);

/* Text as a string of JSON with its quotes, in the arena. NULL: no memory. */
const char *kit_quote(struct tobs_test *t, const char *text);

#endif
