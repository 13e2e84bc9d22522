/* SPDX-License-Identifier: MIT */
/*
 * Every key, hash and identifier that MTProto derives from another: the
 * authorization key's names, the keys of messages (MTProto 2.0, and 1.0 for the
 * one message that binds a temporary key), and those of the key exchange.
 *
 *     authorization key (256 bytes)
 *       ├ id, aux_hash ── new_nonce_hash1..3
 *       └ msg_key of a message ── AES key and IV of that message
 *     new_nonce, server_nonce
 *       ├ AES key and IV of the exchange itself
 *       └ first server salt
 *
 * Pure functions; nothing fails. Sources: core.telegram.org/mtproto/auth_key,
 * /mtproto/description and /mtproto/description_v1.
 */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tobs/view.h>

enum {
	AUTH_KEY_BYTES = 256,
	MSG_KEY_BYTES = 16,
	NONCE_BYTES = 16,     /* nonce and server_nonce */
	NEW_NONCE_BYTES = 32, /* the client's secret one */
};

/* An authorization key with what it is called by. Wipe it with auth_key_wipe(). */
struct auth_key {
	uint8_t bytes[AUTH_KEY_BYTES];
	uint64_t id;       /* the last 8 bytes of its SHA-1; 0 as long as there is no key */
	uint64_t aux_hash; /* the first 8 bytes */
};

/* Takes the bytes over and computes the names. */
void auth_key_set(struct auth_key *k, const uint8_t bytes[AUTH_KEY_BYTES]);
void auth_key_wipe(struct auth_key *k);

/*
 * new_nonce_hash`number`, which the server proves with that it has the key:
 * number is 1 in dh_gen_ok, 2 in dh_gen_retry, 3 in dh_gen_fail.
 */
void auth_key_nonce_hash(const struct auth_key *k, const uint8_t new_nonce[NEW_NONCE_BYTES],
	uint8_t number, uint8_t ret[NONCE_BYTES]);

/* The salt a new key starts with. */
uint64_t kdf_first_salt(
	const uint8_t new_nonce[NEW_NONCE_BYTES], const uint8_t server_nonce[NONCE_BYTES]);

/* What AES-IGE is fed with. Wipe it with kdf_aes_wipe(). */
struct kdf_aes {
	uint8_t key[32];
	uint8_t iv[32];
};

void kdf_aes_wipe(struct kdf_aes *a);

/* The key and IV of the encrypted parts of the key exchange. */
void kdf_exchange_aes(const uint8_t new_nonce[NEW_NONCE_BYTES],
	const uint8_t server_nonce[NONCE_BYTES], struct kdf_aes *ret);

/* Who wrote a message. The values are the x of the specification. */
enum msg_side {
	MSG_BY_CLIENT = 0,
	MSG_BY_SERVER = 8,
};

/*
 * msg_key of a message: `plain` is everything that gets encrypted, padding
 * included. *ret_quick_ack (may be NULL) becomes the token by which a transport
 * quickly acknowledges the message, its top bit set. A receiver compares
 * msg_key with mem_eq_const().
 */
void kdf_msg_key(const struct auth_key *k, enum msg_side side, struct tobs_view plain,
	uint8_t ret[MSG_KEY_BYTES], uint32_t *ret_quick_ack);

void kdf_msg_aes(const struct auth_key *k, enum msg_side side, const uint8_t msg_key[MSG_KEY_BYTES],
	struct kdf_aes *ret);

/*
 * MTProto 1.0: here `plain` is the message without its padding, and the key has
 * no part in it. Only auth.bindTempAuthKey uses this, by the client.
 */
void kdf_msg_key_v1(struct tobs_view plain, uint8_t ret[MSG_KEY_BYTES]);

void kdf_msg_aes_v1(const struct auth_key *k, enum msg_side side,
	const uint8_t msg_key[MSG_KEY_BYTES], struct kdf_aes *ret);

#endif
