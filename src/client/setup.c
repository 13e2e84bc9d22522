/* SPDX-License-Identifier: MIT */
#include "client/setup.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <tobs/log.h>

#include "base/hex.h"
#include "crypto/telegram_keys.h"
#include "tobs_config.h"

enum {
	DEFAULT_DC = 2,
	TEXTS_MAX = 1 << 16,
	DAY_S = 86400,
	CALL_RETRIES = 5,
	CONNECT_TIMEOUT_MS = 10000,
	SECRET_TEXT_MAX = 1024,

	/* The first byte of a longer MTProxy secret says how to disguise the connection. */
	SECRET_PADDED = 0xdd,
	SECRET_FAKE_TLS = 0xee,
};

static int keep(struct setup *s, const char *text, const char *without, const char **ret)
{
	*ret = tobs_arena_strdup(&s->texts, text ? text : without);
	return *ret ? TOBS_OK : TOBS_ENOMEM;
}

static int copy_texts(struct setup *s, const struct tobs_client_options *o)
{
	struct utsname system;
	char version[160] = "Linux";
	int r;

	if (uname(&system) == 0)
		snprintf(version, sizeof version, "%.60s %.60s", system.sysname, system.release);
	r = keep(s, o->api_hash, "", &s->api_hash);
	if (!r && o->session)
		r = keep(s, o->session, "", &s->session);
	if (!r)
		r = keep(s, o->device_model, "PC", &s->device_model);
	if (!r)
		r = keep(s, o->system_version, version, &s->system_version);
	if (!r)
		r = keep(s, o->app_version, TOBS_VERSION, &s->app_version);
	if (!r)
		r = keep(s, o->lang_code, "en", &s->lang_code);
	if (!r)
		r = tobs_log_secret(tobs_str(s->api_hash));
	return r;
}

static int copy_server(struct setup *s, const struct tobs_server *server, struct tobs_err *err)
{
	int n;

	if (!server->host || !server->host[0] || !server->port)
		return tobs_fail(err, TOBS_EINVAL, "the server needs a host and a port");
	if (server->dc < 0 || server->dc > 1000)
		return tobs_fail(err, TOBS_EINVAL, "%d is no number of a data centre", server->dc);
	s->server = (struct dc_address){ .dc = server->dc ? server->dc : DEFAULT_DC,
		.port = server->port };
	n = snprintf(s->server.host, sizeof s->server.host, "%s", server->host);
	if (n < 0 || (size_t)n >= sizeof s->server.host)
		return tobs_fail(err, TOBS_EINVAL, "the server's host is too long");
	if (!server->public_key)
		return tobs_fail(err, TOBS_EINVAL, "the server's public key is missing");
	if (rsa_public_from_pem(&s->key, tobs_str(server->public_key)))
		return tobs_fail(err, TOBS_EINVAL,
			"the server's public key is not PEM of a 2048-bit RSA key");
	s->has_server = true;
	return TOBS_OK;
}

/* Hexadecimal, or base64 as links have it. */
static int secret_bytes(const char *text, struct tobs_buf *out)
{
	int r = hex_decode(out, tobs_str(text));

	if (r != TOBS_EMALFORMED)
		return r;
	tobs_buf_clear(out);
	return base64_decode(out, tobs_str(text), BASE64_URL);
}

static int copy_secret(struct setup *s, const char *text, struct tobs_err *err)
{
	struct tobs_buf bytes;
	int r;

	tobs_buf_init(&bytes, SECRET_TEXT_MAX);
	r = text && text[0] ? secret_bytes(text, &bytes) : TOBS_EMALFORMED;
	if (r == TOBS_ENOMEM)
		goto out;
	if (!r && bytes.len > MT_SECRET_BYTES && bytes.ptr[0] == SECRET_FAKE_TLS) {
		r = tobs_fail(err, TOBS_EUNSUPPORTED,
			"the proxy's secret asks for fake TLS (ee…), which is not supported");
	} else if (!r && bytes.len == MT_SECRET_BYTES) {
		memcpy(s->mtproxy.secret, bytes.ptr, MT_SECRET_BYTES);
	} else if (!r && bytes.len == MT_SECRET_BYTES + 1 && bytes.ptr[0] == SECRET_PADDED) {
		memcpy(s->mtproxy.secret, bytes.ptr + 1, MT_SECRET_BYTES);
		s->framing = MT_PADDED;
	} else {
		r = tobs_fail(err, TOBS_EINVAL,
			"the proxy's secret is not 16 bytes (or dd and 16 bytes) in hexadecimal or base64");
	}
out:
	tobs_buf_wipe(&bytes);
	return r;
}

static int copy_mtproxy(struct setup *s, const struct tobs_proxy *p, struct tobs_err *err)
{
	snprintf(s->mtproxy.host, sizeof s->mtproxy.host, "%s", p->host);
	s->mtproxy.port = p->port;
	s->mtproxy.used = true;
	if (s->framing == MT_FULL)
		return tobs_fail(
			err, TOBS_EINVAL, "the full transport cannot go through an MTProto proxy");
	s->obfuscated = true;
	return copy_secret(s, p->secret, err);
}

static int copy_proxy(struct setup *s, const struct tobs_proxy *p, struct tobs_err *err)
{
	if (p->type == TOBS_PROXY_NONE)
		return TOBS_OK;
	if (!p->host || !p->host[0] || strlen(p->host) >= PROXY_TEXT_MAX || !p->port)
		return tobs_fail(err, TOBS_EINVAL, "the proxy needs a host and a port");
	if (p->type == TOBS_PROXY_MTPROTO)
		return copy_mtproxy(s, p, err);
	if ((p->user && strlen(p->user) >= PROXY_TEXT_MAX) ||
		(p->password && strlen(p->password) >= PROXY_TEXT_MAX))
		return tobs_fail(err, TOBS_EINVAL, "the proxy's user or password is too long");
	s->proxy.kind = p->type == TOBS_PROXY_SOCKS5 ? PROXY_SOCKS5 : PROXY_HTTP;
	s->proxy.port = p->port;
	snprintf(s->proxy.host, sizeof s->proxy.host, "%s", p->host);
	snprintf(s->proxy.user, sizeof s->proxy.user, "%s", p->user ? p->user : "");
	if (p->password && secret_set(&s->proxy.password, tobs_str(p->password)))
		return TOBS_ENOMEM;
	return p->password ? tobs_log_secret(tobs_str(p->password)) : TOBS_OK;
}

static int copy_transport(struct setup *s, enum tobs_transport transport, struct tobs_err *err)
{
	switch (transport) {
	case TOBS_TRANSPORT_OBFUSCATED:
		s->framing = MT_INTERMEDIATE;
		s->obfuscated = true;
		return TOBS_OK;
	case TOBS_TRANSPORT_ABRIDGED: s->framing = MT_ABRIDGED; return TOBS_OK;
	case TOBS_TRANSPORT_INTERMEDIATE: s->framing = MT_INTERMEDIATE; return TOBS_OK;
	case TOBS_TRANSPORT_PADDED: s->framing = MT_PADDED; return TOBS_OK;
	case TOBS_TRANSPORT_FULL: s->framing = MT_FULL; return TOBS_OK;
	}
	return tobs_fail(err, TOBS_EINVAL, "there is no transport %d", (int)transport);
}

static int check(const struct tobs_client_options *o, struct tobs_err *err)
{
	if (o->api_id <= 0 || !o->api_hash || !o->api_hash[0])
		return tobs_fail(err, TOBS_EINVAL,
			"api_id and api_hash are needed; get yours at https://my.telegram.org");
	if (o->flood_wait_max < 0 || o->call_retries < 0 || o->connect_timeout_ms < 0 ||
		o->connect_attempts < 0)
		return tobs_fail(err, TOBS_EINVAL, "limits must not be negative");
	return TOBS_OK;
}

int setup_init(struct setup *s, const struct tobs_client_options *o, struct tobs_err *err)
{
	int r = check(o, err);

	if (r)
		return r;
	*s = (struct setup){ .api_id = o->api_id,
		.test_dcs = o->test_dcs,
		.forward_secrecy = o->forward_secrecy,
		.updates = o->updates,
		.ipv6 = o->ipv6,
		.flood_wait_max = o->flood_wait_max ? o->flood_wait_max : DAY_S,
		.call_retries = o->call_retries ? o->call_retries : CALL_RETRIES,
		.connect_attempts = o->connect_attempts,
		.connect_timeout_ms = o->connect_timeout_ms ? o->connect_timeout_ms
							    : CONNECT_TIMEOUT_MS,
		.waiting = o->waiting,
		.update = o->update,
		.user = o->user };
	tobs_arena_init(&s->texts, TEXTS_MAX);
	s->key = o->test_dcs ? telegram_key_test : telegram_key_production;
	r = copy_texts(s, o);
	if (!r && o->server)
		r = copy_server(s, o->server, err);
	if (!r)
		r = copy_transport(s, o->transport, err);
	if (!r)
		r = copy_proxy(s, &o->proxy, err);
	if (r)
		setup_deinit(s);
	if (r == TOBS_ENOMEM)
		tobs_fail(err, r, "no memory for a client");
	return r;
}

void setup_deinit(struct setup *s)
{
	if (!s)
		return;
	proxy_deinit(&s->proxy);
	mem_wipe(s->mtproxy.secret, sizeof s->mtproxy.secret);
	tobs_arena_deinit(&s->texts);
}
