/* SPDX-License-Identifier: MIT */
#include "sim/bot_call.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/json_write.h"
#include "base/log.h"
#include "botapi/decode.h"

enum { TEXT_MAX = 2 * BOT_BODY_MAX, OUT_MAX = 64 << 20 };

/* What every answer of success begins with. */
static const char head[] = "{\"ok\":true,\"result\":";

/* ---- contexts ---- */

static void init(struct bot_call *c)
{
	tobs_arena_init(&c->arena, BOT_ARENA_MAX);
	tobs_buf_init(&c->out, OUT_MAX);
	tobs_buf_init(&c->text, TEXT_MAX);
	tobs_buf_init(&c->scratch, TEXT_MAX);
	json_parser_init(&c->parser, TEXT_MAX, BOTAPI_JSON_DEPTH);
	json_parser_init(&c->inner_parser, TEXT_MAX, BOTAPI_JSON_DEPTH);
}

struct bot_call *bot_call_new(void)
{
	struct bot_call *c = MEM_NEW(struct bot_call);

	if (c)
		init(c);
	return c;
}

void bot_call_free(struct bot_call *c)
{
	if (!c)
		return;
	ARRAY_DEINIT(&c->uploads);
	tobs_arena_deinit(&c->arena);
	tobs_buf_deinit(&c->out);
	tobs_buf_deinit(&c->text);
	tobs_buf_deinit(&c->scratch);
	json_doc_deinit(&c->doc);
	json_doc_deinit(&c->inner_doc);
	json_parser_deinit(&c->parser);
	json_parser_deinit(&c->inner_parser);
	mem_free(c);
}

void bot_call_begin(struct bot_call *c, struct sim_bots *s, struct sim_bot *bot)
{
	c->server = s;
	c->bot = bot;
	c->world = bot->account->world;
	c->req = NULL;
	c->args = NULL;
	c->note = NULL;
	c->status = 0;
	c->retry_after = c->migrate_to = 0;
	c->uploads.count = 0;
	tobs_arena_reset(&c->arena);
	tobs_buf_clear(&c->out);
	tobs_buf_puts(&c->out, head);
}

/* ---- results ---- */

static int done(struct bot_call *c)
{
	return tobs_buf_err(&c->out) ? bot_no_memory(c) : TOBS_OK;
}

int bot_true(struct bot_call *c)
{
	tobs_buf_puts(&c->out, "true");
	return done(c);
}

int bot_result(struct bot_call *c, enum tobs_botapi_type type, const void *object)
{
	return !object || tobs_botapi_print(&c->out, type, object) ? bot_no_memory(c) : TOBS_OK;
}

int bot_result_int(struct bot_call *c, int64_t n)
{
	tobs_buf_put_i64(&c->out, n);
	return done(c);
}

int bot_result_str(struct bot_call *c, const char *s)
{
	struct json_writer w;

	json_writer_init(&w, &c->out, 0);
	jsonw_str(&w, s);
	return done(c);
}

/* ---- failures ---- */

static const char *prefix_of(int status)
{
	switch (status) {
	case 400: return "Bad Request: ";
	case 403: return "Forbidden: ";
	case 404: return "Not Found: ";
	case 409: return "Conflict: ";
	case 429: return "Too Many Requests: ";
	case 500: return "Internal Server Error: ";
	default: return "";
	}
}

int bot_fail(struct bot_call *c, int status, const char *fmt, ...)
{
	int n = snprintf(c->description, sizeof c->description, "%s", prefix_of(status));
	va_list ap;

	c->status = status;
	va_start(ap, fmt);
	vsnprintf(c->description + n, sizeof c->description - (size_t)n, fmt, ap);
	va_end(ap);
	return TOBS_ERPC;
}

int bot_no_memory(struct bot_call *c)
{
	return bot_fail(c, 500, "out of memory");
}

/* ---- carrying out ---- */

int bot_call_run(struct bot_call *c)
{
	const struct sim_bots_watch *watch = bot_watch_of(c->server);
	bool refused = watch->before && watch->before(c, watch->user);
	int r = refused ? TOBS_ERPC : bot_handler_of(c->method)(c);

	if (r && !c->status) {
		/* Its fiber was cancelled, or waited too long. */
		if (r != TOBS_ECANCELED && r != TOBS_ETIMEDOUT)
			log_warn("sim", "%s: %s", tobs_method_name(c->method), tobs_error_text(r));
		bot_fail(c, 500, "restart");
	}
	if (watch->after)
		watch->after(c, watch->user);
	return c->status ? TOBS_ERPC : TOBS_OK;
}
