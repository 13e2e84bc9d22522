/* SPDX-License-Identifier: MIT */
/*
 * Service messages: a table of what each action is called and which of its
 * fields go where. Names and keys are those of Telegram Desktop's export where
 * it has the action (docs/archive.md lists them all).
 */
#include <stdio.h>

#include "export/from_tl_impl.h"

enum field_kind {
	END,
	STR,
	INT, /* int32, unless 0 */
	INT0,
	LONG, /* int64, unless 0; also user ids */
	LONG0,
	CHAT,    /* int64, id of a basic group */
	CHANNEL, /* int64, id of a channel */
	TRUE,    /* a bit of flags */
	BOOL,    /* a Bool */
	PEER,
	PEERS,
	LONGS,
	INTS,
	PHOTO,
	FORMATTED, /* TextWithEntities: "text" and "entities" */
	AMOUNT,
	GIFT,
	OTHER, /* a function for the whole action */
};

typedef void (*action_fn)(struct from_tl *f, const void *action);

enum { ALWAYS = 32 };

struct field {
	uint8_t kind;
	uint8_t bit; /* TRUE: of flags; others: present only with this bit, or ALWAYS */
	uint16_t offset;
	const char *key;
	action_fn fn;
};

/* Every action with flags has them right behind its constructor. */
enum { FLAGS_OFFSET = sizeof(uint32_t) };

struct action_row {
	uint32_t ctor;
	const char *name;
	const char *about; /* key of the id of the message it is about, or NULL */
	const struct field *fields;
};

/* ---- gifts ---- */

static void put_attribute(struct from_tl *f, const union tl_StarGiftAttribute *a)
{
	switch (a->ctor) {
	case TL_starGiftAttributeModel: put_str(f, "model", a->starGiftAttributeModel.name); break;
	case TL_starGiftAttributePattern:
		put_str(f, "pattern", a->starGiftAttributePattern.name);
		break;
	case TL_starGiftAttributeBackdrop:
		put_str(f, "backdrop", a->starGiftAttributeBackdrop.name);
		break;
	case TL_starGiftAttributeOriginalDetails:
		put_peer(f, "sender", a->starGiftAttributeOriginalDetails.sender_id);
		put_peer(f, "recipient", a->starGiftAttributeOriginalDetails.recipient_id);
		put_i64(f, "date", a->starGiftAttributeOriginalDetails.date);
		put_formatted(f, "text", "entities", a->starGiftAttributeOriginalDetails.message);
		break;
	default: break;
	}
}

static void put_gift(struct from_tl *f, const union tl_StarGift *gift)
{
	const struct tl_starGift *g = &gift->starGift;
	const struct tl_starGiftUnique *u = &gift->starGiftUnique;

	jsonw_key(&f->w, "gift");
	jsonw_object(&f->w);
	if (gift->ctor == TL_starGift) {
		put_number(f, "id", g->id);
		put_str(f, "title", g->title);
		put_number(f, "stars", g->stars);
		put_true(f, "limited", g->limited);
		put_i64(f, "total", g->availability_total);
		put_document(f, "sticker", g->sticker);
		put_peer(f, "released_by", g->released_by);
	} else if (gift->ctor == TL_starGiftUnique) {
		put_number(f, "id", u->id);
		put_str(f, "title", u->title);
		put_number(f, "num", u->num);
		put_str(f, "slug", u->slug);
		put_i64(f, "total", u->availability_total);
		put_peer(f, "owner", u->owner_id);
		put_str(f, "owner_name", u->owner_name);
		put_str(f, "owner_address", u->owner_address);
		put_peer(f, "released_by", u->released_by);
		for (uint32_t i = 0; i < u->attributes.count; i++)
			put_attribute(f, u->attributes.items[i]);
	}
	jsonw_end(&f->w);
}

/* ---- actions that are more than their fields ---- */

static const char *reason_name(const union tl_PhoneCallDiscardReason *reason)
{
	switch (reason->ctor) {
	case TL_phoneCallDiscardReasonBusy: return "busy";
	case TL_phoneCallDiscardReasonDisconnect: return "disconnect";
	case TL_phoneCallDiscardReasonHangup: return "hangup";
	case TL_phoneCallDiscardReasonMissed: return "missed";
	default: return "migrate_conference_call";
	}
}

static void put_call_reason(struct from_tl *f, const void *action)
{
	const union tl_PhoneCallDiscardReason *reason =
		((const struct tl_messageActionPhoneCall *)action)->reason;

	if (!reason)
		return;
	put_cstr(f, "discard_reason", reason_name(reason));
	if (reason->ctor == TL_phoneCallDiscardReasonMigrateConferenceCall)
		put_str(f, "slug", reason->phoneCallDiscardReasonMigrateConferenceCall.slug);
}

static void put_app(struct from_tl *f, const void *action)
{
	const union tl_BotApp *app = ((const struct tl_messageActionBotAllowed *)action)->app;

	if (!app || app->ctor != TL_botApp)
		return;
	put_number(f, "reason_app_id", app->botApp.id);
	put_str(f, "reason_app_name", app->botApp.title);
}

static void put_theme(struct from_tl *f, const void *action)
{
	const union tl_ChatTheme *theme =
		((const struct tl_messageActionSetChatTheme *)action)->theme;

	if (theme->ctor == TL_chatTheme)
		put_str(f, "emoticon", theme->chatTheme.emoticon);
	else if (theme->ctor == TL_chatThemeUniqueGift)
		put_gift(f, theme->chatThemeUniqueGift.gift);
}

static void put_wallpaper(struct from_tl *f, const void *action)
{
	const union tl_WallPaper *paper =
		((const struct tl_messageActionSetChatWallPaper *)action)->wallpaper;
	const struct tl_wallPaperSettings *settings;

	if (paper->ctor == TL_wallPaper) {
		settings = paper->wallPaper.settings;
		put_document(f, "document", paper->wallPaper.document);
	} else {
		settings = paper->wallPaperNoFile.settings;
	}
	if (settings)
		put_str(f, "emoticon", settings->emoticon);
}

static void put_birthday(struct from_tl *f, const void *action)
{
	const struct tl_birthday *b =
		((const struct tl_messageActionSuggestBirthday *)action)->birthday;

	put_number(f, "day", b->day);
	put_number(f, "month", b->month);
	put_i64(f, "year", b->year);
}

static void put_appended(struct from_tl *f, const void *action)
{
	const struct tl_messageActionTodoAppendTasks *a = action;

	jsonw_key(&f->w, "items");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < a->list.count; i++)
		write_todo_item(f, a->list.items[i], NULL);
	jsonw_end(&f->w);
}

static void put_added_answer(struct from_tl *f, const void *action)
{
	put_poll_answer(f, ((const struct tl_messageActionPollAppendAnswer *)action)->answer);
}

static void put_deleted_answer(struct from_tl *f, const void *action)
{
	put_poll_answer(f, ((const struct tl_messageActionPollDeleteAnswer *)action)->answer);
}

static void put_recurring(struct from_tl *f, bool used, bool init)
{
	if (used || init)
		put_cstr(f, "recurring", used ? "used" : "init");
}

static void put_payment(struct from_tl *f, const void *action)
{
	const struct tl_messageActionPaymentSent *a = action;

	put_recurring(f, a->recurring_used, a->recurring_init);
}

static void put_address(struct from_tl *f, const struct tl_postAddress *a)
{
	const struct tobs_view parts[] = { a->street_line1, a->street_line2, a->city, a->state,
		a->country_iso2, a->post_code };
	struct tobs_buf line;

	tobs_buf_init(&line, FROM_TL_JSON_MAX);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].len && line.len)
			tobs_buf_puts(&line, ", ");
		tobs_buf_putv(&line, parts[i]);
	}
	put_str(f, "address", tobs_buf_view(&line));
	if (tobs_buf_err(&line))
		f->err = tobs_buf_err(&line);
	tobs_buf_deinit(&line);
}

static void put_payment_me(struct from_tl *f, const void *action)
{
	const struct tl_messageActionPaymentSentMe *a = action;

	put_recurring(f, a->recurring_used, a->recurring_init);
	if (!a->info)
		return;
	jsonw_key(&f->w, "info");
	jsonw_object(&f->w);
	put_str(f, "name", a->info->name);
	put_str(f, "phone", a->info->phone);
	put_str(f, "email", a->info->email);
	if (a->info->shipping_address)
		put_address(f, a->info->shipping_address);
	jsonw_end(&f->w);
}

static const char *passport_name(uint32_t type)
{
	switch (type) {
	case TL_secureValueTypePersonalDetails: return "personal_details";
	case TL_secureValueTypePassport: return "passport";
	case TL_secureValueTypeDriverLicense: return "driver_license";
	case TL_secureValueTypeIdentityCard: return "identity_card";
	case TL_secureValueTypeInternalPassport: return "internal_passport";
	case TL_secureValueTypeAddress: return "address_information";
	case TL_secureValueTypeUtilityBill: return "utility_bill";
	case TL_secureValueTypeBankStatement: return "bank_statement";
	case TL_secureValueTypeRentalAgreement: return "rental_agreement";
	case TL_secureValueTypePassportRegistration: return "passport_registration";
	case TL_secureValueTypeTemporaryRegistration: return "temporary_registration";
	case TL_secureValueTypePhone: return "phone_number";
	case TL_secureValueTypeEmail: return "email";
	default: return "";
	}
}

static void put_passport(struct from_tl *f, const void *action)
{
	const struct tl_messageActionSecureValuesSent *a = action;

	jsonw_key(&f->w, "values");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < a->types.count; i++)
		jsonw_str(&f->w, passport_name(a->types.items[i]->ctor));
	jsonw_end(&f->w);
}

/* The values themselves are encrypted for the bot they were sent to. */
static void put_passport_me(struct from_tl *f, const void *action)
{
	const struct tl_messageActionSecureValuesSentMe *a = action;

	jsonw_key(&f->w, "values");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < a->values.count; i++)
		jsonw_str(&f->w, passport_name(a->values.items[i]->type->ctor));
	jsonw_end(&f->w);
}

static void write_requested_name(struct from_tl *f, const union tl_RequestedPeer *peer)
{
	const struct tl_requestedPeerUser *u = &peer->requestedPeerUser;
	struct tobs_buf name;

	if (peer->ctor != TL_requestedPeerUser) {
		jsonw_str_v(&f->w,
			peer->ctor == TL_requestedPeerChat ? peer->requestedPeerChat.title
							   : peer->requestedPeerChannel.title);
		return;
	}
	tobs_buf_init(&name, FROM_TL_JSON_MAX);
	tobs_buf_putv(&name, u->first_name);
	if (u->first_name.len && u->last_name.len)
		tobs_buf_putc(&name, ' ');
	if (tobs_buf_putv(&name, u->last_name))
		f->err = tobs_buf_err(&name);
	jsonw_str_v(&f->w, tobs_buf_view(&name));
	tobs_buf_deinit(&name);
}

static int64_t requested_id(const union tl_RequestedPeer *peer)
{
	switch (peer->ctor) {
	case TL_requestedPeerUser: return peer->requestedPeerUser.user_id;
	case TL_requestedPeerChat: return mark_chat(peer->requestedPeerChat.chat_id);
	default: return mark_channel(peer->requestedPeerChannel.channel_id);
	}
}

static void put_requested(struct from_tl *f, const void *action)
{
	const struct tl_messageActionRequestedPeerSentMe *a = action;

	jsonw_key(&f->w, "peers");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < a->peers.count; i++)
		jsonw_i64(&f->w, requested_id(a->peers.items[i]));
	jsonw_end(&f->w);
	jsonw_key(&f->w, "names");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < a->peers.count; i++)
		write_requested_name(f, a->peers.items[i]);
	jsonw_end(&f->w);
}

static void put_removed(struct from_tl *f, const void *action)
{
	jsonw_key(&f->w, "members");
	jsonw_array(&f->w);
	jsonw_i64(&f->w, ((const struct tl_messageActionChatDeleteUser *)action)->user_id);
	jsonw_end(&f->w);
}

/* ---- the table ---- */

#define AT(action, member) (uint16_t) offsetof(struct tl_messageAction##action, member)
#define F(kind, action, member, key)                        \
	{                                                   \
		kind, ALWAYS, AT(action, member), key, NULL \
	}
#define IF(bit, kind, action, member, key)               \
	{                                                \
		kind, bit, AT(action, member), key, NULL \
	}
#define FLAG(bit, key)                             \
	{                                          \
		TRUE, bit, FLAGS_OFFSET, key, NULL \
	}
#define CALL(fn)                           \
	{                                  \
		OTHER, ALWAYS, 0, NULL, fn \
	}
#define ROW(action, name, about, ...)                                         \
	{                                                                     \
		TL_messageAction##action, name, about, (const struct field[]) \
		{                                                             \
			__VA_ARGS__,                                          \
			{                                                     \
				END                                           \
			}                                                     \
		}                                                             \
	}
#define BARE(action, name, about)                                             \
	{                                                                     \
		TL_messageAction##action, name, about, (const struct field[]) \
		{                                                             \
			{                                                     \
				END                                           \
			}                                                     \
		}                                                             \
	}

/* clang-format off */
static const struct action_row rows[] = {
	/* groups and channels */
	ROW(ChatAddUser, "invite_members", NULL,
		F(LONGS, ChatAddUser, users, "members")),
	ROW(ChatJoinedByLink, "join_group_by_link", NULL,
		F(LONG, ChatJoinedByLink, inviter_id, "inviter")),
	ROW(ChatDeleteUser, "remove_members", NULL, CALL(put_removed)),
	BARE(PinMessage, "pin_message", "message_id"),
	BARE(ChatJoinedByRequest, "join_group_by_request", NULL),
	ROW(ChatCreate, "create_group", NULL,
		F(STR, ChatCreate, title, "title"),
		F(LONGS, ChatCreate, users, "members")),
	ROW(ChannelCreate, "create_channel", NULL,
		F(STR, ChannelCreate, title, "title")),
	ROW(ChatEditTitle, "edit_group_title", NULL,
		F(STR, ChatEditTitle, title, "title")),
	ROW(ChatEditPhoto, "edit_group_photo", NULL,
		F(PHOTO, ChatEditPhoto, photo, "photo")),
	BARE(ChatDeletePhoto, "delete_group_photo", NULL),
	ROW(ChatMigrateTo, "migrate_to_supergroup", NULL,
		F(CHANNEL, ChatMigrateTo, channel_id, "chat")),
	ROW(ChannelMigrateFrom, "migrate_from_group", NULL,
		F(STR, ChannelMigrateFrom, title, "title"),
		F(CHAT, ChannelMigrateFrom, chat_id, "chat")),
	BARE(HistoryClear, "clear_history", NULL),
	ROW(ChangeCreator, "change_creator", NULL,
		F(LONG, ChangeCreator, new_creator_id, "user")),
	ROW(NewCreatorPending, "new_creator_pending", NULL,
		F(LONG, NewCreatorPending, new_creator_id, "user")),
	ROW(ChangeCommunity, "change_community", NULL,
		IF(0, CHANNEL, ChangeCommunity, community_id, "community")),
	ROW(TopicCreate, "topic_created", NULL,
		F(STR, TopicCreate, title, "title"),
		F(INT, TopicCreate, icon_color, "icon_color"),
		F(LONG, TopicCreate, icon_emoji_id, "icon_emoji_id")),
	ROW(TopicEdit, "topic_edit", NULL,
		F(STR, TopicEdit, title, "new_title"),
		IF(1, LONG0, TopicEdit, icon_emoji_id, "new_icon_emoji_id"),
		IF(2, BOOL, TopicEdit, closed, "closed"),
		IF(3, BOOL, TopicEdit, hidden, "hidden")),
	ROW(SetMessagesTTL, "set_messages_ttl", NULL,
		F(INT0, SetMessagesTTL, period, "period"),
		F(LONG, SetMessagesTTL, auto_setting_from, "from")),
	ROW(SetChatTheme, "edit_chat_theme", NULL, CALL(put_theme)),
	ROW(NoForwardsToggle, "no_forwards_toggle", NULL,
		F(BOOL, NoForwardsToggle, prev_value, "previous"),
		F(BOOL, NoForwardsToggle, new_value, "new")),
	ROW(NoForwardsRequest, "no_forwards_request", NULL,
		F(BOOL, NoForwardsRequest, prev_value, "previous"),
		F(BOOL, NoForwardsRequest, new_value, "new"),
		FLAG(0, "expired")),

	/* people */
	BARE(ContactSignUp, "joined_telegram", NULL),
	BARE(ScreenshotTaken, "take_screenshot", NULL),
	ROW(GeoProximityReached, "proximity_reached", NULL,
		F(PEER, GeoProximityReached, from_id, "from"),
		F(PEER, GeoProximityReached, to_id, "to"),
		F(INT0, GeoProximityReached, distance, "distance")),
	ROW(SuggestProfilePhoto, "suggest_profile_photo", NULL,
		F(PHOTO, SuggestProfilePhoto, photo, "photo")),
	ROW(SuggestBirthday, "suggest_birthday", NULL, CALL(put_birthday)),
	ROW(BoostApply, "boost_apply", NULL,
		F(INT0, BoostApply, boosts, "boosts")),
	ROW(CustomAction, "custom_action", NULL,
		F(STR, CustomAction, message, "information_text")),
	BARE(Empty, "empty", NULL),

	/* calls */
	ROW(PhoneCall, "phone_call", NULL,
		F(INT, PhoneCall, duration, "duration_seconds"),
		CALL(put_call_reason),
		FLAG(2, "video")),
	ROW(GroupCall, "group_call", NULL,
		F(INT, GroupCall, duration, "duration")),
	ROW(GroupCallScheduled, "group_call_scheduled", NULL,
		F(INT0, GroupCallScheduled, schedule_date, "schedule_date")),
	ROW(InviteToGroupCall, "invite_to_group_call", NULL,
		F(LONGS, InviteToGroupCall, users, "members")),
	ROW(ConferenceCall, "conference_call", NULL,
		F(INT, ConferenceCall, duration, "duration"),
		FLAG(0, "missed"),
		FLAG(1, "active"),
		FLAG(4, "video"),
		F(PEERS, ConferenceCall, other_participants, "members")),

	/* bots */
	ROW(GameScore, "score_in_game", "game_message_id",
		F(LONG, GameScore, game_id, "game_id"),
		F(INT0, GameScore, score, "score")),
	ROW(BotAllowed, "allow_sending_messages", NULL,
		F(STR, BotAllowed, domain, "reason_domain"),
		CALL(put_app)),
	ROW(WebViewDataSent, "send_webview_data", NULL,
		F(STR, WebViewDataSent, text, "text")),
	ROW(WebViewDataSentMe, "send_webview_data", NULL,
		F(STR, WebViewDataSentMe, text, "text"),
		F(STR, WebViewDataSentMe, data, "data")),
	ROW(RequestedPeer, "requested_peer", NULL,
		F(INT0, RequestedPeer, button_id, "button_id"),
		F(PEERS, RequestedPeer, peers, "peers")),
	ROW(RequestedPeerSentMe, "requested_peer", NULL,
		F(INT0, RequestedPeerSentMe, button_id, "button_id"),
		CALL(put_requested)),
	ROW(SecureValuesSent, "send_passport_values", NULL, CALL(put_passport)),
	ROW(SecureValuesSentMe, "send_passport_values", NULL, CALL(put_passport_me)),
	ROW(ManagedBotCreated, "managed_bot_created", NULL,
		F(LONG, ManagedBotCreated, bot_id, "bot")),

	/* lists, polls, posts */
	ROW(TodoCompletions, "todo_completions", "message_id",
		F(INTS, TodoCompletions, completed, "completed"),
		F(INTS, TodoCompletions, incompleted, "incompleted")),
	ROW(TodoAppendTasks, "todo_append_tasks", "message_id", CALL(put_appended)),
	ROW(PollAppendAnswer, "poll_append_answer", "message_id", CALL(put_added_answer)),
	ROW(PollDeleteAnswer, "poll_delete_answer", "message_id", CALL(put_deleted_answer)),
	ROW(SetChatWallPaper, "set_chat_wallpaper", NULL,
		CALL(put_wallpaper),
		FLAG(1, "for_both")),
	ROW(SuggestedPostApproval, "suggested_post_approval", NULL,
		FLAG(0, "rejected"),
		FLAG(1, "balance_too_low"),
		F(STR, SuggestedPostApproval, reject_comment, "reject_comment"),
		F(INT, SuggestedPostApproval, schedule_date, "schedule_date"),
		F(AMOUNT, SuggestedPostApproval, price, "price")),
	ROW(SuggestedPostSuccess, "suggested_post_success", NULL,
		F(AMOUNT, SuggestedPostSuccess, price, "price")),
	ROW(SuggestedPostRefund, "suggested_post_refund", NULL,
		FLAG(0, "payer_initiated")),

	/* money */
	ROW(PaymentSent, "send_payment", "invoice_message_id",
		F(STR, PaymentSent, currency, "currency"),
		F(LONG0, PaymentSent, total_amount, "amount"),
		CALL(put_payment),
		F(STR, PaymentSent, invoice_slug, "slug"),
		F(INT, PaymentSent, subscription_until_date, "until")),
	ROW(PaymentSentMe, "send_payment", "invoice_message_id",
		F(STR, PaymentSentMe, currency, "currency"),
		F(LONG0, PaymentSentMe, total_amount, "amount"),
		CALL(put_payment_me),
		F(INT, PaymentSentMe, subscription_until_date, "until")),
	ROW(PaymentRefunded, "refunded_payment", "invoice_message_id",
		F(PEER, PaymentRefunded, peer, "peer"),
		F(STR, PaymentRefunded, currency, "currency"),
		F(LONG0, PaymentRefunded, total_amount, "amount")),
	ROW(PaidMessagesRefunded, "paid_messages_refund", NULL,
		F(INT0, PaidMessagesRefunded, count, "messages_count"),
		F(LONG0, PaidMessagesRefunded, stars, "stars_count")),
	ROW(PaidMessagesPrice, "paid_messages_price_change", NULL,
		F(LONG0, PaidMessagesPrice, stars, "price_stars"),
		FLAG(0, "is_broadcast_messages_allowed")),

	/* gifts */
	ROW(GiftPremium, "send_premium_gift", NULL,
		F(INT0, GiftPremium, days, "days"),
		F(STR, GiftPremium, currency, "currency"),
		F(LONG0, GiftPremium, amount, "amount"),
		F(STR, GiftPremium, crypto_currency, "crypto_currency"),
		F(LONG, GiftPremium, crypto_amount, "crypto_amount"),
		F(FORMATTED, GiftPremium, message, NULL)),
	ROW(GiftCode, "gift_code_prize", NULL,
		F(STR, GiftCode, slug, "gift_code"),
		F(PEER, GiftCode, boost_peer, "boost_peer_id"),
		F(INT0, GiftCode, days, "days"),
		FLAG(5, "unclaimed"),
		FLAG(0, "via_giveaway"),
		F(STR, GiftCode, currency, "currency"),
		F(LONG, GiftCode, amount, "amount"),
		F(STR, GiftCode, crypto_currency, "crypto_currency"),
		F(LONG, GiftCode, crypto_amount, "crypto_amount"),
		F(FORMATTED, GiftCode, message, NULL)),
	ROW(GiftStars, "send_stars_gift", NULL,
		F(LONG0, GiftStars, stars, "stars"),
		F(STR, GiftStars, currency, "currency"),
		F(LONG0, GiftStars, amount, "amount"),
		F(STR, GiftStars, crypto_currency, "crypto_currency"),
		F(LONG, GiftStars, crypto_amount, "crypto_amount"),
		F(STR, GiftStars, transaction_id, "transaction_id")),
	ROW(GiftTon, "gift_ton", NULL,
		F(STR, GiftTon, currency, "currency"),
		F(LONG0, GiftTon, amount, "amount"),
		F(STR, GiftTon, crypto_currency, "crypto_currency"),
		F(LONG, GiftTon, crypto_amount, "crypto_amount"),
		F(STR, GiftTon, transaction_id, "transaction_id")),
	ROW(PrizeStars, "stars_prize", NULL,
		F(PEER, PrizeStars, boost_peer, "boost_peer_id"),
		F(LONG0, PrizeStars, stars, "stars"),
		FLAG(0, "is_unclaimed"),
		F(INT0, PrizeStars, giveaway_msg_id, "giveaway_msg_id"),
		F(STR, PrizeStars, transaction_id, "transaction_id")),
	ROW(GiveawayLaunch, "giveaway_launch", NULL,
		F(LONG, GiveawayLaunch, stars, "stars")),
	ROW(GiveawayResults, "giveaway_results", NULL,
		F(INT0, GiveawayResults, winners_count, "winners"),
		F(INT0, GiveawayResults, unclaimed_count, "unclaimed"),
		FLAG(0, "stars")),
	ROW(StarGift, "send_star_gift", NULL,
		F(GIFT, StarGift, gift, NULL),
		F(FORMATTED, StarGift, message, NULL),
		FLAG(0, "is_anonymous"),
		FLAG(2, "saved"),
		FLAG(3, "converted"),
		FLAG(5, "upgraded"),
		FLAG(9, "refunded"),
		FLAG(10, "can_upgrade"),
		FLAG(13, "prepaid_upgrade"),
		FLAG(16, "upgrade_separate"),
		FLAG(17, "auction_acquired"),
		F(LONG, StarGift, convert_stars, "convert_stars"),
		F(LONG, StarGift, upgrade_stars, "upgrade_stars"),
		F(INT, StarGift, upgrade_msg_id, "upgrade_message_id"),
		F(INT, StarGift, gift_msg_id, "gift_message_id"),
		F(PEER, StarGift, from_id, "from"),
		F(PEER, StarGift, to_id, "to"),
		F(PEER, StarGift, peer, "peer"),
		F(INT, StarGift, gift_num, "num")),
	ROW(StarGiftUnique, "star_gift_unique", NULL,
		F(GIFT, StarGiftUnique, gift, NULL),
		FLAG(0, "upgrade"),
		FLAG(1, "transferred"),
		FLAG(2, "saved"),
		FLAG(5, "refunded"),
		FLAG(11, "prepaid_upgrade"),
		FLAG(13, "assigned"),
		FLAG(14, "from_offer"),
		FLAG(16, "craft"),
		F(INT, StarGiftUnique, can_export_at, "can_export"),
		F(LONG, StarGiftUnique, transfer_stars, "transfer_stars"),
		F(PEER, StarGiftUnique, from_id, "from"),
		F(PEER, StarGiftUnique, peer, "peer"),
		F(AMOUNT, StarGiftUnique, resale_amount, "resale"),
		F(INT, StarGiftUnique, can_transfer_at, "can_transfer"),
		F(INT, StarGiftUnique, can_resell_at, "can_resell"),
		F(INT, StarGiftUnique, can_craft_at, "can_craft"),
		F(LONG, StarGiftUnique, drop_original_details_stars, "drop_original_details_stars")),
	ROW(StarGiftPurchaseOffer, "star_gift_purchase_offer", NULL,
		F(GIFT, StarGiftPurchaseOffer, gift, NULL),
		F(AMOUNT, StarGiftPurchaseOffer, price, "price"),
		FLAG(0, "accepted"),
		FLAG(1, "declined"),
		F(INT, StarGiftPurchaseOffer, expires_at, "expires_at")),
	ROW(StarGiftPurchaseOfferDeclined, "star_gift_purchase_offer_declined", NULL,
		F(GIFT, StarGiftPurchaseOfferDeclined, gift, NULL),
		F(AMOUNT, StarGiftPurchaseOfferDeclined, price, "price"),
		FLAG(0, "expired")),
};
/* clang-format on */

/* ---- by the table ---- */

static const struct action_row *row_of(uint32_t ctor)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].ctor == ctor)
			return &rows[i];
	return NULL;
}

static void put_list(struct from_tl *f, const struct field *field, const void *at)
{
	switch (field->kind) {
	case PEERS: put_peers(f, field->key, at); break;
	case LONGS: put_longs(f, field->key, at); break;
	default: put_ints(f, field->key, at); break;
	}
}

static void put_number_field(struct from_tl *f, const struct field *field, const void *at)
{
	switch (field->kind) {
	case INT: put_i64(f, field->key, *(const int32_t *)at); break;
	case INT0: put_number(f, field->key, *(const int32_t *)at); break;
	case LONG: put_i64(f, field->key, *(const int64_t *)at); break;
	case LONG0: put_number(f, field->key, *(const int64_t *)at); break;
	case CHAT: put_number(f, field->key, mark_chat(*(const int64_t *)at)); break;
	default: put_number(f, field->key, mark_channel(*(const int64_t *)at)); break;
	}
}

static void put_field(struct from_tl *f, const struct field *field, const uint8_t *action)
{
	const void *at = action + field->offset;
	const void *object = NULL;

	if (field->kind == PEER || field->kind == PHOTO || field->kind == FORMATTED ||
		field->kind == AMOUNT || field->kind == GIFT)
		object = *(const void *const *)at;
	switch (field->kind) {
	case STR: put_str(f, field->key, *(const struct tobs_view *)at); break;
	case TRUE: put_true(f, field->key, *(const uint32_t *)at >> field->bit & 1); break;
	case BOOL: put_bool(f, field->key, *(const bool *)at); break;
	case PEER: put_peer(f, field->key, object); break;
	case PHOTO: put_photo(f, field->key, object); break;
	case FORMATTED: put_formatted(f, "text", "entities", object); break;
	case AMOUNT: put_amount(f, field->key, object); break;
	case GIFT: put_gift(f, object); break;
	case OTHER: field->fn(f, action); break;
	case PEERS:
	case LONGS:
	case INTS: put_list(f, field, at); break;
	default: put_number_field(f, field, at); break;
	}
}

static bool is_there(const struct field *field, const uint8_t *action)
{
	/* Only actions with flags have fields that depend on one. */
	return field->kind == TRUE || field->bit == ALWAYS ||
		*(const uint32_t *)(const void *)(action + FLAGS_OFFSET) >> field->bit & 1;
}

static void put_fields(struct from_tl *f, const struct field *field, const uint8_t *action)
{
	for (; field->kind != END; field++)
		if (is_there(field, action))
			put_field(f, field, action);
}

/* "messageActionFooBar" as "foo_bar", in the arena. */
static struct tobs_view snake_case(struct from_tl *f, const char *name)
{
	const char *p = name + strlen("messageAction");
	struct tobs_view kept;
	struct tobs_buf b;

	tobs_buf_init(&b, FROM_TL_JSON_MAX);
	for (; *p; p++) {
		if (*p < 'A' || *p > 'Z') {
			tobs_buf_putc(&b, *p);
			continue;
		}
		if (b.len)
			tobs_buf_putc(&b, '_');
		tobs_buf_putc(&b, (char)(*p + 'a' - 'A'));
	}
	if (tobs_buf_err(&b))
		f->err = tobs_buf_err(&b);
	kept = from_tl_text(f, tobs_buf_view(&b));
	tobs_buf_deinit(&b);
	return kept;
}

/* An action that is called differently by what it says. */
static const char *name_of(const struct action_row *row, const union tl_MessageAction *action)
{
	if (row->ctor == TL_messageActionBotAllowed && action->messageActionBotAllowed.attach_menu)
		return "attach_menu_bot_allowed";
	if (row->ctor == TL_messageActionBotAllowed && action->messageActionBotAllowed.from_request)
		return "web_app_bot_allowed";
	if (row->ctor == TL_messageActionSetChatWallPaper &&
		action->messageActionSetChatWallPaper.same)
		return "set_same_chat_wallpaper";
	return row->name;
}

static const char *about_of(const struct action_row *row, const union tl_MessageAction *action)
{
	if (row->ctor == TL_messageActionSetChatWallPaper &&
		action->messageActionSetChatWallPaper.same)
		return "message_id";
	return row->about;
}

void from_tl_action(
	struct from_tl *f, const struct tl_messageService *service, struct archive_message *m)
{
	const union tl_MessageAction *action = service->action;
	const struct action_row *row = row_of(action->ctor);
	const char *about;

	from_tl_begin(f);
	jsonw_object(&f->w);
	f->depth++; /* no media in it is the message's own */
	if (row) {
		m->action = tobs_str(name_of(row, action));
		about = about_of(row, action);
		if (about)
			put_i64(f, about, reply_id(service->reply_to));
		put_fields(f, row->fields, (const void *)action);
	} else {
		m->action = snake_case(f, tl_name(action->ctor));
		put_cstr(f, "tl", tl_name(action->ctor));
	}
	f->depth--;
	jsonw_end(&f->w);
	m->action_data = from_tl_take(f);
}
