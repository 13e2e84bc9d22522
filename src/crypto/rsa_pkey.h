/* SPDX-License-Identifier: MIT */
/*
 * RSA keys as libcrypto holds them, for rsa.c and rsa_private.c only: into and
 * out of PEM, from and to plain numbers.
 */
#ifndef CRYPTO_RSA_PKEY_H
#define CRYPTO_RSA_PKEY_H

#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "crypto/rsa.h"

/*
 * The first key in a PEM text; `selection` is EVP_PKEY_PUBLIC_KEY or
 * EVP_PKEY_KEYPAIR. Errors as rsa_public_from_pem(). Freed with EVP_PKEY_free().
 */
int rsa_pkey_read(struct tobs_view pem, int selection, EVP_PKEY **ret);

/* Appends the key as PEM in the named structure of libcrypto's encoders. */
int rsa_pkey_write(
	const EVP_PKEY *pkey, int selection, const char *structure, struct tobs_buf *out);

/* A key from named numbers; NULL when memory ran out. */
EVP_PKEY *rsa_pkey_from(OSSL_PARAM_BLD *numbers, int selection);

/* Its public half. TOBS_EINVAL when it isn't as rsa_public_set() wants it. */
int rsa_pkey_public(const EVP_PKEY *pkey, struct rsa_public *ret);

#endif
