/* SPDX-License-Identifier: MIT */
#include "sim/control.h"

#include "base/json.h"
#include "net/tcp.h"
#include "sim/change.h"
#include "sim/sim.h"
#include "sim/view.h"
#include "sim/vote.h"
#include "support/sim_load.h"
#include "support/tmpdir.h"

static const char world[] =
	"{'tobs_world':1,'files':[{'key':'pic','kind':'photo','size':9,'width':90,'height':90}],"
	"'users':[{'key':'ivy','id':1,'first_name':'Ivy','account':{'takeout_delay':99}},"
	"{'key':'bo','id':2,'first_name':'Bo','account':{}},{'key':'kai','id':3,'first_name':'Kai'},"
	"{'key':'bot','id':4,'first_name':'Bot','bot':true,'account':{}}],"
	"'chats':[{'key':'s','kind':'supergroup','id':6,'title':'S','members':[{'user':'ivy',"
	"'role':'creator'},'bo']},{'key':'f','kind':'forum','id':8,'title':'F','members':"
	"[{'user':'ivy','role':'creator'}]},{'key':'g','kind':'group','id':9,'title':'G','members':"
	"[{'user':'ivy','role':'creator'},'bo']}],"
	"'histories':[{'chat':'s','messages':[{'from':'ivy','date':'2024-01-01','text':'one',"
	"'label':'one'},{'from':'ivy','poll':{'question':'q','answers':['a','b']},'label':'poll'}]}]}";

static struct tmpdir dir;
static struct sim *sim;
static struct tobs_err err;
static struct tobs_buf answer;
static int (*body)(void);

/* Runs the test's body on a fiber, with the simulator over the world. */
static int stage(void *arg)
{
	char *text = quoted(world);
	char path[128];
	int r;

	(void)arg;
	tmpdir_init(&dir);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "world.json"));
	write_file(path, text, strlen(text));
	free(text);
	tobs_buf_init(&answer, 1 << 20);
	if (sim_start(&sim, &(struct sim_options){ .world = path, .control = true }, &err))
		fail_msg("%s", err.message);
	r = body();
	sim_stop(sim);
	tobs_buf_deinit(&answer);
	tmpdir_deinit(&dir);
	return r;
}

#define STAGE_TEST(name)                          \
	static int name##_body(void);             \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		body = name##_body;               \
		assert_ok(tobs_run(stage, NULL)); \
	}                                         \
	static int name##_body(void)

/* The answer to a command, without its newline. */
static const char *say(const char *command)
{
	char *text = quoted(command);

	tobs_buf_clear(&answer);
	assert_ok(sim_control_run(sim, tobs_str(text), &answer));
	free(text);
	assert_true(tobs_view_ends(tobs_buf_view(&answer), "\n"));
	tobs_buf_truncate(&answer, answer.len - 1);
	return tobs_buf_str(&answer);
}

static void says(const char *command, const char *want)
{
	char *text = quoted(want);

	assert_string_equal(say(command), text);
	free(text);
}

static void holds(const char *command, const char *want)
{
	char *text = quoted(want);

	if (!strstr(say(command), text))
		fail_msg("%s: %s does not hold %s", command, tobs_buf_str(&answer), text);
	free(text);
}

static struct sim_chat *chat(const char *key)
{
	int64_t peer = strcmp(key, "g") == 0 ? sim_group_peer(9)
					     : sim_channel_peer(strcmp(key, "s") == 0 ? 6 : 8);

	return sim_chat(sim->world, peer);
}

STAGE_TEST(posts_and_edits)
{
	struct sim_history *s = chat("s")->history;
	struct sim_history *bo;
	const union tl_Message *m;

	says("{'do':'post','chat':'s','message':{'from':'bo','text':['hi ',{'bold':'you'}],"
	     "'reply_to':'one','label':'hi'}}",
		"{'ok':true,'id':3}");
	m = message_of(s, 3);
	assert_view(m->message.message, "hi you");
	assert_int_equal(m->message.reply_to->messageReplyHeader.reply_to_msg_id, 1);
	assert_int_equal(m->message.date, sim_now(sim->world));
	assert_int_equal(sim_dialog(sim_account(sim->world, 1), s->peer)->unread, 1);
	assert_int_equal(s->box->pts, 2);

	says("{'do':'edit','chat':'s','by':'bo','id':'hi','text':'changed'}", "{'ok':true}");
	assert_view(message_of(s, 3)->message.message, "changed");
	says("{'do':'edit','chat':'s','by':'bo','id':3,'media':{'_':'messageMediaPhoto','photo':"
	     "'pic'}}",
		"{'ok':true}");
	assert_non_null(message_of(s, 3)->message.media);
	says("{'do':'edit','chat':'s','by':'bo','id':3,'media':null}", "{'ok':true}");
	assert_null(message_of(s, 3)->message.media);
	says("{'do':'pin','chat':'s','by':'ivy','id':3,'tell':false}", "{'ok':true}");
	assert_true(message_of(s, 3)->message.pinned);
	holds("{'do':'delete','chat':'s','by':'kai','ids':[3]}",
		"{'ok':false,'code':'TOBS_ERPC','status':403,'name':'MESSAGE_DELETE_FORBIDDEN'");
	says("{'do':'delete','chat':'s','by':'bo','ids':['hi',77]}", "{'ok':true,'deleted':1}");
	assert_int_equal(sim_history_count(s), 2);

	/* Private: the ids are the writer's, or when they have no account, the reader's. */
	says("{'do':'post','chat':'bo','message':{'from':'kai','text':'psst','label':'p'}}",
		"{'ok':true,'id':1}");
	bo = sim_history(sim_account(sim->world, 2), 3);
	assert_view(message_of(bo, 1)->message.message, "psst");
	says("{'do':'edit','chat':'bo','by':'kai','id':'p','text':'PSST'}", "{'ok':true}");
	assert_view(message_of(bo, 1)->message.message, "PSST");
	says("{'do':'post','chat':'ivy','message':{'from':'ivy','text':'note'}}",
		"{'ok':true,'id':1}");
	return TOBS_OK;
}

STAGE_TEST(reacts_votes_reads)
{
	struct sim_history *s = chat("s")->history;
	struct sim_account *bo = sim_account(sim->world, 2);
	const struct sim_votes *votes;

	says("{'do':'react','chat':'s','by':'bo','id':'one','reactions':['👍']}", "{'ok':true}");
	assert_int_equal(message_of(s, 1)->message.reactions->results.count, 1);
	says("{'do':'react','chat':'s','by':'bo','id':'one','reactions':[]}", "{'ok':true}");
	assert_null(message_of(s, 1)->message.reactions);
	says("{'do':'vote','chat':'s','by':'bo','id':'poll','answers':[1]}", "{'ok':true}");
	votes = sim_votes(sim->world, message_of(s, 2)->message.media->messageMediaPoll.poll->id);
	assert_int_equal(votes->items.items[0].chosen, 2);
	holds("{'do':'vote','chat':'s','by':'ivy','id':'poll','answers':[9]}", "OPTION_INVALID");

	say("{'do':'post','chat':'s','message':{'from':'ivy','text':'new'}}");
	assert_int_equal(sim_dialog(bo, s->peer)->unread, 1);
	says("{'do':'read','chat':'s','by':'bo'}", "{'ok':true}");
	assert_int_equal(sim_dialog(bo, s->peer)->unread, 0);

	says("{'do':'block','by':'bo','who':'ivy'}", "{'ok':true}");
	holds("{'do':'post','chat':'bo','message':{'from':'ivy','text':'x'}}", "USER_IS_BLOCKED");
	says("{'do':'block','by':'bo','who':'ivy','on':false}", "{'ok':true}");
	says("{'do':'tell','user':'bot','counts':true,'update':{'_':'updateBotStopped','user_id':'bo',"
	     "'date':1,'stopped':true,'qts':0}}",
		"{'ok':true}");
	assert_int_equal(sim_account(sim->world, 4)->box.qts, 1);
	return TOBS_OK;
}

STAGE_TEST(changes_chats)
{
	struct sim_chat *s = chat("s"), *f = chat("f");

	says("{'do':'join','chat':'s','by':'kai','way':'link'}", "{'ok':true}");
	assert_true(sim_is_member(s, 3));
	says("{'do':'member','chat':'s','by':'ivy','member':{'user':'kai','role':'admin',"
	     "'rank':'R'}}",
		"{'ok':true}");
	assert_int_equal(sim_member(s, 3)->role, SIM_ADMIN);
	says("{'do':'member','chat':'s','by':'kai','member':{'user':'kai','role':'left'}}",
		"{'ok':true}");
	assert_false(sim_is_member(s, 3));
	holds("{'do':'title','chat':'s','by':'bo','title':'Mine'}", "CHAT_ADMIN_REQUIRED");
	says("{'do':'title','chat':'s','by':'ivy','title':'New'}", "{'ok':true}");
	assert_view(s->tl.channel->title, "New");
	says("{'do':'about','chat':'s','by':'ivy','about':'A'}", "{'ok':true}");
	says("{'do':'photo','chat':'s','by':'ivy','photo':'pic'}", "{'ok':true}");
	assert_non_null(s->photo);
	says("{'do':'photo','chat':'s','by':'ivy','photo':null}", "{'ok':true}");

	/* General is 1, whatever was said in the chat before. */
	says("{'do':'topic','chat':'f','by':'ivy','title':'T','icon_color':5}",
		"{'ok':true,'id':2}");
	assert_view(sim_topic(f, 2)->title, "T");
	says("{'do':'topic','chat':'f','by':'ivy','id':2,'title':'U','closed':true}",
		"{'ok':true}");
	assert_view(sim_topic(f, 2)->title, "U");
	assert_true(sim_topic(f, 2)->closed);
	holds("{'do':'topic','chat':'f','by':'ivy','id':9,'title':'U'}", "is no topic");
	return TOBS_OK;
}

STAGE_TEST(founds_and_migrates)
{
	struct sim_chat *c;

	holds("{'do':'found','by':'ivy','kind':'channel','title':'C','key':'c'}",
		"{'ok':true,'chat':-100");
	says("{'do':'post','chat':'c','message':{'from':'ivy','text':'first'}}",
		"{'ok':true,'id':2}");
	holds("{'do':'migrate','chat':'g','by':'ivy'}", "{'ok':true,'chat':-100");
	c = chat("g")->successor;
	assert_non_null(c);
	says("{'do':'user','user':{'key':'zoe','id':50,'first_name':'Zoe','account':{}}}",
		"{'ok':true}");
	assert_non_null(sim_account(sim->world, 50));
	says("{'do':'file','file':{'key':'x','kind':'file','size':5}}", "{'ok':true}");
	says("{'do':'post','chat':'zoe','message':{'from':'ivy','file':'x'}}",
		"{'ok':true,'id':2}");
	return TOBS_OK;
}

STAGE_TEST(servers)
{
	holds("{'do':'faults','set':{'latency':5,'flood':'messages.getHistory:1/60'}}",
		"'faults':{'latency':0");
	assert_int_equal(sim_server_faults(sim->server)->numbers[FAULT_LATENCY], 5);
	assert_int_equal(sim_server_faults(sim->server)->rules.count, 1);
	holds("{'do':'faults'}", "'method':'messages.getHistory','hits':0");
	holds("{'do':'faults','set':{'rain':5}}", "set: ");
	holds("{'do':'stats'}", "'connections':0");
	holds("{'do':'stats'}", "'calls':{}");
	says("{'do':'takeout','user':'ivy'}", "{'ok':true}");
	assert_int_equal(sim_account(sim->world, 1)->takeout_delay, 0);
	says("{'do':'expire'}", "{'ok':true}");
	assert_int_equal(sim->world->reference_epoch, 1);
	says("{'do':'break'}", "{'ok':true}");
	holds("{'do':'accept','user':'ivy','token':'tg://login?token=AAAA'}", "TOBS_ENOTFOUND");
	holds("{'do':'accept','user':'ivy','token':''}", "must be the link");
	holds("{'do':'describe'}", "'sim':{'host':'127.0.0.1'");
	says("{'do':'sleep','ms':1}", "{'ok':true}");
	holds("{'do':'load','file':'/no/such'}", "TOBS_ENOTFOUND");
	assert_false(tobs_event_is_set(&sim->stop));
	says("{'do':'stop'}", "{'ok':true}");
	assert_ok(sim_wait(sim));
	return TOBS_OK;
}

STAGE_TEST(mistakes)
{
	holds("", "'ok':false,'code':'TOBS_EMALFORMED'");
	holds("[]", "is of type array, must be an object");
	holds("{}", "must name a command");
	holds("{'do':'dance'}", "do: there is no command");
	holds("{'do':'stop','now':true}", "now: is not known here; there are: do");
	holds("{'do':'post','message':{'from':'bo'}}", "needs \\'chat\\'");
	holds("{'do':'post','chat':'zoe','message':{}}", "chat: there is no user or chat");
	holds("{'do':'post','chat':'s','message':{'from':'bo','text':5}}",
		"message.text: is of type");
	holds("{'do':'post','chat':'s','message':{'from':'kai','text':'x'}}",
		"CHAT_WRITE_FORBIDDEN");
	holds("{'do':'post','chat':'s','message':{'from':'bo','text':''}}", "MESSAGE_EMPTY");
	holds("{'do':'edit','chat':'s','by':'bo','id':'no'}", "id: there is no earlier message");
	holds("{'do':'edit','chat':'s','by':'bo'}", "needs \\'id\\'");
	holds("{'do':'edit','chat':'s','id':1}", "needs \\'by\\'");
	holds("{'do':'edit','chat':'bo','by':'kai','id':1}", "nothing was said there");
	holds("{'do':'join','chat':'s','by':'kai','way':'window'}", "must be link or request");
	holds("{'do':'found','by':'ivy','kind':'crowd'}", "group, supergroup, channel or forum");
	return TOBS_OK;
}

/* Quotes in what is asked for were escaped. */
STAGE_TEST(over_tcp)
{
	static const char first[] = "{\"do\":\"stats\"}\n\n{\"do\":", second[] = "\"sleep\"}\r\n";
	struct net_stream *s;
	char got[4096];
	size_t len = 0, lines = 0, n = 1;

	assert_int_not_equal(sim_control_port(sim->control), 0);
	assert_ok(
		tcp_connect(tobs_str("127.0.0.1"), sim_control_port(sim->control), NULL, &s, &err));
	assert_ok(net_write_all(s, first, sizeof first - 1, &err));
	assert_ok(tobs_sleep(5));
	assert_ok(net_write_all(s, second, sizeof second - 1, &err));
	while (lines < 2 && n && len < sizeof got - 1) {
		assert_ok(net_read(s, got + len, sizeof got - 1 - len, &n, &err));
		for (size_t i = len; i < len + n; i++)
			lines += got[i] == '\n';
		len += n;
	}
	got[len] = 0;
	assert_non_null(strstr(got, "\"queries\":0"));
	assert_non_null(strstr(got, "\n{\"ok\":true}\n"));
	net_close(s);
	return TOBS_OK;
}

STAGE_TEST(scripts)
{
	static const char script[] =
		"# what happens at noon\n"
		"{\"do\":\"post\",\"chat\":\"s\",\"message\":{\"from\":\"bo\",\"text\":\"a\"}}\n"
		"\n"
		"{\"do\":\"post\",\"chat\":\"s\",\"message\":{\"from\":\"kai\",\"text\":\"b\"}}\n"
		"{\"do\":\"stop\"}\n";

	write_file(tmpdir_file(&dir, "script"), script, sizeof script - 1);
	assert_code(sim_control_script(sim, tmpdir_file(&dir, "script"), &err), TOBS_ERPC);
	assert_non_null(strstr(err.message, "script:4: {\"ok\":false"));
	assert_int_equal(sim_history_count(chat("s")->history), 3);
	assert_false(tobs_event_is_set(&sim->stop));
	assert_code(sim_control_script(sim, tmpdir_file(&dir, "none"), &err), TOBS_ENOTFOUND);
	return TOBS_OK;
}

static int script_option(void *arg)
{
	static const char script[] = "{\"do\":\"sleep\",\"ms\":5}\n{\"do\":\"stop\"}";
	char path[128];

	(void)arg;
	tmpdir_init(&dir);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "script"));
	write_file(path, script, sizeof script - 1);
	assert_ok(sim_start(&sim, &(struct sim_options){ .script = path }, &err));
	assert_ok(sim_wait(sim));
	sim_stop(sim);
	/* One that is still under way is cut short. */
	write_file(path, "{\"do\":\"sleep\",\"ms\":100000}", 26);
	assert_ok(sim_start(&sim, &(struct sim_options){ .script = path }, &err));
	assert_ok(tobs_yield());
	sim_stop(sim);
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

static void test_script_option(void **state)
{
	(void)state;
	assert_ok(tobs_run(script_option, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_and_edits),
		cmocka_unit_test(reacts_votes_reads),
		cmocka_unit_test(changes_chats),
		cmocka_unit_test(founds_and_migrates),
		cmocka_unit_test(servers),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(over_tcp),
		cmocka_unit_test(scripts),
		cmocka_unit_test(test_script_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
