/* SPDX-License-Identifier: MIT */
/*
 * Worlds from files.
 *
 * Two formats are known, by what stands at the beginning of the file:
 *
 *   - Telegram Desktop's export in JSON (result.json), of one chat or of a whole
 *     account, with its media in the folder around it. What it names and is not
 *     there gets made-up bytes of the size it states.
 *   - Our own, which begins with "tobs_world" and says what the other cannot:
 *     accounts, bots, topics, comments, custom emoji, any TL object. It is
 *     described in docs/simulator.md.
 *
 * Files are read as a stream: what is kept is the world, not the text. A message
 * takes about as many bytes in memory as in the file.
 *
 * Failures name the file, the place in it ("chats.list[2].messages[17].from_id")
 * and what is wrong; err->offset is the byte in the file where the value begins
 * that holds the fault.
 */
#ifndef SIM_LOAD_H
#define SIM_LOAD_H

#include "base/json_stream.h"
#include "sim/world.h"

/*
 * Adds what a file holds to the world. When it says nothing of accounts, one is
 * made (sim_default_account()) that has the chats in its list.
 *
 * TOBS_ENOTFOUND, TOBS_EPERM, TOBS_EIO: the file. TOBS_EMALFORMED,
 * TOBS_ETRUNCATED, TOBS_EUNKNOWN, TOBS_EINVAL: what stands in it.
 * TOBS_EEXISTS: an id or a name is taken. TOBS_ETOOBIG, TOBS_ENOMEM. On failure
 * the world holds a part of it and is good for sim_world_free() only.
 */
int sim_load(struct sim_world *w, const char *path, struct tobs_err *err);

/*
 * The same from anywhere; `folder` is where media are looked for (NULL: none is
 * there), `name` what messages call the source.
 */
int sim_load_stream(struct sim_world *w, json_read_fn read, void *user, const char *folder,
	const char *name, struct tobs_err *err);

#endif
