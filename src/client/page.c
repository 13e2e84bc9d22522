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
