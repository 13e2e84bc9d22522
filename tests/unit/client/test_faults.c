/* SPDX-License-Identifier: MIT */
/* Everything the network and the servers do wrong, with many calls in flight. */
#include <tobs/client.h>

#include "client/page.h"
#include "support/sim_client.h"

enum { MESSAGES = 4000, PAGE = 100, FIBERS = 16 };

/* A chat fetched by several fibers, each taking the page that is next. */
struct crowd {
	struct stage *s;
	struct tobs_peer peer;
	int next;                   /* page */
	uint8_t seen[MESSAGES + 1]; /* how often each id came */
	size_t calls;
	int failure;
	struct tobs_err err;
};

static int fetch_page(struct crowd *c, int page, struct tobs_reply *reply)
{
	struct tobs_peer_input room;
	const struct tl_messages_getHistory query = { .peer = tobs_peer_input(&c->peer, &room),
		.offset_id = page * PAGE + 1,
		.add_offset = -PAGE,
		.limit = PAGE };
	const union tl_messages_Messages *answer;
	struct message_page got;
	int r = tobs_messages_getHistory(c->s->c, &query, reply, &answer, &c->err);

	c->calls++;
	if (r)
		return r;
	if (!message_page_of(answer, &got))
		return TOBS_EPROTO;
	for (uint32_t i = 0; i < got.messages.count; i++) {
		int32_t id = message_id(got.messages.items[i]);

		if (id < 1 || id > MESSAGES)
			return TOBS_EPROTO;
		c->seen[id]++;
	}
	return TOBS_OK;
}

static int fetcher(void *arg)
{
	struct crowd *c = arg;
	struct tobs_reply reply = TOBS_REPLY_INIT;
	int r = TOBS_OK;

	while (!r && c->next < MESSAGES / PAGE)
		r = fetch_page(c, c->next++, &reply);
	tobs_reply_deinit(&reply);
	if (r)
		c->failure = r;
	return r;
}

static void fetch_all(struct crowd *c)
{
	struct tobs_group g;

	c->next = 0;
	c->calls = 0;
	memset(c->seen, 0, sizeof c->seen);
	tobs_group_init(&g, TOBS_GROUP_FAIL_FAST);
	for (int i = 0; i < FIBERS; i++)
		assert_ok(tobs_group_spawn(&g, fetcher, c, NULL));
	if (tobs_group_wait(&g))
		fail_msg("%s (%s)", c->err.message, tobs_error_name(c->failure));
	for (int32_t id = 1; id <= MESSAGES; id++)
		if (c->seen[id] != 1)
			fail_msg("message %d came %d times", (int)id, c->seen[id]);
}

static void start(struct stage *s, struct crowd *c)
{
	*c = (struct crowd){ .s = s, .peer = stage_chat(s, "mixed,messages=4000,step=50") };
	stage_login(s);
}

static uint64_t hits(const struct stage *s, enum sim_fault_number n)
{
	return sim_server_faults(s->server)->hits[n];
}

/* All of it under a fault, which must have happened; and no query was carried out twice. */
static void under(struct stage *s, const char *faults, enum sim_fault_number n)
{
	static struct crowd c;
	uint64_t before, calls = 0;

	start(s, &c);
	before = hits(s, n);
	stage_faults(s, faults);
	/* Some happen by chance: until it did. */
	for (int i = 0; i < 20 && (i == 0 || hits(s, n) == before); i++) {
		fetch_all(&c);
		assert_int_equal(c.calls, MESSAGES / PAGE);
		calls += c.calls;
	}
	assert_true(hits(s, n) > before);
	assert_int_equal(stage_count(s, TL_messages_getHistory), calls);
}

STAGE_TEST(latency_and_jitter)
{
	under(s, "latency=100,jitter=60", FAULT_LATENCY);
}

STAGE_TEST(little_bandwidth)
{
	under(s, "bandwidth=200000", FAULT_BANDWIDTH);
}

STAGE_TEST(connections_that_break)
{
	under(s, "drop=200000", FAULT_DROP);
}

STAGE_TEST(connections_that_fall_silent)
{
	under(s, "halfopen=200000", FAULT_HALFOPEN);
}

STAGE_TEST(messages_twice)
{
	under(s, "duplicate=50", FAULT_DUPLICATE);
}

STAGE_TEST(answers_in_any_order)
{
	under(s, "reorder=50", FAULT_REORDER);
}

STAGE_TEST(salts_that_are_wrong)
{
	under(s, "badsalt=40,latency=10,jitter=60", FAULT_BADSALT);
}

STAGE_TEST(answers_in_gzip)
{
	static struct crowd c;

	start(s, &c);
	stage_faults(s, "gzip=1");
	sim_server_break(s->server); /* it is asked for when a connection begins */
	fetch_all(&c);
	assert_int_equal(stage_count(s, TL_messages_getHistory), c.calls);
}

STAGE_TEST(a_clock_that_is_wrong)
{
	static struct crowd c;

	stage_faults(s, "skew=-4000");
	start(s, &c);
	fetch_all(&c);
	stage_faults(s, "skew=500");
	fetch_all(&c);
	assert_int_equal(stage_count(s, TL_messages_getHistory), 2 * c.calls);
}

STAGE_TEST(trouble_inside)
{
	static struct crowd c;

	start(s, &c);
	stage_faults(s,
		"error=messages.getHistory:500:RPC_CALL_FAIL:20,"
		"error=messages.getHistory:-503:Timeout:20");
	s->options.call_retries = 50;
	stage_reopen(s);
	fetch_all(&c);
	assert_true(stage_count(s, TL_messages_getHistory) > c.calls);
	/* Once it is too much. */
	stage_faults(s, "error=,error=messages.getHistory:500:RPC_MCGET_FAIL");
	s->options.call_retries = 3;
	stage_reopen(s);
	{
		uint64_t before = stage_count(s, TL_messages_getHistory);

		assert_code(fetch_page(&c, 0, &s->reply), TOBS_ERPC);
		assert_string_equal(c.err.name, "RPC_MCGET_FAIL");
		assert_int_equal(c.err.status, 500);
		assert_int_equal(stage_count(s, TL_messages_getHistory) - before, 4);
	}
}

STAGE_TEST(transport_errors)
{
	static struct crowd c;

	start(s, &c);
	stage_faults(s, "transport=-429:60,drop=200000");
	fetch_all(&c);
	assert_int_equal(stage_count(s, TL_messages_getHistory), c.calls);
	stage_faults(s, "transport=,transport=-404:10");
	sim_server_break(s->server);
	fetch_all(&c);
	assert_true(tobs_client_authorized(s->c));
}

STAGE_TEST(servers_that_restart)
{
	static struct crowd c;
	struct tobs_group g;

	start(s, &c);
	stage_faults(s, "latency=300");
	tobs_group_init(&g, 0);
	for (int i = 0; i < FIBERS; i++)
		assert_ok(tobs_group_spawn(&g, fetcher, &c, NULL));
	for (int i = 0; i < 5; i++) {
		assert_ok(tobs_sleep(170));
		sim_server_break(s->server);
	}
	assert_ok(tobs_group_wait(&g));
	for (int32_t id = 1; id <= MESSAGES; id++)
		assert_int_equal(c.seen[id], 1);
	assert_int_equal(stage_count(s, TL_messages_getHistory), c.calls);
}

STAGE_TEST(all_at_once)
{
	under(s,
		"latency=40,jitter=30,drop=200000,duplicate=20,reorder=30,badsalt=10,gzip=1,"
		"salt=60",
		FAULT_DROP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latency_and_jitter),
		cmocka_unit_test(little_bandwidth),
		cmocka_unit_test(connections_that_break),
		cmocka_unit_test(connections_that_fall_silent),
		cmocka_unit_test(messages_twice),
		cmocka_unit_test(answers_in_any_order),
		cmocka_unit_test(salts_that_are_wrong),
		cmocka_unit_test(answers_in_gzip),
		cmocka_unit_test(a_clock_that_is_wrong),
		cmocka_unit_test(trouble_inside),
		cmocka_unit_test(transport_errors),
		cmocka_unit_test(servers_that_restart),
		cmocka_unit_test(all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
