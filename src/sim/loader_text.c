/* SPDX-License-Identifier: MIT */
/*
 * Text with entities, as people write it:
 *
 *     ["Look: ", {"bold": ["very ", {"italic": "good"}]}, {"text_url": "here", "url": "https://…"}]
 *
 * An object has one member that is named like an entity of the schema, without
 * "messageEntity" and in small letters with underscores; its value is the text.
 * What else it has are fields of the entity.
 */
#include <stdio.h>

#include "base/attr.h"
#include "base/utf.h"
#include "sim/loader.h"
#include "tl/tables.h"

enum { TEXT_MAX = 1 << 20, ENTITIES_MAX = 4096, NAME_MAX_BYTES = 64, NESTED_MAX = 16 };

struct text_reader {
	struct loader *l;
	struct tobs_buf text;
	size_t units; /* UTF-16 so far */
	ARRAY_OF(union tl_MessageEntity *) entities;
	int depth;
	struct tobs_err *err;
};

static int read_run(struct text_reader *rd, struct json_value v);

/* "text_url" → messageEntityTextUrl; NULL when there is none. */
static const struct tl_ctor *entity_named(struct tobs_view kind)
{
	char name[NAME_MAX_BYTES] = "messageEntity";
	size_t at = strlen(name);
	bool upper = true;

	if (at + kind.len >= sizeof name)
		return NULL;
	for (size_t i = 0; i < kind.len; i++) {
		char c = (char)kind.ptr[i];

		if (c == '_') {
			upper = true;
			continue;
		}
		name[at++] = (char)(upper && c >= 'a' && c <= 'z' ? c - 32 : c);
		upper = false;
	}
	name[at] = 0;
	for (uint32_t i = 0; i < tl_current_count; i++)
		if (strcmp(tl_names + tl_ctors[i].name, name) == 0 &&
			!(tl_ctors[i].traits & TL_TRAIT_FUNCTION))
			return &tl_ctors[i];
	return NULL;
}

/* Offset and length stand at different places, as flags come first in some. */
static void set_place(union tl_MessageEntity *e, const struct tl_ctor *c, size_t from, size_t to)
{
	uint8_t *object = (void *)e;

	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];
		int32_t *at = (void *)(object + f->offset);

		if (strcmp(tl_names + f->name, "offset") == 0)
			*at = (int32_t)from;
		else if (strcmp(tl_names + f->name, "length") == 0)
			*at = (int32_t)(to - from);
	}
}

static int read_entity(
	struct text_reader *rd, struct json_value v, const struct tl_ctor *c, struct tobs_view kind)
{
	union tl_MessageEntity *e = sim_new(&rd->l->w->arena, c->size, c->id);
	size_t from = rd->units;
	int r;

	if (!e)
		return loader_no_memory(rd->err);
	if (rd->entities.count == ENTITIES_MAX)
		return json_fail(rd->err, TOBS_ETOOBIG, "more than %d entities", (int)ENTITIES_MAX);
	if (ARRAY_PUSH(&rd->entities, e))
		return loader_no_memory(rd->err);
	r = read_run(rd, json_field_v(v, kind));
	if (r)
		return json_at_key(rd->err, kind, r);
	JSON_EACH (it, v) {
		if (tobs_view_eq(it.key, kind))
			continue;
		r = loader_set(rd->l, e, it.key, it.value, rd->err);
		if (r)
			return r;
	}
	set_place(e, c, from, rd->units);
	return TOBS_OK;
}

static int read_part(struct text_reader *rd, struct json_value v)
{
	JSON_EACH (it, v) {
		const struct tl_ctor *c = entity_named(it.key);

		if (c)
			return read_entity(rd, v, c, it.key);
	}
	return json_fail(rd->err, TOBS_EUNKNOWN,
		"has no member named like an entity, such as bold, text_url or custom_emoji");
}

static int read_run(struct text_reader *rd, struct json_value v)
{
	struct tobs_view run;
	size_t i = 0;
	int r = TOBS_OK;

	if (!json_get_str(v, &run)) {
		rd->units += utf16_len(run);
		return tobs_buf_putv(&rd->text, run) ? loader_no_memory(rd->err) : TOBS_OK;
	}
	if (json_is_object(v))
		return read_part(rd, v);
	if (!json_is_array(v))
		return loader_wrong(v, "a string, an object or an array", rd->err);
	if (++rd->depth > NESTED_MAX)
		return json_fail(rd->err, TOBS_ETOOBIG, "is nested too deeply");
	JSON_EACH (it, v) {
		r = read_run(rd, it.value);
		if (r)
			return json_at_index(rd->err, i, r);
		i++;
	}
	rd->depth--;
	return r;
}

int loader_text(struct loader *l, struct json_value v, struct tobs_view *ret,
	struct tl_vec_MessageEntity *ret_entities, struct tobs_err *err)
{
	struct text_reader rd = { .l = l, .err = err };
	int r;

	tobs_buf_init(&rd.text, TEXT_MAX);
	r = read_run(&rd, v);
	if (!r) {
		*ret = sim_keep(l->w, tobs_buf_view(&rd.text));
		if (ret->len != rd.text.len)
			r = loader_no_memory(err);
	}
	if (!r && rd.entities.count) {
		ret_entities->count = (uint32_t)rd.entities.count;
		ret_entities->items = tobs_arena_dup(&l->w->arena, rd.entities.items,
			rd.entities.count * sizeof *rd.entities.items);
		if (!ret_entities->items)
			r = loader_no_memory(err);
	}
	ARRAY_DEINIT(&rd.entities);
	tobs_buf_deinit(&rd.text);
	return r;
}

int loader_text_object(struct loader *l, struct json_value v,
	const struct tl_textWithEntities **ret, struct tobs_err *err)
{
	struct tl_textWithEntities *t = SIM_NEW(&l->w->arena, textWithEntities);

	if (!t)
		return loader_no_memory(err);
	*ret = t;
	return loader_text(l, v, &t->text, &t->entities, err);
}
