/* SPDX-License-Identifier: MIT */
/* Logging in by code and as a bot, and out. */
#include "client/login.h"

#include <stdio.h>
#include <string.h>
#include <tobs/log.h>

#include "base/log.h"
#include "base/wipe.h"
#include "client/call.h"
#include "client/dc.h"
#include "client/lane.h"
#include "client/meet.h"

enum { SMALL_MAX = 1024, CODE_LENGTH = 5 };

int login_call(struct tobs_client *c, uint32_t method, const void *query, struct tobs_reply *reply,
	void *ret, struct tobs_err *err)
{
	const struct call_request request = {
		.method = method, .query = query, .flags = CALL_UPDATES | CALL_PERSON
	};

	return call_run(c, &request, reply, ret, err);
}

bool login_refused(int r, const struct tobs_err *err, const char *name)
{
	return (r == TOBS_ERPC || r == TOBS_EAUTH) && strcmp(err->name, name) == 0;
}

/* Refusals about the account or its proof; others are the caller's (API_ID_INVALID, …). */
int login_failed(int r, struct tobs_err *err)
{
	static const char *const beginnings[] = { "PHONE_", "PASSWORD_", "ACCESS_TOKEN_", "AUTH_",
		"USER_", "SESSION_", "EMAIL_", "SRP_" };

	if (r != TOBS_ERPC)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
		if (strncmp(err->name, beginnings[i], strlen(beginnings[i])) == 0)
			return err->code = TOBS_EAUTH;
	return r;
}

static int no_account(struct tobs_err *err)
{
	tobs_fail(err, TOBS_EAUTH,
		"there is no account with this phone number; sign up with an official app first");
	snprintf(err->name, sizeof err->name, "PHONE_NUMBER_UNOCCUPIED");
	return TOBS_EAUTH;
}

int login_done(struct tobs_client *c, const union tl_auth_Authorization *a, struct tobs_err *err)
{
	struct client_store *s = &c->store;
	const struct tl_user *user;
	struct dc_key *k;

	if (a->ctor == TL_auth_authorizationSignUpRequired)
		return no_account(err);
	user = &a->auth_authorization.user->user;
	if (user->ctor != TL_user)
		return tobs_fail(err, TOBS_EPROTO, "the server does not say who logged in");
	k = client_store_key(s, client_home(c));
	if (!k)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a key");
	client_store_meet_user(s, user);
	k->authorized = true;
	s->home = k->dc;
	s->self = user->id;
	s->is_bot = user->bot;
	s->head_dirty = true;
	log_info("client", "logged in as %lld", (long long)user->id);
	/* At once: what was typed in with so much care must not be lost. */
	return client_save(c, err);
}

/* ---- by code ---- */

struct code_login {
	struct tobs_client *c;
	const struct tobs_login_ui *ui;
	const char *phone;
	struct tobs_reply sent; /* holds what the views below show */
	struct tobs_view hash;  /* what the code was sent under */
	const char *how;
	int length;
	bool email;
	bool again; /* it can be sent by another way */
	bool done;  /* logged in without a code */
};

/* How a code was sent, and how many digits it has (0: not told). */
static const char *way_of(const union tl_auth_SentCodeType *t, int *ret_length)
{
	*ret_length = 0;
	switch (t->ctor) {
	case TL_auth_sentCodeTypeApp: *ret_length = t->auth_sentCodeTypeApp.length; return "app";
	case TL_auth_sentCodeTypeSms: *ret_length = t->auth_sentCodeTypeSms.length; return "sms";
	case TL_auth_sentCodeTypeCall: *ret_length = t->auth_sentCodeTypeCall.length; return "call";
	case TL_auth_sentCodeTypeFlashCall: return "flash_call";
	case TL_auth_sentCodeTypeMissedCall:
		*ret_length = t->auth_sentCodeTypeMissedCall.length;
		return "missed_call";
	case TL_auth_sentCodeTypeEmailCode:
		*ret_length = t->auth_sentCodeTypeEmailCode.length;
		return "email";
	case TL_auth_sentCodeTypeFragmentSms:
		*ret_length = t->auth_sentCodeTypeFragmentSms.length;
		return "fragment";
	case TL_auth_sentCodeTypeFirebaseSms:
		*ret_length = t->auth_sentCodeTypeFirebaseSms.length;
		return "sms";
	case TL_auth_sentCodeTypeSmsWord: return "sms_word";
	case TL_auth_sentCodeTypeSmsPhrase: return "sms_phrase";
	default: return NULL;
	}
}

static int code_sent(struct code_login *l, const union tl_auth_SentCode *sent, struct tobs_err *err)
{
	const struct tl_auth_sentCode *s = &sent->auth_sentCode;

	if (sent->ctor == TL_auth_sentCodeSuccess) {
		l->done = true;
		return login_done(l->c, sent->auth_sentCodeSuccess.authorization, err);
	}
	if (sent->ctor != TL_auth_sentCode)
		return tobs_fail(err, TOBS_EUNSUPPORTED,
			"Telegram asks to pay for the code; log in with an official app, then by QR code");
	l->how = way_of(s->type, &l->length);
	if (!l->how)
		return tobs_fail(err, TOBS_EUNSUPPORTED,
			"the account needs an e-mail address first; set it up in an official app");
	l->email = s->type->ctor == TL_auth_sentCodeTypeEmailCode;
	l->again = s->next_type != NULL;
	l->hash = s->phone_code_hash;
	return TOBS_OK;
}

static int send_code(struct code_login *l, struct tobs_err *err)
{
	const struct tl_auth_sendCode query = { .ctor = TL_auth_sendCode,
		.phone_number = tobs_str(l->phone),
		.api_id = l->c->setup.api_id,
		.api_hash = tobs_str(l->c->setup.api_hash),
		.settings = TL0(codeSettings) };
	const union tl_auth_SentCode *sent;
	int r = login_call(l->c, TL_auth_sendCode, &query, &l->sent, &sent, err);

	return r ? r : code_sent(l, sent, err);
}

static int send_again(struct code_login *l, struct tobs_err *err)
{
	struct tl_auth_resendCode query = { .ctor = TL_auth_resendCode,
		.phone_number = tobs_str(l->phone) };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_auth_SentCode *sent;
	int r;

	if (!l->again)
		return TOBS_OK;
	query.phone_code_hash = l->hash;
	r = login_call(l->c, TL_auth_resendCode, &query, &reply, &sent, err);
	if (r) {
		tobs_reply_deinit(&reply);
		return r;
	}
	tobs_reply_deinit(&l->sent);
	l->sent = reply;
	return code_sent(l, sent, err);
}

static int sign_in(struct code_login *l, struct tobs_view code, struct tobs_err *err)
{
	const struct tl_emailVerificationCode mailed = { TL_emailVerificationCode, code };
	struct tl_auth_signIn query = { .ctor = TL_auth_signIn,
		.phone_number = tobs_str(l->phone),
		.phone_code_hash = l->hash };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_auth_Authorization *a;
	int r;

	if (l->email)
		query.email_verification = (const void *)&mailed;
	else
		query.phone_code = code;
	r = login_call(l->c, TL_auth_signIn, &query, &reply, &a, err);
	if (!r)
		r = login_done(l->c, a, err);
	tobs_reply_deinit(&reply);
	return r;
}

static void tell_wrong(const struct tobs_login_ui *ui, const char *what)
{
	if (ui->wrong)
		ui->wrong(ui->user, what);
}

/* Asks for the code until it is right, or was wrong too often. */
static int enter_code(struct code_login *l, struct tobs_buf *code, struct tobs_err *err)
{
	int r = TOBS_OK;

	for (int tries = 0;;) {
		tobs_buf_clear(code);
		r = l->ui->code(l->ui->user, l->how, l->length, code);
		if (r)
			return tobs_fail(err, r, "no code was given");
		if (code->len == 0) {
			r = send_again(l, err);
			if (r || l->done)
				return r;
			continue;
		}
		r = sign_in(l, tobs_buf_view(code), err);
		if (login_refused(r, err, "SESSION_PASSWORD_NEEDED"))
			return login_password(l->c, l->ui, err);
		if (!login_refused(r, err, "PHONE_CODE_INVALID") &&
			!login_refused(r, err, "PHONE_CODE_EXPIRED"))
			return r;
		if (++tries == LOGIN_TRIES)
			return r;
		tell_wrong(l->ui, "code");
		if (strcmp(err->name, "PHONE_CODE_EXPIRED") == 0) {
			r = send_code(l, err);
			if (r || l->done)
				return r;
		}
	}
}

int tobs_login_phone(struct tobs_client *c, const char *phone, const struct tobs_login_ui *ui,
	struct tobs_err *err)
{
	struct code_login l = { .c = c, .ui = ui, .phone = phone, .sent = TOBS_REPLY_INIT };
	struct tobs_err ignored;
	struct tobs_buf code;
	int r;

	err = err ? err : &ignored;
	if (!ui || !ui->code)
		return tobs_fail(err, TOBS_EINVAL, "nobody can be asked for the code");
	if (!phone || !phone[0])
		return tobs_fail(err, TOBS_EINVAL, "the phone number is missing");
	(void)!tobs_log_secret(tobs_str(phone));
	tobs_buf_init(&code, SMALL_MAX);
	r = send_code(&l, err);
	if (!r && !l.done)
		r = enter_code(&l, &code, err);
	tobs_buf_wipe(&code);
	tobs_reply_deinit(&l.sent);
	return login_failed(r, err);
}

/* ---- as a bot ---- */

int tobs_login_bot(struct tobs_client *c, const char *token, struct tobs_err *err)
{
	const struct tl_auth_importBotAuthorization query = {
		.ctor = TL_auth_importBotAuthorization,
		.api_id = c->setup.api_id,
		.api_hash = tobs_str(c->setup.api_hash),
		.bot_auth_token = tobs_str(token)
	};
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_auth_Authorization *a;
	struct tobs_err ignored;
	int r;

	err = err ? err : &ignored;
	if (!token || !token[0])
		return tobs_fail(err, TOBS_EINVAL, "the bot token is missing");
	r = tobs_log_secret(tobs_str(token));
	if (r)
		return tobs_fail(err, r, "no memory to log in");
	r = login_call(c, TL_auth_importBotAuthorization, &query, &reply, &a, err);
	if (!r)
		r = login_done(c, a, err);
	tobs_reply_deinit(&reply);
	return login_failed(r, err);
}

/* ---- out ---- */

int tobs_log_out(struct tobs_client *c, struct tobs_err *err)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_auth_loggedOut *out;
	struct tobs_err ignored;
	int r;

	err = err ? err : &ignored;
	r = login_call(c, TL_auth_logOut, TL0(auth_logOut), &reply, &out, err);
	tobs_reply_deinit(&reply);
	if (r && r != TOBS_EAUTH)
		return r;
	/* Whether the server knew us or not, we are out now. */
	client_store_forget(&c->store);
	MAP_EACH (slot, &c->dcs) {
		struct dc *d = slot->value;

		dc_drop_temp(d, d->temp.key.id);
	}
	ARRAY_EACH (l, &c->lanes) {
		lane_keep(*l, false);
		lane_break(*l);
	}
	return client_save(c, err);
}
