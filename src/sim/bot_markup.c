/* SPDX-License-Identifier: MIT */
/* Keyboards of bots as TL (S: Client.cpp, get_reply_markup). */
#include "base/attr.h"
#include "sim/bot_send.h"

enum { ROWS_MAX = 100, ROW_BUTTONS_MAX = 100, DATA_MAX = 64 };

static const struct tl_keyboardButtonStyle *style_of(
	struct bot_call *c, enum tobs_keyboard_button_style style, const char *icon)
{
	struct tl_keyboardButtonStyle *out;
	int64_t id = 0;

	if (icon && tobs_view_int(tobs_str(icon), INT64_MIN, INT64_MAX, &id))
		id = 0;
	if (!style && !id)
		return NULL;
	out = SIM_NEW(&c->arena, keyboardButtonStyle);
	if (!out)
		return NULL;
	out->bg_primary = style == TOBS_KEYBOARD_BUTTON_STYLE_PRIMARY;
	out->bg_danger = style == TOBS_KEYBOARD_BUTTON_STYLE_DANGER;
	out->bg_success = style == TOBS_KEYBOARD_BUTTON_STYLE_SUCCESS;
	out->has_icon = id != 0;
	out->icon = id;
	return out;
}

/* tg://user?id=… in a button leads to a person. */
static void *user_button(struct bot_call *c, int64_t user)
{
	struct tl_keyboardButtonUserProfile *b = SIM_NEW(&c->arena, keyboardButtonUserProfile);

	if (b)
		b->user_id = user;
	return b;
}

static int url_button(struct bot_call *c, const char *url, void **ret)
{
	static const char user[] = "tg://user?id=";
	struct tobs_view v = tobs_view_trim(tobs_str(url));
	struct tl_keyboardButtonUrl *b;
	int64_t id;

	if (tobs_view_starts(v, user) &&
		!tobs_view_int(tobs_view_sub(v, strlen(user), SIZE_MAX), 1, INT64_MAX, &id)) {
		*ret = user_button(c, id);
		return TOBS_OK;
	}
	if (tobs_view_find(v, 0, tobs_str(".")) == SIZE_MAX && !tobs_view_starts(v, "tg://") &&
		!tobs_view_starts(v, "ton://") && tobs_view_find(v, 0, tobs_str("://")) == SIZE_MAX)
		return bot_fail(
			c, 400, "inline keyboard button URL '%s' is invalid: Wrong HTTP URL", url);
	b = SIM_NEW(&c->arena, keyboardButtonUrl);
	if (b)
		b->url = tobs_view_find(v, 0, tobs_str("://")) != SIZE_MAX
			? v
			: tobs_str(tobs_arena_printf(&c->arena, "http://%.*s", TOBS_VIEW_FMT(v)));
	*ret = b;
	return TOBS_OK;
}

static void *switch_button(struct bot_call *c, const struct tobs_inline_keyboard_button *b)
{
	const struct tobs_switch_inline_query_chosen_chat *chosen =
		b->switch_inline_query_chosen_chat;
	struct tl_keyboardButtonSwitchInline *out = SIM_NEW(&c->arena, keyboardButtonSwitchInline);
	const union tl_InlineQueryPeerType **types = tobs_arena_array(&c->arena, 5, sizeof *types);
	uint32_t n = 0;

	if (!out || !types)
		return NULL;
	if (!chosen) {
		out->same_peer = b->switch_inline_query_current_chat != NULL;
		out->query = tobs_str(b->switch_inline_query_current_chat
				? b->switch_inline_query_current_chat
				: b->switch_inline_query);
		return out;
	}
	out->query = tobs_str(chosen->query);
	if (chosen->allow_user_chats)
		types[n++] = TL0(inlineQueryPeerTypePM);
	if (chosen->allow_bot_chats)
		types[n++] = TL0(inlineQueryPeerTypeBotPM);
	if (chosen->allow_group_chats) {
		types[n++] = TL0(inlineQueryPeerTypeChat);
		types[n++] = TL0(inlineQueryPeerTypeMegagroup);
	}
	if (chosen->allow_channel_chats)
		types[n++] = TL0(inlineQueryPeerTypeBroadcast);
	for (uint32_t i = 0; i < n; i++)
		types[i] = tobs_arena_dup(
			&c->arena, types[i], sizeof(struct tl_inlineQueryPeerTypePM));
	out->has_peer_types = 1;
	out->peer_types = (struct tl_vec_InlineQueryPeerType){ n, types };
	return out;
}

static void *plain_button(struct bot_call *c, const struct tobs_inline_keyboard_button *b)
{
	struct tl_keyboardButtonWebView *app;
	struct tl_keyboardButtonUrlAuth *login;
	struct tl_keyboardButtonCopy *copy;
	struct tl_keyboardButtonCallback *call;

	if (b->callback_data) {
		call = SIM_NEW(&c->arena, keyboardButtonCallback);
		if (call)
			call->data = tobs_str(b->callback_data);
		return call;
	}
	if (b->web_app) {
		app = SIM_NEW(&c->arena, keyboardButtonWebView);
		if (app)
			app->url = tobs_str(b->web_app->url);
		return app;
	}
	if (b->login_url) {
		login = SIM_NEW(&c->arena, keyboardButtonUrlAuth);
		if (login)
			login->url = tobs_str(b->login_url->url);
		return login;
	}
	if (b->copy_text) {
		copy = SIM_NEW(&c->arena, keyboardButtonCopy);
		if (copy)
			copy->copy_text = tobs_str(b->copy_text->text);
		return copy;
	}
	if (b->callback_game)
		return SIM_NEW(&c->arena, keyboardButtonGame);
	if (b->pay)
		return SIM_NEW(&c->arena, keyboardButtonBuy);
	return switch_button(c, b);
}

/* Style and text stand at the same place in all of them but those that ask for a poll. */
static int inline_button(struct bot_call *c, const struct tobs_inline_keyboard_button *b,
	const union tl_KeyboardButton **ret)
{
	struct tl_keyboardButton *out = NULL;
	void *made = NULL;
	int r = TOBS_OK;

	if (!b->text[0])
		return bot_fail(c, 400,
			"can't parse inline keyboard button: Field \"text\" must be non-empty");
	if (b->callback_data && (!b->callback_data[0] || strlen(b->callback_data) > DATA_MAX))
		return bot_fail(c, 400, "BUTTON_DATA_INVALID");
	if (b->url)
		r = url_button(c, b->url, &made);
	else if (!b->callback_data && !b->web_app && !b->login_url && !b->copy_text &&
		!b->callback_game && !b->pay && !b->switch_inline_query && !b->disabled &&
		!b->switch_inline_query_current_chat && !b->switch_inline_query_chosen_chat)
		return bot_fail(c, 400,
			"can't parse inline keyboard button: Text buttons are unallowed in the inline "
			"keyboard");
	else
		made = plain_button(c, b);
	if (r)
		return r;
	out = made;
	if (!out)
		return bot_no_memory(c);
	out->style = style_of(c, b->style, b->icon_custom_emoji_id);
	out->text = tobs_str(b->text);
	*ret = made;
	return TOBS_OK;
}

int bot_inline_markup_read(struct bot_call *c, const struct tobs_inline_keyboard_markup *m,
	const union tl_ReplyMarkup **ret)
{
	struct tl_replyInlineMarkup *out = SIM_NEW(&c->arena, replyInlineMarkup);
	const struct tl_keyboardButtonRow **rows;
	uint32_t n = 0;
	int r = TOBS_OK;

	*ret = NULL;
	if (!m || !m->inline_keyboard.count)
		return TOBS_OK;
	if (m->inline_keyboard.count > ROWS_MAX)
		return bot_fail(c, 400, "reply markup is too long");
	rows = tobs_arena_array(&c->arena, m->inline_keyboard.count, sizeof *rows);
	if (!out || !rows)
		return bot_no_memory(c);
	for (size_t i = 0; i < m->inline_keyboard.count && !r; i++) {
		const struct tobs_inline_keyboard_button_array *from = &m->inline_keyboard.items[i];
		struct tl_keyboardButtonRow *row = SIM_NEW(&c->arena, keyboardButtonRow);
		const union tl_KeyboardButton **list = tobs_arena_array(
			&c->arena, from->count + 1, sizeof *list);

		if (!row || !list)
			return bot_no_memory(c);
		for (size_t k = 0; k < from->count && !r; k++)
			r = inline_button(c, &from->items[k], &list[k]);
		row->buttons = (struct tl_vec_KeyboardButton){ (uint32_t)from->count, list };
		if (from->count)
			rows[n++] = row;
	}
	out->rows = (struct tl_vec_KeyboardButtonRow){ n, rows };
	if (!r && n)
		*ret = (const void *)out;
	return r;
}

/* ---- keyboards in place of the letters ---- */

static int key(struct bot_call *c, const struct tobs_keyboard_button *b,
	const union tl_KeyboardButton **ret)
{
	struct tl_keyboardButtonRequestPoll *poll;
	struct tl_keyboardButtonSimpleWebView *app;
	struct tl_keyboardButton *out;
	void *made;

	if (b->request_poll) {
		poll = SIM_NEW(&c->arena, keyboardButtonRequestPoll);
		if (!poll)
			return bot_no_memory(c);
		poll->has_quiz = b->request_poll->type != NULL;
		poll->quiz = b->request_poll->type && strcmp(b->request_poll->type, "quiz") == 0;
		poll->style = style_of(c, b->style, b->icon_custom_emoji_id);
		poll->text = tobs_str(b->text);
		*ret = (const void *)poll;
		return TOBS_OK;
	}
	if (b->request_contact) {
		made = SIM_NEW(&c->arena, keyboardButtonRequestPhone);
	} else if (b->request_location) {
		made = SIM_NEW(&c->arena, keyboardButtonRequestGeoLocation);
	} else if (b->web_app) {
		made = app = SIM_NEW(&c->arena, keyboardButtonSimpleWebView);
		if (app)
			app->url = tobs_str(b->web_app->url);
	} else {
		made = SIM_NEW(&c->arena, keyboardButton);
	}
	out = made;
	if (!out)
		return bot_no_memory(c);
	out->style = style_of(c, b->style, b->icon_custom_emoji_id);
	out->text = tobs_str(b->text);
	*ret = made;
	return TOBS_OK;
}

static int keyboard_read(struct bot_call *c, const struct tobs_reply_keyboard_markup *m,
	const union tl_ReplyMarkup **ret)
{
	struct tl_replyKeyboardMarkup *out = SIM_NEW(&c->arena, replyKeyboardMarkup);
	size_t count = m->keyboard.count;
	const struct tl_keyboardButtonRow **rows = tobs_arena_array(
		&c->arena, count + 1, sizeof *rows);
	int r = TOBS_OK;

	if (!out || !rows)
		return bot_no_memory(c);
	for (size_t i = 0; i < count && !r; i++) {
		const struct tobs_keyboard_button_array *from = &m->keyboard.items[i];
		struct tl_keyboardButtonRow *row = SIM_NEW(&c->arena, keyboardButtonRow);
		const union tl_KeyboardButton **list = tobs_arena_array(
			&c->arena, from->count + 1, sizeof *list);

		if (!row || !list)
			return bot_no_memory(c);
		for (size_t k = 0; k < from->count && !r; k++)
			r = key(c, &from->items[k], &list[k]);
		row->buttons = (struct tl_vec_KeyboardButton){ (uint32_t)from->count, list };
		rows[i] = row;
	}
	out->rows = (struct tl_vec_KeyboardButtonRow){ (uint32_t)count, rows };
	out->resize = m->resize_keyboard;
	out->single_use = m->one_time_keyboard;
	out->selective = m->selective;
	out->persistent = m->is_persistent;
	out->placeholder = tobs_str(m->input_field_placeholder);
	*ret = (const void *)out;
	return r;
}

int bot_markup_read(
	struct bot_call *c, const struct tobs_reply_markup *m, const union tl_ReplyMarkup **ret)
{
	struct tl_replyKeyboardHide *hide;
	struct tl_replyKeyboardForceReply *force;

	*ret = NULL;
	if (m->inline_keyboard)
		return bot_inline_markup_read(c, m->inline_keyboard, ret);
	if (m->keyboard)
		return keyboard_read(c, m->keyboard, ret);
	if (m->remove_keyboard) {
		hide = SIM_NEW(&c->arena, replyKeyboardHide);
		if (hide)
			hide->selective = m->remove_keyboard->selective;
		*ret = (const void *)hide;
		return hide ? TOBS_OK : bot_no_memory(c);
	}
	if (m->force_reply) {
		force = SIM_NEW(&c->arena, replyKeyboardForceReply);
		if (force) {
			force->selective = m->force_reply->selective;
			force->placeholder = tobs_str(m->force_reply->input_field_placeholder);
		}
		*ret = (const void *)force;
		return force ? TOBS_OK : bot_no_memory(c);
	}
	return TOBS_OK;
}
