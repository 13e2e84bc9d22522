/* SPDX-License-Identifier: MIT */
#include "bot/tree.h"

#include "base/json_write.h"

struct tree *tree_new(struct tobs_arena *a)
{
	struct tree *t = TOBS_ARENA_NEW(a, struct tree);

	if (t)
		t->type = JSON_OBJECT;
	return t;
}

/* ---- From and to JSON --------------------------------------------------------- */

static struct tree *of_value(struct tobs_arena *a, struct json_value v)
{
	struct tree *t = TOBS_ARENA_NEW(a, struct tree), **end = t ? &t->first : NULL;
	struct tobs_view s;

	if (!t)
		return NULL;
	t->type = json_type(v);
	switch (t->type) {
	case JSON_BOOL: (void)json_get_bool(v, &t->b); break;
	case JSON_INT: (void)json_get_i64(v, &t->n); break;
	case JSON_UINT:
		/* Nothing here writes such numbers; a double is what others make of them. */
		t->type = JSON_DOUBLE;
		(void)json_get_double(v, &t->d);
		break;
	case JSON_DOUBLE: (void)json_get_double(v, &t->d); break;
	case JSON_STRING:
		if (json_get_str(v, &s) || tobs_arena_view(a, s, &t->str))
			return NULL;
		break;
	default: break;
	}
	JSON_EACH (it, v) {
		*end = of_value(a, it.value);
		if (!*end || (t->type == JSON_OBJECT && tobs_arena_view(a, it.key, &(*end)->key)))
			return NULL;
		end = &(*end)->next;
	}
	return t;
}

int tree_read(struct tobs_arena *a, struct tobs_view json, unsigned depth, struct tree **ret)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tree *t = NULL;
	int r;

	json_parser_init(&parser, TOBS_DATA_BYTES, depth);
	r = json_parse(&parser, &doc, json, NULL);
	if (!r)
		t = of_value(a, json_root(&doc));
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	if (r)
		return r;
	if (!t)
		return TOBS_ENOMEM;
	*ret = t;
	return TOBS_OK;
}

static void write_value(struct json_writer *w, const struct tree *t)
{
	switch (t->type) {
	case JSON_BOOL: jsonw_bool(w, t->b); return;
	case JSON_INT: jsonw_i64(w, t->n); return;
	case JSON_DOUBLE: jsonw_double(w, t->d); return;
	case JSON_STRING: jsonw_str_v(w, t->str); return;
	case JSON_OBJECT: jsonw_object(w); break;
	case JSON_ARRAY: jsonw_array(w); break;
	default: jsonw_null(w); return;
	}
	for (const struct tree *c = t->first; c; c = c->next) {
		if (t->type == JSON_OBJECT)
			jsonw_key_v(w, c->key);
		write_value(w, c);
	}
	jsonw_end(w);
}

int tree_write(const struct tree *t, struct tobs_buf *out)
{
	static const struct tree nothing = { .type = JSON_NULL };
	struct json_writer w;

	json_writer_init(&w, out, 0);
	write_value(&w, t ? t : &nothing);
	return tobs_buf_err(out);
}

/* ---- Paths ---------------------------------------------------------------------- */

/* Whether the child is the one of that name, or the i-th. */
static bool is_called(
	const struct tree *parent, const struct tree *child, size_t i, struct tobs_view name)
{
	int64_t n;

	if (parent->type == JSON_OBJECT)
		return tobs_view_eq(child->key, name);
	return !tobs_view_int(name, 0, INT32_MAX, &n) && n == (int64_t)i;
}

/* Where the pointer to that child stands: it holds NULL behind the last. */
static struct tree **place_of(struct tree *t, struct tobs_view name, size_t *ret_index)
{
	struct tree **at = &t->first;
	size_t i = 0;

	while (*at && !is_called(t, *at, i, name)) {
		at = &(*at)->next;
		i++;
	}
	*ret_index = i;
	return at;
}

static bool is_container(const struct tree *t)
{
	return t->type == JSON_OBJECT || t->type == JSON_ARRAY;
}

struct tree *tree_find(struct tree *t, const char *path)
{
	struct tobs_view rest = tobs_str(path), name;
	size_t i;

	while (t && rest.len) {
		(void)tobs_view_split(&rest, '.', &name);
		t = is_container(t) ? *place_of(t, name, &i) : NULL;
	}
	return t;
}

static int add_child(struct tree *parent, struct tobs_arena *a, struct tree **at,
	struct tobs_view name, size_t i)
{
	struct tree *t;
	int64_t n;

	/* An array grows at its end, not with gaps. */
	if (parent->type == JSON_ARRAY &&
		(tobs_view_int(name, 0, INT32_MAX, &n) || n != (int64_t)i))
		return TOBS_EINVAL;
	t = TOBS_ARENA_NEW(a, struct tree);
	if (!t || (parent->type == JSON_OBJECT && tobs_arena_view(a, name, &t->key)))
		return TOBS_ENOMEM;
	*at = t;
	return TOBS_OK;
}

int tree_path(const char *path, unsigned *ret_names)
{
	struct tobs_view rest = tobs_str(path), name;
	unsigned names = 0;

	if (tobs_view_ends(rest, "."))
		return TOBS_EINVAL;
	while (rest.len) {
		(void)tobs_view_split(&rest, '.', &name);
		if (!name.len)
			return TOBS_EINVAL;
		names++;
	}
	*ret_names = names;
	/* There may be an array at its end. */
	return names >= TOBS_DATA_DEPTH ? TOBS_ETOOBIG : TOBS_OK;
}

int tree_make(struct tree *t, struct tobs_arena *a, const char *path, struct tree **ret)
{
	struct tobs_view rest = tobs_str(path), name;
	unsigned names;
	int r = tree_path(path, &names);

	while (!r && rest.len) {
		struct tree **at;
		size_t i;

		if (t->type == JSON_MISSING)
			t->type = JSON_OBJECT;
		if (!is_container(t))
			return TOBS_EINVAL;
		(void)tobs_view_split(&rest, '.', &name);
		at = place_of(t, name, &i);
		if (!*at)
			r = add_child(t, a, at, name, i);
		if (!r)
			t = *at;
	}
	if (r)
		return r;
	*ret = t;
	return TOBS_OK;
}

void tree_remove(struct tree *t, const char *path)
{
	struct tobs_view rest = tobs_str(path), name;
	struct tree **at;
	size_t i;

	if (!rest.len)
		t->first = NULL;
	while (rest.len && is_container(t)) {
		(void)tobs_view_split(&rest, '.', &name);
		at = place_of(t, name, &i);
		if (!*at)
			return;
		if (!rest.len)
			*at = (*at)->next;
		else
			t = *at;
	}
}

void tree_become(struct tree *t, const struct tree *from)
{
	struct tobs_view key = t->key;
	struct tree *next = t->next;

	*t = *from;
	t->key = key;
	t->next = next;
}

size_t tree_count(const struct tree *t)
{
	size_t n = 0;

	if (t && is_container(t))
		for (const struct tree *c = t->first; c; c = c->next)
			n++;
	return n;
}
