/* SPDX-License-Identifier: MIT */
/* Two-step verification: the password, proved by SRP without being sent. */
#include <stdio.h>
#include <string.h>
#include <tobs/log.h>

#include "base/wipe.h"
#include "client/login.h"
#include "crypto/srp.h"

enum { PASSWORD_MAX = 4096, HINT_MAX = 512, REFETCHES_MAX = 3 };

/* Hashing and proving take a twentieth of a second: on a worker thread. */
struct proving {
	struct srp_algo algo;
	struct tobs_view password, srp_b;
	const struct rng *rng;
	struct srp_proof proof;
};

static int prove(void *arg)
{
	struct proving *p = arg;
	uint8_t x[SRP_HASH];
	int r = srp_hash_password(&p->algo, p->password, x);

	if (!r)
		r = srp_prove(&p->algo, x, p->srp_b, p->rng, &p->proof);
	mem_wipe(x, sizeof x);
	return r;
}

static int begin(const struct tl_account_password *info, struct proving *p, struct tobs_err *err)
{
	const struct tl_passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow *algo;

	if (!info->current_algo || !info->srp_B.len)
		return tobs_fail(err, TOBS_EPROTO, "the account has no password to ask for");
	if (info->current_algo->ctor !=
		TL_passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow)
		return tobs_fail(err, TOBS_EUNSUPPORTED,
			"the account's password uses an algorithm this version does not know");
	algo = (const void *)info->current_algo;
	p->algo = (struct srp_algo){ algo->salt1, algo->salt2, algo->p, algo->g };
	p->srp_b = info->srp_B;
	return TOBS_OK;
}

/* One try with the parameters of `info`. */
static int check(struct tobs_client *c, const struct tl_account_password *info,
	struct tobs_view password, struct tobs_err *err)
{
	struct proving p = { .password = password, .rng = c->rng };
	struct tl_inputCheckPasswordSRP proof = { .ctor = TL_inputCheckPasswordSRP,
		.srp_id = info->srp_id };
	const struct tl_auth_checkPassword query = { .ctor = TL_auth_checkPassword,
		.password = (const void *)&proof };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_auth_Authorization *a;
	int r = begin(info, &p, err);

	if (r)
		return r;
	r = tobs_offload(prove, &p);
	if (r) {
		tobs_fail(err, r, "the password cannot be proved: %s", tobs_error_text(r));
	} else {
		proof.A = tobs_view(p.proof.a, sizeof p.proof.a);
		proof.M1 = tobs_view(p.proof.m1, sizeof p.proof.m1);
		r = login_call(c, TL_auth_checkPassword, &query, &reply, &a, err);
	}
	if (!r)
		r = login_done(c, a, err);
	mem_wipe(&p, sizeof p);
	tobs_reply_deinit(&reply);
	return r;
}

static int ask(const struct tl_account_password *info, const struct tobs_login_ui *ui,
	struct tobs_buf *password, struct tobs_err *err)
{
	char hint[HINT_MAX];
	int r;

	snprintf(hint, sizeof hint, "%.*s", TOBS_VIEW_FMT(info->hint));
	tobs_buf_clear(password);
	r = ui->password(ui->user, hint, password);
	if (r)
		return tobs_fail(err, r, "no password was given");
	r = tobs_log_secret(tobs_buf_view(password));
	return r ? tobs_fail(err, r, "no memory for a password") : TOBS_OK;
}

static int no_way_to_ask(struct tobs_err *err)
{
	tobs_fail(err, TOBS_EAUTH, "the account has a password (two-step verification)");
	snprintf(err->name, sizeof err->name, "SESSION_PASSWORD_NEEDED");
	err->status = 401;
	return TOBS_EAUTH;
}

int login_password(struct tobs_client *c, const struct tobs_login_ui *ui, struct tobs_err *err)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_account_password *info;
	struct tobs_buf password;
	int r, tries = 0, refetches = 0;
	bool asked = false;

	if (!ui || !ui->password)
		return no_way_to_ask(err);
	tobs_buf_init(&password, PASSWORD_MAX);
	for (;;) {
		/* Each try needs a fresh srp_B. */
		r = login_call(
			c, TL_account_getPassword, TL0(account_getPassword), &reply, &info, err);
		if (!r && !asked)
			r = ask(info, ui, &password, err);
		if (r)
			break;
		asked = true;
		r = check(c, info, tobs_buf_view(&password), err);
		if (login_refused(r, err, "SRP_ID_INVALID") && ++refetches <= REFETCHES_MAX)
			continue;
		if (!login_refused(r, err, "PASSWORD_HASH_INVALID") || ++tries == LOGIN_TRIES)
			break;
		if (ui->wrong)
			ui->wrong(ui->user, "password");
		asked = false;
	}
	tobs_buf_wipe(&password);
	tobs_reply_deinit(&reply);
	return login_failed(r, err);
}
