/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>

#include "cli/progress_model.h"
#include "cli/text.h"

static const struct progress_style *const styles[] = {
	[PROGRESS_TERMINAL] = &progress_terminal,
	[PROGRESS_PLAIN] = &progress_plain,
	[PROGRESS_JSON] = &progress_json,
	[PROGRESS_NONE] = NULL,
};

int progress_new(struct progress **ret, const struct progress_options *options)
{
	struct progress *p = MEM_NEW(struct progress);

	if (!p)
		return TOBS_ENOMEM;
	p->o = *options;
	p->started = clock_mono(options->clock);
	tobs_buf_init(&p->out, MESSAGE_BYTES);
	tobs_buf_init(&p->block, MESSAGE_BYTES);
	*ret = p;
	return TOBS_OK;
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	ARRAY_DEINIT(&p->chats);
	ARRAY_DEINIT(&p->widths);
	tobs_buf_deinit(&p->out);
	tobs_buf_deinit(&p->block);
	mem_free(p);
}

void progress_flush(struct progress *p)
{
	if (p->out.len)
		p->o.write(p->o.user, tobs_buf_view(&p->out));
	tobs_buf_clear(&p->out);
}

/* ---- rates ---- */

static void take_sample(struct progress *p, int64_t now)
{
	const struct rate_sample *last =
		&p->samples[(p->sampled + RATE_SAMPLES - 1) % RATE_SAMPLES];

	if (p->sampled && now - last->at < RATE_STEP_US)
		return;
	p->samples[p->sampled++ % RATE_SAMPLES] = (struct rate_sample){ now, p->fetched };
}

double progress_rate(const struct progress *p)
{
	const struct rate_sample *oldest;
	int64_t took;

	if (!p->sampled)
		return 0;
	oldest = &p->samples[p->sampled < RATE_SAMPLES ? 0 : p->sampled % RATE_SAMPLES];
	took = clock_mono(p->o.clock) - oldest->at;
	/* Less than a second says nothing yet. */
	return took < SECOND_US ? 0
				: (double)(p->fetched - oldest->fetched) * SECOND_US / (double)took;
}

int64_t progress_eta(const struct progress *p)
{
	double rate = progress_rate(p);
	int64_t left = 0;

	if (rate <= 0)
		return -1;
	ARRAY_EACH (c, &p->chats) {
		/* How long a chat is shows when it has begun. */
		if (c->state == CHAT_NOT_BEGUN)
			return -1;
		if (c->state == CHAT_FETCHING && c->report->total > c->report->fetched)
			left += c->report->total - c->report->fetched;
	}
	return progress_waits(p) + (int64_t)((double)left / rate + 0.5);
}

int64_t progress_waits(const struct progress *p)
{
	int64_t left = p->wait_until - clock_mono(p->o.clock);

	return left > 0 ? (left + SECOND_US - 1) / SECOND_US : 0;
}

/* ---- events ---- */

static struct chat_progress *chat_at(struct progress *p, size_t index)
{
	while (p->chats.count <= index)
		if (ARRAY_PUSH(&p->chats, (struct chat_progress){ .report = NULL }))
			return NULL;
	return &p->chats.items[index];
}

static void enter(struct progress *p, struct chat_progress *c, enum chat_state state)
{
	if (c->state == CHAT_ENDED)
		return;
	c->state = state;
	if (state != CHAT_ENDED)
		return;
	p->ended++;
	p->failed += c->report->code != TOBS_OK;
}

static void take_in(struct progress *p, const struct export_event *e)
{
	struct chat_progress *c;

	if (e->kind == EXPORT_START && e->chats)
		chat_at(p, e->chats - 1);
	if (!e->chat || e->kind == EXPORT_START || e->kind == EXPORT_NOTE)
		return;
	/* Without memory that chat is not shown; the export itself is not concerned. */
	c = chat_at(p, e->index);
	if (!c)
		return;
	c->report = e->chat;
	p->fetched += e->chat->fetched - c->fetched;
	c->fetched = e->chat->fetched;
	switch (e->kind) {
	case EXPORT_RENDERING: enter(p, c, CHAT_WRITING); break;
	case EXPORT_CHAT_END: enter(p, c, CHAT_ENDED); break;
	default: enter(p, c, CHAT_FETCHING); break;
	}
}

void progress_event(struct progress *p, const struct export_event *e)
{
	take_in(p, e);
	take_sample(p, clock_mono(p->o.clock));
	if (styles[p->o.mode])
		styles[p->o.mode]->event(p, e);
}

void progress_wait(struct progress *p, const struct tobs_wait *wait)
{
	int64_t until = clock_mono(p->o.clock) + wait->seconds * SECOND_US;

	if (until > p->wait_until) {
		p->wait_until = until;
		snprintf(p->wait_name, sizeof p->wait_name, "%s", wait->name);
	}
	if (styles[p->o.mode])
		styles[p->o.mode]->wait(p, wait);
}

void progress_line(struct progress *p, const char *line)
{
	if (styles[p->o.mode])
		styles[p->o.mode]->line(p, line);
}

void progress_tick(struct progress *p)
{
	take_sample(p, clock_mono(p->o.clock));
	if (styles[p->o.mode])
		styles[p->o.mode]->tick(p);
}

void progress_end(struct progress *p, const struct export_report *report, enum status status,
	int code, const struct tobs_err *err)
{
	if (styles[p->o.mode])
		styles[p->o.mode]->end(p, report, status, code, err);
}

/* ---- words ---- */

static void put_part(struct tobs_buf *out, int64_t n, const char *one, const char *many, bool *any)
{
	if (!n)
		return;
	tobs_buf_puts(out, *any ? ", " : ": ");
	text_count(out, n);
	tobs_buf_printf(out, " %s", n == 1 ? one : many);
	*any = true;
}

static void put_title(const struct export_chat_report *c, struct tobs_buf *out)
{
	enum { TITLE_COLUMNS = 60 };

	text_fit(out, tobs_str(*c->title ? c->title : c->target), TITLE_COLUMNS);
}

void progress_put_result(
	const struct progress *p, const struct export_chat_report *c, struct tobs_buf *out)
{
	bool any = false;

	/* Not its own failure, but the run's end. */
	if (c->code == TOBS_ECANCELED)
		return;
	if (c->code) {
		put_title(c, out);
		tobs_buf_puts(out, c->skipped ? ": skipped: " : ": failed: ");
		text_clean(out, tobs_str(c->message));
		return;
	}
	if (!(p->o.dry_run ? c->total : c->added | c->edited | c->deleted))
		return;
	put_title(c, out);
	if (p->o.dry_run) {
		put_part(out, c->total, "message", "messages", &any);
		return;
	}
	put_part(out, c->added, "new message", "new messages", &any);
	put_part(out, c->edited, "edited", "edited", &any);
	put_part(out, c->deleted, "deleted", "deleted", &any);
}
