/* SPDX-License-Identifier: MIT */
/*
 * AES-256 in counter mode as a running stream (SP 800-38A, 6.5): encrypting and
 * decrypting are the same, and data may come in pieces of any size.
 *
 * Two users: the obfuscated transport, one stream in each direction of a
 * connection, and files of CDN data centres, where aes_ctr_seek_cdn() finds the
 * place in the stream that belongs to an offset in the file.
 */
#ifndef CRYPTO_AES_CTR_H
#define CRYPTO_AES_CTR_H

#include <stddef.h>
#include <stdint.h>
#include <tobs/attr.h>

enum {
	AES_CTR_KEY = 32,
	AES_CTR_IV = 16, /* the first counter, big-endian */
};

/* {0} is a stream that has not begun: running it gives TOBS_EINVAL. */
struct aes_ctr {
	void *cipher; /* libcrypto's context, owned */
	uint8_t iv[AES_CTR_IV];
};

/* TOBS_ENOMEM leaves *c as aes_ctr_deinit() does. *c must not hold a stream already. */
TOBS_CHECK int aes_ctr_init(
	struct aes_ctr *c, const uint8_t key[AES_CTR_KEY], const uint8_t iv[AES_CTR_IV]);

/* Wipes the stream and makes it {0}; NULL is fine. */
void aes_ctr_deinit(struct aes_ctr *c);

/* The next `len` bytes; `in` may be `out`, but they may not overlap otherwise. */
TOBS_CHECK int aes_ctr_run(struct aes_ctr *c, const void *in, void *out, size_t len);

/*
 * Goes to byte `offset` of a CDN file, forwards or back: the last four bytes of
 * the IV are replaced by offset / 16, big-endian (core.telegram.org/cdn), not
 * added to. TOBS_ETOOBIG beyond 64 GiB, where that number ends.
 */
TOBS_CHECK int aes_ctr_seek_cdn(struct aes_ctr *c, uint64_t offset);

#endif
