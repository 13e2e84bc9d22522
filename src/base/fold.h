/* SPDX-License-Identifier: MIT */
/*
 * Text without regard to case: "Straße", "ΣΑΣ" and "Привет" as somebody would
 * type them in lower case. One character for one (simple case folding by way of
 * upper case, as file systems do it), so "ß" and "ss" stay two things.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <tobs/buf.h>

/* The same for all characters that differ in case only. Folding twice changes nothing. */
uint32_t utf8_fold_char(uint32_t cp);

/* Appends the text folded; bytes that are not UTF-8 stay as they are. The buffer's error. */
int utf8_fold(struct tobs_buf *out, struct tobs_view s);

#endif
