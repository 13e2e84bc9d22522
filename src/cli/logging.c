/* SPDX-License-Identifier: MIT */
#include "cli/logging.h"

#include <pthread.h>
#include <stdio.h>
#include <tobs/buf.h>

enum { LINE_MAX_BYTES = 16384 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void (*through)(void *user, const char *line);
static void *through_user;

void logging_lock(void)
{
	pthread_mutex_lock(&lock);
}

void logging_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void logging_print(const char *line)
{
	logging_lock();
	if (through)
		through(through_user, line);
	else
		fprintf(stderr, "%s\n", line);
	logging_unlock();
}

void logging_through(void (*print)(void *user, const char *line), void *user)
{
	logging_lock();
	through = print;
	through_user = user;
	logging_unlock();
}

static void sink(const struct tobs_log_line *line, void *user)
{
	struct tobs_buf text;

	(void)user;
	tobs_buf_init(&text, LINE_MAX_BYTES);
	tobs_buf_printf(&text, "tobs: %s: %s: %s", tobs_log_level_name(line->level), line->module,
		line->text);
	logging_print(tobs_buf_str(&text));
	tobs_buf_deinit(&text);
}

void logging_open(void)
{
	tobs_log_level(TOBS_LOG_WARN);
	tobs_log_to(sink, NULL);
}

void logging_close(void)
{
	tobs_log_to(NULL, NULL);
	tobs_log_forget();
}

void logging_level(enum tobs_log_level level)
{
	tobs_log_level(level);
}
