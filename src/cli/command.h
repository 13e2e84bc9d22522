/* SPDX-License-Identifier: MIT */
/*
 * The commands. Each is described and carried out in a file of its own,
 * cmd_<name>.c; commands.c has the sorted table of them.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/app.h"
#include "cli/settings_table.h"
#include "cli/status.h"

enum { COMMAND_GROUPS = 8 };

enum command_flags {
	COMMAND_NO_SETTINGS = 1, /* works whatever stands in .env and the environment */
	COMMAND_LENIENT = 2,     /* is told of bad settings (app->problem) instead of not run */
	COMMAND_FIBER = 4,       /* runs on a fiber, with SIGINT and SIGTERM caught */
	COMMAND_PLUMBING = 8,    /* for scripts and packages: not in the overview */
};

struct command {
	const char *name;
	const char *summary;   /* begins lower-case, ends without a stop: for lists */
	const char *arguments; /* "[TARGET…]"; NULL: none */
	const char *about;     /* for the long help; paragraphs separated by newlines */
	const char *examples;  /* lines "command  # what it does"; NULL: none */
	const char *words;     /* what the first argument may be, blank separated; NULL: anything */
	unsigned min_args, max_args;
	unsigned flags;                                    /* command_flags */
	const struct option_group *groups[COMMAND_GROUPS]; /* of its own and shared; up to a NULL */
	/* Does it. */
	enum status (*run)(struct app *app);
};

/* Sorted by name, ending with NULL. */
extern const struct command *const commands[];

/* By its name; NULL. */
const struct command *command_find(struct tobs_view name);

/* All rows a command takes, its own first. Returns how many; at most SET_COUNT. */
unsigned command_rows(const struct command *command, unsigned rows[SET_COUNT]);

extern const struct command cmd_accounts, cmd_bot, cmd_chats, cmd_completion, cmd_doctor,
	cmd_export, cmd_help, cmd_login, cmd_logout, cmd_manual, cmd_render, cmd_sim, cmd_version;

#endif
