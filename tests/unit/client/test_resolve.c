/* SPDX-License-Identifier: MIT */
#include <tobs/client.h>

#include "sim/history.h"
#include "support/sim_client.h"
#include "support/sim_world.h"

enum { BOB = 1002, EVE = 1003, LAB = 60, NEWS = 61, FAMILY = 50 };

static struct sim_chat *add_chat(
	struct stage *s, enum sim_chat_kind kind, int64_t id, const char *title, const char *name)
{
	struct sim_chat *c = test_chat(s->w, kind, id, title);
	struct sim_history *h;

	assert_ok(sim_member_set(c, &(struct sim_member){ .user_id = ADA, .role = SIM_MEMBER }));
	assert_ok(sim_history_open(s->ada, c->peer, &h));
	assert_ok(sim_history_add(
		h, (union tl_Message *)test_message(h, 5, 1700000000 + (int32_t)id, ADA, "hello")));
	if (name)
		assert_ok(sim_username_set(s->w, c->peer, tobs_str(name), NULL));
	return c;
}

/* Ada's chats: a group, a supergroup, a channel, and a word with Bob. Eve is a stranger. */
static void fill(struct stage *s)
{
	struct sim_history *h;
	struct sim_user *u;

	add_chat(s, SIM_CHAT_GROUP, FAMILY, "Family", NULL);
	add_chat(s, SIM_CHAT_SUPERGROUP, LAB, "The Lab", "the_lab");
	add_chat(s, SIM_CHAT_CHANNEL, NEWS, "News", NULL);
	assert_ok(sim_user_add(s->w,
		&(struct sim_user_args){
			.id = BOB, .first_name = tobs_str("Bob"), .last_name = tobs_str("Stone") },
		&u, NULL));
	assert_ok(sim_user_add(s->w,
		&(struct sim_user_args){ .id = EVE,
			.first_name = tobs_str("Eve"),
			.username = tobs_str("eve_long"),
			.phone = tobs_str("99966555") },
		&u, NULL));
	assert_ok(sim_history_open(s->ada, BOB, &h));
	assert_ok(sim_history_add(
		h, (union tl_Message *)test_message(h, 9, 1710000000, BOB, "psst")));
	stage_login(s);
}

static void finds(struct stage *s, const char *text, enum tobs_peer_kind kind, int64_t id)
{
	struct tobs_peer peer = { 0 };
	int r = tobs_resolve(s->c, text, &peer, NULL, NULL, &s->err);

	if (r)
		fail_msg("%s: %s", text, s->err.message);
	assert_int_equal(peer.kind, kind);
	assert_int_equal(peer.id, id);
	if (kind != TOBS_PEER_CHAT)
		assert_int_equal(peer.access_hash, sim_access_hash(s->w, tobs_peer_mark(&peer)));
}

static void fails(struct stage *s, const char *text, int code, const char *message)
{
	struct tobs_peer peer;

	assert_code(tobs_resolve(s->c, text, &peer, NULL, NULL, &s->err), code);
	assert_string_equal(s->err.message, message);
}

static uint64_t asked(const struct stage *s)
{
	return stage_count(s, TL_contacts_resolveUsername);
}

STAGE_TEST(usernames)
{
	fill(s);
	finds(s, "@the_lab", TOBS_PEER_CHANNEL, LAB);
	assert_int_equal(asked(s), 1);
	/* Once is enough. */
	finds(s, "@The_Lab", TOBS_PEER_CHANNEL, LAB);
	finds(s, "https://t.me/the_lab/77", TOBS_PEER_CHANNEL, LAB);
	finds(s, "the_lab", TOBS_PEER_CHANNEL, LAB);
	assert_int_equal(asked(s), 1);
	finds(s, "eve_long", TOBS_PEER_USER, EVE);
	fails(s, "@nobody_here", TOBS_ENOTFOUND,
		"\"@nobody_here\" was not found: nobody has this username");
	fails(s, "nobody_here", TOBS_ENOTFOUND,
		"\"nobody_here\" was not found: no chat of this account has this title, and nobody "
		"this username");
	fails(s, "", TOBS_EINVAL, "an empty name names no chat");
}

STAGE_TEST(posts_and_topics)
{
	struct tobs_peer peer;
	int32_t post = -1, topic = -1;

	fill(s);
	assert_ok(tobs_resolve(s->c, "t.me/the_lab/12/345", &peer, &post, &topic, &s->err));
	assert_int_equal(peer.id, LAB);
	assert_int_equal(post, 345);
	assert_int_equal(topic, 12);
	assert_ok(tobs_resolve(s->c, "@the_lab", &peer, &post, &topic, NULL));
	assert_int_equal(post, 0);
	assert_int_equal(topic, 0);
}

STAGE_TEST(ids)
{
	fill(s);
	/* The list is walked once for them all. */
	finds(s, "-1000000000060", TOBS_PEER_CHANNEL, LAB);
	finds(s, "60", TOBS_PEER_CHANNEL, LAB);
	finds(s, "-50", TOBS_PEER_CHAT, FAMILY);
	finds(s, "50", TOBS_PEER_CHAT, FAMILY);
	finds(s, "1002", TOBS_PEER_USER, BOB);
	finds(s, "t.me/c/61/5", TOBS_PEER_CHANNEL, NEWS);
	assert_int_equal(stage_count(s, TL_messages_getDialogs), 1);
	fails(s, "-1000000000099", TOBS_ENOTFOUND,
		"\"-1000000000099\" was not found: this account has not met it; open the chat once, "
		"or use its link");
	assert_int_equal(asked(s), 0);
}

STAGE_TEST(titles)
{
	fill(s);
	finds(s, "Family", TOBS_PEER_CHAT, FAMILY);
	finds(s, "the lab", TOBS_PEER_CHANNEL, LAB);
	finds(s, " Bob Stone ", TOBS_PEER_USER, BOB);
	assert_int_equal(asked(s), 0);
	fails(s, "Fa", TOBS_ENOTFOUND,
		"\"Fa\" was not found: no chat of this account has this title");
	add_chat(s, SIM_CHAT_CHANNEL, 70, "News", NULL);
	fails(s, "news", TOBS_EINVAL,
		"2 chats are called \"news\"; name one by its id: -1000000000070, -1000000000061");
}

STAGE_TEST(phones_and_invitations)
{
	char link[96], text[200];
	struct sim_chat *other;

	fill(s);
	finds(s, "+999 66 555", TOBS_PEER_USER, EVE);
	fails(s, "+99966777", TOBS_ENOTFOUND,
		"\"+99966777\" was not found: no contact has this phone number");
	snprintf(link, sizeof link, "https://t.me/+%.*s",
		TOBS_VIEW_FMT(sim_chat(s->w, sim_channel_peer(NEWS))->link));
	finds(s, link, TOBS_PEER_CHANNEL, NEWS);
	snprintf(link, sizeof link, "t.me/joinchat/%.*s",
		TOBS_VIEW_FMT(sim_chat(s->w, sim_channel_peer(NEWS))->link));
	finds(s, link, TOBS_PEER_CHANNEL, NEWS);
	fails(s, "t.me/+Wrong", TOBS_ENOTFOUND,
		"\"t.me/+Wrong\" was not found: the invite link is not valid (any more)");
	other = test_chat(s->w, SIM_CHAT_CHANNEL, 80, "Elsewhere");
	snprintf(link, sizeof link, "t.me/+%.*s", TOBS_VIEW_FMT(other->link));
	snprintf(text, sizeof text,
		"\"%s\" was not found: this account is not a member; join the chat first", link);
	fails(s, link, TOBS_ENOTFOUND, text);
}

STAGE_TEST(oneself)
{
	stage_client(s);
	fails(s, "me", TOBS_EAUTH, "not logged in");
	fill(s);
	finds(s, "me", TOBS_PEER_USER, ADA);
}

STAGE_TEST(what_was_met_is_kept)
{
	struct tobs_peer peer = { TOBS_PEER_CHANNEL, LAB, 0 };

	fill(s);
	assert_code(tobs_peer_complete(s->c, &peer), TOBS_ENOTFOUND);
	finds(s, "@the_lab", TOBS_PEER_CHANNEL, LAB);
	assert_ok(tobs_peer_complete(s->c, &peer));
	assert_int_equal(peer.access_hash, sim_access_hash(s->w, tobs_peer_mark(&peer)));
	stage_reopen(s);
	finds(s, "@the_lab", TOBS_PEER_CHANNEL, LAB);
	finds(s, "t.me/c/60", TOBS_PEER_CHANNEL, LAB);
	assert_int_equal(asked(s), 1);
	assert_int_equal(stage_count(s, TL_messages_getDialogs), 0);
}

STAGE_TEST(a_bot_resolves_what_it_may)
{
	fill(s);
	tobs_client_free(s->c);
	s->c = NULL;
	s->options.session = NULL;
	stage_client(s);
	assert_ok(tobs_login_bot(s->c, ROBOT_TOKEN, &s->err));
	finds(s, "the_lab", TOBS_PEER_CHANNEL, LAB);
	fails(s, "123456", TOBS_ENOTFOUND, "\"123456\" was not found: this account has not met it");
}

/* ---- the list of chats ---- */

static size_t list(struct stage *s, int folder, int64_t *marks, size_t max)
{
	struct tobs_dialogs all;
	struct tobs_dialog d;
	size_t n = 0;
	int r;

	tobs_dialogs_init(&all, folder);
	while (!(r = tobs_dialogs_next(s->c, &all, &d, &s->err))) {
		assert_true(n < max);
		marks[n++] = tobs_peer_mark(&d.peer);
	}
	assert_code(r, TOBS_ENOTFOUND);
	assert_code(tobs_dialogs_next(s->c, &all, &d, NULL), TOBS_ENOTFOUND);
	tobs_dialogs_deinit(&all);
	return n;
}

STAGE_TEST(the_list)
{
	int64_t marks[10];

	fill(s);
	sim_dialog(s->ada, -FAMILY)->pin = 1;
	assert_int_equal(list(s, 0, marks, 10), 4);
	assert_int_equal(marks[0], -FAMILY); /* pinned */
	assert_int_equal(marks[1], BOB);     /* then the newest */
	assert_int_equal(marks[2], -1000000000000 - NEWS);
	assert_int_equal(marks[3], -1000000000000 - LAB);
	sim_dialog(s->ada, BOB)->folder = 1;
	assert_int_equal(list(s, 0, marks, 10), 3);
	assert_int_equal(list(s, 1, marks, 10), 1);
	assert_int_equal(marks[0], BOB);
}

STAGE_TEST(what_an_entry_says)
{
	struct tobs_dialogs all;
	struct tobs_dialog d;

	fill(s);
	sim_dialog(s->ada, -1000000000000 - LAB)->unread = 3;
	tobs_dialogs_init(&all, 0);
	assert_ok(tobs_dialogs_next(s->c, &all, &d, &s->err));
	assert_view(d.title, "Bob Stone");
	assert_int_equal(d.user->user.id, BOB);
	assert_null(d.chat);
	assert_int_equal(d.top_message, 9);
	assert_int_equal(d.peer.access_hash, sim_access_hash(s->w, BOB));
	assert_ok(tobs_dialogs_next(s->c, &all, &d, &s->err));
	assert_view(d.title, "News");
	assert_int_equal(d.username.len, 0);
	assert_ok(tobs_dialogs_next(s->c, &all, &d, &s->err));
	assert_view(d.title, "The Lab");
	assert_view(d.username, "the_lab");
	assert_int_equal(d.chat->channel.id, LAB);
	assert_int_equal(d.unread, 3);
	assert_int_equal(all.total, 4);
	tobs_dialogs_deinit(&all);
	tobs_dialogs_deinit(NULL);
}

STAGE_TEST(a_long_list)
{
	static int64_t marks[400];
	size_t n;

	stage_chat(s, "plain,chats=345,messages=3,seed=4");
	sim_dialog(s->ada, s->w->chat_list.items[200]->peer)->pin = 1;
	sim_dialog(s->ada, s->w->chat_list.items[3]->peer)->pin = 2;
	stage_login(s);
	n = list(s, 0, marks, ARRAY_LEN(marks));
	assert_int_equal(n, 345);
	assert_int_equal(marks[0], s->w->chat_list.items[200]->peer);
	assert_int_equal(marks[1], s->w->chat_list.items[3]->peer);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(marks[i], marks[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usernames),
		cmocka_unit_test(posts_and_topics),
		cmocka_unit_test(ids),
		cmocka_unit_test(titles),
		cmocka_unit_test(phones_and_invitations),
		cmocka_unit_test(oneself),
		cmocka_unit_test(what_was_met_is_kept),
		cmocka_unit_test(a_bot_resolves_what_it_may),
		cmocka_unit_test(the_list),
		cmocka_unit_test(what_an_entry_says),
		cmocka_unit_test(a_long_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
