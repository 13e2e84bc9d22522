/* SPDX-License-Identifier: MIT */
#include "crypto/rsa_pkey.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <tobs/err.h>

#include "crypto/bn.h"

int rsa_pkey_read(struct tobs_view pem, int selection, EVP_PKEY **ret)
{
	const unsigned char *at = pem.ptr;
	OSSL_DECODER_CTX *ctx;
	EVP_PKEY *pkey = NULL;
	size_t left = pem.len;
	int r = TOBS_ENOMEM;

	if (pem.len > RSA_PEM_MAX)
		return TOBS_ETOOBIG;
	ERR_set_mark();
	ctx = OSSL_DECODER_CTX_new_for_pkey(&pkey, "PEM", NULL, NULL, selection, NULL, NULL);
	if (!ctx)
		goto out;
	/* No way to get a password is set, so encrypted keys are refused, not asked for. */
	if (!OSSL_DECODER_from_data(ctx, &at, &left) || !pkey)
		r = TOBS_EMALFORMED;
	else if (!EVP_PKEY_is_a(pkey, "RSA"))
		r = TOBS_EINVAL;
	else
		r = TOBS_OK;
	if (r == TOBS_OK) {
		*ret = pkey;
		pkey = NULL;
	}
out:
	EVP_PKEY_free(pkey);
	OSSL_DECODER_CTX_free(ctx);
	ERR_pop_to_mark();
	return r;
}

int rsa_pkey_public(const EVP_PKEY *pkey, struct rsa_public *ret)
{
	uint8_t n[RSA_BYTES], e[4];
	BIGNUM *big_n = NULL, *big_e = NULL;
	int r = TOBS_ENOMEM;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &big_n) &&
		EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &big_e)) {
		r = TOBS_EINVAL;
		if (bn_to(big_n, n, sizeof n) && bn_to(big_e, e, sizeof e))
			r = rsa_public_set(ret, tobs_view(n, sizeof n), tobs_view(e, sizeof e));
	}
	BN_free(big_n);
	BN_free(big_e);
	return r;
}

EVP_PKEY *rsa_pkey_from(OSSL_PARAM_BLD *numbers, int selection)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(numbers);
	EVP_PKEY *pkey = NULL;

	if (ctx && params && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &pkey, selection, params);
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

int rsa_pkey_write(const EVP_PKEY *pkey, int selection, const char *structure, struct tobs_buf *out)
{
	OSSL_ENCODER_CTX *ctx = OSSL_ENCODER_CTX_new_for_pkey(
		pkey, selection, "PEM", structure, NULL);
	unsigned char *text = NULL;
	size_t len = 0;
	int r = TOBS_ENOMEM;

	if (ctx && OSSL_ENCODER_to_data(ctx, &text, &len))
		r = tobs_buf_put(out, text, len);
	if (text)
		OPENSSL_clear_free(text, len);
	OSSL_ENCODER_CTX_free(ctx);
	return r;
}
