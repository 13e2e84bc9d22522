/* SPDX-License-Identifier: MIT */
/* What can be said about a message from its structs alone. */
#include "sim/history.h"
#include "sim/inner.h"

void *sim_new(struct tobs_arena *arena, size_t size, uint32_t ctor)
{
	uint32_t *object = tobs_arena_zalloc(arena, size);

	if (object)
		*object = ctor;
	return object;
}

int32_t sim_message_id(const union tl_Message *m)
{
	switch (m->ctor) {
	case TL_message: return m->message.id;
	case TL_messageService: return m->messageService.id;
	default: return m->messageEmpty.id;
	}
}

int32_t sim_message_date(const union tl_Message *m)
{
	switch (m->ctor) {
	case TL_message: return m->message.date;
	case TL_messageService: return m->messageService.date;
	default: return 0;
	}
}

int64_t sim_message_from(const union tl_Message *m)
{
	switch (m->ctor) {
	case TL_message: return sim_peer_of(m->message.from_id);
	case TL_messageService: return sim_peer_of(m->messageService.from_id);
	default: return 0;
	}
}

const union tl_MessageReplyHeader *sim_message_reply(const union tl_Message *m)
{
	switch (m->ctor) {
	case TL_message: return m->message.reply_to;
	case TL_messageService: return m->messageService.reply_to;
	default: return NULL;
	}
}

static uint32_t document_class(const struct tl_messageMediaDocument *media)
{
	const struct tl_document *d;
	uint32_t class = SIM_DOCUMENT;

	if (!media->document || media->document->ctor != TL_document)
		return 0;
	d = &media->document->document;
	for (uint32_t i = 0; i < d->attributes.count; i++) {
		const union tl_DocumentAttribute *a = d->attributes.items[i];

		switch (a->ctor) {
		case TL_documentAttributeAnimated: return SIM_GIF;
		case TL_documentAttributeSticker:
		case TL_documentAttributeCustomEmoji: return SIM_STICKER;
		case TL_documentAttributeAudio:
			class = a->documentAttributeAudio.voice ? SIM_VOICE : SIM_MUSIC;
			break;
		case TL_documentAttributeVideo:
			class = a->documentAttributeVideo.round_message ? SIM_ROUND : SIM_VIDEO;
			break;
		default: break;
		}
	}
	return class;
}

static uint32_t media_class(const union tl_MessageMedia *media)
{
	switch (media ? media->ctor : 0) {
	case TL_messageMediaPhoto: return SIM_PHOTO;
	case TL_messageMediaDocument: return document_class(&media->messageMediaDocument);
	case TL_messageMediaWebPage: return SIM_URL;
	case TL_messageMediaGeo:
	case TL_messageMediaGeoLive:
	case TL_messageMediaVenue: return SIM_GEO;
	case TL_messageMediaContact: return SIM_CONTACT;
	case TL_messageMediaPoll: return SIM_POLL;
	default: return 0;
	}
}

static uint32_t service_class(const struct tl_messageService *s)
{
	const union tl_PhoneCallDiscardReason *reason;

	switch (s->action ? s->action->ctor : 0) {
	case TL_messageActionChatEditPhoto: return SIM_CHAT_PHOTO;
	case TL_messageActionPhoneCall:
		reason = s->action->messageActionPhoneCall.reason;
		return SIM_PHONE_CALL |
			(reason && reason->ctor == TL_phoneCallDiscardReasonMissed ? SIM_MISSED_CALL
										   : 0);
	default: return 0;
	}
}

uint32_t sim_message_classes(const union tl_Message *m)
{
	uint32_t classes;

	if (m->ctor == TL_messageService)
		return service_class(&m->messageService) |
			(m->messageService.mentioned ? SIM_MENTION : 0);
	if (m->ctor != TL_message)
		return 0;
	classes = media_class(m->message.media);
	if (m->message.mentioned)
		classes |= SIM_MENTION;
	if (m->message.pinned)
		classes |= SIM_PINNED;
	for (uint32_t i = 0; i < m->message.entities.count; i++) {
		uint32_t ctor = m->message.entities.items[i]->ctor;

		if (ctor == TL_messageEntityUrl || ctor == TL_messageEntityTextUrl)
			classes |= SIM_URL;
	}
	return classes;
}

uint32_t sim_filter_classes(const union tl_MessagesFilter *f, bool *ret_known)
{
	*ret_known = true;
	switch (f->ctor) {
	case TL_inputMessagesFilterEmpty: return 0;
	case TL_inputMessagesFilterPhotos: return SIM_PHOTO;
	case TL_inputMessagesFilterVideo: return SIM_VIDEO;
	case TL_inputMessagesFilterPhotoVideo: return SIM_PHOTO | SIM_VIDEO;
	case TL_inputMessagesFilterDocument: return SIM_DOCUMENT;
	case TL_inputMessagesFilterUrl: return SIM_URL;
	case TL_inputMessagesFilterGif: return SIM_GIF;
	case TL_inputMessagesFilterVoice: return SIM_VOICE;
	case TL_inputMessagesFilterMusic: return SIM_MUSIC;
	case TL_inputMessagesFilterChatPhotos: return SIM_CHAT_PHOTO;
	case TL_inputMessagesFilterPhoneCalls:
		return f->inputMessagesFilterPhoneCalls.missed ? SIM_MISSED_CALL : SIM_PHONE_CALL;
	case TL_inputMessagesFilterRoundVoice: return SIM_ROUND | SIM_VOICE;
	case TL_inputMessagesFilterRoundVideo: return SIM_ROUND;
	case TL_inputMessagesFilterMyMentions: return SIM_MENTION;
	case TL_inputMessagesFilterGeo: return SIM_GEO;
	case TL_inputMessagesFilterContacts: return SIM_CONTACT;
	case TL_inputMessagesFilterPinned: return SIM_PINNED;
	case TL_inputMessagesFilterPoll: return SIM_POLL;
	default: *ret_known = false; return 0;
	}
}
