/* SPDX-License-Identifier: MIT */
/*
 * Doubly linked lists whose links live inside the elements. A list head is a
 * link that points at itself when the list is empty; a link that is in no list
 * points at itself too, so removing twice is harmless.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>

#include "base/attr.h"

struct list {
	struct list *prev, *next;
};

static inline void list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_insert_before(struct list *at, struct list *l)
{
	l->prev = at->prev;
	l->next = at;
	at->prev->next = l;
	at->prev = l;
}

/* To the end of the list. */
static inline void list_push(struct list *head, struct list *l)
{
	list_insert_before(head, l);
}

static inline void list_push_front(struct list *head, struct list *l)
{
	list_insert_before(head->next, l);
}

static inline void list_remove(struct list *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	list_init(l);
}

/* The element of type `type` that holds link `l` as `member`. */
#define LIST_ITEM(l, type, member) CONTAINER_OF(l, type, member)

/* Walks the links; the current one may be removed inside the loop. */
#define LIST_EACH(it, head)                                                       \
	for (struct list *it = (head)->next, *it##_next = it->next; it != (head); \
		it = it##_next, it##_next = it->next)

#endif
