/* SPDX-License-Identifier: MIT */
#include "base/json_scan.h"

#include "base/attr.h"
#include "base/endian.h"

enum { BLOCK = 64 };

/* '[' and '{' differ from one another, and ']' from '}', by this bit only. */
enum { BRACE_BIT = 0x20 };

/* 0x80 in each byte of `word` that equals `c`. */
static inline uint64_t equal_bytes(uint64_t word, uint8_t c)
{
	const uint64_t low7 = 0x7f7f7f7f7f7f7f7f;
	uint64_t diff = word ^ c * 0x0101010101010101u;

	return ~(((diff & low7) + low7) | diff | low7);
}

/* The eight 0x80 bits of a word as eight neighbouring bits. */
static inline uint64_t gather(uint64_t marks)
{
	return (marks >> 7) * 0x0102040810204080u >> 56;
}

struct json_masks json_masks_portable(const uint8_t *block)
{
	struct json_masks m = { 0 };

	for (unsigned i = 0; i < BLOCK; i += 8) {
		uint64_t word = get_le64(block + i),
			 braced = word | BRACE_BIT * 0x0101010101010101u;

		m.quote |= gather(equal_bytes(word, '"')) << i;
		m.backslash |= gather(equal_bytes(word, '\\')) << i;
		m.open |= gather(equal_bytes(braced, '{')) << i;
		m.close |= gather(equal_bytes(braced, '}')) << i;
	}
	return m;
}

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t equal_mask(const __m128i v[4], char c)
{
	const __m128i want = _mm_set1_epi8(c);
	uint64_t mask = 0;

	for (int i = 0; i < 4; i++)
		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], want)) << 16 * i;
	return mask;
}

struct json_masks json_masks(const uint8_t *block)
{
	const __m128i brace = _mm_set1_epi8(BRACE_BIT);
	struct json_masks m;
	__m128i v[4];

	for (int i = 0; i < 4; i++)
		v[i] = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
	m.quote = equal_mask(v, '"');
	m.backslash = equal_mask(v, '\\');
	for (int i = 0; i < 4; i++)
		v[i] = _mm_or_si128(v[i], brace);
	m.open = equal_mask(v, '{');
	m.close = equal_mask(v, '}');
	return m;
}
#else
struct json_masks json_masks(const uint8_t *block)
{
	return json_masks_portable(block);
}
#endif

/* Bit i is the parity of bits 0 to i: set from each odd bit on, up to the next. */
static inline uint64_t parity_up_to(uint64_t bits)
{
	for (int shift = 1; shift < BLOCK; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

/* The bytes that have an unescaped backslash before them; `n` bytes are there. */
static inline uint64_t escaped_bytes(struct json_scan *s, uint64_t backslash, unsigned n)
{
	uint64_t escaped = s->escaped;

	backslash &= ~escaped;
	s->escaped = false;
	while (backslash) {
		unsigned at = (unsigned)__builtin_ctzll(backslash);

		if (at == n - 1) {
			s->escaped = true;
			break;
		}
		escaped |= (uint64_t)2 << at;
		/* The escaped byte may be a backslash; it escapes nothing. */
		backslash &= ~((uint64_t)3 << at);
	}
	return escaped;
}

/* One block of `n` bytes; the masks have no bits beyond. Returns how many bytes up to the end, or 0. */
static inline unsigned scan_block(struct json_scan *s, struct json_masks m, unsigned n)
{
	uint64_t quotes, inside, both;

	quotes = m.quote & ~escaped_bytes(s, m.backslash, n);
	inside = parity_up_to(quotes) ^ s->inside;
	s->inside = -(inside >> (n - 1) & 1);
	if (s->string) {
		/* Closing quotes are those that end up outside. */
		uint64_t closing = quotes & ~inside;

		return closing ? (unsigned)__builtin_ctzll(closing) + 1 : 0;
	}
	m.open &= ~inside;
	m.close &= ~inside;
	if ((uint64_t)__builtin_popcountll(m.close) < s->depth) {
		s->depth += (uint64_t)__builtin_popcountll(m.open);
		s->depth -= (uint64_t)__builtin_popcountll(m.close);
		return 0;
	}
	for (both = m.open | m.close; both; both &= both - 1) {
		uint64_t lowest = both & -both;

		if (lowest & m.open)
			s->depth++;
		else if (--s->depth == 0)
			return (unsigned)__builtin_ctzll(both) + 1;
	}
	return 0;
}

bool json_scan(struct json_scan *s, const uint8_t *bytes, size_t len, size_t *ret_used)
{
	uint8_t last[BLOCK] = { 0 }; /* zeros give no bits in any mask */
	size_t i = 0;
	unsigned end;

	if (!s->started && len) {
		s->started = true;
		s->string = bytes[0] == '"';
	}
	for (; len - i >= BLOCK; i += BLOCK) {
		end = scan_block(s, json_masks(bytes + i), BLOCK);
		if (end) {
			*ret_used = i + end;
			return true;
		}
	}
	*ret_used = len;
	if (i == len)
		return false;
	memcpy(last, bytes + i, len - i);
	end = scan_block(s, json_masks(last), (unsigned)(len - i));
	if (end)
		*ret_used = i + end;
	return end != 0;
}
