/* SPDX-License-Identifier: MIT */
#include "sim/sim.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json_write.h"
#include "base/log.h"
#include "sim/control.h"
#include "sim/load.h"
#include "sim/save.h"
#include "sim/synthetic.h"

enum {
	TEXT_MAX = 1 << 20,
	PEM_MAX = 1 << 16,
	SECRET_MODE = 0600,
	OPEN_MODE = 0644,
	FOLDER_MODE = 0700
};

void sim_usual_app(const struct sim_world *w, int32_t *ret_id, const char **ret_hash)
{
	*ret_id = 1;
	*ret_hash = "0123456789abcdef0123456789abcdef";
	ARRAY_EACH (app, &w->apps) {
		if (app->refused)
			continue;
		*ret_id = app->api_id;
		if (app->api_hash[0])
			*ret_hash = app->api_hash;
		return;
	}
}

/* ---- the world ---- */

static int add_synthetic(struct sim_world *w, const char *text, struct tobs_err *err)
{
	struct sim_spec spec;
	int r = sim_spec_parse(tobs_str(text), &spec, err);

	if (!r)
		r = sim_synthetic_add(w, NULL, &spec, NULL, err);
	if (r)
		tobs_err_context(err, "chats \"%s\"", text);
	return r;
}

static int make_world(struct sim *s, const struct sim_options *o, struct tobs_err *err)
{
	int r = sim_world_new(
		&(struct sim_world_options){ .seed = o->seed ? o->seed : 1 }, &s->world, err);

	if (!r && o->world)
		r = sim_load(s->world, o->world, err);
	for (size_t i = 0; !r && i < o->synthetic_count; i++)
		r = add_synthetic(s->world, o->synthetic[i], err);
	/* There is always somebody who can log in. */
	if (!r && !sim_default_account(s->world))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for an account");
	return r;
}

/* ---- its files ---- */

/* "folder/name" on the heap. */
static char *in_folder(const char *folder, const char *name)
{
	size_t size = strlen(folder) + 1 + strlen(name) + 1;
	char *path = mem_alloc(size);

	if (path)
		snprintf(path, size, "%s/%s", folder, name);
	return path;
}

static int open_folder(struct sim *s, const char *folder, struct tobs_err *err)
{
	char full[PATH_MAX];
	int r = file_make_folder(folder, FOLDER_MODE, err);

	if (r)
		return r;
	if (!realpath(folder, full))
		return tobs_fail_sys(err, TOBS_EIO, errno, "cannot find %s", folder);
	s->folder = mem_strdup(full);
	if (s->folder) {
		s->key_file = in_folder(s->folder, "key.pem");
		s->env_file = in_folder(s->folder, ".env");
	}
	return s->key_file && s->env_file ? TOBS_OK : tobs_fail(err, TOBS_ENOMEM, "no memory");
}

/* A value of a .env file in double quotes; base/env.h says what has to be escaped. */
static void put_setting(struct tobs_buf *out, const char *key, struct tobs_view value)
{
	tobs_buf_printf(out, "%s=\"", key);
	for (size_t i = 0; i < value.len; i++) {
		char c = (char)value.ptr[i];

		if (c == '"' || c == '\\' || c == '$')
			tobs_buf_putc(out, '\\');
		tobs_buf_putc(out, c);
	}
	tobs_buf_puts(out, "\"\n");
}

static const char env_head[] =
	"# Written by tobs sim: settings that make tobs talk to the simulated Telegram.\n"
	"# Replaced at each start.\n";

static void put_env(const struct sim *s, const struct sim_account *a, struct tobs_buf *out)
{
	const char *hash;
	int32_t id;

	sim_usual_app(s->world, &id, &hash);
	tobs_buf_printf(out, "%sAPI_ID=%d\nAPI_HASH=%s\n", env_head, (int)id, hash);
	if (a->user->phone.len)
		tobs_buf_printf(out, "PHONE_NUMBER=+%.*s\n", TOBS_VIEW_FMT(a->user->phone));
	tobs_buf_printf(out, "TOBS_SERVER=\"sim:%u,%s\"\n",
		(unsigned)sim_server_port(s->server, s->world->options.home_dc), s->key_file);
	put_setting(out, "TOBS_LOGIN_CODE", a->code);
	if (a->password.len)
		put_setting(out, "TOBS_LOGIN_PASSWORD", a->password);
	if (s->bots) {
		put_setting(out, "BOT_TOKEN", sim_first_bot(s->world)->token);
		put_setting(out, "BOT_API_ROOT", tobs_str(s->bot_root));
	}
}

/* A .env that somebody else wrote stays. */
static int check_env(const struct sim *s, struct tobs_err *err)
{
	struct tobs_buf have;
	int r;

	tobs_buf_init(&have, TEXT_MAX);
	r = file_read(s->env_file, &have, err);
	if (!r && !tobs_view_starts(tobs_buf_view(&have), env_head))
		r = tobs_fail(err, TOBS_EEXISTS,
			"%s was not written by the simulator and would be replaced; "
			"choose another folder",
			s->env_file);
	tobs_buf_wipe(&have);
	return r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

static int write_files(const struct sim *s, struct tobs_err *err)
{
	char *about = in_folder(s->folder, "sim.json");
	struct tobs_buf text;
	int r;

	tobs_buf_init(&text, TEXT_MAX);
	if (!about)
		return tobs_fail(err, TOBS_ENOMEM, "no memory");
	r = file_replace(s->key_file, tobs_str(sim_server_public_key(s->server)), OPEN_MODE, err);
	if (!r) {
		put_env(s, sim_default_account(s->world), &text);
		r = tobs_buf_err(&text)
			? tobs_fail(err, text.err, "no memory for %s", s->env_file)
			: file_replace(s->env_file, tobs_buf_view(&text), SECRET_MODE, err);
	}
	tobs_buf_wipe(&text);
	if (!r) {
		r = sim_describe(s, &text);
		tobs_buf_putc(&text, '\n');
		r = r ? tobs_fail(err, r, "no memory for %s", about)
		      : file_replace(about, tobs_buf_view(&text), SECRET_MODE, err);
	}
	tobs_buf_wipe(&text);
	mem_free(about);
	return r;
}

/* ---- what it is, as JSON ---- */

static void put_text(struct json_writer *w, const char *key, struct tobs_view value)
{
	if (!value.len)
		return;
	jsonw_key(w, key);
	jsonw_str_v(w, value);
}

static void put_number(struct json_writer *w, const char *key, int64_t value)
{
	jsonw_key(w, key);
	jsonw_i64(w, value);
}

static void put_account(struct json_writer *w, const struct sim_account *a)
{
	const struct tl_user *u = a->user->tl;
	struct tobs_buf name;

	tobs_buf_init(&name, 4096);
	tobs_buf_printf(&name, "%.*s%s%.*s", TOBS_VIEW_FMT(u->first_name),
		u->last_name.len ? " " : "", TOBS_VIEW_FMT(u->last_name));
	jsonw_object(w);
	put_number(w, "id", a->user->peer);
	put_text(w, "name", tobs_buf_view(&name));
	put_text(w, "username", u->username);
	put_text(w, "phone", a->user->phone);
	if (!a->token.len)
		put_text(w, "code", a->code);
	put_text(w, "password", a->password);
	put_text(w, "token", a->token);
	jsonw_end(w);
	tobs_buf_deinit(&name);
}

int sim_describe(const struct sim *s, struct tobs_buf *out)
{
	struct json_writer w;
	const char *hash;
	int32_t id;

	sim_usual_app(s->world, &id, &hash);
	json_writer_init(&w, out, 0);
	jsonw_object(&w);
	put_text(&w, "host", tobs_str(s->host));
	put_number(&w, "home_dc", s->world->options.home_dc);
	jsonw_key(&w, "dcs");
	jsonw_array(&w);
	for (int dc = 1; dc <= s->world->options.dc_count; dc++) {
		jsonw_object(&w);
		put_number(&w, "id", dc);
		put_number(&w, "port", sim_server_port(s->server, dc));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	put_text(&w, "key", tobs_str(s->key_file));
	put_text(&w, "env", tobs_str(s->env_file));
	if (s->control)
		put_number(&w, "control", sim_control_port(s->control));
	put_text(&w, "bot_api", tobs_str(s->bot_root));
	put_number(&w, "api_id", id);
	put_text(&w, "api_hash", tobs_str(hash));
	jsonw_key(&w, "accounts");
	jsonw_array(&w);
	ARRAY_EACH (a, &s->world->accounts)
		put_account(&w, *a);
	jsonw_end(&w);
	jsonw_end(&w);
	return tobs_buf_err(out);
}

/* ---- its life ---- */

static int start_server(
	struct sim *s, const struct sim_options *o, const char *pem, struct tobs_err *err)
{
	struct sim_server_options server = { .world = s->world,
		.host = s->host,
		.port = o->port,
		.private_key = pem,
		.seed = o->seed };
	int r = sim_server_start(&s->server, &server, err);

	if (!r && o->faults)
		r = sim_faults_parse(sim_server_faults(s->server), tobs_str(o->faults), err);
	return r;
}

/* With the key of the last time, and the keys of those who were there. */
static int restart_server(struct sim *s, const struct sim_options *o, struct tobs_err *err)
{
	char *path = in_folder(o->state, "state.json");
	struct tobs_buf pem;
	int r = path ? file_make_folder(o->state, FOLDER_MODE, err)
		     : tobs_fail(err, TOBS_ENOMEM, "no memory");

	tobs_buf_init(&pem, PEM_MAX);
	if (!r)
		r = sim_saved_key(path, &pem, err);
	if (!r)
		r = start_server(s, o, pem.len ? tobs_buf_str(&pem) : NULL, err);
	if (!r)
		r = sim_saver_start(&s->saver, s->server, path, err);
	tobs_buf_wipe(&pem);
	mem_free(path);
	return r;
}

const char *sim_bot_root(const struct sim *s)
{
	return s->bot_root;
}

const struct sim_account *sim_first_bot(const struct sim_world *w)
{
	ARRAY_EACH (a, &w->accounts)
		if ((*a)->token.len)
			return *a;
	return NULL;
}

/* A world without a bot gets one. */
static int make_bot(struct sim_world *w, struct tobs_err *err)
{
	const struct sim_user_args args = { .first_name = TOBS_LIT("Sample Bot"),
		.username = TOBS_LIT("sample_bot"),
		.bot = true };
	struct sim_user *user;
	int r;

	if (sim_first_bot(w))
		return TOBS_OK;
	r = sim_user_add(w, &args, &user, err);
	return r ? r : sim_account_add(w, user, &(struct sim_account_args){ 0 }, NULL, err);
}

static int start_bots(struct sim *s, const struct sim_options *o, struct tobs_err *err)
{
	struct sim_bots_options options = { .world = s->world,
		.host = o->bot_host ? o->bot_host : s->host,
		.port = o->bot_port,
		.faults = &sim_server_faults(s->server)->bots,
		.conflict_ms = o->bot_conflict_ms };
	int r;

	if (!o->bot_api)
		return TOBS_OK;
	r = make_bot(s->world, err);
	if (!r)
		r = sim_bots_start(&s->bots, &options, err);
	if (r)
		return r;
	snprintf(s->bot_root, sizeof s->bot_root,
		strchr(options.host, ':') ? "http://[%s]:%u" : "http://%s:%u", options.host,
		(unsigned)sim_bots_port(s->bots));
	return TOBS_OK;
}

static int script_main(void *arg)
{
	struct sim *s = arg;
	struct tobs_err err;
	int r = sim_control_script(s, s->script_file, &err);

	if (r && r != TOBS_ECANCELED)
		log_error("sim", "%s", err.message);
	return TOBS_OK;
}

static int start_commands(struct sim *s, const struct sim_options *o, struct tobs_err *err)
{
	const struct tobs_fiber_options options = { .name = "sim script" };
	int r = o->control ? sim_control_start(&s->control, s, o->control_port, err) : TOBS_OK;

	if (r || !o->script)
		return r;
	s->script_file = mem_strdup(o->script);
	if (!s->script_file || tobs_spawn(&s->script, script_main, s, &options))
		return tobs_fail(err, TOBS_ENOMEM, "no memory for %s", o->script);
	return TOBS_OK;
}

int sim_start(struct sim **ret, const struct sim_options *options, struct tobs_err *err)
{
	const char *host = options->host ? options->host : "127.0.0.1";
	const char *folder = options->folder ? options->folder : options->state;
	struct sim *s = MEM_NEW(struct sim);
	int r;

	if (!s)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a simulator");
	tobs_event_init(&s->stop);
	snprintf(s->host, sizeof s->host, "%s", host);
	r = strlen(host) < sizeof s->host
		? make_world(s, options, err)
		: tobs_fail(err, TOBS_EINVAL, "\"%s\" is not a numeric address", host);
	if (!r && folder)
		r = open_folder(s, folder, err);
	if (!r && s->folder)
		r = check_env(s, err);
	if (!r)
		r = options->state ? restart_server(s, options, err)
				   : start_server(s, options, NULL, err);
	if (!r)
		r = start_bots(s, options, err);
	if (!r)
		r = start_commands(s, options, err);
	if (!r && s->folder)
		r = write_files(s, err);
	if (r) {
		sim_stop(s);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}

int sim_wait(struct sim *s)
{
	struct tobs_case cases[] = { tobs_case_event(&s->stop),
		tobs_case_event(tobs_shutdown_event()) };
	size_t which;

	return tobs_select(cases, ARRAY_LEN(cases), TOBS_FOREVER, &which);
}

void sim_ask_to_stop(struct sim *s)
{
	tobs_event_set(&s->stop, TOBS_OK);
}

void sim_stop(struct sim *s)
{
	if (!s)
		return;
	if (s->script) {
		tobs_cancel(s->script);
		(void)tobs_join(s->script, NULL);
	}
	sim_control_stop(s->control);
	sim_bots_stop(s->bots);
	sim_saver_stop(s->saver);
	sim_server_stop(s->server);
	sim_world_free(s->world);
	mem_free(s->folder);
	mem_free(s->key_file);
	mem_free(s->env_file);
	mem_free(s->script_file);
	mem_free(s);
}
