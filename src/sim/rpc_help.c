/* SPDX-License-Identifier: MIT */
/* help.*: what servers there are, and what a client should know of them. */
#include "sim/rpc.h"

enum { SECOND = 1000000, CONFIG_LIFE_S = 3600 };

static bool get_config(struct sim_call *c)
{
	struct sim_rpc *r = c->rpc;
	struct tl_config *config = RPC_NEW(c, tl_config);
	struct tl_dcOption *options = TOBS_ARENA_ARRAY(
		c->arena, r->dc_count + 1, struct tl_dcOption);
	const struct tl_dcOption **items = TOBS_ARENA_ARRAY(
		c->arena, r->dc_count + 1, const struct tl_dcOption *);
	/* The server's own clock, which may be wrong on purpose. */
	int32_t now = (int32_t)(clock_wall(r->clock) / SECOND);

	if (!config || !options || !items)
		return rpc_no_memory(c);
	for (size_t i = 0; i < r->dc_count; i++) {
		options[i] = (struct tl_dcOption){ .ctor = TL_dcOption,
			.id = r->dcs[i].id,
			.ip_address = tobs_str(r->dcs[i].host),
			.port = r->dcs[i].port };
		options[i].media_only = r->dcs[i].media_only;
		options[i].cdn = r->dcs[i].cdn;
		items[i] = &options[i];
	}
	/* Numbers as the real servers send them. */
	*config = (struct tl_config){ .ctor = TL_config,
		.date = now,
		.expires = now + CONFIG_LIFE_S,
		.this_dc = c->dc,
		.dc_options = { (uint32_t)r->dc_count, items },
		.dc_txt_domain_name = tobs_str("localhost"),
		.chat_size_max = 200,
		.megagroup_size_max = 200000,
		.forwarded_count_max = 100,
		.online_update_period_ms = 210000,
		.offline_blur_timeout_ms = 5000,
		.offline_idle_timeout_ms = 30000,
		.online_cloud_timeout_ms = 300000,
		.notify_cloud_delay_ms = 30000,
		.notify_default_delay_ms = 1500,
		.push_chat_period_ms = 60000,
		.push_chat_limit = 2,
		.edit_time_limit = 172800,
		.revoke_time_limit = 2147483647,
		.revoke_pm_time_limit = 2147483647,
		.rating_e_decay = 2419200,
		.stickers_recent_limit = 200,
		.channels_read_media_period = 604800,
		.call_receive_timeout_ms = 20000,
		.call_ring_timeout_ms = 90000,
		.call_connect_timeout_ms = 30000,
		.call_packet_timeout_ms = 10000,
		.me_url_prefix = tobs_str("https://t.me/"),
		.caption_length_max = 1024,
		.message_length_max = 4096,
		.webfile_dc_id = c->dc };
	return rpc_ok(c, config);
}

static bool get_nearest_dc(struct sim_call *c)
{
	struct tl_nearestDc *n = RPC_NEW(c, tl_nearestDc);

	if (!n)
		return rpc_no_memory(c);
	*n = (struct tl_nearestDc){ .ctor = TL_nearestDc,
		.country = tobs_str("ZZ"),
		.this_dc = c->dc,
		.nearest_dc = c->rpc->world->options.home_dc };
	return rpc_ok(c, n);
}

static bool get_app_config(struct sim_call *c)
{
	struct tl_help_appConfig *config = RPC_NEW(c, tl_help_appConfig);
	struct tl_jsonObject *empty = RPC_NEW(c, tl_jsonObject);

	if (!config || !empty)
		return rpc_no_memory(c);
	empty->ctor = TL_jsonObject;
	config->ctor = TL_help_appConfig;
	config->hash = 1;
	config->config = (const void *)empty;
	return rpc_ok(c, config);
}

static bool get_cdn_config(struct sim_call *c)
{
	struct tl_cdnConfig *config = RPC_NEW(c, tl_cdnConfig);

	if (config)
		config->ctor = TL_cdnConfig;
	return rpc_ok(c, config);
}

const struct sim_method rpc_help[] = {
	{ TL_help_getConfig, get_config, RPC_ANYBODY | RPC_UNBOUND },
	{ TL_help_getNearestDc, get_nearest_dc, RPC_ANYBODY | RPC_UNBOUND },
	{ TL_help_getAppConfig, get_app_config, RPC_ANYBODY },
	{ TL_help_getCdnConfig, get_cdn_config, RPC_ANYBODY },
	{ 0 },
};
