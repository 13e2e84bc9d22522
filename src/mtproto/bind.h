/* SPDX-License-Identifier: MIT */
/*
 * Perfect forward secrecy: a temporary key is bound to the permanent one by
 * auth.bindTempAuthKey, whose encrypted_message is a bind_auth_key_inner that
 * only the owner of the permanent key can have written (MTProto 1.0, under the
 * msg_id of the query itself; core.telegram.org/api/pfs).
 */
#ifndef MTPROTO_BIND_H
#define MTPROTO_BIND_H

#include <tobs/err.h>
#include <tobs/view.h>

#include "base/rand.h"
#include "crypto/kdf.h"

enum { MT_BIND_BYTES = 104 }; /* of an encrypted_message: 24 + 16·5 */

struct mt_bind {
	uint64_t nonce;
	uint64_t temp_key_id, perm_key_id;
	uint64_t session_id; /* of the session that uses the temporary key */
	int32_t expires_at;  /* s, server's time */
};

/* Writes the encrypted_message for a query with this msg_id. */
int mt_bind_seal(const struct mt_bind *b, const struct auth_key *perm, uint64_t msg_id,
	const struct rng *rng, uint8_t ret[MT_BIND_BYTES]);

/* The server's side: opens and checks it. TOBS_ECRYPTO when anything is wrong. */
int mt_bind_open(struct tobs_view encrypted, const struct auth_key *perm, uint64_t msg_id,
	struct mt_bind *ret);

#endif
