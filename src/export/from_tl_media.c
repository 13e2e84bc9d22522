/* SPDX-License-Identifier: MIT */
/* Media, one function a kind. */
#include <math.h>

#include "export/from_tl_impl.h"

typedef void (*media_fn)(struct from_tl *f, const union tl_MessageMedia *media);

static void kind(struct from_tl *f, const char *name)
{
	put_cstr(f, "kind", name);
}

static void expired(struct from_tl *f, const char *what)
{
	kind(f, "expired");
	put_cstr(f, "what", what);
}

/* ---- files ---- */

static void photo(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaPhoto *m = &media->messageMediaPhoto;

	if (m->photo) {
		kind(f, "photo");
		put_photo(f, "file", m->photo);
	} else {
		expired(f, "photo");
	}
	put_document(f, "live", m->video);
	put_i64(f, "ttl", m->ttl_seconds);
}

/* The attributes that say what a document is. */
struct nature {
	const struct tl_documentAttributeAudio *audio;
	const struct tl_documentAttributeVideo *video;
	struct tobs_view emoji;
	const union tl_InputStickerSet *set; /* not NULL: a sticker */
	bool animated;
};

static struct nature nature_of(const union tl_Document *document)
{
	struct nature n = { 0 };

	for (uint32_t i = 0;
		document->ctor == TL_document && i < document->document.attributes.count; i++) {
		const union tl_DocumentAttribute *a = document->document.attributes.items[i];

		switch (a->ctor) {
		case TL_documentAttributeAudio: n.audio = &a->documentAttributeAudio; break;
		case TL_documentAttributeVideo: n.video = &a->documentAttributeVideo; break;
		case TL_documentAttributeAnimated: n.animated = true; break;
		case TL_documentAttributeSticker:
			n.emoji = a->documentAttributeSticker.alt;
			n.set = a->documentAttributeSticker.stickerset;
			break;
		case TL_documentAttributeCustomEmoji:
			n.emoji = a->documentAttributeCustomEmoji.alt;
			n.set = a->documentAttributeCustomEmoji.stickerset;
			break;
		default: break;
		}
	}
	return n;
}

static const char *kind_of(const struct nature *n)
{
	if (n->set)
		return "sticker";
	if (n->audio)
		return n->audio->voice ? "voice" : "audio";
	if (n->video && n->video->round_message)
		return "round";
	if (n->animated)
		return "animation";
	return n->video ? "video" : "document";
}

static void put_set(struct from_tl *f, const union tl_InputStickerSet *set)
{
	if (set->ctor == TL_inputStickerSetID)
		put_i64(f, "set", set->inputStickerSetID.id);
	else if (set->ctor == TL_inputStickerSetShortName)
		put_str(f, "set", set->inputStickerSetShortName.short_name);
}

static void present(struct from_tl *f, const union tl_Document *document)
{
	struct nature n = nature_of(document);

	kind(f, kind_of(&n));
	put_document(f, "file", document);
	if (n.set) {
		put_str(f, "emoji", n.emoji);
		put_set(f, n.set);
	} else if (n.audio) {
		put_str(f, "title", n.audio->title);
		put_str(f, "performer", n.audio->performer);
		put_base64(f, "waveform", n.audio->waveform);
	}
}

static void document(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaDocument *m = &media->messageMediaDocument;

	if (m->document)
		present(f, m->document);
	else
		expired(f,
			m->round           ? "round"
				: m->video ? "video"
				: m->voice ? "voice"
					   : "document");
	put_photo(f, "cover", m->video_cover);
	put_i64(f, "start", m->video_timestamp);
	put_i64(f, "ttl", m->ttl_seconds);
}

/* ---- places and people ---- */

/* Always, and always with a point; what is no number is no place. */
static void put_degrees(struct from_tl *f, const char *key, double d)
{
	if (!isfinite(d))
		return;
	jsonw_key(&f->w, key);
	jsonw_double(&f->w, d);
}

static void put_point(struct from_tl *f, const union tl_GeoPoint *geo)
{
	if (geo->ctor != TL_geoPoint)
		return;
	put_degrees(f, "lat", geo->geoPoint.lat);
	put_degrees(f, "long", geo->geoPoint.long_);
	put_i64(f, "accuracy", geo->geoPoint.accuracy_radius);
}

static void geo(struct from_tl *f, const union tl_MessageMedia *media)
{
	kind(f, "location");
	put_point(f, media->messageMediaGeo.geo);
}

static void geo_live(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaGeoLive *m = &media->messageMediaGeoLive;

	kind(f, "location");
	put_point(f, m->geo);
	put_number(f, "live", m->period);
	put_i64(f, "heading", m->heading);
	put_i64(f, "radius", m->proximity_notification_radius);
}

static void venue(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaVenue *m = &media->messageMediaVenue;

	kind(f, "venue");
	put_point(f, m->geo);
	put_str(f, "title", m->title);
	put_str(f, "address", m->address);
	put_str(f, "provider", m->provider);
	put_str(f, "venue_id", m->venue_id);
	put_str(f, "type", m->venue_type);
}

static void contact(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaContact *m = &media->messageMediaContact;

	kind(f, "contact");
	put_str(f, "first", m->first_name);
	put_str(f, "last", m->last_name);
	put_str(f, "phone", m->phone_number);
	put_i64(f, "user", m->user_id);
	put_str(f, "vcard", m->vcard);
}

/* ---- polls and lists ---- */

/* All there is to an answer but its votes. */
void put_poll_answer(struct from_tl *f, const union tl_PollAnswer *answer)
{
	const struct tl_pollAnswer *a = &answer->pollAnswer;

	if (answer->ctor != TL_pollAnswer)
		return;
	put_formatted(f, "text", "entities", a->text);
	put_media(f, "media", a->media);
	put_peer(f, "by", a->added_by);
	put_i64(f, "date", a->date);
}

static const struct tl_pollAnswerVoters *voters_of(
	const struct tl_pollResults *results, struct tobs_view option)
{
	for (uint32_t i = 0; i < results->results.count; i++)
		if (tobs_view_eq(results->results.items[i]->option, option))
			return results->results.items[i];
	return NULL;
}

void write_poll_results(struct from_tl *f, const struct tl_messageMediaPoll *media)
{
	const struct tl_vec_PollAnswer *answers = &media->poll->answers;

	jsonw_array(&f->w);
	for (uint32_t i = 0; i < answers->count; i++) {
		const union tl_PollAnswer *a = answers->items[i];
		const struct tl_pollAnswerVoters *v;

		if (a->ctor != TL_pollAnswer)
			continue;
		v = voters_of(media->results, a->pollAnswer.option);
		jsonw_object(&f->w);
		put_poll_answer(f, a);
		put_number(f, "voters", v ? v->voters : 0);
		put_true(f, "chosen", v && v->chosen);
		put_true(f, "correct", v && v->correct);
		jsonw_end(&f->w);
	}
	jsonw_end(&f->w);
}

static void write_answer_texts(struct from_tl *f, const struct tl_vec_PollAnswer *answers)
{
	jsonw_key(&f->w, "answers");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < answers->count; i++)
		if (answers->items[i]->ctor == TL_pollAnswer)
			jsonw_str_v(&f->w, answers->items[i]->pollAnswer.text->text);
	jsonw_end(&f->w);
}

static void poll(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaPoll *m = &media->messageMediaPoll;
	const struct tl_poll *p = m->poll;

	kind(f, "poll");
	put_formatted(f, "question", "entities", p->question);
	put_true(f, "quiz", p->quiz);
	put_true(f, "multiple", p->multiple_choice);
	put_true(f, "public", p->public_voters);
	put_i64(f, "close_date", p->close_date);
	put_i64(f, "close_period", p->close_period);
	put_strings(f, "countries", &p->countries_iso2);
	put_str(f, "solution", m->results->solution);
	put_entities(f, "solution_entities", &m->results->solution_entities);
	put_media(f, "solution_media", m->results->solution_media);
	put_media(f, "attached", m->attached_media);
	write_answer_texts(f, &p->answers);
	/* The message's own poll has a row of its own. */
	if (f->depth == 1)
		return;
	put_true(f, "closed", p->closed);
	put_number(f, "voters", m->results->total_voters);
	jsonw_key(&f->w, "results");
	write_poll_results(f, m);
}

void write_todo_item(struct from_tl *f, const struct tl_todoItem *item,
	const struct tl_vec_TodoCompletion *completions)
{
	jsonw_object(&f->w);
	put_number(f, "id", item->id);
	put_formatted(f, "text", "entities", item->title);
	for (uint32_t i = 0; completions && i < completions->count; i++) {
		const struct tl_todoCompletion *c = completions->items[i];

		if (c->id != item->id)
			continue;
		put_peer(f, "done_by", c->completed_by);
		put_i64(f, "done", c->date);
		break;
	}
	jsonw_end(&f->w);
}

static void todo(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaToDo *m = &media->messageMediaToDo;

	kind(f, "todo");
	put_formatted(f, "title", "entities", m->todo->title);
	jsonw_key(&f->w, "items");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < m->todo->list.count; i++)
		write_todo_item(f, m->todo->list.items[i], &m->completions);
	jsonw_end(&f->w);
	put_true(f, "others_append", m->todo->others_can_append);
	put_true(f, "others_complete", m->todo->others_can_complete);
}

/* ---- games and money ---- */

static void dice(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaDice *m = &media->messageMediaDice;

	kind(f, "dice");
	put_str(f, "emoji", m->emoticon);
	put_number(f, "value", m->value);
	if (m->game_outcome) {
		put_number(f, "stake", m->game_outcome->stake_ton_amount);
		put_number(f, "won", m->game_outcome->ton_amount);
	}
}

static void game(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_game *g = media->messageMediaGame.game;

	kind(f, "game");
	put_str(f, "title", g->title);
	put_str(f, "description", g->description);
	put_str(f, "short_name", g->short_name);
	put_photo(f, "photo", g->photo);
	put_document(f, "document", g->document);
}

static void put_web_document(struct from_tl *f, const char *key, const union tl_WebDocument *doc)
{
	const struct tl_webDocumentNoProxy *n;
	const struct tl_webDocument *d;

	if (!doc)
		return;
	jsonw_key(&f->w, key);
	jsonw_object(&f->w);
	if (doc->ctor == TL_webDocument) {
		d = &doc->webDocument;
		put_str(f, "url", d->url);
		put_str(f, "mime", d->mime_type);
		put_i64(f, "size", d->size);
	} else {
		n = &doc->webDocumentNoProxy;
		put_str(f, "url", n->url);
		put_str(f, "mime", n->mime_type);
		put_i64(f, "size", n->size);
	}
	jsonw_end(&f->w);
}

static void write_extended(struct from_tl *f, const union tl_MessageExtendedMedia *media)
{
	const struct tl_messageExtendedMediaPreview *p = &media->messageExtendedMediaPreview;

	if (media->ctor == TL_messageExtendedMedia) {
		write_media(f, media->messageExtendedMedia.media);
		return;
	}
	jsonw_object(&f->w);
	kind(f, "preview");
	put_i64(f, "w", p->w);
	put_i64(f, "h", p->h);
	put_i64(f, "duration", p->video_duration);
	jsonw_end(&f->w);
}

static void invoice(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaInvoice *m = &media->messageMediaInvoice;

	kind(f, "invoice");
	put_str(f, "title", m->title);
	put_str(f, "description", m->description);
	put_str(f, "currency", m->currency);
	put_number(f, "amount", m->total_amount);
	put_true(f, "test", m->test);
	put_i64(f, "receipt", m->receipt_msg_id);
	put_web_document(f, "photo", m->photo);
	if (m->extended_media) {
		jsonw_key(&f->w, "media");
		write_extended(f, m->extended_media);
	}
}

static void paid(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaPaidMedia *m = &media->messageMediaPaidMedia;

	kind(f, "paid");
	put_number(f, "stars", m->stars_amount);
	jsonw_key(&f->w, "items");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < m->extended_media.count; i++)
		write_extended(f, m->extended_media.items[i]);
	jsonw_end(&f->w);
}

void put_amount(struct from_tl *f, const char *key, const union tl_StarsAmount *amount)
{
	bool stars;

	if (!amount)
		return;
	stars = amount->ctor == TL_starsAmount;
	jsonw_key(&f->w, key);
	jsonw_object(&f->w);
	put_number(f, "amount", stars ? amount->starsAmount.amount : amount->starsTonAmount.amount);
	if (stars)
		put_i64(f, "nanos", amount->starsAmount.nanos);
	put_cstr(f, "currency", stars ? "XTR" : "TON");
	jsonw_end(&f->w);
}

static void put_channels(struct from_tl *f, const struct tl_vec_long *channels)
{
	jsonw_key(&f->w, "channels");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < channels->count; i++)
		jsonw_i64(&f->w, mark_channel(channels->items[i]));
	jsonw_end(&f->w);
}

static void giveaway(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaGiveaway *m = &media->messageMediaGiveaway;

	kind(f, "giveaway");
	put_channels(f, &m->channels);
	put_strings(f, "countries", &m->countries_iso2);
	put_str(f, "prize", m->prize_description);
	put_number(f, "quantity", m->quantity);
	put_i64(f, "months", m->months);
	put_i64(f, "stars", m->stars);
	put_i64(f, "until", m->until_date);
	put_true(f, "only_new", m->only_new_subscribers);
	put_true(f, "winners_visible", m->winners_are_visible);
}

static void giveaway_results(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaGiveawayResults *m = &media->messageMediaGiveawayResults;

	kind(f, "giveaway_results");
	put_number(f, "channel", mark_channel(m->channel_id));
	put_i64(f, "launch", m->launch_msg_id);
	put_longs(f, "winners", &m->winners);
	put_number(f, "winners_count", m->winners_count);
	put_i64(f, "unclaimed", m->unclaimed_count);
	put_i64(f, "months", m->months);
	put_i64(f, "stars", m->stars);
	put_str(f, "prize", m->prize_description);
	put_i64(f, "until", m->until_date);
	put_i64(f, "additional", m->additional_peers_count);
	put_true(f, "only_new", m->only_new_subscribers);
	put_true(f, "refunded", m->refunded);
}

/* ---- and the rest ---- */

static void story(struct from_tl *f, const union tl_MessageMedia *media)
{
	const struct tl_messageMediaStory *m = &media->messageMediaStory;

	kind(f, "story");
	put_peer(f, "chat", m->peer);
	put_number(f, "id", m->id);
	put_true(f, "mention", m->via_mention);
	if (m->story && m->story->ctor == TL_storyItem) {
		put_i64(f, "date", m->story->storyItem.date);
		put_str(f, "text", m->story->storyItem.caption);
		put_entities(f, "entities", &m->story->storyItem.entities);
		put_media(f, "media", m->story->storyItem.media);
	}
}

static void video_stream(struct from_tl *f, const union tl_MessageMedia *media)
{
	kind(f, "call_stream");
	put_true(f, "rtmp", media->messageMediaVideoStream.rtmp_stream);
}

/* A message has its preview beside the media; inside other media it stands here. */
static void web_page(struct from_tl *f, const union tl_MessageMedia *media)
{
	kind(f, "link");
	put_preview(f, media->messageMediaWebPage.webpage);
}

static void unsupported(struct from_tl *f, const union tl_MessageMedia *media)
{
	const char *name = tl_name(media->ctor);

	kind(f, "unsupported");
	put_cstr(f, "name", name ? name : "");
}

static const struct media_row {
	uint32_t ctor;
	media_fn fn;
} rows[] = {
	{ TL_messageMediaPhoto, photo },
	{ TL_messageMediaDocument, document },
	{ TL_messageMediaPoll, poll },
	{ TL_messageMediaGeo, geo },
	{ TL_messageMediaGeoLive, geo_live },
	{ TL_messageMediaVenue, venue },
	{ TL_messageMediaContact, contact },
	{ TL_messageMediaDice, dice },
	{ TL_messageMediaGame, game },
	{ TL_messageMediaInvoice, invoice },
	{ TL_messageMediaPaidMedia, paid },
	{ TL_messageMediaToDo, todo },
	{ TL_messageMediaStory, story },
	{ TL_messageMediaGiveaway, giveaway },
	{ TL_messageMediaGiveawayResults, giveaway_results },
	{ TL_messageMediaVideoStream, video_stream },
	{ TL_messageMediaWebPage, web_page },
};

void write_media(struct from_tl *f, const union tl_MessageMedia *media)
{
	media_fn fn = unsupported;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].ctor == media->ctor)
			fn = rows[i].fn;
	jsonw_object(&f->w);
	f->depth++;
	fn(f, media);
	f->depth--;
	jsonw_end(&f->w);
}

void put_media(struct from_tl *f, const char *key, const union tl_MessageMedia *media)
{
	if (!media || media->ctor == TL_messageMediaEmpty)
		return;
	jsonw_key(&f->w, key);
	write_media(f, media);
}
