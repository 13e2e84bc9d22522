/* SPDX-License-Identifier: MIT */
/* Filters (<tobs/bot.h>) from inside: what the router does with them. */
#ifndef BOT_FILTER_H
#define BOT_FILTER_H

#include <tobs/bot.h>

enum filter_op {
	FILTER_ANY,
	FILTER_AND,
	FILTER_OR,
	FILTER_NOT,
	FILTER_KIND,
	FILTER_TEXT,
	FILTER_COMMAND,    /* any */
	FILTER_COMMAND_IS, /* one of `text` */
	FILTER_TEXT_IS,
	FILTER_PREFIX,
	FILTER_CALLBACK,
	FILTER_REGEX,
	FILTER_MEDIA,
	FILTER_CHAT_TYPE,
	FILTER_CHAT,
	FILTER_USER,
	FILTER_REPLY,
	FILTER_FORWARDED,
	FILTER_MEMBER,
	FILTER_MY_MEMBER,
	FILTER_FN,
};

struct regex;

struct tobs_filter {
	enum filter_op op;
	uint32_t kinds; /* of updates that it can take, a bit each; never too few */
	struct tobs_filter *a, *b;
	int64_t n; /* kind, media, chat type, id, change */
	char *text;
	size_t len;
	struct regex *regex;
	bool (*fn)(struct tobs_ctx *ctx, void *user);
	void *user;
};

#define FILTER_ALL_KINDS (~(uint32_t)0)

bool filter_takes(const struct tobs_filter *f, struct tobs_ctx *ctx);

#endif
