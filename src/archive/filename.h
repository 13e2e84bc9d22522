/* SPDX-License-Identifier: MIT */
/*
 * Names for files and folders from titles that people gave to chats: safe on
 * every common file system and in every link, and still to be recognised.
 *
 *     "News: AC/DC live?"     News AC-DC live
 *     "[Dev] C# & C++"        (Dev) C & C++
 *     "  .hidden. "           hidden
 *     "con.txt"               con_.txt
 *     "😀" × 100              😀 × 30
 *
 * What is in a name: composed characters (base/nfc.h), no control or invisible
 * characters, none of <>:"/\|?*, none of []#^ nor %% (Obsidian's links), single
 * spaces, no space or dot at its ends; at most FILENAME_BYTES bytes, cut between
 * characters; none of the names that Windows keeps for devices, nor "index",
 * which is the card of a chat.
 *
 * A name is a function of its title. That two chats do not get the same one is
 * up to who keeps them; `attempt` is for trying again.
 */
#ifndef ARCHIVE_FILENAME_H
#define ARCHIVE_FILENAME_H

#include <tobs/buf.h>

enum { FILENAME_BYTES = 112 }; /* with ".md" and what marks a temporary file it stays below 120 */

/*
 * Writes the name for `title` to *out, which is cleared first. attempt 0 gives
 * the plain name, 1 "name (2)", 2 "name (3)", … `fallback`, itself a safe name,
 * stands in for a title of which nothing is left. The buffer's error.
 */
int filename_make(
	struct tobs_buf *out, struct tobs_view title, const char *fallback, unsigned attempt);

#endif
