/* SPDX-License-Identifier: MIT */
/*
 * Proxies: the first byte chooses whose answers the rest is (SOCKS5 or HTTP,
 * with a user or without, to which kind of address), in pieces of one byte or
 * more; or the rest is how a person writes a proxy.
 */
#include <string.h>
#include <tobs/log.h>

#include "fuzz.h"
#include "net/proxy.h"
#include "take.h"

enum { HTTP = 1, USER = 2, HOST_SHIFT = 2, HOST_MASK = 3, URL = 16, PIECES = 32 };

/* A proxy that has said all it will ever say. */
struct said {
	struct net_stream stream;
	struct tobs_view rest;
	size_t each;
};

static int said_read(
	struct net_stream *s, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	struct said *said = CONTAINER_OF(s, struct said, stream);
	struct tobs_view piece = take(&said->rest, MIN(len, said->each));

	(void)err;
	if (piece.len)
		memcpy(buf, piece.ptr, piece.len);
	*ret_n = piece.len;
	return TOBS_OK;
}

static int said_write(
	struct net_stream *s, const struct tobs_view *parts, size_t count, struct tobs_err *err)
{
	(void)s;
	(void)err;
	for (size_t i = 0; i < count; i++)
		touch(parts[i]);
	return TOBS_OK;
}

static const struct net_stream_ops said_ops = { .read = said_read, .write = said_write };

static void check_answer(uint8_t how, struct tobs_view in)
{
	static const char *const hosts[] = { "192.0.2.1", "2001:db8::1", "dc.example", "" };
	struct said said = { { &said_ops }, in, how & PIECES ? 1 : SIZE_MAX };
	struct tobs_view host = tobs_str(hosts[how >> HOST_SHIFT & HOST_MASK]);
	struct proxy p = { .kind = how & HTTP ? PROXY_HTTP : PROXY_SOCKS5 };
	struct tobs_err err = { 0 };
	int r;

	if (how & USER) {
		memcpy(p.user, "ada", sizeof "ada");
		if (secret_set(&p.password, tobs_str("pass:word")))
			abort();
	}
	r = how & HTTP ? http_connect_open(&said.stream, &p, host, 443, &err)
		       : socks5_open(&said.stream, &p, host, 443, &err);
	FUZZ_CHECK(r == TOBS_OK || (r == err.code && err.message[0]));
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EPERM || r == TOBS_ENET || r == TOBS_EPROTO ||
		r == TOBS_ECLOSED || (r == TOBS_EINVAL && !host.len));
	/* But when the proxy itself says it. */
	FUZZ_CHECK(!strstr(err.message, "pass:word") ||
		tobs_view_find(in, 0, tobs_str("pass:word")) != SIZE_MAX);
	/* What is the target's stays in the stream. */
	FUZZ_CHECK(r != TOBS_OK || in.len - said.rest.len >= (how & HTTP ? 12 : 2 + 7));
	proxy_deinit(&p);
}

static void check_url(struct tobs_view in)
{
	struct tobs_err err = { 0 };
	struct proxy p;
	int r = proxy_parse(in, &p, &err);

	FUZZ_CHECK(r == TOBS_OK || (r == TOBS_EINVAL && err.code == r && err.message[0]));
	if (!r) {
		FUZZ_CHECK((p.kind == PROXY_NONE) == (in.len == 0));
		FUZZ_CHECK(p.kind == PROXY_NONE || (p.host[0] && p.port));
		FUZZ_CHECK(p.password.len < PROXY_TEXT_MAX && (p.user[0] || !p.password.len));
		proxy_deinit(&p);
	}
	tobs_log_forget();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	uint8_t how = take_byte(&in);

	if (how & URL)
		check_url(in);
	else
		check_answer(how, in);
	return 0;
}
