/* SPDX-License-Identifier: MIT */
/*
 * Text from outside on a terminal. A chat's title may hold anything: escape
 * sequences that move the cursor, line feeds, characters that turn the reading
 * direction of what follows. None of it may reach the terminal.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <tobs/buf.h>

/*
 * Appends `text` as one line: white space of any kind becomes a blank, control
 * characters (U+0000–1F, 7F–9F) and bytes that are not UTF-8 become '?', marks
 * that turn the direction (U+200E, 200F, 202A–202E, 2066–2069) and line
 * separators go.
 */
int text_clean(struct tobs_buf *out, struct tobs_view text);

/* The same cut to at most `columns` columns, ".." at its end when something was cut off. */
int text_fit(struct tobs_buf *out, struct tobs_view text, size_t columns);

/* "1,234,567"; not negative. */
int text_count(struct tobs_buf *out, int64_t n);

/* "4096 B", "1.5 MiB": three digits at most, in powers of 1024. */
int text_bytes(struct tobs_buf *out, int64_t n);

/* "0.3 s", "12 s", "3 min 05 s", "2 h 10 min": what people say. `ms` is not negative. */
int text_duration(struct tobs_buf *out, int64_t ms);

#endif
