/* SPDX-License-Identifier: MIT */
#include <tobs/methods.h>
#include <tobs/rt.h>

#include "base/attr.h"
#include "base/fold.h"
#include "base/json_write.h"
#include "cli/columns.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "cli/term.h"

enum { LIST_MAX = 256 << 20, TITLE_MAX = 4096, FOLDERS = 2 };

struct listing {
	const struct app *app;
	struct tobs_client *client;
	bool json;
	uint64_t types;         /* bits of enum chat_type; 0: all */
	struct tobs_buf wanted; /* folded; empty: all */
	struct tobs_buf out;
	struct json_writer w;
	struct columns columns;
	size_t listed, all;
};

/* What is known of one chat beyond its dialog. */
struct chat {
	const struct tobs_dialog *dialog;
	enum chat_type type;
	int64_t members; /* -1: not told */
	int64_t topics;  /* -1: no forum */
};

static enum chat_type type_of(const struct tobs_dialog *d)
{
	if (d->user)
		return d->user->ctor == TL_user && d->user->user.bot ? CHAT_BOT : CHAT_PRIVATE;
	if (!d->chat || d->chat->ctor != TL_channel)
		return d->chat && d->chat->ctor == TL_channelForbidden &&
				d->chat->channelForbidden.broadcast
			? CHAT_CHANNEL
			: CHAT_GROUP;
	if (d->chat->channel.broadcast)
		return CHAT_CHANNEL;
	return d->chat->channel.forum ? CHAT_FORUM : CHAT_GROUP;
}

static int64_t members_of(const struct tobs_dialog *d)
{
	if (d->chat && d->chat->ctor == TL_chat)
		return d->chat->chat.participants_count;
	if (d->chat && d->chat->ctor == TL_channel && d->chat->channel.has_participants_count)
		return d->chat->channel.participants_count;
	return -1;
}

/* How many topics a forum has. A forum that does not tell is no reason to list nothing. */
static int count_topics(struct listing *l, struct chat *c, struct tobs_err *err)
{
	struct tobs_peer_input room;
	const struct tl_messages_getForumTopics query = { .ctor = TL_messages_getForumTopics,
		.peer = tobs_peer_input(&c->dialog->peer, &room),
		.limit = 1 };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_messages_forumTopics *topics;
	int r = tobs_messages_getForumTopics(l->client, &query, &reply, &topics, err);

	if (!r)
		c->topics = topics->count;
	tobs_reply_deinit(&reply);
	return r == TOBS_ERPC ? TOBS_OK : r;
}

static bool holds(struct tobs_view text, struct tobs_view wanted)
{
	struct tobs_buf folded;
	bool found;

	tobs_buf_init(&folded, TITLE_MAX);
	utf8_fold(&folded, text);
	found = tobs_view_find(tobs_buf_view(&folded), 0, wanted) != SIZE_MAX;
	tobs_buf_deinit(&folded);
	return found;
}

static bool is_wanted(const struct listing *l, const struct chat *c)
{
	struct tobs_view wanted = tobs_buf_view(&l->wanted);

	if (l->types && !(l->types & 1u << c->type))
		return false;
	return !wanted.len || holds(c->dialog->title, wanted) || holds(c->dialog->username, wanted);
}

/* ---- printing ---- */

static struct tobs_view type_word(enum chat_type type)
{
	return setting_word(cli_settings.rows[SET_TYPE].words, type);
}

static void put_number(struct columns *c, int64_t n)
{
	if (n < 0)
		columns_put(c, tobs_str(""));
	else
		columns_put_i64(c, n);
}

static void put_row(struct listing *l, const struct chat *c)
{
	const struct tobs_dialog *d = c->dialog;
	struct tobs_buf username;

	tobs_buf_init(&username, TITLE_MAX);
	if (d->username.len)
		tobs_buf_printf(&username, "@%.*s", TOBS_VIEW_FMT(d->username));
	columns_put_i64(&l->columns, tobs_peer_mark(&d->peer));
	columns_put(&l->columns, type_word(c->type));
	columns_put(&l->columns, d->title);
	columns_put(&l->columns, tobs_buf_view(&username));
	put_number(&l->columns, c->members);
	put_number(&l->columns, d->unread ? d->unread : -1);
	put_number(&l->columns, c->topics);
	columns_put(&l->columns, tobs_str(d->folder ? "archived" : d->pinned ? "pinned" : ""));
	tobs_buf_deinit(&username);
}

static void put_json(struct json_writer *w, const struct chat *c)
{
	const struct tobs_dialog *d = c->dialog;

	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_i64(w, tobs_peer_mark(&d->peer));
	jsonw_key(w, "type");
	jsonw_str_v(w, type_word(c->type));
	jsonw_key(w, "title");
	jsonw_str_v(w, d->title);
	if (d->username.len) {
		jsonw_key(w, "username");
		jsonw_str_v(w, d->username);
	}
	if (c->members >= 0) {
		jsonw_key(w, "members");
		jsonw_i64(w, c->members);
	}
	jsonw_key(w, "unread");
	jsonw_i64(w, d->unread);
	if (c->topics >= 0) {
		jsonw_key(w, "topics");
		jsonw_i64(w, c->topics);
	}
	jsonw_key(w, "pinned");
	jsonw_bool(w, d->pinned);
	jsonw_key(w, "archived");
	jsonw_bool(w, d->folder != 0);
	jsonw_end(w);
}

/* ---- the list ---- */

static int add(struct listing *l, const struct tobs_dialog *d, struct tobs_err *err)
{
	struct chat c = { d, type_of(d), members_of(d), -1 };
	int r = TOBS_OK;

	l->all++;
	if (!is_wanted(l, &c))
		return TOBS_OK;
	if (c.type == CHAT_FORUM)
		r = count_topics(l, &c, err);
	if (r)
		return r;
	l->listed++;
	if (l->json)
		put_json(&l->w, &c);
	else
		put_row(l, &c);
	return TOBS_OK;
}

static int walk(struct listing *l, int folder, struct tobs_err *err)
{
	struct tobs_dialogs dialogs;
	struct tobs_dialog d;
	int r = TOBS_OK;

	tobs_dialogs_init(&dialogs, folder);
	while (!r) {
		r = tobs_dialogs_next(l->client, &dialogs, &d, err);
		if (!r)
			r = add(l, &d, err);
	}
	tobs_dialogs_deinit(&dialogs);
	return r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

static int list_all(struct listing *l, struct tobs_err *err)
{
	int r = utf8_fold(&l->wanted, settings_text(&l->app->settings, SET_SEARCH));

	if (r)
		return tobs_fail(err, r, "--search: the text is too long");
	if (l->json)
		jsonw_array(&l->w);
	for (int folder = 0; folder < FOLDERS && !r; folder++)
		r = walk(l, folder, err);
	if (r)
		return r;
	if (l->json) {
		jsonw_end(&l->w);
		return tobs_buf_putc(&l->out, '\n');
	}
	return columns_print(&l->columns, term_table_columns(l->app), &l->out);
}

static enum status list_and_print(const struct app *app, struct tobs_client *client)
{
	struct listing l = { .app = app,
		.client = client,
		.json = settings_bool(&app->settings, SET_JSON),
		.types = settings_words(&app->settings, SET_TYPE) };
	struct tobs_err err = { .code = 0 };
	enum status status;
	int r;

	tobs_buf_init(&l.wanted, TITLE_MAX);
	tobs_buf_init(&l.out, LIST_MAX);
	json_writer_init(&l.w, &l.out, JSONW_INDENT);
	columns_init(&l.columns, "ID> TYPE TITLE~ USERNAME MEMBERS> UNREAD> TOPICS> PLACE");
	r = list_all(&l, &err);
	if (r) {
		tobs_buf_deinit(&l.out);
		status = app_fail(app, r, &err);
	} else {
		if (!l.listed && !l.json)
			app_say(l.all ? "none of %zu chats is like that"
				      : "the account has no chats",
				l.all);
		status = app_print(&l.out);
	}
	columns_deinit(&l.columns);
	tobs_buf_deinit(&l.wanted);
	return status;
}

static enum status run(struct app *app)
{
	struct tobs_client *client;
	enum status status = connect_open(app, 0, NULL, NULL, &client);

	if (status)
		return status;
	status = list_and_print(app, client);
	tobs_client_free(client);
	return status;
}

static const unsigned rows[] = { SET_SEARCH, SET_TYPE, SET_JSON };
static const struct option_group own = OPTION_GROUP("Options", rows);

const struct command cmd_chats = {
	.name = "chats",
	.summary = "lists the chats of the account",
	.about =
		"Each line is a chat: its id, type, title, @username, how many members it has, how "
		"many messages are unread, how many topics (of forums). An id or a @username is what "
		"tobs export takes. Chats in the archive folder of the account are listed as well.",
	.examples = "tobs chats  # all of them\n"
		    "tobs chats --search family  # those with a word in the title\n"
		    "tobs chats --type channel --json  # all channels, for a program",
	.flags = COMMAND_FIBER,
	.groups = { &own, &options_account, &options_connection, &options_general },
	.run = run,
};
