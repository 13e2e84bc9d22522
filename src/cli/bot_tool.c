/* SPDX-License-Identifier: MIT */
#include "cli/bot_tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tobs/log.h>
#include <tobs/rt.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/wipe.h"
#include "cli/command.h"
#include "cli/text.h"

enum { TOKEN_FILE_MAX = 4096, ARENA_MAX = 64 << 20, NAME_COLUMNS = 14, FLOOD_TRIES = 5 };

/* ---- the token ---- */

/* From --token-file, else the setting. The view lives as long as *file and the settings. */
static enum status find_token(const struct app *app, struct tobs_buf *file, struct tobs_view *ret)
{
	const char *path = app_text(app, SET_TOKEN_FILE);
	struct tobs_err err;
	int r;

	*ret = settings_text(&app->settings, SET_BOT_TOKEN);
	if (path) {
		r = file_read(path, file, &err);
		if (r)
			return app_fail(app, r, &err);
		*ret = tobs_view_trim(tobs_buf_view(file));
		if (!ret->len) {
			app_say("%s: holds no token", path);
			return STATUS_USAGE;
		}
		r = tobs_log_secret(*ret);
		if (r)
			return app_fail(app, r, NULL);
	}
	if (ret->len)
		return STATUS_DONE;
	app_say("which bot? Its token is the setting BOT_TOKEN, in the environment or in .env, or a "
		"file for --token-file; @BotFather gives it out");
	return STATUS_USAGE;
}

/* "socks5://user:password@host:port" of the settings; an empty one for none. */
static int find_proxy(const struct app *app, struct tobs_buf *out, struct tobs_err *err)
{
	static const char *const kinds[] = { NULL, "socks5", "http", NULL };
	unsigned kind = settings_enum(&app->settings, SET_PROXY_TYPE);
	const char *user = app_text(app, SET_PROXY_USER);
	const char *password = app_text(app, SET_PROXY_PASSWORD);

	if (!kind)
		return TOBS_OK;
	if (!kinds[kind])
		return tobs_fail(err, TOBS_EINVAL,
			"bots speak HTTP, which an MTProto proxy does not: proxy-type is to be "
			"socks5 or http");
	tobs_buf_printf(out, "%s://", kinds[kind]);
	if (user) {
		http_escape(out, tobs_str(user));
		tobs_buf_putc(out, ':');
		http_escape(out, tobs_str(password ? password : ""));
		tobs_buf_putc(out, '@');
	}
	tobs_buf_printf(out, "%s:%lld",
		app_text(app, SET_PROXY_HOST) ? app_text(app, SET_PROXY_HOST) : "",
		(long long)settings_int(&app->settings, SET_PROXY_PORT));
	return tobs_buf_err(out);
}

static enum status open_api(struct bot_tool *t, struct tobs_view token)
{
	struct api_options options = {
		.token = token, .root = app_text(t->app, SET_API_ROOT), .call_ms = API_CALL_MS
	};
	struct tobs_buf proxy;
	struct tobs_err err = { 0 };
	enum status status = STATUS_DONE;
	int r;

	tobs_buf_init(&proxy, TOKEN_FILE_MAX);
	r = find_proxy(t->app, &proxy, &err);
	options.proxy = proxy.len ? tobs_buf_str(&proxy) : NULL;
	if (!r)
		r = api_new(&options, &t->api, &err);
	tobs_buf_wipe(&proxy);
	if (!r) {
		t->rq = api_begin(t->api);
		r = t->rq ? TOBS_OK : TOBS_ENOMEM;
	}
	if (r == TOBS_EINVAL) {
		app_say("%s", err.message);
		status = STATUS_USAGE;
	} else if (r) {
		status = app_fail(t->app, r, &err);
	}
	return status;
}

enum status bot_tool_open(struct bot_tool *t, const struct app *app)
{
	struct tobs_view token;
	struct tobs_buf file;
	enum status status;

	*t = (struct bot_tool){ .app = app };
	tobs_arena_init(&t->arena, ARENA_MAX);
	tobs_buf_init(&file, TOKEN_FILE_MAX);
	status = find_token(app, &file, &token);
	if (!status)
		status = open_api(t, token);
	tobs_buf_wipe(&file);
	if (status)
		bot_tool_close(t);
	return status;
}

void bot_tool_close(struct bot_tool *t)
{
	if (t->api) {
		api_end(t->api, t->rq);
		api_free(t->api);
	}
	tobs_arena_deinit(&t->arena);
	*t = (struct bot_tool){ .app = t->app };
}

/* ---- calls ---- */

int bot_tool_json(
	struct bot_tool *t, enum tobs_method method, struct json_value *ret, struct tobs_err *err)
{
	return api_answer(t->api, t->rq, method, ret, err);
}

int bot_tool_result(struct bot_tool *t, enum tobs_method method, void *ret, struct tobs_err *err)
{
	return api_result(t->api, t->rq, method, &t->arena, ret, err);
}

int bot_tool_call(
	struct bot_tool *t, enum tobs_method method, const void *args, struct tobs_err *err)
{
	int64_t most = settings_ms(&t->app->settings, SET_FLOOD_WAIT_MAX);
	struct json_value v;
	int r;

	for (int tries = 0;; tries++) {
		r = api_send(t->api, t->rq, method, args, err);
		if (r)
			return r;
		r = bot_tool_json(t, method, &v, err);
		if (r != TOBS_EFLOOD || tries == FLOOD_TRIES || (int64_t)err->seconds * 1000 > most)
			return r;
		app_say("Telegram asks to wait %lld s", (long long)err->seconds);
		r = tobs_sleep((int64_t)err->seconds * 1000);
		if (r)
			return tobs_fail(err, r, "%s", tobs_error_text(r));
	}
}

int bot_tool_ask(struct bot_tool *t, enum tobs_method method, const void *args, void *ret,
	struct tobs_err *err)
{
	int r = bot_tool_call(t, method, args, err);

	return r ? r : bot_tool_result(t, method, ret, err);
}

enum status bot_tool_fail(const struct bot_tool *t, int code, const struct tobs_err *err)
{
	enum status status;

	if (code == TOBS_EAUTH) {
		app_say("%s", err->message);
		app_say("the token is wrong, or was revoked: @BotFather shows it (/mybots, API Token)");
		return STATUS_NO_LOGIN;
	}
	if (code == TOBS_EINVAL && !err->status) { /* the schema says so, nothing was sent */
		app_say("%s", err->message);
		return STATUS_USAGE;
	}
	if (code == TOBS_ENET) {
		app_say("%s", err->message);
		app_say("is there a way to %s? --api-root and the proxy's settings say where it goes",
			api_root(t->api));
		return STATUS_FAILED;
	}
	status = app_fail(t->app, code, err);
	if (code == TOBS_EEXISTS && strstr(err->message, "webhook"))
		app_say("a webhook takes this bot's updates: tobs bot webhook");
	else if (code == TOBS_EEXISTS)
		app_say("another program takes this bot's updates; only one may");
	return status;
}

/* ---- printing ---- */

void bot_tool_put(struct tobs_buf *out, const char *name, const char *fmt, ...)
{
	struct tobs_buf value;
	va_list ap;

	tobs_buf_init(&value, 1 << 16);
	va_start(ap, fmt);
	tobs_buf_vprintf(&value, fmt, ap);
	va_end(ap);
	tobs_buf_printf(out, "%-*s", NAME_COLUMNS, name);
	text_clean(out, tobs_buf_view(&value));
	tobs_buf_putc(out, '\n');
	tobs_buf_deinit(&value);
}

void bot_tool_put_webhook(struct tobs_buf *out, const struct tobs_webhook_info *info)
{
	char date[CIVIL_ISO_MAX];

	bot_tool_put(out, "webhook", "%s", info->url[0] ? info->url : "none: updates are polled");
	bot_tool_put(out, "waiting", "%lld update%s", (long long)info->pending_update_count,
		info->pending_update_count == 1 ? "" : "s");
	if (info->ip_address)
		bot_tool_put(out, "address", "%s", info->ip_address);
	if (info->has_custom_certificate)
		bot_tool_put(out, "certificate", "of your own");
	if (info->max_connections)
		bot_tool_put(out, "connections", "up to %lld", (long long)info->max_connections);
	for (size_t i = 0; i < info->allowed_updates.count; i++)
		bot_tool_put(out, i ? "" : "kinds", "%s", info->allowed_updates.items[i]);
	if (info->last_error_date)
		bot_tool_put(out, "last error", "%s, %s",
			info->last_error_message ? info->last_error_message : "not said which",
			civil_iso(info->last_error_date, 0, date));
}

enum status bot_tool_print_json(struct bot_tool *t, enum tobs_method method)
{
	struct json_writer w;
	struct json_value v;
	struct tobs_err err;
	struct tobs_buf out;
	int r = bot_tool_json(t, method, &v, &err);

	if (r)
		return bot_tool_fail(t, r, &err);
	tobs_buf_init(&out, BOT_OUT_MAX);
	json_writer_init(&w, &out, JSONW_INDENT);
	jsonw_value(&w, v);
	tobs_buf_putc(&out, '\n');
	return app_print(&out);
}
