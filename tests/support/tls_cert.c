/* SPDX-License-Identifier: MIT */
#include "support/tls_cert.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "support/test.h"

enum { DAY = 24 * 60 * 60 };

static void add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!ext || X509_add_ext(cert, ext, -1) != 1)
		fail_msg("no extension %s", value);
	X509_EXTENSION_free(ext);
}

static X509 *make(EVP_PKEY *key, int days)
{
	X509 *cert = X509_new();
	X509_NAME *name;

	if (!cert)
		fail_msg("no certificate");
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -DAY * 2L);
	X509_gmtime_adj(X509_getm_notAfter(cert), (long)DAY * days);
	X509_set_pubkey(cert, key);
	name = X509_get_subject_name(cert);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)"tobs test", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
	if (!X509_sign(cert, key, EVP_sha256()))
		fail_msg("the certificate cannot be signed");
	return cert;
}

void tls_cert_make(const char *cert_path, const char *key_path, int days)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = key ? make(key, days) : NULL;
	FILE *f = fopen(cert_path, "wb");

	if (!cert || !f || !PEM_write_X509(f, cert) || fclose(f))
		fail_msg("cannot write %s", cert_path);
	f = fopen(key_path, "wb");
	if (!f || !PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) || fclose(f))
		fail_msg("cannot write %s", key_path);
	X509_free(cert);
	EVP_PKEY_free(key);
}
