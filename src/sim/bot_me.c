/* SPDX-License-Identifier: MIT */
/* The bot itself. */
#include "base/attr.h"
#include "sim/bot_send.h"

static int run_get_me(struct bot_call *c)
{
	struct bot_show s = bot_show_of(c);
	const struct tobs_user *user = show_user(&s, c->bot->account->user->peer);
	const struct tl_user *tl = c->bot->account->user->tl;
	struct tobs_user me;

	if (!user)
		return bot_no_memory(c);
	me = *user;
	me.can_join_groups = !tl->bot_nochats;
	me.can_read_all_group_messages = !c->bot->account->privacy;
	me.supports_inline_queries = tl->has_bot_inline_placeholder;
	me.can_connect_to_business = tl->bot_business;
	me.has_main_web_app = tl->bot_has_main_app;
	me.has_topics_enabled = tl->bot_forum_view;
	me.has_can_join_groups = me.has_can_read_all_group_messages =
		me.has_supports_inline_queries = me.has_can_connect_to_business =
			me.has_has_main_web_app = me.has_has_topics_enabled = true;
	return bot_result(c, TOBS_TYPE_USER, &me);
}

const struct bot_row bot_rows_me[] = {
	{ TOBS_METHOD_GET_ME, run_get_me },
	{ 0, NULL },
};
