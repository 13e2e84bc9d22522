/* SPDX-License-Identifier: MIT */
#include <tobs/client.h>

#include "client/page.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "support/sim_client.h"

/* What a walk gave. */
struct walked {
	int32_t ids[2000];
	size_t count;
};

static void walk(struct stage *s, struct tobs_history *h, struct walked *w)
{
	const union tl_Message *m;
	int r;

	w->count = 0;
	while (!(r = tobs_history_next(s->c, h, &m, &s->err))) {
		assert_true(w->count < ARRAY_LEN(w->ids));
		w->ids[w->count++] = message_id(m);
	}
	assert_code(r, TOBS_ENOTFOUND);
	/* And again. */
	assert_code(tobs_history_next(s->c, h, &m, NULL), TOBS_ENOTFOUND);
	tobs_history_deinit(h);
}

static struct sim_history *history_of(struct stage *s, const struct tobs_peer *peer)
{
	struct sim_history *h;

	assert_ok(sim_history_open(s->ada, tobs_peer_mark(peer), &h));
	return h;
}

/* Exactly the ids of the list from index `from` up to `to`, in either direction. */
static void assert_range(
	const struct walked *w, const struct sim_list *l, int32_t from, int32_t to, bool ascending)
{
	assert_int_equal(w->count, to - from);
	for (int32_t i = from; i < to; i++)
		assert_int_equal(w->ids[ascending ? i - from : to - 1 - i], sim_list_id(l, i));
}

static void both_ways(struct stage *s, const char *spec)
{
	struct tobs_peer peer = stage_chat(s, spec);
	const struct sim_list *l = &history_of(s, &peer)->list;
	int32_t n = sim_list_count(l), third = n / 3;
	struct walked w;

	stage_login(s);
	for (int ascending = 0; ascending < 2; ascending++) {
		struct tobs_history h = { .peer = peer, .ascending = ascending };

		walk(s, &h, &w);
		assert_range(&w, l, 0, n, ascending);
		/* From an id that is there, and one that is not. */
		h = (struct tobs_history){
			.peer = peer, .ascending = ascending, .from_id = sim_list_id(l, third)
		};
		walk(s, &h, &w);
		assert_range(&w, l, ascending ? third : 0, ascending ? n : third, ascending);
		h = (struct tobs_history){
			.peer = peer, .ascending = ascending, .from_id = sim_list_id(l, n - 1) + 1
		};
		walk(s, &h, &w);
		assert_range(&w, l, ascending ? n : 0, n, ascending);
		/* From a date. */
		h = (struct tobs_history){ .peer = peer,
			.ascending = ascending,
			.from_date = sim_history_date_at(history_of(s, &peer), third) };
		walk(s, &h, &w);
		assert_range(&w, l, ascending ? third : 0, ascending ? n : third, ascending);
	}
}

STAGE_TEST(a_supergroup)
{
	both_ways(s, "mixed,messages=730,density=0.7,step=100");
}

STAGE_TEST(a_basic_group)
{
	both_ways(s, "plain,kind=group,messages=250,step=100");
}

STAGE_TEST(a_private_chat_in_one_page)
{
	both_ways(s, "plain,kind=private,messages=60,step=100");
}

STAGE_TEST(exactly_one_page)
{
	both_ways(s, "plain,messages=100,step=100");
}

STAGE_TEST(a_topic_only)
{
	struct tobs_peer peer = stage_chat(s, "plain,kind=forum,messages=900,topics=4");
	struct sim_history *history = history_of(s, &peer);
	struct sim_list scratch = { 0 };
	int32_t topic = history->chat->topics.items[1].id;
	const struct sim_list *l = sim_thread(history, topic, &scratch);
	struct tobs_history h = { .peer = peer, .topic = topic };
	struct walked w;

	stage_login(s);
	assert_true(sim_list_count(l) > 100);
	walk(s, &h, &w);
	assert_range(&w, l, 0, sim_list_count(l), false);
	h = (struct tobs_history){ .peer = peer, .topic = topic, .ascending = true };
	walk(s, &h, &w);
	assert_range(&w, l, 0, sim_list_count(l), true);
	sim_list_deinit(&scratch);
}

STAGE_TEST(who_is_in_a_page)
{
	struct tobs_peer peer = stage_chat(s, "plain,messages=10,senders=3");
	struct tobs_history h = { .peer = peer };
	const union tl_Message *m;
	const union tl_User *u;
	struct tobs_peer from;

	stage_login(s);
	assert_null(tobs_history_user(&h, 1));
	assert_int_equal(tobs_history_total(&h), 0);
	assert_ok(tobs_history_next(s->c, &h, &m, &s->err));
	assert_int_equal(tobs_history_total(&h), 10);
	from = tobs_peer_of(m->message.from_id);
	u = tobs_history_user(&h, from.id);
	assert_non_null(u);
	assert_int_equal(u->user.id, from.id);
	assert_null(tobs_history_user(&h, 123456));
	assert_int_equal(tobs_history_chat(&h, peer.id)->channel.id, peer.id);
	assert_null(tobs_history_chat(&h, 5));
	/* The access hash comes from what the session has met. */
	tobs_history_deinit(&h);
	h = (struct tobs_history){ .peer = { peer.kind, peer.id, 0 } };
	assert_ok(tobs_history_next(s->c, &h, &m, &s->err));
	tobs_history_deinit(&h);
	tobs_history_deinit(NULL);
}

STAGE_TEST(nobody_there)
{
	struct tobs_history h = { .peer = { TOBS_PEER_CHANNEL, 424242, 7 } };
	const union tl_Message *m;

	stage_login(s);
	assert_code(tobs_history_next(s->c, &h, &m, &s->err), TOBS_ERPC);
	assert_string_equal(s->err.name, "CHANNEL_INVALID");
	tobs_history_deinit(&h);
}

STAGE_TEST(within_a_takeout)
{
	struct tobs_peer peer = stage_chat(s, "plain,messages=150");
	const struct tl_account_takeout *takeout;
	struct tobs_history h = { .peer = peer };
	struct walked w;

	stage_login(s);
	assert_ok(tobs_account_initTakeoutSession(s->c,
		&(struct tl_account_initTakeoutSession){ .message_channels = 1 }, &s->reply,
		&takeout, &s->err));
	h.takeout = takeout->id;
	walk(s, &h, &w);
	assert_int_equal(w.count, 150);
	h = (struct tobs_history){ .peer = peer, .takeout = 77 };
	assert_code(tobs_history_next(s->c, &h, &(const union tl_Message *){ NULL }, &s->err),
		TOBS_ERPC);
	assert_string_equal(s->err.name, "TAKEOUT_INVALID");
	tobs_history_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_supergroup),
		cmocka_unit_test(a_basic_group),
		cmocka_unit_test(a_private_chat_in_one_page),
		cmocka_unit_test(exactly_one_page),
		cmocka_unit_test(a_topic_only),
		cmocka_unit_test(who_is_in_a_page),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(within_a_takeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
