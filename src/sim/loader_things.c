/* SPDX-License-Identifier: MIT */
/* What has a key, and the values that refer to it. */
#include <stdio.h>

#include "base/attr.h"
#include "base/setting.h"
#include "sim/loader.h"

enum { KNOWN_ROOM = 200 };

int loader_wrong(struct json_value v, const char *wanted, struct tobs_err *err)
{
	return json_fail(err, TOBS_EMALFORMED, "is of type %s, must be %s",
		json_type_name(json_type(v)), wanted);
}

int loader_str(struct loader *l, struct json_value object, const char *key, struct tobs_view *ret,
	struct tobs_err *err)
{
	struct json_value v = json_field(object, key);
	struct tobs_view text;

	if (json_is_missing(v))
		return TOBS_OK;
	if (json_get_str(v, &text))
		return json_at_key(err, tobs_str(key), loader_wrong(v, "a string", err));
	*ret = sim_keep(l->w, text);
	return ret->len == text.len ? TOBS_OK : loader_no_memory(err);
}

int loader_int(struct json_value object, const char *key, int64_t min, int64_t max, int64_t *ret,
	struct tobs_err *err)
{
	struct json_value v = json_field(object, key);
	int64_t n;

	if (json_is_missing(v))
		return TOBS_OK;
	if (json_get_i64(v, &n))
		return json_at_key(err, tobs_str(key), loader_wrong(v, "an integer", err));
	if (n < min || n > max)
		return json_at_key(err, tobs_str(key),
			json_fail(err, TOBS_ETOOBIG, "%lld: allowed are %lld to %lld", (long long)n,
				(long long)min, (long long)max));
	*ret = n;
	return TOBS_OK;
}

int loader_bool(struct json_value object, const char *key, bool *ret, struct tobs_err *err)
{
	struct json_value v = json_field(object, key);

	if (json_is_missing(v))
		return TOBS_OK;
	return json_get_bool(v, ret)
		? json_at_key(err, tobs_str(key), loader_wrong(v, "true or false", err))
		: TOBS_OK;
}

int loader_only(struct json_value object, const char *const *known, struct tobs_err *err)
{
	char all[KNOWN_ROOM];
	size_t at = 0;

	if (!json_is_object(object))
		return loader_wrong(object, "an object", err);
	JSON_EACH (it, object) {
		const char *const *k = known;

		while (*k && !tobs_view_is(it.key, *k))
			k++;
		if (*k)
			continue;
		for (k = known; *k && at + strlen(*k) + 3 < sizeof all; k++)
			at += (size_t)snprintf(
				all + at, sizeof all - at, "%s%s", at ? ", " : "", *k);
		json_fail(err, TOBS_EUNKNOWN, "is not known here; there are: %s", all);
		return json_at_key(err, it.key, TOBS_EUNKNOWN);
	}
	return TOBS_OK;
}

/* ---- dates ---- */

static int parse_date(struct loader *l, struct tobs_view text, int32_t *ret)
{
	static const struct setting date = { "date", .type = SETTING_DATE };
	static const struct setting span = { "time", .type = SETTING_DURATION };
	struct setting_value v;
	int64_t when;

	if (tobs_view_starts(text, "+")) {
		if (setting_parse(&span, tobs_view_sub(text, 1, text.len), NULL, &v, NULL))
			return TOBS_EMALFORMED;
		when = l->date + v.number / 1000;
	} else {
		if (setting_parse(&date, text, NULL, &v, NULL))
			return TOBS_EMALFORMED;
		when = setting_date_unix(&v.date, 0);
	}
	if (when < 0 || when > INT32_MAX)
		return TOBS_EMALFORMED;
	*ret = (int32_t)when;
	return TOBS_OK;
}

int loader_date_value(struct loader *l, struct json_value v, int32_t *ret, struct tobs_err *err)
{
	struct tobs_view text;
	int64_t n;

	if (!json_get_i64(v, &n) && n >= 0 && n <= INT32_MAX) {
		*ret = (int32_t)n;
		return TOBS_OK;
	}
	if (json_get_str(v, &text) || parse_date(l, text, ret))
		return json_fail(err, TOBS_EMALFORMED,
			"must be a date such as \"2024-05-01 18:30\", a time such as \"+5m\" after "
			"the message before, or Unix time");
	return TOBS_OK;
}

int loader_date(struct loader *l, struct json_value object, const char *key, int32_t *ret,
	struct tobs_err *err)
{
	struct json_value v = json_field(object, key);
	int r = json_is_missing(v) ? TOBS_OK : loader_date_value(l, v, ret, err);

	return r ? json_at_key(err, tobs_str(key), r) : r;
}

/* ---- keys ---- */

int loader_add(struct loader *l, struct tobs_view key, enum loader_kind kind, int64_t id,
	const void *tl, struct tobs_err *err)
{
	struct loader_thing *t;

	if (!key.len)
		return TOBS_OK;
	if (smap_get(&l->w->keys, key))
		return json_at_key(err, tobs_str("key"),
			json_fail(err, TOBS_EEXISTS, "\"%.*s\" is taken", TOBS_VIEW_FMT(key)));
	t = TOBS_ARENA_NEW(&l->w->arena, struct loader_thing);
	if (!t || smap_put(&l->w->keys, key, t))
		return loader_no_memory(err);
	*t = (struct loader_thing){ kind, id, tl };
	return TOBS_OK;
}

const struct loader_thing *loader_find(const struct loader *l, struct tobs_view key)
{
	return smap_get(&l->w->keys, key);
}

static int find_peer(struct loader *l, struct tobs_view name, int64_t *ret)
{
	const struct loader_thing *t = loader_find(l, name);
	int64_t peer;

	if (t && (t->kind == LOADER_USER || t->kind == LOADER_CHAT)) {
		*ret = t->id;
		return TOBS_OK;
	}
	peer = tobs_view_starts(name, "@") ? sim_peer_by_name(l->w, name) : 0;
	if (!peer)
		return TOBS_ENOTFOUND;
	*ret = peer;
	return TOBS_OK;
}

int loader_peer_value(struct loader *l, struct json_value v, int64_t *ret, struct tobs_err *err)
{
	struct tobs_view name;
	int64_t n;

	if (!json_get_i64(v, &n)) {
		if (!sim_user(l->w, n) && !sim_chat(l->w, n))
			return json_fail(err, TOBS_ENOTFOUND, "there is nobody with the id %lld",
				(long long)n);
		*ret = n;
		return TOBS_OK;
	}
	if (json_get_str(v, &name))
		return loader_wrong(v, "the key of a user or chat, an @username or an id", err);
	return find_peer(l, name, ret)
		? json_fail(err, TOBS_ENOTFOUND, "there is no user or chat \"%.*s\" so far",
			  TOBS_VIEW_FMT(name))
		: TOBS_OK;
}

int loader_peer(struct loader *l, struct json_value object, const char *key, int64_t *ret,
	struct tobs_err *err)
{
	struct json_value v = json_field(object, key);
	int r = json_is_missing(v) ? TOBS_OK : loader_peer_value(l, v, ret, err);

	return r ? json_at_key(err, tobs_str(key), r) : r;
}

int loader_chat_of(struct loader *l, struct json_value object, const char *key,
	struct sim_chat **ret, struct tobs_err *err)
{
	int64_t peer = 0;
	int r = loader_peer(l, object, key, &peer, err);

	if (r || !peer)
		return r;
	*ret = sim_chat(l->w, peer);
	return *ret ? TOBS_OK
		    : json_at_key(err, tobs_str(key),
			      json_fail(err, TOBS_ENOTFOUND, "is a user, must be a chat"));
}

int loader_file_value(struct loader *l, struct json_value v, enum loader_kind kind,
	const struct loader_thing **ret, struct tobs_err *err)
{
	const char *what = kind == LOADER_PHOTO ? "photo" : "document";
	const struct loader_thing *t;
	struct tobs_view key;

	if (json_get_str(v, &key))
		return loader_wrong(v, "the key of a file", err);
	t = loader_find(l, key);
	if (!t || t->kind != kind)
		return json_fail(err, TOBS_ENOTFOUND, "there is no %s \"%.*s\" so far", what,
			TOBS_VIEW_FMT(key));
	*ret = t;
	return TOBS_OK;
}

/* ---- values inside TL objects ---- */

static int hook_peer(struct loader *l, struct json_value v, const void **ret, struct tobs_err *err)
{
	int64_t peer;
	int r = loader_peer_value(l, v, &peer, err);

	if (!r && !(*ret = sim_tl_peer(l->w, peer)))
		r = loader_no_memory(err);
	return r;
}

static int hook_file(struct loader *l, struct json_value v, enum loader_kind kind, const void **ret,
	struct tobs_err *err)
{
	const struct loader_thing *t;
	int r = loader_file_value(l, v, kind, &t, err);

	if (!r)
		*ret = t->tl;
	return r;
}

/* [latitude, longitude] */
static int hook_point(struct loader *l, struct json_value v, const void **ret, struct tobs_err *err)
{
	struct tl_geoPoint *p = SIM_NEW(&l->w->arena, geoPoint);

	if (!p)
		return loader_no_memory(err);
	if (json_count(v) != 2 || json_get_double(json_item(v, 0), &p->lat) ||
		json_get_double(json_item(v, 1), &p->long_))
		return json_fail(err, TOBS_EMALFORMED, "must be [latitude, longitude]");
	p->access_hash = sim_hash(l->w, "place", (int64_t)(p->lat * 1e6));
	*ret = p;
	return TOBS_OK;
}

static int hook_stars(struct loader *l, struct json_value v, const void **ret, struct tobs_err *err)
{
	struct tl_starsAmount *a = SIM_NEW(&l->w->arena, starsAmount);

	if (!a)
		return loader_no_memory(err);
	*ret = a;
	return json_get_i64(v, &a->amount) ? loader_wrong(v, "an integer", err) : TOBS_OK;
}

static int hook_set(struct loader *l, struct json_value v, const void **ret, struct tobs_err *err)
{
	struct tl_inputStickerSetShortName *s = SIM_NEW(&l->w->arena, inputStickerSetShortName);
	struct tobs_view name;

	if (json_get_str(v, &name))
		return TOBS_EUNSUPPORTED;
	if (!s)
		return loader_no_memory(err);
	s->short_name = sim_keep(l->w, name);
	*ret = s;
	return TOBS_OK;
}

static int on_object(void *user, const char *type, struct json_value v, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err)
{
	struct loader *l = user;
	struct tobs_view name = { 0 };
	bool string = !json_get_str(v, &name);

	(void)arena;
	if (json_is_object(v))
		return TOBS_EUNSUPPORTED;
	if (strcmp(type, "Peer") == 0)
		return hook_peer(l, v, ret, err);
	if (strcmp(type, "Photo") == 0)
		return hook_file(l, v, LOADER_PHOTO, ret, err);
	if (strcmp(type, "Document") == 0)
		return hook_file(l, v, LOADER_DOCUMENT, ret, err);
	if (strcmp(type, "TextWithEntities") == 0)
		return loader_text_object(l, v, (const struct tl_textWithEntities **)ret, err);
	if (strcmp(type, "Reaction") == 0 && string)
		return loader_reaction(l, name, (const union tl_Reaction **)ret, err);
	if (strcmp(type, "GeoPoint") == 0 && json_is_array(v))
		return hook_point(l, v, ret, err);
	if (strcmp(type, "StarsAmount") == 0)
		return hook_stars(l, v, ret, err);
	if (strcmp(type, "InputStickerSet") == 0)
		return hook_set(l, v, ret, err);
	return TOBS_EUNSUPPORTED;
}

/* In numbers a date can stand, and the key of what has an id. */
static int on_number(
	void *user, const char *field, struct json_value v, int64_t *ret, struct tobs_err *err)
{
	struct loader *l = user;
	const struct loader_thing *t;
	struct tobs_view text;
	int32_t date;
	int64_t peer;

	(void)field;
	if (json_get_str(v, &text))
		return TOBS_EUNSUPPORTED;
	t = loader_find(l, text);
	if (t && (t->kind == LOADER_PHOTO || t->kind == LOADER_DOCUMENT)) {
		*ret = t->id;
	} else if (!find_peer(l, text, &peer)) {
		*ret = sim_peer_id(peer);
	} else if (!parse_date(l, text, &date)) {
		*ret = date;
	} else {
		return json_fail(err, TOBS_ENOTFOUND,
			"there is no user, chat or file \"%.*s\" so far", TOBS_VIEW_FMT(text));
	}
	return TOBS_OK;
}

void loader_hooks(struct loader *l)
{
	l->hooks = (struct tl_json_hooks){ on_object, on_number, l };
}

int loader_set(struct loader *l, void *object, struct tobs_view field, struct json_value v,
	struct tobs_err *err)
{
	if (tl_has_field(object, field))
		return tl_set_json(object, field, v, &l->hooks, &l->w->arena, err);
	json_fail(err, TOBS_EUNKNOWN, "is no member known here, nor a field of %s",
		tl_name(tl_id(object)));
	return json_at_key(err, field, TOBS_EUNKNOWN);
}

int loader_object(struct loader *l, struct json_value v, const char *type, const void **ret,
	struct tobs_err *err)
{
	return tl_from_json(v, type, &l->hooks, &l->w->arena, ret, err);
}
