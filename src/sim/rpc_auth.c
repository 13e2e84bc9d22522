/* SPDX-License-Identifier: MIT */
/* auth.*: logging in by code, password, QR code and token; out; and to other data centres. */
#include <stdio.h>

#include "base/endian.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/wipe.h"
#include "mtproto/bind.h"
#include "sim/rpc.h"
#include "sim/rpc_password.h"

enum {
	SECOND = 1000000,
	TOKEN_LIFE_S = 30,
	EXPORT_LIFE_S = 60,
	CODE_LENGTH = 5,
	HASH_ROOM = 24,
	LIST_MAX = 1000,
};

static int64_t now_s(const struct sim_call *c)
{
	return clock_wall(c->rpc->clock) / SECOND;
}

bool rpc_authorization(struct sim_call *c, struct sim_account *a)
{
	struct tl_auth_authorization *ok = RPC_NEW(c, tl_auth_authorization);

	if (!ok)
		return rpc_no_memory(c);
	ok->ctor = TL_auth_authorization;
	ok->user = sim_view_user(a, a->user, c->arena);
	return ok->user ? rpc_ok(c, ok) : rpc_no_memory(c);
}

static bool logged_in(struct sim_call *c, struct sim_account *a)
{
	c->login->account = a;
	c->login->half = NULL;
	log_info("sim", "account %lld logs in", (long long)a->user->peer);
	return rpc_authorization(c, a);
}

/* Accounts live in one data centre; others send clients there. */
static bool at_home(struct sim_call *c, const char *refusal)
{
	int home = c->rpc->world->options.home_dc;

	return c->dc == home || rpc_refuse_number(c, 303, refusal, home);
}

static bool accepted(struct sim_call *c, int32_t api_id, struct tobs_view api_hash)
{
	return sim_app_accepted(c->rpc->world, api_id, api_hash) ||
		rpc_refuse(c, 400, "API_ID_INVALID");
}

/* The hash that a code is asked for and given back with. */
static void code_hash(const struct sim_call *c, struct tobs_view phone, char *out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < phone.len; i++)
		if (phone.ptr[i] >= '0' && phone.ptr[i] <= '9')
			sum = sum * 31 + phone.ptr[i];
	snprintf(out, HASH_ROOM, "%016llx",
		(unsigned long long)sim_hash(c->rpc->world, "code", sum));
}

static bool is_phone(struct tobs_view phone)
{
	size_t digits = 0;

	for (size_t i = 0; i < phone.len; i++)
		digits += phone.ptr[i] >= '0' && phone.ptr[i] <= '9';
	return digits >= 5 && digits <= 15;
}

/* The code goes to the app first, and by SMS when it is asked for again. */
static bool code_sent(struct sim_call *c, struct tobs_view phone, bool again)
{
	static const struct tl_auth_sentCodeTypeApp app = { TL_auth_sentCodeTypeApp, CODE_LENGTH };
	static const struct tl_auth_sentCodeTypeSms sms = { TL_auth_sentCodeTypeSms, CODE_LENGTH };
	static const struct tl_auth_codeTypeSms next = { TL_auth_codeTypeSms };
	struct tl_auth_sentCode *sent = RPC_NEW(c, tl_auth_sentCode);
	char hash[HASH_ROOM];

	if (!sent)
		return rpc_no_memory(c);
	code_hash(c, phone, hash);
	sent->ctor = TL_auth_sentCode;
	sent->type = again ? (const void *)&sms : (const void *)&app;
	sent->next_type = again ? NULL : (const void *)&next;
	sent->has_timeout = 1;
	sent->timeout = 60;
	if (tobs_arena_view(c->arena, tobs_str(hash), &sent->phone_code_hash))
		return rpc_no_memory(c);
	return rpc_ok(c, sent);
}

static bool send_code(struct sim_call *c)
{
	const struct tl_auth_sendCode *q = c->query;

	if (!accepted(c, q->api_id, q->api_hash))
		return false;
	if (!is_phone(q->phone_number))
		return rpc_refuse(c, 400, "PHONE_NUMBER_INVALID");
	return at_home(c, "PHONE_MIGRATE") && code_sent(c, q->phone_number, false);
}

static bool resend_code(struct sim_call *c)
{
	const struct tl_auth_resendCode *q = c->query;
	char hash[HASH_ROOM];

	code_hash(c, q->phone_number, hash);
	if (!tobs_view_is(q->phone_code_hash, hash))
		return rpc_refuse(c, 400, "PHONE_CODE_EXPIRED");
	return code_sent(c, q->phone_number, true);
}

static bool sign_in(struct sim_call *c)
{
	const struct tl_auth_signIn *q = c->query;
	struct sim_user *user;
	char hash[HASH_ROOM];

	if (!at_home(c, "PHONE_MIGRATE"))
		return false;
	code_hash(c, q->phone_number, hash);
	if (q->phone_code_hash.len == 0)
		return rpc_refuse(c, 400, "PHONE_CODE_HASH_EMPTY");
	if (q->phone_code.len == 0)
		return rpc_refuse(c, 400, "PHONE_CODE_EMPTY");
	if (!tobs_view_is(q->phone_code_hash, hash))
		return rpc_refuse(c, 400, "PHONE_CODE_EXPIRED");
	user = sim_user_by_phone(c->rpc->world, q->phone_number);
	if (!user || !user->account || user->account->token.len)
		return rpc_refuse(c, 400, "PHONE_NUMBER_UNOCCUPIED");
	if (!tobs_view_eq(q->phone_code, user->account->code))
		return rpc_refuse(c, 400, "PHONE_CODE_INVALID");
	if (user->account->password.len) {
		c->login->half = user->account;
		return rpc_refuse(c, 401, "SESSION_PASSWORD_NEEDED");
	}
	return logged_in(c, user->account);
}

static bool check_password(struct sim_call *c)
{
	const struct tl_auth_checkPassword *q = c->query;
	struct sim_account *a = c->login->half ? c->login->half : c->account;

	if (!a || !a->password.len)
		return rpc_refuse(c, 400, "PASSWORD_HASH_INVALID");
	if (q->password->ctor != TL_inputCheckPasswordSRP)
		return rpc_refuse(c, 400, "PASSWORD_HASH_INVALID");
	if (!rpc_password_check(c, a, &q->password->inputCheckPasswordSRP))
		return false;
	return logged_in(c, a);
}

static bool import_bot(struct sim_call *c)
{
	const struct tl_auth_importBotAuthorization *q = c->query;
	struct sim_account *a;

	if (!accepted(c, q->api_id, q->api_hash))
		return false;
	if (!at_home(c, "USER_MIGRATE"))
		return false;
	a = sim_bot_by_token(c->rpc->world, q->bot_auth_token);
	return a ? logged_in(c, a) : rpc_refuse(c, 400, "ACCESS_TOKEN_INVALID");
}

static bool log_out(struct sim_call *c)
{
	struct tl_auth_loggedOut *out = RPC_NEW(c, tl_auth_loggedOut);

	if (!out)
		return rpc_no_memory(c);
	out->ctor = TL_auth_loggedOut;
	c->login->account = c->login->half = NULL;
	c->login->takeout = 0;
	return rpc_ok(c, out);
}

/* ---- to other data centres ---- */

static bool export_authorization(struct sim_call *c)
{
	const struct tl_auth_exportAuthorization *q = c->query;
	struct tl_auth_exportedAuthorization *ret = RPC_NEW(c, tl_auth_exportedAuthorization);
	struct sim_exported e = {
		.expires = now_s(c) + EXPORT_LIFE_S, .dc = q->dc_id, .account = c->account
	};
	bool known = false;

	for (size_t i = 0; i < c->rpc->dc_count; i++)
		known |= c->rpc->dcs[i].id == q->dc_id && !c->rpc->dcs[i].cdn;
	if (!known || q->dc_id == c->dc)
		return rpc_refuse(c, 400, "DC_ID_INVALID");
	rng_fill(c->rpc->rng, e.bytes, sizeof e.bytes);
	if (c->rpc->exported.count == LIST_MAX)
		ARRAY_REMOVE(&c->rpc->exported, 0);
	if (!ret || ARRAY_PUSH(&c->rpc->exported, e))
		return rpc_no_memory(c);
	ret->ctor = TL_auth_exportedAuthorization;
	ret->id = c->account->user->peer;
	if (tobs_arena_view(c->arena, tobs_view(e.bytes, sizeof e.bytes), &ret->bytes))
		return rpc_no_memory(c);
	return rpc_ok(c, ret);
}

static bool import_authorization(struct sim_call *c)
{
	const struct tl_auth_importAuthorization *q = c->query;

	for (size_t i = 0; i < c->rpc->exported.count; i++) {
		struct sim_exported e = c->rpc->exported.items[i];

		if (q->bytes.len != sizeof e.bytes ||
			memcmp(q->bytes.ptr, e.bytes, sizeof e.bytes) || e.dc != c->dc ||
			e.expires < now_s(c) || q->id != e.account->user->peer)
			continue;
		ARRAY_REMOVE(&c->rpc->exported, i);
		return logged_in(c, e.account);
	}
	return rpc_refuse(c, 400, "AUTH_BYTES_INVALID");
}

/* ---- by QR code ---- */

static struct sim_login_token *token_of(struct sim_rpc *r, const struct sim_key *key)
{
	ARRAY_EACH (t, &r->tokens)
		if (t->key == key)
			return t;
	return NULL;
}

static struct sim_login_token *token_with(struct sim_rpc *r, struct tobs_view bytes)
{
	ARRAY_EACH (t, &r->tokens)
		if (bytes.len == sizeof t->bytes && memcmp(bytes.ptr, t->bytes, bytes.len) == 0)
			return t;
	return NULL;
}

static void drop_token(struct sim_rpc *r, struct sim_login_token *t)
{
	ARRAY_REMOVE(&r->tokens, (size_t)(t - r->tokens.items));
}

static bool token_object(struct sim_call *c, const struct sim_login_token *t)
{
	struct tl_auth_loginToken *ret = RPC_NEW(c, tl_auth_loginToken);

	if (!ret || tobs_arena_view(c->arena, tobs_view(t->bytes, sizeof t->bytes), &ret->token))
		return rpc_no_memory(c);
	ret->ctor = TL_auth_loginToken;
	ret->expires = (int32_t)t->expires;
	return rpc_ok(c, ret);
}

static bool token_success(struct sim_call *c, struct sim_account *a)
{
	struct tl_auth_loginTokenSuccess *ret = RPC_NEW(c, tl_auth_loginTokenSuccess);

	if (!ret)
		return rpc_no_memory(c);
	if (a->password.len) {
		c->login->half = a;
		return rpc_refuse(c, 401, "SESSION_PASSWORD_NEEDED");
	}
	if (!logged_in(c, a))
		return false;
	ret->ctor = TL_auth_loginTokenSuccess;
	ret->authorization = c->result.object;
	return rpc_ok(c, ret);
}

/* Accepted here, but the account lives elsewhere: the client goes there with the token. */
static bool token_migrate(struct sim_call *c, const struct sim_login_token *t)
{
	struct tl_auth_loginTokenMigrateTo *ret = RPC_NEW(c, tl_auth_loginTokenMigrateTo);

	if (!ret || tobs_arena_view(c->arena, tobs_view(t->bytes, sizeof t->bytes), &ret->token))
		return rpc_no_memory(c);
	ret->ctor = TL_auth_loginTokenMigrateTo;
	ret->dc_id = c->rpc->world->options.home_dc;
	return rpc_ok(c, ret);
}

static bool export_token(struct sim_call *c)
{
	const struct tl_auth_exportLoginToken *q = c->query;
	struct sim_login_token *t = token_of(c->rpc, c->key->perm), fresh = { 0 };

	if (!accepted(c, q->api_id, q->api_hash))
		return false;
	if (t && t->account) {
		struct sim_account *a = t->account;

		if (c->dc != c->rpc->world->options.home_dc)
			return token_migrate(c, t);
		drop_token(c->rpc, t);
		return token_success(c, a);
	}
	if (t && t->expires > now_s(c)) {
		t->session = c->session;
		return token_object(c, t);
	}
	if (t)
		drop_token(c->rpc, t);
	rng_fill(c->rpc->rng, fresh.bytes, sizeof fresh.bytes);
	fresh.key = c->key->perm;
	fresh.session = c->session;
	fresh.expires = now_s(c) + TOKEN_LIFE_S;
	if (ARRAY_PUSH(&c->rpc->tokens, fresh))
		return rpc_no_memory(c);
	return token_object(c, &fresh);
}

static bool import_token(struct sim_call *c)
{
	const struct tl_auth_importLoginToken *q = c->query;
	struct sim_login_token *t = token_with(c->rpc, q->token);
	struct sim_account *a = t ? t->account : NULL;

	if (!t)
		return rpc_refuse(c, 400, "AUTH_TOKEN_INVALID");
	if (!a)
		return rpc_refuse(c, 400, "AUTH_TOKEN_EXPIRED");
	drop_token(c->rpc, t);
	return token_success(c, a);
}

int sim_rpc_accept_token(struct sim_rpc *r, struct tobs_view bytes, struct sim_account *a)
{
	struct sim_login_token *t = token_with(r, bytes);
	struct tobs_buf update;
	int e;

	if (!t || t->expires < clock_wall(r->clock) / SECOND)
		return TOBS_ENOTFOUND;
	t->account = a;
	tobs_buf_init(&update, 256);
	e = tl_encode(&update,
		TL(updateShort, .update = TL0(updateLoginToken), .date = sim_now(r->world)), NULL);
	if (!e)
		e = sim_session_push(t->session, tobs_buf_view(&update));
	tobs_buf_deinit(&update);
	return e;
}

static bool accept_token(struct sim_call *c)
{
	const struct tl_auth_acceptLoginToken *q = c->query;
	struct tl_authorization *ret = RPC_NEW(c, tl_authorization);

	if (!ret)
		return rpc_no_memory(c);
	if (sim_rpc_accept_token(c->rpc, q->token, c->account))
		return rpc_refuse(c, 400, "AUTH_TOKEN_EXPIRED");
	ret->ctor = TL_authorization;
	ret->device_model = tobs_str("simulated");
	ret->platform = ret->system_version = ret->app_name = ret->app_version = ret->device_model;
	ret->ip = tobs_str("127.0.0.1");
	ret->country = tobs_str("ZZ");
	ret->date_created = ret->date_active = sim_now(c->rpc->world);
	return rpc_ok(c, ret);
}

/* ---- temporary keys ---- */

static bool bind_temp(struct sim_call *c)
{
	const struct tl_auth_bindTempAuthKey *q = c->query;
	struct sim_key *perm = sim_keys_find(c->rpc->keys, (uint64_t)q->perm_auth_key_id);
	struct mt_bind bind;

	if (!c->key->expires_at)
		return rpc_refuse(c, 400, "TEMP_AUTH_KEY_EMPTY");
	if (!perm || perm->expires_at || perm->dc != c->key->dc)
		return rpc_refuse(c, 400, "ENCRYPTED_MESSAGE_INVALID");
	if (mt_bind_open(q->encrypted_message, &perm->key, c->msg_id, &bind) ||
		bind.nonce != (uint64_t)q->nonce || bind.temp_key_id != c->key->key.id ||
		bind.session_id != c->session->id || bind.expires_at != q->expires_at)
		return rpc_refuse(c, 400, "ENCRYPTED_MESSAGE_INVALID");
	if (q->expires_at < now_s(c))
		return rpc_refuse(c, 400, "EXPIRES_AT_INVALID");
	c->key->perm = perm;
	return rpc_yes(c);
}

const struct sim_method rpc_auth[] = {
	{ TL_auth_sendCode, send_code, RPC_ANYBODY },
	{ TL_auth_resendCode, resend_code, RPC_ANYBODY },
	{ TL_auth_signIn, sign_in, RPC_ANYBODY },
	{ TL_auth_checkPassword, check_password, RPC_ANYBODY },
	{ TL_auth_importBotAuthorization, import_bot, RPC_ANYBODY },
	{ TL_auth_logOut, log_out, RPC_BOTS },
	{ TL_auth_exportAuthorization, export_authorization, RPC_BOTS },
	{ TL_auth_importAuthorization, import_authorization, RPC_ANYBODY },
	{ TL_auth_exportLoginToken, export_token, RPC_ANYBODY },
	{ TL_auth_importLoginToken, import_token, RPC_ANYBODY },
	{ TL_auth_acceptLoginToken, accept_token, 0 },
	{ TL_auth_bindTempAuthKey, bind_temp, RPC_ANYBODY | RPC_UNBOUND },
	{ 0 },
};
