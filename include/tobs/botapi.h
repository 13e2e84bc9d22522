/* SPDX-License-Identifier: MIT */
/*
 * The Bot API in C: how its types and methods look, and the calls beneath the
 * typed ones. All of it is generated from the API's schema: <tobs/botapi_types.h>
 * has the types, <tobs/botapi_methods.h> the methods.
 *
 *     const struct tobs_message *sent;
 *
 *     r = tobs_send_message(bot, &(struct tobs_send_message){
 *             .chat_id = message->chat->id,
 *             .text = "Which one?",
 *             .reply_markup.inline_keyboard = &keyboard,
 *     }, &sent);
 *
 * Names. Type MessageEntity is `struct tobs_message_entity`; method sendMessage
 * is tobs_send_message(), and its arguments are `struct tobs_send_message`.
 * Fields are called as in the API (a word that C or C++ keeps for itself gets a
 * '_' behind it). A name that another part of this library has gets `api_`:
 * tobs_api_log_out(), tobs_api_close().
 *
 * Fields. What a type in the API is, it is in C:
 *
 *     Integer       int64_t
 *     Float         double
 *     Boolean       bool
 *     String        const char *, UTF-8, ends with a zero byte; NULL: not there
 *     an object     a pointer to its struct; NULL: not there
 *     Array of X    struct tobs_x_array { const struct tobs_x *items; size_t count; }
 *     one of a few  enum tobs_…; 0 (…_NONE): not there, or newer than this library
 *     String words  a chat_id is the number; a name goes into chat_username instead
 *     a file        struct tobs_input_file, made with tobs_file_path() and its like
 *
 * Optional numbers and booleans are left out when they are zero, which is almost
 * always meant. Where zero itself is to be said, each has a member has_<name>:
 *
 *     .is_anonymous = false, .has_is_anonymous = true
 *
 * What came from Telegram has it set whenever the field was there. An optional
 * array is there when `items` is not NULL, even with a count of 0.
 *
 * Objects of several kinds (ChatMember, MessageOrigin, RichText, …) say in
 * `kind` which member is filled; what all kinds have can be had without asking:
 *
 *     if (member->kind == TOBS_CHAT_MEMBER_RESTRICTED && member->restricted.can_send_messages)
 *             greet(member->user);
 *
 * Kinds that came after this version of the API are …_UNKNOWN, and `raw` holds
 * their JSON. An update of that sort has kind TOBS_UPDATE_UNKNOWN. Fields that
 * this version does not know are passed over. Required strings and objects from
 * Telegram are never NULL: should one not be there, it is "" or an empty object.
 * A zero byte in a string from Telegram becomes U+FFFD.
 *
 * Objects from Telegram are never changed and live in one arena with all they
 * point at.
 */
#ifndef TOBS_BOTAPI_H
#define TOBS_BOTAPI_H

#include <tobs/arena.h>
#include <tobs/botapi_types.h>
#include <tobs/buf.h>
#include <tobs/err.h>

TOBS_BEGIN_DECLS

/*
 * An array in place:
 *     .entities = TOBS_ARRAY(struct tobs_message_entity, { .type = …, .length = 3 }, { … })
 *     .inline_keyboard = TOBS_ARRAY(struct tobs_inline_keyboard_button_array,
 *             TOBS_ARRAY(struct tobs_inline_keyboard_button, { .text = "Yes", .callback_data = "y" }),
 *             TOBS_ARRAY(struct tobs_inline_keyboard_button, { .text = "No", .callback_data = "n" }))
 * It lives as long as the enclosing block.
 */
#define TOBS_ARRAY(type, ...)                                                \
	{                                                                    \
		(const type[]){ __VA_ARGS__ },                               \
			sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type) \
	}

/* "sendMessage", "Message"; NULL for a number that is none. Static storage. */
const char *tobs_method_name(enum tobs_method method);
const char *tobs_botapi_type_name(enum tobs_botapi_type type);

/* The method of this name, in any case of letters; TOBS_METHOD_END when there is none. */
enum tobs_method tobs_method_find(struct tobs_view name);

/*
 * Decodes the JSON of one object of type `type` and stores a pointer to its
 * struct in *ret. All of it lies in `arena`, whose maximum bounds what hostile
 * input can take; `json` is not needed afterwards.
 *
 * TOBS_EMALFORMED  not JSON (err->offset: the byte), or a field has a value of
 *                  another type: "message.chat.id: a string, not an integer"
 * TOBS_ETOOBIG     nested deeper than TOBS_BOTAPI_DEPTH, or larger than the arena may be
 * TOBS_ENOMEM
 */
int tobs_botapi_decode(enum tobs_botapi_type type, struct tobs_view json, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err);

/*
 * Appends the object as JSON, as Telegram would write it: for logs, files, tests.
 * Files that would be sent along appear as "attach://<name>". TOBS_ETOOBIG when
 * the buffer is full or the object is nested too deeply; TOBS_ENOMEM.
 */
int tobs_botapi_print(struct tobs_buf *out, enum tobs_botapi_type type, const void *object);

enum { TOBS_BOTAPI_DEPTH = 64 }; /* of objects and arrays inside one another */

/* ---- Calls ------------------------------------------------------------------ */

struct tobs_bot;

/*
 * What every typed call does: sends `args` (a struct tobs_<method>; NULL when nothing
 * is to be said) and stores the result in *ret, which may be NULL:
 *
 *     an object      const struct tobs_… *; NULL where the API says True instead
 *     Array of X     struct tobs_x_array
 *     String         const char *
 *     Integer        int64_t
 *     True           nothing
 *
 * The result lies in the innermost scope of the fiber, as does the text of a
 * failure, which tobs_last_err() gives. <tobs/bot.h> says what is done about
 * failures before one is returned:
 *
 *     TOBS_EINVAL     the arguments break a rule of the API's schema, or the server says 400 or 413
 *     TOBS_EAUTH      401, or a token that the server does not know
 *     TOBS_EPERM      403: blocked, kicked, no rights
 *     TOBS_ENOTFOUND  404: this server has no such method
 *     TOBS_EEXISTS    409: another instance, or a webhook, takes the updates
 *     TOBS_EFLOOD     429; err->seconds is how long to wait
 *     TOBS_ERPC       another refusal
 *     TOBS_EAGAIN     5xx: the server has trouble
 *     TOBS_EPROTO     an answer that is none of the Bot API's: HTML, half of one
 *     TOBS_EIO, TOBS_ETRUNCATED and the like for a file that cannot be read
 *     and what the way there may fail with: TOBS_ENET, TOBS_ENOTFOUND (no such
 *     host), TOBS_ECRYPTO, TOBS_ETIMEDOUT, TOBS_ECANCELED, TOBS_ENOMEM, TOBS_ETOOBIG.
 *
 * Waits.
 */
int tobs_bot_call(struct tobs_bot *bot, enum tobs_method method, const void *args, void *ret);

/*
 * Where results live. A handler runs in a scope that ends with it, so one seldom
 * needs more; a loop that makes many calls opens one for each turn:
 *
 *     tobs_scope_begin(&scope);
 *     r = tobs_get_chat(bot, &(struct tobs_get_chat){ .chat_id = id }, &chat);
 *     …
 *     tobs_scope_end(&scope);
 *
 * Scopes nest and belong to the fiber that began them. A call that has a result
 * to store needs one: TOBS_EINVAL without. Caller's memory; private fields.
 */
struct tobs_scope {
	struct tobs_arena arena;
	struct tobs_err err;
	struct tobs_scope *outer;
	void *owner;
};

void tobs_scope_begin(struct tobs_scope *s); /* on a fiber */
void tobs_scope_end(struct tobs_scope *s);   /* frees all that lies in it */

/* Memory that lives as long as the innermost scope; NULL without a scope. */
struct tobs_arena *tobs_scope_arena(void);

/*
 * Why the last call that failed in the innermost scope did; all zero before the
 * first one, and without a scope. err->status is Telegram's error_code, and
 * err->message ends with its description.
 */
const struct tobs_err *tobs_last_err(void);

enum { TOBS_SCOPE_MAX = 64 << 20 }; /* bytes of all results in a scope */

TOBS_END_DECLS

#endif
