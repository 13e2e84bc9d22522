/* SPDX-License-Identifier: MIT */
/*
 * Whether the files of a chat say what its messages say, as a CommonMark parser
 * reads them: each message in its file, once, in order, with exactly its text
 * and formatting, and nothing else.
 */
#ifndef UNIT_EXPORT_JUDGE_H
#define UNIT_EXPORT_JUDGE_H

#include "archive/archive.h"
#include "unit/md/page.h"

struct judge {
	struct archive *archive;
	enum md_flavour flavour;
	/*
	 * The text that a message must have, when somebody else than the archive
	 * says it; false for a message that it does not know. *ret_addresses: the
	 * cells that must be links are marked as addresses. NULL: the archive says it.
	 */
	bool (*original)(void *user, const struct archive_chat *chat, int32_t id, struct cells *ret,
		bool *ret_addresses);
	void *user;
	/* What was found. */
	int files, messages, texts, links, differences;
	char first[2048]; /* the first difference */
};

/* Reads the files as they are on disk; what is wrong is counted. */
void judge_chat(struct judge *j, const struct archive_chat *chat);

/* The same for every chat. */
void judge_all(struct judge *j);

#endif
