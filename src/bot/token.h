/* SPDX-License-Identifier: MIT */
/*
 * Buttons' data that does not fit into 64 bytes: in the store, under the token
 * that stands in the button.
 *
 *     button/<token>       the data, for as long as it is kept
 *
 * A token is "~t:" and 22 characters that nobody can guess.
 */
#ifndef BOT_TOKEN_H
#define BOT_TOKEN_H

#include <tobs/keyboard.h>

#define TOKEN_MARK "~t:"

enum {
	TOKEN_BYTES = 16,
	TOKEN_LEN = 3 + 22,
	TOKEN_DATA_MAX = 64, /* of a button (callback_data, Bot API) */
};

/* What a button gets instead of data that is longer, or looks like a token itself. */
bool token_needed(struct tobs_view data);

/* A new one, into `out` of TOKEN_LEN + 1 bytes. */
void token_make(char *out);

/* Whether it can be one. */
bool token_is(struct tobs_view data);

/* The key in the store, in `out` of TOKEN_LEN + 8 bytes. */
struct tobs_view token_key(char *out, const char *token);

/* Adds the part to a bot: pressed buttons have their data again. TOBS_ENOMEM. */
int token_attach(struct tobs_bot *bot);

#endif
