/* SPDX-License-Identifier: MIT */
#include "bot/facts.h"

#include "base/map.h"

static void of_message(const struct tobs_message *m, struct facts *f)
{
	f->message = m;
	f->chat = m->chat;
	f->user = m->from;
	f->text = m->text ? m->text : m->caption;
	f->fresh = true;
}

static void of_edited(const struct tobs_message *m, struct facts *f)
{
	of_message(m, f);
	f->fresh = false;
}

static void of_callback(const struct tobs_callback_query *q, struct facts *f)
{
	f->user = q->from;
	f->text = q->data;
	f->message = q->message;
	if (q->message)
		f->chat = q->message->chat;
}

static void of_member(const struct tobs_chat_member_updated *m, struct facts *f)
{
	f->chat = m->chat;
	f->user = m->from;
}

/* Those about a chat that nobody in particular has caused, or somebody. */
static void of_chat(const struct tobs_update *u, struct facts *f)
{
	switch (u->kind) {
	case TOBS_UPDATE_MESSAGE_REACTION:
		f->chat = u->message_reaction->chat;
		f->user = u->message_reaction->user;
		break;
	case TOBS_UPDATE_MESSAGE_REACTION_COUNT: f->chat = u->message_reaction_count->chat; break;
	case TOBS_UPDATE_DELETED_BUSINESS_MESSAGES:
		f->chat = u->deleted_business_messages->chat;
		break;
	case TOBS_UPDATE_CHAT_JOIN_REQUEST:
		f->chat = u->chat_join_request->chat;
		f->user = u->chat_join_request->from;
		break;
	case TOBS_UPDATE_CHAT_BOOST: f->chat = u->chat_boost->chat; break;
	case TOBS_UPDATE_REMOVED_CHAT_BOOST: f->chat = u->removed_chat_boost->chat; break;
	case TOBS_UPDATE_STOPPED_MESSAGE_GENERATION:
		f->chat = u->stopped_message_generation->chat;
		break;
	case TOBS_UPDATE_POLL_ANSWER:
		f->chat = u->poll_answer->voter_chat;
		f->user = u->poll_answer->user;
		break;
	default: break;
	}
}

/* Those from a user, wherever that was. */
static void of_user(const struct tobs_update *u, struct facts *f)
{
	switch (u->kind) {
	case TOBS_UPDATE_BUSINESS_CONNECTION: f->user = u->business_connection->user; break;
	case TOBS_UPDATE_INLINE_QUERY:
		f->user = u->inline_query->from;
		f->text = u->inline_query->query;
		break;
	case TOBS_UPDATE_CHOSEN_INLINE_RESULT:
		f->user = u->chosen_inline_result->from;
		f->text = u->chosen_inline_result->query;
		break;
	case TOBS_UPDATE_SHIPPING_QUERY: f->user = u->shipping_query->from; break;
	case TOBS_UPDATE_PRE_CHECKOUT_QUERY: f->user = u->pre_checkout_query->from; break;
	case TOBS_UPDATE_PURCHASED_PAID_MEDIA: f->user = u->purchased_paid_media->from; break;
	case TOBS_UPDATE_MANAGED_BOT: f->user = u->managed_bot->user; break;
	case TOBS_UPDATE_SUBSCRIPTION: f->user = u->subscription->user; break;
	default: of_chat(u, f); break;
	}
}

void facts_of(const struct tobs_update *u, struct facts *f)
{
	*f = (struct facts){ NULL };
	switch (u->kind) {
	case TOBS_UPDATE_MESSAGE: of_message(u->message, f); break;
	case TOBS_UPDATE_EDITED_MESSAGE: of_edited(u->edited_message, f); break;
	case TOBS_UPDATE_CHANNEL_POST: of_message(u->channel_post, f); break;
	case TOBS_UPDATE_EDITED_CHANNEL_POST: of_edited(u->edited_channel_post, f); break;
	case TOBS_UPDATE_BUSINESS_MESSAGE: of_message(u->business_message, f); break;
	case TOBS_UPDATE_EDITED_BUSINESS_MESSAGE: of_edited(u->edited_business_message, f); break;
	case TOBS_UPDATE_GUEST_MESSAGE: of_message(u->guest_message, f); break;
	case TOBS_UPDATE_CALLBACK_QUERY: of_callback(u->callback_query, f); break;
	case TOBS_UPDATE_MY_CHAT_MEMBER: of_member(u->my_chat_member, f); break;
	case TOBS_UPDATE_CHAT_MEMBER: of_member(u->chat_member, f); break;
	default: of_user(u, f); break;
	}
}

int64_t facts_key(const struct tobs_update *u, const struct facts *f)
{
	int64_t key = f->chat ? f->chat->id : f->user ? f->user->id : 0;

	if (!key && u->kind == TOBS_UPDATE_POLL)
		key = (int64_t)(hash_bytes(u->poll->id, strlen(u->poll->id)) | 1);
	return key;
}
