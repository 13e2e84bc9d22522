/* SPDX-License-Identifier: MIT */
/* Editing, deleting, copying, forwarding, buttons, polls and other things, over HTTP. */
#include "support/sim_bots.h"

#define BOT         "{'id':100,'is_bot':true,'first_name':'Bot','username':'tellbot'}"
#define IN_CHAT(id) "'message_id':" #id ",'from':" BOT ",'date':0,'chat':{'id':1,'type':'private',"
#define IN_IVY(id)  "{" IN_CHAT(id) "'first_name':'Ivy'}"

BOT_TEST(buttons_are_pressed)
{
	char query[64] = { 0 }, line[256];
	const char *at;

	api("sendMessage",
		"{'chat_id':1,'text':'?','reply_markup':{'inline_keyboard':[[{'text':'Yes',"
		"'callback_data':'y'},{'text':'Site','url':'e.org'}]]}}");
	at = strstr(command("{'do':'press','by':'ivy','chat':'bot','button':'Yes'}"), "query\":\"");
	assert_non_null(at);
	at += strlen("query\":\"");
	memcpy(query, at, strcspn(at, "\""));
	api_has("getUpdates", "{'offset':1}", "'callback_query':{'id':'");
	api_has("getUpdates", "{'offset':2}", "'data':'y'}}]");
	api_has("getUpdates", "{'offset':3}", "'message':" IN_IVY(2));
	snprintf(line, sizeof line, "{'callback_query_id':'%s','text':'well','show_alert':true}",
		query);
	api_is("answerCallbackQuery", line, "true");
	api_fails("answerCallbackQuery", line, 400,
		"Bad Request: query is too old and response timeout expired or query ID is invalid");
	snprintf(line, sizeof line, "{'do':'answer','query':'%s','wait':1000}", query);
	assert_non_null(strstr(command(line), "\"text\":\"well\",\"show_alert\":true}"));
	api_fails("answerCallbackQuery", "{'callback_query_id':'x'}", 400,
		"Bad Request: query is too old and response timeout expired or query ID is invalid");
	return TOBS_OK;
}

/* In a group, everybody sees the same button; its data names it, too. */
BOT_TEST(buttons_in_groups)
{
	api("sendMessage",
		"{'chat_id':-9,'text':'?','reply_markup':{'inline_keyboard':[[{'text':'Yes',"
		"'callback_data':'y'}]]}}");
	command("{'do':'press','by':'bo','chat':'g','button':'y'}");
	api_has("getUpdates", "{'offset':1}", "'from':{'id':2,'is_bot':false,'first_name':'Bo',");
	api_has("getUpdates", "{'offset':2}",
		"'chat':{'id':-9,'type':'group','title':'G'},'text':'?'");
	return TOBS_OK;
}

BOT_TEST(edits)
{
	api("sendMessage",
		"{'chat_id':1,'text':'a','reply_markup':{'inline_keyboard':[[{'text':'b',"
		"'callback_data':'b'}]]}}");
	/* Without a keyboard it loses the one it has. */
	api_is("editMessageText",
		"{'chat_id':1,'message_id':2,'text':'*c*','parse_mode':'MarkdownV2'}",
		IN_IVY(2) ",'edit_date':0,'text':'c','entities':[{'type':'bold','offset':0,'length':1}]}");
	api_fails("editMessageText",
		"{'chat_id':1,'message_id':2,'text':'*c*','parse_mode':'MarkdownV2'}", 400,
		"Bad Request: message is not modified: specified new message content and reply markup "
		"are exactly the same as a current content and reply markup of the message");
	api_has("editMessageReplyMarkup",
		"{'chat_id':1,'message_id':2,'reply_markup':{'inline_keyboard':[[{'text':'k',"
		"'callback_data':'k'}]]}}",
		"'reply_markup':{'inline_keyboard':[[{'text':'k','callback_data':'k'}]]}}");
	api_fails("editMessageText", "{'chat_id':1,'message_id':77,'text':'x'}", 400,
		"Bad Request: message to edit not found");
	api_fails("editMessageText", "{'chat_id':1,'message_id':1,'text':'x'}", 400,
		"Bad Request: message can't be edited");
	api_fails("editMessageText", "{'chat_id':1,'text':'x'}", 400,
		"Bad Request: message identifier is not specified");
	api_fails("editMessageText", "{'message_id':1,'text':'x'}", 400,
		"Bad Request: chat_id is empty");
	api_fails("editMessageText", "{'inline_message_id':'AAAA','text':'x'}", 400,
		"Bad Request: MESSAGE_ID_INVALID");
	api_fails("editMessageCaption", "{'chat_id':1,'message_id':2,'caption':'x'}", 400,
		"Bad Request: there is no caption in the message to edit");
	api_fails("editMessageText", "{'chat_id':1,'message_id':2,'text':''}", 400,
		"Bad Request: message text is empty");
	return TOBS_OK;
}

BOT_TEST(deletes)
{
	api("sendMessage", "{'chat_id':1,'text':'a'}");
	api_is("deleteMessage", "{'chat_id':1,'message_id':2}", "true");
	api_fails("deleteMessage", "{'chat_id':1,'message_id':2}", 400,
		"Bad Request: message to delete not found");
	/* That one is from January 2024. */
	api_fails("deleteMessage", "{'chat_id':1,'message_id':1}", 400,
		"Bad Request: message can't be deleted for everyone");
	command("{'do':'say','by':'ivy','chat':'g','text':'x'}");
	api_fails("deleteMessage", "{'chat_id':-9,'message_id':3}", 400,
		"Bad Request: message can't be deleted");
	command("{'do':'say','by':'bo','chat':'s','text':'x'}");
	api("sendMessage", "{'chat_id':-1000000000006,'text':'a'}");
	api_is("deleteMessages", "{'chat_id':-1000000000006,'message_ids':[1,2,55]}", "true");
	api_fails("deleteMessages", "{'chat_id':-1000000000006,'message_ids':[]}", 400,
		"Bad Request: message identifiers are not specified");
	return TOBS_OK;
}

BOT_TEST(forwards_and_copies)
{
	static const char origin[] =
		"'forward_origin':{'type':'user','date':0,'sender_user':{'id':1,'is_bot':false,"
		"'first_name':'Ivy'}},'text':'hi'}";

	api_has("forwardMessage", "{'chat_id':-9,'from_chat_id':1,'message_id':1}", origin);
	/* Where it came from first. */
	api_has("forwardMessage", "{'chat_id':1,'from_chat_id':-9,'message_id':2}", origin);
	api_is("copyMessage", "{'chat_id':1,'from_chat_id':-9,'message_id':2}", "{'message_id':4}");
	api_fails("copyMessage", "{'chat_id':1,'from_chat_id':1,'message_id':99}", 400,
		"Bad Request: message to copy not found");
	api_fails("forwardMessage", "{'chat_id':1,'from_chat_id':1,'message_id':99}", 400,
		"Bad Request: message to forward not found");
	api_is("forwardMessages", "{'chat_id':1,'from_chat_id':1,'message_ids':[1,3,50]}",
		"[{'message_id':5},{'message_id':6}]");
	api_is("copyMessages", "{'chat_id':1,'from_chat_id':1,'message_ids':[1]}",
		"[{'message_id':7}]");
	api_fails("copyMessages", "{'chat_id':1,'from_chat_id':1,'message_ids':[3,1]}", 400,
		"Bad Request: message identifiers must be in a strictly increasing order");
	api("sendMessage", "{'chat_id':1,'text':'a','protect_content':true}");
	api_fails("forwardMessage", "{'chat_id':1,'from_chat_id':1,'message_id':8}", 400,
		"Bad Request: message can't be forwarded");
	/* A post names its channel. */
	api("sendMessage", "{'chat_id':'@chan','text':'news'}");
	api_has("forwardMessage", "{'chat_id':1,'from_chat_id':'@chan','message_id':1}",
		"'forward_origin':{'type':'channel','date':0,'chat':{'id':-1000000000007,'type':"
		"'channel','title':'C','username':'chan'},'message_id':1}");
	return TOBS_OK;
}

BOT_TEST(things)
{
	api_is("sendLocation", "{'chat_id':1,'latitude':1.5,'longitude':'-2'}",
		IN_IVY(2) ",'location':{'latitude':1.5,'longitude':-2.0}}");
	api_fails("sendLocation", "{'chat_id':1,'latitude':91,'longitude':2}", 400,
		"Bad Request: wrong location specified");
	api_is("sendVenue",
		"{'chat_id':1,'latitude':1,'longitude':2,'title':'t','address':'a',"
		"'foursquare_id':'f'}",
		IN_IVY(3) ",'venue':{'location':{'latitude':1.0,'longitude':2.0},'title':'t',"
			  "'address':'a','foursquare_id':'f'},'location':{'latitude':1.0,"
			  "'longitude':2.0}}");
	api_is("sendContact", "{'chat_id':1,'phone_number':'+1','first_name':'N','last_name':'L'}",
		IN_IVY(4) ",'contact':{'phone_number':'+1','first_name':'N','last_name':'L'}}");
	api_has("sendDice", "{'chat_id':1}", "'dice':{'emoji':'🎲','value':");
	api_fails("sendDice", "{'chat_id':1,'emoji':'x'}", 400, "Bad Request: DICE_EMOJI_INVALID");
	api_is("sendChatAction", "{'chat_id':1,'action':'typing'}", "true");
	return TOBS_OK;
}

BOT_TEST(live_locations)
{
	api_has("sendLocation", "{'chat_id':1,'latitude':1,'longitude':2,'live_period':900}",
		"'live_period':900");
	api_has("editMessageLiveLocation",
		"{'chat_id':1,'message_id':2,'latitude':3,'longitude':4}",
		"'location':{'latitude':3.0,'longitude':4.0,'live_period':900}");
	api_lacks("stopMessageLiveLocation", "{'chat_id':1,'message_id':2}", "live_period");
	api_fails("stopMessageLiveLocation", "{'chat_id':1,'message_id':2}", 400,
		"Bad Request: there is no live location in the message to edit");
	return TOBS_OK;
}

BOT_TEST(polls)
{
	api_has("sendPoll",
		"{'chat_id':-1000000000006,'question':'q?','options':[{'text':'a'},{'text':'b'}],"
		"'is_anonymous':false}",
		"'question':'q?','options':[{'persistent_id':'0','text':'a','voter_count':0},"
		"{'persistent_id':'1','text':'b','voter_count':0}],'total_voter_count':0,"
		"'is_closed':false,'is_anonymous':false,'type':'regular'");
	command("{'do':'vote','chat':'s','by':'bo','id':1,'answers':[1]}");
	api_has("getUpdates", "{'offset':1}", "'poll_answer':{'poll_id':'");
	api_has("getUpdates", "{'offset':2}",
		"'user':{'id':2,'is_bot':false,'first_name':'Bo','username':'bobo'},'option_ids':[1],"
		"'option_persistent_ids':['1']}");
	api_has("stopPoll", "{'chat_id':-1000000000006,'message_id':1}",
		"{'persistent_id':'1','text':'b','voter_count':1}],'total_voter_count':1,"
		"'is_closed':true");
	api_fails("stopPoll", "{'chat_id':-1000000000006,'message_id':1}", 400,
		"Bad Request: poll has already been closed");
	api_has("sendPoll",
		"{'chat_id':1,'question':'q','type':'quiz','options':'[{\\'text\\':\\'a\\'}]',"
		"'correct_option_ids':[0],'explanation':'*w*','explanation_parse_mode':'Markdown'}",
		"'type':'quiz'");
	api_fails("sendPoll", "{'chat_id':1,'question':'q','type':'quiz','options':[{'text':'a'}]}",
		400, "Bad Request: quiz must have at least one correct option");
	/* As options were until 7.3, in JSON and in a form. */
	api_has("sendPoll", "{'chat_id':1,'question':'q','options':['a',{'text':'b'}]}",
		"'text':'a','voter_count':0},{'persistent_id':'1','text':'b'");
	api_has("sendPoll", "{'chat_id':1,'question':'q','options':'[\\'a\\',\\'b\\']'}",
		"'text':'a','voter_count':0},{'persistent_id':'1','text':'b'");
	api_fails("sendPoll", "{'chat_id':1,'question':'q','options':['a',7]}", 400,
		"Bad Request: field \"options\" must be of type Object");
	api_fails("sendPoll", "{'chat_id':1,'question':'q','options':[]}", 400,
		"Bad Request: poll must have at least 1 option");
	return TOBS_OK;
}

BOT_TEST(reacts_and_pins)
{
	command("{'do':'say','by':'bo','chat':'s','text':'x'}");
	api_is("setMessageReaction",
		"{'chat_id':-1000000000006,'message_id':1,'reaction':[{'type':'emoji','emoji':'👍'}]}",
		"true");
	api_fails("setMessageReaction", "{'chat_id':-1000000000006,'message_id':44}", 400,
		"Bad Request: message to react not found");
	api_is("pinChatMessage", "{'chat_id':-1000000000006,'message_id':1}", "true");
	api_is("unpinChatMessage", "{'chat_id':-1000000000006}", "true");
	api_fails("unpinChatMessage", "{'chat_id':-1000000000006}", 400,
		"Bad Request: message to unpin not found");
	api_fails("pinChatMessage", "{'chat_id':-9,'message_id':2}", 400,
		"Bad Request: message to pin not found");
	api("pinChatMessage", "{'chat_id':-1000000000006,'message_id':1}");
	api_is("unpinAllChatMessages", "{'chat_id':-1000000000006}", "true");
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buttons_are_pressed),
		cmocka_unit_test(buttons_in_groups),
		cmocka_unit_test(edits),
		cmocka_unit_test(deletes),
		cmocka_unit_test(forwards_and_copies),
		cmocka_unit_test(things),
		cmocka_unit_test(live_locations),
		cmocka_unit_test(polls),
		cmocka_unit_test(reacts_and_pins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
