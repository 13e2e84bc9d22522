/* SPDX-License-Identifier: MIT */
#include "net/proxy.h"

#include <tobs/log.h>

#include "base/hex.h"
#include "support/failmem.h"
#include "support/fibers.h"

/* ---- Addresses of proxies ------------------------------------------------------- */

static void addresses(void **state)
{
	static const struct {
		const char *url;
		enum proxy_kind kind;
		const char *host;
		uint16_t port;
		const char *user, *password;
	} cases[] = {
		{ "", PROXY_NONE, "", 0, "", "" },
		{ "socks5://proxy", PROXY_SOCKS5, "proxy", 1080, "", "" },
		{ "socks5h://proxy:1/", PROXY_SOCKS5, "proxy", 1, "", "" },
		{ "http://10.0.0.1:3128", PROXY_HTTP, "10.0.0.1", 3128, "", "" },
		{ "http://[::1]", PROXY_HTTP, "[::1]", 8080, "", "" },
		{ "socks5://[::1]:65535", PROXY_SOCKS5, "[::1]", 65535, "", "" },
		{ "socks5://me@proxy", PROXY_SOCKS5, "proxy", 1080, "me", "" },
		{ "socks5://me:secret@proxy:9", PROXY_SOCKS5, "proxy", 9, "me", "secret" },
		{ "http://a%40b:p%3a%20@x", PROXY_HTTP, "x", 8080, "a@b", "p: " },
		{ "socks5://me:p@ss:w@proxy", PROXY_SOCKS5, "proxy", 1080, "me", "p@ss:w" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct proxy p;

		assert_ok(proxy_parse(tobs_str(cases[i].url), &p, NULL));
		assert_int_equal(p.kind, cases[i].kind);
		assert_string_equal(p.host, cases[i].host);
		assert_int_equal(p.port, cases[i].port);
		assert_string_equal(p.user, cases[i].user);
		assert_view(secret_view(&p.password), cases[i].password);
		proxy_deinit(&p);
	}
	proxy_deinit(NULL);
	tobs_log_forget();
}

static void not_addresses(void **state)
{
	static const struct {
		const char *url, *message;
	} cases[] = {
		{ "proxy:1080", "a proxy is written socks5://host:port or http://host:port" },
		{ "ftp://x", "a proxy is written socks5://host:port or http://host:port" },
		{ "socks5://", "the proxy has no host" },
		{ "socks5://:1080", "the proxy has no host" },
		{ "socks5://a b", "the proxy has no host" },
		{ "socks5://x:0", "the proxy's port \"0\" is not a number from 1 to 65535" },
		{ "socks5://x:", "the proxy's port \"\" is not a number from 1 to 65535" },
		{ "socks5://x:65536",
			"the proxy's port \"65536\" is not a number from 1 to 65535" },
		{ "socks5://@x", "the proxy's user name cannot be one" },
		{ "socks5://:p@x", "the proxy's user name cannot be one" },
		{ "socks5://a%0ab@x", "the proxy's user name cannot be one" },
		{ "socks5://a%2@x", "the proxy's user name cannot be one" },
		{ "socks5://a%@x", "the proxy's user name cannot be one" },
		{ "socks5://a%zz@x", "the proxy's user name cannot be one" },
		{ "socks5://a:sesame%1@x", "the proxy's password cannot be one" },
		{ "socks5://a:sesame%00@x", "the proxy's password cannot be one" },
	};
	char long_url[400] = "http://a:";
	struct proxy p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tobs_err err = { 0 };

		assert_code(proxy_parse(tobs_str(cases[i].url), &p, &err), TOBS_EINVAL);
		assert_string_equal(err.message, cases[i].message);
	}
	/* A password of 255 bytes is the longest. */
	memset(long_url + 9, 'x', 256);
	memcpy(long_url + 9 + 256, "@h", 3);
	assert_code(proxy_parse(tobs_str(long_url), &p, NULL), TOBS_EINVAL);
	memcpy(long_url + 9 + 255, "@h", 3);
	assert_ok(proxy_parse(tobs_str(long_url), &p, NULL));
	assert_int_equal(p.password.len, 255);
	proxy_deinit(&p);
	tobs_log_forget();
}

static int parse_one(void *user)
{
	struct proxy p = { 0 };
	int r = proxy_parse(tobs_str("http://me:sesame@x"), &p, NULL);

	(void)user;
	proxy_deinit(&p);
	tobs_log_forget();
	return r;
}

static void parsing_without_memory(void **state)
{
	(void)state;
	fail_each_allocation(parse_one, NULL);
}

/* ---- Handshakes with scripted proxies --------------------------------------------- */

/*
 * What the proxy expects and says, in turns, as hexadecimal with other text in
 * quotes: "<" expects, ">" says, "." hangs up; then it echoes.
 */
struct script {
	const char *steps;
	bool one_by_one; /* says every byte alone */
	int failed_at;   /* the step whose bytes were others, from 1 */
};

static void put_step(struct tobs_buf *out, struct tobs_view text)
{
	while (text.len) {
		if (text.ptr[0] == '\'') {
			size_t end = tobs_view_find(text, 1, tobs_str("'"));

			assert_true(end != SIZE_MAX);
			tobs_buf_putv(out, tobs_view_sub(text, 1, end - 1));
			text = tobs_view_sub(text, end + 1, SIZE_MAX);
		} else if (text.ptr[0] == ' ') {
			text = tobs_view_sub(text, 1, SIZE_MAX);
		} else {
			assert_ok(hex_decode(out, tobs_view_sub(text, 0, 2)));
			text = tobs_view_sub(text, 2, SIZE_MAX);
		}
	}
	assert_ok(out->err);
}

static int do_step(struct script *script, struct net_stream *s, char what, struct tobs_view bytes)
{
	uint8_t have[1024];

	assert(bytes.len <= sizeof have);

	if (what == '<') {
		int r = net_read_all(s, have, bytes.len, NULL);

		return r                                                  ? r
			: tobs_view_eq(tobs_view(have, bytes.len), bytes) ? TOBS_OK
									  : TOBS_EPROTO;
	}
	for (size_t i = 0; script->one_by_one && i < bytes.len; i++)
		if (net_write_all(s, bytes.ptr + i, 1, NULL) || tobs_sleep(1))
			return TOBS_EIO;
	return script->one_by_one ? TOBS_OK : net_write_all(s, bytes.ptr, bytes.len, NULL);
}

static int play(struct net_stream *s, const struct addr *peer, void *arg)
{
	struct script *script = arg;
	struct tobs_view rest = tobs_str(script->steps), step;
	uint8_t buf[256];
	size_t n;
	int r;

	(void)peer;
	for (int i = 1; tobs_view_split(&rest, ';', &step); i++) {
		struct tobs_buf bytes;

		step = tobs_view_trim(step);
		if (step.ptr[0] == '.')
			return TOBS_OK;
		tobs_buf_init(&bytes, 100000);
		put_step(&bytes, tobs_view_trim(tobs_view_sub(step, 1, SIZE_MAX)));
		r = do_step(script, s, (char)step.ptr[0], tobs_buf_view(&bytes));
		tobs_buf_deinit(&bytes);
		if (r) {
			script->failed_at = i;
			return r;
		}
	}
	while (!(r = net_read(s, buf, sizeof buf, &n, NULL)) && n)
		if ((r = net_write_all(s, buf, n, NULL)))
			break;
	return r;
}

static struct tcp_listener *listener;
static struct tcp_server server;

static int serve(void *arg)
{
	(void)arg;
	return tcp_serve(listener, &server);
}

struct expected {
	int code;
	int status;
	const char *message;
};

/* Connects through a proxy that follows the script; when that works, bytes go there and back. */
static void check(const char *scheme, const char *login, const char *host, uint16_t port,
	struct script script, struct expected want)
{
	struct net_stream *s = NULL;
	struct tobs_err err = { 0 };
	struct tobs_fiber *f;
	struct proxy p;
	char url[200], message[300];
	uint8_t buf[8] = "";

	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &listener, NULL));
	server = (struct tcp_server){ .serve = play, .arg = &script };
	assert_ok(tobs_spawn(&f, serve, NULL, NULL));
	snprintf(url, sizeof url, "%s://%s127.0.0.1:%u", scheme, login,
		addr_port(tcp_listener_addr(listener)));
	assert_ok(proxy_parse(tobs_str(url), &p, NULL));
	assert_code(proxy_connect(&p, tobs_str(host), port, NULL, &s, &err), want.code);
	assert_int_equal(script.failed_at, 0);
	if (want.code) {
		assert_null(s);
		assert_code(err.code, want.code);
		assert_int_equal(err.status, want.status);
		snprintf(message, sizeof message, "proxy 127.0.0.1:%u: %s", p.port, want.message);
		assert_string_equal(err.message, message);
	} else {
		assert_ok(net_write_all(s, "through", 7, NULL));
		assert_ok(net_read_all(s, buf, 7, NULL));
		assert_string_equal((char *)buf, "through");
	}
	net_close(s);
	proxy_deinit(&p);
	tcp_listener_close(listener);
	tobs_cancel(f);
	assert_ok(tobs_join(f, NULL));
	tobs_log_forget();
}

#define HELLO      "< 050100; > 0500; "
#define HELLO_AUTH "< 05020002; "
#define ASK        "< 05010003 0a 'target.org' 01bb; "

FIBER_TEST(socks5)
{
	static const struct expected fine = { .code = TOBS_OK };

	for (int slow = 0; slow < 2; slow++) {
		/* The name is the proxy's to look up; numeric addresses travel as such. */
		check("socks5", "", "target.org", 443,
			(struct script){ HELLO ASK "> 05000001 0a000001 1234", slow, 0 }, fine);
		check("socks5h", "", "10.1.2.3", 80,
			(struct script){ HELLO "< 05010001 0a010203 0050; > 05000003 02 'ab' 1234",
				slow, 0 },
			fine);
		check("socks5", "", "[2001:db8::1]", 65535,
			(struct script){ HELLO "< 05010004 20010db8000000000000000000000001 ffff; "
					       "> 05000004 20010db8000000000000000000000001 1234",
				slow, 0 },
			fine);
		check("socks5", "me:sesame@", "target.org", 443,
			(struct script){ HELLO_AUTH "> 0502; < 01 02 'me' 06 'sesame'; > 0100; " ASK
						    "> 05000001 0a000001 1234",
				slow, 0 },
			fine);
		/* It knows us, and asks for nothing. */
		check("socks5", "me:sesame@", "target.org", 443,
			(struct script){
				HELLO_AUTH "> 0500; " ASK "> 05000001 0a000001 1234", slow, 0 },
			fine);
	}
	return TOBS_OK;
}

FIBER_TEST(socks5_refuses)
{
	static const struct {
		const char *login, *steps;
		struct expected want;
	} cases[] = {
		{ "", "< 050100; > 05ff",
			{ TOBS_EPERM, 0, "it wants a user name and a password" } },
		{ "me:sesame@", "< 05020002; > 05ff",
			{ TOBS_EPERM, 0, "it wants another kind of login" } },
		{ "me:sesame@", "< 05020002; > 0502; < 01 02 'me' 06 'sesame'; > 0101",
			{ TOBS_EPERM, 1, "wrong user name or password" } },
		{ "", HELLO ASK "> 05010001", { TOBS_ENET, 1, "it failed" } },
		{ "", HELLO ASK "> 05020001",
			{ TOBS_EPERM, 2, "its rules forbid the connection" } },
		{ "", HELLO ASK "> 05050001", { TOBS_ENET, 5, "the host refused the connection" } },
		{ "", HELLO ASK "> 05630001",
			{ TOBS_ENET, 0x63, "it failed for a reason of its own" } },
		{ "", "< 050100; > 'HT'", { TOBS_EPROTO, 0, "this is not a SOCKS5 proxy" } },
		{ "", "< 050100; > 0502", { TOBS_EPROTO, 0, "this is not a SOCKS5 proxy" } },
		{ "", HELLO ASK "> 04000001", { TOBS_EPROTO, 0, "this is not a SOCKS5 proxy" } },
		{ "", HELLO ASK "> 05000009", { TOBS_EPROTO, 0, "this is not a SOCKS5 proxy" } },
		{ "", "< 050100; .", { TOBS_ECLOSED, 0, "it hung up" } },
		{ "", "< 050100; > 05; .", { TOBS_ECLOSED, 0, "it hung up" } },
		{ "", HELLO ASK "> 0500; .", { TOBS_ECLOSED, 0, "it hung up" } },
		{ "", HELLO ASK "> 05000001 0a00; .", { TOBS_ECLOSED, 0, "it hung up" } },
		{ "", HELLO ASK "> 05000003 05 'ab'; .", { TOBS_ECLOSED, 0, "it hung up" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check("socks5", cases[i].login, "target.org", 443,
			(struct script){ cases[i].steps, i % 2, 0 }, cases[i].want);
	return TOBS_OK;
}

#define CRLF "0d0a"

FIBER_TEST(http)
{
	static const struct expected fine = { .code = TOBS_OK };

	for (int slow = 0; slow < 2; slow++) {
		check("http", "", "target.org", 443,
			(struct script){ "< 'CONNECT target.org:443 HTTP/1.1' " CRLF
					 " 'Host: target.org:443' " CRLF CRLF
					 "; > 'HTTP/1.1 200 Connection established' " CRLF
					 " 'X-Y: z' " CRLF CRLF,
				slow, 0 },
			fine);
		/* "me:sesame" in base64; lone line feeds; no reason; an IPv6 address. */
		check("http", "me:sesame@", "2001:db8::1", 80,
			(struct script){ "< 'CONNECT [2001:db8::1]:80 HTTP/1.1' " CRLF
					 " 'Host: [2001:db8::1]:80' " CRLF
					 " 'Proxy-Authorization: Basic bWU6c2VzYW1l' " CRLF CRLF
					 "; > 'HTTP/1.0 204' 0a 0a",
				slow, 0 },
			fine);
	}
	return TOBS_OK;
}

#define REQUEST \
	"< 'CONNECT target.org:443 HTTP/1.1' " CRLF " 'Host: target.org:443' " CRLF CRLF "; "

FIBER_TEST(http_refuses)
{
	static const struct {
		const char *steps;
		struct expected want;
	} cases[] = {
		{ REQUEST "> 'HTTP/1.1 407 Proxy Authentication Required' " CRLF CRLF,
			{ TOBS_EPERM, 407, "it wants a user name and a password, or others" } },
		{ REQUEST "> 'HTTP/1.1 403 Forbidden' " CRLF CRLF,
			{ TOBS_EPERM, 403, "it forbids the connection" } },
		{ REQUEST "> 'HTTP/1.1 502 Bad Gateway' " CRLF " 'A: b' " CRLF CRLF,
			{ TOBS_ENET, 502, "it answers \"HTTP/1.1 502 Bad Gateway\"" } },
		{ REQUEST "> 'HTTP/2 200 OK' " CRLF CRLF,
			{ TOBS_EPROTO, 0, "this is not an HTTP proxy" } },
		{ REQUEST "> 'HTTP/1.1 20x OK' " CRLF CRLF,
			{ TOBS_EPROTO, 0, "this is not an HTTP proxy" } },
		{ REQUEST "> 'HTTP/1.1' " CRLF CRLF,
			{ TOBS_EPROTO, 0, "this is not an HTTP proxy" } },
		{ REQUEST "> 0a0a", { TOBS_EPROTO, 0, "this is not an HTTP proxy" } },
		{ REQUEST "> 'HTTP/1.1 200 OK' " CRLF "; .", { TOBS_ECLOSED, 0, "it hung up" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check("http", "", "target.org", 443, (struct script){ cases[i].steps, i % 2, 0 },
			cases[i].want);
	return TOBS_OK;
}

static int babble(struct net_stream *s, const struct addr *peer, void *arg)
{
	static const char line[] = "X-Nothing: and nothing again and again\r\n";

	(void)peer, (void)arg;
	while (!net_write_all(s, line, sizeof line - 1, NULL))
		;
	return TOBS_OK;
}

static int say_nothing(struct net_stream *s, const struct addr *peer, void *arg)
{
	char c;

	(void)peer, (void)arg;
	while (!net_read_all(s, &c, 1, NULL))
		;
	return TOBS_OK;
}

static int connect_by(const char *scheme, const char *host, int64_t ms, struct tobs_err *err)
{
	struct net_stream *s = NULL;
	struct tobs_deadline d;
	struct proxy p;
	char url[100];
	int r;

	snprintf(url, sizeof url, "%s://127.0.0.1:%u", scheme,
		addr_port(tcp_listener_addr(listener)));
	assert_ok(proxy_parse(tobs_str(url), &p, NULL));
	tobs_deadline_push(&d, ms);
	r = proxy_connect(&p, tobs_str(host), 443, NULL, &s, err);
	tobs_deadline_pop(&d);
	assert_null(s);
	proxy_deinit(&p);
	return r;
}

FIBER_TEST(proxies_that_waste_our_time)
{
	struct tobs_err err = { 0 };
	struct tobs_fiber *f;

	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &listener, NULL));
	server = (struct tcp_server){ .serve = babble };
	assert_ok(tobs_spawn(&f, serve, NULL, NULL));
	assert_code(connect_by("http", "target.org", 5000, &err), TOBS_EPROTO);
	assert_non_null(strstr(err.message, ": its answer does not end"));
	server.serve = say_nothing;
	assert_code(connect_by("http", "target.org", 5000, &err), TOBS_ETIMEDOUT);
	assert_code(connect_by("socks5", "target.org", 5000, &err), TOBS_ETIMEDOUT);
	tobs_cancel(f);
	assert_ok(tobs_join(f, NULL));
	tcp_listener_close(listener);
	return TOBS_OK;
}

FIBER_TEST(targets_that_are_none)
{
	static const char *const bad[] = { "", "a b", "a\r\nX: y", "unix:/run/x" };
	struct tobs_err err = { 0 };
	struct tobs_fiber *f;
	char name[300];

	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &listener, NULL));
	server = (struct tcp_server){ .serve = say_nothing };
	assert_ok(tobs_spawn(&f, serve, NULL, NULL));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_code(connect_by("http", bad[i], 5000, &err), TOBS_EINVAL);
	assert_code(connect_by("socks5", "", 5000, &err), TOBS_EINVAL);
	assert_code(connect_by("socks5", "unix:/run/x", 5000, &err), TOBS_EINVAL);
	memset(name, 'x', 256);
	name[256] = 0;
	assert_code(connect_by("socks5", name, 5000, &err), TOBS_EINVAL);
	tobs_cancel(f);
	assert_ok(tobs_join(f, NULL));
	tcp_listener_close(listener);
	return TOBS_OK;
}

FIBER_TEST(without_a_proxy)
{
	struct net_stream *a, *b;
	struct proxy none = { 0 };
	uint16_t port;

	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &listener, NULL));
	port = addr_port(tcp_listener_addr(listener));
	for (int i = 0; i < 2; i++) {
		assert_ok(proxy_connect(
			i ? &none : NULL, tobs_str("127.0.0.1"), port, NULL, &a, NULL));
		assert_ok(tcp_accept(listener, &b, NULL, NULL));
		net_close(a);
		net_close(b);
	}
	tcp_listener_close(listener);
	return TOBS_OK;
}

FIBER_TEST(a_proxy_that_is_not_there)
{
	struct tobs_err err = { 0 };
	struct net_stream *s = NULL;
	struct proxy p;
	char url[100], want[200];
	uint16_t port;

	assert_ok(tcp_listen(tobs_str("127.0.0.1"), 0, NULL, &listener, NULL));
	port = addr_port(tcp_listener_addr(listener));
	tcp_listener_close(listener);
	snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
	assert_ok(proxy_parse(tobs_str(url), &p, NULL));
	assert_code(proxy_connect(&p, tobs_str("x"), 1, NULL, &s, &err), TOBS_ENET);
	snprintf(want, sizeof want,
		"proxy 127.0.0.1:%u: connecting to 127.0.0.1:%u: Connection refused", port, port);
	assert_string_equal(err.message, want);
	proxy_deinit(&p);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(not_addresses),
		cmocka_unit_test(parsing_without_memory),
		fiber_unit_test(socks5),
		fiber_unit_test(socks5_refuses),
		fiber_unit_test(http),
		fiber_unit_test(http_refuses),
		fiber_unit_test(proxies_that_waste_our_time),
		fiber_unit_test(targets_that_are_none),
		fiber_unit_test(without_a_proxy),
		fiber_unit_test(a_proxy_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
