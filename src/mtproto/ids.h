/* SPDX-License-Identifier: MIT */
/*
 * Message identifiers and the server's time.
 *
 * A msg_id is unixtime * 2^32 with the fraction of the second in its low half;
 * the client's are divisible by 4 and grow strictly within a session, the
 * server's are 1 (answers) or 3 modulo 4. As the server judges ids by its own
 * clock, the difference between that and ours is kept and corrected from every
 * id that proves it wrong.
 */
#ifndef MTPROTO_IDS_H
#define MTPROTO_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/map.h"

struct mt_ids {
	const struct clock *clock;
	int64_t offset; /* µs, server's time minus ours */
	uint64_t last;  /* the id given last */
};

void mt_ids_init(struct mt_ids *g, const struct clock *clock, int64_t offset);

/* The next id of the client: divisible by 4, larger than all before. */
uint64_t mt_ids_next(struct mt_ids *g);

/* The next id of a server: `answer` makes it 1, otherwise 3 modulo 4. */
uint64_t mt_ids_next_server(struct mt_ids *g, bool answer);

/* The server's time, µs since 1970. */
int64_t mt_ids_server_time(const struct mt_ids *g);

/* When a msg_id was made, µs since 1970 in the server's time. */
int64_t mt_id_time(uint64_t msg_id);

/* The server's clock shows `server_time` (µs) now. */
void mt_ids_sync(struct mt_ids *g, int64_t server_time);

/* Forgets the last id: for a new session, after ids had run ahead of the clock. */
void mt_ids_restart(struct mt_ids *g);

/*
 * The ids that were received lately, to refuse repeats. Holds MT_SEEN_MAX; when
 * it is full, ids older than all of them count as seen, too.
 */
enum { MT_SEEN_MAX = 1024 };

struct mt_seen {
	uint64_t ring[MT_SEEN_MAX];
	size_t count;     /* ever added */
	uint64_t max;     /* the largest */
	uint64_t dropped; /* the largest that was forgotten */
	struct map set;
};

void mt_seen_clear(struct mt_seen *s);
void mt_seen_deinit(struct mt_seen *s);
bool mt_seen_has(const struct mt_seen *s, uint64_t id);

/* TOBS_EEXISTS when it was there or is too old to tell; TOBS_ENOMEM. */
int mt_seen_add(struct mt_seen *s, uint64_t id);

/* One that was added not long ago counts as not seen again. */
void mt_seen_remove(struct mt_seen *s, uint64_t id);

#endif
