/* SPDX-License-Identifier: MIT */
#include "http_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS = 256, BYTES = 256 << 10, CONNECTIONS_MAX = 4096 };

static char bytes[BYTES];

static void die(const char *what)
{
	perror(what);
	_exit(1);
}

static void write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0)
			return;
		data += n;
		len -= (size_t)n;
	}
}

static void watch(int ep, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) < 0)
		die("epoll_ctl");
}

static void serve(int listener, const char *answer, size_t len)
{
	struct epoll_event events[EVENTS];
	int ep = epoll_create1(0);

	watch(ep, listener);
	for (;;) {
		int n = epoll_wait(ep, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == listener)
				watch(ep, accept(listener, NULL, NULL));
			else if (read(fd, bytes, sizeof bytes) <= 0)
				close(fd);
			else
				write_all(fd, answer, len);
		}
	}
}

static int bind_any(uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, SOMAXCONN) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		die("listening");
	*ret_port = ntohs(at.sin_port);
	return fd;
}

pid_t http_peer_serve(const void *answer, size_t len, uint16_t *ret_port)
{
	int listener = bind_any(ret_port);
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		serve(listener, answer, len);
		_exit(0);
	}
	close(listener);
	return pid;
}

static void load(uint16_t port, const char *request, size_t len, size_t answer_len, int connections,
	int count)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static size_t have[CONNECTIONS_MAX + 64]; /* of the answer, by descriptor */
	struct epoll_event events[EVENTS];
	int ep = epoll_create1(0), asked = 0, done = 0;

	for (int i = 0; i < connections; i++, asked++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
			die("connecting");
		watch(ep, fd);
		write_all(fd, request, len);
	}
	while (done < count) {
		int n = epoll_wait(ep, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			ssize_t got = read(fd, bytes, sizeof bytes);

			if (got <= 0)
				die("reading");
			have[fd] += (size_t)got;
			if (have[fd] < answer_len)
				continue;
			have[fd] = 0;
			done++;
			if (asked < count) {
				asked++;
				write_all(fd, request, len);
			}
		}
	}
}

pid_t http_peer_load(uint16_t port, const void *request, size_t len, size_t answer_len,
	int connections, int count)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		load(port, request, len, answer_len, connections, count);
		_exit(0);
	}
	return pid;
}

static void hold(uint16_t port, const char *request, size_t len, size_t answer_len, int connections)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (int i = 0; i < connections; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
			die("connecting");
		if (!request)
			continue;
		write_all(fd, request, len);
		for (size_t have = 0; have < answer_len;) {
			ssize_t n = read(fd, bytes, sizeof bytes);

			if (n <= 0)
				die("reading");
			have += (size_t)n;
		}
	}
}

pid_t http_peer_hold(uint16_t port, const void *request, size_t len, size_t answer_len,
	int connections, int *ret_fd)
{
	int ready[2];
	pid_t pid;

	if (pipe(ready) < 0)
		die("pipe");
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		hold(port, request, len, answer_len, connections);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	*ret_fd = ready[0];
	return pid;
}

int http_peer_stop(pid_t pid, int kill_it)
{
	int status = 0;

	if (kill_it)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
