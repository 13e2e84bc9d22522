/* SPDX-License-Identifier: MIT */
/* Pages about chats: the head of a chat's file, its card, the list of all chats. */
#ifndef EXPORT_CARD_PAGE_H
#define EXPORT_CARD_PAGE_H

#include <tobs/buf.h>

#include "export/render.h"

/* The front matter and the title; nothing in it changes as the chat grows. */
void card_page_head(struct tobs_buf *out, const struct render_options *o,
	const struct archive_chat *chat, struct tobs_view title);

/* DIR/<Chat>/index.md, which is `path` below DIR, with a link to each file: one a topic, or the only one. */
void card_page(struct tobs_buf *out, const struct render_options *o,
	const struct archive_chat *chat, struct tobs_view path, const struct archive_topic *topics,
	size_t topic_count);

/* DIR/index.md */
void card_page_all(struct tobs_buf *out, const struct render_options *o,
	const struct archive_chat *chats, size_t count);

#endif
