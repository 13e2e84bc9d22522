/* SPDX-License-Identifier: MIT */
/*
 * The schema as tables: what the codec interprets.
 *
 * Reading, skipping, writing and printing are each one small interpreter over
 * these rows instead of thousands of generated functions. A constructor is a
 * run of rows in wire order; `true` fields have no row, as they are bits of a
 * flags word that is kept whole.
 *
 * An older form of a constructor (what an earlier layer had) is a constructor
 * of its own id whose rows point into the struct of the current one, so old
 * and new clients are served from the same structs.
 */
#ifndef TL_TABLES_H
#define TL_TABLES_H

#include <stdint.h>

enum tl_kind {
	TL_NONE,
	TL_FLAGS, /* `#`; type is 0 for flags, 1 for flags2 */
	TL_INT,
	TL_LONG,
	TL_DOUBLE,
	TL_STRING, /* UTF-8 text */
	TL_BYTES,  /* the same on the wire, any bytes */
	TL_BOOL,   /* boolTrue or boolFalse */
	TL_INT128,
	TL_INT256,
	TL_BOXED,       /* a constructor of type `type` */
	TL_OBJECT,      /* any constructor or method */
	TL_VECTOR,      /* Vector of `elem` */
	TL_BARE_VECTOR, /* count and bare constructors, without ids; type is the constructor */
	TL_BARE,        /* an element of such a vector */
};

enum {
	TL_NO_OFFSET = 0xffff, /* the field has no place in the struct: skipped, written as zero */
	TL_ALWAYS = 63,        /* cond of a field that is always there */
	TL_TRAIT_FUNCTION = 1,
	TL_TRAIT_OLDER = 2, /* an older form; `base` is the current one */
	TL_HASH_BITS = 13,
};

struct tl_field {
	uint16_t offset; /* in the struct */
	uint8_t kind;
	uint8_t elem;  /* kind of the elements of a vector */
	uint8_t cond;  /* bit of the presence mask: flags 0–31, flags2 32–62, TL_ALWAYS */
	uint16_t type; /* index into tl_types, or a constructor for bare vectors */
	uint32_t name; /* offset into tl_names */
};

struct tl_ctor {
	uint32_t id;
	uint32_t name;
	uint16_t first; /* row in tl_fields */
	uint8_t count;
	uint16_t size;       /* of the struct, bytes */
	uint16_t type;       /* index into tl_types; for a method the type of its result */
	uint16_t base;       /* the current form; itself when this is it */
	uint16_t layer;      /* an older form is valid up to this layer */
	uint8_t result;      /* of a method: kind of its result … */
	uint8_t result_elem; /* … and of the elements of a vector */
	uint8_t traits;
	uint32_t known[2]; /* bits of flags and flags2 that mean something in this form */
};

/* A `true` field: the name of a bit of the flags words. In the order of the constructors. */
struct tl_true {
	uint16_t ctor; /* index into tl_ctors */
	uint8_t bit;   /* as cond of a field: flags 0–31, flags2 32–62 */
	uint32_t name; /* offset into tl_names */
};

extern const struct tl_field tl_fields[];
extern const struct tl_ctor tl_ctors[];
extern const uint32_t tl_ctor_count;    /* older forms included */
extern const uint32_t tl_current_count; /* without them; they come last */
extern const struct tl_true tl_trues[];
extern const uint32_t tl_true_count;
extern const uint32_t tl_types[]; /* offsets into tl_names */
extern const uint32_t tl_type_count;
extern const uint16_t tl_hash[1 << TL_HASH_BITS]; /* index into tl_ctors, 0xffff is free */
extern const char tl_names[];

/* The constructor or method with this id, or NULL. */
static inline const struct tl_ctor *tl_find(uint32_t id)
{
	uint32_t at = (id * 0x9e3779b1u) >> (32 - TL_HASH_BITS);

	while (tl_hash[at] != 0xffff) {
		const struct tl_ctor *c = &tl_ctors[tl_hash[at]];

		if (c->id == id)
			return c;
		at = (at + 1) & ((1u << TL_HASH_BITS) - 1);
	}
	return (const struct tl_ctor *)0;
}

/* The form of a current constructor that a peer of layer `layer` knows. */
const struct tl_ctor *tl_form(const struct tl_ctor *current, int layer);

#endif
