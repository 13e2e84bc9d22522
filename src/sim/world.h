/* SPDX-License-Identifier: MIT */
/*
 * The world of the simulated Telegram: its users, chats, messages and files.
 *
 * This is the half that knows no protocol. The MTProto servers and the Bot API
 * server are written over it; loaders (load.h) and synthetic chats
 * (synthetic.h) fill it; change.h changes it while it runs and tells listeners.
 *
 *   world ─┬─ users ────────── tl_user, profile photos
 *          ├─ accounts ─────── a user (or bot) that can log in
 *          │    ├─ box ─────── message ids, pts and event log of its private
 *          │    │              chats and basic groups together
 *          │    ├─ histories ─ one for each of those chats
 *          │    └─ dialogs ─── what it has in its chat list: these and channels
 *          ├─ chats ────────── basic groups, supergroups, forums, channels
 *          │    ├─ members, topics, linked chat
 *          │    └─ box and history of its own (channels and supergroups)
 *          └─ files ────────── documents and photos with their bytes (file.h)
 *
 * As in Telegram, each account has its own copy of the messages of private
 * chats and basic groups, with ids from one space of the account; a channel or
 * supergroup ("channel" below, as in the schema) has one history and one id
 * space for everybody.
 *
 * Things are the TL structs of layer 228 themselves, in memory of the world, as
 * a stranger would see them. What depends on who looks (`out`, `self`,
 * `creator`, own votes and reactions, access to a phone number) is filled in by
 * the functions of view.h, which copy only what they change.
 *
 * A peer is one number, as the Bot API writes it: a user's id; minus a basic
 * group's id; -1000000000000 minus a channel's id; 0 for nobody.
 *
 * Ownership: the world owns everything and frees it at once; pointers to users,
 * chats, accounts, histories and stored messages live as long as the world
 * (a deleted or replaced message too). Structs are open for reading; they are
 * changed through functions only. Not for two threads at once.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/arena.h>
#include <tobs/err.h>
#include <tobs/tl.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/map.h"
#include "sim/list.h"

enum {
	SIM_GENERAL_TOPIC = 1, /* id of the topic every forum has */
	SIM_LOG_MAX = 10000,   /* events a box keeps for getDifference */
};

#define SIM_CHANNEL_BASE 1000000000000 /* peer = -SIM_CHANNEL_BASE - channel id */

enum sim_peer_kind { SIM_NOBODY, SIM_USER, SIM_GROUP, SIM_CHANNEL };

static inline enum sim_peer_kind sim_peer_kind(int64_t peer)
{
	return peer > 0                             ? SIM_USER
		: peer < -(int64_t)SIM_CHANNEL_BASE ? SIM_CHANNEL
		: peer < 0                          ? SIM_GROUP
						    : SIM_NOBODY;
}

/* The id as the schema writes it: always positive. */
static inline int64_t sim_peer_id(int64_t peer)
{
	return peer > 0                             ? peer
		: peer < -(int64_t)SIM_CHANNEL_BASE ? -peer - SIM_CHANNEL_BASE
						    : -peer;
}

static inline int64_t sim_group_peer(int64_t id)
{
	return -id;
}

static inline int64_t sim_channel_peer(int64_t id)
{
	return -SIM_CHANNEL_BASE - id;
}

/* 0 for NULL. */
int64_t sim_peer_of(const union tl_Peer *p);

struct sim_world_options {
	const struct clock *clock; /* NULL: the system's */
	uint64_t seed;             /* of hashes, file contents and ids that are made up */
	size_t memory_max;         /* bytes of all that is kept; 0: 64 GiB */
	int dc_count;              /* data centres that hold files; 0: 5 */
	int home_dc;               /* of the accounts; 0: 2 */
};

/* An application that may log in (api_id, api_hash). */
struct sim_app {
	int32_t api_id;
	char api_hash[33];
	bool refused;
};

struct sim_user {
	int64_t peer; /* = its id; first, so names map to users and chats alike */
	struct tl_user *tl;
	struct sim_account *account; /* NULL: scenery, nobody logs in as it */
	struct tobs_view phone;      /* digits without '+', may be empty */
	struct tobs_view about;
	ARRAY_OF(const union tl_Photo *) photos; /* profile photos, the current one first */
	const void *bot_info;                    /* tl_botInfo; NULL when not a bot */
	uint32_t mark;                           /* refs.c */
};

enum sim_role {
	SIM_LEFT, /* was a member, or never */
	SIM_MEMBER,
	SIM_RESTRICTED,
	SIM_ADMIN,
	SIM_CREATOR,
	SIM_BANNED,
};

struct sim_member {
	int64_t user_id;
	int64_t inviter_id; /* 0: came alone */
	int32_t date;       /* of joining */
	int32_t until;      /* of a restriction or ban; 0: for ever */
	enum sim_role role;
	struct tobs_view rank;                           /* an admin's title */
	const struct tl_chatAdminRights *admin_rights;   /* NULL: all of them */
	const struct tl_chatBannedRights *banned_rights; /* what is forbidden */
};

struct sim_topic {
	int32_t id; /* of the message that created it; SIM_GENERAL_TOPIC */
	int32_t date;
	int32_t icon_color;
	int32_t pin; /* 0: not pinned; pinned topics stand in ascending order */
	int64_t icon_emoji_id;
	int64_t creator; /* peer */
	struct tobs_view title;
	bool closed, hidden;
};

/* What happened; change.h says how they come about. */
struct sim_event {
	struct sim_account *account;   /* whose box it is in; NULL for a channel's */
	struct sim_chat *channel;      /* NULL for an account's */
	const union tl_Update *update; /* pts and qts are filled in */
	struct sim_history *history;   /* of the message concerned, when there is one */
	int32_t message_id;
	int32_t pts, pts_count; /* 0, 0: does not count */
	int32_t qts;            /* 0: does not count */
	int32_t date;           /* Unix time, s */
};

struct sim_place {
	int32_t id;
	struct sim_history *history;
};

/* An id space with its counters and its log. */
struct sim_box {
	struct sim_account *account; /* one of the two is set */
	struct sim_chat *channel;
	int32_t last_id; /* the largest message id given out */
	int32_t pts;
	int32_t qts;
	ARRAY_OF(struct sim_event) log; /* oldest first, at most SIM_LOG_MAX */
	int32_t log_pts, log_qts;       /* before the oldest event kept */
	/* An account's: which history a stored message is in, by id; stale ones may be among them. */
	ARRAY_OF(struct sim_place) places;
	ARRAY_OF(struct sim_history *) made; /* histories with a source */
	bool unsorted;                       /* places */
};

/* A thread of replies, or a topic. */
struct sim_thread {
	struct sim_list list;
};

/* The messages of one chat, as one account or everybody sees them. */
struct sim_history {
	struct sim_world *world;
	struct sim_box *box;
	int64_t peer;          /* seen from the account; the channel's own */
	struct sim_chat *chat; /* NULL for a private chat */
	const union tl_Peer *tl_peer;
	struct sim_list list;                /* its ids */
	ARRAY_OF(union tl_Message *) stored; /* parallel to list.ids */
	struct map changed;                  /* id → message in place of one of the source */
	struct map threads;                  /* id of the first message → struct sim_thread */
	ARRAY_OF(int32_t) pinned;            /* ascending */
	struct map
		posts; /* of a discussion group: id of the channel's post → id of its copy here */
	uint32_t version; /* grows with each change */
};

struct sim_dialog {
	struct sim_history *history;
	int64_t peer;
	int32_t read_inbox_max_id;
	int32_t read_outbox_max_id;
	int32_t unread;
	int32_t unread_mentions;
	int32_t unread_reactions;
	int32_t folder; /* 0, or 1 for the archive */
	int32_t pin;    /* 0: not pinned; pinned dialogs stand in ascending order */
	bool unread_mark;
	bool muted;
	const union tl_DraftMessage *draft; /* NULL: none */
};

struct sim_contact {
	int64_t user_id;
	bool mutual;
};

struct sim_account {
	struct sim_world *world;
	uint32_t number; /* from 1, in the order they were made */
	struct sim_user *user;
	struct tobs_view code;     /* the login code that is right */
	struct tobs_view password; /* two-step verification; empty: none */
	struct tobs_view hint;
	struct tobs_view token; /* of a bot: "123:abc"; empty for people */
	int revoked;            /* how many tokens were before it */
	bool privacy;           /* a bot that sees only what is meant for it in groups */
	int takeout_delay;      /* seconds until a takeout may begin; 0: at once */
	struct sim_box box;
	struct map histories; /* peer → struct sim_history */
	struct map dialogs;   /* peer → struct sim_dialog */
	ARRAY_OF(struct sim_contact) contacts;
	ARRAY_OF(int64_t) blocked;                       /* peers */
	ARRAY_OF(const union tl_DialogFilter *) folders; /* in their order */
};

enum sim_chat_kind { SIM_CHAT_GROUP, SIM_CHAT_SUPERGROUP, SIM_CHAT_CHANNEL };

struct sim_chat {
	int64_t peer; /* first, as in struct sim_user */
	struct sim_world *world;
	enum sim_chat_kind kind;
	union {
		uint32_t *ctor;
		struct tl_chat *group;
		struct tl_channel *channel; /* supergroups too */
	} tl;
	struct tobs_view about;
	const union tl_Photo *photo; /* NULL: none */
	ARRAY_OF(struct sim_member) members;
	struct map by_user;         /* user id → slot in members + 1 */
	int32_t present;            /* of them neither left nor banned */
	ARRAY_OF(int64_t) requests; /* users who asked to be let in */
	int32_t more_members;       /* that are counted, but not known */
	struct tobs_view link;      /* hash of the invite link t.me/+HASH */
	ARRAY_OF(struct sim_topic) topics;
	struct sim_chat *linked;    /* a channel's discussion group, and back */
	struct sim_chat *successor; /* the supergroup a basic group became */
	struct sim_chat *origin;    /* the basic group a supergroup was */
	int32_t origin_max_id;      /* the last message there */
	bool open;                  /* anybody may read it: it has a username */
	bool hidden_members;
	const union tl_ChatReactions *reactions; /* that are allowed; NULL: all */
	int32_t ttl_period, slowmode;            /* s */
	struct sim_box box;                      /* channels */
	struct sim_history *history;             /* channels; NULL for basic groups */
	uint32_t mark;
};

typedef void (*sim_listener_fn)(void *user, const struct sim_event *event);

struct sim_listener {
	sim_listener_fn fn;
	void *user;
};

struct sim_world {
	struct sim_world_options options;
	struct tobs_arena arena;
	struct map users;    /* id → struct sim_user */
	struct map chats;    /* peer → struct sim_chat */
	struct smap names;   /* username in lower case → user or chat */
	struct smap phones;  /* digits → user */
	struct smap links;   /* invite hash → chat */
	struct smap keys;    /* of people, chats and files in world files → struct loader_thing */
	struct smap labels;  /* of messages in world files → struct loader_label */
	struct map tl_peers; /* peer → tl_Peer */
	struct map files;    /* id → struct sim_stored_file */
	struct map votes;    /* poll id → struct sim_votes */
	struct map queries;  /* id → struct sim_question, asked of bots (question.h) */
	struct map inline_sent; /* id → a message sent via a bot (question.c) */
	struct map twins;       /* copies of one message in several boxes (history.c) */
	ARRAY_OF(struct sim_account *) accounts; /* people first come first; bots too */
	ARRAY_OF(struct sim_chat *) chat_list;   /* in the order they were made */
	ARRAY_OF(struct sim_source *) sources;   /* owned */
	ARRAY_OF(const struct tl_stickerSet *) sticker_sets;
	ARRAY_OF(struct sim_app) apps;
	ARRAY_OF(struct sim_listener) listeners;
	uint32_t reference_epoch; /* file references of earlier ones have expired */
	uint32_t mark;
	uint64_t made_up;                 /* how many ids were */
	struct sim_search *search;        /* the last one, for its next pages (search.c) */
	const struct sim_ref_table *refs; /* made when first needed (refs.c) */
};

/* TOBS_ENOMEM, TOBS_EINVAL for options out of range. *options may be NULL. */
int sim_world_new(
	const struct sim_world_options *options, struct sim_world **ret, struct tobs_err *err);
void sim_world_free(struct sim_world *w);

/* Unix time in seconds by the world's clock. */
int32_t sim_now(const struct sim_world *w);

/*
 * Numbers that look random and are the same in every run: `n`-th of a kind.
 * Positive, never 0.
 */
int64_t sim_hash(const struct sim_world *w, const char *kind, int64_t n);

/* The tl_Peer of a peer; shared, lives as long as the world. NULL: no memory, or peer 0. */
const union tl_Peer *sim_tl_peer(struct sim_world *w, int64_t peer);

/* ---- looking up; NULL: there is none ---- */

struct sim_user *sim_user(const struct sim_world *w, int64_t id);
struct sim_chat *sim_chat(const struct sim_world *w, int64_t peer);

/* By username, with or without '@', in any case: 0, or the peer of a user or channel. */
int64_t sim_peer_by_name(const struct sim_world *w, struct tobs_view name);

/* By phone number; everything but digits is ignored. */
struct sim_user *sim_user_by_phone(const struct sim_world *w, struct tobs_view phone);
struct sim_chat *sim_chat_by_link(const struct sim_world *w, struct tobs_view hash);
struct sim_account *sim_account(const struct sim_world *w, int64_t user_id);
struct sim_account *sim_bot_by_token(const struct sim_world *w, struct tobs_view token);

/*
 * Whether these credentials may log in: with a list of accepted ones only
 * those; otherwise any positive id with a hash of 32 hexadecimal digits that is
 * not refused.
 */
bool sim_app_accepted(const struct sim_world *w, int32_t api_id, struct tobs_view api_hash);
int sim_app_add(struct sim_world *w, int32_t api_id, struct tobs_view api_hash, bool refused);

/* The access hash clients must show with an id. The same for everyone. */
int64_t sim_access_hash(const struct sim_world *w, int64_t peer);

/* ---- filling: without events, for loaders ---- */

struct sim_user_args {
	int64_t id; /* 0: made up */
	struct tobs_view first_name, last_name, username, phone, about;
	bool bot;
};

/*
 * Adds a user. TOBS_EEXISTS for an id, username or phone that is taken,
 * TOBS_EINVAL for an id that is not positive, TOBS_ENOMEM. More is said by
 * setting fields of (*ret)->tl, before the world runs.
 */
int sim_user_add(struct sim_world *w, const struct sim_user_args *args, struct sim_user **ret,
	struct tobs_err *err);

struct sim_account_args {
	struct tobs_view code; /* empty: five times the DC digit for +99966D…, else 12345 */
	struct tobs_view password, hint;
	struct tobs_view token; /* a bot's; empty: made up */
};

/* Lets a user log in. TOBS_EEXISTS when it can already or the token is taken, TOBS_ENOMEM. */
int sim_account_add(struct sim_world *w, struct sim_user *user, const struct sim_account_args *args,
	struct sim_account **ret, struct tobs_err *err);

/* Gives a bot another token; the one before is good for nothing. TOBS_ENOMEM. */
int sim_token_revoke(struct sim_account *bot);

struct sim_chat_args {
	enum sim_chat_kind kind;
	int64_t id; /* without sign or base; 0: made up */
	int32_t date;
	struct tobs_view title, username, about;
	bool forum;
};

/* Adds a chat without members. Errors as for users; TOBS_EINVAL for a username of a basic group. */
int sim_chat_add(struct sim_world *w, const struct sim_chat_args *args, struct sim_chat **ret,
	struct tobs_err *err);

/* Adds or replaces a member, by user_id; a role of SIM_LEFT removes. Keeps counts and dialogs. */
int sim_member_set(struct sim_chat *c, const struct sim_member *m);

/* NULL when never one. */
const struct sim_member *sim_member(const struct sim_chat *c, int64_t user_id);

/* A member now: neither left nor banned. */
bool sim_is_member(const struct sim_chat *c, int64_t user_id);

/* Members of basic group or channel, known and merely counted. */
int32_t sim_member_count(const struct sim_chat *c);

/* May the account read it: a member, or the chat is open to all. */
bool sim_can_read(const struct sim_account *a, const struct sim_chat *c);

/* Adds or replaces a topic, by id. */
int sim_topic_set(struct sim_chat *c, const struct sim_topic *topic);
struct sim_topic *sim_topic(const struct sim_chat *c, int32_t id);

/* Makes `group` the discussion group of `channel`. */
void sim_link(struct sim_chat *channel, struct sim_chat *group);

/* Names and links may be set later, too. TOBS_EEXISTS, TOBS_EINVAL, TOBS_ENOMEM. */
int sim_username_set(
	struct sim_world *w, int64_t peer, struct tobs_view name, struct tobs_err *err);

/* The same for the phone number of somebody who has none. TOBS_EEXISTS, TOBS_ENOMEM. */
int sim_phone_set(
	struct sim_world *w, struct sim_user *u, struct tobs_view phone, struct tobs_err *err);

/* Makes `photo` (in memory of the world) the current one, or takes it away (NULL). */
int sim_user_photo_set(struct sim_user *u, struct sim_world *w, const union tl_Photo *photo);
int sim_chat_photo_set(struct sim_chat *c, const union tl_Photo *photo);

/* A contact of the account; adding twice changes nothing. */
int sim_contact_add(struct sim_account *a, int64_t user_id);
bool sim_is_contact(const struct sim_account *a, int64_t user_id);

/* Appends a source that the world will free. */
int sim_source_own(struct sim_world *w, struct sim_source *s);

/* A title, a text …: kept as long as the world; empty when memory ran out. */
struct tobs_view sim_keep(struct sim_world *w, struct tobs_view v);

#endif
