/* SPDX-License-Identifier: MIT */
/*
 * What a bot remembers of a user, of a chat, and of itself: a JSON object each, in
 * the bot's store.
 *
 *     struct tobs_data *d = tobs_data_user(ctx);
 *
 *     tobs_data_add(d, "visits", 1);
 *     tobs_data_set_str(d, "address.city", "Haifa");
 *     return tobs_reply(ctx, "Visit %d", (int)tobs_data_int(d, "visits", 0));
 *
 * An object is read when it is first asked for, and written once, if it has
 * changed, in the transaction that notes the update as finished: data, the state
 * of a conversation, and the update's being done are saved together or not at all.
 * When the handler returns an error nothing of it is saved.
 *
 * Updates of different chats run at the same time and may change the same object
 * (that of a user in two chats, that of the bot). Each sees what was there when it
 * read it, with its own changes; when it is finished, its changes are made to
 * what is there by then. So two that call tobs_data_add() both count, and of two
 * that set the same path the later one does.
 *
 * When a group becomes a supergroup, its object goes with it, as do its
 * conversations.
 *
 * A path names members, or elements by number, with dots between them: "name",
 * "address.city", "toppings.0". "" is the whole object. Names with a dot or
 * without characters cannot be reached.
 *
 * Handles live until the handler returns. They are never NULL; when the object
 * could not be read, getters return what they were given for that case, setters
 * the error, and the update fails. Only tobs_data_…(ctx) wait.
 */
#ifndef TOBS_DATA_H
#define TOBS_DATA_H

#include <tobs/bot.h>

TOBS_BEGIN_DECLS

struct tobs_data;

enum tobs_data_of {
	TOBS_DATA_USER,
	TOBS_DATA_CHAT,
	TOBS_DATA_BOT, /* id does not count */
};

enum {
	TOBS_DATA_BYTES = 1 << 20, /* of an object, as JSON */
	TOBS_DATA_DEPTH = 32,      /* containers inside one another, and names in a path */
};

/* That of any user or chat. Waits the first time. */
struct tobs_data *tobs_data(struct tobs_ctx *ctx, enum tobs_data_of of, int64_t id);

/* That of the sender, of the chat, of the bot. Wait the first time. */
struct tobs_data *tobs_data_user(struct tobs_ctx *ctx);
struct tobs_data *tobs_data_chat(struct tobs_ctx *ctx);
struct tobs_data *tobs_data_bot(struct tobs_ctx *ctx);

/* Why it could not be read, or the first failure of a setter: TOBS_OK, TOBS_ENOMEM, … */
int tobs_data_err(const struct tobs_data *d);

/* ---- Getting ---------------------------------------------------------------- */

/* What is there; `otherwise` when nothing is, or something of another type. */
int64_t tobs_data_int(const struct tobs_data *d, const char *path, int64_t otherwise);
double tobs_data_number(const struct tobs_data *d, const char *path, double otherwise);
bool tobs_data_bool(const struct tobs_data *d, const char *path, bool otherwise);

/* Valid until the handler returns, whatever is set meanwhile. */
const char *tobs_data_str(const struct tobs_data *d, const char *path, const char *otherwise);

/* Whether anything is there, null included. */
bool tobs_data_has(const struct tobs_data *d, const char *path);

/* How many members or elements; 0 for anything else. */
size_t tobs_data_count(const struct tobs_data *d, const char *path);

/* Appends what is there as JSON, "null" when nothing is. Returns tobs_buf_err(out). */
int tobs_data_print(const struct tobs_data *d, const char *path, struct tobs_buf *out);

/* ---- Setting ---------------------------------------------------------------- */

/*
 * Puts a value there, in place of what was; objects on the way to it are made. In
 * an array a number is an element that is there, or the one behind the last.
 * TOBS_EINVAL for a path that is none or leads through something that is no
 * container, TOBS_ETOOBIG for one too long, TOBS_ENOMEM.
 */
int tobs_data_set_int(struct tobs_data *d, const char *path, int64_t n);
int tobs_data_set_number(struct tobs_data *d, const char *path, double n);
int tobs_data_set_bool(struct tobs_data *d, const char *path, bool b);
int tobs_data_set_str(struct tobs_data *d, const char *path, const char *s);

/* Any JSON: TOBS_EMALFORMED; the whole ("") has to be an object. */
int tobs_data_set_json(struct tobs_data *d, const char *path, struct tobs_view json);

/* Adds to the number there, 0 without one. TOBS_EINVAL when it is none or leaves int64_t. */
int tobs_data_add(struct tobs_data *d, const char *path, int64_t delta);

/* A string behind the last one of the array there, which is made if nothing is. */
int tobs_data_push(struct tobs_data *d, const char *path, const char *s);

/* Takes it away; no-op when nothing is there. "" empties the object. */
int tobs_data_unset(struct tobs_data *d, const char *path);

TOBS_END_DECLS

#endif
