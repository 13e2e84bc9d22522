/* SPDX-License-Identifier: MIT */
/* What clients rely on survives the simulator. */
#include "sim/save.h"

#include <tobs/client.h>
#include <tobs/methods.h>

#include "base/file.h"
#include "sim/sim.h"
#include "support/test.h"
#include "support/tmpdir.h"

static struct tmpdir dir;
static struct tobs_err err;
static const char *const specs[] = { "plain,messages=30" };

static int setup(void **state)
{
	(void)state;
	tmpdir_init(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tmpdir_deinit(&dir);
	return 0;
}

static struct sim *start(uint16_t port)
{
	struct sim *s = NULL;

	if (sim_start(&s,
		    &(struct sim_options){ .synthetic = specs,
			    .synthetic_count = 1,
			    .state = dir.path,
			    .port = port },
		    &err))
		fail_msg("%s", err.message);
	return s;
}

static int give_code(void *user, const char *how, int length, struct tobs_buf *ret)
{
	(void)user;
	(void)how;
	(void)length;
	return tobs_buf_puts(ret, "22222");
}

static struct tobs_client *client_of(struct sim *s, bool secret)
{
	static char session[256];
	struct tobs_server at = { .host = "127.0.0.1",
		.port = sim_server_port(s->server, 2),
		.dc = 2,
		.public_key = sim_server_public_key(s->server) };
	struct tobs_client_options options = { .session = session,
		.api_id = 1,
		.api_hash = "0123456789abcdef0123456789abcdef",
		.server = &at,
		.forward_secrecy = secret };
	struct tobs_client *c = NULL;

	snprintf(session, sizeof session, "%s", tmpdir_file(&dir, "a.session"));
	if (tobs_client_new(&c, &options, &err))
		fail_msg("%s", err.message);
	return c;
}

static void ask(struct tobs_client *c)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_updates_state *state;

	if (tobs_call(c, TL_updates_getState, TL0(updates_getState), &reply, &state, &err))
		fail_msg("%s", err.message);
	tobs_reply_deinit(&reply);
}

static uint64_t called(struct sim *s, uint32_t method)
{
	return sim_rpc_count(sim_server_rpc(s->server), method);
}

static int goes_on(void *arg)
{
	const struct tobs_login_ui ui = { .code = give_code };
	bool secret = *(bool *)arg;
	struct sim *s = start(0);
	uint16_t port = sim_server_port(s->server, 1);
	struct tobs_client *c = client_of(s, secret);

	if (tobs_login_phone(c, "+9996620001", &ui, &err))
		fail_msg("%s", err.message);
	ask(c);
	tobs_client_free(c);
	sim_stop(s);

	s = start(port);
	c = client_of(s, secret);
	ask(c);
	assert_int_equal(called(s, TL_auth_sendCode), 0);
	assert_int_equal(called(s, TL_updates_getState), 1);
	/* The permanent key of before; a temporary one is anew each time. */
	assert_int_equal(sim_server_stats(s->server)->exchanges, secret ? 1 : 0);
	tobs_client_free(c);
	sim_stop(s);
	return TOBS_OK;
}

static void test_goes_on(void **state)
{
	bool secret = false;

	(void)state;
	assert_ok(tobs_run(goes_on, &secret));
}

static void test_goes_on_in_secret(void **state)
{
	bool secret = true;

	(void)state;
	assert_ok(tobs_run(goes_on, &secret));
}

/* What was not stopped in order has written soon after the login. */
static int killed(void *arg)
{
	const struct tobs_login_ui ui = { .code = give_code };
	struct sim *s = start(0);
	struct tobs_client *c = client_of(s, false);
	struct tobs_buf before, after;

	(void)arg;
	tobs_buf_init(&before, 1 << 20);
	tobs_buf_init(&after, 1 << 20);
	assert_ok(file_read(tmpdir_file(&dir, "state.json"), &before, &err));
	if (tobs_login_phone(c, "+9996620001", &ui, &err))
		fail_msg("%s", err.message);
	for (int i = 0; i < 500; i++) {
		tobs_buf_clear(&after);
		assert_ok(file_read(tmpdir_file(&dir, "state.json"), &after, &err));
		if (strstr(tobs_buf_str(&after), "\"registered\":true") &&
			!strstr(tobs_buf_str(&after), "\"account\":0,"))
			break;
		assert_ok(tobs_sleep(10));
	}
	assert_non_null(strstr(tobs_buf_str(&after), "\"registered\":true"));
	assert_null(strstr(tobs_buf_str(&before), "registered"));
	assert_int_equal(file_mode(tmpdir_file(&dir, "state.json")), 0600);
	tobs_buf_deinit(&before);
	tobs_buf_deinit(&after);
	tobs_client_free(c);
	sim_stop(s);
	return TOBS_OK;
}

static void test_killed(void **state)
{
	(void)state;
	assert_ok(tobs_run(killed, NULL));
}

static int refuses(void *arg)
{
	static const char *const wrong[] = { "", "{", "[]", "{\"tobs_sim\":2}",
		"{\"tobs_sim\":1,\"private_key\":5,\"keys\":[]}" };
	struct sim *s = NULL;
	struct tobs_buf state;

	(void)arg;
	s = start(0);
	sim_stop(s);
	tobs_buf_init(&state, 1 << 20);
	assert_ok(file_read(tmpdir_file(&dir, "state.json"), &state, &err));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		s = NULL;
		write_file(tmpdir_file(&dir, "state.json"), wrong[i], strlen(wrong[i]));
		assert_code(sim_start(&s, &(struct sim_options){ .state = dir.path }, &err),
			TOBS_EMALFORMED);
		assert_non_null(strstr(err.message, "state.json is not what"));
		assert_null(s);
	}
	/* A key that is none. */
	tobs_buf_truncate(&state, state.len - 3);
	tobs_buf_puts(&state, "{\"dc\":2,\"key\":\"00\"}]}");
	write_file(tmpdir_file(&dir, "state.json"), state.ptr, state.len);
	assert_code(
		sim_start(&s, &(struct sim_options){ .state = dir.path }, &err), TOBS_EMALFORMED);
	tobs_buf_deinit(&state);
	return TOBS_OK;
}

static void test_refuses(void **state)
{
	(void)state;
	assert_ok(tobs_run(refuses, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on_in_secret, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refuses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
