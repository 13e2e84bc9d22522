/* SPDX-License-Identifier: MIT */
/* Every message of a real channel there and back; TOBS_SHOW=obsidian|gfm prints them. */
#include "base/json.h"
#include "base/utf.h"
#include "support/shared.h"
#include "support/test.h"
#include "survive.h"

enum {
	MESSAGES = 673, /* of the 924, those with text */
};

static struct tobs_buf file;

static void show(const struct test_case *c, int64_t id)
{
	const char *flavour = getenv("TOBS_SHOW");
	struct md_options o = { 0 };
	struct tobs_buf out;

	if (!flavour)
		return;
	o.flavour = tobs_view_is(tobs_str(flavour), "gfm") ? MD_GFM : MD_OBSIDIAN;
	tobs_buf_init(&out, 1 << 20);
	assert_ok(md_write(&out, &o, tobs_buf_view(&c->text), c->entities, c->count));
	fprintf(stderr, "======== %d\n%s\n", (int)id, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
}

/* Desktop's flat list of pieces; more than CASE_ENTITIES formatted ones are tested in part. */
static void take_message(struct test_case *c, struct json_value pieces)
{
	tobs_buf_clear(&c->text);
	c->count = 0;
	JSON_EACH (it, pieces) {
		struct tobs_view text, type, arg = { 0 };
		struct entity e = { 0 };

		assert_ok(json_get_str(json_field(it.value, "text"), &text));
		assert_ok(json_get_str(json_field(it.value, "type"), &type));
		e.kind = entity_kind_of(type);
		e.offset = (uint32_t)utf16_len(tobs_buf_view(&c->text));
		e.length = (uint32_t)utf16_len(text);
		json_get_str(json_field(it.value, "href"), &arg);
		json_get_str(json_field(it.value, "language"), &arg);
		json_get_bool(json_field(it.value, "collapsed"), &e.collapsed);
		e.arg = arg;
		assert_ok(tobs_buf_putv(&c->text, text));
		if (!tobs_view_is(type, "plain"))
			assert_int_not_equal(e.kind, ENTITY_UNKNOWN);
		if (e.kind != ENTITY_UNKNOWN && c->count < CASE_ENTITIES)
			c->entities[c->count++] = e;
	}
}

static void come_back(void **state)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct test_case c;
	int seen = 0;

	(void)state;
	json_parser_init(&parser, 1 << 26, 64);
	case_init(&c);
	assert_ok(json_parse(&parser, &doc, tobs_buf_view(&file), NULL));
	JSON_EACH (it, json_field(json_root(&doc), "messages")) {
		int64_t id = 0;

		take_message(&c, json_field(it.value, "text_entities"));
		if (c.text.len == 0)
			continue;
		seen++;
		json_get_i64(json_field(it.value, "id"), &id);
		show(&c, id);
		for (int i = 0; i < 8; i++) {
			struct setting s = { .options.flavour = i & 1 ? MD_GFM : MD_OBSIDIAN };

			if (i & 2) {
				s.quoted = true;
				s.options.prefix = tobs_str("> ");
			}
			s.options.trim_styles = i & 4;
			avoid_tilde(&c);
			survives(&c, &s);
		}
	}
	assert_int_equal(seen, MESSAGES);
	case_deinit(&c);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(come_back),
	};
	int failed;

	tobs_buf_init(&file, 1 << 26);
	if (!shared_file("data/public-channel/result.json", &file))
		return shared_skip();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	tobs_buf_deinit(&file);
	return failed;
}
