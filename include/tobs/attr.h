/* SPDX-License-Identifier: MIT */
/*
 * The compiler attributes the public headers use, and nothing else.
 * Every one has an empty fallback, so the headers stay plain C11 and C++.
 */
#ifndef TOBS_ATTR_H
#define TOBS_ATTR_H

#if defined(__GNUC__) || defined(__clang__)
/* The function takes a printf format as argument `fmt` and its values from argument `first`. */
#define TOBS_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
/* The result must be looked at: ignoring it is a mistake. */
#define TOBS_CHECK __attribute__((warn_unused_result))
#else
#define TOBS_PRINTF(fmt, first)
#define TOBS_CHECK
#endif

#ifdef __cplusplus
#define TOBS_BEGIN_DECLS extern "C" {
#define TOBS_END_DECLS   }
#else
#define TOBS_BEGIN_DECLS
#define TOBS_END_DECLS
#endif

#endif
