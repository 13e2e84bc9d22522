/* SPDX-License-Identifier: MIT */
/* The two dialects of Markdown that are written. Both are valid CommonMark and GFM. */
#ifndef MD_FLAVOUR_H
#define MD_FLAVOUR_H

enum md_flavour {
	MD_OBSIDIAN, /* for Obsidian: callouts, tags; its specials are escaped */
	MD_GFM,      /* for GitHub and everything else */
};

#endif
