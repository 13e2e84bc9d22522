/* SPDX-License-Identifier: MIT */
/* What people do, by commands of the simulator. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/attr.h"
#include "sim/bot_call.h"
#include "sim/control.h"
#include "sim/copies.h"
#include "sim/loader.h"
#include "testkit/kit.h"

enum { COMMAND_MAX = 1 << 20, DEPTH = 64, NAME_BYTES = 256 };

/* ---- commands ---- */

/* Strings of ours are in ", so that a ' in them stays one. */
static void put_json(struct tobs_buf *out, const char *text)
{
	bool inside = false;

	for (; *text; text++) {
		if (*text == '"' && (text[-1] != '\\' || !inside))
			inside = !inside;
		tobs_buf_putc(out, *text == '\'' && !inside ? '"' : *text);
	}
}

int64_t kit_answered(struct tobs_test *t, const char *key)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	int64_t n = 0;

	json_parser_init(&parser, COMMAND_MAX, DEPTH);
	if (!json_parse(&parser, &doc, tobs_buf_view(&t->answer), NULL))
		(void)json_get_i64(json_field(json_root(&doc), key), &n);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return n;
}

const char *kit_refusal(struct tobs_test *t)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_view text = TOBS_LIT("refused");
	const char *copy;

	json_parser_init(&parser, COMMAND_MAX, DEPTH);
	if (!json_parse(&parser, &doc, tobs_buf_view(&t->answer), NULL))
		(void)json_get_str(json_field(json_root(&doc), "error"), &text);
	copy = tobs_arena_printf(&t->arena, "%.*s", TOBS_VIEW_FMT(text));
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return copy ? copy : "refused";
}

int kit_try(struct tobs_test *t, const char *text)
{
	struct tobs_buf line;
	int r;

	tobs_buf_init(&line, COMMAND_MAX);
	put_json(&line, text);
	tobs_buf_clear(&t->answer);
	r = tobs_buf_err(&line);
	if (!r)
		r = sim_control_run(&t->sim, tobs_buf_view(&line), &t->answer);
	tobs_buf_deinit(&line);
	return r || !tobs_view_starts(tobs_buf_view(&t->answer), "{\"ok\":true") ? -1 : 0;
}

int kit_command(struct tobs_test *t, const struct tobs_test_user *u, const char *fmt, ...)
{
	struct tobs_buf text;
	va_list ap;
	int r;

	tobs_buf_init(&text, COMMAND_MAX);
	va_start(ap, fmt);
	tobs_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	r = tobs_buf_err(&text) ? -1 : kit_try(t, tobs_buf_str(&text));
	tobs_buf_deinit(&text);
	if (r)
		return kit_fail(t, u, "%s", kit_refusal(t));
	return kit_settle(t);
}

const char *kit_quote(struct tobs_test *t, const char *text)
{
	struct json_writer w;
	struct tobs_buf out;
	const char *copy;

	tobs_buf_init(&out, COMMAND_MAX);
	json_writer_init(&w, &out, 0);
	jsonw_str(&w, text ? text : "");
	copy = tobs_arena_strdup(&t->arena, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return copy ? copy : "\"\"";
}

/* ---- people ---- */

static struct tobs_test_user *seat(
	struct tobs_test *t, const char *name, int64_t id, int64_t place, int64_t chat)
{
	struct tobs_test_user *u = TOBS_ARENA_NEW(&t->arena, struct tobs_test_user);

	name = tobs_arena_strdup(&t->arena, name);
	if (!u || !name) {
		kit_fail(t, NULL, "no memory");
		return NULL;
	}
	*u = (struct tobs_test_user){ t, t->users, name, id, place, chat, 0, NULL, 0 };
	t->users = u;
	return u;
}

static struct tobs_test_user *in_private(struct tobs_test *t, const char *name, int64_t id)
{
	return seat(t, name, id, t->account->user->peer, id);
}

/* "Ada Lovelace @ada" */
static void split_name(const char *name, struct sim_user_args *args)
{
	struct tobs_view rest = tobs_str(name);
	size_t at = tobs_view_find(rest, 0, tobs_str("@")), space;

	if (at != SIZE_MAX) {
		args->username = tobs_view_trim(tobs_view_sub(rest, at + 1, SIZE_MAX));
		rest = tobs_view_sub(rest, 0, at);
	}
	rest = tobs_view_trim(rest);
	space = tobs_view_find(rest, 0, tobs_str(" "));
	args->first_name = tobs_view_sub(rest, 0, space);
	if (space != SIZE_MAX)
		args->last_name = tobs_view_trim(tobs_view_sub(rest, space, SIZE_MAX));
}

struct tobs_test_user *tobs_test_user(struct tobs_test *t, const char *name)
{
	struct sim_user_args args = { 0 };
	char first[NAME_BYTES];
	struct tobs_err err;
	struct sim_user *user;
	int r;

	if (!t)
		return NULL;
	split_name(name, &args);
	r = sim_user_add(t->sim.world, &args, &user, &err);
	if (!r)
		r = sim_account_add(
			t->sim.world, user, &(struct sim_account_args){ 0 }, NULL, &err);
	if (r) {
		kit_fail(t, NULL, "%s: %s", name, err.message);
		return NULL;
	}
	snprintf(first, sizeof first, "%.*s", TOBS_VIEW_FMT(args.first_name));
	return in_private(t, first, user->peer);
}

struct tobs_test_user *tobs_test_known(struct tobs_test *t, const char *key)
{
	const struct loader_thing *thing;
	struct loader l;

	if (!t)
		return NULL;
	l = (struct loader){ .w = t->sim.world };
	thing = loader_find(&l, tobs_str(key));
	if (!thing || thing->kind != LOADER_USER || !sim_account(t->sim.world, thing->id)) {
		kit_fail(t, NULL, "the world has nobody \"%s\" with an account", key);
		return NULL;
	}
	return in_private(t, key, thing->id);
}

int tobs_test_language(struct tobs_test_user *u, const char *code)
{
	struct sim_user *user = u ? sim_user(u->t->sim.world, u->id) : NULL;
	const char *copy;

	if (!user)
		return -1;
	copy = tobs_arena_strdup(&u->t->sim.world->arena, code ? code : "");
	if (!copy)
		return kit_fail(u->t, u, "no memory");
	user->tl->lang_code = tobs_str(copy);
	user->tl->has_lang_code = code != NULL;
	return 0;
}

int64_t tobs_test_user_id(const struct tobs_test_user *u)
{
	return u ? u->id : 0;
}

int64_t tobs_test_chat_id(const struct tobs_test_user *u)
{
	return u ? u->chat : 0;
}

/* ---- chats ---- */

struct tobs_test_user *tobs_test_found(
	struct tobs_test_user *u, const char *kind, const char *title)
{
	struct tobs_test *t = u ? u->t : NULL;
	int64_t chat;

	if (!t ||
		kit_command(t, u,
			"{'do':'found','by':%" PRId64 ",'kind':%s,'title':%s,'users':[%s%" PRId64
			"]}",
			u->id, kit_quote(t, kind), kit_quote(t, title), "", t->account->user->peer))
		return NULL;
	chat = kit_answered(t, "chat");
	if (strcmp(kind, "channel") == 0 &&
		kit_command(t, u,
			"{'do':'member','chat':%" PRId64 ",'by':%" PRId64
			",'member':{'user':%" PRId64 ",'role':'admin'}}",
			chat, u->id, t->account->user->peer))
		return NULL;
	return seat(t, u->name, u->id, chat, chat);
}

struct tobs_test_user *tobs_test_join(struct tobs_test_user *u, const struct tobs_test_user *there)
{
	if (!u || !there ||
		kit_command(u->t, u,
			"{'do':'join','chat':%" PRId64 ",'by':%" PRId64 ",'way':'link'}",
			there->place, u->id))
		return NULL;
	return seat(u->t, u->name, u->id, there->place, there->chat);
}

int tobs_test_leave(struct tobs_test_user *u)
{
	return u ? kit_command(u->t, u,
			   "{'do':'member','chat':%" PRId64 ",'by':%" PRId64
			   ",'member':{'user':%" PRId64 ",'role':'left'}}",
			   u->place, u->id, u->id)
		 : -1;
}

/* ---- saying ---- */

void kit_said(struct tobs_test_user *u, const char *what, const char *text)
{
	const struct kit_event e = { .kind = KIT_SAID,
		.chat = u->chat,
		.who = u->name,
		.text = tobs_arena_printf(
			&u->t->arena, "%s%s%s", what, *what && *text ? " " : "", text) };

	kit_note(u->t, &e);
}

int kit_say(struct tobs_test_user *u, const char *text, int32_t reply_to)
{
	struct tobs_test *t = u->t;
	char reply[40] = "";
	int r;

	if (reply_to)
		snprintf(reply, sizeof reply, ",'reply_to':%" PRId32, reply_to);
	kit_said(u, "", text);
	r = kit_command(t, u, "{'do':'say','by':%" PRId64 ",'chat':%" PRId64 ",'text':%s%s}", u->id,
		u->place, kit_quote(t, text), reply);
	if (!r)
		u->last = (int32_t)kit_answered(t, "id");
	return r;
}

int tobs_test_say(struct tobs_test_user *u, const char *text)
{
	return u ? kit_say(u, text, 0) : -1;
}

/* The bot's newest message in the chat as this user numbers it; 0: none. */
static int32_t newest_of_bot(const struct tobs_test_user *u)
{
	struct tobs_test *t = u->t;
	struct sim_account *mine = sim_account(t->sim.world, u->id);

	for (size_t i = t->events.count; i-- > 0;) {
		const struct kit_event *e = &t->events.items[i];
		struct sim_history *theirs, *here;

		if (e->kind != KIT_MESSAGE || e->chat != u->chat || !e->what)
			continue;
		if (u->place < -(int64_t)SIM_CHANNEL_BASE)
			return (int32_t)e->what->message_id;
		theirs = sim_history(sim_account(t->sim.world, t->account->user->peer), u->chat);
		here = mine ? sim_history(mine, u->place) : NULL;
		return theirs && here ? sim_copy_in(theirs, (int32_t)e->what->message_id, here) : 0;
	}
	return 0;
}

int tobs_test_answer(struct tobs_test_user *u, const char *text)
{
	int32_t id = u ? newest_of_bot(u) : 0;

	if (!u)
		return -1;
	return id ? kit_say(u, text, id) : kit_fail(u->t, u, "the bot has said nothing to answer");
}

int tobs_test_edit(struct tobs_test_user *u, const char *text)
{
	if (!u)
		return -1;
	if (!u->last)
		return kit_fail(u->t, u, "%s has said nothing to edit", u->name);
	kit_said(u, "(edits)", text);
	return kit_command(u->t, u,
		"{'do':'edit','by':%" PRId64 ",'chat':%" PRId64 ",'id':%" PRId32 ",'text':%s}",
		u->id, u->place, u->last, kit_quote(u->t, text));
}

/* ---- files and the like ---- */

static int post(struct tobs_test_user *u, const char *what, const char *members)
{
	int r;

	kit_said(u, what, "");
	r = kit_command(u->t, u,
		"{'do':'post','chat':%" PRId64 ",'message':{'from':%" PRId64 ",%s}}", u->place,
		u->id, members);
	if (!r)
		u->last = (int32_t)kit_answered(u->t, "id");
	return r;
}

/* What a kind of file has to have. */
static const char *details(const char *kind)
{
	static const char *const seen[] = { "photo", "video", "gif", "sticker" };

	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		if (strcmp(kind, seen[i]) == 0)
			return strcmp(kind, "video") ? ",'width':640,'height':480"
						     : ",'width':640,'height':480,'seconds':5";
	if (strcmp(kind, "voice") == 0 || strcmp(kind, "audio") == 0 || strcmp(kind, "round") == 0)
		return ",'seconds':5";
	return "";
}

int tobs_test_send(struct tobs_test_user *u, const char *kind, const char *path, int64_t size,
	const char *caption)
{
	struct tobs_test *t = u ? u->t : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *name = slash ? slash + 1 : path;
	char content[40];

	if (!t)
		return -1;
	t->files++;
	snprintf(content, sizeof content, "'size':%" PRId64, size);
	if (kit_command(t, u, "{'do':'file','file':{'key':'test file %u','kind':%s,%s%s%s%s%s}}",
		    t->files, kit_quote(t, kind), path ? "'path':" : content,
		    path ? kit_quote(t, path) : "", details(kind),
		    strcmp(kind, "file") == 0 ? ",'name':" : "",
		    strcmp(kind, "file") == 0 ? kit_quote(t, name ? name : "file.bin") : ""))
		return -1;
	return post(u,
		tobs_arena_printf(&t->arena, "(sends a %s) %s", kind, caption ? caption : ""),
		tobs_arena_printf(&t->arena, "'%s':'test file %u'%s%s",
			strcmp(kind, "photo") == 0 ? "photo" : "file", t->files,
			caption ? ",'text':" : "", caption ? kit_quote(t, caption) : ""));
}

int tobs_test_send_location(struct tobs_test_user *u, double latitude, double longitude)
{
	return u ? post(u, "(sends a location)",
			   tobs_arena_printf(&u->t->arena,
				   "'media':{'_':'messageMediaGeo','geo':[%.6f,%.6f]}", latitude,
				   longitude))
		 : -1;
}

int tobs_test_send_contact(struct tobs_test_user *u, const char *phone)
{
	return u ? post(u, "(sends a contact)",
			   tobs_arena_printf(&u->t->arena,
				   "'media':{'_':'messageMediaContact','phone_number':%s,"
				   "'first_name':%s,'user_id':%" PRId64 "}",
				   kit_quote(u->t, phone), kit_quote(u->t, u->name), u->id))
		 : -1;
}

int tobs_test_block(struct tobs_test_user *u, bool on)
{
	if (!u)
		return -1;
	kit_said(u, on ? "(blocks the bot)" : "(blocks the bot no longer)", "");
	return kit_command(u->t, u, "{'do':'block','by':%" PRId64 ",'who':%" PRId64 ",'on':%s}",
		u->id, u->t->account->user->peer, on ? "true" : "false");
}

/* ---- anything else ---- */

/* $me, $chat, $bot and $message stand for what is known here. */
static void put_words(struct tobs_buf *out, const struct tobs_test_user *u, const char *text)
{
	const struct {
		const char *name;
		int64_t value;
	} words[] = { { "$me", u->id }, { "$chat", u->place },
		{ "$bot", u->t->account->user->peer }, { "$message", newest_of_bot(u) } };

	while (*text) {
		size_t i = 0;

		while (i < ARRAY_LEN(words) &&
			strncmp(text, words[i].name, strlen(words[i].name)) != 0)
			i++;
		if (i < ARRAY_LEN(words) && *text == '$') {
			if (strncmp(text, "$message", 8) == 0)
				i = 3;
			tobs_buf_put_i64(out, words[i].value);
			text += strlen(words[i].name);
		} else {
			tobs_buf_putc(out, *text++);
		}
	}
}

const char *tobs_test_do(struct tobs_test_user *u, const char *command)
{
	struct tobs_buf text;
	int r;

	if (!u)
		return NULL;
	tobs_buf_init(&text, COMMAND_MAX);
	put_words(&text, u, command);
	r = tobs_buf_err(&text) ? -1 : kit_command(u->t, u, "%s", tobs_buf_str(&text));
	tobs_buf_deinit(&text);
	return r ? NULL : tobs_buf_str(&u->t->answer);
}
