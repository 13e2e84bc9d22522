/* SPDX-License-Identifier: MIT */
#include "cli/account.h"

#include <tobs/methods.h>

int account_name(const struct tl_user *user, struct tobs_buf *out)
{
	if (user->deleted)
		return tobs_buf_puts(out, "Deleted Account");
	tobs_buf_putv(out, user->first_name);
	if (user->first_name.len && user->last_name.len)
		tobs_buf_putc(out, ' ');
	return tobs_buf_putv(out, user->last_name);
}

int account_describe(struct tobs_client *c, struct tobs_buf *out, struct tobs_err *err)
{
	const union tl_InputUser *self[] = { TL0(inputUserSelf) };
	const struct tl_users_getUsers query = { TL_users_getUsers, { 1, self } };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_vec_User *users;
	const struct tl_user *user;
	int r = tobs_users_getUsers(c, &query, &reply, &users, err);

	if (!r && (users->count != 1 || users->items[0]->ctor != TL_user))
		r = tobs_fail(err, TOBS_EPROTO, "the server does not say who is logged in");
	if (!r) {
		user = &users->items[0]->user;
		account_name(user, out);
		if (user->username.len)
			tobs_buf_printf(out, " (@%.*s)", TOBS_VIEW_FMT(user->username));
		tobs_buf_printf(out, ", id %lld", (long long)user->id);
	}
	tobs_reply_deinit(&reply);
	return r;
}
