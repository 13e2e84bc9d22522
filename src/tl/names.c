/* SPDX-License-Identifier: MIT */
#include <tobs/tl.h>

#include "tl/tables.h"

const char *tl_name(uint32_t id)
{
	const struct tl_ctor *c = tl_find(id);

	return c ? tl_names + c->name : NULL;
}
