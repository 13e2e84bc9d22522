/* SPDX-License-Identifier: MIT */
#include "sim/faults.h"

#include "support/failmem.h"
#include "support/test.h"

static void texts_and_json_say_the_same(void **state)
{
	static const char *const texts[] = {
		" latency=100, jitter=20,drop=200000,flood=messages.getHistory:10/30, error=help.*:500:X:50 ,",
		"{\"latency\":100,\"jitter\":\"20\",\"drop\":200000,\"flood\":[\"messages.getHistory:10/30\"],"
		"\"error\":\"help.*:500:X:50\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct tobs_err err = { 0 };
		struct sim_faults f;

		sim_faults_init(&f, 1);
		if (sim_faults_parse(&f, tobs_str(texts[i]), &err))
			fail_msg("%s", err.message);
		assert_int_equal(f.numbers[FAULT_LATENCY], 100);
		assert_int_equal(f.numbers[FAULT_JITTER], 20);
		assert_int_equal(f.numbers[FAULT_DROP], 200000);
		assert_int_equal(f.numbers[FAULT_SALT], 1800);
		assert_int_equal(f.rules.count, 2);
		assert_string_equal(f.rules.items[0].method, "messages.getHistory");
		assert_int_equal(f.rules.items[1].percent, 50);
		assert_ok(sim_faults_set(&f, tobs_str("flood"), tobs_str(""), NULL));
		assert_int_equal(f.rules.count, 1);
		sim_faults_deinit(&f);
	}
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text, *in_message;
	} cases[] = {
		{ "lag=5", "no fault \"lag\"" },
		{ "latency", "NAME=VALUE" },
		{ "latency=x", "\"x\": allowed are 0 to" },
		{ "duplicate=101", "allowed are 0 to 100" },
		{ "salt=0", "allowed are 1 to" },
		{ "flood=x", "METHOD:COUNT/SECONDS" },
		{ "flood=x:1", "METHOD:COUNT/SECONDS" },
		{ "flood=x:1/0", "METHOD:COUNT/SECONDS" },
		{ "flood=:1/2", "METHOD:COUNT/SECONDS" },
		{ "flood=x:1/2:0", "METHOD:COUNT/SECONDS" },
		{ "error=x:400", "METHOD:CODE:NAME" },
		{ "error=x:400:NAME:0", "METHOD:CODE:NAME" },
		{ "transport=404", "CODE[:PERCENT]" },
		{ "{\"latency\":", "faults" },
		{ "{\"latency\":{}}", "a number, a text or a list" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tobs_err err = { 0 };
		struct sim_faults f;

		sim_faults_init(&f, 1);
		assert_int_not_equal(sim_faults_parse(&f, tobs_str(cases[i].text), &err), TOBS_OK);
		if (!strstr(err.message, cases[i].in_message))
			fail_msg("%s: %s", cases[i].text, err.message);
		sim_faults_deinit(&f);
	}
}

static void floods(void **state)
{
	const int64_t s = 1000000;
	struct sim_fault_refusal no;
	struct sim_faults f;
	int64_t now = 1000 * s;

	(void)state;
	sim_faults_init(&f, 1);
	assert_ok(sim_faults_parse(
		&f, tobs_str("flood=messages.getHistory:3/10,premium=upload.*:1/5:7"), NULL));
	for (int i = 0; i < 3; i++)
		assert_false(sim_fault_refuses(&f, "messages.getHistory", 1, now, &no));
	assert_true(sim_fault_refuses(&f, "messages.getHistory", 1, now + 4 * s, &no));
	assert_int_equal(no.code, 420);
	assert_string_equal(no.name, "FLOOD_WAIT_6");
	/* Others are not concerned, nor is another method. */
	assert_false(sim_fault_refuses(&f, "messages.getHistory", 2, now, &no));
	assert_false(sim_fault_refuses(&f, "messages.getDialogs", 1, now, &no));
	/* Too early it is refused again; in time it goes on. */
	assert_true(sim_fault_refuses(&f, "messages.getHistory", 1, now + 9 * s, &no));
	assert_string_equal(no.name, "FLOOD_WAIT_1");
	for (int i = 0; i < 3; i++)
		assert_false(sim_fault_refuses(&f, "messages.getHistory", 1, now + 10 * s, &no));
	assert_true(sim_fault_refuses(&f, "messages.getHistory", 1, now + 10 * s, &no));
	assert_int_equal(f.rules.items[0].hits, 3);

	assert_false(sim_fault_refuses(&f, "upload.getFile", 1, now, &no));
	assert_true(sim_fault_refuses(&f, "upload.getFile", 1, now, &no));
	assert_string_equal(no.name, "FLOOD_PREMIUM_WAIT_7");
	sim_faults_deinit(&f);
}

static void chances_and_delays(void **state)
{
	struct sim_fault_refusal no;
	struct sim_faults f;
	struct tobs_buf out;
	int hits = 0, errors = 0, codes = 0;

	(void)state;
	sim_faults_init(&f, 5);
	assert_int_equal(sim_fault_delay(&f), 0);
	assert_false(sim_fault_chance(&f, FAULT_DUPLICATE));
	assert_int_equal(sim_fault_transport(&f), 0);
	assert_ok(sim_faults_parse(&f,
		tobs_str("latency=10,jitter=5,duplicate=30,error=*:500:OOPS:20,transport=-429:10"),
		NULL));
	for (int i = 0; i < 10000; i++) {
		assert_in_range(sim_fault_delay(&f), 10000, 15000);
		hits += sim_fault_chance(&f, FAULT_DUPLICATE);
		errors += sim_fault_refuses(&f, "anything", 1, 0, &no);
		codes += sim_fault_transport(&f) == -429;
	}
	assert_in_range(hits, 2700, 3300);
	assert_in_range(errors, 1700, 2300);
	assert_in_range(codes, 800, 1200);
	assert_int_equal(no.code, 500);
	assert_string_equal(no.name, "OOPS");
	tobs_buf_init(&out, 10000);
	assert_ok(sim_faults_print(&f, &out));
	assert_non_null(strstr(tobs_buf_str(&out), "\"latency\":10000"));
	assert_non_null(strstr(tobs_buf_str(&out), "\"kind\":\"error\",\"method\":\"*\""));
	tobs_buf_deinit(&out);
	sim_faults_deinit(&f);
}

static int parse_all(void *user)
{
	struct sim_faults f;
	int r;

	(void)user;
	sim_faults_init(&f, 1);
	r = sim_faults_parse(&f, tobs_str("{\"flood\":[\"a:1/2\",\"b:1/2\"],\"latency\":5}"), NULL);
	sim_faults_deinit(&f);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(parse_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_and_json_say_the_same),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(floods),
		cmocka_unit_test(chances_and_delays),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
