/* SPDX-License-Identifier: MIT */
/*
 * The writing interpreter: the rows of a constructor in wire order, each field
 * taken from its offset.
 */
#include <tobs/tl.h>

#include "base/attr.h"
#include "tl/tables.h"
#include "tl/wire.h"

struct encoder {
	struct tobs_buf *out;
	int layer;
	int depth;
	const struct tl_ctor *ctor; /* what failed, for the message */
	const struct tl_field *field;
};

struct any_vec {
	uint32_t count;
	const void *items;
};

enum { ANY_TYPE = -1 };

static int write_object(struct encoder *e, int type, const void *object);
static int write_fields(struct encoder *e, const struct tl_ctor *c, const uint8_t *object);

const struct tl_ctor *tl_form(const struct tl_ctor *current, int layer)
{
	const struct tl_ctor *best = current;

	if (LIKELY(layer >= TL_LAYER))
		return current;
	/* Of the forms that were still valid at `layer`, the oldest is what it knew. */
	for (uint32_t i = tl_current_count; i < tl_ctor_count; i++) {
		const struct tl_ctor *c = &tl_ctors[i];

		if (c->base == current - tl_ctors && c->layer >= layer && c->layer < best->layer)
			best = c;
	}
	return best;
}

int tl_put_bytes(struct tobs_buf *out, struct tobs_view v)
{
	size_t head = v.len < 254 ? 1 : 4;
	size_t total = (head + v.len + 3) & ~(size_t)3;
	uint8_t *at;

	if (v.len > TL_MAX_STRING)
		return out->err ? out->err : (out->err = TOBS_ETOOBIG);
	at = tobs_buf_extend(out, total);
	if (!at)
		return out->err;
	if (head == 1)
		at[0] = (uint8_t)v.len;
	else
		put_le32(at, (uint32_t)v.len << 8 | 254);
	if (v.len)
		memcpy(at + head, v.ptr, v.len);
	memset(at + head + v.len, 0, total - head - v.len);
	return TOBS_OK;
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

static int write_elem(struct encoder *e, int kind, int type, const void *at)
{
	switch (kind) {
	case TL_INT: return tl_put_u32(e->out, *(const uint32_t *)at);
	case TL_LONG:
	case TL_DOUBLE: {
		uint64_t n;

		memcpy(&n, at, sizeof n);
		return tl_put_u64(e->out, n);
	}
	case TL_STRING:
	case TL_BYTES: return tl_put_bytes(e->out, *(const struct tobs_view *)at);
	case TL_BARE: {
		const void *object = *(const void *const *)at;

		return object ? write_fields(e, &tl_ctors[type], object) : TOBS_EINVAL;
	}
	default:
		return write_object(
			e, kind == TL_BOXED ? type : ANY_TYPE, *(const void *const *)at);
	}
}

static int write_vector(struct encoder *e, int kind, int elem, int type, const struct any_vec *v)
{
	const uint8_t *item = v->items;

	if (kind == TL_VECTOR)
		tl_put_u32(e->out, TL_VECTOR_ID);
	tl_put_u32(e->out, v->count);
	for (uint32_t i = 0; i < v->count; i++, item += elem_size(elem)) {
		int r = write_elem(e, elem, type, item);

		if (UNLIKELY(r))
			return r;
	}
	return e->out->err;
}

static int write_bool(struct encoder *e, bool yes)
{
	return tl_put_u32(e->out, yes ? (uint32_t)TL_BOOL_TRUE : (uint32_t)TL_BOOL_FALSE);
}

/* Whether a conditional field was filled in although its bit may not be set. */
static bool is_filled(const struct tl_field *f, const uint8_t *object)
{
	const void *at = object + f->offset;

	if (f->offset == TL_NO_OFFSET)
		return false;
	switch (f->kind) {
	case TL_STRING:
	case TL_BYTES: return ((const struct tobs_view *)at)->ptr != NULL;
	case TL_VECTOR: return ((const struct any_vec *)at)->items != NULL;
	case TL_BOXED:
	case TL_OBJECT: return *(const void *const *)at != NULL;
	default: return false;
	}
}

/* The flags word as it must be written: what is set, and what is implied by filled fields. */
static uint32_t flags_of(
	const struct tl_ctor *c, const struct tl_field *flags, const uint8_t *object)
{
	const struct tl_field *f = flags + 1, *end = &tl_fields[c->first] + c->count;
	unsigned first = flags->type ? 32 : 0;
	uint32_t set = 0;

	if (flags->offset != TL_NO_OFFSET)
		memcpy(&set, object + flags->offset, sizeof set);
	for (; f < end; f++)
		if (f->cond - first < 32 && f->cond != TL_ALWAYS && is_filled(f, object))
			set |= 1u << (f->cond - first);
	if (c->traits & TL_TRAIT_OLDER)
		set &= c->known[flags->type];
	return set;
}

/* What stands for a field that the struct has no place for. */
static const uint64_t nothing[4];

static int write_field(struct encoder *e, const struct tl_field *f, const void *at)
{
	switch (f->kind) {
	case TL_BOOL: return write_bool(e, *(const bool *)at);
	case TL_INT128: return tobs_buf_put(e->out, at, 16);
	case TL_INT256: return tobs_buf_put(e->out, at, 32);
	case TL_VECTOR:
	case TL_BARE_VECTOR: return write_vector(e, f->kind, f->elem, f->type, at);
	default: return write_elem(e, f->kind, f->type, at);
	}
}

static ATTR_HOT int write_fields(struct encoder *e, const struct tl_ctor *c, const uint8_t *object)
{
	const struct tl_field *f = &tl_fields[c->first], *end = f + c->count;
	uint64_t present = 1ull << TL_ALWAYS;
	int r;

	for (; f < end; f++) {
		if (!(present >> f->cond & 1))
			continue;
		if (f->kind == TL_FLAGS) {
			uint32_t flags = flags_of(c, f, object);

			present |= f->type ? (uint64_t)(flags & 0x7fffffff) << 32 : flags;
			r = tl_put_u32(e->out, flags);
		} else {
			r = write_field(e, f,
				f->offset == TL_NO_OFFSET ? (const void *)nothing
							  : object + f->offset);
		}
		if (UNLIKELY(r)) {
			if (!e->ctor) {
				e->ctor = c;
				e->field = f;
			}
			return r;
		}
	}
	return TOBS_OK;
}

static int write_as(struct encoder *e, const struct tl_ctor *c, const void *object)
{
	int r;

	if (UNLIKELY(e->depth == TL_MAX_DEPTH))
		return TOBS_ETOOBIG;
	c = tl_form(c, e->layer);
	tl_put_u32(e->out, c->id);
	e->depth++;
	r = write_fields(e, c, object);
	e->depth--;
	return r;
}

static int write_object(struct encoder *e, int type, const void *object)
{
	const struct tl_ctor *c = object ? tl_find(tl_id(object)) : NULL;

	if (UNLIKELY(!c))
		return TOBS_EINVAL;
	if (UNLIKELY(type != ANY_TYPE && (c->type != type || c->traits & TL_TRAIT_FUNCTION)))
		return TOBS_EINVAL;
	return write_as(e, c, object);
}

/* Takes back what was written and says what was wrong with which field. */
static ATTR_COLD int give_up(struct encoder *e, size_t before, int code, struct tobs_err *err)
{
	int sticking = e->out->err;

	tobs_buf_truncate(e->out, before);
	e->out->err = sticking;
	if (e->ctor)
		return tobs_fail(err, code, "cannot write %s.%s: %s", tl_names + e->ctor->name,
			tl_names + e->field->name,
			code == TOBS_EINVAL ? "nothing there, or an object of another type"
					    : tobs_error_text(code));
	return tobs_fail(err, code, "cannot write the object: %s", tobs_error_text(code));
}

int tl_encode_layer(struct tobs_buf *out, const void *object, int layer, struct tobs_err *err)
{
	struct encoder e = { .out = out, .layer = layer };
	size_t before = out->len;
	int r = write_object(&e, ANY_TYPE, object);

	return r ? give_up(&e, before, r, err) : TOBS_OK;
}

int tl_encode(struct tobs_buf *out, const void *object, struct tobs_err *err)
{
	return tl_encode_layer(out, object, TL_LAYER, err);
}

int tl_encode_as(struct tobs_buf *out, uint32_t id, const void *object, struct tobs_err *err)
{
	struct encoder e = { .out = out, .layer = TL_LAYER };
	const struct tl_ctor *c = tl_find(id);
	size_t before = out->len;
	int r;

	if (!c)
		return tobs_fail(err, TOBS_EINVAL, "%08x is not in the schema", id);
	r = write_as(&e, c, object);
	return r ? give_up(&e, before, r, err) : TOBS_OK;
}

int tl_encode_result(
	struct tobs_buf *out, uint32_t method, const void *result, int layer, struct tobs_err *err)
{
	struct encoder e = { .out = out, .layer = layer };
	const struct tl_ctor *c = tl_find(method);
	size_t before = out->len;
	int r;

	if (!c || !(c->traits & TL_TRAIT_FUNCTION))
		return tobs_fail(err, TOBS_EINVAL, "%08x is not a method", method);
	switch (c->result) {
	case TL_BOOL: r = write_bool(&e, *(const bool *)result); break;
	case TL_VECTOR:
		r = write_vector(&e, TL_VECTOR, c->result_elem, c->type,
			*(const struct any_vec *const *)result);
		break;
	default: r = write_elem(&e, c->result, c->type, result); break;
	}
	return r ? give_up(&e, before, r, err) : TOBS_OK;
}

int tl_copy(const void *object, struct tobs_arena *arena, const void **ret, struct tobs_err *err)
{
	struct tobs_buf wire;
	struct tobs_view kept;
	int r;

	tobs_buf_init(&wire, arena->max);
	r = tl_encode(&wire, object, err);
	if (!r && tobs_arena_view(arena, tobs_buf_view(&wire), &kept))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for a copy");
	if (!r)
		r = tl_decode(kept, arena, ret, NULL, err);
	tobs_buf_deinit(&wire);
	return r;
}
