/* SPDX-License-Identifier: MIT */
/*
 * The portable switch. Slower by two system calls, since it saves the signal
 * mask. A context that does not run keeps its ucontext_t on its own stack.
 */
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include "rt/context.h"

/* makecontext() passes ints, so pointers travel in two halves. */
static void begin(unsigned fn_hi, unsigned fn_lo, unsigned arg_hi, unsigned arg_lo)
{
	uintptr_t fn = (uintptr_t)((uint64_t)fn_hi << 32 | fn_lo);
	uintptr_t arg = (uintptr_t)((uint64_t)arg_hi << 32 | arg_lo);

	((void (*)(void *))fn)((void *)arg);
	__builtin_trap();
}

void *context_make(void *low, size_t size, void (*entry)(void *arg), void *arg)
{
	uintptr_t top = ((uintptr_t)low + size - sizeof(ucontext_t)) & ~(uintptr_t)63;
	ucontext_t *c = (ucontext_t *)top;
	uint64_t fn = (uintptr_t)entry, a = (uintptr_t)arg;

	getcontext(c);
	c->uc_stack.ss_sp = low;
	c->uc_stack.ss_size = (size_t)(top - (uintptr_t)low);
	c->uc_link = NULL;
	/* The cast is how makecontext() is made to be called; see makecontext(3). */
	makecontext(c, (void (*)(void))(uintptr_t)begin, 4, (unsigned)(fn >> 32), (unsigned)fn,
		(unsigned)(a >> 32), (unsigned)a);
	return c;
}

void context_switch(void **ret_from, void *to)
{
	ucontext_t here;

	/* ASan takes a context with a stack noted in it for one not yet begun. */
	memset(&here.uc_stack, 0, sizeof here.uc_stack);
	*ret_from = &here;
	swapcontext(&here, to);
}
