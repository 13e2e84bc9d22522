/* SPDX-License-Identifier: MIT */
/*
 * What a bot says about itself: commands by scope and language, names and
 * descriptions by language, menu buttons by chat, rights it asks for. Each is
 * one JSON value, kept under a key.
 */
#include <stdio.h>

#include "base/attr.h"
#include "base/json_write.h"
#include "base/utf.h"
#include "sim/bot_send.h"

enum { KEY_BYTES = 256, COMMANDS_MAX = 100, COMMAND_MAX = 32, COMMAND_TEXT_MAX = 256 };

/* ---- keeping ---- */

static int keep(struct bot_call *c, const char *key, struct tobs_view value)
{
	char *copy = value.len ? mem_dup(value.ptr, value.len) : NULL, *old;

	if (value.len && !copy)
		return bot_no_memory(c);
	old = smap_remove(&c->bot->settings, tobs_str(key));
	mem_free(old);
	if (copy && smap_put(&c->bot->settings, tobs_str(key), copy)) {
		mem_free(copy);
		return bot_no_memory(c);
	}
	return TOBS_OK;
}

/* A member of the arguments as it came; nothing for one that is missing. */
static int keep_json(struct bot_call *c, const char *key, const char *name)
{
	struct json_value v = json_field(c->json, name);
	struct json_writer w;

	tobs_buf_clear(&c->scratch);
	if (!json_is_missing(v)) {
		json_writer_init(&w, &c->scratch, 0);
		jsonw_value(&w, v);
	}
	return keep(c, key, tobs_buf_view(&c->scratch));
}

static const char *kept(const struct bot_call *c, const char *key)
{
	return smap_get(&c->bot->settings, tobs_str(key));
}

static int answer(struct bot_call *c, const char *json)
{
	return tobs_buf_puts(&c->out, json) ? bot_no_memory(c) : TOBS_OK;
}

static int read_language(struct bot_call *c, const char **ret)
{
	const char *code = bot_arg_str(c, "language_code");

	*ret = code ? code : "";
	if (**ret &&
		(strlen(*ret) != 2 || (*ret)[0] < 'a' || (*ret)[0] > 'z' || (*ret)[1] < 'a' ||
			(*ret)[1] > 'z'))
		return bot_fail(c, 400, "LANG_CODE_INVALID");
	return TOBS_OK;
}

/* ---- commands ---- */

/* "commands|chat|-100…|0|en"; a chat that is meant must be there. */
static int commands_key(struct bot_call *c, char key[KEY_BYTES])
{
	struct json_value v = json_field(c->json, "scope");
	struct tobs_view type = TOBS_LIT("default"), name = { NULL, 0 };
	int64_t chat = 0, user = 0;
	const char *language;
	int r = read_language(c, &language);

	(void)json_get_str(json_field(v, "type"), &type);
	(void)json_get_i64(json_field(v, "chat_id"), &chat);
	(void)json_get_str(json_field(v, "chat_id"), &name);
	(void)json_get_i64(json_field(v, "user_id"), &user);
	if (!r && (chat || name.ptr))
		r = bot_find_chat(c, chat, (const char *)name.ptr, &chat);
	snprintf(key, KEY_BYTES, "commands|%.*s|%lld|%lld|%s", TOBS_VIEW_FMT(type), (long long)chat,
		(long long)user, language);
	return r;
}

static int check_command(struct bot_call *c, const struct tobs_bot_command *k)
{
	const char *name = k->command[0] == '/' ? k->command + 1 : k->command;

	if (!*name || strlen(name) > COMMAND_MAX)
		return bot_fail(c, 400, "BOT_COMMAND_INVALID");
	for (const char *p = name; *p; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_')
			return bot_fail(c, 400, "BOT_COMMAND_INVALID");
	if (!k->description[0] || utf16_len(tobs_str(k->description)) > COMMAND_TEXT_MAX)
		return bot_fail(c, 400, "BOT_COMMAND_DESCRIPTION_INVALID");
	return TOBS_OK;
}

/* What clients are told of the bot, to be changed. NULL: no memory. */
static struct tl_botInfo *bot_info_copy(struct bot_call *c)
{
	const struct sim_user *u = c->bot->account->user;
	struct tl_botInfo *info = SIM_NEW(&c->world->arena, botInfo);

	if (info && u->bot_info)
		memcpy(info, u->bot_info, sizeof *info);
	if (info)
		info->ctor = TL_botInfo;
	return info;
}

/* Clients see those that are meant for everybody. */
static int show_commands(struct bot_call *c, const struct tobs_bot_command_array *list)
{
	struct sim_user *u = c->bot->account->user;
	struct tl_botInfo *info = bot_info_copy(c);
	const struct tl_botCommand **items = tobs_arena_array(
		&c->world->arena, list->count + 1, sizeof *items);

	if (!info || !items)
		return bot_no_memory(c);
	for (size_t i = 0; i < list->count; i++) {
		const struct tobs_bot_command *from = &list->items[i];
		struct tl_botCommand *k = SIM_NEW(&c->world->arena, botCommand);

		if (!k)
			return bot_no_memory(c);
		k->command = sim_keep(c->world,
			tobs_str(from->command[0] == '/' ? from->command + 1 : from->command));
		k->description = sim_keep(c->world, tobs_str(from->description));
		items[i] = k;
	}
	info->has_commands = list->count > 0;
	info->commands = (struct tl_vec_BotCommand){ (uint32_t)list->count, items };
	u->bot_info = info;
	return TOBS_OK;
}

static void put_command(struct json_writer *w, struct tobs_view name, struct tobs_view text)
{
	if (name.len && name.ptr[0] == '/')
		name = tobs_view_sub(name, 1, SIZE_MAX);
	jsonw_object(w);
	jsonw_key(w, "command");
	jsonw_str_v(w, name);
	jsonw_key(w, "description");
	jsonw_str_v(w, text);
	jsonw_end(w);
}

static int keep_commands(
	struct bot_call *c, const char *key, const struct tobs_bot_command_array *list)
{
	struct json_writer w;

	tobs_buf_clear(&c->scratch);
	json_writer_init(&w, &c->scratch, 0);
	jsonw_array(&w);
	for (size_t i = 0; i < list->count; i++)
		put_command(
			&w, tobs_str(list->items[i].command), tobs_str(list->items[i].description));
	jsonw_end(&w);
	return keep(c, key, tobs_buf_view(&c->scratch));
}

static bool is_for_all(const char *key)
{
	return strcmp(key, "commands|default|0|0|") == 0;
}

static int run_set_commands(struct bot_call *c)
{
	const struct tobs_set_my_commands *a = c->args;
	char key[KEY_BYTES];
	int r = commands_key(c, key);

	if (!r && a->commands.count > COMMANDS_MAX)
		r = bot_fail(c, 400, "BOT_COMMANDS_TOO_MUCH");
	for (size_t i = 0; i < a->commands.count && !r; i++)
		r = check_command(c, &a->commands.items[i]);
	if (!r)
		r = is_for_all(key) ? show_commands(c, &a->commands)
				    : keep_commands(c, key, &a->commands);
	return r ? r : bot_true(c);
}

/* Those for everybody, which were perhaps not set by a call but are of the world's file. */
static int answer_for_all(struct bot_call *c)
{
	const struct tl_botInfo *info = c->bot->account->user->bot_info;
	struct json_writer w;

	json_writer_init(&w, &c->out, 0);
	jsonw_array(&w);
	for (uint32_t i = 0; info && i < info->commands.count; i++)
		put_command(
			&w, info->commands.items[i]->command, info->commands.items[i]->description);
	jsonw_end(&w);
	return tobs_buf_err(&c->out) ? bot_no_memory(c) : TOBS_OK;
}

static int run_get_commands(struct bot_call *c)
{
	char key[KEY_BYTES];
	const char *have;
	int r = commands_key(c, key);

	if (r)
		return r;
	if (is_for_all(key))
		return answer_for_all(c);
	have = kept(c, key);
	return answer(c, have ? have : "[]");
}

static int run_delete_commands(struct bot_call *c)
{
	const struct tobs_bot_command_array none = { NULL, 0 };
	char key[KEY_BYTES];
	int r = commands_key(c, key);

	if (!r)
		r = is_for_all(key) ? show_commands(c, &none)
				    : keep(c, key, (struct tobs_view){ NULL, 0 });
	return r ? r : bot_true(c);
}

/* ---- name and descriptions ---- */

struct text_setting {
	const char *name; /* of the argument, and of the member of the result */
	size_t most;      /* characters */
};

static const struct text_setting *text_of(enum tobs_method m)
{
	static const struct text_setting name = { "name", 64 };
	static const struct text_setting description = { "description", 512 };
	static const struct text_setting brief = { "short_description", 120 };

	switch (m) {
	case TOBS_METHOD_SET_MY_NAME:
	case TOBS_METHOD_GET_MY_NAME: return &name;
	case TOBS_METHOD_SET_MY_DESCRIPTION:
	case TOBS_METHOD_GET_MY_DESCRIPTION: return &description;
	default: return &brief;
	}
}

/* What clients see of it; the name of a bot cannot be empty. */
static int show_text_setting(struct bot_call *c, const char *name, const char *value)
{
	struct sim_user *u = c->bot->account->user;
	struct tobs_view text = sim_keep(c->world, tobs_str(value));
	struct tl_botInfo *info;

	if (strcmp(name, "name") == 0 && text.len) {
		u->tl->first_name = text;
	} else if (strcmp(name, "short_description") == 0) {
		u->about = text;
	} else if (strcmp(name, "description") == 0) {
		info = bot_info_copy(c);
		if (!info)
			return bot_no_memory(c);
		info->has_description = text.len > 0;
		info->description = text;
		u->bot_info = info;
	}
	return TOBS_OK;
}

/* The one for all languages. */
static struct tobs_view shown(const struct bot_call *c, const char *name)
{
	const struct sim_user *u = c->bot->account->user;
	const struct tl_botInfo *info = u->bot_info;

	if (strcmp(name, "name") == 0)
		return u->tl->first_name;
	if (strcmp(name, "short_description") == 0)
		return u->about;
	return info ? info->description : (struct tobs_view){ NULL, 0 };
}

static int run_set_text(struct bot_call *c)
{
	const struct text_setting *t = text_of(c->method);
	const char *value = bot_arg_str(c, t->name), *language;
	char key[KEY_BYTES];
	int r = read_language(c, &language);

	if (!r && value && utf16_len(tobs_str(value)) > t->most)
		r = bot_fail(c, 400, "bot %s is too long", t->name);
	if (r)
		return r;
	snprintf(key, sizeof key, "%s|%s", t->name, language);
	r = *language ? keep(c, key, tobs_str(value))
		      : show_text_setting(c, t->name, value ? value : "");
	return r ? r : bot_true(c);
}

/* That of the language, or the one for all. */
static int run_get_text(struct bot_call *c)
{
	const struct text_setting *t = text_of(c->method);
	const char *value = NULL, *language;
	char key[KEY_BYTES];
	struct json_writer w;
	int r = read_language(c, &language);

	if (r)
		return r;
	snprintf(key, sizeof key, "%s|%s", t->name, language);
	if (*language)
		value = kept(c, key);
	json_writer_init(&w, &c->out, 0);
	jsonw_object(&w);
	jsonw_key(&w, t->name);
	jsonw_str_v(&w, value ? tobs_str(value) : shown(c, t->name));
	jsonw_end(&w);
	return tobs_buf_err(&c->out) ? bot_no_memory(c) : TOBS_OK;
}

/* ---- menu, rights ---- */

static int menu_key(struct bot_call *c, char key[KEY_BYTES])
{
	int64_t chat = bot_arg_int(c, "chat_id");

	snprintf(key, KEY_BYTES, "menu|%lld", (long long)chat);
	if (chat < 0)
		return bot_fail(c, 400, "chat not found");
	return chat ? bot_find_chat(c, chat, NULL, &chat) : TOBS_OK;
}

static int run_set_menu(struct bot_call *c)
{
	char key[KEY_BYTES];
	int r = menu_key(c, key);

	if (!r)
		r = keep_json(c, key, "menu_button");
	return r ? r : bot_true(c);
}

static int run_get_menu(struct bot_call *c)
{
	char key[KEY_BYTES];
	const char *have;
	int r = menu_key(c, key);

	if (r)
		return r;
	have = kept(c, key);
	if (!have)
		have = kept(c, "menu|0");
	return answer(c, have ? have : "{\"type\":\"commands\"}");
}

static const char *rights_key(const struct bot_call *c)
{
	return bot_arg_bool(c, "for_channels") ? "rights|channels" : "rights|groups";
}

static int run_set_rights(struct bot_call *c)
{
	int r = keep_json(c, rights_key(c), "rights");

	return r ? r : bot_true(c);
}

static int run_get_rights(struct bot_call *c)
{
	const char *have = kept(c, rights_key(c));

	return have ? answer(c, have) : bot_plain(c);
}

const struct bot_row bot_rows_setting[] = {
	{ TOBS_METHOD_SET_MY_COMMANDS, run_set_commands },
	{ TOBS_METHOD_GET_MY_COMMANDS, run_get_commands },
	{ TOBS_METHOD_DELETE_MY_COMMANDS, run_delete_commands },
	{ TOBS_METHOD_SET_MY_NAME, run_set_text },
	{ TOBS_METHOD_GET_MY_NAME, run_get_text },
	{ TOBS_METHOD_SET_MY_DESCRIPTION, run_set_text },
	{ TOBS_METHOD_GET_MY_DESCRIPTION, run_get_text },
	{ TOBS_METHOD_SET_MY_SHORT_DESCRIPTION, run_set_text },
	{ TOBS_METHOD_GET_MY_SHORT_DESCRIPTION, run_get_text },
	{ TOBS_METHOD_SET_CHAT_MENU_BUTTON, run_set_menu },
	{ TOBS_METHOD_GET_CHAT_MENU_BUTTON, run_get_menu },
	{ TOBS_METHOD_SET_MY_DEFAULT_ADMINISTRATOR_RIGHTS, run_set_rights },
	{ TOBS_METHOD_GET_MY_DEFAULT_ADMINISTRATOR_RIGHTS, run_get_rights },
	{ 0, NULL },
};
