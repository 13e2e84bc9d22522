/* SPDX-License-Identifier: MIT */
#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/wipe.h"
#include "cli/status.h"

enum { LINE_BYTES = 4096 }; /* the most a terminal gives at once */

/* The terminal whose echo is off, for prompt_hurry(); -1 when none is. */
static volatile sig_atomic_t silent_fd = -1;
static struct termios silent_before;

bool prompt_possible(void)
{
	return isatty(STDIN_FILENO);
}

/*
 * The terminal, opened anew: waiting makes a descriptor non-blocking, and what
 * standard input refers to is shared with the shell.
 */
static int open_terminal(void)
{
	const char *name;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		return fd;
	name = ttyname(STDIN_FILENO);
	return name ? open(name, O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
}

static void echo_off(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &silent_before))
		return;
	t = silent_before;
	t.c_lflag &= ~(tcflag_t)ECHO;
	t.c_lflag |= ECHONL;
	/* Stopped by Ctrl-Z the shell would show its own prompt without echo. */
	t.c_cc[VSUSP] = _POSIX_VDISABLE;
	silent_fd = fd;
	/* Typed ahead is dropped: it may have been shown already. */
	tcsetattr(fd, TCSAFLUSH, &t);
}

static void echo_on(void)
{
	if (silent_fd < 0)
		return;
	tcsetattr(silent_fd, TCSANOW, &silent_before);
	silent_fd = -1;
}

void prompt_hurry(int signo)
{
	(void)signo;
	echo_on();
	_exit(STATUS_INTERRUPTED);
}

static int say(int fd, const char *text, struct tobs_err *err)
{
	size_t n = strlen(text);

	return write(fd, text, n) == (ssize_t)n
		? TOBS_OK
		: tobs_fail_sys(err, TOBS_EIO, errno, "the terminal");
}

/* The terminal gives a line at a time; a long one may come in pieces. */
static int read_line(int fd, struct tobs_buf *ret, struct tobs_err *err)
{
	char piece[512];
	int r = TOBS_OK;

	while (!r && (!ret->len || ret->ptr[ret->len - 1] != '\n')) {
		ssize_t n;

		r = tobs_fd_wait(fd, TOBS_READABLE, NULL);
		if (r)
			tobs_fail(err, r, "no answer was given");
		n = r ? 0 : read(fd, piece, sizeof piece);
		if (n > 0)
			r = tobs_buf_put(ret, piece, (size_t)n)
				? tobs_fail(err, tobs_buf_err(ret), "the answer is too long")
				: TOBS_OK;
		else if (!r && n == 0)
			r = tobs_fail(err, TOBS_ECLOSED, "no answer was given");
		else if (!r && errno != EAGAIN && errno != EINTR)
			r = tobs_fail_sys(err, TOBS_EIO, errno, "the terminal");
	}
	mem_wipe(piece, sizeof piece);
	return r;
}

static void strip(struct tobs_buf *text, bool secret)
{
	struct tobs_view line;

	while (text->len && (text->ptr[text->len - 1] == '\n' || text->ptr[text->len - 1] == '\r'))
		tobs_buf_truncate(text, text->len - 1);
	if (secret || !text->len)
		return;
	line = tobs_view_trim(tobs_buf_view(text));
	tobs_buf_truncate(text, (size_t)(line.ptr + line.len - text->ptr));
	tobs_buf_consume(text, text->len - line.len);
}

int prompt_line(const char *question, bool secret, struct tobs_buf *ret, struct tobs_err *err)
{
	int fd, r;

	if (!prompt_possible())
		return tobs_fail(err, TOBS_EUNSUPPORTED, "nobody is at a terminal to be asked");
	fd = open_terminal();
	if (fd < 0)
		return tobs_fail_sys(err, TOBS_EUNSUPPORTED, errno, "the terminal");
	tobs_buf_clear(ret);
	/* Enough for any line of a terminal, at once: a secret leaves no copies while it grows. */
	r = tobs_buf_reserve(ret, MIN(ret->max, (size_t)LINE_BYTES));
	if (r)
		tobs_fail(err, r, "%s", tobs_error_text(r));
	/* First of all, so that nothing typed early is seen. */
	if (!r && secret)
		echo_off(fd);
	if (!r)
		r = say(fd, question, err);
	if (!r)
		r = read_line(fd, ret, err);
	echo_on();
	/* What stands on the line is left standing: the next thing said begins below it. */
	if (r)
		say(fd, "\n", NULL);
	close(fd);
	strip(ret, secret);
	return r;
}
