/* SPDX-License-Identifier: MIT */
/* Entities and keyboards of messages. */
#include "base/attr.h"
#include "sim/bot_show.h"
#include "sim/text.h"

static enum tobs_message_entity_type type_of(const union tl_MessageEntity *e)
{
	switch (e->ctor) {
	case TL_messageEntityMention: return TOBS_MESSAGE_ENTITY_TYPE_MENTION;
	case TL_messageEntityHashtag: return TOBS_MESSAGE_ENTITY_TYPE_HASHTAG;
	case TL_messageEntityCashtag: return TOBS_MESSAGE_ENTITY_TYPE_CASHTAG;
	case TL_messageEntityBotCommand: return TOBS_MESSAGE_ENTITY_TYPE_BOT_COMMAND;
	case TL_messageEntityUrl: return TOBS_MESSAGE_ENTITY_TYPE_URL;
	case TL_messageEntityEmail: return TOBS_MESSAGE_ENTITY_TYPE_EMAIL;
	case TL_messageEntityPhone: return TOBS_MESSAGE_ENTITY_TYPE_PHONE_NUMBER;
	case TL_messageEntityBold: return TOBS_MESSAGE_ENTITY_TYPE_BOLD;
	case TL_messageEntityItalic: return TOBS_MESSAGE_ENTITY_TYPE_ITALIC;
	case TL_messageEntityUnderline: return TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE;
	case TL_messageEntityStrike: return TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH;
	case TL_messageEntitySpoiler: return TOBS_MESSAGE_ENTITY_TYPE_SPOILER;
	case TL_messageEntityBlockquote:
		return e->messageEntityBlockquote.collapsed
			? TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE
			: TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE;
	case TL_messageEntityCode: return TOBS_MESSAGE_ENTITY_TYPE_CODE;
	case TL_messageEntityPre: return TOBS_MESSAGE_ENTITY_TYPE_PRE;
	case TL_messageEntityTextUrl: return TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK;
	case TL_messageEntityMentionName: return TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION;
	case TL_messageEntityCustomEmoji: return TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI;
	default: return TOBS_MESSAGE_ENTITY_TYPE_NONE;
	}
}

int show_entities(const struct bot_show *s, const struct tl_vec_MessageEntity *list,
	struct tobs_message_entity_array *ret)
{
	struct tobs_message_entity *items;
	size_t n = 0;

	if (!list->count)
		return TOBS_OK;
	items = TOBS_ARENA_ARRAY(s->arena, list->count, struct tobs_message_entity);
	if (!items)
		return TOBS_ENOMEM;
	for (uint32_t i = 0; i < list->count; i++) {
		const union tl_MessageEntity *e = list->items[i];
		struct tobs_message_entity *out = &items[n];
		struct sim_span span = sim_entity_span(e);

		out->type = type_of(e);
		if (!out->type)
			continue;
		out->offset = span.offset;
		out->length = span.length;
		if (e->ctor == TL_messageEntityPre)
			out->language = show_opt(s, e->messageEntityPre.language);
		else if (e->ctor == TL_messageEntityTextUrl)
			out->url = show_text(s, e->messageEntityTextUrl.url);
		else if (e->ctor == TL_messageEntityMentionName)
			out->user = show_user(s, e->messageEntityMentionName.user_id);
		else if (e->ctor == TL_messageEntityCustomEmoji)
			out->custom_emoji_id = show_number(
				s, e->messageEntityCustomEmoji.document_id);
		n++;
	}
	if (n)
		*ret = (struct tobs_message_entity_array){ items, n };
	return TOBS_OK;
}

/* ---- keyboards ---- */

static void show_style(const struct bot_show *s, const struct tl_keyboardButtonStyle *style,
	struct tobs_inline_keyboard_button *out)
{
	if (!style)
		return;
	out->style = style->bg_danger ? TOBS_KEYBOARD_BUTTON_STYLE_DANGER
		: style->bg_success   ? TOBS_KEYBOARD_BUTTON_STYLE_SUCCESS
		: style->bg_primary   ? TOBS_KEYBOARD_BUTTON_STYLE_PRIMARY
				      : TOBS_KEYBOARD_BUTTON_STYLE_NONE;
	if (style->has_icon)
		out->icon_custom_emoji_id = show_number(s, style->icon);
}

static void show_switch(const struct bot_show *s, const struct tl_keyboardButtonSwitchInline *b,
	struct tobs_inline_keyboard_button *out)
{
	struct tobs_switch_inline_query_chosen_chat *chosen;

	if (b->same_peer) {
		out->switch_inline_query_current_chat = show_text(s, b->query);
		return;
	}
	if (!b->has_peer_types) {
		out->switch_inline_query = show_text(s, b->query);
		return;
	}
	chosen = TOBS_ARENA_NEW(s->arena, struct tobs_switch_inline_query_chosen_chat);
	if (!chosen)
		return;
	chosen->query = show_text(s, b->query);
	for (uint32_t i = 0; i < b->peer_types.count; i++) {
		uint32_t ctor = b->peer_types.items[i]->ctor;

		chosen->allow_user_chats |= ctor == TL_inlineQueryPeerTypePM;
		chosen->allow_bot_chats |= ctor == TL_inlineQueryPeerTypeBotPM;
		chosen->allow_group_chats |= ctor == TL_inlineQueryPeerTypeChat ||
			ctor == TL_inlineQueryPeerTypeMegagroup;
		chosen->allow_channel_chats |= ctor == TL_inlineQueryPeerTypeBroadcast;
	}
	out->switch_inline_query_chosen_chat = chosen;
}

static void show_button(const struct bot_show *s, const union tl_KeyboardButton *b,
	struct tobs_inline_keyboard_button *out)
{
	struct tobs_web_app_info *app;
	struct tobs_login_url *login;
	struct tobs_copy_text_button *copy;

	/* Style and text stand at the same place in all but those with flags in front of more. */
	out->text = "";
	show_style(s, b->keyboardButton.style, out);
	switch (b->ctor) {
	case TL_keyboardButtonCallback:
		out->text = show_text(s, b->keyboardButtonCallback.text);
		out->callback_data = show_text(s, b->keyboardButtonCallback.data);
		break;
	case TL_keyboardButtonUrl:
		out->text = show_text(s, b->keyboardButtonUrl.text);
		out->url = show_text(s, b->keyboardButtonUrl.url);
		break;
	case TL_keyboardButtonUrlAuth:
		out->text = show_text(s, b->keyboardButtonUrlAuth.text);
		login = TOBS_ARENA_NEW(s->arena, struct tobs_login_url);
		if (login)
			login->url = show_text(s, b->keyboardButtonUrlAuth.url);
		out->login_url = login;
		break;
	case TL_keyboardButtonWebView:
		out->text = show_text(s, b->keyboardButtonWebView.text);
		app = TOBS_ARENA_NEW(s->arena, struct tobs_web_app_info);
		if (app)
			app->url = show_text(s, b->keyboardButtonWebView.url);
		out->web_app = app;
		break;
	case TL_keyboardButtonSwitchInline:
		out->text = show_text(s, b->keyboardButtonSwitchInline.text);
		show_switch(s, &b->keyboardButtonSwitchInline, out);
		break;
	case TL_keyboardButtonCopy:
		out->text = show_text(s, b->keyboardButtonCopy.text);
		copy = TOBS_ARENA_NEW(s->arena, struct tobs_copy_text_button);
		if (copy)
			copy->text = show_text(s, b->keyboardButtonCopy.copy_text);
		out->copy_text = copy;
		break;
	case TL_keyboardButtonBuy:
		out->text = show_text(s, b->keyboardButtonBuy.text);
		out->pay = true;
		break;
	case TL_keyboardButtonGame:
		out->text = show_text(s, b->keyboardButtonGame.text);
		out->callback_game = TOBS_ARENA_NEW(s->arena, struct tobs_callback_game);
		break;
	case TL_keyboardButtonUserProfile:
		out->text = show_text(s, b->keyboardButtonUserProfile.text);
		out->url = tobs_arena_printf(s->arena, "tg://user?id=%lld",
			(long long)b->keyboardButtonUserProfile.user_id);
		break;
	default: break;
	}
}

const struct tobs_inline_keyboard_markup *show_markup(
	const struct bot_show *s, const union tl_ReplyMarkup *m)
{
	struct tobs_inline_keyboard_markup *out;
	struct tobs_inline_keyboard_button_array *rows;
	const struct tl_vec_KeyboardButtonRow *from = &m->replyInlineMarkup.rows;

	if (m->ctor != TL_replyInlineMarkup)
		return NULL;
	out = TOBS_ARENA_NEW(s->arena, struct tobs_inline_keyboard_markup);
	rows = TOBS_ARENA_ARRAY(
		s->arena, from->count + 1, struct tobs_inline_keyboard_button_array);
	if (!out || !rows)
		return NULL;
	for (uint32_t i = 0; i < from->count; i++) {
		const struct tl_vec_KeyboardButton *row = &from->items[i]->buttons;
		struct tobs_inline_keyboard_button *items = TOBS_ARENA_ARRAY(
			s->arena, row->count + 1, struct tobs_inline_keyboard_button);

		if (!items)
			return NULL;
		for (uint32_t n = 0; n < row->count; n++)
			show_button(s, row->items[n], &items[n]);
		rows[i] = (struct tobs_inline_keyboard_button_array){ items, row->count };
	}
	out->inline_keyboard = (struct tobs_inline_keyboard_button_array_array){ rows,
		from->count };
	return out;
}
