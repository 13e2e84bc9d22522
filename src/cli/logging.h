/* SPDX-License-Identifier: MIT */
/*
 * Standard error: the log, and what the program says to its person.
 *
 * Lines come from any thread. Whoever draws on the terminal (progress.h) takes
 * the lines over meanwhile, so that none lands in the middle of a drawing.
 */
#ifndef CLI_LOGGING_H
#define CLI_LOGGING_H

#include <tobs/log.h>

/* The log goes to standard error from here to logging_close(). */
void logging_open(void);
void logging_close(void);

/* Lines above this level are dropped. */
void logging_level(enum tobs_log_level level);

/* Prints one line, without newline at its end, that is clean already. */
void logging_print(const char *line);

/*
 * Lines are given to print(user, line) instead, on the thread they come from and
 * one at a time; NULL ends that. What print draws on must be drawn on by nobody
 * else meanwhile: between logging_lock() and logging_unlock() no line comes.
 */
void logging_through(void (*print)(void *user, const char *line), void *user);
void logging_lock(void);
void logging_unlock(void);

#endif
