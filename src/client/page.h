/* SPDX-License-Identifier: MIT */
/* Pages of messages and dialogs: the forms of messages.Messages as one, and who is in a page. */
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

/* The id of a message of any kind, and its date; 0 for an empty one. */
int32_t message_id(const union tl_Message *m);
int32_t message_date(const union tl_Message *m);

/* Who has this id in the vectors that come with a page; NULL when nobody. */
const union tl_User *page_user(const struct tl_vec_User *users, int64_t id);
const union tl_Chat *page_chat(const struct tl_vec_Chat *chats, int64_t id);
int64_t user_id_of(const union tl_User *u);
int64_t chat_id_of(const union tl_Chat *c);

#endif
