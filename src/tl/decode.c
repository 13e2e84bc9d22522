/* SPDX-License-Identifier: MIT */
/*
 * The reading interpreter. It walks the rows of a constructor and stores each
 * field at its offset. With a NULL arena it only skips: same checks, no memory.
 */
#include <stdio.h>
#include <tobs/tl.h>

#include "base/attr.h"
#include "tl/tables.h"
#include "tl/wire.h"

struct decoder {
	struct tl_reader in;
	struct tobs_arena *arena; /* NULL when skipping */
	int depth;
	const uint8_t *at;          /* where the object that failed starts */
	const struct tl_ctor *ctor; /* the constructor whose field failed */
	const struct tl_field *field;
};

static int read_object(struct decoder *d, int type, const void **ret);
static int read_fields(struct decoder *d, const struct tl_ctor *c, uint8_t *object);

enum { ANY_TYPE = -1 };

static int read_bool(struct decoder *d, bool *ret)
{
	uint32_t id;
	int r = tl_read_u32(&d->in, &id);

	if (r)
		return r;
	if (id != (uint32_t)TL_BOOL_TRUE && id != (uint32_t)TL_BOOL_FALSE)
		return TOBS_EMALFORMED;
	*ret = id == (uint32_t)TL_BOOL_TRUE;
	return TOBS_OK;
}

/* Bytes that one element of each kind takes at least on the wire, and exactly in memory. */
static size_t elem_size(int kind)
{
	switch (kind) {
	case TL_INT: return sizeof(int32_t);
	case TL_LONG: return sizeof(int64_t);
	case TL_DOUBLE: return sizeof(double);
	case TL_STRING:
	case TL_BYTES: return sizeof(struct tobs_view);
	default: return sizeof(void *);
	}
}

static int read_elem(struct decoder *d, int kind, int type, void *at)
{
	uint64_t n;
	uint32_t small;
	int r;

	switch (kind) {
	case TL_INT:
		r = tl_read_u32(&d->in, &small);
		if (!r && at)
			memcpy(at, &small, sizeof small);
		return r;
	case TL_LONG:
	case TL_DOUBLE:
		r = tl_read_u64(&d->in, &n);
		if (!r && at)
			memcpy(at, &n, sizeof n);
		return r;
	case TL_STRING:
	case TL_BYTES: {
		struct tobs_view v;

		r = tl_read_bytes(&d->in, &v);
		if (!r && at)
			*(struct tobs_view *)at = v;
		return r;
	}
	case TL_BARE: {
		const struct tl_ctor *c = &tl_ctors[type];
		uint8_t *object = NULL;

		if (at) {
			object = tobs_arena_zalloc(d->arena, c->size);
			if (!object)
				return TOBS_ENOMEM;
			*(uint32_t *)(void *)object = c->id;
			*(const void **)at = object;
		}
		return read_fields(d, c, object);
	}
	default: return read_object(d, kind == TL_BOXED ? type : ANY_TYPE, at);
	}
}

/* The layout that all struct tl_vec_… share. */
struct any_vec {
	uint32_t count;
	const void *items;
};

static int read_vector(struct decoder *d, int kind, int elem, int type, struct any_vec *ret)
{
	size_t size = elem_size(elem);
	uint32_t id = TL_VECTOR_ID, count;
	uint8_t *items = NULL;

	if (kind == TL_VECTOR && tl_read_u32(&d->in, &id))
		return d->in.err;
	if (id != TL_VECTOR_ID)
		return TOBS_EMALFORMED;
	if (tl_read_u32(&d->in, &count))
		return d->in.err;
	/* No element is shorter than four bytes: a count that cannot be true allocates nothing. */
	if (count > tl_left(&d->in) / 4)
		return TOBS_ETRUNCATED;
	if (ret) {
		items = tobs_arena_alloc(d->arena, count * size);
		if (!items)
			return TOBS_ENOMEM;
	}
	for (uint32_t i = 0; i < count; i++) {
		int r = read_elem(d, elem, type, items ? items + i * size : NULL);

		if (UNLIKELY(r))
			return r;
	}
	if (ret)
		*ret = (struct any_vec){ count, items };
	return TOBS_OK;
}

/* One field of one of the rarer kinds; `at` is NULL when it is only skipped. */
static ATTR_NOINLINE int read_rare(struct decoder *d, const struct tl_field *f, void *at)
{
	const uint8_t *raw;
	bool yes;
	size_t n;
	int r;

	switch (f->kind) {
	case TL_BOOL:
		r = read_bool(d, &yes);
		if (!r && at)
			*(bool *)at = yes;
		return r;
	case TL_INT128:
	case TL_INT256:
		n = f->kind == TL_INT128 ? 16 : 32;
		r = tl_read_raw(&d->in, n, &raw);
		if (!r && at)
			memcpy(at, raw, n);
		return r;
	case TL_VECTOR:
	case TL_BARE_VECTOR: return read_vector(d, f->kind, f->elem, f->type, at);
	default: return read_elem(d, f->kind, f->type, at);
	}
}

static ATTR_HOT int read_fields(struct decoder *d, const struct tl_ctor *c, uint8_t *object)
{
	const struct tl_field *f = &tl_fields[c->first], *end = f + c->count;
	uint64_t present = 1ull << TL_ALWAYS;
	int r = TOBS_OK;

	for (; f < end; f++) {
		void *at;

		if (!(present >> f->cond & 1))
			continue;
		at = object && f->offset != TL_NO_OFFSET ? object + f->offset : NULL;
		switch (f->kind) {
		case TL_FLAGS: {
			uint32_t flags;

			r = tl_read_u32(&d->in, &flags);
			if (UNLIKELY(r))
				goto fail;
			/* Bit 31 of flags2 would be TL_ALWAYS; the schema compiler refuses it. */
			present |= f->type ? (uint64_t)(flags & 0x7fffffff) << 32 : flags;
			if (at)
				*(uint32_t *)at = flags;
			break;
		}
		case TL_INT:
		case TL_LONG:
		case TL_STRING:
		case TL_BYTES: r = read_elem(d, f->kind, 0, at); break;
		case TL_BOXED: r = read_object(d, f->type, at); break;
		default: r = read_rare(d, f, at); break;
		}
		if (UNLIKELY(r))
			goto fail;
	}
	return TOBS_OK;

fail:
	if (!d->ctor) {
		d->ctor = c;
		d->field = f;
	}
	return r;
}

static int read_object(struct decoder *d, int type, const void **ret)
{
	const uint8_t *at = d->in.pos;
	const struct tl_ctor *c;
	uint8_t *object = NULL;
	uint32_t id;
	int r;

	if (UNLIKELY(tl_read_u32(&d->in, &id)))
		return d->in.err;
	c = tl_find(id);
	if (UNLIKELY(!c)) {
		d->at = at;
		return TOBS_EUNKNOWN;
	}
	if (UNLIKELY(type == ANY_TYPE ? 0 : c->type != type || c->traits & TL_TRAIT_FUNCTION)) {
		d->at = at;
		return TOBS_EMALFORMED;
	}
	if (UNLIKELY(d->depth == TL_MAX_DEPTH)) {
		d->at = at;
		return TOBS_ETOOBIG;
	}
	if (ret) {
		object = tobs_arena_zalloc(d->arena, c->size);
		if (UNLIKELY(!object))
			return TOBS_ENOMEM;
		*(uint32_t *)(void *)object = tl_ctors[c->base].id;
		*ret = object;
	}
	d->depth++;
	r = read_fields(d, c, object);
	d->depth--;
	return r;
}

static ATTR_COLD int explain(const struct decoder *d, int code, struct tobs_err *err)
{
	const uint8_t *at = d->at ? d->at : d->in.pos;
	char what[32] = "";

	if (code == TOBS_EUNKNOWN)
		snprintf(what, sizeof what, " %08x", get_le32(at));
	if (d->ctor)
		tobs_fail(err, code, "%s%s in %s.%s", tobs_error_text(code), what,
			tl_names + d->ctor->name, tl_names + d->field->name);
	else
		tobs_fail(err, code, "%s%s", tobs_error_text(code), what);
	if (err)
		err->offset = at - d->in.start;
	return code;
}

static int decode(struct tobs_view data, struct tobs_arena *arena, const void **ret,
	size_t *ret_used, struct tobs_err *err)
{
	struct decoder d = { .arena = arena };
	const void *object = NULL;
	int r;

	tl_reader_init(&d.in, data);
	r = read_object(&d, ANY_TYPE, ret ? &object : NULL);
	if (!r && !ret_used && tl_left(&d.in))
		r = TOBS_EMALFORMED;
	if (r)
		return explain(&d, r, err);
	if (ret)
		*ret = object;
	if (ret_used)
		*ret_used = tl_offset(&d.in);
	return TOBS_OK;
}

int tl_decode(struct tobs_view data, struct tobs_arena *arena, const void **ret, size_t *ret_used,
	struct tobs_err *err)
{
	return decode(data, arena, ret, ret_used, err);
}

int tl_skip(struct tobs_view data, size_t *ret_used, struct tobs_err *err)
{
	return decode(data, NULL, NULL, ret_used, err);
}

static int read_result(struct decoder *d, const struct tl_ctor *method, void *ret)
{
	struct any_vec *vec;
	int r;

	switch (method->result) {
	case TL_BOOL: return read_bool(d, ret);
	case TL_VECTOR:
		vec = TOBS_ARENA_NEW(d->arena, struct any_vec);
		if (!vec)
			return TOBS_ENOMEM;
		r = read_vector(d, TL_VECTOR, method->result_elem, method->type, vec);
		if (!r)
			*(const void **)ret = vec;
		return r;
	default: return read_elem(d, method->result, method->type, ret);
	}
}

int tl_decode_result(uint32_t method, struct tobs_view data, struct tobs_arena *arena, void *ret,
	struct tobs_err *err)
{
	const struct tl_ctor *c = tl_find(method);
	struct decoder d = { .arena = arena };
	union {
		struct tobs_view view;
		const void *object;
		int64_t number;
		bool yes;
	} result = { .view = { NULL, 0 } };
	int r;

	if (!c || !(c->traits & TL_TRAIT_FUNCTION))
		return tobs_fail(err, TOBS_EINVAL, "%08x is not a method", method);
	tl_reader_init(&d.in, data);
	r = read_result(&d, c, &result);
	if (!r && tl_left(&d.in))
		r = TOBS_EMALFORMED;
	if (r)
		return explain(&d, r, err);
	if (c->result == TL_BOOL)
		*(bool *)ret = result.yes;
	else
		memcpy(ret, &result, elem_size(c->result));
	return TOBS_OK;
}
