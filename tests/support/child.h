/* SPDX-License-Identifier: MIT */
/*
 * A part of a test in a process of its own: to be killed, to have limits, or
 * to lose the rights of root. Its function returns 0 when all went well, and
 * its low 7 bits become the exit status; it uses no cmocka assertions, since
 * those belong to the parent.
 */
#ifndef SUPPORT_CHILD_H
#define SUPPORT_CHILD_H

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"

typedef int (*child_fn)(void *user);

static inline pid_t child_start(child_fn fn, void *user)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fail_msg("fork failed");
	if (pid == 0)
		_exit(fn(user) & 0x7f);
	return pid;
}

/* Its exit status; 128 + the signal when it was killed. */
static inline int child_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		fail_msg("waitpid failed");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define assert_child_ok(fn, user) assert_int_equal(child_wait(child_start((fn), (user))), 0)

/* Root may write everywhere; tests of permissions call this in a child. */
static inline int become_nobody(void)
{
	enum { NOBODY = 65534 };

	if (geteuid() != 0)
		return 0;
	return setegid(NOBODY) || seteuid(NOBODY);
}

#endif
