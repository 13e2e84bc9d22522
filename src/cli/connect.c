/* SPDX-License-Identifier: MIT */
#include "cli/connect.h"

#include <sys/stat.h>

#include "base/attr.h"
#include "cli/command.h"
#include "cli/server.h"
#include "cli/session_path.h"

enum { BRIEF_WAIT_S = 5 };

static void say_wait(void *user, const struct tobs_wait *wait)
{
	(void)user;
	app_say("Telegram asks to wait %lld s (%s)", (long long)wait->seconds, wait->name);
}

/* ---- from settings to options ---- */

static const enum tobs_transport transports[] = { TOBS_TRANSPORT_OBFUSCATED,
	TOBS_TRANSPORT_ABRIDGED, TOBS_TRANSPORT_INTERMEDIATE, TOBS_TRANSPORT_PADDED,
	TOBS_TRANSPORT_FULL };
static const enum tobs_proxy_type proxies[] = { TOBS_PROXY_NONE, TOBS_PROXY_SOCKS5, TOBS_PROXY_HTTP,
	TOBS_PROXY_MTPROTO };

static int set_application(
	const struct app *app, struct tobs_client_options *o, struct tobs_err *err)
{
	o->api_id = (int32_t)settings_int(&app->settings, SET_API_ID);
	o->api_hash = app_text(app, SET_API_HASH);
	if (o->api_id && o->api_hash)
		return TOBS_OK;
	return tobs_fail(err, TOBS_EINVAL,
		"%s is not set; get API_ID and API_HASH at https://my.telegram.org (API development "
		"tools) and write both to .env",
		o->api_id ? "API_HASH" : "API_ID");
}

static int set_proxy(const struct app *app, struct tobs_client_options *o, struct tobs_err *err)
{
	o->proxy = (struct tobs_proxy){
		.type = proxies[settings_enum(&app->settings, SET_PROXY_TYPE)],
		.host = app_text(app, SET_PROXY_HOST),
		.port = (uint16_t)settings_int(&app->settings, SET_PROXY_PORT),
		.user = app_text(app, SET_PROXY_USER),
		.password = app_text(app, SET_PROXY_PASSWORD),
		.secret = app_text(app, SET_PROXY_SECRET),
	};
	if (o->proxy.type == TOBS_PROXY_NONE && o->proxy.host)
		return tobs_fail(err, TOBS_EINVAL,
			"there is a proxy-host, but no proxy-type: set socks5, http or mtproto");
	return TOBS_OK;
}

static void set_limits(const struct app *app, unsigned flags, struct tobs_client_options *o)
{
	const struct settings *s = &app->settings;

	o->transport = transports[settings_enum(s, SET_TRANSPORT)];
	o->forward_secrecy = settings_bool(s, SET_FORWARD_SECRECY);
	o->ipv6 = settings_bool(s, SET_IPV6);
	o->connect_timeout_ms = settings_ms(s, SET_CONNECT_TIMEOUT);
	o->flood_wait_max = MAX(1, settings_ms(s, SET_FLOOD_WAIT_MAX) / 1000);
	if (flags & CONNECT_BRIEF) {
		o->flood_wait_max = BRIEF_WAIT_S;
		o->call_retries = 1;
	}
}

/* ---- the session ---- */

/* Where it is; the folder is made only for somebody who logs in. */
static int find_session(
	const struct app *app, unsigned flags, struct tobs_buf *path, struct tobs_err *err)
{
	struct tobs_view name = settings_text(&app->settings, SET_SESSION);
	struct stat st;
	int r = session_path(app, name, path, err);

	if (r)
		return r;
	if (flags & CONNECT_LOGIN)
		return session_make_folder(tobs_buf_str(path), err);
	if (stat(tobs_buf_str(path), &st) == 0)
		return TOBS_OK;
	return tobs_fail(err, TOBS_EAUTH, "not logged in: there is no session \"%.*s\"",
		(int)MIN(name.len, (size_t)100), (const char *)name.ptr);
}

static int open_client(const struct app *app, unsigned flags, struct tobs_client_options *o,
	struct tobs_client **ret, struct tobs_err *err)
{
	struct server_choice server;
	struct tobs_server simulated;
	int r = server_choice_read(&server, settings_text(&app->settings, SET_SERVER), err);

	if (!r && server.simulated) {
		simulated = (struct tobs_server){ .host = server.host,
			.port = server.port,
			.public_key = tobs_buf_str(&server.key) };
		o->server = &simulated;
	}
	o->test_dcs = server.test;
	if (!r)
		r = tobs_client_new(ret, o, err);
	server_choice_deinit(&server);
	if (!r && !(flags & (CONNECT_LOGIN | CONNECT_NOWHERE)) && !tobs_client_authorized(*ret)) {
		tobs_client_free(*ret);
		r = tobs_fail(err, TOBS_EAUTH, "not logged in: session %s", o->session);
	}
	return r;
}

int connect_try(const struct app *app, unsigned flags,
	void (*waiting)(void *user, const struct tobs_wait *wait), void *user,
	struct tobs_client **ret, struct tobs_err *err)
{
	struct tobs_client_options o = { .waiting = waiting ? waiting : say_wait, .user = user };
	struct tobs_buf path;
	int r = TOBS_OK;

	tobs_buf_init(&path, SESSION_PATH_MAX);
	if (!(flags & CONNECT_NOWHERE)) {
		/* Before the rest: somebody who has not begun should be told to begin. */
		r = find_session(app, flags, &path, err);
		o.session = tobs_buf_str(&path);
	}
	if (!r)
		r = set_application(app, &o, err);
	if (!r)
		r = set_proxy(app, &o, err);
	set_limits(app, flags, &o);
	if (!r)
		r = open_client(app, flags, &o, ret, err);
	tobs_buf_deinit(&path);
	return r;
}

enum status connect_open(const struct app *app, unsigned flags,
	void (*waiting)(void *user, const struct tobs_wait *wait), void *user,
	struct tobs_client **ret)
{
	struct tobs_err err;
	int r = connect_try(app, flags, waiting, user, ret, &err);

	if (r == TOBS_EINVAL)
		return app_usage(app, "%s", err.message);
	return r ? app_fail(app, r, &err) : STATUS_DONE;
}
