/* SPDX-License-Identifier: MIT */
/* tobs bot send CHAT [TEXT] */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/bot_tool.h"
#include "cli/command.h"

enum { TEXT_MAX = 1 << 20 };

/* By the words of SET_PARSE and SET_SEND_AS. */
static const enum tobs_parse_mode modes[] = { TOBS_PARSE_MODE_NONE, TOBS_PARSE_MODE_HTML,
	TOBS_PARSE_MODE_MARKDOWN_V2 };
enum send_as { AS_DOCUMENT, AS_PHOTO, AS_VIDEO, AS_AUDIO, AS_VOICE };

/* What is sent, whatever it is. */
struct letter {
	int64_t chat;
	const char *username;
	const char *text; /* NULL: none */
	enum tobs_parse_mode mode;
	struct tobs_input_file file;
};

static int send_file(
	struct bot_tool *t, const struct letter *l, const void **ret, struct tobs_err *err)
{
	switch ((enum send_as)settings_enum(&t->app->settings, SET_SEND_AS)) {
	case AS_PHOTO:
		return bot_tool_ask(t, TOBS_METHOD_SEND_PHOTO,
			&(struct tobs_send_photo){ .chat_id = l->chat,
				.chat_username = l->username,
				.photo = l->file,
				.caption = l->text,
				.parse_mode = l->mode },
			ret, err);
	case AS_VIDEO:
		return bot_tool_ask(t, TOBS_METHOD_SEND_VIDEO,
			&(struct tobs_send_video){ .chat_id = l->chat,
				.chat_username = l->username,
				.video = l->file,
				.caption = l->text,
				.parse_mode = l->mode },
			ret, err);
	case AS_AUDIO:
		return bot_tool_ask(t, TOBS_METHOD_SEND_AUDIO,
			&(struct tobs_send_audio){ .chat_id = l->chat,
				.chat_username = l->username,
				.audio = l->file,
				.caption = l->text,
				.parse_mode = l->mode },
			ret, err);
	case AS_VOICE:
		return bot_tool_ask(t, TOBS_METHOD_SEND_VOICE,
			&(struct tobs_send_voice){ .chat_id = l->chat,
				.chat_username = l->username,
				.voice = l->file,
				.caption = l->text,
				.parse_mode = l->mode },
			ret, err);
	default:
		return bot_tool_ask(t, TOBS_METHOD_SEND_DOCUMENT,
			&(struct tobs_send_document){ .chat_id = l->chat,
				.chat_username = l->username,
				.document = l->file,
				.caption = l->text,
				.parse_mode = l->mode },
			ret, err);
	}
}

static int send_text(
	struct bot_tool *t, const struct letter *l, const void **ret, struct tobs_err *err)
{
	return bot_tool_ask(t, TOBS_METHOD_SEND_MESSAGE,
		&(struct tobs_send_message){ .chat_id = l->chat,
			.chat_username = l->username,
			.text = l->text,
			.parse_mode = l->mode },
		ret, err);
}

static enum status tell(struct bot_tool *t, const struct tobs_message *m)
{
	struct tobs_buf out;

	tobs_buf_init(&out, BOT_OUT_MAX);
	if (settings_bool(&t->app->settings, SET_JSON)) {
		(void)tobs_botapi_print(&out, TOBS_TYPE_MESSAGE, m);
		tobs_buf_putc(&out, '\n');
	} else {
		tobs_buf_printf(&out, "Sent: message %lld of chat %lld\n", (long long)m->message_id,
			(long long)m->chat->id);
	}
	return app_print(&out);
}

/* "-": all of standard input. */
static enum status read_text(const struct app *app, struct tobs_buf *buf, const char **text)
{
	char part[4096];
	ssize_t n;

	if (!*text || strcmp(*text, "-") != 0)
		return STATUS_DONE;
	while ((n = read(STDIN_FILENO, part, sizeof part)) > 0)
		tobs_buf_put(buf, part, (size_t)n);
	if (n < 0 || tobs_buf_err(buf))
		return app_fail(app, n < 0 ? TOBS_EIO : tobs_buf_err(buf), NULL);
	*text = tobs_buf_str(buf);
	return STATUS_DONE;
}

static enum status read_letter(const struct app *app, struct letter *l, struct tobs_buf *buf)
{
	const char *path = app_text(app, SET_FILE);

	if (app->arg_count < 2)
		return app_usage(app, "bot send: CHAT is missing");
	if (app->arg_count > 3)
		return app_usage(app,
			"bot send: \"%s\" is too much; a text of several words stands "
			"in quotes",
			app->args[3]);
	if (app->args[1][0] == '@')
		l->username = app->args[1];
	else if (tobs_view_int(tobs_str(app->args[1]), INT64_MIN, INT64_MAX, &l->chat))
		return app_usage(app, "bot send %s: a chat is a number or @name", app->args[1]);
	l->text = app->arg_count > 2 ? app->args[2] : NULL;
	if (!l->text && !path)
		return app_usage(app, "bot send: TEXT is missing");
	l->mode = modes[settings_enum(&app->settings, SET_PARSE)];
	if (path)
		l->file = tobs_file_path(path);
	return read_text(app, buf, &l->text);
}

enum status bot_word_send(struct bot_tool *t)
{
	struct letter letter = { .chat = 0 };
	const void *sent = NULL;
	struct tobs_err err = { 0 };
	struct tobs_buf text;
	enum status status;
	int r;

	tobs_buf_init(&text, TEXT_MAX);
	status = read_letter(t->app, &letter, &text);
	if (!status) {
		r = app_text(t->app, SET_FILE) ? send_file(t, &letter, &sent, &err)
					       : send_text(t, &letter, &sent, &err);
		status = r ? bot_tool_fail(t, r, &err) : tell(t, sent);
	}
	tobs_buf_deinit(&text);
	return status;
}
