/* SPDX-License-Identifier: MIT */
/* The tables of docs/archive.md, and how older files become today's. */
#ifndef ARCHIVE_SCHEMA_H
#define ARCHIVE_SCHEMA_H

#include <tobs/err.h>

struct sqlite;

enum { ARCHIVE_APPLICATION_ID = 0x746f6261 /* "toba" */ };

/* Brings the file to today's version; errors as migrate(). */
int schema_apply(struct sqlite *db, struct tobs_err *err);

#endif
