/* SPDX-License-Identifier: MIT */
/*
 * Tests of bots: the bot, a simulated Telegram and its people in one process.
 *
 *     #define main bot_main
 *     #include "bot.c"
 *     #undef main
 *     #include <tobs/test.h>
 *
 *     int main(void)
 *     {
 *             struct tobs_test *t = tobs_test_new(&(struct tobs_test_options){ .program = bot_main });
 *             struct tobs_test_user *ada = tobs_test_user(t, "Ada");
 *
 *             tobs_test_say(ada, "/start");
 *             tobs_test_expect_text(ada, "Hello, Ada");
 *             return tobs_test_free(t);
 *     }
 *
 * The bot is the program as it stands, or a function that puts handlers on a bot.
 * It speaks with the simulator as with Telegram: what works here works there, and
 * what Telegram refuses is refused here, in its words. No account, no network, no
 * token, no port is needed, and no two tests get in each other's way.
 *
 * Time stands still. Each thing that people do is followed by everything that
 * comes of it at once: when tobs_test_say() returns, the bot has answered, or
 * waits for something that needs time. Only tobs_test_advance() lets time pass, an
 * hour in some ten milliseconds: conversations time out, jobs run, limits end, and
 * handlers that sleep go on, in the same order each time. What handlers ask other
 * servers than Telegram is not waited for: put something in their place.
 *
 * Failures. An expectation that is not met, and a thing that nobody can do, is
 * told to .fail with where it stands in the test, what was there instead, the last
 * lines of the chat and the bot's last warnings:
 *
 *     test_bot.c:14: expected the message "Hello, Ada", but the bot said "Hi, Ada"
 *       in the chat with Ada:
 *         Ada: /start
 *         bot: Hi, Ada
 *
 * Without .fail that goes to the standard error, the test goes on, and
 * tobs_test_free() returns 1. With a test framework, .fail calls its failure,
 * which may leave by longjmp(): the next tobs_test_new() clears up after a test
 * that was left so. Assertions of a framework belong into the test itself and not
 * into handlers, which run on stacks of their own.
 *
 *     static void failed(const char *message, void *user)
 *     {
 *             fail_msg("%s", message); // cmocka
 *     }
 *
 * What is looked at. In each chat the bot's messages, edits and deletions are kept
 * in the order in which the chat saw them. An expectation takes the next one that
 * none has looked at, and fails if it is something else: so nothing is overlooked.
 * Answers to buttons and queries stand in a line of their own. Calls that nobody
 * sees (setMyCommands, sendChatAction …) are found by tobs_test_expect_call().
 *
 * All functions take NULL for what tobs_test_new() and its like return without
 * success, which was told, and do nothing then. Those that return int return 0, or
 * -1 after a failure was told. One test at a time, on the thread that began it and
 * not on a fiber; in between, the test may call anything of <tobs/rt.h> and
 * <tobs/bot.h>.
 */
#ifndef TOBS_TEST_H
#define TOBS_TEST_H

#include <tobs/bot.h>

TOBS_BEGIN_DECLS

struct tobs_test;

/* Somebody in a chat: with the bot, or, by tobs_test_found() and tobs_test_join(), in another. */
struct tobs_test_user;

/* ---- A test ------------------------------------------------------------------ */

struct tobs_test_options {
	/* One of these. A whole program: it must call tobs_bot_run(), and return. */
	int (*program)(void);
	/* Or what puts handlers on a bot. */
	void (*setup)(struct tobs_bot *bot, void *user);
	/*
	 * Of the bot that .setup gets; NULL: the usual ones. Of these, and of those
	 * a program gives, the test has its own: token, server, store, source.
	 */
	const struct tobs_bot_options *bot;

	void (*fail)(const char *message, void *user);
	void *user; /* of .setup and .fail */

	const char *username; /* of the bot; NULL: "test_bot" */
	bool privacy;         /* in groups it sees only what is meant for it */
	int64_t start;        /* Unix time, s; 0: Monday, 5 January 2026, 12:00 UTC */
	/* A world file (docs/simulator.md) to begin with; NULL: nobody. See tobs_test_known(). */
	const char *world;
};

/* Starts the bot, and returns when it waits for updates. Copies nothing but .username. */
struct tobs_test *tobs_test_new(const struct tobs_test_options *options);

/*
 * Stops the bot and frees all. 0, or 1 when something failed: fit for main()'s
 * return. NULL: one that was left by longjmp(), if there is one; for tear-downs.
 */
int tobs_test_free(struct tobs_test *t);

/* Lets time pass, ms. */
int tobs_test_advance(struct tobs_test *t, int64_t ms);

/* What time it is, Unix time in ms. */
int64_t tobs_test_time(const struct tobs_test *t);

/* Stops the bot as SIGTERM does, and starts it again with the same store. */
int tobs_test_restart(struct tobs_test *t);

/* Stops it, to go on without: what people do meanwhile waits for tobs_test_start(). */
int tobs_test_stop(struct tobs_test *t);
int tobs_test_start(struct tobs_test *t);

/*
 * Ends it as kill -9 does: handlers end where they wait, nobody is told anything,
 * and what was not in the store yet is not there. Then tobs_test_start(). What the
 * program keeps in variables of its own stays, other than in life.
 */
int tobs_test_kill(struct tobs_test *t);

/* The bot at work, for tobs_bot_stats() and the like; NULL when it is not. */
struct tobs_bot *tobs_test_bot(struct tobs_test *t);

/* ---- Faults ------------------------------------------------------------------- */

struct tobs_test_fault {
	const char *method;      /* NULL: any but getUpdates */
	int status;              /* 429, 500, 403, 400 … */
	const char *description; /* NULL: what Telegram says with that status */
	int64_t retry_after;     /* s, of a 429 */
	int64_t migrate_to;      /* of a 400: the supergroup that the group became */
	unsigned times;          /* 0: once */
};

/* The next calls of that method are refused. Several faults: one after the other. */
int tobs_test_fault(struct tobs_test *t, const struct tobs_test_fault *fault);

/*
 * Trouble on the way, by the names that docs/simulator.md gives it without "bot.":
 * "lost=sendMessage:50" (half of them are done, and the answers lost),
 * "latency=300", "limits=1" (Telegram's limits hold), "lost=" (no longer).
 */
int tobs_test_network(struct tobs_test *t, const char *fault);

/* ---- People ------------------------------------------------------------------- */

/* Somebody new, in a private chat with the bot. "Ada", or "Ada Lovelace @ada". Lives as long as the test. */
struct tobs_test_user *tobs_test_user(struct tobs_test *t, const char *name);

/* Somebody of the world file, by key. */
struct tobs_test_user *tobs_test_known(struct tobs_test *t, const char *key);

/* The language of their app, "de" or "pt-br", which bots are told; NULL: not told. */
int tobs_test_language(struct tobs_test_user *u, const char *code);

/*
 * Founds a chat, "group", "supergroup", "forum" or "channel", with the bot in it
 * (in a channel as an administrator), and returns the founder as one who is there.
 */
struct tobs_test_user *tobs_test_found(
	struct tobs_test_user *user, const char *kind, const char *title);

/* Joins the chat in which `there` is; returns the user as one who is there. */
struct tobs_test_user *tobs_test_join(
	struct tobs_test_user *user, const struct tobs_test_user *there);
int tobs_test_leave(struct tobs_test_user *there);

/* Their ids, as the Bot API knows them. */
int64_t tobs_test_user_id(const struct tobs_test_user *u);
int64_t tobs_test_chat_id(const struct tobs_test_user *u);

/* ---- What people do ------------------------------------------------------------ */

/* Writes; commands, mentions and links are found as when people write. */
int tobs_test_say(struct tobs_test_user *u, const char *text);

/* Answers the bot's newest message in the chat. */
int tobs_test_answer(struct tobs_test_user *u, const char *text);

/* Changes the newest message of their own. */
int tobs_test_edit(struct tobs_test_user *u, const char *text);

/*
 * Presses the button with this text, or callback_data, on the newest message of
 * the bot that has one; a button of a reply keyboard is said.
 */
int tobs_test_press(struct tobs_test_user *u, const char *button);

/*
 * Sends a file: "photo", "file", "video", "round", "gif", "voice", "audio" or
 * "sticker", with that content from a path, or of `size` made-up bytes when path
 * is NULL. caption may be NULL.
 */
int tobs_test_send(struct tobs_test_user *u, const char *kind, const char *path, int64_t size,
	const char *caption);

/* Sends a place. */
int tobs_test_send_location(struct tobs_test_user *u, double latitude, double longitude);

/* Their own contact, as a button that asks for it sends it. */
int tobs_test_send_contact(struct tobs_test_user *u, const char *phone);

/*
 * Types behind the bot's name, for inline results; takes one of those that the
 * bot offered last, by title or id, into the chat, where it is a message like
 * those that the bot sends.
 */
int tobs_test_inline(struct tobs_test_user *u, const char *query);
int tobs_test_choose(struct tobs_test_user *u, const char *title);

/* What a form of payment asks for; NULL for what it does not. */
struct tobs_test_buyer {
	const char *name, *phone, *email;
	const char *country, *city, *street, *state, *post_code; /* "GB"; all with a country */
	const char *option;                                      /* id of the shipping option */
};

/*
 * Pays the newest invoice in the chat; buyer may be NULL. NULL when it was paid,
 * else why not, in the bot's words or Telegram's.
 */
const char *tobs_test_pay(struct tobs_test_user *u, const struct tobs_test_buyer *buyer);

/* Blocks the bot, or no longer. */
int tobs_test_block(struct tobs_test_user *u, bool on);

/*
 * Whatever else the simulator can do: a command as docs/simulator.md lists them,
 * with ' for ". In it $me stands for this user, $chat for the chat, $bot for the
 * bot, $message for the bot's newest message. The answer is good until the next
 * one; NULL after a failure.
 *
 *     tobs_test_do(ada, "{'do':'react','by':$me,'chat':$chat,'id':$message,"
 *             "'reactions':[{'_':'reactionEmoji','emoticon':'👍'}]}");
 */
const char *tobs_test_do(struct tobs_test_user *u, const char *command);

/* ---- What the bot did ----------------------------------------------------------- */

/* Next came a message with this text, or caption. */
int tobs_test_expect_text(struct tobs_test_user *u, const char *text);

/* The same with '*' for anything. */
int tobs_test_expect_like(struct tobs_test_user *u, const char *pattern);

/* Next came a message with such a thing: "photo", "document", "invoice" … as a Message calls it. */
int tobs_test_expect_media(struct tobs_test_user *u, const char *field);

/* Next a message got this new text, or caption. */
int tobs_test_expect_edit(struct tobs_test_user *u, const char *text);

/* Next a message was deleted. */
int tobs_test_expect_deleted(struct tobs_test_user *u);

/*
 * The message that the last of these looked at has this keyboard, inline or not:
 * "Yes|No\nCancel". "": it has none.
 */
int tobs_test_expect_keyboard(struct tobs_test_user *u, const char *rows);

/* The next button that this user pressed was answered with this note, "" for none. Need not be looked at then. */
int tobs_test_expect_answer(struct tobs_test_user *u, const char *text);

/* The next inline query of this user brought results with these titles, "Tea|Milk". */
int tobs_test_expect_inline(struct tobs_test_user *u, const char *titles);

/* Nothing is left that no expectation has looked at, in the chat and of this user's answers. */
int tobs_test_expect_nothing(struct tobs_test_user *u);

/*
 * Since the last one there was a call of this method, with at least these
 * arguments, JSON with ' for " (NULL: any): {'chat_id':5,'text':'Hello'}.
 */
int tobs_test_expect_call(struct tobs_test *t, const char *method, const char *arguments);

/* How many there were of the method, refused ones too; NULL: of all but getUpdates. */
size_t tobs_test_calls(const struct tobs_test *t, const char *method);

/* Looks away from everything so far. */
void tobs_test_skip(struct tobs_test_user *u);

/* The message that the last expectation looked at, for whatever else there is to see; NULL: none. */
const struct tobs_message *tobs_test_message(struct tobs_test_user *u);

/* Fails the test, as expectations do. Returns -1. */
int tobs_test_failed(struct tobs_test *t, const char *fmt, ...) TOBS_PRINTF(2, 3);

/* ---- Where it stands in the test, for messages ----------------------------------- */

/* The file and line that failures from here on are told with; the macros below do it. */
void tobs_test_here(const char *file, int line);

#ifndef TOBS_TEST_KIT
/* clang-format off */
#define TOBS_TEST_HERE_(call) (tobs_test_here(__FILE__, __LINE__), call)
#define tobs_test_new(...)             TOBS_TEST_HERE_(tobs_test_new(__VA_ARGS__))
#define tobs_test_advance(...)         TOBS_TEST_HERE_(tobs_test_advance(__VA_ARGS__))
#define tobs_test_restart(...)         TOBS_TEST_HERE_(tobs_test_restart(__VA_ARGS__))
#define tobs_test_kill(...)            TOBS_TEST_HERE_(tobs_test_kill(__VA_ARGS__))
#define tobs_test_stop(...)            TOBS_TEST_HERE_(tobs_test_stop(__VA_ARGS__))
#define tobs_test_start(...)           TOBS_TEST_HERE_(tobs_test_start(__VA_ARGS__))
#define tobs_test_fault(...)           TOBS_TEST_HERE_(tobs_test_fault(__VA_ARGS__))
#define tobs_test_user(...)            TOBS_TEST_HERE_(tobs_test_user(__VA_ARGS__))
#define tobs_test_known(...)           TOBS_TEST_HERE_(tobs_test_known(__VA_ARGS__))
#define tobs_test_language(...)        TOBS_TEST_HERE_(tobs_test_language(__VA_ARGS__))
#define tobs_test_found(...)           TOBS_TEST_HERE_(tobs_test_found(__VA_ARGS__))
#define tobs_test_join(...)            TOBS_TEST_HERE_(tobs_test_join(__VA_ARGS__))
#define tobs_test_leave(...)           TOBS_TEST_HERE_(tobs_test_leave(__VA_ARGS__))
#define tobs_test_say(...)             TOBS_TEST_HERE_(tobs_test_say(__VA_ARGS__))
#define tobs_test_answer(...)          TOBS_TEST_HERE_(tobs_test_answer(__VA_ARGS__))
#define tobs_test_edit(...)            TOBS_TEST_HERE_(tobs_test_edit(__VA_ARGS__))
#define tobs_test_press(...)           TOBS_TEST_HERE_(tobs_test_press(__VA_ARGS__))
#define tobs_test_send(...)            TOBS_TEST_HERE_(tobs_test_send(__VA_ARGS__))
#define tobs_test_send_location(...)   TOBS_TEST_HERE_(tobs_test_send_location(__VA_ARGS__))
#define tobs_test_send_contact(...)    TOBS_TEST_HERE_(tobs_test_send_contact(__VA_ARGS__))
#define tobs_test_inline(...)          TOBS_TEST_HERE_(tobs_test_inline(__VA_ARGS__))
#define tobs_test_choose(...)          TOBS_TEST_HERE_(tobs_test_choose(__VA_ARGS__))
#define tobs_test_pay(...)             TOBS_TEST_HERE_(tobs_test_pay(__VA_ARGS__))
#define tobs_test_network(...)         TOBS_TEST_HERE_(tobs_test_network(__VA_ARGS__))
#define tobs_test_expect_inline(...)   TOBS_TEST_HERE_(tobs_test_expect_inline(__VA_ARGS__))
#define tobs_test_block(...)           TOBS_TEST_HERE_(tobs_test_block(__VA_ARGS__))
#define tobs_test_do(...)              TOBS_TEST_HERE_(tobs_test_do(__VA_ARGS__))
#define tobs_test_expect_text(...)     TOBS_TEST_HERE_(tobs_test_expect_text(__VA_ARGS__))
#define tobs_test_expect_like(...)     TOBS_TEST_HERE_(tobs_test_expect_like(__VA_ARGS__))
#define tobs_test_expect_media(...)    TOBS_TEST_HERE_(tobs_test_expect_media(__VA_ARGS__))
#define tobs_test_expect_edit(...)     TOBS_TEST_HERE_(tobs_test_expect_edit(__VA_ARGS__))
#define tobs_test_expect_deleted(...)  TOBS_TEST_HERE_(tobs_test_expect_deleted(__VA_ARGS__))
#define tobs_test_expect_keyboard(...) TOBS_TEST_HERE_(tobs_test_expect_keyboard(__VA_ARGS__))
#define tobs_test_expect_answer(...)   TOBS_TEST_HERE_(tobs_test_expect_answer(__VA_ARGS__))
#define tobs_test_expect_nothing(...)  TOBS_TEST_HERE_(tobs_test_expect_nothing(__VA_ARGS__))
#define tobs_test_expect_call(...)     TOBS_TEST_HERE_(tobs_test_expect_call(__VA_ARGS__))
#define tobs_test_failed(...)          TOBS_TEST_HERE_(tobs_test_failed(__VA_ARGS__))
/* clang-format on */
#endif

TOBS_END_DECLS

#endif
