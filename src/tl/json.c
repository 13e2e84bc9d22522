/* SPDX-License-Identifier: MIT */
#include "tl/json.h"

#include <stdio.h>
#include <tobs/tl.h>

#include "base/attr.h"
#include "base/hex.h"
#include "base/json_path.h"
#include "tl/tables.h"

struct reader {
	const struct tl_json_hooks *hooks;
	struct tobs_arena *arena;
	int depth;
	struct tobs_err *err;
};

struct any_vec {
	uint32_t count;
	const void *items;
};

static int read_object(struct reader *rd, int type, struct json_value v, const void **ret);
static int read_members(
	struct reader *rd, const struct tl_ctor *c, uint8_t *object, struct json_value v);

enum { ANY_TYPE = -1 };

static int wrong_type(struct reader *rd, struct json_value v, const char *wanted)
{
	return json_fail(rd->err, TOBS_EMALFORMED, "is of type %s, must be %s",
		json_type_name(json_type(v)), wanted);
}

static int no_memory(struct reader *rd)
{
	return json_fail(rd->err, TOBS_ENOMEM, "no memory");
}

static const char *type_name(int type)
{
	return tl_names + tl_types[type];
}

/* Appends ", name" to a list of at most `size` bytes, or ", …" once to one that is full. */
static size_t list_add(char *out, size_t at, size_t size, const char *name)
{
	bool room = at + strlen(name) + sizeof ", , …" < size;

	if (at + sizeof ", …" >= size)
		return at;
	return at +
		(size_t)snprintf(out + at, size - at, "%s%s", at ? ", " : "", room ? name : "…") +
		(room ? 0 : size);
}

static void list_ctors(int type, char *out, size_t size)
{
	size_t at = 0;

	out[0] = 0;
	for (uint32_t i = 0; i < tl_current_count; i++)
		if (tl_ctors[i].type == type && !(tl_ctors[i].traits & TL_TRAIT_FUNCTION))
			at = list_add(out, at, size, tl_names + tl_ctors[i].name);
}

/* The constructor of that name and type, current form; -1 in `type` for any. */
static const struct tl_ctor *ctor_named(struct tobs_view name, int type)
{
	for (uint32_t i = 0; i < tl_current_count; i++)
		if ((type == ANY_TYPE || tl_ctors[i].type == type) &&
			!(tl_ctors[i].traits & TL_TRAIT_FUNCTION) &&
			tobs_view_is(name, tl_names + tl_ctors[i].name))
			return &tl_ctors[i];
	return NULL;
}

static const struct tl_ctor *only_ctor(int type)
{
	const struct tl_ctor *only = NULL;

	for (uint32_t i = 0; i < tl_current_count; i++) {
		if (tl_ctors[i].type != type || tl_ctors[i].traits & TL_TRAIT_FUNCTION)
			continue;
		if (only)
			return NULL;
		only = &tl_ctors[i];
	}
	return only;
}

static int read_number(struct reader *rd, const char *field, struct json_value v, int64_t min,
	int64_t max, int64_t *ret)
{
	int64_t n;
	int r = json_get_i64(v, &n);

	if (r && rd->hooks && rd->hooks->number)
		r = rd->hooks->number(rd->hooks->user, field, v, &n, rd->err);
	else if (r)
		r = TOBS_EUNSUPPORTED;
	if (r == TOBS_EUNSUPPORTED)
		return wrong_type(rd, v, "an integer");
	if (r)
		return r;
	if (n < min || n > max)
		return json_fail(rd->err, TOBS_ETOOBIG, "does not fit the %d bits of the field",
			max == INT32_MAX ? 32 : 64);
	*ret = n;
	return TOBS_OK;
}

static int read_hex(struct reader *rd, struct json_value v, struct tobs_view *ret)
{
	struct tobs_view text;
	struct tobs_buf bytes;
	int r;

	if (json_get_str(v, &text))
		return wrong_type(rd, v, "a string of hexadecimal digits");
	tobs_buf_init(&bytes, TL_MAX_STRING);
	r = hex_decode(&bytes, text);
	if (r)
		r = json_fail(rd->err, r, "is not hexadecimal");
	else if (tobs_arena_view(rd->arena, tobs_buf_view(&bytes), ret))
		r = no_memory(rd);
	tobs_buf_deinit(&bytes);
	return r;
}

static int read_string(struct reader *rd, int kind, struct json_value v, struct tobs_view *ret)
{
	struct json_value hex = json_field(v, "hex");
	struct tobs_view text;
	int r;

	if (kind == TL_BYTES && !json_is_missing(hex)) {
		r = read_hex(rd, hex, ret);
		return r ? json_at_key(rd->err, tobs_str("hex"), r) : r;
	}
	if (json_get_str(v, &text))
		return wrong_type(rd, v, "a string");
	if (text.len > TL_MAX_STRING)
		return json_fail(rd->err, TOBS_ETOOBIG, "is longer than 16 MiB");
	return tobs_arena_view(rd->arena, text, ret) ? no_memory(rd) : TOBS_OK;
}

static int read_fixed(struct reader *rd, size_t size, struct json_value v, void *at)
{
	struct tobs_view bytes;
	int r = read_hex(rd, v, &bytes);

	if (r)
		return r;
	if (bytes.len != size)
		return json_fail(
			rd->err, TOBS_EMALFORMED, "has %zu bytes, must have %zu", bytes.len, size);
	memcpy(at, bytes.ptr, size);
	return TOBS_OK;
}

static int read_bare(struct reader *rd, int ctor, struct json_value v, const void **ret)
{
	uint8_t *object;

	if (!json_is_object(v))
		return wrong_type(rd, v, "an object");
	object = tobs_arena_zalloc(rd->arena, tl_ctors[ctor].size);
	if (!object)
		return no_memory(rd);
	*(uint32_t *)(void *)object = tl_ctors[ctor].id;
	*ret = object;
	return read_members(rd, &tl_ctors[ctor], object, v);
}

/* A value of any kind but vectors, to where it belongs. */
static int read_value(
	struct reader *rd, int kind, int type, const char *field, struct json_value v, void *at)
{
	int64_t n;
	int r;

	switch (kind) {
	case TL_INT:
		r = read_number(rd, field, v, INT32_MIN, INT32_MAX, &n);
		if (!r)
			*(int32_t *)at = (int32_t)n;
		return r;
	case TL_LONG: return read_number(rd, field, v, INT64_MIN, INT64_MAX, at);
	case TL_DOUBLE: return json_get_double(v, at) ? wrong_type(rd, v, "a number") : TOBS_OK;
	case TL_STRING:
	case TL_BYTES: return read_string(rd, kind, v, at);
	case TL_BOOL: return json_get_bool(v, at) ? wrong_type(rd, v, "true or false") : TOBS_OK;
	case TL_INT128: return read_fixed(rd, 16, v, at);
	case TL_INT256: return read_fixed(rd, 32, v, at);
	case TL_BARE: return read_bare(rd, type, v, at);
	default: return read_object(rd, kind == TL_OBJECT ? ANY_TYPE : type, v, at);
	}
}

static size_t elem_size(int kind)
{
	switch (kind) {
	case TL_INT: return sizeof(int32_t);
	case TL_STRING:
	case TL_BYTES: return sizeof(struct tobs_view);
	default: return 8;
	}
}

static int read_vector(
	struct reader *rd, const struct tl_field *f, struct json_value v, struct any_vec *ret)
{
	size_t size = elem_size(f->elem), n = json_count(v), i = 0;
	uint8_t *items;

	if (!json_is_array(v))
		return wrong_type(rd, v, "an array");
	/* An empty vector that is given is still there: its pointer says so. */
	items = tobs_arena_array(rd->arena, MAX(n, 1), size);
	if (!items)
		return no_memory(rd);
	JSON_EACH (it, v) {
		int r = read_value(
			rd, f->elem, f->type, tl_names + f->name, it.value, items + i * size);

		if (r)
			return json_at_index(rd->err, i, r);
		i++;
	}
	*ret = (struct any_vec){ (uint32_t)n, items };
	return TOBS_OK;
}

static void set_bit(const struct tl_ctor *c, uint8_t *object, unsigned bit, bool on)
{
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];
		uint32_t *word = (void *)(object + f->offset);

		if (f->kind != TL_FLAGS || f->type != bit / 32)
			continue;
		*word = on ? *word | 1u << bit % 32 : *word & ~(1u << bit % 32);
		return;
	}
}

/* The bit that the `true` field `name` of `c` stands for, or -1. */
static int true_bit(const struct tl_ctor *c, struct tobs_view name)
{
	uint32_t index = (uint32_t)(c - tl_ctors), low = 0, high = tl_true_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (tl_trues[mid].ctor < index)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < tl_true_count && tl_trues[low].ctor == index; low++)
		if (tobs_view_is(name, tl_names + tl_trues[low].name))
			return tl_trues[low].bit;
	return -1;
}

static const struct tl_field *field_named(const struct tl_ctor *c, struct tobs_view name)
{
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];

		if (f->kind != TL_FLAGS && tobs_view_is(name, tl_names + f->name))
			return f;
	}
	return NULL;
}

static bool has_member(const struct tl_ctor *c, struct tobs_view name)
{
	return field_named(c, name) || true_bit(c, name) >= 0;
}

static int read_member(struct reader *rd, const struct tl_ctor *c, uint8_t *object,
	struct tobs_view name, struct json_value v)
{
	const struct tl_field *f = field_named(c, name);
	bool on;
	int r;

	if (!f) {
		if (json_get_bool(v, &on))
			return json_at_key(rd->err, name, wrong_type(rd, v, "true or false"));
		set_bit(c, object, (unsigned)true_bit(c, name), on);
		return TOBS_OK;
	}
	if (f->kind == TL_VECTOR || f->kind == TL_BARE_VECTOR)
		r = read_vector(rd, f, v, (void *)(object + f->offset));
	else
		r = read_value(rd, f->kind, f->type, tl_names + f->name, v, object + f->offset);
	if (r)
		return json_at_key(rd->err, name, r);
	if (f->cond != TL_ALWAYS)
		set_bit(c, object, f->cond, true);
	return TOBS_OK;
}

static ATTR_COLD int no_such_field(
	struct reader *rd, const struct tl_ctor *c, struct tobs_view name)
{
	uint32_t index = (uint32_t)(c - tl_ctors);
	char all[160] = "";
	size_t at = 0;

	for (int i = 0; i < c->count; i++)
		if (tl_fields[c->first + i].kind != TL_FLAGS)
			at = list_add(all, at, sizeof all, tl_names + tl_fields[c->first + i].name);
	for (uint32_t i = 0; i < tl_true_count; i++)
		if (tl_trues[i].ctor == index)
			at = list_add(all, at, sizeof all, tl_names + tl_trues[i].name);
	json_fail(rd->err, TOBS_EUNKNOWN, "%s has no such field; it has: %s", tl_names + c->name,
		at ? all : "none");
	return json_at_key(rd->err, name, TOBS_EUNKNOWN);
}

/* A required object that was not given has no sensible default. */
static int check_complete(struct reader *rd, const struct tl_ctor *c, const uint8_t *object)
{
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];

		if (f->cond == TL_ALWAYS && (f->kind == TL_BOXED || f->kind == TL_OBJECT) &&
			!*(const void *const *)(const void *)(object + f->offset))
			return json_fail(rd->err, TOBS_EMALFORMED, "%s needs the field \"%s\" (%s)",
				tl_names + c->name, tl_names + f->name,
				f->kind == TL_BOXED ? type_name(f->type) : "any object");
	}
	return TOBS_OK;
}

static int read_members(
	struct reader *rd, const struct tl_ctor *c, uint8_t *object, struct json_value v)
{
	int r = TOBS_OK;

	if (++rd->depth > TL_MAX_DEPTH)
		return json_fail(rd->err, TOBS_ETOOBIG, "objects are nested too deeply");
	JSON_EACH (it, v) {
		if (tobs_view_is(it.key, "_"))
			continue;
		r = has_member(c, it.key) ? read_member(rd, c, object, it.key, it.value)
					  : no_such_field(rd, c, it.key);
		if (r)
			return r;
	}
	rd->depth--;
	return check_complete(rd, c, object);
}

static int find_ctor(struct reader *rd, int type, struct json_value v, const struct tl_ctor **ret)
{
	struct tobs_view name;
	char all[160];

	if (!json_get_str(json_field(v, "_"), &name))
		*ret = ctor_named(name, type);
	else if (type != ANY_TYPE && json_is_object(v))
		*ret = only_ctor(type);
	else
		*ret = NULL;
	if (*ret)
		return TOBS_OK;
	if (type == ANY_TYPE)
		return json_fail(rd->err, TOBS_EUNKNOWN, "\"_\" must name a constructor");
	list_ctors(type, all, sizeof all);
	return json_fail(
		rd->err, TOBS_EUNKNOWN, "must be a %s; \"_\" is one of: %s", type_name(type), all);
}

static int read_object(struct reader *rd, int type, struct json_value v, const void **ret)
{
	const struct tl_ctor *c = NULL;
	uint8_t *object;
	int r;

	if (json_is_missing(json_field(v, "_")) && rd->hooks && rd->hooks->object &&
		type != ANY_TYPE) {
		r = rd->hooks->object(rd->hooks->user, type_name(type), v, rd->arena, ret, rd->err);
		if (r != TOBS_EUNSUPPORTED)
			return r;
	}
	r = find_ctor(rd, type, v, &c);
	if (r)
		return r;
	object = tobs_arena_zalloc(rd->arena, c->size);
	if (!object)
		return no_memory(rd);
	*(uint32_t *)(void *)object = c->id;
	r = read_members(rd, c, object, v);
	if (!r)
		*ret = object;
	return r;
}

int tl_from_json(struct json_value v, const char *type, const struct tl_json_hooks *hooks,
	struct tobs_arena *arena, const void **ret, struct tobs_err *err)
{
	struct reader rd = { hooks, arena, 0, err };
	int index = ANY_TYPE;

	for (uint32_t i = 0; type && i < tl_type_count; i++)
		if (strcmp(type_name((int)i), type) == 0)
			index = (int)i;
	if (type && index == ANY_TYPE)
		return json_fail(err, TOBS_EINVAL, "the schema has no type %s", type);
	return read_object(&rd, index, v, ret);
}

bool tl_has_field(const void *object, struct tobs_view field)
{
	const struct tl_ctor *c = tl_find(tl_id(object));

	return c && has_member(c, field);
}

int tl_set_json(void *object, struct tobs_view field, struct json_value v,
	const struct tl_json_hooks *hooks, struct tobs_arena *arena, struct tobs_err *err)
{
	struct reader rd = { hooks, arena, 0, err };

	return read_member(&rd, tl_find(tl_id(object)), object, field, v);
}
