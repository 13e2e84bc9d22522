/* SPDX-License-Identifier: MIT */
#include "sim/faults.h"

#include <stdio.h>

#include "base/json.h"
#include "base/json_write.h"
#include "sim/fault_rule.h"

enum { MS = 1000, SECOND = 1000000, RULES_MAX = 256, TEXT_MAX = 1 << 20 };

static const struct {
	const char *name;
	int64_t initial, min, max;
} numbers[FAULT_NUMBERS] = {
	[FAULT_LATENCY] = { "latency", 0, 0, 3600000 },
	[FAULT_JITTER] = { "jitter", 0, 0, 3600000 },
	[FAULT_BANDWIDTH] = { "bandwidth", 0, 0, INT64_MAX },
	[FAULT_DROP] = { "drop", 0, 0, INT64_MAX },
	[FAULT_HALFOPEN] = { "halfopen", 0, 0, INT64_MAX },
	[FAULT_DUPLICATE] = { "duplicate", 0, 0, 100 },
	[FAULT_REORDER] = { "reorder", 0, 0, 100 },
	[FAULT_BADSALT] = { "badsalt", 0, 0, 100 },
	[FAULT_SALT] = { "salt", 1800, 1, 1000000 },
	[FAULT_SKEW] = { "skew", 0, -1000000000, 1000000000 },
	[FAULT_GZIP] = { "gzip", 0, 0, 1 },
};

static const char *const rule_names[] = { "flood", "premium", "error", "transport" };

/* Calls so far in a window of a flood rule. */
struct sim_bucket {
	int64_t began; /* µs */
	int64_t count;
	int64_t until; /* calls before this are refused */
};

void sim_faults_init(struct sim_faults *f, uint64_t seed)
{
	*f = (struct sim_faults){ .prng = { seed } };
	bot_faults_init(&f->bots, seed);
	for (size_t i = 0; i < FAULT_NUMBERS; i++)
		f->numbers[i] = numbers[i].initial;
}

static void free_rule(struct sim_fault_rule *r)
{
	MAP_EACH (slot, &r->buckets)
		mem_free(slot->value);
	map_deinit(&r->buckets);
}

void sim_faults_deinit(struct sim_faults *f)
{
	bot_faults_deinit(&f->bots);
	ARRAY_EACH (r, &f->rules)
		free_rule(r);
	ARRAY_DEINIT(&f->rules);
}

static int copy_name(char *out, size_t size, struct tobs_view v)
{
	if (v.len == 0 || v.len >= size)
		return TOBS_EINVAL;
	memcpy(out, v.ptr, v.len);
	out[v.len] = 0;
	return TOBS_OK;
}

/* METHOD:COUNT/SECONDS[:WAIT] */
static int parse_flood(struct sim_fault_rule *r, struct tobs_view v)
{
	struct tobs_view method, rate, count, wait = { 0 };

	if (!tobs_view_split(&v, ':', &method) || !tobs_view_split(&v, ':', &rate) ||
		copy_name(r->method, sizeof r->method, method))
		return TOBS_EINVAL;
	if (v.ptr)
		wait = v;
	if (!tobs_view_split(&rate, '/', &count) || !rate.ptr ||
		tobs_view_int(count, 0, INT32_MAX, &r->count) ||
		tobs_view_int(rate, 1, INT32_MAX, &r->seconds))
		return TOBS_EINVAL;
	return wait.ptr ? tobs_view_int(wait, 1, INT32_MAX, &r->wait) : TOBS_OK;
}

static int parse_percent(struct tobs_view v, int *ret)
{
	int64_t percent = 100;

	if (v.ptr && tobs_view_int(v, 1, 100, &percent))
		return TOBS_EINVAL;
	*ret = (int)percent;
	return TOBS_OK;
}

/* METHOD:CODE:NAME[:PERCENT] */
static int parse_error(struct sim_fault_rule *r, struct tobs_view v)
{
	struct tobs_view method, code, name;
	int64_t n;

	if (!tobs_view_split(&v, ':', &method) || !tobs_view_split(&v, ':', &code) ||
		!tobs_view_split(&v, ':', &name) ||
		copy_name(r->method, sizeof r->method, method) ||
		copy_name(r->name, sizeof r->name, name) || tobs_view_int(code, -1000, 1000, &n))
		return TOBS_EINVAL;
	r->code = (int32_t)n;
	return parse_percent(v, &r->percent);
}

/* CODE[:PERCENT] */
static int parse_transport(struct sim_fault_rule *r, struct tobs_view v)
{
	struct tobs_view code;
	int64_t n;

	if (!tobs_view_split(&v, ':', &code) || tobs_view_int(code, -1000, -1, &n))
		return TOBS_EINVAL;
	r->code = (int32_t)n;
	return parse_percent(v, &r->percent);
}

static int parse_rule(struct sim_fault_rule *r, struct tobs_view value)
{
	switch (r->kind) {
	case RULE_ERROR: return parse_error(r, value);
	case RULE_TRANSPORT: return parse_transport(r, value);
	default: return parse_flood(r, value);
	}
}

static void clear_rules(struct sim_faults *f, int kind)
{
	for (size_t i = f->rules.count; i-- > 0;) {
		if ((int)f->rules.items[i].kind != kind)
			continue;
		free_rule(&f->rules.items[i]);
		ARRAY_REMOVE(&f->rules, i);
	}
}

static int set_rule(struct sim_faults *f, int kind, struct tobs_view value, struct tobs_err *err)
{
	static const char *const forms[] = { "METHOD:COUNT/SECONDS[:WAIT]",
		"METHOD:COUNT/SECONDS[:WAIT]", "METHOD:CODE:NAME[:PERCENT]", "CODE[:PERCENT]" };
	struct sim_fault_rule rule = { .kind = kind };

	if (value.len == 0) {
		clear_rules(f, kind);
		return TOBS_OK;
	}
	if (parse_rule(&rule, value) || f->rules.count == RULES_MAX)
		return tobs_fail(err, TOBS_EINVAL, "fault %s: \"%.*s\" is not of the form %s",
			rule_names[kind], TOBS_VIEW_FMT(value), forms[kind]);
	return ARRAY_PUSH(&f->rules, rule) ? tobs_fail(err, TOBS_ENOMEM, "no memory for a fault")
					   : TOBS_OK;
}

int sim_faults_set(
	struct sim_faults *f, struct tobs_view name, struct tobs_view value, struct tobs_err *err)
{
	static const char bots[] = "bot.";

	if (tobs_view_starts(name, bots))
		return bot_faults_set(
			&f->bots, tobs_view_sub(name, strlen(bots), SIZE_MAX), value, err);
	for (size_t i = 0; i < FAULT_NUMBERS; i++) {
		if (!tobs_view_is(name, numbers[i].name))
			continue;
		if (tobs_view_int(value, numbers[i].min, numbers[i].max, &f->numbers[i]))
			return tobs_fail(err, TOBS_EINVAL,
				"fault %s: \"%.*s\": allowed are %lld to %lld", numbers[i].name,
				TOBS_VIEW_FMT(value), (long long)numbers[i].min,
				(long long)numbers[i].max);
		return TOBS_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(rule_names); i++)
		if (tobs_view_is(name, rule_names[i]))
			return set_rule(f, (int)i, value, err);
	return tobs_fail(err, TOBS_EINVAL,
		"there is no fault \"%.*s\"; there are latency, jitter, bandwidth, drop, halfopen, duplicate, "
		"reorder, badsalt, salt, skew, gzip, flood, premium, error, transport, "
		"and for the Bot API bot.latency, bot.limits, bot.error and others",
		TOBS_VIEW_FMT(name));
}

/* {"latency":100,"flood":["messages.getHistory:10/30"]} */
static int set_from_json(
	struct sim_faults *f, struct tobs_view name, struct json_value v, struct tobs_err *err)
{
	struct tobs_view text;
	char digits[24];
	int64_t n;
	int r = TOBS_OK;

	if (json_get_str(v, &text) == TOBS_OK)
		return sim_faults_set(f, name, text, err);
	if (json_get_i64(v, &n) == TOBS_OK) {
		snprintf(digits, sizeof digits, "%lld", (long long)n);
		return sim_faults_set(f, name, tobs_str(digits), err);
	}
	if (!json_is_array(v))
		return tobs_fail(err, TOBS_EINVAL,
			"fault \"%.*s\": a number, a text or a list of texts is needed",
			TOBS_VIEW_FMT(name));
	JSON_EACH (it, v)
		if (!r)
			r = set_from_json(f, name, it.value, err);
	return r;
}

static int parse_json(struct sim_faults *f, struct tobs_view text, struct tobs_err *err)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	int r;

	json_parser_init(&p, TEXT_MAX, 4);
	r = json_parse(&p, &doc, text, err);
	if (r)
		tobs_err_context(err, "faults");
	JSON_EACH (it, json_root(&doc))
		if (!r)
			r = set_from_json(f, it.key, it.value, err);
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	return r;
}

int sim_faults_parse(struct sim_faults *f, struct tobs_view text, struct tobs_err *err)
{
	struct tobs_view rest = tobs_view_trim(text), part, name;

	if (tobs_view_starts(rest, "{"))
		return parse_json(f, rest, err);
	while (tobs_view_split(&rest, ',', &part)) {
		int r;

		part = tobs_view_trim(part);
		if (part.len == 0)
			continue;
		(void)tobs_view_split(&part, '=', &name);
		if (!part.ptr)
			return tobs_fail(err, TOBS_EINVAL, "fault \"%.*s\": NAME=VALUE is needed",
				TOBS_VIEW_FMT(name));
		r = sim_faults_set(f, tobs_view_trim(name), tobs_view_trim(part), err);
		if (r)
			return r;
	}
	return TOBS_OK;
}

bool sim_fault_chance(struct sim_faults *f, enum sim_fault_number n)
{
	if (!f->numbers[n] || (int64_t)prng_below(&f->prng, 100) >= f->numbers[n])
		return false;
	f->hits[n]++;
	return true;
}

int64_t sim_fault_delay(struct sim_faults *f)
{
	int64_t jitter = f->numbers[FAULT_JITTER], us = f->numbers[FAULT_LATENCY] * MS;

	if (!us && !jitter)
		return 0;
	f->hits[FAULT_LATENCY]++;
	if (jitter)
		us += (int64_t)prng_below(&f->prng, (uint64_t)jitter * MS + 1);
	return us;
}

static struct sim_bucket *bucket_of(struct sim_fault_rule *r, uint64_t who)
{
	struct sim_bucket *b = map_get(&r->buckets, who);

	if (b)
		return b;
	b = MEM_NEW(struct sim_bucket);
	if (b && map_put(&r->buckets, who, b)) {
		mem_free(b);
		b = NULL;
	}
	return b;
}

/* Seconds to wait, 0 to go on. */
static int64_t flood_wait(struct sim_fault_rule *r, uint64_t who, int64_t now)
{
	struct sim_bucket *b = bucket_of(r, who);
	int64_t window = r->seconds * SECOND;

	if (!b)
		return 0;
	if (now < b->until)
		return (b->until - now + SECOND - 1) / SECOND;
	if (now - b->began >= window) {
		b->began = now;
		b->count = 0;
	}
	if (b->count < r->count) {
		b->count++;
		return 0;
	}
	b->until = r->wait ? now + r->wait * SECOND : b->began + window;
	b->began = b->until;
	b->count = 0;
	return (b->until - now + SECOND - 1) / SECOND;
}

bool sim_fault_refuses(struct sim_faults *f, const char *method, uint64_t who, int64_t now,
	struct sim_fault_refusal *ret)
{
	ARRAY_EACH (r, &f->rules) {
		int64_t wait;

		if (r->kind == RULE_TRANSPORT || !fault_rule_matches(r->method, method))
			continue;
		if (r->kind == RULE_ERROR) {
			if ((int)prng_below(&f->prng, 100) >= r->percent)
				continue;
			ret->code = r->code;
			snprintf(ret->name, sizeof ret->name, "%s", r->name);
		} else {
			wait = flood_wait(r, who, now);
			if (!wait)
				continue;
			ret->code = 420;
			snprintf(ret->name, sizeof ret->name, "%s_%lld",
				r->kind == RULE_FLOOD ? "FLOOD_WAIT" : "FLOOD_PREMIUM_WAIT",
				(long long)wait);
		}
		r->hits++;
		return true;
	}
	return false;
}

int32_t sim_fault_transport(struct sim_faults *f)
{
	ARRAY_EACH (r, &f->rules) {
		if (r->kind != RULE_TRANSPORT || (int)prng_below(&f->prng, 100) >= r->percent)
			continue;
		r->hits++;
		return r->code;
	}
	return 0;
}

static void put_bots(const struct sim_faults *f, struct json_writer *w)
{
	struct tobs_buf text;

	tobs_buf_init(&text, TEXT_MAX);
	if (!bot_faults_print(&f->bots, &text)) {
		jsonw_key(w, "bot");
		jsonw_raw(w, tobs_buf_view(&text));
	}
	tobs_buf_deinit(&text);
}

int sim_faults_print(const struct sim_faults *f, struct tobs_buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out, 0);
	jsonw_object(&w);
	for (size_t i = 0; i < FAULT_NUMBERS; i++) {
		jsonw_key(&w, numbers[i].name);
		jsonw_u64(&w, f->hits[i]);
	}
	jsonw_key(&w, "rules");
	jsonw_array(&w);
	ARRAY_EACH (r, &f->rules)
		fault_rule_print(&w, rule_names[r->kind], r->method, r->hits);
	jsonw_end(&w);
	put_bots(f, &w);
	jsonw_end(&w);
	return out->err;
}
