/* SPDX-License-Identifier: MIT */
/*
 * A call of a Bot API method under way, and who makes it; for the files that
 * carry methods out. A handler reads `args`, changes the world, and either writes
 * a result or fails:
 *
 *     static int run_leave_chat(struct bot_call *c)
 *     {
 *             const struct tobs_leave_chat *args = c->args;
 *             …
 *             if (!chat)
 *                     return bot_fail(c, 400, "chat not found");
 *             return bot_true(c);
 *     }
 */
#ifndef SIM_BOT_CALL_H
#define SIM_BOT_CALL_H

#include <tobs/botapi.h>
#include <tobs/botapi_methods.h>
#include <tobs/rt.h>

#include "base/json.h"
#include "base/map.h"
#include "net/http_server.h"
#include "sim/bot.h"
#include "sim/bot_queue.h"
#include "sim/change.h"
#include "sim/inner.h"

enum {
	BOT_ARENA_MAX = 256 << 20, /* bytes one call may take, uploads not counted */
	BOT_BODY_MAX = 52 << 20,   /* bytes of a request: a file of 50 MB, and the form around it */
	BOT_POLL_MAX_S = 50,       /* S: LONG_POLL_MAX_TIMEOUT */
	BOT_LIFE_S = 86400,        /* of most updates */
	BOT_DESCRIPTION_MAX = 1024,
};

struct sim_bots;
struct bot_hook;
struct bot_invoice;
struct bot_charge;

/* A link into a chat that the bot made; memory of the world. */
struct bot_link {
	int64_t chat;
	struct tobs_view hash, name;
	int64_t expire, limit;
	bool primary, request, revoked;
};

/* A bot as its server knows it. */
struct sim_bot {
	struct sim_bots *server;
	struct sim_account *account;
	struct bot_queue queue;
	uint32_t allowed;                /* bit k: updates of kind k are wanted */
	uint32_t usual;                  /* the same for a bot that has not said so */
	uint32_t polls;                  /* counts getUpdates: a later one ends an earlier one */
	bool polling;                    /* one waits */
	bool quiet;                      /* it posts itself, and is not told */
	struct smap settings;            /* key → JSON or text, owned (bot_setting.c) */
	ARRAY_OF(struct bot_link) links; /* it made (bot_invite.c) */
	ARRAY_OF(struct bot_invoice) invoices; /* it sent (bot_pay.c) */
	ARRAY_OF(struct bot_charge) charges;   /* in Stars */
	int64_t stars;                         /* it has */
	struct bot_hook *hook;                 /* its webhook; NULL: none */
	int64_t last_hook;                     /* when it was last set, µs */
	int64_t last_offset, last_poll; /* of the last getUpdates; the time in µs, 0: none yet */
};

/* A file that came with a request, in its body. */
struct bot_upload {
	struct tobs_view field, filename, type, data;
};

struct bot_call {
	struct sim_bots *server;
	struct sim_bot *bot;
	struct sim_world *world;
	struct http_request *req; /* NULL: it came in the answer of a webhook */
	enum tobs_method method;
	const void *args;       /* struct tobs_<method> */
	struct json_value json; /* the same as JSON */
	ARRAY_OF(struct bot_upload) uploads;
	struct tobs_arena arena;
	struct tobs_buf out; /* the result as JSON */
	const char *note;    /* a description beside the result; NULL: none */
	/* Why it failed: */
	int status; /* 0: it did not */
	char description[BOT_DESCRIPTION_MAX];
	int64_t retry_after, migrate_to; /* 0: not said */
	/* Of reading the arguments; kept from call to call. */
	struct json_parser parser, inner_parser;
	struct json_doc doc, inner_doc;
	struct tobs_buf text, scratch;
};

/*
 * Fails the call with this status and description, to which the status puts
 * "Bad Request: ", "Forbidden: " … in front. Returns TOBS_ERPC.
 */
int bot_fail(struct bot_call *c, int status, const char *fmt, ...) TOBS_PRINTF(3, 4);

/* Fails with what a change of the world was refused with, in the Bot API's words (bot_error.c). */
int bot_refused(struct bot_call *c, int r, const struct tobs_err *err);

int bot_no_memory(struct bot_call *c); /* 500; returns TOBS_ERPC */

/* Writes the result; each returns 0 or fails the call. */
int bot_true(struct bot_call *c);
int bot_result(struct bot_call *c, enum tobs_botapi_type type, const void *object);
int bot_result_int(struct bot_call *c, int64_t n);
int bot_result_str(struct bot_call *c, const char *s);

typedef int (*bot_handler)(struct bot_call *c);

struct bot_row {
	enum tobs_method method;
	bot_handler run;
};

/* The tables of handlers; each ends with a NULL function. */
extern const struct bot_row bot_rows_updates[];  /* bot_updates.c: getUpdates */
extern const struct bot_row bot_rows_webhook[];  /* bot_webhook.c */
extern const struct bot_row bot_rows_send[];     /* bot_send.c */
extern const struct bot_row bot_rows_file[];     /* bot_send_file.c: files of all kinds */
extern const struct bot_row bot_rows_download[]; /* bot_download.c: getFile, profile photos */
extern const struct bot_row bot_rows_things[];   /* bot_things.c: places, people, dice, polls */
extern const struct bot_row bot_rows_copy[];     /* bot_copy.c: forwarding, copying */
extern const struct bot_row bot_rows_edit[];     /* bot_edit.c: editing, deleting */
extern const struct bot_row bot_rows_act[];      /* bot_act.c: reacting, pinning */
extern const struct bot_row bot_rows_answer[];   /* bot_answer.c: answers to queries */
extern const struct bot_row bot_rows_chat[];     /* bot_chat.c: chats and their names */
extern const struct bot_row bot_rows_pay[];      /* bot_pay.c: invoices, Stars */
extern const struct bot_row bot_rows_game[];     /* bot_game.c */
extern const struct bot_row bot_rows_member[];   /* bot_member.c: who is in them, and how */
extern const struct bot_row bot_rows_invite[];   /* bot_invite.c: links, requests */
extern const struct bot_row bot_rows_topic[];    /* bot_topic.c: of forums */
extern const struct bot_row bot_rows_setting[];  /* bot_setting.c: commands, names, menus */
extern const struct bot_row bot_rows_me[];       /* bot_me.c: the bot itself */

/* ---- bot_server.c ---- */

struct sim_bot *bot_by_token(struct sim_bots *s, struct tobs_view token);
struct sim_bot *bot_of(struct sim_bots *s, const struct sim_account *a);
int64_t bot_conflict_ms(const struct sim_bots *s);
bool bot_stopping(const struct sim_bots *s);
const struct sim_bots_watch *bot_watch_of(const struct sim_bots *s); /* never NULL */

/* A context for a call, from those that are idle; NULL: no memory. */
struct bot_call *bot_call_open(struct sim_bots *s, struct sim_bot *bot);
void bot_call_close(struct bot_call *c);

/* Makes the table of handlers; done by the first server. */
void bot_handlers_fill(void);

/* The function that carries a method out: its own, or bot_plain(). */
bot_handler bot_handler_of(enum tobs_method method);

/* The smallest result of the method's type, after its arguments were checked (bot_plain.c). */
int bot_plain(struct bot_call *c);

/* What came is answered; `user` is the server. */
int bot_http(struct http_request *req, void *user);

/* ---- bot_args.c ---- */

/*
 * Reads the arguments of c->method from the query and the body of a request,
 * or from a JSON object. Fails the call when they are not what the schema says.
 */
int bot_args_read(
	struct bot_call *c, struct tobs_view query, struct tobs_view type, struct tobs_view body);

/* ---- bot_call.c ---- */

/* Carries out a call whose arguments were read. 0, or TOBS_ERPC with why in the context. */
int bot_call_run(struct bot_call *c);

struct bot_call *bot_call_new(void); /* NULL: no memory */
void bot_call_free(struct bot_call *c);
void bot_call_begin(struct bot_call *c, struct sim_bots *s, struct sim_bot *bot);

/* ---- bot_check.c ---- */

/*
 * Whether JSON is what the schema says: all that is required is there and has
 * its type. Fails the call.
 */
int bot_check_args(struct bot_call *c);

/* The same for what an update of that kind holds. */
int bot_check_object(struct bot_call *c, enum tobs_update_kind kind, struct json_value v);

struct botapi_field;

/* How the server calls an argument in its descriptions: "reply parameters". */
const char *bot_words(struct bot_call *c, const struct botapi_field *f);

/* ---- who and where, bot_find.c ---- */

/*
 * The chat that is meant by id or @username, as far as this bot knows it.
 * 400 "chat not found".
 */
int bot_find_chat(struct bot_call *c, int64_t id, const char *name, int64_t *ret_peer);

/* The history of that chat as the bot sees it; *ret is NULL when nothing was said yet. */
int bot_find_history(struct bot_call *c, int64_t id, const char *name, int64_t *ret_peer,
	struct sim_history **ret);

/* The same for writing there: the bot is in it, was not blocked, may post. */
int bot_find_writable(struct bot_call *c, int64_t id, const char *name, int64_t *ret_peer);

/* "group chat", "supergroup chat", "channel chat". */
const char *bot_chat_noun(const struct sim_chat *g);

/* ---- updates, bot_updates.c ---- */

/* What a bot wants from now on: allowed_updates; NULL items leave it as it was. */
void bot_allow(struct sim_bot *b, const struct tobs_string_array *list);

/* Ends a poll that waits. */
void bot_end_polls(struct sim_bot *b);

/* Answers 409, after a while. */
int bot_conflict(struct bot_call *c, const char *why);

/* "callback_query", and the type of what it holds. */
const char *bot_update_name(enum tobs_update_kind kind);
enum tobs_botapi_type bot_update_type(enum tobs_update_kind kind);

/* ---- files, bot_download.c ---- */

/* Answers a request for a file by its path. */
int bot_download(struct sim_bot *bot, struct http_request *req, struct tobs_view path);

/* ---- inline messages, bot_inline.c ---- */

/* The inline_message_id of a message sent via the bot. NULL: no memory. */
const char *bot_inline_id(struct tobs_arena *arena, const union tl_InputBotInlineMessageID *id);

/* ---- what happens becomes updates, bot_event.c ---- */

void bot_event(void *server, const struct sim_event *e);

/* Queues an update of that kind; `object` is what the kind holds. Unwanted ones are dropped. */
void bot_update(struct sim_bot *b, enum tobs_update_kind kind, const void *object, int64_t order,
	int32_t seconds);

#endif
