/* SPDX-License-Identifier: MIT */
/*
 * Writing to the log. Library code logs what an operator may want to know and
 * returns its errors; it never does both for one failure.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <tobs/buf.h>
#include <tobs/log.h>

void log_write(enum tobs_log_level level, const char *module, const char *fmt, ...)
	TOBS_PRINTF(3, 4);

/* Whether a line of this level would be kept; for lines that are costly to build. */
bool log_wants(enum tobs_log_level level);

#define log_error(module, ...) log_write(TOBS_LOG_ERROR, module, __VA_ARGS__)
#define log_warn(module, ...)  log_write(TOBS_LOG_WARN, module, __VA_ARGS__)
#define log_info(module, ...)  log_write(TOBS_LOG_INFO, module, __VA_ARGS__)
#define log_debug(module, ...)                                          \
	do {                                                            \
		if (log_wants(TOBS_LOG_DEBUG))                          \
			log_write(TOBS_LOG_DEBUG, module, __VA_ARGS__); \
	} while (0)
#define log_trace(module, ...)                                          \
	do {                                                            \
		if (log_wants(TOBS_LOG_TRACE))                          \
			log_write(TOBS_LOG_TRACE, module, __VA_ARGS__); \
	} while (0)

/*
 * Appends `text` with every secret replaced by "[hidden]" and control
 * characters by '?'. What the log does to each line; also for anything else
 * that shows foreign text to a person.
 */
int log_clean(struct tobs_buf *out, struct tobs_view text);

#endif
