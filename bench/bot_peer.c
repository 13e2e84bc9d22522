/* SPDX-License-Identifier: MIT */
#include "bot_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, FDS = 4096, BYTES = 64 << 10, LATE_MAX = 1 << 16 };

/* The answer to sendMessage. */
static char sent[512];
static size_t sent_len;

static void make_sent(void)
{
	static const char body[] =
		"{\"ok\":true,\"result\":{\"message_id\":1234567,\"from\":{\"id\":"
		"777000,\"is_bot\":true,\"first_name\":\"Bench\"},\"chat\":{\"id\":"
		"100001,\"type\":\"private\"},\"date\":1767225600,\"text\":\"hello\"}}";

	sent_len = (size_t)snprintf(sent, sizeof sent,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		sizeof body - 1, body);
}

/* What a connection has sent and nobody has answered. */
struct conn {
	char in[BYTES];
	size_t len;
};

static struct conn *conns[FDS];
static char out[256 << 10];
static struct bot_peer_load load;
static int handed;

/* Answers that have to wait, in the order in which they are due. */
static struct {
	int fd;
	int64_t due;
} late[LATE_MAX];
static unsigned late_first, late_end;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
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

static void answer_updates(int fd)
{
	static char body[128 << 10];
	size_t n = 0;
	int m;

	if (handed >= load.updates)
		return;
	n += (size_t)snprintf(body, sizeof body, "{\"ok\":true,\"result\":[");
	for (int i = 0; i < 100 && handed < load.updates; i++, handed++) {
		int chat = 100000 + (int)((unsigned)handed * 7919u % (unsigned)load.chats);

		n += (size_t)snprintf(body + n, sizeof body - n,
			"%s{\"update_id\":%d,\"message\":{\"message_id\":%d,\"from\":{\"id\":%d,"
			"\"is_bot\":false,\"first_name\":\"Ada\",\"last_name\":\"Lovelace\",\"username\":"
			"\"ada%d\",\"language_code\":\"en\"},\"chat\":{\"id\":%d,\"first_name\":\"Ada\","
			"\"last_name\":\"Lovelace\",\"username\":\"ada%d\",\"type\":\"private\"},\"date\":"
			"1767225600,\"text\":\"hello number %d\"}}",
			i ? "," : "", 500000 + handed, handed, chat, chat, chat, chat, handed);
	}
	n += (size_t)snprintf(body + n, sizeof body - n, "]}");
	m = snprintf(out, sizeof out,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
		n);
	memcpy(out + m, body, n);
	write_all(fd, out, (size_t)m + n);
}

static void answer_simple(int fd, const char *body)
{
	int n = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		strlen(body), body);

	write_all(fd, out, (size_t)n);
}

static void answer(int fd, const char *head)
{
	if (strstr(head, "/getUpdates ")) {
		answer_updates(fd);
	} else if (strstr(head, "/getMe ")) {
		answer_simple(fd,
			"{\"ok\":true,\"result\":{\"id\":777000,\"is_bot\":true,"
			"\"first_name\":\"Bench\",\"username\":\"bench_bot\"}}");
	} else if (!strstr(head, "/sendMessage ")) {
		answer_simple(fd, "{\"ok\":true,\"result\":true}");
	} else if (load.delay_ms) {
		late[late_end % LATE_MAX].fd = fd;
		late[late_end++ % LATE_MAX].due = now_ms() + load.delay_ms;
	} else {
		write_all(fd, sent, sent_len);
	}
}

/* Requests come whole or in two pieces; one at a time on a connection. */
static void look(int fd)
{
	struct conn *c = conns[fd];
	ssize_t got = read(fd, c->in + c->len, sizeof c->in - 1 - c->len);
	char *body, *length;

	if (got <= 0) {
		close(fd);
		return;
	}
	c->len += (size_t)got;
	c->in[c->len] = 0;
	body = strstr(c->in, "\r\n\r\n");
	if (!body)
		return;
	length = strcasestr(c->in, "content-length:");
	if (length && length < body &&
		c->len < (size_t)(body + 4 - c->in) + strtoul(length + 15, NULL, 10))
		return;
	c->len = 0;
	*body = 0;
	answer(fd, c->in);
}

static int send_late(void)
{
	while (late_first != late_end) {
		int64_t left = late[late_first % LATE_MAX].due - now_ms();

		if (left > 0)
			return (int)left;
		write_all(late[late_first++ % LATE_MAX].fd, sent, sent_len);
	}
	return -1;
}

static void add(int ep, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
	int one = 1;

	if (fd < 0 || fd >= FDS)
		abort();
	if (!conns[fd])
		conns[fd] = malloc(sizeof *conns[fd]);
	if (!conns[fd])
		abort();
	conns[fd]->len = 0;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) < 0)
		abort();
}

static void serve(int listener)
{
	struct epoll_event events[EVENTS];
	int ep = epoll_create1(0);

	add(ep, listener);
	for (;;) {
		int n = epoll_wait(ep, events, EVENTS, send_late());

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == listener)
				add(ep, accept(listener, NULL, NULL));
			else
				look(fd);
		}
	}
}

pid_t bot_peer_serve(const struct bot_peer_load *how, uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	pid_t pid;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, SOMAXCONN) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		abort();
	*ret_port = ntohs(at.sin_port);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		load = *how;
		make_sent();
		serve(fd);
	}
	close(fd);
	return pid;
}
