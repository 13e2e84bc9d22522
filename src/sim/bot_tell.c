/* SPDX-License-Identifier: MIT */
/* Updates of any kind, as the Bot API writes them: for what nobody in the world can do. */
#include "base/json_path.h"
#include "botapi/decode.h"
#include "botapi/tables.h"
#include "sim/bot_server.h"

/* The member that says what kind it is; 0: none, or several. */
static int find_kind(struct json_value update, struct json_value *ret)
{
	int found = 0;

	for (int k = TOBS_UPDATE_UNKNOWN + 1; k <= TOBS_UPDATE_STOPPED_MESSAGE_GENERATION; k++) {
		struct json_value v = json_field(update, bot_update_name((enum tobs_update_kind)k));

		if (json_is_missing(v))
			continue;
		if (found)
			return 0;
		found = k;
		*ret = v;
	}
	return found;
}

int sim_bots_tell(struct sim_bots *s, int64_t bot, struct json_value update, struct tobs_err *err)
{
	struct sim_account *a = sim_account(s->world, bot);
	struct sim_bot *b = a && !bot_sync(s) ? bot_of(s, a) : NULL;
	struct json_value v = { 0 };
	int kind = json_is_object(update) && json_count(update) == 1 ? find_kind(update, &v) : 0;
	struct bot_call *c;
	const void *object;
	int r;

	if (!b)
		return tobs_fail(err, TOBS_ENOTFOUND, "there is no such bot");
	if (!kind)
		return json_fail(
			err, TOBS_EMALFORMED, "must have one member, named like a kind of update");
	c = bot_call_open(s, b);
	if (!c)
		return tobs_fail(err, TOBS_ENOMEM, "no memory");
	r = bot_check_object(c, (enum tobs_update_kind)kind, v);
	if (r)
		r = json_fail(err, TOBS_EMALFORMED, "%s", c->description);
	else
		r = botapi_decode(
			bot_update_type((enum tobs_update_kind)kind), v, &c->arena, &object, err);
	if (!r)
		bot_update(b, (enum tobs_update_kind)kind, object, kind, BOT_LIFE_S);
	bot_call_close(c);
	return r;
}
