/* SPDX-License-Identifier: MIT */
/* From what a person writes (target.h) to a peer: what the session knows first, then the server. */
#include <stdio.h>
#include <string.h>

#include "client/call.h"
#include "client/page.h"
#include "client/refusal.h"
#include "client/target.h"

enum {
	DIGITS_MAX = 16,
	CANDIDATES_MAX = 4, /* of one title, to be named in the message */
	FOLDERS = 2,        /* the list and its archive */
	SIGN_MAX = 64,
};

int tobs_peer_complete(struct tobs_client *c, struct tobs_peer *peer)
{
	const struct peer_record *known = client_store_peer(&c->store, tobs_peer_mark(peer));

	if (!known)
		return peer->kind == TOBS_PEER_CHAT ? TOBS_OK : TOBS_ENOTFOUND;
	peer->access_hash = known->peer.access_hash;
	return TOBS_OK;
}

/* What is looked for, and in whose words a failure is told. */
struct search {
	struct tobs_client *c;
	struct tobs_view text; /* as it was written */
	const struct target *target;
	struct tobs_peer found;
	struct tobs_err *err;
};

static int take(struct search *s, const struct peer_record *known)
{
	if (!known)
		return TOBS_ENOTFOUND;
	s->found = known->peer;
	return TOBS_OK;
}

static int not_found(const struct search *s, const char *tried)
{
	return tobs_fail(s->err, TOBS_ENOTFOUND, "\"%.*s\" was not found: %s",
		(int)MIN(s->text.len, (size_t)SIGN_MAX), (const char *)s->text.ptr, tried);
}

static bool is_refusal(const struct search *s, int r, const char *const *names)
{
	if (r != TOBS_ERPC)
		return false;
	for (; *names; names++)
		if (strcmp(s->err->name, *names) == 0)
			return true;
	return false;
}

static int by_resolved(struct search *s, const struct tl_contacts_resolvedPeer *answer)
{
	s->found = tobs_peer_of(answer->peer);
	return tobs_peer_complete(s->c, &s->found)
		? not_found(s, "the server does not say who it is")
		: TOBS_OK;
}

/* ---- usernames and phones ---- */

static int ask_username(struct search *s)
{
	static const char *const none[] = { "USERNAME_NOT_OCCUPIED", "USERNAME_INVALID", NULL };
	const struct tl_contacts_resolveUsername query = { .ctor = TL_contacts_resolveUsername,
		.username = s->target->text };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_contacts_resolvedPeer *answer;
	int r = tobs_call(s->c, TL_contacts_resolveUsername, &query, &reply, &answer, s->err);

	if (!r)
		r = by_resolved(s, answer);
	else if (is_refusal(s, r, none))
		r = not_found(s, "nobody has this username");
	tobs_reply_deinit(&reply);
	return r;
}

static int by_username(struct search *s)
{
	int r = take(s, client_store_username(&s->c->store, s->target->text));

	return r ? ask_username(s) : r;
}

static int by_phone(struct search *s)
{
	static const char *const none[] = { "PHONE_NOT_OCCUPIED", "PHONE_NUMBER_INVALID", NULL };
	char digits[DIGITS_MAX + 1];
	struct tl_contacts_resolvePhone query = { .ctor = TL_contacts_resolvePhone };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_contacts_resolvedPeer *answer;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < s->target->text.len && n < DIGITS_MAX; i++)
		if (s->target->text.ptr[i] >= '0' && s->target->text.ptr[i] <= '9')
			digits[n++] = (char)s->target->text.ptr[i];
	query.phone = tobs_view(digits, n);
	if (take(s, client_store_phone(&s->c->store, query.phone)) == TOBS_OK)
		return TOBS_OK;
	r = tobs_call(s->c, TL_contacts_resolvePhone, &query, &reply, &answer, s->err);
	if (!r)
		r = by_resolved(s, answer);
	else if (is_refusal(s, r, none))
		r = not_found(s, "no contact has this phone number");
	tobs_reply_deinit(&reply);
	return r;
}

/* ---- the account's own chats ---- */

/* What a walk through the list is for: false ends it. */
typedef bool (*look_fn)(void *user, const struct tobs_dialog *d);

static int walk(struct search *s, look_fn look, void *user)
{
	int r = TOBS_OK;
	bool more = true;

	for (int folder = 0; !r && more && folder < FOLDERS; folder++) {
		struct tobs_dialogs list;
		struct tobs_dialog d;

		tobs_dialogs_init(&list, folder);
		while (more && !(r = tobs_dialogs_next(s->c, &list, &d, s->err)))
			more = look(user, &d);
		tobs_dialogs_deinit(&list);
		if (r == TOBS_ENOTFOUND)
			r = TOBS_OK;
	}
	return r;
}

struct titles {
	struct tobs_view title;
	struct tobs_peer found[CANDIDATES_MAX];
	size_t count;
};

static bool look_at_title(void *user, const struct tobs_dialog *d)
{
	struct titles *t = user;

	if (tobs_view_eq_nocase(tobs_view_trim(d->title), t->title)) {
		if (t->count < CANDIDATES_MAX)
			t->found[t->count] = d->peer;
		t->count++;
	}
	return true;
}

static int several(const struct search *s, const struct titles *t)
{
	char ids[CANDIDATES_MAX * 24] = "";
	size_t len = 0;

	for (size_t i = 0; i < MIN(t->count, (size_t)CANDIDATES_MAX); i++)
		len += (size_t)snprintf(ids + len, sizeof ids - len, "%s%lld", i ? ", " : "",
			(long long)tobs_peer_mark(&t->found[i]));
	return tobs_fail(s->err, TOBS_EINVAL,
		"%zu chats are called \"%.*s\"; name one by its id: %s%s", t->count,
		(int)MIN(s->text.len, (size_t)SIGN_MAX), (const char *)s->text.ptr, ids,
		t->count > CANDIDATES_MAX ? ", …" : "");
}

/* A bare word may be a title or a username: what is known already, what is at hand, then others. */
static int by_title(struct search *s)
{
	struct titles t = { .title = s->target->text };
	struct target as_name;
	int r = take(s, client_store_username(&s->c->store, s->target->text));

	if (!r)
		return r;
	r = s->c->store.is_bot ? TOBS_OK : walk(s, look_at_title, &t);
	if (r)
		return r;
	if (t.count > 1)
		return several(s, &t);
	if (t.count == 1) {
		s->found = t.found[0];
		return TOBS_OK;
	}
	if (!target_is_username(s->target->text))
		return not_found(s, "no chat of this account has this title");
	as_name = *s->target;
	s->target = &as_name;
	r = ask_username(s);
	return r == TOBS_ENOTFOUND
		? not_found(s, "no chat of this account has this title, and nobody this username")
		: r;
}

/* ---- ids ---- */

static int known_id(struct search *s, int64_t marked)
{
	return take(s, client_store_peer(&s->c->store, marked));
}

/* An id as Telegram counts is one of three kinds; as the Bot API writes it, it says which. */
static int look_up_id(struct search *s)
{
	const struct target *t = s->target;
	const struct tobs_peer channel = { TOBS_PEER_CHANNEL, t->id, 0 };
	const struct tobs_peer chat = { TOBS_PEER_CHAT, t->id, 0 };

	if (t->kind == TARGET_CHANNEL)
		return known_id(s, tobs_peer_mark(&channel));
	if (known_id(s, t->id) == TOBS_OK)
		return TOBS_OK;
	if (t->id < 0)
		return TOBS_ENOTFOUND;
	if (known_id(s, tobs_peer_mark(&channel)) == TOBS_OK)
		return TOBS_OK;
	return known_id(s, tobs_peer_mark(&chat));
}

static bool look_at_id(void *user, const struct tobs_dialog *d)
{
	(void)d; /* its page was remembered when it came */
	return look_up_id(user) != TOBS_OK;
}

static int by_id(struct search *s)
{
	int r = look_up_id(s);

	if (!r || s->c->store.is_bot)
		return r ? not_found(s, "this account has not met it") : r;
	r = walk(s, look_at_id, s);
	if (!r && look_up_id(s))
		r = not_found(
			s, "this account has not met it; open the chat once, or use its link");
	return r;
}

/* ---- invitations, and oneself ---- */

static int by_invite(struct search *s)
{
	static const char *const none[] = { "INVITE_HASH_EXPIRED", "INVITE_HASH_INVALID",
		"INVITE_HASH_EMPTY", NULL };
	const struct tl_messages_checkChatInvite query = { TL_messages_checkChatInvite,
		s->target->text };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_ChatInvite *answer;
	const union tl_Chat *chat = NULL;
	int r = tobs_call(s->c, TL_messages_checkChatInvite, &query, &reply, &answer, s->err);

	if (is_refusal(s, r, none))
		r = not_found(s, "the invite link is not valid (any more)");
	if (r)
		goto out;
	if (answer->ctor == TL_chatInviteAlready)
		chat = answer->chatInviteAlready.chat;
	else if (answer->ctor == TL_chatInvitePeek)
		chat = answer->chatInvitePeek.chat;
	if (!chat) {
		r = not_found(s, "this account is not a member; join the chat first");
		goto out;
	}
	s->found = (struct tobs_peer){ chat->ctor == TL_chat ? TOBS_PEER_CHAT : TOBS_PEER_CHANNEL,
		chat_id_of(chat), 0 };
	if (tobs_peer_complete(s->c, &s->found))
		r = not_found(s, "the server does not say how to reach it");
out:
	tobs_reply_deinit(&reply);
	return r;
}

static int by_self(struct search *s)
{
	if (!s->c->store.self)
		return tobs_fail(s->err, TOBS_EAUTH, "not logged in");
	s->found = (struct tobs_peer){ TOBS_PEER_USER, s->c->store.self, 0 };
	(void)tobs_peer_complete(s->c, &s->found);
	return TOBS_OK;
}

int tobs_resolve(struct tobs_client *c, const char *text, struct tobs_peer *ret, int32_t *ret_post,
	int32_t *ret_topic, struct tobs_err *err)
{
	static int (*const ways[])(struct search * s) = {
		[TARGET_SELF] = by_self,
		[TARGET_USERNAME] = by_username,
		[TARGET_ID] = by_id,
		[TARGET_CHANNEL] = by_id,
		[TARGET_PHONE] = by_phone,
		[TARGET_INVITE] = by_invite,
		[TARGET_TITLE] = by_title,
	};
	struct tobs_err ignored;
	struct target target;
	struct search s = { .c = c,
		.text = tobs_view_trim(tobs_str(text)),
		.target = &target,
		.err = err ? err : &ignored };
	int r = target_parse(&target, s.text, s.err);

	if (!r)
		r = ways[target.kind](&s);
	if (r)
		return r;
	*ret = s.found;
	if (ret_post)
		*ret_post = target.post;
	if (ret_topic)
		*ret_topic = target.topic;
	return TOBS_OK;
}
