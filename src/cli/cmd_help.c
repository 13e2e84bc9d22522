/* SPDX-License-Identifier: MIT */
#include "base/attr.h"
#include "cli/command.h"
#include "cli/help.h"

static enum status run(struct app *app)
{
	const struct command *c;
	struct tobs_buf like;

	if (!app->arg_count)
		return help_commands(app);
	if (tobs_view_is(tobs_str(app->args[0]), "settings"))
		return help_settings(app);
	c = command_find(tobs_str(app->args[0]));
	if (c)
		return help_command(app, c, true);
	tobs_buf_init(&like, 1000);
	help_suggest(&like, tobs_str(app->args[0]));
	app_usage(app, "help %s: there is no such command%s", app->args[0], tobs_buf_str(&like));
	tobs_buf_deinit(&like);
	return STATUS_USAGE;
}

const struct command cmd_help = {
	.name = "help",
	.summary = "what commands there are, and how one is used",
	.arguments = "[COMMAND|settings]",
	.about = "Without an argument, lists the commands. With the name of one, explains it. "
		 "tobs help settings explains everything that can be set in the environment and "
		 "in a .env file.",
	.examples = "tobs help export  # how to use tobs export\n"
		    "tobs help settings  # all keys, what they mean and what is allowed",
	.max_args = 1,
	.flags = COMMAND_NO_SETTINGS,
	.groups = { &options_only_help },
	.run = run,
};
