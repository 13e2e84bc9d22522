/* SPDX-License-Identifier: MIT */
/*
 * Asking the person at the terminal.
 *
 * Questions and answers go through the terminal itself, not through standard
 * input and output, which may lead elsewhere. Secrets are typed without echo; the
 * terminal gets its echo back however the question ends, by a signal too.
 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <stdbool.h>
#include <tobs/buf.h>
#include <tobs/err.h>

/* Whether somebody is there to be asked: standard input is a terminal. */
bool prompt_possible(void);

/*
 * Prints the question and reads a line into *ret, which is cleared first; blanks
 * at its ends are dropped unless it is a secret. A buffer for a secret is for the
 * caller to wipe. Waits on a fiber; the loop goes on meanwhile.
 *
 * TOBS_EUNSUPPORTED  there is no terminal
 * TOBS_ECLOSED       end of input (Ctrl-D) instead of an answer
 * TOBS_ECANCELED, TOBS_ETIMEDOUT  by the fiber
 * TOBS_EIO, TOBS_ETOOBIG, TOBS_ENOMEM
 */
int prompt_line(const char *question, bool secret, struct tobs_buf *ret, struct tobs_err *err);

/*
 * For tobs_run_options.hurry: the second SIGINT or SIGTERM. Gives the terminal
 * its echo back and ends the process with STATUS_INTERRUPTED at once.
 */
void prompt_hurry(int signo);

#endif
