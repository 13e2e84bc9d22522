/* SPDX-License-Identifier: MIT */
/* The sample world: it loads, it can be sent, and everything of the schema occurs in it. */
#include "sim/file.h"
#include "sim/inner.h"
#include "sim/synthetic.h"
#include "sim/view.h"
#include "support/sim_load.h"
#include "tl/tables.h"

static struct sim_world *w;
static bool seen[4096];

static struct sim_chat *chat_named(const char *title)
{
	ARRAY_EACH (c, &w->chat_list) {
		struct tobs_view have = (*c)->kind == SIM_CHAT_GROUP ? (*c)->tl.group->title
								     : (*c)->tl.channel->title;

		if (tobs_view_is(have, title))
			return *c;
	}
	fail_msg("there is no chat \"%s\"", title);
	return NULL;
}

static int setup(void **state)
{
	const char *root = getenv("TOBS_TEST_ROOT");
	struct tobs_err err = { 0 };
	char path[4096];

	(void)state;
	w = test_world();
	snprintf(path, sizeof path, "%s/examples/world/world.json", root ? root : ".");
	if (sim_load(w, path, &err)) {
		print_error("%s\n", err.message);
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sim_world_free(w);
	return 0;
}

/* ---- everything occurs ---- */

static void visit(const void *object);

static void visit_value(int kind, const void *at)
{
	const void *const *pointer = at;

	if ((kind == TL_BOXED || kind == TL_OBJECT || kind == TL_BARE) && *pointer)
		visit(*pointer);
}

static void visit(const void *object)
{
	const struct tl_ctor *c = tl_find(tl_id(object));

	seen[c - tl_ctors] = true;
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];
		const struct any_vec {
			uint32_t count;
			const uint8_t *items;
		} *v = (const void *)((const uint8_t *)object + f->offset);

		if (f->offset == TL_NO_OFFSET)
			continue;
		if (f->kind != TL_VECTOR && f->kind != TL_BARE_VECTOR) {
			visit_value(f->kind, v);
			continue;
		}
		for (uint32_t k = 0; k < v->count && (f->elem == TL_BOXED || f->elem == TL_BARE);
			k++)
			visit_value(f->elem, v->items + k * sizeof(void *));
	}
}

static void visit_history(struct sim_history *h)
{
	for (int32_t i = 0; h && i < sim_history_count(h); i++)
		visit(sim_history_at(h, i, &w->arena));
}

/* Why a constructor cannot occur in a message; NULL: it can. */
static const char *why_not(const char *name)
{
	/* What a client sends for messageEntityMentionName, and no server answers with. */
	return strcmp(name, "inputMessageEntityMentionName") == 0 ? "for clients to send" : NULL;
}

static void test_everything_occurs(void **state)
{
	static const char *const types[] = { "MessageEntity", "MessageMedia", "MessageAction" };
	int missing = 0, wanted = 0;

	(void)state;
	ARRAY_EACH (a, &w->accounts)
		MAP_EACH (slot, &(*a)->histories)
			visit_history(slot->value);
	ARRAY_EACH (c, &w->chat_list)
		visit_history((*c)->history);
	for (uint32_t i = 0; i < tl_current_count; i++) {
		const char *type = tl_names + tl_types[tl_ctors[i].type];
		const char *name = tl_names + tl_ctors[i].name;
		bool one = false;

		for (size_t k = 0; k < ARRAY_LEN(types); k++)
			one |= strcmp(type, types[k]) == 0;
		if (!one || tl_ctors[i].traits & TL_TRAIT_FUNCTION || why_not(name))
			continue;
		wanted++;
		if (!seen[i])
			print_error("%s does not occur\n", name);
		missing += !seen[i];
	}
	assert_int_equal(missing, 0);
	assert_true(wanted > 100);
}

static void test_can_be_sent(void **state)
{
	(void)state;
	assert_true(assert_all_encode(w) > 280);
	ARRAY_EACH (c, &w->chat_list)
		assert_encodes(sim_view_chat(w->accounts.items[0], *c, &w->arena));
	MAP_EACH (slot, &w->users)
		assert_encodes(sim_view_user(w->accounts.items[0], slot->value, &w->arena));
}

/* ---- what was said in the file is so ---- */

static void test_accounts(void **state)
{
	struct sim_account *ivy = sim_account(w, 10001), *bo = sim_account(w, 10002);
	struct sim_account *thistle = sim_account(w, 20001);

	(void)state;
	assert_ptr_equal(sim_default_account(w), ivy);
	assert_view(ivy->code, "22222");
	assert_int_equal(ivy->password.len, 0);
	assert_view(bo->password, "honey and thyme");
	assert_int_equal(bo->takeout_delay, 3600);
	assert_true(thistle->token.len && thistle->privacy);
	assert_int_equal(ivy->contacts.count, 4);
	assert_int_equal(ivy->folders.count, 2);
	assert_int_equal(sim_dialog(ivy, chat_named("Marsh Lane Garden")->peer)->pin, 1);
	assert_int_equal(sim_dialog(ivy, 10002)->pin, 2);
	assert_int_equal(sim_dialog(ivy, chat_named("The old shed")->peer)->folder, 1);
	assert_int_equal(sim_dialog(ivy, chat_named("Repair Café")->peer)->unread, 4);
	assert_non_null(sim_dialog(ivy, 10005)->draft);
	/* A bot with privacy mode sees of a group what is meant for it. */
	assert_true(sim_history_count(sim_history(thistle, chat_named("Lane kitchen")->peer)) <
		sim_history_count(sim_history(ivy, chat_named("Lane kitchen")->peer)));
}

/* Ids grow with dates in every history, as in Telegram. */
static void check_order(struct sim_history *h)
{
	for (int32_t i = 1; h && i < sim_history_count(h); i++)
		assert_true(sim_message_date(sim_history_at(h, i - 1, &w->arena)) <=
			sim_message_date(sim_history_at(h, i, &w->arena)));
}

static void test_order(void **state)
{
	(void)state;
	ARRAY_EACH (a, &w->accounts)
		MAP_EACH (slot, &(*a)->histories)
			check_order(slot->value);
	ARRAY_EACH (c, &w->chat_list)
		check_order((*c)->history);
}

static void test_threads(void **state)
{
	struct sim_chat *cafe = chat_named("Repair Café"), *notices = chat_named("Lane Notices");
	struct sim_chat *shed = chat_named("The shed, rebuilt");
	const union tl_Message *m;
	int32_t copy;

	(void)state;
	assert_int_equal(cafe->topics.count, 4);
	ARRAY_EACH (t, &cafe->topics) {
		assert_true(sim_thread_count(cafe->history, t->id) > 1);
		if (tobs_view_is(t->title, "Toasters (and one lamp)"))
			assert_true(t->closed);
	}
	/* The third post has three comments below its copy. */
	copy = sim_discussion_of(notices, 3);
	assert_int_not_equal(copy, 0);
	assert_int_equal(sim_thread_count(notices->linked->history, copy), 3);
	m = sim_view_message(
		w->accounts.items[0], notices->history, message_of(notices->history, 3), &w->arena);
	assert_int_equal(m->message.replies->replies, 3);

	assert_ptr_equal(shed->origin->successor, shed);
	assert_int_equal(shed->origin_max_id,
		sim_history_top(sim_history(w->accounts.items[0], shed->origin->peer)));
}

static void test_files(void **state)
{
	int on_disk = 0;

	(void)state;
	MAP_EACH (slot, &w->files) {
		struct sim_file f;
		uint8_t bytes[16];
		size_t n;

		assert_ok(sim_file_find(w, (int64_t)slot->key, &w->arena, &f));
		for (size_t i = 0; i < f.blob_count; i++) {
			assert_ok(sim_blob_read(&f.blobs[i], 0, bytes, sizeof bytes, &n, NULL));
			assert_int_equal(n, sizeof bytes);
			on_disk += f.blobs[i].origin == SIM_ON_DISK;
		}
	}
	assert_true(on_disk > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_occurs),
		cmocka_unit_test(test_can_be_sent),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
