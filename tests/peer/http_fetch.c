/* SPDX-License-Identifier: MIT */
/*
 * Our HTTP client for other programs to try: for each line "METHOD URL [BODY]"
 * of its standard input, which comes all at once, prints the status and the
 * length of the body, and the body; or the name of the error.
 *
 *     http_fetch own|curl [CA-FILE]
 */
#include <stdio.h>
#include <string.h>
#include <tobs/rt.h>

#include "net/http_client.h"

static int fetch(struct http_client *client, char *line)
{
	char *url = strchr(line, ' '), *body = url ? strchr(url + 1, ' ') : NULL;
	struct http_call call = { .method = line };
	struct http_answer answer;
	struct tobs_err err;
	int r;

	if (!url)
		return TOBS_EINVAL;
	*url++ = 0;
	if (body)
		*body++ = 0;
	call.url = tobs_str(url);
	call.body = tobs_str(body);
	http_answer_init(&answer, 64 << 20);
	r = http_client_call(client, &call, &answer, &err);
	if (r)
		printf("%s %s\n", tobs_error_name(r), err.message);
	else
		printf("%d %zu\n%.*s\n", answer.status, answer.body.len,
			TOBS_VIEW_FMT(tobs_buf_view(&answer.body)));
	http_answer_deinit(&answer);
	return TOBS_OK;
}

static int run(void *arg)
{
	char **argv = arg;
	const struct http_client_options opt = { .ca_file = argv[2],
		.engine = !strcmp(argv[1], "curl") ? HTTP_ENGINE_CURL : HTTP_ENGINE_AUTO };
	struct http_client *client;
	char line[4096];
	int r = http_client_new(&opt, &client, NULL);

	while (!r && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		r = fetch(client, line);
	}
	http_client_free(client);
	return r;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: http_fetch own|curl [CA-FILE]\n");
		return 2;
	}
	return tobs_run(run, argv) != 0;
}
