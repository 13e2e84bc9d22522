/* SPDX-License-Identifier: MIT */
/* Help as text, from the tables of commands and settings. Everything fits the terminal's width. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <tobs/buf.h>

#include "cli/status.h"

struct app;
struct command;

/* For one command; `full` is --help, otherwise -h. */
enum status help_command(const struct app *app, const struct command *command, bool full);

/* What commands there are. */
enum status help_commands(const struct app *app);

/* Every setting: `tobs help settings`. */
enum status help_settings(const struct app *app);

/* `tobs` alone: on a terminal a few words on how to begin; otherwise help, and STATUS_USAGE. */
enum status help_greet(const struct app *app);

/* Appends "; did you mean …?" when a command is called much like that. */
void help_suggest(struct tobs_buf *out, struct tobs_view name);

#endif
