/* SPDX-License-Identifier: MIT */
/* JSON that changes: a tree in an arena, asked by paths (<tobs/data.h>). */
#ifndef BOT_TREE_H
#define BOT_TREE_H

#include <tobs/arena.h>
#include <tobs/data.h>

#include "base/json.h"

struct tree {
	enum json_type type;
	union {
		int64_t n;
		double d;
		bool b;
	};
	struct tobs_view str; /* ends with a zero byte */
	struct tobs_view key; /* in an object */
	struct tree *first;   /* of a container */
	struct tree *next;    /* beside it */
};

/* An empty object; NULL without memory. */
struct tree *tree_new(struct tobs_arena *a);

/* Reads JSON with up to `depth` containers inside one another. TOBS_EMALFORMED, TOBS_ETOOBIG, TOBS_ENOMEM. */
int tree_read(struct tobs_arena *a, struct tobs_view json, unsigned depth, struct tree **ret);

/* Appends it as JSON; NULL: null. Returns tobs_buf_err(out). */
int tree_write(const struct tree *t, struct tobs_buf *out);

/* What is at the path; NULL. */
struct tree *tree_find(struct tree *t, const char *path);

/* How many names a path has. TOBS_EINVAL for an empty one between them, TOBS_ETOOBIG. */
int tree_path(const char *path, unsigned *ret_names);

/* What is at the path, made if need be: a new one is JSON_MISSING. What setters return. */
int tree_make(struct tree *t, struct tobs_arena *a, const char *path, struct tree **ret);

/* Takes it out. No-op when nothing is there. */
void tree_remove(struct tree *t, const char *path);

/* Becomes `from`, but for key and place. */
void tree_become(struct tree *t, const struct tree *from);

size_t tree_count(const struct tree *t);

#endif
