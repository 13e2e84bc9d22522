/* SPDX-License-Identifier: MIT */
/*
 * libcrypto has two doors to the same assembly. EVP wants a context on its heap
 * for every hash under way, and any call may fail; the SHA*_Init family works on
 * plain memory and cannot. Nearly everything hashed here is a few dozen bytes in
 * the middle of a key derivation, so we take the second door: states that can
 * be copied, no error paths that never run, and 70 ns instead of 120 for 64
 * bytes. OpenSSL calls the family deprecated since 3.0 (hence the line below) and
 * keeps it; for LibreSSL, BoringSSL and AWS-LC it is the way to hash.
 */
#define OPENSSL_API_COMPAT 10100

#include "crypto/sha.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <tobs/err.h>

#include "base/attr.h"
#include "base/wipe.h"

#define SHA1_BLOCK   64
#define SHA256_BLOCK 64
#define SHA512_BLOCK 128

TOBS_STATIC_ASSERT(sizeof(struct sha1) >= sizeof(SHA_CTX), "SHA-1 state");
TOBS_STATIC_ASSERT(sizeof(struct sha256) >= sizeof(SHA256_CTX), "SHA-256 state");
TOBS_STATIC_ASSERT(sizeof(struct sha512) >= sizeof(SHA512_CTX), "SHA-512 state");
TOBS_STATIC_ASSERT(_Alignof(struct sha512) >= _Alignof(SHA512_CTX), "alignment of the states");

/* The functions of one hash: struct, size of its result, libcrypto's state and prefix. */
#define SHA_DEFINE(name, bytes, ctx, prefix)                                           \
	void name##_init(struct name *s)                                               \
	{                                                                              \
		prefix##_Init((ctx *)s);                                               \
	}                                                                              \
	void name##_update(struct name *s, const void *data, size_t len)               \
	{                                                                              \
		prefix##_Update((ctx *)s, data, len);                                  \
	}                                                                              \
	void name##_final(struct name *s, uint8_t ret[bytes])                          \
	{                                                                              \
		prefix##_Final(ret, (ctx *)s);                                         \
		mem_wipe(s, sizeof *s);                                                \
	}                                                                              \
	void name##_parts(uint8_t ret[bytes], const struct tobs_view *parts, size_t n) \
	{                                                                              \
		struct name s;                                                         \
                                                                                       \
		name##_init(&s);                                                       \
		for (size_t i = 0; i < n; i++)                                         \
			name##_update(&s, parts[i].ptr, parts[i].len);                 \
		name##_final(&s, ret);                                                 \
	}

/*
 * RFC 2104: H(key ^ opad, H(key ^ ipad, text)), where a key longer than a block
 * is hashed first.
 */
#define HMAC_DEFINE(name, bytes, block)                                                            \
	void hmac_##name##_parts(                                                                  \
		uint8_t ret[bytes], struct tobs_view key, const struct tobs_view *parts, size_t n) \
	{                                                                                          \
		uint8_t pad[block] = { 0 }, inner[bytes];                                          \
		struct name s;                                                                     \
                                                                                                   \
		if (key.len > block)                                                               \
			name##_parts(pad, &key, 1);                                                \
		else if (key.len)                                                                  \
			memcpy(pad, key.ptr, key.len);                                             \
		for (size_t i = 0; i < block; i++)                                                 \
			pad[i] ^= 0x36;                                                            \
		name##_init(&s);                                                                   \
		name##_update(&s, pad, block);                                                     \
		for (size_t i = 0; i < n; i++)                                                     \
			name##_update(&s, parts[i].ptr, parts[i].len);                             \
		name##_final(&s, inner);                                                           \
		for (size_t i = 0; i < block; i++)                                                 \
			pad[i] ^= 0x36 ^ 0x5c;                                                     \
		name##_parts(ret,                                                                  \
			(struct tobs_view[]){ tobs_view(pad, block), tobs_view(inner, bytes) },    \
			2);                                                                        \
		mem_wipe(pad, sizeof pad);                                                         \
		mem_wipe(inner, sizeof inner);                                                     \
	}

SHA_DEFINE(sha1, SHA1_BYTES, SHA_CTX, SHA1)
SHA_DEFINE(sha256, SHA256_BYTES, SHA256_CTX, SHA256)
SHA_DEFINE(sha512, SHA512_BYTES, SHA512_CTX, SHA512)
HMAC_DEFINE(sha256, SHA256_BYTES, SHA256_BLOCK)
HMAC_DEFINE(sha512, SHA512_BYTES, SHA512_BLOCK)

int pbkdf2_sha512(struct tobs_view password, struct tobs_view salt, uint32_t iterations, void *ret,
	size_t len)
{
	bool ok;

	if (iterations == 0 || iterations > INT_MAX || len == 0 || len > INT_MAX ||
		password.len > INT_MAX || salt.len > INT_MAX)
		return TOBS_EINVAL;
	ERR_set_mark();
	ok = PKCS5_PBKDF2_HMAC(password.len ? (const char *)password.ptr : "", (int)password.len,
		     salt.ptr, (int)salt.len, (int)iterations, EVP_sha512(), (int)len, ret) == 1;
	/* Ours to report; left in the queue it would be blamed on the next TLS call. */
	ERR_pop_to_mark();
	return ok ? TOBS_OK : TOBS_ENOMEM;
}
