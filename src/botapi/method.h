/* SPDX-License-Identifier: MIT */
/* What a layer above has to know of a method besides its arguments. */
#ifndef BOTAPI_METHOD_H
#define BOTAPI_METHOD_H

#include "botapi/tables.h"

/* What Telegram counts it as. */
enum method_pace {
	METHOD_FREE,
	METHOD_MESSAGE, /* a message into a chat */
	METHOD_EDIT,    /* of one */
};

struct method_info {
	enum method_pace pace;
	bool repeatable;                 /* making it twice is as good as making it once */
	const struct botapi_field *chat; /* chat_id; NULL: it has none */
	const struct botapi_field *many; /* an array with an element a message; NULL: it is one */
	const struct botapi_field *paid; /* allow_paid_broadcast, or NULL */
};

const struct method_info *method_info(enum tobs_method m);

/* The number in chat_id; 0 without, and for a chat given by its name. args may be NULL. */
int64_t method_chat_id(enum tobs_method m, const void *args);

/* How many messages it makes: 1 for most. */
size_t method_weight(enum tobs_method m, const void *args);

/* Whether it may cost Stars to be faster: allow_paid_broadcast. */
bool method_is_paid(enum tobs_method m, const void *args);

#endif
