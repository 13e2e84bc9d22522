/* SPDX-License-Identifier: MIT */
/*
 * Hash maps: from 64-bit numbers and from strings to pointers.
 *
 * Open addressing with linear probing; a value is never NULL (NULL marks a free
 * slot). Values are borrowed: the map frees its table only. Hashes are seeded
 * once per process, so keys from outside cannot be chosen to collide.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>
#include <tobs/view.h>

/* {0} is an empty map. */
struct map_slot {
	uint64_t key;
	void *value;
};

struct map {
	struct map_slot *slots; /* power of two many */
	size_t count;
	size_t mask;
};

void map_deinit(struct map *m);

/* The value, or NULL. */
void *map_get(const struct map *m, uint64_t key);

/* Adds or replaces; TOBS_ENOMEM leaves the map as it was. */
int map_put(struct map *m, uint64_t key, void *value);

/* Takes the entry out and returns its value, or NULL. */
void *map_remove(struct map *m, uint64_t key);

/* For each entry in no order; the map must not change inside. */
#define MAP_EACH(slot, m)                                                                        \
	for (struct map_slot *slot = (m)->slots; slot && slot <= (m)->slots + (m)->mask; slot++) \
		if (slot->value)

/* The same for strings; keys are copied into the map. */
struct smap_slot {
	uint64_t hash;
	char *key; /* owned, zero-terminated */
	size_t len;
	void *value;
};

struct smap {
	struct smap_slot *slots;
	size_t count;
	size_t mask;
};

void smap_deinit(struct smap *m);
void *smap_get(const struct smap *m, struct tobs_view key);
int smap_put(struct smap *m, struct tobs_view key, void *value);
void *smap_remove(struct smap *m, struct tobs_view key);

#define SMAP_EACH(slot, m)                                                                        \
	for (struct smap_slot *slot = (m)->slots; slot && slot <= (m)->slots + (m)->mask; slot++) \
		if (slot->value)

/* Well-mixed hashes, seeded once per process. */
uint64_t hash_u64(uint64_t n);
uint64_t hash_bytes(const void *data, size_t len);

#endif
