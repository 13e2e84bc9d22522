/* SPDX-License-Identifier: MIT */
/* Commands to the servers and about them: faults, counters, connections, logins. */
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/hex.h"
#include "sim/change.h"
#include "sim/command.h"
#include "sim/file.h"
#include "sim/load.h"
#include "sim/server.h"

enum { FAULTS_MAX = 1 << 16, TOKEN_MAX = 256, SLEEP_MAX_MS = 24 * 3600 * 1000 };

static void put(struct command *c, const char *key, uint64_t n)
{
	jsonw_key(c->w, key);
	jsonw_u64(c->w, n);
}

static int only(struct command *c, const char *const *known)
{
	return loader_only(c->v, known, c->err);
}

/* ---- faults ---- */

/* {"latency": 200, "flood": ["a:1/2", "b:3/4"]}: one after the other. */
static int set_faults(struct command *c, struct json_value set)
{
	struct sim_faults *f = sim_server_faults(c->sim->server);
	struct tobs_buf text;
	struct json_writer w;
	int r;

	tobs_buf_init(&text, FAULTS_MAX);
	json_writer_init(&w, &text, 0);
	jsonw_value(&w, set);
	r = tobs_buf_err(&text) ? loader_no_memory(c->err)
				: sim_faults_parse(f, tobs_buf_view(&text), c->err);
	tobs_buf_deinit(&text);
	return r ? json_at_key(c->err, tobs_str("set"), json_failed(c->err, r)) : r;
}

static int run_faults(struct command *c)
{
	static const char *const known[] = { "do", "set", NULL };
	struct json_value set = json_field(c->v, "set");
	struct tobs_buf counters;
	int r = only(c, known);

	if (!r && !json_is_missing(set))
		r = json_is_object(set) ? set_faults(c, set)
					: loader_wrong(set, "an object", c->err);
	if (r)
		return r;
	tobs_buf_init(&counters, FAULTS_MAX);
	r = sim_faults_print(sim_server_faults(c->sim->server), &counters);
	jsonw_key(c->w, "faults");
	if (r)
		jsonw_null(c->w);
	else
		jsonw_raw(c->w, tobs_buf_view(&counters));
	tobs_buf_deinit(&counters);
	return r ? loader_no_memory(c->err) : r;
}

/* ---- counters ---- */

struct called {
	const char *name;
	uint64_t n;
};

static int by_name(const void *left, const void *right)
{
	const struct called *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static int put_calls(struct command *c)
{
	const struct sim_rpc *rpc = sim_server_rpc(c->sim->server);
	struct called *list = MEM_ARRAY(rpc->calls.count + 1, struct called);
	size_t n = 0;

	if (!list)
		return loader_no_memory(c->err);
	MAP_EACH (slot, &rpc->calls)
		list[n++] = (struct called){ tl_name((uint32_t)slot->key),
			((const struct sim_count *)slot->value)->n };
	qsort(list, n, sizeof *list, by_name);
	jsonw_key(c->w, "calls");
	jsonw_object(c->w);
	for (size_t i = 0; i < n; i++)
		put(c, list[i].name, list[i].n);
	jsonw_end(c->w);
	mem_free(list);
	return TOBS_OK;
}

static int run_stats(struct command *c)
{
	static const char *const known[] = { "do", NULL };
	const struct sim_server_stats *s = sim_server_stats(c->sim->server);
	int r = only(c, known);

	if (r)
		return r;
	put(c, "connections", s->connections);
	put(c, "exchanges", s->exchanges);
	put(c, "packets", s->packets);
	put(c, "bytes_in", s->bytes_in);
	put(c, "bytes_out", s->bytes_out);
	put(c, "unknown_keys", s->unknown_keys);
	put(c, "bad_packets", s->bad_packets);
	put(c, "messages", s->sessions.messages);
	put(c, "queries", s->sessions.queries);
	put(c, "containers", s->sessions.containers);
	put(c, "packed", s->sessions.packed);
	put(c, "odd_acks", s->sessions.odd_acks);
	put(c, "resent", s->sessions.resent);
	put(c, "unknown_methods", sim_server_rpc(c->sim->server)->unknown_methods);
	jsonw_key(c->w, "refused");
	jsonw_object(c->w);
	for (unsigned i = 0; i < ARRAY_LEN(s->sessions.refused); i++) {
		char code[16];

		if (!s->sessions.refused[i])
			continue;
		snprintf(code, sizeof code, "%u", i);
		put(c, code, s->sessions.refused[i]);
	}
	jsonw_end(c->w);
	return put_calls(c);
}

/* ---- connections, files, logins ---- */

static int run_break(struct command *c)
{
	static const char *const known[] = { "do", NULL };
	int r = only(c, known);

	if (!r)
		sim_server_break(c->sim->server);
	return r;
}

static int run_expire(struct command *c)
{
	static const char *const known[] = { "do", NULL };
	int r = only(c, known);

	if (!r)
		sim_references_expire(c->sim->world);
	return r;
}

static int account_of(struct command *c, struct sim_account **ret)
{
	int64_t user = 0;
	int r = loader_peer(&c->l, c->v, "user", &user, c->err);

	if (r)
		return r;
	*ret = sim_account(c->sim->world, user);
	return *ret
		? TOBS_OK
		: json_at_key(c->err, tobs_str("user"),
			  json_fail(c->err, TOBS_ENOTFOUND, "must be somebody with an account"));
}

/* The person allows the takeout that was asked for, in another client. */
static int run_takeout(struct command *c)
{
	static const char *const known[] = { "do", "user", NULL };
	struct sim_account *a;
	int r = only(c, known);

	if (!r)
		r = account_of(c, &a);
	if (!r)
		a->takeout_delay = 0;
	return r;
}

/* "tg://login?token=…" or the part behind "token=". */
static int read_token(struct command *c, struct tobs_buf *out)
{
	struct tobs_view text = { 0 };
	size_t at;
	int r = loader_str(&c->l, c->v, "token", &text, c->err);

	if (r)
		return r;
	at = tobs_view_find(text, 0, tobs_str("token="));
	if (at != SIZE_MAX)
		text = tobs_view_sub(text, at + 6, text.len);
	return base64_decode(out, text, BASE64_URL) || !out->len
		? json_at_key(c->err, tobs_str("token"),
			  json_fail(c->err, TOBS_EMALFORMED, "must be the link of a QR code"))
		: TOBS_OK;
}

static int run_accept(struct command *c)
{
	static const char *const known[] = { "do", "user", "token", NULL };
	struct sim_account *a;
	struct tobs_buf token;
	int r = only(c, known);

	tobs_buf_init(&token, TOKEN_MAX);
	if (!r)
		r = account_of(c, &a);
	if (!r)
		r = read_token(c, &token);
	if (!r) {
		r = sim_rpc_accept_token(sim_server_rpc(c->sim->server), tobs_buf_view(&token), a);
		if (r)
			json_fail(c->err, r, "the code is not valid, or not any more");
	}
	tobs_buf_deinit(&token);
	return r;
}

/* ---- the rest ---- */

static int run_load(struct command *c)
{
	static const char *const known[] = { "do", "file", NULL };
	struct tobs_view path = { 0 };
	int r = only(c, known);

	if (!r)
		r = loader_str(&c->l, c->v, "file", &path, c->err);
	if (r)
		return r;
	if (!path.len)
		return json_fail(c->err, TOBS_EMALFORMED, "needs \"file\", a path");
	r = sim_load(c->sim->world, (const char *)path.ptr, c->err);
	return r ? json_failed(c->err, r) : r;
}

static int run_sleep(struct command *c)
{
	static const char *const known[] = { "do", "ms", NULL };
	int64_t ms = 0;
	int r = only(c, known);

	if (!r)
		r = loader_int(c->v, "ms", 0, SLEEP_MAX_MS, &ms, c->err);
	return r ? r : tobs_sleep(ms);
}

static int run_stop(struct command *c)
{
	static const char *const known[] = { "do", NULL };
	int r = only(c, known);

	if (!r)
		sim_ask_to_stop(c->sim);
	return r;
}

static int run_describe(struct command *c)
{
	static const char *const known[] = { "do", NULL };
	struct tobs_buf text;
	int r = only(c, known);

	if (r)
		return r;
	tobs_buf_init(&text, 1 << 20);
	r = sim_describe(c->sim, &text);
	jsonw_key(c->w, "sim");
	if (r)
		jsonw_null(c->w);
	else
		jsonw_raw(c->w, tobs_buf_view(&text));
	tobs_buf_wipe(&text);
	return r ? loader_no_memory(c->err) : r;
}

const struct command_row command_server[] = {
	{ "accept", run_accept },
	{ "break", run_break },
	{ "describe", run_describe },
	{ "expire", run_expire },
	{ "faults", run_faults },
	{ "load", run_load },
	{ "sleep", run_sleep },
	{ "stats", run_stats },
	{ "stop", run_stop },
	{ "takeout", run_takeout },
	{ NULL, NULL },
};
