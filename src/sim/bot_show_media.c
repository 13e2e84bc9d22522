/* SPDX-License-Identifier: MIT */
/* What messages hold: photos, documents of all kinds, places, people, polls, dice. */
#include "base/attr.h"
#include "sim/bot_file.h"
#include "sim/inner.h"

/* ---- photos and thumbnails ---- */

struct size {
	char letter;
	int32_t w, h;
	int64_t bytes;
};

/* False for what is no size of its own: the stripped one, outlines. */
static bool read_size(const union tl_PhotoSize *p, struct size *ret)
{
	const struct tl_photoSizeProgressive *g = &p->photoSizeProgressive;

	switch (p->ctor) {
	case TL_photoSize:
		*ret = (struct size){ 0, p->photoSize.w, p->photoSize.h, p->photoSize.size };
		break;
	case TL_photoSizeProgressive:
		*ret = (struct size){ 0, g->w, g->h,
			g->sizes.count ? g->sizes.items[g->sizes.count - 1] : 0 };
		break;
	default: return false;
	}
	ret->letter = p->photoSize.type.len ? (char)p->photoSize.type.ptr[0] : 0;
	return true;
}

static int show_size(const struct bot_show *s, enum bot_file_kind kind, int64_t id,
	const struct size *size, struct tobs_photo_size *out)
{
	const struct bot_file_ref ref = { kind, size->letter, id };

	out->file_id = bot_file_id(s, &ref);
	out->file_unique_id = bot_file_unique_id(s, &ref);
	out->width = size->w;
	out->height = size->h;
	out->file_size = size->bytes;
	return out->file_id && out->file_unique_id ? TOBS_OK : TOBS_ENOMEM;
}

int show_photo(const struct bot_show *s, const union tl_Photo *p, struct tobs_photo_size_array *ret)
{
	struct tobs_photo_size *items;
	struct size size;
	size_t n = 0;
	int r = TOBS_OK;

	if (!p || p->ctor != TL_photo)
		return TOBS_OK;
	items = TOBS_ARENA_ARRAY(s->arena, p->photo.sizes.count + 1, struct tobs_photo_size);
	if (!items)
		return TOBS_ENOMEM;
	for (uint32_t i = 0; i < p->photo.sizes.count && !r; i++)
		if (read_size(p->photo.sizes.items[i], &size))
			r = show_size(s, BOT_FILE_PHOTO, p->photo.id, &size, &items[n++]);
	*ret = (struct tobs_photo_size_array){ items, n };
	return r;
}

static const struct tobs_photo_size *show_thumb(
	const struct bot_show *s, const struct tl_document *d)
{
	struct tobs_photo_size *out;
	struct size size;

	for (uint32_t i = d->thumbs.count; i-- > 0;) {
		if (!read_size(d->thumbs.items[i], &size))
			continue;
		out = TOBS_ARENA_NEW(s->arena, struct tobs_photo_size);
		return out && !show_size(s, BOT_FILE_THUMBNAIL, d->id, &size, out) ? out : NULL;
	}
	return NULL;
}

/* ---- documents ---- */

/* What the attributes say. */
struct about {
	enum bot_file_kind kind;
	const char *id, *unique_id, *name, *mime;
	int64_t size, duration, w, h;
	const struct tobs_photo_size *thumb;
	const struct tl_documentAttributeAudio *audio;
	const struct tl_documentAttributeSticker *sticker;
	const struct tl_documentAttributeCustomEmoji *emoji;
};

static void read_attribute(
	const struct bot_show *s, const union tl_DocumentAttribute *a, struct about *ret)
{
	switch (a->ctor) {
	case TL_documentAttributeFilename:
		ret->name = show_opt(s, a->documentAttributeFilename.file_name);
		break;
	case TL_documentAttributeImageSize:
		ret->w = a->documentAttributeImageSize.w;
		ret->h = a->documentAttributeImageSize.h;
		break;
	case TL_documentAttributeVideo:
		ret->w = a->documentAttributeVideo.w;
		ret->h = a->documentAttributeVideo.h;
		ret->duration = (int64_t)a->documentAttributeVideo.duration;
		break;
	case TL_documentAttributeAudio:
		ret->audio = &a->documentAttributeAudio;
		ret->duration = a->documentAttributeAudio.duration;
		break;
	case TL_documentAttributeSticker: ret->sticker = &a->documentAttributeSticker; break;
	case TL_documentAttributeCustomEmoji: ret->emoji = &a->documentAttributeCustomEmoji; break;
	default: break;
	}
}

static int read_about(const struct bot_show *s, const struct tl_document *d, struct about *ret)
{
	struct bot_file_ref ref = { bot_file_kind_of(d), 0, d->id };

	*ret = (struct about){ .kind = ref.kind, .size = d->size };
	ret->id = bot_file_id(s, &ref);
	ret->unique_id = bot_file_unique_id(s, &ref);
	ret->mime = show_opt(s, d->mime_type);
	ret->thumb = show_thumb(s, d);
	for (uint32_t i = 0; i < d->attributes.count; i++)
		read_attribute(s, d->attributes.items[i], ret);
	return ret->id && ret->unique_id ? TOBS_OK : TOBS_ENOMEM;
}

static const char *set_name(const struct bot_show *s, const union tl_InputStickerSet *set)
{
	if (!set)
		return NULL;
	if (set->ctor == TL_inputStickerSetShortName)
		return show_text(s, set->inputStickerSetShortName.short_name);
	if (set->ctor != TL_inputStickerSetID)
		return NULL;
	ARRAY_EACH (known, &s->world->sticker_sets)
		if ((*known)->id == set->inputStickerSetID.id)
			return show_text(s, (*known)->short_name);
	return NULL;
}

static const struct tobs_sticker *show_sticker(
	const struct bot_show *s, const struct about *a, const struct tl_document *d)
{
	struct tobs_sticker *out = TOBS_ARENA_NEW(s->arena, struct tobs_sticker);
	struct tobs_view alt = a->emoji ? a->emoji->alt
		: a->sticker            ? a->sticker->alt
					: tobs_str("");

	if (!out)
		return NULL;
	out->file_id = a->id;
	out->file_unique_id = a->unique_id;
	out->type = a->emoji                     ? TOBS_STICKER_TYPE_CUSTOM_EMOJI
		: a->sticker && a->sticker->mask ? TOBS_STICKER_TYPE_MASK
						 : TOBS_STICKER_TYPE_REGULAR;
	out->width = a->w ? a->w : 512;
	out->height = a->h ? a->h : 512;
	out->is_animated = tobs_view_is(d->mime_type, "application/x-tgsticker");
	out->is_video = tobs_view_is(d->mime_type, "video/webm");
	out->thumbnail = a->thumb;
	out->emoji = show_opt(s, alt);
	out->set_name = set_name(s,
		a->emoji             ? a->emoji->stickerset
			: a->sticker ? a->sticker->stickerset
				     : NULL);
	if (a->emoji)
		out->custom_emoji_id = show_number(s, d->id);
	out->file_size = a->size;
	return out;
}

static const void *show_sound(const struct bot_show *s, const struct about *a)
{
	struct tobs_audio *audio;
	struct tobs_voice *voice;

	if (a->kind == BOT_FILE_VOICE) {
		voice = TOBS_ARENA_NEW(s->arena, struct tobs_voice);
		if (voice)
			*voice = (struct tobs_voice){ .file_id = a->id,
				.file_unique_id = a->unique_id,
				.duration = a->duration,
				.mime_type = a->mime,
				.file_size = a->size };
		return voice;
	}
	audio = TOBS_ARENA_NEW(s->arena, struct tobs_audio);
	if (audio)
		*audio = (struct tobs_audio){ .file_id = a->id,
			.file_unique_id = a->unique_id,
			.duration = a->duration,
			.performer = a->audio ? show_opt(s, a->audio->performer) : NULL,
			.title = a->audio ? show_opt(s, a->audio->title) : NULL,
			.file_name = a->name,
			.mime_type = a->mime,
			.file_size = a->size,
			.thumbnail = a->thumb };
	return audio;
}

static const void *show_moving(const struct bot_show *s, const struct about *a)
{
	struct tobs_video *video;
	struct tobs_video_note *note;
	struct tobs_animation *gif;

	switch (a->kind) {
	case BOT_FILE_VIDEO_NOTE:
		note = TOBS_ARENA_NEW(s->arena, struct tobs_video_note);
		if (note)
			*note = (struct tobs_video_note){ a->id, a->unique_id, a->w, a->duration,
				a->thumb, a->size, false };
		return note;
	case BOT_FILE_ANIMATION:
		gif = TOBS_ARENA_NEW(s->arena, struct tobs_animation);
		if (gif)
			*gif = (struct tobs_animation){ a->id, a->unique_id, a->w, a->h,
				a->duration, a->thumb, a->name, a->mime, a->size, false };
		return gif;
	default:
		video = TOBS_ARENA_NEW(s->arena, struct tobs_video);
		if (video)
			*video = (struct tobs_video){ .file_id = a->id,
				.file_unique_id = a->unique_id,
				.width = a->w,
				.height = a->h,
				.duration = a->duration,
				.thumbnail = a->thumb,
				.file_name = a->name,
				.mime_type = a->mime,
				.file_size = a->size };
		return video;
	}
}

static const struct tobs_document *show_plain(const struct bot_show *s, const struct about *a)
{
	struct tobs_document *out = TOBS_ARENA_NEW(s->arena, struct tobs_document);

	if (out)
		*out = (struct tobs_document){ a->id, a->unique_id, a->thumb, a->name, a->mime,
			a->size, false };
	return out;
}

int show_document(
	const struct bot_show *s, const union tl_Document *document, struct tobs_message *ret)
{
	struct about a;
	int r;

	if (!document || document->ctor != TL_document)
		return TOBS_OK;
	r = read_about(s, &document->document, &a);
	if (r)
		return r;
	switch (a.kind) {
	case BOT_FILE_STICKER: ret->sticker = show_sticker(s, &a, &document->document); break;
	case BOT_FILE_VOICE: ret->voice = show_sound(s, &a); break;
	case BOT_FILE_AUDIO: ret->audio = show_sound(s, &a); break;
	case BOT_FILE_VIDEO: ret->video = show_moving(s, &a); break;
	case BOT_FILE_VIDEO_NOTE: ret->video_note = show_moving(s, &a); break;
	case BOT_FILE_ANIMATION:
		ret->animation = show_moving(s, &a);
		/* For bots from before there were animations. */
		ret->document = show_plain(s, &a);
		break;
	default: ret->document = show_plain(s, &a); break;
	}
	return TOBS_OK;
}

/* ---- places, people, dice ---- */

static const struct tobs_location *show_place(
	const struct bot_show *s, const union tl_GeoPoint *geo)
{
	struct tobs_location *out = TOBS_ARENA_NEW(s->arena, struct tobs_location);

	if (!out || !geo || geo->ctor != TL_geoPoint)
		return out;
	out->latitude = geo->geoPoint.lat;
	out->longitude = geo->geoPoint.long_;
	out->horizontal_accuracy = geo->geoPoint.accuracy_radius;
	return out;
}

static const struct tobs_location *show_live(
	const struct bot_show *s, const struct tl_messageMediaGeoLive *m)
{
	const struct tobs_location *place = show_place(s, m->geo);
	struct tobs_location *out = place ? tobs_arena_dup(s->arena, place, sizeof *place) : NULL;

	if (!out)
		return NULL;
	out->live_period = m->period;
	out->heading = m->heading;
	out->proximity_alert_radius = m->proximity_notification_radius;
	return out;
}

static const struct tobs_venue *show_venue(
	const struct bot_show *s, const struct tl_messageMediaVenue *m)
{
	struct tobs_venue *out = TOBS_ARENA_NEW(s->arena, struct tobs_venue);
	bool google = tobs_view_is(m->provider, "gplaces");

	if (!out)
		return NULL;
	out->location = show_place(s, m->geo);
	out->title = show_text(s, m->title);
	out->address = show_text(s, m->address);
	if (google) {
		out->google_place_id = show_opt(s, m->venue_id);
		out->google_place_type = show_opt(s, m->venue_type);
	} else {
		out->foursquare_id = show_opt(s, m->venue_id);
		out->foursquare_type = show_opt(s, m->venue_type);
	}
	return out;
}

static const struct tobs_contact *show_contact(
	const struct bot_show *s, const struct tl_messageMediaContact *m)
{
	struct tobs_contact *out = TOBS_ARENA_NEW(s->arena, struct tobs_contact);

	if (!out)
		return NULL;
	out->phone_number = show_text(s, m->phone_number);
	out->first_name = show_text(s, m->first_name);
	out->last_name = show_opt(s, m->last_name);
	out->user_id = m->user_id;
	out->vcard = show_opt(s, m->vcard);
	return out;
}

static const struct tobs_dice *show_dice(
	const struct bot_show *s, const struct tl_messageMediaDice *m)
{
	struct tobs_dice *out = TOBS_ARENA_NEW(s->arena, struct tobs_dice);

	if (out)
		*out = (struct tobs_dice){ show_text(s, m->emoticon), m->value };
	return out;
}

static const struct tobs_invoice *show_invoice(
	const struct bot_show *s, const struct tl_messageMediaInvoice *m)
{
	struct tobs_invoice *out = TOBS_ARENA_NEW(s->arena, struct tobs_invoice);

	if (out)
		*out = (struct tobs_invoice){ show_text(s, m->title), show_text(s, m->description),
			show_text(s, m->start_param), show_text(s, m->currency), m->total_amount };
	return out;
}

static const struct tobs_game *show_game(const struct bot_show *s, const struct tl_game *g)
{
	struct tobs_game *out = TOBS_ARENA_NEW(s->arena, struct tobs_game);

	if (!out)
		return NULL;
	out->title = show_text(s, g->title);
	out->description = show_text(s, g->description);
	return show_photo(s, g->photo, &out->photo) ? NULL : out;
}

int show_media(const struct bot_show *s, const union tl_MessageMedia *m, struct tobs_message *ret)
{
	switch (m->ctor) {
	case TL_messageMediaPhoto:
		ret->has_media_spoiler = m->messageMediaPhoto.spoiler;
		return show_photo(s, m->messageMediaPhoto.photo, &ret->photo);
	case TL_messageMediaDocument:
		ret->has_media_spoiler = m->messageMediaDocument.spoiler;
		return show_document(s, m->messageMediaDocument.document, ret);
	case TL_messageMediaGeo: ret->location = show_place(s, m->messageMediaGeo.geo); break;
	case TL_messageMediaGeoLive: ret->location = show_live(s, &m->messageMediaGeoLive); break;
	case TL_messageMediaVenue:
		ret->venue = show_venue(s, &m->messageMediaVenue);
		if (ret->venue)
			ret->location = ret->venue->location;
		break;
	case TL_messageMediaContact: ret->contact = show_contact(s, &m->messageMediaContact); break;
	case TL_messageMediaDice: ret->dice = show_dice(s, &m->messageMediaDice); break;
	case TL_messageMediaPoll:
		ret->poll = show_poll(s, m->messageMediaPoll.poll, m->messageMediaPoll.results);
		break;
	case TL_messageMediaInvoice: ret->invoice = show_invoice(s, &m->messageMediaInvoice); break;
	case TL_messageMediaGame: ret->game = show_game(s, m->messageMediaGame.game); break;
	default: break;
	}
	return TOBS_OK;
}
