/* SPDX-License-Identifier: MIT */
/* Scopes (<tobs/botapi.h>) from inside. */
#ifndef BOTAPI_SCOPE_H
#define BOTAPI_SCOPE_H

#include <tobs/botapi.h>

/* The innermost scope of the running fiber, or NULL. */
struct tobs_scope *scope_current(void);

/* Like tobs_scope_begin(), but the memory that the scope already has is used again. */
void scope_enter(struct tobs_scope *s);

/* Like tobs_scope_end(), but its memory is kept for the next scope_enter(). */
void scope_leave(struct tobs_scope *s);

/* The `owner` of the innermost scope that has one: for whom the fiber works. NULL without. */
void *scope_owner(void);

/* Notes the failure of a call in the innermost scope. */
void scope_note(const struct tobs_err *err);

#endif
