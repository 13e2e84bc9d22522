/* SPDX-License-Identifier: MIT */
/* Requests, arguments and sendMessage over HTTP. */
#include "support/sim_bots.h"

#define MESSAGE(id, text)                                                                        \
	"{'message_id':" #id ",'from':{'id':100,'is_bot':true,'first_name':'Bot','username'"     \
	":'tellbot'},'date':0,'chat':{'id':1,'type':'private','first_name':'Ivy'},'text':'" text \
	"'"

BOT_TEST(knows_itself)
{
	static const char me[] = "{'id':100,'is_bot':true,'first_name':'Bot','username':'tellbot',"
				 "'can_join_groups':true,'can_read_all_group_messages':true,"
				 "'supports_inline_queries':false,'can_connect_to_business':false,"
				 "'has_main_web_app':false,'has_topics_enabled':false}";

	api_is("getMe", "{}", me);
	api_is("GETME", "", me);
	return TOBS_OK;
}

BOT_TEST(refuses_what_it_does_not_know)
{
	/* What it was called once. */
	api_is("getChatMembersCount", "{'chat_id':-9}", "4");
	api_fails("getYou", "{}", 404, "Not Found: method not found");
	api_as("100:wrong", "getMe", "{}");
	assert_int_equal(api_status(), 401);
	api_as("nonsense", "getMe", "{}");
	assert_int_equal(api_status(), 401);
	assert_string_equal(api_raw("GET", "/elsewhere", NULL, tobs_str("")),
		"{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}");
	assert_string_equal(api_raw("GET", "/bot100:secret", NULL, tobs_str("")),
		"{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}");
	api_raw("PUT", "/bot100:secret/getMe", NULL, tobs_str(""));
	assert_int_equal(api_status(), 405);
	return TOBS_OK;
}

BOT_TEST(takes_arguments_in_every_form)
{
	static const char form[] = "chat_id=1&text=a+b%21&parse_mode=html&disable_notification=1";
	static const char parts[] =
		"--xx\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1\r\n--xx\r\n"
		"Content-Disposition: form-data; name=\"text\"\r\n\r\nc\r\nd\r\n--xx\r\n"
		"Content-Disposition: form-data; name=\"reply_markup\"\r\n\r\n"
		"{\"inline_keyboard\":[[{\"text\":\"k\",\"callback_data\":\"v\"}]]}\r\n--xx--\r\n";

	assert_non_null(strstr(api_raw("GET", "/bot100:secret/sendMessage?chat_id=1&text=x%26y",
				       NULL, tobs_str("")),
		"\"text\":\"x&y\""));
	assert_non_null(strstr(api_raw("POST", "/bot100%3Asecret/sendmessage",
				       "application/x-www-form-urlencoded", tobs_str(form)),
		"\"text\":\"a b!\""));
	assert_non_null(strstr(api_raw("POST", "/bot100:secret/sendMessage",
				       "multipart/form-data; boundary=xx", tobs_str(parts)),
		"\"text\":\"c\\r\\nd\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"k\","
		"\"callback_data\":\"v\"}]]}"));
	/* In JSON, too, numbers and objects may be written as text. */
	api_has("sendMessage",
		"{'chat_id':'1','text':'e','reply_parameters':'{\\'message_id\\':1}','unknown':[1]}",
		"'reply_to_message':{'message_id':1,");
	api_is("sendMessage", "{'chat_id':1,'text':'f','protect_content':'yes'}",
		"{'message_id':6,'from':{'id':100,'is_bot':true,'first_name':'Bot','username':"
		"'tellbot'},'date':0,'chat':{'id':1,'type':'private','first_name':'Ivy'},"
		"'has_protected_content':true,'text':'f'}");
	return TOBS_OK;
}

BOT_TEST(checks_arguments)
{
	api_fails("sendMessage", "{'chat_id':1", 400, "Bad Request: can't parse JSON object");
	api_fails("sendMessage", "[]", 400, "Bad Request: expected an Object");
	api_fails("sendMessage", "{'text':'x'}", 400, "Bad Request: chat_id is empty");
	api_fails("sendMessage", "{'chat_id':1}", 400, "Bad Request: message text is empty");
	api_fails("sendMessage", "{'chat_id':1,'text':''}", 400,
		"Bad Request: message text is empty");
	api_fails("sendMessage", "{'chat_id':1,'text':' \\n '}", 400,
		"Bad Request: text must be non-empty");
	api_fails("sendMessage", "{'chat_id':1,'text':'x','parse_mode':'RTF'}", 400,
		"Bad Request: unsupported parse_mode");
	api_fails("sendMessage", "{'chat_id':1,'text':'x','message_thread_id':'a'}", 400,
		"Bad Request: field \"message_thread_id\" must be of type Number");
	api_fails("sendMessage", "{'chat_id':1,'text':'x','reply_markup':'{'}", 400,
		"Bad Request: can't parse reply keyboard markup JSON object");
	api_fails("sendMessage", "{'chat_id':1,'text':'x','reply_markup':7}", 400,
		"Bad Request: object expected as reply markup");
	api_fails("sendMessage",
		"{'chat_id':1,'text':'x','reply_markup':{'inline_keyboard':[[{}]]}}", 400,
		"Bad Request: can't parse reply keyboard markup: Can't find field \"text\"");
	api_fails("sendMessage",
		"{'chat_id':1,'text':'x','reply_markup':{'inline_keyboard':[[{'text':1}]]}}", 400,
		"Bad Request: can't parse reply keyboard markup: Field \"text\" must be of type String");
	api_fails("sendChatAction", "{'chat_id':1,'action':'dancing'}", 400,
		"Bad Request: wrong parameter action in request");
	api_fails("sendLocation", "{'chat_id':1,'longitude':2}", 400,
		"Bad Request: latitude is empty");
	api_fails("setStickerSetTitle", "{'name':'x'}", 400,
		"Bad Request: parameter \"title\" is required");
	return TOBS_OK;
}

BOT_TEST(finds_chats)
{
	api_fails("sendMessage", "{'chat_id':77,'text':'x'}", 400, "Bad Request: chat not found");
	api_fails("sendMessage", "{'chat_id':'@nobody','text':'x'}", 400,
		"Bad Request: chat not found");
	/* People are not found by name, and must have begun. */
	api_fails("sendMessage", "{'chat_id':'@bobo','text':'x'}", 400,
		"Bad Request: chat not found");
	api_fails("sendMessage", "{'chat_id':2,'text':'x'}", 403,
		"Forbidden: bot can't initiate conversation with a user");
	api_has("sendMessage", "{'chat_id':'@CHAN','text':'x'}",
		"'sender_chat':{'id':-1000000000007,'type':'channel','title':'C','username':'chan'}");
	api_has("sendMessage", "{'chat_id':-9,'text':'x'}", "'chat':{'id':-9,'type':'group',");
	command("{'do':'block','by':'ivy','who':'bot'}");
	api_fails("sendMessage", "{'chat_id':1,'text':'x'}", 403,
		"Forbidden: bot was blocked by the user");
	api_as("200:secret", "sendMessage", "{'chat_id':'@chan','text':'x'}");
	assert_int_equal(api_status(), 403);
	command("{'do':'migrate','chat':'g','by':'ivy'}");
	api_has("sendMessage", "{'chat_id':-9,'text':'x'}",
		"'description':'Bad Request: group chat was upgraded to a supergroup chat',"
		"'parameters':{'migrate_to_chat_id':-100");
	return TOBS_OK;
}

BOT_TEST(answers_and_topics)
{
	api_fails("sendMessage", "{'chat_id':1,'text':'x','reply_parameters':{'message_id':55}}",
		400, "Bad Request: message to be replied not found");
	api_is("sendMessage",
		"{'chat_id':1,'text':'x','reply_parameters':{'message_id':55,"
		"'allow_sending_without_reply':true}}",
		MESSAGE(2, "x") "}");
	/* To what stands in another chat. */
	api_has("sendMessage",
		"{'chat_id':-9,'text':'x','reply_parameters':{'message_id':1,'chat_id':1}}",
		"'external_reply':{'origin':{'type':'user','date':0,'sender_user':{'id':1,"
		"'is_bot':false,'first_name':'Ivy'}},'message_id':1}");
	api_fails("sendMessage", "{'chat_id':1,'text':'x','message_thread_id':5}", 400,
		"Bad Request: message thread not found");
	command("{'do':'topic','chat':'f','by':'ivy','title':'T'}");
	api_has("sendMessage", "{'chat_id':-1000000000008,'message_thread_id':2,'text':'x'}",
		"'message_thread_id':2");
	return TOBS_OK;
}

BOT_TEST(buttons)
{
	api_is("sendMessage",
		"{'chat_id':1,'text':'x','reply_markup':{'inline_keyboard':[[{'text':'u','url':"
		"'example.org'},{'text':'d','callback_data':'1','style':'danger'}],[],[{'text':'c',"
		"'copy_text':{'text':'y'}},{'text':'s','switch_inline_query':''},{'text':'m',"
		"'url':'tg://user?id=2'}]]}}",
		MESSAGE(2,
			"x") ",'reply_markup':{'inline_keyboard':[[{'text':'u','url':"
			     "'http://example.org'},{'text':'d','style':'danger','callback_data':'1'}],"
			     "[{'text':'c','copy_text':{'text':'y'}},{'text':'s',"
			     "'switch_inline_query':''},{'text':'m','url':'tg://user?id=2'}]]}}");
	/* Only inline keyboards are shown. */
	api_is("sendMessage",
		"{'chat_id':1,'text':'x','reply_markup':{'keyboard':[[{'text':'k'}]]}}",
		MESSAGE(3, "x") "}");
	api_fails("sendMessage",
		"{'chat_id':1,'text':'x','reply_markup':{'inline_keyboard':[[{'text':'b',"
		"'callback_data':'"
		"12345678901234567890123456789012345678901234567890123456789012345'}]]}}",
		400, "Bad Request: BUTTON_DATA_INVALID");
	api_fails("sendMessage",
		"{'chat_id':1,'text':'x','reply_markup':{'inline_keyboard':[[{'text':'b'}]]}}", 400,
		"Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the "
		"inline keyboard");
	return TOBS_OK;
}

/* Methods without a handler check their arguments, and answer with what their type allows. */
BOT_TEST(answers_for_all_methods)
{
	api_is("setStickerSetTitle", "{'name':'x','title':'y'}", "true");
	api_is("getStarTransactions", "{}", "{'transactions':[]}");
	api_is("getForumTopicIconStickers", "{}", "[]");
	api_fails("setChatStickerSet", "{'chat_id':3,'sticker_set_name':'x'}", 400,
		"Bad Request: chat not found");
	return TOBS_OK;
}

/* Every beginning of a form, and every byte of it changed. */
BOT_TEST(hostile_forms)
{
	static const char parts[] =
		"--xx\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1\r\n--xx\r\n"
		"Content-Disposition: form-data; name=\"te\\xt\"; filename=\"a\\\"b\"\r\n"
		"Content-Type: text/plain\r\n\r\nc\r\n--xx--\r\n";
	static const char form[] =
		"chat_id=1&te%78t=a+b%21&reply_markup={\"inline_keyboard\":[]}&=&x";

	for (size_t n = 0; n < 2 * sizeof parts; n++) {
		uint8_t *copy = exact_copy(parts, n < sizeof parts ? n : sizeof parts - 1);

		if (n >= sizeof parts && n < 2 * sizeof parts - 1)
			copy[n - sizeof parts] ^= 0x15;
		api_raw("POST", "/bot100:secret/sendMessage", "multipart/form-data; boundary=xx",
			tobs_view(copy, n < sizeof parts ? n : sizeof parts - 1));
		assert_true(api_status() == 200 || api_status() == 400);
		free(copy);
	}
	for (size_t n = 0; n < sizeof form; n++) {
		api_raw("POST", "/bot100:secret/sendMessage", "application/x-www-form-urlencoded",
			tobs_view(form, n));
		assert_true(api_status() == 200 || api_status() == 400);
	}
	api_raw("POST", "/bot100:secret/sendMessage", "multipart/form-data", tobs_str(parts));
	assert_int_equal(api_status(), 400);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_itself),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(takes_arguments_in_every_form),
		cmocka_unit_test(checks_arguments),
		cmocka_unit_test(finds_chats),
		cmocka_unit_test(answers_and_topics),
		cmocka_unit_test(buttons),
		cmocka_unit_test(answers_for_all_methods),
		cmocka_unit_test(hostile_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
