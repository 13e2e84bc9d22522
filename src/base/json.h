/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON documents that are in memory (RFC 8259, nothing more).
 *
 *     struct json_parser p;
 *     struct json_doc doc = { 0 };
 *     json_parser_init(&p, 1 << 20, 64);
 *     r = json_parse(&p, &doc, text, err);
 *     r = json_get_i64(json_field(json_root(&doc), "update_id"), &id);
 *     JSON_EACH (it, json_field(json_root(&doc), "entities"))
 *             decode(it.value);
 *     json_doc_deinit(&doc);
 *     json_parser_deinit(&p);
 *
 * A document becomes a tape of 64-bit words and a buffer of unescaped strings
 * (simdjson's, see json_shim.h); everything below walks the tape with inline
 * functions and allocates nothing:
 *
 *     {"id":7,"ok":[true]}       word 0      1  2     3  4  5     6  7  8  9  10
 *                                     r→11   {→10 "id" l  7  "ok"  [→9 t  ]→6 }→1 r→0
 *
 * A container's word holds the index just past its end (low 32 bits) and its
 * number of elements (next 24 bits, saturating), so skipping it costs nothing.
 *
 * What is refused with TOBS_EMALFORMED: anything the grammar does not have,
 * invalid UTF-8, raw control characters in strings, escapes of half a surrogate
 * pair, numbers beyond the range of a double. A UTF-8 byte order mark in front
 * is skipped. Zero bytes in strings (\u0000) are kept.
 *
 * Numbers keep their kind: an integer that fits is JSON_INT, one that only fits
 * uint64_t is JSON_UINT, everything with a point or an exponent is JSON_DOUBLE.
 * An integer beyond 64 bits becomes the nearest JSON_DOUBLE, as it does in
 * JavaScript; such a document takes a slow path.
 *
 * Of equal keys in one object json_field() finds the first; JSON_EACH sees all.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/attr.h"

enum {
	JSON_PADDING = 64,     /* readable bytes that json_parse_padded() wants behind a document */
	JSON_DEPTH_MAX = 1024, /* nested containers a parser can be set to accept */
};

/* The largest document: positions in it are 32 bits wide. */
#define JSON_SIZE_MAX ((size_t)UINT32_MAX - 1024)

enum json_type {
	JSON_MISSING, /* no value at all: what looking for an absent key gives */
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_UINT, /* above INT64_MAX */
	JSON_DOUBLE,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A parsed document; owns its memory and keeps it for the next parse. { 0 } is the empty one. */
struct json_doc {
	uint64_t *tape;
	uint8_t *strings;
	size_t tape_cap;    /* words */
	size_t strings_cap; /* bytes */
};

/*
 * A place in a document; 16 bytes, passed by value. It and every view taken
 * from it live until the document is parsed into again or freed.
 */
struct json_value {
	const struct json_doc *doc;
	const uint64_t *at; /* NULL: JSON_MISSING */
};

/* Reused from document to document; holds what is needed while parsing. Not for two threads at once. */
struct json_parser {
	void *shim;
	size_t shim_cap;
	size_t max;
	unsigned depth;
	int64_t origin; /* added to offsets in errors: where the text lies in something larger; 0 unless set */
	struct tobs_buf copy;
};

/*
 * A parser for documents of up to `max` bytes (at most JSON_SIZE_MAX) with up
 * to `depth` containers inside one another (1 … JSON_DEPTH_MAX). Allocates
 * nothing yet; keeps up to 7 bytes for each byte of the longest document seen.
 * A json_doc takes about 4 bytes a byte of ordinary JSON, at worst 30.
 */
void json_parser_init(struct json_parser *p, size_t max, unsigned depth);
void json_parser_deinit(struct json_parser *p);

void json_doc_deinit(struct json_doc *doc);

/*
 * Parses `text` into *doc, replacing what it held; `text` is not needed
 * afterwards. On failure *doc holds no document (its memory stays for reuse).
 *
 * TOBS_EMALFORMED: not JSON; err->offset is the byte where the first fault
 * lies, or -1 should it not be known. TOBS_ETOOBIG: longer than `max` or nested
 * deeper than `depth`. TOBS_ENOMEM.
 */
int json_parse(
	struct json_parser *p, struct json_doc *doc, struct tobs_view text, struct tobs_err *err);

/* The same without copying the text: makes room for the padding inside *text, whose content stays. */
int json_parse_buf(
	struct json_parser *p, struct json_doc *doc, struct tobs_buf *text, struct tobs_err *err);

/* The same for memory with JSON_PADDING readable, initialised bytes behind it, whatever they hold. */
int json_parse_padded(
	struct json_parser *p, struct json_doc *doc, struct tobs_view text, struct tobs_err *err);

/* Whether *doc holds a document. */
static inline bool json_doc_filled(const struct json_doc *doc)
{
	return doc->tape && doc->tape[0] != 0;
}

/* The whole document; JSON_MISSING when it holds none. */
static inline struct json_value json_root(const struct json_doc *doc)
{
	return (struct json_value){ doc, json_doc_filled(doc) ? doc->tape + 1 : NULL };
}

/* What the tape says: one of "ludtfn[{ or 0 for a missing value. */
static inline char json_tag(struct json_value v)
{
	return v.at ? (char)(*v.at >> 56) : 0;
}

enum json_type json_type(struct json_value v);

/* "object", "string", …: for messages. Static storage. */
const char *json_type_name(enum json_type type);

static inline bool json_is_missing(struct json_value v)
{
	return v.at == NULL;
}

static inline bool json_is_null(struct json_value v)
{
	return json_tag(v) == 'n';
}

static inline bool json_is_object(struct json_value v)
{
	return json_tag(v) == '{';
}

static inline bool json_is_array(struct json_value v)
{
	return json_tag(v) == '[';
}

static inline bool json_is_string(struct json_value v)
{
	return json_tag(v) == '"';
}

/* Why a getter found nothing of its type. */
static inline int json_mismatch(struct json_value v)
{
	return v.at ? TOBS_EMALFORMED : TOBS_ENOTFOUND;
}

/*
 * Getters. Each gives TOBS_ENOTFOUND for a missing value and TOBS_EMALFORMED
 * for one of another type or outside the range; *ret is then untouched.
 * null is a value of another type. 1.0 is no integer; integers are doubles.
 */
static inline int json_get_i64(struct json_value v, int64_t *ret)
{
	if (UNLIKELY(json_tag(v) != 'l'))
		return json_mismatch(v);
	*ret = (int64_t)v.at[1];
	return TOBS_OK;
}

static inline int json_get_u64(struct json_value v, uint64_t *ret)
{
	char tag = json_tag(v);

	if (UNLIKELY(tag != 'u' && (tag != 'l' || (int64_t)v.at[1] < 0)))
		return json_mismatch(v);
	*ret = v.at[1];
	return TOBS_OK;
}

int json_get_double(struct json_value v, double *ret);

static inline int json_get_bool(struct json_value v, bool *ret)
{
	char tag = json_tag(v);

	if (UNLIKELY(tag != 't' && tag != 'f'))
		return json_mismatch(v);
	*ret = tag == 't';
	return TOBS_OK;
}

/* The string at a word with tag '"'. */
static inline struct tobs_view json_word_str(const struct json_doc *doc, uint64_t word)
{
	const uint8_t *at = doc->strings + (word & 0xffffffffffffff);
	uint32_t len;

	memcpy(&len, at, sizeof len);
	return tobs_view(at + sizeof len, len);
}

/* Unescaped UTF-8; it may hold zero bytes, and a zero byte that does not count follows it. */
static inline int json_get_str(struct json_value v, struct tobs_view *ret)
{
	if (UNLIKELY(json_tag(v) != '"'))
		return json_mismatch(v);
	*ret = json_word_str(v.doc, *v.at);
	return TOBS_OK;
}

/* The word after the value at `at`. */
static inline const uint64_t *json_after(const struct json_doc *doc, const uint64_t *at)
{
	switch ((char)(*at >> 56)) {
	case 'l':
	case 'u':
	case 'd': return at + 2;
	case '[':
	case '{': return doc->tape + (uint32_t)*at;
	default: return at + 1;
	}
}

struct json_iter {
	struct json_value value; /* JSON_MISSING behind the last */
	struct tobs_view key;    /* in an object */
	const uint64_t *end;     /* the word that closes the container */
};

static inline void json_iter_load(struct json_iter *it, const uint64_t *at)
{
	if (at == it->end) {
		it->value.at = NULL;
		return;
	}
	if (*it->end >> 56 == '}')
		it->key = json_word_str(it->value.doc, *at++);
	it->value.at = at;
}

/* The first element or member; behind the last at once when v is no container. */
static inline struct json_iter json_iter(struct json_value v)
{
	struct json_iter it = { .value.doc = v.doc };
	char tag = json_tag(v);

	if (tag != '{' && tag != '[')
		return it;
	it.end = v.doc->tape + (uint32_t)*v.at - 1;
	json_iter_load(&it, v.at + 1);
	return it;
}

static inline void json_iter_next(struct json_iter *it)
{
	json_iter_load(it, json_after(it->value.doc, it->value.at));
}

/* For each element of an array (it.value) or member of an object (it.key, it.value), in order. */
#define JSON_EACH(it, v) for (struct json_iter it = json_iter(v); it.value.at; json_iter_next(&it))

/* The first member with this key; JSON_MISSING when there is none or v is no object. */
struct json_value json_field(struct json_value v, const char *key);
struct json_value json_field_v(struct json_value v, struct tobs_view key);

/* Element i of an array, found by walking; JSON_MISSING when there is none or v is no array. */
struct json_value json_item(struct json_value v, size_t i);

/* How many elements or members; 0 when v is no container. */
size_t json_count(struct json_value v);

#endif
