/* SPDX-License-Identifier: MIT */
#include "client/page.h"

bool message_page_of(const union tl_messages_Messages *m, struct message_page *ret)
{
	switch (m->ctor) {
	case TL_messages_messages: {
		const struct tl_messages_messages *p = &m->messages_messages;

		*ret = (struct message_page){ p->messages, p->users, p->chats,
			(int32_t)p->messages.count, true, -1 };
		return true;
	}
	case TL_messages_messagesSlice: {
		const struct tl_messages_messagesSlice *p = &m->messages_messagesSlice;

		*ret = (struct message_page){ p->messages, p->users, p->chats, p->count, false,
			p->has_offset_id_offset ? p->offset_id_offset : -1 };
		return true;
	}
	case TL_messages_channelMessages: {
		const struct tl_messages_channelMessages *p = &m->messages_channelMessages;

		*ret = (struct message_page){ p->messages, p->users, p->chats, p->count, false,
			p->has_offset_id_offset ? p->offset_id_offset : -1 };
		return true;
	}
	default: return false;
	}
}

int32_t message_id(const union tl_Message *m)
{
	switch (m->ctor) {
	case TL_message: return m->message.id;
	case TL_messageService: return m->messageService.id;
	default: return m->messageEmpty.id;
	}
}

int32_t message_date(const union tl_Message *m)
{
	switch (m->ctor) {
	case TL_message: return m->message.date;
	case TL_messageService: return m->messageService.date;
	default: return 0;
	}
}

int64_t user_id_of(const union tl_User *u)
{
	return u->ctor == TL_user ? u->user.id : u->userEmpty.id;
}

int64_t chat_id_of(const union tl_Chat *c)
{
	switch (c->ctor) {
	case TL_chat: return c->chat.id;
	case TL_chatForbidden: return c->chatForbidden.id;
	case TL_channel: return c->channel.id;
	case TL_channelForbidden: return c->channelForbidden.id;
	default: return c->chatEmpty.id;
	}
}

const union tl_User *page_user(const struct tl_vec_User *users, int64_t id)
{
	for (uint32_t i = 0; i < users->count; i++)
		if (user_id_of(users->items[i]) == id)
			return users->items[i];
	return NULL;
}

const union tl_Chat *page_chat(const struct tl_vec_Chat *chats, int64_t id)
{
	for (uint32_t i = 0; i < chats->count; i++)
		if (chat_id_of(chats->items[i]) == id)
			return chats->items[i];
	return NULL;
}
