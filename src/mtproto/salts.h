/* SPDX-License-Identifier: MIT */
/*
 * Server salts: 64-bit numbers that every message must carry, each valid for
 * half an hour by the server's clock (core.telegram.org/mtproto/description).
 */
#ifndef MTPROTO_SALTS_H
#define MTPROTO_SALTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MT_SALTS_MAX = 64 };

struct mt_salt {
	int64_t since, until; /* s, server's time */
	uint64_t salt;
};

struct mt_salts {
	uint64_t current;                    /* what is used when none of the list is valid */
	struct mt_salt future[MT_SALTS_MAX]; /* ascending, not yet outlived */
	size_t count;
};

/* The salt to use at `now` (s); salts that have ended are forgotten. */
uint64_t mt_salts_at(struct mt_salts *s, int64_t now);

/* The server says that this one is right now: what was planned no longer counts. */
void mt_salts_reset(struct mt_salts *s, uint64_t salt);

/* Adds a salt for later; ignored when the list is full or it is not after the last. */
void mt_salts_add(struct mt_salts *s, const struct mt_salt *salt);

/* Until when (s) there is a known salt; 0 when there is only the current one. */
int64_t mt_salts_known_until(const struct mt_salts *s);

#endif
