/* SPDX-License-Identifier: MIT */
/* Service messages in words. What each action carries: docs/archive.md. */
#include "export/block_impl.h"

enum argument_kind {
	ARG_END,
	ARG_TEXT,
	ARG_PEER,
	ARG_PEERS,
	ARG_PERIOD,
	ARG_WHEN,
	ARG_AMOUNT, /* an object {"amount":…,"currency":…} */
	ARG_STARS,  /* a number of Stars */
};

/* Argument 0 of a phrase is who did it; these are 1, 2, …. */
struct action {
	const char *name;
	enum word word;
	struct {
		enum argument_kind kind;
		const char *key;
	} args[2];
	void (*write)(struct block_writer *w); /* when a phrase alone will not do */
};

/* ---- arguments ---- */

static void put_stars(struct block_writer *w, size_t i, int64_t n)
{
	words_put(block_argument(w, i), w->o.language, WORD_STARS, n, NULL, 0);
}

static void put_argument(struct block_writer *w, size_t i, enum argument_kind kind, const char *key)
{
	switch (kind) {
	case ARG_TEXT: block_arg_text(w, i, json_str(w->action, key)); break;
	case ARG_PEER: block_arg_peer(w, i, json_num(w->action, key)); break;
	case ARG_PEERS: block_arg_peers(w, i, json_field(w->action, key)); break;
	case ARG_PERIOD:
		units_period(block_argument(w, i), w->o.language, json_num(w->action, key));
		break;
	case ARG_WHEN: block_arg_when(w, i, json_num(w->action, key)); break;
	case ARG_AMOUNT:
		units_amount(block_argument(w, i), w->o.language, json_field(w->action, key));
		break;
	case ARG_STARS: put_stars(w, i, json_num(w->action, key)); break;
	case ARG_END: break;
	}
}

static void actor(struct block_writer *w)
{
	block_arg_peer(w, 0, w->m->sender);
}

static void say(struct block_writer *w, enum word word)
{
	actor(w);
	block_say_item(w, word, 0, 1);
}

/* The currency's own amount, beside keys of other things. */
static void put_money(struct block_writer *w, size_t i)
{
	units_amount(block_argument(w, i), w->o.language, w->action);
}

/* ---- those that say more than one thing ---- */

static void on_create_group(struct block_writer *w)
{
	bool with = json_count(json_field(w->action, "members")) > 0;

	actor(w);
	put_argument(w, 1, ARG_TEXT, "title");
	put_argument(w, 2, ARG_PEERS, "members");
	block_say_item(w, with ? WORD_A_CREATE_GROUP_OF : WORD_A_CREATE_GROUP, 0, with ? 3 : 2);
}

static void on_create_channel(struct block_writer *w)
{
	actor(w);
	put_argument(w, 1, ARG_TEXT, "title");
	block_say_item(w,
		w->o.kind == ARCHIVE_CHANNEL ? WORD_A_CREATE_CHANNEL : WORD_A_CREATE_SUPER, 0, 2);
}

/* Whether the one member it names is who did it. */
static bool is_oneself(struct block_writer *w)
{
	struct json_value list = json_field(w->action, "members");
	int64_t one = 0;

	return json_count(list) == 1 && json_get_i64(json_item(list, 0), &one) == TOBS_OK &&
		one == w->m->sender;
}

static void on_invite(struct block_writer *w)
{
	if (is_oneself(w)) {
		say(w, WORD_A_JOIN);
		return;
	}
	actor(w);
	put_argument(w, 1, ARG_PEERS, "members");
	block_say_item(w, WORD_A_INVITE, 0, 2);
}

static void on_remove(struct block_writer *w)
{
	if (is_oneself(w)) {
		say(w, WORD_A_LEAVE);
		return;
	}
	actor(w);
	put_argument(w, 1, ARG_PEERS, "members");
	block_say_item(w, WORD_A_REMOVE, 0, 2);
}

static void on_link(struct block_writer *w)
{
	actor(w);
	put_argument(w, 1, ARG_PEER, "inviter");
	block_say_item(
		w, json_num(w->action, "inviter") ? WORD_A_JOIN_LINK : WORD_A_JOIN_LINK_ANY, 0, 2);
}

static void on_migrate_from(struct block_writer *w)
{
	put_argument(w, 0, ARG_TEXT, "title");
	block_say_item(w, WORD_A_MIGRATE_FROM, 0, 1);
}

static void on_community(struct block_writer *w)
{
	int64_t id = json_num(w->action, "community");

	actor(w);
	block_arg_peer(w, 1, id);
	block_say_item(w, id ? WORD_A_COMMUNITY : WORD_A_COMMUNITY_NONE, 0, id ? 2 : 1);
}

static void on_pin(struct block_writer *w)
{
	int32_t id = (int32_t)json_num(w->action, "message_id");
	bool known = id && block_arg_message(w, 1, 0, id);

	actor(w);
	block_say_item(w, known ? WORD_A_PIN : WORD_A_PIN_ANY, 0, known ? 2 : 1);
}

static void on_score(struct block_writer *w)
{
	int32_t id = (int32_t)json_num(w->action, "game_message_id");
	bool known = id && block_arg_message(w, 1, 0, id);

	actor(w);
	block_say_item(w, known ? WORD_A_SCORE_IN : WORD_A_SCORE, json_num(w->action, "score"),
		known ? 2 : 1);
}

static void put_length(struct block_writer *w, int64_t seconds)
{
	if (seconds <= 0)
		return;
	block_item(w);
	units_duration(w->out, seconds);
}

static void on_call(struct block_writer *w)
{
	static const struct {
		const char *reason;
		enum word word;
	} ends[] = {
		{ "missed", WORD_A_CALL_MISSED },
		{ "busy", WORD_A_CALL_BUSY },
		{ "disconnect", WORD_A_CALL_CUT },
		{ "migrate_conference_call", WORD_A_CALL_GROUP },
	};
	struct tobs_view reason = json_str(w->action, "discard_reason");

	say(w, json_yes(w->action, "video") ? WORD_A_CALL_VIDEO : WORD_A_CALL);
	put_length(w, json_num(w->action, "duration_seconds"));
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (tobs_view_is(reason, ends[i].reason))
			block_say_item(w, ends[i].word, 0, 0);
}

static void on_conference(struct block_writer *w)
{
	block_say_item(w,
		json_yes(w->action, "video") ? WORD_A_CONFERENCE_VIDEO : WORD_A_CONFERENCE, 0, 0);
	put_length(w, json_num(w->action, "duration"));
	if (json_yes(w->action, "missed"))
		block_say_item(w, WORD_A_CALL_MISSED, 0, 0);
	if (json_yes(w->action, "active"))
		block_say_item(w, WORD_A_CALL_ACTIVE, 0, 0);
	if (json_count(json_field(w->action, "members"))) {
		put_argument(w, 0, ARG_PEERS, "members");
		block_say_item(w, WORD_A_CALL_WITH, 0, 1);
	}
}

static void on_group_call(struct block_writer *w)
{
	int64_t length = json_num(w->action, "duration");

	actor(w);
	units_duration(block_argument(w, 1), length);
	block_say_item(w, length ? WORD_A_GROUP_CALL_END : WORD_A_GROUP_CALL, 0, length ? 2 : 1);
}

static void on_ttl(struct block_writer *w)
{
	int64_t period = json_num(w->action, "period"), from = json_num(w->action, "from");

	actor(w);
	put_argument(w, 1, ARG_PERIOD, "period");
	put_argument(w, 2, ARG_PEER, "from");
	block_say_item(w, !period ? WORD_A_TTL_OFF : from ? WORD_A_TTL_FROM : WORD_A_TTL, 0, 3);
}

static void on_theme(struct block_writer *w)
{
	struct tobs_view name = json_str(w->action, "emoticon");

	if (!name.len)
		name = json_str(json_field(w->action, "gift"), "title");
	actor(w);
	block_arg_text(w, 1, name);
	block_say_item(w, name.len ? WORD_A_THEME : WORD_A_THEME_OFF, 0, name.len ? 2 : 1);
}

static void on_wallpaper(struct block_writer *w)
{
	say(w, json_yes(w->action, "for_both") ? WORD_A_WALLPAPER_BOTH : WORD_A_WALLPAPER);
}

static void on_topic_edit(struct block_writer *w)
{
	struct tobs_view title = json_str(w->action, "new_title");
	struct json_value closed = json_field(w->action, "closed");
	struct json_value hidden = json_field(w->action, "hidden");
	struct json_value icon = json_field(w->action, "new_icon_emoji_id");
	size_t start = w->out->len;

	if (title.len) {
		actor(w);
		block_arg_text(w, 1, title);
		block_say_item(w, WORD_A_TOPIC_TITLE, 0, 2);
	}
	if (!json_is_missing(icon))
		say(w,
			json_num(w->action, "new_icon_emoji_id") ? WORD_A_TOPIC_ICON
								 : WORD_A_TOPIC_NO_ICON);
	if (!json_is_missing(closed))
		say(w, json_yes(w->action, "closed") ? WORD_A_TOPIC_CLOSED : WORD_A_TOPIC_OPENED);
	if (!json_is_missing(hidden))
		say(w, json_yes(w->action, "hidden") ? WORD_A_TOPIC_HIDDEN : WORD_A_TOPIC_SHOWN);
	if (w->out->len == start)
		say(w, WORD_A_TOPIC_EDITED);
}

static void on_proximity(struct block_writer *w)
{
	put_argument(w, 0, ARG_PEER, "from");
	put_argument(w, 1, ARG_PEER, "to");
	words_put(block_argument(w, 2), w->o.language, WORD_METRES, json_num(w->action, "distance"),
		NULL, 0);
	block_say_item(w, WORD_A_PROXIMITY, 0, 3);
}

static void on_allowed(struct block_writer *w)
{
	struct tobs_view domain = json_str(w->action, "reason_domain");
	struct tobs_view app = json_str(w->action, "reason_app_name");

	actor(w);
	block_arg_text(w, 1, domain.len ? domain : app);
	if (domain.len)
		block_say_item(w, WORD_A_ALLOWED_BY, 0, 2);
	else
		block_say_item(w, app.len ? WORD_A_ALLOWED_APP : WORD_A_ALLOWED, 0, 2);
}

static void on_information(struct block_writer *w)
{
	block_text_item(w, json_str(w->action, "information_text"));
}

static void on_boost(struct block_writer *w)
{
	int64_t n = json_num(w->action, "boosts");

	actor(w);
	block_say_item(w, WORD_A_BOOST, n ? n : 1, 1);
}

static void on_birthday(struct block_writer *w)
{
	struct tobs_buf *out;
	int64_t year = json_num(w->action, "year");

	actor(w);
	out = block_argument(w, 1);
	if (year)
		tobs_buf_printf(out, "%04d-", (int)year);
	tobs_buf_printf(out, "%02d-%02d", (int)json_num(w->action, "month"),
		(int)json_num(w->action, "day"));
	block_say_item(w, WORD_A_BIRTHDAY, 0, 2);
}

static void on_protect(struct block_writer *w)
{
	say(w, json_yes(w->action, "new") ? WORD_A_PROTECT_ON : WORD_A_PROTECT_OFF);
}

static void on_protect_ask(struct block_writer *w)
{
	say(w, json_yes(w->action, "new") ? WORD_A_PROTECT_ASK_ON : WORD_A_PROTECT_ASK);
	if (json_yes(w->action, "expired"))
		block_say_item(w, WORD_A_EXPIRED, 0, 0);
}

static void on_tasks(struct block_writer *w)
{
	bool done = json_count(json_field(w->action, "completed")) > 0;
	bool undone = json_count(json_field(w->action, "incompleted")) > 0;
	int64_t list = json_num(w->action, "message_id");

	block_arg_tasks(w, 1, list, json_field(w->action, done ? "completed" : "incompleted"));
	block_arg_tasks(w, 2, list, json_field(w->action, "incompleted"));
	actor(w);
	block_say_item(w,
		done && undone ? WORD_A_TASKS_BOTH
			: done ? WORD_A_TASKS_DONE
			       : WORD_A_TASKS_UNDONE,
		0, 3);
}

static void on_tasks_added(struct block_writer *w)
{
	struct tobs_buf *out = block_argument(w, 1);

	JSON_EACH (it, json_field(w->action, "items")) {
		if (out->len)
			emit_str(out, ", ");
		md_escape(out, w->o.flavour, MD_TEXT, json_str(it.value, "text"));
	}
	actor(w);
	block_say_item(w, WORD_A_TASKS_ADDED, 0, 2);
}

static void on_payment(struct block_writer *w)
{
	int32_t id = (int32_t)json_num(w->action, "invoice_message_id");
	bool known = id && block_arg_message(w, 2, 0, id);

	actor(w);
	put_money(w, 1);
	block_say_item(w, known ? WORD_A_PAID_FOR : WORD_A_PAID, 0, known ? 3 : 2);
	if (json_str(w->action, "recurring").len)
		block_say_item(w, WORD_A_RECURRING, 0, 0);
}

static void on_refund(struct block_writer *w)
{
	actor(w);
	put_money(w, 1);
	block_say_item(w, WORD_A_REFUNDED, 0, 2);
}

static void put_cost(struct block_writer *w)
{
	if (json_num(w->action, "amount") &&
		units_amount(block_argument(w, 0), w->o.language, w->action) == TOBS_OK)
		block_say_item(w, WORD_A_GIFT_COST, 0, 1);
	block_say_quoted(w, json_str(w->action, "text"));
}

static void on_premium(struct block_writer *w)
{
	actor(w);
	block_say_item(w, WORD_A_GIFT_PREMIUM, json_num(w->action, "days"), 1);
	put_cost(w);
}

static void on_gift_code(struct block_writer *w)
{
	block_say_item(w, WORD_A_GIFT_CODE, json_num(w->action, "days"), 0);
	if (json_num(w->action, "boost_peer_id")) {
		put_argument(w, 0, ARG_PEER, "boost_peer_id");
		block_say_item(w, WORD_A_GIFT_FROM, 0, 1);
	}
	if (json_yes(w->action, "via_giveaway"))
		block_say_item(w, WORD_A_VIA_GIVEAWAY, 0, 0);
	if (json_yes(w->action, "unclaimed"))
		block_say_item(w, WORD_A_UNCLAIMED, 0, 0);
	put_cost(w);
}

static void on_stars(struct block_writer *w)
{
	int64_t stars = json_num(w->action, "stars");

	int64_t crypto = json_num(w->action, "crypto_amount");

	actor(w);
	if (stars)
		put_stars(w, 1, stars);
	else if (crypto)
		units_money(block_argument(w, 1), w->o.language, crypto,
			json_str(w->action, "crypto_currency"), 0);
	block_say_item(w, stars || crypto ? WORD_A_GIFT_STARS : WORD_A_GIFT_STARS_ANY, 0, 2);
	put_cost(w);
}

static void on_prize(struct block_writer *w)
{
	block_argument(w, 0);
	put_stars(w, 1, json_num(w->action, "stars"));
	block_say_item(w, WORD_A_PRIZE_STARS, 0, 2);
	if (json_yes(w->action, "is_unclaimed"))
		block_say_item(w, WORD_A_UNCLAIMED, 0, 0);
}

static void on_giveaway(struct block_writer *w)
{
	int64_t stars = json_num(w->action, "stars");

	actor(w);
	put_stars(w, 1, stars);
	block_say_item(w, stars ? WORD_A_GIVEAWAY_STARS : WORD_A_GIVEAWAY, 0, 2);
}

static void on_giveaway_results(struct block_writer *w)
{
	int64_t unclaimed = json_num(w->action, "unclaimed");

	block_argument(w, 0);
	words_put(block_argument(w, 1), w->o.language, WORD_WINNERS, json_num(w->action, "winners"),
		NULL, 0);
	block_say_item(w, WORD_A_GIVEAWAY_END, 0, 2);
	if (unclaimed)
		block_say_item(w, WORD_UNCLAIMED, unclaimed, 0);
}

static void on_price(struct block_writer *w)
{
	int64_t stars = json_num(w->action, "price_stars");

	actor(w);
	put_stars(w, 1, stars);
	block_say_item(w,
		stars                                                          ? WORD_A_PRICE
			: json_yes(w->action, "is_broadcast_messages_allowed") ? WORD_A_PRICE_DIRECT
									       : WORD_A_PRICE_FREE,
		0, 2);
}

static void on_messages_refund(struct block_writer *w)
{
	put_stars(w, 2, json_num(w->action, "stars_count"));
	words_put(block_argument(w, 1), w->o.language, WORD_A_MESSAGES_FOR,
		json_num(w->action, "messages_count"),
		&(struct tobs_view){ w->arguments[2].ptr, w->arguments[2].len }, 1);
	actor(w);
	block_say_item(w, WORD_A_MESSAGES_REFUND, 0, 2);
}

/* What a gift is called: its title with its number, or what it cost. */
static void put_gift(struct block_writer *w, size_t i)
{
	struct json_value gift = json_field(w->action, "gift");
	struct tobs_view title = json_str(gift, "title");
	int64_t num = json_num(gift, "num"), stars = json_num(gift, "stars");

	if (title.len) {
		block_arg_text(w, i, title);
		if (num)
			tobs_buf_printf(&w->arguments[i], " \\#%lld", (long long)num);
	} else if (stars) {
		put_stars(w, i, stars);
	} else {
		block_arg_text(w, i, tobs_str(word_raw(w->o.language, WORD_A_GIFT_ANY)));
	}
}

/* Who gave it, as argument 0: of a gift to a channel that is not who the message is from. */
static void put_giver(struct block_writer *w)
{
	int64_t from = json_num(w->action, "from");

	block_arg_peer(w, 0, from ? from : w->m->sender);
}

/* Whom it is for, as argument 2; false when the action does not say. */
static bool put_receiver(struct block_writer *w)
{
	int64_t to = json_num(w->action, "to");

	if (!to)
		to = json_num(w->action, "peer");
	block_arg_peer(w, 2, to);
	return to != 0;
}

static void on_gift(struct block_writer *w)
{
	bool to = put_receiver(w);

	put_giver(w);
	put_gift(w, 1);
	block_say_item(w, to ? WORD_A_GIFT_TO : WORD_A_GIFT, 0, 3);
	if (json_yes(json_field(w->action, "gift"), "limited"))
		block_say_item(w, WORD_A_GIFT_LIMITED, 0, 0);
	if (json_yes(w->action, "is_anonymous"))
		block_say_item(w, WORD_A_GIFT_ANONYMOUS, 0, 0);
	if (json_yes(w->action, "converted"))
		block_say_item(w, WORD_A_GIFT_CONVERTED, 0, 0);
	if (json_yes(w->action, "upgraded"))
		block_say_item(w, WORD_A_GIFT_UPGRADED, 0, 0);
	if (json_yes(w->action, "refunded"))
		block_say_item(w, WORD_REFUNDED, 0, 0);
	block_say_quoted(w, json_str(w->action, "text"));
}

/* A person whom the collectible names. */
static void put_named(struct block_writer *w, const char *key, enum word word)
{
	int64_t peer = json_num(json_field(w->action, "gift"), key);

	if (!peer)
		return;
	block_arg_peer(w, 0, peer);
	block_say_item(w, word, 0, 1);
}

static void on_gift_unique(struct block_writer *w)
{
	bool to = put_receiver(w);
	enum word word = to ? WORD_A_GIFT_UNIQUE_TO : WORD_A_GIFT_UNIQUE;

	if (json_yes(w->action, "upgrade"))
		word = WORD_A_GIFT_UPGRADE;
	else if (json_yes(w->action, "transferred"))
		word = to ? WORD_A_GIFT_TRANSFER_TO : WORD_A_GIFT_TRANSFER;
	put_giver(w);
	put_gift(w, 1);
	block_say_item(w, word, 0, 3);
	put_named(w, "sender", WORD_A_GIFT_FIRST_BY);
	put_named(w, "recipient", WORD_A_GIFT_FIRST_TO);
	if (units_amount(block_argument(w, 0), w->o.language, json_field(w->action, "resale")) ==
		TOBS_OK)
		block_say_item(w, WORD_A_GIFT_RESOLD, 0, 1);
	if (json_yes(w->action, "refunded"))
		block_say_item(w, WORD_REFUNDED, 0, 0);
	block_say_quoted(w, json_str(json_field(w->action, "gift"), "text"));
}

static void on_offer(struct block_writer *w)
{
	bool declined = tobs_view_is(w->m->action, "star_gift_purchase_offer_declined");

	actor(w);
	put_gift(w, 2);
	put_argument(w, 1, ARG_AMOUNT, "price");
	block_say_item(w,
		declined && json_yes(w->action, "expired") ? WORD_A_OFFER_EXPIRED
			: declined                         ? WORD_A_OFFER_DECLINED
							   : WORD_A_OFFER,
		0, 3);
	if (json_yes(w->action, "accepted"))
		block_say_item(w, WORD_A_ACCEPTED, 0, 0);
	if (!declined && json_yes(w->action, "declined"))
		block_say_item(w, WORD_A_DECLINED, 0, 0);
	if (!declined && json_yes(w->action, "expired"))
		block_say_item(w, WORD_A_EXPIRED, 0, 0);
}

static void on_suggested(struct block_writer *w)
{
	actor(w);
	put_argument(w, 1, ARG_AMOUNT, "price");
	block_say_item(w,
		json_yes(w->action, "balance_too_low")    ? WORD_A_SUGGEST_POOR
			: json_yes(w->action, "rejected") ? WORD_A_SUGGEST_NO
							  : WORD_A_SUGGEST_YES,
		0, 2);
	block_say_quoted(w, json_str(w->action, "reject_comment"));
}

static void on_suggest_refund(struct block_writer *w)
{
	block_say_item(w,
		json_yes(w->action, "payer_initiated") ? WORD_A_SUGGEST_REFUND_BY
						       : WORD_A_SUGGEST_REFUND,
		0, 0);
}

static void on_passport(struct block_writer *w)
{
	actor(w);
	put_argument(w, 1, ARG_PEERS, "values"); /* a list of words reads like a list of names */
	block_say_item(w, WORD_A_PASSPORT, 0, 2);
}

static void on_shared(struct block_writer *w)
{
	bool named = json_count(json_field(w->action, "names")) > 0;

	actor(w);
	put_argument(w, 1, ARG_PEERS, named ? "names" : "peers");
	block_say_item(w, WORD_A_SHARED, 0, 2);
}

/* ---- the table ---- */

static const struct action actions[] = {
	{ "create_group", .write = on_create_group },
	{ "create_channel", .write = on_create_channel },
	{ "edit_group_title", WORD_A_TITLE, { { ARG_TEXT, "title" } } },
	{ "edit_group_photo", WORD_A_PHOTO },
	{ "suggest_profile_photo", WORD_A_PHOTO_SUGGEST },
	{ "delete_group_photo", WORD_A_PHOTO_DELETE },
	{ "clear_history", WORD_A_HISTORY },
	{ "take_screenshot", WORD_A_SCREENSHOT },
	{ "joined_telegram", WORD_A_JOINED_TELEGRAM },
	{ "join_group_by_request", WORD_A_JOIN_REQUEST },
	{ "join_group_by_link", .write = on_link },
	{ "invite_members", .write = on_invite },
	{ "remove_members", .write = on_remove },
	{ "invite_to_group_call", WORD_A_CALL_INVITE, { { ARG_PEERS, "members" } } },
	{ "migrate_to_supergroup", WORD_A_MIGRATE_TO },
	{ "migrate_from_group", .write = on_migrate_from },
	{ "change_creator", WORD_A_CREATOR, { { ARG_PEER, "user" } } },
	{ "new_creator_pending", WORD_A_CREATOR_PENDING, { { ARG_PEER, "user" } } },
	{ "change_community", .write = on_community },
	{ "managed_bot_created", WORD_A_BOT_CREATED, { { ARG_PEER, "bot" } } },
	{ "pin_message", .write = on_pin },
	{ "score_in_game", .write = on_score },
	{ "phone_call", .write = on_call },
	{ "conference_call", .write = on_conference },
	{ "group_call", .write = on_group_call },
	{ "group_call_scheduled", WORD_A_GROUP_CALL_PLAN, { { ARG_WHEN, "schedule_date" } } },
	{ "set_messages_ttl", .write = on_ttl },
	{ "edit_chat_theme", .write = on_theme },
	{ "set_chat_wallpaper", .write = on_wallpaper },
	{ "set_same_chat_wallpaper", WORD_A_WALLPAPER_SAME },
	{ "topic_created", WORD_A_TOPIC, { { ARG_TEXT, "title" } } },
	{ "topic_edit", .write = on_topic_edit },
	{ "proximity_reached", .write = on_proximity },
	{ "allow_sending_messages", .write = on_allowed },
	{ "web_app_bot_allowed", .write = on_allowed },
	{ "attach_menu_bot_allowed", WORD_A_ALLOWED_MENU },
	{ "send_webview_data", WORD_A_WEBVIEW, { { ARG_TEXT, "text" } } },
	{ "requested_peer", .write = on_shared },
	{ "send_passport_values", .write = on_passport },
	{ "custom_action", .write = on_information },
	{ "boost_apply", .write = on_boost },
	{ "suggest_birthday", .write = on_birthday },
	{ "no_forwards_toggle", .write = on_protect },
	{ "no_forwards_request", .write = on_protect_ask },
	{ "todo_completions", .write = on_tasks },
	{ "todo_append_tasks", .write = on_tasks_added },
	{ "poll_append_answer", WORD_A_POLL_ADDED, { { ARG_TEXT, "text" } } },
	{ "poll_delete_answer", WORD_A_POLL_REMOVED, { { ARG_TEXT, "text" } } },
	{ "send_payment", .write = on_payment },
	{ "refunded_payment", .write = on_refund },
	{ "send_premium_gift", .write = on_premium },
	{ "gift_code_prize", .write = on_gift_code },
	{ "send_stars_gift", .write = on_stars },
	{ "gift_ton", .write = on_stars },
	{ "stars_prize", .write = on_prize },
	{ "giveaway_launch", .write = on_giveaway },
	{ "giveaway_results", .write = on_giveaway_results },
	{ "paid_messages_price_change", .write = on_price },
	{ "paid_messages_refund", .write = on_messages_refund },
	{ "send_star_gift", .write = on_gift },
	{ "star_gift_unique", .write = on_gift_unique },
	{ "star_gift_purchase_offer", .write = on_offer },
	{ "star_gift_purchase_offer_declined", .write = on_offer },
	{ "suggested_post_approval", .write = on_suggested },
	{ "suggested_post_success", WORD_A_SUGGEST_PAID, { { ARG_AMOUNT, "price" } } },
	{ "suggested_post_refund", .write = on_suggest_refund },
};

void block_action(struct block_writer *w)
{
	struct tobs_view name = w->m->action, tl = json_str(w->action, "tl");

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		const struct action *a = &actions[i];
		size_t n = 1;

		if (!tobs_view_is(name, a->name))
			continue;
		if (a->write) {
			a->write(w);
			return;
		}
		for (; n <= ARRAY_LEN(a->args) && a->args[n - 1].kind != ARG_END; n++)
			put_argument(w, n, a->args[n - 1].kind, a->args[n - 1].key);
		actor(w);
		block_say_item(w, a->word, 0, n);
		return;
	}
	/* One that this version does not know is said by its name. */
	actor(w);
	block_arg_text(w, 1, tl.len ? tl : name);
	block_say_item(w, WORD_A_UNKNOWN, 0, 2);
}
