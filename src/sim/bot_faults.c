/* SPDX-License-Identifier: MIT */
#include "sim/bot_faults.h"

#include <math.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/json_write.h"
#include "sim/fault_rule.h"

enum { MS_MAX = 3600000, SECOND = 1000000, RULES_MAX = 256 };

static const struct {
	const char *name;
	int64_t max;
} numbers[BOT_FAULT_NUMBERS] = {
	[BOT_LATENCY] = { "latency", MS_MAX },
	[BOT_JITTER] = { "jitter", MS_MAX },
	[BOT_SLOW] = { "slow", INT64_MAX },
	[BOT_LIMITS] = { "limits", 1 },
};

static const struct {
	const char *name, *form;
} rules[BOT_FAULT_KINDS] = {
	[BOT_FLOOD] = { "flood", "METHOD:COUNT/SECONDS[:WAIT]" },
	[BOT_ERROR] = { "error", "METHOD:STATUS[:PERCENT[:TEXT]]" },
	[BOT_GATEWAY] = { "gateway", "METHOD:STATUS[:PERCENT]" },
	[BOT_RESET] = { "reset", "METHOD[:PERCENT]" },
	[BOT_LOST] = { "lost", "METHOD[:PERCENT]" },
	[BOT_SHORT] = { "short", "METHOD[:PERCENT]" },
	[BOT_SILENT] = { "silent", "METHOD[:PERCENT]" },
};

void bot_faults_init(struct sim_bot_faults *f, uint64_t seed)
{
	*f = (struct sim_bot_faults){ .prng = { seed } };
}

void bot_faults_deinit(struct sim_bot_faults *f)
{
	MAP_EACH (slot, &f->buckets)
		mem_free(slot->value);
	map_deinit(&f->buckets);
	ARRAY_DEINIT(&f->rules);
}

/* ---- setting ---- */

static int copy(char *out, size_t size, struct tobs_view v)
{
	if (v.len >= size)
		return TOBS_EINVAL;
	if (v.len)
		memcpy(out, v.ptr, v.len);
	out[v.len] = 0;
	return TOBS_OK;
}

static int parse_flood(struct bot_fault_rule *r, struct tobs_view v)
{
	struct tobs_view rate, count;

	if (!tobs_view_split(&v, ':', &rate) || !tobs_view_split(&rate, '/', &count) || !rate.ptr ||
		tobs_view_int(count, 0, INT32_MAX, &r->count) ||
		tobs_view_int(rate, 1, INT32_MAX, &r->seconds))
		return TOBS_EINVAL;
	return v.ptr ? tobs_view_int(v, 1, INT32_MAX, &r->wait) : TOBS_OK;
}

static int parse_percent(struct bot_fault_rule *r, struct tobs_view *v)
{
	struct tobs_view text;
	int64_t n;

	if (!v->ptr)
		return TOBS_OK;
	if (!tobs_view_split(v, ':', &text) || tobs_view_int(text, 1, 100, &n))
		return TOBS_EINVAL;
	r->percent = (int)n;
	return TOBS_OK;
}

static int parse_status(struct bot_fault_rule *r, struct tobs_view *v)
{
	struct tobs_view text;
	int64_t n;

	if (!tobs_view_split(v, ':', &text) || tobs_view_int(text, 400, 599, &n))
		return TOBS_EINVAL;
	r->status = (int)n;
	return TOBS_OK;
}

static int parse_rule(struct bot_fault_rule *r, struct tobs_view v)
{
	struct tobs_view method;

	r->percent = 100;
	if (!tobs_view_split(&v, ':', &method) || !method.len ||
		copy(r->method, sizeof r->method, method))
		return TOBS_EINVAL;
	if (r->kind == BOT_FLOOD)
		return parse_flood(r, v);
	if ((r->kind == BOT_ERROR || r->kind == BOT_GATEWAY) && parse_status(r, &v))
		return TOBS_EINVAL;
	if (parse_percent(r, &v))
		return TOBS_EINVAL;
	/* The text may have ':' in it. */
	if (v.ptr && r->kind == BOT_ERROR)
		return copy(r->text, sizeof r->text, v);
	return v.ptr ? TOBS_EINVAL : TOBS_OK;
}

static int set_rule(struct sim_bot_faults *f, enum bot_fault_kind kind, struct tobs_view value,
	struct tobs_err *err)
{
	struct bot_fault_rule rule = { .kind = kind };

	if (!value.len) {
		for (size_t i = f->rules.count; i-- > 0;)
			if (f->rules.items[i].kind == kind)
				ARRAY_REMOVE(&f->rules, i);
		return TOBS_OK;
	}
	if (parse_rule(&rule, value) || f->rules.count == RULES_MAX)
		return tobs_fail(err, TOBS_EINVAL, "fault bot.%s: \"%.*s\" is not of the form %s",
			rules[kind].name, TOBS_VIEW_FMT(value), rules[kind].form);
	return ARRAY_PUSH(&f->rules, rule) ? tobs_fail(err, TOBS_ENOMEM, "no memory for a fault")
					   : TOBS_OK;
}

int bot_faults_set(struct sim_bot_faults *f, struct tobs_view name, struct tobs_view value,
	struct tobs_err *err)
{
	for (size_t i = 0; i < BOT_FAULT_NUMBERS; i++) {
		if (!tobs_view_is(name, numbers[i].name))
			continue;
		if (tobs_view_int(value, 0, numbers[i].max, &f->numbers[i]))
			return tobs_fail(err, TOBS_EINVAL,
				"fault bot.%s: \"%.*s\": allowed are 0 to %lld", numbers[i].name,
				TOBS_VIEW_FMT(value), (long long)numbers[i].max);
		return TOBS_OK;
	}
	for (int kind = 0; kind < BOT_FAULT_KINDS; kind++)
		if (tobs_view_is(name, rules[kind].name))
			return set_rule(f, (enum bot_fault_kind)kind, value, err);
	return tobs_fail(err, TOBS_EINVAL,
		"there is no fault \"bot.%.*s\"; there are bot.latency, bot.jitter, bot.slow, bot.limits, "
		"bot.flood, bot.error, bot.gateway, bot.reset, bot.lost, bot.short, bot.silent",
		TOBS_VIEW_FMT(name));
}

/* ---- meeting ---- */

const struct bot_fault_rule *bot_fault_meets(
	struct sim_bot_faults *f, unsigned kinds, const char *method)
{
	ARRAY_EACH (r, &f->rules) {
		if (!(kinds >> r->kind & 1) || !fault_rule_matches(r->method, method) ||
			(int)prng_below(&f->prng, 100) >= r->percent)
			continue;
		r->hits++;
		return r;
	}
	return NULL;
}

static int64_t seconds_up(int64_t us)
{
	return (us + SECOND - 1) / SECOND;
}

int64_t bot_fault_flood(struct sim_bot_faults *f, const char *method, int64_t now)
{
	ARRAY_EACH (r, &f->rules) {
		if (r->kind != BOT_FLOOD || !fault_rule_matches(r->method, method))
			continue;
		if (now >= r->until && now - r->began >= r->seconds * SECOND) {
			r->began = now;
			r->calls = 0;
		}
		if (now >= r->until && r->calls < r->count) {
			r->calls++;
			continue;
		}
		if (now >= r->until)
			r->until = r->wait ? now + r->wait * SECOND
					   : r->began + r->seconds * SECOND;
		r->hits++;
		return seconds_up(r->until - now);
	}
	return 0;
}

/* ---- the limits for sending ---- */

static struct bot_bucket *bucket_of(
	struct sim_bot_faults *f, uint64_t key, double most, double rate, int64_t now)
{
	struct bot_bucket *b = map_get(&f->buckets, key);

	if (!b) {
		b = MEM_NEW(struct bot_bucket);
		if (!b || map_put(&f->buckets, key, b)) {
			mem_free(b);
			return NULL;
		}
		*b = (struct bot_bucket){ most, now };
	}
	b->tokens = MIN(most, b->tokens + rate * (double)(now - b->at) / SECOND);
	b->at = now;
	return b;
}

int64_t bot_fault_limit(
	struct sim_bot_faults *f, int64_t bot, int64_t chat, int64_t count, bool paid, int64_t now)
{
	enum { ALL = 30, PAID = 1000, BURST = 5, GROUP = 20, MINUTE = 60 };
	double all = paid ? PAID : ALL, most = chat < 0 ? GROUP : BURST;
	double rate = chat < 0 ? (double)GROUP / MINUTE : 1, n = (double)count, wait;
	struct bot_bucket *whole, *one;

	if (!f->numbers[BOT_LIMITS])
		return 0;
	whole = bucket_of(f, hash_u64((uint64_t)bot), all, all, now);
	one = bucket_of(f, hash_u64((uint64_t)bot) ^ hash_u64(~(uint64_t)chat), most, rate, now);
	if (!whole || !one)
		return 0;
	/* What is larger than a bucket waits until it is full. */
	wait = MAX((MIN(n, all) - whole->tokens) / all, (MIN(n, most) - one->tokens) / rate);
	if (wait > 0) {
		f->hits[BOT_LIMITS]++;
		return (int64_t)ceil(wait);
	}
	whole->tokens -= n;
	one->tokens -= n;
	return 0;
}

int64_t bot_fault_delay(struct sim_bot_faults *f)
{
	int64_t ms = f->numbers[BOT_LATENCY], jitter = f->numbers[BOT_JITTER];

	if (!ms && !jitter)
		return 0;
	f->hits[BOT_LATENCY]++;
	return ms + (jitter ? (int64_t)prng_below(&f->prng, (uint64_t)jitter + 1) : 0);
}

int bot_faults_print(const struct sim_bot_faults *f, struct tobs_buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out, 0);
	jsonw_object(&w);
	for (size_t i = 0; i < BOT_FAULT_NUMBERS; i++) {
		jsonw_key(&w, numbers[i].name);
		jsonw_u64(&w, f->hits[i]);
	}
	jsonw_key(&w, "rules");
	jsonw_array(&w);
	ARRAY_EACH (r, &f->rules)
		fault_rule_print(&w, rules[r->kind].name, r->method, r->hits);
	jsonw_end(&w);
	jsonw_end(&w);
	return tobs_buf_err(out);
}
