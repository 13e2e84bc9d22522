/* SPDX-License-Identifier: MIT */
#include <tobs/client.h>

#include "base/hex.h"
#include "support/sim_client.h"

/* Whether the server answers as to Ada. */
static bool knows_ada(struct stage *s)
{
	const union tl_InputUser *self = TL0(inputUserSelf);
	const struct tl_users_getUsers query = { .id = { 1, &self } };
	const struct tl_vec_User *users;

	return tobs_users_getUsers(s->c, &query, &s->reply, &users, &s->err) == TOBS_OK &&
		users->count == 1 && users->items[0]->user.id == ADA;
}

STAGE_TEST(by_code)
{
	stage_client(s);
	assert_false(tobs_client_authorized(s->c));
	assert_int_equal(tobs_client_self(s->c), 0);
	assert_ok(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err));
	assert_true(tobs_client_authorized(s->c));
	assert_int_equal(tobs_client_self(s->c), ADA);
	assert_string_equal(s->how, "app");
	assert_int_equal(s->codes_asked, 1);
	assert_true(knows_ada(s));
}

STAGE_TEST(from_another_data_centre)
{
	s->at.dc = 4;
	s->at.port = sim_server_port(s->server, 4);
	stage_login(s);
	assert_int_equal(stage_count(s, TL_auth_sendCode), 2); /* PHONE_MIGRATE_2 in between */
	stage_reopen(s);
	assert_int_equal(tobs_client_self(s->c), ADA);
	assert_true(knows_ada(s));
}

STAGE_TEST(a_wrong_code_is_asked_for_again)
{
	s->codes[0] = "11111";
	s->codes[1] = "33333";
	s->codes[2] = ADA_CODE;
	stage_login(s);
	assert_int_equal(s->wrongs, 2);
	assert_int_equal(s->codes_asked, 3);
}

STAGE_TEST(three_wrong_codes)
{
	s->codes[0] = s->codes[1] = s->codes[2] = s->codes[3] = "11111";
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "PHONE_CODE_INVALID");
	assert_int_equal(s->codes_asked, 3);
	assert_int_equal(s->wrongs, 2);
	assert_false(tobs_client_authorized(s->c));
}

STAGE_TEST(a_code_by_another_way)
{
	s->codes[0] = ""; /* it did not come */
	s->codes[1] = ""; /* nor this one: there is no third way */
	s->codes[2] = ADA_CODE;
	stage_login(s);
	assert_int_equal(stage_count(s, TL_auth_resendCode), 1);
	assert_string_equal(s->how, "sms");
	assert_int_equal(s->codes_asked, 3);
	assert_int_equal(s->wrongs, 0);
}

STAGE_TEST(a_code_that_has_expired)
{
	stage_faults(s, "error=auth.signIn:400:PHONE_CODE_EXPIRED");
	s->codes[0] = s->codes[1] = s->codes[2] = s->codes[3] = ADA_CODE;
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "PHONE_CODE_EXPIRED");
	assert_int_equal(stage_count(s, TL_auth_sendCode), 3); /* a new one each time */
}

STAGE_TEST(nobody_types_a_code)
{
	s->codes[0] = NULL;
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_ECANCELED);
}

STAGE_TEST(refused_for_good)
{
	stage_client(s);
	assert_code(tobs_login_phone(s->c, "12", &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "PHONE_NUMBER_INVALID");
	assert_code(tobs_login_phone(s->c, "+99966200555", &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "PHONE_NUMBER_UNOCCUPIED");
	stage_faults(s, "error=auth.sendCode:400:PHONE_NUMBER_BANNED");
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(
		s->err.message, "this phone number is banned from Telegram (PHONE_NUMBER_BANNED)");
}

STAGE_TEST(nobody_sits_there_for_hours)
{
	stage_client(s);
	stage_faults(s, "error=auth.sendCode:420:FLOOD_WAIT_61");
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EFLOOD);
	assert_int_equal(s->err.seconds, 61);
	assert_ok(tobs_sleep(61000));
	/* Less than a minute is waited for. */
	stage_faults(s, "error=,flood=auth.sendCode:1/40");
	assert_code(tobs_login_phone(s->c, "12", &s->ui, &s->err), TOBS_EAUTH);
	assert_code(tobs_login_phone(s->c, "12", &s->ui, &s->err), TOBS_EAUTH);
	assert_int_equal(s->waits, 1);
}

STAGE_TEST(wrong_credentials)
{
	s->options.api_hash = "not a hash";
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_ERPC);
	assert_string_equal(s->err.name, "API_ID_INVALID");
	assert_code(tobs_login_bot(s->c, ROBOT_TOKEN, &s->err), TOBS_ERPC);
	assert_string_equal(s->err.name, "API_ID_INVALID");
}

static void set_password(struct stage *s)
{
	s->ada->password = tobs_str("sesame");
	s->ada->hint = tobs_str("open");
}

STAGE_TEST(with_a_password)
{
	set_password(s);
	s->passwords[0] = "open";
	s->passwords[1] = "sesame";
	stage_login(s);
	assert_string_equal(s->hint, "open");
	assert_int_equal(s->passwords_asked, 2);
	assert_int_equal(s->wrongs, 1);
	assert_true(knows_ada(s));
}

STAGE_TEST(three_wrong_passwords)
{
	set_password(s);
	s->passwords[0] = s->passwords[1] = s->passwords[2] = s->passwords[3] = "open";
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "PASSWORD_HASH_INVALID");
	assert_int_equal(s->passwords_asked, 3);
}

STAGE_TEST(a_password_and_nobody_to_ask)
{
	set_password(s);
	s->ui.password = NULL;
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "SESSION_PASSWORD_NEEDED");
}

STAGE_TEST(as_a_bot)
{
	stage_client(s);
	assert_code(tobs_login_bot(s->c, "777:something_else", &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "ACCESS_TOKEN_INVALID");
	assert_ok(tobs_login_bot(s->c, ROBOT_TOKEN, &s->err));
	assert_int_equal(tobs_client_self(s->c), ROBOT);
}

STAGE_TEST(as_a_bot_from_another_data_centre)
{
	s->at.dc = 5;
	s->at.port = sim_server_port(s->server, 5);
	stage_client(s);
	assert_ok(tobs_login_bot(s->c, ROBOT_TOKEN, &s->err));
	stage_reopen(s);
	assert_int_equal(tobs_client_self(s->c), ROBOT);
	assert_ok(tobs_log_out(s->c, &s->err));
}

STAGE_TEST(a_stale_proof_is_made_again)
{
	set_password(s);
	s->passwords[0] = "sesame";
	stage_faults(s, "error=auth.checkPassword:400:SRP_ID_INVALID");
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err), TOBS_EAUTH);
	assert_string_equal(s->err.name, "SRP_ID_INVALID");
	/* With fresh parameters, and without asking again. */
	assert_int_equal(stage_count(s, TL_account_getPassword), 4);
	assert_int_equal(s->passwords_asked, 1);
}

/* Scans the code that is shown, as another device would. */
static int scan(void *arg)
{
	struct stage *s = arg;
	struct tobs_buf token;
	int r = TOBS_OK;

	tobs_buf_init(&token, 1024);
	while (!r && !s->shown)
		r = tobs_sleep(1000);
	if (!r)
		r = base64_decode(
			&token, tobs_str(s->url + strlen("tg://login?token=")), BASE64_URL);
	if (!r)
		r = sim_rpc_accept_token(sim_server_rpc(s->server), tobs_buf_view(&token), s->ada);
	tobs_buf_deinit(&token);
	return r;
}

static void by_qr(struct stage *s)
{
	struct tobs_fiber *other;
	int scanned = -1;

	stage_client(s);
	assert_ok(tobs_spawn(&other, scan, s, NULL));
	assert_ok(tobs_login_qr(s->c, &s->ui, &s->err));
	assert_ok(tobs_join(other, &scanned));
	assert_ok(scanned);
	assert_int_equal(tobs_client_self(s->c), ADA);
	assert_int_equal(s->shown, 1);
	assert_int_equal(s->updates, 1); /* it was an update that told */
	assert_true(knows_ada(s));
}

STAGE_TEST(by_qr_code)
{
	by_qr(s);
}

STAGE_TEST(by_qr_code_from_another_data_centre)
{
	s->at.dc = 1;
	s->at.port = sim_server_port(s->server, 1);
	by_qr(s);
	assert_int_equal(stage_count(s, TL_auth_importLoginToken), 1);
}

STAGE_TEST(by_qr_code_with_a_password)
{
	set_password(s);
	s->passwords[0] = "sesame";
	by_qr(s);
}

STAGE_TEST(a_qr_code_nobody_scans_is_replaced)
{
	struct tobs_deadline d;

	stage_client(s);
	tobs_deadline_push(&d, 100000);
	assert_code(tobs_login_qr(s->c, &s->ui, &s->err), TOBS_ETIMEDOUT);
	tobs_deadline_pop(&d);
	assert_int_equal(s->shown, 4); /* each lives 30 s */
}

STAGE_TEST(out_and_in_again)
{
	stage_login(s);
	assert_true(knows_ada(s));
	assert_ok(tobs_log_out(s->c, &s->err));
	assert_false(tobs_client_authorized(s->c));
	assert_false(knows_ada(s));
	assert_int_equal(s->err.code, TOBS_EAUTH);
	assert_string_equal(s->err.name, "AUTH_KEY_UNREGISTERED");
	stage_reopen(s);
	assert_false(tobs_client_authorized(s->c));
	s->codes_asked = 0;
	stage_login(s);
	assert_true(knows_ada(s));
}

STAGE_TEST(nobody_is_asked)
{
	stage_client(s);
	assert_code(tobs_login_phone(s->c, ADA_PHONE, NULL, &s->err), TOBS_EINVAL);
	assert_code(tobs_login_phone(s->c, "", &s->ui, &s->err), TOBS_EINVAL);
	assert_code(tobs_login_qr(s->c, NULL, NULL), TOBS_EINVAL);
	assert_code(tobs_login_bot(s->c, NULL, NULL), TOBS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_code),
		cmocka_unit_test(from_another_data_centre),
		cmocka_unit_test(a_wrong_code_is_asked_for_again),
		cmocka_unit_test(three_wrong_codes),
		cmocka_unit_test(a_code_by_another_way),
		cmocka_unit_test(a_code_that_has_expired),
		cmocka_unit_test(nobody_types_a_code),
		cmocka_unit_test(refused_for_good),
		cmocka_unit_test(nobody_sits_there_for_hours),
		cmocka_unit_test(wrong_credentials),
		cmocka_unit_test(with_a_password),
		cmocka_unit_test(three_wrong_passwords),
		cmocka_unit_test(a_password_and_nobody_to_ask),
		cmocka_unit_test(as_a_bot),
		cmocka_unit_test(as_a_bot_from_another_data_centre),
		cmocka_unit_test(a_stale_proof_is_made_again),
		cmocka_unit_test(by_qr_code),
		cmocka_unit_test(by_qr_code_from_another_data_centre),
		cmocka_unit_test(by_qr_code_with_a_password),
		cmocka_unit_test(a_qr_code_nobody_scans_is_replaced),
		cmocka_unit_test(out_and_in_again),
		cmocka_unit_test(nobody_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
