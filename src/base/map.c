/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <stdatomic.h>
#include <string.h>
#include <tobs/err.h>

#include "base/alloc.h"
#include "base/rand.h"

enum { FIRST_SLOTS = 16 };

static uint64_t seed(void)
{
	static atomic_uint_fast64_t chosen;
	uint64_t s = atomic_load_explicit(&chosen, memory_order_relaxed), fresh, none = 0;

	if (LIKELY(s))
		return s;
	rand_system(&fresh, sizeof fresh);
	fresh |= 1;
	return atomic_compare_exchange_strong(&chosen, &none, fresh) ? fresh : none;
}

/* The finaliser of splitmix64. */
static inline uint64_t mix(uint64_t n)
{
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
	n = (n ^ n >> 27) * 0x94d049bb133111ebu;
	return n ^ n >> 31;
}

uint64_t hash_u64(uint64_t n)
{
	return mix(n + seed());
}

uint64_t hash_bytes(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t h = seed() ^ len;

	for (; len >= 8; p += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, p, 8);
		h = mix(h ^ word);
	}
	if (len) {
		uint64_t word = 0;

		memcpy(&word, p, len);
		h = mix(h ^ word);
	}
	return mix(h);
}

void map_deinit(struct map *m)
{
	if (!m)
		return;
	mem_free(m->slots);
	*m = (struct map){ 0 };
}

/* The slot that holds `key`, or the free one where it belongs. */
static struct map_slot *find(const struct map *m, uint64_t key)
{
	size_t i = hash_u64(key) & m->mask;

	while (m->slots[i].value && m->slots[i].key != key)
		i = (i + 1) & m->mask;
	return &m->slots[i];
}

void *map_get(const struct map *m, uint64_t key)
{
	return m->slots ? find(m, key)->value : NULL;
}

/* Kept at most three quarters full, so that probing stays short and ends. */
static int make_room(struct map *m)
{
	size_t n = m->slots ? (m->mask + 1) * 2 : FIRST_SLOTS;
	struct map bigger = { .mask = n - 1, .count = m->count };

	if (m->slots && (m->count + 1) * 4 <= (m->mask + 1) * 3)
		return TOBS_OK;
	bigger.slots = MEM_ARRAY(n, struct map_slot);
	if (!bigger.slots)
		return TOBS_ENOMEM;
	MAP_EACH (slot, m)
		*find(&bigger, slot->key) = *slot;
	mem_free(m->slots);
	*m = bigger;
	return TOBS_OK;
}

int map_put(struct map *m, uint64_t key, void *value)
{
	struct map_slot *slot;

	assert(value);
	if (make_room(m))
		return TOBS_ENOMEM;
	slot = find(m, key);
	if (!slot->value)
		m->count++;
	*slot = (struct map_slot){ key, value };
	return TOBS_OK;
}

void *map_remove(struct map *m, uint64_t key)
{
	struct map_slot *slot = m->slots ? find(m, key) : NULL;
	void *value = slot ? slot->value : NULL;
	size_t hole, i;

	if (!value)
		return NULL;
	/* Close the hole: move back whatever probing would no longer reach. */
	hole = (size_t)(slot - m->slots);
	for (i = (hole + 1) & m->mask; m->slots[i].value; i = (i + 1) & m->mask) {
		size_t home = hash_u64(m->slots[i].key) & m->mask;

		if (((i - home) & m->mask) < ((i - hole) & m->mask))
			continue;
		m->slots[hole] = m->slots[i];
		hole = i;
	}
	m->slots[hole].value = NULL;
	m->count--;
	return value;
}

void smap_deinit(struct smap *m)
{
	if (!m)
		return;
	SMAP_EACH(slot, m)
	mem_free(slot->key);
	mem_free(m->slots);
	*m = (struct smap){ 0 };
}

static struct smap_slot *sfind(const struct smap *m, uint64_t hash, struct tobs_view key)
{
	size_t i = hash & m->mask;

	for (;; i = (i + 1) & m->mask) {
		struct smap_slot *slot = &m->slots[i];

		if (!slot->value)
			return slot;
		if (slot->hash == hash && tobs_view_eq(tobs_view(slot->key, slot->len), key))
			return slot;
	}
}

void *smap_get(const struct smap *m, struct tobs_view key)
{
	return m->slots ? sfind(m, hash_bytes(key.ptr, key.len), key)->value : NULL;
}

static int smake_room(struct smap *m)
{
	size_t n = m->slots ? (m->mask + 1) * 2 : FIRST_SLOTS;
	struct smap bigger = { .mask = n - 1, .count = m->count };

	if (m->slots && (m->count + 1) * 4 <= (m->mask + 1) * 3)
		return TOBS_OK;
	bigger.slots = MEM_ARRAY(n, struct smap_slot);
	if (!bigger.slots)
		return TOBS_ENOMEM;
	SMAP_EACH(slot, m)
	*sfind(&bigger, slot->hash, tobs_view(slot->key, slot->len)) = *slot;
	mem_free(m->slots);
	*m = bigger;
	return TOBS_OK;
}

int smap_put(struct smap *m, struct tobs_view key, void *value)
{
	uint64_t hash = hash_bytes(key.ptr, key.len);
	struct smap_slot *slot;
	char *copy;

	assert(value);
	if (smake_room(m))
		return TOBS_ENOMEM;
	slot = sfind(m, hash, key);
	if (slot->value) {
		slot->value = value;
		return TOBS_OK;
	}
	copy = mem_dup(key.ptr, key.len);
	if (!copy)
		return TOBS_ENOMEM;
	*slot = (struct smap_slot){ hash, copy, key.len, value };
	m->count++;
	return TOBS_OK;
}

void *smap_remove(struct smap *m, struct tobs_view key)
{
	struct smap_slot *slot;
	void *value;
	size_t hole, i;

	if (!m->slots)
		return NULL;
	slot = sfind(m, hash_bytes(key.ptr, key.len), key);
	value = slot->value;
	if (!value)
		return NULL;
	mem_free(slot->key);
	hole = (size_t)(slot - m->slots);
	for (i = (hole + 1) & m->mask; m->slots[i].value; i = (i + 1) & m->mask) {
		if (((i - m->slots[i].hash) & m->mask) < ((i - hole) & m->mask))
			continue;
		m->slots[hole] = m->slots[i];
		hole = i;
	}
	m->slots[hole] = (struct smap_slot){ 0 };
	m->count--;
	return value;
}
