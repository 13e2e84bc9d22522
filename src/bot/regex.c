/* SPDX-License-Identifier: MIT */
#include "bot/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"

enum { JIT_STACK_FIRST = 32 << 10, JIT_STACK_MAX = 256 << 10 };

struct regex {
	pcre2_general_context *memory;
	pcre2_code *code;
	pcre2_match_data *found;
	pcre2_match_context *limits;
	bool jit;
};

/*
 * Compiled expressions would take 32 KiB of the machine's stack, half of a fiber's.
 * They get one of their own, which all share: a search waits for nothing.
 */
static struct {
	pcre2_general_context *memory;
	pcre2_jit_stack *stack;
	size_t users;
} jit;

static void *regex_alloc(PCRE2_SIZE size, void *user)
{
	(void)user;
	return mem_alloc(size);
}

static void regex_release(void *p, void *user)
{
	(void)user;
	mem_free(p);
}

static void jit_close(void)
{
	if (--jit.users)
		return;
	pcre2_jit_stack_free(jit.stack);
	pcre2_general_context_free(jit.memory);
	jit.stack = NULL;
	jit.memory = NULL;
}

static int jit_open(void)
{
	if (jit.users++)
		return TOBS_OK;
	jit.memory = pcre2_general_context_create(regex_alloc, regex_release, NULL);
	if (jit.memory)
		jit.stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, jit.memory);
	if (jit.stack)
		return TOBS_OK;
	jit_close();
	return TOBS_ENOMEM;
}

static int compile(struct regex *x, const char *pattern, struct tobs_err *err)
{
	PCRE2_UCHAR text[160];
	PCRE2_SIZE at = 0;
	int code = 0;

	x->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
	if (!x->code) {
		pcre2_get_error_message(code, text, sizeof text);
		tobs_fail(err, TOBS_EINVAL, "the regular expression, at its byte %zu: %s",
			(size_t)at, (const char *)text);
		if (err)
			err->offset = (int64_t)at;
		return TOBS_EINVAL;
	}
	/* Without it everything still works, only slower. */
	x->jit = !pcre2_jit_compile(x->code, PCRE2_JIT_COMPLETE);
	if (x->jit && jit_open()) {
		x->jit = false;
		return tobs_fail(err, TOBS_ENOMEM, "making a regular expression");
	}
	return TOBS_OK;
}

int regex_new(const char *pattern, struct regex **ret, struct tobs_err *err)
{
	struct regex *x;
	int r;

	if (strlen(pattern) > REGEX_PATTERN_MAX)
		return tobs_fail(err, TOBS_EINVAL, "the regular expression is too long");
	x = MEM_NEW(struct regex);
	if (!x)
		return tobs_fail(err, TOBS_ENOMEM, "making a regular expression");
	x->memory = pcre2_general_context_create(regex_alloc, regex_release, NULL);
	r = x->memory ? compile(x, pattern, err) : TOBS_ENOMEM;
	if (!r) {
		x->found = pcre2_match_data_create_from_pattern(x->code, x->memory);
		x->limits = pcre2_match_context_create(x->memory);
		if (!x->found || !x->limits)
			r = tobs_fail(err, TOBS_ENOMEM, "making a regular expression");
	}
	if (r) {
		regex_free(x);
		return r;
	}
	pcre2_set_match_limit(x->limits, REGEX_STEPS);
	pcre2_set_heap_limit(x->limits, REGEX_HEAP_KIB);
	if (x->jit)
		pcre2_jit_stack_assign(x->limits, NULL, jit.stack);
	*ret = x;
	return TOBS_OK;
}

void regex_free(struct regex *x)
{
	if (!x)
		return;
	pcre2_match_context_free(x->limits);
	pcre2_match_data_free(x->found);
	pcre2_code_free(x->code);
	pcre2_general_context_free(x->memory);
	if (x->jit)
		jit_close();
	mem_free(x);
}

static int copy_groups(struct regex *x, struct tobs_view text, size_t count,
	struct tobs_arena *arena, const char *const **ret)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(x->found);
	const char **groups = tobs_arena_array(arena, count, sizeof *groups);

	if (!groups)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (at[2 * i] == PCRE2_UNSET)
			continue;
		groups[i] = tobs_arena_dup(arena, text.ptr + at[2 * i], at[2 * i + 1] - at[2 * i]);
		if (!groups[i])
			return TOBS_ENOMEM;
	}
	*ret = groups;
	return TOBS_OK;
}

int regex_find(struct regex *x, struct tobs_view text, struct tobs_arena *arena,
	const char *const **ret_groups, size_t *ret_count)
{
	int r = pcre2_match(x->code, text.ptr ? text.ptr : (PCRE2_SPTR) "", text.len, 0, 0,
		x->found, x->limits);
	size_t count = pcre2_get_ovector_count(x->found);

	if (r == PCRE2_ERROR_NOMEMORY)
		return TOBS_ENOMEM;
	/* The text is UTF-8: it comes out of our own decoder. */
	if (r == PCRE2_ERROR_NOMATCH ||
		(r < 0 && r >= PCRE2_ERROR_UTF8_ERR21 && r <= PCRE2_ERROR_UTF8_ERR1))
		return 0;
	if (r < 0)
		return TOBS_ETOOBIG;
	r = copy_groups(x, text, count, arena, ret_groups);
	if (r)
		return r;
	*ret_count = count;
	return 1;
}
