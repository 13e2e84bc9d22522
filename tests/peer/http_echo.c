/* SPDX-License-Identifier: MIT */
/*
 * Our HTTP server for other programs to try: prints its port, answers until its
 * standard input ends, and drains.
 *
 *     http_echo FILE [CERT KEY]
 *
 * /echo answers with the request's body, /head with its method and header lines,
 * /file with FILE, /wait after 100 ms, /pieces in chunks, /fail with an error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "net/http_server.h"

static int file;

static int head(struct http_request *req)
{
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, 64 << 10);
	tobs_buf_printf(
		&out, "%.*s %.*s\n", TOBS_VIEW_FMT(req->method), TOBS_VIEW_FMT(req->target));
	for (size_t i = 0; i < req->header_count; i++)
		tobs_buf_printf(&out, "%.*s: %.*s\n", TOBS_VIEW_FMT(req->headers[i].name),
			TOBS_VIEW_FMT(req->headers[i].value));
	r = http_respond_take(req, 200, NULL, 0, &out);
	tobs_buf_deinit(&out);
	return r;
}

static int pieces(struct http_request *req)
{
	int r = http_respond_begin(req, 200, NULL, 0, -1);

	for (int i = 0; i < 1000 && !r; i++) {
		char line[32];
		int n = snprintf(line, sizeof line, "line %d\n", i);

		r = http_respond_write(req, tobs_view(line, (size_t)n), NULL);
	}
	return r;
}

static int handle(struct http_request *req, void *user)
{
	struct stat st;

	(void)user;
	if (tobs_view_is(req->path, "/echo"))
		return http_request_allow(req, "POST, PUT")
			? http_respond(req, 200, NULL, 0, req->body)
			: TOBS_OK;
	if (tobs_view_is(req->path, "/head"))
		return head(req);
	if (tobs_view_is(req->path, "/pieces"))
		return pieces(req);
	if (tobs_view_is(req->path, "/fail"))
		return TOBS_EIO;
	if (tobs_view_is(req->path, "/wait"))
		return tobs_sleep(100) ? TOBS_ECANCELED
				       : http_respond_text(req, 200, "text/plain", "waited");
	if (tobs_view_is(req->path, "/file") && !fstat(file, &st))
		return http_respond_file(req, file, st.st_size, NULL, 0, NULL);
	return http_respond_text(req, 404, "text/plain", "nothing there\n");
}

static int serve(void *arg)
{
	char **argv = arg;
	const struct http_server_options opt = { .handle = handle,
		.max_body = 8 << 20,
		.tls_cert_file = argv[2],
		.tls_key_file = argv[2] ? argv[3] : NULL };
	struct http_server *server;
	struct tobs_err err;
	char byte;
	int r = http_server_start(&opt, &server, &err);

	if (r) {
		fprintf(stderr, "http_echo: %s\n", err.message);
		return r;
	}
	printf("%u\n", addr_port(http_server_addr(server)));
	fflush(stdout);
	do {
		r = tobs_fd_wait(STDIN_FILENO, TOBS_READABLE, NULL);
	} while (!r && read(STDIN_FILENO, &byte, 1) > 0);
	http_server_stop(server, 1000);
	return r;
}

int main(int argc, char **argv)
{
	file = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0) {
		fprintf(stderr, "usage: http_echo FILE [CERT KEY]\n");
		return 2;
	}
	return tobs_run(serve, argv) != 0;
}
