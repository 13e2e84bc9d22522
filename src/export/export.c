/* SPDX-License-Identifier: MIT */
#include "export/export.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "export/run.h"
#include "rt/clock.h"

static const int64_t SECOND_US = 1000000, MS_US = 1000;

void run_tell(const struct run *run, enum export_event_kind kind, size_t index, const char *text)
{
	const struct export_report *report = run->report;

	if (!run->options->event)
		return;
	run->options->event(run->options->user,
		&(struct export_event){ .kind = kind,
			.index = index,
			.chat = index < report->chats.count ? report->chats.items[index] : NULL,
			.chats = report->chats.count,
			.text = text });
}

/* ---- times ---- */

static int64_t cpu_us(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u))
		return 0;
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND_US + u.ru_utime.tv_usec +
		u.ru_stime.tv_usec;
}

/* The server asks to wait: fewer pages at once, and the report tells how long it took together. */
static void on_wait(void *user, const struct tobs_wait *wait)
{
	struct run *run = user;
	int64_t now = tobs_now(), until = now + wait->seconds * SECOND_US;

	pace_flood(&run->pace);
	if (until <= run->waits_until)
		return;
	run->waited_us += until - MAX(now, run->waits_until);
	run->waits_until = until;
}

/* ---- the chats ---- */

static int make_reports(struct run *run)
{
	struct export_report *r = run->report;

	ARRAY_EACH (it, &run->plan.chats) {
		struct export_chat_report *c = TOBS_ARENA_NEW(&r->arena, struct export_chat_report);

		if (!c || ARRAY_PUSH(&r->chats, c))
			return TOBS_ENOMEM;
		c->target = tobs_arena_strdup(&r->arena, it->target);
		c->title = tobs_arena_strdup(&r->arena, it->title);
		c->folder = "";
		if (!c->target || !c->title)
			return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

/* Chats that cannot be read, now or ever: another try changes nothing. */
static bool is_closed(const struct tobs_err *err)
{
	static const char *const names[] = { "CHANNEL_PRIVATE", "CHANNEL_INVALID", "CHAT_FORBIDDEN",
		"CHAT_ID_INVALID", "PEER_ID_INVALID", "USER_BANNED_IN_CHANNEL",
		"CHANNEL_PUBLIC_GROUP_NA", "CHAT_RESTRICTED" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(err->name, names[i]))
			return true;
	return false;
}

static bool writes_files(const struct run *run)
{
	return run->options->render && !run->options->dry_run;
}

static int take_chat(struct run *run, size_t index)
{
	struct export_chat_report *report = run->report->chats.items[index];
	struct tobs_err err = { 0 };
	int r = run_chat(run, index, &err);

	report->code = r;
	report->done = !r;
	if (r) {
		snprintf(report->message, sizeof report->message, "%s",
			err.message[0] ? err.message : tobs_error_text(r));
		report->skipped = is_closed(&err);
		if (r != TOBS_ECANCELED)
			run->report->failed++;
	}
	/* One whose files are still to be written is not at its end. */
	if (r || !writes_files(run))
		run_tell(run, EXPORT_CHAT_END, index, NULL);
	if (r && plan_is_fatal(r) && !run->failure) {
		run->failure = r;
		run->err = err;
	}
	return run->failure;
}

/* The files of one chat; a failure that concerns only these is in its report. */
static int write_chat(struct run *run, size_t index, struct tobs_err *err)
{
	struct export_chat_report *report = run->report->chats.items[index];
	struct tobs_err why = { 0 };
	int r = run_write_chat(run, index, &why);

	if (r) {
		report->code = r;
		report->done = false;
		snprintf(report->message, sizeof report->message, "%s",
			why.message[0] ? why.message : tobs_error_text(r));
		if (r != TOBS_ECANCELED)
			run->report->failed++;
	}
	run_tell(run, EXPORT_CHAT_END, index, NULL);
	if (!r || !plan_is_fatal(r))
		return TOBS_OK;
	if (err)
		*err = why;
	return r;
}

static int write_chats(struct run *run, struct tobs_err *err)
{
	int r = TOBS_OK;

	if (!writes_files(run))
		return TOBS_OK;
	for (size_t i = 0; !r && i < run->report->chats.count; i++)
		if (run->report->chats.items[i]->done)
			r = write_chat(run, i, err);
	if (!r)
		r = run_render_others(run, err);
	return r ? r : run_render_index(run, err);
}

static int take_chats(void *arg)
{
	struct run *run = arg;
	int r = TOBS_OK;

	while (!r && run->next < run->plan.chats.count)
		r = take_chat(run, run->next++);
	return r;
}

static int all_chats(struct run *run, struct tobs_err *err)
{
	static const struct tobs_fiber_options fiber = { .name = "chat", .stack_size = 128 << 10 };
	size_t n = MIN((size_t)EXPORT_CHATS_AT_ONCE, run->plan.chats.count);
	struct tobs_group group;
	int r = TOBS_OK;

	tobs_group_init(&group, TOBS_GROUP_FAIL_FAST);
	for (size_t i = 0; !r && i < n; i++)
		r = tobs_group_spawn(&group, take_chats, run, &fiber);
	if (r) {
		tobs_group_cancel(&group);
		tobs_fail(err, r, "out of memory");
	}
	n = (size_t)tobs_group_wait(&group);
	if (run->failure) {
		if (err)
			*err = run->err;
		return run->failure;
	}
	if (!r && n)
		r = tobs_fail(err, (int)n, "stopped");
	return r;
}

/* ---- the run's rows in the archive ---- */

struct run_job {
	struct run *run;
	const struct tobs_buf *result;
	struct tobs_err err;
};

static int begin_run(struct archive *a, void *arg)
{
	struct run_job *job = arg;
	struct run *run = job->run;
	const char *arguments = run->options->arguments;
	int r = archive_account_put(
		a, tobs_client_self(run->client), tobs_str(""), tobs_str(""), &job->err);

	if (!r)
		r = archive_run_begin(
			a, tobs_str(arguments ? arguments : ""), run->now, &run->no, &job->err);
	return r;
}

static int end_run(struct archive *a, void *arg)
{
	struct run_job *job = arg;
	struct run *run = job->run;
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < run->report->chats.count; i++) {
		const struct export_chat_report *c = run->report->chats.items[i];

		if (c->code != TOBS_ECANCELED && (c->code || c->done))
			r = archive_failure(a, run->no, tobs_str(c->target), c->code,
				tobs_str(c->message), &job->err);
	}
	if (!r)
		r = archive_run_end(a, run->no, tobs_buf_view(job->result),
			clock_wall(rt_clock_source()) / SECOND_US, &job->err);
	return r;
}

static int use(struct run *run, int (*fn)(struct archive *a, void *arg), struct run_job *job,
	struct tobs_err *err)
{
	int r = sink_use(run->sink, fn, job);

	if (r && err) {
		*err = job->err;
		if (!err->code)
			tobs_fail(err, r, "%s", tobs_error_text(r));
	}
	return r;
}

/* ---- the whole ---- */

static int run_body(struct run *run, struct tobs_err *err)
{
	struct run_job job = { .run = run };
	bool dry = run->options->dry_run;
	int r = dry ? TOBS_OK : use(run, begin_run, &job, err);

	if (!r)
		r = plan_make(&run->plan, run->client, run->options, err);
	if (!r && make_reports(run))
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	if (!r)
		r = run_begin_takeout(run, err);
	if (r)
		return r;
	run_tell(run, EXPORT_START, SIZE_MAX, NULL);
	r = all_chats(run, err);
	run_end_takeout(run, !r && !run->report->failed);
	if (!r)
		r = write_chats(run, err);
	return r;
}

static void sum_up(struct run *run, int result, int64_t started, int64_t cpu)
{
	struct export_report *r = run->report;

	for (size_t i = 0; i < r->chats.count; i++) {
		const struct export_chat_report *c = r->chats.items[i];

		r->added += c->added;
		r->edited += c->edited;
		r->deleted += c->deleted;
		r->fetched += c->fetched;
		r->pages += c->pages;
	}
	r->canceled = result == TOBS_ECANCELED;
	r->wall_ms = (tobs_now() - started) / MS_US;
	r->wait_ms = run->waited_us / MS_US;
	r->cpu_ms = (cpu_us() - cpu) / MS_US;
}

/* What happened is kept even when the run was stopped; it must not hide why. */
static int keep_result(struct run *run, int r, struct tobs_err *err)
{
	struct tobs_buf json;
	struct run_job job = { .run = run, .result = &json };
	struct tobs_shield shield;
	int kept;

	if (run->options->dry_run || !run->no)
		return r;
	tobs_shield_begin(&shield);
	tobs_buf_init(&json, 256 << 20);
	kept = export_report_print(run->report, &json);
	if (!kept)
		kept = use(run, end_run, &job, r ? NULL : err);
	if (!kept)
		kept = run_write_last(run, &json, r ? NULL : err);
	tobs_buf_deinit(&json);
	tobs_shield_end(&shield);
	return r ? r : kept;
}

int export_run(struct tobs_client *client, const struct export_options *options,
	struct export_report *report, struct tobs_err *err)
{
	struct run run = { .client = client,
		.options = options,
		.report = report,
		.takeout_reply = TOBS_REPLY_INIT,
		.now = clock_wall(rt_clock_source()) / SECOND_US };
	int concurrency = options->concurrency ? options->concurrency : EXPORT_CONCURRENCY;
	int64_t started = tobs_now(), cpu = cpu_us();
	struct archive *archive = NULL;
	int r;

	pace_init(&run.pace, MIN(concurrency, EXPORT_CONCURRENCY_MAX));
	plan_init(&run.plan);
	r = run_open(&run, &archive, err);
	if (!r && sink_new(&run.sink, archive, options->dry_run))
		r = tobs_fail(err, TOBS_ENOMEM, "out of memory");
	if (!r) {
		tobs_client_on_wait(client, on_wait, &run);
		r = run_body(&run, err);
		tobs_client_on_wait(client, NULL, NULL);
		sum_up(&run, r, started, cpu);
		r = keep_result(&run, r, err);
	}
	sink_free(run.sink);
	run_close(archive);
	plan_deinit(&run.plan);
	ARRAY_DEINIT(&run.splits);
	tobs_reply_deinit(&run.takeout_reply);
	return r;
}
