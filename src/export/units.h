/* SPDX-License-Identifier: MIT */
/* Sizes, lengths of time and amounts of money, as people read them. */
#ifndef EXPORT_UNITS_H
#define EXPORT_UNITS_H

#include "base/json.h"
#include "export/words.h"

/* "114 KB": of 1024 bytes, with one digit behind the point below 10. */
void units_size(struct tobs_buf *out, enum word_language language, int64_t bytes);

/* "0:14", "1:02:03": of a recording. */
void units_duration(struct tobs_buf *out, int64_t seconds);

/* "5 minutes", "1 week": the largest unit that divides the seconds. */
void units_period(struct tobs_buf *out, enum word_language language, int64_t seconds);

/*
 * "12.50 EUR", "5 Stars", "1.5 TON": an amount in the smallest unit of a
 * currency (ISO 4217, and XTR for Telegram Stars); `nanos` are billionths of
 * the whole, for Stars.
 */
void units_money(struct tobs_buf *out, enum word_language language, int64_t amount,
	struct tobs_view currency, int64_t nanos);

/* The same for {"amount":…,"currency":…,"nanos":…} of docs/archive.md; TOBS_ENOTFOUND when it is none. */
int units_amount(struct tobs_buf *out, enum word_language language, struct json_value amount);

/* A coordinate in degrees, to the fifth digit (about a metre). */
void units_degrees(struct tobs_buf *out, double degrees);

#endif
