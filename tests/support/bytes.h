/* SPDX-License-Identifier: MIT */
/*
 * Bytes in tests: written as hexadecimal text, compared, and dealt out as
 * "random" numbers.
 */
#ifndef SUPPORT_BYTES_H
#define SUPPORT_BYTES_H

#include "base/rand.h"
#include "support/test.h"

/* The bytes of a text of hexadecimal digits and spaces, at most `max`; how many it was. */
static inline size_t unhex(void *ret, size_t max, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *at = ret;
	size_t n = 0;

	for (; *text; text++) {
		char lower = *text >= 'A' && *text <= 'F' ? (char)(*text + 32) : *text;
		const char *digit = strchr(digits, lower);

		if (*text == ' ')
			continue;
		if (!digit || n / 2 >= max)
			fail_msg("bad test data at \"%.20s\"", text);
		else
			at[n / 2] = (uint8_t)(at[n / 2] << 4 | (digit - digits));
		n++;
	}
	if (n % 2)
		fail_msg("odd number of digits");
	return n / 2;
}

/* The same into a buffer that it must fill. */
#define UNHEX(array, text) assert_int_equal(unhex((array), sizeof(array), (text)), sizeof(array))

/* `len` bytes are exactly these. */
static inline void assert_hex(const void *have, size_t len, const char *want)
{
	uint8_t bytes[4096];

	assert_int_equal(unhex(bytes, sizeof bytes, want), len);
	assert_memory_equal(have, bytes, len);
}

/* Gives these bytes in turn; asking for more fails the test, or begins again with `again`. */
struct dealt {
	uint8_t bytes[1024];
	size_t len, pos;
	bool again;
};

static inline void dealt_fill(void *user, void *buf, size_t len)
{
	struct dealt *d = user;
	uint8_t *at = buf;

	while (len--) {
		if (d->pos == d->len && d->again)
			d->pos = 0;
		if (d->pos == d->len)
			fail_msg("more randomness is wanted than was dealt");
		*at++ = d->bytes[d->pos++];
	}
}

static inline struct rng dealt_rng(struct dealt *d, const char *hex)
{
	d->len = unhex(d->bytes, sizeof d->bytes, hex);
	d->pos = 0;
	return (struct rng){ dealt_fill, d };
}

#endif
