/* SPDX-License-Identifier: MIT */
#include <tobs/tl.h>

#include "base/endian.h"
#include "support/failmem.h"
#include "support/test.h"
#include "support/tl_random.h"
#include "tl/tables.h"

struct work {
	struct tobs_arena values, decoded;
	struct tobs_buf wire, again;
};

static void work_init(struct work *w)
{
	tobs_arena_init(&w->values, 1 << 26);
	tobs_arena_init(&w->decoded, 1 << 26);
	tobs_buf_init(&w->wire, 1 << 24);
	tobs_buf_init(&w->again, 1 << 24);
}

static void work_clear(struct work *w)
{
	tobs_arena_reset(&w->values);
	tobs_arena_reset(&w->decoded);
	tobs_buf_clear(&w->wire);
	tobs_buf_clear(&w->again);
}

static void work_deinit(struct work *w)
{
	tobs_arena_deinit(&w->values);
	tobs_arena_deinit(&w->decoded);
	tobs_buf_deinit(&w->wire);
	tobs_buf_deinit(&w->again);
}

static void round_trip(struct work *w, const struct tl_ctor *c, struct prng *p, int layer)
{
	struct tobs_err err = { 0 };
	const void *value, *back = NULL;
	uint8_t *exact;
	size_t used = 0;

	work_clear(w);
	value = tl_random(c, &w->values, p);
	if (tl_encode_layer(&w->wire, value, layer, &err))
		fail_msg("%s: %s", tl_names + c->name, err.message);
	exact = exact_copy(w->wire.ptr, w->wire.len);
	if (tl_decode(tobs_view(exact, w->wire.len), &w->decoded, &back, NULL, &err))
		fail_msg("%s: %s at %d", tl_names + c->name, err.message, (int)err.offset);
	/* Where an older layer knows another constructor only, that one comes back. */
	assert_int_equal(tl_id(back), tl_ctors[tl_find(get_le32(w->wire.ptr))->base].id);
	if (layer == TL_LAYER)
		assert_int_equal(tl_id(back), c->id);
	assert_ok(tl_encode_layer(&w->again, back, layer, NULL));
	if (!tobs_view_eq(tobs_buf_view(&w->wire), tobs_buf_view(&w->again)))
		fail_msg("%s does not come back as it was", tl_names + c->name);
	assert_ok(tl_skip(tobs_view(exact, w->wire.len), &used, NULL));
	assert_int_equal(used, w->wire.len);
	free(exact);
}

static void every_constructor_round_trips(void **state)
{
	struct prng p = { 2026 };
	struct work w;

	(void)state;
	work_init(&w);
	assert_true(tl_current_count > 2400);
	for (uint32_t i = 0; i < tl_current_count; i++)
		for (int n = 0; n < 8; n++)
			round_trip(&w, &tl_ctors[i], &p, TL_LAYER);
	work_deinit(&w);
}

static void older_forms_round_trip(void **state)
{
	struct prng p = { 227 };
	struct work w;

	(void)state;
	work_init(&w);
	assert_true(tl_ctor_count > tl_current_count);
	for (uint32_t i = tl_current_count; i < tl_ctor_count; i++) {
		const struct tl_ctor *older = &tl_ctors[i], *now = &tl_ctors[older->base];

		assert_ptr_equal(tl_form(now, older->layer), older);
		assert_ptr_equal(tl_form(now, TL_LAYER), now);
		for (int n = 0; n < 50; n++) {
			round_trip(&w, now, &p, older->layer);
			assert_int_equal(get_le32(w.wire.ptr), older->id);
		}
	}
	work_deinit(&w);
}

static void the_oldest_form_a_layer_knows(void **state)
{
	const struct tl_ctor *config = tl_find(TL_config), *user = tl_find(TL_user);

	(void)state;
	assert_int_equal(tl_form(config, 144)->id, 0x330b4067);
	assert_int_equal(tl_form(config, 227)->id, TL_config);
	assert_int_equal(tl_form(user, 227)->id, 0x31774388);
	assert_int_equal(tl_form(user, 228)->id, TL_user);
}

static void what_an_older_layer_does_not_know(void **state)
{
	const struct tl_messageService *m = TL(messageService,
		.peer_id = TL(peerUser, .user_id = 1),
		.action = TL(
			messageActionChangeCommunity, .has_community_id = 1, .community_id = 5));
	const union tl_MessageAction *action;
	struct work w;
	const void *back;

	(void)state;
	work_init(&w);
	assert_ok(tl_encode_layer(&w.wire, m, 227, NULL));
	assert_ok(tl_decode(tobs_buf_view(&w.wire), &w.decoded, &back, NULL, NULL));
	action = ((const struct tl_messageService *)back)->action;
	assert_int_equal(action->ctor, TL_messageActionEmpty);
	assert_int_equal(tl_form(tl_find(TL_community), 227)->id, TL_chatForbidden);
	assert_int_equal(tl_form(tl_find(TL_textDiff), 227)->id, TL_textFixed);
	/* Those that stand for others are themselves in every layer. */
	assert_int_equal(tl_form(tl_find(TL_messageActionEmpty), 227)->id, TL_messageActionEmpty);
	assert_string_equal(tl_name(TL_chatForbidden), "chatForbidden");
	work_deinit(&w);
}

static bool allowed_failure(int r)
{
	return r == TOBS_OK || r == TOBS_EUNKNOWN || r == TOBS_EMALFORMED || r == TOBS_ETRUNCATED ||
		r == TOBS_ETOOBIG || r == TOBS_ENOMEM;
}

static void every_truncation_is_refused(void **state)
{
	struct prng p = { 5 };
	struct work w;

	(void)state;
	work_init(&w);
	for (int n = 0; n < 300; n++) {
		const struct tl_ctor *c = &tl_ctors[prng_below(&p, tl_current_count)];

		work_clear(&w);
		assert_ok(tl_encode(&w.wire, tl_random(c, &w.values, &p), NULL));
		for (size_t cut = 0; cut < w.wire.len; cut += 1 + cut / 64) {
			uint8_t *exact = exact_copy(w.wire.ptr, cut);
			const void *untouched = &w, *got = untouched;
			int r = tl_decode(tobs_view(exact, cut), &w.decoded, &got, NULL, NULL);

			assert_code(r, TOBS_ETRUNCATED);
			assert_ptr_equal(got, untouched);
			assert_code(tl_skip(tobs_view(exact, cut), &(size_t){ 0 }, NULL),
				TOBS_ETRUNCATED);
			tobs_arena_reset(&w.decoded);
			free(exact);
		}
	}
	work_deinit(&w);
}

/* Decoding and skipping judge alike; nothing is read beyond the end (ASan looks). */
static void flipped_bits_do_no_harm(void **state)
{
	struct prng p = { 6 };
	struct work w;
	int refused = 0;

	(void)state;
	work_init(&w);
	for (int n = 0; n < 20000; n++) {
		const struct tl_ctor *c = &tl_ctors[prng_below(&p, tl_current_count)];
		const void *got;
		uint8_t *exact;
		size_t used;
		int r;

		work_clear(&w);
		assert_ok(tl_encode(&w.wire, tl_random(c, &w.values, &p), NULL));
		exact = exact_copy(w.wire.ptr, w.wire.len);
		for (uint64_t flips = 1 + prng_below(&p, 3); flips; flips--)
			exact[prng_below(&p, w.wire.len)] ^= (uint8_t)(1 << prng_below(&p, 8));
		r = tl_decode(tobs_view(exact, w.wire.len), &w.decoded, &got, &used, NULL);
		assert_true(allowed_failure(r));
		assert_code(tl_skip(tobs_view(exact, w.wire.len), &used, NULL), r);
		refused += r != TOBS_OK;
		free(exact);
	}
	assert_in_range(refused, 1000, 19000);
	work_deinit(&w);
}

static void says_what_and_where(void **state)
{
	static const struct {
		uint32_t words[8];
		size_t count;
		int code;
		int64_t offset;
		const char *message;
	} cases[] = {
		{ { 0xdeadbeef }, 1, TOBS_EUNKNOWN, 0, "unknown constructor deadbeef" },
		{ { TL_peerUser, 1, 0, 0 }, 4, TOBS_EMALFORMED, 12, "malformed data" },
		{ { TL_inputPeerUser, 1, 0, 2 }, 4, TOBS_ETRUNCATED, 12,
			"data ends too early in inputPeerUser.access_hash" },
		{ { TL_messages_getHistory, 0xfeedf00d }, 2, TOBS_EUNKNOWN, 4,
			"unknown constructor feedf00d in messages.getHistory.peer" },
		{ { TL_messages_getHistory, TL_peerUser, 1, 0 }, 4, TOBS_EMALFORMED, 4,
			"malformed data in messages.getHistory.peer" },
		{ { TL_msgs_ack, 0x1cb5c415, 0x40000000, 1 }, 4, TOBS_ETRUNCATED, 12,
			"data ends too early in msgs_ack.msg_ids" },
		{ { TL_msgs_ack, 0x1cb5c416, 0 }, 3, TOBS_EMALFORMED, 8,
			"malformed data in msgs_ack.msg_ids" },
	};
	struct tobs_arena a;

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tobs_err err = { 0 };
		uint8_t *exact = exact_copy(cases[i].words, cases[i].count * 4);
		const void *got;

		assert_code(tl_decode(tobs_view(exact, cases[i].count * 4), &a, &got, NULL, &err),
			cases[i].code);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.offset, cases[i].offset);
		free(exact);
	}
	tobs_arena_deinit(&a);
}

static void nesting_is_limited(void **state)
{
	uint32_t words[2 * (TL_MAX_DEPTH + 10)];
	const uint32_t wrap[] = { TL_invokeWithoutUpdates };
	struct tobs_arena a;
	const void *got;
	size_t n = 0;

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	while (n < TL_MAX_DEPTH - 1)
		words[n++] = wrap[0];
	words[n++] = TL_help_getConfig;
	assert_ok(tl_decode(tobs_view(words, n * 4), &a, &got, NULL, NULL));
	words[n - 1] = wrap[0];
	words[n++] = TL_help_getConfig;
	assert_code(tl_decode(tobs_view(words, n * 4), &a, &got, NULL, NULL), TOBS_ETOOBIG);
	tobs_arena_deinit(&a);
}

static void a_small_arena_is_enough_or_refuses(void **state)
{
	const uint32_t words[] = { TL_inputPeerUser, 1, 0, 2, 0 };
	struct tobs_arena a;
	const void *got = NULL;

	(void)state;
	tobs_arena_init(&a, 16);
	assert_code(tl_decode(tobs_view(words, sizeof words), &a, &got, NULL, NULL), TOBS_ENOMEM);
	assert_null(got);
	tobs_arena_deinit(&a);
}

static void writing_refuses_what_the_schema_forbids(void **state)
{
	struct tobs_err err = { 0 };
	struct tobs_buf out;
	char *big = calloc(1, TL_MAX_STRING + 1);

	(void)state;
	tobs_buf_init(&out, 1 << 25);
	assert_ok(tobs_buf_puts(&out, "kept"));
	assert_code(tl_encode(&out, TL(messages_getHistory, .limit = 1), &err), TOBS_EINVAL);
	assert_string_equal(err.message,
		"cannot write messages.getHistory.peer: nothing there, or an object of another type");
	assert_code(
		tl_encode(&out, TL(messages_getHistory, .peer = TL(peerUser, .user_id = 1)), &err),
		TOBS_EINVAL);
	assert_code(tl_encode(&out, NULL, &err), TOBS_EINVAL);
	assert_code(tl_encode_as(&out, 0x12345678, &err, &err), TOBS_EINVAL);
	assert_code(
		tl_encode(&out, TL(help_getAppUpdate, .source = tobs_view(big, TL_MAX_STRING + 1)),
			&err),
		TOBS_ETOOBIG);
	assert_string_equal(tobs_buf_str(&out), "kept");
	free(big);
	tobs_buf_deinit(&out);
}

/* Filled pointers, strings and vectors are written although their bit was not set. */
static void filled_fields_set_their_bits(void **state)
{
	struct tl_message m = { .ctor = TL_message,
		.id = 1,
		.peer_id = TL(peerUser, .user_id = 3),
		.message = tobs_str("x"),
		.post_author = tobs_str("A"),
		.reply_to = TL(
			messageReplyHeader, .reply_to_msg_id = 9, .has_reply_to_msg_id = 1) };
	const union tl_Message *back;
	struct tobs_arena a;
	struct tobs_buf out;

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	tobs_buf_init(&out, 1 << 20);
	assert_ok(tl_encode(&out, &m, NULL));
	assert_ok(tl_decode(tobs_buf_view(&out), &a, (const void **)&back, NULL, NULL));
	assert_true(back->message.has_post_author && back->message.has_reply_to);
	assert_false(
		back->message.has_media || back->message.has_entities || back->message.has_views);
	assert_view(back->message.post_author, "A");
	assert_int_equal(back->message.reply_to->messageReplyHeader.reply_to_msg_id, 9);
	tobs_buf_deinit(&out);
	tobs_arena_deinit(&a);
}

static void results_of_methods(void **state)
{
	static const int64_t numbers[] = { 1, -2, INT64_MAX };
	static const struct tl_vec_long vec = { 3, numbers };
	const struct tl_vec_long *vec_in = &vec, *vec_out = NULL;
	const union tl_Updates *updates = NULL, *too_long = TL0(updatesTooLong);
	bool yes = true, got = false;
	struct tobs_arena a;
	struct tobs_buf out;

	(void)state;
	tobs_arena_init(&a, 1 << 20);
	tobs_buf_init(&out, 1 << 20);
	assert_ok(tl_encode_result(&out, TL_auth_resetAuthorizations, &yes, TL_LAYER, NULL));
	assert_ok(
		tl_decode_result(TL_auth_resetAuthorizations, tobs_buf_view(&out), &a, &got, NULL));
	assert_true(got);

	tobs_buf_clear(&out);
	assert_ok(tl_encode_result(&out, TL_photos_deletePhotos, &vec_in, TL_LAYER, NULL));
	assert_ok(
		tl_decode_result(TL_photos_deletePhotos, tobs_buf_view(&out), &a, &vec_out, NULL));
	assert_int_equal(vec_out->count, 3);
	assert_memory_equal(vec_out->items, numbers, sizeof numbers);

	tobs_buf_clear(&out);
	assert_ok(tl_encode_result(&out, TL_messages_sendMessage, &too_long, TL_LAYER, NULL));
	assert_ok(
		tl_decode_result(TL_messages_sendMessage, tobs_buf_view(&out), &a, &updates, NULL));
	assert_int_equal(updates->ctor, TL_updatesTooLong);
	assert_code(
		tl_decode_result(TL_auth_resetAuthorizations, tobs_buf_view(&out), &a, &got, NULL),
		TOBS_EMALFORMED);
	tobs_buf_putc(&out, 0);
	assert_code(
		tl_decode_result(TL_messages_sendMessage, tobs_buf_view(&out), &a, &updates, NULL),
		TOBS_EMALFORMED);
	assert_code(
		tl_decode_result(TL_message, tobs_buf_view(&out), &a, &updates, NULL), TOBS_EINVAL);
	tobs_buf_deinit(&out);
	tobs_arena_deinit(&a);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(tl_name(TL_messages_getHistory), "messages.getHistory");
	assert_string_equal(tl_name(TL_msgs_ack), "msgs_ack");
	assert_null(tl_name(0xdeadbeef));
}

static void printed_for_people(void **state)
{
	static const int64_t ids[] = { 1, -2 };
	struct tl_message m = { .ctor = TL_message,
		.id = 7,
		.out = 1,
		.peer_id = TL(peerUser, .user_id = 3),
		.message = tobs_str("a\"b"),
		.has_views = 1,
		.views = 5 };
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1 << 20);
	assert_ok(tl_print(&out, &m));
	assert_string_equal(tobs_buf_str(&out),
		"{\"_\":\"message\",\"flags\":1026,\"flags2\":0,\"id\":7,"
		"\"peer_id\":{\"_\":\"peerUser\",\"user_id\":3},\"date\":0,\"message\":\"a\\\"b\","
		"\"views\":5,\"forwards\":0}");
	tobs_buf_clear(&out);
	assert_ok(tl_print(&out, TL(msgs_ack, .msg_ids = { 2, ids })));
	assert_string_equal(tobs_buf_str(&out), "{\"_\":\"msgs_ack\",\"msg_ids\":[1,-2]}");
	tobs_buf_clear(&out);
	assert_ok(tl_print(&out, TL(msgs_state_info, .req_msg_id = 1, .info = tobs_str("\1\xff"))));
	assert_string_equal(tobs_buf_str(&out),
		"{\"_\":\"msgs_state_info\",\"req_msg_id\":1,\"info\":\"01ff\"}");
	tobs_buf_deinit(&out);
}

static void a_copy_stands_alone(void **state)
{
	struct prng p = { 9 };
	struct work w;

	(void)state;
	work_init(&w);
	for (int n = 0; n < 200; n++) {
		const struct tl_ctor *c = &tl_ctors[prng_below(&p, tl_current_count)];
		const void *value, *copy;

		work_clear(&w);
		value = tl_random(c, &w.values, &p);
		assert_ok(tl_encode(&w.wire, value, NULL));
		assert_ok(tl_copy(value, &w.decoded, &copy, NULL));
		tobs_arena_deinit(&w.values);
		assert_ok(tl_encode(&w.again, copy, NULL));
		assert_true(tobs_view_eq(tobs_buf_view(&w.wire), tobs_buf_view(&w.again)));
	}
	work_deinit(&w);
}

static int copy_something(void *user)
{
	const void *value = *(const void **)user, *copy;
	struct tobs_arena a;
	int r;

	tobs_arena_init(&a, 1 << 20);
	r = tl_copy(value, &a, &copy, NULL);
	tobs_arena_deinit(&a);
	return r;
}

static void survives_failing_memory(void **state)
{
	struct prng p = { 10 };
	struct work w;
	const void *value;

	(void)state;
	work_init(&w);
	value = tl_random(tl_find(TL_messages_channelMessages), &w.values, &p);
	fail_each_allocation(copy_something, &value);
	work_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_constructor_round_trips),
		cmocka_unit_test(older_forms_round_trip),
		cmocka_unit_test(the_oldest_form_a_layer_knows),
		cmocka_unit_test(what_an_older_layer_does_not_know),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(flipped_bits_do_no_harm),
		cmocka_unit_test(says_what_and_where),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(a_small_arena_is_enough_or_refuses),
		cmocka_unit_test(writing_refuses_what_the_schema_forbids),
		cmocka_unit_test(filled_fields_set_their_bits),
		cmocka_unit_test(results_of_methods),
		cmocka_unit_test(names),
		cmocka_unit_test(printed_for_people),
		cmocka_unit_test(a_copy_stands_alone),
		cmocka_unit_test(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
