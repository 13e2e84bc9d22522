/* SPDX-License-Identifier: MIT */
/*
 * What the simulated network and servers do wrong, on purpose.
 *
 * Faults are set by name, from a text such as
 *
 *     latency=100,jitter=20,drop=200000,flood=messages.getHistory:10/30
 *
 * or a JSON object with the same names, or one by one while the simulator runs.
 * Each is counted, so a test can say "was hit 7 times and nothing was lost".
 *
 *     latency    ms that every answer takes longer
 *     jitter     ms at most that come on top, at random
 *     bandwidth  bytes a second and session; 0: no limit
 *     drop       the connection breaks after so many bytes in both directions
 *     halfopen   after so many bytes it goes silent instead, and stays open
 *     duplicate  % of messages that are sent twice
 *     reorder    % of answers that others overtake
 *     badsalt    % of packets refused as if their salt were wrong
 *     salt       seconds that a salt is valid
 *     skew       seconds that the server's clock is ahead of the world's
 *     gzip       1: answers are compressed when that makes them shorter
 *     flood      METHOD:COUNT/SECONDS[:WAIT]; more calls get FLOOD_WAIT
 *     premium    the same with FLOOD_PREMIUM_WAIT
 *     error      METHOD:CODE:NAME[:PERCENT]; calls are refused
 *     transport  CODE[:PERCENT]; connections are ended with a transport error
 *
 * Names that begin with "bot." are those of the Bot API server, see bot_faults.h.
 *
 * METHOD is a TL name, or a prefix of one followed by '*'. The last three may be
 * given several times; "flood=" alone takes all of its kind away.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/array.h"
#include "base/map.h"
#include "base/rand.h"
#include "sim/bot_faults.h"

enum sim_fault_number {
	FAULT_LATENCY,
	FAULT_JITTER,
	FAULT_BANDWIDTH,
	FAULT_DROP,
	FAULT_HALFOPEN,
	FAULT_DUPLICATE,
	FAULT_REORDER,
	FAULT_BADSALT,
	FAULT_SALT,
	FAULT_SKEW,
	FAULT_GZIP,
	FAULT_NUMBERS,
};

struct sim_fault_rule {
	enum { RULE_FLOOD, RULE_PREMIUM, RULE_ERROR, RULE_TRANSPORT } kind;
	char method[64];              /* may end in '*' */
	int64_t count, seconds, wait; /* flood */
	int32_t code;                 /* error, transport */
	char name[64];
	int percent;
	struct map buckets; /* flood: account and method → struct sim_bucket, owned */
	uint64_t hits;
};

struct sim_faults {
	struct sim_bot_faults bots; /* those named "bot.…", see bot_faults.h */
	int64_t numbers[FAULT_NUMBERS];
	uint64_t hits[FAULT_NUMBERS];
	ARRAY_OF(struct sim_fault_rule) rules;
	struct prng prng; /* seeded, so a run can be repeated */
};

void sim_faults_init(struct sim_faults *f, uint64_t seed);
void sim_faults_deinit(struct sim_faults *f);

/* Sets one; TOBS_EINVAL names the fault, the value and what is allowed. */
int sim_faults_set(
	struct sim_faults *f, struct tobs_view name, struct tobs_view value, struct tobs_err *err);

/* Sets those of "a=1,b=2", or of a JSON object when the text begins with '{'. */
int sim_faults_parse(struct sim_faults *f, struct tobs_view text, struct tobs_err *err);

/* True in `numbers[n]` of a hundred cases, counting them. */
bool sim_fault_chance(struct sim_faults *f, enum sim_fault_number n);

/* How long an answer is delayed, µs. */
int64_t sim_fault_delay(struct sim_faults *f);

/* What a call of `method` by `who` (an account or key id) meets at `now` (µs). */
struct sim_fault_refusal {
	int32_t code;
	char name[80];
};

/* False when the call may go on. */
bool sim_fault_refuses(struct sim_faults *f, const char *method, uint64_t who, int64_t now,
	struct sim_fault_refusal *ret);

/* A transport error for a new connection; 0: none. */
int32_t sim_fault_transport(struct sim_faults *f);

/* Appends the counters as a JSON object: {"latency":12,…,"flood":[{"method":…,"hits":…}]}. */
int sim_faults_print(const struct sim_faults *f, struct tobs_buf *out);

#endif
