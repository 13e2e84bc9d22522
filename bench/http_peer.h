/* SPDX-License-Identifier: MIT */
/*
 * The other side of the HTTP benchmarks, in a process of its own: as little
 * between it and the kernel as there can be, so that it is not what is measured.
 */
#ifndef BENCH_HTTP_PEER_H
#define BENCH_HTTP_PEER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Answers every request, which must arrive in one piece, with the bytes of
 * `answer`, until it is killed. Returns the child's pid; *ret_port is its port.
 */
pid_t http_peer_serve(const void *answer, size_t len, uint16_t *ret_port);

/*
 * Sends `count` times `request` over so many connections at once, waiting for
 * an answer of exactly `answer_len` bytes to each; ends then.
 */
pid_t http_peer_load(uint16_t port, const void *request, size_t len, size_t answer_len,
	int connections, int count);

/*
 * Opens so many connections, sends `request` over each unless it is NULL and
 * waits for the answers, and keeps them all until it is killed. *ret_fd becomes
 * readable when they are there, or when it has failed.
 */
pid_t http_peer_hold(uint16_t port, const void *request, size_t len, size_t answer_len,
	int connections, int *ret_fd);

/* Waits for the child, which is killed first unless it ends by itself; its exit status. */
int http_peer_stop(pid_t pid, int kill_it);

#endif
