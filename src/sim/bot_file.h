/* SPDX-License-Identifier: MIT */
/*
 * file_id and file_unique_id: how the Bot API names files.
 *
 * As on the real server a file_id belongs to one bot and one use of a file (a
 * size of a photo, a thumbnail, a video), and can be used to send the file again
 * as what it was; the file_unique_id is the same for all bots, and can be used
 * for nothing. Both are base64 of
 *
 *     file_id          kind, letter of the size, id of the file (8 bytes), check (4 bytes)
 *     file_unique_id   kind, letter, mixed id (8 bytes)
 */
#ifndef SIM_BOT_FILE_H
#define SIM_BOT_FILE_H

#include "sim/bot_show.h"
#include "sim/file.h"

enum bot_file_kind {
	BOT_FILE_THUMBNAIL,
	BOT_FILE_PHOTO,
	BOT_FILE_VOICE,
	BOT_FILE_VIDEO,
	BOT_FILE_DOCUMENT,
	BOT_FILE_STICKER,
	BOT_FILE_AUDIO,
	BOT_FILE_ANIMATION,
	BOT_FILE_VIDEO_NOTE,
	BOT_FILE_KINDS,
};

struct bot_file_ref {
	enum bot_file_kind kind;
	char letter; /* of a photo's size or a thumbnail; 0: the document itself */
	int64_t id;
};

/* NULL: no memory. */
const char *bot_file_id(const struct bot_show *s, const struct bot_file_ref *ref);
const char *bot_file_unique_id(const struct bot_show *s, const struct bot_file_ref *ref);

/* What a file_id that this bot was given names. TOBS_EMALFORMED for any other text. */
int bot_file_parse(const struct sim_account *bot, struct tobs_view text, struct bot_file_ref *ret);

/* What a document is for the Bot API, by its attributes. */
enum bot_file_kind bot_file_kind_of(const struct tl_document *d);

#endif
