/* SPDX-License-Identifier: MIT */
/* Calls, with everything that is done about refusals; what tobs_call() is made of. */
#ifndef CLIENT_CALL_H
#define CLIENT_CALL_H

#include "client/client.h"

enum call_flags {
	CALL_STAY = 1,     /* is refused rather than sent to another data centre */
	CALL_STRANGER = 2, /* the account need not be known there */
	CALL_UPDATES = 4,  /* not wrapped in invokeWithoutUpdates */
	CALL_PERSON = 8,   /* somebody sits there: no flood wait longer than CALL_PERSON_WAIT_S */
};

enum { CALL_PERSON_WAIT_S = 60 };

struct call_request {
	enum tobs_route route;
	int dc; /* 0: the account's home */
	int lane;
	uint32_t method;
	const void *query;
	unsigned flags;
};

/* As tobs_call(). */
int call_run(struct tobs_client *c, const struct call_request *request, struct tobs_reply *reply,
	void *ret, struct tobs_err *err);

/* The data centre that is asked for the addresses of others: one we can reach without. */
int call_config_dc(const struct tobs_client *c);

#endif
