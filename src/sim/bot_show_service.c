/* SPDX-License-Identifier: MIT */
/* Service messages: who came, who left, what was pinned, paid, renamed. */
#include "base/attr.h"
#include "sim/bot_file.h"
#include "sim/inner.h"

static int show_users(
	const struct bot_show *s, const int64_t *ids, size_t count, struct tobs_user_array *ret)
{
	struct tobs_user *items = TOBS_ARENA_ARRAY(s->arena, count + 1, struct tobs_user);

	for (size_t i = 0; items && i < count; i++) {
		const struct tobs_user *u = show_user(s, ids[i]);

		if (!u)
			return TOBS_ENOMEM;
		items[i] = *u;
	}
	if (!items)
		return TOBS_ENOMEM;
	*ret = (struct tobs_user_array){ items, count };
	return TOBS_OK;
}

static int show_pinned(const struct bot_show *s, struct sim_history *h,
	const struct tl_messageService *m, struct tobs_message *ret)
{
	const union tl_Message *pinned;
	int32_t id;

	if (!m->reply_to || m->reply_to->ctor != TL_messageReplyHeader)
		return TOBS_OK;
	id = m->reply_to->messageReplyHeader.reply_to_msg_id;
	pinned = sim_history_get(h, id, s->arena);
	ret->reply_to_message = NULL;
	ret->pinned_message = pinned ? show_message(s, h, pinned, false)
				     : show_inaccessible(s, h, id);
	return ret->pinned_message ? TOBS_OK : TOBS_ENOMEM;
}

const struct tobs_shipping_address *show_address(
	const struct bot_show *s, const struct tl_postAddress *a)
{
	struct tobs_shipping_address *out = TOBS_ARENA_NEW(s->arena, struct tobs_shipping_address);

	if (out)
		*out = (struct tobs_shipping_address){ show_text(s, a->country_iso2),
			show_text(s, a->state), show_text(s, a->city),
			show_text(s, a->street_line1), show_text(s, a->street_line2),
			show_text(s, a->post_code) };
	return out;
}

const struct tobs_order_info *show_order(
	const struct bot_show *s, const struct tl_paymentRequestedInfo *i)
{
	struct tobs_order_info *out = i ? TOBS_ARENA_NEW(s->arena, struct tobs_order_info) : NULL;

	if (!out)
		return NULL;
	out->name = show_opt(s, i->name);
	out->phone_number = show_opt(s, i->phone);
	out->email = show_opt(s, i->email);
	if (i->shipping_address)
		out->shipping_address = show_address(s, i->shipping_address);
	return out;
}

static const struct tobs_successful_payment *show_payment(
	const struct bot_show *s, const struct tl_messageActionPaymentSentMe *p)
{
	struct tobs_successful_payment *out = TOBS_ARENA_NEW(
		s->arena, struct tobs_successful_payment);

	if (!out)
		return NULL;
	out->currency = show_text(s, p->currency);
	out->total_amount = p->total_amount;
	out->invoice_payload = show_text(s, p->payload);
	out->shipping_option_id = show_opt(s, p->shipping_option_id);
	out->order_info = show_order(s, p->info);
	out->telegram_payment_charge_id = p->charge ? show_text(s, p->charge->id) : "";
	out->provider_payment_charge_id = p->charge ? show_text(s, p->charge->provider_charge_id)
						    : "";
	return out;
}

static const struct tobs_forum_topic_created *show_topic(
	const struct bot_show *s, const struct tl_messageActionTopicCreate *t)
{
	struct tobs_forum_topic_created *out = TOBS_ARENA_NEW(
		s->arena, struct tobs_forum_topic_created);

	if (!out)
		return NULL;
	out->name = show_text(s, t->title);
	out->icon_color = t->icon_color;
	if (t->icon_emoji_id)
		out->icon_custom_emoji_id = show_number(s, t->icon_emoji_id);
	return out;
}

static int show_topic_edit(const struct bot_show *s, const struct tl_messageActionTopicEdit *t,
	struct tobs_message *ret)
{
	struct tobs_forum_topic_edited *out;

	if (t->has_closed && t->closed)
		ret->forum_topic_closed = TOBS_ARENA_NEW(s->arena, struct tobs_forum_topic_closed);
	else if (t->has_closed)
		ret->forum_topic_reopened = TOBS_ARENA_NEW(
			s->arena, struct tobs_forum_topic_reopened);
	else if (t->has_hidden && t->hidden)
		ret->general_forum_topic_hidden = TOBS_ARENA_NEW(
			s->arena, struct tobs_general_forum_topic_hidden);
	else if (t->has_hidden)
		ret->general_forum_topic_unhidden = TOBS_ARENA_NEW(
			s->arena, struct tobs_general_forum_topic_unhidden);
	else {
		out = TOBS_ARENA_NEW(s->arena, struct tobs_forum_topic_edited);
		if (!out)
			return TOBS_ENOMEM;
		out->name = show_opt(s, t->title);
		if (t->has_icon_emoji_id)
			out->icon_custom_emoji_id = show_number(s, t->icon_emoji_id);
		ret->forum_topic_edited = out;
	}
	return TOBS_OK;
}

static const struct tobs_message_auto_delete_timer_changed *show_timer(
	const struct bot_show *s, int32_t period)
{
	struct tobs_message_auto_delete_timer_changed *out = TOBS_ARENA_NEW(
		s->arena, struct tobs_message_auto_delete_timer_changed);

	if (out)
		out->message_auto_delete_time = period;
	return out;
}

static const struct tobs_web_app_data *show_app_data(
	const struct bot_show *s, const struct tl_messageActionWebViewDataSentMe *d)
{
	struct tobs_web_app_data *out = TOBS_ARENA_NEW(s->arena, struct tobs_web_app_data);

	if (out)
		*out = (struct tobs_web_app_data){ show_text(s, d->data), show_text(s, d->text) };
	return out;
}

/* What happens to a chat as a whole. */
static int show_chat_action(
	const struct bot_show *s, const union tl_MessageAction *a, struct tobs_message *ret)
{
	switch (a->ctor) {
	case TL_messageActionChatCreate: ret->group_chat_created = true; break;
	case TL_messageActionChannelCreate:
		*(ret->chat->type == TOBS_CHAT_TYPE_CHANNEL ? &ret->channel_chat_created
							    : &ret->supergroup_chat_created) = true;
		break;
	case TL_messageActionChatEditTitle:
		ret->new_chat_title = show_text(s, a->messageActionChatEditTitle.title);
		break;
	case TL_messageActionChatEditPhoto:
		return show_photo(s, a->messageActionChatEditPhoto.photo, &ret->new_chat_photo);
	case TL_messageActionChatDeletePhoto: ret->delete_chat_photo = true; break;
	case TL_messageActionChatMigrateTo:
		ret->migrate_to_chat_id = sim_channel_peer(
			a->messageActionChatMigrateTo.channel_id);
		break;
	case TL_messageActionChannelMigrateFrom:
		ret->migrate_from_chat_id = sim_group_peer(
			a->messageActionChannelMigrateFrom.chat_id);
		break;
	case TL_messageActionTopicCreate:
		ret->forum_topic_created = show_topic(s, &a->messageActionTopicCreate);
		break;
	case TL_messageActionTopicEdit: return show_topic_edit(s, &a->messageActionTopicEdit, ret);
	case TL_messageActionSetMessagesTTL:
		ret->message_auto_delete_timer_changed = show_timer(
			s, a->messageActionSetMessagesTTL.period);
		break;
	default: break;
	}
	return TOBS_OK;
}

int show_action(const struct bot_show *s, struct sim_history *h, const struct tl_messageService *m,
	struct tobs_message *ret)
{
	const union tl_MessageAction *a = m->action;
	int64_t from = sim_peer_of(m->from_id);

	switch (a->ctor) {
	case TL_messageActionChatAddUser:
		return show_users(s, a->messageActionChatAddUser.users.items,
			a->messageActionChatAddUser.users.count, &ret->new_chat_members);
	case TL_messageActionChatJoinedByLink:
	case TL_messageActionChatJoinedByRequest:
		return show_users(s, &from, 1, &ret->new_chat_members);
	case TL_messageActionChatDeleteUser:
		ret->left_chat_member = show_user(s, a->messageActionChatDeleteUser.user_id);
		break;
	case TL_messageActionPinMessage: return show_pinned(s, h, m, ret);
	case TL_messageActionPaymentSentMe:
		ret->successful_payment = show_payment(s, &a->messageActionPaymentSentMe);
		break;
	case TL_messageActionWebViewDataSentMe:
		ret->web_app_data = show_app_data(s, &a->messageActionWebViewDataSentMe);
		break;
	case TL_messageActionBotAllowed:
		ret->write_access_allowed = TOBS_ARENA_NEW(
			s->arena, struct tobs_write_access_allowed);
		break;
	default: return show_chat_action(s, a, ret);
	}
	return TOBS_OK;
}
