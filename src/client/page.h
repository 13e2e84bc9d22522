/* SPDX-License-Identifier: MIT */
/* The four forms of messages.Messages as one: what all of them have. */
#ifndef CLIENT_PAGE_H
#define CLIENT_PAGE_H

#include <tobs/tl.h>

struct message_page {
	struct tl_vec_Message messages; /* newest first */
	struct tl_vec_User users;
	struct tl_vec_Chat chats;
	int32_t total;  /* messages the whole list has, as the server says */
	bool is_all;    /* messages.messages: there are no more than these */
	int32_t offset; /* offset_id_offset; -1 when not told */
};

/* False for messagesNotModified. */
bool message_page_of(const union tl_messages_Messages *m, struct message_page *ret);

/* The id of a message of any kind. */
int32_t message_id(const union tl_Message *m);

#endif
