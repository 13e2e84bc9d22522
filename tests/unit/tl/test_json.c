/* SPDX-License-Identifier: MIT */
#include "tl/json.h"

#include <tobs/tl.h>

#include "base/json_path.h"
#include "support/failmem.h"
#include "support/test.h"
#include "tl/tables.h"

struct work {
	struct json_parser parser;
	struct json_doc doc;
	struct tobs_arena arena;
	struct tobs_err err;
};

static int setup(void **state)
{
	struct work *w = calloc(1, sizeof *w);

	json_parser_init(&w->parser, 1 << 20, 100);
	tobs_arena_init(&w->arena, 1 << 24);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct work *w = *state;

	json_doc_deinit(&w->doc);
	json_parser_deinit(&w->parser);
	tobs_arena_deinit(&w->arena);
	free(w);
	return 0;
}

static struct json_value parse(struct work *w, const char *text)
{
	assert_ok(json_parse(&w->parser, &w->doc, tobs_str(text), NULL));
	return json_root(&w->doc);
}

static const void *read_ok(struct work *w, const char *type, const char *text)
{
	const void *object = NULL;

	if (tl_from_json(parse(w, text), type, NULL, &w->arena, &object, &w->err))
		fail_msg("%s", w->err.message);
	return object;
}

static void refused(struct work *w, const char *type, const char *text, int code, const char *why)
{
	const void *untouched = w, *object = untouched;

	assert_code(tl_from_json(parse(w, text), type, NULL, &w->arena, &object, &w->err), code);
	assert_ptr_equal(object, untouched);
	json_at_file(&w->err, "f", code);
	assert_string_equal(w->err.message, why);
}

static void an_action(void **state)
{
	struct work *w = *state;
	const struct tl_messageActionTopicEdit *e = read_ok(w, "MessageAction",
		"{\"_\":\"messageActionTopicEdit\",\"title\":\"Bees\",\"closed\":true}");
	struct tobs_buf out;

	assert_int_equal(e->ctor, TL_messageActionTopicEdit);
	assert_view(e->title, "Bees");
	assert_true(e->has_title && e->has_closed && e->closed);
	assert_false(e->has_hidden || e->has_icon_emoji_id);
	tobs_buf_init(&out, 1000);
	assert_ok(tl_encode(&out, e, NULL));
	tobs_buf_deinit(&out);
}

static void nested_objects_and_vectors(void **state)
{
	struct work *w = *state;
	const struct tl_replyInlineMarkup *m = read_ok(w, "ReplyMarkup",
		"{\"_\":\"replyInlineMarkup\",\"rows\":[{\"buttons\":["
		"{\"_\":\"keyboardButtonCallback\",\"text\":\"Yes\",\"data\":\"y\"},"
		"{\"_\":\"keyboardButtonCallback\",\"text\":\"No\",\"data\":{\"hex\":\"00ff\"},"
		"\"requires_password\":true}]},{\"buttons\":[]}]}");
	const struct tl_keyboardButtonCallback *no;

	assert_int_equal(m->rows.count, 2);
	assert_int_equal(m->rows.items[0]->ctor, TL_keyboardButtonRow);
	assert_int_equal(m->rows.items[0]->buttons.count, 2);
	assert_int_equal(m->rows.items[1]->buttons.count, 0);
	no = &m->rows.items[0]->buttons.items[1]->keyboardButtonCallback;
	assert_true(no->requires_password);
	assert_int_equal(no->data.len, 2);
	assert_memory_equal(no->data.ptr, "\x00\xff", 2);
}

static void numbers_of_every_kind(void **state)
{
	struct work *w = *state;
	const struct tl_geoPoint *g = read_ok(w, "GeoPoint",
		"{\"_\":\"geoPoint\",\"long\":34.5,\"lat\":-7,\"access_hash\":-9223372036854775808,"
		"\"accuracy_radius\":3}");
	const struct tl_resPQ *pq = read_ok(w, NULL,
		"{\"_\":\"resPQ\",\"nonce\":\"000102030405060708090a0b0c0d0e0f\","
		"\"server_nonce\":\"ffffffffffffffffffffffffffffffff\",\"pq\":\"ab\","
		"\"server_public_key_fingerprints\":[1,-2]}");

	assert_true(g->lat == -7 && g->long_ == 34.5);
	assert_true(g->access_hash == INT64_MIN);
	assert_true(g->has_accuracy_radius);
	assert_int_equal(pq->nonce[15], 15);
	assert_int_equal(pq->server_public_key_fingerprints.items[1], -2);
}

static void faults_are_named(void **state)
{
	struct work *w = *state;

	refused(w, "Reaction", "{\"_\":\"reactionHeart\"}", TOBS_EUNKNOWN,
		"f: must be a Reaction; \"_\" is one of: reactionCustomEmoji, reactionEmoji, "
		"reactionEmpty, reactionPaid");
	refused(w, "Reaction", "7", TOBS_EUNKNOWN,
		"f: must be a Reaction; \"_\" is one of: reactionCustomEmoji, reactionEmoji, "
		"reactionEmpty, reactionPaid");
	refused(w, NULL, "{\"emoticon\":\"x\"}", TOBS_EUNKNOWN, "f: \"_\" must name a constructor");
	refused(w, "Reaction", "{\"_\":\"reactionEmoji\",\"emoji\":\"x\"}", TOBS_EUNKNOWN,
		"f: emoji: reactionEmoji has no such field; it has: emoticon");
	refused(w, "Reaction", "{\"_\":\"reactionEmoji\",\"emoticon\":5}", TOBS_EMALFORMED,
		"f: emoticon: is of type integer, must be a string");
	refused(w, "MessageMedia", "{\"_\":\"messageMediaGeo\"}", TOBS_EMALFORMED,
		"f: messageMediaGeo needs the field \"geo\" (GeoPoint)");
	refused(w, "ReplyMarkup", "{\"_\":\"replyInlineMarkup\",\"rows\":[{},{\"buttons\":[1]}]}",
		TOBS_EUNKNOWN,
		"f: rows[1].buttons[0]: must be a KeyboardButton; \"_\" is one of: "
		"inputKeyboardButtonRequestPeer, inputKeyboardButtonUrlAuth, "
		"inputKeyboardButtonUserProfile, keyboardButton, keyboardButtonBuy, keyboardButtonCallback, …");
	refused(w, NULL, "{\"_\":\"messageActionBoostApply\",\"boosts\":2147483648}", TOBS_ETOOBIG,
		"f: boosts: does not fit the 32 bits of the field");
	refused(w, NULL, "{\"_\":\"messageActionBoostApply\",\"boosts\":1.5}", TOBS_EMALFORMED,
		"f: boosts: is of type number, must be an integer");
	refused(w, NULL, "{\"_\":\"messageActionPhoneCall\",\"video\":1}", TOBS_EMALFORMED,
		"f: video: is of type integer, must be true or false");
	refused(w, NULL, "{\"_\":\"resPQ\",\"nonce\":\"00\"}", TOBS_EMALFORMED,
		"f: nonce: has 1 bytes, must have 16");
	refused(w, NULL, "{\"_\":\"keyboardButtonCallback\",\"data\":{\"hex\":\"0\"}}",
		TOBS_EMALFORMED, "f: data.hex: is not hexadecimal");
	refused(w, "Nonsense", "{}", TOBS_EINVAL, "f: the schema has no type Nonsense");
}

static void depth_is_limited(void **state)
{
	struct work *w = *state;
	struct tobs_buf text;
	const void *object;

	tobs_buf_init(&text, 1 << 16);
	for (int i = 0; i < TL_MAX_DEPTH; i++)
		tobs_buf_puts(&text, "{\"_\":\"textBold\",\"text\":");
	tobs_buf_puts(&text, "{\"_\":\"textEmpty\"}");
	tobs_buf_fill(&text, '}', TL_MAX_DEPTH);
	assert_code(tl_from_json(
			    parse(w, tobs_buf_str(&text)), NULL, NULL, &w->arena, &object, &w->err),
		TOBS_ETOOBIG);
	tobs_buf_deinit(&text);
}

/* Each `true` field sets its own bit and nothing else. */
static void every_true_field(void **state)
{
	struct work *w = *state;
	struct json_value yes = parse(w, "true");

	assert_true(tl_true_count > 1000);
	for (uint32_t i = 0; i < tl_true_count; i++) {
		const struct tl_ctor *c = &tl_ctors[tl_trues[i].ctor];
		const char *name = tl_names + tl_trues[i].name;
		uint8_t *object, *zero;
		int differing = 0;

		if (c->traits & TL_TRAIT_OLDER)
			continue;
		object = tobs_arena_zalloc(&w->arena, c->size);
		zero = tobs_arena_zalloc(&w->arena, c->size);
		*(uint32_t *)(void *)object = *(uint32_t *)(void *)zero = c->id;
		assert_ok(tl_set_json(object, tobs_str(name), yes, NULL, &w->arena, NULL));
		for (size_t b = 0; b < c->size; b++)
			differing += __builtin_popcount(object[b] ^ zero[b]);
		assert_int_equal(differing, 1);
		assert_int_equal(c->known[tl_trues[i].bit / 32] >> tl_trues[i].bit % 32 & 1, 1);
	}
}

static void false_takes_a_bit_back(void **state)
{
	struct work *w = *state;
	struct tl_message m = { .ctor = TL_message, .pinned = 1, .out = 1 };

	assert_ok(tl_set_json(&m, tobs_str("pinned"), parse(w, "false"), NULL, &w->arena, NULL));
	assert_false(m.pinned);
	assert_true(m.out);
	assert_true(tl_has_field(&m, tobs_str("pinned")));
	assert_true(tl_has_field(&m, tobs_str("entities")));
	assert_false(tl_has_field(&m, tobs_str("pinnned")));
	assert_false(tl_has_field(&m, tobs_str("flags")));
}

static int name_to_peer(void *user, const char *type, struct json_value v, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err)
{
	struct tl_peerUser *p;
	struct tobs_view name;

	(void)user;
	if (strcmp(type, "Peer") != 0 || json_get_str(v, &name))
		return TOBS_EUNSUPPORTED;
	if (!tobs_view_is(name, "@ivy"))
		return json_fail(err, TOBS_ENOTFOUND, "nobody is called that");
	p = TOBS_ARENA_NEW(arena, struct tl_peerUser);
	p->ctor = TL_peerUser;
	p->user_id = 5;
	*ret = p;
	return TOBS_OK;
}

static int name_to_id(
	void *user, const char *field, struct json_value v, int64_t *ret, struct tobs_err *err)
{
	(void)user;
	(void)err;
	if (!json_is_string(v))
		return TOBS_EUNSUPPORTED;
	*ret = strcmp(field, "date") == 0 ? 1700000000 : 5;
	return TOBS_OK;
}

static void hooks_understand_names(void **state)
{
	struct work *w = *state;
	struct tl_json_hooks hooks = { name_to_peer, name_to_id, NULL };
	const struct tl_messageActionGeoProximityReached *near;
	const struct tl_messageActionChatCreate *create;
	const void *object;

	assert_ok(
		tl_from_json(parse(w,
				     "{\"_\":\"messageActionGeoProximityReached\",\"from_id\":"
				     "\"@ivy\",\"to_id\":{\"_\":\"peerUser\",\"user_id\":\"@ivy\"},"
				     "\"distance\":7}"),
			NULL, &hooks, &w->arena, &object, NULL));
	near = object;
	assert_int_equal(near->from_id->peerUser.user_id, 5);
	assert_int_equal(near->to_id->peerUser.user_id, 5);
	assert_ok(tl_from_json(
		parse(w,
			"{\"_\":\"messageActionChatCreate\",\"title\":\"t\",\"users\":[\"@a\",3]}"),
		NULL, &hooks, &w->arena, &object, NULL));
	create = object;
	assert_int_equal(create->users.items[0], 5);
	assert_int_equal(create->users.items[1], 3);
	assert_code(tl_from_json(parse(w,
					 "{\"_\":\"messageActionGeoProximityReached\",\"from_id\":"
					 "\"@bo\"}"),
			    NULL, &hooks, &w->arena, &object, &w->err),
		TOBS_ENOTFOUND);
	json_at_file(&w->err, "f", 0);
	assert_string_equal(w->err.message, "f: from_id: nobody is called that");
}

/* There and back with every allocation failing: what comes of it is whole, or nothing. */
static int there_and_back(void *user)
{
	static const char text[] =
		"{\"_\":\"message\",\"id\":7,\"peer_id\":{\"_\":\"peerChannel\",\"channel_id\":6},"
		"\"date\":5,\"message\":\"hello\",\"out\":true,\"entities\":[{\"_\":"
		"\"messageEntityBold\",\"offset\":0,\"length\":5}],\"media\":{\"_\":"
		"\"messageMediaDocument\",\"document\":{\"_\":\"document\",\"id\":5,"
		"\"file_reference\":{\"hex\":\"00ff10\"},\"mime_type\":\"a/b\"}}}";
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_arena arena;
	struct tobs_buf out, *want = user;
	const void *object;
	int r;

	json_parser_init(&parser, 1 << 20, 100);
	tobs_arena_init(&arena, 1 << 20);
	tobs_buf_init(&out, 1 << 20);
	r = json_parse(&parser, &doc, tobs_str(text), NULL);
	if (!r)
		r = tl_from_json(json_root(&doc), "Message", NULL, &arena, &object, NULL);
	if (!r)
		r = tl_print(&out, object);
	if (!r && !want->len)
		r = tobs_buf_putv(want, tobs_buf_view(&out));
	else if (!r)
		assert_string_equal(tobs_buf_str(&out), tobs_buf_str(want));
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	tobs_arena_deinit(&arena);
	tobs_buf_deinit(&out);
	return r;
}

static void survives_failing_memory(void **state)
{
	struct tobs_buf want;

	(void)state;
	tobs_buf_init(&want, 1 << 20);
	assert_ok(there_and_back(&want));
	assert_non_null(strstr(tobs_buf_str(&want), "\"file_reference\":\"00ff10\""));
	fail_each_allocation(there_and_back, &want);
	tobs_buf_deinit(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_action, setup, teardown),
		cmocka_unit_test_setup_teardown(nested_objects_and_vectors, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_of_every_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(depth_is_limited, setup, teardown),
		cmocka_unit_test_setup_teardown(every_true_field, setup, teardown),
		cmocka_unit_test_setup_teardown(false_takes_a_bit_back, setup, teardown),
		cmocka_unit_test_setup_teardown(hooks_understand_names, setup, teardown),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
