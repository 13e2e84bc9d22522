/* SPDX-License-Identifier: MIT */
/*
 * A bot with a conversation, for tests: /register asks for a name and an age, until
 * /cancel. Some names and ages make the handlers do something else.
 */
#ifndef SUPPORT_CONV_KIT_H
#define SUPPORT_CONV_KIT_H

#include <tobs/conversation.h>

#include "bot/conv.h"
#include "support/bot_talk.h"

static struct tobs_event gate;

static inline struct tobs_filter *words(void)
{
	return tobs_f_and(tobs_f_text(), tobs_f_not(tobs_f_command()));
}

static int on_start(struct tobs_ctx *ctx, void *user)
{
	assert_null(tobs_conv_at(ctx));
	assert_int_equal(tobs_data_count(tobs_conv_data(ctx), ""), 0);
	tobs_conv_go(ctx, "name");
	return tobs_reply(ctx, "name?%s", user ? (const char *)user : "");
}

/* "bad", "next", "lost", "hold" are commands to the test. */
static int on_name(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_conv_data(ctx);

	(void)user;
	assert_string_equal(tobs_conv_at(ctx), "name");
	tobs_data_set_str(d, "name", tobs_text(ctx));
	tobs_data_add(tobs_data_user(ctx), "names", 1);
	if (!strcmp(tobs_text(ctx), "next"))
		return TOBS_NEXT;
	if (!strcmp(tobs_text(ctx), "lost"))
		assert_code(tobs_conv_go(ctx, "nowhere"), TOBS_EINVAL);
	else
		assert_ok(tobs_conv_go(ctx, "age"));
	if (!strcmp(tobs_text(ctx), "hold") && tobs_event_wait(&gate, NULL))
		return TOBS_ECANCELED;
	if (!strcmp(tobs_text(ctx), "short"))
		tobs_conv_timeout(ctx, 5000);
	if (!strcmp(tobs_text(ctx), "never"))
		tobs_conv_timeout(ctx, 0);
	if (!strcmp(tobs_text(ctx), "bad")) {
		tobs_reply(ctx, "bad");
		return TOBS_EPERM;
	}
	return tobs_reply(ctx, "age, %s?", tobs_data_str(d, "name", "-"));
}

static int on_age(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_conv_data(ctx);

	(void)user;
	if (!strcmp(tobs_text(ctx), "stay"))
		return tobs_reply(ctx, "staying");
	if (!strcmp(tobs_text(ctx), "note")) {
		tobs_data_set_bool(d, "noted", true);
		return tobs_reply(ctx, "noted");
	}
	tobs_conv_end(ctx);
	return tobs_reply(ctx, "%s is %s%s", tobs_data_str(d, "name", "-"), tobs_text(ctx),
		tobs_data_bool(d, "noted", false) ? ", noted" : "");
}

static int on_cancel(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	tobs_conv_end(ctx);
	return tobs_reply(ctx, "cancelled at %s", tobs_conv_at(ctx));
}

static int on_else(struct tobs_ctx *ctx, void *user)
{
	(void)user;
	assert_null(tobs_conv_at(ctx));
	assert_code(tobs_conv_go(ctx, "name"), TOBS_EINVAL);
	assert_code(tobs_conv_end(ctx), TOBS_EINVAL);
	if (!strcmp(tobs_text(ctx), "hold"))
		assert_ok(tobs_event_wait(&gate, NULL));
	return tobs_reply(ctx, "else %d", (int)tobs_data_int(tobs_data_user(ctx), "names", 0));
}

/* A name that begins with "go" lets it go on; one with "fail" in it fails. */
static inline int on_timeout(struct tobs_ctx *ctx, void *user)
{
	const char *name = tobs_data_str(tobs_conv_data(ctx), "name", "");

	(void)user;
	assert_null(tobs_ctx_update(ctx));
	if (!strncmp(name, "go", 2)) {
		tobs_conv_go(ctx, "name");
		tobs_data_unset(tobs_conv_data(ctx), "name");
	}
	tobs_data_add(tobs_data_user(ctx), "names", 100);
	if (!strcmp(name, "slow"))
		assert_ok(tobs_event_wait(&gate, NULL));
	tobs_reply(ctx, "too late at %s for %d", tobs_conv_at(ctx), (int)tobs_sender(ctx)->id);
	return strstr(name, "fail") ? TOBS_EPERM : TOBS_OK;
}

static struct tobs_conv_options options;

static void make(const char *store)
{
	struct tobs_conv *c;

	bot_run_make(store);
	c = tobs_conv_new(bot, "register", &options);
	tobs_conv_entry(c, tobs_f_command_is("register"), on_start, NULL);
	tobs_conv_state(c, "name", words(), on_name, NULL);
	tobs_conv_state(c, "age", words(), on_age, NULL);
	tobs_conv_fallback(c, tobs_f_command_is("cancel"), on_cancel, NULL);
	tobs_on(bot, tobs_f_kind(TOBS_UPDATE_MESSAGE), on_else, NULL);
	tobs_on_kind(bot, TOBS_UPDATE_CALLBACK_QUERY, on_else, NULL);
	bot_run_start();
}

static void begin(void)
{
	bot_peer_start(&peer);
	make(NULL);
}

static void end(void)
{
	assert_ok(bot_run_stop());
	bot_peer_stop(&peer);
	options = (struct tobs_conv_options){ .key = TOBS_CONV_CHAT_USER };
}

static inline const char *dumped(void)
{
	static char text[4096];
	struct tobs_buf out;

	idle();
	tobs_buf_init(&out, sizeof text - 1);
	assert_ok(tobs_conv_dump(bot, &out));
	snprintf(text, sizeof text, "%s", tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return text;
}

/* Nothing is left in the store under that prefix. */
static void assert_nothing(const char *prefix)
{
	struct tobs_arena arena;
	struct kv_page page;

	idle();
	tobs_arena_init(&arena, 1 << 20);
	assert_ok(
		kv_scan(bot->store, tobs_str(prefix), tobs_view(NULL, 0), 10, &arena, &page, NULL));
	if (page.count)
		fail_msg("still there: %.*s", TOBS_VIEW_FMT(page.pairs[0].key));
	tobs_arena_deinit(&arena);
}

static inline void put(const char *key, const char *value)
{
	assert_ok(kv_put(bot->store, tobs_str(key), tobs_str(value), 0, NULL));
}

#endif
