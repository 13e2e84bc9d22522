/* SPDX-License-Identifier: MIT */
/*
 * Changing stacks. A context that does not run is one pointer: where on its
 * stack the rest of it is kept. Two implementations, chosen when building:
 * assembly (context_<cpu>.S), and context_ucontext.c for everything else.
 */
#ifndef RT_CONTEXT_H
#define RT_CONTEXT_H

#include <stddef.h>

/*
 * Prepares a context that will call entry(arg), which must never return, on the
 * `size` bytes of stack at `low`. The caller's floating-point modes are taken
 * over. Returns what context_switch() takes as `to`.
 */
void *context_make(void *low, size_t size, void (*entry)(void *arg), void *arg);

/*
 * Leaves the running context, noting in *ret_from how to come back, and goes on
 * in `to`. Returns when something switches back. Keeps what the platform's
 * calling convention says a call keeps, floating-point modes included; the
 * signal mask and errno are not touched.
 */
void context_switch(void **ret_from, void *to);

#endif
