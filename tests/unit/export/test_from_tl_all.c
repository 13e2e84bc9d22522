/* SPDX-License-Identifier: MIT */
/*
 * Every constructor that can stand in a message, with random content: what comes
 * out is JSON, has no key that docs/archive.md does not know, and has every text
 * and number of the message but those listed here, which nobody sees.
 */
#include "base/file.h"
#include "base/json.h"
#include "export/from_tl.h"
#include "support/test.h"
#include "support/tl_random.h"

enum { ROUNDS = 25, PAGE_MAX = 1 << 20 };

/*
 * Not shown: what serves the protocol (hashes, references), what is shown somewhere
 * else (users, chats), sizes besides the largest, and what only senders set. With
 * a field goes all that is in it.
 */
static const char *const unseen[] = {
	/* protocol */
	"*.access_hash",
	"*.hash",
	"*.replies_pts",
	"*.max_id",
	"*.read_max_id",
	"*.random_id",
	"*.schedule_repeat_period",
	"*.report_delivery_until_date",
	"*.quick_reply_shortcut_id",
	"message.summary_from_language",
	"message.date",
	"message.peer_id", /* the chat, which is known */
	"messageService.peer_id",
	/* files: the largest size, one of each attribute */
	"photo.date",
	"photo.dc_id",
	"photo.sizes",
	"photo.video_sizes",
	"document.date",
	"document.dc_id",
	"document.thumbs",
	"document.video_thumbs",
	"document.attributes",
	"messageMediaDocument.alt_documents",
	"webDocument.attributes",
	"webDocumentNoProxy.attributes",
	/* people beside messages */
	"messageReplies.recent_repliers",
	"messageReactions.recent_reactions",
	"messageReactions.top_reactors",
	"reactionCount.chosen_order",
	"pollResults.recent_voters",
	"pollResults.results", /* by option; test_from_tl.c has them */
	"poll.id",
	/* replies and forwards */
	"messageReplyHeader.reply_to_top_id", /* a column */
	"reply_from/messageFwdHeader.saved_from_peer",
	"reply_from/messageFwdHeader.saved_from_msg_id",
	"reply_from/messageFwdHeader.saved_from_id",
	"reply_from/messageFwdHeader.saved_from_name",
	"reply_from/messageFwdHeader.saved_date",
	"reply_from/messageFwdHeader.psa_type",
	/* previews: what is behind them */
	"webPage.id",
	"webPage.display_url",
	"webPage.embed_type",
	"webPage.embed_width",
	"webPage.embed_height",
	"webPage.cached_page",
	"webPage.attributes",
	"webPageEmpty.id",
	"webPagePending.id",
	"webPagePending.date",
	"webPageNotModified.cached_page_views",
	/* buttons: how they look and what they send */
	"*.style",
	"keyboardButtonUrlAuth.fwd_text",
	"keyboardButtonUrlAuth.button_id",
	"keyboardButtonRequestPeer.button_id",
	"keyboardButtonRequestPeer.peer_type",
	"keyboardButtonRequestPeer.max_quantity",
	"replyKeyboardMarkup.placeholder",
	"replyKeyboardForceReply.placeholder",
	/* stories: the item is shown, not what surrounds it */
	"storyItem.id",
	"storyItem.from_id",
	"storyItem.fwd_from",
	"storyItem.expire_date",
	"storyItem.media_areas",
	"storyItem.privacy",
	"storyItem.views",
	"storyItem.sent_reaction",
	"storyItem.albums",
	"storyItem.music",
	"storyItemDeleted.id",
	"storyItemSkipped.id",
	"storyItemSkipped.date",
	"storyItemSkipped.expire_date",
	/* other media */
	"geoPoint.long",
	"geoPoint.lat",
	"game.id",
	"messageMediaInvoice.start_param",
	"messageMediaVideoStream.call",
	"messages.emojiGameOutcome.seed",
	"messageExtendedMediaPreview.thumb",
	"todoCompletion.id", /* of an item that the list has or has not */
	"todoCompletion.completed_by",
	"todoCompletion.date",
	"inputStickerSetDice.emoticon",
	"pageBlockMap.geo",
	/* actions */
	"*.call_id",
	"*.call",
	"botApp.short_name",
	"botApp.description",
	"botApp.photo",
	"botApp.document",
	"messageActionPaymentSentMe.shipping_option_id",
	"*.charge",
	"requestedPeerUser.username",
	"requestedPeerUser.photo",
	"requestedPeerChat.photo",
	"requestedPeerChannel.username",
	"requestedPeerChannel.photo",
	"messageActionSecureValuesSentMe.values",
	"messageActionSecureValuesSentMe.credentials",
	"chatThemeUniqueGift.theme_settings",
	"wallPaper.id",
	"wallPaper.slug",
	"wallPaperNoFile.id",
	"wallPaperSettings.background_color",
	"wallPaperSettings.second_background_color",
	"wallPaperSettings.third_background_color",
	"wallPaperSettings.fourth_background_color",
	"wallPaperSettings.intensity",
	"wallPaperSettings.rotation",
	"messageActionStarGift.saved_id",
	"messageActionStarGift.prepaid_upgrade_hash",
	"messageActionStarGiftUnique.saved_id",
	/* gifts: what they are, not what they cost today */
	"starGift.availability_remains",
	"starGift.availability_resale",
	"starGift.convert_stars",
	"starGift.first_sale_date",
	"starGift.last_sale_date",
	"starGift.upgrade_stars",
	"starGift.resell_min_stars",
	"starGift.per_user_total",
	"starGift.per_user_remains",
	"starGift.locked_until_date",
	"starGift.auction_slug",
	"starGift.gifts_per_round",
	"starGift.auction_start_date",
	"starGift.upgrade_variants",
	"starGift.background",
	"starGiftUnique.gift_id",
	"starGiftUnique.availability_issued",
	"starGiftUnique.gift_address",
	"starGiftUnique.resell_amount",
	"starGiftUnique.value_amount",
	"starGiftUnique.value_currency",
	"starGiftUnique.value_usd_amount",
	"starGiftUnique.theme_peer",
	"starGiftUnique.peer_color",
	"starGiftUnique.host_id",
	"starGiftUnique.offer_min_stars",
	"starGiftUnique.craft_chance_permille",
	"starGiftAttributeModel.document",
	"starGiftAttributeModel.rarity",
	"starGiftAttributePattern.document",
	"starGiftAttributePattern.rarity",
	"starGiftAttributeBackdrop.backdrop_id",
	"starGiftAttributeBackdrop.center_color",
	"starGiftAttributeBackdrop.edge_color",
	"starGiftAttributeBackdrop.pattern_color",
	"starGiftAttributeBackdrop.text_color",
	"starGiftAttributeBackdrop.rarity",
};

static struct archive_batch b;
static struct tobs_arena arena;
static struct tobs_buf seen; /* everything in the output, one value a line */
static struct prng prng;

/* ---- what is in the output ---- */

static void note_number(int64_t n)
{
	tobs_buf_printf(&seen, "\n%lld\n", (long long)n);
}

static void note_value(struct json_value v)
{
	struct tobs_view s;
	int64_t n;

	if (!json_get_str(v, &s))
		tobs_buf_printf(&seen, "\n%.*s\n", TOBS_VIEW_FMT(s));
	else if (!json_get_i64(v, &n))
		note_number(n);
	JSON_EACH (it, v)
		note_value(it.value);
}

/* ---- what is in the page ---- */

/* The keys that docs/archive.md names: "section/row/key". */
static struct tobs_buf page;

static bool is_word(uint8_t c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether `word` stands in `text` between quotes or backticks. */
static bool names(struct tobs_view text, struct tobs_view word)
{
	for (size_t at = 0; (at = tobs_view_find(text, at, word)) != SIZE_MAX; at++) {
		uint8_t before = at ? text.ptr[at - 1] : 0;
		uint8_t after = at + word.len < text.len ? text.ptr[at + word.len] : 0;

		if ((before == '`' || before == '"') && !is_word(after))
			return true;
	}
	return false;
}

static struct tobs_view section(const char *heading)
{
	struct tobs_view all = tobs_buf_view(&page);
	size_t from = tobs_view_find(all, 0, tobs_str(heading)), to;

	assert_true(from != SIZE_MAX);
	from += strlen(heading);
	to = tobs_view_find(all, from, tobs_str("\n##"));
	return tobs_view_sub(all, from, to == SIZE_MAX ? all.len : to - from);
}

/* Whether the section has a table row for `name` that allows `key`; key NULL: any. */
static bool row_allows(const char *heading, struct tobs_view name, struct tobs_view key)
{
	struct tobs_view rest = section(heading), line, first, cell;

	while (tobs_view_split(&rest, '\n', &line)) {
		if (!tobs_view_starts(line, "| `"))
			continue;
		tobs_view_split(&line, '|', &cell);
		tobs_view_split(&line, '|', &first);
		if (names(first, name) && (!key.len || names(line, key)))
			return true;
	}
	return false;
}

static void assert_documented(const char *heading, struct tobs_view name, struct json_value object)
{
	if (!row_allows(heading, name, (struct tobs_view){ 0 }))
		fail_msg("docs/archive.md does not know %.*s", TOBS_VIEW_FMT(name));
	JSON_EACH (it, object) {
		if (tobs_view_is(it.key, "kind") || row_allows(heading, name, it.key))
			continue;
		fail_msg("docs/archive.md: %.*s has no %.*s", TOBS_VIEW_FMT(name),
			TOBS_VIEW_FMT(it.key));
	}
}

/* Keys deeper down have to be named somewhere; media wherever it is must be in its table. */
static void assert_keys(struct json_value v)
{
	struct tobs_view kind;

	if (!json_get_str(json_field(v, "kind"), &kind))
		assert_documented("### Media", kind, v);
	JSON_EACH (it, v) {
		if (json_is_object(v) && !tobs_view_is(it.key, "kind") &&
			!names(tobs_buf_view(&page), it.key))
			fail_msg("docs/archive.md does not name %.*s", TOBS_VIEW_FMT(it.key));
		assert_keys(it.value);
	}
}

static void assert_data_keys(struct json_value data)
{
	JSON_EACH (it, data)
		if (!row_allows("## A message", it.key, (struct tobs_view){ 0 }) &&
			!names(section("## A message"), it.key))
			fail_msg("docs/archive.md: a message has no %.*s", TOBS_VIEW_FMT(it.key));
	assert_keys(data);
}

/* ---- comparing ---- */

static bool is_listed(const char *parent, const struct tl_ctor *c, const char *field)
{
	char one[128], any[128], inside[192];

	snprintf(one, sizeof one, "%s.%s", tl_names + c->name, field);
	snprintf(any, sizeof any, "*.%s", field);
	snprintf(inside, sizeof inside, "%s/%s", parent, one);
	for (size_t i = 0; i < ARRAY_LEN(unseen); i++)
		if (strcmp(unseen[i], one) == 0 || strcmp(unseen[i], any) == 0 ||
			strcmp(unseen[i], inside) == 0)
			return true;
	return false;
}

static void look_for(const struct tl_ctor *c, const char *field, struct tobs_view text)
{
	text = tobs_view_trim(text);
	if (tobs_view_find(tobs_buf_view(&seen), 0, text) == SIZE_MAX)
		fail_msg("%s.%s is lost: \"%.*s\"", tl_names + c->name, field, TOBS_VIEW_FMT(text));
}

static bool has_number(int64_t n)
{
	char line[32];
	int len = snprintf(line, sizeof line, "\n%lld\n", (long long)n);

	return tobs_view_find(tobs_buf_view(&seen), 0, tobs_view(line, (size_t)len)) != SIZE_MAX;
}

/* As it is, or as a chat's or channel's id. */
static void look_for_number(const struct tl_ctor *c, const char *field, int64_t n)
{
	uint64_t chat = 0 - (uint64_t)n;

	if (n && !has_number(n) && !has_number((int64_t)chat) &&
		!has_number((int64_t)(chat - 1000000000000)))
		fail_msg("%s.%s is lost: %lld", tl_names + c->name, field, (long long)n);
}

static void compare(const char *parent, const void *object);

static void compare_value(const struct tl_ctor *c, const char *field, int kind, const void *at)
{
	int32_t small;

	switch (kind) {
	case TL_STRING: look_for(c, field, *(const struct tobs_view *)at); break;
	case TL_INT:
		memcpy(&small, at, sizeof small);
		look_for_number(c, field, small);
		break;
	case TL_LONG: look_for_number(c, field, *(const int64_t *)at); break;
	case TL_BOXED: compare(field, *(const void *const *)at); break;
	default: break;
	}
}

static size_t size_of(int kind)
{
	return kind == TL_INT                           ? 4
		: kind == TL_STRING || kind == TL_BYTES ? sizeof(struct tobs_view)
							: 8;
}

/* Rich text is one text in the end; its parts are looked for, not its dress. */
static bool is_dress(const struct tl_ctor *c, const struct tl_field *f)
{
	const char *type = tl_names + tl_types[c->type];
	bool rich = strcmp(type, "PageBlock") == 0 || strcmp(type, "RichText") == 0 ||
		strncmp(type, "Page", 4) == 0;

	if (!rich || f->kind == TL_BOXED || (f->kind == TL_VECTOR && f->elem == TL_BOXED))
		return c->id == TL_pageBlockChannel;
	return c->id != TL_textPlain;
}

static void compare(const char *parent, const void *object)
{
	const struct tl_ctor *c = object ? tl_find(tl_id(object)) : NULL;

	/* What begins with "input" is for sending. */
	if (!c || strncmp(tl_names + c->name, "input", 5) == 0)
		return;
	for (int i = 0; i < c->count; i++) {
		const struct tl_field *f = &tl_fields[c->first + i];
		const char *name = tl_names + f->name;
		const uint8_t *at = (const uint8_t *)object + f->offset;
		const struct tl_vec_long *vec = (const void *)at;

		if (f->kind == TL_FLAGS || is_listed(parent, c, name) || is_dress(c, f))
			continue;
		if (f->kind != TL_VECTOR) {
			compare_value(c, name, f->kind, at);
			continue;
		}
		for (uint32_t k = 0; k < vec->count; k++)
			compare_value(c, name, f->elem,
				(const uint8_t *)(const void *)vec->items + k * size_of(f->elem));
	}
}

/* ---- messages ---- */

static struct json_doc parse(struct tobs_view text, const char *type)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	struct tobs_err err = { 0 };

	json_parser_init(&p, 8 << 20, 256);
	if (json_parse(&p, &doc, text, &err))
		fail_msg("%s: %.*s", err.message, TOBS_VIEW_FMT(text));
	assert_string_equal(json_type_name(json_type(json_root(&doc))), type);
	note_value(json_root(&doc));
	json_parser_deinit(&p);
	return doc;
}

static void check_entities(const struct archive_message *m)
{
	struct json_doc doc;

	if (!m->entities.len)
		return;
	doc = parse(m->entities, "array");
	JSON_EACH (it, json_root(&doc)) {
		struct tobs_view kind;

		assert_ok(json_get_str(json_item(it.value, 0), &kind));
		assert_true(json_count(it.value) >= 3 && json_count(it.value) <= 4);
		if (!names(section("## A message"), kind))
			fail_msg("docs/archive.md: no entity %.*s", TOBS_VIEW_FMT(kind));
	}
	json_doc_deinit(&doc);
}

static void check_output(const struct archive_message *m)
{
	struct json_doc doc;

	tobs_buf_clear(&seen);
	tobs_buf_printf(&seen, "\n%.*s\n", TOBS_VIEW_FMT(m->text));
	note_number(m->id);
	note_number(m->sender);
	note_number(m->topic);
	note_number(m->album);
	note_number(m->edited);
	note_number(m->poll_voters);
	check_entities(m);
	if (m->data.len) {
		doc = parse(m->data, "object");
		assert_data_keys(json_root(&doc));
		json_doc_deinit(&doc);
	}
	if (m->has_poll) {
		doc = parse(m->poll_answers, "array");
		assert_keys(json_root(&doc));
		json_doc_deinit(&doc);
	}
	if (m->action_data.len) {
		doc = parse(m->action_data, "object");
		assert_documented("### Service messages", m->action, json_root(&doc));
		assert_keys(json_root(&doc));
		json_doc_deinit(&doc);
	}
	for (uint32_t i = 0; i < m->reaction_count; i++) {
		struct tobs_view r = m->reactions[i].reaction;

		note_number(m->reactions[i].count);
		if (tobs_view_starts(r, "custom:"))
			r = tobs_view_sub(r, 7, r.len);
		tobs_buf_printf(&seen, "\n%.*s\n", TOBS_VIEW_FMT(r));
	}
}

static const struct archive_message *map(const void *message)
{
	const union tl_Message *one = message;
	const struct tl_vec_Message list = { 1, &one };
	struct tobs_err err = { 0 };

	archive_batch_clear(&b);
	if (from_tl_messages(&b, 1, &list, NULL, NULL, &err))
		fail_msg("%s", err.message);
	assert_int_equal(b.messages.count, 1);
	return &b.messages.items[0].m;
}

/* A header that says no more than a topic is no reply, and an unset quote is none. */
static void make_reply_count(const union tl_MessageReplyHeader *header)
{
	struct tl_messageReplyHeader *h;

	if (!header || header->ctor != TL_messageReplyHeader)
		return;
	memcpy(&h, &header, sizeof h);
	h->has_reply_to_msg_id = 1;
	h->reply_to_msg_id = 7;
	h->quote = 1;
}

static const void *random_of(uint32_t ctor)
{
	return tl_random(tl_find(ctor), &arena, &prng);
}

static void check_message(const union tl_MessageMedia *media)
{
	struct tl_message *m;
	const void *made = random_of(TL_message);

	memcpy(&m, &made, sizeof m);
	m->id = 5;
	m->edit_hide = 0;
	m->media = media;
	make_reply_count(m->reply_to);
	m->reactions = NULL; /* every_reaction() */
	check_output(map(m));
	compare("", m);
}

static void check_service(const void *action)
{
	struct tl_messageService *m;
	const void *made = random_of(TL_messageService);

	memcpy(&m, &made, sizeof m);
	m->id = 5;
	m->action = action;
	m->reactions = NULL;
	make_reply_count(m->reply_to);
	check_output(map(m));
	note_number(m->date);
	compare("", m);
}

/* For each constructor of the type, ROUNDS random values. Returns how many there are. */
static int each_of(const char *type, void (*check)(const void *object))
{
	int n = 0;

	for (uint32_t i = 0; i < tl_current_count; i++) {
		const struct tl_ctor *c = &tl_ctors[i];

		if (c->traits & TL_TRAIT_FUNCTION ||
			strcmp(tl_names + tl_types[c->type], type) != 0)
			continue;
		n++;
		for (int k = 0; k < ROUNDS; k++) {
			check(tl_random(c, &arena, &prng));
			tobs_arena_reset(&arena);
		}
	}
	return n;
}

static void media_of(const void *media)
{
	check_message(media);
}

static void every_media(void **state)
{
	(void)state;
	assert_true(each_of("MessageMedia", media_of) >= 19);
}

static void every_action(void **state)
{
	(void)state;
	assert_true(each_of("MessageAction", check_service) >= 66);
}

static void message_with_entity(const void *entity)
{
	const union tl_MessageEntity *one = entity;
	struct tl_message m = { .ctor = TL_message, .id = 5, .entities = { 1, &one } };

	check_output(map(&m));
	compare("", &m);
}

static void every_entity(void **state)
{
	(void)state;
	assert_true(each_of("MessageEntity", message_with_entity) >= 24);
}

static void message_with_reaction(const void *reaction)
{
	const union tl_Reaction *r = reaction;
	const struct tl_reactionCount count = {
		.ctor = TL_reactionCount, .count = 3, .reaction = r
	};
	const struct tl_reactionCount *one = &count;
	const struct tl_messageReactions all = { .ctor = TL_messageReactions,
		.results = { 1, &one } };
	struct tl_message m = { .ctor = TL_message, .id = 5, .reactions = &all };
	bool none = r->ctor == TL_reactionEmpty ||
		(r->ctor == TL_reactionEmoji && !r->reactionEmoji.emoticon.len);

	check_output(map(&m));
	assert_int_equal(b.messages.items[0].m.reaction_count, !none);
	if (!none)
		compare("", &m);
}

static void every_reaction(void **state)
{
	(void)state;
	assert_true(each_of("Reaction", message_with_reaction) >= 4);
}

static void message_with_markup(const void *markup)
{
	struct tl_message m = { .ctor = TL_message, .id = 5, .reply_markup = markup };

	check_output(map(&m));
	compare("", &m);
}

static void message_with_button(const void *button)
{
	const union tl_KeyboardButton *one = button;
	const struct tl_keyboardButtonRow row = { .ctor = TL_keyboardButtonRow,
		.buttons = { 1, &one } };
	const struct tl_keyboardButtonRow *rows = &row;
	const struct tl_replyInlineMarkup markup = { .ctor = TL_replyInlineMarkup,
		.rows = { 1, &rows } };

	message_with_markup(&markup);
}

static void every_button(void **state)
{
	(void)state;
	assert_true(each_of("KeyboardButton", message_with_button) >= 15);
	assert_true(each_of("ReplyMarkup", message_with_markup) >= 4);
}

static void message_with_page(const void *web_page)
{
	const struct tl_messageMediaWebPage media = { .ctor = TL_messageMediaWebPage,
		.webpage = web_page };

	check_message((const void *)&media);
}

static void every_preview(void **state)
{
	(void)state;
	assert_true(each_of("WebPage", message_with_page) >= 4);
}

static void message_with_block(const void *block)
{
	const union tl_PageBlock *one = block;
	const struct tl_richMessage rich = { .ctor = TL_richMessage, .blocks = { 1, &one } };
	struct tl_message m = {
		.ctor = TL_message, .id = 5, .flags2 = 1u << 13, .rich_message = &rich
	};

	check_output(map(&m));
	compare("", &m);
}

static void every_block(void **state)
{
	(void)state;
	assert_true(each_of("PageBlock", message_with_block) >= 30);
}

static int setup(void **state)
{
	const char *root = getenv("TOBS_TEST_ROOT");
	char path[512];

	(void)state;
	archive_batch_init(&b, 64 << 20);
	tobs_arena_init(&arena, 256 << 20);
	tobs_buf_init(&seen, 64 << 20);
	tobs_buf_init(&page, PAGE_MAX);
	prng = (struct prng){ 2024 };
	snprintf(path, sizeof path, "%s/docs/archive.md", root ? root : ".");
	return file_read(path, &page, NULL);
}

static int teardown(void **state)
{
	(void)state;
	archive_batch_deinit(&b);
	tobs_arena_deinit(&arena);
	tobs_buf_deinit(&seen);
	tobs_buf_deinit(&page);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_media),
		cmocka_unit_test(every_action),
		cmocka_unit_test(every_entity),
		cmocka_unit_test(every_reaction),
		cmocka_unit_test(every_button),
		cmocka_unit_test(every_preview),
		cmocka_unit_test(every_block),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
