/* SPDX-License-Identifier: MIT */
#include "sim/rpc.h"

#include <stdio.h>

#include "base/log.h"
#include "tl/tables.h"

enum { SECOND = 1000000, WRAPPERS_MAX = 8 };

static const struct sim_method *const tables[] = { rpc_messages, rpc_send, rpc_upload, rpc_help,
	rpc_auth, rpc_account, rpc_users, rpc_dialogs, rpc_channels, rpc_updates };

void sim_rpc_init(struct sim_rpc *r, struct sim_world *world, struct sim_keys *keys,
	struct sim_faults *faults, const struct clock *clock, const struct rng *rng)
{
	*r = (struct sim_rpc){
		.world = world, .keys = keys, .faults = faults, .clock = clock, .rng = rng
	};
}

void sim_rpc_deinit(struct sim_rpc *r)
{
	ARRAY_DEINIT(&r->tokens);
	ARRAY_DEINIT(&r->exported);
	ARRAY_EACH (p, &r->passwords) {
		srp_server_wipe(&(*p)->attempt);
		mem_free(*p);
	}
	ARRAY_DEINIT(&r->passwords);
	MAP_EACH (slot, &r->calls)
		mem_free(slot->value);
	map_deinit(&r->calls);
	sim_kept_deinit(&r->kept);
}

static void count(struct sim_rpc *r, uint32_t method)
{
	struct sim_count *n = map_get(&r->calls, method);

	if (!n) {
		n = MEM_NEW(struct sim_count);
		if (!n || map_put(&r->calls, method, n)) {
			mem_free(n);
			return;
		}
	}
	n->n++;
}

uint64_t sim_rpc_count(const struct sim_rpc *r, uint32_t method)
{
	const struct sim_count *n = map_get(&r->calls, method);

	return n ? n->n : 0;
}

bool rpc_refuse(struct sim_call *c, int32_t code, const char *name)
{
	c->code = code;
	snprintf(c->name, sizeof c->name, "%s", name);
	return false;
}

bool rpc_refuse_number(struct sim_call *c, int32_t code, const char *name, int64_t number)
{
	c->code = code;
	snprintf(c->name, sizeof c->name, "%s_%lld", name, (long long)number);
	return false;
}

bool rpc_no_memory(struct sim_call *c)
{
	return rpc_refuse(c, 500, "MEMORY_LIMIT");
}

bool rpc_ok(struct sim_call *c, const void *object)
{
	if (!object)
		return rpc_no_memory(c);
	c->result.object = object;
	return true;
}

bool rpc_yes(struct sim_call *c)
{
	c->result.yes = true;
	return true;
}

static const struct sim_method *find_method(uint32_t id)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct sim_method *m = tables[t]; m->id; m++)
			if (m->id == id)
				return m;
	return NULL;
}

/* invokeWithLayer, initConnection: who is calling, and in which language. */
static void learn_layer(struct sim_call *c, int32_t layer)
{
	c->layer = layer;
	if (c->login)
		c->login->layer = layer;
}

static bool unwrap_range(struct sim_call *c, const struct tl_invokeWithMessagesRange *w)
{
	c->first = w->range->min_id;
	c->last = w->range->max_id;
	c->query = w->query;
	return true;
}

static bool unwrap_takeout(struct sim_call *c, const struct tl_invokeWithTakeout *w)
{
	c->takeout = w->takeout_id;
	c->query = w->query;
	if (!c->login || !c->login->takeout || c->login->takeout != w->takeout_id)
		return rpc_refuse(c, 400, "TAKEOUT_INVALID");
	return true;
}

/* Takes one wrapper off; *ret_more says whether there was one. */
static bool unwrap(struct sim_call *c, bool *ret_more)
{
	const void *q = c->query;

	*ret_more = true;
	switch (tl_id(q)) {
	case TL_invokeWithLayer:
		learn_layer(c, ((const struct tl_invokeWithLayer *)q)->layer);
		c->query = ((const struct tl_invokeWithLayer *)q)->query;
		return true;
	case TL_initConnection:
		if (c->login)
			c->login->api_id = ((const struct tl_initConnection *)q)->api_id;
		c->query = ((const struct tl_initConnection *)q)->query;
		return true;
	case TL_invokeWithoutUpdates:
		c->without_updates = true;
		c->query = ((const struct tl_invokeWithoutUpdates *)q)->query;
		return true;
	case TL_invokeAfterMsg:
		c->query = ((const struct tl_invokeAfterMsg *)q)->query;
		return true;
	case TL_invokeAfterMsgs:
		c->query = ((const struct tl_invokeAfterMsgs *)q)->query;
		return true;
	case TL_invokeWithMessagesRange: return unwrap_range(c, q);
	case TL_invokeWithTakeout: return unwrap_takeout(c, q);
	default: *ret_more = false; return true;
	}
}

/* Whether the caller may call it at all. */
static bool may_call(struct sim_call *c, const struct sim_method *m)
{
	if (!c->login && !(m->flags & RPC_UNBOUND))
		return rpc_refuse(c, 401, "AUTH_KEY_PERM_EMPTY");
	if (c->login && !c->login->layer)
		return rpc_refuse(c, 400, "CONNECTION_NOT_INITED");
	if (!c->account && !(m->flags & RPC_ANYBODY))
		return c->login && c->login->half ? rpc_refuse(c, 401, "SESSION_PASSWORD_NEEDED")
						  : rpc_refuse(c, 401, "AUTH_KEY_UNREGISTERED");
	if (c->account && c->account->token.len && !(m->flags & (RPC_BOTS | RPC_ANYBODY)))
		return rpc_refuse(c, 400, "BOT_METHOD_INVALID");
	return true;
}

static bool meets_fault(struct sim_call *c)
{
	struct sim_fault_refusal no;
	uint64_t who = c->account ? (uint64_t)c->account->user->peer : c->key->key.id;

	if (!sim_fault_refuses(
		    c->rpc->faults, tl_name(c->method), who, clock_mono(c->rpc->clock), &no))
		return false;
	rpc_refuse(c, no.code, no.name);
	return true;
}

static bool may_keep(const struct sim_call *c)
{
	return c->account && c->method == TL_messages_getHistory;
}

static bool run(struct sim_call *c)
{
	const struct sim_method *m;
	bool more = true;

	for (int i = 0; more; i++) {
		if (i == WRAPPERS_MAX)
			return rpc_refuse(c, 400, "INPUT_METHOD_INVALID");
		if (!unwrap(c, &more))
			return false;
	}
	c->method = tl_id(c->query);
	c->account = c->login ? c->login->account : NULL;
	count(c->rpc, c->method);
	m = find_method(c->method);
	if (!m) {
		c->rpc->unknown_methods++;
		log_info("sim", "nobody implements %s", tl_name(c->method));
		return rpc_refuse(c, 400, "INPUT_METHOD_INVALID");
	}
	if (!may_call(c, m) || meets_fault(c))
		return false;
	if (c->login && !c->without_updates)
		c->login->registered = true;
	if (may_keep(c) &&
		sim_kept_find(&c->rpc->kept, c->account->user->peer, c->layer, c->body, &c->kept))
		return true;
	return m->handle(c);
}

static int write_refusal(const struct sim_call *c, struct tobs_buf *out)
{
	log_debug("sim", "%s refused: %d %s", c->method ? tl_name(c->method) : "a query", c->code,
		c->name);
	return tl_encode(out,
		TL(rpc_error, .error_code = c->code, .error_message = tobs_str(c->name)), NULL);
}

static int write_result(struct sim_call *c, struct tobs_buf *out)
{
	struct tobs_err err;
	size_t start = out->len;
	int r;

	if (c->kept.ptr)
		return tobs_buf_putv(out, c->kept);
	r = tl_encode_result(out, c->method, &c->result, c->layer, &err);
	if (!r && may_keep(c))
		sim_kept_add(&c->rpc->kept, c->account->user->peer, c->layer, c->body,
			tobs_view(out->ptr + start, out->len - start));
	if (r && r != TOBS_ENOMEM) {
		log_error("sim", "the answer to %s cannot be written: %s", tl_name(c->method),
			err.message);
		rpc_refuse(c, 500, "INTERNAL");
		return write_refusal(c, out);
	}
	return r;
}

/* Whether the call changed who its key stands for. */
static bool is_worth_keeping(const struct sim_call *c, const struct sim_login *before)
{
	const struct sim_login *now = sim_key_login(c->key);

	if (!now || now != c->login)
		return now != c->login;
	return now->account != before->account || now->half != before->half ||
		now->layer != before->layer || now->api_id != before->api_id ||
		now->takeout != before->takeout || now->registered != before->registered;
}

int sim_rpc_run(struct sim_call *c, struct tobs_view body, struct tobs_buf *out)
{
	struct sim_login before;
	struct tobs_err err;
	bool done;
	int r;

	c->login = sim_key_login(c->key);
	c->layer = c->login && c->login->layer ? c->login->layer : TL_LAYER;
	c->method = 0;
	c->code = 0;
	c->body = body;
	c->kept = tobs_view(NULL, 0);
	r = tl_decode(body, c->arena, &c->query, NULL, &err);
	if (r == TOBS_ENOMEM)
		return r;
	if (r) {
		log_info("sim", "a query cannot be read: %s at %lld", err.message,
			(long long)err.offset);
		rpc_refuse(c, 400, "INPUT_REQUEST_INVALID");
		return write_refusal(c, out);
	}
	before = c->login ? *c->login : (struct sim_login){ 0 };
	done = run(c);
	if (is_worth_keeping(c, &before))
		sim_keys_touch(c->rpc->keys);
	return done ? write_result(c, out) : write_refusal(c, out);
}
