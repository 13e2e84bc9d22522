/* SPDX-License-Identifier: MIT */
#include "sim/synthetic.h"

#include <stdio.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/utf.h"
#include "sim/file.h"
#include "sim/history.h"
#include "sim/synth_ids.h"
#include "sim/view.h"
#include "support/sim_world.h"
#include "support/test.h"

static struct sim_spec spec_of(const char *text)
{
	struct sim_spec spec;
	struct tobs_err err = { 0 };

	if (sim_spec_parse(tobs_str(text), &spec, &err))
		fail_msg("%s", err.message);
	return spec;
}

/* The k-th chat of the spec in a new world. */
static struct sim_history *chat_of(struct sim_world *w, const char *text, int k)
{
	struct sim_spec spec = spec_of(text);
	struct tobs_err err = { 0 };
	const int64_t *peers;

	if (sim_synthetic_add(w, NULL, &spec, &peers, &err))
		fail_msg("%s", err.message);
	return sim_history(sim_default_account(w), peers[k]);
}

static const char everything[] =
	"messages=3000,density=0.8,media=40%,reply=30%,reactions=30%,edits=20%,forwards=10%,"
	"entities=40%,service=5%,scripts=latin+cyrillic+greek+hebrew+arabic+cjk+emoji";

static struct tobs_buf wire_of(struct sim_history *h, int32_t index, struct tobs_arena *arena)
{
	int32_t id = sim_list_id(&h->list, index);
	const union tl_Message *m = sim_history_get(h, id, arena);
	struct tobs_buf wire;
	struct tobs_err err = { 0 };

	tobs_buf_init(&wire, 1 << 20);
	assert_non_null(m);
	assert_int_equal(sim_message_id(m), id);
	if (tl_encode(&wire, m, &err))
		fail_msg("%s", err.message);
	return wire;
}

/* Message i is what it is, whatever was asked before and in whatever world. */
static void any_order_gives_the_same(void **state)
{
	static const char *const kinds[] = { "private", "group", "supergroup", "forum", "channel" };
	struct prng p = { 5 };
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct sim_world *one = test_world(), *two = test_world();
		struct sim_history *a, *b;
		char text[300];

		snprintf(text, sizeof text, "kind=%s,%s", kinds[k], everything);
		a = chat_of(one, text, 0);
		b = chat_of(two, text, 0);
		for (int n = 0; n < 1500; n++) {
			int32_t i = n < 750 ? n : (int32_t)prng_below(&p, 3000);
			int32_t j = n < 750 ? 749 - n : i;
			struct tobs_buf left, right;

			left = wire_of(a, i, &arena);
			right = wire_of(b, j, &arena);
			tobs_buf_deinit(&right);
			right = wire_of(b, i, &arena);
			assert_int_equal(left.len, right.len);
			assert_memory_equal(left.ptr, right.ptr, left.len);
			tobs_buf_deinit(&left);
			tobs_buf_deinit(&right);
			tobs_arena_reset(&arena);
		}
		sim_world_free(one);
		sim_world_free(two);
	}
	tobs_arena_deinit(&arena);
}

/* Chats of a spec, and of other seeds, are not the same. */
static void seeds_and_chats_differ(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *a = chat_of(w, "chats=2,seed=3,plain", 0);
	struct sim_history *b = sim_history(sim_default_account(w), a->peer);
	struct sim_history *c = chat_of(w, "seed=4,plain", 0);
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	assert_ptr_equal(a, b);
	assert_false(tobs_view_eq(sim_history_get(a, 100, &arena)->message.message,
		sim_history_get(c, 100, &arena)->message.message));
	assert_int_not_equal(a->peer, c->peer);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void ids_rank_and_select(void **state)
{
	static const uint32_t densities[] = { 3277, 6554, 19661, 32768, 52429, 58982, 65000,
		65536 };
	struct prng p = { 9 };

	(void)state;
	for (size_t d = 0; d < ARRAY_LEN(densities); d++) {
		struct synth_ids ids;
		int64_t last = 0;

		synth_ids_init(&ids, d, densities[d], 100000, 5, 3);
		for (int32_t i = 0; i < 100000; i++) {
			int64_t id = synth_id(&ids, i);

			if (id <= last || (id - 5) % 3)
				fail_msg("id %lld behind %lld", (long long)id, (long long)last);
			if (i % 7 == 0) {
				assert_int_equal(synth_rank(&ids, (int32_t)id), i);
				assert_int_equal(synth_rank(&ids, (int32_t)id + 1), i + 1);
			}
			last = id;
		}
		assert_int_equal(synth_rank(&ids, INT32_MAX), 100000);
		assert_int_equal(synth_rank(&ids, 0), 0);
		/* As dense as was asked, within one percent. */
		assert_true(llabs(last * 65536 / 3 / 100000 * densities[d] / 65536 - 65536) < 700);
		for (int n = 0; n < 20000; n++) {
			int32_t i = (int32_t)prng_below(&p, 100000);

			assert_int_equal(synth_rank(&ids, (int32_t)synth_id(&ids, i)), i);
		}
	}
}

static void dates_grow(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *h = chat_of(w, "messages=20000,start=2020-02-29,step=7", 0);
	int32_t last = 1582934400;

	(void)state;
	for (int32_t i = 0; i < 20000; i++) {
		int32_t date = h->list.source->ops->date(h->list.source, i);

		assert_true(date >= last && date <= 1582934400 + 20000 * 7);
		last = date;
	}
	assert_true(last > 1582934400 + 19998 * 7);
	sim_world_free(w);
}

static void assert_units(const union tl_Message *m)
{
	size_t units = utf16_len(m->message.message);
	int32_t end = 0;

	assert_true(utf8_valid(m->message.message));
	for (uint32_t i = 0; i < m->message.entities.count; i++) {
		const struct tl_messageEntityBold *e =
			&m->message.entities.items[i]->messageEntityBold;

		assert_true(e->offset >= end && e->length > 0);
		end = e->offset + e->length;
		assert_true((size_t)end <= units);
	}
}

/* Facts are what the message itself would say; all can be written and read in both layers. */
static void facts_agree_with_messages(void **state)
{
	static const char *const kinds[] = { "private", "group", "supergroup", "forum,topics=20",
		"channel,comments=3" };
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct sim_world *w = test_world();
		struct sim_history *h;
		char text[300];
		uint32_t seen = 0;

		snprintf(text, sizeof text, "kind=%s,%s", kinds[k], everything);
		h = chat_of(w, text, 0);
		for (int both = 0; both < 2; both++) {
			for (int32_t i = 0; i < MIN(sim_history_count(h), 3000); i++) {
				const union tl_Message *m = sim_history_get(
					h, sim_list_id(&h->list, i), &arena);
				struct sim_facts f;

				h->list.source->ops->facts(h->list.source, i, &f);
				assert_int_equal(f.classes, sim_message_classes(m));
				assert_int_equal(f.from, sim_message_from(m));
				assert_int_equal(f.date, sim_message_date(m));
				assert_int_equal(f.service, m->ctor == TL_messageService);
				seen |= f.classes;
				if (m->ctor == TL_message)
					assert_units(m);
				assert_encodes(
					sim_view_message(sim_default_account(w), h, m, &arena));
				tobs_arena_reset(&arena);
			}
			if (!h->chat || !h->chat->linked)
				break;
			h = h->chat->linked->history;
		}
		assert_true((seen &
				    (SIM_PHOTO | SIM_VIDEO | SIM_DOCUMENT | SIM_VOICE | SIM_MUSIC |
					    SIM_STICKER | SIM_GIF)) ==
			(SIM_PHOTO | SIM_VIDEO | SIM_DOCUMENT | SIM_VOICE | SIM_MUSIC |
				SIM_STICKER | SIM_GIF));
		sim_world_free(w);
	}
	tobs_arena_deinit(&arena);
}

/* About as many as were asked for. */
static void shares_are_kept(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *h = chat_of(w, everything, 0);
	int media = 0, reply = 0, reacted = 0, edited = 0, forwarded = 0, service = 0, texts = 0;
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	for (int32_t i = 0; i < 3000; i++) {
		const union tl_Message *m = sim_history_get(h, sim_list_id(&h->list, i), &arena);

		service += m->ctor == TL_messageService;
		if (m->ctor != TL_message)
			continue;
		texts++;
		media += m->message.media != NULL;
		reply += m->message.reply_to != NULL;
		reacted += m->message.reactions != NULL;
		edited += m->message.has_edit_date;
		forwarded += m->message.fwd_from != NULL;
		if (m->message.message.len) {
			size_t units = utf16_len(m->message.message);

			assert_true(units <= 400 + 20);
		}
	}
	assert_in_range(service, 100, 200);
	assert_in_range(media, texts * 35 / 100, texts * 45 / 100);
	assert_in_range(reply, texts * 25 / 100, texts * 35 / 100);
	assert_in_range(reacted, texts * 25 / 100, texts * 35 / 100);
	assert_in_range(edited, texts * 16 / 100, texts * 24 / 100);
	assert_in_range(forwarded, texts * 7 / 100, texts * 13 / 100);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void replies_go_to_what_exists(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *h = chat_of(w, everything, 0);
	struct tobs_arena arena;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	for (int32_t i = 0; i < 3000; i++) {
		const union tl_Message *m = sim_history_get(h, sim_list_id(&h->list, i), &arena);
		const union tl_MessageReplyHeader *r = sim_message_reply(m);

		if (!r)
			continue;
		assert_true(sim_list_has(&h->list, r->messageReplyHeader.reply_to_msg_id));
		assert_true(r->messageReplyHeader.reply_to_msg_id < sim_message_id(m));
	}
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void check_file(struct sim_world *w, const union tl_Message *m, struct tobs_arena *arena)
{
	const union tl_MessageMedia *media = m->message.media;
	uint8_t head[16];
	struct sim_file f;
	size_t n;

	if (media->ctor == TL_messageMediaPhoto) {
		const struct tl_photo *p = &media->messageMediaPhoto.photo->photo;

		assert_ok(sim_file_find(w, p->id, arena, &f));
		assert_true(f.photo);
		assert_int_equal(f.access_hash, p->access_hash);
		assert_int_equal(f.dc, p->dc_id);
		assert_int_equal(
			sim_reference_check(w, p->id, p->file_reference), SIM_REFERENCE_OK);
		for (uint32_t i = 0; i < p->sizes.count; i++) {
			const struct tl_photoSize *s = &p->sizes.items[i]->photoSize;
			const struct sim_blob *b = sim_file_blob(&f, s->type);

			assert_non_null(b);
			assert_int_equal(b->size, s->size);
			assert_ok(sim_blob_read(b, 0, head, sizeof head, &n, NULL));
			assert_memory_equal(head, "\xff\xd8\xff", 3);
		}
	} else {
		const struct tl_document *d = &media->messageMediaDocument.document->document;
		const struct sim_blob *b;

		assert_ok(sim_file_find(w, d->id, arena, &f));
		assert_false(f.photo);
		assert_int_equal(f.access_hash, d->access_hash);
		b = sim_file_blob(&f, tobs_str(""));
		assert_int_equal(b->size, d->size);
		for (uint32_t i = 0; i < d->thumbs.count; i++) {
			b = sim_file_blob(&f, d->thumbs.items[i]->photoSize.type);
			assert_int_equal(b->size, d->thumbs.items[i]->photoSize.size);
		}
	}
}

static void files_are_found_again(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *a = chat_of(w, "kind=group,messages=500,media=100%,seed=5", 0);
	struct sim_history *b = chat_of(w, "messages=500,media=100%,seed=6,file=1M..4G", 0);
	struct sim_history *both[] = { a, b };
	struct tobs_arena arena;
	struct sim_file f;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	for (int k = 0; k < 2; k++)
		for (int32_t i = 0; i < 500; i++) {
			const union tl_Message *m = sim_history_get(
				both[k], sim_list_id(&both[k]->list, i), &arena);

			if (m->ctor == TL_message && m->message.media)
				check_file(w, m, &arena);
		}
	assert_code(sim_file_find(w, (INT64_C(0x53) << 56) + 12345, &arena, &f), TOBS_ENOTFOUND);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void a_channel_and_its_comments(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *me = sim_default_account(w);
	struct sim_history *h = chat_of(
		w, "kind=channel,messages=200,comments=7,density=0.6,media=30%", 0);
	struct sim_history *talk = h->chat->linked->history;
	struct tobs_arena arena;
	struct sim_page page;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	assert_int_equal(sim_history_count(talk), 1 + 199 * 8);
	for (int32_t i = 1; i < 200; i++) {
		int32_t post = sim_list_id(&h->list, i), top = sim_discussion_of(h->chat, post);
		const union tl_Message *p = sim_history_get(h, post, &arena), *copy, *v;

		assert_int_not_equal(top, 0);
		copy = sim_history_get(talk, top, &arena);
		assert_int_equal(copy->message.fwd_from->channel_post, post);
		assert_true(tobs_view_eq(copy->message.message, p->message.message));
		assert_int_equal(sim_thread_count(talk, top), 7);
		v = sim_view_message(me, h, p, &arena);
		assert_int_equal(v->message.replies->replies, 7);
		assert_int_equal(v->message.replies->channel_id, sim_peer_id(talk->peer));
		assert_true(v->message.post && v->message.has_views);
		assert_ok(sim_thread_page(
			me, talk, top, &(struct sim_slice){ .limit = 100 }, &arena, &page));
		assert_int_equal(page.messages.count, 7);
		for (uint32_t k = 0; k < 7; k++)
			assert_int_equal(sim_message_top(talk, page.messages.items[k]), top);
		tobs_arena_reset(&arena);
	}
	assert_int_equal(sim_discussion_of(h->chat, sim_list_id(&h->list, 0)), 0);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void topics_share_all_messages(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *me = sim_default_account(w);
	struct sim_history *h = chat_of(w, "kind=forum,topics=12,messages=5000,reply=30%", 0);
	struct tobs_arena arena;
	int32_t sum = 0;

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	assert_int_equal(h->chat->topics.count, 12);
	ARRAY_EACH (t, &h->chat->topics) {
		const struct tl_forumTopic *view = sim_view_topic(me, h->chat, t, &arena);

		assert_true(t->title.len > 0);
		assert_true(sim_thread_count(h, t->id) > 5);
		sum += sim_thread_count(h, t->id);
		assert_encodes(view);
	}
	assert_int_equal(sum, 5000);
	assert_int_equal(sim_thread_count(h, 99999), 0);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void private_chats_share_ids(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *me = sim_default_account(w);
	struct sim_spec spec = spec_of("kind=private,chats=5,messages=100,density=0.5");
	struct sim_spec more = spec_of("kind=group,chats=2,messages=100,seed=2");
	const int64_t *peers, *groups;
	struct sim_history *h;

	(void)state;
	assert_ok(sim_synthetic_add(w, me, &spec, &peers, NULL));
	assert_ok(sim_synthetic_add(w, me, &more, &groups, NULL));
	for (int k = 0; k < 7; k++) {
		h = sim_history(me, k < 5 ? peers[k] : groups[k - 5]);
		for (int32_t i = 0; i < 100; i++)
			assert_ptr_equal(sim_box_find(&me->box, sim_list_id(&h->list, i)), h);
	}
	sim_world_free(w);
}

static long resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	char line[100] = "";
	struct tobs_view rest, size, pages;
	int64_t n = 0;

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	rest = tobs_str(line);
	tobs_view_split(&rest, ' ', &size);
	tobs_view_split(&rest, ' ', &pages);
	assert_ok(tobs_view_int(pages, 0, INT64_MAX, &n));
	return (long)(n * (sysconf(_SC_PAGESIZE) / 1024));
}

/* KiB in use by the process stay the same with ten million messages, wherever one looks. */
static void ten_million_cost_no_memory(void **state)
{
	struct sim_world *w = test_world();
	struct sim_account *me = sim_default_account(w);
	struct sim_history *h;
	struct prng p = { 4 };
	struct tobs_arena arena;
	long before = resident();

	(void)state;
	tobs_arena_init(&arena, 1 << 26);
	h = chat_of(w, "mixed,messages=10000000,density=0.9", 0);
	assert_int_equal(sim_history_count(h), 10000000);
	for (int n = 0; n < 300; n++) {
		struct sim_slice s = { .limit = 100 };
		struct sim_page page;

		s.offset_id = 1 + (int32_t)prng_below(&p, (uint64_t)h->box->last_id);
		tobs_arena_reset(&arena);
		assert_ok(sim_history_page(me, h, &s, &arena, &page));
		assert_int_equal(page.total, 10000000);
		assert_int_equal(
			page.messages.count, MIN(100, sim_list_rank(&h->list, s.offset_id)));
	}
	assert_true(w->arena.used < 2 << 20);
	/* Loosely: ASan keeps what was freed for a while. */
	assert_true(resident() - before < 65536);
	tobs_arena_deinit(&arena);
	sim_world_free(w);
}

static void live_messages_stand_behind(void **state)
{
	struct sim_world *w = test_world();
	struct sim_history *h = chat_of(w, "messages=100", 0);
	int32_t last = sim_history_top(h), next;

	(void)state;
	assert_ok(sim_box_next(h->box, 0, &next));
	assert_int_equal(next, last + 1);
	assert_ok(sim_history_add(h, (void *)test_message(h, next, 1714600000, 5, "live")));
	assert_int_equal(sim_history_count(h), 101);
	assert_code(sim_history_add(h, (void *)test_message(h, 50, 1714600000, 5, "too late")),
		TOBS_EINVAL);
	{
		union tl_Message *m = sim_history_edit(h, 50);

		m->message.message = tobs_str("edited");
		assert_ok(sim_history_replace(h, m));
	}
	assert_view(sim_history_get(h, 50, NULL)->message.message, "edited");
	assert_ok(sim_history_remove(h, 50));
	assert_int_equal(sim_history_count(h), 100);
	assert_null(sim_history_get(h, 50, NULL));
	sim_world_free(w);
}

static void faults_in_specs_are_named(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "messages=0", "synthetic: messages=0: allowed is 1 to 1000000000" },
		{ "messages", "synthetic: messages=: allowed is 1 to 1000000000" },
		{ "messages=many", "synthetic: messages=many: allowed is 1 to 1000000000" },
		{ "kind=chat",
			"synthetic: kind=chat: allowed is private, group, supergroup, forum, channel" },
		{ "kind=group+forum",
			"synthetic: kind=group+forum: allowed is private, group, "
			"supergroup, forum, channel" },
		{ "scripts=latin+runes",
			"synthetic: scripts=latin+runes: allowed is latin, cyrillic, "
			"greek, hebrew, arabic, cjk, emoji" },
		{ "media=101%", "synthetic: media=101%: allowed is a share from 0% to 100%" },
		{ "media=10", "synthetic: media=10: allowed is a share from 0% to 100%" },
		{ "media=x", "synthetic: media=x: allowed is a share from 0% to 100%" },
		{ "density=0.01", "synthetic: density=0.01: allowed is a share from 0.05 to 1" },
		{ "text=9..3", "synthetic: text=9..3: allowed is 0 to 4096, or MIN..MAX of these" },
		{ "text=..3", "synthetic: text=..3: allowed is 0 to 4096, or MIN..MAX of these" },
		{ "file=5G",
			"synthetic: file=5G: allowed is 1 to 4294967296, or MIN..MAX of these" },
		{ "start=2020-02-30",
			"synthetic: start=2020-02-30: allowed is a day such as 2020-01-31, up to 2037" },
		{ "name=abcdefghijklmnopqrstuvwxyz",
			"synthetic: name=abcdefghijklmnopqrstuvwxyz: allowed is a text of at most 23 "
			"bytes" },
		{ "comments=3",
			"synthetic: comments: only a channel has them; allowed with "
			"kind=channel" },
		{ "kind=forum,topics=8,messages=7",
			"synthetic: topics=8: allowed are no more than there are messages" },
		{ "speed=9",
			"synthetic: there is no key \"speed\"; there are: chats comments density "
			"edits entities file forwards kind kinds media messages name reactions "
			"reply scripts seed senders service start step text title topics" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_spec spec;
		struct tobs_err err = { 0 };

		assert_code(sim_spec_parse(tobs_str(cases[i].text), &spec, &err), TOBS_EINVAL);
		assert_string_equal(err.message, cases[i].why);
	}
}

static void specs_are_read(void **state)
{
	struct sim_spec s = spec_of(
		"seed=7, chats=3 ,messages=1000000,kind=forum,media=10%,density=0.9,reply=0.25,"
		"reactions=15%,edits=0.5%,text=40..400,scripts=latin+emoji,file=1K..4G,kinds=video,"
		"start=2020-01-31,step=60,title=Bees,name=bees,topics=9,senders=50");

	(void)state;
	assert_int_equal(s.seed, 7);
	assert_int_equal(s.chats, 3);
	assert_int_equal(s.messages, 1000000);
	assert_int_equal(s.kind, SIM_SPEC_FORUM);
	assert_int_equal(s.media, 6553);
	assert_int_equal(s.density, 58982);
	assert_int_equal(s.reply, 16384);
	assert_int_equal(s.edits, 327);
	assert_int_equal(s.text_min, 40);
	assert_int_equal(s.text_max, 400);
	assert_int_equal(s.scripts, 1 << SIM_LATIN | 1 << SIM_EMOJI);
	assert_int_equal(s.media_kinds, 1 << SIM_MEDIA_VIDEO);
	assert_true(s.file_min == 1024 && s.file_max == INT64_C(4) << 30);
	assert_int_equal(s.start, 1580428800);
	assert_int_equal(s.step, 60);
	assert_string_equal(s.title, "Bees");
	assert_string_equal(s.name, "bees");
	s = spec_of("mixed,messages=5");
	assert_int_equal(s.reply, 16384);
	assert_int_equal(s.media_kinds, 1 << SIM_MEDIA_PHOTO);
	assert_int_equal(spec_of("").messages, 1000);
}

static void ids_stay_within_31_bits(void **state)
{
	struct sim_world *w = test_world();
	struct sim_spec s = spec_of("messages=1000000000,density=0.05");
	struct tobs_err err = { 0 };

	(void)state;
	assert_code(sim_synthetic_add(w, NULL, &s, NULL, &err), TOBS_EINVAL);
	assert_true(strstr(err.message, "allowed is less than 2^31") != NULL);
	sim_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(seeds_and_chats_differ),
		cmocka_unit_test(ids_rank_and_select),
		cmocka_unit_test(dates_grow),
		cmocka_unit_test(facts_agree_with_messages),
		cmocka_unit_test(shares_are_kept),
		cmocka_unit_test(replies_go_to_what_exists),
		cmocka_unit_test(files_are_found_again),
		cmocka_unit_test(a_channel_and_its_comments),
		cmocka_unit_test(topics_share_all_messages),
		cmocka_unit_test(private_chats_share_ids),
		cmocka_unit_test(ten_million_cost_no_memory),
		cmocka_unit_test(live_messages_stand_behind),
		cmocka_unit_test(faults_in_specs_are_named),
		cmocka_unit_test(specs_are_read),
		cmocka_unit_test(ids_stay_within_31_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
