/* SPDX-License-Identifier: MIT */
#include "support/tl_random.h"

#include <tobs/tl_types.h>

#include "support/test.h"

enum { DEEP = 4, NEVER = 1000, MANY_TYPES = 2000, MANY_CTORS = 8000 };

/* How deep the shallowest value of each type and constructor is. */
static int type_depth[MANY_TYPES], ctor_depth[MANY_CTORS];

static int needed_depth(const struct tl_ctor *c)
{
	int depth = 0;

	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];

		if (f->kind == TL_BOXED && f->cond == TL_ALWAYS)
			depth = MAX(depth, type_depth[f->type] + 1);
	}
	return MIN(depth, NEVER);
}

static void measure_depths(void)
{
	bool changed = true;

	assert_true(tl_type_count < MANY_TYPES && tl_ctor_count < MANY_CTORS);
	for (uint32_t i = 0; i < tl_type_count; i++)
		type_depth[i] = NEVER;
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < tl_current_count; i++) {
			const struct tl_ctor *c = &tl_ctors[i];

			ctor_depth[i] = needed_depth(c);
			if (!(c->traits & TL_TRAIT_FUNCTION) &&
				ctor_depth[i] < type_depth[c->type]) {
				type_depth[c->type] = ctor_depth[i];
				changed = true;
			}
		}
	}
}

static const void *value(const struct tl_ctor *c, struct tobs_arena *a, struct prng *p, int depth);

/* A constructor of the type: any, or a shallowest one where it is deep already. */
static const struct tl_ctor *choose(int type, struct prng *p, int depth)
{
	const struct tl_ctor *chosen = NULL;
	uint64_t seen = 0;

	for (uint32_t i = 0; i < tl_current_count; i++) {
		const struct tl_ctor *c = &tl_ctors[i];

		if (c->type != type || c->traits & TL_TRAIT_FUNCTION)
			continue;
		if (depth >= DEEP && ctor_depth[i] > type_depth[type])
			continue;
		if (prng_below(p, ++seen) == 0)
			chosen = c;
	}
	assert_non_null(chosen);
	return chosen;
}

static struct tobs_view random_string(struct tobs_arena *a, struct prng *p, bool text)
{
	static const size_t edges[] = { 0, 1, 2, 3, 4, 252, 253, 254, 255, 256, 300 };
	size_t len = prng_below(p, 3) ? prng_below(p, 20) : edges[prng_below(p, ARRAY_LEN(edges))];
	uint8_t *s = tobs_arena_alloc(a, len + 1);

	assert_non_null(s);
	for (size_t i = 0; i < len; i++)
		s[i] = text ? (uint8_t)(' ' + prng_below(p, 95)) : (uint8_t)prng_next(p);
	return tobs_view(s, len);
}

static const void *random_query(void)
{
	static const uint32_t id = TL_help_getConfig;

	return &id;
}

static void fill(int kind, int type, void *at, struct tobs_arena *a, struct prng *p, int depth)
{
	uint64_t n = prng_next(p);

	switch (kind) {
	case TL_INT: memcpy(at, &n, 4); break;
	case TL_LONG: memcpy(at, &n, 8); break;
	case TL_DOUBLE: *(double *)at = (double)(int64_t)n / 1024; break;
	case TL_STRING: *(struct tobs_view *)at = random_string(a, p, true); break;
	case TL_BYTES: *(struct tobs_view *)at = random_string(a, p, false); break;
	case TL_BOOL: *(bool *)at = n & 1; break;
	case TL_INT128:
	case TL_INT256:
		for (int i = 0; i < (kind == TL_INT128 ? 16 : 32); i++)
			((uint8_t *)at)[i] = (uint8_t)prng_next(p);
		break;
	case TL_OBJECT: *(const void **)at = random_query(); break;
	case TL_BARE: *(const void **)at = value(&tl_ctors[type], a, p, depth + 1); break;
	case TL_BOXED: *(const void **)at = value(choose(type, p, depth), a, p, depth + 1); break;
	default: fail_msg("no random value of kind %d", kind);
	}
}

static size_t size_of(int kind)
{
	return kind == TL_INT                           ? 4
		: kind == TL_STRING || kind == TL_BYTES ? sizeof(struct tobs_view)
							: 8;
}

static void fill_vector(const struct tl_field *f, struct tl_vec_long *v, struct tobs_arena *a,
	struct prng *p, int depth)
{
	bool closed = f->elem == TL_BOXED && depth >= DEEP;
	uint8_t *items;

	v->count = closed ? 0 : (uint32_t)prng_below(p, 4);
	items = tobs_arena_array(a, v->count + 1, size_of(f->elem));
	assert_non_null(items);
	v->items = (const void *)items;
	for (uint32_t i = 0; i < v->count; i++)
		fill(f->elem, f->type, items + i * size_of(f->elem), a, p, depth);
}

/* Every defined bit at random, none of the others; few when deep. */
static uint32_t random_flags(const struct tl_ctor *c, int word, struct prng *p, int depth)
{
	uint32_t flags = (uint32_t)prng_next(p) & c->known[word];

	if (depth < DEEP)
		return flags;
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];

		if (f->cond != TL_ALWAYS && f->kind == TL_BOXED && f->cond / 32 == word)
			flags &= ~(1u << f->cond % 32);
	}
	return flags;
}

static const void *value(const struct tl_ctor *c, struct tobs_arena *a, struct prng *p, int depth)
{
	uint8_t *object = tobs_arena_zalloc(a, c->size);
	uint64_t present = 1ull << TL_ALWAYS;

	assert_non_null(object);
	*(uint32_t *)(void *)object = c->id;
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];
		void *at = object + f->offset;

		if (!(present >> f->cond & 1))
			continue;
		if (f->kind == TL_FLAGS) {
			uint32_t flags = random_flags(c, f->type, p, depth);

			*(uint32_t *)at = flags;
			present |= (uint64_t)flags << (f->type ? 32 : 0);
		} else if (f->kind == TL_VECTOR || f->kind == TL_BARE_VECTOR) {
			fill_vector(f, at, a, p, depth);
		} else {
			fill(f->kind, f->type, at, a, p, depth);
		}
	}
	return object;
}

const void *tl_random(const struct tl_ctor *c, struct tobs_arena *arena, struct prng *p)
{
	if (!type_depth[0])
		measure_depths();
	return value(c, arena, p, 0);
}
