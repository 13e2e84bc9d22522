/* SPDX-License-Identifier: MIT */
/* How an export went, in a few lines on standard output. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdbool.h>

#include "cli/status.h"
#include "export/export.h"

/* `dir` is the output folder. */
void summary_print(
	const struct export_report *r, const char *dir, bool dry_run, enum status status);

/* The same, appended. */
int summary_put(const struct export_report *r, const char *dir, bool dry_run, enum status status,
	struct tobs_buf *out);

#endif
