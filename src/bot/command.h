/* SPDX-License-Identifier: MIT */
/* "/remind@my_bot 10 tea": commands as they stand in texts. */
#ifndef BOT_COMMAND_H
#define BOT_COMMAND_H

#include <stdbool.h>
#include <tobs/view.h>

enum { COMMAND_MAX = 32 }; /* bytes of a name, Bot API: setMyCommands */

struct command {
	struct tobs_view name; /* "remind"; empty: this is none */
	struct tobs_view bot;  /* "my_bot"; empty: not said */
	struct tobs_view args; /* "10 tea" */
};

/* False when the text does not begin with '/' and a name. */
bool command_parse(struct tobs_view text, struct command *ret);

/* Whether it is for the bot of this username (without '@'; NULL: unknown, then yes). */
bool command_is_for(const struct command *c, const char *username);

/*
 * The name in small letters, which is how names are compared, in `out` of
 * COMMAND_MAX + 1 bytes; its length.
 */
size_t command_fold(struct tobs_view name, char *out);

/* Takes the next name off a list "help h"; false at its end. */
bool command_next_name(struct tobs_view *list, struct tobs_view *ret);

#endif
