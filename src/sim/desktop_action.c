/* SPDX-License-Identifier: MIT */
/*
 * Service messages. Most actions are a constructor and members that are its
 * fields under other names; a row says so. What a row cannot say, its function
 * does. An action that is not known becomes messageActionCustomAction, so that a
 * newer export loads, too.
 */
#include "base/attr.h"
#include "base/log.h"
#include "sim/desktop.h"
#include "sim/file.h"
#include "tl/json.h"
#include "tl/tables.h"

enum { FIELDS = 5, DAYS_A_MONTH = 30 };

struct service {
	struct desktop *d;
	struct json_value v;
	int32_t id;
	struct tobs_err *err;
};

#define ACTION_NEW(s, name) SIM_NEW(&(s)->d->w->arena, name)

static int64_t number_of(const struct service *s, const char *kind)
{
	return sim_hash(s->d->w, kind, s->d->chat.id << 20 ^ s->id);
}

static int no_memory(const struct service *s)
{
	return desktop_no_memory(s->err);
}

/* ---- lists of names ---- */

static int names_into(struct service *s, const char *key, struct tl_vec_long *ret)
{
	struct json_value list = json_field(s->v, key);
	int64_t *ids = TOBS_ARENA_ARRAY(&s->d->w->arena, json_count(list) + 1, int64_t);
	uint32_t n = 0;

	if (!ids)
		return no_memory(s);
	JSON_EACH (it, list) {
		int r = desktop_want(s->d, it.value, &ids[n], s->err);

		if (r)
			return json_at_key(s->err, tobs_str(key), json_at_index(s->err, n, r));
		n++;
	}
	*ret = (struct tl_vec_long){ n, ids };
	return TOBS_OK;
}

static int name_into(struct service *s, const char *key, int64_t *slot)
{
	int r = desktop_want(s->d, json_field(s->v, key), slot, s->err);

	return r ? json_at_key(s->err, tobs_str(key), r) : r;
}

static int create_group(struct service *s, union tl_MessageAction *a)
{
	return names_into(s, "members", &a->messageActionChatCreate.users);
}

static int invite(struct service *s, union tl_MessageAction *a)
{
	return names_into(s, "members", &a->messageActionChatAddUser.users);
}

static int remove_member(struct service *s, union tl_MessageAction *a)
{
	return desktop_want(s->d, json_item(json_field(s->v, "members"), 0),
		&a->messageActionChatDeleteUser.user_id, s->err);
}

static int join_by_link(struct service *s, union tl_MessageAction *a)
{
	return name_into(s, "inviter", &a->messageActionChatJoinedByLink.inviter_id);
}

static int new_creator(struct service *s, union tl_MessageAction *a)
{
	return name_into(s, "new_creator", &a->messageActionChangeCreator.new_creator_id);
}

static int pending_creator(struct service *s, union tl_MessageAction *a)
{
	return name_into(s, "new_creator", &a->messageActionNewCreatorPending.new_creator_id);
}

static int managed_bot(struct service *s, union tl_MessageAction *a)
{
	return name_into(s, "bot", &a->messageActionManagedBotCreated.bot_id);
}

/* ---- photos, groups that moved ---- */

static int group_photo(struct service *s, union tl_MessageAction *a)
{
	return desktop_photo(s->d, s->v, &a->messageActionChatEditPhoto.photo, s->err);
}

static int suggest_photo(struct service *s, union tl_MessageAction *a)
{
	return desktop_photo(s->d, s->v, &a->messageActionSuggestProfilePhoto.photo, s->err);
}

static int migrate_to(struct service *s, union tl_MessageAction *a)
{
	struct desktop_chat *chat = &s->d->chat;

	a->messageActionChatMigrateTo.channel_id = sim_peer_kind(chat->peer) == SIM_CHANNEL
		? chat->id
		: sim_make_up_id(s->d->w);
	return TOBS_OK;
}

static int migrate_from(struct service *s, union tl_MessageAction *a)
{
	struct desktop_chat *chat = &s->d->chat;

	if (!chat->origin_id)
		chat->origin_id = sim_make_up_id(s->d->w);
	chat->origin_title = a->messageActionChannelMigrateFrom.title;
	a->messageActionChannelMigrateFrom.chat_id = chat->origin_id;
	return TOBS_OK;
}

/* ---- calls ---- */

static int phone_call(struct service *s, union tl_MessageAction *a)
{
	static const struct {
		const char *name;
		uint32_t ctor;
	} reasons[] = {
		{ "busy", TL_phoneCallDiscardReasonBusy },
		{ "disconnect", TL_phoneCallDiscardReasonDisconnect },
		{ "hangup", TL_phoneCallDiscardReasonHangup },
		{ "missed", TL_phoneCallDiscardReasonMissed },
	};
	struct tobs_view reason = { 0 };
	int r = desktop_str(s->v, "discard_reason", &reason, s->err);

	a->messageActionPhoneCall.call_id = number_of(s, "call");
	for (size_t i = 0; !r && i < ARRAY_LEN(reasons); i++) {
		if (!tobs_view_is(reason, reasons[i].name))
			continue;
		/* None of them has fields. */
		a->messageActionPhoneCall.reason = sim_new(
			&s->d->w->arena, sizeof(uint64_t), reasons[i].ctor);
		if (!a->messageActionPhoneCall.reason)
			return no_memory(s);
	}
	return r;
}

static int conference(struct service *s, union tl_MessageAction *a)
{
	a->messageActionConferenceCall.call_id = number_of(s, "call");
	return TOBS_OK;
}

static const union tl_InputGroupCall *group_call_of(struct service *s)
{
	struct tl_inputGroupCall *call = ACTION_NEW(s, inputGroupCall);

	if (call) {
		call->id = number_of(s, "call");
		call->access_hash = number_of(s, "call access");
	}
	return (const void *)call;
}

static int group_call(struct service *s, union tl_MessageAction *a)
{
	a->messageActionGroupCall.call = group_call_of(s);
	return a->messageActionGroupCall.call ? TOBS_OK : no_memory(s);
}

static int scheduled_call(struct service *s, union tl_MessageAction *a)
{
	a->messageActionGroupCallScheduled.call = group_call_of(s);
	return a->messageActionGroupCallScheduled.call ? TOBS_OK : no_memory(s);
}

static int invite_to_call(struct service *s, union tl_MessageAction *a)
{
	a->messageActionInviteToGroupCall.call = group_call_of(s);
	if (!a->messageActionInviteToGroupCall.call)
		return no_memory(s);
	return names_into(s, "members", &a->messageActionInviteToGroupCall.users);
}

/* ---- bots ---- */

static int attach_menu(struct service *s, union tl_MessageAction *a)
{
	(void)s;
	a->messageActionBotAllowed.attach_menu = 1;
	return TOBS_OK;
}

static int from_web_app(struct service *s, union tl_MessageAction *a)
{
	(void)s;
	a->messageActionBotAllowed.from_request = 1;
	return TOBS_OK;
}

static int allow_bot(struct service *s, union tl_MessageAction *a)
{
	struct tl_botApp *app = ACTION_NEW(s, botApp);
	struct tl_photoEmpty *photo = ACTION_NEW(s, photoEmpty);
	struct tobs_view name = { 0 };
	int64_t id = 0;
	int r = desktop_int(s->v, "reason_app_id", INT64_MIN, INT64_MAX, &id, s->err);

	if (!r)
		r = desktop_str(s->v, "reason_app_name", &name, s->err);
	if (r || !id)
		return r;
	if (!app || !photo)
		return no_memory(s);
	app->id = id;
	app->access_hash = number_of(s, "app access");
	app->short_name = app->title = sim_keep(s->d->w, name);
	app->photo = (const void *)photo;
	a->messageActionBotAllowed.app = (const void *)app;
	return TOBS_OK;
}

static int passport(struct service *s, union tl_MessageAction *a)
{
	static const struct {
		const char *name;
		uint32_t ctor;
	} types[] = {
		{ "personal_details", TL_secureValueTypePersonalDetails },
		{ "passport", TL_secureValueTypePassport },
		{ "driver_license", TL_secureValueTypeDriverLicense },
		{ "identity_card", TL_secureValueTypeIdentityCard },
		{ "internal_passport", TL_secureValueTypeInternalPassport },
		{ "address_information", TL_secureValueTypeAddress },
		{ "utility_bill", TL_secureValueTypeUtilityBill },
		{ "bank_statement", TL_secureValueTypeBankStatement },
		{ "rental_agreement", TL_secureValueTypeRentalAgreement },
		{ "passport_registration", TL_secureValueTypePassportRegistration },
		{ "temporary_registration", TL_secureValueTypeTemporaryRegistration },
		{ "phone_number", TL_secureValueTypePhone },
		{ "email", TL_secureValueTypeEmail },
	};
	struct json_value list = json_field(s->v, "values");
	const union tl_SecureValueType **items = TOBS_ARENA_ARRAY(
		&s->d->w->arena, json_count(list) + 1, const union tl_SecureValueType *);
	uint32_t n = 0;

	if (!items)
		return no_memory(s);
	JSON_EACH (it, list) {
		struct tobs_view name = { 0 };

		(void)json_get_str(it.value, &name);
		for (size_t i = 0; i < ARRAY_LEN(types); i++) {
			if (!tobs_view_is(name, types[i].name))
				continue;
			items[n] = sim_new(&s->d->w->arena, sizeof(uint64_t), types[i].ctor);
			if (!items[n++])
				return no_memory(s);
		}
	}
	a->messageActionSecureValuesSent.types = (struct tl_vec_SecureValueType){ n, items };
	return TOBS_OK;
}

static int requested_peer(struct service *s, union tl_MessageAction *a)
{
	struct json_value list = json_field(s->v, "peers");
	const union tl_Peer **items;
	uint32_t n = 0;
	int r = desktop_unwrap(s->d, &list, s->err);

	if (r)
		return json_at_key(s->err, tobs_str("peers"), r);
	items = TOBS_ARENA_ARRAY(&s->d->w->arena, json_count(list) + 1, const union tl_Peer *);
	if (!items)
		return no_memory(s);
	JSON_EACH (it, list) {
		struct json_value none = { 0 };
		int64_t peer;

		r = desktop_peer(s->d, it.value, none, &peer, s->err);
		if (r)
			return json_at_key(s->err, tobs_str("peers"), json_at_index(s->err, n, r));
		items[n] = sim_tl_peer(s->d->w, peer);
		if (!items[n++])
			return no_memory(s);
	}
	a->messageActionRequestedPeer.peers = (struct tl_vec_Peer){ n, items };
	return TOBS_OK;
}

/* ---- peers that an action is about ---- */

/* The peer of a member such as boost_peer_id; nobody in particular when it is missing. */
static int peer_into(
	struct service *s, const char *key, const char *name_key, const union tl_Peer **ret)
{
	struct json_value id = json_field(s->v, key), name = json_field(s->v, name_key);
	int64_t peer = 0;
	int r = TOBS_OK;

	if (json_is_missing(id) || json_is_null(id))
		r = desktop_named(s->d, tobs_str("Deleted Account"), &peer, s->err);
	else
		r = desktop_peer(s->d, id, name, &peer, s->err);
	if (r)
		return json_at_key(s->err, tobs_str(key), r);
	*ret = sim_tl_peer(s->d->w, peer);
	return *ret ? TOBS_OK : no_memory(s);
}

static int proximity(struct service *s, union tl_MessageAction *a)
{
	int r = peer_into(s, "from_id", "from", &a->messageActionGeoProximityReached.from_id);

	return r ? r : peer_into(s, "to_id", "to", &a->messageActionGeoProximityReached.to_id);
}

static int refunded(struct service *s, union tl_MessageAction *a)
{
	struct tl_paymentCharge *charge = ACTION_NEW(s, paymentCharge);
	struct tobs_view id = { 0 };
	int r = desktop_str(s->v, "charge_id", &id, s->err);

	if (!charge)
		return no_memory(s);
	charge->id = sim_keep(s->d->w, id);
	a->messageActionPaymentRefunded.charge = charge;
	return r ? r : peer_into(s, "peer_id", "peer_name", &a->messageActionPaymentRefunded.peer);
}

static int stars_prize(struct service *s, union tl_MessageAction *a)
{
	return peer_into(
		s, "boost_peer_id", "boost_peer_name", &a->messageActionPrizeStars.boost_peer);
}

/* ---- payments and gifts ---- */

static int payment(struct service *s, union tl_MessageAction *a)
{
	struct tobs_view how = { 0 };
	int r = desktop_str(s->v, "recurring", &how, s->err);

	a->messageActionPaymentSent.recurring_used = tobs_view_is(how, "used");
	a->messageActionPaymentSent.recurring_init = tobs_view_is(how, "init");
	return r;
}

/* "$12.99" and the like: all digits as the amount in the smallest unit. */
static int cost_into(struct service *s, struct tobs_view *currency, int64_t *amount)
{
	struct tobs_view cost = { 0 };
	int r = desktop_str(s->v, "cost", &cost, s->err);

	*currency = tobs_str("USD");
	for (size_t i = 0; i < cost.len; i++)
		if (cost.ptr[i] >= '0' && cost.ptr[i] <= '9' && *amount < INT64_MAX / 100)
			*amount = *amount * 10 + cost.ptr[i] - '0';
	return r;
}

/* Months in older versions, days in newer ones. */
static int days_into(struct service *s, int32_t *days)
{
	int64_t months = 0;
	int r = desktop_int(s->v, "months", 0, 1200, &months, s->err);

	if (!r && !*days)
		*days = (int32_t)(months * DAYS_A_MONTH);
	return r;
}

static int gift_premium(struct service *s, union tl_MessageAction *a)
{
	struct tl_messageActionGiftPremium *g = &a->messageActionGiftPremium;
	int r = cost_into(s, &g->currency, &g->amount);

	return r ? r : days_into(s, &g->days);
}

static int gift_code(struct service *s, union tl_MessageAction *a)
{
	struct tl_messageActionGiftCode *g = &a->messageActionGiftCode;
	int r = days_into(s, &g->days);

	if (r || json_is_missing(json_field(s->v, "boost_peer_id")))
		return r;
	return peer_into(s, "boost_peer_id", "", &g->boost_peer);
}

static int gift_stars(struct service *s, union tl_MessageAction *a)
{
	struct tl_messageActionGiftStars *g = &a->messageActionGiftStars;
	int r = desktop_int(s->v, "stars", 0, INT64_MAX, &g->stars, s->err);

	if (!r)
		r = desktop_int(s->v, "amount_whole", 0, INT64_MAX, &g->stars, s->err);
	return r ? r : cost_into(s, &g->currency, &g->amount);
}

static int gift_ton(struct service *s, union tl_MessageAction *a)
{
	struct tl_messageActionGiftTon *g = &a->messageActionGiftTon;
	int64_t whole = 0, nano = 0;
	int r = desktop_int(s->v, "amount_whole", 0, 1000000000, &whole, s->err);

	if (!r)
		r = desktop_int(s->v, "amount_nano", 0, 999999999, &nano, s->err);
	g->crypto_currency = tobs_str("TON");
	g->crypto_amount = whole * 1000000000 + nano;
	return r ? r : cost_into(s, &g->currency, &g->amount);
}

static int star_gift(struct service *s, union tl_MessageAction *a)
{
	struct tl_messageActionStarGift *g = &a->messageActionStarGift;
	struct tl_starGift *gift = ACTION_NEW(s, starGift);
	struct sim_file file = { 0 };
	bool limited = false;
	int64_t sticker;
	int r = desktop_bool(s->v, "is_limited", &limited, s->err);

	if (!gift)
		return no_memory(s);
	if (!r)
		r = desktop_int(s->v, "gift_id", INT64_MIN, INT64_MAX, &gift->id, s->err);
	if (!r)
		r = desktop_int(s->v, "stars", 0, INT64_MAX, &gift->stars, s->err);
	if (!r)
		r = desktop_emoji(s->d, tobs_str(""), tobs_str("🎁"), &sticker, s->err);
	if (!r && !json_is_missing(json_field(s->v, "gift_text")))
		r = desktop_text_object(s->d, json_field(s->v, "gift_text"), &g->message, s->err);
	if (r)
		return r;
	gift->limited = limited;
	gift->convert_stars = gift->stars;
	r = sim_file_find(s->d->w, sticker, &s->d->w->arena, &file);
	gift->sticker = file.tl;
	g->gift = (const void *)gift;
	return r;
}

static int giveaway_results(struct service *s, union tl_MessageAction *a)
{
	struct json_value stars = json_field(s->v, "stars");
	int64_t n = 0;
	bool on = false;

	a->messageActionGiveawayResults.stars = (!json_get_bool(stars, &on) && on) ||
		(!json_get_i64(stars, &n) && n != 0);
	return TOBS_OK;
}

/* ---- looks ---- */

static int wallpaper(struct service *s, union tl_MessageAction *a)
{
	struct tl_wallPaperNoFile *paper = ACTION_NEW(s, wallPaperNoFile);
	struct tobs_view name = { 0 };
	int r = desktop_str(s->v, "action", &name, s->err);

	if (!paper)
		return no_memory(s);
	paper->id = number_of(s, "wallpaper");
	a->messageActionSetChatWallPaper.wallpaper = (const void *)paper;
	a->messageActionSetChatWallPaper.same = tobs_view_is(name, "set_same_chat_wallpaper");
	return r;
}

static int theme(struct service *s, union tl_MessageAction *a)
{
	struct tl_chatTheme *t = ACTION_NEW(s, chatTheme);
	struct tobs_view emoticon = { 0 };
	int r = desktop_str(s->v, "emoticon", &emoticon, s->err);

	if (!t)
		return no_memory(s);
	t->emoticon = sim_keep(s->d->w, emoticon);
	a->messageActionSetChatTheme.theme = (const void *)t;
	return r;
}

static int topic_created(struct service *s, union tl_MessageAction *a)
{
	static const int32_t colours[] = { 0x6fb9f0, 0xffd67e, 0xcb86db, 0x8eee98, 0xff93b2,
		0xfb6f5f }; /* those Telegram offers */

	a->messageActionTopicCreate.icon_color = colours[(uint32_t)s->id % ARRAY_LEN(colours)];
	return TOBS_OK;
}

/* ---- lists, polls, posts that were suggested ---- */

static int todo_append(struct service *s, union tl_MessageAction *a)
{
	int r = desktop_todo_items(
		s->d, json_field(s->v, "items"), &a->messageActionTodoAppendTasks.list, s->err);

	return r ? json_at_key(s->err, tobs_str("items"), r) : r;
}

static int poll_answer(struct service *s, union tl_MessageAction *a)
{
	struct tl_pollAnswer *answer = ACTION_NEW(s, pollAnswer);
	struct tl_textWithEntities *text = ACTION_NEW(s, textWithEntities);
	struct tobs_view option = { 0 };
	int r = desktop_str(s->v, "option", &option, s->err);

	if (!answer || !text)
		return no_memory(s);
	text->text = sim_keep(s->d->w, option);
	answer->text = text;
	answer->option = text->text;
	/* Both actions hold nothing but the answer. */
	a->messageActionPollAppendAnswer.answer = (const void *)answer;
	return r;
}

static int price_into(struct service *s, const union tl_StarsAmount **ret)
{
	struct tl_starsAmount *stars = ACTION_NEW(s, starsAmount);
	struct tl_starsTonAmount *ton = ACTION_NEW(s, starsTonAmount);
	struct tobs_view currency = { 0 };
	int64_t whole = 0, nano = 0;
	int r = desktop_str(s->v, "price_currency", &currency, s->err);

	if (!stars || !ton)
		return no_memory(s);
	if (!r)
		r = desktop_int(s->v, "price_amount_whole", INT32_MIN, INT32_MAX, &whole, s->err);
	if (!r)
		r = desktop_int(s->v, "price_amount_nano", INT32_MIN, INT32_MAX, &nano, s->err);
	stars->amount = whole;
	stars->nanos = (int32_t)nano;
	ton->amount = whole * 1000000000 + nano;
	*ret = tobs_view_is(currency, "TON") ? (const void *)ton : (const void *)stars;
	return r;
}

static int post_approval(struct service *s, union tl_MessageAction *a)
{
	return a->messageActionSuggestedPostApproval.rejected
		? TOBS_OK
		: price_into(s, &a->messageActionSuggestedPostApproval.price);
}

static int post_success(struct service *s, union tl_MessageAction *a)
{
	return price_into(s, &a->messageActionSuggestedPostSuccess.price);
}

static int birthday(struct service *s, union tl_MessageAction *a)
{
	struct tl_birthday *b = ACTION_NEW(s, birthday);
	int r;

	if (!b)
		return no_memory(s);
	r = desktop_int32(s->v, "day", &b->day, s->err);
	if (!r)
		r = desktop_int32(s->v, "month", &b->month, s->err);
	if (!r)
		r = desktop_int32(s->v, "year", &b->year, s->err);
	b->has_year = b->year != 0;
	a->messageActionSuggestBirthday.birthday = b;
	return r;
}

static int forwards_toggle(struct service *s, union tl_MessageAction *a)
{
	(void)s;
	a->messageActionNoForwardsToggle.prev_value = !a->messageActionNoForwardsToggle.new_value;
	return TOBS_OK;
}

static int forwards_request(struct service *s, union tl_MessageAction *a)
{
	(void)s;
	a->messageActionNoForwardsRequest.prev_value = !a->messageActionNoForwardsRequest.new_value;
	return TOBS_OK;
}

static int asked_for_phone(struct service *s, union tl_MessageAction *a)
{
	(void)s;
	a->messageActionCustomAction.message = tobs_str("The phone number was requested");
	return TOBS_OK;
}

#define ROW(action, ctor, finish, ...)                  \
	{                                               \
		action, TL_messageAction##ctor, finish, \
		{                                       \
			__VA_ARGS__                     \
			{                               \
				0                       \
			}                               \
		}                                       \
	}

static const struct row {
	const char *action;
	uint32_t ctor;
	int (*finish)(struct service *s, union tl_MessageAction *a); /* may be NULL */
	struct {
		const char *key, *field;
	} fields[FIELDS];
} rows[] = {
	ROW("create_group", ChatCreate, create_group, { "title", "title" }, ),
	ROW("edit_group_title", ChatEditTitle, NULL, { "title", "title" }, ),
	ROW("edit_group_photo", ChatEditPhoto, group_photo, ),
	ROW("delete_group_photo", ChatDeletePhoto, NULL, ),
	ROW("invite_members", ChatAddUser, invite, ),
	ROW("remove_members", ChatDeleteUser, remove_member, ),
	ROW("join_group_by_link", ChatJoinedByLink, join_by_link, ),
	ROW("join_group_by_request", ChatJoinedByRequest, NULL, ),
	ROW("create_channel", ChannelCreate, NULL, { "title", "title" }, ),
	ROW("migrate_to_supergroup", ChatMigrateTo, migrate_to, ),
	ROW("migrate_from_group", ChannelMigrateFrom, migrate_from, { "title", "title" }, ),
	ROW("pin_message", PinMessage, NULL, ),
	ROW("clear_history", HistoryClear, NULL, ),
	ROW("score_in_game", GameScore, NULL, { "score", "score" }, ),
	ROW("send_payment", PaymentSent, payment, { "amount", "total_amount" },
		{ "currency", "currency" }, ),
	ROW("phone_call", PhoneCall, phone_call, { "duration_seconds", "duration" }, ),
	ROW("conference_call", ConferenceCall, conference, { "duration_seconds", "duration" },
		{ "is_active", "active" }, { "is_missed", "missed" }, ),
	ROW("take_screenshot", ScreenshotTaken, NULL, ),
	ROW("attach_menu_bot_allowed", BotAllowed, attach_menu, ),
	ROW("web_app_bot_allowed", BotAllowed, from_web_app, ),
	ROW("allow_sending_messages", BotAllowed, allow_bot, { "reason_domain", "domain" }, ),
	ROW("send_passport_values", SecureValuesSent, passport, ),
	ROW("joined_telegram", ContactSignUp, NULL, ),
	ROW("proximity_reached", GeoProximityReached, proximity, { "distance", "distance" }, ),
	ROW("requested_phone_number", CustomAction, asked_for_phone, ),
	ROW("group_call", GroupCall, group_call, { "duration", "duration" }, ),
	ROW("invite_to_group_call", InviteToGroupCall, invite_to_call, ),
	ROW("set_messages_ttl", SetMessagesTTL, NULL, { "period", "period" }, ),
	ROW("group_call_scheduled", GroupCallScheduled, scheduled_call,
		{ "schedule_date", "schedule_date" }, ),
	ROW("edit_chat_theme", SetChatTheme, theme, ),
	ROW("send_webview_data", WebViewDataSent, NULL, { "text", "text" }, ),
	ROW("send_premium_gift", GiftPremium, gift_premium, { "days", "days" }, ),
	ROW("topic_created", TopicCreate, topic_created, { "title", "title" }, ),
	ROW("topic_edit", TopicEdit, NULL, { "new_title", "title" },
		{ "new_icon_emoji_id", "icon_emoji_id" }, ),
	ROW("suggest_profile_photo", SuggestProfilePhoto, suggest_photo, ),
	ROW("requested_peer", RequestedPeer, requested_peer, { "button_id", "button_id" }, ),
	ROW("gift_code_prize", GiftCode, gift_code, { "gift_code", "slug" }, { "days", "days" },
		{ "unclaimed", "unclaimed" }, { "via_giveaway", "via_giveaway" }, ),
	ROW("giveaway_launch", GiveawayLaunch, NULL, ),
	ROW("giveaway_results", GiveawayResults, giveaway_results, { "winners", "winners_count" },
		{ "unclaimed", "unclaimed_count" }, ),
	ROW("set_chat_wallpaper", SetChatWallPaper, wallpaper, ),
	ROW("set_same_chat_wallpaper", SetChatWallPaper, wallpaper, ),
	ROW("boost_apply", BoostApply, NULL, { "boosts", "boosts" }, ),
	ROW("refunded_payment", PaymentRefunded, refunded, { "amount", "total_amount" },
		{ "currency", "currency" }, ),
	ROW("send_stars_gift", GiftStars, gift_stars, ),
	ROW("send_ton_gift", GiftTon, gift_ton, ),
	ROW("stars_prize", PrizeStars, stars_prize, { "stars", "stars" },
		{ "is_unclaimed", "unclaimed" }, { "giveaway_msg_id", "giveaway_msg_id" },
		{ "transaction_id", "transaction_id" }, ),
	ROW("send_star_gift", StarGift, star_gift, { "is_anonymous", "name_hidden" }, ),
	ROW("paid_messages_refund", PaidMessagesRefunded, NULL, { "messages_count", "count" },
		{ "stars_count", "stars" }, ),
	ROW("paid_messages_price_change", PaidMessagesPrice, NULL, { "price_stars", "stars" },
		{ "is_broadcast_messages_allowed", "broadcast_messages_allowed" }, ),
	ROW("todo_completions", TodoCompletions, NULL, { "completed", "completed" },
		{ "incompleted", "incompleted" }, ),
	ROW("todo_append_tasks", TodoAppendTasks, todo_append, ),
	ROW("poll_append_answer", PollAppendAnswer, poll_answer, ),
	ROW("poll_delete_answer", PollDeleteAnswer, poll_answer, ),
	ROW("process_suggested_post", SuggestedPostApproval, post_approval,
		{ "rejected", "rejected" }, { "comment", "reject_comment" },
		{ "scheduled_date", "schedule_date" }, ),
	ROW("suggested_post_success", SuggestedPostSuccess, post_success, ),
	ROW("suggested_post_refund", SuggestedPostRefund, NULL,
		{ "user_initiated", "payer_initiated" }, ),
	ROW("suggest_birthday", SuggestBirthday, birthday, ),
	ROW("no_forwards_toggle", NoForwardsToggle, forwards_toggle,
		{ "new_value", "new_value" }, ),
	ROW("no_forwards_request", NoForwardsRequest, forwards_request,
		{ "new_value", "new_value" }, { "expired", "expired" }, ),
	ROW("new_creator_pending", NewCreatorPending, pending_creator, ),
	ROW("change_creator", ChangeCreator, new_creator, ),
	ROW("managed_bot_created", ManagedBotCreated, managed_bot, ),
};

static int fill_row(struct service *s, const struct row *row, union tl_MessageAction *a)
{
	for (size_t i = 0; i < FIELDS && row->fields[i].key; i++) {
		struct json_value v = json_field(s->v, row->fields[i].key);
		int r;

		if (json_is_missing(v) || json_is_null(v))
			continue;
		r = tl_set_json(
			a, tobs_str(row->fields[i].field), v, NULL, &s->d->w->arena, s->err);
		if (r)
			return r;
	}
	return row->finish ? row->finish(s, a) : TOBS_OK;
}

/* Messages of Telegram itself have a text and no action; newer actions have a name only. */
static int custom(struct service *s, struct tobs_view name, const union tl_MessageAction **ret)
{
	struct tl_messageActionCustomAction *a = ACTION_NEW(s, messageActionCustomAction);
	int r = desktop_str(s->v, "information_text", &name, s->err);

	if (!a)
		return no_memory(s);
	a->message = sim_keep(s->d->w, name);
	*ret = (const void *)a;
	return r;
}

int desktop_action(struct desktop *d, struct json_value v, int32_t id,
	const union tl_MessageAction **ret, struct tobs_err *err)
{
	struct service s = { d, v, id, err };
	struct tobs_view name = { 0 };
	int r = desktop_str(v, "action", &name, err);

	if (r)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		union tl_MessageAction *a;

		if (!tobs_view_is(name, rows[i].action))
			continue;
		a = sim_new(&d->w->arena, tl_find(rows[i].ctor)->size, rows[i].ctor);
		if (!a)
			return no_memory(&s);
		*ret = a;
		return fill_row(&s, &rows[i], a);
	}
	if (name.len) {
		d->not_known++;
		log_debug("sim", "no such action in Telegram Desktop's JSON: %.*s",
			TOBS_VIEW_FMT(name));
	}
	return custom(&s, name, ret);
}
