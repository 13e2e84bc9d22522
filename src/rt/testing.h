/* SPDX-License-Identifier: MIT */
/* Time by hand, for tests of what runs on fibers. */
#ifndef RT_TESTING_H
#define RT_TESTING_H

#include <tobs/rt.h>

#include "base/clock.h"

/*
 * Runs started from now on take their time from *clock: it stands still while a
 * fiber can run, a job is offloaded, or bytes are on their way between sockets
 * of this process, and then jumps to the next alarm. Days pass in no time, and
 * waits end in the same order each time. With descriptors being waited for each
 * jump takes a millisecond of real time. NULL: the system's clock again.
 */
void rt_use_clock(struct fake_clock *clock);

/*
 * The two halves of tobs_run_with(), for test kits: after rt_begin() returned 0
 * the caller is the main fiber, in whatever function it goes on, until rt_end(),
 * which returns what tobs_run_with() would if fn had returned `result`. Waits.
 */
int rt_begin(const struct tobs_run_options *opt);
int rt_end(int result);

/*
 * With a test's clock: lets everything run that can before `until` (µs of that
 * clock), time jumping from alarm to alarm and not beyond `until`, where it stands
 * afterwards. Without an alarm until then, that is: lets everything come to where
 * only time could move it on. For the main fiber. Waits.
 *
 * Bytes in a socket are not seen at once. While busy(user), which says that some
 * are on their way, time stands still; but not for longer than two real seconds in
 * a row, should they have been lost. It may be NULL; one that was given is asked
 * also later, while other fibers wait and time runs freely.
 */
int rt_run_until(int64_t until, bool (*busy)(void *user), void *user);

#endif
