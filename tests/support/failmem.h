/* SPDX-License-Identifier: MIT */
/*
 * Every allocation failed in turn.
 *
 * fail_each_allocation(fn, user) runs fn with the first allocation failing,
 * then with the second, and so on until a run meets no failure; that one must
 * succeed. After each run nothing may still be held. fn returns a TOBS_ code;
 * a run in which an allocation failed may return TOBS_ENOMEM or 0 (when the
 * code can do without), nothing else.
 */
#ifndef SUPPORT_FAILMEM_H
#define SUPPORT_FAILMEM_H

#include <stddef.h>

void fail_each_allocation(int (*fn)(void *user), void *user);

#endif
