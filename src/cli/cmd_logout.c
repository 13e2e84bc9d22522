/* SPDX-License-Identifier: MIT */
#include "base/attr.h"
#include "cli/command.h"
#include "cli/connect.h"

static enum status run(struct app *app)
{
	struct tobs_client *c;
	struct tobs_err err;
	enum status status = connect_open(app, 0, NULL, NULL, &c);
	struct tobs_buf out;
	int r;

	if (status)
		return status;
	r = tobs_log_out(c, &err);
	tobs_client_free(c);
	if (r)
		return app_fail(app, r, &err);
	tobs_buf_init(&out, 100);
	tobs_buf_puts(&out, "Logged out.\n");
	return app_print(&out);
}

const struct command cmd_logout = {
	.name = "logout",
	.summary = "ends a login, here and at Telegram",
	.about = "The session disappears from the account's list of devices, and its keys from the "
		 "session file. Archives and files stay.",
	.examples = "tobs logout --session work  # of a second account",
	.flags = COMMAND_FIBER,
	.groups = { &options_account, &options_connection, &options_general },
	.run = run,
};
