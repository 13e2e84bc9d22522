/* SPDX-License-Identifier: MIT */
/*
 * The first frame of a context for the assembly switches. It looks as if the
 * context had called context_switch() from context_entry.
 */
#include <stdint.h>
#include <string.h>

#include "rt/context.h"

/* In context_<cpu>.S: calls the function in one saved register with the value of another. */
void context_entry(void);

#if defined(__x86_64__)

struct frame {
	uint32_t mxcsr;
	uint16_t x87_cw;
	uint16_t pad;
	uintptr_t r12, r13, r14, r15, rbx, rbp;
	uintptr_t rip;
	uintptr_t zero[2]; /* above context_entry's frame: where backtraces end */
};

static void fill(struct frame *f, void (*entry)(void *), void *arg)
{
	__asm__("stmxcsr %0" : "=m"(f->mxcsr));
	__asm__("fnstcw %0" : "=m"(f->x87_cw));
	f->r12 = (uintptr_t)arg;
	f->r13 = (uintptr_t)entry;
	f->rip = (uintptr_t)context_entry;
}

#elif defined(__aarch64__)

struct frame {
	uintptr_t x[10]; /* x19 … x28 */
	uintptr_t fp, lr;
	uint64_t d[8]; /* d8 … d15 */
	uint64_t fpcr;
	uint64_t pad;
};

static void fill(struct frame *f, void (*entry)(void *), void *arg)
{
	__asm__("mrs %0, fpcr" : "=r"(f->fpcr));
	f->x[0] = (uintptr_t)arg;
	f->x[1] = (uintptr_t)entry;
	f->lr = (uintptr_t)context_entry;
}

#else
#error "no assembly for this processor; configure with -Dswitch=ucontext"
#endif

void *context_make(void *low, size_t size, void (*entry)(void *arg), void *arg)
{
	/* Both conventions want the stack aligned to 16 bytes at a call. */
	uintptr_t top = ((uintptr_t)low + size) & ~(uintptr_t)15;
	struct frame *f = (struct frame *)(top - sizeof *f);

	memset(f, 0, sizeof *f);
	fill(f, entry, arg);
	return f;
}
