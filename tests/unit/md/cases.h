/* SPDX-License-Identifier: MIT */
/* Random message texts with entities, with a taste for what is hard to write as Markdown. */
#ifndef UNIT_MD_CASES_H
#define UNIT_MD_CASES_H

#include <tobs/buf.h>

#include "base/rand.h"
#include "md/entity.h"

enum {
	CASE_ENTITIES = 200,
};

struct test_case {
	struct tobs_buf text;
	struct entity entities[CASE_ENTITIES];
	size_t count;
};

void case_init(struct test_case *c);
void case_deinit(struct test_case *c);
void case_copy(struct test_case *to, const struct test_case *from);

/* Makes a new case, the same for the same state of `p`. */
void case_random(struct test_case *c, struct prng *p);

/* Takes bytes [from, to) out of the text and moves the entities along. */
void case_cut(struct test_case *c, size_t from, size_t to);

void case_print(const struct test_case *c);

#endif
