/* SPDX-License-Identifier: MIT */
#include "rt/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <tobs/err.h>
#include <tobs/view.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "rt/sanitize.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13, include/uapi/asm-generic/mman-common.h */
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif

enum {
	MAP_COUNT_DEFAULT = 65530, /* Linux, DEFAULT_MAX_MAP_COUNT */
	MAPPINGS_PER_GUARD = 2,
	NO_SLOT = UINT32_MAX,
};

/* A free slot names the next free one. */
struct slot {
	uint32_t next;
	enum { KEPT_NOTHING, KEPT_TOP, KEPT_WHOLE } kept;
};

struct stack_slab {
	struct list link;
	uint8_t *map;
	size_t map_size;
	unsigned bits; /* of the stack size */
	uint32_t count;
	uint32_t used;
	uint32_t fresh; /* slots from here on were never used and have no guard yet */
	uint32_t free;  /* the freed slot to use next, or NO_SLOT */
	struct slot slots[];
};

static stack_gate_fn gate_fn;
static void *gate_user;

void stack_set_gate(stack_gate_fn gate, void *user)
{
	gate_user = user;
	gate_fn = gate;
}

static bool admitted(void)
{
	return !gate_fn || gate_fn(gate_user);
}

static size_t max_map_count(void)
{
	char text[32];
	int64_t n = MAP_COUNT_DEFAULT;
	int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, text, sizeof text) : -1;

	if (fd >= 0)
		close(fd);
	if (got > 0)
		tobs_view_int(tobs_view_trim(tobs_view(text, (size_t)got)), 0, INT32_MAX, &n);
	return (size_t)n;
}

void stack_pool_init(struct stack_pool *p, enum stack_guard guard)
{
	size_t maps = max_map_count();

	*p = (struct stack_pool){ .guard = guard };
	for (size_t i = 0; i < ARRAY_LEN(p->partial); i++)
		list_init(&p->partial[i]);
	list_init(&p->full);
	/* The rest of the process needs some as well. */
	p->budget = maps - MIN(maps / 4, 8192);
}

/* The pages of a free slot are somebody's again, or gone. */
static void slot_unaccount(struct stack_pool *p, const struct stack_slab *s, uint32_t slot)
{
	if (s->slots[slot].kept == KEPT_WHOLE)
		p->whole -= (size_t)1 << s->bits;
	else if (s->slots[slot].kept == KEPT_TOP)
		p->tops -= STACK_TOP;
}

static void slab_free(struct stack_pool *p, struct stack_slab *s)
{
	if (p->guard == STACK_GUARD_PROTECT)
		p->mappings -= (size_t)s->fresh * MAPPINGS_PER_GUARD;
	for (uint32_t i = s->free; i != NO_SLOT; i = s->slots[i].next)
		slot_unaccount(p, s, i);
	p->mapped -= s->map_size;
	SANITIZE_CLEAN(s->map, s->map_size);
	munmap(s->map, s->map_size);
	list_remove(&s->link);
	mem_free(s);
}

void stack_pool_deinit(struct stack_pool *p)
{
	assert(p->in_use == 0);
	for (size_t i = 0; i < ARRAY_LEN(p->partial); i++)
		LIST_EACH (it, &p->partial[i])
			slab_free(p, LIST_ITEM(it, struct stack_slab, link));
}

static int slab_new(struct stack_pool *p, unsigned bits, struct stack_slab **ret)
{
	uint32_t count = bits >= STACK_SLAB_BITS ? 1 : 1u << (STACK_SLAB_BITS - bits);
	struct stack_slab *s = mem_zalloc(sizeof *s + count * sizeof s->slots[0]);

	if (!s)
		return TOBS_ENOMEM;
	s->bits = bits;
	s->count = count;
	s->free = NO_SLOT;
	s->map_size = count * (((size_t)1 << bits) + STACK_GUARD);
	s->map = admitted()
		? mmap(NULL, s->map_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0)
		: MAP_FAILED;
	if (s->map == MAP_FAILED) {
		mem_free(s);
		return TOBS_ENOMEM;
	}
	/* Else the first touch of a stack may take 2 MiB. Kernels without huge pages refuse. */
	madvise(s->map, s->map_size, MADV_NOHUGEPAGE);
	p->mapped += s->map_size;
	list_push_front(&p->partial[bits], &s->link);
	p->idle[bits]++;
	*ret = s;
	return TOBS_OK;
}

static uint8_t *slot_low(const struct stack_slab *s, uint32_t slot)
{
	return s->map + slot * (((size_t)1 << s->bits) + STACK_GUARD) + STACK_GUARD;
}

static int budget_spent(struct stack_pool *p)
{
	if (!p->complained)
		log_warn("rt",
			"%zu fibers are all that the limit on mappings allows: raise the sysctl "
			"vm.max_map_count, or use Linux 6.13",
			p->in_use);
	p->complained = true;
	return TOBS_ENOMEM;
}

/* Emulators say yes to advice they do not know, so the first guard is tried out. */
static bool guard_works(uint8_t *guard)
{
	return madvise(guard, STACK_GUARD, MADV_POPULATE_READ) != 0 && errno == EFAULT;
}

/* Makes the guard of a slot that is used for the first time. */
static int guard_install(struct stack_pool *p, uint8_t *low)
{
	uint8_t *guard = low - STACK_GUARD;

	if (p->guard != STACK_GUARD_PROTECT) {
		if (admitted() && madvise(guard, STACK_GUARD, MADV_GUARD_INSTALL) == 0 &&
			(p->guard == STACK_GUARD_MARKER || guard_works(guard))) {
			p->guard = STACK_GUARD_MARKER;
			return TOBS_OK;
		}
		if (p->guard == STACK_GUARD_MARKER)
			return TOBS_ENOMEM;
		p->guard = STACK_GUARD_PROTECT; /* an older kernel */
	}
	if (p->mappings + MAPPINGS_PER_GUARD > p->budget)
		return budget_spent(p);
	if (!admitted() || mprotect(guard, STACK_GUARD, PROT_NONE) != 0)
		return budget_spent(p);
	p->mappings += MAPPINGS_PER_GUARD;
	return TOBS_OK;
}

static int slot_take(struct stack_pool *p, struct stack_slab *s, uint32_t *ret)
{
	uint32_t slot = s->free;
	int r;

	if (slot != NO_SLOT) {
		s->free = s->slots[slot].next;
		slot_unaccount(p, s, slot);
	} else {
		slot = s->fresh;
		r = guard_install(p, slot_low(s, slot));
		if (r)
			return r;
		s->fresh++;
	}
	if (!s->used++)
		p->idle[s->bits]--;
	if (s->used == s->count) {
		list_remove(&s->link);
		list_push(&p->full, &s->link);
	}
	*ret = slot;
	return TOBS_OK;
}

int stack_take(struct stack_pool *p, size_t size, struct stack *ret)
{
	unsigned bits = STACK_MIN_BITS;
	struct stack_slab *s;
	uint32_t slot;
	int r;

	while (bits <= STACK_MAX_BITS && (size_t)1 << bits < size)
		bits++;
	if (bits > STACK_MAX_BITS)
		return TOBS_ETOOBIG;
	if (list_empty(&p->partial[bits])) {
		r = slab_new(p, bits, &s);
		if (r)
			return r;
	} else {
		s = LIST_ITEM(p->partial[bits].next, struct stack_slab, link);
	}
	r = slot_take(p, s, &slot);
	if (r) {
		if (!s->used) {
			p->idle[bits]--;
			slab_free(p, s);
		}
		return r;
	}
	p->in_use++;
	*ret = (struct stack){
		.low = slot_low(s, slot), .size = (size_t)1 << bits, .slab = s, .slot = slot
	};
	ret->valgrind_id = VALGRIND_STACK_REGISTER(ret->low, ret->low + ret->size);
	return TOBS_OK;
}

void stack_release(struct stack_pool *p, struct stack *stack)
{
	struct stack_slab *s = stack->slab;
	struct slot *slot = &s->slots[stack->slot];

	VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
	SANITIZE_CLEAN(stack->low, stack->size);
	if (p->whole + stack->size <= STACK_WHOLE_MAX) {
		slot->kept = KEPT_WHOLE;
		p->whole += stack->size;
	} else if (p->tops + STACK_TOP <= STACK_TOPS_MAX) {
		slot->kept = KEPT_TOP;
		p->tops += STACK_TOP;
		madvise(stack->low, stack->size - STACK_TOP, MADV_DONTNEED);
	} else {
		slot->kept = KEPT_NOTHING;
		madvise(stack->low, stack->size, MADV_DONTNEED);
	}
	slot->next = s->free;
	s->free = stack->slot;
	s->used--;
	p->in_use--;
	list_remove(&s->link);
	if (s->used) {
		list_push_front(&p->partial[s->bits], &s->link);
	} else if (p->idle[s->bits] == STACK_SLABS_FREE) {
		slab_free(p, s);
	} else { /* to the end, so that the others fill up first */
		list_push(&p->partial[s->bits], &s->link);
		p->idle[s->bits]++;
	}
	stack->low = NULL;
}
