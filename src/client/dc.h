/* SPDX-License-Identifier: MIT */
/*
 * A data centre as this client knows it: addresses, the permanent key (in the
 * store), the temporary key (here only), and whether the account is known there.
 * All lanes to it share this.
 */
#ifndef CLIENT_DC_H
#define CLIENT_DC_H

#include "client/client.h"
#include "client/line.h"

struct dc {
	struct tobs_client *client;
	int id;
	unsigned tries;          /* addresses that did not work: the next one is tried */
	struct tobs_sem making;  /* one lane at a time makes keys … */
	struct tobs_sem joining; /* … and one call brings the authorization along */

	/* With forward secrecy: the key that is used instead of the permanent one. */
	struct {
		bool known, bound;
		struct auth_key key;
		uint64_t salt;
		int64_t time_offset; /* µs */
		int64_t expires_at;  /* s, server's time */
	} temp;
};

enum {
	DC_TEMP_LIFE_S = 86400,    /* of a temporary key: as official clients take it */
	DC_TEMP_SPARE_S = 10 * 60, /* so long before its end it is replaced */
};

/* NULL without memory. */
struct dc *dc_get(struct tobs_client *c, int id);
void dc_free(struct dc *d);

/* Its permanent key's record; NULL without memory. */
struct dc_key *dc_key_of(struct dc *d);

/*
 * The address to try next. Asks the server for the list when it is not known, but
 * not for the home DC. TOBS_ENOTFOUND: no address is known.
 */
int dc_address(struct dc *d, struct dc_address *ret, struct tobs_err *err);

/* Fetches the list of addresses. Waits. */
int dc_configure(struct tobs_client *c, struct tobs_err *err);

/* Whether the lane's next session can begin without a key exchange. */
bool dc_has_keys(struct dc *d);

/* Makes what keys are missing, over `line`. Hold d->making. Waits. */
int dc_make_keys(struct dc *d, struct line *line, struct tobs_err *err);

/* The key that sessions use now. */
const struct auth_key *dc_session_key(struct dc *d);

/*
 * It is not known to the server (any more), or its time is up. The temporary key
 * is dropped only when it is the one with this id: it may have been replaced.
 */
void dc_drop_temp(struct dc *d, uint64_t key_id);
void dc_drop_key(struct dc *d);

/* Makes the account known there, unless it is. Waits. */
int dc_join(struct dc *d, struct tobs_err *err);

#endif
