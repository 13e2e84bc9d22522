/* SPDX-License-Identifier: MIT */
/*
 * Links between the files of an archive.
 *
 *     obsidian   [[Folder/File#^m12|label]]     gfm   [label](../Folder/File.md#m12)
 *                [[#^m12|label]]                      [label](#m12)
 *
 * Obsidian finds a note by the end of its path, so the path from the archive's
 * folder works whether that is the vault or a folder in it.
 */
#ifndef EXPORT_LINK_H
#define EXPORT_LINK_H

#include <tobs/buf.h>

#include "md/flavour.h"

/*
 * Appends a link to `to`, which stands in `from`: paths below the archive's
 * folder; the same path is a link within the file. `anchor` is "" for the file as
 * a whole, a heading's name, or "^" and the name of an anchor. `label` is plain
 * text; a link without is not written.
 */
void link_put(struct tobs_buf *out, enum md_flavour flavour, struct tobs_view from,
	struct tobs_view to, struct tobs_view anchor, struct tobs_view label);

/* The same with the picture, sound or video itself: ![[…]] or ![label](…). */
void link_put_embed(struct tobs_buf *out, enum md_flavour flavour, struct tobs_view from,
	struct tobs_view to, struct tobs_view label);

/* A link to an address in the web. */
void link_put_url(struct tobs_buf *out, enum md_flavour flavour, struct tobs_view url,
	struct tobs_view label);

#endif
