/* SPDX-License-Identifier: MIT */
/* A certificate made for the test: its own authority, for localhost and 127.0.0.1. */
#ifndef SUPPORT_TLS_CERT_H
#define SUPPORT_TLS_CERT_H

/* Writes both as PEM, valid from yesterday for `days` days. */
void tls_cert_make(const char *cert_path, const char *key_path, int days);

#endif
