/* SPDX-License-Identifier: MIT */
/* Changes of chats, of who is in them, and of the chat list; and the log of all changes. */
#include "sim/change.h"
#include "support/sim_scene.h"

static void coming_and_going(void **state)
{
	struct scene *s = *state;
	struct sim_member out = { .user_id = KAI, .role = SIM_LEFT };

	scene_join(s->super, ROBOT, SIM_ADMIN);
	s->count = 0;
	assert_ok(sim_join(s->super, KAI, KAI, SIM_BY_LINK, &s->err));
	scene_event(s, 0, TL_updateChannel, s->kai);
	scene_event(s, 1, TL_updateChannelParticipant, s->robot);
	scene_event(s, 2, TL_updateNewChannelMessage, NULL);
	assert_int_equal(s->count, 3);
	assert_true(sim_is_member(s->super, KAI));
	scene_refused(s, sim_join(s->super, KAI, KAI, SIM_CAME, &s->err), 400,
		"USER_ALREADY_PARTICIPANT");
	s->count = 0;
	assert_ok(sim_member_change(s->super, KAI, &out, &s->err));
	assert_false(sim_is_member(s->super, KAI));
	assert_int_equal(s->count, 3);
	assert_int_equal(
		scene_event(s, 2, TL_updateNewChannelMessage, NULL)
			->update->updateNewChannelMessage.message->messageService.action->ctor,
		TL_messageActionChatDeleteUser);
	out.role = SIM_BANNED;
	scene_refused(
		s, sim_member_change(s->super, BO, &out, &s->err), 400, "CHAT_ADMIN_REQUIRED");
	assert_ok(sim_member_change(s->super, IVY, &out, &s->err));
	scene_refused(s, sim_join(s->super, KAI, KAI, SIM_BY_LINK, &s->err), 400,
		"USER_BANNED_IN_CHANNEL");
	out.user_id = IVY;
	scene_refused(s, sim_member_change(s->super, ROBOT, &out, &s->err), 400, "USER_CREATOR");
	/* Who leaves a basic group still reads that, but nothing after it. */
	s->count = 0;
	assert_ok(sim_member_change(
		s->group, BO, &(struct sim_member){ .user_id = BO, .role = SIM_LEFT }, &s->err));
	scene_event(s, 0, TL_updateNewMessage, s->bo);
	scene_say(s, IVY, s->group->peer, "He is gone");
	assert_int_equal(s->count, 1);
	assert_int_equal(sim_history_count(sim_history(s->bo, s->group->peer)), 1);
}

static void founding_chats(void **state)
{
	struct scene *s = *state;
	int64_t users[] = { BO, KAI };
	struct sim_chat *c;

	s->count = 0;
	assert_ok(sim_chat_found(s->w, IVY,
		&(struct sim_chat_args){ .kind = SIM_CHAT_GROUP, .title = TOBS_LIT("New") }, users,
		2, &c, &s->err));
	assert_int_equal(s->count, 3);
	assert_int_equal(sim_member_count(c), 3);
	assert_ok(sim_set_title(c, IVY, tobs_str("Newer"), NULL));
	scene_refused(
		s, sim_set_title(c, IVY, tobs_str("Newer"), &s->err), 400, "CHAT_NOT_MODIFIED");
	scene_refused(
		s, sim_set_title(c, BO, tobs_str("Mine"), &s->err), 400, "CHAT_ADMIN_REQUIRED");
	{
		struct sim_chat *super;

		assert_ok(sim_migrate(c, IVY, &super, &s->err));
		assert_ptr_equal(c->successor, super);
		assert_ptr_equal(super->origin, c);
		assert_int_equal(
			super->origin_max_id, sim_history_top(sim_history(s->ivy, c->peer)));
		assert_int_equal(sim_member_count(super), 3);
		assert_view(super->tl.channel->title, "Newer");
		scene_refused(s, sim_migrate(c, IVY, &super, &s->err), 400, "CHAT_NOT_MODIFIED");
		scene_refused(s,
			sim_post(s->w,
				&(struct sim_post){ .from = IVY,
					.to = c->peer,
					.draft = &(struct tl_message){ .ctor = TL_message,
						.message = TOBS_LIT("x") } },
				NULL, &s->err),
			400, "PEER_ID_INVALID");
	}
}

static void topics(void **state)
{
	struct scene *s = *state;
	struct sim_topic t = { .title = TOBS_LIT("Bees") };
	struct sim_chat *c;
	int32_t id;

	assert_ok(sim_chat_found(s->w, IVY,
		&(struct sim_chat_args){
			.kind = SIM_CHAT_SUPERGROUP, .title = TOBS_LIT("Forum"), .forum = true },
		(int64_t[]){ BO }, 1, &c, &s->err));
	assert_ok(sim_topic_open(c, IVY, &t, &id, &s->err));
	scene_refused(s, sim_topic_open(c, BO, &t, &id, &s->err), 400, "CHAT_ADMIN_REQUIRED");
	scene_refused(
		s, sim_topic_open(s->super, IVY, &t, &id, &s->err), 400, "CHANNEL_FORUM_MISSING");
	assert_view(sim_topic(c, id)->title, "Bees");
	assert_int_equal(sim_thread_count(c->history, id), 1);
	{
		struct tl_messageReplyHeader r = { .ctor = TL_messageReplyHeader,
			.forum_topic = 1,
			.has_reply_to_msg_id = 1,
			.reply_to_msg_id = id };
		struct tl_message draft = scene_text("About bees");

		draft.reply_to = (const void *)&r;
		assert_ok(sim_post(s->w,
			&(struct sim_post){ .from = BO, .to = c->peer, .draft = &draft }, NULL,
			NULL));
		assert_int_equal(sim_thread_count(c->history, id), 2);
		t = *sim_topic(c, id);
		t.closed = true;
		t.title = tobs_str("Bees and wasps");
		assert_ok(sim_topic_change(c, IVY, &t, &s->err));
		assert_int_equal(sim_thread_count(c->history, id), 3);
		assert_view(sim_topic(c, id)->title, "Bees and wasps");
		scene_refused(s, sim_topic_change(c, IVY, &t, &s->err), 400, "TOPIC_NOT_MODIFIED");
		scene_refused(s,
			sim_post(s->w,
				&(struct sim_post){ .from = BO, .to = c->peer, .draft = &draft },
				NULL, &s->err),
			400, "TOPIC_CLOSED");
	}
}

static void blocking(void **state)
{
	struct scene *s = *state;
	struct tl_message draft = scene_text("x");

	assert_ok(sim_block(s->bo, IVY, true, NULL));
	assert_true(sim_blocks(s->bo, IVY));
	scene_refused(s,
		sim_post(s->w, &(struct sim_post){ .from = IVY, .to = BO, .draft = &draft }, NULL,
			&s->err),
		403, "USER_IS_BLOCKED");
	assert_ok(sim_block(s->bo, IVY, false, NULL));
	scene_say(s, IVY, BO, "again");
	s->count = 0;
	assert_ok(sim_block(s->bo, ROBOT, true, NULL));
	scene_event(s, 0, TL_updatePeerBlocked, s->bo);
	scene_event(s, 1, TL_updateBotStopped, s->robot);
	assert_int_equal(s->robot->box.qts, 1);
}

static void the_chat_list(void **state)
{
	struct scene *s = *state;

	scene_say(s, IVY, BO, "x");
	scene_say(s, IVY, KAI, "y");
	assert_ok(sim_dialog_pin(s->ivy, BO, true));
	assert_ok(sim_dialog_pin(s->ivy, KAI, true));
	assert_true(sim_dialog(s->ivy, KAI)->pin < sim_dialog(s->ivy, BO)->pin);
	s->count = 0;
	assert_ok(sim_dialog_move(s->ivy, BO, 1));
	assert_ok(sim_dialog_mark(s->ivy, KAI, true));
	assert_ok(sim_dialog_draft(s->ivy, KAI, NULL));
	scene_event(s, 0, TL_updateFolderPeers, s->ivy);
	scene_event(s, 1, TL_updateDialogUnreadMark, s->ivy);
	scene_event(s, 2, TL_updateDraftMessage, s->ivy);
	assert_int_equal(sim_dialog(s->ivy, BO)->folder, 1);
	assert_int_equal(sim_dialog(s->ivy, BO)->pin, 0);
	assert_code(sim_dialog_pin(s->ivy, 424242, true), TOBS_ENOTFOUND);
}

/* What a client missed is what the log gives it; for too long ago there is nothing. */
static void the_log(void **state)
{
	struct scene *s = *state;
	const struct sim_event *events;
	int32_t start = s->ivy->box.pts;
	size_t n;

	sim_unlisten(s->w, scene_listen, s);
	for (int i = 0; i < 10; i++)
		scene_say(s, BO, IVY, "x");
	assert_ok(sim_events_since(&s->ivy->box, start + 4, 0, &events, &n));
	assert_int_equal(n, 6);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(events[i].pts, start + 5 + (int32_t)i);
	assert_ok(sim_events_since(&s->ivy->box, start + 10, 0, &events, &n));
	assert_int_equal(n, 0);
	assert_code(sim_events_since(&s->ivy->box, 0, 0, &events, &n), TOBS_ETOOBIG);
	for (int i = 0; i < 2 * SIM_LOG_MAX + 5; i++)
		scene_say(s, BO, IVY, "x");
	assert_code(sim_events_since(&s->ivy->box, start + 20, 0, &events, &n), TOBS_ETOOBIG);
	assert_ok(sim_events_since(&s->ivy->box, s->ivy->box.pts - SIM_LOG_MAX, 0, &events, &n));
	assert_int_equal(n, SIM_LOG_MAX);
	assert_int_equal(events[n - 1].pts, s->ivy->box.pts);
}

static void participants(void **state)
{
	struct scene *s = *state;

	for (enum sim_role r = SIM_LEFT; r <= SIM_BANNED; r++) {
		struct sim_member m = { .user_id = BO, .role = r, .date = 5 };

		assert_encodes(sim_channel_participant(s->super, &m, &s->arena));
		assert_encodes(sim_chat_participant(&m, &s->arena));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(coming_and_going),
		SCENE_TEST(founding_chats),
		SCENE_TEST(topics),
		SCENE_TEST(blocking),
		SCENE_TEST(the_chat_list),
		SCENE_TEST(the_log),
		SCENE_TEST(participants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
