/* SPDX-License-Identifier: MIT */
/*
 * A call that goes back as the answer to the request that brought its update
 * (Bot API, "Making requests when getting updates"):
 *
 *     the request's fiber          the handler's fiber
 *     waits for `done`      ◂────  its first call that wants no result: TAKEN
 *                           ◂────  or its end: CLOSED
 *     has waited enough: CLOSED
 *
 * Both hold the batch in whose arena it lies.
 */
#ifndef BOT_INLINE_ANSWER_H
#define BOT_INLINE_ANSWER_H

#include <tobs/botapi.h>
#include <tobs/rt.h>

enum inline_state { INLINE_OPEN, INLINE_TAKEN, INLINE_CLOSED };

struct inline_answer {
	enum inline_state state;
	struct tobs_event done;
	struct tobs_buf json; /* of the call, when it is TAKEN */
};

void inline_init(struct inline_answer *a);

/* Nobody is to take it any more. a may be NULL. */
void inline_close(struct inline_answer *a);

/*
 * Puts the call into the answer if it is still open, and the call may go that way;
 * whether it did. What is wrong with the arguments is found out by making the call.
 */
bool inline_take(struct inline_answer *a, enum tobs_method method, const void *args);

#endif
