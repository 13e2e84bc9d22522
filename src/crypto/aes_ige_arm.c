/* SPDX-License-Identifier: MIT */
#include "crypto/aes_ige_engine.h"

#ifdef AES_IGE_HAVE_ARM

#include <arm_neon.h>
#include <string.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

#include "base/attr.h"
#include "base/endian.h"
#include "base/wipe.h"

/* The loops over rounds and lanes must vanish, or the states live in memory, not in registers. */
#ifdef __clang__
#define TARGET __attribute__((target("aes")))
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define TARGET __attribute__((target("+crypto")))
#define UNROLL _Pragma("GCC unroll 16")
#endif
/* Lanes and direction become constants in each copy. */
#define TARGET_INLINE TARGET __attribute__((always_inline)) static inline

static bool usable(void)
{
#if defined(__ARM_FEATURE_AES)
	return true; /* the whole build needs it */
#elif defined(__linux__)
	return getauxval(AT_HWCAP) & HWCAP_AES;
#else
	return false;
#endif
}

/* SubWord: with the word in all four columns the ShiftRows that comes along changes nothing. */
TARGET_INLINE uint32_t sub_word(uint32_t w)
{
	uint8x16_t v = vaeseq_u8(vreinterpretq_u8_u32(vdupq_n_u32(w)), vdupq_n_u8(0));

	return vgetq_lane_u32(vreinterpretq_u32_u8(v), 0);
}

/* FIPS 197, 5.2, on words in memory order. */
TARGET static void expand(uint8_t *schedule, const uint8_t *key, bool decrypts)
{
	uint32_t w[4 * (AES_IGE_ROUNDS + 1)], rcon = 1;

	memcpy(w, key, AES_IGE_KEY);
	for (unsigned i = 8; i < ARRAY_LEN(w); i++) {
		uint32_t t = w[i - 1];

		if (i % 8 == 0) {
			t = sub_word(t >> 8 | t << 24) ^ rcon;
			rcon <<= 1;
		} else if (i % 8 == 4) {
			t = sub_word(t);
		}
		w[i] = w[i - 8] ^ t;
	}
	/* The equivalent inverse cipher, FIPS 197, 5.3.5: backwards, the inner ones un-mixed. */
	for (unsigned i = 0; i <= AES_IGE_ROUNDS; i++) {
		uint8x16_t k = vreinterpretq_u8_u32(
			vld1q_u32(&w[4 * (decrypts ? AES_IGE_ROUNDS - i : i)]));

		if (decrypts && i > 0 && i < AES_IGE_ROUNDS)
			k = vaesimcq_u8(k);
		vst1q_u8(schedule + 16 * i, k);
	}
	mem_wipe(w, sizeof w);
}

/* A round but the last: XOR the key, then SubBytes, ShiftRows and MixColumns, or their inverses. */
TARGET_INLINE uint8x16_t round_of(uint8x16_t s, uint8x16_t k, const bool decrypts)
{
	return decrypts ? vaesimcq_u8(vaesdq_u8(s, k)) : vaesmcq_u8(vaeseq_u8(s, k));
}

/*
 * Only the AES instructions lie on the path from block to block. Each XORs its
 * round key at the beginning, so everything else is folded into the first one.
 * With u the state in front of the last round key,
 *
 *     y[i]   = u ^ k[14] ^ x[i-1]
 *     s[i+1] = first(u, k[14] ^ x[i-1] ^ x[i+1] ^ k[0])
 */
TARGET_INLINE void run_lanes(
	struct aes_ige_lane *lane, const unsigned lanes, size_t blocks, const bool decrypts)
{
	uint8x16_t u[AES_IGE_LANES], x[AES_IGE_LANES], before[AES_IGE_LANES], first[AES_IGE_LANES];

	UNROLL
	for (unsigned l = 0; l < lanes; l++) {
		before[l] = vld1q_u8(lane[l].x);
		x[l] = vld1q_u8(lane[l].in);
		u[l] = vld1q_u8(lane[l].y);
		first[l] = veorq_u8(x[l], vld1q_u8(lane[l].schedule));
	}
	for (size_t i = 0; i < blocks; i++) {
		const bool more = i + 1 < blocks;

		UNROLL
		for (unsigned l = 0; l < lanes; l++)
			u[l] = round_of(u[l], first[l], decrypts);
		UNROLL
		for (int r = 1; r < AES_IGE_ROUNDS - 1; r++) {
			UNROLL
			for (unsigned l = 0; l < lanes; l++)
				u[l] = round_of(
					u[l], vld1q_u8(lane[l].schedule + 16 * r), decrypts);
		}
		UNROLL
		for (unsigned l = 0; l < lanes; l++) {
			const uint8_t *keys = lane[l].schedule;
			uint8x16_t k = vld1q_u8(keys + 16 * (AES_IGE_ROUNDS - 1)), last, next;

			next = more ? vld1q_u8(lane[l].in + 16 * (i + 1)) : vdupq_n_u8(0);
			u[l] = decrypts ? vaesdq_u8(u[l], k) : vaeseq_u8(u[l], k);
			last = veorq_u8(vld1q_u8(keys + 16 * AES_IGE_ROUNDS), before[l]);
			vst1q_u8(lane[l].out + 16 * i, veorq_u8(u[l], last));
			first[l] = veorq_u8(veorq_u8(last, next), vld1q_u8(keys));
			before[l] = x[l];
			x[l] = next;
		}
	}
	UNROLL
	for (unsigned l = 0; l < lanes; l++) {
		vst1q_u8(lane[l].x, before[l]);
		memcpy(lane[l].y, lane[l].out + 16 * (blocks - 1), AES_IGE_BLOCK);
		lane[l].in += 16 * blocks;
		lane[l].out += 16 * blocks;
	}
}

TARGET static void run(struct aes_ige_lane *lane, unsigned lanes, size_t blocks, bool decrypts)
{
	switch (lanes * 2 + decrypts) {
	case 2: run_lanes(lane, 1, blocks, false); break;
	case 3: run_lanes(lane, 1, blocks, true); break;
	case 4: run_lanes(lane, 2, blocks, false); break;
	case 5: run_lanes(lane, 2, blocks, true); break;
	case 6: run_lanes(lane, 3, blocks, false); break;
	case 7: run_lanes(lane, 3, blocks, true); break;
	case 8: run_lanes(lane, 4, blocks, false); break;
	case 9: run_lanes(lane, 4, blocks, true); break;
	default: assert(false);
	}
}

const struct aes_ige_engine aes_ige_arm = { "ARMv8", usable, expand, run };

#endif
