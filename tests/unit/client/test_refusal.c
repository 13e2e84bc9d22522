/* SPDX-License-Identifier: MIT */
#include "client/refusal.h"

#include <tobs/client.h>

#include "support/test.h"

static void kinds_and_numbers(void **state)
{
	static const struct {
		int32_t status;
		const char *name;
		enum refusal_kind kind;
		int64_t number;
		const char *pattern;
	} cases[] = {
		{ 420, "FLOOD_WAIT_30", REFUSAL_FLOOD, 30, "FLOOD_WAIT_%d" },
		{ 420, "FLOOD_PREMIUM_WAIT_3", REFUSAL_FLOOD, 3, "FLOOD_PREMIUM_WAIT_%d" },
		{ 420, "FLOOD_WAIT", REFUSAL_FLOOD, 0, "FLOOD_WAIT" },
		{ 420, "SLOWMODE_WAIT_10", REFUSAL_SLOWMODE, 10, "SLOWMODE_WAIT_%d" },
		{ 420, "TAKEOUT_INIT_DELAY_86400", REFUSAL_OTHER, 86400, "TAKEOUT_INIT_DELAY_%d" },
		{ 420, "2FA_CONFIRM_WAIT_60", REFUSAL_OTHER, 60, "2FA_CONFIRM_WAIT_%d" },
		{ 303, "PHONE_MIGRATE_4", REFUSAL_MIGRATE_HOME, 4, "PHONE_MIGRATE_%d" },
		{ 303, "USER_MIGRATE_5", REFUSAL_MIGRATE_HOME, 5, "USER_MIGRATE_%d" },
		{ 303, "FILE_MIGRATE_1", REFUSAL_MIGRATE_CALL, 1, "FILE_MIGRATE_%d" },
		{ 401, "AUTH_KEY_UNREGISTERED", REFUSAL_UNAUTHORIZED, 0, "AUTH_KEY_UNREGISTERED" },
		{ 401, "SESSION_PASSWORD_NEEDED", REFUSAL_PASSWORD, 0, "SESSION_PASSWORD_NEEDED" },
		{ 500, "INTERDC_2_CALL_ERROR", REFUSAL_TROUBLE, 2, "INTERDC_%d_CALL_ERROR" },
		{ -503, "Timeout", REFUSAL_TROUBLE, 0, "Timeout" },
		{ 500, "SOMETHING_NEW", REFUSAL_TROUBLE, 0, "SOMETHING_NEW" },
		{ 400, "CONNECTION_NOT_INITED", REFUSAL_NOT_INITED, 0, "CONNECTION_NOT_INITED" },
		{ 400, "FILE_PART_7_MISSING", REFUSAL_OTHER, 7, "FILE_PART_%d_MISSING" },
		{ 400, "PEER_ID_INVALID", REFUSAL_OTHER, 0, "PEER_ID_INVALID" },
		{ 400, "X_99999999999999999999", REFUSAL_OTHER, 999999999999999, "X_%d99999" },
		{ 400, "", REFUSAL_OTHER, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct refusal f;

		refusal_parse(&f, cases[i].status, cases[i].name);
		if (f.kind != cases[i].kind)
			fail_msg("%s is taken for kind %d", cases[i].name, (int)f.kind);
		assert_int_equal(f.number, cases[i].number);
		assert_string_equal(f.name, cases[i].pattern);
	}
}

static void explained(void **state)
{
	struct tobs_err err = { 0 };
	struct refusal f;

	(void)state;
	refusal_parse(&f, 420, "FLOOD_WAIT_30");
	refusal_explain(&f, TL_messages_getHistory, TOBS_EFLOOD, &err);
	assert_int_equal(err.code, TOBS_EFLOOD);
	assert_int_equal(err.status, 420);
	assert_int_equal(err.seconds, 30);
	assert_string_equal(err.name, "FLOOD_WAIT_%d");
	assert_string_equal(err.message, "the server asks to wait (FLOOD_WAIT, 30)");
	refusal_parse(&f, 400, "SOMETHING_ODD");
	refusal_explain(&f, TL_messages_getHistory, TOBS_ERPC, &err);
	assert_string_equal(err.message, "Telegram refused messages.getHistory: SOMETHING_ODD");
	refusal_explain(&f, 1, TOBS_ERPC, NULL);
}

static void peers_in_three_spellings(void **state)
{
	static const struct {
		int64_t marked;
		enum tobs_peer_kind kind;
		int64_t id;
	} cases[] = {
		{ 5, TOBS_PEER_USER, 5 },
		{ -5, TOBS_PEER_CHAT, 5 },
		{ -1001234567890, TOBS_PEER_CHANNEL, 1234567890 },
		{ -1000000000001, TOBS_PEER_CHANNEL, 1 },
		{ -1000000000000, TOBS_PEER_CHAT, 1000000000000 },
		{ 0, TOBS_PEER_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tobs_peer p = tobs_peer_unmark(cases[i].marked);
		struct tobs_peer_input room;

		assert_int_equal(p.kind, cases[i].kind);
		assert_int_equal(p.id, cases[i].id);
		assert_int_equal(tobs_peer_mark(&p), cases[i].marked);
		p.access_hash = 77;
		switch (p.kind) {
		case TOBS_PEER_USER:
			assert_int_equal(tobs_peer_input(&p, &room)->inputPeerUser.access_hash, 77);
			assert_int_equal(room.as_user.user_id, p.id);
			break;
		case TOBS_PEER_CHANNEL:
			assert_int_equal(
				tobs_peer_input(&p, &room)->inputPeerChannel.channel_id, p.id);
			assert_int_equal(room.as_channel.access_hash, 77);
			break;
		case TOBS_PEER_CHAT:
			assert_int_equal(tobs_peer_input(&p, &room)->inputPeerChat.chat_id, p.id);
			break;
		default:
			assert_int_equal(tobs_peer_input(&p, &room)->ctor, TL_inputPeerEmpty);
			break;
		}
	}
	assert_int_equal(tobs_peer_of(TL(peerChannel, .channel_id = 9)).kind, TOBS_PEER_CHANNEL);
	assert_int_equal(tobs_peer_of(NULL).kind, TOBS_PEER_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_numbers),
		cmocka_unit_test(explained),
		cmocka_unit_test(peers_in_three_spellings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
