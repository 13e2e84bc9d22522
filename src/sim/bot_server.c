/* SPDX-License-Identifier: MIT */
/* The server as a whole: its bots, its methods, its life. */
#include "sim/bot_server.h"

#include <stdio.h>

#include "base/attr.h"
#include "sim/bot_pay.h"

enum {
	CONFLICT_MS = 3000, /* S */
	IDLE_CALLS = 64,
	UPDATE_ID_MAX = 900000000,
	NAME_BYTES = 64,
};

/* ---- methods ---- */

static const struct bot_row *const tables[] = {
	bot_rows_updates,
	bot_rows_webhook,
	bot_rows_send,
	bot_rows_file,
	bot_rows_download,
	bot_rows_things,
	bot_rows_copy,
	bot_rows_edit,
	bot_rows_act,
	bot_rows_answer,
	bot_rows_chat,
	bot_rows_member,
	bot_rows_invite,
	bot_rows_topic,
	bot_rows_setting,
	bot_rows_pay,
	bot_rows_game,
	bot_rows_me,
};

/* Filled at the first start; by number of the method. */
static bot_handler handlers[TOBS_METHOD_END - TOBS_TYPE_COUNT];

void bot_handlers_fill(void)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct bot_row *row = tables[t]; row->run; row++)
			handlers[row->method - TOBS_TYPE_COUNT] = row->run;
}

bot_handler bot_handler_of(enum tobs_method method)
{
	bot_handler run = handlers[(int)method - (int)TOBS_TYPE_COUNT];

	return run ? run : bot_plain;
}

static size_t lower(struct tobs_view name, char out[NAME_BYTES])
{
	size_t n = MIN(name.len, (size_t)NAME_BYTES);

	for (size_t i = 0; i < n; i++) {
		char c = (char)name.ptr[i];

		out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return n;
}

/* What methods were called before, in small letters; the server still takes it (S: Client::init_methods). */
static const struct {
	const char *name;
	enum tobs_method method;
} former[] = {
	{ "getchatmemberscount", TOBS_METHOD_GET_CHAT_MEMBER_COUNT },
	{ "kickchatmember", TOBS_METHOD_BAN_CHAT_MEMBER },
	{ "setstickersetthumb", TOBS_METHOD_SET_STICKER_SET_THUMBNAIL },
};

/* A value of a map is never NULL: the place of the method's number in here. */
static int name_method(struct sim_bots *s, struct tobs_view name, enum tobs_method m)
{
	static const char places[TOBS_METHOD_END];
	union {
		const char *in;
		void *out;
	} at = { &places[m] };

	s->places = places;
	return smap_put(&s->methods, name, at.out);
}

static int name_methods(struct sim_bots *s)
{
	char name[NAME_BYTES];
	int r = TOBS_OK;

	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END && !r; m++) {
		size_t n = lower(tobs_str(tobs_method_name((enum tobs_method)m)), name);

		r = name_method(s, tobs_view(name, n), (enum tobs_method)m);
	}
	for (size_t i = 0; i < ARRAY_LEN(former) && !r; i++)
		r = name_method(s, tobs_str(former[i].name), former[i].method);
	return r;
}

enum tobs_method bot_method(const struct sim_bots *s, struct tobs_view name)
{
	char text[NAME_BYTES];
	const char *at;

	if (name.len > NAME_BYTES)
		return TOBS_METHOD_END;
	at = smap_get(&s->methods, tobs_view(text, lower(name, text)));
	return at ? (enum tobs_method)(at - s->places) : TOBS_METHOD_END;
}

/* ---- bots ---- */

/* All kinds but the three that a bot has to ask for (setWebhook, getUpdates: allowed_updates). */
static uint32_t usual_updates(void)
{
	return ~(UINT32_C(1) << TOBS_UPDATE_CHAT_MEMBER |
		UINT32_C(1) << TOBS_UPDATE_MESSAGE_REACTION |
		UINT32_C(1) << TOBS_UPDATE_MESSAGE_REACTION_COUNT);
}

static struct sim_bot *add_bot(struct sim_bots *s, struct sim_account *a)
{
	struct sim_bot *b = MEM_NEW(struct sim_bot);

	if (!b)
		return NULL;
	b->server = s;
	b->account = a;
	b->allowed = b->usual = usual_updates();
	bot_queue_init(&b->queue, 1 + sim_hash(s->world, "update", a->user->peer) % UPDATE_ID_MAX);
	if (ARRAY_RESERVE(&s->list, 1) || map_put(&s->bots, (uint64_t)a->user->peer, b)) {
		mem_free(b);
		return NULL;
	}
	s->list.items[s->list.count++] = b;
	return b;
}

static void free_bot(struct sim_bot *b)
{
	SMAP_EACH(slot, &b->settings)
	mem_free(slot->value);
	smap_deinit(&b->settings);
	ARRAY_DEINIT(&b->links);
	ARRAY_DEINIT(&b->invoices);
	ARRAY_DEINIT(&b->charges);
	bot_queue_deinit(&b->queue);
	mem_free(b);
}

struct sim_bot *bot_of(struct sim_bots *s, const struct sim_account *a)
{
	return map_get(&s->bots, (uint64_t)a->user->peer);
}

/* Accounts that came since the last look. */
int bot_sync(struct sim_bots *s)
{
	for (; s->accounts_seen < s->world->accounts.count; s->accounts_seen++) {
		struct sim_account *a = s->world->accounts.items[s->accounts_seen];

		if (a->user->tl->bot && a->token.len && !add_bot(s, a))
			return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

struct sim_bot *bot_by_token(struct sim_bots *s, struct tobs_view token)
{
	size_t colon = tobs_view_find(token, 0, tobs_str(":"));
	struct sim_bot *b;
	int64_t id;

	if (bot_sync(s) || tobs_view_int(tobs_view_sub(token, 0, colon), 1, INT64_MAX, &id))
		return NULL;
	b = map_get(&s->bots, (uint64_t)id);
	if (b && tobs_view_eq(b->account->token, token))
		return b;
	/* A world may give a bot a token that does not begin with its id. */
	ARRAY_EACH (other, &s->list)
		if (tobs_view_eq((*other)->account->token, token))
			return *other;
	return NULL;
}

/* ---- contexts of calls ---- */

struct bot_call *bot_call_open(struct sim_bots *s, struct sim_bot *bot)
{
	struct bot_call *c = s->idle.count ? s->idle.items[--s->idle.count] : bot_call_new();

	if (c)
		bot_call_begin(c, s, bot);
	return c;
}

void bot_call_close(struct bot_call *c)
{
	struct sim_bots *s = c->server;

	/* Uploads leave nothing behind: they lie in the request. */
	if (s->idle.count >= IDLE_CALLS || ARRAY_PUSH(&s->idle, c))
		bot_call_free(c);
}

/* ---- its life ---- */

int64_t bot_conflict_ms(const struct sim_bots *s)
{
	return s->options.conflict_ms ? s->options.conflict_ms : CONFLICT_MS;
}

bool bot_stopping(const struct sim_bots *s)
{
	return s->stopping;
}

int sim_bots_start(
	struct sim_bots **ret, const struct sim_bots_options *options, struct tobs_err *err)
{
	struct sim_bots *s = MEM_NEW(struct sim_bots);
	struct http_server_options http = {
		.host = options->host,
		.port = options->port,
		.max_body = BOT_BODY_MAX,
		.handle = bot_http,
		.user = s,
		.name = "bot api call",
	};
	int r;

	if (!s)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a server");
	s->options = *options;
	s->world = options->world;
	tobs_group_init(&s->hooks, 0);
	tobs_arena_init(&s->arena, BOT_ARENA_MAX);
	bot_handlers_fill();
	r = name_methods(s);
	if (!r)
		r = bot_sync(s);
	if (!r)
		r = sim_listen(s->world, bot_event, s);
	if (r)
		tobs_fail(err, r, "no memory for a server");
	else
		r = http_server_start(&http, &s->http, err);
	if (r) {
		sim_bots_stop(s);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}

void sim_bots_stop(struct sim_bots *s)
{
	struct tobs_shield shield;

	if (!s)
		return;
	s->stopping = true;
	sim_unlisten(s->world, bot_event, s);
	ARRAY_EACH (b, &s->list)
		tobs_cond_broadcast(&(*b)->queue.changed);
	tobs_shield_begin(&shield);
	tobs_group_cancel(&s->hooks);
	(void)tobs_group_wait(&s->hooks);
	if (s->http)
		http_server_stop(s->http, 0);
	tobs_shield_end(&shield);
	ARRAY_EACH (b, &s->list)
		free_bot(*b);
	ARRAY_EACH (c, &s->idle)
		bot_call_free(*c);
	ARRAY_DEINIT(&s->list);
	ARRAY_DEINIT(&s->idle);
	map_deinit(&s->bots);
	smap_deinit(&s->methods);
	tobs_arena_deinit(&s->arena);
	mem_free(s);
}

const struct sim_bots_watch *bot_watch_of(const struct sim_bots *s)
{
	static const struct sim_bots_watch nobody;

	return s->options.watch ? s->options.watch : &nobody;
}

size_t sim_bots_requests(const struct sim_bots *s)
{
	return s->requests;
}

uint16_t sim_bots_port(const struct sim_bots *s)
{
	return addr_port(http_server_addr(s->http));
}
