/* SPDX-License-Identifier: MIT */
/*
 * A plain JSON checker: slow, strict, and it knows where. json_parse() asks it
 * for the place of a fault after simdjson said that there is one; the tests
 * hold the two against each other. Only base/json*.c use it.
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include <stdbool.h>
#include <tobs/buf.h>

struct json_fault {
	size_t offset; /* of the first byte that cannot stand where it is; the length when the text ends too early */
	const char *what;
};

enum json_check_mode {
	JSON_CHECK_STRICT,
	/* Also \x0B in strings, half surrogate pairs, and bytes in strings that are not UTF-8. */
	JSON_CHECK_LENIENT,
};

/*
 * Whether the text is one RFC 8259 document with at most `depth` containers
 * inside one another (up to JSON_DEPTH_MAX). TOBS_EMALFORMED or, nested too
 * deep, TOBS_ETOOBIG, with the place in *ret. Does not look at the size of
 * numbers.
 */
int json_check(
	struct tobs_view text, unsigned depth, enum json_check_mode mode, struct json_fault *ret);

/*
 * Appends a text that passes the lenient check in a form that passes the strict
 * one: \x0B becomes \u000B, what is no character becomes U+FFFD. At most three
 * times as long.
 */
int json_mend(struct tobs_buf *out, struct tobs_view text);

/* { 0 } stands before the first number. */
struct json_number {
	size_t start, end; /* bytes of the text */
	bool is_integer;   /* digits only */
	bool fits;         /* an integer within int64_t or uint64_t */
	bool may_overflow; /* may lie beyond a double: it has an exponent or very many digits */
};

/* Moves *n to the next number of a text that json_check() accepts; false behind the last. */
bool json_next_number(struct tobs_view text, struct json_number *n);

#endif
