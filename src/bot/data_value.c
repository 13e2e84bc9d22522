/* SPDX-License-Identifier: MIT */
/* What is in an object, and what is put there. */
#include "base/json_write.h"
#include "bot/data.h"

void data_init(struct tobs_data *d, struct tobs_arena *arena, struct tree *root)
{
	*d = (struct tobs_data){ .arena = arena, .root = root };
	d->end = &d->ops;
}

int tobs_data_err(const struct tobs_data *d)
{
	return d->err;
}

/* ---- Getting ---------------------------------------------------------------- */

static const struct tree *find(const struct tobs_data *d, const char *path, enum json_type type)
{
	const struct tree *t = d->root ? tree_find(d->root, path) : NULL;

	return t && t->type == type ? t : NULL;
}

int64_t tobs_data_int(const struct tobs_data *d, const char *path, int64_t otherwise)
{
	const struct tree *t = find(d, path, JSON_INT);

	return t ? t->n : otherwise;
}

double tobs_data_number(const struct tobs_data *d, const char *path, double otherwise)
{
	const struct tree *t = find(d, path, JSON_DOUBLE);

	if (t)
		return t->d;
	t = find(d, path, JSON_INT);
	return t ? (double)t->n : otherwise;
}

bool tobs_data_bool(const struct tobs_data *d, const char *path, bool otherwise)
{
	const struct tree *t = find(d, path, JSON_BOOL);

	return t ? t->b : otherwise;
}

const char *tobs_data_str(const struct tobs_data *d, const char *path, const char *otherwise)
{
	const struct tree *t = find(d, path, JSON_STRING);

	return t ? (const char *)t->str.ptr : otherwise;
}

bool tobs_data_has(const struct tobs_data *d, const char *path)
{
	return d->root && tree_find(d->root, path);
}

size_t tobs_data_count(const struct tobs_data *d, const char *path)
{
	return d->root ? tree_count(tree_find(d->root, path)) : 0;
}

int tobs_data_print(const struct tobs_data *d, const char *path, struct tobs_buf *out)
{
	return tree_write(d->root ? tree_find(d->root, path) : NULL, out);
}

/* ---- Setting ---------------------------------------------------------------- */

static int add_number(struct tree *t, int64_t delta)
{
	int64_t sum = t->type == JSON_MISSING ? 0 : t->n;

	if ((t->type != JSON_MISSING && t->type != JSON_INT) ||
		__builtin_add_overflow(sum, delta, &sum))
		return TOBS_EINVAL;
	*t = (struct tree){ .type = JSON_INT, .n = sum, .key = t->key, .next = t->next };
	return TOBS_OK;
}

static int push(struct tree *t, struct tobs_arena *a, const struct tree *value)
{
	struct tree **end = &t->first, *elem;

	if (t->type == JSON_MISSING)
		t->type = JSON_ARRAY;
	if (t->type != JSON_ARRAY)
		return TOBS_EINVAL;
	elem = TOBS_ARENA_NEW(a, struct tree);
	if (!elem)
		return TOBS_ENOMEM;
	tree_become(elem, value);
	while (*end)
		end = &(*end)->next;
	*end = elem;
	return TOBS_OK;
}

int data_apply(struct tree *root, struct tobs_arena *a, const struct data_op *op)
{
	struct tree *t;
	int r;

	if (op->change == DATA_UNSET) {
		tree_remove(root, op->path);
		return TOBS_OK;
	}
	r = tree_make(root, a, op->path, &t);
	if (r)
		return r;
	switch (op->change) {
	case DATA_ADD: r = add_number(t, op->delta); break;
	case DATA_PUSH: r = push(t, a, &op->value); break;
	default: tree_become(t, &op->value); break;
	}
	return r;
}

static int fail(struct tobs_data *d, int code)
{
	d->err = d->err ? d->err : code;
	return code;
}

/* Does it, and notes it. */
static int change(struct tobs_data *d, const char *path, const struct data_op *what)
{
	struct data_op *op;
	int r;

	if (d->err)
		return d->err;
	if (d->nobody)
		return fail(d, TOBS_EINVAL);
	op = TOBS_ARENA_NEW(d->arena, struct data_op);
	if (!op)
		return fail(d, TOBS_ENOMEM);
	*op = *what;
	op->path = tobs_arena_strdup(d->arena, path);
	if (!op->path)
		return fail(d, TOBS_ENOMEM);
	r = data_apply(d->root, d->arena, op);
	if (r)
		return fail(d, r);
	*d->end = op;
	d->end = &op->next;
	return TOBS_OK;
}

static int set(struct tobs_data *d, const char *path, struct tree value)
{
	/* The whole stays an object. */
	if (!*path && value.type != JSON_OBJECT)
		return fail(d, TOBS_EINVAL);
	return change(d, path, &(struct data_op){ .change = DATA_SET, .value = value });
}

int tobs_data_set_int(struct tobs_data *d, const char *path, int64_t n)
{
	return set(d, path, (struct tree){ .type = JSON_INT, .n = n });
}

int tobs_data_set_number(struct tobs_data *d, const char *path, double n)
{
	/* NaN and the infinities are no JSON. */
	if (n - n != 0)
		return fail(d, TOBS_EINVAL);
	return set(d, path, (struct tree){ .type = JSON_DOUBLE, .d = n });
}

int tobs_data_set_bool(struct tobs_data *d, const char *path, bool b)
{
	return set(d, path, (struct tree){ .type = JSON_BOOL, .b = b });
}

int tobs_data_set_str(struct tobs_data *d, const char *path, const char *s)
{
	struct tree t = { .type = JSON_STRING };

	if (d->err)
		return d->err;
	if (tobs_arena_view(d->arena, tobs_str(s), &t.str))
		return fail(d, TOBS_ENOMEM);
	return set(d, path, t);
}

int tobs_data_set_json(struct tobs_data *d, const char *path, struct tobs_view json)
{
	struct tree *t;
	unsigned names;
	int r = d->err ? d->err : tree_path(path, &names);

	if (!r)
		r = tree_read(d->arena, json, TOBS_DATA_DEPTH - names, &t);
	return r ? fail(d, r) : set(d, path, *t);
}

int tobs_data_add(struct tobs_data *d, const char *path, int64_t delta)
{
	if (!*path)
		return fail(d, TOBS_EINVAL);
	return change(d, path, &(struct data_op){ .change = DATA_ADD, .delta = delta });
}

int tobs_data_push(struct tobs_data *d, const char *path, const char *s)
{
	struct data_op op = { .change = DATA_PUSH, .value.type = JSON_STRING };

	if (d->err)
		return d->err;
	if (!*path)
		return fail(d, TOBS_EINVAL);
	if (tobs_arena_view(d->arena, tobs_str(s), &op.value.str))
		return fail(d, TOBS_ENOMEM);
	return change(d, path, &op);
}

int tobs_data_unset(struct tobs_data *d, const char *path)
{
	return change(d, path, &(struct data_op){ .change = DATA_UNSET });
}
