/* SPDX-License-Identifier: MIT */
/*
 * What the Bot API server does wrong, on purpose. Set by name as the faults of
 * faults.h are, in the same texts and commands:
 *
 *     bot.latency  ms that every answer takes longer
 *     bot.jitter   ms at most that come on top, at random
 *     bot.slow     bytes a second of answers; 0: no limit
 *     bot.limits   1: the limits for sending hold, and more gets 429 (see below)
 *     bot.flood    METHOD:COUNT/SECONDS[:WAIT]; more calls get 429 with retry_after
 *     bot.error    METHOD:STATUS[:PERCENT[:TEXT]]; calls are refused
 *     bot.gateway  METHOD:STATUS[:PERCENT]; HTML of a proxy in front
 *     bot.reset    METHOD[:PERCENT]; the connection breaks, and nothing was done
 *     bot.lost     METHOD[:PERCENT]; it is done, and the connection breaks before the answer
 *     bot.short    METHOD[:PERCENT]; the connection breaks in the middle of the answer
 *     bot.silent   METHOD[:PERCENT]; there is no answer, and the connection stays open
 *
 * METHOD is a method's name, or the beginning of one followed by '*'. Rules may
 * be given several times; "bot.error=" alone takes all of its kind away. Each
 * counts its hits.
 *
 * The limits are those of core.telegram.org/bots/faq: 30 messages a second in
 * all, one a second in a chat after a burst of five, 20 a minute in a group;
 * editing in a group counts, too. allow_paid_broadcast makes it 1000 a second.
 */
#ifndef SIM_BOT_FAULTS_H
#define SIM_BOT_FAULTS_H

#include <tobs/buf.h>
#include <tobs/err.h>

#include "base/array.h"
#include "base/map.h"
#include "base/rand.h"

enum bot_fault_number { BOT_LATENCY, BOT_JITTER, BOT_SLOW, BOT_LIMITS, BOT_FAULT_NUMBERS };

enum bot_fault_kind {
	BOT_FLOOD,
	BOT_ERROR,
	BOT_GATEWAY,
	BOT_RESET,
	BOT_LOST,
	BOT_SHORT,
	BOT_SILENT,
	BOT_FAULT_KINDS,
};

struct bot_fault_rule {
	enum bot_fault_kind kind;
	char method[64];              /* may end in '*' */
	int64_t count, seconds, wait; /* flood; wait 0: until the window ends */
	int status;                   /* error, gateway */
	char text[128];               /* error; "": what the status says */
	int percent;
	int64_t began, calls, until; /* flood: the window, µs; µs until which all is refused */
	uint64_t hits;
};

/* What a chat, or the bot in all, may send. */
struct bot_bucket {
	double tokens;
	int64_t at; /* µs: when it had them */
};

struct sim_bot_faults {
	int64_t numbers[BOT_FAULT_NUMBERS];
	uint64_t hits[BOT_FAULT_NUMBERS];
	ARRAY_OF(struct bot_fault_rule) rules;
	struct map buckets; /* bot and chat → struct bot_bucket, owned */
	struct prng prng;
};

void bot_faults_init(struct sim_bot_faults *f, uint64_t seed);
void bot_faults_deinit(struct sim_bot_faults *f);

/* `name` without "bot.". TOBS_EINVAL says what is allowed. */
int bot_faults_set(struct sim_bot_faults *f, struct tobs_view name, struct tobs_view value,
	struct tobs_err *err);

/* The first rule of one of these kinds (bits 1 << kind) that meets this call; it is counted. NULL: none. */
const struct bot_fault_rule *bot_fault_meets(
	struct sim_bot_faults *f, unsigned kinds, const char *method);

/* Seconds after which a call of `method` may be made again, at `now` (µs); 0: at once. */
int64_t bot_fault_flood(struct sim_bot_faults *f, const char *method, int64_t now);

/*
 * Seconds after which `count` messages may be sent to the chat; 0: now, and they
 * are counted. Without bot.limits always 0.
 */
int64_t bot_fault_limit(
	struct sim_bot_faults *f, int64_t bot, int64_t chat, int64_t count, bool paid, int64_t now);

/* How long an answer is delayed, ms. */
int64_t bot_fault_delay(struct sim_bot_faults *f);

/* Appends the counters as a JSON object. */
int bot_faults_print(const struct sim_bot_faults *f, struct tobs_buf *out);

#endif
