/* SPDX-License-Identifier: MIT */
#include "export/sink.h"

#include "base/alloc.h"
#include "client/page.h"
#include "export/from_tl.h"

struct sink {
	struct archive *archive;
	bool dry;
	struct archive_batch batches[2];
	int filling; /* index of the one that takes pages */
	bool due;    /* it is to go out, full or not */
	bool ending;
	uint64_t put, written; /* pages ever */
	uint64_t under_way;    /* pages of the batch being written */
	struct tobs_cond changed;
	struct tobs_sem lock; /* the archive */
	struct tobs_fiber *writer;
	int failure;
	struct tobs_err err;
};

/* ---- the writer ---- */

struct write_job {
	struct sink *sink;
	const struct archive_batch *batch;
	struct tobs_err err;
};

static int write_batch(void *arg)
{
	struct write_job *job = arg;

	return archive_write(job->sink->archive, job->batch, &job->err);
}

static bool is_empty(const struct archive_batch *b)
{
	return !b->messages.count && !b->intervals.count && !b->peers.count && !b->files.count;
}

static bool is_full(const struct archive_batch *b)
{
	return b->messages.count >= SINK_MESSAGES || b->arena.used >= SINK_BATCH_BYTES / 2;
}

static void fail(struct sink *s, int code, const struct tobs_err *err)
{
	if (s->failure)
		return;
	s->failure = code;
	s->err = *err;
	if (!err->code)
		tobs_fail(&s->err, code, "the archive cannot be written");
}

/* Writes what was gathered; the other batch takes over. */
static int turn(struct sink *s)
{
	struct archive_batch *b = &s->batches[s->filling];
	struct write_job job = { s, b, { 0 } };
	int r;

	s->filling = !s->filling;
	s->due = false;
	s->under_way = s->put - s->written;
	tobs_cond_broadcast(&s->changed);
	r = tobs_sem_wait(&s->lock);
	if (!r) {
		r = tobs_offload(write_batch, &job);
		tobs_sem_post(&s->lock);
	}
	archive_batch_clear(b);
	if (r)
		fail(s, r, &job.err);
	s->written += s->under_way;
	s->under_way = 0;
	tobs_cond_broadcast(&s->changed);
	return s->failure;
}

/* Gives a batch that has begun SINK_MS to fill up. */
static int gather(struct sink *s)
{
	struct tobs_deadline d;
	int r = TOBS_OK;

	tobs_deadline_push(&d, SINK_MS);
	while (!r && !s->due && !s->ending && !is_full(&s->batches[s->filling]))
		r = tobs_cond_wait(&s->changed);
	tobs_deadline_pop(&d);
	return r == TOBS_ETIMEDOUT && tobs_deadline_passed(&d) ? TOBS_OK : r;
}

static int write_all(void *arg)
{
	struct sink *s = arg;
	int r = TOBS_OK;

	while (!r && !s->ending) {
		if (is_empty(&s->batches[s->filling])) {
			r = tobs_cond_wait(&s->changed);
			continue;
		}
		r = gather(s);
		if (!r && !s->ending)
			r = turn(s);
	}
	if (r && !s->failure)
		fail(s, r, &(struct tobs_err){ 0 });
	tobs_cond_broadcast(&s->changed);
	return TOBS_OK;
}

int sink_new(struct sink **ret, struct archive *a, bool dry)
{
	static const struct tobs_fiber_options fiber = { .name = "archive" };
	struct sink *s = MEM_NEW(struct sink);
	int r;

	if (!s)
		return TOBS_ENOMEM;
	s->archive = a;
	s->dry = dry;
	archive_batch_init(&s->batches[0], SINK_BATCH_BYTES);
	archive_batch_init(&s->batches[1], SINK_BATCH_BYTES);
	tobs_cond_init(&s->changed);
	tobs_sem_init(&s->lock, 1);
	r = tobs_spawn(&s->writer, write_all, s, &fiber);
	if (r) {
		mem_free(s);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}

void sink_free(struct sink *s)
{
	if (!s)
		return;
	s->ending = true;
	tobs_cond_broadcast(&s->changed);
	tobs_join(s->writer, NULL);
	archive_batch_deinit(&s->batches[0]);
	archive_batch_deinit(&s->batches[1]);
	mem_free(s);
}

/* ---- pages ---- */

static int failure(const struct sink *s, struct tobs_err *err)
{
	if (s->failure && err)
		*err = s->err;
	return s->failure;
}

/* The ids of a page within its interval, ascending. */
static int prove(struct archive_batch *b, const struct sink_page *page)
{
	struct archive_batch_interval proof = {
		.range = { .chat = page->chat, .first = page->first, .last = page->last },
		.again = page->again,
		.counts = page->counts,
	};

	if (page->first > page->last)
		return TOBS_OK;
	if (page->again && page->messages->count) {
		int32_t *ids = TOBS_ARENA_ARRAY(&b->arena, page->messages->count, int32_t);

		if (!ids)
			return TOBS_ENOMEM;
		for (uint32_t i = page->messages->count; i-- > 0;) {
			int32_t id = message_id(page->messages->items[i]);

			if (id >= page->first && id <= page->last &&
				page->messages->items[i]->ctor != TL_messageEmpty)
				ids[proof.count++] = id;
		}
		proof.ids = ids;
	}
	return ARRAY_PUSH(&b->intervals, proof) ? TOBS_ENOMEM : TOBS_OK;
}

/* The messages of the page that are within its interval. */
static int take(struct archive_batch *b, const struct sink_page *page, struct tobs_err *err)
{
	size_t kept = b->messages.count;
	int r = from_tl_messages(b, page->chat, page->messages, page->users, page->chats, err);

	for (size_t i = kept; !r && i < b->messages.count; i++) {
		struct archive_batch_message *m = &b->messages.items[i];

		m->counts = page->counts;
		if (m->m.id >= page->first && m->m.id <= page->last)
			b->messages.items[kept++] = *m;
	}
	if (!r)
		b->messages.count = kept;
	return r;
}

int sink_put(struct sink *s, const struct sink_page *page, struct tobs_err *err)
{
	struct archive_batch *b;
	int r = TOBS_OK;

	if (s->dry)
		return TOBS_OK;
	while (!r && !s->failure && is_full(&s->batches[s->filling]))
		r = tobs_cond_wait(&s->changed);
	if (s->failure)
		return failure(s, err);
	if (r)
		return tobs_fail(err, r, "stopped while messages were written");
	b = &s->batches[s->filling];
	r = take(b, page, err);
	if (!r)
		r = prove(b, page);
	if (r == TOBS_ENOMEM)
		tobs_fail(err, r, "out of memory for %u messages", page->messages->count);
	/* A page that is in a batch by halves must not be written. */
	if (r) {
		fail(s, r, err ? err : &(struct tobs_err){ 0 });
		return r;
	}
	/* One that has nothing to write is written already. */
	if (is_empty(b))
		return TOBS_OK;
	s->put++;
	if (b->messages.count <= page->messages->count || is_full(b))
		tobs_cond_broadcast(&s->changed);
	return TOBS_OK;
}

int sink_flush(struct sink *s, struct tobs_err *err)
{
	uint64_t until = s->put;
	int r = TOBS_OK;

	while (!r && !s->failure && s->written < until) {
		s->due = true;
		tobs_cond_broadcast(&s->changed);
		r = tobs_cond_wait(&s->changed);
	}
	if (s->failure)
		return failure(s, err);
	return r ? tobs_fail(err, r, "stopped while messages were written") : TOBS_OK;
}

struct use {
	struct archive *archive;
	int (*fn)(struct archive *a, void *arg);
	void *arg;
};

static int call_use(void *arg)
{
	struct use *u = arg;

	return u->fn(u->archive, u->arg);
}

int sink_use(struct sink *s, int (*fn)(struct archive *a, void *arg), void *arg)
{
	struct use u = { s->archive, fn, arg };
	int r = tobs_sem_wait(&s->lock);

	if (r)
		return r;
	r = tobs_offload(call_use, &u);
	tobs_sem_post(&s->lock);
	return r;
}
