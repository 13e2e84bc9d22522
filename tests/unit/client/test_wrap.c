/* SPDX-License-Identifier: MIT */
/* The small parts between a call and its session: setup, wrappers, and who is met. */
#include "client/wrap.h"

#include <tobs/log.h>

#include "client/meet.h"
#include "support/failmem.h"
#include "support/test.h"
#include "tl/tables.h"

static void the_innermost_query(void **state)
{
	(void)state;
	assert_int_equal(wrap_innermost(TL_help_getConfig, NULL), TL_help_getConfig);
	assert_int_equal(wrap_innermost(TL_invokeWithTakeout,
				 TL(invokeWithTakeout,
					 .query = TL(invokeWithMessagesRange,
						 .query = TL(invokeWithoutUpdates,
							 .query = TL0(messages_getHistory))))),
		TL_messages_getHistory);
	assert_int_equal(wrap_innermost(TL_invokeAfterMsg, TL0(invokeAfterMsg)), 0);
}

/* Every function of the schema that takes another one is known as a wrapper. */
static void every_wrapper(void **state)
{
	size_t found = 0;

	(void)state;
	for (uint32_t i = 0; i < tl_current_count; i++) {
		const struct tl_ctor *c = &tl_ctors[i];
		const struct tl_field *last = &tl_fields[c->first + c->count - 1];
		uint64_t room[64] = { 0 };
		const void *inner = TL0(help_getConfig);

		if (!(c->traits & TL_TRAIT_FUNCTION) || !c->count || last->kind != TL_OBJECT)
			continue;
		assert_true(c->size <= sizeof room);
		memcpy((uint8_t *)room + last->offset, &inner, sizeof inner);
		assert_int_equal(wrap_innermost(c->id, room), TL_help_getConfig);
		found++;
	}
	assert_int_equal(found, 11);
}

static void a_wrapper_of_itself(void **state)
{
	struct tl_invokeWithoutUpdates loop = { TL_invokeWithoutUpdates, &loop };

	(void)state;
	assert_int_equal(wrap_innermost(TL_invokeWithoutUpdates, &loop), 0);
}

static const struct tobs_client_options options = {
	.api_id = 5,
	.api_hash = "0123456789abcdef0123456789abcdef",
	.device_model = "Engine",
	.lang_code = "de",
	.proxy = { .type = TOBS_PROXY_MTPROTO,
		.host = "proxy.example",
		.port = 443,
		.secret = "30313233343536373839616263646566" },
};

static void the_first_query_of_a_session(void **state)
{
	struct tobs_arena arena;
	struct setup s;
	struct tobs_buf out;
	const void *object;
	const struct tl_invokeWithLayer *layer;
	const struct tl_initConnection *init;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	tobs_buf_init(&out, 4096);
	assert_ok(setup_init(&s, &options, NULL));
	assert_ok(wrap_first(&out, &s, NULL));
	assert_ok(tl_encode(&out, TL0(updates_getState), NULL));
	assert_ok(tl_decode(tobs_buf_view(&out), &arena, &object, NULL, NULL));
	layer = object;
	assert_int_equal(layer->ctor, TL_invokeWithLayer);
	assert_int_equal(layer->layer, TL_LAYER);
	init = layer->query;
	assert_int_equal(init->ctor, TL_initConnection);
	assert_int_equal(init->api_id, 5);
	assert_view(init->device_model, "Engine");
	assert_true(init->system_version.len > 0);
	assert_true(init->app_version.len > 0);
	assert_view(init->lang_code, "de");
	assert_view(init->proxy->address, "proxy.example");
	assert_int_equal(tl_id(init->query), TL_updates_getState);
	setup_deinit(&s);
	setup_deinit(NULL);
	tobs_buf_deinit(&out);
	tobs_arena_deinit(&arena);
	tobs_log_forget();
}

static int set_up(void *user)
{
	struct setup s;
	int r = setup_init(&s, user, NULL);

	if (!r)
		setup_deinit(&s);
	tobs_log_forget();
	return r;
}

static void setting_up_without_memory(void **state)
{
	struct tobs_client_options o = options;

	(void)state;
	fail_each_allocation(set_up, &o);
	o.proxy = (struct tobs_proxy){
		.type = TOBS_PROXY_SOCKS5, .host = "h", .port = 1, .user = "u", .password = "p"
	};
	fail_each_allocation(set_up, &o);
}

static int open_client(void *user)
{
	struct tobs_client *c;
	int r = tobs_client_new(&c, user, NULL);

	if (!r)
		tobs_client_free(c);
	tobs_log_forget();
	return r;
}

static void opening_without_memory(void **state)
{
	struct tobs_client_options o = options;

	(void)state;
	fail_each_allocation(open_client, &o);
}

/* ---- who is met ---- */

static const struct tl_user ada = { .ctor = TL_user,
	.id = 7,
	.has_access_hash = 1,
	.access_hash = 70,
	.username = TOBS_LIT("ada") };
static const struct tl_channel lab = {
	.ctor = TL_channel, .id = 8, .has_access_hash = 1, .access_hash = 80
};
static const union tl_User *const users[] = { (const void *)&ada };
static const union tl_Chat *const chats[] = { (const void *)&lab };

static bool met(struct client_store *s)
{
	const struct peer_record *user = client_store_peer(s, 7);
	const struct peer_record *chat = client_store_peer(s, -1000000000008);
	bool both = user && user->peer.access_hash == 70 && chat && chat->peer.access_hash == 80;

	(void)client_store_close(s, NULL);
	return both;
}

static void in_whatever_comes(void **state)
{
	struct client_store s;
	const void *answer;

	(void)state;
	assert_ok(client_store_open(&s, NULL, NULL));
	answer = TL(messages_channelMessages, .users = { 1, users }, .chats = { 1, chats });
	meet_result(&s, TL_messages_getHistory, &answer);
	assert_true(met(&s));

	assert_ok(client_store_open(&s, NULL, NULL));
	meet_object(&s, TL(updates, .users = { 1, users }, .chats = { 1, chats }));
	assert_true(met(&s));

	/* A user or chat by itself, in a vector, and behind another answer. */
	assert_ok(client_store_open(&s, NULL, NULL));
	answer = &ada;
	meet_result(&s, TL_account_updateUsername, &answer);
	answer = TL(chatInviteAlready, .chat = (const void *)&lab);
	meet_result(&s, TL_messages_checkChatInvite, &answer);
	assert_true(met(&s));

	assert_ok(client_store_open(&s, NULL, NULL));
	answer = &(const struct tl_vec_User){ 1, users };
	meet_result(&s, TL_users_getUsers, &answer);
	answer = TL(messages_chatFull, .chats = { 1, chats });
	meet_result(&s, TL_messages_getFullChat, &answer);
	assert_true(met(&s));

	assert_ok(client_store_open(&s, NULL, NULL));
	answer = TL(auth_loginTokenSuccess,
		.authorization = TL(auth_authorization, .user = (const void *)&ada));
	meet_result(&s, TL_auth_exportLoginToken, &answer);
	assert_non_null(client_store_username(&s, tobs_str("ADA")));
	assert_false(met(&s));
}

static void nobody_in_these(void **state)
{
	struct client_store s;
	const void *answer = TL(config, .me_url_prefix = tobs_str("x"));
	bool yes = true;

	(void)state;
	assert_ok(client_store_open(&s, NULL, NULL));
	meet_object(&s, NULL);
	meet_result(&s, TL_help_getConfig, &answer);
	meet_result(&s, TL_account_updateStatus, &yes);
	meet_result(&s, 0x12345678, &answer);
	assert_int_equal(s.peers.count, 0);
	assert_ok(client_store_close(&s, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_innermost_query),
		cmocka_unit_test(every_wrapper),
		cmocka_unit_test(a_wrapper_of_itself),
		cmocka_unit_test(the_first_query_of_a_session),
		cmocka_unit_test(setting_up_without_memory),
		cmocka_unit_test(opening_without_memory),
		cmocka_unit_test(in_whatever_comes),
		cmocka_unit_test(nobody_in_these),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
