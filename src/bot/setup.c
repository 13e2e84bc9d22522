/* SPDX-License-Identifier: MIT */
/* A bot that is being put together. */
#include <stdlib.h>
#include <tobs/log.h>

#include "base/alloc.h"
#include "bot/bot.h"
#include "bot/data.h"
#include "bot/testing.h"
#include "bot/token.h"
#include "botapi/tables.h"

enum { STRINGS_MAX = 1 << 20 };

int bot_misuse(struct tobs_bot *bot, int code, const char *fmt, ...)
{
	va_list ap;

	if (bot && !bot->wrong.code) {
		va_start(ap, fmt);
		tobs_vfail(&bot->wrong, code, fmt, ap);
		va_end(ap);
	}
	return code;
}

static void keep(struct tobs_bot *bot, const char **s)
{
	if (!*s)
		return;
	*s = tobs_arena_strdup(&bot->strings, *s);
	if (!*s)
		bot_misuse(bot, TOBS_ENOMEM, "no memory for the bot's options");
}

/* What is empty was not given. */
static const char *given(const char *s)
{
	return s && *s ? s : NULL;
}

static void keep_strings(struct tobs_bot *bot)
{
	struct tobs_bot_options *o = &bot->opt;
	struct tobs_webhook *w = &bot->webhook;

	keep(bot, &o->token_env);
	keep(bot, &o->api_root);
	keep(bot, &o->proxy);
	keep(bot, &o->ca_file);
	keep(bot, &o->store);
	if (!o->webhook)
		return;
	*w = *o->webhook;
	o->webhook = w;
	keep(bot, &w->url);
	keep(bot, &w->host);
	keep(bot, &w->secret);
	keep(bot, &w->tls_cert_file);
	keep(bot, &w->tls_key_file);
	keep(bot, &w->allow);
}

static void keep_token(struct tobs_bot *bot)
{
	const char *token = bot->opt.token;

	bot->opt.token = NULL;
	if (!token && bot->opt.token_env) {
		token = getenv(bot->opt.token_env);
		if (!token || !*token) {
			bot_misuse(bot, TOBS_EINVAL,
				"the environment variable %s, which is to hold the bot's token, is not set",
				bot->opt.token_env);
			return;
		}
	}
	if (!token)
		bot_misuse(bot, TOBS_EINVAL, "a bot needs a token: .token or .token_env");
	else if (secret_set(&bot->token, tobs_view_trim(tobs_str(token))) ||
		tobs_log_secret(secret_view(&bot->token)))
		bot_misuse(bot, TOBS_ENOMEM, "no memory for the bot's options");
}

static void fill_in(struct tobs_bot_options *o)
{
	o->handlers = o->handlers ? o->handlers : BOT_HANDLERS;
	o->queue = o->queue ? o->queue : BOT_QUEUE;
	o->slow_ms = o->slow_ms ? o->slow_ms : BOT_SLOW_MS;
	o->stop_ms = o->stop_ms ? o->stop_ms : BOT_STOP_MS;
	o->poll_s = o->poll_s ? o->poll_s : BOT_POLL_S;
	o->retries = o->retries < 0 ? 0 : o->retries ? o->retries : BOT_RETRIES;
	if (o->source == TOBS_SOURCE_DEFAULT)
		o->source = o->webhook ? TOBS_SOURCE_WEBHOOK : TOBS_SOURCE_POLLING;
}

static void check(struct tobs_bot *bot)
{
	const struct tobs_bot_options *o = &bot->opt;

	if (o->poll_s < 1 || o->poll_s > 50)
		bot_misuse(bot, TOBS_EINVAL, ".poll_s: %lld, allowed are 1 to 50",
			(long long)o->poll_s);
	if (o->source != TOBS_SOURCE_POLLING && (!o->webhook || !o->webhook->url))
		bot_misuse(bot, TOBS_EINVAL, "a webhook needs .webhook with its .url");
}

struct tobs_bot *tobs_bot_new(const struct tobs_bot_options *opt)
{
	static const struct tobs_bot_options defaults;
	struct tobs_bot *bot = MEM_NEW(struct tobs_bot);

	if (!bot)
		return NULL;
	bot->opt = opt ? *opt : defaults;
	bot_under_test(bot);
	tobs_arena_init(&bot->strings, STRINGS_MAX);
	router_init(&bot->router);
	ledger_init(&bot->ledger);
	tobs_event_init(&bot->stop);
	list_init(&bot->handling);
	if (!bot->opt.api_root && !bot->opt.token && bot->opt.token_env)
		bot->opt.api_root = given(getenv("BOT_API_ROOT"));
	keep_strings(bot);
	keep_token(bot);
	fill_in(&bot->opt);
	check(bot);
	order_init(&bot->order, bot->opt.queue, bot->opt.handlers);
	throttle_init(&bot->throttle, bot->opt.pace);
	breaker_init(&bot->breaker, &breaker_server);
	/* What fails tobs_bot_run() says. */
	(void)data_attach(bot);
	(void)token_attach(bot);
	return bot;
}

void tobs_bot_free(struct tobs_bot *bot)
{
	if (!bot)
		return;
	bot_close(bot);
	bot_tested(bot);
	ARRAY_EACH (slot, &bot->parts)
		if (slot->part->free)
			slot->part->free(slot->user);
	ARRAY_DEINIT(&bot->parts);
	ARRAY_DEINIT(&bot->middleware);
	ARRAY_DEINIT(&bot->call_steps);
	ARRAY_DEINIT(&bot->hooks);
	router_deinit(&bot->router);
	order_deinit(&bot->order);
	throttle_deinit(&bot->throttle);
	ledger_deinit(&bot->ledger);
	batch_pool_deinit(&bot->batches);
	while (bot->scopes) {
		struct bot_scope *s = bot->scopes;

		bot->scopes = s->next;
		tobs_arena_deinit(&s->scope.arena);
		mem_free(s);
	}
	tobs_arena_deinit(&bot->strings);
	secret_deinit(&bot->token);
	mem_free(bot);
}

/* ---- What is added to it ----------------------------------------------------- */

int tobs_on_group(
	struct tobs_bot *bot, int group, struct tobs_filter *filter, tobs_handler fn, void *user)
{
	int r;

	if (!bot) {
		tobs_filter_free(filter);
		return TOBS_EINVAL;
	}
	r = router_add(&bot->router, group, filter, fn, user);
	if (r)
		bot_misuse(bot, r, "handler %zu: %s", bot->router.all.count + 1,
			r == TOBS_ENOMEM ? "no memory"
				: filter ? "it has no function"
					 : "its filter is none: a part of it could not be made");
	return r;
}

int tobs_on(struct tobs_bot *bot, struct tobs_filter *filter, tobs_handler fn, void *user)
{
	return tobs_on_group(bot, 0, filter, fn, user);
}

int tobs_on_command(struct tobs_bot *bot, const char *names, tobs_handler fn, void *user)
{
	struct tobs_filter *f = tobs_f_command_is(names);

	if (!f)
		bot_misuse(bot, TOBS_EINVAL, "\"%s\" is no command", names ? names : "");
	return tobs_on(bot, f, fn, user);
}

int tobs_on_text(struct tobs_bot *bot, tobs_handler fn, void *user)
{
	return tobs_on(bot, tobs_f_and(tobs_f_text(), tobs_f_not(tobs_f_command())), fn, user);
}

int tobs_on_callback(struct tobs_bot *bot, const char *prefix, tobs_handler fn, void *user)
{
	return tobs_on(bot, tobs_f_callback(prefix), fn, user);
}

int tobs_on_kind(struct tobs_bot *bot, enum tobs_update_kind kind, tobs_handler fn, void *user)
{
	return tobs_on(bot, tobs_f_kind(kind), fn, user);
}

int tobs_on_error(struct tobs_bot *bot, tobs_error_handler fn, void *user)
{
	if (!bot)
		return TOBS_EINVAL;
	bot->on_error = fn;
	bot->on_error_user = user;
	return TOBS_OK;
}

int tobs_use(struct tobs_bot *bot, tobs_handler fn, void *user)
{
	if (!bot || !fn)
		return bot_misuse(bot, TOBS_EINVAL, "middleware without a function");
	if (ARRAY_PUSH(&bot->middleware, (struct bot_step){ fn, user }))
		return bot_misuse(bot, TOBS_ENOMEM, "no memory for middleware");
	return TOBS_OK;
}

int tobs_use_call(struct tobs_bot *bot, tobs_call_handler fn, void *user)
{
	if (!bot || !fn)
		return bot_misuse(bot, TOBS_EINVAL, "middleware without a function");
	if (ARRAY_PUSH(&bot->call_steps, (struct bot_call_step){ fn, user }))
		return bot_misuse(bot, TOBS_ENOMEM, "no memory for middleware");
	return TOBS_OK;
}

int tobs_on_stop(struct tobs_bot *bot, void (*fn)(void *user), void *user)
{
	if (!bot || !fn)
		return bot_misuse(bot, TOBS_EINVAL, "a hook without a function");
	if (ARRAY_PUSH(&bot->hooks, (struct bot_hook){ fn, user }))
		return bot_misuse(bot, TOBS_ENOMEM, "no memory for a hook");
	return TOBS_OK;
}

int bot_add_part(struct tobs_bot *bot, const struct bot_part *part, void *user)
{
	if (bot && !ARRAY_PUSH(&bot->parts, (struct bot_slot){ part, user, false }))
		return TOBS_OK;
	if (part->free)
		part->free(user);
	return bot_misuse(bot, TOBS_ENOMEM, "no memory for %s", part->name);
}

void *bot_find_part(struct tobs_bot *bot, const struct bot_part *part)
{
	if (bot)
		ARRAY_EACH (slot, &bot->parts)
			if (slot->part == part)
				return slot->user;
	return NULL;
}

/* ---- Kinds of updates --------------------------------------------------------- */

#define KIND(name) ((uint32_t)1 << TOBS_UPDATE_##name)

uint32_t bot_kinds(const struct tobs_bot *bot)
{
	uint32_t kinds = bot->router.kinds;

	if (bot->opt.kinds)
		return bot->opt.kinds;
	ARRAY_EACH (slot, &bot->parts)
		kinds |= slot->part->kinds;
	/* One that takes all kinds gets what Telegram sends unasked; three it does not. */
	if (bot->router.any || !kinds)
		return kinds &
				(KIND(CHAT_MEMBER) | KIND(MESSAGE_REACTION) |
					KIND(MESSAGE_REACTION_COUNT))
			? ~(uint32_t)1
			: 0;
	/* That a chat can be written to again, or not any more, we want to know ourselves. */
	return kinds | KIND(MY_CHAT_MEMBER);
}

size_t bot_kind_names(uint32_t kinds, const char **names)
{
	const struct botapi_type *t = &botapi_types[TOBS_TYPE_UPDATE];
	size_t n = 0;

	/* Field 0 is update_id, and field k that of the k-th kind. */
	for (unsigned k = 1; k < t->count && k < 32; k++)
		if (kinds >> k & 1)
			names[n++] = botapi_name(botapi_fields[t->first + k].name);
	return n;
}
