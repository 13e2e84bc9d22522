/* SPDX-License-Identifier: MIT */
/* What the files of render share: a chat being rendered. render.c writes a file, render_chat.c decides which. */
#ifndef EXPORT_RENDER_IMPL_H
#define EXPORT_RENDER_IMPL_H

#include "base/map.h"
#include "export/block.h"
#include "export/render.h"

struct render_job {
	struct archive *archive;
	const struct render_options *options;
	struct render_result *result;
	struct tobs_arena arena;
	struct archive_chat chat, origin; /* the basic group it was */
	bool has_origin;
	bool checks; /* the file can be taken up in the middle: one file, one history */
	struct archive_topic *topics;
	size_t topic_count;
	ARRAY_OF(struct archive_render) rows;      /* of the files written */
	ARRAY_OF(struct archive_mention) mentions; /* of chats that are not in the archive */
	struct map mentioned; /* their ids, of the chat being read: to what is not NULL */
	char settings[128];
	/* What is being read. */
	int32_t reading; /* number of the chat */
	char letter;     /* of its anchors */
	struct block_writer *quoter;
};

/* NULL when there is none. */
const struct archive_topic *render_topic(const struct render_job *j, int32_t id);

/* Whether a message of `topic` belongs into the file of `t`; General takes what no other does. */
bool render_belongs(const struct render_job *j, const struct archive_topic *t, int32_t topic);

/* Append paths below DIR. */
void render_chat_path(const struct archive_chat *chat, struct tobs_buf *out);
void render_topic_path(
	const struct archive_chat *chat, const struct archive_topic *t, struct tobs_buf *out);

/* DIR and the path, in a buffer of OUTFILE_PATH; makes the folder. */
int render_full_path(struct archive *a, struct tobs_view path, char *out, struct tobs_err *err);

/* Writes one file of messages and adds its row. */
int render_file(struct render_job *j, const struct archive_topic *topic, struct tobs_view path,
	struct tobs_err *err);

/* Writes a small page that is a function of the archive, and stores its row. */
int render_page(struct archive *a, struct tobs_view path, const struct tobs_buf *content,
	struct render_result *result, struct tobs_err *err);

#endif
