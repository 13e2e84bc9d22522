/* SPDX-License-Identifier: MIT */
/*
 * The log. The library never prints: without a sink, lines are dropped.
 *
 * Every line is cleaned before a sink sees it: registered secrets, anything
 * that looks like a bot token, and international phone numbers are replaced by
 * "[hidden]"; control characters become '?'.
 */
#ifndef TOBS_LOG_H
#define TOBS_LOG_H

#include <stdarg.h>
#include <tobs/view.h>

TOBS_BEGIN_DECLS

enum tobs_log_level {
	TOBS_LOG_ERROR, /* something was lost or given up */
	TOBS_LOG_WARN,  /* went wrong, was handled */
	TOBS_LOG_INFO,  /* what an operator wants to see once */
	TOBS_LOG_DEBUG, /* what a developer wants to see */
	TOBS_LOG_TRACE, /* every message on the wire */
};

struct tobs_log_line {
	enum tobs_log_level level;
	const char *module; /* "net", "mtproto", "sim", … */
	int64_t wall;       /* µs since 1970 UTC */
	const char *text;   /* one line, cleaned, without newline */
};

/* Called for each line that passes the level, from any thread. Must not log. */
typedef void (*tobs_log_sink)(const struct tobs_log_line *line, void *user);

/* Sets the sink; NULL drops everything. Call it before other threads run. */
void tobs_log_to(tobs_log_sink sink, void *user);

/* Lines above this level are dropped early; the default is TOBS_LOG_INFO. */
void tobs_log_level(enum tobs_log_level level);

/*
 * Remembers a secret (a copy) that no line may show. Secrets shorter than 4
 * bytes are ignored: replacing them would garble every line. TOBS_ENOMEM.
 */
int tobs_log_secret(struct tobs_view secret);

/* Forgets all registered secrets and wipes the copies. */
void tobs_log_forget(void);

/* "error", "warn", "info", "debug", "trace". */
const char *tobs_log_level_name(enum tobs_log_level level);

TOBS_END_DECLS

#endif
