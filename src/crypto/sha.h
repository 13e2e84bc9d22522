/* SPDX-License-Identifier: MIT */
/*
 * SHA-1, SHA-256 and SHA-512 (FIPS 180-4), HMAC (RFC 2104) and PBKDF2 (RFC 8018).
 *
 * A state lives in the caller's memory, may be copied with `=` to branch off,
 * needs no destructor, and hashing neither allocates nor fails. The `_final`
 * functions wipe the state; one that is given up before that and saw a secret
 * is wiped by its owner.
 *
 * What is hashed is often put together from pieces; SHA256_OF() and its
 * siblings take them as views:
 *
 *     SHA256_OF(hash, tobs_view(salt, 16), password, tobs_view(salt, 16));
 */
#ifndef CRYPTO_SHA_H
#define CRYPTO_SHA_H

#include <stddef.h>
#include <stdint.h>
#include <tobs/view.h>

enum {
	SHA1_BYTES = 20,
	SHA256_BYTES = 32,
	SHA512_BYTES = 64,
};

/* The states; what is in them is sha.c's business. */
struct sha1 {
	uint64_t opaque[12];
};
struct sha256 {
	uint64_t opaque[14];
};
struct sha512 {
	uint64_t opaque[27];
};

void sha1_init(struct sha1 *s);
void sha1_update(struct sha1 *s, const void *data, size_t len);
void sha1_final(struct sha1 *s, uint8_t ret[SHA1_BYTES]);

void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, const void *data, size_t len);
void sha256_final(struct sha256 *s, uint8_t ret[SHA256_BYTES]);

void sha512_init(struct sha512 *s);
void sha512_update(struct sha512 *s, const void *data, size_t len);
void sha512_final(struct sha512 *s, uint8_t ret[SHA512_BYTES]);

/* The hash of `n` parts one after the other; `ret` may lie inside a part. */
void sha1_parts(uint8_t ret[SHA1_BYTES], const struct tobs_view *parts, size_t n);
void sha256_parts(uint8_t ret[SHA256_BYTES], const struct tobs_view *parts, size_t n);
void sha512_parts(uint8_t ret[SHA512_BYTES], const struct tobs_view *parts, size_t n);

/* The same with the key in front. HMAC keys may have any length. */
void hmac_sha256_parts(
	uint8_t ret[SHA256_BYTES], struct tobs_view key, const struct tobs_view *parts, size_t n);
void hmac_sha512_parts(
	uint8_t ret[SHA512_BYTES], struct tobs_view key, const struct tobs_view *parts, size_t n);

#define SHA_PARTS_(...)                            \
	(const struct tobs_view[]){ __VA_ARGS__ }, \
		sizeof((const struct tobs_view[]){ __VA_ARGS__ }) / sizeof(struct tobs_view)

/* SHA256_OF(ret, view, …): the hash of one view or several. */
#define SHA1_OF(ret, ...)             sha1_parts((ret), SHA_PARTS_(__VA_ARGS__))
#define SHA256_OF(ret, ...)           sha256_parts((ret), SHA_PARTS_(__VA_ARGS__))
#define SHA512_OF(ret, ...)           sha512_parts((ret), SHA_PARTS_(__VA_ARGS__))
#define HMAC_SHA256_OF(ret, key, ...) hmac_sha256_parts((ret), (key), SHA_PARTS_(__VA_ARGS__))
#define HMAC_SHA512_OF(ret, key, ...) hmac_sha512_parts((ret), (key), SHA_PARTS_(__VA_ARGS__))

/*
 * PBKDF2 with HMAC-SHA512: `len` bytes into `ret`. Slow by design, about 0.5 µs
 * an iteration and 64 bytes, so with the 100000 of Telegram's passwords it
 * belongs on a worker thread. TOBS_EINVAL for no iterations, no output, or an
 * argument beyond INT_MAX; TOBS_ENOMEM.
 */
int pbkdf2_sha512(struct tobs_view password, struct tobs_view salt, uint32_t iterations, void *ret,
	size_t len);

#endif
