/* SPDX-License-Identifier: MIT */
/* A real export of Telegram Desktop against the world that is made of it. */
#include "base/utf.h"
#include "sim/inner.h"
#include "sim/synthetic.h"
#include "support/shared.h"
#include "support/sim_load.h"

static struct tobs_buf sample;

/* The text of a message of the export, as its parts say it. */
static void join(struct json_value parts, struct tobs_buf *out)
{
	struct tobs_view text;

	if (!json_get_str(parts, &text)) {
		tobs_buf_putv(out, text);
		return;
	}
	JSON_EACH (it, parts) {
		struct json_value v = json_is_object(it.value) ? json_field(it.value, "text")
							       : it.value;

		assert_ok(json_get_str(v, &text));
		tobs_buf_putv(out, text);
	}
}

/* Each part that is not plain is an entity, at its place, with what belongs to it. */
static void compare_entities(struct json_value parts, const struct tl_message *m)
{
	size_t units = 0;
	uint32_t n = 0;

	JSON_EACH (it, parts) {
		struct tobs_view type, text, extra;
		const union tl_MessageEntity *e;
		int32_t length;

		assert_ok(json_get_str(json_field(it.value, "type"), &type));
		assert_ok(json_get_str(json_field(it.value, "text"), &text));
		if (tobs_view_is(type, "plain")) {
			units += utf16_len(text);
			continue;
		}
		assert_true(n < m->entities.count);
		e = m->entities.items[n++];
		assert_int_equal(place_of(e, &length), units);
		assert_int_equal(length, utf16_len(text));
		if (!json_get_str(json_field(it.value, "href"), &extra))
			assert_true(tobs_view_eq(e->messageEntityTextUrl.url, extra));
		if (!json_get_str(json_field(it.value, "language"), &extra))
			assert_true(tobs_view_eq(e->messageEntityPre.language, extra));
		assert_non_null(strstr(tl_name(e->ctor),
			tobs_view_is(type, "text_link")       ? "TextUrl"
				: tobs_view_is(type, "link")  ? "Url"
				: tobs_view_is(type, "bold")  ? "Bold"
				: tobs_view_is(type, "pre")   ? "Pre"
				: tobs_view_is(type, "email") ? "Email"
							      : ""));
		units += utf16_len(text);
	}
	assert_int_equal(n, m->entities.count);
}

static void compare_message(struct json_value v, const union tl_Message *m)
{
	struct tobs_buf text;
	struct tobs_view type, edited;
	int64_t n;

	assert_ok(json_get_str(json_field(v, "type"), &type));
	assert_ok(json_get_str(json_field(v, "date_unixtime"), &edited));
	assert_ok(tobs_view_int(edited, 0, INT32_MAX, &n));
	assert_int_equal(sim_message_date(m), n);
	if (tobs_view_is(type, "service")) {
		assert_int_equal(m->ctor, TL_messageService);
		return;
	}
	assert_int_equal(m->ctor, TL_message);
	assert_true(m->message.post);
	tobs_buf_init(&text, 1 << 20);
	join(json_field(v, "text"), &text);
	assert_true(tobs_view_eq(tobs_buf_view(&text), m->message.message));
	tobs_buf_deinit(&text);
	compare_entities(json_field(v, "text_entities"), &m->message);
	assert_int_equal(m->message.edit_date != 0, !json_is_missing(json_field(v, "edited")));
	assert_int_equal(m->message.reply_to != NULL,
		!json_is_missing(json_field(v, "reply_to_message_id")));
	assert_int_equal(
		m->message.fwd_from != NULL, !json_is_missing(json_field(v, "forwarded_from")));
	assert_int_equal(m->message.reactions ? m->message.reactions->results.count : 0,
		json_count(json_field(v, "reactions")));
	assert_int_equal(m->message.media != NULL,
		!json_is_missing(json_field(v, "photo")) ||
			!json_is_missing(json_field(v, "file")) ||
			!json_is_missing(json_field(v, "poll")));
}

static void test_real(void **state)
{
	struct sim_world *w = test_world();
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_err err;
	struct sim_history *h;
	int n = 0;

	(void)state;
	if (load_bytes(w, tobs_buf_view(&sample), NULL, &err))
		fail_msg("%s", err.message);
	json_parser_init(&parser, 1 << 26, 16);
	assert_ok(json_parse(&parser, &doc, tobs_buf_view(&sample), &err));
	assert_int_equal(w->chat_list.items[0]->kind, SIM_CHAT_CHANNEL);
	h = w->chat_list.items[0]->history;
	assert_int_equal(sim_history_count(h), 924);
	JSON_EACH (it, json_field(json_root(&doc), "messages")) {
		int64_t id;

		assert_ok(json_get_i64(json_field(it.value, "id"), &id));
		compare_message(it.value, message_of(h, (int32_t)id));
		n++;
	}
	assert_int_equal(n, 924);
	assert_int_equal(assert_all_encode(w), 924);
	/* The account that was made reads it. */
	assert_non_null(sim_dialog(sim_default_account(w), h->peer));
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	sim_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
	};
	int r;

	tobs_buf_init(&sample, 1 << 26);
	if (!shared_file("data/public-channel/result.json", &sample))
		return shared_skip();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	tobs_buf_deinit(&sample);
	return r;
}
