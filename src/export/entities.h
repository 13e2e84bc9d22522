/* SPDX-License-Identifier: MIT */
/*
 * Formatting as the archive keeps it, [["bold",0,5],["text_link",6,4,"https://…"]]
 * (docs/archive.md), as entities for md_write().
 */
#ifndef EXPORT_ENTITIES_H
#define EXPORT_ENTITIES_H

#include "base/array.h"
#include "base/json.h"
#include "md/entity.h"

struct entity_list {
	struct entity *items;
	size_t count, cap;
};

/*
 * Replaces what is in the list by the entities of a JSON array; what is no
 * entity there is left out. Arguments are views of the document. TOBS_ENOMEM.
 */
int entities_read(struct entity_list *list, struct json_value array);

void entities_deinit(struct entity_list *list);

#endif
