/* SPDX-License-Identifier: MIT */
/*
 * The stacks of fibers: address space in slabs, pages on first touch, a guard
 * below each, reuse of freed ones.
 *
 *     slab:  | guard | stack 0 | guard | stack 1 | … one mmap()
 *
 * A kernel limits the mappings of a process (vm.max_map_count, 65530 where
 * nobody changed it). Guards made by mprotect() cut the slab into two mappings a
 * stack, so about 28,000 stacks are possible. Linux 6.13 and later can mark guard
 * pages in the page table (MADV_GUARD_INSTALL), which cuts nothing; the pool
 * finds out by trying.
 *
 * Freed stacks are reused last in, first out. Up to STACK_WHOLE_MAX bytes of
 * them keep all their pages; of more, the top is kept, which is all that most
 * fibers use, up to STACK_TOPS_MAX bytes; the rest is given back. A slab that is all
 * free is unmapped when there are STACK_SLABS_FREE of its kind already.
 *
 * Not thread-safe.
 */
#ifndef RT_STACK_H
#define RT_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

enum {
	STACK_MIN_BITS = 14,  /* 16 KiB */
	STACK_MAX_BITS = 26,  /* 64 MiB */
	STACK_SLAB_BITS = 22, /* a slab holds 4 MiB of stacks, or one stack */
	/*
	 * As large as the guard GCC expects on AArch64 (stack-clash-protection-guard-size
	 * in its manual), and a whole page wherever pages are larger than 4 KiB. It is
	 * address space only. Libraries are mostly built without the probes that
	 * -fstack-clash-protection adds; this stops their larger frames as well.
	 */
	STACK_GUARD = 64 << 10,
	STACK_WHOLE_MAX = 8 << 20,
	STACK_TOP = 8 << 10,
	STACK_TOPS_MAX = 8 << 20,
	STACK_SLABS_FREE = 32, /* cost address space and a few page tables */
};

struct stack_slab;

/* A stack in use. `low` and `size` do not count the guard, which ends at `low`. */
struct stack {
	uint8_t *low;
	size_t size;
	struct stack_slab *slab;
	uint32_t slot;
	unsigned valgrind_id;
};

enum stack_guard {
	STACK_GUARD_AUTO,
	STACK_GUARD_MARKER, /* MADV_GUARD_INSTALL */
	STACK_GUARD_PROTECT /* mprotect() */
};

struct stack_pool {
	struct list partial[STACK_MAX_BITS + 1]; /* slabs with a free slot, by size of stack */
	unsigned idle[STACK_MAX_BITS + 1];       /* slabs that are all free, by size of stack */
	struct list full;
	enum stack_guard guard;
	size_t whole;    /* bytes of free stacks that may still have all their pages */
	size_t tops;     /* bytes of tops that others still have */
	size_t mappings; /* made by mprotect() guards */
	size_t budget;   /* of those */
	size_t in_use;   /* stacks */
	size_t mapped;   /* bytes of address space */
	bool complained; /* about the budget, in the log */
};

/* Maps nothing yet. `guard` other than AUTO is for tests. */
void stack_pool_init(struct stack_pool *p, enum stack_guard guard);

/* Unmaps everything; no stack may be in use. */
void stack_pool_deinit(struct stack_pool *p);

/* At least `size` bytes, rounded up to a power of two. TOBS_ENOMEM, TOBS_ETOOBIG. */
int stack_take(struct stack_pool *p, size_t size, struct stack *ret);

/* Gives it back; never the one that is being stood on. */
void stack_release(struct stack_pool *p, struct stack *s);

/*
 * Whether the address is in the guard below this stack. Async-signal-safe.
 */
static inline bool stack_guards(const struct stack *s, const void *addr)
{
	const uint8_t *a = addr;

	return s->low && a < s->low && a >= s->low - STACK_GUARD;
}

/* For tests: called before each mapping call; false makes that one fail. NULL switches it off. */
typedef bool (*stack_gate_fn)(void *user);
void stack_set_gate(stack_gate_fn gate, void *user);

#endif
