/* SPDX-License-Identifier: MIT */
#include "botapi/tables.h"

const char *tobs_method_name(enum tobs_method method)
{
	if ((int)method < (int)TOBS_TYPE_COUNT || method >= TOBS_METHOD_END)
		return NULL;
	return botapi_name(botapi_types[method].name);
}

const char *tobs_botapi_type_name(enum tobs_botapi_type type)
{
	return (unsigned)type < TOBS_TYPE_COUNT ? botapi_name(botapi_types[type].name) : NULL;
}

enum tobs_method tobs_method_find(struct tobs_view name)
{
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++)
		if (tobs_view_eq_nocase(name, tobs_str(botapi_name(botapi_types[m].name))))
			return (enum tobs_method)m;
	return TOBS_METHOD_END;
}
