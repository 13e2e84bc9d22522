/* SPDX-License-Identifier: MIT */
#include "archive/seen.h"

#include <string.h>

#include "base/alloc.h"

void seen_deinit(struct seen *s)
{
	mem_free(s->slots);
	s->slots = NULL;
}

static struct seen_slot *slot_of(const struct seen *s, uint64_t key)
{
	return &s->slots[key % SEEN_SLOTS];
}

bool seen_has(const struct seen *s, uint64_t key, uint64_t content)
{
	return s->slots && slot_of(s, key)->key == key && slot_of(s, key)->content == content;
}

void seen_put(struct seen *s, uint64_t key, uint64_t content)
{
	if (!s->slots)
		s->slots = mem_zalloc(SEEN_SLOTS * sizeof *s->slots);
	if (s->slots)
		*slot_of(s, key) = (struct seen_slot){ key, content };
}

void seen_forget(struct seen *s)
{
	if (s->slots)
		memset(s->slots, 0, SEEN_SLOTS * sizeof *s->slots);
}
