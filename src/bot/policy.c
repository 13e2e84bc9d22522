/* SPDX-License-Identifier: MIT */
#include "bot/policy.h"

#include "bot/gone.h"
#include "botapi/method.h"

/* nginx's word for a server that took the request and has not answered in time. */
enum { GATEWAY_TIMEOUT = 504 };

bool policy_is_trouble(const struct tobs_err *err)
{
	return err->code == TOBS_ENET || err->code == TOBS_EAGAIN ||
		(err->code == TOBS_ENOTFOUND && !err->status);
}

static enum policy of_refusal(const struct tobs_err *err)
{
	if (err->chat_id)
		return POLICY_MIGRATE;
	/* "Bad Request: message is not modified: specified new message content and …" */
	if (strstr(err->name, "message is not modified"))
		return POLICY_SUCCESS;
	return POLICY_FAIL;
}

enum policy policy_of(enum tobs_method method, const struct tobs_err *err, bool sent)
{
	bool unknown = sent && (err->code == TOBS_ENET || err->status == GATEWAY_TIMEOUT);

	if (err->code == TOBS_EAUTH)
		return POLICY_STOP;
	if (err->code == TOBS_EFLOOD)
		return POLICY_WAIT;
	if (policy_is_trouble(err))
		return unknown && !method_info(method)->repeatable ? POLICY_FAIL : POLICY_AGAIN;
	if (gone_says(err))
		return POLICY_GONE;
	return err->code == TOBS_EINVAL ? of_refusal(err) : POLICY_FAIL;
}
