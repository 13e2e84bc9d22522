/* SPDX-License-Identifier: MIT */
/* Every service action, and what the archive gets of it: for test_from_tl.c, whose macros it uses. */
#ifndef FROM_TL_ACTIONS_H
#define FROM_TL_ACTIONS_H

#define GIFT                                                                                                 \
	"{'_':'starGift','id':3,'sticker':" DOCUMENT(                                                        \
		"") ",'stars':50,'convert_stars':40,'title':'T',"                                            \
		    "'limited':true,'availability_remains':1,'availability_total':100,'released_by':" PEER42 \
		    "}"
#define GIFT_DATA                                                                            \
	"'gift':{'id':3,'title':'T','stars':50,'limited':true,'total':100,'sticker':" FILE18 \
	",'released_by':42}"
#define UNIQUE                                                                                                     \
	"{'_':'starGiftUnique','id':4,'gift_id':3,'title':'T','slug':'T-1','num':1,'owner_id':" PEER42             \
	",'availability_issued':5,'availability_total':6,'attributes':["                                           \
	"{'_':'starGiftAttributeModel','name':'M','document':" DOCUMENT(                                           \
		"") ",'rarity':{'_':'starGiftAttributeRarity','permille':5}},"                                     \
		    "{'_':'starGiftAttributeBackdrop','name':'B','backdrop_id':1,'center_color':1,'edge_color':1," \
		    "'pattern_color':1,'text_color':1,'rarity':{'_':'starGiftAttributeRarityRare'}}]}"
#define UNIQUE_DATA \
	"'gift':{'id':4,'title':'T','num':1,'slug':'T-1','total':6,'owner':42,'model':'M','backdrop':'B'}"
#define STARS      "{'_':'starsAmount','amount':5,'nanos':0}"
#define STARS_DATA "{'amount':5,'currency':'XTR'}"
#define CALL_ID    "{'_':'inputGroupCall','id':1,'access_hash':2}"
#define PHOTO_DATA "{'id':17,'size':3000,'w':1280,'h':720}"

/* Everything behind "messageAction"; the message is a reply to message 4. */
static const struct {
	const char *action, *name, *data;
} action_cases[] = {
	{ "ChatCreate','title':'T','users':[1,2]", "create_group",
		"{'title':'T','members':[1,2]}" },
	{ "ChatEditTitle','title':'T'", "edit_group_title", "{'title':'T'}" },
	{ "ChatEditPhoto','photo':" PHOTO, "edit_group_photo", "{'photo':" PHOTO_DATA "}" },
	{ "ChatDeletePhoto'", "delete_group_photo", "" },
	{ "ChatAddUser','users':[1,2]", "invite_members", "{'members':[1,2]}" },
	{ "ChatDeleteUser','user_id':1", "remove_members", "{'members':[1]}" },
	{ "ChatJoinedByLink','inviter_id':1", "join_group_by_link", "{'inviter':1}" },
	{ "ChatJoinedByRequest'", "join_group_by_request", "" },
	{ "ChannelCreate','title':'T'", "create_channel", "{'title':'T'}" },
	{ "ChatMigrateTo','channel_id':5", "migrate_to_supergroup", "{'chat':-1000000000005}" },
	{ "ChannelMigrateFrom','title':'T','chat_id':5", "migrate_from_group",
		"{'title':'T','chat':-5}" },
	{ "PinMessage'", "pin_message", "{'message_id':4}" },
	{ "HistoryClear'", "clear_history", "" },
	{ "GameScore','game_id':9,'score':0", "score_in_game",
		"{'game_message_id':4,'game_id':9,'score':0}" },
	{ "PaymentSent','currency':'EUR','total_amount':1299,'invoice_slug':'s','recurring_init':true,"
	  "'subscription_until_date':8",
		"send_payment",
		"{'invoice_message_id':4,'currency':'EUR','amount':1299,'recurring':'init','slug':'s',"
		"'until':8}" },
	{ "PaymentSentMe','currency':'EUR','total_amount':1299,'payload':'p','recurring_used':true,"
	  "'recurring_init':true,'info':{'_':'paymentRequestedInfo','name':'N','phone':'1','email':'e',"
	  "'shipping_address':{'_':'postAddress','street_line1':'A','street_line2':'','city':'C',"
	  "'state':'','country_iso2':'DE','post_code':'1'}},'charge':{'_':'paymentCharge','id':'i',"
	  "'provider_charge_id':'j'}",
		"send_payment",
		"{'invoice_message_id':4,'currency':'EUR','amount':1299,'recurring':'used',"
		"'info':{'name':'N','phone':'1','email':'e','address':'A, C, DE, 1'}}" },
	{ "PaymentRefunded','peer':" PEER42 ",'currency':'XTR','total_amount':5,'charge':"
	  "{'_':'paymentCharge','id':'i','provider_charge_id':'j'}",
		"refunded_payment",
		"{'invoice_message_id':4,'peer':42,'currency':'XTR','amount':5}" },
	{ "PhoneCall','video':true,'call_id':1,'reason':{'_':'phoneCallDiscardReasonHangup'},"
	  "'duration':60",
		"phone_call", "{'duration_seconds':60,'discard_reason':'hangup','video':true}" },
	{ "PhoneCall','call_id':1,'reason':{'_':'phoneCallDiscardReasonMissed'}", "phone_call",
		"{'discard_reason':'missed'}" },
	{ "PhoneCall','call_id':1,'reason':{'_':'phoneCallDiscardReasonBusy'}", "phone_call",
		"{'discard_reason':'busy'}" },
	{ "PhoneCall','call_id':1,'reason':{'_':'phoneCallDiscardReasonDisconnect'}", "phone_call",
		"{'discard_reason':'disconnect'}" },
	{ "PhoneCall','call_id':1,'reason':{'_':'phoneCallDiscardReasonMigrateConferenceCall',"
	  "'slug':'s'}",
		"phone_call", "{'discard_reason':'migrate_conference_call','slug':'s'}" },
	{ "PhoneCall','call_id':1", "phone_call", "" },
	{ "ConferenceCall','missed':true,'active':true,'video':true,'call_id':1,'duration':5,"
	  "'other_participants':[" PEER42 "]",
		"conference_call",
		"{'duration':5,'missed':true,'active':true,'video':true,'members':[42]}" },
	{ "GroupCall','call':" CALL_ID ",'duration':5", "group_call", "{'duration':5}" },
	{ "GroupCall','call':" CALL_ID, "group_call", "" },
	{ "GroupCallScheduled','call':" CALL_ID ",'schedule_date':9", "group_call_scheduled",
		"{'schedule_date':9}" },
	{ "InviteToGroupCall','call':" CALL_ID ",'users':[1]", "invite_to_group_call",
		"{'members':[1]}" },
	{ "ScreenshotTaken'", "take_screenshot", "" },
	{ "CustomAction','message':'M'", "custom_action", "{'information_text':'M'}" },
	{ "BotAllowed','domain':'d'", "allow_sending_messages", "{'reason_domain':'d'}" },
	{ "BotAllowed','app':{'_':'botApp','id':6,'access_hash':1,'short_name':'s','title':'T',"
	  "'description':'D','photo':{'_':'photoEmpty','id':1},'hash':1}",
		"allow_sending_messages", "{'reason_app_id':6,'reason_app_name':'T'}" },
	{ "BotAllowed','attach_menu':true", "attach_menu_bot_allowed", "" },
	{ "BotAllowed','from_request':true", "web_app_bot_allowed", "" },
	{ "SecureValuesSent','types':[{'_':'secureValueTypePassport'},{'_':'secureValueTypeEmail'},"
	  "{'_':'secureValueTypePersonalDetails'},{'_':'secureValueTypeDriverLicense'},"
	  "{'_':'secureValueTypeIdentityCard'},{'_':'secureValueTypeInternalPassport'},"
	  "{'_':'secureValueTypeAddress'},{'_':'secureValueTypeUtilityBill'},"
	  "{'_':'secureValueTypeBankStatement'},{'_':'secureValueTypeRentalAgreement'},"
	  "{'_':'secureValueTypePassportRegistration'},{'_':'secureValueTypeTemporaryRegistration'},"
	  "{'_':'secureValueTypePhone'}]",
		"send_passport_values",
		"{'values':['passport','email','personal_details','driver_license','identity_card',"
		"'internal_passport','address_information','utility_bill','bank_statement',"
		"'rental_agreement','passport_registration','temporary_registration','phone_number']}" },
	{ "SecureValuesSentMe','values':[{'_':'secureValue','type':{'_':'secureValueTypePassport'},"
	  "'hash':'h'}],'credentials':{'_':'secureCredentialsEncrypted','data':'d','hash':'h',"
	  "'secret':'s'}",
		"send_passport_values", "{'values':['passport']}" },
	{ "ContactSignUp'", "joined_telegram", "" },
	{ "GeoProximityReached','from_id':" PEER42 ",'to_id':" PEER42 ",'distance':0",
		"proximity_reached", "{'from':42,'to':42,'distance':0}" },
	{ "SetMessagesTTL','period':0,'auto_setting_from':42", "set_messages_ttl",
		"{'period':0,'from':42}" },
	{ "SetChatTheme','theme':{'_':'chatTheme','emoticon':'🌷'}", "edit_chat_theme",
		"{'emoticon':'🌷'}" },
	{ "SetChatTheme','theme':{'_':'chatThemeUniqueGift','gift':" UNIQUE "}", "edit_chat_theme",
		"{" UNIQUE_DATA "}" },
	{ "SetChatWallPaper','for_both':true,'wallpaper':{'_':'wallPaper','id':1,'access_hash':1,"
	  "'slug':'s','document':" DOCUMENT("") "}",
		"set_chat_wallpaper", "{'document':" FILE18 ",'for_both':true}" },
	{ "SetChatWallPaper','same':true,'wallpaper':{'_':'wallPaperNoFile','id':1,'settings':"
	  "{'_':'wallPaperSettings','emoticon':'🌷'}}",
		"set_same_chat_wallpaper", "{'message_id':4,'emoticon':'🌷'}" },
	{ "WebViewDataSent','text':'T'", "send_webview_data", "{'text':'T'}" },
	{ "WebViewDataSentMe','text':'T','data':'D'", "send_webview_data",
		"{'text':'T','data':'D'}" },
	{ "TopicCreate','title':'T','icon_color':255,'icon_emoji_id':6", "topic_created",
		"{'title':'T','icon_color':255,'icon_emoji_id':6}" },
	{ "TopicEdit','title':'T'", "topic_edit", "{'new_title':'T'}" },
	{ "TopicEdit','icon_emoji_id':0,'closed':false,'hidden':true", "topic_edit",
		"{'new_icon_emoji_id':0,'closed':false,'hidden':true}" },
	{ "SuggestProfilePhoto','photo':" PHOTO, "suggest_profile_photo",
		"{'photo':" PHOTO_DATA "}" },
	{ "RequestedPeer','button_id':1,'peers':[" PEER42 "]", "requested_peer",
		"{'button_id':1,'peers':[42]}" },
	{ "RequestedPeerSentMe','button_id':1,'peers':[{'_':'requestedPeerUser','user_id':1,"
	  "'first_name':'A','last_name':'B'},{'_':'requestedPeerChat','chat_id':2,'title':'C'},"
	  "{'_':'requestedPeerChannel','channel_id':3,'title':'D'}]",
		"requested_peer",
		"{'button_id':1,'peers':[1,-2,-1000000000003],'names':['A B','C','D']}" },
	{ "BoostApply','boosts':2", "boost_apply", "{'boosts':2}" },
	{ "SuggestBirthday','birthday':{'_':'birthday','day':1,'month':2,'year':1990}",
		"suggest_birthday", "{'day':1,'month':2,'year':1990}" },
	{ "ChangeCreator','new_creator_id':1", "change_creator", "{'user':1}" },
	{ "NewCreatorPending','new_creator_id':1", "new_creator_pending", "{'user':1}" },
	{ "ChangeCommunity','community_id':5", "change_community", "{'community':-1000000000005}" },
	{ "ChangeCommunity'", "change_community", "" },
	{ "ManagedBotCreated','bot_id':1", "managed_bot_created", "{'bot':1}" },
	{ "NoForwardsToggle','prev_value':true,'new_value':false", "no_forwards_toggle",
		"{'previous':true,'new':false}" },
	{ "NoForwardsRequest','expired':true,'prev_value':true,'new_value':false",
		"no_forwards_request", "{'previous':true,'new':false,'expired':true}" },
	{ "TodoCompletions','completed':[1],'incompleted':[2,3]", "todo_completions",
		"{'message_id':4,'completed':[1],'incompleted':[2,3]}" },
	{ "TodoAppendTasks','list':[{'_':'todoItem','id':1,'title':" FORMATTED "}]",
		"todo_append_tasks",
		"{'message_id':4,'items':[{'id':1,'text':'T','entities':" BOLD "}]}" },
	{ "PollAppendAnswer','answer':{'_':'pollAnswer','text':" FORMATTED ",'option':'0'}",
		"poll_append_answer", "{'message_id':4,'text':'T','entities':" BOLD "}" },
	{ "PollDeleteAnswer','answer':{'_':'pollAnswer','text':" FORMATTED ",'option':'0'}",
		"poll_delete_answer", "{'message_id':4,'text':'T','entities':" BOLD "}" },
	{ "SuggestedPostApproval','rejected':true,'balance_too_low':true,'reject_comment':'c',"
	  "'schedule_date':9,'price':" STARS,
		"suggested_post_approval",
		"{'rejected':true,'balance_too_low':true,'reject_comment':'c','schedule_date':9,"
		"'price':" STARS_DATA "}" },
	{ "SuggestedPostSuccess','price':" STARS, "suggested_post_success",
		"{'price':" STARS_DATA "}" },
	{ "SuggestedPostRefund','payer_initiated':true", "suggested_post_refund",
		"{'payer_initiated':true}" },
	{ "PaidMessagesRefunded','count':2,'stars':5", "paid_messages_refund",
		"{'messages_count':2,'stars_count':5}" },
	{ "PaidMessagesPrice','broadcast_messages_allowed':true,'stars':0",
		"paid_messages_price_change",
		"{'price_stars':0,'is_broadcast_messages_allowed':true}" },
	{ "GiftPremium','currency':'EUR','amount':5,'days':90,'crypto_currency':'TON',"
	  "'crypto_amount':6,'message':" FORMATTED,
		"send_premium_gift",
		"{'days':90,'currency':'EUR','amount':5,'crypto_currency':'TON','crypto_amount':6,"
		"'text':'T','entities':" BOLD "}" },
	{ "GiftCode','via_giveaway':true,'unclaimed':true,'boost_peer':" PEER42 ",'days':90,"
	  "'slug':'s','message':" FORMATTED,
		"gift_code_prize",
		"{'gift_code':'s','boost_peer_id':42,'days':90,'unclaimed':true,'via_giveaway':true,"
		"'text':'T','entities':" BOLD "}" },
	{ "GiftStars','currency':'EUR','amount':5,'stars':100,'transaction_id':'t'",
		"send_stars_gift",
		"{'stars':100,'currency':'EUR','amount':5,'transaction_id':'t'}" },
	{ "GiftTon','currency':'USD','amount':5,'crypto_currency':'TON','crypto_amount':6,"
	  "'transaction_id':'t'",
		"gift_ton",
		"{'currency':'USD','amount':5,'crypto_currency':'TON','crypto_amount':6,"
		"'transaction_id':'t'}" },
	{ "PrizeStars','unclaimed':true,'stars':100,'transaction_id':'t','boost_peer':" PEER42
	  ",'giveaway_msg_id':3",
		"stars_prize",
		"{'boost_peer_id':42,'stars':100,'is_unclaimed':true,'giveaway_msg_id':3,"
		"'transaction_id':'t'}" },
	{ "GiveawayLaunch','stars':100", "giveaway_launch", "{'stars':100}" },
	{ "GiveawayLaunch'", "giveaway_launch", "" },
	{ "GiveawayResults','stars':true,'winners_count':3,'unclaimed_count':0", "giveaway_results",
		"{'winners':3,'unclaimed':0,'stars':true}" },
	{ "StarGift','name_hidden':true,'saved':true,'converted':true,'upgraded':true,'refunded':true,"
	  "'can_upgrade':true,'prepaid_upgrade':true,'upgrade_separate':true,'auction_acquired':true,"
	  "'gift':" GIFT ",'message':" FORMATTED ",'convert_stars':40,'upgrade_msg_id':3,"
	  "'upgrade_stars':25,'from_id':" PEER42 ",'peer':" PEER42 ",'saved_id':1,'gift_msg_id':2,"
	  "'to_id':" PEER42 ",'gift_num':9",
		"send_star_gift",
		"{" GIFT_DATA ",'text':'T','entities':" BOLD ",'is_anonymous':true,'saved':true,"
		"'converted':true,'upgraded':true,'refunded':true,'can_upgrade':true,"
		"'prepaid_upgrade':true,'upgrade_separate':true,'auction_acquired':true,"
		"'convert_stars':40,'upgrade_stars':25,'upgrade_message_id':3,'gift_message_id':2,"
		"'from':42,'to':42,'peer':42,'num':9}" },
	{ "StarGiftUnique','upgrade':true,'transferred':true,'saved':true,'refunded':true,"
	  "'prepaid_upgrade':true,'assigned':true,'from_offer':true,'craft':true,'gift':" UNIQUE
	  ",'can_export_at':1,'transfer_stars':2,'from_id':" PEER42 ",'peer':" PEER42
	  ",'saved_id':1,'resale_amount':" STARS ",'can_transfer_at':3,'can_resell_at':4,"
	  "'drop_original_details_stars':5,'can_craft_at':6",
		"star_gift_unique",
		"{" UNIQUE_DATA ",'upgrade':true,'transferred':true,'saved':true,'refunded':true,"
		"'prepaid_upgrade':true,'assigned':true,'from_offer':true,'craft':true,'can_export':1,"
		"'transfer_stars':2,'from':42,'peer':42,'resale':" STARS_DATA
		",'can_transfer':3,'can_resell':4,'can_craft':6,'drop_original_details_stars':5}" },
	{ "StarGiftPurchaseOffer','accepted':true,'declined':true,'gift':" UNIQUE ",'price':" STARS
	  ",'expires_at':9",
		"star_gift_purchase_offer",
		"{" UNIQUE_DATA ",'price':" STARS_DATA
		",'accepted':true,'declined':true,'expires_at':9}" },
	{ "StarGiftPurchaseOfferDeclined','expired':true,'gift':" UNIQUE ",'price':" STARS,
		"star_gift_purchase_offer_declined",
		"{" UNIQUE_DATA ",'price':" STARS_DATA ",'expired':true}" },
	{ "Empty'", "empty", "" },
};

#endif
