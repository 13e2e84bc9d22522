/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/json_write.h"
#include "cli/columns.h"
#include "cli/command.h"
#include "cli/session_path.h"
#include "cli/term.h"
#include "client/store.h"

enum { SESSIONS_MAX = 10000, LIST_MAX = 16 << 20 };

static const char suffix[] = ".session";

/* A session file, and what is known of its account. */
struct account {
	const char *session; /* its name, or its path */
	const char *state;   /* "logged in", … */
	int64_t id;
	int dc;
	bool bot;
	char name[128], username[36];
	char why[256]; /* it could not be read */
};

static void look(const char *path, struct account *a)
{
	struct client_store store;
	const struct peer_record *self;
	struct tobs_err err;
	int r = client_store_open(&store, path, &err);

	if (r) {
		a->state = r == TOBS_ELOCKED ? "in use" : "unreadable";
		memcpy(a->why, err.message, sizeof a->why);
		return;
	}
	a->state = store.self ? "logged in" : "not logged in";
	a->id = store.self;
	a->dc = store.home;
	a->bot = store.is_bot;
	self = store.self ? client_store_peer(&store, store.self) : NULL;
	if (self) {
		memcpy(a->name, self->name, sizeof a->name);
		memcpy(a->username, self->username, sizeof a->username);
	}
	client_store_close(&store, NULL);
}

/* ---- the list of names ---- */

struct names {
	ARRAY_OF(char *) list;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(struct names *n, const char *file)
{
	size_t len = strlen(file), tail = sizeof suffix - 1;
	char *name;

	if (len <= tail || strcmp(file + len - tail, suffix) != 0 || *file == '.' ||
		n->list.count == SESSIONS_MAX)
		return TOBS_OK;
	name = mem_dup(file, len - tail);
	if (!name || ARRAY_PUSH(&n->list, name)) {
		mem_free(name);
		return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

/* A folder that is not there holds none. */
static int find_names(const char *folder, struct names *n)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int r = TOBS_OK;

	while (dir && !r && (entry = readdir(dir)))
		r = add_name(n, entry->d_name);
	if (dir)
		closedir(dir);
	if (n->list.count)
		qsort(n->list.items, n->list.count, sizeof *n->list.items, compare);
	return r;
}

/* ---- printing ---- */

static void put_row(struct columns *c, const struct account *a)
{
	struct tobs_buf text;

	tobs_buf_init(&text, 4096);
	columns_put(c, tobs_str(a->session));
	if (a->id)
		columns_put_i64(c, a->id);
	else
		columns_put(c, tobs_str("-"));
	columns_put(c, tobs_str(*a->name ? a->name : "-"));
	if (*a->username)
		tobs_buf_printf(&text, "@%s", a->username);
	columns_put(c, tobs_buf_view(&text));
	tobs_buf_clear(&text);
	tobs_buf_printf(
		&text, "%s%s%s%s", a->state, a->bot ? ", a bot" : "", *a->why ? ": " : "", a->why);
	columns_put(c, tobs_buf_view(&text));
	tobs_buf_deinit(&text);
}

static void put_json(struct json_writer *w, const struct account *a)
{
	jsonw_object(w);
	jsonw_key(w, "session");
	jsonw_str(w, a->session);
	jsonw_key(w, "state");
	jsonw_str(w, a->state);
	if (a->id) {
		jsonw_key(w, "id");
		jsonw_i64(w, a->id);
		jsonw_key(w, "bot");
		jsonw_bool(w, a->bot);
		jsonw_key(w, "dc");
		jsonw_i64(w, a->dc);
		jsonw_key(w, "name");
		jsonw_str(w, a->name);
		jsonw_key(w, "username");
		jsonw_str(w, a->username);
	}
	if (*a->why) {
		jsonw_key(w, "why");
		jsonw_str(w, a->why);
	}
	jsonw_end(w);
}

static int list(const struct app *app, const struct names *n, struct tobs_buf *out)
{
	bool json = settings_bool(&app->settings, SET_JSON);
	struct tobs_buf path;
	struct json_writer w;
	struct columns c;
	int r = TOBS_OK;

	tobs_buf_init(&path, SESSION_PATH_MAX);
	columns_init(&c, "SESSION~ ID> NAME~ USERNAME STATE~");
	json_writer_init(&w, out, JSONW_INDENT);
	if (json)
		jsonw_array(&w);
	ARRAY_EACH (name, &n->list) {
		struct account a = { .session = *name };

		tobs_buf_clear(&path);
		session_folder(app, &path, NULL);
		tobs_buf_printf(&path, "/%s%s", *name, suffix);
		look(tobs_buf_str(&path), &a);
		if (json)
			put_json(&w, &a);
		else
			put_row(&c, &a);
	}
	if (json) {
		jsonw_end(&w);
		tobs_buf_putc(out, '\n');
	} else {
		r = columns_print(&c, term_table_columns(app), out);
	}
	columns_deinit(&c);
	tobs_buf_deinit(&path);
	return r;
}

static enum status run(struct app *app)
{
	struct names names = { .list = { 0 } };
	struct tobs_buf folder, out;
	struct tobs_err err;
	enum status status;
	int r;

	tobs_buf_init(&folder, SESSION_PATH_MAX);
	tobs_buf_init(&out, LIST_MAX);
	r = session_folder(app, &folder, &err);
	if (!r) {
		r = find_names(tobs_buf_str(&folder), &names);
		if (!r)
			r = list(app, &names, &out);
		if (r)
			tobs_fail(&err, r, "%s", tobs_error_text(r));
	}
	if (r) {
		tobs_buf_deinit(&out);
		status = app_fail(app, r, &err);
	} else {
		if (!names.list.count && !settings_bool(&app->settings, SET_JSON))
			app_say("no sessions in %s; the first one is made by: tobs login",
				tobs_buf_str(&folder));
		status = app_print(&out);
	}
	ARRAY_EACH (name, &names.list)
		mem_free(*name);
	ARRAY_DEINIT(&names.list);
	tobs_buf_deinit(&folder);
	return status;
}

static const unsigned rows[] = { SET_JSON };
static const struct option_group own = OPTION_GROUP("Options", rows);

const struct command cmd_accounts = {
	.name = "accounts",
	.summary = "lists the sessions in the state folder, and who is logged in there",
	.about =
		"A session is a file with the keys of one login. Several can lie side by side, each "
		"with an account of its own; --session chooses one. Telegram is not asked: an "
		"account that ended the session from another device shows only when it is used.",
	.examples = "tobs login --session work  # a second account beside the first\n"
		    "tobs accounts  # what there is",
	.flags = COMMAND_FIBER,
	.groups = { &own, &options_general },
	.run = run,
};
