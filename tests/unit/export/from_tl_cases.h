/* SPDX-License-Identifier: MIT */
/* Everything a message can have, and what the archive gets of it: for test_from_tl.c. */
#ifndef FROM_TL_CASES_H
#define FROM_TL_CASES_H

#define PEER42 "{'_':'peerUser','user_id':42}"
#define GEO    "{'_':'geoPoint','lat':51.5,'long':-0.125,'access_hash':1,'accuracy_radius':9}"
#define PHOTO                                                                                       \
	"{'_':'photo','id':17,'access_hash':-3,'file_reference':'ref','date':9,'dc_id':2,'sizes':[" \
	"{'_':'photoStrippedSize','type':'i','bytes':'xx'},"                                        \
	"{'_':'photoSizeProgressive','type':'y','w':1280,'h':720,'sizes':[10,200,3000]},"           \
	"{'_':'photoSize','type':'m','w':320,'h':180,'size':5}]}"
#define DOCUMENT(attributes)                                                                         \
	"{'_':'document','id':18,'access_hash':4,'file_reference':'doc','date':9,'mime_type':'a/b'," \
	"'size':1000,'dc_id':4,'thumbs':[{'_':'photoSize','type':'m','w':320,'h':180,'size':5}],"    \
	"'attributes':[" attributes "]}"
#define WITH_DOCUMENT(attributes) \
	"'media':{'_':'messageMediaDocument','document':" DOCUMENT(attributes) "}"
#define FILE18 "{'id':18,'mime':'a/b','size':1000,'thumb':'m'}"
#define NAME   "{'_':'documentAttributeFilename','file_name':'f.x'}"
#define VIDEO  "{'_':'documentAttributeVideo','duration':2.5,'w':4,'h':3}"
#define ROUND  "{'_':'documentAttributeVideo','round_message':true,'duration':3.0,'w':4,'h':4}"
#define FORMATTED \
	"{'_':'textWithEntities','text':'T','entities':[{'_':'messageEntityBold','offset':0,'length':1}]}"
#define BOLD "[['bold',0,1]]"

static const struct {
	const char *members, *data;
} data_cases[] = {
	{ "'views':7,'forwards':2", "{'views':7,'forwards':2}" },
	{ "'views':0,'forwards':0", "{'views':0}" },
	{ "'via_bot_id':9,'post_author':'Ann','from_rank':'boss','from_boosts_applied':3,"
	  "'via_business_bot_id':10,'guestchat_via_from':" PEER42 ",'saved_peer_id':" PEER42,
		"{'list':42,'via':9,'via_business':10,'via_guest':42,'author':'Ann','rank':'boss',"
		"'boosts':3}" },
	{ "'effect':5,'paid_message_stars':6,'ttl_period':7", "{'effect':5,'stars':6,'ttl':7}" },
	{ "'replies':{'_':'messageReplies','replies':3,'replies_pts':1}", "{'replies':3}" },
	{ "'replies':{'_':'messageReplies','replies':0,'replies_pts':1}", "" },
	{ "'replies':{'_':'messageReplies','comments':true,'channel_id':88,'replies':0,"
	  "'replies_pts':1}",
		"{'comments':{'count':0,'chat':-1000000000088}}" },
	/* replies */
	{ "'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':4}", "{'reply':{'id':4}}" },
	{ "'reply_to':{'_':'messageReplyHeader','reply_to_top_id':4}", "" },
	{ "'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':4,'reply_to_peer_id':" PEER42
	  ",'quote':true,'quote_text':'T','quote_offset':6,'quote_entities':["
	  "{'_':'messageEntityBold','offset':0,'length':1}],'todo_item_id':8,"
	  "'poll_option':{'hex':'00ff'}}",
		"{'reply':{'id':4,'chat':42,'quote':'T','entities':" BOLD
		",'offset':6,'task':8,'option':'AP8='}}" },
	{ "'reply_to':{'_':'messageReplyHeader','reply_to_msg_id':4,'quote_text':'cut'}",
		"{'reply':{'id':4}}" },
	{ "'reply_to':{'_':'messageReplyHeader','reply_from':{'_':'messageFwdHeader','date':8,"
	  "'from_name':'Hidden','channel_post':3,'post_author':'S'},'reply_media':"
	  "{'_':'messageMediaDice','value':3,'emoticon':'x'}}",
		"{'reply':{'name':'Hidden','date':8,'post':3,'author':'S',"
		"'media':{'kind':'dice','emoji':'x','value':3}}}" },
	{ "'reply_to':{'_':'messageReplyStoryHeader','peer':" PEER42 ",'story_id':7}",
		"{'reply':{'chat':42,'story':7}}" },
	/* forwards */
	{ "'fwd_from':{'_':'messageFwdHeader','date':8,'from_id':" PEER42
	  ",'channel_post':3,'post_author':'S','saved_from_peer':" PEER42 ",'saved_from_msg_id':2,"
	  "'saved_from_id':" PEER42 ",'saved_from_name':'N','saved_date':1,'psa_type':'p',"
	  "'imported':true}",
		"{'forward':{'date':8,'from':42,'post':3,'author':'S','saved_from':{'chat':42,'id':2,"
		"'from':42,'name':'N','date':1},'imported':true,'psa':'p'}}" },
	{ "'fwd_from':{'_':'messageFwdHeader','date':8,'from_name':'Hidden'}",
		"{'forward':{'date':8,'name':'Hidden'}}" },
	/* previews */
	{ "'media':{'_':'messageMediaWebPage','webpage':{'_':'webPage','id':1,'url':'u',"
	  "'display_url':'d','hash':1,'type':'article','site_name':'S','title':'T',"
	  "'description':'D','author':'A','duration':9,'embed_url':'e','embed_type':'t','photo':" PHOTO
	  ",'cached_page':{'_':'page','url':'u'}}}",
		"{'preview':{'url':'u','site':'S','title':'T','description':'D','author':'A',"
		"'type':'article','duration':9,'photo':{'id':17,'size':3000,'w':1280,'h':720},'embed':'e',"
		"'instant':true}}" },
	{ "'media':{'_':'messageMediaWebPage','webpage':{'_':'webPageEmpty','id':1}}", "" },
	{ "'media':{'_':'messageMediaWebPage','webpage':{'_':'webPagePending','id':1,'url':'u',"
	  "'date':1}}",
		"{'preview':{'url':'u'}}" },
	{ "'media':{'_':'messageMediaEmpty'}", "" },
	/* photos and documents */
	{ "'media':{'_':'messageMediaPhoto','photo':" PHOTO "}",
		"{'media':{'kind':'photo','file':{'id':17,'size':3000,'w':1280,'h':720}}}" },
	{ "'media':{'_':'messageMediaPhoto','ttl_seconds':5,'photo':" PHOTO ",'live_photo':true,"
	  "'video':" DOCUMENT(VIDEO) "}",
		"{'media':{'kind':'photo','file':{'id':17,'size':3000,'w':1280,'h':720},'live':{'id':18,"
		"'mime':'a/b','size':1000,'w':4,'h':3,'duration':2.5,'thumb':'m'},'ttl':5}}" },
	{ "'media':{'_':'messageMediaPhoto','ttl_seconds':5}",
		"{'media':{'kind':'expired','what':'photo','ttl':5}}" },
	{ "'media':{'_':'messageMediaPhoto','photo':{'_':'photoEmpty','id':3}}",
		"{'media':{'kind':'photo','file':{'id':3}}}" },
	{ WITH_DOCUMENT(""), "{'media':{'kind':'document','file':" FILE18 "}}" },
	{ WITH_DOCUMENT(NAME),
		"{'media':{'kind':'document','file':{'id':18,'name':'f.x','mime':'a/b','size':1000,"
		"'thumb':'m'}}}" },
	{ WITH_DOCUMENT(VIDEO),
		"{'media':{'kind':'video','file':{'id':18,'mime':'a/b','size':1000,'w':4,'h':3,"
		"'duration':2.5,'thumb':'m'}}}" },
	{ WITH_DOCUMENT(ROUND),
		"{'media':{'kind':'round','file':{'id':18,'mime':'a/b','size':1000,'w':4,'h':4,"
		"'duration':3,'thumb':'m'}}}" },
	{ WITH_DOCUMENT(
		  "{'_':'documentAttributeAnimated'},{'_':'documentAttributeImageSize','w':4,'h':3}"),
		"{'media':{'kind':'animation','file':{'id':18,'mime':'a/b','size':1000,'w':4,'h':3,"
		"'thumb':'m'}}}" },
	{ WITH_DOCUMENT(
		  "{'_':'documentAttributeAudio','voice':true,'duration':6,'waveform':{'hex':'00ff'}}"),
		"{'media':{'kind':'voice','file':{'id':18,'mime':'a/b','size':1000,'duration':6,"
		"'thumb':'m'},'waveform':'AP8='}}" },
	{ WITH_DOCUMENT("{'_':'documentAttributeAudio','duration':6,'title':'T','performer':'P'}"),
		"{'media':{'kind':'audio','file':{'id':18,'mime':'a/b','size':1000,'duration':6,"
		"'thumb':'m'},'title':'T','performer':'P'}}" },
	{ WITH_DOCUMENT("{'_':'documentAttributeSticker','alt':'😀','stickerset':"
			"{'_':'inputStickerSetID','id':6,'access_hash':1}}," VIDEO),
		"{'media':{'kind':'sticker','file':{'id':18,'mime':'a/b','size':1000,'w':4,'h':3,"
		"'duration':2.5,'thumb':'m'},'emoji':'😀','set':6}}" },
	{ WITH_DOCUMENT("{'_':'documentAttributeCustomEmoji','alt':'😀','stickerset':"
			"{'_':'inputStickerSetShortName','short_name':'s'}}"),
		"{'media':{'kind':'sticker','file':" FILE18 ",'emoji':'😀','set':'s'}}" },
	{ "'media':{'_':'messageMediaDocument','video_cover':" PHOTO ",'video_timestamp':4,"
	  "'ttl_seconds':3,'document':" DOCUMENT(VIDEO) "}",
		"{'media':{'kind':'video','file':{'id':18,'mime':'a/b','size':1000,'w':4,'h':3,"
		"'duration':2.5,'thumb':'m'},'cover':{'id':17,'size':3000,'w':1280,'h':720},'start':4,"
		"'ttl':3}}" },
	{ "'media':{'_':'messageMediaDocument','voice':true,'ttl_seconds':3}",
		"{'media':{'kind':'expired','what':'voice','ttl':3}}" },
	{ "'media':{'_':'messageMediaDocument','video':true}",
		"{'media':{'kind':'expired','what':'video'}}" },
	{ "'media':{'_':'messageMediaDocument','video':true,'round':true}",
		"{'media':{'kind':'expired','what':'round'}}" },
	{ "'media':{'_':'messageMediaDocument'}",
		"{'media':{'kind':'expired','what':'document'}}" },
	{ "'media':{'_':'messageMediaDocument','document':{'_':'documentEmpty','id':3}}",
		"{'media':{'kind':'document','file':{'id':3}}}" },
	/* places and people */
	{ "'media':{'_':'messageMediaGeo','geo':" GEO "}",
		"{'media':{'kind':'location','lat':51.5,'long':-0.125,'accuracy':9}}" },
	{ "'media':{'_':'messageMediaGeo','geo':{'_':'geoPointEmpty'}}",
		"{'media':{'kind':'location'}}" },
	{ "'media':{'_':'messageMediaGeoLive','geo':" GEO ",'heading':90,'period':60,"
	  "'proximity_notification_radius':50}",
		"{'media':{'kind':'location','lat':51.5,'long':-0.125,'accuracy':9,'live':60,"
		"'heading':90,'radius':50}}" },
	{ "'media':{'_':'messageMediaVenue','geo':" GEO ",'title':'T','address':'A','provider':'P',"
	  "'venue_id':'V','venue_type':'Y'}",
		"{'media':{'kind':'venue','lat':51.5,'long':-0.125,'accuracy':9,'title':'T',"
		"'address':'A','provider':'P','venue_id':'V','type':'Y'}}" },
	{ "'media':{'_':'messageMediaContact','phone_number':'1','first_name':'F','last_name':'L',"
	  "'vcard':'V','user_id':42}",
		"{'media':{'kind':'contact','first':'F','last':'L','phone':'1','user':42,'vcard':'V'}}" },
	/* lists */
	{ "'media':{'_':'messageMediaToDo','todo':{'_':'todoList','others_can_append':true,"
	  "'others_can_complete':true,'title':" FORMATTED
	  ",'list':[{'_':'todoItem','id':1,'title':" FORMATTED
	  "},{'_':'todoItem','id':2,'title':{'_':'textWithEntities','text':'U'}}]},"
	  "'completions':[{'_':'todoCompletion','id':2,'completed_by':" PEER42 ",'date':50}]}",
		"{'media':{'kind':'todo','title':'T','entities':" BOLD
		",'items':[{'id':1,'text':'T',"
		"'entities':" BOLD
		"},{'id':2,'text':'U','done_by':42,'done':50}],'others_append':true,"
		"'others_complete':true}}" },
	/* games and money */
	{ "'media':{'_':'messageMediaDice','value':6,'emoticon':'🎲','game_outcome':"
	  "{'_':'messages.emojiGameOutcome','seed':'s','stake_ton_amount':5,'ton_amount':0}}",
		"{'media':{'kind':'dice','emoji':'🎲','value':6,'stake':5,'won':0}}" },
	{ "'media':{'_':'messageMediaGame','game':{'_':'game','id':1,'access_hash':2,"
	  "'short_name':'s','title':'T','description':'D','photo':" PHOTO "}}",
		"{'media':{'kind':'game','title':'T','description':'D','short_name':'s',"
		"'photo':{'id':17,'size':3000,'w':1280,'h':720}}}" },
	{ "'media':{'_':'messageMediaInvoice','test':true,'title':'T','description':'D',"
	  "'receipt_msg_id':4,'currency':'EUR','total_amount':1299,'start_param':'p','photo':"
	  "{'_':'webDocument','url':'u','access_hash':1,'size':5,'mime_type':'m'},'extended_media':"
	  "{'_':'messageExtendedMediaPreview','w':4,'h':3,'video_duration':9}}",
		"{'media':{'kind':'invoice','title':'T','description':'D','currency':'EUR',"
		"'amount':1299,'test':true,'receipt':4,'photo':{'url':'u','mime':'m','size':5},"
		"'media':{'kind':'preview','w':4,'h':3,'duration':9}}}" },
	{ "'media':{'_':'messageMediaInvoice','title':'T','description':'D','currency':'EUR',"
	  "'total_amount':0,'photo':{'_':'webDocumentNoProxy','url':'u','size':5,'mime_type':'m'}}",
		"{'media':{'kind':'invoice','title':'T','description':'D','currency':'EUR','amount':0,"
		"'photo':{'url':'u','mime':'m','size':5}}}" },
	{ "'media':{'_':'messageMediaPaidMedia','stars_amount':10,'extended_media':["
	  "{'_':'messageExtendedMedia','media':{'_':'messageMediaPhoto','photo':" PHOTO "}},"
	  "{'_':'messageExtendedMediaPreview','w':4}]}",
		"{'media':{'kind':'paid','stars':10,'items':[{'kind':'photo','file':{'id':17,"
		"'size':3000,'w':1280,'h':720}},{'kind':'preview','w':4}]}}" },
	{ "'media':{'_':'messageMediaGiveaway','only_new_subscribers':true,"
	  "'winners_are_visible':true,'channels':[5,6],'countries_iso2':['DE'],"
	  "'prize_description':'P','quantity':3,'months':6,'stars':500,'until_date':99}",
		"{'media':{'kind':'giveaway','channels':[-1000000000005,-1000000000006],"
		"'countries':['DE'],'prize':'P','quantity':3,'months':6,'stars':500,'until':99,"
		"'only_new':true,'winners_visible':true}}" },
	{ "'media':{'_':'messageMediaGiveawayResults','only_new_subscribers':true,'refunded':true,"
	  "'channel_id':5,'additional_peers_count':2,'launch_msg_id':3,'winners_count':2,"
	  "'unclaimed_count':1,'winners':[42,43],'months':6,'stars':500,'prize_description':'P',"
	  "'until_date':99}",
		"{'media':{'kind':'giveaway_results','channel':-1000000000005,'launch':3,"
		"'winners':[42,43],'winners_count':2,'unclaimed':1,'months':6,'stars':500,'prize':'P',"
		"'until':99,'additional':2,'only_new':true,'refunded':true}}" },
	/* the rest */
	{ "'media':{'_':'messageMediaStory','via_mention':true,'peer':" PEER42 ",'id':7}",
		"{'media':{'kind':'story','chat':42,'id':7,'mention':true}}" },
	{ "'media':{'_':'messageMediaStory','peer':" PEER42
	  ",'id':7,'story':{'_':'storyItem','id':7,"
	  "'date':50,'expire_date':60,'caption':'C','entities':[{'_':'messageEntityBold','offset':0,"
	  "'length':1}],'media':{'_':'messageMediaWebPage','webpage':{'_':'webPageEmpty','id':1,"
	  "'url':'u'}}}}",
		"{'media':{'kind':'story','chat':42,'id':7,'date':50,'text':'C','entities':" BOLD
		",'media':{'kind':'link','preview':{'url':'u'}}}}" },
	{ "'media':{'_':'messageMediaStory','peer':" PEER42
	  ",'id':7,'story':{'_':'storyItemDeleted',"
	  "'id':7}}",
		"{'media':{'kind':'story','chat':42,'id':7}}" },
	{ "'media':{'_':'messageMediaVideoStream','rtmp_stream':true,'call':{'_':'inputGroupCall',"
	  "'id':1,'access_hash':2}}",
		"{'media':{'kind':'call_stream','rtmp':true}}" },
	{ "'media':{'_':'messageMediaUnsupported'}",
		"{'media':{'kind':'unsupported','name':'messageMediaUnsupported'}}" },
	/* buttons */
	{ "'reply_markup':{'_':'replyInlineMarkup','rows':[{'_':'keyboardButtonRow','buttons':["
	  "{'_':'keyboardButtonUrl','text':'a','url':'u'},"
	  "{'_':'keyboardButtonCallback','text':'b','data':'d'}]},"
	  "{'_':'keyboardButtonRow','buttons':["
	  "{'_':'keyboardButtonWebView','text':'c','url':'u'},"
	  "{'_':'keyboardButtonSimpleWebView','text':'c','url':'u'},"
	  "{'_':'keyboardButtonSwitchInline','text':'d','query':'q'},"
	  "{'_':'keyboardButtonBuy','text':'e'},{'_':'keyboardButtonGame','text':'f'},"
	  "{'_':'keyboardButtonUrlAuth','text':'g','url':'u','button_id':1},"
	  "{'_':'keyboardButtonUserProfile','text':'h','user_id':42},"
	  "{'_':'keyboardButtonCopy','text':'i','copy_text':'x'}]}]}",
		"{'buttons':[[{'text':'a','url':'u'},{'text':'b','type':'callback'}],"
		"[{'text':'c','type':'webview','url':'u'},{'text':'c','type':'webview','url':'u'},"
		"{'text':'d','type':'switch','query':'q'},{'text':'e','type':'buy'},"
		"{'text':'f','type':'game'},{'text':'g','type':'login','url':'u'},"
		"{'text':'h','type':'user','user':42},{'text':'i','type':'copy','copy':'x'}]]}" },
	{ "'reply_markup':{'_':'replyKeyboardMarkup','rows':[{'_':'keyboardButtonRow','buttons':["
	  "{'_':'keyboardButton','text':'a'},{'_':'keyboardButtonRequestPhone','text':'b'},"
	  "{'_':'keyboardButtonRequestGeoLocation','text':'c'},"
	  "{'_':'keyboardButtonRequestPoll','text':'d'},"
	  "{'_':'keyboardButtonRequestPeer','text':'e','button_id':1,'peer_type':"
	  "{'_':'requestPeerTypeUser'},'max_quantity':1}]}]}",
		"{'buttons':[[{'text':'a','type':'text'},{'text':'b','type':'request','what':'phone'},"
		"{'text':'c','type':'request','what':'location'},"
		"{'text':'d','type':'request','what':'poll'},"
		"{'text':'e','type':'request','what':'peer'}]]}" },
	{ "'reply_markup':{'_':'replyKeyboardHide'}", "" },
	{ "'reply_markup':{'_':'replyKeyboardForceReply','placeholder':'p'}", "" },
	/* what few messages have */
	{ "'factcheck':{'_':'factCheck','country':'DE','text':" FORMATTED ",'hash':1}",
		"{'factcheck':{'text':'T','entities':" BOLD ",'country':'DE'}}" },
	{ "'factcheck':{'_':'factCheck','need_check':true,'hash':1}", "" },
	{ "'suggested_post':{'_':'suggestedPost','accepted':true,'price':{'_':'starsAmount',"
	  "'amount':5,'nanos':6},'schedule_date':9},'paid_suggested_post_ton':true",
		"{'suggested':{'price':{'amount':5,'nanos':6,'currency':'XTR'},'accepted':true,"
		"'date':9},'suggested_paid':'ton'}" },
	{ "'suggested_post':{'_':'suggestedPost','rejected':true,'price':{'_':'starsTonAmount',"
	  "'amount':5}},'paid_suggested_post_stars':true",
		"{'suggested':{'price':{'amount':5,'currency':'TON'},'rejected':true},"
		"'suggested_paid':'stars'}" },
	{ "'restriction_reason':[{'_':'restrictionReason','platform':'all','reason':'porn',"
	  "'text':'No.'}]",
		"{'restricted':[{'platform':'all','reason':'porn','text':'No.'}]}" },
	{ "'rich_message':{'_':'richMessage','photos':[" PHOTO "],'documents':[" DOCUMENT(
		  "") "],'blocks':["
		      "{'_':'pageBlockHeader','text':{'_':'textBold','text':{'_':'textPlain','text':'Head'}}},"
		      "{'_':'pageBlockParagraph','text':{'_':'textConcat','texts':[{'_':'textPlain','text':'a '},"
		      "{'_':'textUrl','text':{'_':'textPlain','text':'b'},'url':'u','webpage_id':1},"
		      "{'_':'textCustomEmoji','document_id':1,'alt':'😀'}]}},"
		      "{'_':'pageBlockDivider'},"
		      "{'_':'pageBlockList','items':[{'_':'pageListItemText','text':{'_':'textPlain','text':'one'}},"
		      "{'_':'pageListItemBlocks','blocks':[{'_':'pageBlockPreformatted','text':"
		      "{'_':'textPlain','text':'two'},'language':'c'}]}]},"
		      "{'_':'pageBlockTable','title':{'_':'textEmpty'},'rows':[{'_':'pageTableRow','cells':["
		      "{'_':'pageTableCell','text':{'_':'textPlain','text':'x'}},"
		      "{'_':'pageTableCell','text':{'_':'textPlain','text':'y'}}]}]},"
		      "{'_':'pageBlockPhoto','photo_id':17,'caption':{'_':'pageCaption','text':"
		      "{'_':'textPlain','text':'cap'},'credit':{'_':'textEmpty'}}}]}",
		"{'rich':'Head\\na b😀\\none\\ntwo\\nx\\ty\\t\\ncap','rich_files':[{'id':17,'size':3000,"
		"'w':1280,'h':720}," FILE18 "]}" },
};

#endif
