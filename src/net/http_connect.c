/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/hex.h"
#include "net/proxy.h"

enum {
	REQUEST_MAX = 4096,
	ANSWER_MAX = 16 << 10, /* bytes of its head; others allow 8 to 64 KiB */
	STATUS_AUTH = 407,     /* RFC 9110, section 15.5.8 */
	STATUS_FORBIDDEN = 403,
};

/* Neither may end the line it stands in. */
static bool fits_in_header(struct tobs_view host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] <= ' ' || host.ptr[i] == 0x7f)
			return false;
	return host.len > 0;
}

static void put_target(struct tobs_buf *out, struct tobs_view host, uint16_t port)
{
	bool bare = !tobs_view_starts(host, "[") &&
		tobs_view_find(host, 0, tobs_str(":")) != SIZE_MAX;

	tobs_buf_printf(out, bare ? "[%.*s]:%u" : "%.*s:%u", TOBS_VIEW_FMT(host), (unsigned)port);
}

/* RFC 7617: Basic, and base64 of user:password. */
static void put_login(struct tobs_buf *out, const struct proxy *p)
{
	struct tobs_buf login;

	tobs_buf_init(&login, REQUEST_MAX);
	tobs_buf_puts(&login, p->user);
	tobs_buf_putc(&login, ':');
	tobs_buf_putv(&login, secret_view(&p->password));
	tobs_buf_puts(out, "Proxy-Authorization: Basic ");
	if (login.err)
		out->err = login.err;
	else
		base64_encode(out, tobs_buf_view(&login), BASE64_STD);
	tobs_buf_puts(out, "\r\n");
	tobs_buf_wipe(&login);
}

static int send_request(struct net_stream *s, const struct proxy *p, struct tobs_view host,
	uint16_t port, struct tobs_err *err)
{
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, REQUEST_MAX);
	tobs_buf_puts(&out, "CONNECT ");
	put_target(&out, host, port);
	tobs_buf_puts(&out, " HTTP/1.1\r\nHost: ");
	put_target(&out, host, port);
	tobs_buf_puts(&out, "\r\n");
	if (p->user[0])
		put_login(&out, p);
	tobs_buf_puts(&out, "\r\n");
	r = out.err ? tobs_fail(err, out.err, "writing the request")
		    : net_write_all(s, out.ptr, out.len, err);
	tobs_buf_wipe(&out);
	return r;
}

/*
 * The head of the answer, up to its empty line, byte by byte: what comes behind
 * it is the target's already and must stay in the stream.
 */
static int read_head(struct net_stream *s, struct tobs_buf *head, struct tobs_err *err)
{
	for (;;) {
		uint8_t c;
		int r = net_read_all(s, &c, 1, err);

		if (r == TOBS_ETRUNCATED)
			return tobs_fail(err, TOBS_ECLOSED, "it hung up");
		if (!r)
			r = tobs_buf_putc(head, (char)c);
		if (r == TOBS_ETOOBIG)
			return tobs_fail(err, TOBS_EPROTO, "its answer does not end");
		if (r)
			return r;
		/* A lone LF ends a line too (RFC 9112, section 2.2). */
		if (tobs_view_ends(tobs_buf_view(head), "\n\r\n") ||
			tobs_view_ends(tobs_buf_view(head), "\n\n"))
			return TOBS_OK;
	}
}

/* "HTTP/1.1 200 Connection established" */
static int read_status(struct tobs_view head, struct tobs_err *err)
{
	struct tobs_view rest = head, line, version, status;
	int64_t code = 0;
	int r = TOBS_ENET;

	tobs_view_split(&rest, '\n', &line);
	rest = tobs_view_trim(line);
	if (!tobs_view_starts(rest, "HTTP/1.") || !tobs_view_split(&rest, ' ', &version) ||
		!tobs_view_split(&rest, ' ', &status) || tobs_view_int(status, 100, 999, &code))
		return tobs_fail(err, TOBS_EPROTO, "this is not an HTTP proxy");
	if (code / 100 == 2)
		return TOBS_OK;
	if (code == STATUS_AUTH)
		r = tobs_fail(err, TOBS_EPERM, "it wants a user name and a password, or others");
	else if (code == STATUS_FORBIDDEN)
		r = tobs_fail(err, TOBS_EPERM, "it forbids the connection");
	else
		tobs_fail(err, r, "it answers \"%.*s\"", TOBS_VIEW_FMT(tobs_view_trim(line)));
	if (err)
		err->status = (int)code;
	return r;
}

int http_connect_open(struct net_stream *s, const struct proxy *p, struct tobs_view host,
	uint16_t port, struct tobs_err *err)
{
	struct tobs_buf head;
	int r;

	if (!fits_in_header(host) || tobs_view_starts(host, "unix:"))
		return tobs_fail(err, TOBS_EINVAL, "this cannot be the name of a host");
	if (strchr(p->user, ':')) /* RFC 7617, section 2 */
		return tobs_fail(err, TOBS_EINVAL, "its user name may not have a colon");
	tobs_buf_init(&head, ANSWER_MAX);
	r = send_request(s, p, host, port, err);
	if (!r)
		r = read_head(s, &head, err);
	if (!r)
		r = read_status(tobs_buf_view(&head), err);
	tobs_buf_deinit(&head);
	return r;
}
