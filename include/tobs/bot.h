/* SPDX-License-Identifier: MIT */
/*
 * Bots.
 *
 *     static int on_start(struct tobs_ctx *ctx, void *user)
 *     {
 *             return tobs_reply(ctx, "Hello, %s", tobs_sender(ctx)->first_name);
 *     }
 *
 *     int main(void)
 *     {
 *             struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){ .token_env = "BOT_TOKEN" });
 *
 *             tobs_on_command(bot, "start", on_start, NULL);
 *             return tobs_bot_run(bot);
 *     }
 *
 * What happens to an update:
 *
 *     source ▸ order ▸ middleware ▸ parts ▸ router ▸ handler
 *
 * - A source brings it: long polling, a webhook, or both (struct tobs_bot_options).
 * - Updates of one chat are handled one after the other, those of different chats
 *   at the same time, up to a number of handlers at once.
 * - Each runs on a fiber of its own (<tobs/rt.h>): a handler may call any method
 *   of the API (<tobs/botapi_methods.h>), sleep, or ask a database, and only its
 *   own chat waits for it.
 * - Middleware stands around it, in the order in which it was added.
 * - The router looks for the handlers that take it.
 *
 * What a handler returns:
 *
 *     0            done
 *     TOBS_NEXT    not for me: the next handler that takes the update gets it
 *     TOBS_STOP    done, and no later group is to see it
 *     TOBS_E…      it failed: the error handler is told, or the log
 *
 * Delivery. An update is handled at least once, also when the process is killed:
 * Telegram is told that updates have come only when each of them is finished or
 * noted in the store. One that was finished is not handled again: the store
 * remembers the last million or more. Between the last thing a handler does and the
 * moment the store knows of it (a commit, that is, milliseconds) a kill makes the
 * update come again, marked (tobs_ctx_repeated()). With the
 * store "memory:" all that is remembered goes with the process.
 *
 * Errors of calls are dealt with before a handler sees them:
 *
 *     a group became a supergroup      the call is made once more with the new id
 *     "message is not modified"        counts as success
 *     429 (and 420)                    every call waits as long as Telegram says, then it is made again
 *     5xx, network                     tried again with growing delays, if that cannot do it twice
 *     blocked, kicked, deactivated     the chat is marked (tobs_chat_gone()), TOBS_EPERM
 *     401, 404 for the token           the bot stops and says why
 *
 * A message whose sending broke off so that nobody knows whether it was sent is
 * not sent again: the call returns TOBS_ENET.
 *
 * Stop. SIGTERM and SIGINT: no more updates are taken, handlers come to their end
 * (30 s, then they are cancelled, and their updates are handled at the next start),
 * hooks run, the last one first, and the store is
 * closed. A second signal ends the process at once. tobs_bot_stop() does the same
 * as the first.
 *
 * Everything is for one thread: that of tobs_bot_run().
 */
#ifndef TOBS_BOT_H
#define TOBS_BOT_H

#include <tobs/botapi.h>
#include <tobs/botapi_methods.h>
#include <tobs/rt.h>

TOBS_BEGIN_DECLS

struct tobs_ctx;
struct tobs_filter;

enum {
	TOBS_NEXT = 1,
	TOBS_STOP = 2,
};

/* ---- A bot ------------------------------------------------------------------ */

enum tobs_source {
	TOBS_SOURCE_DEFAULT, /* a webhook if .webhook is given, polling otherwise */
	TOBS_SOURCE_POLLING, /* a webhook that is set is deleted */
	TOBS_SOURCE_WEBHOOK,
	TOBS_SOURCE_HYBRID, /* a webhook; polling while Telegram cannot reach it */
};

/* Who keeps to Telegram's rates, about 30 messages a second, one a second to a chat, 20 a minute to a group. */
enum tobs_pace {
	TOBS_PACE_BULK, /* messages to other chats than that of the update being handled */
	TOBS_PACE_ALL,  /* all */
	TOBS_PACE_NONE, /* none: only what Telegram says (429) counts */
};

/* How Telegram brings updates to us. Strings are copied. */
struct tobs_webhook {
	const char *url; /* what Telegram calls: "https://bot.example.org/hook"; its path is ours */
	const char *host; /* where to listen: an address, "unix:/path"; NULL: 127.0.0.1 */
	uint16_t port;    /* 0: any that is free */
	/*
	 * What Telegram sends along, so that nobody else is believed: 1-256 of A-Z a-z
	 * 0-9 _ -. NULL: made up and kept in the store.
	 */
	const char *secret;
	const char *tls_cert_file; /* PEM; NULL: something in front of us speaks TLS */
	const char *tls_key_file;
	bool send_cert;          /* it is one that Telegram does not know: setWebhook gets it */
	int64_t max_connections; /* 1-100 that Telegram opens; 0: 40 */
	/*
	 * Networks that may call, "149.154.160.0/20 91.108.4.0/22"; NULL: any. Of use
	 * only where nothing stands between Telegram and us.
	 */
	const char *allow;
	/*
	 * The first call of a handler that wants no result goes back as the answer to
	 * Telegram's request: one round trip less, but nobody hears what came of it.
	 */
	bool inline_reply;
	bool keep; /* where Telegram has this URL already it is left as it is: for many processes */
};

struct tobs_bot_options {
	/* One of these. A copy is kept, and wiped at the end. */
	const char *token;
	const char *token_env; /* the environment variable that holds it */

	/*
	 * NULL: with .token_env what the environment variable BOT_API_ROOT says, so
	 * that a bot can be tried with `tobs sim` as it stands; else
	 * "https://api.telegram.org".
	 */
	const char *api_root;
	bool local;        /* that is a server with --local on this machine: files by path */
	bool test_dc;      /* Telegram's test servers */
	const char *proxy; /* "socks5://…", "http://…" */
	const char *ca_file;

	/*
	 * Where offset, unfinished updates, conversations and data are kept: an SQLite
	 * file, or "memory:". NULL: "bot-<id>.db" in the working directory.
	 */
	const char *store;

	enum tobs_source source;
	const struct tobs_webhook *webhook;
	int64_t poll_s;    /* how long a long poll lasts, 1-50; 0: 50 */
	bool drop_pending; /* forget what came before the start */
	/*
	 * Kinds of updates to ask for, a bit (1u << TOBS_UPDATE_…) each; 0: those that
	 * handlers take.
	 */
	uint32_t kinds;

	size_t handlers; /* at once; 0: 256 */
	size_t queue;    /* updates that wait or are handled; 0: 512 */
	/* Updates with the same key are handled in turn; NULL: the chat, or the user where there is none. */
	int64_t (*key)(const struct tobs_update *update, void *user);
	void *key_user;

	enum tobs_pace pace;
	int retries;        /* of a call that failed on its way or with 5xx; 0: 5, -1: none */
	int64_t call_ms;    /* for an answer to come; 0: 60,000 */
	int64_t wait_ms;    /* the longest wait for the end of a 429; 0: as long as it takes */
	size_t connections; /* for calls; 0: 256 */

	int64_t slow_ms; /* a handler that has run so long is named in the log; 0: 30,000; -1: never */
	int64_t stop_ms; /* for handlers to come to their end; 0: 30,000 */
};

/*
 * A bot, not yet at work. Copies the options. NULL only without memory; what is
 * wrong with the options tobs_bot_run() says. All functions that add something to
 * a bot take NULL, and one that fails, and let tobs_bot_run() return the failure.
 */
struct tobs_bot *tobs_bot_new(const struct tobs_bot_options *opt);

/* NULL is fine; tobs_bot_run() has done it. */
void tobs_bot_free(struct tobs_bot *bot);

/*
 * The whole program: takes updates until it is told to stop, frees the bot, and
 * returns 0, or why it could not go on: fit for main()'s return. Makes the loop of
 * the process and catches SIGINT and SIGTERM, unless it is called on a fiber.
 * Without a log sink (<tobs/log.h>), lines go to the standard error while it runs.
 */
int tobs_bot_run(struct tobs_bot *bot);

/* Asks for the orderly end. */
void tobs_bot_stop(struct tobs_bot *bot);

/*
 * For programs that only make calls: gets the bot ready without taking updates.
 * On a fiber; calls with a result need a scope (tobs_scope_begin()).
 * tobs_bot_free() closes it. What is wrong goes to *err. Waits.
 */
int tobs_bot_open(struct tobs_bot *bot, struct tobs_err *err);

/* fn(user) at the end, when no handler runs any more; the last one added first. May wait. */
int tobs_on_stop(struct tobs_bot *bot, void (*fn)(void *user), void *user);

/* The bot itself; from the moment it is open. */
const struct tobs_user *tobs_bot_me(const struct tobs_bot *bot);

/* ---- Handlers --------------------------------------------------------------- */

typedef int (*tobs_handler)(struct tobs_ctx *ctx, void *user);

/*
 * Handlers stand in groups. Of each group, lowest number first, the first handler
 * whose filter takes the update gets it; TOBS_NEXT passes it on to the next one in
 * the group, TOBS_STOP keeps it from later groups. A filter belongs to the bot
 * from here on; NULL takes everything.
 *
 * All return 0, TOBS_EINVAL or TOBS_ENOMEM.
 */
int tobs_on_group(
	struct tobs_bot *bot, int group, struct tobs_filter *filter, tobs_handler fn, void *user);

/* In group 0, as all that follow. */
int tobs_on(struct tobs_bot *bot, struct tobs_filter *filter, tobs_handler fn, void *user);

/* "start", or with other names for it "help h ?"; with and without @name of the bot. */
int tobs_on_command(struct tobs_bot *bot, const char *names, tobs_handler fn, void *user);

/* Any text that is no command. */
int tobs_on_text(struct tobs_bot *bot, tobs_handler fn, void *user);

/* Buttons whose callback_data begins with `prefix`. */
int tobs_on_callback(struct tobs_bot *bot, const char *prefix, tobs_handler fn, void *user);

/* A kind of update. */
int tobs_on_kind(struct tobs_bot *bot, enum tobs_update_kind kind, tobs_handler fn, void *user);

/*
 * Told about each update whose handling failed: `code` is what the handler
 * returned, `err` may hold more (its code is 0 otherwise). Its own failure is
 * logged. Without one, failures are logged.
 */
typedef void (*tobs_error_handler)(
	struct tobs_ctx *ctx, int code, const struct tobs_err *err, void *user);
int tobs_on_error(struct tobs_bot *bot, tobs_error_handler fn, void *user);

/* ---- Filters ---------------------------------------------------------------- */

/*
 * Which updates a handler takes. Filters are put together like this:
 *
 *     tobs_f_and(tobs_f_text(), tobs_f_not(tobs_f_command()))
 *
 * A function that takes filters owns them from then on. NULL, which each returns
 * without memory, or for an argument that cannot be, makes all of it NULL, and
 * tobs_on() fails with TOBS_EINVAL: use tobs_f_any() for everything.
 */
struct tobs_filter *tobs_f_any(void);
struct tobs_filter *tobs_f_and(struct tobs_filter *a, struct tobs_filter *b);
struct tobs_filter *tobs_f_or(struct tobs_filter *a, struct tobs_filter *b);
struct tobs_filter *tobs_f_not(struct tobs_filter *a);
void tobs_filter_free(struct tobs_filter *f); /* of one that was given to nobody; NULL is fine */

/* Updates of this kind. */
struct tobs_filter *tobs_f_kind(enum tobs_update_kind kind);

/* New messages (channel posts, …) with text; below, "text" is that or a caption: tobs_text(). */
struct tobs_filter *tobs_f_text(void);
struct tobs_filter *tobs_f_command(void);                 /* any command, for this bot */
struct tobs_filter *tobs_f_command_is(const char *names); /* "start", "help h" */
struct tobs_filter *tobs_f_text_is(const char *text);     /* exactly */
struct tobs_filter *tobs_f_prefix(const char *prefix);    /* text begins so */
struct tobs_filter *tobs_f_callback(const char *prefix);  /* callback_data begins so */

/*
 * Text that a regular expression (PCRE2, UTF-8) is found in; tobs_match() gives
 * its groups. (?i) and the like may stand in front. A search that takes too many
 * steps counts as not found, and is logged. The second one is for other kinds than
 * new messages: callback_data, inline queries.
 */
struct tobs_filter *tobs_f_regex(const char *pattern);
struct tobs_filter *tobs_f_regex_of(enum tobs_update_kind kind, const char *pattern);

enum tobs_media {
	TOBS_MEDIA_PHOTO,
	TOBS_MEDIA_VIDEO,
	TOBS_MEDIA_ANIMATION,
	TOBS_MEDIA_AUDIO,
	TOBS_MEDIA_VOICE,
	TOBS_MEDIA_VIDEO_NOTE,
	TOBS_MEDIA_DOCUMENT, /* not an animation, which is one too */
	TOBS_MEDIA_STICKER,
	TOBS_MEDIA_CONTACT,
	TOBS_MEDIA_LOCATION, /* also of a venue */
	TOBS_MEDIA_VENUE,
	TOBS_MEDIA_POLL,
	TOBS_MEDIA_DICE,
	TOBS_MEDIA_ANY,
};
struct tobs_filter *tobs_f_media(enum tobs_media media); /* new messages with it */

/* Updates of chats of this type, of this chat, from this user. */
struct tobs_filter *tobs_f_chat_type(enum tobs_chat_type type);
struct tobs_filter *tobs_f_chat(int64_t id);
struct tobs_filter *tobs_f_user(int64_t id);
struct tobs_filter *tobs_f_reply(void);     /* a message that answers another */
struct tobs_filter *tobs_f_forwarded(void); /* a message from elsewhere */

enum tobs_member_change {
	TOBS_MEMBER_ANY,
	TOBS_MEMBER_JOINED,
	TOBS_MEMBER_LEFT,     /* or was removed */
	TOBS_MEMBER_PROMOTED, /* to administrator or owner */
	TOBS_MEMBER_DEMOTED,  /* from that, and still there */
};
struct tobs_filter *tobs_f_member(enum tobs_member_change change); /* of others: chat_member */
struct tobs_filter *tobs_f_my_member(
	enum tobs_member_change change); /* of the bot: my_chat_member */

/* Whatever fn says. */
struct tobs_filter *tobs_f_fn(bool (*fn)(struct tobs_ctx *ctx, void *user), void *user);

/* ---- The update at hand ----------------------------------------------------- */

/*
 * All of it lives until the handler returns, as do results of calls. Strings end
 * with a zero byte.
 */
struct tobs_bot *tobs_ctx_bot(struct tobs_ctx *ctx);
const struct tobs_update *tobs_ctx_update(struct tobs_ctx *ctx);

/*
 * Whether handlers may have seen this update before: the process was killed then,
 * or stopped while it was handled. Of updates that come again all are marked; so
 * are some that only might. (With the store "memory:", all that were waiting at the
 * start: nobody knows.)
 */
bool tobs_ctx_repeated(struct tobs_ctx *ctx);

/* The message it is about: new, edited, with the button; NULL without one. */
const struct tobs_message *tobs_ctx_message(struct tobs_ctx *ctx);

/* Who caused it; never NULL: without anybody id is 0 and first_name "". */
const struct tobs_user *tobs_sender(struct tobs_ctx *ctx);

/* Where; never NULL: without a chat id is 0. */
const struct tobs_chat *tobs_ctx_chat(struct tobs_ctx *ctx);
int64_t tobs_chat_id(struct tobs_ctx *ctx);

/* What was said: text or caption, callback_data, the query; "" without. */
const char *tobs_text(struct tobs_ctx *ctx);

/* The command's name without '/' and @name ("start"), NULL without; and what follows it, without spaces around. */
const char *tobs_command(struct tobs_ctx *ctx);
const char *tobs_command_args(struct tobs_ctx *ctx);

/* Group i of the regular expression that took it, 0 being all of it; NULL when it did not take part. */
const char *tobs_match(struct tobs_ctx *ctx, size_t i);

/* Memory until the handler returns; what tobs_scope_arena() gives, whatever scopes are open inside. */
struct tobs_arena *tobs_ctx_arena(struct tobs_ctx *ctx);

/*
 * Values handed along from middleware to handlers, by the address of something:
 *
 *     static const char account_key;
 *     tobs_ctx_set(ctx, &account_key, account);
 *
 * TOBS_ENOMEM. tobs_ctx_get() returns NULL for what was not set.
 */
int tobs_ctx_set(struct tobs_ctx *ctx, const void *key, void *value);
void *tobs_ctx_get(struct tobs_ctx *ctx, const void *key);

/* ---- Answering -------------------------------------------------------------- */

/* A message into the chat, its topic, its business connection. What tobs_send_message() returns. Waits. */
int tobs_reply(struct tobs_ctx *ctx, const char *fmt, ...) TOBS_PRINTF(2, 3);

/* Everything else a message can have: fills in chat, topic and connection of *m, and sends it. Waits. */
int tobs_reply_with(
	struct tobs_ctx *ctx, const struct tobs_send_message *m, const struct tobs_message **ret);

/* Answers a button: a note that goes away, or NULL for none. No-op without a button. Waits. */
int tobs_answer(struct tobs_ctx *ctx, const char *text);

/* Puts new text in the place of the message with the button, its keyboard going unless given. Waits. */
int tobs_edit(
	struct tobs_ctx *ctx, const char *text, const struct tobs_inline_keyboard_markup *keyboard);

/* TOBS_CHAT_ACTION_TYPING, …: what the chat shows for five seconds. Waits. */
int tobs_show_action(struct tobs_ctx *ctx, enum tobs_chat_action action);

/* ---- Arguments of commands -------------------------------------------------- */

enum tobs_arg_kind {
	TOBS_ARG_INT,    /* int64_t */
	TOBS_ARG_NUMBER, /* double */
	TOBS_ARG_WORD,   /* const char *: up to the next space, or "in quotes" */
	TOBS_ARG_REST,   /* const char *: all that is left */
	TOBS_ARG_BOOL,   /* bool: yes no on off true false 1 0 */
	TOBS_ARG_DURATION, /* int64_t, ms: 90, 90s, 10m, 2h, 1d, 1w, 1h30m; a number alone is seconds */
	TOBS_ARG_CHOICE, /* int: which of `words`, from 0 */
};

struct tobs_arg {
	const char *name; /* as people are to call it */
	enum tobs_arg_kind kind;
	void *to;
	bool optional;     /* *to stays as it is without it; so do those behind it */
	int64_t min, max;  /* of INT and DURATION, where min < max */
	const char *words; /* of CHOICE: "on off auto" */
};

/*
 * Reads the arguments of the command at hand:
 *
 *     int64_t minutes;
 *     const char *what;
 *     int r = tobs_args(ctx, (struct tobs_arg[]){
 *             { "minutes", TOBS_ARG_INT, &minutes, .min = 1, .max = 600 },
 *             { "what", TOBS_ARG_REST, &what },
 *     }, 2);
 *     if (r)
 *             return r;
 *
 * When they are not as they should be, that is said in the chat, with how the
 * command is used, and TOBS_STOP returned. Waits then.
 */
int tobs_args(struct tobs_ctx *ctx, const struct tobs_arg *args, size_t count);

/* The same of any text; nothing is said: TOBS_EINVAL, with "minutes: not a whole number" in err. */
int tobs_args_parse(struct tobs_view text, const struct tobs_arg *args, size_t count,
	struct tobs_arena *arena, struct tobs_err *err);

/* "/remind <minutes> <what…>": how a command with these arguments is used. */
int tobs_args_usage(
	struct tobs_buf *out, const char *command, const struct tobs_arg *args, size_t count);

/* ---- Middleware ------------------------------------------------------------- */

/*
 * Runs around every update, the first one added outermost. tobs_next() runs what
 * is inside and returns what came of it; one that does not call it keeps the
 * update from the handlers.
 *
 *     static int stopwatch(struct tobs_ctx *ctx, void *user)
 *     {
 *             int64_t start = tobs_now();
 *             int r = tobs_next(ctx);
 *
 *             note(tobs_now() - start);
 *             return r;
 *     }
 */
int tobs_use(struct tobs_bot *bot, tobs_handler fn, void *user);
int tobs_next(struct tobs_ctx *ctx);

/* A call on its way out. Middleware may put other args in. */
struct tobs_call {
	struct tobs_bot *bot;
	enum tobs_method method;
	const void *args; /* struct tobs_<method> */
	void *ret;
	struct tobs_ctx *ctx; /* of the update being handled; NULL outside */
	size_t next;          /* private */
};

/* The same around every outgoing call, outside of retries and limits. */
typedef int (*tobs_call_handler)(struct tobs_call *call, void *user);
int tobs_use_call(struct tobs_bot *bot, tobs_call_handler fn, void *user);
int tobs_call_next(struct tobs_call *call);

/* ---- Chats ------------------------------------------------------------------ */

/*
 * Whether Telegram has said that this chat takes no messages from us any more
 * (blocked, kicked, deactivated), and we have heard nothing else since. Waits.
 */
int tobs_chat_gone(struct tobs_bot *bot, int64_t chat_id, bool *ret);

/*
 * Runs fn(ctx, user) as if an update of this chat had come: behind what is
 * handled there now, with tobs_chat_id() set and nothing else. For what timers and
 * other fibers have to do in a chat. TOBS_ECLOSED when the bot stops, TOBS_ENOMEM.
 * Waits for room.
 */
int tobs_in_chat(struct tobs_bot *bot, int64_t chat_id, tobs_handler fn, void *user);

/* ---- Files ------------------------------------------------------------------ */

enum {
	TOBS_DOWNLOAD_MAX = 2000 << 20
}; /* bytes, of a server with --local; Telegram's gives 20 MB */

/* Downloads the file into `path`, replacing it as a whole. TOBS_ETOOBIG beyond max bytes (0: TOBS_DOWNLOAD_MAX). Waits. */
int tobs_bot_download(struct tobs_bot *bot, const char *file_id, const char *path, int64_t max);

/* The same into a buffer, which has a maximum of its own. Waits. */
int tobs_bot_download_buf(struct tobs_bot *bot, const char *file_id, struct tobs_buf *out);

/* ---- What it does ----------------------------------------------------------- */

struct tobs_bot_stats {
	uint64_t updates;    /* taken */
	uint64_t duplicates; /* that were known already */
	uint64_t failed;     /* whose handling failed */
	size_t handling;     /* handlers that run */
	size_t waiting;      /* updates behind them */
	uint64_t calls;      /* made, retries not counted */
	uint64_t retries;
	uint64_t refused; /* calls that failed in the end */
	size_t calling;   /* under way */
};

void tobs_bot_stats(const struct tobs_bot *bot, struct tobs_bot_stats *ret);

TOBS_END_DECLS

#endif
