/* SPDX-License-Identifier: MIT */
/* The clock behind the loop, for protocol cores that are told what time it is. */
#ifndef RT_CLOCK_H
#define RT_CLOCK_H

#include "base/clock.h"

/* That of the run in progress: the system's, or a test's (rt/testing.h). */
const struct clock *rt_clock_source(void);

#endif
