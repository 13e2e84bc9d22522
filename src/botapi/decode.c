/* SPDX-License-Identifier: MIT */
#include "botapi/decode.h"

#include "base/json_path.h"
#include "base/json_write.h"
#include "botapi/tables.h"

struct decoder {
	struct tobs_arena *arena;
	struct tobs_err *err;
	unsigned depth;
};

/* The arrays of <tobs/botapi_types.h> all look like this one. */
struct array {
	void *items;
	size_t count;
};

static int decode_into(
	struct decoder *d, const struct botapi_type *t, struct json_value v, uint8_t *out);

static ATTR_NOINLINE int mismatch(struct decoder *d, struct json_value v, const char *want)
{
	static const char *const names[] = {
		[JSON_MISSING] = "nothing",
		[JSON_NULL] = "null",
		[JSON_BOOL] = "a boolean",
		[JSON_INT] = "an integer",
		[JSON_UINT] = "too large a number",
		[JSON_DOUBLE] = "a number with a fraction",
		[JSON_STRING] = "a string",
		[JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	return json_fail(d->err, TOBS_EMALFORMED, "%s, not %s", names[json_type(v)], want);
}

static ATTR_NOINLINE int no_room(struct decoder *d, size_t size)
{
	enum { OVERHEAD = 64 }; /* of an arena's chunk, and more */

	if (size > d->arena->max || d->arena->max - size < d->arena->used + OVERHEAD)
		return json_fail(d->err, TOBS_ETOOBIG, "it takes more than %zu bytes of memory",
			d->arena->max);
	return json_fail(d->err, TOBS_ENOMEM, "no memory");
}

/* A zero byte would end a C string too early: U+FFFD, which counts one UTF-16 unit like it. */
static ATTR_NOINLINE int string_with_zeros(
	struct decoder *d, struct tobs_view s, size_t zeros, const char **ret)
{
	char *p = tobs_arena_alloc(d->arena, s.len + 2 * zeros + 1), *at = p;

	if (!p)
		return no_room(d, s.len);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i]) {
			*at++ = (char)s.ptr[i];
		} else {
			memcpy(at, "\xef\xbf\xbd", 3);
			at += 3;
		}
	}
	*at = 0;
	*ret = p;
	return TOBS_OK;
}

static int decode_string(struct decoder *d, struct json_value v, const char **ret)
{
	struct tobs_view s;
	char *p;

	if (UNLIKELY(json_get_str(v, &s)))
		return mismatch(d, v, "a string");
	if (UNLIKELY(memchr(s.ptr, 0, s.len) != NULL)) {
		size_t zeros = 0;

		for (size_t i = 0; i < s.len; i++)
			zeros += s.ptr[i] == 0;
		return string_with_zeros(d, s, zeros, ret);
	}
	p = tobs_arena_alloc(d->arena, s.len + 1);
	if (UNLIKELY(!p))
		return no_room(d, s.len);
	memcpy(p, s.ptr, s.len + 1); /* the parser puts a zero byte behind */
	*ret = p;
	return TOBS_OK;
}

static int decode_enum(
	struct decoder *d, const struct botapi_enum *e, struct json_value v, unsigned *ret)
{
	struct tobs_view s;

	if (json_get_str(v, &s))
		return mismatch(d, v, "a string");
	for (unsigned i = 0; i < e->count; i++) {
		const char *name = botapi_name(botapi_values[e->first + i]);

		if (s.len && (uint8_t)name[0] == s.ptr[0] && tobs_view_is(s, name)) {
			*ret = i + 1;
			return TOBS_OK;
		}
	}
	*ret = 0; /* newer than this version of the API */
	return TOBS_OK;
}

/* What C promises to be there although the server left it out: empty strings, empty objects. */
static ATTR_NOINLINE int fill_required(struct decoder *d, const struct botapi_type *t, uint8_t *out)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];
		const void **p = (const void **)(void *)(out + f->offset);
		const struct botapi_type *sub = &botapi_types[f->type];
		void *object;
		int r;

		if (!f->required || (f->kind != BOTAPI_STRING && f->kind != BOTAPI_OBJECT) || *p)
			continue;
		if (f->kind == BOTAPI_STRING) {
			*p = "";
			continue;
		}
		object = tobs_arena_zalloc(d->arena, sub->size);
		if (!object)
			return no_room(d, sub->size);
		*p = object;
		if (sub->form == BOTAPI_STRUCT && (r = fill_required(d, sub, object)))
			return r;
	}
	return TOBS_OK;
}

static int decode_object(struct decoder *d, uint16_t type, struct json_value v, void **ret)
{
	const struct botapi_type *t = &botapi_types[type];
	void *p = tobs_arena_zalloc(d->arena, t->size);
	int r;

	if (UNLIKELY(!p))
		return no_room(d, t->size);
	r = decode_into(d, t, v, p);
	if (!r)
		*ret = p;
	return r;
}

static size_t elem_size(enum botapi_kind elem, uint16_t type)
{
	switch (elem) {
	case BOTAPI_INT: return sizeof(int64_t);
	case BOTAPI_STRING: return sizeof(char *);
	case BOTAPI_ARRAY: return sizeof(struct array);
	default: return botapi_types[type].size;
	}
}

static int decode_array(struct decoder *d, enum botapi_kind elem, uint16_t type,
	struct json_value v, struct array *ret);

static int decode_elem(
	struct decoder *d, enum botapi_kind elem, uint16_t type, struct json_value v, uint8_t *out)
{
	switch (elem) {
	case BOTAPI_INT:
		return json_get_i64(v, (int64_t *)(void *)out) ? mismatch(d, v, "an integer")
							       : TOBS_OK;
	case BOTAPI_STRING: return decode_string(d, v, (const char **)(void *)out);
	case BOTAPI_ARRAY:
		return decode_array(d, BOTAPI_OBJECT, type, v, (struct array *)(void *)out);
	default: return decode_into(d, &botapi_types[type], v, out);
	}
}

static int decode_array(struct decoder *d, enum botapi_kind elem, uint16_t type,
	struct json_value v, struct array *ret)
{
	size_t size = elem_size(elem, type), count, n = 0;
	uint8_t *items;
	int r = TOBS_OK;

	if (UNLIKELY(!json_is_array(v)))
		return mismatch(d, v, "an array");
	if (d->depth == TOBS_BOTAPI_DEPTH)
		return json_fail(d->err, TOBS_ETOOBIG, "nested deeper than %d", TOBS_BOTAPI_DEPTH);
	count = json_count(v);
	/* An empty array is there too. */
	items = tobs_arena_array(d->arena, count ? count : 1, size);
	if (!items)
		return no_room(d, count * size);
	d->depth++;
	JSON_EACH (it, v) {
		r = decode_elem(d, elem, type, it.value, items + n * size);
		if (UNLIKELY(r)) {
			json_at_index(d->err, n, r);
			break;
		}
		n++;
	}
	d->depth--;
	*ret = (struct array){ items, n };
	return r;
}

static int decode_chat_id(
	struct decoder *d, const struct botapi_field *f, struct json_value v, uint8_t *out)
{
	if (json_is_string(v))
		return decode_string(d, v, (const char **)(void *)(out + f->extra));
	if (json_get_i64(v, (int64_t *)(void *)(out + f->offset)))
		return mismatch(d, v, "an integer or a string");
	return TOBS_OK;
}

/* Which of several pointers it is, by the field that only one of them has. */
static int decode_choice(
	struct decoder *d, const struct botapi_type *t, struct json_value v, uint8_t *out)
{
	if (!json_is_object(v))
		return mismatch(d, v, "an object");
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_variant *a = &botapi_variants[t->first + i];

		if (!json_is_missing(json_field(v, botapi_name(a->key))))
			return decode_object(d, a->type, v, (void **)(void *)(out + a->offset));
	}
	return TOBS_OK; /* a sort that came after this version */
}

static int decode_field(
	struct decoder *d, const struct botapi_field *f, struct json_value v, uint8_t *out)
{
	uint8_t *at = out + f->offset;

	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT:
		if (UNLIKELY(json_get_i64(v, (int64_t *)(void *)at)))
			return mismatch(d, v, "an integer");
		break;
	case BOTAPI_FLOAT:
		if (json_get_double(v, (double *)(void *)at))
			return mismatch(d, v, "a number");
		break;
	case BOTAPI_BOOL:
	case BOTAPI_TRUE:
		if (UNLIKELY(json_get_bool(v, (bool *)at)))
			return mismatch(d, v, "a boolean");
		break;
	case BOTAPI_STRING: return decode_string(d, v, (const char **)(void *)at);
	case BOTAPI_ENUM: return decode_enum(d, &botapi_enums[f->type], v, (unsigned *)(void *)at);
	case BOTAPI_OBJECT: return decode_object(d, f->type, v, (void **)(void *)at);
	case BOTAPI_ARRAY: return decode_array(d, f->elem, f->type, v, (struct array *)(void *)at);
	case BOTAPI_FILE: {
		struct tobs_input_file *file = (struct tobs_input_file *)(void *)at;

		file->kind = TOBS_INPUT_FILE_NAMED;
		return decode_string(d, v, &file->from.id);
	}
	case BOTAPI_CHAT_ID: return decode_chat_id(d, f, v, out);
	case BOTAPI_CHOICE: return decode_choice(d, &botapi_types[f->type], v, at);
	case BOTAPI_CONST:
	case BOTAPI_ALWAYS:
	case BOTAPI_NONE: return TOBS_OK;
	}
	if (f->extra)
		out[f->extra] = true;
	return TOBS_OK;
}

static int decode_struct(
	struct decoder *d, const struct botapi_type *t, struct json_value v, uint8_t *out)
{
	uint64_t seen = 0;
	unsigned kind = 0;
	int r;

	JSON_EACH (it, v) {
		const struct botapi_field *f = botapi_find(t, it.key.ptr, it.key.len);

		if (UNLIKELY(!f || json_is_null(it.value)))
			continue;
		r = decode_field(d, f, it.value, out);
		if (UNLIKELY(r))
			return json_at_key(d->err, it.key, r);
		if (f->required)
			seen |= 1ull << (f->required - 1);
		else
			kind = (unsigned)(f - &botapi_fields[t->first]);
	}
	if (t->form == BOTAPI_UPDATE)
		memcpy(out, &kind, sizeof kind);
	if (UNLIKELY(seen != (1ull << t->required) - 1))
		return fill_required(d, t, out);
	return TOBS_OK;
}

static int decode_raw(struct decoder *d, struct json_value v, struct tobs_view *ret)
{
	struct json_writer w;
	struct tobs_buf text;
	int r;

	tobs_buf_init(&text, d->arena->max);
	json_writer_init(&w, &text, 0);
	jsonw_value(&w, v);
	r = tobs_buf_err(&text);
	if (!r)
		r = tobs_arena_view(d->arena, tobs_buf_view(&text), ret);
	if (r)
		r = no_room(d, text.len);
	tobs_buf_deinit(&text);
	return r;
}

/* Which kind of a union this object is; the number of kinds when it is none of them. */
static unsigned which(const struct botapi_type *t, struct json_value v)
{
	struct tobs_view tag = { NULL, 0 };
	unsigned i;

	if (t->tag)
		(void)json_get_str(json_field(v, botapi_name(t->tag)), &tag);
	for (i = 0; i < t->count; i++) {
		const struct botapi_variant *a = &botapi_variants[t->first + i];

		if (a->kind == BOTAPI_OBJECT &&
			(!t->tag || tobs_view_is(tag, botapi_name(a->tag))) &&
			(!a->key || !json_is_missing(json_field(v, botapi_name(a->key)))))
			break;
	}
	return i;
}

static int decode_union(
	struct decoder *d, const struct botapi_type *t, struct json_value v, uint8_t *out)
{
	const struct botapi_variant *a = &botapi_variants[t->first];
	unsigned kind;
	int r;

	if (t->plain && json_is_string(v)) {
		kind = t->plain;
		r = decode_string(d, v, (const char **)(void *)(out + a[kind - 1].offset));
	} else if (t->plain && json_is_array(v)) {
		kind = t->plain + 1u;
		r = decode_array(d, BOTAPI_OBJECT, a[kind - 1].type, v,
			(struct array *)(void *)(out + a[kind - 1].offset));
	} else if (!json_is_object(v)) {
		return mismatch(d, v, "an object");
	} else {
		kind = which(t, v) + 1;
		if (kind > t->count) {
			kind = 0;
			r = decode_raw(d, v, (struct tobs_view *)(void *)(out + a->offset));
		} else {
			r = decode_struct(
				d, &botapi_types[a[kind - 1].type], v, out + a[kind - 1].offset);
		}
	}
	if (!r)
		memcpy(out, &kind, sizeof kind);
	return r;
}

static int decode_into(
	struct decoder *d, const struct botapi_type *t, struct json_value v, uint8_t *out)
{
	int r;

	if (UNLIKELY(d->depth == TOBS_BOTAPI_DEPTH))
		return json_fail(d->err, TOBS_ETOOBIG, "nested deeper than %d", TOBS_BOTAPI_DEPTH);
	if (t->form == BOTAPI_UNION) {
		d->depth++;
		r = decode_union(d, t, v, out);
	} else {
		if (UNLIKELY(!json_is_object(v)))
			return mismatch(d, v, "an object");
		d->depth++;
		r = decode_struct(d, t, v, out);
	}
	d->depth--;
	return r;
}

int botapi_decode(enum tobs_botapi_type type, struct json_value v, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err)
{
	struct decoder d = { arena, err, 0 };
	void *object = NULL;
	int r = decode_object(&d, (uint16_t)type, v, &object);

	if (r)
		return json_at_file(err, botapi_name(botapi_types[type].name), r);
	*ret = object;
	return TOBS_OK;
}

int botapi_decode_args(enum tobs_method method, struct json_value v, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err)
{
	return botapi_decode((enum tobs_botapi_type)method, v, arena, ret, err);
}

/* "On success, if the edited message is not an inline message, the edited Message is returned, otherwise True." */
static bool may_be_true(enum tobs_method method)
{
	switch (method) {
	case TOBS_METHOD_EDIT_MESSAGE_TEXT:
	case TOBS_METHOD_EDIT_MESSAGE_CAPTION:
	case TOBS_METHOD_EDIT_MESSAGE_MEDIA:
	case TOBS_METHOD_EDIT_MESSAGE_LIVE_LOCATION:
	case TOBS_METHOD_EDIT_MESSAGE_REPLY_MARKUP:
	case TOBS_METHOD_STOP_MESSAGE_LIVE_LOCATION:
	case TOBS_METHOD_SET_GAME_SCORE: return true;
	default: return false;
	}
}

int botapi_decode_result(enum tobs_method method, struct json_value v, struct tobs_arena *arena,
	void *ret, struct tobs_err *err)
{
	const struct botapi_type *m = &botapi_types[method];
	struct decoder d = { arena, err, 0 };
	union {
		int64_t i;
		const char *s;
		void *object;
		struct array array;
	} value = { .array = { NULL, 0 } };
	size_t size;
	int r = TOBS_OK;

	switch ((enum botapi_kind)m->result_kind) {
	case BOTAPI_INT:
		size = sizeof value.i;
		r = json_get_i64(v, &value.i) ? mismatch(&d, v, "an integer") : TOBS_OK;
		break;
	case BOTAPI_STRING:
		size = sizeof value.s;
		r = decode_string(&d, v, &value.s);
		break;
	case BOTAPI_ARRAY:
		size = sizeof value.array;
		r = decode_array(&d, m->result_elem, m->result_type, v, &value.array);
		break;
	case BOTAPI_OBJECT:
		size = sizeof value.object;
		if (json_type(v) != JSON_BOOL || !may_be_true(method))
			r = decode_object(&d, m->result_type, v, &value.object);
		break;
	default: size = 0; break;
	}
	if (r)
		return json_at_file(err, botapi_name(m->name), r);
	if (ret && size)
		memcpy(ret, &value, size);
	return TOBS_OK;
}
