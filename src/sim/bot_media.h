/* SPDX-License-Identifier: MIT */
/*
 * Files that bots send: from the request, by file_id, or by a URL.
 *
 * A URL is not fetched, as nothing here uses the network: a file of that name is
 * made up, the same one each time, with the type that its ending says.
 */
#ifndef SIM_BOT_MEDIA_H
#define SIM_BOT_MEDIA_H

#include "sim/bot_file.h"
#include "sim/bot_send.h"

enum {
	BOT_UPLOAD_MAX = 50 << 20,   /* of any file; documentation: "Sending files" */
	BOT_PHOTO_MAX = 10 << 20,    /* of a photo */
	BOT_DOWNLOAD_MAX = 20 << 20, /* what getFile gives */
	BOT_PHOTO_SIDES = 10000,     /* width and height together */
	BOT_PHOTO_RATIO = 20,        /* of the longer side to the shorter */
};

/* What a call, or an element of `media`, says about a file. */
struct bot_media {
	enum bot_file_kind kind;
	struct json_value from; /* the object that has the members: width, duration, title … */
	const char *field;      /* in which the file is: "photo", "media" */
	const char *thumb;      /* and its thumbnail: "thumbnail"; NULL: it has none */
};

/* Makes it, or finds it; *ret lives as long as the world or the call. Fails the call. */
int bot_media_make(
	struct bot_call *c, const struct bot_media *m, const union tl_MessageMedia **ret);

/* A document from the request, by file_id or URL. */
int bot_document_make(struct bot_call *c, const struct bot_media *m, const union tl_Document **ret);
int bot_photo_make(struct bot_call *c, const struct bot_media *m, const union tl_Photo **ret);

#endif
