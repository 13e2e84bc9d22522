/* SPDX-License-Identifier: MIT */
/*
 * Buttons below messages: rows of
 *
 *     {"type": "callback", "text": "Yes", "dataBase64": "eWVz", "data": ""}
 */
#include "base/attr.h"
#include "base/hex.h"
#include "sim/desktop.h"

enum { DATA_MAX = 1 << 16 };

struct button {
	struct tobs_view text, data, forward_text;
	int32_t id;
};

static const void *make_plain(struct tobs_arena *arena, uint32_t ctor, const struct button *b)
{
	/* Those without anything but a text have it at the same place. */
	struct tl_keyboardButton *k = SIM_NEW(arena, keyboardButton);

	if (k) {
		k->ctor = ctor;
		k->text = b->text;
	}
	return k;
}

static const void *make_url(struct tobs_arena *arena, uint32_t ctor, const struct button *b)
{
	/* keyboardButtonUrl, WebView, SimpleWebView and Copy: a text and a string. */
	struct tl_keyboardButtonUrl *k = SIM_NEW(arena, keyboardButtonUrl);

	if (k) {
		k->ctor = ctor;
		k->text = b->text;
		k->url = b->data;
	}
	return k;
}

static const void *make_callback(struct tobs_arena *arena, const struct button *b, bool password)
{
	struct tl_keyboardButtonCallback *k = SIM_NEW(arena, keyboardButtonCallback);

	if (k) {
		k->text = b->text;
		k->data = b->data;
		k->requires_password = password;
	}
	return k;
}

static const void *make_switch(struct tobs_arena *arena, const struct button *b, bool same)
{
	struct tl_keyboardButtonSwitchInline *k = SIM_NEW(arena, keyboardButtonSwitchInline);

	if (k) {
		k->text = b->text;
		k->query = b->data;
		k->same_peer = same;
	}
	return k;
}

static const void *make_auth(struct tobs_arena *arena, const struct button *b)
{
	struct tl_keyboardButtonUrlAuth *k = SIM_NEW(arena, keyboardButtonUrlAuth);

	if (k) {
		k->text = b->text;
		k->url = b->data;
		k->fwd_text = b->forward_text;
		k->button_id = b->id;
	}
	return k;
}

static const void *make_profile(struct tobs_arena *arena, const struct button *b)
{
	struct tl_keyboardButtonUserProfile *k = SIM_NEW(arena, keyboardButtonUserProfile);

	if (k) {
		k->text = b->text;
		(void)tobs_view_int(b->data, 0, INT64_MAX, &k->user_id);
	}
	return k;
}

static const void *make_peer(struct tobs_arena *arena, const struct button *b)
{
	struct tl_keyboardButtonRequestPeer *k = SIM_NEW(arena, keyboardButtonRequestPeer);
	struct tl_requestPeerTypeUser *any = SIM_NEW(arena, requestPeerTypeUser);

	if (!k || !any)
		return NULL;
	k->text = b->text;
	k->button_id = b->id;
	k->peer_type = (const void *)any;
	k->max_quantity = 1;
	return k;
}

/* The names are those of Desktop's own types of buttons. */
static const void *make_button(
	struct tobs_arena *arena, struct tobs_view type, const struct button *b)
{
	static const struct {
		const char *type;
		uint32_t ctor;
		bool url;
	} simple[] = {
		{ "default", TL_keyboardButton, false },
		{ "request_phone", TL_keyboardButtonRequestPhone, false },
		{ "request_location", TL_keyboardButtonRequestGeoLocation, false },
		{ "game", TL_keyboardButtonGame, false },
		{ "buy", TL_keyboardButtonBuy, false },
		{ "url", TL_keyboardButtonUrl, true },
		{ "web_view", TL_keyboardButtonWebView, true },
		{ "simple_web_view", TL_keyboardButtonSimpleWebView, true },
		{ "copy_text", TL_keyboardButtonCopy, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(simple); i++)
		if (tobs_view_is(type, simple[i].type))
			return simple[i].url ? make_url(arena, simple[i].ctor, b)
					     : make_plain(arena, simple[i].ctor, b);
	if (tobs_view_is(type, "callback"))
		return make_callback(arena, b, false);
	if (tobs_view_is(type, "callback_with_password"))
		return make_callback(arena, b, true);
	if (tobs_view_is(type, "switch_inline"))
		return make_switch(arena, b, false);
	if (tobs_view_is(type, "switch_inline_same"))
		return make_switch(arena, b, true);
	if (tobs_view_is(type, "auth"))
		return make_auth(arena, b);
	if (tobs_view_is(type, "user_profile"))
		return make_profile(arena, b);
	if (tobs_view_is(type, "request_peer"))
		return make_peer(arena, b);
	return make_plain(arena, TL_keyboardButton, b);
}

static int read_data(struct desktop *d, struct json_value v, struct button *b, struct tobs_err *err)
{
	struct tobs_view text = { 0 };
	struct tobs_buf bytes;
	int r = desktop_str(v, "data", &text, err);

	if (r)
		return r;
	b->data = sim_keep(d->w, text);
	text = (struct tobs_view){ 0 };
	r = desktop_str(v, "dataBase64", &text, err);
	if (r || !text.len)
		return r;
	tobs_buf_init(&bytes, DATA_MAX);
	r = base64_decode(&bytes, text, BASE64_URL);
	if (r)
		r = json_at_key(err, tobs_str("dataBase64"),
			json_fail(err, TOBS_EMALFORMED, "is not base64"));
	else
		b->data = sim_keep(d->w, tobs_buf_view(&bytes));
	tobs_buf_deinit(&bytes);
	return r;
}

static int read_button(struct desktop *d, struct json_value v, const union tl_KeyboardButton **ret,
	struct tobs_err *err)
{
	struct tobs_view type = { 0 }, text = { 0 }, forward = { 0 };
	struct button b = { 0 };
	int r = desktop_str(v, "type", &type, err);

	if (!r)
		r = desktop_str(v, "text", &text, err);
	if (!r)
		r = desktop_str(v, "forward_text", &forward, err);
	if (!r)
		r = desktop_int32(v, "button_id", &b.id, err);
	if (!r)
		r = read_data(d, v, &b, err);
	if (r)
		return r;
	b.text = sim_keep(d->w, text);
	b.forward_text = sim_keep(d->w, forward);
	*ret = make_button(&d->w->arena, type, &b);
	return *ret ? TOBS_OK : desktop_no_memory(err);
}

static int read_row(struct desktop *d, struct json_value v, const struct tl_keyboardButtonRow **ret,
	struct tobs_err *err)
{
	struct tl_keyboardButtonRow *row = SIM_NEW(&d->w->arena, keyboardButtonRow);
	const union tl_KeyboardButton **items = TOBS_ARENA_ARRAY(
		&d->w->arena, json_count(v) + 1, const union tl_KeyboardButton *);
	uint32_t n = 0;

	if (!row || !items)
		return desktop_no_memory(err);
	JSON_EACH (it, v) {
		int r = read_button(d, it.value, &items[n], err);

		if (r)
			return json_at_index(err, n, r);
		n++;
	}
	row->buttons = (struct tl_vec_KeyboardButton){ n, items };
	*ret = row;
	return TOBS_OK;
}

int desktop_buttons(struct desktop *d, struct json_value v, const union tl_ReplyMarkup **ret,
	struct tobs_err *err)
{
	struct tl_replyInlineMarkup *markup = SIM_NEW(&d->w->arena, replyInlineMarkup);
	const struct tl_keyboardButtonRow **rows = TOBS_ARENA_ARRAY(
		&d->w->arena, json_count(v) + 1, const struct tl_keyboardButtonRow *);
	uint32_t n = 0;

	if (!markup || !rows)
		return desktop_no_memory(err);
	JSON_EACH (it, v) {
		int r = read_row(d, it.value, &rows[n], err);

		if (r)
			return json_at_index(err, n, r);
		n++;
	}
	markup->rows = (struct tl_vec_KeyboardButtonRow){ n, rows };
	*ret = (const void *)markup;
	return TOBS_OK;
}
