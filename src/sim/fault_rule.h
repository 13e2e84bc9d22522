/* SPDX-License-Identifier: MIT */
/* What the faults of both servers, MTProto's and the Bot API's, have in common. */
#ifndef SIM_FAULT_RULE_H
#define SIM_FAULT_RULE_H

#include <stdbool.h>

#include "base/json_write.h"

/* Whether a method is meant: `pattern` is its name, or the beginning of names followed by '*'. */
bool fault_rule_matches(const char *pattern, const char *method);

/* A rule among the counters: its kind, its pattern, and how often it was hit. */
void fault_rule_print(struct json_writer *w, const char *kind, const char *pattern, uint64_t hits);

#endif
