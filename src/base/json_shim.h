/* SPDX-License-Identifier: MIT */
/*
 * The C face of json_shim.cpp, the one C++ file: simdjson in two steps, and the
 * shortest decimal form of a double. Only base/json*.c use it, and base/utf.c
 * its look at UTF-8. No exception leaves it; it is compiled without them.
 *
 * simdjson first lists the tokens of a document, then builds its tape. Between
 * the two the caller knows how large the tape can get and provides the memory,
 * so documents lie in memory of ours and small ones stay small.
 */
#ifndef BASE_JSON_SHIM_H
#define BASE_JSON_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tobs/attr.h>

TOBS_BEGIN_DECLS

enum { JSON_SHIM_PADDING = 64 }; /* readable bytes it wants behind a text */
#define JSON_SHIM_MAX UINT32_MAX /* bytes of the longest text; simdjson counts in 32 bits */

/*
 * Makes *shim (NULL at first) fit for documents of `capacity` bytes nested up
 * to `depth` deep. TOBS_ENOMEM leaves one that can only be freed or tried again.
 */
int json_shim_fit(void **shim, size_t capacity, unsigned depth);

void json_shim_free(void *shim);

/*
 * Step one, over `len` bytes with JSON_SHIM_PADDING readable ones behind them; stores the
 * number of tokens. TOBS_EMALFORMED.
 */
int json_shim_index(void *shim, const uint8_t *text, size_t len, uint32_t *ret_tokens);

/*
 * Step two: two words of tape a token and 8 more, and in `strings` the length
 * of the text plus 3 bytes a token plus 128. The text must still be there.
 * TOBS_EMALFORMED, TOBS_ETOOBIG when nested too deep.
 */
int json_shim_build(void *shim, uint64_t *tape, uint8_t *strings);

/*
 * The fewest digits that read back as the same double, as digits[0].digits[1…]
 * times ten to *ret_exp; returns how many (1 to 17). `d` is finite and positive.
 */
size_t json_shim_digits(double d, char digits[24], int *ret_exp);

/* Whether the bytes are valid UTF-8, many at a time. Also for base/utf.c. */
bool json_shim_utf8_valid(const uint8_t *s, size_t len);

TOBS_END_DECLS

#endif
