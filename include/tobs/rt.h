/* SPDX-License-Identifier: MIT */
/*
 * Fibers: straight-line code that waits without blocking anyone.
 *
 * A fiber is a function with a small stack of its own. All fibers of a process
 * run on one thread, one at a time, and change places only where one waits:
 * between two waits nothing else runs, so plain variables need no locks.
 *
 *     static int greet(void *arg)
 *     {
 *             tobs_sleep(1000);
 *             return say_hello(arg);
 *     }
 *
 *     static int start(void *arg)
 *     {
 *             struct tobs_fiber *f;
 *             int r = tobs_spawn(&f, greet, arg, NULL);
 *
 *             return r ? r : tobs_join(f, NULL);
 *     }
 *
 *     int main(void) { return tobs_run(start, NULL) ? 1 : 0; }
 *
 * What holds for every call below that waits ("Waits."):
 *
 * - It is made on a fiber; anywhere else it returns TOBS_EINVAL.
 * - It returns TOBS_ECANCELED when the fiber was cancelled and TOBS_ETIMEDOUT
 *   when a deadline of the fiber passed, before or while it waits, and has then
 *   done nothing. Both last: the next wait says the same, until the deadline is
 *   popped or a shield is put up. What can be had without waiting is refused
 *   too, so that a fiber that always finds work can still be stopped.
 * - Whoever came first is served first.
 * - Other fibers may run even when it need not wait, now and then, so that a
 *   busy fiber cannot starve the others.
 *
 * A fiber must not hold the loop for long. Work for the CPU and calls that
 * block go through tobs_offload(). Debug builds name in the log a fiber that
 * held it for more than 50 ms, with its stack.
 *
 * Structures marked "caller's memory" are set up with their _init function,
 * hold no memory of their own, and must outlive whoever waits on them.
 */
#ifndef TOBS_RT_H
#define TOBS_RT_H

#include <tobs/buf.h>
#include <tobs/err.h>

TOBS_BEGIN_DECLS

/* As a time in ms: no limit. */
#define TOBS_FOREVER ((int64_t)-1)

struct tobs_fiber;
struct tobs_chan;

/* Private: the ends of a list of those who wait. */
struct tobs_waiters {
	struct tobs_waiters *prev, *next;
};

/* Private: one who waits, on its own stack. */
struct tobs_waiter {
	struct tobs_waiters link;
	struct tobs_fiber *fiber;
	struct tobs_waiter **chosen;
	void *elem;
};

/* ---- The loop ----------------------------------------------------------- */

struct tobs_run_options {
	/*
	 * Let SIGINT and SIGTERM ask for an orderly stop, see tobs_shutdown().
	 * Without it both keep the meaning they had.
	 */
	bool catch_signals;
	/*
	 * Called at each SIGINT or SIGTERM after the first, in the signal handler
	 * itself, so it works even when a fiber holds the loop; it may only do what
	 * signal handlers may, such as _exit(). NULL: they are ignored.
	 */
	void (*hurry)(int signo);
	/*
	 * Debug builds: how long a fiber may hold the loop before it is named in
	 * the log, in ms; 0 stands for 50, a negative number for never.
	 */
	int64_t hold_ms;
};

/*
 * Makes the process's loop, runs fn(arg) on its main fiber, and returns what fn
 * returned, once every fiber has ended and every posted call was made. The main
 * fiber keeps the stack of the calling thread. SIGPIPE is ignored meanwhile.
 *
 * TOBS_EINVAL when a loop runs already, here or on another thread;
 * TOBS_ENOMEM, TOBS_EIO when the loop cannot be made.
 */
int tobs_run(int (*fn)(void *arg), void *arg);

/* The same with options; opt may be NULL. */
int tobs_run_with(const struct tobs_run_options *opt, int (*fn)(void *arg), void *arg);

/* When the loop last looked at the clock: µs since some start, never goes back. */
int64_t tobs_now(void);

/*
 * Calls fn(arg) on the loop, soon, outside of any fiber: it may wake and spawn
 * fibers and must not wait. The one call any thread may make; not for signal
 * handlers. Calls are made in the order they were posted by one thread.
 *
 * TOBS_ENOMEM; TOBS_EAGAIN when a million calls are pending already;
 * TOBS_ECLOSED when no loop runs. After 0, fn is called before tobs_run() returns.
 */
int tobs_post(void (*fn)(void *arg), void *arg);

/*
 * Runs fn(arg) on a thread of a small pool (four, or UV_THREADPOOL_SIZE) and
 * waits for it: returns what fn returned. Nothing the fiber owns can go away
 * under it: a fiber that is cancelled or whose deadline passes drops the job if
 * it has not begun, returning TOBS_ECANCELED or TOBS_ETIMEDOUT, and otherwise
 * waits to its end. fn must not make calls that wait. Waits.
 */
int tobs_offload(int (*fn)(void *arg), void *arg);

/* Appends who waits for what, one line a fiber, for people. Returns tobs_buf_err(). */
int tobs_rt_dump(struct tobs_buf *out);

/* ---- Fibers ------------------------------------------------------------- */

struct tobs_fiber_options {
	const char *name;  /* for logs and dumps, copied and cut to 31 bytes; NULL: "fiber" */
	size_t stack_size; /* bytes, rounded up to a power of two, at most 64 MiB; 0: 64 KiB */
};

/*
 * Starts fn(arg) as a fiber, which runs when the caller next waits. The new
 * fiber is a child of the calling one (of the main fiber in a posted call).
 *
 * With `ret`, *ret is its handle, good until tobs_join() or until the parent has
 * ended. Without, it cannot be joined or cancelled by hand.
 *
 * A fiber ends only after its children: one that returns without having joined
 * them waits for them then, and cancels them first if it returned an error or
 * was cancelled. So nothing outlives the fiber that started it, but beware of
 * giving a child a pointer to a local variable without joining it.
 *
 * opt may be NULL. TOBS_ENOMEM (memory, or the system's limit on mappings);
 * TOBS_EINVAL without a loop; TOBS_ETOOBIG for the stack.
 */
int tobs_spawn(struct tobs_fiber **ret, int (*fn)(void *arg), void *arg,
	const struct tobs_fiber_options *opt);

/*
 * Waits until the fiber has ended, gives what its function returned to
 * *ret_result (may be NULL), and frees the handle, whatever it returns. When the
 * waiting fiber is cancelled or its deadline passes first, the other is
 * cancelled and awaited all the same; then *ret_result is left alone. Each
 * fiber is joined by one other. Waits.
 */
int tobs_join(struct tobs_fiber *fiber, int *ret_result);

/*
 * Cancels: each wait of the fiber returns TOBS_ECANCELED from now on, the one
 * it is in first. It still has to end by itself, and to be joined. A fiber that
 * has not begun runs up to its first wait. NULL is fine. Does not wait.
 */
void tobs_cancel(struct tobs_fiber *fiber);

/* The running fiber; NULL outside of any. */
struct tobs_fiber *tobs_self(void);

/* As it was given to tobs_spawn(). Lives as long as the fiber. */
const char *tobs_fiber_name(const struct tobs_fiber *fiber);

/* Whether the running fiber was cancelled, shield or not; for long computations. */
bool tobs_cancelled(void);

/* Lets the other fibers run that can. Waits. */
int tobs_yield(void);

/* Waits `ms` milliseconds; without end when negative. Waits. */
int tobs_sleep(int64_t ms);

/* ---- Deadlines ---------------------------------------------------------- */

/* Caller's memory; the fields are private. */
struct tobs_deadline {
	int64_t at;  /* µs, the earliest of this one and those around it */
	int64_t own; /* µs, this one alone */
	struct tobs_deadline *outer;
};

/*
 * From here to the pop, what the fiber waits for must happen within `ms`
 * milliseconds, all waits together, or TOBS_ETIMEDOUT is returned where it
 * waits. Deadlines nest: the earliest counts. TOBS_FOREVER adds none.
 *
 *     struct tobs_deadline d;
 *
 *     tobs_deadline_push(&d, 5000);
 *     r = ask(...);
 *     tobs_deadline_pop(&d);
 *
 * A function pops what it pushed before it returns.
 */
void tobs_deadline_push(struct tobs_deadline *d, int64_t ms);
void tobs_deadline_pop(struct tobs_deadline *d);

/* Whether this one, not one around it, has passed. Valid after the pop too. */
bool tobs_deadline_passed(const struct tobs_deadline *d);

/* µs until the fiber's next deadline, 0 when it has passed, INT64_MAX without one. */
int64_t tobs_deadline_left(void);

/* Caller's memory; the fields are private. */
struct tobs_shield {
	struct tobs_deadline *outer;
};

/*
 * Between begin and end neither cancellation nor the deadlines from before reach
 * the fiber, so cleanup can wait. Deadlines pushed inside count: give it one.
 */
void tobs_shield_begin(struct tobs_shield *s);
void tobs_shield_end(struct tobs_shield *s);

/* ---- Groups ------------------------------------------------------------- */

enum { TOBS_GROUP_FAIL_FAST = 1 }; /* the first member that fails cancels the others */

/* Fibers that are waited for together. Caller's memory; the fields are private. */
struct tobs_group {
	struct tobs_waiters members;
	struct tobs_waiters waiters;
	size_t count;
	unsigned flags;
	bool cancelled;
	int result;
};

/* An empty group; `flags` is 0 or TOBS_GROUP_FAIL_FAST. */
void tobs_group_init(struct tobs_group *g, unsigned flags);

/*
 * Starts a fiber that belongs to the group instead of to the caller. What
 * tobs_spawn() returns, and TOBS_ECANCELED when the group was cancelled.
 */
int tobs_group_spawn(struct tobs_group *g, int (*fn)(void *arg), void *arg,
	const struct tobs_fiber_options *opt);

/* Cancels all members; new ones are refused until tobs_group_wait() returns. */
void tobs_group_cancel(struct tobs_group *g);

/*
 * Waits until all members have ended and returns the first result that was not
 * 0; TOBS_ECANCELED from members of a cancelled group does not count. When the
 * waiting fiber is cancelled or its deadline passes, the group is cancelled and
 * awaited all the same. Either way the group is empty afterwards and can be used
 * again. It must be called before the group's memory goes away. Waits.
 */
int tobs_group_wait(struct tobs_group *g);

/* Members that have not ended. */
size_t tobs_group_count(const struct tobs_group *g);

/* ---- Events, semaphores, conditions ------------------------------------- */

/* Something that happens once, and its result. Caller's memory; the fields are private. */
struct tobs_event {
	struct tobs_waiters waiters;
	bool set;
	int result;
};

/* It has not happened. */
void tobs_event_init(struct tobs_event *e);

/* It has happened: wakes everyone who waits. Later calls change nothing. */
void tobs_event_set(struct tobs_event *e, int result);
bool tobs_event_is_set(const struct tobs_event *e);

/* Waits until it has happened; the result goes to *ret_result (may be NULL). Waits. */
int tobs_event_wait(struct tobs_event *e, int *ret_result);

/* Permits that are taken and given back; with one permit, a mutex. Caller's memory. */
struct tobs_sem {
	struct tobs_waiters waiters;
	size_t permits;
};

/* With so many permits free. */
void tobs_sem_init(struct tobs_sem *s, size_t permits);

/* Takes a permit. Waits. */
int tobs_sem_wait(struct tobs_sem *s);

/* Takes a permit if one is free and nobody waits for it; TOBS_EAGAIN otherwise. */
int tobs_sem_try(struct tobs_sem *s);

/* Gives a permit back, straight to the first who waits. */
void tobs_sem_post(struct tobs_sem *s);

/*
 * A place to wait for a change in plain variables. Caller's memory.
 *
 *     while (!pool->idle)
 *             if ((r = tobs_cond_wait(&pool->changed)))
 *                     return r;
 */
struct tobs_cond {
	struct tobs_waiters waiters;
};

/* Nobody waits. */
void tobs_cond_init(struct tobs_cond *c);

/* Waits for the next signal or broadcast. Waits. */
int tobs_cond_wait(struct tobs_cond *c);

/* Wakes the first who waits, or all who do. Without anyone waiting nothing is kept. */
void tobs_cond_signal(struct tobs_cond *c);
void tobs_cond_broadcast(struct tobs_cond *c);

/* ---- Channels ----------------------------------------------------------- */

/*
 * A queue of up to `capacity` elements of `elem_size` bytes, which are copied in
 * and out. With capacity 0 a sender waits for its receiver. TOBS_ENOMEM;
 * TOBS_ETOOBIG when the sizes overflow.
 */
int tobs_chan_new(size_t elem_size, size_t capacity, struct tobs_chan **ret);

/* Frees it and what is in it. NULL is fine. Nobody may be waiting on it. */
void tobs_chan_free(struct tobs_chan *c);

/* Puts one element in. TOBS_ECLOSED when the channel is or gets closed. Waits. */
int tobs_chan_send(struct tobs_chan *c, const void *elem);

/* Takes one out. TOBS_ECLOSED when the channel is closed and empty. Waits. */
int tobs_chan_recv(struct tobs_chan *c, void *elem);

/* The same without waiting: TOBS_EAGAIN, or TOBS_ECLOSED. Also for posted calls. */
int tobs_chan_try_send(struct tobs_chan *c, const void *elem);
int tobs_chan_try_recv(struct tobs_chan *c, void *elem);

/*
 * No more sends: receivers get what is in it, then TOBS_ECLOSED; senders that
 * wait get TOBS_ECLOSED at once, their elements were not sent. May be repeated.
 */
void tobs_chan_close(struct tobs_chan *c);

/* Elements in it now. */
size_t tobs_chan_count(const struct tobs_chan *c);

enum tobs_case_op { TOBS_CASE_SEND, TOBS_CASE_RECV, TOBS_CASE_EVENT };

/* One of several things to wait for; make it with the functions below. */
struct tobs_case {
	enum tobs_case_op op;
	int result;             /* of the case that was chosen: 0, TOBS_ECLOSED, or the event's */
	struct tobs_chan *chan; /* a case with neither is never ready */
	struct tobs_event *event;
	struct tobs_waiter waiter; /* private */
};

static inline struct tobs_case tobs_case_make_(
	enum tobs_case_op op, struct tobs_chan *chan, struct tobs_event *event, const void *elem)
{
	struct tobs_case c;

	memset(&c, 0, sizeof c);
	c.op = op;
	c.chan = chan;
	c.event = event;
	memcpy(&c.waiter.elem, &elem, sizeof elem);
	return c;
}

/* *elem into the channel; it is read when the case is chosen. */
static inline struct tobs_case tobs_case_send(struct tobs_chan *chan, const void *elem)
{
	return tobs_case_make_(TOBS_CASE_SEND, chan, NULL, elem);
}

/* One element out of the channel, into *elem. */
static inline struct tobs_case tobs_case_recv(struct tobs_chan *chan, void *elem)
{
	return tobs_case_make_(TOBS_CASE_RECV, chan, NULL, elem);
}

/* The event happens. */
static inline struct tobs_case tobs_case_event(struct tobs_event *event)
{
	return tobs_case_make_(TOBS_CASE_EVENT, NULL, event, NULL);
}

/*
 * Does exactly one of the cases: one that is ready, chosen evenly among those
 * that are, or the first that becomes so. *ret_which is its index, its `result`
 * says how it went. TOBS_EAGAIN when `ms` is 0 and none is ready, TOBS_ETIMEDOUT
 * after `ms` milliseconds (TOBS_FOREVER: no limit of its own). Waits.
 */
int tobs_select(struct tobs_case *cases, size_t count, int64_t ms, size_t *ret_which);

/* ---- Signals and the end of the process --------------------------------- */

/*
 * Catches the signal from now to the end of the run (SIGHUP, SIGUSR1, SIGCHLD,
 * SIGWINCH, …; SIGINT and SIGTERM are tobs_run_options.catch_signals). Calling
 * it before tobs_signal_wait() makes sure none is missed. TOBS_EINVAL,
 * TOBS_ENOMEM.
 */
int tobs_signal_watch(int signo);

/* Waits for the signal; one that came since the last wait counts, several as one. Waits. */
int tobs_signal_wait(int signo);

/*
 * Asks for an orderly stop, as the first SIGINT or SIGTERM does: the shutdown
 * event is set and the hooks run. Nothing is cancelled by itself. May be repeated.
 */
void tobs_shutdown(void);
bool tobs_shutdown_requested(void);

/* Set, with result 0, when a stop is asked for; to wait for or to select on. */
struct tobs_event *tobs_shutdown_event(void);

/* Caller's memory, until it has run or was taken out; the fields are private. */
struct tobs_hook {
	struct tobs_waiters link;
	void (*fn)(void *arg);
	void *arg;
};

/*
 * Registers fn(arg) to run when a stop is asked for, or when the main function
 * has returned, whichever is first. Hooks run once, the last registered first,
 * one after the other on a fiber of their own, so they may wait. One registered
 * when the hooks are done is refused with TOBS_ECLOSED. TOBS_ENOMEM.
 */
int tobs_on_shutdown(struct tobs_hook *hook, void (*fn)(void *arg), void *arg);

/* Takes the hook out again. No-op when it has run; when it is running, it is not waited for. */
void tobs_off_shutdown(struct tobs_hook *hook);

/* ---- Descriptors of other libraries ------------------------------------- */

enum { TOBS_READABLE = 1, TOBS_WRITABLE = 2 };

/*
 * Waits until the descriptor, which must be one that can be polled and not be
 * watched already, is ready for one of `events`; which ones goes to *ret_events
 * (may be NULL). An error or hang-up counts as ready. The descriptor becomes
 * non-blocking. TOBS_EINVAL, TOBS_EEXISTS, TOBS_ENOMEM. Waits.
 */
int tobs_fd_wait(int fd, int events, int *ret_events);

TOBS_END_DECLS

#endif
