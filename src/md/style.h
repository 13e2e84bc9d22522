/* SPDX-License-Identifier: MIT */
/*
 * How one inline span is written: which form it takes at a place, its opening
 * and its closing.
 */
#ifndef MD_STYLE_H
#define MD_STYLE_H

#include <tobs/buf.h>

#include "md/entity.h"
#include "md/flavour.h"

enum form {
	FORM_MARK,     /* ** * ~~ */
	FORM_HTML,     /* <b>…</b> */
	FORM_LINK,     /* [text](destination) */
	FORM_AUTOLINK, /* <text> */
	FORM_CODE,     /* `text` */
};

enum {
	STYLES = 16, /* more than nest: one of each slot in entity.c */
};

/* An inline span that is open. */
struct style {
	const struct span *span;
	enum form form;
};

/* Where an opening is about to be written. */
struct opening {
	struct tobs_view text;
	const struct style *stack; /* outermost first; [0, written) are in the output */
	size_t written;
	size_t depth;
	const struct span *next, *end; /* the spans that start further on */
	size_t at;                     /* the byte where it opens */
	size_t line_end;               /* everything is closed there */
	unsigned before;               /* class of what is in front of stack[written] */
	uint8_t last;                  /* the byte in front of it, 0 at the start of a line */
	uint8_t run; /* that byte, if it is of an opening mark written here; else 0 */
};

/* The form of stack[written]. */
enum form style_form(const struct opening *o);

void style_open(struct tobs_buf *out, enum md_flavour flavour, const struct style *s,
	const struct entity *entity);
void style_close(struct tobs_buf *out, enum md_flavour flavour, const struct style *s,
	const struct entity *entity, struct tobs_view text);

/* A code span of text without line feeds. */
void style_code(struct tobs_buf *out, struct tobs_view code);

#endif
