/* SPDX-License-Identifier: MIT */
/*
 * Pages, compared with a model that does what the documentation says in the
 * most naive way: it walks over everything.
 */
#include "sim/history.h"

#include "base/rand.h"
#include "sim/synthetic.h"
#include "support/sim_world.h"
#include "support/test.h"

enum { IVY = 1001, BO = 1002, MESSAGES = 400, TRIES = 3000 };

struct entry {
	int32_t id, date, top;
	int64_t from;
	bool photo, match;
};

struct model {
	struct entry items[MESSAGES * 2]; /* ascending */
	int count;
	struct sim_query query; /* what `match` is about */
};

static int by_id_down(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return (a->id < b->id) - (a->id > b->id);
}

/* The entries that count, newest first. */
static int confine(const struct model *m, const struct sim_slice *s, int32_t top, bool match_only,
	struct entry *out)
{
	int n = 0;

	for (int i = 0; i < m->count; i++) {
		const struct entry *e = &m->items[i];

		if ((s->first && e->id < s->first) || (s->last && e->id > s->last))
			continue;
		if ((top && e->top != top) || (match_only && !e->match))
			continue;
		out[n++] = *e;
	}
	qsort(out, (size_t)n, sizeof *out, by_id_down);
	return n;
}

struct answer {
	int32_t ids[MESSAGES * 2];
	int count, total;
};

static void naive(const struct model *m, const struct sim_slice *s, int32_t top, bool match_only,
	struct answer *ret)
{
	struct entry all[MESSAGES * 2];
	int n = confine(m, s, top, match_only, all), skip = 0;

	while (s->offset_id > 0 && skip < n && all[skip].id >= s->offset_id)
		skip++;
	if (s->offset_id <= 0)
		while (s->offset_date > 0 && skip < n && all[skip].date >= s->offset_date)
			skip++;
	skip += s->add_offset;
	ret->count = 0;
	ret->total = n;
	for (int i = skip; i < skip + s->limit; i++) {
		if (i < 0 || i >= n)
			continue;
		if ((s->max_id > 0 && all[i].id >= s->max_id) || all[i].id <= s->min_id)
			continue;
		ret->ids[ret->count++] = all[i].id;
	}
}

static void compare(const struct sim_page *page, const struct answer *want)
{
	assert_int_equal(page->total, want->total);
	assert_int_equal(page->messages.count, want->count);
	for (int i = 0; i < want->count; i++)
		assert_int_equal(sim_message_id(page->messages.items[i]), want->ids[i]);
}

static struct sim_slice random_slice(struct prng *p, const struct model *m)
{
	const struct entry *last = &m->items[m->count - 1];
	struct sim_slice s = { .limit = (int32_t)prng_below(p, 120) };

	if (prng_below(p, 3))
		s.offset_id = (int32_t)prng_below(p, (uint64_t)last->id + 10);
	if (prng_below(p, 4) == 0)
		s.offset_date = m->items[prng_below(p, (uint64_t)m->count)].date +
			(int32_t)prng_below(p, 3) - 1;
	if (prng_below(p, 2))
		s.add_offset = (int32_t)prng_below(p, 300) - 150;
	if (prng_below(p, 4) == 0)
		s.max_id = (int32_t)prng_below(p, (uint64_t)last->id + 10);
	if (prng_below(p, 4) == 0)
		s.min_id = (int32_t)prng_below(p, (uint64_t)last->id + 10);
	if (prng_below(p, 6) == 0) {
		s.first = (int32_t)prng_below(p, (uint64_t)last->id);
		s.last = s.first + (int32_t)prng_below(p, (uint64_t)last->id);
	}
	return s;
}

static void try_everything(struct sim_history *h, const struct model *m, struct prng *p)
{
	struct tobs_arena arena;
	struct answer want;
	struct sim_page page;

	tobs_arena_init(&arena, 1 << 26);
	for (int i = 0; i < TRIES; i++) {
		struct sim_slice s = random_slice(p, m);
		int32_t top = m->items[prng_below(p, (uint64_t)m->count)].top;
		struct sim_query q = m->query;

		tobs_arena_reset(&arena);
		naive(m, &s, 0, false, &want);
		assert_ok(sim_history_page(NULL, h, &s, &arena, &page));
		compare(&page, &want);
		if (top) {
			naive(m, &s, top, false, &want);
			assert_ok(sim_thread_page(NULL, h, top, &s, &arena, &page));
			compare(&page, &want);
		}
		q.top = prng_below(p, 2) ? top : 0;
		naive(m, &s, q.top, true, &want);
		assert_ok(sim_search_page(NULL, h, &q, &s, &arena, &page));
		compare(&page, &want);
	}
	tobs_arena_deinit(&arena);
}

/* Sparse ids, dates that repeat, replies to earlier messages, some texts with the word. */
static void fill(struct sim_history *h, struct model *m, struct prng *p, bool threads)
{
	int32_t id = 1 + (int32_t)prng_below(p, 5), date = 1700000000;

	m->count = 0;
	for (int i = 0; i < MESSAGES; i++) {
		struct entry *e = &m->items[m->count++];
		struct tl_message *msg;

		*e = (struct entry){ .id = id, .date = date };
		e->match = prng_below(p, 7) == 0;
		e->from = prng_below(p, 2) ? IVY : BO;
		msg = test_message(
			h, id, date, e->from, e->match ? "A Needle, here" : "needless hay");
		if (!e->match)
			msg->message = tobs_str("hay with aneedle inside");
		if (threads && i > 20 && prng_below(p, 2)) {
			e->top = m->items[prng_below(p, 8)].id;
			test_reply(h, msg, e->top, 0);
		}
		assert_ok(sim_history_add(h, (void *)msg));
		id += 1 + (prng_below(p, 5) ? 0 : (int32_t)prng_below(p, 40));
		date += (int32_t)prng_below(p, 4) * 30;
	}
}

static void delete_some(struct sim_history *h, struct model *m, struct prng *p)
{
	for (int n = 0; n < MESSAGES / 4; n++) {
		int at = (int)prng_below(p, (uint64_t)m->count);

		assert_ok(sim_history_remove(h, m->items[at].id));
		assert_code(sim_history_remove(h, m->items[at].id), TOBS_ENOTFOUND);
		memmove(&m->items[at], &m->items[at + 1],
			(size_t)(m->count - at - 1) * sizeof m->items[0]);
		m->count--;
	}
}

static void check_kind(struct sim_history *h, bool threads)
{
	struct prng p = { 77 };
	struct model m = { .query.text = TOBS_LIT("needle") };

	fill(h, &m, &p, threads);
	try_everything(h, &m, &p);
	delete_some(h, &m, &p);
	try_everything(h, &m, &p);
}

static void private_chats(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *a = test_account(w, IVY, "Ivy");
	struct sim_history *h;

	(void)state;
	test_user(w, BO, "Bo");
	assert_ok(sim_history_open(a, BO, &h));
	check_kind(h, false);
	sim_world_free(w);
}

static void basic_groups(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *a = test_account(w, IVY, "Ivy");
	struct sim_chat *c = test_chat(w, SIM_CHAT_GROUP, 9, "Group");
	struct sim_history *h;

	(void)state;
	assert_ok(sim_history_open(a, c->peer, &h));
	check_kind(h, false);
	sim_world_free(w);
}

static void supergroups_and_their_threads(void **state)
{
	struct sim_world *w = test_world();

	(void)state;
	check_kind(test_chat(w, SIM_CHAT_SUPERGROUP, 9, "Supergroup")->history, true);
	sim_world_free(w);
}

static void channels(void **state)
{
	struct sim_world *w = test_world();

	(void)state;
	check_kind(test_chat(w, SIM_CHAT_CHANNEL, 9, "Channel")->history, false);
	sim_world_free(w);
}

/* The model of a chat that is there already. */
static void look(struct sim_history *h, struct model *m)
{
	struct tobs_arena arena;

	tobs_arena_init(&arena, 1 << 20);
	m->count = 0;
	assert_true(sim_history_count(h) <= MESSAGES * 2);
	for (int32_t i = 0; i < sim_history_count(h); i++) {
		struct entry *e = &m->items[m->count++];
		const union tl_Message *msg;

		tobs_arena_reset(&arena);
		e->id = sim_list_id(&h->list, i);
		msg = sim_history_get(h, e->id, &arena);
		assert_non_null(msg);
		assert_int_equal(sim_message_id(msg), e->id);
		e->date = sim_message_date(msg);
		e->top = sim_message_top(h, msg);
		e->match = (sim_message_classes(msg) & m->query.classes) != 0;
	}
	tobs_arena_deinit(&arena);
}

/* As it was made; with messages deleted, edited and added; and with most of it gone. */
static void check_synthetic(const char *text)
{
	struct sim_world *w = test_world();
	struct sim_account *owner = sim_default_account(w);
	struct prng p = { 78 };
	struct model m = { .query.classes = SIM_PHOTO | SIM_DOCUMENT };
	struct sim_history *h;
	struct sim_spec spec;
	const int64_t *peers;

	assert_ok(sim_spec_parse(tobs_str(text), &spec, NULL));
	assert_ok(sim_synthetic_add(w, owner, &spec, &peers, NULL));
	h = sim_history(owner, peers[spec.chats - 1]);
	assert_int_equal(sim_history_count(h), 350);
	look(h, &m);
	try_everything(h, &m, &p);
	delete_some(h, &m, &p);
	for (int i = 0; i < 60; i++) {
		struct tl_message *msg = test_message(h,
			h->box->last_id + 1 + (int32_t)prng_below(&p, 3),
			m.items[m.count - 1].date + i, BO, "live");

		if (i % 3)
			test_reply(h, msg, m.items[prng_below(&p, (uint64_t)m.count)].id, 0);
		assert_ok(sim_history_add(h, (void *)msg));
	}
	look(h, &m);
	try_everything(h, &m, &p);
	delete_some(h, &m, &p);
	delete_some(h, &m, &p);
	look(h, &m);
	try_everything(h, &m, &p);
	sim_world_free(w);
}

static void synthetic_supergroups(void **state)
{
	(void)state;
	check_synthetic("kind=supergroup,messages=350,density=0.7,reply=40%,media=50%,service=10%");
	check_synthetic("kind=supergroup,messages=350,density=0.05,reply=90%,media=50%");
	check_synthetic("mixed,messages=350");
}

static void synthetic_forums(void **state)
{
	(void)state;
	check_synthetic(
		"kind=forum,topics=5,messages=350,density=0.9,reply=20%,media=50%,service=5%");
	check_synthetic("kind=forum,topics=300,messages=350,media=50%");
}

static void synthetic_channels(void **state)
{
	(void)state;
	check_synthetic("kind=channel,messages=350,density=0.5,media=30%,comments=4");
}

static void synthetic_private_chats_and_groups(void **state)
{
	(void)state;
	check_synthetic("kind=private,messages=350,density=0.8,media=50%,reply=20%");
	check_synthetic("kind=group,chats=3,messages=350,density=0.8,media=50%,reply=20%");
}

static void one_id_space_for_private_chats_and_groups(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *a = test_account(w, IVY, "Ivy");
	struct sim_chat *group = test_chat(w, SIM_CHAT_GROUP, 9, "Group");
	struct sim_history *bo, *g;
	int32_t next;

	(void)state;
	test_user(w, BO, "Bo");
	assert_ok(sim_history_open(a, BO, &bo));
	assert_ok(sim_history_open(a, group->peer, &g));
	assert_ok(sim_history_add(bo, (void *)test_message(bo, 10, 5, BO, "ten")));
	assert_ok(sim_history_add(g, (void *)test_message(g, 12, 7, BO, "twelve")));
	assert_ok(sim_history_add(bo, (void *)test_message(bo, 11, 6, BO, "eleven")));
	assert_ptr_equal(sim_box_find(&a->box, 10), bo);
	assert_ptr_equal(sim_box_find(&a->box, 11), bo);
	assert_ptr_equal(sim_box_find(&a->box, 12), g);
	assert_null(sim_box_find(&a->box, 13));
	assert_ok(sim_box_next(&a->box, 0, &next));
	assert_int_equal(next, 13);
	assert_ok(sim_box_next(&a->box, 100, &next));
	assert_int_equal(next, 100);
	assert_ok(sim_history_remove(bo, 11));
	assert_null(sim_box_find(&a->box, 11));
	assert_true(sim_box_taken(&a->box, 10));
	assert_code(sim_history_add(g, (void *)test_message(g, 12, 7, BO, "again")), TOBS_EEXISTS);
	assert_code(sim_history_add(g, (void *)test_message(g, 0, 7, BO, "zero")), TOBS_EINVAL);
	sim_world_free(w);
}

/* A reply to a reply belongs where its target belongs, though it does not say so. */
static void replies_find_their_thread(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *h = test_chat(w, SIM_CHAT_SUPERGROUP, 9, "Supergroup")->history;
	struct tl_message *m;

	(void)state;
	assert_ok(sim_history_add(h, (void *)test_message(h, 1, 1, BO, "root")));
	m = test_message(h, 2, 2, BO, "reply");
	test_reply(h, m, 1, 0);
	sim_message_thread(h, (void *)m);
	assert_ok(sim_history_add(h, (void *)m));
	m = test_message(h, 3, 3, BO, "reply to the reply");
	test_reply(h, m, 2, 0);
	sim_message_thread(h, (void *)m);
	assert_int_equal(m->reply_to->messageReplyHeader.reply_to_top_id, 1);
	assert_int_equal(m->reply_to->messageReplyHeader.reply_to_msg_id, 2);
	assert_ok(sim_history_add(h, (void *)m));
	assert_int_equal(sim_thread_count(h, 1), 2);
	assert_int_equal(sim_thread_count(h, 2), 0);
	sim_world_free(w);
}

static void topics_of_a_forum(void **state)
{
	struct sim_world *w = test_world();
	struct sim_chat *c = NULL;
	struct sim_history *h;
	struct tl_messageService *s;
	struct tl_messageActionTopicCreate action = { .ctor = TL_messageActionTopicCreate };
	struct tl_message *m;

	(void)state;
	assert_ok(sim_chat_add(w,
		&(struct sim_chat_args){
			.kind = SIM_CHAT_SUPERGROUP, .title = TOBS_LIT("Forum"), .forum = true },
		&c, NULL));
	h = c->history;
	assert_non_null(sim_topic(c, SIM_GENERAL_TOPIC));
	s = TOBS_ARENA_NEW(&w->arena, struct tl_messageService);
	*s = (struct tl_messageService){
		.ctor = TL_messageService, .id = 5, .date = 5, .action = (const void *)&action
	};
	assert_ok(sim_history_add(h, (void *)s));
	assert_ok(sim_history_add(h, (void *)test_message(h, 6, 6, BO, "general")));
	m = test_message(h, 7, 7, BO, "in the topic");
	test_reply(h, m, 5, 0);
	assert_ok(sim_history_add(h, (void *)m));
	m = test_message(h, 8, 8, BO, "a reply in the topic");
	test_reply(h, m, 7, 5);
	assert_ok(sim_history_add(h, (void *)m));
	m = test_message(h, 9, 9, BO, "a reply in General");
	test_reply(h, m, 6, 0);
	((struct tl_messageReplyHeader *)(uintptr_t)m->reply_to)->forum_topic = 0;
	assert_ok(sim_history_add(h, (void *)m));
	assert_int_equal(sim_thread_count(h, 5), 3);
	assert_int_equal(sim_thread_count(h, SIM_GENERAL_TOPIC), 2);
	sim_world_free(w);
}

static void searching(void **state)
{
	static const struct {
		const char *words;
		bool found;
	} cases[] = {
		{ "straße", true },
		{ "STRAßE", true },
		{ "stra", true },
		{ "raße", false },
		{ "ВЕЧЕРНЯЯ", true },
		{ "вечер город", true },
		{ "вечер лес", false },
		{ "夜の", true },
		{ "街", true },
		{ "", true },
		{ "abend,", true },
	};
	struct sim_world *w = test_world();
	struct sim_history *h = test_chat(w, SIM_CHAT_CHANNEL, 9, "Channel")->history;
	struct tobs_arena arena;
	struct sim_slice s = { .limit = 10 };
	struct sim_page page;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	assert_ok(sim_history_add(
		h, (void *)test_message(h, 3, 50, BO, "Abend, Straße. Вечерняя (Город) 夜の街")));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_query q = { .text = tobs_str(cases[i].words) };

		assert_ok(sim_search_page(NULL, h, &q, &s, &arena, &page));
		if ((page.total == 1) != cases[i].found)
			fail_msg("\"%s\": found %d", cases[i].words, page.total);
	}
	for (int32_t d = 49; d <= 51; d++) {
		assert_ok(sim_search_page(
			NULL, h, &(struct sim_query){ .min_date = d }, &s, &arena, &page));
		assert_int_equal(page.total, d <= 50);
		assert_ok(sim_search_page(
			NULL, h, &(struct sim_query){ .max_date = d }, &s, &arena, &page));
		assert_int_equal(page.total, d >= 50);
	}
	assert_ok(sim_search_page(NULL, h, &(struct sim_query){ .from = IVY }, &s, &arena, &page));
	assert_int_equal(page.total, 0);
	/* What was found before is forgotten when the chat changes. */
	assert_ok(sim_history_add(h, (void *)test_message(h, 4, 51, IVY, "more")));
	assert_ok(sim_search_page(NULL, h, &(struct sim_query){ .from = IVY }, &s, &arena, &page));
	assert_int_equal(page.total, 1);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void pinned_messages(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *h = test_chat(w, SIM_CHAT_CHANNEL, 9, "Channel")->history;
	struct tobs_arena arena;
	struct sim_page page;

	(void)state;
	tobs_arena_init(&arena, 1 << 20);
	for (int32_t id = 1; id <= 9; id++) {
		struct tl_message *m = test_message(h, id, id, BO, "x");

		m->pinned = id % 3 == 0;
		assert_ok(sim_history_add(h, (void *)m));
	}
	assert_int_equal(h->pinned.count, 3);
	assert_ok(sim_history_remove(h, 6));
	assert_int_equal(h->pinned.count, 2);
	sim_history_edit(h, 1);
	{
		union tl_Message *m = sim_history_edit(h, 1);

		m->message.pinned = 1;
		assert_false(h->stored.items[0]->message.pinned);
		assert_ok(sim_history_replace(h, m));
	}
	assert_int_equal(h->pinned.count, 3);
	assert_int_equal(h->pinned.items[0], 1);
	assert_ok(sim_search_page(NULL, h, &(struct sim_query){ .classes = SIM_PINNED },
		&(struct sim_slice){ .limit = 10 }, &arena, &page));
	assert_int_equal(page.total, 3);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_chats),
		cmocka_unit_test(basic_groups),
		cmocka_unit_test(supergroups_and_their_threads),
		cmocka_unit_test(channels),
		cmocka_unit_test(synthetic_supergroups),
		cmocka_unit_test(synthetic_forums),
		cmocka_unit_test(synthetic_channels),
		cmocka_unit_test(synthetic_private_chats_and_groups),
		cmocka_unit_test(one_id_space_for_private_chats_and_groups),
		cmocka_unit_test(replies_find_their_thread),
		cmocka_unit_test(topics_of_a_forum),
		cmocka_unit_test(searching),
		cmocka_unit_test(pinned_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
