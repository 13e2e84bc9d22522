/* SPDX-License-Identifier: MIT */
#include "crypto/aes_ige_engine.h"

#ifdef AES_IGE_HAVE_X86

#include <immintrin.h>

#include "base/attr.h"
#include "base/wipe.h"

#define TARGET __attribute__((target("aes,sse2")))
/* Lanes and direction become constants in each copy. */
#define TARGET_INLINE TARGET __attribute__((always_inline)) static inline

static bool usable(void)
{
	return __builtin_cpu_supports("aes");
}

/* The loops over rounds and lanes must vanish, or the states live in memory, not in registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* FIPS 197, 5.2: w ^= w << 32 ^ w << 64 ^ w << 96, then the word from the half before. */
TARGET_INLINE __m128i mix_words(__m128i w, __m128i word)
{
	w = _mm_xor_si128(w, _mm_slli_si128(w, 4));
	w = _mm_xor_si128(w, _mm_slli_si128(w, 8));
	return _mm_xor_si128(w, word);
}

/* Even round keys take RotWord, SubWord and a constant, the odd ones of AES-256 SubWord only. */
#define NEXT_EVEN(k, i, rcon) \
	k[i] = mix_words(     \
		k[(i)-2], _mm_shuffle_epi32(_mm_aeskeygenassist_si128(k[(i)-1], rcon), 0xff))
#define NEXT_ODD(k, i) \
	k[i] = mix_words(k[(i)-2], _mm_shuffle_epi32(_mm_aeskeygenassist_si128(k[(i)-1], 0), 0xaa))

TARGET static void expand(uint8_t *schedule, const uint8_t *key, bool decrypts)
{
	__m128i k[AES_IGE_ROUNDS + 1], *to = (__m128i *)(void *)schedule;

	k[0] = _mm_loadu_si128((const __m128i *)(const void *)key);
	k[1] = _mm_loadu_si128((const __m128i *)(const void *)(key + 16));
	NEXT_EVEN(k, 2, 0x01);
	NEXT_ODD(k, 3);
	NEXT_EVEN(k, 4, 0x02);
	NEXT_ODD(k, 5);
	NEXT_EVEN(k, 6, 0x04);
	NEXT_ODD(k, 7);
	NEXT_EVEN(k, 8, 0x08);
	NEXT_ODD(k, 9);
	NEXT_EVEN(k, 10, 0x10);
	NEXT_ODD(k, 11);
	NEXT_EVEN(k, 12, 0x20);
	NEXT_ODD(k, 13);
	NEXT_EVEN(k, 14, 0x40);
	/* The equivalent inverse cipher, FIPS 197, 5.3.5: backwards, the inner ones un-mixed. */
	for (int i = 0; i <= AES_IGE_ROUNDS; i++) {
		__m128i w = k[decrypts ? AES_IGE_ROUNDS - i : i];

		if (decrypts && i > 0 && i < AES_IGE_ROUNDS)
			w = _mm_aesimc_si128(w);
		_mm_store_si128(&to[i], w);
	}
	mem_wipe(k, sizeof k);
}

TARGET_INLINE __m128i load(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

TARGET_INLINE void store(uint8_t *p, __m128i v)
{
	_mm_storeu_si128((__m128i *)(void *)p, v);
}

TARGET_INLINE __m128i round_key(const uint8_t *schedule, int i)
{
	return _mm_load_si128((const __m128i *)(const void *)schedule + i);
}

/*
 * Only the 14 AES instructions lie on the path from block to block. Each XORs
 * its round key at the end, so everything else is folded into the last one, as
 * k[14] ^ x[i-1] gives y[i], and with x[i+1] ^ k[0] in it as well the very state
 * the next block starts from:
 *
 *     s[i+1] = last(s[i], k[14] ^ x[i-1] ^ x[i+1] ^ k[0])
 *     y[i]   = s[i+1] ^ x[i+1] ^ k[0]
 *
 * The last block has nothing behind it; a zero block stands in for x[i+1].
 */
TARGET_INLINE void run_lanes(
	struct aes_ige_lane *lane, const unsigned lanes, size_t blocks, const bool decrypts)
{
	__m128i s[AES_IGE_LANES], x[AES_IGE_LANES], next[AES_IGE_LANES], before[AES_IGE_LANES];

	UNROLL
	for (unsigned l = 0; l < lanes; l++) {
		before[l] = load(lane[l].x);
		x[l] = load(lane[l].in);
		s[l] = _mm_xor_si128(
			_mm_xor_si128(x[l], load(lane[l].y)), round_key(lane[l].schedule, 0));
	}
	for (size_t i = 0; i < blocks; i++) {
		const bool more = i + 1 < blocks;

		UNROLL
		for (unsigned l = 0; l < lanes; l++)
			next[l] = more ? load(lane[l].in + 16 * (i + 1)) : _mm_setzero_si128();
		UNROLL
		for (int r = 1; r < AES_IGE_ROUNDS; r++) {
			UNROLL
			for (unsigned l = 0; l < lanes; l++) {
				__m128i k = round_key(lane[l].schedule, r);

				s[l] = decrypts ? _mm_aesdec_si128(s[l], k)
						: _mm_aesenc_si128(s[l], k);
			}
		}
		UNROLL
		for (unsigned l = 0; l < lanes; l++) {
			__m128i in = _mm_xor_si128(next[l], round_key(lane[l].schedule, 0));
			__m128i k = _mm_xor_si128(_mm_xor_si128(before[l], in),
				round_key(lane[l].schedule, AES_IGE_ROUNDS));

			s[l] = decrypts ? _mm_aesdeclast_si128(s[l], k)
					: _mm_aesenclast_si128(s[l], k);
			store(lane[l].out + 16 * i, _mm_xor_si128(s[l], in));
			before[l] = x[l];
			x[l] = next[l];
		}
	}
	UNROLL
	for (unsigned l = 0; l < lanes; l++) {
		store(lane[l].x, before[l]);
		store(lane[l].y, load(lane[l].out + 16 * (blocks - 1)));
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

const struct aes_ige_engine aes_ige_x86 = { "x86 AES-NI", usable, expand, run };

#endif
