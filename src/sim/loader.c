/* SPDX-License-Identifier: MIT */
/* The document of our own format: its sections, and other files it includes. */
#include "sim/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/attr.h"

enum { VALUE_MAX = 64 << 20, PATH_BYTES = 4096, VERSION = 1 };

static int read_members(
	struct loader *l, struct json_stream *s, struct json_item *item, struct tobs_err *err);

/* Failures of the stream say themselves where they are. */
static int at_key(const struct json_stream *s, struct tobs_view key, int r, struct tobs_err *err)
{
	return s->failure.code ? r : json_at_key(err, key, r);
}

static int at_index(const struct json_stream *s, uint64_t i, int r, struct tobs_err *err)
{
	return s->failure.code ? r : json_at_index(err, (size_t)i, r);
}

static int at_byte(const struct json_item *item, int r, struct tobs_err *err)
{
	if (err && !err->offset)
		err->offset = item->offset;
	return r;
}

/* ---- other files ---- */

static int open_included(struct json_stream *s, int *fd, const char *path, struct json_item *item,
	struct tobs_err *err)
{
	int r;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0)
		return tobs_fail_sys(err, errno == EACCES ? TOBS_EPERM : TOBS_ENOTFOUND, errno,
			"cannot open %s", path);
	json_stream_init(
		s, json_read_fd, fd, &(struct json_stream_options){ .max_value = VALUE_MAX });
	r = json_stream_next(s, item, err);
	if (!r && item->type != JSON_OBJECT)
		r = json_fail(err, TOBS_EMALFORMED, "is no world of ours");
	if (!r)
		r = json_stream_enter(s, err);
	return r ? r : json_stream_next(s, item, err);
}

/* Reads one; messages of failures begin with its name then, and not with this file's. */
static int include(struct loader *l, struct json_value v, struct tobs_err *err)
{
	const char *folder = l->folder, *file = l->file;
	char path[PATH_BYTES];
	struct json_stream s;
	struct json_item item;
	struct tobs_view name;
	int fd = -1, n, r;

	if (json_get_str(v, &name))
		return loader_wrong(v, "the path of a file", err);
	n = folder ? snprintf(path, sizeof path, "%s/%.*s", folder, TOBS_VIEW_FMT(name)) : -1;
	if (n < 0 || n >= (int)sizeof path || ++l->depth > LOADER_DEPTH)
		return json_fail(err, TOBS_EINVAL, "cannot be included here");
	l->file = tobs_arena_strdup(&l->w->arena, path);
	*strrchr(path, '/') = 0;
	l->folder = tobs_arena_strdup(&l->w->arena, path);
	if (!l->file || !l->folder)
		return loader_no_memory(err);
	memset(&s, 0, sizeof s);
	r = open_included(&s, &fd, l->file, &item, err);
	if (!r)
		r = read_members(l, &s, &item, err);
	if (fd >= 0) {
		json_stream_deinit(&s);
		close(fd);
	}
	l->depth--;
	if (r)
		return r; /* with l->file as it is */
	l->folder = folder;
	l->file = file;
	return TOBS_OK;
}

/* ---- histories ---- */

static int read_who(
	struct loader *l, const struct json_item *item, struct json_value v, struct tobs_err *err)
{
	int r;

	if (tobs_view_is(item->key, "chat")) {
		int64_t peer;

		r = loader_peer_value(l, v, &peer, err);
		if (r)
			return r;
		l->chat = sim_chat(l->w, peer);
		return l->chat ? TOBS_OK
			       : json_fail(err, TOBS_EINVAL,
					 "is a user: write \"between\" and both of them");
	}
	if (tobs_view_is(item->key, "saved")) {
		r = loader_peer_value(l, v, &l->one, err);
		l->two = l->one;
		return r;
	}
	if (json_count(v) != 2)
		return json_fail(err, TOBS_EMALFORMED, "must be an array of two users");
	r = loader_peer_value(l, json_item(v, 0), &l->one, err);
	return r ? r : loader_peer_value(l, json_item(v, 1), &l->two, err);
}

static int read_messages(struct loader *l, struct json_stream *s, struct tobs_err *err)
{
	struct json_item item;
	struct json_value v;
	int r;

	if (!l->chat && (!sim_user(l->w, l->one) || !sim_user(l->w, l->two)))
		return json_fail(err, TOBS_EMALFORMED,
			"stand before \"chat\", \"between\" or \"saved\" has said where they belong");
	r = json_stream_enter(s, err);
	while (!r && !(r = json_stream_next(s, &item, err)) && item.type) {
		r = json_stream_take(s, &v, err);
		if (!r)
			r = loader_message(l, v, err);
		if (r)
			return at_index(s, item.index, at_byte(&item, r, err), err);
		ARRAY_LAST(&l->messages)->index = (uint32_t)item.index;
	}
	return r;
}

/* {"chat": "garden", "messages": [ … ]} */
static int read_history(struct loader *l, struct json_stream *s, struct tobs_err *err)
{
	struct json_item item;
	struct json_value v;
	struct tobs_view key;
	int r = json_stream_enter(s, err);

	l->chat = NULL;
	l->one = l->two = 0;
	while (!r && !(r = json_stream_next(s, &item, err)) && item.type) {
		static const char *const known[] = { "chat", "between", "saved", "messages" };
		size_t i = 0;

		while (i < ARRAY_LEN(known) && !tobs_view_is(item.key, known[i]))
			i++;
		if (i == ARRAY_LEN(known)) {
			json_fail(err, TOBS_EUNKNOWN,
				"is not known here; there are: chat, between, saved, messages");
			return json_at_key(err, item.key, at_byte(&item, TOBS_EUNKNOWN, err));
		}
		key = tobs_str(known[i]);
		if (tobs_view_is(key, "messages")) {
			r = read_messages(l, s, err);
		} else {
			r = json_stream_take(s, &v, err);
			if (!r)
				r = read_who(l, &item, v, err);
		}
		if (r)
			return at_key(s, key, at_byte(&item, r, err), err);
	}
	l->histories++;
	return r;
}

/* ---- sections ---- */

static const struct section {
	const char *key;
	int (*read)(struct loader *l, struct json_value v, struct tobs_err *err);
} sections[] = {
	{ "apps", loader_app }, { "files", loader_file }, { "users", loader_user },
	{ "chats", loader_read_chat }, { "accounts", loader_account },
	{ "synthetic", loader_synthetic }, { "include", include },
	{ "histories", NULL }, /* read as a stream */
};

static int read_element(
	struct loader *l, struct json_stream *s, const struct section *sec, struct tobs_err *err)
{
	struct json_value v;
	int r;

	if (!sec->read)
		return read_history(l, s, err);
	r = json_stream_take(s, &v, err);
	return r ? r : sec->read(l, v, err);
}

static int read_section(
	struct loader *l, struct json_stream *s, const struct section *sec, struct tobs_err *err)
{
	struct json_item item;
	const char *file = l->file;
	int r = json_stream_enter(s, err);

	if (!sec->read)
		l->histories = 0;
	while (!r && !(r = json_stream_next(s, &item, err)) && item.type) {
		r = read_element(l, s, sec, err);
		/* What an included file says of itself is complete. */
		if (r && l->file == file)
			r = at_index(s, item.index, at_byte(&item, r, err), err);
	}
	return r && l->file == file ? at_key(s, tobs_str(sec->key), r, err) : r;
}

static int read_version(struct json_stream *s, const struct json_item *item, struct tobs_err *err)
{
	struct json_value v;
	int64_t n;
	int r = json_stream_take(s, &v, err);

	if (r)
		return r;
	if (json_get_i64(v, &n) || n != VERSION)
		return at_byte(item,
			json_at_key(err, tobs_str("tobs_world"),
				json_fail(err, TOBS_EUNSUPPORTED,
					"this version reads format %d only", (int)VERSION)),
			err);
	return TOBS_OK;
}

static int read_member(
	struct loader *l, struct json_stream *s, const struct json_item *item, struct tobs_err *err)
{
	if (tobs_view_is(item->key, "tobs_world"))
		return read_version(s, item, err);
	if (tobs_view_is(item->key, "about"))
		return TOBS_OK;
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (tobs_view_is(item->key, sections[i].key))
			return read_section(l, s, &sections[i], err);
	json_fail(err, TOBS_EUNKNOWN,
		"is no section; there are: about, apps, files, users, chats, histories, accounts, "
		"synthetic, include");
	return at_byte(item, json_at_key(err, item->key, TOBS_EUNKNOWN), err);
}

static int read_members(
	struct loader *l, struct json_stream *s, struct json_item *item, struct tobs_err *err)
{
	int r = TOBS_OK;

	while (!r && item->type) {
		r = read_member(l, s, item, err);
		if (!r)
			r = json_stream_next(s, item, err);
	}
	return r;
}

int loader_load(struct sim_world *w, struct json_stream *s, const char *folder, const char *name,
	struct json_item *first, struct tobs_err *err)
{
	struct loader l = { .w = w, .folder = folder, .file = name };
	int r;

	loader_hooks(&l);
	r = read_members(&l, s, first, err);
	if (!r)
		r = loader_post_all(&l, err);
	if (r)
		r = json_at_file(err, l.file, r);
	ARRAY_DEINIT(&l.messages);
	ARRAY_DEINIT(&l.settings);
	return r;
}
