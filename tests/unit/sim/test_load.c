/* SPDX-License-Identifier: MIT */
/* Worlds in our own format. */
#include "sim/copies.h"
#include "sim/file.h"
#include "sim/inner.h"
#include "sim/synthetic.h"
#include "sim/view.h"
#include "sim/vote.h"
#include "support/failmem.h"
#include "support/sim_load.h"
#include "support/tmpdir.h"

static struct tobs_err err;

static const char people[] =
	"{'tobs_world':1,'about':'a test','apps':[{'api_id':7,'api_hash':"
	"'00112233445566778899aabbccddeeff'},{'api_id':8,'refused':true}],"
	"'files':[{'key':'bee','kind':'emoji','size':500,'alt':'🐝'},"
	"{'key':'pic','kind':'photo','size':9000,'width':640,'height':480},"
	"{'key':'hum','kind':'voice','size':700,'seconds':4},"
	"{'key':'clip','kind':'video','size':9000,'name':'a.mp4','width':640,'height':320,"
	"'thumb_size':90,'id':31,'dc':4,'attributes':[{'_':'documentAttributeHasStickers'}]}],"
	"'users':[{'key':'ivy','id':1,'first_name':'Ivy','username':'ivy','phone':'+1 555 0001',"
	"'account':{'code':'777','password':'pw','hint':'h','takeout_delay':5},'photo':'pic',"
	"'premium':true},{'key':'bo','id':2,'first_name':'Bo','account':{}},"
	"{'key':'kai','id':3,'first_name':'Kai'},"
	"{'key':'bot','id':4,'first_name':'Bot','bot':{'description':'d'},"
	"'account':{'token':'4:t','privacy':true}}],"
	"'chats':[{'key':'g','kind':'group','id':5,'title':'G','date':'2024-01-01',"
	"'members':[{'user':'ivy','role':'creator'},'bo','kai']},"
	"{'key':'s','kind':'supergroup','id':6,'title':'S','date':'2024-01-01','more_members':9,"
	"'members':['ivy',{'user':'bo','role':'admin','rank':'R','rights':{'pin_messages':true}},"
	"{'user':'kai','role':'restricted','banned':{'send_messages':true,'until_date':"
	"'2030-01-01'},'until':'2030-01-01'}],'slowmode':30,'link':'abc','noforwards':true},"
	"{'key':'c','kind':'channel','id':7,'title':'C','username':'chan','discussion':'s',"
	"'signatures':true,'members':[{'user':'ivy','role':'creator'}]},"
	"{'key':'f','kind':'forum','id':8,'title':'F','members':['ivy']}]";

/* The people above and these histories and whatever else. */
static char *with(const char *rest)
{
	size_t size = sizeof people + strlen(rest) + 8;
	char *text = malloc(size);

	if (!text)
		abort();
	snprintf(text, size, "%s%s}", people, rest);
	return text;
}

static struct sim_world *made(const char *rest)
{
	char *text = with(rest);
	struct sim_world *w = loaded(text);

	free(text);
	return w;
}

static void test_people(void **state)
{
	struct sim_world *w = made(
		",'accounts':[{'user':'ivy','contacts':['bo'],'blocked':['kai']}]");
	struct sim_account *ivy = sim_account(w, 1);
	struct sim_chat *s = sim_chat(w, sim_channel_peer(6)),
			*c = sim_chat(w, sim_channel_peer(7));
	struct sim_file f;

	(void)state;
	assert_view(ivy->code, "777");
	assert_view(ivy->password, "pw");
	assert_int_equal(ivy->takeout_delay, 5);
	assert_true(ivy->user->tl->premium);
	assert_int_equal(ivy->user->photos.count, 1);
	assert_true(sim_is_contact(ivy, 2));
	assert_int_equal(ivy->blocked.items[0], 3);
	assert_true(sim_bot_by_token(w, tobs_str("4:t"))->privacy);
	assert_true(sim_app_accepted(w, 7, tobs_str("00112233445566778899AABBCCDDEEFF")));
	assert_false(sim_app_accepted(w, 9, tobs_str("00112233445566778899aabbccddeeff")));

	assert_int_equal(sim_member(s, 2)->role, SIM_ADMIN);
	assert_true(sim_member(s, 2)->admin_rights->pin_messages);
	assert_view(sim_member(s, 2)->rank, "R");
	assert_int_equal(sim_member(s, 3)->banned_rights->until_date, 1893456000);
	assert_int_equal(sim_member(s, 3)->until, 1893456000);
	assert_int_equal(sim_member(s, 1)->date, 1704067200);
	assert_int_equal(sim_member_count(s), 12);
	assert_ptr_equal(sim_chat_by_link(w, tobs_str("abc")), s);
	assert_true(s->tl.channel->noforwards && s->tl.channel->slowmode_enabled);
	assert_ptr_equal(c->linked, s);
	assert_int_equal(sim_peer_by_name(w, tobs_str("chan")), c->peer);

	assert_ok(sim_file_find(w, 31, &w->arena, &f));
	assert_int_equal(f.dc, 4);
	assert_int_equal(f.blob_count, 2);
	assert_int_equal(((const struct tl_document *)f.tl)->attributes.count, 3);
	sim_world_free(w);
}

static void test_private_copies(void **state)
{
	struct sim_world *w = made(
		",'histories':[{'between':['ivy','bo'],'messages':["
		"{'from':'ivy','date':'2024-02-01 10:00','text':'one','label':'one','id':40},"
		"{'from':'bo','date':'+5m','text':'two','reply_to':'one','label':'two'},"
		"{'from':'ivy','text':'three','reply_to':{'to':'two','quote':[{'bold':'w'}]}}]},"
		"{'saved':'ivy','messages':[{'date':'2024-02-01 10:01','text':'note'}]}]");
	struct sim_history *ivy = sim_history(sim_account(w, 1), 2);
	struct sim_history *bo = sim_history(sim_account(w, 2), 1);
	const union tl_Message *m;

	(void)state;
	assert_int_equal(sim_history_count(ivy), 3);
	assert_int_equal(sim_history_count(bo), 3);
	m = message_of(ivy, 40);
	assert_true(m->message.out);
	assert_int_equal(m->message.date, 1706781600);
	assert_false(message_of(bo, 1)->message.out);
	assert_int_equal(sim_copy_in(ivy, 40, bo), 1);
	/* Bo answers with the id of his own copy, Ivy sees hers. */
	m = message_of(bo, 2);
	assert_int_equal(m->message.date, 1706781900);
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, 1);
	m = message_of(ivy, 42);
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, 40);
	m = message_of(ivy, 43);
	assert_int_equal(m->message.date, 1706781960);
	assert_view(m->message.reply_to->messageReplyHeader.quote_text, "w");
	assert_int_equal(m->message.reply_to->messageReplyHeader.quote_entities.count, 1);
	/* Between the first and the second, by its date. */
	m = message_of(sim_history(sim_account(w, 1), 1), 41);
	assert_view(m->message.message, "note");
	assert_int_equal(sim_peer_of(m->message.saved_peer_id), 1);
	assert_int_equal(sim_dialog(sim_account(w, 1), 2)->unread, 0);
	assert_int_equal(sim_dialog(sim_account(w, 1), 2)->read_inbox_max_id, 43);
	/* Nobody was told of any of it. */
	assert_int_equal(sim_account(w, 1)->box.pts, 1);
	sim_world_free(w);
}

static void test_text(void **state)
{
	struct sim_world *w = made(
		",'histories':[{'chat':'s','messages':[{'from':'ivy','text':['😀 ',{'bold':['x',"
		"{'italic':'é'},'y']},{'text_url':'u','url':'https://a.example'},"
		"{'custom_emoji':'🐝','document_id':'bee'},{'mention_name':'B','user_id':'bo'},"
		"{'formatted_date':'d','date':'2024-05-01 10:00','short_time':true}]}]}]");
	const struct tl_message *m =
		&message_of(sim_chat(w, sim_channel_peer(6))->history, 1)->message;
	static const struct {
		uint32_t ctor;
		int32_t offset, length;
	} want[] = {
		{ TL_messageEntityBold, 3, 3 },
		{ TL_messageEntityItalic, 4, 1 },
		{ TL_messageEntityTextUrl, 6, 1 },
		{ TL_messageEntityCustomEmoji, 7, 2 },
		{ TL_messageEntityMentionName, 9, 1 },
		{ TL_messageEntityFormattedDate, 10, 1 },
	};
	struct sim_file f;

	(void)state;
	assert_view(m->message, "😀 xéyu🐝Bd");
	assert_int_equal(m->entities.count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const union tl_MessageEntity *e = m->entities.items[i];

		assert_string_equal(tl_name(e->ctor), tl_name(want[i].ctor));
		if (e->ctor == TL_messageEntityFormattedDate) {
			assert_int_equal(e->messageEntityFormattedDate.offset, want[i].offset);
			assert_int_equal(e->messageEntityFormattedDate.date, 1714557600);
			assert_true(e->messageEntityFormattedDate.short_time);
			continue;
		}
		assert_int_equal(e->messageEntityBold.offset, want[i].offset);
		assert_int_equal(e->messageEntityBold.length, want[i].length);
	}
	assert_int_equal(m->entities.items[4]->messageEntityMentionName.user_id, 2);
	assert_ok(sim_file_find(
		w, m->entities.items[3]->messageEntityCustomEmoji.document_id, &w->arena, &f));
	sim_world_free(w);
}

static void test_channel_and_comments(void **state)
{
	struct sim_world *w = made(
		",'histories':[{'chat':'s','messages':["
		"{'from':'kai','date':'2024-02-01 09:00','text':'before'},"
		"{'from':'kai','date':'2024-02-01 10:05','text':'first!','comment_on':'post','label':'k'},"
		"{'from':'ivy','text':'hm','comment_on':'post','reply_to':'k','as':'c'}]},"
		"{'chat':'c','messages':[{'from':'ivy','date':'2024-02-01 10:00','text':'hello',"
		"'label':'post','views':5,'reactions':{'👍':3}},"
		"{'text':'by nobody','date':'2024-02-01 11:00'}]}]");
	struct sim_chat *c = sim_chat(w, sim_channel_peer(7)), *s = c->linked;
	const union tl_Message *m = message_of(c->history, 1);
	int32_t copy = sim_discussion_of(c, 1);

	(void)state;
	assert_true(m->message.post);
	assert_null(m->message.from_id);
	assert_view(m->message.post_author, "Ivy");
	assert_int_equal(m->message.views, 5);
	assert_int_equal(message_of(c->history, 2)->message.post_author.len, 0);
	assert_int_equal(copy, 2);
	m = message_of(s->history, copy);
	assert_null(m->message.reactions);
	assert_int_equal(sim_peer_of(m->message.fwd_from->saved_from_peer), c->peer);
	assert_int_equal(sim_thread_count(s->history, copy), 2);
	m = message_of(s->history, 4);
	assert_int_equal(sim_message_from(m), c->peer);
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, 3);
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_top_id, copy);
	sim_world_free(w);
}

static void test_topics(void **state)
{
	struct sim_world *w = made(
		",'histories':[{'chat':'f','messages':["
		"{'from':'ivy','text':'general'},"
		"{'from':'ivy','label':'t','action':{'_':'messageActionTopicCreate','title':'T',"
		"'icon_color':5,'icon_emoji_id':'bee'}},"
		"{'from':'ivy','topic':'t','text':'a','label':'a'},"
		"{'from':'ivy','topic':'t','text':'b','reply_to':'a'},"
		"{'from':'ivy','topic':1,'text':'g','reply_to':1},"
		"{'from':'ivy','action':{'_':'messageActionTopicEdit','title':'T2','closed':true},"
		"'reply_to':'t'},"
		"{'from':'ivy','action':{'_':'messageActionTopicEdit','hidden':true}}]}]");
	struct sim_chat *f = sim_chat(w, sim_channel_peer(8));
	const struct tl_messageReplyHeader *r;

	(void)state;
	assert_int_equal(f->topics.count, 2);
	assert_view(sim_topic(f, 2)->title, "T2");
	assert_true(sim_topic(f, 2)->closed);
	assert_true(sim_topic(f, SIM_GENERAL_TOPIC)->hidden);
	r = &message_of(f->history, 3)->message.reply_to->messageReplyHeader;
	assert_true(r->forum_topic && r->reply_to_msg_id == 2 && !r->has_reply_to_top_id);
	r = &message_of(f->history, 4)->message.reply_to->messageReplyHeader;
	assert_true(r->forum_topic && r->reply_to_msg_id == 3 && r->reply_to_top_id == 2);
	assert_false(message_of(f->history, 5)->message.reply_to->messageReplyHeader.forum_topic);
	assert_int_equal(sim_thread_count(f->history, 2), 4);
	sim_world_free(w);
}

static void test_media(void **state)
{
	struct sim_world *w = made(
		",'histories':[{'chat':'s','messages':["
		"{'from':'ivy','photo':'pic','album':'x','text':'caption'},"
		"{'from':'ivy','file':'hum','album':'x'},{'from':'ivy','file':'clip'},"
		"{'from':'ivy','media':{'_':'messageMediaVenue','geo':[1.5,2.5],'title':'V'}},"
		"{'from':'ivy','poll':{'question':'Q','answers':['a',{'text':'b','voters':3,"
		"'by':['bo','kai']}],'correct':1,'solution':[{'code':'c'}],'public_voters':true}},"
		"{'from':'ivy','media':{'_':'messageMediaDice','value':3,'emoticon':'🎲'},"
		"'reactions':{'👍':['bo','kai'],'bee':{'count':4,'by':['bo']},'paid':7}}]}]");
	struct sim_history *h = sim_chat(w, sim_channel_peer(6))->history;
	const struct tl_messageMediaPoll *poll;
	const struct tl_messageReactions *re;

	(void)state;
	assert_int_equal(message_of(h, 1)->message.media->ctor, TL_messageMediaPhoto);
	assert_int_not_equal(message_of(h, 1)->message.grouped_id, 0);
	assert_int_equal(
		message_of(h, 1)->message.grouped_id, message_of(h, 2)->message.grouped_id);
	assert_true(message_of(h, 2)->message.media->messageMediaDocument.voice);
	assert_true(message_of(h, 3)->message.media->messageMediaDocument.video);
	assert_true(message_of(h, 4)->message.media->messageMediaVenue.geo->geoPoint.long_ == 2.5);
	poll = &message_of(h, 5)->message.media->messageMediaPoll;
	assert_true(poll->poll->quiz && poll->poll->public_voters);
	assert_int_equal(poll->results->total_voters, 3);
	assert_true(poll->results->results.items[1]->correct);
	assert_int_equal(poll->results->solution_entities.count, 1);
	assert_int_equal(sim_vote(w, poll->poll->id, 3)->chosen, 2);
	re = message_of(h, 6)->message.reactions;
	assert_int_equal(re->results.count, 3);
	assert_int_equal(re->results.items[1]->count, 4);
	assert_int_equal(re->results.items[2]->reaction->ctor, TL_reactionPaid);
	assert_int_equal(re->recent_reactions.count, 3);
	assert_int_equal(assert_all_encode(w), 6);
	sim_world_free(w);
}

static void test_settings(void **state)
{
	struct sim_world *w = made(
		",'accounts':[{'user':'ivy','pinned':['s','bo'],'archived':['g'],'muted':['c'],"
		"'marked':['f'],'unread':{'s':2},'drafts':{'bo':'hi'},"
		"'folders':[{'_':'dialogFilterDefault'}]}],'histories':[{'chat':'s','messages':["
		"{'from':'bo','text':'1'},{'from':'bo','text':'2'},{'from':'bo','text':'3'}]},"
		"{'between':['ivy','bo'],'messages':[{'from':'bo','text':'x'}]}]");
	struct sim_account *ivy = sim_account(w, 1);
	struct sim_dialog *s = sim_dialog(ivy, sim_channel_peer(6));

	(void)state;
	assert_int_equal(s->pin, 1);
	assert_int_equal(s->unread, 2);
	assert_int_equal(s->read_inbox_max_id, 1);
	assert_int_equal(sim_dialog(ivy, 2)->pin, 2);
	assert_view(sim_dialog(ivy, 2)->draft->draftMessage.message, "hi");
	assert_int_equal(sim_dialog(ivy, sim_group_peer(5))->folder, 1);
	assert_true(sim_dialog(ivy, sim_channel_peer(7))->muted);
	assert_true(sim_dialog(ivy, sim_channel_peer(8))->unread_mark);
	assert_int_equal(ivy->folders.count, 1);
	sim_world_free(w);
}

static void test_include(void **state)
{
	static const char outer[] =
		"{'tobs_world':1,'users':[{'key':'a','id':1,'account':{}}],'include':['in/b.json']}";
	static const char inner[] =
		"{'tobs_world':1,'files':[{'key':'x','path':'x.txt'}],'histories':[{'saved':'a',"
		"'messages':[{'file':'x'}]}]}";
	static const char broken[] =
		"{'tobs_world':1,'histories':[{'saved':'a','messages':[{'x':1}]}]}";
	struct sim_world *w = test_world();
	struct tmpdir dir;
	char *text;

	(void)state;
	tmpdir_init(&dir);
	assert_int_equal(mkdir(tmpdir_file(&dir, "in"), 0700), 0);
	text = quoted(outer);
	write_file(tmpdir_file(&dir, "a.json"), text, strlen(text));
	free(text);
	text = quoted(inner);
	write_file(tmpdir_file(&dir, "in/b.json"), text, strlen(text));
	free(text);
	write_file(tmpdir_file(&dir, "in/x.txt"), "hello", 5);
	if (sim_load(w, tmpdir_file(&dir, "a.json"), &err))
		fail_msg("%s", err.message);
	assert_int_equal(message_of(sim_history(sim_account(w, 1), 1), 1)
				 ->message.media->messageMediaDocument.document->document.size,
		5);
	sim_world_free(w);

	/* A fault in the inner file is said to be there. */
	text = quoted(broken);
	write_file(tmpdir_file(&dir, "in/b.json"), text, strlen(text));
	free(text);
	w = test_world();
	assert_code(sim_load(w, tmpdir_file(&dir, "a.json"), &err), TOBS_EUNKNOWN);
	assert_non_null(strstr(err.message, "in/b.json: histories[0].messages[0].x: is no member"));
	sim_world_free(w);

	/* A file that includes itself ends. */
	text = quoted("{'tobs_world':1,'include':['a.json']}");
	write_file(tmpdir_file(&dir, "a.json"), text, strlen(text));
	free(text);
	w = test_world();
	assert_code(sim_load(w, tmpdir_file(&dir, "a.json"), &err), TOBS_EINVAL);
	sim_world_free(w);
	tmpdir_deinit(&dir);
}

static void test_synthetic(void **state)
{
	struct sim_world *w = loaded("{'tobs_world':1,'synthetic':['plain,messages=30']}");

	(void)state;
	assert_int_equal(sim_history_count(w->chat_list.items[0]->history), 30);
	sim_world_free(w);
	w = loaded("{'tobs_world':1}");
	assert_non_null(sim_default_account(w));
	sim_world_free(w);
}

static void test_errors(void **state)
{
	static const struct {
		const char *rest, *says;
		int code;
	} rows[] = {
		{ ",'x':1", "test.json: x: is no section", TOBS_EUNKNOWN },
		{ ",'tobs_world':2", "tobs_world: this version reads format 1", TOBS_EUNSUPPORTED },
		{ ",'users':[{'id':0}]", "users[0].id: 0: allowed are 1", TOBS_ETOOBIG },
		{ ",'users':[{'key':'ivy'}]", "users[0].key: \"ivy\" is taken", TOBS_EEXISTS },
		{ ",'users':[{'colour':'red'}]",
			"users[0].colour: is no member known here, nor a field of user",
			TOBS_EUNKNOWN },
		{ ",'users':[{'account':{'pass':'x'}}]", "users[0].account.pass: is not known here",
			TOBS_EUNKNOWN },
		{ ",'users':[{'photo':'bee'}]", "users[0].photo: there is no photo \"bee\"",
			TOBS_ENOTFOUND },
		{ ",'files':[{'kind':'smell'}]", "files[0].kind: must be photo, file",
			TOBS_EUNKNOWN },
		{ ",'files':[{'path':'no.jpg','kind':'photo'}]", "files[0].path: cannot be looked",
			TOBS_ENOTFOUND },
		{ ",'chats':[{'kind':'crowd'}]", "chats[0].kind: must be group", TOBS_EUNKNOWN },
		{ ",'chats':[{'kind':'group','members':['zoe']}]",
			"chats[0].members[0]: there is no user or chat \"zoe\" so far",
			TOBS_ENOTFOUND },
		{ ",'chats':[{'kind':'group','members':[{'user':'bo','role':'king'}]}]",
			"chats[0].members[0].role: must be", TOBS_EUNKNOWN },
		{ ",'chats':[{'kind':'group','discussion':'s'}]", "chats[0].discussion: only a",
			TOBS_EINVAL },
		{ ",'accounts':[{'user':'kai'}]", "accounts[0].user: must be somebody with an",
			TOBS_ENOTFOUND },
		{ ",'accounts':[{'user':'ivy','unread':{'zoe':1}}]",
			"accounts[0].unread.zoe: is no key", TOBS_ENOTFOUND },
		{ ",'apps':[{'api_id':1,'api_hash':'x'}]", "apps[0].api_hash: must be 32",
			TOBS_EINVAL },
		{ ",'synthetic':['cats=1']", "synthetic[0]: ", TOBS_EINVAL },
		{ ",'histories':[{'messages':[]}]", "histories[0].messages: stand before",
			TOBS_EMALFORMED },
		{ ",'histories':[{'chat':'ivy'}]", "histories[0].chat: is a user", TOBS_EINVAL },
		{ ",'histories':[{'between':['ivy']}]", "histories[0].between: must be an array",
			TOBS_EMALFORMED },
		{ ",'histories':[{'chat':'s','messages':[{'text':'x'}]}]",
			"histories[0].messages[0]: needs \"from\"", TOBS_EMALFORMED },
		{ ",'histories':[{'between':['ivy','bo'],'messages':[{'from':'kai'}]}]",
			"histories[0].messages[0].from: must be one of the two", TOBS_EINVAL },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','date':'soon'}]}]",
			"histories[0].messages[0].date: must be a date", TOBS_EMALFORMED },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','text':[{'loud':'x'}]}]}]",
			"messages[0].text[0]: has no member named like an entity", TOBS_EUNKNOWN },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','text':[{'bold':'x',"
		  "'size':3}]}]}]",
			"messages[0].text[0].size: is no member", TOBS_EUNKNOWN },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','text':'x'},{'from':'ivy',"
		  "'text':'y','reply_to':'nothing'}]}]",
			"histories[0].messages[1].reply_to: there is no earlier message labelled",
			TOBS_ENOTFOUND },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','id':3},{'from':'ivy','id':3}]}]",
			"histories[0].messages[1].id: 3 is taken", TOBS_EEXISTS },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','label':'l'},{'from':'ivy',"
		  "'label':'l'}]}]",
			"messages[1].label: \"l\" is taken", TOBS_EEXISTS },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','message':'x'}]}]",
			"messages[0].message: is not known here", TOBS_EUNKNOWN },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','action':{'_':"
		  "'messageActionPinMessage'},'text':'x'}]}]",
			"messages[0].text: a service message has none", TOBS_EINVAL },
		{ ",'histories':[{'chat':'f','messages':[{'from':'ivy','comment_on':1}]}]",
			"messages[0].comment_on: comments are written in", TOBS_EINVAL },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','comment_on':1}]}]",
			"messages[0].comment_on: there is no earlier post 1", TOBS_ENOTFOUND },
		{ ",'histories':[{'between':['kai','kai'],'messages':[{'text':'x'}]}]",
			"messages[0]: nobody with an account", TOBS_EINVAL },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','media':{'_':"
		  "'messageMediaDice','value':'one'}}]}]",
			"messages[0].media.value: there is no user, chat or file \"one\"",
			TOBS_ENOTFOUND },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','poll':{'question':'q'}}]}]",
			"messages[0].poll: needs a question and answers", TOBS_EMALFORMED },
		{ ",'histories':[{'chat':'s','messages':[{'from':'ivy','reactions':{'👍':'many'}}]}]",
			"messages[0].reactions.👍: is of type", TOBS_EMALFORMED },
		{ ",'histories':[{'chat':'s','people':[]}]", "histories[0].people: is not known",
			TOBS_EUNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sim_world *w = test_world();
		char *text = with(rows[i].rest);
		int r = load_text(w, text, NULL, &err);

		if (r != rows[i].code)
			fail_msg("%s: %s (%s)", rows[i].rest, tobs_error_name(r), err.message);
		if (!strstr(err.message, rows[i].says))
			fail_msg("\"%s\" does not say \"%s\"", err.message, rows[i].says);
		free(text);
		sim_world_free(w);
	}
}

static const char small[] =
	"{'tobs_world':1,'files':[{'key':'p','kind':'photo','size':9}],'users':[{'key':'a','id':1,"
	"'first_name':'A','account':{'code':'1'}},{'key':'b','id':2,'photo':'p'}],'chats':[{'key':'c',"
	"'kind':'supergroup','id':3,'title':'T','date':'2024-01-01','members':['a',{'user':'b',"
	"'role':'admin'}]}],'histories':[{'chat':'c','messages':[{'from':'a','date':'2024-01-02',"
	"'text':['x',{'bold':'y'}],'label':'l','reactions':{'👍':['b']}},{'from':'b','date':'+1m',"
	"'photo':'p','reply_to':{'to':'l','quote':'x'}},{'from':'b','poll':{'question':'q','answers':"
	"['u',{'text':'v','by':['a']}]}},{'from':'a','action':{'_':'messageActionChatEditTitle',"
	"'title':'T'}}]},{'between':['a','b'],'messages':[{'from':'b','text':'hi'}]}],'accounts':"
	"[{'user':'a','pinned':['c'],'drafts':{'b':'d'}}]}";

static void test_broken(void **state)
{
	(void)state;
	break_everywhere(small, 3);
}

static int load_small(void *user)
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
	char *copy = quoted(small);

	(void)state;
	fail_each_allocation(load_small, copy);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_private_copies),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_channel_and_comments),
		cmocka_unit_test(test_topics),
		cmocka_unit_test(test_media),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_synthetic),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
