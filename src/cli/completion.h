/* SPDX-License-Identifier: MIT */
/* Completion of command lines in shells, from the tables of commands and settings. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include <tobs/buf.h>

enum { COMPLETION_MAX = 1 << 20 };

/* A script for bash 4.1 and later, without the bash-completion package. */
int completion_bash(struct tobs_buf *out);

/* A file `_tobs` for zsh's $fpath. */
int completion_zsh(struct tobs_buf *out);

#endif
