/* SPDX-License-Identifier: MIT */
/*
 * What every test program includes: cmocka with the headers it needs, and the
 * comparisons the project's types call for.
 */
#ifndef SUPPORT_TEST_H
#define SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <tobs/buf.h>
#include <tobs/err.h>
#include <tobs/view.h>

#include "base/attr.h"

/* The call returned TOBS_OK; otherwise its code is shown by name. */
#define assert_ok(expr)                                                            \
	do {                                                                       \
		int assert_ok_r_ = (expr);                                         \
		if (assert_ok_r_)                                                  \
			fail_msg("%s = %s", #expr, tobs_error_name(assert_ok_r_)); \
	} while (0)

/* The call returned exactly this code. */
#define assert_code(expr, code) assert_string_equal(tobs_error_name(expr), tobs_error_name(code))

/* The view holds exactly this C string. */
#define assert_view(v, s) assert_view_(v, s, __FILE__, __LINE__)

static inline void assert_view_(struct tobs_view v, const char *s, const char *file, int line)
{
	if (tobs_view_is(v, s))
		return;
	print_error("have \"%.*s\"\nwant \"%s\"\n", TOBS_VIEW_FMT(v), s);
	_fail(file, line);
}

/* A heap copy of exactly n bytes, so that ASan sees the first byte read past its end. Free with free(). */
static inline uint8_t *exact_copy(const void *data, size_t n)
{
	uint8_t *p = malloc(n ? n : 1);

	if (!p)
		abort();
	if (n)
		memcpy(p, data, n);
	return p;
}

#endif
