/* SPDX-License-Identifier: MIT */
/*
 * The public keys of Telegram's own servers, which a client must know to be
 * sure it talks to them. Other keys a server offers in resPQ are older ones.
 *
 * Sources: PublicRsaKeySharedMain.cpp of TDLib; Handshake.cpp of Telegram for
 * Android, which names the fingerprints too; the example of a key exchange at
 * core.telegram.org/mtproto/samples-auth_key uses the production key.
 */
#ifndef CRYPTO_TELEGRAM_KEYS_H
#define CRYPTO_TELEGRAM_KEYS_H

#include "crypto/rsa.h"

extern const struct rsa_public telegram_key_production; /* d09d1d85de64fd85 */
extern const struct rsa_public telegram_key_test;       /* b25898df208d2603 */

#endif
