/* SPDX-License-Identifier: MIT */
#include "client/call.h"

#include <tobs/client.h>

#include "client/client.h"
#include "client/dc.h"
#include "client/lane.h"
#include "sim/file.h"
#include "support/sim_client.h"

static int ask(struct stage *s)
{
	const struct tl_nearestDc *answer;

	return tobs_help_getNearestDc(
		s->c, &(struct tl_help_getNearestDc){ 0 }, &s->reply, &answer, &s->err);
}

/* ---- flood waits ---- */

struct asker {
	struct stage *s;
	struct tobs_reply reply;
	struct tobs_err err;
	int64_t done_ms;
};

static int asker_main(void *arg)
{
	struct asker *a = arg;
	const struct tl_nearestDc *answer;
	int r = tobs_help_getNearestDc(
		a->s->c, &(struct tl_help_getNearestDc){ 0 }, &a->reply, &answer, &a->err);

	a->done_ms = tobs_now() / 1000;
	return r;
}

/* So many calls at once; all must succeed. */
static void ask_together(struct stage *s, struct asker *askers, size_t n)
{
	struct tobs_group g;

	tobs_group_init(&g, 0);
	for (size_t i = 0; i < n; i++) {
		askers[i] = (struct asker){ .s = s, .reply = TOBS_REPLY_INIT };
		assert_ok(tobs_group_spawn(&g, asker_main, &askers[i], NULL));
	}
	assert_ok(tobs_group_wait(&g));
	for (size_t i = 0; i < n; i++)
		tobs_reply_deinit(&askers[i].reply);
}

STAGE_TEST(all_wait_together)
{
	struct asker askers[16];
	int64_t start;

	stage_login(s);
	stage_faults(s, "flood=help.getNearestDc:4/30");
	start = tobs_now() / 1000;
	ask_together(s, askers, 16);
	/* Four a half minute: three waits, and one word about each. */
	assert_int_equal(s->waits, 3);
	assert_string_equal(s->wait.name, "FLOOD_WAIT");
	assert_int_equal(s->wait.method, TL_help_getNearestDc);
	assert_in_range(askers[15].done_ms - start, 89000, 92000);
	/* Other methods are not held up. */
	start = tobs_now() / 1000;
	assert_code(ask(s), TOBS_OK);
}

STAGE_TEST(other_methods_go_on)
{
	struct asker a = { .s = s, .reply = TOBS_REPLY_INIT };
	struct tobs_fiber *f;
	const struct tl_config *config;
	int64_t start;

	stage_login(s);
	stage_faults(s, "flood=help.getNearestDc:1/50");
	assert_ok(ask(s));
	assert_ok(tobs_spawn(&f, asker_main, &a, NULL));
	assert_ok(tobs_sleep(1000));
	start = tobs_now();
	assert_ok(tobs_help_getConfig(
		s->c, &(struct tl_help_getConfig){ 0 }, &s->reply, &config, &s->err));
	assert_true(tobs_now() - start < 1000000);
	assert_ok(tobs_join(f, NULL));
	assert_true(a.done_ms * 1000 > start + 40000000);
	tobs_reply_deinit(&a.reply);
}

STAGE_TEST(premium_and_slow_mode)
{
	int64_t start;

	stage_login(s);
	stage_faults(s, "premium=help.getNearestDc:1/9");
	assert_ok(ask(s));
	start = tobs_now() / 1000;
	assert_ok(ask(s));
	assert_in_range(tobs_now() / 1000 - start, 8000, 10000);
	assert_string_equal(s->wait.name, "FLOOD_PREMIUM_WAIT");
	stage_faults(s, "premium=,error=help.getNearestDc:420:SLOWMODE_WAIT_7");
	{
		struct tobs_deadline d;

		tobs_deadline_push(&d, 20000);
		assert_code(ask(s), TOBS_ETIMEDOUT);
		tobs_deadline_pop(&d);
	}
	assert_string_equal(s->wait.name, "SLOWMODE_WAIT");
	assert_int_equal(s->wait.seconds, 7);
	assert_int_equal(stage_count(s, TL_help_getNearestDc), 3 + 3); /* at 0, 7 and 14 s */
}

STAGE_TEST(a_wait_that_is_too_long)
{
	s->options.flood_wait_max = 60;
	stage_login(s);
	stage_faults(s, "flood=help.getNearestDc:1/100");
	assert_ok(ask(s));
	assert_code(ask(s), TOBS_EFLOOD);
	assert_int_equal(s->err.status, 420);
	assert_in_range(s->err.seconds, 98, 101);
	assert_string_equal(s->err.name, "FLOOD_WAIT_%d");
	/* The server is not asked again before the time has come. */
	assert_code(ask(s), TOBS_EFLOOD);
	assert_in_range(s->err.seconds, 98, 101);
	assert_string_equal(s->err.name, "FLOOD_WAIT_%d");
	assert_int_equal(stage_count(s, TL_help_getNearestDc), 2);
	assert_int_equal(s->waits, 0);
	assert_ok(tobs_sleep(101000));
	assert_ok(ask(s));
}

/* ---- deadlines and cancellation ---- */

STAGE_TEST(a_deadline_and_its_server)
{
	const struct sim_session_stats *stats = &sim_server_stats(s->server)->sessions;
	struct tobs_deadline d;

	stage_login(s);
	stage_faults(s, "latency=5000");
	tobs_deadline_push(&d, 1000);
	assert_code(ask(s), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_string_equal(s->err.message, "no answer in time");
	/* What came too late does no harm, and the next call gets its own answer. */
	assert_int_equal(stage_count(s, TL_help_getNearestDc), 1);
	assert_ok(ask(s));
	assert_int_equal(stats->dropped, 1); /* the server was told */
}

STAGE_TEST(cancelled)
{
	struct asker a = { .s = s, .reply = TOBS_REPLY_INIT };
	struct tobs_fiber *f;
	int result = 0;

	stage_login(s);
	stage_faults(s, "latency=5000");
	assert_ok(tobs_spawn(&f, asker_main, &a, NULL));
	assert_ok(tobs_sleep(1000));
	tobs_cancel(f);
	assert_ok(tobs_join(f, &result));
	assert_code(result, TOBS_ECANCELED);
	/* In a flood wait, too. */
	stage_faults(s, "latency=0,flood=help.getNearestDc:1/500");
	assert_ok(ask(s));
	assert_ok(tobs_spawn(&f, asker_main, &a, NULL));
	assert_ok(tobs_sleep(1000));
	tobs_cancel(f);
	assert_ok(tobs_join(f, &result));
	assert_code(result, TOBS_ECANCELED);
	tobs_reply_deinit(&a.reply);
}

STAGE_TEST(freed_while_calls_are_under_way)
{
	struct asker a = { .s = s, .reply = TOBS_REPLY_INIT }, b = a;
	struct tobs_fiber *f, *g;
	int result = 0;

	stage_login(s);
	stage_faults(s, "flood=help.getNearestDc:1/5000");
	assert_ok(ask(s));
	assert_ok(tobs_spawn(&f, asker_main, &a, NULL)); /* waits for the brake */
	assert_ok(tobs_sleep(1000));
	stage_faults(s, "flood=,latency=9000");
	brakes_deinit(&s->c->brakes);
	s->c->brakes = (struct brakes){ 0 };
	assert_ok(tobs_spawn(&g, asker_main, &b, NULL)); /* waits for an answer */
	assert_ok(tobs_sleep(1000));
	tobs_client_free(s->c);
	s->c = NULL;
	assert_ok(tobs_join(f, &result));
	assert_code(result, TOBS_ECLOSED);
	assert_ok(tobs_join(g, &result));
	assert_code(result, TOBS_ECLOSED);
	assert_string_equal(b.err.message, "the client was closed");
	tobs_reply_deinit(&a.reply);
	tobs_reply_deinit(&b.reply);
}

/* ---- what is asked ---- */

STAGE_TEST(wrapped_queries)
{
	const struct tl_account_takeout *takeout;
	const struct tl_vec_MessageRange *split;
	const struct tl_updates_state *state;
	const void *answer;

	stage_login(s);
	assert_ok(tobs_account_initTakeoutSession(s->c,
		&(struct tl_account_initTakeoutSession){ .files = 1 }, &s->reply, &takeout,
		&s->err));
	{
		/* The result is the innermost query's; its own ctor is not looked at. */
		const struct tl_invokeWithTakeout q = { .takeout_id = takeout->id,
			.query = TL(invokeWithoutUpdates, .query = TL0(messages_getSplitRanges)) };

		assert_ok(tobs_call(s->c, TL_invokeWithTakeout, &q, &s->reply, &split, &s->err));
		assert_int_equal(split->count, 1);
	}
	assert_ok(tobs_call(s->c, TL_invokeWithoutUpdates,
		TL(invokeWithoutUpdates, .query = TL0(updates_getState)), &s->reply, &state,
		&s->err));
	assert_int_equal(state->ctor, TL_updates_state);
	assert_code(tobs_call(s->c, TL_invokeWithoutUpdates, TL0(invokeWithoutUpdates), &s->reply,
			    &answer, &s->err),
		TOBS_EINVAL);
	assert_code(tobs_call(s->c, TL_messages_getHistory, TL0(messages_getHistory), &s->reply,
			    &answer, &s->err),
		TOBS_EINVAL); /* peer is missing */
	assert_code(tobs_call(s->c, 0x12345678, TL0(help_getConfig), &s->reply, &answer, &s->err),
		TOBS_EINVAL);
}

STAGE_TEST(nothing_is_wrapped_twice)
{
	/* As many as the server takes: with one more it would refuse. */
	struct tl_invokeWithoutUpdates wraps[7];
	const void *query = TL0(help_getNearestDc);
	const struct tl_nearestDc *answer;

	stage_login(s);
	for (size_t i = 0; i < ARRAY_LEN(wraps); i++)
		wraps[i] = (struct tl_invokeWithoutUpdates){ TL_invokeWithoutUpdates,
			i + 1 < ARRAY_LEN(wraps) ? &wraps[i + 1] : query };
	/* initConnection has been said, and is not said again. */
	assert_true(s->c->lanes.items[0]->inited);
	assert_ok(tobs_call(s->c, TL_invokeWithoutUpdates, &wraps[0], &s->reply, &answer, &s->err));
}

STAGE_TEST(refusals_are_told)
{
	const void *answer;

	stage_login(s);
	assert_code(tobs_call(s->c, TL_messages_getHistory,
			    TL(messages_getHistory, .peer = TL(inputPeerChannel, .channel_id = 7)),
			    &s->reply, &answer, NULL),
		TOBS_ERPC);
	assert_code(tobs_call(s->c, TL_messages_getHistory,
			    TL(messages_getHistory, .peer = TL(inputPeerChannel, .channel_id = 7)),
			    &s->reply, &answer, &s->err),
		TOBS_ERPC);
	assert_int_equal(s->err.code, TOBS_ERPC);
	assert_int_equal(s->err.status, 400);
	assert_string_equal(s->err.name, "CHANNEL_INVALID");
	stage_faults(s, "error=help.getNearestDc:400:CONNECTION_NOT_INITED");
	assert_code(ask(s), TOBS_ERPC); /* however often it is said again */
	assert_int_equal(stage_count(s, TL_help_getNearestDc), 4);
}

STAGE_TEST(logged_out_elsewhere)
{
	static const char *const names[] = { "SESSION_REVOKED", "AUTH_KEY_UNREGISTERED",
		"USER_DEACTIVATED_BAN" };
	char faults[96];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		stage_faults(s, "error=");
		s->codes_asked = 0;
		stage_login(s);
		assert_true(tobs_client_authorized(s->c));
		snprintf(faults, sizeof faults, "error=help.getNearestDc:401:%s", names[i]);
		stage_faults(s, faults);
		assert_code(ask(s), TOBS_EAUTH);
		assert_string_equal(s->err.name, names[i]);
		assert_false(tobs_client_authorized(s->c));
	}
	/* A key used from two places is dead: the next one is another. */
	stage_faults(s, "error=");
	s->codes_asked = 0;
	stage_login(s);
	stage_faults(s, "error=help.getNearestDc:406:AUTH_KEY_DUPLICATED");
	assert_code(ask(s), TOBS_EAUTH);
	assert_false(tobs_client_authorized(s->c));
	stage_faults(s, "error=");
	s->codes_asked = 0;
	stage_login(s);
	assert_int_equal(sim_server_stats(s->server)->exchanges, 2);
}

STAGE_TEST(not_on_a_fiber_of_this_client)
{
	struct tobs_client_options bad = s->options;
	struct tobs_client *c;

	bad.api_id = 0;
	assert_code(tobs_client_new(&c, &bad, &s->err), TOBS_EINVAL);
	bad = s->options;
	bad.api_hash = NULL;
	assert_code(tobs_client_new(&c, &bad, &s->err), TOBS_EINVAL);
	stage_client(s);
	s->c->closing = true;
	assert_code(ask(s), TOBS_ECLOSED);
	s->c->closing = false;
}

/* ---- several sessions, several data centres ---- */

static int ask_dc(struct stage *s, enum tobs_route route, int dc, int lane)
{
	const struct tl_nearestDc *answer;
	int r = tobs_call_dc(s->c, route, dc, lane, TL_help_getNearestDc, TL0(help_getNearestDc),
		&s->reply, &answer, &s->err);

	return r ? r : answer->this_dc;
}

STAGE_TEST(no_such_lane)
{
	stage_login(s);
	assert_code(ask_dc(s, TOBS_ROUTE_HOME, -1, 0), TOBS_EINVAL);
	assert_code(ask_dc(s, TOBS_ROUTE_HOME, 0, -1), TOBS_EINVAL);
}

STAGE_TEST(lanes)
{
	uint64_t before;

	stage_login(s);
	before = sim_server_stats(s->server)->connections;
	assert_int_equal(ask_dc(s, TOBS_ROUTE_HOME, 0, 0), 2);
	assert_int_equal(sim_server_stats(s->server)->connections, before);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_HOME, 0, 1), 2);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_HOME, 0, 1), 2);
	assert_int_equal(sim_server_stats(s->server)->connections, before + 1);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 2, 0), 2);
	assert_int_equal(sim_server_stats(s->server)->connections, before + 2);
	/* They share the key. */
	assert_int_equal(sim_server_stats(s->server)->exchanges, 1);
}

STAGE_TEST(another_data_centre)
{
	const union tl_Document *doc;
	struct tl_inputDocumentFileLocation at = { .ctor = TL_inputDocumentFileLocation };
	const struct tl_upload_getFile q = {
		.ctor = TL_upload_getFile, .location = (const void *)&at, .limit = 4096
	};
	const union tl_upload_File *part;

	stage_login(s);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), 4);
	assert_int_equal(stage_count(s, TL_auth_importAuthorization), 1);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 1), 4);
	assert_int_equal(stage_count(s, TL_auth_importAuthorization), 1);
	/* A file elsewhere is followed by itself. */
	assert_ok(sim_document_add(s->w,
		&(struct sim_document_args){
			.dc = 5, .mime = tobs_str("video/mp4"), .content = { .size = 30000 } },
		&doc, NULL));
	at.id = doc->document.id;
	at.access_hash = doc->document.access_hash;
	at.file_reference = doc->document.file_reference;
	assert_ok(tobs_upload_getFile(s->c, &q, &s->reply, &part, &s->err));
	assert_int_equal(part->upload_file.bytes.len, 4096);
	assert_int_equal(stage_count(s, TL_auth_importAuthorization), 2);
	assert_int_equal((*ARRAY_LAST(&s->c->lanes))->dc->id, 5);
	assert_int_equal((*ARRAY_LAST(&s->c->lanes))->route, TOBS_ROUTE_FILES);
	/* Where they are was asked for once. */
	assert_int_equal(stage_count(s, TL_help_getConfig), 1);
	/* Kept: nothing is brought along twice. */
	stage_reopen(s);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), 4);
	assert_int_equal(stage_count(s, TL_auth_importAuthorization), 2);
	assert_int_equal(sim_server_stats(s->server)->exchanges, 3);
}

STAGE_TEST(long_answers)
{
	const union tl_Document *doc;
	struct tl_inputDocumentFileLocation at = { .ctor = TL_inputDocumentFileLocation };
	struct tl_upload_getFile q = {
		.ctor = TL_upload_getFile, .location = (const void *)&at, .limit = 1 << 20
	};
	const union tl_upload_File *part;

	assert_ok(sim_document_add(s->w,
		&(struct sim_document_args){
			.dc = 2, .mime = tobs_str("video/mp4"), .content = { .size = 3 << 20 } },
		&doc, NULL));
	at.id = doc->document.id;
	at.access_hash = doc->document.access_hash;
	at.file_reference = doc->document.file_reference;
	stage_login(s);
	/* These are decrypted on another thread. */
	for (q.offset = 0; q.offset < 3 << 20; q.offset += 1 << 20) {
		assert_ok(tobs_call_dc(s->c, TOBS_ROUTE_FILES, 2, (int)(q.offset >> 20) % 2,
			TL_upload_getFile, &q, &s->reply, &part, &s->err));
		assert_int_equal(part->upload_file.bytes.len, 1 << 20);
	}
}

STAGE_TEST(forgotten_by_another_data_centre)
{
	stage_login(s);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), 4);
	/* Once it has forgotten who we are, and once our key. */
	client_store_key(&s->c->store, 4)->authorized = false;
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), 4);
	assert_int_equal(stage_count(s, TL_auth_importAuthorization), 2);
	stage_reopen(s);
	client_store_key(&s->c->store, 4)->key.bytes[7] ^= 1;
	auth_key_set(&client_store_key(&s->c->store, 4)->key,
		client_store_key(&s->c->store, 4)->key.bytes);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), 4);
	assert_int_equal(sim_server_stats(s->server)->exchanges, 3);
	assert_true(tobs_client_authorized(s->c));
}

STAGE_TEST(not_wanted_by_another_data_centre)
{
	stage_login(s);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), 4);
	stage_faults(s,
		"error=help.getNearestDc:401:AUTH_KEY_UNREGISTERED,"
		"error=auth.exportAuthorization:400:DC_ID_INVALID");
	assert_code(ask_dc(s, TOBS_ROUTE_FILES, 4, 0), TOBS_ERPC);
	assert_string_equal(s->err.name, "DC_ID_INVALID");
	assert_true(tobs_client_authorized(s->c));
}

STAGE_TEST(an_account_that_moves)
{
	stage_login(s);
	stage_faults(s, "error=help.getNearestDc:303:USER_MIGRATE_4");
	assert_code(ask(s), TOBS_ERPC); /* even from there */
	assert_string_equal(s->err.name, "USER_MIGRATE_%d");
	stage_faults(s, "error=");
	assert_int_equal(ask_dc(s, TOBS_ROUTE_HOME, 0, 0), 4);
	assert_true(tobs_client_authorized(s->c));
	stage_reopen(s);
	assert_int_equal(ask_dc(s, TOBS_ROUTE_HOME, 0, 0), 4);
}

STAGE_TEST(no_such_data_centre)
{
	stage_login(s);
	assert_code(ask_dc(s, TOBS_ROUTE_FILES, 77, 0), TOBS_ERPC);
	assert_string_equal(s->err.name, "DC_ID_INVALID");
	client_store_key(&s->c->store, 77)->authorized = true;
	assert_code(ask_dc(s, TOBS_ROUTE_FILES, 77, 0), TOBS_ENET);
	assert_string_equal(s->err.message, "no address of data centre 77 is known");
}

STAGE_TEST(the_home_has_forgotten_our_key)
{
	struct dc_key *k;

	stage_login(s);
	stage_reopen(s);
	k = client_store_key(&s->c->store, 2);
	k->key.bytes[7] ^= 1;
	auth_key_set(&k->key, k->key.bytes);
	assert_code(ask(s), TOBS_EAUTH);
	assert_string_equal(
		s->err.message, "the server does not know this session any more; log in again");
	assert_false(tobs_client_authorized(s->c));
	s->codes_asked = 0;
	stage_login(s);
	assert_ok(ask(s));
}

STAGE_TEST(a_strangers_key_is_forgotten)
{
	const struct tl_config *config;
	struct dc_key *k;

	/* There is a key, but nobody was logged in under it; nothing is lost with it. */
	stage_client(s);
	assert_ok(tobs_help_getConfig(s->c, TL0(help_getConfig), &s->reply, &config, &s->err));
	stage_reopen(s);
	k = client_store_key(&s->c->store, 2);
	k->key.bytes[7] ^= 1;
	auth_key_set(&k->key, k->key.bytes);
	assert_ok(tobs_help_getConfig(s->c, TL0(help_getConfig), &s->reply, &config, &s->err));
	assert_int_equal(sim_server_stats(s->server)->exchanges, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_strangers_key_is_forgotten),
		cmocka_unit_test(all_wait_together),
		cmocka_unit_test(other_methods_go_on),
		cmocka_unit_test(premium_and_slow_mode),
		cmocka_unit_test(a_wait_that_is_too_long),
		cmocka_unit_test(a_deadline_and_its_server),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(freed_while_calls_are_under_way),
		cmocka_unit_test(wrapped_queries),
		cmocka_unit_test(nothing_is_wrapped_twice),
		cmocka_unit_test(refusals_are_told),
		cmocka_unit_test(logged_out_elsewhere),
		cmocka_unit_test(not_on_a_fiber_of_this_client),
		cmocka_unit_test(no_such_lane),
		cmocka_unit_test(lanes),
		cmocka_unit_test(another_data_centre),
		cmocka_unit_test(long_answers),
		cmocka_unit_test(forgotten_by_another_data_centre),
		cmocka_unit_test(not_wanted_by_another_data_centre),
		cmocka_unit_test(an_account_that_moves),
		cmocka_unit_test(no_such_data_centre),
		cmocka_unit_test(the_home_has_forgotten_our_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
