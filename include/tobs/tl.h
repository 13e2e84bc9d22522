/* SPDX-License-Identifier: MIT */
/*
 * TL, the language of Telegram's API, as C structs.
 *
 * Every constructor of the schema is a struct `tl_<name>` (dots become
 * underscores), whose first member `ctor` holds its id TL_<name>:
 *
 *     struct tl_peerUser { uint32_t ctor; int64_t user_id; };
 *
 * A type with several constructors is a union of their structs; look at `ctor`
 * to know which one is there:
 *
 *     const union tl_Peer *p = message->peer_id;
 *     if (p->ctor == TL_peerUser)
 *             use(p->peerUser.user_id);
 *
 * Only the memory of that one constructor is allocated: never copy a union by
 * value. A type with one constructor is pointed to directly.
 *
 * Conditional fields: each bit of `flags` has a name. A `true` field is that bit
 * (`message->out`); other fields of bit N are there when has_<first of them> is
 * set, and zero (NULL, empty) when not. For writing, setting a pointer, a
 * string or a vector is enough; numbers need their has_ bit.
 *
 * Strings and bytes are views into the data that was decoded; structs and
 * arrays live in the arena given to the decoder. Both must outlive the tree.
 */
#ifndef TOBS_TL_H
#define TOBS_TL_H

#include <tobs/arena.h>
#include <tobs/buf.h>
#include <tobs/err.h>
#include <tobs/tl_types.h>

TOBS_BEGIN_DECLS

/* The id of the constructor or method that `object` points to. */
static inline uint32_t tl_id(const void *object)
{
	return *(const uint32_t *)object;
}

/*
 * A constructor or query in place, for nesting:
 *     .peer = TL(inputPeerChannel, .channel_id = id, .access_hash = hash)
 * It lives as long as the enclosing block.
 */
#define TL(name, ...) ((const void *)&(const struct tl_##name){ .ctor = TL_##name, __VA_ARGS__ })

/* The same for one without fields: TL0(inputPeerSelf). */
#define TL0(name) ((const void *)&(const struct tl_##name){ .ctor = TL_##name })

/* "messages.getHistory"; NULL for an unknown id. Static storage. */
const char *tl_name(uint32_t id);

/*
 * Decodes the boxed object at the start of `data` and stores it in *ret.
 * Memory comes from `arena`; its maximum bounds what hostile data can take.
 * Nesting is limited to TL_MAX_DEPTH.
 *
 * TOBS_EUNKNOWN  a constructor that the schema does not have (err->offset: where)
 * TOBS_EMALFORMED  a constructor of another type than expected, a bad length
 * TOBS_ETRUNCATED  the data ends inside the object
 * TOBS_ETOOBIG  nested too deeply
 * TOBS_ENOMEM  no memory, or the arena's maximum is used up
 *
 * *ret_used gets the bytes read; NULL demands that all of `data` is used
 * (TOBS_EMALFORMED otherwise).
 */
int tl_decode(struct tobs_view data, struct tobs_arena *arena, const void **ret, size_t *ret_used,
	struct tobs_err *err);

/*
 * Decodes the result of method `method`: into a `bool` for Bool, an int32_t,
 * int64_t or tobs_view for plain types, a pointer to `struct tl_vec_…` for
 * vectors, a pointer to the object otherwise. Errors as tl_decode(); all of
 * `data` must be used.
 */
int tl_decode_result(uint32_t method, struct tobs_view data, struct tobs_arena *arena, void *ret,
	struct tobs_err *err);

/* The number of bytes of the boxed object at the start of `data`; errors as tl_decode(). */
int tl_skip(struct tobs_view data, size_t *ret_used, struct tobs_err *err);

/*
 * Appends `object` (its `ctor` says what it is) in wire form.
 *
 * TOBS_EINVAL  a required pointer is NULL, or an object of another type stands
 *              where the schema wants a certain one (the message names the field)
 * TOBS_ETOOBIG  a string of 16 MiB or more, nested too deeply, or the buffer is full
 * TOBS_ENOMEM
 */
int tl_encode(struct tobs_buf *out, const void *object, struct tobs_err *err);

/* The same for an object of constructor `id` whatever its `ctor` says. */
int tl_encode_as(struct tobs_buf *out, uint32_t id, const void *object, struct tobs_err *err);

/*
 * The same in the form that a peer of an older layer understands: constructors
 * that were different then are written as they were. For those that did not
 * exist then stands another one where schema/layer-*.tl names it; the rest are
 * written as they are.
 */
int tl_encode_layer(struct tobs_buf *out, const void *object, int layer, struct tobs_err *err);

/* A result of `method` as tl_decode_result() gives it, in wire form for `layer`. */
int tl_encode_result(
	struct tobs_buf *out, uint32_t method, const void *result, int layer, struct tobs_err *err);

/*
 * A deep copy into `arena`: independent of the data and arena of the original.
 * Errors as tl_encode() and tl_decode().
 */
int tl_copy(const void *object, struct tobs_arena *arena, const void **ret, struct tobs_err *err);

/*
 * Appends the object as JSON for people: {"_":"peerUser","user_id":5}. Absent
 * fields are left out, bytes are hexadecimal, `true` fields are bits of `flags`.
 */
int tl_print(struct tobs_buf *out, const void *object);

enum {
	TL_MAX_DEPTH = 64,             /* of boxed objects inside one another */
	TL_MAX_STRING = (1 << 24) - 1, /* bytes, by the wire format */
};

TOBS_END_DECLS

#endif
