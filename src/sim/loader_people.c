/* SPDX-License-Identifier: MIT */
/* Users, the files they and others show, accounts, and applications. */
#include <stdio.h>

#include "base/attr.h"
#include "sim/file.h"
#include "sim/loader.h"
#include "sim/shape.h"
#include "sim/synthetic.h"

enum { PATH_BYTES = 4096, THUMB_SIDE = 320 };

/* ---- applications, synthetic chats ---- */

int loader_app(struct loader *l, struct json_value v, struct tobs_err *err)
{
	static const char *const known[] = { "api_id", "api_hash", "refused", NULL };
	struct tobs_view hash = { 0 };
	bool refused = false;
	int64_t id = 0;
	int r = loader_only(v, known, err);

	if (!r)
		r = loader_int(v, "api_id", 1, INT32_MAX, &id, err);
	if (!r)
		r = loader_str(l, v, "api_hash", &hash, err);
	if (!r)
		r = loader_bool(v, "refused", &refused, err);
	if (r)
		return r;
	if (!id)
		return json_fail(err, TOBS_EMALFORMED, "needs an api_id");
	r = sim_app_add(l->w, (int32_t)id, hash, refused);
	if (r == TOBS_EINVAL)
		return json_at_key(err, tobs_str("api_hash"),
			json_fail(err, r, "must be 32 hexadecimal digits"));
	return r ? loader_no_memory(err) : r;
}

int loader_synthetic(struct loader *l, struct json_value v, struct tobs_err *err)
{
	struct sim_spec spec;
	struct tobs_view text;
	int r;

	if (json_get_str(v, &text))
		return loader_wrong(v, "a string that describes chats", err);
	r = sim_spec_parse(text, &spec, err);
	if (!r)
		r = sim_synthetic_add(l->w, NULL, &spec, NULL, err);
	return r ? json_failed(err, r) : r;
}

/* ---- files ---- */

/* Names of kinds; "photo" is the one that is no document. */
static int read_kind(struct loader *l, struct json_value v, enum sim_shape_kind *ret,
	bool *ret_photo, struct tobs_err *err)
{
	static const char *const names[SHAPE_KINDS] = {
		[SHAPE_FILE] = "file",
		[SHAPE_VIDEO] = "video",
		[SHAPE_ROUND] = "round",
		[SHAPE_GIF] = "gif",
		[SHAPE_VOICE] = "voice",
		[SHAPE_AUDIO] = "audio",
		[SHAPE_STICKER] = "sticker",
		[SHAPE_EMOJI] = "emoji",
	};
	struct tobs_view name = TOBS_LIT("file");
	int r = loader_str(l, v, "kind", &name, err);

	if (r)
		return r;
	*ret_photo = tobs_view_is(name, "photo");
	*ret = SHAPE_FILE;
	if (*ret_photo)
		return TOBS_OK;
	for (int i = 0; i < SHAPE_KINDS; i++) {
		if (!tobs_view_is(name, names[i]))
			continue;
		*ret = (enum sim_shape_kind)i;
		return TOBS_OK;
	}
	return json_at_key(err, tobs_str("kind"),
		json_fail(err, TOBS_EUNKNOWN,
			"must be photo, file, video, round, gif, voice, audio, sticker or emoji"));
}

/* A path in the folder of the file that is read, or so many made bytes. */
static int read_content(struct loader *l, struct json_value v, const char *path_key,
	const char *size_key, char full[PATH_BYTES], struct sim_content *ret, struct tobs_err *err)
{
	struct tobs_view path = { 0 };
	int n, r = loader_str(l, v, path_key, &path, err);

	if (!r)
		r = loader_int(v, size_key, 0, INT64_MAX >> 16, &ret->size, err);
	if (r || !path.len)
		return r;
	n = !l->folder ? -1
		: tobs_view_starts(path, "/")
		? snprintf(full, PATH_BYTES, "%.*s", TOBS_VIEW_FMT(path))
		: snprintf(full, PATH_BYTES, "%s/%.*s", l->folder, TOBS_VIEW_FMT(path));
	if (n < 0 || n >= PATH_BYTES)
		return json_at_key(err, tobs_str(path_key),
			json_fail(err, TOBS_ENOTFOUND, "cannot be looked for"));
	ret->path = tobs_view(full, (size_t)n);
	return TOBS_OK;
}

static int read_shape(
	struct loader *l, struct json_value v, struct sim_shape *s, struct tobs_err *err)
{
	int64_t width = 0, height = 0, seconds = 0;
	int r = loader_str(l, v, "name", &s->name, err);

	if (!r)
		r = loader_str(l, v, "mime", &s->mime, err);
	if (!r)
		r = loader_str(l, v, "alt", &s->alt, err);
	if (!r)
		r = loader_str(l, v, "performer", &s->performer, err);
	if (!r)
		r = loader_str(l, v, "title", &s->title, err);
	if (!r)
		r = loader_int(v, "width", 1, 20000, &width, err);
	if (!r)
		r = loader_int(v, "height", 1, 20000, &height, err);
	if (!r)
		r = loader_int(v, "seconds", 0, INT32_MAX, &seconds, err);
	s->width = (int32_t)width;
	s->height = (int32_t)height;
	s->seconds = (int32_t)seconds;
	return r;
}

static int add_photo(struct loader *l, struct json_value v, struct tobs_view key, int64_t id,
	int dc, int32_t date, const struct sim_shape *s, struct tobs_err *err)
{
	struct sim_photo_args args = { .id = id,
		.dc = dc,
		.date = date,
		.width = s->width ? s->width : 800,
		.height = s->height ? s->height : 600 };
	const union tl_Photo *photo;
	char full[PATH_BYTES];
	int r = read_content(l, v, "path", "size", full, &args.content, err);

	if (r)
		return r;
	r = sim_photo_add(l->w, &args, &photo, err);
	return r ? json_failed(err, r)
		 : loader_add(l, key, LOADER_PHOTO, photo->photo.id, photo, err);
}

/* Attributes that were given besides those that follow from the kind. */
static int add_attributes(struct loader *l, struct json_value v,
	struct tl_vec_DocumentAttribute *list, struct tobs_err *err)
{
	struct json_value more = json_field(v, "attributes");
	size_t n = list->count + json_count(more);
	const union tl_DocumentAttribute **items = TOBS_ARENA_ARRAY(
		&l->w->arena, n + 1, const union tl_DocumentAttribute *);
	uint32_t at = 0;

	if (!json_count(more))
		return TOBS_OK;
	if (!items)
		return loader_no_memory(err);
	for (; at < list->count; at++)
		items[at] = list->items[at];
	JSON_EACH (it, more) {
		int r = loader_object(
			l, it.value, "DocumentAttribute", (const void **)&items[at], err);

		if (r)
			return json_at_key(err, tobs_str("attributes"),
				json_at_index(err, at - list->count, r));
		at++;
	}
	*list = (struct tl_vec_DocumentAttribute){ at, items };
	return TOBS_OK;
}

static int add_document(struct loader *l, struct json_value v, struct tobs_view key, int64_t id,
	int dc, int32_t date, struct sim_shape *s, struct tobs_err *err)
{
	struct sim_document_args args = { .id = id, .dc = dc, .date = date };
	const union tl_Document *document;
	char full[PATH_BYTES], thumb[PATH_BYTES];
	int32_t longer = MAX(MAX(s->width, s->height), 1);
	int r = read_content(l, v, "path", "size", full, &args.content, err);

	if (!r)
		r = read_content(l, v, "thumb", "thumb_size", thumb, &args.thumb, err);
	if (r)
		return r;
	args.has_thumb = args.thumb.path.len || args.thumb.size;
	if (s->width && s->height) {
		args.thumb_w = MAX(s->width * MIN(longer, THUMB_SIDE) / longer, 1);
		args.thumb_h = MAX(s->height * MIN(longer, THUMB_SIDE) / longer, 1);
	}
	args.mime = s->mime = sim_shape_mime(s, args.content.path);
	if (sim_shape_attributes(l->w, s, &args.attributes))
		return loader_no_memory(err);
	r = add_attributes(l, v, &args.attributes, err);
	if (r)
		return r;
	r = sim_document_add(l->w, &args, &document, err);
	return r ? json_failed(err, r)
		 : loader_add(l, key, LOADER_DOCUMENT, document->document.id, document, err);
}

int loader_file(struct loader *l, struct json_value v, struct tobs_err *err)
{
	static const char *const known[] = { "key", "kind", "path", "size", "name", "mime", "width",
		"height", "seconds", "title", "performer", "alt", "thumb", "thumb_size", "id", "dc",
		"date", "attributes", NULL };
	struct sim_shape s = { 0 };
	struct tobs_view key = { 0 };
	int64_t id = 0, dc = 0;
	int32_t date = l->date;
	bool photo;
	int r = loader_only(v, known, err);

	if (!r)
		r = loader_str(l, v, "key", &key, err);
	if (!r)
		r = read_kind(l, v, &s.kind, &photo, err);
	if (!r)
		r = read_shape(l, v, &s, err);
	if (!r)
		r = loader_int(v, "id", 1, INT64_MAX, &id, err);
	if (!r)
		r = loader_int(v, "dc", 1, l->w->options.dc_count, &dc, err);
	if (!r)
		r = loader_date(l, v, "date", &date, err);
	if (r)
		return r;
	return photo ? add_photo(l, v, key, id, (int)dc, date, &s, err)
		     : add_document(l, v, key, id, (int)dc, date, &s, err);
}

/* ---- users ---- */

static int read_account(
	struct loader *l, struct json_value v, struct sim_user *u, struct tobs_err *err)
{
	static const char *const known[] = { "code", "password", "hint", "token", "privacy",
		"takeout_delay", NULL };
	struct sim_account_args args = { 0 };
	struct sim_account *a;
	int64_t delay = 0;
	bool privacy = false;
	int r = json_is_object(v) ? loader_only(v, known, err) : TOBS_OK;

	if (!r)
		r = loader_str(l, v, "code", &args.code, err);
	if (!r)
		r = loader_str(l, v, "password", &args.password, err);
	if (!r)
		r = loader_str(l, v, "hint", &args.hint, err);
	if (!r)
		r = loader_str(l, v, "token", &args.token, err);
	if (!r)
		r = loader_bool(v, "privacy", &privacy, err);
	if (!r)
		r = loader_int(v, "takeout_delay", 0, INT32_MAX, &delay, err);
	if (r)
		return r;
	r = sim_account_add(l->w, u, &args, &a, err);
	if (r)
		return json_failed(err, r);
	a->privacy = privacy;
	a->takeout_delay = (int)delay;
	return TOBS_OK;
}

/* true, or {"description": …, "commands": [{"command": …, "description": …}]}: fields of botInfo. */
static int read_bot(struct loader *l, struct json_value v, struct sim_user *u, struct tobs_err *err)
{
	struct tl_botInfo *info = SIM_NEW(&l->w->arena, botInfo);

	if (!info)
		return loader_no_memory(err);
	info->has_user_id = 1;
	info->user_id = u->peer;
	JSON_EACH (it, v) {
		int r = loader_set(l, info, it.key, it.value, err);

		if (r)
			return r;
	}
	u->bot_info = info;
	return TOBS_OK;
}

static int read_user_photo(
	struct loader *l, struct json_value v, struct sim_user *u, struct tobs_err *err)
{
	const struct loader_thing *t;
	int r = loader_file_value(l, v, LOADER_PHOTO, &t, err);

	if (!r && sim_user_photo_set(u, l->w, t->tl))
		r = loader_no_memory(err);
	return r;
}

/* The last one is the current one. */
static int read_user_photos(
	struct loader *l, struct json_value v, struct sim_user *u, struct tobs_err *err)
{
	size_t i = 0;

	JSON_EACH (it, v) {
		int r = read_user_photo(l, it.value, u, err);

		if (r)
			return json_at_index(err, i, r);
		i++;
	}
	return TOBS_OK;
}

/* What cannot be said when the user is added; all else are fields of the schema's user. */
static int user_member(struct loader *l, struct tobs_view key, struct json_value v,
	struct sim_user *u, struct tobs_err *err)
{
	static const char *const done[] = { "key", "id", "first_name", "last_name", "username",
		"phone", "about" };
	static const struct {
		const char *key;
		int (*read)(struct loader *l, struct json_value v, struct sim_user *u,
			struct tobs_err *err);
	} more[] = {
		{ "account", read_account },
		{ "bot", read_bot },
		{ "photo", read_user_photo },
		{ "photos", read_user_photos },
	};

	for (size_t i = 0; i < ARRAY_LEN(done); i++)
		if (tobs_view_is(key, done[i]))
			return TOBS_OK;
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		int r;

		if (!tobs_view_is(key, more[i].key))
			continue;
		r = more[i].read(l, v, u, err);
		return r ? json_at_key(err, key, r) : r;
	}
	return loader_set(l, u->tl, key, v, err);
}

int loader_user(struct loader *l, struct json_value v, struct tobs_err *err)
{
	struct json_value bot = json_field(v, "bot");
	struct sim_user_args args = { 0 };
	struct tobs_view key = { 0 };
	struct sim_user *u;
	bool no_bot = false;
	int r = json_is_object(v) ? loader_str(l, v, "key", &key, err)
				  : loader_wrong(v, "an object", err);

	if (!r)
		r = loader_int(v, "id", 1, SIM_CHANNEL_BASE - 1, &args.id, err);
	if (!r)
		r = loader_str(l, v, "first_name", &args.first_name, err);
	if (!r)
		r = loader_str(l, v, "last_name", &args.last_name, err);
	if (!r)
		r = loader_str(l, v, "username", &args.username, err);
	if (!r)
		r = loader_str(l, v, "phone", &args.phone, err);
	if (!r)
		r = loader_str(l, v, "about", &args.about, err);
	if (r)
		return r;
	args.bot = !json_is_missing(bot) && (json_get_bool(bot, &no_bot) || no_bot);
	r = sim_user_add(l->w, &args, &u, err);
	if (r)
		return json_failed(err, r);
	r = loader_add(l, key, LOADER_USER, u->peer, NULL, err);
	JSON_EACH (it, v) {
		if (!r)
			r = user_member(l, it.key, it.value, u, err);
	}
	return r;
}

/* ---- what accounts have ---- */

static int add_setting(struct loader *l, struct sim_account *a, enum loader_setting_kind kind,
	int64_t peer, int32_t number, const union tl_DraftMessage *draft, struct tobs_err *err)
{
	struct loader_setting s = { kind, a, peer, number, draft };

	return ARRAY_PUSH(&l->settings, s) ? loader_no_memory(err) : TOBS_OK;
}

static int read_peers(struct loader *l, struct json_value v, struct sim_account *a, const char *key,
	int (*each)(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err),
	struct tobs_err *err)
{
	size_t i = 0;

	JSON_EACH (it, json_field(v, key)) {
		int64_t peer;
		int r = loader_peer_value(l, it.value, &peer, err);

		if (!r)
			r = each(l, a, peer, err);
		if (r)
			return json_at_key(err, tobs_str(key), json_at_index(err, i, r));
		i++;
	}
	return TOBS_OK;
}

static int add_contact(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err)
{
	(void)l;
	return sim_contact_add(a, peer) ? loader_no_memory(err) : TOBS_OK;
}

static int add_blocked(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err)
{
	(void)l;
	return ARRAY_PUSH(&a->blocked, peer) ? loader_no_memory(err) : TOBS_OK;
}

static int add_pinned(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err)
{
	return add_setting(l, a, LOADER_PINNED, peer, 0, NULL, err);
}

static int add_archived(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err)
{
	return add_setting(l, a, LOADER_ARCHIVED, peer, 0, NULL, err);
}

static int add_muted(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err)
{
	return add_setting(l, a, LOADER_MUTED, peer, 0, NULL, err);
}

static int add_marked(struct loader *l, struct sim_account *a, int64_t peer, struct tobs_err *err)
{
	return add_setting(l, a, LOADER_MARKED, peer, 0, NULL, err);
}

/* {"garden": 5}: so many messages are unread. */
static int read_unread(
	struct loader *l, struct json_value v, struct sim_account *a, struct tobs_err *err)
{
	JSON_EACH (it, json_field(v, "unread")) {
		const struct loader_thing *t = loader_find(l, it.key);
		int64_t n;
		int r;

		if (!t || (t->kind != LOADER_USER && t->kind != LOADER_CHAT))
			r = json_fail(err, TOBS_ENOTFOUND, "is no key of a user or chat");
		else if (json_get_i64(it.value, &n) || n < 0 || n > INT32_MAX)
			r = json_fail(err, TOBS_EMALFORMED, "must be a number of messages");
		else
			r = add_setting(l, a, LOADER_UNREAD, t->id, (int32_t)n, NULL, err);
		if (r)
			return json_at_key(err, tobs_str("unread"), json_at_key(err, it.key, r));
	}
	return TOBS_OK;
}

/* {"bo": "text"} */
static int read_drafts(
	struct loader *l, struct json_value v, struct sim_account *a, struct tobs_err *err)
{
	JSON_EACH (it, json_field(v, "drafts")) {
		const struct loader_thing *t = loader_find(l, it.key);
		struct tl_draftMessage *d = SIM_NEW(&l->w->arena, draftMessage);
		int r;

		if (!d)
			r = loader_no_memory(err);
		else if (!t || (t->kind != LOADER_USER && t->kind != LOADER_CHAT))
			r = json_fail(err, TOBS_ENOTFOUND, "is no key of a user or chat");
		else
			r = loader_text(l, it.value, &d->message, &d->entities, err);
		if (!r) {
			d->date = l->date;
			r = add_setting(l, a, LOADER_DRAFT, t->id, 0, (const void *)d, err);
		}
		if (r)
			return json_at_key(err, tobs_str("drafts"), json_at_key(err, it.key, r));
	}
	return TOBS_OK;
}

static int read_folders(
	struct loader *l, struct json_value v, struct sim_account *a, struct tobs_err *err)
{
	size_t i = 0;

	JSON_EACH (it, json_field(v, "folders")) {
		const void *filter;
		int r = loader_object(l, it.value, "DialogFilter", &filter, err);

		if (!r && ARRAY_PUSH(&a->folders, filter))
			r = loader_no_memory(err);
		if (r)
			return json_at_key(err, tobs_str("folders"), json_at_index(err, i, r));
		i++;
	}
	return TOBS_OK;
}

int loader_account(struct loader *l, struct json_value v, struct tobs_err *err)
{
	static const char *const known[] = { "user", "contacts", "blocked", "pinned", "archived",
		"muted", "marked", "unread", "drafts", "folders", NULL };
	static const struct {
		const char *key;
		int (*each)(struct loader *l, struct sim_account *a, int64_t peer,
			struct tobs_err *err);
	} lists[] = {
		{ "contacts", add_contact },
		{ "blocked", add_blocked },
		{ "pinned", add_pinned },
		{ "archived", add_archived },
		{ "muted", add_muted },
		{ "marked", add_marked },
	};
	struct sim_account *a;
	int64_t user = 0;
	int r = loader_only(v, known, err);

	if (!r)
		r = loader_peer(l, v, "user", &user, err);
	if (r)
		return r;
	a = sim_account(l->w, user);
	if (!a)
		return json_at_key(err, tobs_str("user"),
			json_fail(err, TOBS_ENOTFOUND, "must be somebody with an account"));
	for (size_t i = 0; !r && i < ARRAY_LEN(lists); i++)
		r = read_peers(l, v, a, lists[i].key, lists[i].each, err);
	if (!r)
		r = read_unread(l, v, a, err);
	if (!r)
		r = read_drafts(l, v, a, err);
	return r ? r : read_folders(l, v, a, err);
}
