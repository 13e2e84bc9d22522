/* SPDX-License-Identifier: MIT */
/*
 * The generated tables (gen/tables.c, by tools/botgen): one row a type or method,
 * a field, a kind of a union. Decoder and encoder interpret them.
 *
 * Rows of types are numbered as enum tobs_botapi_type and enum tobs_method are:
 * structs, unions, methods. Names are offsets into one string of all names.
 */
#ifndef BOTAPI_TABLES_H
#define BOTAPI_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <tobs/botapi.h>

/* What a field is in C. */
enum botapi_kind {
	BOTAPI_NONE,
	BOTAPI_INT,
	BOTAPI_FLOAT,
	BOTAPI_BOOL,
	BOTAPI_TRUE, /* true or not there */
	BOTAPI_STRING,
	BOTAPI_ENUM,
	BOTAPI_OBJECT, /* a pointer to a struct or union of type `type` */
	BOTAPI_ARRAY,  /* of `elem` */
	BOTAPI_FILE,
	BOTAPI_CHAT_ID, /* an int64_t, and at `extra` the name that may stand instead */
	BOTAPI_CHOICE,  /* a union of pointers, by value */
	BOTAPI_CONST,   /* always the same string, which is not in the struct */
	BOTAPI_ALWAYS,  /* always true, which is not in the struct */
};

enum { BOTAPI_NO_OFFSET = 0xffff };

struct botapi_field {
	uint16_t name;
	uint16_t offset;
	uint16_t
		extra; /* of the has_ member (0: none), of a chat's name; the name of a CONST's value */
	uint16_t type; /* row of the type, or of the enumeration */
	uint16_t
		mode; /* offset of the parse mode that the text is written in; BOTAPI_NO_OFFSET: none */
	uint8_t name_len;
	uint8_t kind;
	uint8_t elem;     /* INT, STRING, OBJECT, or ARRAY: of arrays of OBJECT */
	uint8_t required; /* which of the type's required fields it is, from 1 on; 0: optional */
	uint8_t limit;    /* row of botapi_limits */
};

enum botapi_form {
	BOTAPI_STRUCT,
	BOTAPI_UPDATE, /* a struct that begins with the number of the field that is there */
	BOTAPI_METHOD,
	BOTAPI_UNION,  /* its kind, and at the variants' offset one of several structs */
	BOTAPI_CHOICES /* several pointers of which one is set */
};

struct botapi_type {
	uint64_t multiplier; /* of its hash */
	uint16_t name;
	uint16_t first, count; /* of botapi_fields, or of botapi_variants */
	uint16_t size;         /* bytes */
	uint16_t hash;         /* where its slots begin in botapi_hash */
	uint16_t tag;         /* name of the field that tells a union's kinds apart; 0: none does */
	uint16_t result_type; /* of a method: as in botapi_field */
	uint8_t hash_bits;
	uint8_t form;
	uint8_t result_kind, result_elem;
	uint8_t plain;    /* of a union: the kind that is a string, the next is an array; 0: none */
	uint8_t required; /* how many fields are */
};

struct botapi_variant {
	uint16_t tag;    /* value of the field that tells kinds apart; 0: any */
	uint16_t key;    /* a field that must be there; 0: none */
	uint16_t offset; /* in the union's struct */
	uint16_t type;
	uint8_t kind; /* OBJECT, STRING, ARRAY */
};

struct botapi_enum {
	uint16_t name;
	uint16_t first, count; /* of botapi_values, the names of 1, 2, … */
};

enum botapi_unit {
	BOTAPI_LIMIT_NONE,
	BOTAPI_LIMIT_CHARS,
	BOTAPI_LIMIT_BYTES,
	BOTAPI_LIMIT_ITEMS,
	BOTAPI_LIMIT_RANGE, /* of a number */
};

struct botapi_limit {
	uint8_t unit;
	uint16_t least, most;
};

extern const struct botapi_type botapi_types[];
extern const struct botapi_field botapi_fields[];
extern const struct botapi_variant botapi_variants[];
extern const struct botapi_enum botapi_enums[];
extern const uint16_t botapi_values[];
extern const struct botapi_limit botapi_limits[];
extern const uint8_t botapi_hash[]; /* number of the field in its type, plus one; 0: free */
extern const char botapi_names[];

static inline const char *botapi_name(uint16_t name)
{
	return botapi_names + name;
}

static inline uint64_t botapi_load(const void *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? w : __builtin_bswap64(w);
}

/* As mix() in tools/botgen/tables.py. Eight bytes must be readable at `name`, whatever its length. */
static inline uint64_t botapi_mix(const uint8_t *name, size_t len)
{
	uint64_t first = botapi_load(name), last = 0;

	if (len >= 8)
		last = botapi_load(name + len - 8);
	else
		first &= ((uint64_t)1 << 8 * len) - 1;
	return (first ^ last * 0x9e3779b97f4a7c15u) + len;
}

/*
 * The field of this name, in one look; NULL when the type has none. Eight bytes
 * must be readable at `name`, as they are in a json_doc.
 */
static inline const struct botapi_field *botapi_find(
	const struct botapi_type *t, const uint8_t *name, size_t len)
{
	uint64_t at = botapi_mix(name, len) * t->multiplier >> (64 - t->hash_bits);
	unsigned i = botapi_hash[t->hash + at];
	const struct botapi_field *f = &botapi_fields[t->first + i - 1];

	if (i == 0 || f->name_len != len || memcmp(botapi_name(f->name), name, len) != 0)
		return NULL;
	return f;
}

#endif
