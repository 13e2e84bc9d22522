/* SPDX-License-Identifier: MIT */
/* An rpc_error, taken apart: what kind it is, the number in its name, and words for a person. */
#ifndef CLIENT_REFUSAL_H
#define CLIENT_REFUSAL_H

#include <tobs/err.h>

enum refusal_kind {
	REFUSAL_OTHER,        /* the caller's fault, or its business */
	REFUSAL_FLOOD,        /* FLOOD_WAIT_X and relatives: all calls of the method wait */
	REFUSAL_SLOWMODE,     /* SLOWMODE_WAIT_X: this call waits */
	REFUSAL_MIGRATE_HOME, /* PHONE_, NETWORK_, USER_MIGRATE_X: the account lives elsewhere */
	REFUSAL_MIGRATE_CALL, /* FILE_, STATS_MIGRATE_X: this call belongs elsewhere */
	REFUSAL_TROUBLE,      /* trouble inside Telegram: repeat */
	REFUSAL_UNAUTHORIZED, /* the session is not logged in (any more) */
	REFUSAL_PASSWORD,     /* SESSION_PASSWORD_NEEDED */
	REFUSAL_NOT_INITED,   /* the server forgot our initConnection */
};

struct refusal {
	enum refusal_kind kind;
	int32_t status;     /* 303, 400, 401, 403, 406, 420, 500, … */
	int64_t number;     /* the one in its name; 0 without */
	char name[64];      /* with %d for the number: "FLOOD_WAIT_%d" */
	char kind_name[64]; /* without it: "FLOOD_WAIT" */
};

void refusal_parse(struct refusal *f, int32_t status, const char *name);

/* Fills *err with `code` and everything known, in words where there are some. */
void refusal_explain(const struct refusal *f, uint32_t method, int code, struct tobs_err *err);

#endif
