/* SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/versions.h"

static enum status run(struct app *app)
{
	struct tobs_buf out;

	(void)app;
	tobs_buf_init(&out, 4096);
	versions_print(&out);
	return app_print(&out);
}

const struct command cmd_version = {
	.name = "version",
	.summary = "the version of tobs and of what it is built with",
	.about = "The first line is \"tobs\" and the version; the others name the layer of "
		 "Telegram's API that it speaks and the libraries it was built with.",
	.flags = COMMAND_NO_SETTINGS,
	.groups = { &options_only_help },
	.run = run,
};
