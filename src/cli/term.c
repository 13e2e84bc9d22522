/* SPDX-License-Identifier: MIT */
#include "cli/term.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/attr.h"
#include "cli/app.h"
#include "cli/settings_table.h"

/* Set by GitHub, GitLab, Travis, CircleCI, …; Azure, Jenkins, TeamCity, Buildkite. */
static const char *const ci_variables[] = { "CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS",
	"GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "BUILDKITE" };

static bool is_ci(const struct app *app)
{
	for (size_t i = 0; i < ARRAY_LEN(ci_variables); i++) {
		const char *value = app_env(app, ci_variables[i]);

		if (value && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
			return true;
	}
	return false;
}

static bool wants_colors(const struct app *app, bool able)
{
	switch (settings_enum(&app->settings, SET_COLOR)) {
	case 1: return true;
	case 2: return false;
	default: return able && !app_env(app, "NO_COLOR");
	}
}

struct term term_look(const struct app *app)
{
	const char *name = app_env(app, "TERM");
	bool terminal = isatty(STDOUT_FILENO);
	bool able = terminal && name && strcmp(name, "dumb") != 0;

	return (struct term){ .terminal = terminal,
		.moves = able && !is_ci(app),
		.colors = wants_colors(app, able) };
}

unsigned term_columns(const struct app *app)
{
	const char *columns = app_env(app, "COLUMNS");
	struct winsize size;
	int64_t n;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	if (columns && tobs_view_int(tobs_str(columns), 1, 10000, &n) == TOBS_OK)
		return (unsigned)n;
	return TERM_COLUMNS;
}

size_t term_table_columns(const struct app *app)
{
	return isatty(STDOUT_FILENO) || app_env(app, "COLUMNS") ? term_columns(app) : SIZE_MAX;
}
