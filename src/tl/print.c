/* SPDX-License-Identifier: MIT */
/* The printing interpreter: an object as JSON for people and for comparisons. */
#include <tobs/tl.h>

#include "base/hex.h"
#include "base/json_write.h"
#include "tl/tables.h"

enum { HEX_MAX = 64 << 20 };

static void print_object(struct json_writer *w, const void *object);
static void print_fields(struct json_writer *w, const struct tl_ctor *c, const uint8_t *object);

static void print_bytes(struct json_writer *w, struct tobs_view bytes)
{
	struct tobs_buf hex;

	tobs_buf_init(&hex, HEX_MAX);
	if (hex_encode(&hex, bytes))
		w->out->err = hex.err;
	jsonw_str_v(w, tobs_buf_view(&hex));
	tobs_buf_deinit(&hex);
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

static void print_value(struct json_writer *w, int kind, const void *at)
{
	switch (kind) {
	case TL_INT: jsonw_i64(w, *(const int32_t *)at); break;
	case TL_FLAGS: jsonw_i64(w, *(const uint32_t *)at); break;
	case TL_LONG: jsonw_i64(w, *(const int64_t *)at); break;
	case TL_DOUBLE: {
		double d = *(const double *)at;

		/* JSON has no word for these. */
		if (__builtin_isfinite(d))
			jsonw_double(w, d);
		else
			jsonw_null(w);
		break;
	}
	case TL_STRING: jsonw_str_v(w, *(const struct tobs_view *)at); break;
	case TL_BYTES: print_bytes(w, *(const struct tobs_view *)at); break;
	case TL_BOOL: jsonw_bool(w, *(const bool *)at); break;
	case TL_INT128: print_bytes(w, tobs_view(at, 16)); break;
	case TL_INT256: print_bytes(w, tobs_view(at, 32)); break;
	default: print_object(w, *(const void *const *)at); break;
	}
}

static void print_vector(struct json_writer *w, int elem, const struct tl_vec_long *v)
{
	const uint8_t *item = (const void *)v->items;

	jsonw_array(w);
	for (uint32_t i = 0; i < v->count; i++, item += elem_size(elem))
		print_value(w, elem, item);
	jsonw_end(w);
}

static void print_fields(struct json_writer *w, const struct tl_ctor *c, const uint8_t *object)
{
	uint64_t present = 1ull << TL_ALWAYS;

	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];
		const void *at = object + f->offset;

		if (!(present >> f->cond & 1))
			continue;
		if (f->kind == TL_FLAGS)
			present |= (uint64_t) * (const uint32_t *)at << (f->type ? 32 : 0);
		jsonw_key(w, tl_names + f->name);
		if (f->kind == TL_VECTOR || f->kind == TL_BARE_VECTOR)
			print_vector(w, f->elem, at);
		else
			print_value(w, f->kind, at);
	}
}

static void print_object(struct json_writer *w, const void *object)
{
	const struct tl_ctor *c = object ? tl_find(tl_id(object)) : NULL;

	if (!c) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "_");
	jsonw_str(w, tl_names + c->name);
	print_fields(w, c, object);
	jsonw_end(w);
}

int tl_print(struct tobs_buf *out, const void *object)
{
	struct json_writer w;

	json_writer_init(&w, out, 0);
	print_object(&w, object);
	return out->err;
}
