/* SPDX-License-Identifier: MIT */
/* Two-step verification, the server's side, verified for real by SRP. */
#ifndef SIM_RPC_PASSWORD_H
#define SIM_RPC_PASSWORD_H

#include "sim/rpc.h"

/* account.getPassword for the account that is logged in or half so. */
bool rpc_password_get(struct sim_call *c);

/* Whether the proof is right; the refusal is set when not. */
bool rpc_password_check(
	struct sim_call *c, struct sim_account *a, const struct tl_inputCheckPasswordSRP *proof);

#endif
