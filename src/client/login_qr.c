/* SPDX-License-Identifier: MIT */
/*
 * Logging in by QR code (core.telegram.org/api/qr-login): another device scans a
 * token, and an update says that it did.
 */
#include <string.h>

#include "base/hex.h"
#include "client/call.h"
#include "client/login.h"

enum {
	MS = 1000,
	URL_MAX = 4096,
	HOPS_MAX = 3,
	LIFE_MIN_S = 1,
	LIFE_MAX_S = 60, /* the server's say 30 */
};

struct qr_login {
	struct tobs_client *c;
	const struct tobs_login_ui *ui;
	uint64_t before;       /* updateLoginToken seen before the server was asked */
	struct tobs_buf shown; /* the URL that was shown last */
	int hops;
};

static int show(struct qr_login *l, const struct tl_auth_loginToken *t, int64_t seconds,
	struct tobs_err *err)
{
	struct tobs_buf url;
	int r;

	tobs_buf_init(&url, URL_MAX);
	tobs_buf_puts(&url, "tg://login?token=");
	r = base64_encode(&url, t->token, BASE64_URL);
	if (r) {
		tobs_fail(err, r, "no memory for a QR code");
	} else if (!tobs_view_eq(tobs_buf_view(&url), tobs_buf_view(&l->shown))) {
		r = l->ui->qr(l->ui->user, tobs_buf_str(&url), seconds);
		if (r)
			tobs_fail(err, r, "the QR code cannot be shown");
		tobs_buf_wipe(&l->shown);
		l->shown = url;
		return r;
	}
	tobs_buf_wipe(&url);
	return r;
}

/* Until the token was scanned or its time is up. */
static int wait_for_scan(struct tobs_client *c, uint64_t before, int64_t seconds)
{
	struct tobs_deadline d;
	int r = TOBS_OK;

	client_enter(c);
	tobs_deadline_push(&d, seconds * MS);
	while (!r && c->logins == before && !c->closing)
		r = tobs_cond_wait(&c->told);
	tobs_deadline_pop(&d);
	if (c->closing)
		r = TOBS_ECLOSED;
	else if (r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d))
		r = TOBS_OK;
	client_leave(c);
	return r;
}

static int use_token(struct qr_login *l, const union tl_auth_LoginToken *t, bool *ret_done,
	struct tobs_err *err);

/* The account lives in another data centre: it becomes our home, and takes the token. */
static int move(struct qr_login *l, const struct tl_auth_loginTokenMigrateTo *to, bool *ret_done,
	struct tobs_err *err)
{
	struct tobs_client *c = l->c;
	const struct tl_auth_importLoginToken query = { TL_auth_importLoginToken, to->token };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_auth_LoginToken *t;
	int r;

	if (to->dc_id <= 0 || ++l->hops > HOPS_MAX)
		return tobs_fail(err, TOBS_EPROTO, "the server sends us to and fro");
	c->store.home = to->dc_id;
	c->store.head_dirty = true;
	l->before = c->logins;
	r = login_call(c, TL_auth_importLoginToken, &query, &reply, &t, err);
	if (!r)
		r = use_token(l, t, ret_done, err);
	tobs_reply_deinit(&reply);
	return r;
}

static int use_token(
	struct qr_login *l, const union tl_auth_LoginToken *t, bool *ret_done, struct tobs_err *err)
{
	int64_t seconds;
	int r;

	switch (t->ctor) {
	case TL_auth_loginTokenSuccess:
		*ret_done = true;
		return login_done(l->c, t->auth_loginTokenSuccess.authorization, err);
	case TL_auth_loginTokenMigrateTo:
		return move(l, &t->auth_loginTokenMigrateTo, ret_done, err);
	default: break;
	}
	seconds = t->auth_loginToken.expires - client_server_time(l->c, client_home(l->c));
	seconds = MAX(LIFE_MIN_S, MIN(seconds, LIFE_MAX_S));
	r = show(l, &t->auth_loginToken, seconds, err);
	if (r)
		return r;
	r = wait_for_scan(l->c, l->before, seconds);
	return r ? tobs_fail(err, r, "nobody has scanned the QR code") : TOBS_OK;
}

int tobs_login_qr(struct tobs_client *c, const struct tobs_login_ui *ui, struct tobs_err *err)
{
	const struct tl_auth_exportLoginToken query = { .ctor = TL_auth_exportLoginToken,
		.api_id = c->setup.api_id,
		.api_hash = tobs_str(c->setup.api_hash) };
	struct qr_login l = { .c = c, .ui = ui };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_auth_LoginToken *t;
	struct tobs_err ignored;
	bool done = false;
	int r = TOBS_OK;

	err = err ? err : &ignored;
	if (!ui || !ui->qr)
		return tobs_fail(err, TOBS_EINVAL, "nobody can be shown the QR code");
	tobs_buf_init(&l.shown, URL_MAX);
	while (!r && !done) {
		l.before = c->logins;
		r = login_call(c, TL_auth_exportLoginToken, &query, &reply, &t, err);
		if (!r)
			r = use_token(&l, t, &done, err);
		if (login_refused(r, err, "SESSION_PASSWORD_NEEDED")) {
			r = login_password(c, ui, err);
			break;
		}
	}
	tobs_buf_wipe(&l.shown);
	tobs_reply_deinit(&reply);
	return login_failed(r, err);
}
