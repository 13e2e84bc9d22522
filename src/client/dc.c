/* SPDX-License-Identifier: MIT */
#include "client/dc.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"
#include "client/agree.h"
#include "client/call.h"
#include "client/dcs.h"
#include "client/lane.h"

enum {
	SECOND = 1000000,
	TEST_OFFSET = 10000,
	ADDRESSES_MAX = 64,
	CONFIG_LIFE_S = 86400,
};

struct dc *dc_get(struct tobs_client *c, int id)
{
	struct dc *d = map_get(&c->dcs, (uint64_t)id);

	if (d)
		return d;
	d = MEM_NEW(struct dc);
	if (!d)
		return NULL;
	*d = (struct dc){ .client = c, .id = id };
	tobs_sem_init(&d->making, 1);
	tobs_sem_init(&d->joining, 1);
	if (map_put(&c->dcs, (uint64_t)id, d)) {
		mem_free(d);
		return NULL;
	}
	return d;
}

void dc_free(struct dc *d)
{
	if (!d)
		return;
	mem_wipe(d, sizeof *d);
	mem_free(d);
}

struct dc_key *dc_key_of(struct dc *d)
{
	return client_store_key(&d->client->store, d->id);
}

/* ---- addresses ---- */

/* A list of candidates, the likeliest first. */
struct candidates {
	struct dc_address list[ADDRESSES_MAX];
	size_t count;
};

static void add(struct candidates *c, const struct dc_address *a)
{
	if (c->count < ADDRESSES_MAX)
		c->list[c->count++] = *a;
}

static void add_known(struct candidates *c, const struct dc *d, bool ipv6)
{
	const struct tobs_client *client = d->client;
	const struct client_store *s = &client->store;
	struct dc_address builtin;

	for (size_t i = 0; i < s->address_count; i++)
		if (s->addresses[i].dc == d->id && s->addresses[i].ipv6 == ipv6 &&
			!s->addresses[i].media_only)
			add(c, &s->addresses[i]);
	if (!client->setup.has_server && dcs_builtin(d->id, client->setup.test_dcs, ipv6, &builtin))
		add(c, &builtin);
}

static void collect(struct candidates *c, const struct dc *d)
{
	const struct setup *setup = &d->client->setup;

	c->count = 0;
	if (setup->has_server && setup->server.dc == d->id)
		add(c, &setup->server);
	add_known(c, d, setup->ipv6);
	add_known(c, d, !setup->ipv6);
}

/* Whether what is stored may be out of date: a simulator takes other ports each time. */
static bool is_stale(const struct tobs_client *c)
{
	int64_t age = clock_wall(c->clock) / SECOND - c->store.addresses_at;

	if (c->configured)
		return false;
	return c->setup.has_server || age > CONFIG_LIFE_S;
}

int dc_address(struct dc *d, struct dc_address *ret, struct tobs_err *err)
{
	struct tobs_client *c = d->client;
	struct candidates found;
	int r;

	collect(&found, d);
	if (c->setup.mtproxy.used) {
		*ret = (struct dc_address){ .dc = d->id };
		return TOBS_OK;
	}
	if (d->id != call_config_dc(c) && (found.count == 0 || is_stale(c))) {
		r = dc_configure(c, err);
		if (r && found.count == 0)
			return r;
		collect(&found, d);
	}
	if (found.count == 0)
		return tobs_fail(
			err, TOBS_ENOTFOUND, "no address of data centre %d is known", d->id);
	*ret = found.list[d->tries % found.count];
	return TOBS_OK;
}

static int keep_addresses(struct tobs_client *c, const struct tl_config *config)
{
	struct candidates told = { .count = 0 };

	for (uint32_t i = 0; i < config->dc_options.count; i++) {
		const struct tl_dcOption *o = config->dc_options.items[i];
		struct dc_address a = { .dc = o->id,
			.ipv6 = o->ipv6,
			.media_only = o->media_only,
			.port = (uint16_t)o->port };

		/* Those with a secret, or for obfuscated connections only, are for proxies. */
		if (o->cdn || o->secret.len || (o->tcpo_only && !c->setup.obfuscated) ||
			o->ip_address.len >= sizeof a.host || o->port <= 0 || o->port > UINT16_MAX)
			continue;
		snprintf(a.host, sizeof a.host, "%.*s", TOBS_VIEW_FMT(o->ip_address));
		add(&told, &a);
	}
	if (told.count == 0)
		return TOBS_OK;
	return client_store_set_addresses(
		&c->store, told.list, told.count, clock_wall(c->clock) / SECOND);
}

static int ask_for_config(struct tobs_client *c, struct tobs_err *err)
{
	const struct call_request request = { .dc = call_config_dc(c),
		.method = TL_help_getConfig,
		.query = TL0(help_getConfig),
		.flags = CALL_STAY | CALL_STRANGER };
	struct tobs_reply reply = TOBS_REPLY_INIT;
	const struct tl_config *config;
	int r = call_run(c, &request, &reply, &config, err);

	if (!r && keep_addresses(c, config))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for addresses");
	if (!r) {
		c->configured = true;
		client_soiled(c);
	}
	tobs_reply_deinit(&reply);
	return r;
}

int dc_configure(struct tobs_client *c, struct tobs_err *err)
{
	int r = tobs_sem_wait(&c->configuring);

	if (r)
		return tobs_fail(err, r, "no list of data centres");
	if (!c->configured)
		r = ask_for_config(c, err);
	tobs_sem_post(&c->configuring);
	return r;
}

/* ---- keys ---- */

static bool needs_perm(struct dc *d)
{
	struct dc_key *k = dc_key_of(d);

	return !k || !k->known;
}

static bool needs_temp(const struct dc *d)
{
	if (!d->client->setup.forward_secrecy)
		return false;
	return !d->temp.known ||
		d->temp.expires_at - DC_TEMP_SPARE_S <= client_server_time(d->client, d->id);
}

bool dc_has_keys(struct dc *d)
{
	return !needs_perm(d) && !needs_temp(d) &&
		(!d->client->setup.forward_secrecy || d->temp.bound);
}

const struct auth_key *dc_session_key(struct dc *d)
{
	return d->client->setup.forward_secrecy && d->temp.known ? &d->temp.key
								 : &dc_key_of(d)->key;
}

static int make_perm(
	struct dc *d, struct line *line, struct mt_exchange_options *o, struct tobs_err *err)
{
	struct tobs_client *c = d->client;
	struct dc_key *k = dc_key_of(d);
	struct mt_agreed agreed;
	int r;

	if (!k)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a key");
	o->expires_in = 0;
	r = agree_on_key(line, o, &agreed, err);
	if (r)
		return r;
	log_debug("client", "DC %d: new key", d->id);
	dc_drop_temp(d, d->temp.key.id);
	k->key = agreed.key;
	k->salt = agreed.salt;
	k->time_offset = agreed.time_offset;
	k->made = clock_wall(c->clock) / SECOND;
	k->known = true;
	c->store.head_dirty = true;
	client_soiled(c);
	mem_wipe(&agreed, sizeof agreed);
	return TOBS_OK;
}

static int make_temp(
	struct dc *d, struct line *line, struct mt_exchange_options *o, struct tobs_err *err)
{
	struct mt_agreed agreed;
	int r;

	o->expires_in = DC_TEMP_LIFE_S;
	r = agree_on_key(line, o, &agreed, err);
	if (r)
		return r;
	log_debug("client", "DC %d: new temporary key", d->id);
	d->temp.key = agreed.key;
	d->temp.salt = agreed.salt;
	d->temp.time_offset = agreed.time_offset;
	d->temp.expires_at = agreed.expires_at;
	d->temp.known = true;
	d->temp.bound = false;
	mem_wipe(&agreed, sizeof agreed);
	return TOBS_OK;
}

int dc_make_keys(struct dc *d, struct line *line, struct tobs_err *err)
{
	struct tobs_client *c = d->client;
	struct mt_exchange_options o = { .keys = &c->setup.key,
		.key_count = 1,
		.dc = c->setup.test_dcs ? d->id + TEST_OFFSET : d->id,
		.clock = c->clock,
		.rng = c->rng };
	int r = TOBS_OK;

	if (needs_perm(d))
		r = make_perm(d, line, &o, err);
	if (!r && needs_temp(d))
		r = make_temp(d, line, &o, err);
	return r;
}

void dc_drop_temp(struct dc *d, uint64_t key_id)
{
	if (d->temp.key.id == key_id)
		mem_wipe(&d->temp, sizeof d->temp);
}

void dc_drop_key(struct dc *d)
{
	struct dc_key *k = dc_key_of(d);

	if (!k)
		return;
	dc_drop_temp(d, d->temp.key.id);
	mem_wipe(k, sizeof *k);
	k->dc = d->id;
	d->client->store.head_dirty = true;
	client_soiled(d->client);
}

/* ---- the account in another data centre ---- */

static int carry_over(struct dc *d, struct tobs_err *err)
{
	struct tobs_client *c = d->client;
	const struct tl_auth_exportAuthorization ask = { TL_auth_exportAuthorization, d->id };
	const struct call_request out = {
		.method = TL_auth_exportAuthorization, .query = &ask, .flags = CALL_STAY
	};
	struct tl_auth_importAuthorization bring = { .ctor = TL_auth_importAuthorization };
	const struct call_request in = { .route = TOBS_ROUTE_FILES,
		.dc = d->id,
		.method = TL_auth_importAuthorization,
		.query = &bring,
		.flags = CALL_STAY | CALL_STRANGER };
	struct tobs_reply reply = TOBS_REPLY_INIT, answer = TOBS_REPLY_INIT;
	const struct tl_auth_exportedAuthorization *exported;
	const union tl_auth_Authorization *authorization;
	int r = call_run(c, &out, &reply, &exported, err);

	if (!r) {
		bring.id = exported->id;
		bring.bytes = exported->bytes;
		r = call_run(c, &in, &answer, &authorization, err);
	}
	tobs_buf_wipe(&reply.bytes);
	tobs_reply_deinit(&reply);
	tobs_reply_deinit(&answer);
	return r;
}

int dc_join(struct dc *d, struct tobs_err *err)
{
	struct dc_key *k = dc_key_of(d);
	int r;

	if (!k)
		return tobs_fail(err, TOBS_ENOMEM, "no memory for a key");
	if (k->authorized || !d->client->store.self)
		return TOBS_OK;
	r = tobs_sem_wait(&d->joining);
	if (r)
		return tobs_fail(err, r, "not logged in there");
	if (!k->authorized)
		r = carry_over(d, err);
	if (!r && !k->authorized) {
		k->authorized = true;
		d->client->store.head_dirty = true;
		client_soiled(d->client);
	}
	tobs_sem_post(&d->joining);
	return r;
}
