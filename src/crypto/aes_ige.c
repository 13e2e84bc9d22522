/* SPDX-License-Identifier: MIT */
#include "crypto/aes_ige.h"

#include <string.h>
#include <tobs/err.h>

#include "base/attr.h"
#include "base/wipe.h"
#include "crypto/aes_ige_engine.h"

static const struct aes_ige_engine *const engines[] = {
	[AES_IGE_PORTABLE] = &aes_ige_portable,
#ifdef AES_IGE_HAVE_X86
	[AES_IGE_X86] = &aes_ige_x86,
#endif
#ifdef AES_IGE_HAVE_ARM
	[AES_IGE_ARM] = &aes_ige_arm,
#endif
};

static const struct aes_ige_engine *best_engine(void)
{
	static const struct aes_ige_engine *best;
	const struct aes_ige_engine *found = __atomic_load_n(&best, __ATOMIC_RELAXED);

	if (LIKELY(found))
		return found;
	/* The later in the list the faster. Threads that race here find the same. */
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		if (engines[i] && engines[i]->usable())
			found = engines[i];
	}
	__atomic_store_n(&best, found, __ATOMIC_RELAXED);
	return found;
}

const char *aes_ige_engine_name(void)
{
	return best_engine()->name;
}

static void key_set(struct aes_ige_key *k, const struct aes_ige_engine *engine, const uint8_t *key,
	bool decrypts)
{
	k->engine = engine;
	k->decrypts = decrypts;
	engine->expand(k->schedule, key, decrypts);
}

void aes_ige_key_encrypt(struct aes_ige_key *k, const uint8_t key[AES_IGE_KEY])
{
	key_set(k, best_engine(), key, false);
}

void aes_ige_key_decrypt(struct aes_ige_key *k, const uint8_t key[AES_IGE_KEY])
{
	key_set(k, best_engine(), key, true);
}

int aes_ige_key_for(struct aes_ige_key *k, enum aes_ige_engine_id id,
	const uint8_t key[AES_IGE_KEY], bool decrypts)
{
	if ((size_t)id >= ARRAY_LEN(engines) || !engines[id] || !engines[id]->usable())
		return TOBS_EUNSUPPORTED;
	key_set(k, engines[id], key, decrypts);
	return TOBS_OK;
}

void aes_ige_key_wipe(struct aes_ige_key *k)
{
	mem_wipe(k, sizeof *k);
}

/* The IV holds c[0] and then p[0]: y is the cipher side when encrypting, x when decrypting. */
static void lane_start(struct aes_ige_lane *lane, const struct aes_ige_job *job)
{
	const uint8_t *cipher = job->iv, *plain = job->iv + AES_IGE_BLOCK;

	lane->schedule = job->key->schedule;
	lane->in = job->in;
	lane->out = job->out;
	memcpy(lane->x, job->key->decrypts ? cipher : plain, AES_IGE_BLOCK);
	memcpy(lane->y, job->key->decrypts ? plain : cipher, AES_IGE_BLOCK);
}

static void lane_finish(struct aes_ige_lane *lane, const struct aes_ige_job *job)
{
	uint8_t *cipher = job->iv, *plain = job->iv + AES_IGE_BLOCK;

	memcpy(job->key->decrypts ? cipher : plain, lane->x, AES_IGE_BLOCK);
	memcpy(job->key->decrypts ? plain : cipher, lane->y, AES_IGE_BLOCK);
}

int aes_ige_run(
	const struct aes_ige_key *k, uint8_t iv[AES_IGE_IV], const void *in, void *out, size_t len)
{
	const struct aes_ige_job job = { k, iv, in, out, len };

	return aes_ige_run_many(&job, 1);
}

int aes_ige_run_many(const struct aes_ige_job *jobs, size_t n)
{
	struct aes_ige_lane lane[AES_IGE_LANES];
	const struct aes_ige_job *job[AES_IGE_LANES];
	size_t left[AES_IGE_LANES]; /* blocks still to do */
	unsigned lanes = 0;

	for (size_t i = 0; i < n; i++) {
		if (jobs[i].len % AES_IGE_BLOCK || jobs[i].key->engine != jobs[0].key->engine ||
			jobs[i].key->decrypts != jobs[0].key->decrypts)
			return TOBS_EINVAL;
	}
	for (size_t next = 0; next < n || lanes > 0;) {
		size_t blocks = SIZE_MAX;

		for (; lanes < AES_IGE_LANES && next < n; next++) {
			if (jobs[next].len == 0)
				continue;
			job[lanes] = &jobs[next];
			left[lanes] = jobs[next].len / AES_IGE_BLOCK;
			lane_start(&lane[lanes++], &jobs[next]);
		}
		if (lanes == 0)
			break;
		for (unsigned i = 0; i < lanes; i++)
			blocks = MIN(blocks, left[i]);
		jobs[0].key->engine->run(lane, lanes, blocks, jobs[0].key->decrypts);
		/* From behind, so that what moves into a gap has been looked at. */
		for (unsigned i = lanes; i-- > 0;) {
			left[i] -= blocks;
			if (left[i])
				continue;
			lane_finish(&lane[i], job[i]);
			lanes--;
			lane[i] = lane[lanes];
			job[i] = job[lanes];
			left[i] = left[lanes];
		}
	}
	return TOBS_OK;
}

static int run_once(
	const uint8_t *key, const uint8_t *iv, const void *in, void *out, size_t len, bool decrypts)
{
	struct aes_ige_key k;
	uint8_t moving[AES_IGE_IV];
	int r;

	key_set(&k, best_engine(), key, decrypts);
	memcpy(moving, iv, sizeof moving);
	r = aes_ige_run(&k, moving, in, out, len);
	aes_ige_key_wipe(&k);
	mem_wipe(moving, sizeof moving);
	return r;
}

int aes_ige_encrypt(const uint8_t key[AES_IGE_KEY], const uint8_t iv[AES_IGE_IV], const void *in,
	void *out, size_t len)
{
	return run_once(key, iv, in, out, len, false);
}

int aes_ige_decrypt(const uint8_t key[AES_IGE_KEY], const uint8_t iv[AES_IGE_IV], const void *in,
	void *out, size_t len)
{
	return run_once(key, iv, in, out, len, true);
}
