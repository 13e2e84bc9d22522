/* SPDX-License-Identifier: MIT */
#include "base/utf.h"
#include "sim/file.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/synthetic.h"
#include "sim/view.h"
#include "sim/vote.h"
#include "support/failmem.h"
#include "support/sim_load.h"
#include "support/tmpdir.h"
#include "tl/tables.h"

static struct tobs_err err;

/* ---- an account ---- */

static const char account[] =
	"{'about':'x','personal_information':{'user_id':501,'first_name':'Ana','last_name':'Lima',"
	"'phone_number':'+55 11 5555 0101','username':'@ana_lima','bio':'Bees'},"
	"'contacts':{'about':'','list':[{'user_id':502,'first_name':'Ben','last_name':'Okoro',"
	"'phone_number':'+1 555 0102','date':'2020-01-01T00:00:00'},{'date':'2020-01-01T00:00:00'}]},"
	"'chats':{'about':'','list':["
	"{'name':'Ben','type':'personal_chat','id':502,'messages':["
	"{'id':10,'type':'message','date':'2024-05-01T12:00:00','date_unixtime':'1714557600',"
	"'from':'Ben Okoro','from_id':'user502','text':'Hello','text_entities':[]},"
	"{'id':11,'type':'message','date':'2024-05-01T12:01:00','date_unixtime':'1714557660',"
	"'from':'Ana Lima','from_id':'user501','reply_to_message_id':10,'text':'Hi'}]},"
	"{'type':'saved_messages','id':501,'messages':[{'id':12,'type':'message',"
	"'date':'2024-05-01T12:02:00','from':'Ana','from_id':'user501',"
	"'forwarded_from':'Old friend','saved_from':'Ben Okoro','text':'keep'}]},"
	"{'name':'Hive','type':'private_group','id':77,'messages':["
	"{'id':13,'type':'service','date':'2024-05-01T12:03:00','actor':'Ben Okoro',"
	"'actor_id':'user502','action':'create_group','title':'Hive',"
	"'members':['Ana Lima','Ben Okoro','Cleo',null],'text':''},"
	"{'id':14,'type':'message','date':'2024-05-01T12:04:00','from':'Cleo','from_id':'user503',"
	"'text':'here'},"
	"{'id':15,'type':'service','date':'2024-05-01T12:05:00','actor':'Ben Okoro',"
	"'actor_id':'user502','action':'remove_members','members':['Cleo'],'text':''}]},"
	"{'name':'Forum','type':'public_supergroup','id':88,'messages':["
	"{'id':2,'type':'service','date':'2024-05-01T12:03:00','actor':'Ben','actor_id':'user502',"
	"'action':'topic_created','title':'Queens','text':''},"
	"{'id':3,'type':'message','date':'2024-05-01T12:04:00','from':'Ben','from_id':'user502',"
	"'reply_to_message_id':2,'text':'in the topic'},"
	"{'id':4,'type':'message','date':'2024-05-01T12:05:00','from':'Forum','from_id':'channel88',"
	"'text':'in general'}]}]},"
	"'left_chats':{'about':'','list':[{'name':'Old','type':'private_channel','id':99,"
	"'messages':[{'id':1,'type':'message','date':'2020-05-01T12:00:00','from':'Old',"
	"'from_id':'channel99','text':'bye'}]}]}}";

static void test_whole_account(void **state)
{
	struct sim_world *w = loaded(account);
	struct sim_account *ana = sim_account(w, 501);
	struct sim_chat *hive, *forum, *old;
	const union tl_Message *m;

	(void)state;
	assert_ptr_equal(ana, sim_default_account(w));
	assert_ptr_equal(sim_user_by_phone(w, tobs_str("551155550101")), ana->user);
	assert_int_equal(sim_peer_by_name(w, tobs_str("ana_lima")), 501);
	assert_true(sim_is_contact(ana, 502));
	assert_ptr_equal(sim_user_by_phone(w, tobs_str("+15550102")), sim_user(w, 502));

	m = message_of(sim_history(ana, 502), 11);
	assert_true(m->message.out);
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, 10);
	assert_false(message_of(sim_history(ana, 502), 10)->message.out);
	m = message_of(sim_history(ana, 501), 12);
	assert_view(m->message.fwd_from->from_name, "Old friend");
	assert_view(m->message.fwd_from->saved_from_name, "Ben Okoro");
	assert_int_equal(sim_peer_of(m->message.fwd_from->saved_from_id), 502);
	/* Local times are two hours ahead, as those with both forms said. */
	assert_int_equal(m->message.date, 1714557720);

	hive = sim_chat(w, sim_group_peer(77));
	m = message_of(sim_history(ana, hive->peer), 13);
	assert_int_equal(m->messageService.action->messageActionChatCreate.users.count, 4);
	assert_int_equal(m->messageService.action->messageActionChatCreate.users.items[0], 501);
	assert_int_equal(m->messageService.action->messageActionChatCreate.users.items[2], 503);
	assert_int_equal(sim_member(hive, 502)->role, SIM_CREATOR);
	assert_true(sim_is_member(hive, 501));
	assert_false(sim_is_member(hive, 503));

	forum = sim_chat(w, sim_channel_peer(88));
	assert_int_equal(forum->kind, SIM_CHAT_SUPERGROUP);
	assert_true(forum->tl.channel->forum && forum->open);
	assert_view(sim_topic(forum, 2)->title, "Queens");
	assert_int_equal(sim_thread_count(forum->history, 2), 2);
	assert_int_equal(sim_thread_count(forum->history, SIM_GENERAL_TOPIC), 1);
	assert_int_equal(sim_message_from(message_of(forum->history, 4)), forum->peer);

	old = sim_chat(w, sim_channel_peer(99));
	assert_false(sim_is_member(old, 501));
	assert_null(sim_dialog(ana, old->peer));
	assert_null(message_of(old->history, 1)->message.from_id);
	assert_int_equal(assert_all_encode(w), 10);
	sim_world_free(w);
}

/* ---- what a message may hold ---- */

/* A channel with one message of these members. */
static struct sim_world *with(const char *members)
{
	char text[8192];

	snprintf(text, sizeof text,
		"{'name':'C','type':'private_supergroup','id':5,'messages':[{'id':7,'type':'message',"
		"'date':'2024-05-01T12:00:00','date_unixtime':'1714564800','from':'Ann',"
		"'from_id':'user9',%s}]}",
		members);
	return loaded(text);
}

static const struct tl_message *only(struct sim_world *w)
{
	const union tl_Message *m = message_of(w->chat_list.items[0]->history, 7);

	assert_int_equal(m->ctor, TL_message);
	assert_encodes(m);
	return &m->message;
}

static void test_entities(void **state)
{
	static const struct {
		const char *type, *extra;
		uint32_t ctor;
	} kinds[] = {
		{ "mention", "", TL_messageEntityMention },
		{ "hashtag", "", TL_messageEntityHashtag },
		{ "cashtag", "", TL_messageEntityCashtag },
		{ "bot_command", "", TL_messageEntityBotCommand },
		{ "link", "", TL_messageEntityUrl },
		{ "email", "", TL_messageEntityEmail },
		{ "phone", "", TL_messageEntityPhone },
		{ "bank_card", "", TL_messageEntityBankCard },
		{ "bold", "", TL_messageEntityBold },
		{ "italic", "", TL_messageEntityItalic },
		{ "underline", "", TL_messageEntityUnderline },
		{ "strikethrough", "", TL_messageEntityStrike },
		{ "spoiler", "", TL_messageEntitySpoiler },
		{ "code", "", TL_messageEntityCode },
		{ "pre", ",'language':'c'", TL_messageEntityPre },
		{ "blockquote", ",'collapsed':true", TL_messageEntityBlockquote },
		{ "text_link", ",'href':'https://a.example/'", TL_messageEntityTextUrl },
		{ "mention_name", ",'user_id':33", TL_messageEntityMentionName },
		{ "custom_emoji", ",'document_id':'1234567'", TL_messageEntityCustomEmoji },
		{ "unknown", "", TL_messageEntityUnknown },
		{ "something_new", "", TL_messageEntityUnknown },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char text[512];
		struct sim_world *w;
		const struct tl_message *m;
		const union tl_MessageEntity *e;
		int32_t length;

		snprintf(text, sizeof text,
			"'text':'','text_entities':[{'type':'plain','text':'😀 '},"
			"{'type':'%s','text':'née'%s},{'type':'plain','text':''}]",
			kinds[i].type, kinds[i].extra);
		w = with(text);
		m = only(w);
		assert_view(m->message, "😀 née");
		assert_int_equal(m->entities.count, 1);
		e = m->entities.items[0];
		assert_string_equal(tl_name(e->ctor), tl_name(kinds[i].ctor));
		assert_int_equal(place_of(e, &length), 3);
		assert_int_equal(length, 3);
		if (e->ctor == TL_messageEntityPre)
			assert_view(e->messageEntityPre.language, "c");
		if (e->ctor == TL_messageEntityBlockquote)
			assert_true(e->messageEntityBlockquote.collapsed);
		if (e->ctor == TL_messageEntityTextUrl)
			assert_view(e->messageEntityTextUrl.url, "https://a.example/");
		if (e->ctor == TL_messageEntityMentionName)
			assert_non_null(sim_user(w, 33));
		if (e->ctor == TL_messageEntityCustomEmoji) {
			struct sim_file f;

			assert_int_equal(e->messageEntityCustomEmoji.document_id, 1234567);
			assert_ok(sim_file_find(w, 1234567, &w->arena, &f));
		}
		sim_world_free(w);
	}
}

static void test_media(void **state)
{
	static const struct {
		const char *members;
		uint32_t ctor;
	} kinds[] = {
		{ "'photo':'(File not included.)','photo_file_size':5000,'width':640,'height':480",
			TL_messageMediaPhoto },
		{ "'photo':'photos/a.jpg','media_spoiler':true,'self_destruct_period_seconds':9",
			TL_messageMediaPhoto },
		{ "'file':'x','media_type':'sticker','sticker_emoji':'🐝','width':512,'height':512",
			TL_messageMediaDocument },
		{ "'file':'x','media_type':'video_message','mime_type':'video/mp4',"
		  "'duration_seconds':5,'width':240,'height':240,'thumbnail':'t','thumbnail_file_size':99",
			TL_messageMediaDocument },
		{ "'file':'x','media_type':'voice_message','duration_seconds':5",
			TL_messageMediaDocument },
		{ "'file':'x','media_type':'animation','mime_type':'video/mp4','width':3,'height':3",
			TL_messageMediaDocument },
		{ "'file':'x','media_type':'video_file','file_name':'a.mp4','file_size':9999999999",
			TL_messageMediaDocument },
		{ "'file':'x','media_type':'audio_file','performer':'P','title':'T'",
			TL_messageMediaDocument },
		{ "'file':'x','file_name':'a.pdf','mime_type':'application/pdf','file_size':7",
			TL_messageMediaDocument },
		{ "'contact_information':{'first_name':'A','last_name':'B','phone_number':'+1 5'},"
		  "'contact_vcard':'contacts/x.vcard'",
			TL_messageMediaContact },
		{ "'location_information':{'latitude':1.5,'longitude':-2.25}", TL_messageMediaGeo },
		{ "'location_information':null", TL_messageMediaGeo },
		{ "'location_information':{'latitude':1.5,'longitude':2.0},"
		  "'live_location_period_seconds':900",
			TL_messageMediaGeoLive },
		{ "'place_name':'Park','address':'Road 1',"
		  "'location_information':{'latitude':1.5,'longitude':2.0}",
			TL_messageMediaVenue },
		{ "'game_title':'G','game_description':'D','game_link':'https://t.me/Bot?game=jump'",
			TL_messageMediaGame },
		{ "'invoice_information':{'title':'T','description':'D','amount':500,'currency':'EUR',"
		  "'receipt_message_id':9}",
			TL_messageMediaInvoice },
		{ "'invoice_information':'{\\'title\\': \\'T\\', \\'amount\\': 500}'",
			TL_messageMediaInvoice },
		{ "'poll':{'question':'Q?','closed':true,'total_voters':3,'answers':["
		  "{'text':'yes','voters':2,'chosen':true},"
		  "{'text':[{'type':'bold','text':'no'}],'voters':1,'chosen':false}]}",
			TL_messageMediaPoll },
		{ "'todo_list':{'title':'Do','others_can_append':true,'others_can_complete':true,"
		  "'answers':[{'text':'it','id':1}]}",
			TL_messageMediaToDo },
		{ "'giveaway_information':{'quantity':5,'months':6,'until_date':'2024-06-01T00:00:00',"
		  "'channels':[5],'countries':[],'additional_prize':'','stars':0,"
		  "'is_only_new_subscribers':true}",
			TL_messageMediaGiveaway },
		{ "'giveaway_results':{'channel':5,'winners':[9],'additional_prize':'Honey',"
		  "'until_date':'2024-06-01T00:00:00','launch_message_id':3,"
		  "'additional_peers_count':0,'winners_count':1,'unclaimed_count':0,'months':6,"
		  "'stars':0,'is_refunded':false,'is_only_new_subscribers':false}",
			TL_messageMediaGiveawayResults },
		{ "'paid_stars_amount':25", TL_messageMediaPaidMedia },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct sim_world *w = with(kinds[i].members);
		const struct tl_message *m = only(w);

		assert_non_null(m->media);
		assert_string_equal(tl_name(m->media->ctor), tl_name(kinds[i].ctor));
		sim_world_free(w);
	}
}

static void test_media_details(void **state)
{
	struct sim_world *w = with("'photo':'photos/a.jpg','photo_file_size':4321,'width':1280,"
				   "'height':720,'media_spoiler':true,"
				   "'self_destruct_period_seconds':9");
	const struct tl_messageMediaPhoto *photo = &only(w)->media->messageMediaPhoto;
	const union tl_PhotoSize *largest;
	const struct tl_document *d;
	const struct tl_poll *poll;

	(void)state;
	assert_true(photo->spoiler);
	assert_int_equal(photo->ttl_seconds, 9);
	largest = photo->photo->photo.sizes.items[photo->photo->photo.sizes.count - 1];
	assert_int_equal(largest->photoSize.size, 4321);
	assert_int_equal(largest->photoSize.w, 1280);
	assert_int_equal(largest->photoSize.h, 720);
	sim_world_free(w);

	w = with("'file':'f','file_name':'a.mp4','media_type':'video_file','mime_type':'video/mp4',"
		 "'file_size':9999999999,'duration_seconds':61,'width':1920,'height':1080,"
		 "'thumbnail':'t','thumbnail_file_size':77");
	d = &only(w)->media->messageMediaDocument.document->document;
	assert_int_equal(d->size, 9999999999);
	assert_int_equal(d->attributes.count, 2);
	assert_int_equal(d->attributes.items[0]->documentAttributeVideo.w, 1920);
	assert_view(d->attributes.items[1]->documentAttributeFilename.file_name, "a.mp4");
	assert_int_equal(d->thumbs.items[0]->photoSize.size, 77);
	assert_int_equal(d->thumbs.items[0]->photoSize.w, 320);
	assert_int_equal(d->thumbs.items[0]->photoSize.h, 180);
	sim_world_free(w);

	w = with(
		"'poll':{'question':'Q?','closed':false,'total_voters':3,'answers':["
		"{'text':'yes','voters':2,'chosen':false},{'text':'no','voters':1,'chosen':true}]}");
	poll = only(w)->media->messageMediaPoll.poll;
	assert_view(poll->question->text, "Q?");
	assert_int_equal(poll->answers.count, 2);
	assert_int_equal(sim_vote(w, poll->id, sim_default_account(w)->user->peer)->chosen, 2);
	sim_world_free(w);
}

static void test_files_in_folder(void **state)
{
	struct sim_world *w = test_world();
	struct tmpdir dir;
	struct sim_file f;
	const struct sim_blob *blob;
	char bytes[16];
	size_t n;

	(void)state;
	tmpdir_init(&dir);
	assert_int_equal(mkdir(tmpdir_file(&dir, "files"), 0700), 0);
	write_file(tmpdir_file(&dir, "files/a.txt"), "real", 4);
	assert_ok(load_text(w,
		"{'name':'C','type':'private_channel','id':5,'messages':["
		"{'id':1,'type':'message','date':'2024-05-01T12:00:00','file':'files/a.txt',"
		"'file_name':'a.txt','file_size':9,'mime_type':'text/plain','text':''},"
		"{'id':2,'type':'message','date':'2024-05-01T12:00:00','file':'files/a.txt',"
		"'text':'again'},"
		"{'id':3,'type':'message','date':'2024-05-01T12:00:00',"
		"'file':'../../../../../../etc/hostname','file_size':5,'text':''}]}",
		dir.path, &err));
	for (int i = 1; i <= 3; i++) {
		const union tl_Message *m = message_of(w->chat_list.items[0]->history, i);
		const struct tl_document *d =
			&m->message.media->messageMediaDocument.document->document;

		assert_ok(sim_file_find(w, d->id, &w->arena, &f));
		blob = sim_file_blob(&f, tobs_str(""));
		assert_int_equal(blob->origin, i < 3 ? SIM_ON_DISK : SIM_MADE);
		assert_int_equal(d->size, i < 3 ? 4 : 5);
		assert_ok(sim_blob_read(blob, 0, bytes, sizeof bytes, &n, NULL));
		if (i < 3)
			assert_memory_equal(bytes, "real", 4);
	}
	sim_world_free(w);
	tmpdir_deinit(&dir);
}

static void test_actions(void **state)
{
	/* name, members, constructor behind "messageAction" */
	static const char *const rows[][3] = {
		{ "create_group", "'title':'T','members':['A']", "ChatCreate" },
		{ "edit_group_title", "'title':'T'", "ChatEditTitle" },
		{ "edit_group_photo", "'photo':'p','width':100,'height':100", "ChatEditPhoto" },
		{ "delete_group_photo", "'x':0", "ChatDeletePhoto" },
		{ "invite_members", "'members':['A','B']", "ChatAddUser" },
		{ "remove_members", "'members':['A']", "ChatDeleteUser" },
		{ "join_group_by_link", "'inviter':'A'", "ChatJoinedByLink" },
		{ "join_group_by_request", "'x':0", "ChatJoinedByRequest" },
		{ "create_channel", "'title':'T'", "ChannelCreate" },
		{ "migrate_to_supergroup", "'x':0", "ChatMigrateTo" },
		{ "migrate_from_group", "'title':'T'", "ChannelMigrateFrom" },
		{ "pin_message", "'message_id':3", "PinMessage" },
		{ "clear_history", "'x':0", "HistoryClear" },
		{ "score_in_game", "'game_message_id':3,'score':9", "GameScore" },
		{ "send_payment", "'amount':5,'currency':'EUR','recurring':'init'", "PaymentSent" },
		{ "phone_call", "'duration_seconds':5,'discard_reason':'hangup'", "PhoneCall" },
		{ "conference_call", "'is_active':true,'is_missed':false", "ConferenceCall" },
		{ "take_screenshot", "'x':0", "ScreenshotTaken" },
		{ "attach_menu_bot_allowed", "'x':0", "BotAllowed" },
		{ "web_app_bot_allowed", "'x':0", "BotAllowed" },
		{ "allow_sending_messages", "'reason_domain':'a.example'", "BotAllowed" },
		{ "allow_sending_messages", "'reason_app_id':5,'reason_app_name':'n'",
			"BotAllowed" },
		{ "send_passport_values", "'values':['passport','email']", "SecureValuesSent" },
		{ "joined_telegram", "'x':0", "ContactSignUp" },
		{ "proximity_reached",
			"'from':'A','from_id':'user8','to':'B','to_id':'user9',"
			"'distance':5",
			"GeoProximityReached" },
		{ "requested_phone_number", "'x':0", "CustomAction" },
		{ "group_call", "'duration':5", "GroupCall" },
		{ "invite_to_group_call", "'members':['A']", "InviteToGroupCall" },
		{ "set_messages_ttl", "'period':86400", "SetMessagesTTL" },
		{ "group_call_scheduled", "'schedule_date':1714564800", "GroupCallScheduled" },
		{ "edit_chat_theme", "'emoticon':'🐝'", "SetChatTheme" },
		{ "send_webview_data", "'text':'T'", "WebViewDataSent" },
		{ "send_premium_gift", "'cost':'$12.99','months':3", "GiftPremium" },
		{ "topic_created", "'title':'T'", "TopicCreate" },
		{ "topic_edit", "'new_title':'T','new_icon_emoji_id':5", "TopicEdit" },
		{ "suggest_profile_photo", "'photo':'p','width':100,'height':100",
			"SuggestProfilePhoto" },
		{ "requested_peer", "'button_id':1,'peers':'[\\n 8\\n]'", "RequestedPeer" },
		{ "gift_code_prize",
			"'gift_code':'c','boost_peer_id':'channel5','months':6,"
			"'unclaimed':true,'via_giveaway':true",
			"GiftCode" },
		{ "giveaway_launch", "'x':0", "GiveawayLaunch" },
		{ "giveaway_results", "'winners':5,'unclaimed':0,'stars':true", "GiveawayResults" },
		{ "set_chat_wallpaper", "'x':0", "SetChatWallPaper" },
		{ "set_same_chat_wallpaper", "'message_id':3", "SetChatWallPaper" },
		{ "boost_apply", "'boosts':4", "BoostApply" },
		{ "refunded_payment",
			"'amount':5,'currency':'XTR','peer_name':'A',"
			"'peer_id':'user8','charge_id':'c'",
			"PaymentRefunded" },
		{ "send_stars_gift", "'cost':'$1','stars':50", "GiftStars" },
		{ "send_ton_gift", "'amount_whole':1,'amount_nano':5", "GiftTon" },
		{ "stars_prize",
			"'boost_peer_id':'channel5','boost_peer_name':'C','stars':5,"
			"'is_unclaimed':false,'giveaway_msg_id':3,'transaction_id':'t'",
			"PrizeStars" },
		{ "send_star_gift",
			"'gift_id':5,'stars':15,'is_limited':true,'is_anonymous':true,"
			"'gift_text':'For you'",
			"StarGift" },
		{ "paid_messages_refund", "'messages_count':2,'stars_count':10",
			"PaidMessagesRefunded" },
		{ "paid_messages_price_change",
			"'price_stars':10,'is_broadcast_messages_allowed':true",
			"PaidMessagesPrice" },
		{ "todo_completions", "'completed':[1,2],'incompleted':[]", "TodoCompletions" },
		{ "todo_append_tasks", "'items':[{'text':'T','id':3}]", "TodoAppendTasks" },
		{ "poll_append_answer", "'option':'o'", "PollAppendAnswer" },
		{ "poll_delete_answer", "'option':'o'", "PollDeleteAnswer" },
		{ "process_suggested_post", "'rejected':true,'comment':'no'",
			"SuggestedPostApproval" },
		{ "process_suggested_post",
			"'price_amount_whole':'5','price_amount_nano':'0',"
			"'price_currency':'TON','scheduled_date':1714564800",
			"SuggestedPostApproval" },
		{ "suggested_post_success", "'price_amount_whole':'5','price_currency':'Stars'",
			"SuggestedPostSuccess" },
		{ "suggested_post_refund", "'user_initiated':true", "SuggestedPostRefund" },
		{ "suggest_birthday", "'day':1,'month':2,'year':1990", "SuggestBirthday" },
		{ "no_forwards_toggle", "'new_value':true", "NoForwardsToggle" },
		{ "no_forwards_request", "'new_value':true,'expired':true", "NoForwardsRequest" },
		{ "new_creator_pending", "'new_creator':'A'", "NewCreatorPending" },
		{ "change_creator", "'new_creator':'A'", "ChangeCreator" },
		{ "managed_bot_created", "'bot':'A'", "ManagedBotCreated" },
		{ "something_new", "'x':0", "CustomAction" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[1024], want[64];
		const union tl_Message *m;
		struct sim_world *w;

		snprintf(text, sizeof text,
			"{'name':'C','type':'private_supergroup','id':5,'messages':[{'id':7,"
			"'type':'service','date':'2024-05-01T12:00:00','actor':'A',"
			"'actor_id':'user8','action':'%s',%s,'text':''}]}",
			rows[i][0], rows[i][1]);
		w = loaded(text);
		m = message_of(sim_chat(w, sim_channel_peer(5))->history, 7);
		snprintf(want, sizeof want, "messageAction%s", rows[i][2]);
		assert_int_equal(m->ctor, TL_messageService);
		assert_string_equal(tl_name(m->messageService.action->ctor), want);
		assert_int_equal(sim_message_from(m), 8);
		if (strstr(rows[i][1], "message_id"))
			assert_int_equal(
				sim_message_reply(m)->messageReplyHeader.reply_to_msg_id, 3);
		assert_encodes(m);
		sim_world_free(w);
	}
}

static void test_action_details(void **state)
{
	struct sim_world *w = loaded(
		"{'name':'C','type':'private_supergroup','id':5,'messages':["
		"{'id':1,'type':'service','date':'2024-05-01T12:00:00','actor':'A','actor_id':'user8',"
		"'action':'invite_members','members':['Zoe']},"
		"{'id':2,'type':'service','date':'2024-05-01T12:00:00','actor':'A','actor_id':'user8',"
		"'action':'send_premium_gift','cost':'12.99','months':3},"
		"{'id':3,'type':'service','date':'2024-05-01T12:00:00',"
		"'information_text':'Telegram says'},"
		"{'id':4,'type':'unsupported'},"
		"{'id':5,'type':'message','date':'2024-05-01T12:00:00','from':'Zoe',"
		"'from_id':'user77','text':'came later'}]}");
	struct sim_history *h = sim_chat(w, sim_channel_peer(5))->history;
	const union tl_MessageAction *a = message_of(h, 1)->messageService.action;

	(void)state;
	/* Who was only a name is the one who later had an id. */
	assert_int_equal(a->messageActionChatAddUser.users.items[0], 77);
	a = message_of(h, 2)->messageService.action;
	assert_int_equal(a->messageActionGiftPremium.days, 90);
	assert_int_equal(a->messageActionGiftPremium.amount, 1299);
	a = message_of(h, 3)->messageService.action;
	assert_view(a->messageActionCustomAction.message, "Telegram says");
	assert_int_equal(message_of(h, 4)->message.media->ctor, TL_messageMediaUnsupported);
	assert_int_equal(message_of(h, 4)->message.date, message_of(h, 3)->messageService.date);
	sim_world_free(w);
}

static void test_reactions_and_buttons(void **state)
{
	struct sim_world *w = with(
		"'author':'Ann','via_bot':'@HelperBot','forwarded_from':'Other',"
		"'forwarded_from_id':'channel6','reply_to_message_id':3,'reply_to_peer_id':'channel6',"
		"'edited':'2024-05-01T13:00:00','edited_unixtime':'1714568400','text':'x',"
		"'inline_bot_buttons':[[{'type':'callback','text':'Yes','dataBase64':'eWVz','data':''},"
		"{'type':'url','text':'Site','data':'https://a.example'}],"
		"[{'type':'auth','text':'In','data':'https://b.example','forward_text':'F','button_id':4},"
		"{'type':'switch_inline_same','text':'S','data':'q'},"
		"{'type':'user_profile','text':'P','data':'9'},"
		"{'type':'request_peer','text':'R','button_id':3},"
		"{'type':'callback_with_password','text':'C'},{'type':'copy_text','text':'T','data':'d'},"
		"{'type':'new_kind','text':'N'},{'type':'default','text':'D'}]],"
		"'reactions':[{'type':'emoji','count':3,'emoji':'👍','recent':["
		"{'from':'Ben','from_id':'user12','date':'2024-05-01T14:00:00'}]},"
		"{'type':'custom_emoji','count':2,'document_id':'stickers/a.webp'},"
		"{'type':'paid','count':1}]");
	const struct tl_message *m = only(w);
	const struct tl_keyboardButtonRow *row;
	const struct tl_messagePeerReaction *recent;

	(void)state;
	assert_view(m->post_author, "Ann");
	assert_int_equal(m->via_bot_id, sim_peer_by_name(w, tobs_str("helperbot")));
	assert_true(sim_user(w, m->via_bot_id)->tl->bot);
	assert_int_equal(sim_peer_of(m->fwd_from->from_id), sim_channel_peer(6));
	assert_int_equal(
		sim_peer_of(m->reply_to->messageReplyHeader.reply_to_peer_id), sim_channel_peer(6));
	assert_int_equal(m->edit_date, 1714568400);
	assert_int_equal(m->reply_markup->replyInlineMarkup.rows.count, 2);
	row = m->reply_markup->replyInlineMarkup.rows.items[0];
	assert_view(row->buttons.items[0]->keyboardButtonCallback.data, "yes");
	assert_view(row->buttons.items[1]->keyboardButtonUrl.url, "https://a.example");
	row = m->reply_markup->replyInlineMarkup.rows.items[1];
	assert_int_equal(row->buttons.count, 8);
	assert_int_equal(row->buttons.items[0]->keyboardButtonUrlAuth.button_id, 4);
	assert_true(row->buttons.items[1]->keyboardButtonSwitchInline.same_peer);
	assert_int_equal(row->buttons.items[2]->keyboardButtonUserProfile.user_id, 9);
	assert_true(row->buttons.items[4]->keyboardButtonCallback.requires_password);
	assert_view(row->buttons.items[5]->keyboardButtonCopy.copy_text, "d");
	assert_int_equal(row->buttons.items[6]->ctor, TL_keyboardButton);

	assert_int_equal(m->reactions->results.count, 3);
	assert_int_equal(m->reactions->results.items[0]->count, 3);
	assert_int_equal(m->reactions->results.items[2]->reaction->ctor, TL_reactionPaid);
	recent = m->reactions->recent_reactions.items[0];
	assert_int_equal(sim_peer_of(recent->peer_id), 12);
	assert_int_equal(recent->date, 1714572000);
	sim_world_free(w);
}

static void test_old_formats(void **state)
{
	/* Numbers for ids, no Unix times, escapes that JSON does not have. */
	struct sim_world *w = loaded(
		"{'name':'Ben','type':'personal_chat','id':4295000,'messages':["
		"{'id':1,'type':'message','date':'2018-10-01T10:00:00','from':'Ben','from_id':4295000,"
		"'text':['a ',{'type':'bold','text':'b'},'\\x0B c']},"
		"{'id':2,'type':'message','date':'2018-10-01T10:00:01','from':'Ana','from_id':17,"
		"'forwarded_from':'Chan','text':'d'},"
		"{'id':3,'type':'message','date':'2018-10-01T10:00:02','from':null,'from_id':17,"
		"'text':'e'}]}");
	struct sim_account *ana = sim_default_account(w);
	const union tl_Message *m;

	(void)state;
	assert_int_equal(ana->user->peer, 17);
	assert_view(ana->user->tl->first_name, "Ana");
	m = message_of(sim_history(ana, 4295000), 1);
	assert_view(m->message.message, "a b\v c");
	assert_int_equal(m->message.entities.count, 1);
	assert_int_equal(m->message.date, 1538388000);
	assert_view(message_of(sim_history(ana, 4295000), 2)->message.fwd_from->from_name, "Chan");
	sim_world_free(w);

	/* A basic group and a channel in the numbers of that time; a sender without any id. */
	w = loaded(
		"{'name':'G','type':'private_supergroup','id':5,'messages':["
		"{'id':1,'type':'message','date':'2018-10-01T10:00:00','from':'C',"
		"'from_id':8589934598,'text':'x'},"
		"{'id':2,'type':'message','date':'2018-10-01T10:00:00','from':'Ann','text':'y'}]}");
	m = message_of(sim_chat(w, sim_channel_peer(5))->history, 1);
	assert_int_equal(sim_message_from(m), sim_channel_peer(6));
	m = message_of(sim_chat(w, sim_channel_peer(5))->history, 2);
	assert_view(sim_user(w, sim_message_from(m))->tl->first_name, "Ann");
	sim_world_free(w);
}

static void test_migrated(void **state)
{
	struct sim_world *w = loaded(
		"{'name':'Now','type':'private_supergroup','id':5,'messages':["
		"{'id':-999999990,'type':'message','date':'2018-10-01T10:00:00','from':'A',"
		"'from_id':'user8','text':'old'},"
		"{'id':-999999989,'type':'message','date':'2018-10-01T10:00:00','from':'A',"
		"'from_id':'user8','reply_to_message_id':-999999990,'text':'older'},"
		"{'id':1,'type':'service','date':'2018-10-01T10:00:00','actor':'A','actor_id':'user8',"
		"'action':'migrate_from_group','title':'Then'},"
		"{'id':2,'type':'message','date':'2018-10-01T10:00:00','from':'A','from_id':'user8',"
		"'text':'new'}]}");
	struct sim_chat *now = sim_chat(w, sim_channel_peer(5));
	struct sim_history *then = sim_history(sim_default_account(w), now->origin->peer);
	const union tl_Message *m = message_of(then, 11);

	(void)state;
	assert_ptr_equal(now->origin->successor, now);
	assert_int_equal(now->origin_max_id, 11);
	assert_view(now->origin->tl.group->title, "Then");
	assert_int_equal(sim_history_count(now->history), 2);
	assert_int_equal(sim_history_count(then), 2);
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, 10);
	m = message_of(now->history, 1);
	assert_int_equal(m->messageService.action->messageActionChannelMigrateFrom.chat_id,
		sim_peer_id(now->origin->peer));
	sim_world_free(w);
}

/* ---- faults ---- */

static void test_errors(void **state)
{
	static const struct {
		const char *text, *says;
		int code;
	} rows[] = {
		{ "[]", "test.json: is neither", TOBS_EMALFORMED },
		{ "{}", "there are no messages", TOBS_EMALFORMED },
		{ "{'name':'x','type':'odd','id':1,'messages':[]}", "test.json: type: is no type",
			TOBS_EMALFORMED },
		{ "{'messages':[]}", "messages: stand before", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':'x','messages':[]}", "id: must be the id",
			TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'type':'message'}]}",
			"messages[0]: a message without an id", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'date':'yesterday'}]}",
			"messages[0].date: is of type string, must be a date", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'date':'2024-02-30T00:00:00'}]}",
			"messages[0].date", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'date_unixtime':'-5'}]}",
			"messages[0].date_unixtime: -5: allowed are 0", TOBS_ETOOBIG },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'from_id':'cat5'}]}",
			"messages[0].from_id: is no id", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'text':[5]}]}",
			"messages[0].text[0]: is of type", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1},{'id':1}]}",
			"two messages with the id 1", TOBS_EEXISTS },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'poll':{'question':'q',"
		  "'answers':[{'text':'a'},{'text':5}]}}]}",
			"messages[0].poll.answers[1].text: is of type", TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1,'type':'service',"
		  "'action':'score_in_game','score':'many'}]}",
			"messages[0].score: is of type string", TOBS_EMALFORMED },
		{ "{'chats':{'list':[{'type':'private_group','id':1,'messages':[{'id':'z'}]}]}}",
			"chats.list[0].messages[0].id: is of type string, must be an integer",
			TOBS_EMALFORMED },
		{ "{'contacts':{'list':[{'user_id':'z'}]}}", "contacts.list[0].user_id",
			TOBS_EMALFORMED },
		{ "{'type':'private_group','id':1,'messages':[{'id':1},",
			"test.json: ", TOBS_ETRUNCATED },
		{ "{'type':'private_group','id':1,'messages':[]} x",
			"test.json: ", TOBS_EMALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sim_world *w = test_world();
		int r = load_text(w, rows[i].text, NULL, &err);

		assert_string_equal(tobs_error_name(r), tobs_error_name(rows[i].code));
		if (!strstr(err.message, rows[i].says))
			fail_msg("\"%s\" does not say \"%s\"", err.message, rows[i].says);
		sim_world_free(w);
	}
}

static void test_error_offset(void **state)
{
	static const char text[] = "{'type':'private_group','id':1,'messages':[{'id':1},"
				   "{'id':'z'}]}";
	struct sim_world *w = test_world();

	(void)state;
	assert_code(load_text(w, text, NULL, &err), TOBS_EMALFORMED);
	assert_int_equal(err.offset, strstr(text, "{'id':'z'}") - text);
	sim_world_free(w);
	w = test_world();
	assert_code(sim_load(w, "/no/such/file.json", &err), TOBS_ENOTFOUND);
	assert_code(sim_load(w, "/", &err), TOBS_EIO);
	sim_world_free(w);
}

static void test_broken(void **state)
{
	(void)state;
	break_everywhere(account, 7);
}

static int load_account(void *user)
{
	struct sim_world *w = NULL;
	struct loading l = { tobs_str(user), 4096 };
	int r = sim_world_new(NULL, &w, NULL);

	if (!r)
		r = sim_load_stream(w, loading_read, &l, NULL, "test.json", NULL);
	sim_world_free(w);
	return r;
}

static void test_no_memory(void **state)
{
	char *copy = quoted(account);

	(void)state;
	fail_each_allocation(load_account, copy);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_account),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_media),
		cmocka_unit_test(test_media_details),
		cmocka_unit_test(test_files_in_folder),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_action_details),
		cmocka_unit_test(test_reactions_and_buttons),
		cmocka_unit_test(test_old_formats),
		cmocka_unit_test(test_migrated),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_error_offset),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
