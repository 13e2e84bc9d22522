/* SPDX-License-Identifier: MIT */
#include "support/botapi_random.h"

#include "botapi/tables.h"
#include "support/test.h"

enum { DEEP = 4, DEEPEST = 40 };

struct array {
	uint8_t *items;
	size_t count;
};

static void fill_object(
	const struct botapi_random *r, const struct botapi_type *t, uint8_t *out, int depth);

static uint64_t below(const struct botapi_random *r, uint64_t n)
{
	return prng_below(r->prng, n);
}

static void *room(const struct botapi_random *r, size_t count, size_t size)
{
	void *p = tobs_arena_array(r->arena, count ? count : 1, size);

	assert_non_null(p);
	return p;
}

/* Letters of one to four bytes, quotes, backslashes, line ends; never a space at an end. */
static const char *random_text(const struct botapi_random *r, size_t least, size_t most)
{
	static const char *const letters[] = { "a", "Z", "5", "<", "&", "\"", "\\", "\n", "/", "_",
		"\x7f", "\xd0\xbf", "\xe2\x9c\x93", "\xf0\x9f\x98\x80", " " };
	size_t n = least + (size_t)below(r, most - least + 1), at = 0;
	char *s = room(r, 4 * n + 1, 1);

	for (size_t i = 0; i < n; i++) {
		bool edge = i == 0 || i + 1 == n;
		const char *c = letters[below(r, ARRAY_LEN(letters) - (edge ? 1 : 0))];

		if (edge && *c == '\n')
			c = "x";
		memcpy(s + at, c, strlen(c));
		at += strlen(c);
	}
	s[at] = 0;
	return s;
}

/* Markup is not balanced, so texts with a parse mode are letters only. */
static const char *random_word(const struct botapi_random *r, size_t least, size_t most)
{
	size_t n = least + (size_t)below(r, most - least + 1);
	char *s = room(r, n + 1, 1);

	for (size_t i = 0; i < n; i++)
		s[i] = (char)('a' + below(r, 26));
	s[n] = 0;
	return s;
}

static int64_t random_int(const struct botapi_random *r)
{
	switch (below(r, 4)) {
	case 0: return (int64_t)below(r, 10);
	case 1: return -(int64_t)below(r, 1ull << 40);
	default: return (int64_t)below(r, 1ull << 53); /* what JavaScript keeps */
	}
}

static void fill_string(const struct botapi_random *r, const struct botapi_field *f, uint8_t *at)
{
	const struct botapi_limit *l = &botapi_limits[f->limit];
	size_t least = f->required, most = 12;

	if (l->unit == BOTAPI_LIMIT_CHARS) {
		least = l->least;
		most = MIN(l->most, least + 40u);
	} else if (l->unit == BOTAPI_LIMIT_BYTES) {
		*(const char **)(void *)at = random_word(r, l->least, l->most);
		return;
	}
	*(const char **)(void *)at = f->mode == BOTAPI_NO_OFFSET ? random_text(r, least, most)
								 : random_word(r, least, most);
}

static void fill_file(const struct botapi_random *r, struct tobs_input_file *file)
{
	const char *name = random_word(r, 1, 12);
	const char *content = random_text(r, 0, 50);

	if (!r->files || below(r, 3) == 0)
		*file = tobs_file_id(name);
	else
		*file = tobs_file_memory(content, strlen(content), below(r, 2) ? name : NULL);
}

static void fill_elem(
	const struct botapi_random *r, int elem, uint16_t type, uint8_t *at, int depth);

static size_t elem_size(int elem, uint16_t type)
{
	switch (elem) {
	case BOTAPI_INT: return sizeof(int64_t);
	case BOTAPI_STRING: return sizeof(char *);
	case BOTAPI_ARRAY: return sizeof(struct array);
	default: return botapi_types[type].size;
	}
}

static void fill_array(const struct botapi_random *r, int elem, uint16_t type,
	const struct botapi_limit *l, struct array *a, int depth)
{
	bool items = l->unit == BOTAPI_LIMIT_ITEMS;
	size_t least = items ? l->least : 0, most = items ? MIN(l->most, l->least + 2u) : 3;

	if (depth >= (r->deep ? r->deep : DEEP))
		most = least;
	a->count = least + (size_t)below(r, most - least + 1);
	if (r->all && a->count == 0 && most > 0)
		a->count = 1;
	a->items = room(r, a->count, elem_size(elem, type));
	for (size_t i = 0; i < a->count; i++)
		fill_elem(r, elem, type, a->items + i * elem_size(elem, type), depth);
}

static void fill_elem(
	const struct botapi_random *r, int elem, uint16_t type, uint8_t *at, int depth)
{
	switch (elem) {
	case BOTAPI_INT: *(int64_t *)(void *)at = random_int(r); break;
	case BOTAPI_STRING: *(const char **)(void *)at = random_text(r, 0, 12); break;
	case BOTAPI_ARRAY:
		fill_array(r, BOTAPI_OBJECT, type, &botapi_limits[0], (struct array *)(void *)at,
			depth + 1);
		break;
	default: fill_object(r, &botapi_types[type], at, depth + 1); break;
	}
}

static void *object(const struct botapi_random *r, uint16_t type, int depth)
{
	uint8_t *p = room(r, 1, botapi_types[type].size);

	fill_object(r, &botapi_types[type], p, depth + 1);
	return p;
}

static void fill_choice(
	const struct botapi_random *r, const struct botapi_type *t, uint8_t *at, int depth)
{
	const struct botapi_variant *a = &botapi_variants[t->first + below(r, t->count)];

	*(void **)(void *)(at + a->offset) = object(r, a->type, depth);
}

/* A number within the field's limit; not zero, which for an optional one is nothing. */
static int64_t limited_int(const struct botapi_random *r, const struct botapi_field *f)
{
	const struct botapi_limit *l = &botapi_limits[f->limit];

	if (l->unit == BOTAPI_LIMIT_RANGE)
		return l->least + (int64_t)below(r, (uint64_t)(l->most - l->least) + 1);
	return random_int(r);
}

static void fill_field(
	const struct botapi_random *r, const struct botapi_field *f, uint8_t *base, int depth)
{
	uint8_t *at = base + f->offset;

	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT: *(int64_t *)(void *)at = limited_int(r, f); break;
	case BOTAPI_FLOAT: *(double *)(void *)at = (double)random_int(r) / 1024; break;
	case BOTAPI_BOOL: *(bool *)at = below(r, 2); break;
	case BOTAPI_TRUE: *(bool *)at = true; break;
	case BOTAPI_STRING: fill_string(r, f, at); break;
	case BOTAPI_ENUM:
		*(unsigned *)(void *)at = 1 + (unsigned)below(r, botapi_enums[f->type].count);
		break;
	case BOTAPI_OBJECT: *(void **)(void *)at = object(r, f->type, depth); break;
	case BOTAPI_ARRAY:
		fill_array(r, f->elem, f->type, &botapi_limits[f->limit],
			(struct array *)(void *)at, depth);
		break;
	case BOTAPI_FILE: fill_file(r, (struct tobs_input_file *)(void *)at); break;
	case BOTAPI_CHAT_ID:
		if (below(r, 4) == 0)
			*(const char **)(void *)(base + f->extra) = random_word(r, 1, 20);
		else
			*(int64_t *)(void *)at = 1 + (int64_t)below(r, 1ull << 52);
		return;
	case BOTAPI_CHOICE: fill_choice(r, &botapi_types[f->type], at, depth); return;
	case BOTAPI_CONST:
	case BOTAPI_ALWAYS:
	case BOTAPI_NONE: return;
	}
	if ((f->kind == BOTAPI_INT || f->kind == BOTAPI_FLOAT || f->kind == BOTAPI_BOOL) &&
		f->extra)
		base[f->extra] = true;
}

static bool wanted(const struct botapi_random *r, const struct botapi_field *f, int depth)
{
	bool nested = f->kind == BOTAPI_OBJECT || f->kind == BOTAPI_ARRAY ||
		f->kind == BOTAPI_CHOICE;

	if (f->required)
		return true;
	if (nested && depth >= (r->deep ? r->deep : DEEP))
		return false;
	return r->all || below(r, nested ? 4 : 3) == 0;
}

static void fill_struct(
	const struct botapi_random *r, const struct botapi_type *t, uint8_t *out, int depth)
{
	unsigned kind = 0;

	assert_true(depth < DEEPEST);
	if (t->form == BOTAPI_UPDATE)
		kind = 1 + (unsigned)below(r, t->count - 1u);
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		if (kind && !f->required ? i == kind : wanted(r, f, depth))
			fill_field(r, f, out, depth);
	}
	if (kind)
		memcpy(out, &kind, sizeof kind);
}

static void fill_object(
	const struct botapi_random *r, const struct botapi_type *t, uint8_t *out, int depth)
{
	const struct botapi_variant *a = &botapi_variants[t->first];
	unsigned kind;

	if (t->form != BOTAPI_UNION) {
		fill_struct(r, t, out, depth);
		return;
	}
	/* Text that holds text ends in a plain one. */
	kind = t->plain && depth >= (r->deep ? r->deep : DEEP) ? t->plain
							       : 1 + (unsigned)below(r, t->count);
	memcpy(out, &kind, sizeof kind);
	a += kind - 1;
	if (a->kind == BOTAPI_OBJECT)
		fill_struct(r, &botapi_types[a->type], out + a->offset, depth);
	else
		fill_elem(r, a->kind, a->type, out + a->offset, depth);
}

const void *botapi_random(const struct botapi_random *r, int type)
{
	const struct botapi_type *t = &botapi_types[type];

	return t->form == BOTAPI_METHOD && t->size == 0 ? NULL : object(r, (uint16_t)type, -1);
}
