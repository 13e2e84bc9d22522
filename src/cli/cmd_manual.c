/* SPDX-License-Identifier: MIT */
#include "base/attr.h"
#include "cli/command.h"
#include "cli/manual.h"

static enum status run(struct app *app)
{
	struct tobs_buf out;

	tobs_buf_init(&out, MANUAL_MAX);
	if (tobs_view_is(tobs_str(app->args[0]), "man"))
		manual_man(&out);
	else
		manual_settings(&out);
	return app_print(&out);
}

const struct command cmd_manual = {
	.name = "manual",
	.summary = "prints the manual page or the reference of settings",
	.arguments = "man|settings",
	.about = "man is the page tobs.1, for man(1). settings is docs/settings.md. Both are made "
		 "from the tables that the program itself works with.",
	.examples = "tobs manual man | man -l -  # reads the manual page\n"
		    "tobs manual settings > docs/settings.md  # after a setting was changed",
	.words = "man settings",
	.min_args = 1,
	.max_args = 1,
	.flags = COMMAND_NO_SETTINGS | COMMAND_PLUMBING,
	.groups = { &options_only_help },
	.run = run,
};
