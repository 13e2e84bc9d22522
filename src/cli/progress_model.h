/* SPDX-License-Identifier: MIT */
/* What is known of an export that runs, for those who show it. Private to progress*.c. */
#ifndef CLI_PROGRESS_MODEL_H
#define CLI_PROGRESS_MODEL_H

#include "base/array.h"
#include "cli/progress.h"

enum {
	RATE_SAMPLES = 16,
	RATE_STEP_US = 500000, /* between two samples: the rate is that of the last 8 s */
	SECOND_US = 1000000,
	MESSAGE_BYTES = 1 << 20, /* of anything that is written at once */
};

enum chat_state { CHAT_NOT_BEGUN, CHAT_FETCHING, CHAT_WRITING, CHAT_ENDED };

struct chat_progress {
	const struct export_chat_report *report; /* of the run; NULL: not begun */
	enum chat_state state;
	int64_t fetched; /* of it already in progress.fetched */
	int64_t told_at; /* µs, when JSON told of it last */
};

struct rate_sample {
	int64_t at; /* µs */
	int64_t fetched;
};

struct progress {
	struct progress_options o;
	ARRAY_OF(struct chat_progress) chats;
	size_t ended, failed;
	int64_t fetched; /* messages, of all chats */
	int64_t started; /* µs */
	struct rate_sample samples[RATE_SAMPLES];
	size_t sampled;     /* samples taken; the newest is at (sampled - 1) % RATE_SAMPLES */
	int64_t wait_until; /* µs; in the past: nobody waits */
	char wait_name[40];

	struct tobs_buf out;
	struct tobs_buf block;     /* what is drawn; kept for its memory */
	ARRAY_OF(size_t) widths;   /* columns of the lines that stand on the terminal */
	int64_t drawn_at, said_at; /* µs */
};

/* Messages a second lately; 0 while it cannot be said. */
double progress_rate(const struct progress *p);

/* Seconds until everything is fetched; -1 while it cannot be said. */
int64_t progress_eta(const struct progress *p);

/* Seconds that the server still wants us to wait, rounded up; 0: none. */
int64_t progress_waits(const struct progress *p);

/* Gives p->out to the writer and empties it. */
void progress_flush(struct progress *p);

/* "Old Friends: 312 new messages, 2 edited": what came of a chat; nothing when nothing did. */
void progress_put_result(
	const struct progress *p, const struct export_chat_report *c, struct tobs_buf *out);

/* How a mode shows it. The model has taken the event in before it is told. */
struct progress_style {
	void (*event)(struct progress *p, const struct export_event *e);
	void (*wait)(struct progress *p, const struct tobs_wait *wait);
	void (*line)(struct progress *p, const char *line);
	void (*tick)(struct progress *p);
	void (*end)(struct progress *p, const struct export_report *report, enum status status,
		int code, const struct tobs_err *err);
};

extern const struct progress_style progress_terminal, progress_plain, progress_json;

#endif
