/* SPDX-License-Identifier: MIT */
/*
 * Finding where a JSON value ends, at gigabytes a second and without parsing
 * it: 64 bytes at a time become bit masks of quotes, backslashes and brackets.
 * The bytes may come in any pieces. Only base/json_stream.c uses it.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bit i tells about byte i. */
struct json_masks {
	uint64_t quote, backslash;
	uint64_t open, close; /* [ or {, ] or } */
};

/* For 64 bytes. The second one is what machines without SSE2 use, and gives the same. */
struct json_masks json_masks(const uint8_t *block);
struct json_masks json_masks_portable(const uint8_t *block);

/* Where a scan is. { 0 } stands before the first byte of a value. */
struct json_scan {
	uint64_t depth;  /* brackets open */
	uint64_t inside; /* all ones inside a string, else 0 */
	bool escaped;    /* the next byte has a backslash before it */
	bool started;    /* the first byte was seen */
	bool string;     /* the value is a string */
};

/*
 * Looks at the next `len` bytes of a value that began with '{', '[' or '"'.
 * True when it ends among them; *ret_used is then how many belong to it,
 * otherwise `len`. Only counts brackets: which kind closes which, and what lies
 * between, is for the parser to say.
 */
bool json_scan(struct json_scan *s, const uint8_t *bytes, size_t len, size_t *ret_used);

#endif
