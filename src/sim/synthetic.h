/* SPDX-License-Identifier: MIT */
/*
 * Synthetic chats: any number of messages from a seed, made when they are asked
 * for and kept by nobody.
 *
 * Message i of a chat is a function of the seed, the chat and i alone, whatever
 * was asked before: dates grow with ids, replies go to earlier messages, ids
 * have gaps where messages "were deleted". What is sent into such a chat later,
 * or edited and deleted there, is kept like in any other.
 *
 * A chat is described by a line of keys:
 *
 *   plain | mixed     beginnings: plain texts; texts with entities, replies,
 *                     photos and reactions. Without one: only what is named.
 *   kind=…            private, group, supergroup, forum, channel   [supergroup]
 *   chats=N           that many such chats                         [1]
 *   messages=N        in each                                      [1000]
 *   seed=N                                                         [1]
 *   density=F         share of ids that exist, 0.05 … 1            [1]
 *   text=MIN..MAX     UTF-16 units of a text; or text=N            [40..400]
 *   scripts=A+B       latin cyrillic greek hebrew arabic cjk emoji [latin]
 *   media=P           share of messages with a file                [0]
 *   kinds=A+B         of media: photo video document voice audio
 *                     sticker gif                                  [all]
 *   file=MIN..MAX     bytes of a video or document; K M G are known
 *   reply=P reactions=P edits=P forwards=P entities=P service=P    [0]
 *   senders=N         people who write in it                       [20]
 *   topics=N          of a forum, General among them               [8]
 *   comments=N        below each post of a channel                 [none]
 *   start=DATE        of the first message: 2020-01-31             [8 years at most
 *   step=S            seconds from one to the next, on average      before 2024-05-01]
 *   title=TEXT        of the chats                                 [Synthetic …]
 *   name=TEXT         beginning of their usernames                 [synth_SEED]
 *
 * P is a share: 10% or 0.1. Keys are separated by commas.
 */
#ifndef SIM_SYNTHETIC_H
#define SIM_SYNTHETIC_H

#include "sim/world.h"

enum sim_script {
	SIM_LATIN,
	SIM_CYRILLIC,
	SIM_GREEK,
	SIM_HEBREW,
	SIM_ARABIC,
	SIM_CJK,
	SIM_EMOJI,
	SIM_SCRIPTS,
};

enum sim_media_kind {
	SIM_MEDIA_PHOTO,
	SIM_MEDIA_VIDEO,
	SIM_MEDIA_DOCUMENT,
	SIM_MEDIA_VOICE,
	SIM_MEDIA_AUDIO,
	SIM_MEDIA_STICKER,
	SIM_MEDIA_GIF,
	SIM_MEDIA_KINDS,
};

enum sim_spec_kind {
	SIM_SPEC_PRIVATE,
	SIM_SPEC_GROUP,
	SIM_SPEC_SUPERGROUP,
	SIM_SPEC_FORUM,
	SIM_SPEC_CHANNEL,
};

/* Shares are out of 65536. */
struct sim_spec {
	enum sim_spec_kind kind;
	uint64_t seed;
	int32_t chats, messages, senders, topics;
	int32_t comments; /* -1: no discussion group */
	int32_t text_min, text_max;
	int64_t file_min, file_max; /* 0: by their kind */
	int32_t start, step;        /* 0: chosen */
	uint32_t density;
	uint32_t media, reply, reactions, edits, forwards, entities, service;
	uint32_t scripts, media_kinds; /* bits */
	char title[64], name[24];
};

/* TOBS_EINVAL names the key, the value and what is allowed. */
int sim_spec_parse(struct tobs_view text, struct sim_spec *ret, struct tobs_err *err);

/*
 * Adds the chats a spec describes, with the people in them. `owner` has them in
 * its chat list; NULL: the world's first account, which is made if there is
 * none. *ret_peers (may be NULL) gets the peers of the spec->chats chats.
 *
 * TOBS_EINVAL: ids would grow beyond 31 bits. TOBS_EEXISTS: the usernames are
 * taken (two specs with one seed). TOBS_ENOMEM.
 */
int sim_synthetic_add(struct sim_world *w, struct sim_account *owner, const struct sim_spec *spec,
	const int64_t **ret_peers, struct tobs_err *err);

/*
 * The first account that belongs to a person; when there is none, one is made:
 * phone +999 66 2 0001, whose code is 22222. NULL: no memory.
 */
struct sim_account *sim_default_account(struct sim_world *w);

#endif
