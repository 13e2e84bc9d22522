/* SPDX-License-Identifier: MIT */
/*
 * TL objects written as JSON by people: worlds of the simulator, tests, control
 * commands.
 *
 *     { "_": "messageActionTopicCreate", "title": "Bees", "icon_color": 7322096 }
 *
 * "_" names the constructor; it may be left out where the schema allows one
 * only. Other members are fields by their names in the schema. `true` fields and
 * Bool take true and false. Conditional fields may be left out, and so may
 * required numbers, strings and vectors (0, "", none); required objects must be
 * there. Bytes are a string taken as it is, or {"hex": "00ff"}; int128 and
 * int256 are hexadecimal strings. `flags` are never given, they follow.
 *
 * Where a value does not have the form its field asks for (a name where the
 * schema wants a Peer, a date as text where it wants an int), a hook may
 * understand it.
 *
 * Errors are for json_path.h: the caller adds where the object stands.
 */
#ifndef TL_JSON_H
#define TL_JSON_H

#include <tobs/arena.h>
#include <tobs/err.h>

#include "base/json.h"

/* Each returns TOBS_EUNSUPPORTED for a value it does not understand either. */
struct tl_json_hooks {
	/* A value for an object of type `type` ("Peer") that is no JSON object with "_". */
	int (*object)(void *user, const char *type, struct json_value v, struct tobs_arena *arena,
		const void **ret, struct tobs_err *err);
	/* A value for an int or long that is no integer; `field` is its name ("user_id"). */
	int (*number)(void *user, const char *field, struct json_value v, int64_t *ret,
		struct tobs_err *err);
	void *user;
};

/*
 * Builds the object; `type` is the type it must have ("MessageMedia"), or NULL
 * for any. Strings are copied into `arena`. `hooks` may be NULL.
 *
 * TOBS_EMALFORMED: a value of another type, a missing field. TOBS_EUNKNOWN: no
 * such constructor or field (the message names those there are). TOBS_ETOOBIG:
 * a number out of range, nested deeper than TL_MAX_DEPTH. TOBS_ENOMEM.
 */
int tl_from_json(struct json_value v, const char *type, const struct tl_json_hooks *hooks,
	struct tobs_arena *arena, const void **ret, struct tobs_err *err);

/* Whether the constructor of `object` has a field or flag of that name. */
bool tl_has_field(const void *object, struct tobs_view field);

/* Sets one such field of an object whose `ctor` is set, its flag included. Errors as above. */
int tl_set_json(void *object, struct tobs_view field, struct json_value v,
	const struct tl_json_hooks *hooks, struct tobs_arena *arena, struct tobs_err *err);

#endif
