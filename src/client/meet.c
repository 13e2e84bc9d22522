/* SPDX-License-Identifier: MIT */
/*
 * The schema's tables say where users and chats are, so that no answer is
 * forgotten and none needs code of its own. They stand in the outermost object,
 * but for a few that wrap another answer (auth.loginTokenSuccess, …); those have
 * one field of it, and are followed.
 */
#include "client/meet.h"

#include "base/attr.h"
#include "tl/tables.h"

enum { DEPTH_MAX = 2 };

/* The layout that all struct tl_vec_… share. */
struct any_vec {
	uint32_t count;
	const void *const *items;
};

static void meet_at(struct client_store *s, const void *object, int depth);

static uint16_t type_of(uint32_t ctor)
{
	return tl_find(ctor)->type;
}

static void meet_one(struct client_store *s, uint16_t type, const void *object, int depth)
{
	if (type == type_of(TL_user)) {
		if (tl_id(object) == TL_user)
			client_store_meet_user(s, object);
	} else if (type == type_of(TL_channel)) {
		client_store_meet_chat(s, object);
	} else {
		meet_at(s, object, depth);
	}
}

static void meet_vector(struct client_store *s, uint16_t type, const struct any_vec *v)
{
	if (type != type_of(TL_user) && type != type_of(TL_channel))
		return;
	for (uint32_t i = 0; i < v->count; i++)
		meet_one(s, type, v->items[i], DEPTH_MAX);
}

static void meet_at(struct client_store *s, const void *object, int depth)
{
	const struct tl_ctor *c = tl_find(tl_id(object));

	if (!c || depth == DEPTH_MAX)
		return;
	for (const struct tl_field *f = &tl_fields[c->first], *end = f + c->count; f < end; f++) {
		const uint8_t *at = (const uint8_t *)object + f->offset;

		if (f->offset == TL_NO_OFFSET)
			continue;
		if (f->kind == TL_VECTOR && f->elem == TL_BOXED)
			meet_vector(s, f->type, (const void *)at);
		else if (f->kind == TL_BOXED && *(const void *const *)(const void *)at)
			meet_one(s, f->type, *(const void *const *)(const void *)at, depth + 1);
	}
}

void meet_object(struct client_store *s, const void *object)
{
	if (object)
		meet_at(s, object, 0);
}

void meet_result(struct client_store *s, uint32_t method, const void *ret)
{
	const struct tl_ctor *c = tl_find(method);
	const void *const *object = ret;

	/* Only these store a pointer. */
	if (c && c->result == TL_BOXED)
		meet_one(s, c->type, *object, 0);
	else if (c && c->result == TL_VECTOR && c->result_elem == TL_BOXED)
		meet_vector(s, c->type, *object);
}
