/* SPDX-License-Identifier: MIT */
/* A client's options, checked and copied, with every default filled in. */
#ifndef CLIENT_SETUP_H
#define CLIENT_SETUP_H

#include <tobs/client.h>

#include "client/store.h"
#include "crypto/rsa.h"
#include "mtproto/link.h"
#include "net/proxy.h"

/* A proxy that speaks MTProto itself: everything goes to it, whatever the DC. */
struct mtproxy {
	bool used;
	char host[PROXY_TEXT_MAX];
	uint16_t port;
	uint8_t secret[MT_SECRET_BYTES];
};

struct setup {
	struct tobs_arena texts; /* what the strings live in */
	const char *session;     /* NULL: keep nothing */
	int32_t api_id;
	const char *api_hash;
	const char *device_model, *system_version, *app_version, *lang_code;
	bool has_server;
	struct dc_address server;
	struct rsa_public key; /* of the servers */
	struct proxy proxy;
	struct mtproxy mtproxy;
	enum mt_framing framing;
	bool obfuscated;
	bool test_dcs, forward_secrecy, updates, ipv6;
	int64_t flood_wait_max, connect_timeout_ms;
	int call_retries, connect_attempts; /* connect_attempts 0: see lane.c */
	void (*waiting)(void *user, const struct tobs_wait *wait);
	void (*update)(void *user, const union tl_Updates *updates);
	void *user;
};

/* TOBS_EINVAL says which option is wrong; TOBS_EUNSUPPORTED; TOBS_ENOMEM. Nothing is kept then. */
int setup_init(struct setup *s, const struct tobs_client_options *options, struct tobs_err *err);

/* Wipes and frees; NULL is fine. */
void setup_deinit(struct setup *s);

#endif
