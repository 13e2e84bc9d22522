/* SPDX-License-Identifier: MIT */
/* One chat of a run. */
#include <stdio.h>

#include "client/page.h"
#include "export/card.h"
#include "export/fetch.h"
#include "export/run.h"

enum {
	CHAT_BYTES = 64 << 20,  /* for titles, topics and gaps */
	CARD_AGE_S = 24 * 3600, /* after which members and description are asked for again */
	DAY_S = 24 * 3600,
};

/* One history: the chat's, or that of the basic group it came from. */
struct history {
	struct run *run;
	struct export_chat_report *report;
	size_t index;
	struct tobs_arena *arena;
	struct tobs_reply reply; /* of the newest page */
	struct message_page newest;
	struct tobs_peer peer;
	struct archive_chat chat;
	bool known;          /* the archive had it before */
	int32_t lowest, top; /* ids the newest page proves */
	int32_t first, last; /* ids that are wanted */
	int32_t look_back;   /* ids from here on are fetched again; INT32_MAX: none */
	struct fetch fetch;
	struct archive_counts counts;
};

/* ---- the archive's side, on a worker ---- */

struct chat_job {
	int64_t peer;
	struct archive_chat *chat;
	const struct archive_topic *topics;
	size_t topic_count;
	int32_t first, last;
	int64_t date;
	int32_t since;
	struct archive_interval *gaps;
	size_t gap_count;
	struct tobs_arena *arena;
	struct tobs_err err;
};

static int get_chat(struct archive *a, void *arg)
{
	struct chat_job *job = arg;

	if (!a)
		return TOBS_ENOTFOUND;
	return archive_chat_get(a, job->peer, job->arena, job->chat, &job->err);
}

static int put_chat(struct archive *a, void *arg)
{
	struct chat_job *job = arg;
	struct archive_chat chat = *job->chat;
	int r = archive_chat_put(a, &chat, job->arena, job->chat, &job->err);

	for (size_t i = 0; !r && i < job->topic_count; i++)
		r = archive_topic_put(a, job->chat->no, &job->topics[i], &job->err);
	return r;
}

static int get_gaps(struct archive *a, void *arg)
{
	struct chat_job *job = arg;

	if (!a || !job->chat->no) {
		job->gap_count = 1;
		job->gaps = TOBS_ARENA_NEW(job->arena, struct archive_interval);
		if (!job->gaps)
			return TOBS_ENOMEM;
		*job->gaps = (struct archive_interval){ .first = job->first, .last = job->last };
		return TOBS_OK;
	}
	return archive_gaps(a, job->chat->no, 0, job->first, job->last, job->arena, &job->gaps,
		&job->gap_count, &job->err);
}

static int get_since(struct archive *a, void *arg)
{
	struct chat_job *job = arg;

	return archive_since(a, job->chat->no, job->date, &job->since, &job->err);
}

static int with_archive(struct history *h, int (*fn)(struct archive *a, void *arg),
	struct chat_job *job, struct tobs_err *err)
{
	int r;

	job->arena = h->arena;
	job->chat = &h->chat;
	r = sink_use(h->run->sink, fn, job);
	if (r && err) {
		*err = job->err;
		if (!err->code)
			tobs_fail(err, r, "%s", tobs_error_text(r));
	}
	return r;
}

/* ---- what there is ---- */

static void arrived(void *user, uint32_t messages)
{
	struct history *h = user;

	h->report->fetched += messages;
	h->report->pages++;
	run_tell(h->run, EXPORT_PROGRESS, h->index, NULL);
}

/* The newest page says how long the chat is, and is often all that is new. */
static int fetch_newest(struct history *h, struct tobs_err *err)
{
	const struct fetch_offset newest = { 0 };
	const union tl_messages_Messages *answer;
	int r = fetch_page(&h->fetch, &newest, SLOT_PAGE, &h->reply, &answer, err);

	if (r)
		return r;
	if (!message_page_of(answer, &h->newest))
		return tobs_fail(err, TOBS_EPROTO,
			"the server says that nothing changed, which it was not asked");
	h->lowest = INT32_MAX;
	for (uint32_t i = 0; i < h->newest.messages.count; i++) {
		int32_t id = message_id(h->newest.messages.items[i]);

		h->lowest = MIN(h->lowest, id);
		h->top = MAX(h->top, id);
	}
	if (h->newest.is_all || (int64_t)h->newest.messages.count >= h->newest.total)
		h->lowest = 1;
	h->chat.top = h->top;
	h->chat.count = h->newest.total;
	return TOBS_OK;
}

/* The id of the one message at an offset; 0 when there is none. */
static int id_at(
	struct history *h, const struct fetch_offset *offset, int32_t *ret, struct tobs_err *err)
{
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const union tl_messages_Messages *answer;
	struct message_page page;
	int r = fetch_page(&h->fetch, offset, 1, &reply, &answer, err);

	if (!r)
		*ret = message_page_of(answer, &page) && page.messages.count
			? message_id(page.messages.items[0])
			: 0;
	tobs_reply_deinit(&reply);
	return r;
}

/* Which ids the options want, found by jumping there. */
static int find_range(struct history *h, struct tobs_err *err)
{
	const struct export_options *o = h->run->options;
	int32_t id;
	int r;

	h->first = MAX(o->from_id, 1);
	h->last = o->to_id ? MIN(o->to_id, h->top) : h->top;
	if (o->since) {
		r = id_at(h, &(struct fetch_offset){ 0, (int32_t)o->since, -1 }, &id, err);
		if (r)
			return r;
		h->first = id ? MAX(h->first, id) : h->top + 1;
	}
	if (o->until) {
		r = id_at(h, &(struct fetch_offset){ 0, (int32_t)o->until, 0 }, &id, err);
		if (r)
			return r;
		h->last = MIN(h->last, id);
	}
	if (o->last && o->last < h->chat.count) {
		r = id_at(h, &(struct fetch_offset){ 0, 0, o->last - 1 }, &id, err);
		if (r)
			return r;
		h->first = MAX(h->first, id);
	}
	return TOBS_OK;
}

/* From which id on messages that are archived already are looked at again. */
static int find_look_back(struct history *h, struct tobs_err *err)
{
	int days = h->run->options->refresh_days;
	struct chat_job job = { .date = h->run->now - (int64_t)days * DAY_S };
	int r = TOBS_OK;

	h->look_back = INT32_MAX;
	if (days < 0 || !h->known)
		return TOBS_OK;
	r = with_archive(h, get_since, &job, err);
	if (!r)
		h->look_back = job.since;
	return r;
}

/* ---- fetching ---- */

/* Ranges that are missing below `end`, and those to be looked at again, apart. */
static int fetch_missing(struct history *h, int32_t end, struct tobs_err *err)
{
	struct chat_job job = { .first = h->first,
		.last = MIN(MIN(end, h->look_back) - 1, h->last) };
	struct slot_range *ranges, again = { MAX(h->look_back, h->first), MIN(end - 1, h->last) };
	size_t n = 0;
	int r = TOBS_OK;

	if (job.first <= job.last)
		r = with_archive(h, get_gaps, &job, err);
	if (r)
		return r;
	ranges = TOBS_ARENA_ARRAY(h->arena, job.gap_count + 1, struct slot_range);
	if (!ranges)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	for (; n < job.gap_count; n++)
		ranges[n] = (struct slot_range){ job.gaps[n].first, job.gaps[n].last };
	h->fetch.density = h->top > 0 ? (double)h->chat.count / h->top : 0;
	if (n)
		r = fetch_ranges(&h->fetch, ranges, n, err);
	if (!r && again.first <= again.last) {
		h->fetch.again = true;
		r = fetch_ranges(&h->fetch, &again, 1, err);
		h->fetch.again = false;
	}
	return r;
}

/* With a takeout, ids of private chats and basic groups are asked for in the ranges it names. */
static int fetch_all(struct history *h, int32_t end, struct tobs_err *err)
{
	const struct run *run = h->run;
	int32_t first = h->first, last = h->last;
	int r = TOBS_OK;

	if (!run->takeout || h->peer.kind == TOBS_PEER_CHANNEL || !run->splits.count)
		return fetch_missing(h, end, err);
	for (size_t i = 0; !r && i < run->splits.count; i++) {
		const struct tl_messageRange *split = run->splits.items[i];

		h->first = MAX(first, split->min_id);
		h->last = MIN(last, split->max_id);
		h->fetch.split = split;
		if (h->first <= h->last)
			r = fetch_missing(h, end, err);
	}
	h->fetch.split = NULL;
	h->first = first;
	h->last = last;
	return r;
}

static int64_t missing(struct history *h)
{
	struct chat_job job = { .first = h->first, .last = h->last };
	int64_t ids = 0;

	if (job.first > job.last || with_archive(h, get_gaps, &job, NULL))
		return 0;
	for (size_t i = 0; i < job.gap_count; i++)
		ids += (int64_t)job.gaps[i].last - job.gaps[i].first + 1;
	return h->top ? MIN(ids, (int64_t)((double)ids * h->chat.count / h->top) + 1) : 0;
}

/* Everything that is missing, then the newest page, so that the archive fills in order of ids. */
static int fetch_history(struct history *h, struct tobs_err *err)
{
	int32_t first, last;
	int r = find_range(h, err);

	if (!r)
		r = find_look_back(h, err);
	if (r)
		return r;
	h->report->total += missing(h);
	run_tell(h->run, EXPORT_CHAT_START, h->index, NULL);
	if (h->run->options->dry_run)
		return TOBS_OK;
	r = fetch_all(h, h->lowest, err);
	first = MAX(h->lowest, h->first);
	last = MIN(h->top, h->last);
	if (r || first > last)
		return r;
	r = sink_put(h->run->sink,
		&(struct sink_page){ .chat = h->chat.no,
			.messages = &h->newest.messages,
			.users = &h->newest.users,
			.chats = &h->newest.chats,
			.first = first,
			.last = last,
			.again = h->known && h->run->options->refresh_days >= 0,
			.counts = &h->counts },
		err);
	if (!r)
		arrived(h, h->newest.messages.count);
	return r;
}

/* ---- one chat ---- */

static int describe(struct history *h, struct card *card, struct tobs_err *err)
{
	struct chat_job job = { .peer = tobs_peer_mark(&h->peer) };
	int r = with_archive(h, get_chat, &job, err);

	if (r && r != TOBS_ENOTFOUND)
		return r;
	h->known = !r;
	if (h->known && h->run->now - h->chat.synced < CARD_AGE_S && h->chat.title.len) {
		card->chat = h->chat;
		return TOBS_OK;
	}
	r = card_fetch(h->run->client, &h->peer, h->run->sink, h->arena, card, err);
	if (r)
		return r;
	card->chat.synced = h->run->now;
	h->chat = card->chat;
	return TOBS_OK;
}

/* Stores the chat's row, with its topics when it has some. */
static int settle(struct history *h, struct tobs_err *err)
{
	struct chat_job job = { 0 };
	struct archive_topic *topics = NULL;
	int r = TOBS_OK;

	if (h->chat.kind == ARCHIVE_FORUM)
		r = card_topics(h->run->client, &h->peer, h->run->sink, h->arena, &topics,
			&job.topic_count, err);
	job.topics = topics;
	if (!r)
		r = with_archive(h, put_chat, &job, err);
	return r;
}

static void history_init(struct history *h, struct run *run, size_t index, struct tobs_arena *arena,
	const struct tobs_peer *peer)
{
	*h = (struct history){ .run = run,
		.report = run->report->chats.items[index],
		.index = index,
		.arena = arena,
		.reply = TOBS_REPLY_INIT,
		.peer = *peer };
	h->fetch = (struct fetch){ .client = run->client,
		.pace = &run->pace,
		.sink = run->sink,
		.peer = *peer,
		.takeout = run->takeout,
		.counts = &h->counts,
		.arrived = arrived,
		.user = h };
}

static void history_deinit(struct history *h)
{
	h->report->added += h->counts.added;
	h->report->edited += h->counts.edited;
	h->report->deleted += h->counts.deleted;
	tobs_reply_deinit(&h->reply);
}

/* The messages from before a basic group became this supergroup. */
static int run_origin(struct run *run, size_t index, struct tobs_arena *arena, int64_t origin,
	struct tobs_err *err)
{
	struct tobs_peer peer = tobs_peer_unmark(origin);
	struct history h;
	struct card card;
	int r;

	history_init(&h, run, index, arena, &peer);
	r = describe(&h, &card, err);
	if (!r)
		r = fetch_newest(&h, err);
	if (!r)
		r = settle(&h, err);
	if (!r) {
		h.fetch.chat = h.chat.no;
		r = fetch_history(&h, err);
	}
	if (!r)
		r = sink_flush(run->sink, err);
	history_deinit(&h);
	return r;
}

static const char *keep(struct tobs_arena *a, struct tobs_view v)
{
	const char *s = tobs_arena_dup(a, v.ptr, v.len);

	return s ? s : "";
}

static int run_history(struct run *run, size_t index, struct tobs_arena *arena, struct history *h,
	struct tobs_err *err)
{
	struct card card = { 0 };
	int r = describe(h, &card, err);

	if (!r) {
		h->report->title = keep(&run->report->arena, h->chat.title);
		r = fetch_newest(h, err);
	}
	if (!r && !run->options->dry_run)
		r = settle(h, err);
	if (r)
		return r;
	h->report->folder = keep(&run->report->arena, h->chat.folder);
	h->fetch.chat = h->chat.no;
	if (h->chat.migrated && !run->options->from_id && !run->options->last)
		r = run_origin(run, index, arena, h->chat.migrated, err);
	/* It may be gone for good; the supergroup's own messages are there all the same. */
	if (r && !plan_is_fatal(r)) {
		run_tell(run, EXPORT_NOTE, index,
			"the messages from before it became a supergroup cannot be read");
		r = TOBS_OK;
	}
	if (!r)
		r = fetch_history(h, err);
	if (!r)
		r = sink_flush(run->sink, err);
	return r;
}

int run_chat(struct run *run, size_t index, struct tobs_err *err)
{
	struct plan_chat *chat = &run->plan.chats.items[index];
	struct export_chat_report *report = run->report->chats.items[index];
	struct tobs_arena arena;
	struct history h;
	int r;

	if (chat->code)
		return tobs_fail(err, chat->code, "%s", chat->message);
	report->peer = tobs_peer_mark(&chat->peer);
	tobs_arena_init(&arena, CHAT_BYTES);
	history_init(&h, run, index, &arena, &chat->peer);
	r = run_history(run, index, &arena, &h, err);
	history_deinit(&h);
	tobs_arena_deinit(&arena);
	return r;
}

int run_write_chat(struct run *run, size_t index, struct tobs_err *err)
{
	struct export_chat_report *report = run->report->chats.items[index];
	struct render_result result = { 0 };
	int r;

	run_tell(run, EXPORT_RENDERING, index, NULL);
	r = run_render_chat(run, report->peer, &result, err);
	report->files += result.written;
	if (result.kept)
		run_tell(run, EXPORT_NOTE, index,
			"a file was changed by hand: that version is kept beside, as \"(changed by hand)\"");
	return r;
}
