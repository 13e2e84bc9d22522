/* SPDX-License-Identifier: MIT */
/* Small worlds for tests, and what every message must hold. */
#ifndef SUPPORT_SIM_WORLD_H
#define SUPPORT_SIM_WORLD_H

#include "sim/history.h"
#include "sim/world.h"

/* A world whose clock stands at 1 May 2024, 12:00 UTC. Free with sim_world_free(). */
struct sim_world *test_world(void);

/* Adds a user "first", and lets it log in. */
struct sim_account *test_account(struct sim_world *w, int64_t id, const char *first);
struct sim_user *test_user(struct sim_world *w, int64_t id, const char *first);

struct sim_chat *test_chat(
	struct sim_world *w, enum sim_chat_kind kind, int64_t id, const char *title);

/* A text message in memory of the world. */
struct tl_message *test_message(
	struct sim_history *h, int32_t id, int32_t date, int64_t from, const char *text);

/* Sets reply_to. */
void test_reply(struct sim_history *h, struct tl_message *m, int32_t to, int32_t top);

/* It can be written at layers 228 and 227, and what was written can be read. Its size in bytes. */
size_t assert_encodes(const void *object);

#endif
