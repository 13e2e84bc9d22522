/* SPDX-License-Identifier: MIT */
#include "sim/world.h"

#include "sim/history.h"
#include "sim/inner.h"
#include "sim/view.h"
#include "sim/vote.h"
#include "support/failmem.h"
#include "support/sim_world.h"
#include "support/test.h"

enum { IVY = 1001, BO = 1002, KAI = 1003 };

static void peers(void **state)
{
	struct sim_world *w = test_world();
	static const int64_t peers[] = { 1, 7000000000, -1, -4000000000, -1000000000001,
		-1003878264527 };
	static const enum sim_peer_kind kinds[] = { SIM_USER, SIM_USER, SIM_GROUP, SIM_GROUP,
		SIM_CHANNEL, SIM_CHANNEL };
	static const int64_t ids[] = { 1, 7000000000, 1, 4000000000, 1, 3878264527 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(peers); i++) {
		const union tl_Peer *p = sim_tl_peer(w, peers[i]);

		assert_int_equal(sim_peer_kind(peers[i]), kinds[i]);
		assert_int_equal(sim_peer_id(peers[i]), ids[i]);
		assert_int_equal(sim_peer_of(p), peers[i]);
		assert_ptr_equal(sim_tl_peer(w, peers[i]), p);
		assert_encodes(p);
	}
	assert_null(sim_tl_peer(w, 0));
	assert_int_equal(sim_peer_of(NULL), 0);
	sim_world_free(w);
}

static void users_are_found(void **state)
{
	struct sim_world *w = test_world();
	struct sim_user_args args = { .id = IVY,
		.first_name = TOBS_LIT("Ivy"),
		.username = TOBS_LIT("@Ivy_L"),
		.phone = TOBS_LIT("+999 66 2 0001") };
	struct tobs_err err;
	struct sim_user *u;

	(void)state;
	assert_ok(sim_user_add(w, &args, &u, NULL));
	assert_ptr_equal(sim_user(w, IVY), u);
	assert_int_equal(sim_peer_by_name(w, tobs_str("ivy_l")), IVY);
	assert_int_equal(sim_peer_by_name(w, tobs_str("@IVY_L")), IVY);
	assert_int_equal(sim_peer_by_name(w, tobs_str("ivy")), 0);
	assert_view(u->tl->username, "Ivy_L");
	assert_ptr_equal(sim_user_by_phone(w, tobs_str("99966 20001")), u);
	assert_null(sim_user_by_phone(w, tobs_str("9996620002")));
	/* Strangers don't get the number. */
	assert_int_equal(u->tl->phone.len, 0);
	assert_code(sim_user_add(w, &args, &u, &err), TOBS_EEXISTS);
	args.id = BO;
	assert_code(sim_user_add(w, &args, &u, &err), TOBS_EEXISTS);
	args.phone = tobs_str("");
	assert_code(sim_user_add(w, &args, &u, &err), TOBS_EEXISTS);
	assert_string_equal(err.message, "username \"@Ivy_L\" is taken");
	assert_null(sim_user(w, BO));
	args.username = tobs_str("1bo");
	assert_code(sim_user_add(w, &args, &u, &err), TOBS_EINVAL);
	args.username = tobs_str("");
	args.id = -5;
	assert_code(sim_user_add(w, &args, &u, &err), TOBS_EINVAL);
	/* A name that is given up is free. */
	assert_ok(sim_username_set(w, IVY, tobs_str("lindqvist"), NULL));
	assert_int_equal(sim_peer_by_name(w, tobs_str("ivy_l")), 0);
	assert_int_equal(sim_peer_by_name(w, tobs_str("Lindqvist")), IVY);
	assert_ok(sim_username_set(w, IVY, tobs_str(""), NULL));
	assert_false(sim_user(w, IVY)->tl->has_username);
	sim_world_free(w);
}

static void accounts_and_bots(void **state)
{
	struct sim_world *w = test_world();
	struct sim_user *person, *test_person, *robot;
	struct sim_account *a, *bot;

	(void)state;
	person = test_user(w, IVY, "Ivy");
	assert_ok(sim_account_add(w, person, &(struct sim_account_args){ 0 }, &a, NULL));
	assert_view(a->code, "12345");
	assert_ptr_equal(sim_account(w, IVY), a);
	assert_code(sim_account_add(w, person, &(struct sim_account_args){ 0 }, &a, NULL),
		TOBS_EEXISTS);
	assert_ok(sim_user_add(
		w, &(struct sim_user_args){ .phone = TOBS_LIT("9996631234") }, &test_person, NULL));
	assert_ok(sim_account_add(w, test_person, &(struct sim_account_args){ 0 }, &a, NULL));
	assert_view(a->code, "33333");
	assert_ok(sim_user_add(w,
		&(struct sim_user_args){
			.id = 777, .username = TOBS_LIT("helper_bot"), .bot = true },
		&robot, NULL));
	assert_ok(sim_account_add(w, robot, &(struct sim_account_args){ 0 }, &bot, NULL));
	assert_true(tobs_view_starts(bot->token, "777:AA"));
	assert_int_equal(bot->token.len, strlen("777:") + 35);
	assert_ptr_equal(sim_bot_by_token(w, bot->token), bot);
	assert_null(sim_bot_by_token(w, tobs_str("")));
	assert_null(sim_account(w, BO));
	sim_world_free(w);
}

static void credentials(void **state)
{
	static const char good[] = "0123456789abcdef0123456789ABCDEF";
	struct sim_world *w = test_world();

	(void)state;
	assert_true(sim_app_accepted(w, 1, tobs_str(good)));
	assert_false(sim_app_accepted(w, 0, tobs_str(good)));
	assert_false(sim_app_accepted(w, -1, tobs_str(good)));
	assert_false(sim_app_accepted(w, 1, tobs_str("0123")));
	assert_false(sim_app_accepted(w, 1, tobs_str("x123456789abcdef0123456789abcdef")));
	assert_ok(sim_app_add(w, 5, tobs_str(""), true));
	assert_false(sim_app_accepted(w, 5, tobs_str(good)));
	assert_true(sim_app_accepted(w, 6, tobs_str(good)));
	assert_ok(sim_app_add(w, 7, tobs_str(good), false));
	assert_true(sim_app_accepted(w, 7, tobs_str("0123456789ABCDEF0123456789abcdef")));
	assert_false(sim_app_accepted(w, 7, tobs_str("ffffffffffffffffffffffffffffffff")));
	assert_false(sim_app_accepted(w, 6, tobs_str(good)));
	assert_code(sim_app_add(w, 8, tobs_str("12"), false), TOBS_EINVAL);
	sim_world_free(w);
}

static void join(struct sim_chat *c, int64_t user, enum sim_role role)
{
	assert_ok(sim_member_set(c, &(struct sim_member){ .user_id = user, .role = role }));
}

static void members_come_and_go(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy");
	struct sim_chat *c = test_chat(w, SIM_CHAT_SUPERGROUP, 5, "Group");
	struct sim_chat *g = test_chat(w, SIM_CHAT_GROUP, 5, "Basic");

	(void)state;
	test_user(w, BO, "Bo");
	assert_false(sim_can_read(ivy, c));
	join(c, IVY, SIM_MEMBER);
	join(c, BO, SIM_CREATOR);
	join(g, IVY, SIM_MEMBER);
	assert_int_equal(sim_member_count(c), 2);
	assert_true(sim_can_read(ivy, c));
	assert_non_null(sim_dialog(ivy, c->peer));
	assert_ptr_equal(sim_history(ivy, c->peer), c->history);
	assert_non_null(sim_history(ivy, g->peer));
	assert_null(sim_history(ivy, BO));
	join(c, IVY, SIM_BANNED);
	join(g, IVY, SIM_LEFT);
	assert_int_equal(sim_member_count(c), 1);
	assert_false(sim_is_member(c, IVY));
	assert_null(sim_dialog(ivy, c->peer));
	assert_non_null(sim_dialog(ivy, g->peer));
	/* An open chat may be read by all but those who are banned. */
	assert_ok(sim_username_set(w, c->peer, tobs_str("group"), NULL));
	assert_false(sim_can_read(ivy, c));
	join(c, IVY, SIM_LEFT);
	assert_true(sim_can_read(ivy, c));
	assert_code(sim_username_set(w, g->peer, tobs_str("basic"), NULL), TOBS_EINVAL);
	assert_ptr_equal(sim_chat_by_link(w, c->link), c);
	sim_world_free(w);
}

static void users_as_one_sees_them(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy"), *bo = test_account(w, BO, "Bo");
	struct tobs_arena arena;
	const union tl_User *u;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	bo->user->phone = sim_keep(w, tobs_str("99966123"));
	assert_ptr_equal(sim_view_user(ivy, bo->user, &arena), bo->user->tl);
	assert_ok(sim_contact_add(ivy, BO));
	u = sim_view_user(ivy, bo->user, &arena);
	assert_true(u->user.contact && !u->user.mutual_contact && !u->user.self);
	assert_view(u->user.phone, "99966123");
	assert_ok(sim_contact_add(bo, IVY));
	u = sim_view_user(ivy, bo->user, &arena);
	assert_true(u->user.mutual_contact);
	u = sim_view_user(bo, bo->user, &arena);
	assert_true(u->user.self && u->user.has_phone);
	assert_false(bo->user->tl->self || bo->user->tl->has_phone);
	assert_encodes(u);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void chats_as_one_sees_them(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy");
	struct sim_chat *c = test_chat(w, SIM_CHAT_CHANNEL, 5, "Channel");
	struct sim_chat *g = test_chat(w, SIM_CHAT_GROUP, 6, "Basic");
	struct tobs_arena arena;
	const union tl_Chat *t;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	t = sim_view_chat(ivy, c, &arena);
	assert_int_equal(t->ctor, TL_channelForbidden);
	assert_view(t->channelForbidden.title, "Channel");
	assert_ok(sim_username_set(w, c->peer, tobs_str("news"), NULL));
	t = sim_view_chat(ivy, c, &arena);
	assert_int_equal(t->ctor, TL_channel);
	assert_true(t->channel.left && t->channel.broadcast && !t->channel.creator);
	join(c, IVY, SIM_CREATOR);
	t = sim_view_chat(ivy, c, &arena);
	assert_true(t->channel.creator && !t->channel.left && t->channel.admin_rights);
	assert_int_equal(t->channel.participants_count, 1);
	assert_encodes(t);
	join(g, IVY, SIM_ADMIN);
	t = sim_view_chat(ivy, g, &arena);
	assert_true(t->chat.admin_rights && !t->chat.creator);
	assert_encodes(t);
	g->successor = test_chat(w, SIM_CHAT_SUPERGROUP, 7, "Super");
	t = sim_view_chat(ivy, g, &arena);
	assert_true(t->chat.deactivated);
	assert_int_equal(t->chat.migrated_to->inputChannel.channel_id, 7);
	assert_encodes(t);
	join(g, IVY, SIM_BANNED);
	assert_int_equal(sim_view_chat(ivy, g, &arena)->ctor, TL_chatForbidden);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static struct tl_messageReactions *two_reactions(struct sim_world *w)
{
	struct tl_messageReactions *all = SIM_NEW(&w->arena, messageReactions);
	const struct tl_reactionCount **counts = TOBS_ARENA_ARRAY(
		&w->arena, 2, const struct tl_reactionCount *);
	const struct tl_messagePeerReaction **recent = TOBS_ARENA_ARRAY(
		&w->arena, 5, const struct tl_messagePeerReaction *);
	struct tl_reactionEmoji *kinds[2];

	for (int i = 0; i < 2; i++) {
		struct tl_reactionCount *n = SIM_NEW(&w->arena, reactionCount);

		kinds[i] = SIM_NEW(&w->arena, reactionEmoji);
		kinds[i]->emoticon = tobs_str(i ? "👍" : "🔥");
		n->reaction = (const void *)kinds[i];
		n->count = 5 - i;
		counts[i] = n;
	}
	for (int i = 0; i < 5; i++) {
		struct tl_messagePeerReaction *r = SIM_NEW(&w->arena, messagePeerReaction);

		r->peer_id = sim_tl_peer(w, i == 4 ? IVY : 2000 + i);
		r->date = 100 - i;
		r->reaction = (const void *)kinds[i == 4];
		recent[i] = r;
	}
	all->results = (struct tl_vec_ReactionCount){ 2, counts };
	all->recent_reactions = (struct tl_vec_MessagePeerReaction){ 5, recent };
	return all;
}

static void messages_as_one_sees_them(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy"), *bo = test_account(w, BO, "Bo");
	struct sim_history *h = test_chat(w, SIM_CHAT_SUPERGROUP, 5, "Group")->history;
	struct tl_message *m = test_message(h, 1, 1, IVY, "x");
	struct tobs_arena arena;
	const union tl_Message *v;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	assert_ok(sim_history_add(h, (void *)m));
	assert_ptr_equal(sim_view_message(bo, h, (void *)m, &arena), m);
	v = sim_view_message(ivy, h, (void *)m, &arena);
	assert_true(v->message.out && !m->out);
	m->reactions = two_reactions(w);
	v = sim_view_message(ivy, h, (void *)m, &arena);
	assert_int_equal(v->message.reactions->recent_reactions.count, 3);
	assert_false(v->message.reactions->results.items[0]->has_chosen_order);
	assert_true(v->message.reactions->results.items[1]->has_chosen_order);
	assert_false(m->reactions->results.items[1]->has_chosen_order);
	assert_encodes(v);
	v = sim_view_message(bo, h, (void *)m, &arena);
	assert_false(v->message.reactions->results.items[1]->has_chosen_order);
	assert_int_equal(v->message.reactions->recent_reactions.count, 3);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void replies_are_counted(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy");
	struct sim_chat *c = test_chat(w, SIM_CHAT_CHANNEL, 5, "Channel");
	struct sim_chat *g = test_chat(w, SIM_CHAT_SUPERGROUP, 6, "Talk");
	struct tl_message *post = test_message(c->history, 3, 1, c->peer, "post"), *copy, *m;
	struct tl_messageFwdHeader *f = SIM_NEW(&w->arena, messageFwdHeader);
	struct tobs_arena arena;
	const union tl_Message *v;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	sim_link(c, g);
	assert_ok(sim_history_add(c->history, (void *)post));
	assert_int_equal(sim_discussion_of(c, 3), 0);
	copy = test_message(g->history, 11, 1, c->peer, "post");
	f->from_id = f->saved_from_peer = sim_tl_peer(w, c->peer);
	f->has_channel_post = 1;
	f->channel_post = f->saved_from_msg_id = 3;
	copy->fwd_from = f;
	assert_ok(sim_history_add(g->history, (void *)copy));
	assert_int_equal(sim_discussion_of(c, 3), 11);
	v = sim_view_message(ivy, c->history, (void *)post, &arena);
	assert_true(v->message.replies->comments);
	assert_int_equal(v->message.replies->replies, 0);
	for (int i = 0; i < 3; i++) {
		m = test_message(g->history, 12 + i, 2, i ? BO : IVY, "comment");
		test_reply(g->history, m, 11, 0);
		assert_ok(sim_history_add(g->history, (void *)m));
	}
	v = sim_view_message(ivy, c->history, (void *)post, &arena);
	assert_int_equal(v->message.replies->replies, 3);
	assert_int_equal(v->message.replies->channel_id, 6);
	assert_int_equal(v->message.replies->max_id, 14);
	assert_int_equal(v->message.replies->recent_repliers.count, 2);
	assert_encodes(v);
	v = sim_view_message(ivy, g->history, (void *)copy, &arena);
	assert_int_equal(v->message.replies->replies, 3);
	assert_false(v->message.replies->comments);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static const union tl_MessageMedia *a_poll(struct sim_world *w, bool closed)
{
	struct tl_messageMediaPoll *media = SIM_NEW(&w->arena, messageMediaPoll);
	struct tl_poll *poll = SIM_NEW(&w->arena, poll);
	struct tl_pollResults *results = SIM_NEW(&w->arena, pollResults);
	struct tl_textWithEntities *question = SIM_NEW(&w->arena, textWithEntities);
	const struct tl_pollAnswerVoters **rows = TOBS_ARENA_ARRAY(
		&w->arena, 2, const struct tl_pollAnswerVoters *);

	for (int i = 0; i < 2; i++) {
		struct tl_pollAnswerVoters *row = SIM_NEW(&w->arena, pollAnswerVoters);

		row->option = tobs_str(i ? "1" : "0");
		row->has_voters = 1;
		row->voters = 4;
		rows[i] = row;
	}
	question->text = tobs_str("Tea?");
	poll->id = closed ? 8 : 7;
	poll->question = question;
	poll->closed = closed;
	results->results = (struct tl_vec_PollAnswerVoters){ 2, rows };
	results->has_total_voters = 1;
	results->total_voters = 8;
	media->poll = poll;
	media->results = results;
	return (const void *)media;
}

static void polls_hide_results_from_those_who_could_vote(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy");
	struct sim_history *h = test_chat(w, SIM_CHAT_CHANNEL, 5, "Channel")->history;
	struct tl_message *m = test_message(h, 1, 1, BO, "");
	struct tobs_arena arena;
	const union tl_Message *v;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	m->media = a_poll(w, false);
	assert_ok(sim_history_add(h, (void *)m));
	v = sim_view_message(ivy, h, (void *)m, &arena);
	assert_int_equal(v->message.media->messageMediaPoll.results->results.count, 0);
	assert_int_equal(v->message.media->messageMediaPoll.results->total_voters, 8);
	assert_encodes(v);
	assert_ok(sim_vote_set(w, 7, &(struct sim_vote){ .peer = IVY, .chosen = 2 }));
	v = sim_view_message(ivy, h, (void *)m, &arena);
	assert_int_equal(v->message.media->messageMediaPoll.results->results.count, 2);
	assert_false(v->message.media->messageMediaPoll.results->results.items[0]->chosen);
	assert_true(v->message.media->messageMediaPoll.results->results.items[1]->chosen);
	assert_ok(sim_vote_set(w, 7, &(struct sim_vote){ .peer = IVY }));
	assert_null(sim_vote(w, 7, IVY));
	m->media = a_poll(w, true);
	v = sim_view_message(ivy, h, (void *)m, &arena);
	assert_int_equal(v->message.media->messageMediaPoll.results->results.count, 2);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

/* Every place where a user or chat can stand is looked at. */
static void everybody_mentioned_is_found(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy");
	struct sim_history *h = test_chat(w, SIM_CHAT_SUPERGROUP, 5, "Group")->history;
	struct tl_message *m;
	struct tl_messageEntityMentionName name = { .ctor = TL_messageEntityMentionName,
		.user_id = 2003 };
	const union tl_MessageEntity *entities[] = { (const void *)&name };
	struct tl_messageFwdHeader fwd = { .ctor = TL_messageFwdHeader };
	struct tl_messageMediaContact contact = { .ctor = TL_messageMediaContact, .user_id = 2004 };
	int64_t joined[] = { 2006, 2007 };
	struct tl_messageActionChatAddUser add = { .ctor = TL_messageActionChatAddUser,
		.users = { 2, joined } };
	struct tl_messageService s = { .ctor = TL_messageService, .action = (const void *)&add };
	const union tl_Message *list[2];
	struct tl_vec_User users;
	struct tl_vec_Chat chats;
	struct tobs_arena arena;
	struct sim_refs refs;
	int64_t sum = 0;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	for (int64_t id = 2001; id <= 2010; id++)
		test_user(w, id, "Somebody");
	test_chat(w, SIM_CHAT_CHANNEL, 66, "Origin");
	m = test_message(h, 1, 1, 2001, "x");
	m->via_bot_id = 2002;
	m->entities = (struct tl_vec_MessageEntity){ 1, entities };
	m->media = (const void *)&contact;
	fwd.from_id = sim_tl_peer(w, sim_channel_peer(66));
	m->fwd_from = &fwd;
	m->reactions = two_reactions(w);
	s.from_id = sim_tl_peer(w, 2005);
	s.peer_id = h->tl_peer;
	list[0] = (const void *)m;
	list[1] = (const void *)&s;
	sim_refs_begin(&refs, w, ivy, &arena);
	sim_refs_messages(&refs, &(struct tl_vec_Message){ 2, list });
	assert_ok(sim_refs_end(&refs, &users, &chats));
	for (uint32_t i = 0; i < users.count; i++)
		sum += users.items[i]->user.id;
	/* 2001 … 2007, and Ivy, who reacted; 2000 is nobody. */
	assert_int_equal(users.count, 8);
	assert_int_equal(sum, 2001 + 2002 + 2003 + 2004 + 2005 + 2006 + 2007 + IVY);
	assert_int_equal(chats.count, 2);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void dialogs_are_in_order(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *ivy = test_account(w, IVY, "Ivy");
	struct sim_dialog_slice s = { .limit = 3 };
	struct sim_dialog **page, *d;
	struct sim_history *h;
	struct tobs_arena arena;
	int32_t n, total;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	for (int i = 0; i < 10; i++) {
		test_user(w, 2000 + i, "Somebody");
		assert_ok(sim_history_open(ivy, 2000 + i, &h));
		if (i)
			assert_ok(sim_history_add(
				h, (void *)test_message(h, 10 + i, 100 + i / 2, 2000 + i, "x")));
	}
	assert_ok(sim_dialog_open(ivy, 2003, &d));
	d->pin = 1;
	assert_ok(sim_dialog_open(ivy, 2005, &d));
	d->folder = 1;
	assert_ok(sim_dialogs(ivy, &s, &arena, &page, &n, &total));
	assert_int_equal(total, 9);
	assert_int_equal(n, 3);
	assert_int_equal(page[0]->peer, 2003);
	assert_int_equal(page[1]->peer, 2009);
	assert_int_equal(page[2]->peer, 2008);
	s.offset_peer = 2008;
	s.offset_id = 18;
	s.offset_date = 104;
	s.limit = 100;
	assert_ok(sim_dialogs(ivy, &s, &arena, &page, &n, &total));
	assert_int_equal(n, 6);
	assert_int_equal(page[0]->peer, 2007);
	assert_int_equal(page[5]->peer, 2000);
	s = (struct sim_dialog_slice){ .limit = 100, .skip_pinned = true };
	assert_ok(sim_dialogs(ivy, &s, &arena, &page, &n, &total));
	assert_int_equal(total, 8);
	s.folder = 1;
	assert_ok(sim_dialogs(ivy, &s, &arena, &page, &n, &total));
	assert_int_equal(total, 1);
	assert_encodes(sim_view_dialog(ivy, page[0], &arena));
	s = (struct sim_dialog_slice){ .limit = 100, .folder = SIM_EVERY_FOLDER };
	assert_ok(sim_dialogs(ivy, &s, &arena, &page, &n, &total));
	assert_int_equal(total, 10);
	assert_int_equal(page[5]->peer, 2005);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static int build(void *user)
{
	struct sim_world *w = NULL;
	struct sim_user *u;
	struct sim_account *a;
	struct sim_chat *c;
	struct sim_history *h;
	int r = sim_world_new(&(struct sim_world_options){ .seed = 1 }, &w, NULL);

	(void)user;
	if (r)
		return r;
	r = sim_user_add(w,
		&(struct sim_user_args){ .username = TOBS_LIT("ivy"), .phone = TOBS_LIT("1") }, &u,
		NULL);
	if (!r)
		r = sim_account_add(w, u, &(struct sim_account_args){ 0 }, &a, NULL);
	if (!r)
		r = sim_chat_add(w,
			&(struct sim_chat_args){ .kind = SIM_CHAT_SUPERGROUP,
				.username = TOBS_LIT("x_y"),
				.forum = true },
			&c, NULL);
	if (!r)
		r = sim_member_set(
			c, &(struct sim_member){ .user_id = u->peer, .role = SIM_MEMBER });
	if (!r)
		r = sim_history_open(a, u->peer, &h);
	for (int i = 1; !r && i < 20; i++) {
		struct tl_message *m = SIM_NEW(&w->arena, message);

		if (!m)
			r = TOBS_ENOMEM;
		else {
			m->id = m->date = i;
			r = sim_history_add(i % 2 ? h : c->history, (void *)m);
		}
	}
	sim_world_free(w);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(build, NULL);
}

static void options_are_checked(void **state)
{
	struct sim_world *w = NULL;

	(void)state;
	assert_code(sim_world_new(&(struct sim_world_options){ .dc_count = 21 }, &w, NULL),
		TOBS_EINVAL);
	assert_code(
		sim_world_new(&(struct sim_world_options){ .dc_count = 2, .home_dc = 3 }, &w, NULL),
		TOBS_EINVAL);
	assert_null(w);
	sim_world_free(NULL);
	assert_ok(sim_world_new(&(struct sim_world_options){ .dc_count = 1 }, &w, NULL));
	assert_int_equal(w->options.home_dc, 1);
	sim_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers),
		cmocka_unit_test(users_are_found),
		cmocka_unit_test(accounts_and_bots),
		cmocka_unit_test(credentials),
		cmocka_unit_test(members_come_and_go),
		cmocka_unit_test(users_as_one_sees_them),
		cmocka_unit_test(chats_as_one_sees_them),
		cmocka_unit_test(messages_as_one_sees_them),
		cmocka_unit_test(replies_are_counted),
		cmocka_unit_test(polls_hide_results_from_those_who_could_vote),
		cmocka_unit_test(everybody_mentioned_is_found),
		cmocka_unit_test(dialogs_are_in_order),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(options_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
