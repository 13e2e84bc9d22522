/* SPDX-License-Identifier: MIT */
/*
 * Attributes and small macros for the library's own code. Public headers use
 * <tobs/attr.h>; what is here may rely on GCC and Clang.
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <assert.h>
#include <stddef.h>
#include <tobs/attr.h>

#define ATTR_UNUSED      __attribute__((unused))
#define ATTR_NORETURN    __attribute__((noreturn))
#define ATTR_NOINLINE    __attribute__((noinline))
#define ATTR_COLD        __attribute__((cold))
#define ATTR_HOT         __attribute__((hot))
#define ATTR_PURE        __attribute__((pure))
#define ATTR_FALLTHROUGH __attribute__((fallthrough))

/* Runs fn(&variable) when the variable goes out of scope. */
#define ATTR_CLEANUP(fn) __attribute__((cleanup(fn)))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define TOBS_STATIC_ASSERT(cond, why) _Static_assert(cond, why)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
/* <sys/param.h> has these as well, and comes along with <uv.h>. */
#undef MIN
#undef MAX
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The structure of type `type` whose member `member` is *ptr. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
