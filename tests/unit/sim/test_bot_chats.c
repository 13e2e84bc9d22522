/* SPDX-License-Identifier: MIT */
/* Chats, members, invitations, topics, and what a bot says about itself. */
#include "sim/history.h"
#include "sim/view.h"
#include "support/sim_bots.h"

#define S "-1000000000006"
#define C "-1000000000007"
#define F "-1000000000008"

BOT_TEST(chats)
{
	api_has("getChat", "{'chat_id':1}",
		"{'id':1,'type':'private','first_name':'Ivy','accent_color_id':1,"
		"'max_reaction_count':11,");
	api_has("getChat", "{'chat_id':'@chan'}",
		"'type':'channel','title':'C','username':'chan',");
	api_has("getChat", "{'chat_id':" S "}", "'permissions':{'can_send_messages':true,");
	api_fails("getChat", "{'chat_id':777}", 400, "Bad Request: chat not found");
	api_is("getChatMemberCount", "{'chat_id':" S "}", "4");
	api_is("getChatMemberCount", "{'chat_id':1}", "2");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':1}",
		"{'status':'creator','user':{'id':1,");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}",
		"{'status':'member','user':{'id':2,");
	api_has("getChatMember", "{'chat_id':" C ",'user_id':200}", "{'status':'left'");
	api_fails("getChatMember", "{'chat_id':" S ",'user_id':9999}", 400,
		"Bad Request: PARTICIPANT_ID_INVALID");
	api_has("getChatAdministrators", "{'chat_id':" S "}",
		"[{'status':'creator','user':{'id':1,'is_bot':false,'first_name':'Ivy'},"
		"'is_anonymous':false},{'status':'administrator','user':{'id':100,");
	return TOBS_OK;
}

BOT_TEST(names)
{
	api_is("setChatTitle", "{'chat_id':" S ",'title':'New'}", "true");
	api_is("setChatDescription", "{'chat_id':" S ",'description':'About'}", "true");
	api_has("getChat", "{'chat_id':" S "}", "'title':'New',");
	api_has("getChat", "{'chat_id':" S "}", "'description':'About'");
	api_fails("setChatDescription", "{'chat_id':" S ",'description':'About'}", 400,
		"Bad Request: chat description is not modified");
	api_fails("setChatTitle", "{'chat_id':-9,'title':'x'}", 400,
		"Bad Request: not enough rights to change chat info");
	api_fails("setChatTitle", "{'chat_id':1,'title':'x'}", 400,
		"Bad Request: method is available only for groups and channels");
	/* It does not hear what it did itself. */
	api_is("getUpdates", "{}", "[]");
	return TOBS_OK;
}

BOT_TEST(bans)
{
	api_is("banChatMember", "{'chat_id':" S ",'user_id':2}", "true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}", "'status':'kicked'");
	api_is("unbanChatMember", "{'chat_id':" S ",'user_id':2,'only_if_banned':true}", "true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}", "'status':'left'");
	api_fails("banChatMember", "{'chat_id':" S ",'user_id':1}", 400,
		"Bad Request: can't remove chat owner");
	api_fails("banChatMember", "{'chat_id':" S ",'user_id':100}", 400,
		"Bad Request: can't restrict self");
	api_fails("banChatMember", "{'chat_id':-9,'user_id':2}", 400,
		"Bad Request: not enough rights to restrict/unrestrict chat member");
	api_fails("banChatMember", "{'chat_id':" S ",'user_id':4444}", 400,
		"Bad Request: PARTICIPANT_ID_INVALID");
	return TOBS_OK;
}

BOT_TEST(restricts)
{
	api_is("restrictChatMember",
		"{'chat_id':" S ",'user_id':2,'permissions':{'can_send_messages':true}}", "true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}",
		"{'status':'restricted','user':{'id':2,'is_bot':false,'first_name':'Bo','username':"
		"'bobo'},'is_member':true,'can_send_messages':true,'can_send_audios':false");
	api_fails("restrictChatMember", "{'chat_id':-9,'user_id':2,'permissions':{}}", 400,
		"Bad Request: not enough rights to restrict/unrestrict chat member");
	api_is("setChatPermissions", "{'chat_id':" S ",'permissions':{'can_send_photos':true}}",
		"true");
	api_has("getChat", "{'chat_id':" S "}",
		"'permissions':{'can_send_messages':false,'can_send_audios':false,"
		"'can_send_documents':false,'can_send_photos':true");
	return TOBS_OK;
}

BOT_TEST(promotes)
{
	api_is("promoteChatMember", "{'chat_id':" S ",'user_id':2,'can_pin_messages':true}",
		"true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}", "'can_pin_messages':true");
	api_is("setChatAdministratorCustomTitle",
		"{'chat_id':" S ",'user_id':2,'custom_title':'Boss'}", "true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}", "'custom_title':'Boss'");
	api_fails("banChatMember", "{'chat_id':" S ",'user_id':2}", 400,
		"Bad Request: user is an administrator of the chat");
	api_is("promoteChatMember", "{'chat_id':" S ",'user_id':2}", "true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}", "'status':'member'");
	api_fails("setChatAdministratorCustomTitle",
		"{'chat_id':" S ",'user_id':2,'custom_title':'x'}", 400,
		"Bad Request: user is not an administrator");
	return TOBS_OK;
}

BOT_TEST(leaves)
{
	api_is("leaveChat", "{'chat_id':" S "}", "true");
	api_fails("sendMessage", "{'chat_id':" S ",'text':'x'}", 403,
		"Forbidden: bot is not a member of the supergroup chat");
	api_fails("leaveChat", "{'chat_id':1}", 400,
		"Bad Request: method is available only for groups and channels");
	return TOBS_OK;
}

BOT_TEST(invites)
{
	char hash[64] = { 0 }, args[256];
	const char *made;

	api_has("exportChatInviteLink", "{'chat_id':" S "}", "'https://t.me/+");
	api_has("createChatInviteLink", "{'chat_id':" S ",'name':'n','member_limit':5}",
		"'creates_join_request':false,'is_primary':false,'is_revoked':false,'name':'n',"
		"'member_limit':5}}");
	api_fails("createChatInviteLink",
		"{'chat_id':" S ",'creates_join_request':true,'member_limit':5}", 400,
		"Bad Request: member limit can't be specified for links requiring administrator "
		"approval");
	api_fails("revokeChatInviteLink", "{'chat_id':" S ",'invite_link':'https://t.me/+x'}", 400,
		"Bad Request: INVITE_HASH_EXPIRED");
	made = strstr(api("createChatInviteLink", "{'chat_id':" S "}"), "t.me/+") +
		strlen("t.me/+");
	memcpy(hash, made, strcspn(made, "\""));
	assert_non_null(sim_chat_by_link(bots_sim->world, tobs_str(hash)));
	snprintf(args, sizeof args, "{'chat_id':" S ",'invite_link':'https://t.me/+%s'}", hash);
	api_has("revokeChatInviteLink", args, "'is_revoked':true");
	assert_null(sim_chat_by_link(bots_sim->world, tobs_str(hash)));
	return TOBS_OK;
}

/* A group that begins with the bot in it. */
BOT_TEST(founded)
{
	command("{'do':'found','by':'ivy','kind':'group','title':'New','users':['bo','bot']}");
	api_has("getUpdates", "{'offset':1}",
		"'old_chat_member':{'status':'left','user':{'id':100,");
	api_has("getUpdates", "{'offset':2}", "'group_chat_created':true}");
	return TOBS_OK;
}

BOT_TEST(requests)
{
	command("{'do':'member','chat':'s','by':'ivy','member':{'user':'bo','role':'left'}}");
	api("getUpdates", "{'offset':-1}");
	command("{'do':'ask','chat':'s','by':'bo','about':'please'}");
	api_has("getUpdates", "{'offset':-2}",
		"'chat_join_request':{'chat':{'id':" S ",'type':'supergroup','title':'S'},'from':{"
		"'id':2,'is_bot':false,'first_name':'Bo','username':'bobo'},'user_chat_id':2,"
		"'date':0,'bio':'please'}");
	api_is("approveChatJoinRequest", "{'chat_id':" S ",'user_id':2}", "true");
	api_has("getChatMember", "{'chat_id':" S ",'user_id':2}", "'status':'member'");
	api_fails("approveChatJoinRequest", "{'chat_id':" S ",'user_id':2}", 400,
		"Bad Request: USER_ALREADY_PARTICIPANT");
	api_fails("declineChatJoinRequest", "{'chat_id':" C ",'user_id':200}", 400,
		"Bad Request: HIDE_REQUESTER_MISSING");
	return TOBS_OK;
}

BOT_TEST(topics)
{
	api_has("createForumTopic", "{'chat_id':" F ",'name':'T','icon_color':7322096}",
		"{'message_thread_id':2,'name':'T','icon_color':7322096}");
	api_is("editForumTopic", "{'chat_id':" F ",'message_thread_id':2,'name':'U'}", "true");
	api_is("closeForumTopic", "{'chat_id':" F ",'message_thread_id':2}", "true");
	api_fails("closeForumTopic", "{'chat_id':" F ",'message_thread_id':2}", 400,
		"Bad Request: TOPIC_NOT_MODIFIED");
	api_is("reopenForumTopic", "{'chat_id':" F ",'message_thread_id':2}", "true");
	api_fails("closeForumTopic", "{'chat_id':" F ",'message_thread_id':77}", 400,
		"Bad Request: message thread not found");
	api("sendMessage", "{'chat_id':" F ",'message_thread_id':2,'text':'x'}");
	api("pinChatMessage", "{'chat_id':" F ",'message_id':6,'disable_notification':true}");
	api_is("unpinAllForumTopicMessages", "{'chat_id':" F ",'message_thread_id':2}", "true");
	assert_int_equal(
		sim_chat(bots_sim->world, INT64_C(-1000000000008))->history->pinned.count, 0);
	api_is("deleteForumTopic", "{'chat_id':" F ",'message_thread_id':2}", "true");
	api_fails("deleteForumTopic", "{'chat_id':" F ",'message_thread_id':2}", 400,
		"Bad Request: message thread not found");
	api_fails("forwardMessage", "{'chat_id':1,'from_chat_id':" F ",'message_id':6}", 400,
		"Bad Request: message to forward not found");
	api_fails("createForumTopic", "{'chat_id':" S ",'name':'T'}", 400,
		"Bad Request: the chat is not a forum");
	api_fails("createForumTopic", "{'chat_id':" F ",'name':''}", 400,
		"Bad Request: topic name must be non-empty");
	return TOBS_OK;
}

BOT_TEST(commands)
{
	const struct tl_botInfo *info;

	api_is("getMyCommands", "{}", "[]");
	api_is("setMyCommands", "{'commands':[{'command':'start','description':'Begins'}]}",
		"true");
	api_is("getMyCommands", "{'scope':{'type':'default'}}",
		"[{'command':'start','description':'Begins'}]");
	info = sim_user(bots_sim->world, 100)->bot_info;
	assert_int_equal(info->commands.count, 1);
	assert_view(info->commands.items[0]->command, "start");
	api_is("getMyCommands", "{'language_code':'de'}", "[]");
	api_is("setMyCommands",
		"{'commands':[{'command':'a','description':'b'}],'scope':{'type':'chat','chat_id':1},"
		"'language_code':'de'}",
		"true");
	api_is("getMyCommands", "{'scope':{'type':'chat','chat_id':1},'language_code':'de'}",
		"[{'command':'a','description':'b'}]");
	api_is("deleteMyCommands", "{}", "true");
	api_is("getMyCommands", "{}", "[]");
	/* A slash in front may be there, and is not kept. */
	for (int i = 0; i < 2; i++) {
		const char *code = i ? ",'language_code':'fr'" : "";
		char args[128];

		snprintf(args, sizeof args,
			"{'commands':[{'command':'/stop','description':'b'}]%s}", code);
		api_is("setMyCommands", args, "true");
		snprintf(args, sizeof args, "{%s}", *code ? code + 1 : "");
		api_is("getMyCommands", args, "[{'command':'stop','description':'b'}]");
	}
	api_fails("setMyCommands", "{'commands':[{'command':'Start','description':'b'}]}", 400,
		"Bad Request: BOT_COMMAND_INVALID");
	api_fails("setMyCommands", "{'commands':[{'command':'start','description':''}]}", 400,
		"Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
	api_fails("setMyCommands", "{'commands':[],'scope':{'type':'chat','chat_id':777}}", 400,
		"Bad Request: chat not found");
	api_fails(
		"getMyCommands", "{'language_code':'deu'}", 400, "Bad Request: LANG_CODE_INVALID");
	return TOBS_OK;
}

/* What a world's file says of a bot is as set at @BotFather. */
BOT_TEST(as_in_the_file)
{
	command("{'do':'user','user':{'key':'third','id':300,'first_name':'Third','about':'Short.',"
		"'bot':{'description':'Long.','commands':[{'_':'botCommand','command':'go',"
		"'description':'Goes'}]},'account':{'token':'300:secret'}}}");
	assert_string_equal(api_as("300:secret", "getMyCommands", "{}"),
		"{\"ok\":true,\"result\":[{\"command\":\"go\",\"description\":\"Goes\"}]}");
	assert_string_equal(api_as("300:secret", "getMyDescription", "{}"),
		"{\"ok\":true,\"result\":{\"description\":\"Long.\"}}");
	assert_string_equal(api_as("300:secret", "getMyShortDescription", "{}"),
		"{\"ok\":true,\"result\":{\"short_description\":\"Short.\"}}");
	return TOBS_OK;
}

BOT_TEST(about_itself)
{
	const struct tl_botInfo *info;

	api_is("getMyName", "{}", "{'name':'Bot'}");
	api_is("setMyName", "{'name':'Botty'}", "true");
	api_is("setMyName", "{'name':'Roboter','language_code':'de'}", "true");
	api_is("getMyName", "{'language_code':'de'}", "{'name':'Roboter'}");
	api_is("getMyName", "{'language_code':'fr'}", "{'name':'Botty'}");
	api_has("getMe", "{}", "'first_name':'Botty'");
	api_is("setMyDescription", "{'description':'D'}", "true");
	api_is("getMyDescription", "{}", "{'description':'D'}");
	info = sim_user(bots_sim->world, 100)->bot_info;
	assert_view(info->description, "D");
	api_is("setMyDescription", "{'description':'E','language_code':'de'}", "true");
	api_is("getMyDescription", "{'language_code':'de'}", "{'description':'E'}");
	api_is("setMyDescription", "{}", "true");
	api_is("getMyDescription", "{}", "{'description':''}");
	api_is("getMyShortDescription", "{}", "{'short_description':''}");
	api_is("getChatMenuButton", "{}", "{'type':'commands'}");
	api_is("setChatMenuButton",
		"{'chat_id':1,'menu_button':{'type':'web_app','text':'t','web_app':{'url':'u'}}}",
		"true");
	api_is("getChatMenuButton", "{'chat_id':1}",
		"{'type':'web_app','text':'t','web_app':{'url':'u'}}");
	api_has("getMyDefaultAdministratorRights", "{}", "{'is_anonymous':false,");
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chats),
		cmocka_unit_test(names),
		cmocka_unit_test(bans),
		cmocka_unit_test(restricts),
		cmocka_unit_test(promotes),
		cmocka_unit_test(leaves),
		cmocka_unit_test(invites),
		cmocka_unit_test(founded),
		cmocka_unit_test(requests),
		cmocka_unit_test(topics),
		cmocka_unit_test(commands),
		cmocka_unit_test(as_in_the_file),
		cmocka_unit_test(about_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
