/* SPDX-License-Identifier: MIT */
/* Chats that a bot manages: which one is meant, and whether it may. */
#ifndef SIM_BOT_MEMBER_H
#define SIM_BOT_MEMBER_H

#include "sim/bot_send.h"

/* What a bot needs to be allowed; the bits of tl_chatAdminRights that are asked for. */
enum bot_right {
	BOT_ANY_RIGHT, /* to be an admin */
	BOT_CHANGE_INFO,
	BOT_BAN_USERS,
	BOT_INVITE_USERS,
	BOT_PIN_MESSAGES,
	BOT_ADD_ADMINS,
	BOT_MANAGE_TOPICS,
	BOT_NO_RIGHT, /* to be in it is enough */
};

/*
 * The group or channel of chat_id, in which the bot has that right. 400 "chat
 * not found" also for a private chat; 400 "not enough rights …".
 */
int bot_managed(struct bot_call *c, enum bot_right right, struct sim_chat **ret);

/* Changes a member as the bot; *err is turned into the call's failure. */
int bot_member_change(struct bot_call *c, struct sim_chat *g, const struct sim_member *m);

#endif
