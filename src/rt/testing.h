/* SPDX-License-Identifier: MIT */
/* Time by hand, for tests of what runs on fibers. */
#ifndef RT_TESTING_H
#define RT_TESTING_H

#include "base/clock.h"

/*
 * Runs started from now on take their time from *clock: it stands still while a
 * fiber can run, a job is offloaded, or bytes are on their way between sockets
 * of this process, and then jumps to the next alarm. Days pass in no time, and
 * waits end in the same order each time. With descriptors being waited for each
 * jump takes a millisecond of real time. NULL: the system's clock again.
 */
void rt_use_clock(struct fake_clock *clock);

#endif
