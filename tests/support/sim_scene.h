/* SPDX-License-Identifier: MIT */
/* A small world in which changes are tried: three people, a bot, four chats, and all that is told. */
#ifndef SUPPORT_SIM_SCENE_H
#define SUPPORT_SIM_SCENE_H

#include "sim/change.h"
#include "support/sim_world.h"
#include "support/test.h"

enum { IVY = 1001, BO = 1002, KAI = 1003, ROBOT = 777, SCENERY = 2001 };

/*
 * Ivy, Bo and Kai have accounts, Robot is a bot with privacy mode, Scenery has
 * no account. Ivy founded the chats; Bo and Robot are members, Kai is not.
 */
struct scene {
	struct sim_world *w;
	struct sim_account *ivy, *bo, *kai, *robot;
	struct sim_chat *group, *super, *channel, *talk;
	struct sim_event events[200]; /* since the last scene_say(), or since count was set to 0 */
	size_t count;
	struct tobs_arena arena;
	struct tobs_err err;
};

int scene_setup(void **state);
int scene_teardown(void **state);

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_setup, scene_teardown)

/* The listener that fills `events`; `user` is the scene. */
void scene_listen(void *user, const struct sim_event *e);

void scene_join(struct sim_chat *c, int64_t user, enum sim_role role);

static inline struct tl_message scene_text(const char *t)
{
	return (struct tl_message){ .ctor = TL_message, .message = tobs_str(t) };
}

/* Posts and forgets what was told before. */
struct sim_sent scene_say(struct scene *s, int64_t from, int64_t to, const char *t);

/* The call failed with this refusal. */
void scene_refused(struct scene *s, int r, int status, const char *name);

/* Event i, which must be this update for this account (NULL: of a channel). */
const struct sim_event *scene_event(
	struct scene *s, size_t i, uint32_t ctor, const struct sim_account *a);

#endif
