/* SPDX-License-Identifier: MIT */
/*
 * Messages as Telegram sends them, written as JSON (tl/json.h), and what the
 * archive gets: case by case, one for each kind of thing a message can have.
 */
#include "export/from_tl.h"

#include "base/json.h"
#include "support/failmem.h"
#include "support/test.h"
#include "tl/json.h"

static struct archive_batch b;
static struct tobs_arena arena;

static int setup(void **state)
{
	(void)state;
	archive_batch_init(&b, 8 << 20);
	tobs_arena_init(&arena, 64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	archive_batch_deinit(&b);
	tobs_arena_deinit(&arena);
	return 0;
}

/* The TL object that the JSON describes; ' stands for ". */
static const void *tl(const char *type, const char *text)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	struct tobs_err err = { 0 };
	char *copy = tobs_arena_strdup(&arena, text);
	const void *object = NULL;
	int r;

	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_parser_init(&p, 1 << 20, 64);
	r = json_parse(&p, &doc, tobs_str(copy), &err);
	if (!r)
		r = tl_from_json(json_root(&doc), type, NULL, &arena, &object, &err);
	if (r)
		fail_msg("%s\n%s", copy, err.message);
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	return object;
}

static const char *plain_quotes(struct tobs_view v)
{
	char *copy = tobs_arena_dup(&arena, v.len ? v.ptr : (const uint8_t *)"", v.len);

	for (char *c = copy; *c; c++)
		if (*c == '"')
			*c = '\'';
	return copy;
}

/* A page of this one message, with users and chats as JSON arrays or NULL. */
static const struct archive_message *map(const char *message)
{
	const union tl_Message *one = tl("Message", message);
	const struct tl_vec_Message page = { 1, &one };

	archive_batch_clear(&b);
	assert_ok(from_tl_messages(&b, 3, &page, NULL, NULL, NULL));
	if (!b.messages.count)
		return NULL;
	assert_int_equal(b.messages.count, 1);
	assert_int_equal(b.messages.items[0].chat, 3);
	return &b.messages.items[0].m;
}

/* A message in channel 77 with these further members. */
static const struct archive_message *with(const char *members)
{
	return map(tobs_arena_printf(&arena,
		"{'_':'message','id':5,'peer_id':{'_':'peerChannel','channel_id':77},'date':1000%s%s}",
		*members ? "," : "", members));
}

static void assert_data(const char *members, const char *want)
{
	const struct archive_message *m = with(members);

	if (strcmp(plain_quotes(m->data), want) != 0)
		fail_msg("%s\nhave %s\nwant %s", members, plain_quotes(m->data), want);
}

/* ---- columns ---- */

static void a_plain_message(void **state)
{
	const struct archive_message *m = with("'message':'Hi there'");

	(void)state;
	assert_int_equal(m->id, 5);
	assert_int_equal(m->date, 1000);
	assert_int_equal(m->sender, -1000000000077);
	assert_view(m->text, "Hi there");
	assert_int_equal(m->flags, 0);
	assert_int_equal(m->edited | m->topic | m->album, 0);
	assert_int_equal(m->entities.len + m->data.len + m->action.len + m->action_data.len, 0);
	assert_int_equal(m->reaction_count, 0);
	assert_false(m->has_poll);
}

static void columns(void **state)
{
	const struct archive_message *m = with(
		"'from_id':{'_':'peerUser','user_id':42},'edit_date':1005,'grouped_id':9876543210123,"
		"'out':true,'pinned':true,'silent':true,'post':true,'noforwards':true,'mentioned':true,"
		"'invert_media':true,'from_scheduled':true");

	(void)state;
	assert_int_equal(m->sender, 42);
	assert_int_equal(m->edited, 1005);
	assert_int_equal(m->album, 9876543210123);
	assert_int_equal(m->flags,
		ARCHIVE_OUT | ARCHIVE_PINNED | ARCHIVE_SILENT | ARCHIVE_POST | ARCHIVE_PROTECTED |
			ARCHIVE_MENTIONED | ARCHIVE_CAPTION_ABOVE | ARCHIVE_SCHEDULED);
	assert_int_equal(with("'out':true")->flags, ARCHIVE_OUT);
	assert_int_equal(with("'edit_date':1005,'edit_hide':true")->edited, 0);
	m = with("'media':{'_':'messageMediaPhoto','spoiler':true}");
	assert_int_equal(m->flags, ARCHIVE_SPOILER);
	m = with("'media':{'_':'messageMediaDocument','spoiler':true}");
	assert_int_equal(m->flags, ARCHIVE_SPOILER);
}

static void what_is_not_utf8_is_mended(void **state)
{
	const struct tl_peerUser peer = { .ctor = TL_peerUser, .user_id = 1 };
	const struct tl_message raw = { .ctor = TL_message,
		.id = 1,
		.peer_id = (const void *)&peer,
		.message = TOBS_LIT("a\xff z") };
	const union tl_Message *one = (const void *)&raw;
	const struct tl_vec_Message page = { 1, &one };

	(void)state;
	assert_ok(from_tl_messages(&b, 3, &page, NULL, NULL, NULL));
	assert_view(b.messages.items[0].m.text, "a\xef\xbf\xbd z");
}

static void messages_that_are_not_there(void **state)
{
	(void)state;
	assert_null(map("{'_':'messageEmpty','id':5}"));
	assert_null(map("{'_':'message','id':0,'peer_id':{'_':'peerUser','user_id':1},'date':1}"));
	assert_null(map("{'_':'message','id':-5,'peer_id':{'_':'peerUser','user_id':1},'date':1}"));
}

/* Who wrote in a private chat is told only where it is not the other one. */
static void senders_in_private_chats(void **state)
{
	const union tl_User *users[] = { tl("User", "{'_':'user','id':42,'first_name':'B'}"),
		tl("User", "{'_':'user','id':7,'self':true,'first_name':'Me'}") };
	const union tl_Message *list[] = {
		tl("Message",
			"{'_':'message','id':1,'peer_id':{'_':'peerUser','user_id':42},'date':1}"),
		tl("Message",
			"{'_':'message','id':2,'out':true,'peer_id':{'_':'peerUser','user_id':42},'date':1}"),
		tl("Message",
			"{'_':'message','id':3,'out':true,'from_id':{'_':'peerUser','user_id':8},"
			"'peer_id':{'_':'peerUser','user_id':42},'date':1}"),
		tl("Message",
			"{'_':'message','id':4,'peer_id':{'_':'peerChat','chat_id':9},'date':1}"),
	};
	const struct tl_vec_User people = { 2, users };
	const struct tl_vec_Message page = { 4, list };
	static const int64_t want[] = { 42, 7, 8, -9 };

	(void)state;
	assert_ok(from_tl_messages(&b, 1, &page, &people, NULL, NULL));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(b.messages.items[i].m.sender, want[i]);
}

static void topics(void **state)
{
	static const struct {
		const char *reply;
		int32_t in_forum, in_group;
	} cases[] = {
		{ "", 1, 0 },
		{ ",'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':5}", 1, 0 },
		{ ",'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':5,'forum_topic':true}",
			5, 5 },
		{ ",'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':6,'reply_to_top_id':5}",
			5, 5 },
		{ ",'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':6,'reply_to_top_id':5,"
		  "'forum_topic':true}",
			5, 5 },
		{ ",'reply_to':{'_':'messageReplyStoryHeader','peer':{'_':'peerUser','user_id':1},"
		  "'story_id':2}",
			1, 0 },
	};
	const union tl_Chat *chats[] = {
		tl("Chat",
			"{'_':'channel','id':78,'title':'Other','forum':true,"
			"'photo':{'_':'chatPhotoEmpty'},'date':1}"),
		tl("Chat",
			"{'_':'channel','id':77,'title':'F','forum':true,'megagroup':true,"
			"'photo':{'_':'chatPhotoEmpty'},'date':1}"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = tobs_arena_printf(&arena,
			"{'_':'message','id':9,'peer_id':{'_':'peerChannel','channel_id':77},'date':1%s}",
			cases[i].reply);
		const union tl_Message *one = tl("Message", text);
		const struct tl_vec_Message page = { 1, &one };

		for (uint32_t n = 0; n <= 2; n++) {
			const struct tl_vec_Chat known = { n, chats };

			archive_batch_clear(&b);
			assert_ok(from_tl_messages(&b, 1, &page, NULL, &known, NULL));
			assert_int_equal(b.messages.items[0].m.topic,
				n == 2 ? cases[i].in_forum : cases[i].in_group);
		}
	}
}

static void entities(void **state)
{
	const struct archive_message *m = with(
		"'message':'text','entities':["
		"{'_':'messageEntityBold','offset':0,'length':2},"
		"{'_':'messageEntityTextUrl','offset':1,'length':2,'url':'https://a.b/?q=\\\"'},"
		"{'_':'messageEntityBlockquote','offset':0,'length':4,'collapsed':true},"
		"{'_':'messageEntityBlockquote','offset':0,'length':4},"
		"{'_':'messageEntityPre','offset':0,'length':1,'language':''},"
		"{'_':'messageEntityMentionName','offset':0,'length':1,'user_id':42},"
		"{'_':'messageEntityCustomEmoji','offset':0,'length':2,'document_id':5368324170671202286},"
		"{'_':'messageEntityFormattedDate','offset':0,'length':2,'date':1700000000},"
		"{'_':'messageEntityDiffReplace','offset':0,'length':2,'old_text':'o'},"
		"{'_':'messageEntityUnknown','offset':0,'length':2}]");

	(void)state;
	assert_string_equal(plain_quotes(m->entities),
		"[['bold',0,2],['text_link',1,2,'https://a.b/?q=\\''],['blockquote',0,4,true],"
		"['blockquote',0,4],['pre',0,1,''],['mention_name',0,1,42],"
		"['custom_emoji',0,2,5368324170671202286],['date',0,2,1700000000],"
		"['diff_replace',0,2,'o'],['unknown',0,2]]");
}

static void reactions(void **state)
{
	const struct archive_message *m = with(
		"'reactions':{'_':'messageReactions','results':["
		"{'_':'reactionCount','reaction':{'_':'reactionPaid'},'count':50},"
		"{'_':'reactionCount','reaction':{'_':'reactionEmpty'},'count':1},"
		"{'_':'reactionCount','reaction':{'_':'reactionEmoji','emoticon':'👍'},'count':3,"
		"'chosen_order':0},"
		"{'_':'reactionCount','reaction':{'_':'reactionCustomEmoji','document_id':-5},'count':2}]}");

	(void)state;
	assert_int_equal(m->reaction_count, 3);
	assert_view(m->reactions[0].reaction, "paid");
	assert_int_equal(m->reactions[0].count, 50);
	assert_false(m->reactions[0].chosen);
	assert_view(m->reactions[1].reaction, "👍");
	assert_true(m->reactions[1].chosen);
	assert_view(m->reactions[2].reaction, "custom:-5");
}

/* ---- data ---- */

#include "from_tl_cases.h"

static void data(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(data_cases); i++)
		assert_data(data_cases[i].members, data_cases[i].data);
}

static void files(void **state)
{
	(void)state;
	with("'media':{'_':'messageMediaDocument','video_cover':" PHOTO
	     ",'document':" DOCUMENT(NAME) "}");
	assert_int_equal(b.files.count, 2);
	assert_false(b.files.items[0].photo);
	assert_int_equal(b.files.items[0].id, 18);
	assert_int_equal(b.files.items[0].access_hash, 4);
	assert_int_equal(b.files.items[0].dc, 4);
	assert_int_equal(b.files.items[0].size, 1000);
	assert_view(b.files.items[0].reference, "doc");
	assert_view(b.files.items[0].size_letter, "");
	assert_view(b.files.items[0].mime, "a/b");
	assert_view(b.files.items[0].name, "f.x");
	assert_true(b.files.items[1].photo);
	assert_int_equal(b.files.items[1].id, 17);
	assert_int_equal(b.files.items[1].access_hash, -3);
	assert_int_equal(b.files.items[1].dc, 2);
	assert_int_equal(b.files.items[1].size, 3000);
	assert_view(b.files.items[1].reference, "ref");
	assert_view(b.files.items[1].size_letter, "y");
	assert_view(b.files.items[1].mime, "image/jpeg");
}

static void polls(void **state)
{
	const struct archive_message *m = with(
		"'media':{'_':'messageMediaPoll','poll':{'_':'poll','id':1,'quiz':true,'closed':true,"
		"'multiple_choice':true,'public_voters':true,'question':" FORMATTED
		",'close_date':9,"
		"'close_period':8,'countries_iso2':['DE'],'answers':["
		"{'_':'pollAnswer','text':" FORMATTED ",'option':'0','added_by':" PEER42
		",'date':4},"
		"{'_':'pollAnswer','text':{'_':'textWithEntities','text':'U'},'option':'1','media':"
		"{'_':'messageMediaGeo','geo':{'_':'geoPointEmpty'}}}],'hash':1},"
		"'results':{'_':'pollResults','results':[{'_':'pollAnswerVoters','chosen':true,"
		"'correct':true,'option':'1','voters':3}],'total_voters':4,'solution':'S',"
		"'solution_entities':[{'_':'messageEntityBold','offset':0,'length':1}]},"
		"'attached_media':{'_':'messageMediaUnsupported'}}");

	(void)state;
	assert_string_equal(plain_quotes(m->data),
		"{'media':{'kind':'poll','question':'T','entities':" BOLD
		",'quiz':true,'multiple':true,"
		"'public':true,'close_date':9,'close_period':8,'countries':['DE'],'solution':'S',"
		"'solution_entities':" BOLD ",'attached':{'kind':'unsupported',"
		"'name':'messageMediaUnsupported'},'answers':['T','U']}}");
	assert_true(m->has_poll && m->poll_closed);
	assert_int_equal(m->poll_voters, 4);
	assert_string_equal(plain_quotes(m->poll_answers),
		"[{'text':'T','entities':" BOLD ",'by':42,'date':4,'voters':0},"
		"{'text':'U','media':{'kind':'location'},'voters':3,'chosen':true,'correct':true}]");
	m = with("'media':{'_':'messageMediaPoll','poll':{'_':'poll','id':1,'question':" FORMATTED
		 ",'hash':1},'results':{'_':'pollResults'}}");
	assert_true(m->has_poll && !m->poll_closed);
	assert_view(m->poll_answers, "[]");
}

#include "from_tl_actions.h"

static void actions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(action_cases); i++) {
		const struct archive_message *m = map(tobs_arena_printf(&arena,
			"{'_':'messageService','id':5,'peer_id':{'_':'peerChannel','channel_id':77},"
			"'from_id':" PEER42 ",'date':1000,'silent':true,'reply_to':"
			"{'_':'messageReplyHeader','reply_to_msg_id':4},'action':{'_':'messageAction%s}}",
			action_cases[i].action));

		assert_int_equal(m->flags, ARCHIVE_SERVICE | ARCHIVE_SILENT);
		assert_int_equal(m->sender, 42);
		assert_view(m->text, "");
		assert_string_equal(plain_quotes(m->data), "{'reply':{'id':4}}");
		assert_view(m->action, action_cases[i].name);
		if (strcmp(plain_quotes(m->action_data), action_cases[i].data) != 0)
			fail_msg("%s\nhave %s\nwant %s", action_cases[i].action,
				plain_quotes(m->action_data), action_cases[i].data);
	}
}

/* ---- peers ---- */

static struct archive_peer peer_of(const char *type, const char *text)
{
	struct archive_peer p = { .id = 1 };

	if (strcmp(type, "User") == 0)
		assert_ok(from_tl_user(tl(type, text), &arena, &p));
	else
		assert_ok(from_tl_chat(tl(type, text), &p));
	return p;
}

static void people(void **state)
{
	struct archive_peer p = peer_of("User",
		"{'_':'user','id':42,'first_name':'Ann',"
		"'last_name':'Bee','username':'ann','verified':true,'premium':true,'fake':true}");

	(void)state;
	assert_int_equal(p.id, 42);
	assert_int_equal(p.kind, ARCHIVE_USER);
	assert_int_equal(p.flags, ARCHIVE_PEER_VERIFIED | ARCHIVE_PEER_PREMIUM | ARCHIVE_PEER_SCAM);
	assert_view(p.name, "Ann Bee");
	assert_view(p.first, "Ann");
	assert_view(p.last, "Bee");
	assert_view(p.username, "ann");
	p = peer_of("User",
		"{'_':'user','id':42,'bot':true,'min':true,'last_name':'Bee','usernames':["
		"{'_':'username','username':'old'},{'_':'username','active':true,'username':'new'}]}");
	assert_int_equal(p.kind, ARCHIVE_BOT);
	assert_int_equal(p.flags, ARCHIVE_PEER_MIN);
	assert_view(p.name, "Bee");
	assert_view(p.username, "new");
	p = peer_of("User", "{'_':'user','id':42,'deleted':true}");
	assert_int_equal(p.flags, ARCHIVE_PEER_DELETED);
	assert_view(p.name, "");
	assert_code(
		from_tl_user(tl("User", "{'_':'userEmpty','id':1}"), &arena, &p), TOBS_ENOTFOUND);
}

static void chats(void **state)
{
	static const struct {
		const char *text;
		int64_t id;
		enum archive_peer_kind kind;
		uint32_t flags;
		const char *username;
	} cases[] = {
#define REST ",'title':'T','photo':{'_':'chatPhotoEmpty'},'date':1"
		{ "{'_':'chat','id':9,'noforwards':true,'participants_count':2,'version':1" REST
		  "}",
			-9, ARCHIVE_GROUP, ARCHIVE_PEER_PROTECTED, "" },
		{ "{'_':'chatForbidden','id':9,'title':'T'}", -9, ARCHIVE_GROUP, 0, "" },
		{ "{'_':'channel','id':9,'broadcast':true,'username':'u','scam':true" REST "}",
			-1000000000009, ARCHIVE_CHANNEL, ARCHIVE_PEER_SCAM, "u" },
		{ "{'_':'channel','id':9,'megagroup':true,'verified':true" REST "}", -1000000000009,
			ARCHIVE_SUPERGROUP, ARCHIVE_PEER_VERIFIED, "" },
		{ "{'_':'channel','id':9,'gigagroup':true" REST "}", -1000000000009,
			ARCHIVE_SUPERGROUP, 0, "" },
		{ "{'_':'channel','id':9,'megagroup':true,'forum':true,'min':true,'noforwards':true,"
		  "'usernames':[{'_':'username','active':true,'username':'v'}]" REST "}",
			-1000000000009, ARCHIVE_FORUM, ARCHIVE_PEER_MIN | ARCHIVE_PEER_PROTECTED,
			"v" },
		{ "{'_':'channelForbidden','id':9,'access_hash':1,'title':'T'}", -1000000000009,
			ARCHIVE_CHANNEL, ARCHIVE_PEER_MIN, "" },
		{ "{'_':'channelForbidden','id':9,'megagroup':true,'access_hash':1,'title':'T'}",
			-1000000000009, ARCHIVE_SUPERGROUP, ARCHIVE_PEER_MIN, "" },
		{ "{'_':'community','id':9" REST "}", -1000000000009, ARCHIVE_SUPERGROUP, 0, "" },
		{ "{'_':'communityForbidden','id':9,'title':'T'}", -1000000000009,
			ARCHIVE_SUPERGROUP, ARCHIVE_PEER_MIN, "" },
#undef REST
	};
	struct archive_peer p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		p = peer_of("Chat", cases[i].text);
		assert_int_equal(p.id, cases[i].id);
		assert_int_equal(p.kind, cases[i].kind);
		assert_int_equal(p.flags, cases[i].flags);
		assert_view(p.name, "T");
		assert_view(p.username, cases[i].username);
	}
	assert_code(from_tl_chat(tl("Chat", "{'_':'chatEmpty','id':1}"), &p), TOBS_ENOTFOUND);
	assert_int_equal(from_tl_peer(NULL), 0);
	assert_int_equal(from_tl_peer(tl("Peer", "{'_':'peerChat','chat_id':5}")), -5);
}

static void everybody_on_a_page(void **state)
{
	const union tl_User *users[] = { tl("User", "{'_':'user','id':1,'first_name':'Ann'}"),
		tl("User", "{'_':'userEmpty','id':2}"),
		tl("User", "{'_':'user','id':3,'first_name':'C','last_name':'D'}") };
	const union tl_Chat *groups[] = { tl("Chat", "{'_':'chatEmpty','id':2}"),
		tl("Chat", "{'_':'chatForbidden','id':4,'title':'T'}") };
	const struct tl_vec_User all = { 3, users };
	const struct tl_vec_Chat some = { 2, groups };

	(void)state;
	assert_ok(from_tl_peers(&b, &all, &some, NULL));
	assert_ok(from_tl_peers(&b, NULL, NULL, NULL));
	tobs_arena_reset(&arena); /* nothing points there any more */
	assert_int_equal(b.peers.count, 3);
	assert_view(b.peers.items[0].name, "Ann");
	assert_view(b.peers.items[0].first, "Ann");
	assert_view(b.peers.items[1].name, "C D");
	assert_view(b.peers.items[1].last, "D");
	assert_view(b.peers.items[2].name, "T");
	assert_int_equal(b.peers.items[2].id, -4);
}

static void forum_topics(void **state)
{
	struct archive_topic t;

	(void)state;
	assert_ok(from_tl_topic(tl("ForumTopic",
					"{'_':'forumTopic','id':3,'date':9,'peer':" PEER42
					",'title':'T','icon_color':255,"
					"'icon_emoji_id':7,'top_message':1,'from_id':" PEER42
					",'closed':true,'pinned':true,"
					"'notify_settings':{'_':'peerNotifySettings'}}"),
		&t));
	assert_int_equal(t.id, 3);
	assert_int_equal(t.date, 9);
	assert_int_equal(t.creator, 42);
	assert_int_equal(t.icon_color, 255);
	assert_int_equal(t.icon_emoji, 7);
	assert_true(t.closed);
	assert_false(t.hidden);
	assert_view(t.title, "T");
	assert_code(from_tl_topic(tl("ForumTopic", "{'_':'forumTopicDeleted','id':1}"), &t),
		TOBS_ENOTFOUND);
}

/* ---- limits ---- */

static const struct tl_vec_Message *rich_page(void)
{
	static const union tl_Message *list[3];
	static const struct tl_vec_Message page = { 3, list };

	list[0] = tl("Message",
		"{'_':'message','id':1,'date':1,'message':'x','peer_id':" PEER42
		",'media':{'_':'messageMediaPhoto','photo':" PHOTO "},'entities':["
		"{'_':'messageEntityBold','offset':0,'length':1}],'reactions':{'_':'messageReactions',"
		"'results':[{'_':'reactionCount','reaction':{'_':'reactionCustomEmoji','document_id':5},"
		"'count':2}]}}");
	list[1] = tl("Message",
		"{'_':'messageService','id':2,'date':1,'peer_id':" PEER42
		",'action':{'_':'messageActionRequestedPeerSentMe','button_id':1,'peers':["
		"{'_':'requestedPeerUser','user_id':1,'first_name':'A','last_name':'B'}]}}");
	list[2] = tl("Message",
		"{'_':'message','id':3,'date':1,'peer_id':" PEER42
		",'media':{'_':'messageMediaPoll','poll':{'_':'poll','id':1,'question':" FORMATTED
		",'answers':[{'_':'pollAnswer','text':" FORMATTED
		",'option':'0'}],'hash':1},'results':"
		"{'_':'pollResults'}},'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':4,"
		"'poll_option':'xx'}}");
	return &page;
}

static void all_or_nothing(void **state)
{
	const struct tl_vec_Message *page = rich_page();
	struct tobs_err err = { 0 };
	size_t max = 100;
	int r, failures = 0;

	(void)state;
	do {
		archive_batch_deinit(&b);
		archive_batch_init(&b, max);
		r = from_tl_messages(&b, 1, page, NULL, NULL, &err);
		assert_int_equal(b.messages.count, r ? 0 : 3);
		assert_int_equal(b.files.count, r ? 0 : 1);
		if (r)
			assert_code(r, TOBS_ENOMEM);
		failures += r != TOBS_OK;
		max += 16;
	} while (r);
	assert_true(failures > 10);
}

static void a_message_beyond_all_limits(void **state)
{
	size_t len = 5 << 20;
	char *text = malloc(len);
	const union tl_Peer *peer = tl("Peer", PEER42);
	struct tl_message m = {
		.ctor = TL_message, .id = 1, .peer_id = peer, .post_author = { 0 }
	};
	const union tl_Message *one = (const void *)&m;
	const struct tl_vec_Message page = { 1, &one };

	(void)state;
	memset(text, 'x', len);
	m.has_post_author = 1;
	m.post_author = tobs_view(text, len);
	archive_batch_deinit(&b);
	archive_batch_init(&b, 64 << 20);
	assert_code(from_tl_messages(&b, 1, &page, NULL, NULL, NULL), TOBS_ETOOBIG);
	assert_int_equal(b.messages.count, 0);
	free(text);
}

static int map_page(void *user)
{
	struct archive_batch fresh;
	int r;

	archive_batch_init(&fresh, 1 << 20);
	r = from_tl_messages(&fresh, 1, user, NULL, NULL, NULL);
	archive_batch_deinit(&fresh);
	return r;
}

static void every_allocation_fails_in_turn(void **state)
{
	struct tl_vec_Message page = *rich_page();

	(void)state;
	fail_each_allocation(map_page, &page);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plain_message),
		TEST(columns),
		TEST(what_is_not_utf8_is_mended),
		TEST(messages_that_are_not_there),
		TEST(senders_in_private_chats),
		TEST(topics),
		TEST(entities),
		TEST(reactions),
		TEST(data),
		TEST(files),
		TEST(polls),
		TEST(actions),
		TEST(people),
		TEST(chats),
		TEST(everybody_on_a_page),
		TEST(forum_topics),
		TEST(all_or_nothing),
		TEST(a_message_beyond_all_limits),
		TEST(every_allocation_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
