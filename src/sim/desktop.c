/* SPDX-License-Identifier: MIT */
/* The document of an export: one chat, or an account with all of them. */
#include "sim/desktop.h"

#include "base/attr.h"
#include "base/log.h"

enum { NESTED_MAX = 1 << 20, NESTED_DEPTH = 16 };

/* Failures of the stream say themselves where they are. */
static int at_key(const struct json_stream *s, struct tobs_view key, int r, struct tobs_err *err)
{
	return s->failure.code ? r : json_at_key(err, key, r);
}

static int at_index(const struct json_stream *s, uint64_t i, int r, struct tobs_err *err)
{
	return s->failure.code ? r : json_at_index(err, (size_t)i, r);
}

/* A fault in the value that begins there. */
static int at_byte(const struct json_item *item, int r, struct tobs_err *err)
{
	if (err && !err->offset)
		err->offset = item->offset;
	return r;
}

/* ---- a chat ---- */

static const struct {
	const char *name;
	enum desktop_type type;
	bool open;
} types[] = {
	{ "saved_messages", DESKTOP_SAVED, false },
	{ "replies", DESKTOP_PRIVATE, false },
	{ "verify_codes", DESKTOP_PRIVATE, false },
	{ "personal_chat", DESKTOP_PRIVATE, false },
	{ "bot_chat", DESKTOP_BOT, false },
	{ "private_group", DESKTOP_GROUP, false },
	{ "private_supergroup", DESKTOP_SUPERGROUP, false },
	{ "public_supergroup", DESKTOP_SUPERGROUP, true },
	{ "private_channel", DESKTOP_CHANNEL, false },
	{ "public_channel", DESKTOP_CHANNEL, true },
};

static int read_type(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	struct tobs_view name = { 0 };

	(void)json_get_str(v, &name);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!tobs_view_is(name, types[i].name))
			continue;
		d->chat.type = types[i].type;
		d->chat.open = types[i].open;
		return TOBS_OK;
	}
	return json_fail(err, TOBS_EMALFORMED, "is no type of a chat");
}

static int read_name(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	struct tobs_view name = { 0 };

	if (json_get_str(v, &name) && !json_is_null(v))
		return json_fail(err, TOBS_EMALFORMED, "is of type %s, must be a string",
			json_type_name(json_type(v)));
	d->chat.name = sim_keep(d->w, name);
	return TOBS_OK;
}

static int read_id(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	if (json_get_i64(v, &d->chat.id) || d->chat.id == 0)
		return json_fail(err, TOBS_EMALFORMED, "must be the id of a chat");
	return TOBS_OK;
}

static int read_messages(struct desktop *d, struct json_stream *s, struct tobs_err *err)
{
	struct json_item item;
	struct json_value v;
	int r;

	if (d->chat.type == DESKTOP_UNKNOWN || !d->chat.id)
		return json_fail(err, TOBS_EMALFORMED, "stand before the chat's type and id");
	r = desktop_chat_begin(d, err);
	if (!r)
		r = json_stream_enter(s, err);
	while (!r && !(r = json_stream_next(s, &item, err)) && item.type) {
		r = json_stream_take(s, &v, err);
		if (!r)
			r = desktop_message(d, v, err);
		if (r) {
			at_byte(&item, r, err);
			r = at_index(s, item.index, r, err);
		}
	}
	return r;
}

/* The member of a chat that the stream stands before; others are passed over. */
static int chat_member(struct desktop *d, struct json_stream *s, const struct json_item *item,
	struct tobs_err *err)
{
	static const struct {
		const char *key;
		int (*read)(struct desktop *d, struct json_value v, struct tobs_err *err);
	} members[] = {
		{ "name", read_name },
		{ "type", read_type },
		{ "id", read_id },
	};
	struct json_value v;
	int r = TOBS_OK;

	if (tobs_view_is(item->key, "messages")) {
		r = read_messages(d, s, err);
		return r ? at_key(s, tobs_str("messages"), at_byte(item, r, err), err) : r;
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (!tobs_view_is(item->key, members[i].key))
			continue;
		r = json_stream_take(s, &v, err);
		if (!r)
			r = members[i].read(d, v, err);
		return r ? at_key(s, tobs_str(members[i].key), at_byte(item, r, err), err) : r;
	}
	return TOBS_OK;
}

static void forget_chat(struct desktop *d)
{
	ARRAY_DEINIT(&d->chat.messages);
	ARRAY_DEINIT(&d->chat.wanted);
	ARRAY_DEINIT(&d->chat.votes);
	d->chat = (struct desktop_chat){ 0 };
}

/* ---- an account ---- */

static int read_chat(struct desktop *d, struct json_stream *s, bool left, struct tobs_err *err)
{
	struct json_item item;
	int r = json_stream_enter(s, err);

	forget_chat(d);
	d->chat.left = left;
	while (!r && !(r = json_stream_next(s, &item, err)) && item.type)
		r = chat_member(d, s, &item, err);
	/* A chat none of whose messages were exported has no history. */
	if (!r && d->chat.peer)
		r = desktop_chat_end(d, err);
	return r;
}

/* {"about": "…", "list": [chat, …]} */
static int read_chats(struct desktop *d, struct json_stream *s, bool left, struct tobs_err *err)
{
	struct json_item item;
	int r = json_stream_enter(s, err);

	while (!r && !(r = json_stream_next(s, &item, err)) && item.type) {
		if (!tobs_view_is(item.key, "list"))
			continue;
		r = json_stream_enter(s, err);
		while (!r && !(r = json_stream_next(s, &item, err)) && item.type) {
			uint64_t i = item.index;

			r = read_chat(d, s, left, err);
			if (r)
				r = at_index(s, i, at_byte(&item, r, err), err);
		}
		if (r)
			return at_key(s, tobs_str("list"), r, err);
	}
	return r;
}

static int read_personal(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	struct tobs_view first = { 0 }, last = { 0 }, phone = { 0 }, name = { 0 }, bio = { 0 };
	struct sim_user *u;
	int r = desktop_int(v, "user_id", 1, INT64_MAX, &d->owner_id, err);

	if (!r)
		r = desktop_str(v, "first_name", &first, err);
	if (!r)
		r = desktop_str(v, "last_name", &last, err);
	if (!r)
		r = desktop_str(v, "phone_number", &phone, err);
	if (!r)
		r = desktop_str(v, "username", &name, err);
	if (!r)
		r = desktop_str(v, "bio", &bio, err);
	if (r || !d->owner_id)
		return r;
	r = desktop_user(d, d->owner_id, first, &u, err);
	if (r)
		return r;
	u->tl->last_name = sim_keep(d->w, last);
	u->about = sim_keep(d->w, bio);
	d->owner_phone = sim_keep(d->w, phone);
	r = name.len ? sim_username_set(d->w, u->peer, name, err) : TOBS_OK;
	if (r)
		return json_at_key(err, tobs_str("username"), json_failed(err, r));
	return desktop_owner(d, err);
}

static int add_contact(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	struct tobs_view first = { 0 }, last = { 0 }, phone = { 0 };
	struct sim_user *u;
	int64_t id = 0;
	int r = desktop_int(v, "user_id", 0, INT64_MAX, &id, err);

	if (!r)
		r = desktop_str(v, "first_name", &first, err);
	if (!r)
		r = desktop_str(v, "last_name", &last, err);
	if (!r)
		r = desktop_str(v, "phone_number", &phone, err);
	/* Numbers in the address book that are nobody's on Telegram have no id. */
	if (r || !id)
		return r;
	r = desktop_user(d, id, first, &u, err);
	if (r)
		return r;
	if (!u->tl->last_name.len)
		u->tl->last_name = sim_keep(d->w, last);
	if (phone.len && !u->phone.len && !sim_user_by_phone(d->w, phone) &&
		sim_phone_set(d->w, u, phone, NULL))
		return desktop_no_memory(err);
	r = desktop_owner(d, err);
	if (!r && sim_contact_add(d->owner, id))
		r = desktop_no_memory(err);
	return r;
}

static int read_contacts(struct desktop *d, struct json_value v, struct tobs_err *err)
{
	size_t i = 0;

	JSON_EACH (it, json_field(v, "list")) {
		int r = add_contact(d, it.value, err);

		if (r)
			return json_at_key(err, tobs_str("list"), json_at_index(err, i, r));
		i++;
	}
	return TOBS_OK;
}

static int account_member(struct desktop *d, struct json_stream *s, const struct json_item *item,
	struct tobs_err *err)
{
	bool left = tobs_view_is(item->key, "left_chats");
	bool personal = tobs_view_is(item->key, "personal_information");
	struct json_value v;
	int r = TOBS_OK;

	if (left || tobs_view_is(item->key, "chats")) {
		r = read_chats(d, s, left, err);
	} else if (personal || tobs_view_is(item->key, "contacts")) {
		r = json_stream_take(s, &v, err);
		if (!r)
			r = personal ? read_personal(d, v, err) : read_contacts(d, v, err);
	} else {
		return chat_member(d, s, item, err);
	}
	return r ? at_key(s,
			   left               ? tobs_str("left_chats")
				   : personal ? tobs_str("personal_information")
				   : tobs_view_is(item->key, "contacts") ? tobs_str("contacts")
									 : tobs_str("chats"),
			   at_byte(item, r, err), err)
		 : r;
}

static int read_document(
	struct desktop *d, struct json_stream *s, struct json_item *item, struct tobs_err *err)
{
	bool whole = false;
	int r = TOBS_OK;

	while (!r && item->type) {
		/* The key of an item is gone when the next one is read. */
		whole |= tobs_view_is(item->key, "chats") ||
			tobs_view_is(item->key, "left_chats") ||
			tobs_view_is(item->key, "contacts") ||
			tobs_view_is(item->key, "personal_information");
		r = account_member(d, s, item, err);
		if (!r)
			r = json_stream_next(s, item, err);
	}
	if (r)
		return r;
	if (!whole && !d->chat.peer)
		return json_fail(err, TOBS_EMALFORMED, "there are no messages in it");
	if (!whole)
		r = desktop_chat_end(d, err);
	return r ? r : desktop_owner(d, err);
}

int desktop_load(struct sim_world *w, struct json_stream *s, const char *folder,
	struct json_item *first, struct tobs_err *err)
{
	struct desktop d = { .w = w, .folder = folder };
	int r;

	json_parser_init(&d.parser, NESTED_MAX, NESTED_DEPTH);
	r = read_document(&d, s, first, err);
	if (!r && d.not_known)
		log_info("sim", "%llu actions and entities are not known and became plain ones",
			(unsigned long long)d.not_known);
	forget_chat(&d);
	smap_deinit(&d.names);
	smap_deinit(&d.files);
	json_doc_deinit(&d.doc);
	json_parser_deinit(&d.parser);
	return r;
}
