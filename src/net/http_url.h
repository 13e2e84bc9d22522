/* SPDX-License-Identifier: MIT */
/* The parts of an http:// or https:// URL. */
#ifndef NET_HTTP_URL_H
#define NET_HTTP_URL_H

#include <stdbool.h>
#include <stdint.h>
#include <tobs/err.h>
#include <tobs/view.h>

/* Views into the URL. */
struct http_url {
	bool tls;
	uint16_t port;
	struct tobs_view origin;    /* "https://host:8443"; all of it that messages may show */
	struct tobs_view authority; /* "host:8443", for the Host header */
	struct tobs_view host;      /* without brackets; empty for a Unix socket */
	struct tobs_view unix_path; /* "/run/x", or "@x" for the abstract namespace */
	struct tobs_view target;    /* path and query; may lack its first '/' */
};

/*
 * "https://host/path?query", "http://[::1]:8081/", and for Unix sockets
 * "http://unix:/run/server.sock:/path". TOBS_EINVAL for anything else: user and
 * password, which belong into a header; a fragment; spaces and control
 * characters, which belong escaped. The message shows nothing of the URL but
 * its origin.
 */
int http_url_parse(struct tobs_view url, struct http_url *ret, struct tobs_err *err);

#endif
