/* SPDX-License-Identifier: MIT */
#include "rt/unix_path.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the path is a socket that nobody listens on. */
static bool is_left_over(const struct addr *at)
{
	struct stat st;
	bool refused;
	int fd;

	if (lstat(at->un.sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	refused = connect(fd, &at->sa, at->len) < 0 && errno == ECONNREFUSED;
	close(fd);
	return refused;
}

int unix_path_bind(int fd, const struct addr *at)
{
	if (bind(fd, &at->sa, at->len) == 0)
		return 0;
	if (errno != EADDRINUSE || at->sa.sa_family != AF_UNIX || !at->un.sun_path[0])
		return -1;
	if (!is_left_over(at)) {
		errno = EADDRINUSE;
		return -1;
	}
	unlink(at->un.sun_path);
	return bind(fd, &at->sa, at->len);
}
