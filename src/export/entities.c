/* SPDX-License-Identifier: MIT */
#include "export/entities.h"

/* The fourth element, which means something else for each kind. */
static void take_argument(struct entity *e, struct json_value v)
{
	struct tobs_view s;
	bool yes;

	if (json_get_i64(v, &e->id) == TOBS_OK)
		return;
	if (json_get_bool(v, &yes) == TOBS_OK)
		e->collapsed = yes;
	else if (json_get_str(v, &s) == TOBS_OK)
		e->arg = s;
}

int entities_read(struct entity_list *list, struct json_value array)
{
	list->count = 0;
	JSON_EACH (it, array) {
		struct json_iter part = json_iter(it.value);
		struct entity e = { 0 };
		struct tobs_view kind;
		int64_t offset, length;

		if (json_get_str(part.value, &kind))
			continue;
		json_iter_next(&part);
		if (json_get_i64(part.value, &offset) || offset < 0 || offset > INT32_MAX)
			continue;
		json_iter_next(&part);
		if (json_get_i64(part.value, &length) || length < 0 || length > INT32_MAX)
			continue;
		json_iter_next(&part);
		e.kind = entity_kind_of(kind);
		e.offset = (uint32_t)offset;
		e.length = (uint32_t)length;
		take_argument(&e, part.value);
		/* What is not known has no form, and must not cut what has. */
		if (e.kind != ENTITY_UNKNOWN && ARRAY_PUSH(list, e))
			return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

void entities_deinit(struct entity_list *list)
{
	ARRAY_DEINIT(list);
}
