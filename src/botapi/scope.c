/* SPDX-License-Identifier: MIT */
#include "botapi/scope.h"

#include <assert.h>

#include "rt/wait.h"

struct tobs_scope *scope_current(void)
{
	return fiber_local();
}

void scope_enter(struct tobs_scope *s)
{
	s->err = (struct tobs_err){ 0 };
	s->outer = fiber_local();
	s->owner = NULL;
	fiber_set_local(s);
}

void scope_leave(struct tobs_scope *s)
{
	assert(fiber_local() == s); /* they end in the order in which they began */
	fiber_set_local(s->outer);
	tobs_arena_reset(&s->arena);
}

void *scope_owner(void)
{
	struct tobs_scope *s = fiber_local();

	while (s && !s->owner)
		s = s->outer;
	return s ? s->owner : NULL;
}

void tobs_scope_begin(struct tobs_scope *s)
{
	tobs_arena_init(&s->arena, TOBS_SCOPE_MAX);
	scope_enter(s);
}

void tobs_scope_end(struct tobs_scope *s)
{
	scope_leave(s);
	tobs_arena_deinit(&s->arena);
}

struct tobs_arena *tobs_scope_arena(void)
{
	struct tobs_scope *s = scope_current();

	return s ? &s->arena : NULL;
}

void scope_note(const struct tobs_err *err)
{
	struct tobs_scope *s = scope_current();

	if (s)
		s->err = *err;
}

const struct tobs_err *tobs_last_err(void)
{
	static const struct tobs_err none;
	struct tobs_scope *s = scope_current();

	return s ? &s->err : &none;
}
