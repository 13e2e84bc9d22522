/* SPDX-License-Identifier: MIT */
#include "sim/change.h"

#include "sim/inner.h"
#include "sim/synthetic.h"
#include "support/sim_scene.h"

static void both_sides_of_a_private_chat(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent;
	const struct sim_event *e;
	struct sim_history *his;
	const union tl_Message *m;

	scene_say(s, KAI, BO, "so that ids differ");
	sent = scene_say(s, IVY, BO, "Hello, Bo");
	assert_int_equal(s->count, 2);
	e = scene_event(s, 0, TL_updateNewMessage, s->ivy);
	assert_int_equal(e->pts, 2);
	assert_int_equal(e->pts_count, 1);
	assert_int_equal(e->update->updateNewMessage.pts, 2);
	assert_true(e->update->updateNewMessage.message->message.out);
	e = scene_event(s, 1, TL_updateNewMessage, s->bo);
	assert_int_equal(e->pts, 3);
	m = e->update->updateNewMessage.message;
	assert_false(m->message.out);
	assert_int_equal(sim_peer_of(m->message.from_id), IVY);
	assert_int_equal(sim_peer_of(m->message.peer_id), IVY);
	assert_int_equal(m->message.date, sim_now(s->w));
	his = sim_history(s->bo, IVY);
	assert_int_equal(sim_history_count(his), 1);
	assert_int_not_equal(m->message.id, sent.id);
	assert_int_equal(sim_dialog(s->bo, IVY)->unread, 1);
	assert_int_equal(sim_dialog(s->ivy, BO)->unread, 0);
	assert_int_equal(sent.pts, 2);
	/* A reply names the copy each side has. */
	{
		struct tl_messageReplyHeader r = { .ctor = TL_messageReplyHeader,
			.has_reply_to_msg_id = 1,
			.reply_to_msg_id = m->message.id };
		struct tl_message draft = scene_text("Hello, Ivy");

		draft.reply_to = (const void *)&r;
		s->count = 0;
		assert_ok(sim_post(s->w,
			&(struct sim_post){ .from = BO, .to = IVY, .draft = &draft }, NULL, NULL));
		m = s->events[1].update->updateNewMessage.message;
		assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, sent.id);
		assert_true(m->message.mentioned);
	}
}

static void people_without_accounts(void **state)
{
	struct scene *s = *state;
	struct tl_message draft = scene_text("x");
	struct sim_sent sent = scene_say(s, SCENERY, IVY, "from the scenery");

	assert_int_equal(s->count, 1);
	scene_event(s, 0, TL_updateNewMessage, s->ivy);
	assert_ptr_equal(sent.history, sim_history(s->ivy, SCENERY));
	test_user(s->w, 2002, "Another");
	scene_refused(s,
		sim_post(s->w, &(struct sim_post){ .from = SCENERY, .to = 2002, .draft = &draft },
			NULL, &s->err),
		400, "PEER_ID_INVALID");
	scene_refused(s,
		sim_post(s->w, &(struct sim_post){ .from = IVY, .to = 99999, .draft = &draft },
			NULL, &s->err),
		400, "PEER_ID_INVALID");
}

static void saved_messages(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent = scene_say(s, IVY, IVY, "note to self");

	assert_int_equal(s->count, 1);
	assert_int_equal(sim_peer_of(sent.message->message.saved_peer_id), IVY);
	assert_int_equal(sim_dialog(s->ivy, IVY)->unread, 0);
}

static void each_member_of_a_basic_group_has_a_copy(void **state)
{
	struct scene *s = *state;

	scene_say(s, IVY, s->group->peer, "Good morning");
	/* The bot has privacy mode; Kai is no member. */
	assert_int_equal(s->count, 2);
	scene_event(s, 0, TL_updateNewMessage, s->ivy);
	scene_event(s, 1, TL_updateNewMessage, s->bo);
	scene_say(s, IVY, s->group->peer, "/start");
	assert_int_equal(s->count, 3);
	scene_event(s, 2, TL_updateNewMessage, s->robot);
	scene_refused(s,
		sim_post(s->w,
			&(struct sim_post){ .from = KAI,
				.to = s->group->peer,
				.draft = &(struct tl_message){ .ctor = TL_message,
					.message = TOBS_LIT("x") } },
			NULL, &s->err),
		403, "CHAT_WRITE_FORBIDDEN");
}

static void a_supergroup_has_one_for_all(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent = scene_say(s, BO, s->super->peer, "Hello all");
	const struct sim_event *e;
	const union tl_Update *u;

	assert_int_equal(s->count, 1);
	e = scene_event(s, 0, TL_updateNewChannelMessage, NULL);
	assert_ptr_equal(e->channel, s->super);
	assert_int_equal(e->pts, s->super->box.pts);
	assert_int_equal(sent.id, 1);
	u = sim_event_view(e, s->bo, &s->arena);
	assert_true(u->updateNewChannelMessage.message->message.out);
	u = sim_event_view(e, s->ivy, &s->arena);
	assert_false(u->updateNewChannelMessage.message->message.out);
	assert_null(sim_event_view(e, s->kai, &s->arena));
	assert_int_equal(sim_dialog(s->ivy, s->super->peer)->unread, 1);
	assert_int_equal(sim_dialog(s->bo, s->super->peer)->unread, 0);
	assert_ok(sim_delete(s->super->history, BO, &sent.id, 1, true, NULL, NULL));
	assert_null(sim_event_view(e, s->ivy, &s->arena));
}

static void posts_are_signed_and_discussed(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent;
	struct tl_message draft = scene_text("x");
	int32_t talk;

	sim_link(s->channel, s->talk);
	s->channel->tl.channel->signatures = 1;
	scene_refused(s,
		sim_post(s->w,
			&(struct sim_post){ .from = BO, .to = s->channel->peer, .draft = &draft },
			NULL, &s->err),
		403, "CHAT_WRITE_FORBIDDEN");
	sent = scene_say(s, IVY, s->channel->peer, "News");
	assert_int_equal(s->count, 2);
	assert_null(sent.message->message.from_id);
	assert_true(sent.message->message.post);
	assert_int_equal(sent.message->message.views, 1);
	assert_view(sent.message->message.post_author, "Ivy");
	scene_event(s, 0, TL_updateNewChannelMessage, NULL);
	assert_ptr_equal(scene_event(s, 1, TL_updateNewChannelMessage, NULL)->channel, s->talk);
	talk = sim_discussion_of(s->channel, sent.id);
	assert_int_equal(talk, 1);
	/* Kai is no member of the discussion group, but may comment. */
	{
		struct tl_messageReplyHeader r = { .ctor = TL_messageReplyHeader,
			.has_reply_to_msg_id = 1,
			.reply_to_msg_id = talk };

		draft.reply_to = (const void *)&r;
		assert_ok(sim_post(s->w,
			&(struct sim_post){ .from = KAI, .to = s->talk->peer, .draft = &draft },
			NULL, NULL));
	}
	assert_int_equal(sim_thread_count(s->talk->history, talk), 1);
	/* Editing the post edits its copy. */
	draft = scene_text("News, corrected");
	s->count = 0;
	assert_ok(sim_edit(s->channel->history, sent.id,
		&(struct sim_edit){ .actor = IVY, .draft = &draft, .text = true }, &s->err));
	assert_int_equal(s->count, 2);
	scene_event(s, 0, TL_updateEditChannelMessage, NULL);
	assert_view(sim_history_get(s->talk->history, talk, &s->arena)->message.message,
		"News, corrected");
}

static void limits_of_texts(void **state)
{
	struct scene *s = *state;
	struct tl_message draft = scene_text("");
	static char long_text[4098];

	scene_refused(s,
		sim_post(s->w, &(struct sim_post){ .from = IVY, .to = BO, .draft = &draft }, NULL,
			&s->err),
		400, "MESSAGE_EMPTY");
	memset(long_text, 'x', 4096);
	scene_say(s, IVY, BO, long_text);
	long_text[4096] = 'x';
	draft = scene_text(long_text);
	scene_refused(s,
		sim_post(s->w, &(struct sim_post){ .from = IVY, .to = BO, .draft = &draft }, NULL,
			&s->err),
		400, "MESSAGE_TOO_LONG");
}

static void editing_all_copies(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent = scene_say(s, IVY, s->group->peer, "first");
	struct tl_message draft = scene_text("second");
	struct sim_edit edit = { .actor = IVY, .draft = &draft, .text = true };
	const union tl_Message *m;

	s->count = 0;
	assert_ok(sim_edit(sent.history, sent.id, &edit, &s->err));
	assert_int_equal(s->count, 2);
	scene_event(s, 0, TL_updateEditMessage, s->ivy);
	m = scene_event(s, 1, TL_updateEditMessage, s->bo)->update->updateEditMessage.message;
	assert_view(m->message.message, "second");
	assert_true(m->message.has_edit_date);
	assert_int_equal(s->ivy->box.pts, 3);
	/* What was told before stays as it was. */
	assert_view(sent.message->message.message, "first");
	scene_refused(
		s, sim_edit(sent.history, sent.id, &edit, &s->err), 400, "MESSAGE_NOT_MODIFIED");
	draft = scene_text("");
	scene_refused(s, sim_edit(sent.history, sent.id, &edit, &s->err), 400, "MESSAGE_EMPTY");
	draft = scene_text("third");
	edit.actor = BO;
	scene_refused(
		s, sim_edit(sent.history, sent.id, &edit, &s->err), 403, "MESSAGE_AUTHOR_REQUIRED");
	scene_refused(s, sim_edit(sent.history, 555, &edit, &s->err), 400, "MESSAGE_ID_INVALID");
}

static void deleting(void **state)
{
	struct scene *s = *state;
	struct sim_sent a = scene_say(s, IVY, BO, "one"), b = scene_say(s, IVY, BO, "two");
	int32_t ids[] = { a.id, 999, b.id, a.id };
	size_t n;

	s->count = 0;
	assert_ok(sim_delete(a.history, IVY, ids, 1, false, &n, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(s->count, 1);
	assert_int_equal(sim_history_count(sim_history(s->ivy, BO)), 1);
	assert_int_equal(sim_history_count(sim_history(s->bo, IVY)), 2);
	s->count = 0;
	assert_ok(sim_delete(a.history, IVY, ids, 4, true, &n, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(s->count, 2);
	assert_int_equal(sim_history_count(sim_history(s->ivy, BO)), 0);
	assert_int_equal(sim_history_count(sim_history(s->bo, IVY)), 1);
	assert_int_equal(sim_dialog(s->bo, IVY)->unread, 1);
	a = scene_say(s, IVY, s->super->peer, "mine");
	scene_refused(s, sim_delete(a.history, BO, &a.id, 1, true, NULL, &s->err), 403,
		"MESSAGE_DELETE_FORBIDDEN");
	b = scene_say(s, BO, s->super->peer, "his");
	s->count = 0;
	assert_ok(sim_delete(a.history, IVY, (int32_t[]){ a.id, b.id }, 2, false, &n, NULL));
	assert_int_equal(n, 2);
	assert_int_equal(scene_event(s, 0, TL_updateDeleteChannelMessages, NULL)->pts_count, 2);
}

static void reacting(void **state)
{
	struct scene *s = *state;
	struct tl_reactionEmoji heart = { TL_reactionEmoji, TOBS_LIT("❤") };
	struct tl_reactionEmoji fire = { TL_reactionEmoji, TOBS_LIT("🔥") };
	const union tl_Reaction *both[] = { (const void *)&heart, (const void *)&fire };
	struct sim_sent sent = scene_say(s, IVY, s->super->peer, "react");
	const struct tl_messageReactions *r;
	const struct tl_updateBotMessageReaction *told;

	scene_join(s->super, ROBOT, SIM_ADMIN);
	s->count = 0;
	assert_ok(sim_react(sent.history, BO, sent.id, both, 1, &s->err));
	assert_int_equal(s->count, 2);
	r = scene_event(s, 0, TL_updateMessageReactions, NULL)
		    ->update->updateMessageReactions.reactions;
	assert_int_equal(r->results.items[0]->count, 1);
	told = &scene_event(s, 1, TL_updateBotMessageReaction, s->robot)
			->update->updateBotMessageReaction;
	assert_int_equal(told->qts, 1);
	assert_int_equal(told->old_reactions.count, 0);
	assert_int_equal(told->new_reactions.count, 1);
	scene_refused(s, sim_react(sent.history, BO, sent.id, both, 1, &s->err), 400,
		"MESSAGE_NOT_MODIFIED");
	assert_ok(sim_react(sent.history, IVY, sent.id, both, 2, NULL));
	r = sim_history_get(sent.history, sent.id, NULL)->message.reactions;
	assert_int_equal(r->results.count, 2);
	assert_int_equal(r->results.items[0]->count, 2);
	assert_int_equal(r->results.items[1]->count, 1);
	assert_int_equal(r->recent_reactions.count, 3);
	assert_ok(sim_react(sent.history, IVY, sent.id, &both[1], 1, NULL));
	assert_ok(sim_react(sent.history, IVY, sent.id, NULL, 0, NULL));
	assert_ok(sim_react(sent.history, BO, sent.id, NULL, 0, NULL));
	assert_null(sim_history_get(sent.history, sent.id, NULL)->message.reactions);
	assert_encodes(sim_history_get(sent.history, sent.id, NULL));
	{
		struct tl_chatReactionsSome some = { TL_chatReactionsSome, { 1, both } };

		s->super->reactions = (const void *)&some;
		assert_ok(sim_react(sent.history, BO, sent.id, &both[0], 1, NULL));
		scene_refused(s, sim_react(sent.history, BO, sent.id, &both[1], 1, &s->err), 400,
			"REACTION_INVALID");
		s->super->reactions = NULL;
	}
}

static struct tl_message poll_draft(struct sim_world *w, bool quiz)
{
	struct tl_messageMediaPoll *media = SIM_NEW(&w->arena, messageMediaPoll);
	struct tl_poll *poll = SIM_NEW(&w->arena, poll);
	struct tl_textWithEntities *t = SIM_NEW(&w->arena, textWithEntities);
	const union tl_PollAnswer **answers = TOBS_ARENA_ARRAY(
		&w->arena, 3, const union tl_PollAnswer *);
	struct tl_message draft = scene_text("");

	for (int i = 0; i < 3; i++) {
		struct tl_pollAnswer *a = SIM_NEW(&w->arena, pollAnswer);

		a->text = t;
		a->option = tobs_view(&"012"[i], 1);
		answers[i] = (const void *)a;
	}
	t->text = tobs_str("Tea?");
	poll->id = quiz ? 12 : 11;
	poll->question = t;
	poll->answers = (struct tl_vec_PollAnswer){ 3, answers };
	poll->public_voters = 1;
	poll->quiz = quiz;
	media->poll = poll;
	media->results = SIM_NEW(&w->arena, pollResults);
	draft.media = (const void *)media;
	return draft;
}

static void voting(void **state)
{
	struct scene *s = *state;
	struct tl_message draft = poll_draft(s->w, false);
	struct sim_sent sent;
	const struct tl_pollResults *r;

	scene_join(s->super, ROBOT, SIM_ADMIN);
	assert_ok(sim_post(s->w,
		&(struct sim_post){ .from = ROBOT, .to = s->super->peer, .draft = &draft }, &sent,
		NULL));
	s->count = 0;
	assert_ok(sim_vote_for(sent.history, BO, sent.id, 2, &s->err));
	assert_int_equal(s->count, 2);
	scene_event(s, 0, TL_updateMessagePoll, NULL);
	assert_view(scene_event(s, 1, TL_updateMessagePollVote, s->robot)
			    ->update->updateMessagePollVote.options.items[0],
		"1");
	assert_ok(sim_vote_for(sent.history, IVY, sent.id, 2, NULL));
	assert_ok(sim_vote_for(sent.history, IVY, sent.id, 4, NULL));
	r = sim_history_get(sent.history, sent.id, NULL)->message.media->messageMediaPoll.results;
	assert_int_equal(r->total_voters, 2);
	assert_int_equal(r->results.items[1]->voters, 1);
	assert_int_equal(r->results.items[2]->voters, 1);
	assert_ok(sim_vote_for(sent.history, IVY, sent.id, 0, NULL));
	r = sim_history_get(sent.history, sent.id, NULL)->message.media->messageMediaPoll.results;
	assert_int_equal(r->total_voters, 1);
	scene_refused(
		s, sim_vote_for(sent.history, IVY, sent.id, 8, &s->err), 400, "OPTION_INVALID");
	scene_refused(
		s, sim_vote_for(sent.history, IVY, sent.id, 3, &s->err), 400, "OPTIONS_TOO_MUCH");
	draft = poll_draft(s->w, true);
	assert_ok(sim_post(
		s->w, &(struct sim_post){ .from = IVY, .to = BO, .draft = &draft }, &sent, NULL));
	assert_ok(sim_vote_for(sent.history, BO, sent.id, 1, NULL));
	scene_refused(
		s, sim_vote_for(sent.history, BO, sent.id, 2, &s->err), 400, "REVOTE_NOT_ALLOWED");
	/* The copies agree. */
	{
		struct sim_history *his = sim_history(s->bo, IVY);

		assert_int_equal(sim_history_at(his, 0, NULL)
					 ->message.media->messageMediaPoll.results->total_voters,
			1);
	}
	sent = scene_say(s, IVY, BO, "no poll");
	scene_refused(
		s, sim_vote_for(sent.history, BO, sent.id, 1, &s->err), 400, "MESSAGE_ID_INVALID");
}

static void pinning(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent = scene_say(s, IVY, s->group->peer, "pin me");

	s->count = 0;
	scene_refused(s, sim_pin(sent.history, BO, sent.id, true, true, &s->err), 400,
		"CHAT_ADMIN_REQUIRED");
	assert_ok(sim_pin(sent.history, IVY, sent.id, true, true, &s->err));
	scene_event(s, 0, TL_updatePinnedMessages, s->ivy);
	scene_event(s, 1, TL_updatePinnedMessages, s->bo);
	scene_event(s, 2, TL_updateNewMessage, s->ivy);
	assert_int_equal(sent.history->pinned.count, 1);
	assert_int_equal(sim_history(s->bo, s->group->peer)->pinned.count, 1);
	assert_ok(sim_pin(sent.history, IVY, sent.id, false, true, &s->err));
	assert_int_equal(sent.history->pinned.count, 0);
	scene_refused(s, sim_pin(sent.history, IVY, 12345, true, true, &s->err), 400,
		"MESSAGE_ID_INVALID");
}

static void reading(void **state)
{
	struct scene *s = *state;
	struct sim_sent last;
	int32_t his;

	scene_say(s, IVY, BO, "one");
	scene_say(s, IVY, BO, "two");
	last = scene_say(s, IVY, BO, "three");
	assert_int_equal(sim_dialog(s->bo, IVY)->unread, 3);
	his = sim_history_top(sim_history(s->bo, IVY));
	s->count = 0;
	assert_ok(sim_read(s->bo, IVY, his - 1));
	assert_int_equal(sim_dialog(s->bo, IVY)->unread, 1);
	assert_int_equal(sim_dialog(s->ivy, BO)->read_outbox_max_id, last.id - 1);
	assert_int_equal(s->count, 2);
	scene_event(s, 0, TL_updateReadHistoryInbox, s->bo);
	scene_event(s, 1, TL_updateReadHistoryOutbox, s->ivy);
	assert_ok(sim_read(s->bo, IVY, INT32_MAX));
	assert_int_equal(sim_dialog(s->bo, IVY)->unread, 0);
	assert_int_equal(sim_dialog(s->ivy, BO)->read_outbox_max_id, last.id);
	s->count = 0;
	assert_ok(sim_read(s->bo, IVY, 1));
	assert_int_equal(s->count, 0);
	scene_say(s, IVY, s->super->peer, "read me");
	s->count = 0;
	assert_ok(sim_read(s->bo, s->super->peer, INT32_MAX));
	scene_event(s, 0, TL_updateReadChannelInbox, s->bo);
}

/* A copy of everything is edited by what listens: changes may nest. */
static void echo(void *user, const struct sim_event *e)
{
	struct scene *s = user;
	struct tl_message draft = scene_text("echo");

	if (e->account == s->bo && e->update->ctor == TL_updateNewMessage &&
		!e->update->updateNewMessage.message->message.out)
		assert_ok(sim_post(s->w,
			&(struct sim_post){ .from = BO, .to = IVY, .draft = &draft }, NULL, NULL));
}

static void listeners_may_change_the_world(void **state)
{
	struct scene *s = *state;

	assert_ok(sim_listen(s->w, echo, s));
	scene_say(s, IVY, BO, "hello");
	assert_int_equal(sim_history_count(sim_history(s->ivy, BO)), 2);
	assert_int_equal(sim_history_count(sim_history(s->bo, IVY)), 2);
	assert_int_equal(s->count, 4);
	sim_unlisten(s->w, echo, s);
}

static void synthetic_messages_are_changed_too(void **state)
{
	struct scene *s = *state;
	struct sim_spec spec;
	struct tl_reactionEmoji heart = { TL_reactionEmoji, TOBS_LIT("❤") };
	const union tl_Reaction *one = (const void *)&heart;
	struct tl_message draft = scene_text("changed");
	const int64_t *peers;
	struct sim_history *h;
	int64_t author;
	int32_t id;

	assert_ok(sim_spec_parse(tobs_str("messages=100,density=0.8"), &spec, NULL));
	assert_ok(sim_synthetic_add(s->w, s->ivy, &spec, &peers, NULL));
	h = sim_history(s->ivy, peers[0]);
	id = sim_list_id(&h->list, 50);
	author = sim_message_from(sim_history_get(h, id, &s->arena));
	assert_ok(sim_react(h, IVY, id, &one, 1, NULL));
	assert_ok(sim_edit(
		h, id, &(struct sim_edit){ .actor = author, .draft = &draft, .text = true }, NULL));
	assert_view(sim_history_get(h, id, &s->arena)->message.message, "changed");
	assert_int_equal(
		sim_history_get(h, id, &s->arena)->message.reactions->results.items[0]->count, 1);
	assert_ok(sim_pin(h, IVY, id, true, true, NULL));
	assert_int_equal(sim_history_count(h), 101);
	assert_ok(sim_delete(h, IVY, &id, 1, true, NULL, NULL));
	assert_int_equal(sim_history_count(h), 100);
	assert_int_equal(h->pinned.count, 0);
}

static void views_are_counted(void **state)
{
	struct scene *s = *state;
	struct sim_sent sent = scene_say(s, IVY, s->channel->peer, "post");

	s->count = 0;
	assert_ok(sim_count_views(s->channel->history, &sent.id, 1));
	assert_int_equal(scene_event(s, 0, TL_updateChannelMessageViews, NULL)
				 ->update->updateChannelMessageViews.views,
		2);
	sent = scene_say(s, IVY, BO, "no views");
	assert_ok(sim_count_views(sent.history, &sent.id, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(both_sides_of_a_private_chat),
		SCENE_TEST(people_without_accounts),
		SCENE_TEST(saved_messages),
		SCENE_TEST(each_member_of_a_basic_group_has_a_copy),
		SCENE_TEST(a_supergroup_has_one_for_all),
		SCENE_TEST(posts_are_signed_and_discussed),
		SCENE_TEST(limits_of_texts),
		SCENE_TEST(editing_all_copies),
		SCENE_TEST(deleting),
		SCENE_TEST(reacting),
		SCENE_TEST(voting),
		SCENE_TEST(pinning),
		SCENE_TEST(reading),
		SCENE_TEST(listeners_may_change_the_world),
		SCENE_TEST(synthetic_messages_are_changed_too),
		SCENE_TEST(views_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
