/* SPDX-License-Identifier: MIT */
/* Taking an input apart: whatever is missing at its end reads as zero. */
#ifndef FUZZ_TAKE_H
#define FUZZ_TAKE_H

#include <tobs/view.h>

#include "base/attr.h"

static inline uint8_t take_byte(struct tobs_view *in)
{
	uint8_t byte = in->len ? in->ptr[0] : 0;

	*in = tobs_view_sub(*in, 1, SIZE_MAX);
	return byte;
}

/* At most `n` bytes. */
static inline struct tobs_view take(struct tobs_view *in, size_t n)
{
	struct tobs_view part = tobs_view_sub(*in, 0, n);

	*in = tobs_view_sub(*in, n, SIZE_MAX);
	return part;
}

/* Reads every byte, so that memory that is no longer there shows. */
static inline void touch(struct tobs_view v)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < v.len; i++)
		sum = (uint8_t)(sum + v.ptr[i]);
}

#endif
