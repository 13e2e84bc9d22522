/* SPDX-License-Identifier: MIT */
/*
 * All methods of the schema: what is required is asked for, what has the wrong
 * type is refused, and what is right is answered with a result of its type. And
 * docs/simulator.md says which of them do nothing.
 */
#include <stdlib.h>

#include "base/file.h"
#include "base/json_write.h"
#include "botapi/decode.h"
#include "botapi/tables.h"
#include "sim/bot_call.h"
#include "support/sim_bots.h"

enum { DEPTH_MAX = 6 };

static struct tobs_buf args, path;
static struct json_parser parser;
static struct json_doc doc;

/* ---- arguments of the least that is right ---- */

static void put_object(struct json_writer *w, const struct botapi_type *t, int depth);

static void put_elem(struct json_writer *w, enum botapi_kind elem, uint16_t type, int depth)
{
	switch (elem) {
	case BOTAPI_INT: jsonw_i64(w, 1); break;
	case BOTAPI_STRING: jsonw_str(w, "1"); break;
	case BOTAPI_ARRAY:
		jsonw_array(w);
		put_object(w, &botapi_types[type], depth + 1);
		jsonw_end(w);
		break;
	default: put_object(w, &botapi_types[type], depth + 1); break;
	}
}

static void put_value(struct json_writer *w, const struct botapi_field *f, int depth)
{
	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT:
	case BOTAPI_CHAT_ID: jsonw_i64(w, 1); break;
	case BOTAPI_FLOAT: jsonw_double(w, 1.5); break;
	case BOTAPI_BOOL:
	case BOTAPI_TRUE:
	case BOTAPI_ALWAYS: jsonw_bool(w, true); break;
	case BOTAPI_CONST: jsonw_str(w, botapi_name(f->extra)); break;
	case BOTAPI_ENUM:
		jsonw_str(w, botapi_name(botapi_values[botapi_enums[f->type].first]));
		break;
	case BOTAPI_FILE: jsonw_str(w, "http://e.org/x.jpg"); break;
	case BOTAPI_OBJECT: put_object(w, &botapi_types[f->type], depth + 1); break;
	case BOTAPI_ARRAY: {
		int least = botapi_limits[f->limit].unit == BOTAPI_LIMIT_ITEMS
			? botapi_limits[f->limit].least
			: 1;

		jsonw_array(w);
		for (int i = 0; i < (least ? least : 1) && depth < DEPTH_MAX; i++)
			put_elem(w, (enum botapi_kind)f->elem, f->type, depth);
		jsonw_end(w);
		break;
	}
	default: jsonw_str(w, "1"); break;
	}
}

static void put_object(struct json_writer *w, const struct botapi_type *t, int depth)
{
	if (t->form == BOTAPI_UNION)
		t = &botapi_types[botapi_variants[t->first].type];
	jsonw_object(w);
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		if (!f->required && f->kind != BOTAPI_CONST)
			continue;
		jsonw_key(w, botapi_name(f->name));
		put_value(w, f, depth);
	}
	jsonw_end(w);
}

/* ---- asking ---- */

static const char *call(enum tobs_method m, struct tobs_view body)
{
	tobs_buf_clear(&path);
	tobs_buf_printf(&path, "/bot100:secret/%s", tobs_method_name(m));
	return api_raw("POST", tobs_buf_str(&path), "application/json", body);
}

/* It closes or would have to be waited for. */
static bool is_special(enum tobs_method m)
{
	return m == TOBS_METHOD_GET_UPDATES || m == TOBS_METHOD_SET_WEBHOOK;
}

static void begin(void)
{
	tobs_buf_init(&args, 1 << 20);
	tobs_buf_init(&path, 256);
	json_parser_init(&parser, 1 << 24, 128);
}

static void end(void)
{
	tobs_buf_deinit(&args);
	tobs_buf_deinit(&path);
	json_parser_deinit(&parser);
	json_doc_deinit(&doc);
}

static void check_answer(enum tobs_method m, const char *answer)
{
	struct tobs_arena arena;
	struct json_value root;
	bool ok = false;
	union {
		uint64_t words[4];
		void *object;
	} result;
	int r;

	if (json_parse(&parser, &doc, tobs_str(answer), NULL))
		fail_msg("%s: not JSON: %s", tobs_method_name(m), answer);
	root = json_root(&doc);
	assert_ok(json_get_bool(json_field(root, "ok"), &ok));
	if (!ok) {
		if (api_status() != 400 && api_status() != 403)
			fail_msg("%s: %s", tobs_method_name(m), answer);
		return;
	}
	tobs_arena_init(&arena, 1 << 24);
	r = botapi_decode_result(m, json_field(root, "result"), &arena, &result, NULL);
	if (r)
		fail_msg("%s: %s", tobs_method_name(m), answer);
	tobs_arena_deinit(&arena);
}

BOT_TEST(answers_are_of_their_type)
{
	begin();
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++) {
		struct json_writer w;

		if (is_special((enum tobs_method)m))
			continue;
		tobs_buf_clear(&args);
		json_writer_init(&w, &args, 0);
		put_object(&w, &botapi_types[m], 0);
		check_answer((enum tobs_method)m, call((enum tobs_method)m, tobs_buf_view(&args)));
	}
	end();
	return TOBS_OK;
}

/* Each required argument left out, one at a time. */
BOT_TEST(what_is_required_is_asked_for)
{
	begin();
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++) {
		const struct botapi_type *t = &botapi_types[m];

		for (unsigned out = 0; out < t->count; out++) {
			struct json_writer w;

			if (!botapi_fields[t->first + out].required ||
				is_special((enum tobs_method)m))
				continue;
			tobs_buf_clear(&args);
			json_writer_init(&w, &args, 0);
			jsonw_object(&w);
			for (unsigned i = 0; i < t->count; i++) {
				const struct botapi_field *f = &botapi_fields[t->first + i];

				if (!f->required || i == out)
					continue;
				jsonw_key(&w, botapi_name(f->name));
				put_value(&w, f, 0);
			}
			jsonw_end(&w);
			call((enum tobs_method)m, tobs_buf_view(&args));
			if (api_status() != 400)
				fail_msg("%s without %s: %d", tobs_method_name((enum tobs_method)m),
					botapi_name(botapi_fields[t->first + out].name),
					api_status());
		}
	}
	end();
	return TOBS_OK;
}

/* Each argument of a type that it cannot have. */
BOT_TEST(wrong_types_are_refused)
{
	begin();
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++) {
		const struct botapi_type *t = &botapi_types[m];

		for (unsigned bad = 0; bad < t->count; bad++) {
			const struct botapi_field *b = &botapi_fields[t->first + bad];
			struct json_writer w;

			/* Anything can be read as a text, and as yes or no. */
			if (is_special((enum tobs_method)m) || b->kind == BOTAPI_STRING ||
				b->kind == BOTAPI_FILE || b->kind == BOTAPI_BOOL ||
				b->kind == BOTAPI_TRUE || b->kind == BOTAPI_CHAT_ID ||
				botapi_types[b->type].plain)
				continue;
			tobs_buf_clear(&args);
			json_writer_init(&w, &args, 0);
			jsonw_object(&w);
			for (unsigned i = 0; i < t->count; i++) {
				const struct botapi_field *f = &botapi_fields[t->first + i];

				if (!f->required && i != bad)
					continue;
				jsonw_key(&w, botapi_name(f->name));
				if (i == bad)
					jsonw_str(&w, "no such thing");
				else
					put_value(&w, f, 0);
			}
			jsonw_end(&w);
			call((enum tobs_method)m, tobs_buf_view(&args));
			if (api_status() != 400)
				fail_msg("%s with a wrong %s: %d",
					tobs_method_name((enum tobs_method)m), botapi_name(b->name),
					api_status());
		}
	}
	end();
	return TOBS_OK;
}

BOT_TEST(limits_of_methods_that_do_nothing)
{
	api_fails("setChatMemberTag", "{'chat_id':1,'user_id':2,'tag':'12345678901234567'}", 400,
		"Bad Request: invalid tag: 17 characters, allowed are 0 to 16");
	return TOBS_OK;
}

/* ---- the documentation ---- */

/* Where the list begins, in one line. */
static const char *section(struct tobs_buf *text)
{
	char *at;

	for (size_t i = 0; i < text->len; i++)
		if (text->ptr[i] == '\n')
			text->ptr[i] = ' ';
	at = strstr((char *)text->ptr, "Methods that do nothing:");
	return at ? at : "";
}

static void documented(void **state)
{
	const char *root = getenv("TOBS_TEST_ROOT");
	struct tobs_buf text, want;
	char file[512];

	(void)state;
	tobs_buf_init(&text, 1 << 20);
	tobs_buf_init(&want, 1 << 16);
	snprintf(file, sizeof file, "%s/docs/simulator.md", root ? root : ".");
	assert_ok(file_read(file, &text, NULL));
	bot_handlers_fill();
	tobs_buf_puts(&want, "Methods that do nothing:");
	for (int m = TOBS_TYPE_COUNT; m < TOBS_METHOD_END; m++)
		if (bot_handler_of((enum tobs_method)m) == bot_plain)
			tobs_buf_printf(&want, " `%s`", tobs_method_name((enum tobs_method)m));
	tobs_buf_puts(&want, ".");
	if (strncmp(section(&text), tobs_buf_str(&want), want.len) != 0)
		fail_msg("docs/simulator.md should say:\n%s", tobs_buf_str(&want));
	tobs_buf_deinit(&text);
	tobs_buf_deinit(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documented),
		cmocka_unit_test(answers_are_of_their_type),
		cmocka_unit_test(what_is_required_is_asked_for),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(limits_of_methods_that_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
