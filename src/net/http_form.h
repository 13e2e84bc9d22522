/* SPDX-License-Identifier: MIT */
/*
 * Bodies of the type multipart/form-data (RFC 7578), as a source: what the parts
 * hold is read when it is sent, so a form with files needs no memory for them.
 */
#ifndef NET_HTTP_FORM_H
#define NET_HTTP_FORM_H

#include "base/rand.h"
#include "net/http.h"

struct http_part {
	struct tobs_view name;            /* of the field */
	struct tobs_view value;           /* its content, or: */
	const struct http_source *source; /* where its content comes from */
	struct tobs_view filename;        /* makes it a file; empty: it is none */
	struct tobs_view type;            /* its Content-Type; empty: not said */
};

struct http_form;

/*
 * A form of these parts, which are borrowed until it is freed, as is what they
 * point at. TOBS_EINVAL for a type that cannot be a header; TOBS_ETOOBIG for
 * names that are longer than anyone reads; TOBS_ENOMEM. rng may be NULL.
 */
int http_form_new(const struct http_part *parts, size_t count, const struct rng *rng,
	struct http_form **ret, struct tobs_err *err);
void http_form_free(struct http_form *f); /* NULL is fine */

/* "multipart/form-data; boundary=…"; lives as long as the form. */
const char *http_form_type(const struct http_form *f);

/* The body, to be read once. Its size is known when that of each part is. */
struct http_source http_form_source(struct http_form *f);

#endif
