/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

const struct command *const commands[] = {
	&cmd_accounts,
	&cmd_bot,
	&cmd_chats,
	&cmd_completion,
	&cmd_doctor,
	&cmd_export,
	&cmd_help,
	&cmd_login,
	&cmd_logout,
	&cmd_manual,
	&cmd_render,
	&cmd_sim,
	&cmd_version,
	NULL,
};

const struct command *command_find(struct tobs_view name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (tobs_view_is(name, (*c)->name))
			return *c;
	return NULL;
}

unsigned command_rows(const struct command *command, unsigned rows[SET_COUNT])
{
	unsigned n = 0;

	for (unsigned g = 0; g < COMMAND_GROUPS && command->groups[g]; g++)
		for (unsigned i = 0; i < command->groups[g]->count; i++)
			rows[n++] = command->groups[g]->rows[i];
	return n;
}
