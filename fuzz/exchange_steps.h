/* SPDX-License-Identifier: MIT */
/* An honest key exchange, of which every packet and both ends before it are kept. */
#ifndef FUZZ_EXCHANGE_STEPS_H
#define FUZZ_EXCHANGE_STEPS_H

#include <stdlib.h>
#include <string.h>
#include <tobs/tl.h>

#include "mtproto/exchange.h"
#include "mtproto/message.h"

/* The first byte of an input. */
enum {
	STEP_MASK = 3,     /* 0 to 2: which packet of its side */
	STEP_SERVER = 4,   /* the server reads it */
	STEP_SEALED = 8,   /* it is what stands encrypted in that packet */
	STEP_NONCES = 16,  /* the right nonces are put in */
	STEP_RAW = 32,     /* the packet itself, without a head put before it */
	STEP_OLD = 64,     /* the older RSA scheme */
	STEP_PROVEN = 128, /* the right proof is put in, in the last packet */
	STEPS = 3,
	PACKET_MAX = 4096,
};

struct exchange_steps {
	struct prng prng;
	struct rng rng;
	struct fake_clock clock;
	struct rsa_private *key;
	struct mt_exchange client[STEPS];        /* before it reads packet i */
	struct mt_exchange_server server[STEPS]; /* the same */
	struct tobs_buf to_client[STEPS], to_server[STEPS];
};

static void steps_must(bool ok)
{
	if (!ok)
		abort();
}

static void steps_init(struct exchange_steps *s)
{
	struct mt_exchange_options options = { .key_count = 1, .dc = 2, .expires_in = 3600 };
	struct mt_exchange client;
	struct mt_exchange_server server;

	s->prng.state = 17;
	s->rng = prng_rng(&s->prng);
	fake_clock_init(&s->clock, 1800000000ll * 1000000);
	steps_must(!rsa_private_generate(&s->rng, &s->key));
	options.keys = rsa_private_public(s->key);
	options.clock = &s->clock.clock;
	options.rng = &s->rng;
	for (int i = 0; i < STEPS; i++) {
		tobs_buf_init(&s->to_client[i], PACKET_MAX);
		tobs_buf_init(&s->to_server[i], PACKET_MAX);
	}
	mt_exchange_server_init(&server, s->key, &s->clock.clock, &s->rng);
	steps_must(!mt_exchange_start(&client, &options, &s->to_server[0]));
	for (int i = 0; i < STEPS; i++) {
		int r;

		s->server[i] = server;
		r = mt_exchange_server_receive(
			&server, tobs_buf_view(&s->to_server[i]), &s->to_client[i]);
		steps_must(r == (i + 1 < STEPS ? TOBS_EAGAIN : TOBS_OK));
		s->client[i] = client;
		r = mt_exchange_receive(&client, tobs_buf_view(&s->to_client[i]),
			i + 1 < STEPS ? &s->to_server[i + 1] : &s->to_client[i], NULL);
		steps_must(r == (i + 1 < STEPS ? TOBS_EAGAIN : TOBS_OK));
	}
}

/* The keys of what stands encrypted, which both know from the second answer on. */
static void steps_aes(const struct exchange_steps *s, struct kdf_aes *ret)
{
	kdf_exchange_aes(s->client[1].new_nonce, s->client[1].server_nonce, ret);
}

#endif
