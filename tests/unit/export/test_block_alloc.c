/* SPDX-License-Identifier: MIT */
/*
 * Messages of every kind are written with each allocation failing in turn, and
 * with each question to the context failing: either the block is as ever, or
 * there is a failure and the state is as it was.
 */
#include "base/zone.h"
#include "export/block.h"
#include "support/failmem.h"
#include "support/test.h"

enum { OUT_MAX = 1 << 20, ANNA = 1001, GROUP = -50, DATE = 1700000000 };

/* A message as JSON with ' for ". */
struct said {
	const char *text, *entities, *data, *action, *action_data, *answers;
	unsigned flags;
	bool album; /* together with the one before */
};

/* clang-format off */
static const struct said all[] = {
	{ "plain", .flags = ARCHIVE_PINNED | ARCHIVE_DELETED },
	{ "bold and a [link]\n\nsecond", "[['bold',0,4],['text_link',9,8,'https://e.org/'],['mention_name',0,4,1002],['pre',20,6,'c']]", "{'views':9000,'forwards':2,'comments':{'count':3,'chat':-50},'author':'Ed'}" },
	{ "reply", .data = "{'reply':{'id':5,'quote':'some *words* said'},'rank':'boss','via':1002,'boosts':2,'stars':7,'ttl':86400}" },
	{ "there", .data = "{'reply':{'id':9,'chat':-1000000000009,'name':'Hid*den','media':{'kind':'photo'}}}" },
	{ "moved", .data = "{'forward':{'date':1600000000,'from':1003,'post':7,'author':'A_B','saved_from':{'chat':-1000000000009,'id':3,'name':'x'}}}" },
	{ "story", .data = "{'reply':{'story':7,'chat':1002},'list':1003,'suggested':{'price':{'amount':5,'currency':'XTR'},'accepted':true}}" },
	{ "look", .data = "{'preview':{'url':'https://e.org/a_b','site':'E','title':'T *t*','description':'long words here'},'factcheck':{'text':'no','country':'FR'},'restricted':[{'platform':'all','reason':'x','text':'y'}]}" },
	{ "press", .data = "{'buttons':[[{'text':'Open','url':'https://e.org'},{'text':'Copy','copy':'c'}],[{'text':'S','type':'switch','query':'q'}]]}" },
	{ "shot", .data = "{'media':{'kind':'photo','file':{'id':1,'name':'a.jpg','w':10,'h':20,'size':5}}}", .flags = ARCHIVE_CAPTION_ABOVE | ARCHIVE_SPOILER },
	{ "", .data = "{'media':{'kind':'audio','file':{'id':2,'name':'a.mp3','duration':65,'size':5000000},'title':'T','performer':'P'}}" },
	{ "", .data = "{'media':{'kind':'sticker','file':{'id':3},'emoji':'e','set':'s_s'}}" },
	{ "", .data = "{'media':{'kind':'venue','lat':48.5,'long':-3.25,'title':'V','address':'A 1'}}" },
	{ "", .data = "{'media':{'kind':'contact','first':'F','last':'L','phone':'999'}}" },
	{ "", .data = "{'media':{'kind':'poll','question':'Q *what*?','entities':[['italic',0,1],['pre',2,6],['blockquote',0,1]],'solution':'S','quiz':true,'attached':{'kind':'photo','file':{'id':1}},'answers':['a','b']}}", .answers = "[{'text':'a b','entities':[['bold',0,1],['text_link',2,1,'https://e.org']],'voters':3,'chosen':true,'correct':true},{'text':'b','voters':0}]" },
	{ "", .data = "{'media':{'kind':'todo','title':'T','items':[{'id':1,'text':'one','entities':[['strikethrough',0,2]],'done_by':1002,'done':1600000000},{'id':2,'text':'two'}]}}" },
	{ "", .data = "{'media':{'kind':'invoice','title':'I','description':'D','currency':'EUR','amount':199}}" },
	{ "", .data = "{'media':{'kind':'giveaway','channels':[-1000000000009,1002],'countries':['FR'],'prize':'P','quantity':2,'months':3,'until':1700000000}}" },
	{ "", .data = "{'media':{'kind':'giveaway_results','channel':-1000000000009,'winners':[1002,1003],'winners_count':2,'months':3}}" },
	{ "", .data = "{'media':{'kind':'paid','stars':5,'items':[{'kind':'photo','file':{'id':1}},{'kind':'preview','w':1,'h':2}]}}" },
	{ "", .data = "{'media':{'kind':'story','chat':1002,'id':3,'text':'x'}}" },
	{ "", .data = "{'rich':'rich *text*','rich_files':[{'kind':'photo','file':{'id':1}}],'unsupported':'messageX'}" },
	{ "one", .data = "{'media':{'kind':'photo','file':{'id':1}}}" },
	{ "two", .data = "{'media':{'kind':'video','file':{'id':2,'name':'v.mp4','duration':5}}}", .album = true },
	{ "", .action = "edit_group_title", .action_data = "{'title':'New *name*'}" },
	{ "", .action = "invite_members", .action_data = "{'members':[1002,1003,'Named']}" },
	{ "", .action = "pin_message", .action_data = "{'message_id':5}" },
	{ "", .action = "phone_call", .action_data = "{'discard_reason':'missed','duration':65,'video':true}" },
	{ "", .action = "topic_edit", .action_data = "{'new_title':'T','new_icon_emoji_id':5,'closed':true}" },
	{ "", .action = "todo_completions", .action_data = "{'message_id':5,'completed':[1,3],'incompleted':[2]}" },
	{ "mine", .data = "{'reply':{'id':5,'task':1}}" },
	{ "", .action = "send_star_gift", .action_data = "{'gift':{'id':5,'title':'G','stars':5},'text':'for you','to':1002}" },
	{ "", .action = "star_gift_unique", .action_data = "{'gift':{'id':5,'title':'G','num':5,'sender':1002,'recipient':1003,'text':'w'},'transferred':true,'from':1002,'peer':-1000000000009}" },
	{ "", .action = "gift_ton", .action_data = "{'currency':'USD','amount':5,'crypto_currency':'TON','crypto_amount':5}" },
	{ "", .action = "send_payment", .action_data = "{'amount':{'amount':5,'currency':'XTR'},'invoice_message_id':5}" },
	{ "", .action = "no_such_action", .action_data = "{'tl':'messageActionNew'}" },
};
/* clang-format on */

struct stage {
	struct zone *zone;
	char texts[ARRAY_LEN(all)][4][400];
	struct archive_message messages[ARRAY_LEN(all)];
	enum md_flavour flavour;
	size_t at, count;     /* which are written */
	struct tobs_buf want; /* what comes of them */
	/* Which question to the context fails, from 0 on; -1: none. */
	int fail_at, asked;
};

static struct stage s;

/* ---- what the world says ---- */

static int answer(void)
{
	return s.asked++ == s.fail_at ? TOBS_EIO : TOBS_OK;
}

static int name_of(
	void *user, int64_t peer, int64_t date, struct archive_name *ret, struct tobs_err *err)
{
	int r = answer();

	(void)user;
	(void)date;
	(void)err;
	if (r)
		return r;
	if (peer == 1003)
		return TOBS_ENOTFOUND;
	*ret = (struct archive_name){ .name = TOBS_LIT("An*na"),
		.username = TOBS_LIT("an_na"),
		.kind = peer > 0 ? ARCHIVE_USER : ARCHIVE_CHANNEL };
	return TOBS_OK;
}

static int target_of(
	void *user, int64_t chat, int32_t id, struct block_target *ret, struct tobs_err *err)
{
	int r = answer();

	(void)user;
	(void)err;
	if (r)
		return r;
	if (id == 7)
		return TOBS_ENOTFOUND;
	*ret = (struct block_target){ .place = chat ? BLOCK_ELSEWHERE : BLOCK_HERE,
		.path = TOBS_LIT("Other/Other.md"),
		.anchor = id,
		.sender = ANNA,
		.date = DATE,
		.words = TOBS_LIT("what _was_ said"),
		.data = TOBS_LIT("{\"media\":{\"items\":[{\"id\":1,\"text\":\"buy *milk*\"}]}}") };
	return TOBS_OK;
}

static int file_of(
	void *user, bool photo, int64_t id, struct archive_file_state *ret, struct tobs_err *err)
{
	int r = answer();

	(void)user;
	(void)photo;
	(void)err;
	if (r)
		return r;
	if (id == 3)
		return TOBS_ENOTFOUND;
	*ret = (struct archive_file_state){ .path = TOBS_LIT("media/a b.jpg"), .complete = true };
	if (id == 2)
		*ret = (struct archive_file_state){ .error = TOBS_LIT("too *large*") };
	return TOBS_OK;
}

static int topic_of(void *user, int32_t topic, struct tobs_view *ret, struct tobs_err *err)
{
	int r = answer();

	(void)user;
	(void)topic;
	(void)err;
	if (!r)
		*ret = (struct tobs_view)TOBS_LIT("Bees [and] more");
	return r;
}

/* ---- writing ---- */

/* Writes the messages with a writer of its own; what comes of it must be s.want, if there is one. */
static int write_them(void *user)
{
	const struct block_options options = { .flavour = s.flavour,
		.zone = s.zone,
		.chat = GROUP,
		.kind = ARCHIVE_FORUM,
		.path = TOBS_LIT("Group/Group.md"),
		.show_topic = true };
	const struct block_context context = {
		.name = name_of, .target = target_of, .file = file_of, .topic = topic_of
	};
	struct block_state state = { 0 };
	struct block_writer *w = NULL;
	struct tobs_err err = { 0 };
	struct tobs_buf out;
	int r;

	s.asked = 0;
	tobs_buf_init(&out, OUT_MAX);
	r = block_writer_new(&w, &options, &context, &err);
	if (!r)
		r = block_write(w, &out, &state, s.messages + s.at, s.count, &err);
	if (r && (state.started || state.sender || state.date))
		fail_msg("message %d: the state of a block that failed has changed", (int)s.at + 1);
	if (!r && user)
		tobs_buf_putv(user, tobs_buf_view(&out));
	else if (!r && !tobs_view_eq(tobs_buf_view(&out), tobs_buf_view(&s.want)))
		fail_msg("message %d became\n%s\nwithout a failure, instead of\n%s", (int)s.at + 1,
			tobs_buf_str(&out), tobs_buf_str(&s.want));
	block_writer_free(w);
	tobs_buf_deinit(&out);
	return r;
}

static const char *json_of(size_t i, size_t which, const char *text)
{
	char *at = s.texts[i][which];

	if (!text)
		return NULL;
	assert_true(strlen(text) < sizeof s.texts[i][which]);
	for (; *text; text++)
		*at++ = *text == '\'' ? '"' : *text;
	*at = 0;
	return s.texts[i][which];
}

static int setup(void **state)
{
	(void)state;
	memset(&s, 0, sizeof s);
	s.fail_at = -1;
	assert_ok(zone_load(&s.zone, "UTC", NULL));
	tobs_buf_init(&s.want, OUT_MAX);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		s.messages[i] = (struct archive_message){ .id = (int32_t)i + 1,
			.flags = all[i].flags | (all[i].action ? ARCHIVE_SERVICE : 0),
			.date = DATE + (int64_t)i,
			.edited = i == 0 ? DATE + 99 : 0,
			.sender = ANNA,
			.topic = 4,
			.text = tobs_str(all[i].text),
			.entities = tobs_str(json_of(i, 0, all[i].entities)),
			.data = tobs_str(json_of(i, 1, all[i].data)),
			.has_poll = all[i].answers,
			.poll_voters = 3,
			.poll_answers = tobs_str(json_of(i, 2, all[i].answers)),
			.action = tobs_str(all[i].action),
			.action_data = tobs_str(json_of(i, 3, all[i].action_data)) };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	zone_free(s.zone);
	tobs_buf_deinit(&s.want);
	return 0;
}

/* Calls each() for every message or album, in both flavours, with s.want set. */
static void for_all(void (*each)(void))
{
	static const struct archive_reaction reactions[] = { { TOBS_LIT("x"), 3, true },
		{ TOBS_LIT("custom:5"), 1, false }, { TOBS_LIT("paid"), 2, false } };

	s.messages[0].reactions = reactions;
	s.messages[0].reaction_count = ARRAY_LEN(reactions);
	for (size_t i = 0; i < 2 * ARRAY_LEN(all); i += s.count) {
		s.flavour = i < ARRAY_LEN(all) ? MD_OBSIDIAN : MD_GFM;
		s.at = i % ARRAY_LEN(all);
		s.count = 1;
		while (s.at + s.count < ARRAY_LEN(all) && all[s.at + s.count].album)
			s.count++;
		tobs_buf_clear(&s.want);
		assert_ok(write_them(&s.want));
		assert_true(s.want.len > 20);
		each();
	}
}

static void without_memory(void)
{
	fail_each_allocation(write_them, NULL);
}

static void each_allocation_fails(void **state)
{
	(void)state;
	for_all(without_memory);
}

static void without_answer(void)
{
	int questions = s.asked;

	for (s.fail_at = 0; s.fail_at < questions; s.fail_at++)
		if (write_them(NULL) != TOBS_EIO)
			fail_msg("message %d: question %d failed, the block did not", (int)s.at + 1,
				s.fail_at);
	s.fail_at = -1;
	assert_true(questions > 0);
}

static void each_question_fails(void **state)
{
	(void)state;
	for_all(without_answer);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_allocation_fails),
		TEST(each_question_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
