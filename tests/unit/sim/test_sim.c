/* SPDX-License-Identifier: MIT */
#include "sim/sim.h"

#include "base/env.h"
#include "base/file.h"
#include "base/json.h"
#include "support/test.h"
#include "support/tmpdir.h"

static struct tmpdir dir;
static struct tobs_err err;

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

static const char *const specs[] = { "plain,messages=50", "kind=private,messages=20,seed=2" };

static int starts(void *arg)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_buf text;
	struct env env = { 0 };
	struct sim *s;
	int64_t port;
	char where[200];

	(void)arg;
	assert_ok(sim_start(&s,
		&(struct sim_options){
			.synthetic = specs, .synthetic_count = 2, .folder = dir.path },
		&err));
	assert_int_equal(s->world->chat_list.count, 1);
	for (int dc = 2; dc <= 5; dc++)
		assert_int_equal(
			sim_server_port(s->server, dc), sim_server_port(s->server, 1) + dc - 1);

	tobs_buf_init(&text, 1 << 16);
	json_parser_init(&parser, 1 << 16, 8);
	assert_ok(file_read(tmpdir_file(&dir, "sim.json"), &text, &err));
	assert_ok(json_parse(&parser, &doc, tobs_buf_view(&text), &err));
	assert_ok(json_get_i64(
		json_field(json_item(json_field(json_root(&doc), "dcs"), 1), "port"), &port));
	assert_int_equal(port, sim_server_port(s->server, 2));
	tobs_buf_clear(&text);
	assert_ok(file_read(tmpdir_file(&dir, "key.pem"), &text, &err));
	assert_string_equal(tobs_buf_str(&text), sim_server_public_key(s->server));

	assert_ok(env_load(&env, tmpdir_file(&dir, ".env"), &err));
	snprintf(where, sizeof where, "sim:%d,%s/key.pem", (int)port, dir.path);
	assert_string_equal(env_get(&env, "TOBS_SERVER"), where);
	assert_string_equal(env_get(&env, "PHONE_NUMBER"), "+9996620001");
	assert_string_equal(env_get(&env, "TOBS_LOGIN_CODE"), "22222");
	assert_null(env_get(&env, "TOBS_LOGIN_PASSWORD"));
	assert_int_equal(file_mode(tmpdir_file(&dir, ".env")), 0600);
	env_deinit(&env);

	sim_ask_to_stop(s);
	assert_ok(sim_wait(s));
	sim_stop(s);
	tobs_buf_deinit(&text);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return TOBS_OK;
}

static int refuses(void *arg)
{
	static const char *const wrong[] = { "plain,massages=50" };
	struct sim *s = NULL;

	(void)arg;
	assert_code(sim_start(&s, &(struct sim_options){ .synthetic = wrong, .synthetic_count = 1 },
			    &err),
		TOBS_EINVAL);
	assert_non_null(strstr(err.message, "massages"));
	assert_code(sim_start(&s, &(struct sim_options){ .faults = "rain=1" }, &err), TOBS_EINVAL);
	assert_code(sim_start(&s, &(struct sim_options){ .host = "localhost" }, &err), TOBS_EINVAL);
	write_file(tmpdir_file(&dir, ".env"), "API_ID=5\n", 9);
	assert_code(sim_start(&s, &(struct sim_options){ .folder = dir.path }, &err), TOBS_EEXISTS);
	assert_int_equal(file_size(tmpdir_file(&dir, ".env")), 9);
	assert_null(s);
	return TOBS_OK;
}

static void test_starts(void **state)
{
	(void)state;
	assert_ok(tobs_run(starts, NULL));
}

static void test_refuses(void **state)
{
	(void)state;
	assert_ok(tobs_run(refuses, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_starts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refuses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
