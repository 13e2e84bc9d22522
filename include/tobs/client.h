/* SPDX-License-Identifier: MIT */
/*
 * A Telegram client: an account, its connections, and calls.
 *
 *     struct tobs_client *c;
 *     struct tobs_reply reply = TOBS_REPLY_INIT;
 *     const union tl_messages_Messages *page;
 *
 *     tobs_client_new(&c, &(struct tobs_client_options){
 *             .session = "my.session", .api_id = …, .api_hash = … }, &err);
 *     if (!tobs_client_authorized(c))
 *             tobs_login_phone(c, "+99966…", &ui, &err);
 *     tobs_messages_getHistory(c, &(struct tl_messages_getHistory){
 *             .peer = TL0(inputPeerSelf), .limit = 100 }, &reply, &page, &err);
 *
 * Every call is made on a fiber (<tobs/rt.h>) and waits there; several fibers may
 * use one client at the same time, which is how pages and parts are kept in
 * flight. <tobs/methods.h> has a typed function for every method of the API;
 * tobs_call() is what they wrap.
 *
 * The client connects by itself, keeps one account's home data centre (DC) and
 * others as they are needed, moves when the server says so (…_MIGRATE_X), repeats
 * calls that were lost or failed inside Telegram, and waits when it is asked to
 * (FLOOD_WAIT_X): all fibers that call the same method wait together.
 *
 * One session file belongs to one process: it is created with mode 0600 and
 * locked, as an authorization key used from two places gets revoked.
 */
#ifndef TOBS_CLIENT_H
#define TOBS_CLIENT_H

#include <tobs/arena.h>
#include <tobs/buf.h>
#include <tobs/err.h>
#include <tobs/tl.h>

TOBS_BEGIN_DECLS

struct tobs_client;

/* ---- options ------------------------------------------------------------ */

/* A data centre to start from that is not Telegram's own: a test server, `tobs sim`. */
struct tobs_server {
	const char *host;
	uint16_t port;
	int dc;                 /* its number; 0 means 2 */
	const char *public_key; /* PEM text of its RSA key */
};

enum tobs_proxy_type { TOBS_PROXY_NONE, TOBS_PROXY_SOCKS5, TOBS_PROXY_HTTP, TOBS_PROXY_MTPROTO };

struct tobs_proxy {
	enum tobs_proxy_type type;
	const char *host;
	uint16_t port;
	const char *user, *password; /* SOCKS5 and HTTP; NULL without */
	const char *secret;          /* MTPROTO: hexadecimal or base64url */
};

enum tobs_transport {
	TOBS_TRANSPORT_OBFUSCATED,
	TOBS_TRANSPORT_ABRIDGED,
	TOBS_TRANSPORT_INTERMEDIATE,
	TOBS_TRANSPORT_PADDED,
	TOBS_TRANSPORT_FULL
};

/* Why a call waits, told to tobs_client_options.waiting. */
struct tobs_wait {
	uint32_t method;  /* TL_… of the method */
	const char *name; /* "FLOOD_WAIT", "FLOOD_PREMIUM_WAIT", "SLOWMODE_WAIT" */
	int64_t seconds;
};

/* Everything is copied. {0} but for api_id and api_hash is a good start. */
struct tobs_client_options {
	const char *session; /* file; NULL keeps nothing beyond the process */
	int32_t api_id;      /* from my.telegram.org */
	const char *api_hash;
	const struct tobs_server *server; /* NULL: Telegram's production servers */
	struct tobs_proxy proxy;
	enum tobs_transport transport;
	bool test_dcs;        /* Telegram's test servers */
	bool forward_secrecy; /* temporary keys, bound to the permanent one and replaced each day */
	bool updates; /* receive updates; without, calls are wrapped in invokeWithoutUpdates */
	bool ipv6;
	const char *device_model;   /* NULL: "PC" */
	const char *system_version; /* NULL: what uname says */
	const char *app_version;    /* NULL: this library's */
	const char *lang_code;      /* NULL: "en" */
	int64_t flood_wait_max;     /* s; longer waits are returned as TOBS_EFLOOD; 0: 24 hours */
	int call_retries;           /* of calls that fail inside Telegram; 0: 5 */
	int64_t connect_timeout_ms; /* of one attempt; 0: 10 s */
	int connect_attempts;       /* in a row, before calls fail; 0: 3 at first, later 12 */

	/*
	 * Both are called on fibers of the client, may be NULL and must not wait.
	 * `waiting` when the server asked for it: once for all calls of a method that
	 * wait together. `update` for every update; the object is valid during the call.
	 */
	void (*waiting)(void *user, const struct tobs_wait *wait);
	void (*update)(void *user, const union tl_Updates *updates);
	void *user;
};

/*
 * Opens the session. Nothing is connected yet.
 *
 * TOBS_EINVAL   api_id or api_hash missing, bad server, proxy or key
 * TOBS_ELOCKED  another process uses the session
 * TOBS_EPERM, TOBS_ENOSPC, TOBS_EDB  the file cannot be used; err says why
 * TOBS_ENOMEM
 */
int tobs_client_new(
	struct tobs_client **ret, const struct tobs_client_options *options, struct tobs_err *err);

/*
 * Who else wants to know of waits, besides tobs_client_options.waiting and under
 * the same rules: one who adapts its pace. NULL takes it away.
 */
void tobs_client_on_wait(
	struct tobs_client *c, void (*fn)(void *user, const struct tobs_wait *wait), void *user);

/*
 * Ends connections, stores what is not stored, unlocks the session. Calls under
 * way on other fibers return TOBS_ECLOSED first. NULL is fine. Waits.
 */
void tobs_client_free(struct tobs_client *c);

/* ---- calls --------------------------------------------------------------- */

/*
 * An answer and the memory it lives in. Zero it with TOBS_REPLY_INIT, use it for
 * as many calls as you like (each call frees the answer before it), and free it
 * in the end.
 */
struct tobs_reply {
	struct tobs_buf bytes; /* what strings point into */
	struct tobs_arena arena;
};

enum { TOBS_REPLY_MAX = 64 << 20 };
#define TOBS_REPLY_INIT                                     \
	{                                                   \
		{ NULL, 0, 0, TOBS_REPLY_MAX, 0 },          \
		{                                           \
			NULL, NULL, NULL, 0, TOBS_REPLY_MAX \
		}                                           \
	}

/* Frees the answer. NULL is fine. */
void tobs_reply_deinit(struct tobs_reply *reply);

/*
 * Calls method `method` with the arguments in *query (a struct tl_<method>; its
 * `ctor` is not looked at) and stores the result in *ret as tl_decode_result()
 * describes. Wrappers (invokeWithTakeout, …) are queries like any other; the
 * result is that of the innermost query.
 *
 * TOBS_ERPC    the server refused; err->status and err->name say how, err->seconds
 *              the number in the name
 * TOBS_EFLOOD  it asks to wait longer than flood_wait_max: err->seconds
 * TOBS_EAUTH   not logged in (any more), or the password is needed
 *              (err->name "SESSION_PASSWORD_NEEDED")
 * TOBS_ETIMEDOUT, TOBS_ECANCELED  by the fiber; the server is told to forget it
 * TOBS_ENET    no connection, and no more attempts
 * TOBS_EUNKNOWN, TOBS_EMALFORMED  the answer cannot be read; err->offset
 * TOBS_ENOMEM, TOBS_EINVAL, TOBS_ETOOBIG
 */
int tobs_call(struct tobs_client *c, uint32_t method, const void *query, struct tobs_reply *reply,
	void *ret, struct tobs_err *err);

/* Which of the client's sessions a call goes through. */
enum tobs_route {
	TOBS_ROUTE_HOME,  /* main ones */
	TOBS_ROUTE_FILES, /* those for files, so that parts of files hold up nothing else */
};

/*
 * The same through session number `lane` (from 0) of data centre `dc`; 0 is the
 * account's home, and tobs_call() uses lane 0 there. Each lane has a connection
 * of its own, made when it is first used and ended after five idle minutes. The
 * account's authorization is brought along to other data centres.
 *
 * FILE_MIGRATE_X and STATS_MIGRATE_X are followed, to the lane of the same number.
 */
int tobs_call_dc(struct tobs_client *c, enum tobs_route route, int dc, int lane, uint32_t method,
	const void *query, struct tobs_reply *reply, void *ret, struct tobs_err *err);

/* ---- the account ---------------------------------------------------------- */

/* Whether the session belongs to a logged-in account, as far as we know without asking. */
bool tobs_client_authorized(const struct tobs_client *c);

/* The account's user id; 0 before login. */
int64_t tobs_client_self(const struct tobs_client *c);

/* How a login asks its person. Each returns 0, or a TOBS_E… that ends the login. */
struct tobs_login_ui {
	/*
	 * The code that was sent by `how` ("app", "sms", "call", "flash_call",
	 * "missed_call", "email", "fragment", "sms_word", "sms_phrase"), `length` long
	 * (0: not told); into *ret. Nothing there asks for it by another way, if there is one.
	 */
	int (*code)(void *user, const char *how, int length, struct tobs_buf *ret);
	/* The 2FA password; `hint` may be empty. */
	int (*password)(void *user, const char *hint, struct tobs_buf *ret);
	/* Show this QR code; called again with a new one every 30 s until it was scanned. */
	int (*qr)(void *user, const char *url, int64_t seconds);
	/* A code or password was wrong and will be asked for again; may be NULL. */
	void (*wrong)(void *user, const char *what);
	void *user;
};

/*
 * Log in. A code or password may be wrong three times.
 * TOBS_EAUTH with the server's name of the error when it is refused for good
 * (PHONE_NUMBER_BANNED, …), TOBS_ERPC with API_ID_INVALID for wrong credentials,
 * TOBS_EFLOOD when the server asks to wait for more than a minute, TOBS_EUNSUPPORTED
 * for what only official apps can do, and whatever the ui returned.
 */
int tobs_login_phone(struct tobs_client *c, const char *phone, const struct tobs_login_ui *ui,
	struct tobs_err *err);
int tobs_login_qr(struct tobs_client *c, const struct tobs_login_ui *ui, struct tobs_err *err);
int tobs_login_bot(struct tobs_client *c, const char *token, struct tobs_err *err);

/* Ends the session at the server and forgets its keys. The session file stays, empty. */
int tobs_log_out(struct tobs_client *c, struct tobs_err *err);

/* ---- peers ---------------------------------------------------------------- */

enum tobs_peer_kind { TOBS_PEER_NONE, TOBS_PEER_USER, TOBS_PEER_CHAT, TOBS_PEER_CHANNEL };

/* Who a chat is with. Plain data. */
struct tobs_peer {
	enum tobs_peer_kind kind;
	int64_t id;          /* as TL counts: positive, per kind */
	int64_t access_hash; /* 0 for basic groups */
};

/* The Bot API form of the id: users id, groups -id, channels -1000000000000 - id. */
int64_t tobs_peer_mark(const struct tobs_peer *peer);

/* The other way round, without access hash. */
struct tobs_peer tobs_peer_unmark(int64_t marked);

/* What an object of type Peer says, without access hash. */
struct tobs_peer tobs_peer_of(const union tl_Peer *peer);

/* Room for the TL forms of a peer, which point into it. */
struct tobs_peer_input {
	union {
		uint32_t ctor;
		struct tl_inputPeerUser user;
		struct tl_inputPeerChat chat;
		struct tl_inputPeerChannel channel;
	};
	struct tl_inputChannel as_channel;
	struct tl_inputUser as_user;
};

/* Fills *room and returns it as an InputPeer. */
const union tl_InputPeer *tobs_peer_input(
	const struct tobs_peer *peer, struct tobs_peer_input *room);

/*
 * Finds a peer by what a person writes: @name, name, t.me links of every kind,
 * "me", a phone number of a contact, a numeric id in either form (of a peer that
 * the session has met), or a title that only one of the chats has. The message
 * and topic of a link go to *ret_post and *ret_topic (may be NULL), else 0.
 *
 * TOBS_ENOTFOUND  nobody is called so; err says what was tried
 * TOBS_EINVAL     not a form that can name a peer, or a title of several chats
 */
int tobs_resolve(struct tobs_client *c, const char *text, struct tobs_peer *ret, int32_t *ret_post,
	int32_t *ret_topic, struct tobs_err *err);

/* Adds the access hash that the session knows for it. TOBS_ENOTFOUND. */
int tobs_peer_complete(struct tobs_client *c, struct tobs_peer *peer);

/* ---- dialogs and history --------------------------------------------------- */

/* One chat of the account's list. Views live until the next one is asked for. */
struct tobs_dialog {
	struct tobs_peer peer;
	struct tobs_view title; /* of a user: first and last name */
	struct tobs_view username;
	const union tl_Chat *chat; /* NULL for a user */
	const union tl_User *user; /* NULL for a chat */
	int32_t top_message;
	int32_t unread;
	int32_t folder; /* 1 is the archive */
	bool pinned;
};

/* Walks the list: pinned ones first, then by date, as clients show it. */
struct tobs_dialogs {
	struct tobs_reply reply;
	const union tl_messages_Dialogs *page;
	uint32_t at;
	int32_t folder, offset_date, offset_id, total;
	struct tobs_peer offset_peer;
	bool started, ended;
	void *seen; /* peers already given */
};

/* `folder` is 0 for the list itself, 1 for the archive. */
void tobs_dialogs_init(struct tobs_dialogs *d, int folder);
void tobs_dialogs_deinit(struct tobs_dialogs *d);

/* The next chat; TOBS_ENOTFOUND after the last. Errors as tobs_call(). */
int tobs_dialogs_next(struct tobs_client *c, struct tobs_dialogs *d, struct tobs_dialog *ret,
	struct tobs_err *err);

/*
 * Walks the messages of a chat, newest first or (ascending) oldest first, in
 * pages of 100. Set peer and what else you want to limit, leave the rest zero.
 */
struct tobs_history {
	struct tobs_peer peer;
	bool ascending;
	int32_t from_id;   /* ascending: the first id wanted; else ids below it; 0: no limit */
	int32_t from_date; /* unix time, the same; used when from_id is 0 */
	int32_t topic;     /* messages of this forum topic or thread only; 0: all */
	int64_t takeout;   /* id of a takeout session to wrap the calls in; 0: none */

	/* The walk's own. */
	struct tobs_reply reply;
	const union tl_messages_Messages *page;
	int64_t at; /* in the page */
	int32_t next_id, total;
	bool started, ended;
};

/* Ends the walk, wherever it is. The messages it gave go away. */
void tobs_history_deinit(struct tobs_history *h);

/*
 * The next message; valid until the next call. Users and chats of its page are
 * found with tobs_history_user() and tobs_history_chat(). TOBS_ENOTFOUND after
 * the last. Errors as tobs_call().
 */
int tobs_history_next(struct tobs_client *c, struct tobs_history *h, const union tl_Message **ret,
	struct tobs_err *err);

/* Who or what is meant by an id in the page of the last message; NULL when the page does not say. */
const union tl_User *tobs_history_user(const struct tobs_history *h, int64_t id);
const union tl_Chat *tobs_history_chat(const struct tobs_history *h, int64_t id);

/*
 * How many messages the server says the chat (or the topic) has, whatever the
 * limits; 0 before the first page.
 */
int32_t tobs_history_total(const struct tobs_history *h);

TOBS_END_DECLS

#endif
