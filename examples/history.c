/* SPDX-License-Identifier: MIT */
/*
 * Logs in and prints the last hundred messages of a chat, the newest first:
 *     API_ID=… API_HASH=… history +99966… @chat
 * With SERVER_PORT and SERVER_KEY (PEM text) it asks a simulator on this machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tobs/client.h>
#include <tobs/rt.h>

static int ask(const char *question, struct tobs_buf *ret)
{
	char line[256];

	printf("%s: ", question);
	fflush(stdout);
	if (!fgets(line, sizeof line, stdin))
		return TOBS_ECANCELED;
	return tobs_buf_putv(ret, tobs_view_trim(tobs_str(line)));
}

static int ask_code(void *user, const char *how, int length, struct tobs_buf *ret)
{
	return ask("The code that Telegram sent you", ret);
}

static int ask_password(void *user, const char *hint, struct tobs_buf *ret)
{
	return ask("Your password", ret);
}

static int print_history(struct tobs_client *c, const char *chat, struct tobs_err *err)
{
	struct tobs_history h = { 0 };
	const union tl_Message *m;
	int r = tobs_resolve(c, chat, &h.peer, NULL, NULL, err);

	for (int n = 0; n < 100 && !r && !(r = tobs_history_next(c, &h, &m, err)); n++)
		if (m->ctor == TL_message)
			printf("%d: %.*s\n", (int)m->message.id, TOBS_VIEW_FMT(m->message.message));
	tobs_history_deinit(&h);
	return r == TOBS_ENOTFOUND && h.peer.kind ? TOBS_OK : r; /* the chat has fewer */
}

static int run(void *arg)
{
	const char **argv = arg;
	int64_t id = 0, port = 0;

	(void)tobs_view_int(tobs_str(getenv("API_ID")), 1, INT32_MAX, &id);
	(void)tobs_view_int(tobs_str(getenv("SERVER_PORT")), 1, UINT16_MAX, &port);

	const struct tobs_server server = {
		.host = "127.0.0.1", .port = (uint16_t)port, .public_key = getenv("SERVER_KEY")
	};
	const struct tobs_client_options options = { .session = "history.session",
		.api_id = (int32_t)id,
		.api_hash = getenv("API_HASH"),
		.server = port ? &server : NULL };
	const struct tobs_login_ui ui = { .code = ask_code, .password = ask_password };
	struct tobs_client *c = NULL;
	struct tobs_err err;
	int r = tobs_client_new(&c, &options, &err);

	if (!r && !tobs_client_authorized(c))
		r = tobs_login_phone(c, argv[1], &ui, &err);
	if (!r)
		r = print_history(c, argv[2], &err);
	if (r)
		fprintf(stderr, "history: %s\n", err.message);
	tobs_client_free(c);
	return r;
}

int main(int argc, char **argv)
{
	return argc == 3 && tobs_run(run, argv) == TOBS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
