/* SPDX-License-Identifier: MIT */
/* The command by which people hear what bots say. */
#include "support/sim_bots.h"

static const char *hear(const char *by, const char *chat, int after, int wait)
{
	char line[160];

	snprintf(line, sizeof line, "{'do':'hear','by':'%s','chat':'%s','after':%d,'wait':%d}", by,
		chat, after, wait);
	return command(line);
}

/* The next `after`. */
static int at_of(const char *answer)
{
	const char *at = strstr(answer, "\"at\":");

	assert_non_null(at);
	return (int)strtol(at + strlen("\"at\":"), NULL, 10);
}

static void assert_heard(const char *answer, const char *want)
{
	size_t len = strlen(want);

	if (strncmp(answer, want, len) != 0)
		fail_msg("%s\nis not\n%s", answer, want);
}

BOT_TEST(what_is_said)
{
	int at = at_of(hear("ivy", "bot", 0, 0));

	assert_heard(hear("ivy", "bot", at, 0), "{\"ok\":true,\"heard\":[],");
	command("{'do':'say','by':'ivy','chat':'bot','text':'mine'}");
	assert_heard(hear("ivy", "bot", at, 0), "{\"ok\":true,\"heard\":[],");
	at = at_of(hear("ivy", "bot", at, 0));
	api("sendMessage", "{'chat_id':1,'text':'one'}");
	api("sendMessage",
		"{'chat_id':1,'text':'two','reply_markup':{'inline_keyboard':[[{'text':'Yes',"
		"'callback_data':'y'},{'text':'No','callback_data':'n'}],[{'text':'Site','url':'e.org'}]]}}");
	assert_heard(hear("ivy", "bot", at, 0),
		"{\"ok\":true,\"heard\":[{\"id\":3,\"from\":100,\"text\":\"one\"},{\"id\":4,\"from\":100,"
		"\"text\":\"two\",\"buttons\":[[\"Yes\",\"No\"],[\"Site\"]]}],\"at\":");
	/* From the middle: what has been heard is not told again. */
	assert_heard(hear("ivy", "bot", at + 1, 0),
		"{\"ok\":true,\"heard\":[{\"id\":4,\"from\":100,\"text\":\"two\",");
	return TOBS_OK;
}

BOT_TEST(what_is_changed)
{
	int at;

	api("sendMessage", "{'chat_id':1,'text':'one'}");
	at = at_of(hear("ivy", "bot", 0, 0));
	api("editMessageText", "{'chat_id':1,'message_id':2,'text':'other'}");
	assert_heard(hear("ivy", "bot", at, 0),
		"{\"ok\":true,\"heard\":[{\"id\":2,\"from\":100,\"edited\":true,\"text\":\"other\"}],");
	api("deleteMessage", "{'chat_id':1,'message_id':2}");
	assert_heard(hear("ivy", "bot", at, 0), "{\"ok\":true,\"heard\":[],");
	return TOBS_OK;
}

/* Not what is said elsewhere, but what is said in between. */
BOT_TEST(waits)
{
	int at = at_of(hear("ivy", "bot", 0, 0));

	api("sendMessage", "{'chat_id':-9,'text':'in the group'}");
	assert_heard(hear("ivy", "bot", at, 1), "{\"ok\":true,\"heard\":[],");
	assert_heard(hear("ivy", "g", 0, 0),
		"{\"ok\":true,\"heard\":[{\"id\":2,\"from\":100,\"text\":\"in the group\"}],");
	api_call_begin("sendMessage", "{'chat_id':1,'text':'soon'}");
	assert_heard(hear("ivy", "bot", at, 60000),
		"{\"ok\":true,\"heard\":[{\"id\":3,\"from\":100,\"text\":\"soon\"}],");
	api_call_end();
	return TOBS_OK;
}

static int speak_later(void *arg)
{
	(void)arg;
	assert_ok(tobs_sleep(50));
	api("sendMessage", "{'chat_id':-1000000000007,'text':'late'}");
	return TOBS_OK;
}

BOT_TEST(waits_for_a_channel)
{
	size_t listeners = bots_sim->world->listeners.count;
	struct tobs_fiber *f;
	int at = at_of(hear("ivy", "c", 0, 0));

	assert_ok(tobs_spawn(&f, speak_later, NULL, NULL));
	assert_heard(hear("ivy", "c", at, 60000), "{\"ok\":true,\"heard\":[{\"id\":");
	assert_ok(tobs_join(f, NULL));
	assert_int_equal(bots_sim->world->listeners.count, listeners);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said),
		cmocka_unit_test(what_is_changed),
		cmocka_unit_test(waits),
		cmocka_unit_test(waits_for_a_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
