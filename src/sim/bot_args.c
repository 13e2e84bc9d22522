/* SPDX-License-Identifier: MIT */
/*
 * Arguments of a call, however they came, as one JSON object.
 *
 * The server knows only named strings: what is a number, a list or an object is
 * written out as text in a form, and may be in JSON as well. So a body of JSON
 * whose members have their types is taken as it is, and everything else is
 * written anew, member by member, as the schema wants it.
 */
#include <stdlib.h>

#include "base/json_path.h"
#include "base/json_write.h"
#include "botapi/decode.h"
#include "botapi/tables.h"
#include "sim/bot_call.h"
#include "sim/bot_form.h"

static const struct botapi_field *field_of(const struct botapi_type *t, struct tobs_view name)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		if (f->name_len == name.len &&
			memcmp(botapi_name(f->name), name.ptr, name.len) == 0)
			return f;
	}
	return NULL;
}

/* One of the words of the enumeration, letter for letter. */
static bool is_word(const struct botapi_field *f, struct json_value v)
{
	const struct botapi_enum *e = &botapi_enums[f->type];
	struct tobs_view s;

	for (unsigned i = 0; !json_get_str(v, &s) && i < e->count; i++)
		if (tobs_view_is(s, botapi_name(botapi_values[e->first + i])))
			return true;
	return false;
}

/*
 * Options of a poll may be plain texts, which is all they were before Bot API 7.3
 * (telegram-bot-api/Client.cpp, get_poll_options); telegraf still sends them so.
 */
static bool are_older_options(const struct botapi_field *f, struct json_value v)
{
	if (f->kind != BOTAPI_ARRAY || f->type != TOBS_TYPE_INPUT_POLL_OPTION || !json_is_array(v))
		return false;
	JSON_EACH (it, v)
		if (json_is_string(it.value))
			return true;
	return false;
}

static void put_value(struct json_writer *w, const struct botapi_field *f, struct json_value v)
{
	if (!are_older_options(f, v)) {
		jsonw_value(w, v);
		return;
	}
	jsonw_array(w);
	JSON_EACH (it, v) {
		if (!json_is_string(it.value)) {
			jsonw_value(w, it.value);
			continue;
		}
		jsonw_object(w);
		jsonw_key(w, "text");
		jsonw_value(w, it.value);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Whether the value can be decoded as it stands. */
static bool fits(const struct botapi_field *f, struct json_value v)
{
	enum json_type type = json_type(v);

	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT: return type == JSON_INT;
	case BOTAPI_FLOAT: return type == JSON_INT || type == JSON_DOUBLE;
	case BOTAPI_BOOL:
	case BOTAPI_TRUE: return type == JSON_BOOL;
	case BOTAPI_STRING:
	case BOTAPI_FILE: return type == JSON_STRING;
	case BOTAPI_CHAT_ID: return type == JSON_INT;
	case BOTAPI_OBJECT:
		return type == JSON_OBJECT || (botapi_types[f->type].plain && type != JSON_STRING);
	case BOTAPI_ARRAY: return type == JSON_ARRAY && !are_older_options(f, v);
	case BOTAPI_CHOICE: return type == JSON_OBJECT;
	case BOTAPI_ENUM: return is_word(f, v);
	default: return false;
	}
}

static bool all_fit(const struct botapi_type *t, struct json_value root)
{
	JSON_EACH (it, root) {
		const struct botapi_field *f = botapi_find(t, it.key.ptr, it.key.len);

		if (f && !fits(f, it.value))
			return false;
	}
	return true;
}

/* ---- written anew ---- */

static int wrong_type(struct bot_call *c, const struct botapi_field *f, const char *type)
{
	return bot_fail(c, 400, "field \"%s\" must be of type %s", botapi_name(f->name), type);
}

static bool is_yes(struct tobs_view s)
{
	return tobs_view_eq_nocase(s, tobs_str("true")) ||
		tobs_view_eq_nocase(s, tobs_str("yes")) || tobs_view_is(s, "1");
}

/* The words of the enumeration in any case; *ret the right one. */
static const char *word_of(const struct botapi_field *f, struct tobs_view s)
{
	const struct botapi_enum *e = &botapi_enums[f->type];

	for (unsigned i = 0; i < e->count; i++)
		if (tobs_view_eq_nocase(s, tobs_str(botapi_name(botapi_values[e->first + i]))))
			return botapi_name(botapi_values[e->first + i]);
	return NULL;
}

static int put_word(
	struct bot_call *c, struct json_writer *w, const struct botapi_field *f, struct tobs_view s)
{
	const char *word = word_of(f, s);

	if (!word && tobs_view_is(tobs_str(botapi_name(f->name)), "parse_mode"))
		return bot_fail(c, 400, "unsupported parse_mode");
	if (!word)
		return bot_fail(c, 400, "wrong parameter %s in request", botapi_name(f->name));
	jsonw_str(w, word);
	return TOBS_OK;
}

static int put_number(
	struct bot_call *c, struct json_writer *w, const struct botapi_field *f, struct tobs_view s)
{
	char text[64], *end;
	int64_t n;

	s = tobs_view_trim(s);
	if (f->kind != BOTAPI_FLOAT) {
		if (tobs_view_int(s, INT64_MIN, INT64_MAX, &n))
			return wrong_type(c, f, "Number");
		jsonw_i64(w, n);
		return TOBS_OK;
	}
	if (!s.len || s.len >= sizeof text)
		return wrong_type(c, f, "Number");
	memcpy(text, s.ptr, s.len);
	text[s.len] = 0;
	jsonw_double(w, strtod(text, &end));
	return *end ? wrong_type(c, f, "Number") : TOBS_OK;
}

/* JSON inside a string. */
static int put_inner(
	struct bot_call *c, struct json_writer *w, const struct botapi_field *f, struct tobs_view s)
{
	bool plain = f->kind == BOTAPI_OBJECT && botapi_types[f->type].plain;
	int r = json_parse(&c->inner_parser, &c->inner_doc, s, NULL);
	struct json_value root = json_root(&c->inner_doc);

	if (r == TOBS_ENOMEM)
		return bot_no_memory(c);
	if (r && plain) {
		jsonw_str_v(w, s);
		return TOBS_OK;
	}
	if (r)
		return bot_fail(c, 400, "can't parse %s JSON object", bot_words(c, f));
	if (f->kind == BOTAPI_CHOICE && !json_is_object(root))
		return bot_fail(c, 400, "object expected as reply markup");
	put_value(w, f, root);
	return TOBS_OK;
}

static int put_text(
	struct bot_call *c, struct json_writer *w, const struct botapi_field *f, struct tobs_view s)
{
	int64_t n;

	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT:
	case BOTAPI_FLOAT: return put_number(c, w, f, s);
	case BOTAPI_BOOL:
	case BOTAPI_TRUE: jsonw_bool(w, is_yes(s)); return TOBS_OK;
	case BOTAPI_ENUM: return put_word(c, w, f, s);
	case BOTAPI_CHAT_ID:
		if (!tobs_view_int(tobs_view_trim(s), INT64_MIN, INT64_MAX, &n))
			jsonw_i64(w, n);
		else
			jsonw_str_v(w, s);
		return TOBS_OK;
	case BOTAPI_STRING:
	case BOTAPI_FILE: jsonw_str_v(w, s); return TOBS_OK;
	default: return put_inner(c, w, f, s);
	}
}

/* Whether an empty text says that there is nothing. */
static bool says_nothing(const struct botapi_field *f, struct tobs_view s)
{
	return s.len == 0 && f->kind != BOTAPI_STRING;
}

/* The text of a value that is not a string, as it would stand in a form. */
static int put_other(struct bot_call *c, struct json_writer *w, const struct botapi_field *f,
	struct json_value v)
{
	struct json_writer text;

	if (fits(f, v) || json_is_object(v) || json_is_array(v)) {
		if (f->kind == BOTAPI_CHOICE && !json_is_object(v))
			return bot_fail(c, 400, "object expected as reply markup");
		put_value(w, f, v);
		return TOBS_OK;
	}
	tobs_buf_clear(&c->scratch);
	json_writer_init(&text, &c->scratch, 0);
	jsonw_value(&text, v);
	return put_text(c, w, f, tobs_buf_view(&c->scratch));
}

static int rewrite(struct bot_call *c, const struct botapi_type *t, struct json_value root,
	const struct bot_form *form)
{
	struct json_writer w;
	struct tobs_view s;
	int r = TOBS_OK;

	tobs_buf_clear(&c->text);
	json_writer_init(&w, &c->text, 0);
	jsonw_object(&w);
	JSON_EACH (it, root) {
		const struct botapi_field *f = botapi_find(t, it.key.ptr, it.key.len);

		if (r || !f || json_is_null(it.value))
			continue;
		if (!json_get_str(it.value, &s) && says_nothing(f, s))
			continue;
		jsonw_key_v(&w, it.key);
		r = json_is_string(it.value) ? put_text(c, &w, f, s)
					     : put_other(c, &w, f, it.value);
	}
	for (size_t i = 0; form && i < form->pairs.count && !r; i++) {
		const struct bot_pair *p = &form->pairs.items[i];
		const struct botapi_field *f = field_of(t, p->name);

		if (!f || says_nothing(f, p->value))
			continue;
		jsonw_key_v(&w, p->name);
		r = put_text(c, &w, f, p->value);
	}
	if (r)
		return r;
	jsonw_end(&w);
	if (tobs_buf_err(&c->text))
		return bot_no_memory(c);
	r = json_parse_buf(&c->parser, &c->doc, &c->text, NULL);
	return r ? bot_fail(c, 400, "can't parse parameters") : TOBS_OK;
}

static int read_json(struct bot_call *c, struct tobs_view body)
{
	int r = json_parse(&c->parser, &c->doc, body, NULL);

	if (r == TOBS_ENOMEM)
		return bot_no_memory(c);
	if (r)
		return bot_fail(c, 400, "can't parse JSON object");
	if (!json_is_object(json_root(&c->doc)))
		return bot_fail(c, 400, "expected an Object");
	return TOBS_OK;
}

static int read_form(struct bot_call *c, const struct botapi_type *t, struct tobs_view query,
	struct tobs_view type, struct tobs_view body, bool json)
{
	struct bot_form form = { .arena = &c->arena };
	struct json_doc doc = { 0 };
	int r = bot_form_urlencoded(&form, query);

	if (!r && !json)
		r = bot_form_body(&form, type, body);
	if (r == TOBS_EMALFORMED)
		r = bot_fail(c, 400, "can't parse the request");
	else if (r)
		r = bot_no_memory(c);
	ARRAY_EACH (u, &form.files)
		if (!r && ARRAY_PUSH(&c->uploads, *u))
			r = bot_no_memory(c);
	if (!r && json)
		r = read_json(c, body);
	if (!r && json) {
		/* The document is read while another is written in its place. */
		doc = c->doc;
		c->doc = (struct json_doc){ 0 };
	}
	if (!r)
		r = rewrite(c, t, json_root(&doc), &form);
	json_doc_deinit(&doc);
	bot_form_deinit(&form);
	return r;
}

static int decode(struct bot_call *c)
{
	struct tobs_err err;
	const char *why;
	int r;

	c->json = json_root(&c->doc);
	r = bot_check_args(c);
	if (r)
		return r;
	r = botapi_decode_args(c->method, c->json, &c->arena, &c->args, &err);
	if (r == TOBS_ENOMEM)
		return bot_no_memory(c);
	if (!r)
		return TOBS_OK;
	/* "sendMessage: text: …" */
	why = strchr(err.message, ' ');
	return bot_fail(c, 400, "can't parse parameters: %s", why ? why + 1 : err.message);
}

int bot_args_read(
	struct bot_call *c, struct tobs_view query, struct tobs_view type, struct tobs_view body)
{
	const struct botapi_type *t = &botapi_types[c->method];
	bool json = body.len && tobs_view_starts(type, "application/json");
	int r;

	if (!json || query.len) {
		r = read_form(c, t, query, type, body, json);
		return r ? r : decode(c);
	}
	r = read_json(c, body);
	if (!r && !all_fit(t, json_root(&c->doc)))
		r = read_form(c, t, query, type, body, true);
	return r ? r : decode(c);
}
