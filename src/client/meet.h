/* SPDX-License-Identifier: MIT */
/* The users and chats that come along with nearly every answer, remembered. */
#ifndef CLIENT_MEET_H
#define CLIENT_MEET_H

#include "client/store.h"

/*
 * Those in the object itself: its fields of type User and Chat and vectors of
 * them. NULL is fine.
 */
void meet_object(struct client_store *s, const void *object);

/* Those in what tl_decode_result() stored in *ret for `method`. */
void meet_result(struct client_store *s, uint32_t method, const void *ret);

#endif
