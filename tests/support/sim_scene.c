/* SPDX-License-Identifier: MIT */
#include "support/sim_scene.h"

#include "sim/inner.h"

void scene_listen(void *user, const struct sim_event *e)
{
	struct scene *s = user;

	assert_true(s->count < ARRAY_LEN(s->events));
	s->events[s->count++] = *e;
}

void scene_join(struct sim_chat *c, int64_t user, enum sim_role role)
{
	assert_ok(sim_member_set(c, &(struct sim_member){ .user_id = user, .role = role }));
}

int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof *s);
	struct sim_user *robot;
	struct sim_world *w = s->w = test_world();

	s->ivy = test_account(w, IVY, "Ivy");
	s->bo = test_account(w, BO, "Bo");
	s->kai = test_account(w, KAI, "Kai");
	test_user(w, SCENERY, "Scenery");
	assert_ok(sim_user_add(w,
		&(struct sim_user_args){ .id = ROBOT,
			.first_name = TOBS_LIT("Robot"),
			.username = TOBS_LIT("robot_bot"),
			.bot = true },
		&robot, NULL));
	assert_ok(sim_account_add(w, robot, &(struct sim_account_args){ 0 }, &s->robot, NULL));
	s->robot->privacy = true;
	s->group = test_chat(w, SIM_CHAT_GROUP, 5, "Group");
	s->super = test_chat(w, SIM_CHAT_SUPERGROUP, 6, "Super");
	s->channel = test_chat(w, SIM_CHAT_CHANNEL, 7, "Channel");
	s->talk = test_chat(w, SIM_CHAT_SUPERGROUP, 8, "Talk");
	for (int i = 0; i < 4; i++) {
		struct sim_chat *c = i == 0 ? s->group
			: i == 1            ? s->super
			: i == 2            ? s->channel
					    : s->talk;

		scene_join(c, IVY, SIM_CREATOR);
		scene_join(c, BO, SIM_MEMBER);
		scene_join(c, ROBOT, SIM_MEMBER);
	}
	tobs_arena_init(&s->arena, 1 << 24);
	assert_ok(sim_listen(w, scene_listen, s));
	*state = s;
	return 0;
}

int scene_teardown(void **state)
{
	struct scene *s = *state;

	tobs_arena_deinit(&s->arena);
	sim_world_free(s->w);
	free(s);
	return 0;
}

struct sim_sent scene_say(struct scene *s, int64_t from, int64_t to, const char *t)
{
	struct tl_message draft = scene_text(t);
	struct sim_sent sent = { 0 };

	s->count = 0;
	if (sim_post(s->w, &(struct sim_post){ .from = from, .to = to, .draft = &draft }, &sent,
		    &s->err))
		fail_msg("%s", s->err.message);
	return sent;
}

void scene_refused(struct scene *s, int r, int status, const char *name)
{
	assert_code(r, TOBS_ERPC);
	assert_int_equal(s->err.status, status);
	assert_string_equal(s->err.name, name);
}

/* The event number i is this update for this account (NULL: of a channel). */
const struct sim_event *scene_event(
	struct scene *s, size_t i, uint32_t ctor, const struct sim_account *a)
{
	assert_true(i < s->count);
	if (s->events[i].update->ctor != ctor)
		fail_msg("event %zu is %s, not %s", i, tl_name(s->events[i].update->ctor),
			tl_name(ctor));
	assert_ptr_equal(s->events[i].account, a);
	assert_encodes(s->events[i].update);
	return &s->events[i];
}
