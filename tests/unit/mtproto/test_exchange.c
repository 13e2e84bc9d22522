/* SPDX-License-Identifier: MIT */
#include "mtproto/exchange.h"

#include <tobs/tl.h>

#include "base/endian.h"
#include "crypto/telegram_keys.h"
#include "mtproto/bind.h"
#include "mtproto/message.h"
#include "support/failmem.h"
#include "support/test.h"

static struct rsa_private *key;
static struct prng prng = { 20260101 };
static struct rng rng;
static struct fake_clock server_clock, client_clock;

struct two {
	struct mt_exchange client;
	struct mt_exchange_server server;
	struct tobs_buf up, down;
	int client_result, server_result;
	int rounds;
};

static int setup_key(void **state)
{
	(void)state;
	rng = prng_rng(&prng);
	fake_clock_init(&server_clock, 1800000000ll * 1000000);
	fake_clock_init(&client_clock, 1700000000ll * 1000000);
	return rsa_private_generate(&rng, &key);
}

static int teardown_key(void **state)
{
	(void)state;
	rsa_private_free(key);
	return 0;
}

static struct mt_exchange_options defaults(void)
{
	return (struct mt_exchange_options){ .keys = rsa_private_public(key),
		.key_count = 1,
		.dc = 2,
		.clock = &client_clock.clock,
		.rng = &rng };
}

static void two_init(struct two *t, const struct mt_exchange_options *options)
{
	memset(t, 0, sizeof *t);
	tobs_buf_init(&t->up, 1 << 16);
	tobs_buf_init(&t->down, 1 << 16);
	mt_exchange_server_init(&t->server, key, &server_clock.clock, &rng);
	assert_ok(mt_exchange_start(&t->client, options, &t->up));
}

static void two_deinit(struct two *t)
{
	mt_exchange_deinit(&t->client);
	mt_exchange_server_deinit(&t->server);
	tobs_buf_deinit(&t->up);
	tobs_buf_deinit(&t->down);
}

static void step_server(struct two *t)
{
	tobs_buf_clear(&t->down);
	t->server_result = mt_exchange_server_receive(&t->server, tobs_buf_view(&t->up), &t->down);
	tobs_buf_clear(&t->up);
}

static void step_client(struct two *t, struct tobs_err *err)
{
	t->client_result = mt_exchange_receive(&t->client, tobs_buf_view(&t->down), &t->up, err);
	t->rounds++;
}

static void talk(struct two *t)
{
	struct tobs_err err = { 0 };

	do {
		step_server(t);
		if (t->server_result != TOBS_OK && t->server_result != TOBS_EAGAIN)
			return;
		step_client(t, &err);
	} while (t->client_result == TOBS_EAGAIN);
	if (t->client_result)
		print_message("%s\n", err.message);
}

static void expect_agreement(struct two *t)
{
	const struct mt_agreed *c = &t->client.agreed, *s = &t->server.agreed;

	assert_code(t->client_result, TOBS_OK);
	assert_code(t->server_result, TOBS_OK);
	assert_memory_equal(c->key.bytes, s->key.bytes, AUTH_KEY_BYTES);
	assert_int_equal(c->key.id, s->key.id);
	assert_int_not_equal(c->key.id, 0);
	assert_int_equal(c->salt, s->salt);
	assert_int_equal(c->time_offset, 100000000ll * 1000000);
}

static void a_permanent_key(void **state)
{
	struct mt_exchange_options options = defaults();
	struct two t;

	(void)state;
	two_init(&t, &options);
	talk(&t);
	expect_agreement(&t);
	assert_int_equal(t.rounds, 3);
	assert_int_equal(t.server.agreed.dc, 2);
	assert_int_equal(t.server.agreed.expires_at, 0);
	two_deinit(&t);
}

static void a_temporary_key(void **state)
{
	struct mt_exchange_options options = defaults();
	struct two t;

	(void)state;
	options.expires_in = 86400;
	options.dc = -4;
	two_init(&t, &options);
	talk(&t);
	expect_agreement(&t);
	assert_int_equal(t.server.agreed.dc, -4);
	assert_int_equal(t.server.agreed.expires_at, 1800000000 + 86400);
	assert_int_equal(t.client.agreed.expires_at, 1800000000 + 86400);
	two_deinit(&t);
}

static void the_older_scheme(void **state)
{
	struct mt_exchange_options options = defaults();
	struct two t;

	(void)state;
	options.sha1_scheme = true;
	two_init(&t, &options);
	talk(&t);
	expect_agreement(&t);
	two_deinit(&t);
}

static void two_keys_over_one_connection(void **state)
{
	struct mt_exchange_options options = defaults();
	struct auth_key first;
	struct two t;

	(void)state;
	two_init(&t, &options);
	talk(&t);
	first = t.server.agreed.key;
	assert_ok(mt_exchange_start(&t.client, &options, &t.up));
	talk(&t);
	expect_agreement(&t);
	assert_int_not_equal(t.server.agreed.key.id, first.id);
	two_deinit(&t);
}

static void retries_and_refusals(void **state)
{
	struct mt_exchange_options options = defaults();
	struct two t;

	(void)state;
	two_init(&t, &options);
	t.server.force_retries = 2;
	talk(&t);
	expect_agreement(&t);
	assert_int_equal(t.rounds, 5);
	two_deinit(&t);

	two_init(&t, &options);
	t.server.force_retries = 100;
	talk(&t);
	assert_code(t.client_result, TOBS_EAUTH);
	two_deinit(&t);

	two_init(&t, &options);
	t.server.force_fail = true;
	talk(&t);
	assert_code(t.client_result, TOBS_EAUTH);
	two_deinit(&t);
}

static void a_server_with_another_key(void **state)
{
	struct mt_exchange_options options = defaults();
	struct tobs_err err = { 0 };
	struct two t;

	(void)state;
	options.keys = &telegram_key_production;
	two_init(&t, &options);
	step_server(&t);
	step_client(&t, &err);
	assert_code(t.client_result, TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "none of the public keys"));
	/* Over is over. */
	step_client(&t, &err);
	assert_code(t.client_result, TOBS_EPROTO);
	two_deinit(&t);
}

/* What the error says is what the call returns, although the decoder had another word for it. */
static void an_unreadable_answer_has_one_code(void **state)
{
	struct mt_exchange_options options = defaults();
	struct tobs_err err = { 0 };
	struct two t;

	(void)state;
	two_init(&t, &options);
	tobs_buf_clear(&t.down);
	assert_ok(mt_seal_plain(&t.down, 1, tobs_view(NULL, 0)));
	step_client(&t, &err);
	assert_code(t.client_result, TOBS_EPROTO);
	assert_code(err.code, TOBS_EPROTO);
	assert_non_null(strstr(err.message, "key exchange"));
	two_deinit(&t);
}

/*
 * Every packet of the exchange, cut and flipped. Nothing passes unnoticed: a
 * change ends in a refusal by one side, never in two different keys.
 */
static void tampering_is_noticed(void **state)
{
	struct mt_exchange_options options = defaults();

	(void)state;
	for (int i = 0; i < 160; i++) {
		int target = i % 6; /* which packet */
		struct two t;
		struct tobs_buf *victim;

		two_init(&t, &options);
		for (int at = 0;; at++) {
			victim = at % 2 ? &t.down : &t.up;
			if (at == target) {
				/* Not in msg_id, which nobody looks at here. */
				size_t pos = 16 + prng_below(&prng, victim->len - 16);

				if (i % 7 == 0)
					tobs_buf_truncate(victim, pos & ~3ul);
				else
					victim->ptr[pos] ^= (uint8_t)(1 << prng_below(&prng, 8));
			}
			if (at % 2 == 0)
				step_server(&t);
			else
				step_client(&t, NULL);
			if (at % 2 == 0 && t.server_result != TOBS_OK &&
				t.server_result != TOBS_EAGAIN)
				break;
			if (at % 2 == 1 && t.client_result != TOBS_EAGAIN)
				break;
		}
		if (t.client_result == TOBS_OK)
			assert_memory_equal(t.client.agreed.key.bytes, t.server.agreed.key.bytes,
				AUTH_KEY_BYTES);
		two_deinit(&t);
	}
}

static int open_plain_tl(struct tobs_view packet, struct tobs_arena *arena, const void **ret)
{
	struct mt_message m;
	int r = mt_open_plain(packet, &m);

	return r ? r : tl_decode(m.body, arena, ret, NULL, NULL);
}

static void say_plain(struct two *t, const void *object)
{
	struct tobs_buf body;

	tobs_buf_init(&body, 10000);
	tobs_buf_clear(&t->down);
	assert_ok(tl_encode(&body, object, NULL));
	assert_ok(mt_seal_plain(&t->down, 1, tobs_buf_view(&body)));
	tobs_buf_deinit(&body);
}

static void a_lying_server(void **state)
{
	struct mt_exchange_options options = defaults();
	int64_t fingerprint = (int64_t)rsa_private_public(key)->fingerprint;
	const struct tl_req_pq_multi *req;
	struct tl_resPQ res = { .ctor = TL_resPQ,
		.server_public_key_fingerprints = { 1, &fingerprint } };
	static const char *const bad_pq[] = { "", "\0", "\x01", "\x11", "\x40",
		"\xff\xff\xff\xff\xff\xff\xff\xff", "123456789" };
	struct tobs_arena arena;
	struct two t;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(bad_pq); i++) {
		two_init(&t, &options);
		assert_ok(open_plain_tl(tobs_buf_view(&t.up), &arena, (const void **)&req));
		memcpy(res.nonce, req->nonce, 16);
		res.pq = i == 1 ? tobs_view("\0", 1) : tobs_str(bad_pq[i]);
		say_plain(&t, &res);
		step_client(&t, NULL);
		assert_code(t.client_result, TOBS_ECRYPTO);
		two_deinit(&t);
	}
	/* Another nonce, and an answer that does not belong here. */
	two_init(&t, &options);
	memset(res.nonce, 0, 16);
	say_plain(&t, &res);
	step_client(&t, NULL);
	assert_code(t.client_result, TOBS_ECRYPTO);
	two_deinit(&t);
	two_init(&t, &options);
	say_plain(&t, TL(pong, .ping_id = 1));
	step_client(&t, NULL);
	assert_code(t.client_result, TOBS_EPROTO);
	two_deinit(&t);
	tobs_arena_deinit(&arena);
}

static void a_server_refuses_what_is_out_of_order(void **state)
{
	struct mt_exchange_server s;
	struct tobs_buf packet, out, body;

	(void)state;
	tobs_buf_init(&packet, 10000);
	tobs_buf_init(&out, 10000);
	tobs_buf_init(&body, 10000);
	mt_exchange_server_init(&s, key, &server_clock.clock, &rng);
	assert_ok(tl_encode(&body,
		TL(req_DH_params, .p = tobs_str("a"), .q = tobs_str("b"),
			.encrypted_data = tobs_str("c")),
		NULL));
	assert_ok(mt_seal_plain(&packet, 4, tobs_buf_view(&body)));
	assert_code(mt_exchange_server_receive(&s, tobs_buf_view(&packet), &out), TOBS_EPROTO);
	tobs_buf_clear(&body);
	tobs_buf_clear(&packet);
	assert_ok(tl_encode(&body, TL0(help_getConfig), NULL));
	assert_ok(mt_seal_plain(&packet, 4, tobs_buf_view(&body)));
	assert_code(mt_exchange_server_receive(&s, tobs_buf_view(&packet), &out), TOBS_EPROTO);
	assert_code(mt_exchange_server_receive(&s, tobs_str("short"), &out), TOBS_EPROTO);
	mt_exchange_server_deinit(&s);
	tobs_buf_deinit(&packet);
	tobs_buf_deinit(&out);
	tobs_buf_deinit(&body);
}

static void binding_a_temporary_key(void **state)
{
	struct mt_bind b = { .nonce = 5, .temp_key_id = 6, .session_id = 8, .expires_at = 9 }, got;
	uint8_t bytes[AUTH_KEY_BYTES], sealed[MT_BIND_BYTES];
	struct auth_key perm, other;

	(void)state;
	rng_fill(&rng, bytes, sizeof bytes);
	auth_key_set(&perm, bytes);
	bytes[0] ^= 1;
	auth_key_set(&other, bytes);
	b.perm_key_id = perm.id;
	assert_ok(mt_bind_seal(&b, &perm, 0x1234567890, &rng, sealed));
	assert_ok(mt_bind_open(tobs_view(sealed, sizeof sealed), &perm, 0x1234567890, &got));
	assert_true(got.nonce == b.nonce && got.temp_key_id == b.temp_key_id &&
		got.perm_key_id == b.perm_key_id && got.session_id == b.session_id &&
		got.expires_at == b.expires_at);
	assert_code(mt_bind_open(tobs_view(sealed, sizeof sealed), &perm, 0x1234567894, &got),
		TOBS_ECRYPTO);
	assert_code(mt_bind_open(tobs_view(sealed, sizeof sealed), &other, 0x1234567890, &got),
		TOBS_ECRYPTO);
	for (size_t i = 0; i < sizeof sealed - 16; i++) {
		sealed[i] ^= 4;
		assert_code(
			mt_bind_open(tobs_view(sealed, sizeof sealed), &perm, 0x1234567890, &got),
			TOBS_ECRYPTO);
		sealed[i] ^= 4;
	}
	for (size_t n = 0; n < sizeof sealed; n++)
		assert_code(mt_bind_open(tobs_view(sealed, n), &perm, 0x1234567890, &got),
			TOBS_ECRYPTO);
}

static int whole_exchange(void *user)
{
	struct mt_exchange_options options = defaults();
	struct mt_exchange client = { 0 };
	struct mt_exchange_server server;
	struct tobs_buf up, down;
	int r;

	(void)user;
	tobs_buf_init(&up, 1 << 16);
	tobs_buf_init(&down, 1 << 16);
	mt_exchange_server_init(&server, key, &server_clock.clock, &rng);
	r = mt_exchange_start(&client, &options, &up);
	while (!r || r == TOBS_EAGAIN) {
		tobs_buf_clear(&down);
		r = mt_exchange_server_receive(&server, tobs_buf_view(&up), &down);
		if (r && r != TOBS_EAGAIN)
			break;
		tobs_buf_clear(&up);
		r = mt_exchange_receive(&client, tobs_buf_view(&down), &up, NULL);
		if (r != TOBS_EAGAIN)
			break;
	}
	mt_exchange_deinit(&client);
	mt_exchange_server_deinit(&server);
	tobs_buf_deinit(&up);
	tobs_buf_deinit(&down);
	/* A decoder without memory cannot tell hostile data from its own trouble. */
	return r == TOBS_EPROTO || r == TOBS_ECRYPTO ? TOBS_ENOMEM : r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(whole_exchange, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_permanent_key),
		cmocka_unit_test(a_temporary_key),
		cmocka_unit_test(the_older_scheme),
		cmocka_unit_test(two_keys_over_one_connection),
		cmocka_unit_test(retries_and_refusals),
		cmocka_unit_test(a_server_with_another_key),
		cmocka_unit_test(an_unreadable_answer_has_one_code),
		cmocka_unit_test(tampering_is_noticed),
		cmocka_unit_test(a_lying_server),
		cmocka_unit_test(a_server_refuses_what_is_out_of_order),
		cmocka_unit_test(binding_a_temporary_key),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, setup_key, teardown_key);
}
