/* SPDX-License-Identifier: MIT */
/* The manual, from the tables of commands and settings. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include <tobs/buf.h>

enum { MANUAL_MAX = 1 << 20 };

/* tobs.1, in the man macros of roff. */
int manual_man(struct tobs_buf *out);

/* docs/settings.md. */
int manual_settings(struct tobs_buf *out);

#endif
