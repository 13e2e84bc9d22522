/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/attr.h"
#include "base/json_write.h"
#include "base/options.h"
#include "base/utf.h"
#include "cli/check.h"
#include "cli/command.h"
#include "cli/session_path.h"
#include "cli/term.h"
#include "cli/text.h"
#include "cli/versions.h"

enum { REPORT_MAX = 1 << 20, KEY_COLUMNS = 21, VALUE_COLUMNS = 28 };

static const char *const state_words[] = { "ok", "note", "BAD" };

static bool is_key(unsigned index)
{
	return !(cli_settings.rows[index].flags & (SETTING_NO_ENV | SETTING_HIDDEN));
}

/* ---- for people ---- */

static void put_setting(struct tobs_buf *out, const struct settings *s, unsigned index)
{
	char key[2 * SETTING_NAME_MAX];
	struct tobs_buf value, shown;
	size_t width;

	tobs_buf_init(&value, 65536);
	tobs_buf_init(&shown, 65536);
	settings_show(s, index, &value);
	text_clean(&shown, tobs_buf_view(&value));
	width = utf8_width(tobs_buf_view(&shown));
	tobs_buf_printf(out, "  %-*s  %s", KEY_COLUMNS,
		setting_key(&cli_settings.rows[index], cli_settings.prefix, key),
		settings_given(s, index) ? tobs_buf_str(&shown) : "-");
	if (settings_given(s, index)) {
		tobs_buf_fill(out, ' ', width < VALUE_COLUMNS ? VALUE_COLUMNS - width : 0);
		tobs_buf_puts(out, "  ");
		settings_show_origin(s, index, out);
	}
	tobs_buf_putc(out, '\n');
	tobs_buf_deinit(&value);
	tobs_buf_deinit(&shown);
}

static void put_finding(struct tobs_buf *out, const struct finding *f, unsigned width)
{
	enum { COLUMN = 18 };
	struct tobs_buf text;

	tobs_buf_init(&text, 4096);
	tobs_buf_printf(out, "  %-5s %-10s", state_words[f->state], f->what);
	text_clean(&text, tobs_str(f->text));
	options_wrap(out, tobs_buf_view(&text), COLUMN, COLUMN, width);
	if (*f->mend) {
		tobs_buf_clear(&text);
		tobs_buf_puts(&text, "-> ");
		text_clean(&text, tobs_str(f->mend));
		tobs_buf_fill(out, ' ', COLUMN);
		options_wrap(out, tobs_buf_view(&text), COLUMN, COLUMN + 3, width);
	}
	tobs_buf_deinit(&text);
}

static void put_report(struct tobs_buf *out, const struct checkup *c)
{
	unsigned width = MAX(term_columns(c->app), (unsigned)TERM_COLUMNS);

	versions_print(out);
	tobs_buf_puts(out, "\nSettings:\n");
	for (unsigned i = 0; i < SET_COUNT; i++)
		if (is_key(i))
			put_setting(out, &c->app->settings, i);
	tobs_buf_puts(out, "\nChecks:\n");
	ARRAY_EACH (f, &c->findings)
		put_finding(out, f, width);
}

/* ---- for programs ---- */

static void put_json(struct tobs_buf *out, const struct checkup *c)
{
	struct json_writer w;
	struct tobs_buf text;
	char key[2 * SETTING_NAME_MAX];

	tobs_buf_init(&text, 65536);
	json_writer_init(&w, out, JSONW_INDENT);
	jsonw_object(&w);
	jsonw_key(&w, "settings");
	jsonw_array(&w);
	for (unsigned i = 0; i < SET_COUNT; i++) {
		if (!is_key(i) || !settings_given(&c->app->settings, i))
			continue;
		jsonw_object(&w);
		jsonw_key(&w, "key");
		jsonw_str(&w, setting_key(&cli_settings.rows[i], cli_settings.prefix, key));
		jsonw_key(&w, "value");
		tobs_buf_clear(&text);
		settings_show(&c->app->settings, i, &text);
		jsonw_str_v(&w, tobs_buf_view(&text));
		jsonw_key(&w, "from");
		tobs_buf_clear(&text);
		settings_show_origin(&c->app->settings, i, &text);
		jsonw_str_v(&w, tobs_buf_view(&text));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_key(&w, "checks");
	jsonw_array(&w);
	ARRAY_EACH (f, &c->findings) {
		jsonw_object(&w);
		jsonw_key(&w, "what");
		jsonw_str(&w, f->what);
		jsonw_key(&w, "state");
		jsonw_str(&w, f->state == CHECK_BAD ? "bad" : state_words[f->state]);
		jsonw_key(&w, "text");
		jsonw_str(&w, f->text);
		if (*f->mend) {
			jsonw_key(&w, "mend");
			jsonw_str(&w, f->mend);
		}
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	tobs_buf_putc(out, '\n');
	tobs_buf_deinit(&text);
}

static void check_state_folder(struct checkup *c)
{
	struct tobs_buf folder;

	tobs_buf_init(&folder, SESSION_PATH_MAX);
	if (session_folder(c->app, &folder, NULL) == TOBS_OK)
		check_folder(c, "sessions", tobs_buf_str(&folder));
	tobs_buf_deinit(&folder);
}

static bool any_bad(const struct checkup *c)
{
	ARRAY_EACH (f, &c->findings)
		if (f->state == CHECK_BAD)
			return true;
	return false;
}

static enum status run(struct app *app)
{
	struct checkup c = { .app = app };
	struct tobs_buf out;
	enum status status;

	check_settings(&c);
	check_session(&c);
	check_state_folder(&c);
	check_folder(&c, "output", app_text(app, SET_OUT));
	if (!settings_bool(&app->settings, SET_OFFLINE))
		check_network(&c);
	tobs_buf_init(&out, REPORT_MAX);
	if (settings_bool(&app->settings, SET_JSON))
		put_json(&out, &c);
	else
		put_report(&out, &c);
	status = app_print(&out);
	if (!status && app->problem)
		status = STATUS_USAGE;
	if (!status && (any_bad(&c) || c.no_memory))
		status = STATUS_FAILED;
	ARRAY_DEINIT(&c.findings);
	return status;
}

static const unsigned rows[] = { SET_OFFLINE, SET_OUT, SET_JSON };
static const struct option_group own = OPTION_GROUP("Options", rows);

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "checks settings, session, disk, network and clock, and says how to mend each",
	.about =
		"Prints what each setting is and where it came from, secrets hidden, then looks at "
		"what a run needs. It changes nothing.\n"
		"Exit status: 0 when nothing is bad, 2 when a setting is, 1 otherwise.",
	.examples = "tobs doctor  # is everything in order?\n"
		    "tobs doctor --json  # the same for a program",
	.flags = COMMAND_LENIENT | COMMAND_FIBER,
	.groups = { &own, &options_account, &options_connection, &options_general },
	.run = run,
};
