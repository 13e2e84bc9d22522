/* SPDX-License-Identifier: MIT */
/*
 * Methods without a handler: their arguments were checked, and they answer with
 * the smallest result of their type: true, 0, "", [], or an object that has what
 * the schema requires and nothing else.
 */
#include "base/attr.h"
#include "base/json_write.h"
#include "botapi/limit.h"
#include "botapi/tables.h"
#include "sim/bot_send.h"

enum { DEPTH_MAX = 8 };

static void put_least(struct json_writer *w, const struct botapi_type *t, int depth);

static void put_value(struct json_writer *w, const struct botapi_field *f, int depth)
{
	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT:
	case BOTAPI_CHAT_ID: jsonw_i64(w, 0); break;
	case BOTAPI_FLOAT: jsonw_double(w, 0); break;
	case BOTAPI_BOOL: jsonw_bool(w, false); break;
	case BOTAPI_TRUE:
	case BOTAPI_ALWAYS: jsonw_bool(w, true); break;
	case BOTAPI_CONST: jsonw_str(w, botapi_name(f->extra)); break;
	case BOTAPI_ENUM:
		jsonw_str(w, botapi_name(botapi_values[botapi_enums[f->type].first]));
		break;
	case BOTAPI_ARRAY:
		jsonw_array(w);
		jsonw_end(w);
		break;
	case BOTAPI_OBJECT: put_least(w, &botapi_types[f->type], depth + 1); break;
	default: jsonw_str(w, ""); break;
	}
}

static void put_least(struct json_writer *w, const struct botapi_type *t, int depth)
{
	if (t->form == BOTAPI_UNION)
		t = &botapi_types[botapi_variants[t->first].type];
	jsonw_object(w);
	for (unsigned i = 0; i < t->count && depth < DEPTH_MAX; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		if (!f->required && f->kind != BOTAPI_CONST)
			continue;
		jsonw_key(w, botapi_name(f->name));
		put_value(w, f, depth);
	}
	jsonw_end(w);
}

/* How long texts and lists may be, and what range numbers have, by the schema. */
static int check_limits(struct bot_call *c)
{
	const struct botapi_type *t = &botapi_types[c->method];
	struct tobs_err err;

	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		if (!f->limit || json_is_missing(json_field(c->json, botapi_name(f->name))))
			continue;
		if (botapi_limit_check(f, c->args, &err))
			return bot_fail(c, 400, "invalid %s: %s", botapi_name(f->name),
				err.message[0] == ':' ? err.message + 2 : err.message);
	}
	return TOBS_OK;
}

int bot_plain(struct bot_call *c)
{
	const struct botapi_type *m = &botapi_types[c->method];
	struct json_writer w;
	int64_t peer;
	int r = check_limits(c);

	if (r)
		return r;

	/* Whatever it is about has to be there. */
	if (!json_is_missing(json_field(c->json, "chat_id"))) {
		r = bot_find_chat(c, bot_arg_int(c, "chat_id"), bot_arg_str(c, "chat_id"), &peer);
		if (r)
			return r;
	}
	json_writer_init(&w, &c->out, 0);
	switch ((enum botapi_kind)m->result_kind) {
	case BOTAPI_INT: jsonw_i64(&w, 0); break;
	case BOTAPI_STRING: jsonw_str(&w, ""); break;
	case BOTAPI_ARRAY:
		jsonw_array(&w);
		jsonw_end(&w);
		break;
	case BOTAPI_OBJECT: put_least(&w, &botapi_types[m->result_type], 0); break;
	default: jsonw_bool(&w, true); break;
	}
	return tobs_buf_err(&c->out) ? bot_no_memory(c) : TOBS_OK;
}
