/* SPDX-License-Identifier: MIT */
/*
 * Which rows are known to be in the archive exactly as they should be, so that
 * the same people and files on page after page are not written, nor even looked
 * up, again.
 *
 * A table of fixed size with one place for each key's hash: a newer key takes
 * the place of an older one. Forgetting costs a look-up later, never a mistake.
 */
#ifndef ARCHIVE_SEEN_H
#define ARCHIVE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEN_SLOTS = 8192 }; /* 128 KiB; people of a large group on neighbouring pages */

struct seen_slot {
	uint64_t key, content;
};

/* {0}, then it is made when first needed; seen_deinit() in the end. */
struct seen {
	struct seen_slot *slots;
};

void seen_deinit(struct seen *s);

/* Whether the key was put with this content, both hashes. */
bool seen_has(const struct seen *s, uint64_t key, uint64_t content);

/* Without memory it is simply not remembered. */
void seen_put(struct seen *s, uint64_t key, uint64_t content);

/* What was put since may not have been written. */
void seen_forget(struct seen *s);

#endif
