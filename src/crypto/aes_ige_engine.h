/* SPDX-License-Identifier: MIT */
/*
 * What an engine of AES-IGE gives to aes_ige.c. To it both directions look the
 * same, with x the input blocks, y the output blocks and F the cipher or its
 * inverse:
 *
 *     y[i] = F(x[i] ^ y[i-1]) ^ x[i-1]
 *
 * An engine may rely on: schedules are its own, blocks is not 0, lanes is 1 to
 * AES_IGE_LANES, all schedules are for the same direction.
 */
#ifndef CRYPTO_AES_IGE_ENGINE_H
#define CRYPTO_AES_IGE_ENGINE_H

#include "crypto/aes_ige.h"

enum {
	AES_IGE_LANES = 4,
	AES_IGE_ROUNDS = 14, /* of AES-256; a schedule has one round key more */
};

/* A chain on its way. */
struct aes_ige_lane {
	const uint8_t *schedule;
	const uint8_t *in;
	uint8_t *out;
	_Alignas(16) uint8_t x[AES_IGE_BLOCK]; /* the input block before `in` */
	_Alignas(16) uint8_t y[AES_IGE_BLOCK]; /* the output block before `out` */
};

struct aes_ige_engine {
	const char *name;
	bool (*usable)(void);
	/* `schedule` has 256 bytes, aligned to 16. */
	void (*expand)(uint8_t *schedule, const uint8_t *key, bool decrypts);
	/* Takes every lane `blocks` blocks on: in, out, x and y move. */
	void (*run)(struct aes_ige_lane *lane, unsigned lanes, size_t blocks, bool decrypts);
};

extern const struct aes_ige_engine aes_ige_portable;
#if defined(__x86_64__)
#define AES_IGE_HAVE_X86
extern const struct aes_ige_engine aes_ige_x86;
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && \
	(defined(__ARM_FEATURE_AES) || !defined(__clang__) || __clang_major__ >= 16)
/* Older Clang has the instructions only when the whole file is compiled for them. */
#define AES_IGE_HAVE_ARM
extern const struct aes_ige_engine aes_ige_arm;
#endif

#endif
