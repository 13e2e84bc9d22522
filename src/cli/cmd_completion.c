/* SPDX-License-Identifier: MIT */
#include "base/attr.h"
#include "cli/command.h"
#include "cli/completion.h"

static enum status run(struct app *app)
{
	struct tobs_buf out;

	tobs_buf_init(&out, COMPLETION_MAX);
	if (tobs_view_is(tobs_str(app->args[0]), "bash"))
		completion_bash(&out);
	else
		completion_zsh(&out);
	return app_print(&out);
}

const struct command cmd_completion = {
	.name = "completion",
	.summary = "prints what a shell needs to complete command lines of tobs",
	.arguments = "bash|zsh",
	.about = "make install puts both in their place. Without it, have your shell read the "
		 "output when it starts.",
	.examples = "source <(tobs completion bash)  # in ~/.bashrc\n"
		    "tobs completion zsh > ~/.zfunc/_tobs  # with ~/.zfunc in $fpath",
	.words = "bash zsh",
	.min_args = 1,
	.max_args = 1,
	.flags = COMMAND_NO_SETTINGS | COMMAND_PLUMBING,
	.groups = { &options_only_help },
	.run = run,
};
