/* SPDX-License-Identifier: MIT */
#include "export/plan.h"

#include <stdio.h>

#include "export/from_tl.h"

enum { PLAN_BYTES = 64 << 20 };

void plan_init(struct plan *p)
{
	*p = (struct plan){ 0 };
	tobs_arena_init(&p->arena, PLAN_BYTES);
}

void plan_deinit(struct plan *p)
{
	ARRAY_DEINIT(&p->chats);
	tobs_arena_deinit(&p->arena);
}

bool plan_is_fatal(int code)
{
	switch (code) {
	case TOBS_EAUTH:
	case TOBS_ENET:
	case TOBS_ECANCELED:
	case TOBS_ETIMEDOUT:
	case TOBS_ENOMEM:
	case TOBS_ENOSPC:
	case TOBS_EPERM:
	case TOBS_ELOCKED:
	case TOBS_EDB:
	case TOBS_EIO:
	case TOBS_ECLOSED: return true;
	default: return false;
	}
}

static struct plan_chat *find(struct plan *p, const struct tobs_peer *peer)
{
	ARRAY_EACH (it, &p->chats)
		if (it->peer.kind == peer->kind && it->peer.id == peer->id)
			return it;
	return NULL;
}

static int add(struct plan *p, const struct plan_chat *chat)
{
	if (chat->peer.kind != TOBS_PEER_NONE && find(p, &chat->peer))
		return TOBS_OK;
	return ARRAY_PUSH(&p->chats, *chat) ? TOBS_ENOMEM : TOBS_OK;
}

static int add_target(
	struct plan *p, struct tobs_client *c, const char *target, struct tobs_err *err)
{
	struct plan_chat chat = { .target = tobs_arena_strdup(&p->arena, target), .title = "" };
	struct tobs_err why = { 0 };

	if (!chat.target)
		return tobs_fail(err, TOBS_ENOMEM, "out of memory");
	chat.code = tobs_resolve(c, target, &chat.peer, NULL, NULL, &why);
	if (plan_is_fatal(chat.code)) {
		if (err)
			*err = why;
		return chat.code;
	}
	snprintf(chat.message, sizeof chat.message, "%s", why.message);
	return add(p, &chat) ? tobs_fail(err, TOBS_ENOMEM, "out of memory") : TOBS_OK;
}

static unsigned type_of(const struct tobs_dialog *d)
{
	struct archive_peer p;

	if (d->user)
		return d->user->ctor == TL_user && d->user->user.bot ? EXPORT_BOT : EXPORT_PRIVATE;
	if (!d->chat || from_tl_chat(d->chat, &p))
		return EXPORT_GROUP;
	return p.kind == ARCHIVE_CHANNEL  ? EXPORT_CHANNEL
		: p.kind == ARCHIVE_FORUM ? EXPORT_FORUM
					  : EXPORT_GROUP;
}

/* A basic group that became a supergroup comes with that. */
static bool moved(const struct tobs_dialog *d)
{
	return d->chat && d->chat->ctor == TL_chat && d->chat->chat.migrated_to;
}

static bool excluded(const struct tobs_peer *list, size_t n, const struct tobs_peer *peer)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].kind == peer->kind && list[i].id == peer->id)
			return true;
	return false;
}

static int add_dialog(struct plan *p, const struct tobs_dialog *d)
{
	char *title = tobs_arena_dup(&p->arena, d->title.ptr, d->title.len);

	if (!title)
		return TOBS_ENOMEM;
	return add(p,
		&(struct plan_chat){
			.peer = d->peer, .target = title, .title = title, .top = d->top_message });
}

static int add_folder(struct plan *p, struct tobs_client *c, int folder,
	const struct export_options *options, const struct tobs_peer *exclude, struct tobs_err *err)
{
	unsigned types = options->types ? options->types : EXPORT_ALL_TYPES;
	struct tobs_dialogs dialogs;
	struct tobs_dialog d;
	int r;

	tobs_dialogs_init(&dialogs, folder);
	while (!(r = tobs_dialogs_next(c, &dialogs, &d, err))) {
		if (moved(&d) || !(type_of(&d) & types) ||
			excluded(exclude, options->exclude_count, &d.peer))
			continue;
		r = add_dialog(p, &d);
		if (r) {
			tobs_fail(err, r, "out of memory");
			break;
		}
	}
	tobs_dialogs_deinit(&dialogs);
	return r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

int plan_make(struct plan *p, struct tobs_client *c, const struct export_options *options,
	struct tobs_err *err)
{
	enum { ARCHIVED = 1 }; /* folder 1 is what clients call the archive */
	struct tobs_peer *exclude = TOBS_ARENA_ARRAY(
		&p->arena, options->exclude_count + 1, struct tobs_peer);
	int r = exclude ? TOBS_OK : tobs_fail(err, TOBS_ENOMEM, "out of memory");

	for (size_t i = 0; !r && i < options->target_count; i++)
		r = add_target(p, c, options->targets[i], err);
	for (size_t i = 0; !r && i < options->exclude_count; i++)
		r = tobs_resolve(c, options->exclude[i], &exclude[i], NULL, NULL, err);
	if (!r && options->all)
		r = add_folder(p, c, 0, options, exclude, err);
	if (!r && options->all)
		r = add_folder(p, c, ARCHIVED, options, exclude, err);
	return r;
}
