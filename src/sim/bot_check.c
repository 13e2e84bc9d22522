/* SPDX-License-Identifier: MIT */
/*
 * JSON against the schema, deeper than decoding goes: what is required inside
 * objects is there, and what has a type has that type. The words are those of
 * the server's JSON code (tdutils/td/utils/JsonBuilder.cpp).
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/attr.h"
#include "botapi/tables.h"
#include "sim/bot_call.h"

struct checker {
	struct bot_call *c;
	const struct botapi_field *top; /* the argument that is looked at */
	unsigned depth;
};

const char *bot_words(struct bot_call *c, const struct botapi_field *f)
{
	char *s;

	if (strcmp(botapi_name(f->name), "reply_markup") == 0)
		return "reply keyboard markup";
	s = tobs_arena_strdup(&c->arena, botapi_name(f->name));
	for (char *p = s; p && *p; p++)
		if (*p == '_')
			*p = ' ';
	return s ? s : "parameter";
}

static TOBS_PRINTF(2, 3) int wrong(struct checker *k, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	return bot_fail(k->c, 400, "can't parse %s: %s", bot_words(k->c, k->top), why);
}

static int wrong_type(struct checker *k, const struct botapi_field *f, const char *type)
{
	if (f == k->top)
		return bot_fail(
			k->c, 400, "field \"%s\" must be of type %s", botapi_name(f->name), type);
	return wrong(k, "Field \"%s\" must be of type %s", botapi_name(f->name), type);
}

static int check_object(
	struct checker *k, const struct botapi_field *f, uint16_t type, struct json_value v);

static int check_array(
	struct checker *k, const struct botapi_field *f, enum botapi_kind elem, struct json_value v)
{
	int64_t n;

	if (!json_is_array(v))
		return wrong_type(k, f, "Array");
	JSON_EACH (it, v) {
		int r = TOBS_OK;

		if (elem == BOTAPI_INT && json_get_i64(it.value, &n))
			r = wrong_type(k, f, "Array of Number");
		else if (elem == BOTAPI_STRING && !json_is_string(it.value))
			r = wrong_type(k, f, "Array of String");
		else if (elem == BOTAPI_ARRAY)
			r = check_array(k, f, BOTAPI_OBJECT, it.value);
		else if (elem == BOTAPI_OBJECT)
			r = check_object(k, f, f->type, it.value);
		if (r)
			return r;
	}
	return TOBS_OK;
}

static int check_choice(struct checker *k, const struct botapi_field *f, struct json_value v)
{
	const struct botapi_type *t = &botapi_types[f->type];

	if (!json_is_object(v))
		return bot_fail(k->c, 400, "object expected as reply markup");
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_variant *a = &botapi_variants[t->first + i];

		if (!json_is_missing(json_field(v, botapi_name(a->key))))
			return check_object(k, f, a->type, v);
	}
	return TOBS_OK;
}

static int check_field(struct checker *k, const struct botapi_field *f, struct json_value v)
{
	enum json_type type = json_type(v);

	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT: return type == JSON_INT ? TOBS_OK : wrong_type(k, f, "Number");
	case BOTAPI_FLOAT:
		return type == JSON_INT || type == JSON_DOUBLE ? TOBS_OK
							       : wrong_type(k, f, "Number");
	case BOTAPI_BOOL:
	case BOTAPI_ALWAYS:
	case BOTAPI_TRUE: return type == JSON_BOOL ? TOBS_OK : wrong_type(k, f, "Boolean");
	case BOTAPI_STRING:
	case BOTAPI_ENUM:
	case BOTAPI_CONST:
	case BOTAPI_FILE: return type == JSON_STRING ? TOBS_OK : wrong_type(k, f, "String");
	case BOTAPI_CHAT_ID:
		return type == JSON_STRING || type == JSON_INT ? TOBS_OK
							       : wrong_type(k, f, "Number");
	case BOTAPI_OBJECT: return check_object(k, f, f->type, v);
	case BOTAPI_ARRAY: return check_array(k, f, f->elem, v);
	case BOTAPI_CHOICE: return check_choice(k, f, v);
	case BOTAPI_NONE: break;
	}
	return TOBS_OK;
}

/* The kind of a union this object is; NULL: none of them. */
static const struct botapi_variant *variant_of(const struct botapi_type *t, struct json_value v)
{
	struct tobs_view tag = { NULL, 0 };

	if (t->tag)
		(void)json_get_str(json_field(v, botapi_name(t->tag)), &tag);
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_variant *a = &botapi_variants[t->first + i];

		if (a->kind == BOTAPI_OBJECT &&
			(!t->tag || tobs_view_is(tag, botapi_name(a->tag))) &&
			(!a->key || !json_is_missing(json_field(v, botapi_name(a->key)))))
			return a;
	}
	return NULL;
}

static int check_members(struct checker *k, const struct botapi_type *t, struct json_value v)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		/* A union's tag has told which one this is. */
		if (f->required && f->kind != BOTAPI_CONST &&
			json_is_missing(json_field(v, botapi_name(f->name))))
			return wrong(k, "Can't find field \"%s\"", botapi_name(f->name));
	}
	JSON_EACH (it, v) {
		const struct botapi_field *f = botapi_find(t, it.key.ptr, it.key.len);
		int r = f && !json_is_null(it.value) ? check_field(k, f, it.value) : TOBS_OK;

		if (r)
			return r;
	}
	return TOBS_OK;
}

static int check_object(
	struct checker *k, const struct botapi_field *f, uint16_t type, struct json_value v)
{
	const struct botapi_type *t = &botapi_types[type];
	const struct botapi_variant *a;
	int r;

	if (t->form == BOTAPI_UNION && t->plain && !json_is_object(v))
		return TOBS_OK; /* decoding finds out */
	if (!json_is_object(v))
		return wrong_type(k, f, "Object");
	if (++k->depth > TOBS_BOTAPI_DEPTH)
		return bot_fail(k->c, 400, "can't parse %s: Maximum depth exceeded",
			bot_words(k->c, k->top));
	if (t->form == BOTAPI_UNION) {
		a = variant_of(t, v);
		if (!a)
			return wrong(k, "%s has an unknown type", botapi_name(t->name));
		t = &botapi_types[a->type];
	}
	r = check_members(k, t, v);
	k->depth--;
	return r;
}

static bool uploaded(const struct bot_call *c, const struct botapi_field *f)
{
	ARRAY_EACH (u, &c->uploads)
		if (tobs_view_is(u->field, botapi_name(f->name)))
			return true;
	return false;
}

/* How the server calls what is missing. */
static int missing(struct bot_call *c, const struct botapi_field *f)
{
	static const char *const texts[][2] = {
		{ "chat_id", "chat_id is empty" },
		{ "from_chat_id", "chat_id is empty" },
		{ "text", "message text is empty" },
		{ "message_id", "message identifier is not specified" },
		{ "message_ids", "message identifiers are not specified" },
		{ "user_id", "invalid user_id specified" },
		{ "latitude", "latitude is empty" },
		{ "longitude", "longitude is empty" },
		{ "media", "media is empty" },
		{ "callback_query_id",
			"query is too old and response timeout expired or query ID "
			"is invalid" },
	};
	const char *name = botapi_name(f->name);

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (strcmp(texts[i][0], name) == 0)
			return bot_fail(c, 400, "%s", texts[i][1]);
	if (f->kind == BOTAPI_FILE)
		return bot_fail(c, 400, "there is no %s in the request", bot_words(c, f));
	return bot_fail(c, 400, "parameter \"%s\" is required", name);
}

int bot_check_args(struct bot_call *c)
{
	const struct botapi_type *t = &botapi_types[c->method];
	struct checker k = { .c = c };

	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		if (f->required && json_is_missing(json_field(c->json, botapi_name(f->name))) &&
			!(f->kind == BOTAPI_FILE && uploaded(c, f)))
			return missing(c, f);
	}
	JSON_EACH (it, c->json) {
		int r = TOBS_OK;

		k.top = botapi_find(t, it.key.ptr, it.key.len);
		if (k.top && !json_is_null(it.value))
			r = check_field(&k, k.top, it.value);
		if (r)
			return r;
	}
	return TOBS_OK;
}

int bot_check_object(struct bot_call *c, enum tobs_update_kind kind, struct json_value v)
{
	const struct botapi_type *t = &botapi_types[TOBS_TYPE_UPDATE];
	struct checker k = { .c = c, .top = &botapi_fields[t->first + kind] };

	return check_field(&k, k.top, v);
}
