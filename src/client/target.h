/* SPDX-License-Identifier: MIT */
/*
 * What a person writes to name a chat, taken apart without asking anyone.
 *
 *     @name  name  t.me/name  t.me/name/123      a username, perhaps with a post
 *     t.me/c/1234567890/55  …/55/789             a channel by id, a post, or a post in a topic
 *     t.me/+hash  t.me/joinchat/hash             an invite link
 *     +99966…                                    a phone number
 *     -1001234567890  1234567890                 an id
 *     me                                         the account itself
 *     anything else                              a title
 */
#ifndef CLIENT_TARGET_H
#define CLIENT_TARGET_H

#include <tobs/err.h>
#include <tobs/view.h>

enum target_kind {
	TARGET_SELF,
	TARGET_USERNAME,
	TARGET_ID,      /* marked, or a bare number of any kind */
	TARGET_CHANNEL, /* t.me/c/…: a channel's bare id */
	TARGET_PHONE,
	TARGET_INVITE,
	TARGET_TITLE,
};

struct target {
	enum target_kind kind;
	struct tobs_view
		text; /* username, digits of a phone, invite hash, or title; part of the input */
	int64_t id;
	int32_t post, topic; /* 0 without */
};

/* TOBS_EINVAL for an empty text or a link that names no chat. */
int target_parse(struct target *t, struct tobs_view text, struct tobs_err *err);

/* 4 to 32 letters, digits and underscores, a letter first. */
bool target_is_username(struct tobs_view text);

#endif
