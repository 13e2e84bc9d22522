/* SPDX-License-Identifier: MIT */
/*
 * Files of synthetic messages. Their ids say which message of which chat they
 * are in, so a file is found without looking for it:
 *
 *     bits 62…56  0x53      55…40  the source      39…0  the message's index
 */
#include "base/attr.h"
#include "sim/synth.h"

enum { MARK = 0x53, SERIAL_BITS = 16 };

static int64_t file_id(const struct synth *s, int32_t index)
{
	return (int64_t)MARK << 56 | (int64_t)s->serial << 40 | index;
}

/* What is known about a file before anything is made. */
struct shape {
	int64_t id;
	int64_t size;
	int32_t width, height, seconds;
	const char *mime, *name;
	bool photo, thumb;
};

static const struct {
	const char *mime, *extension;
	int64_t min, max; /* bytes, unless the spec says otherwise */
	bool thumb;
} kinds[SIM_MEDIA_KINDS] = {
	[SIM_MEDIA_PHOTO] = { "image/jpeg", "jpg", 30000, 250000, false },
	[SIM_MEDIA_VIDEO] = { "video/mp4", "mp4", 500000, 40000000, true },
	[SIM_MEDIA_DOCUMENT] = { "application/pdf", "pdf", 20000, 8000000, true },
	[SIM_MEDIA_VOICE] = { "audio/ogg", "oga", 8000, 300000, false },
	[SIM_MEDIA_AUDIO] = { "audio/mpeg", "mp3", 2000000, 12000000, false },
	[SIM_MEDIA_STICKER] = { "image/webp", "webp", 8000, 60000, true },
	[SIM_MEDIA_GIF] = { "video/mp4", "mp4", 100000, 4000000, true },
};

static const int32_t frames[][2] = { { 800, 600 }, { 640, 480 }, { 600, 800 }, { 720, 405 } };

static void shape_of(const struct synth *s, int32_t index, int kind, struct shape *ret)
{
	uint64_t h = sim_mix(s->seed ^ (uint64_t)index * 0xa0761d6478bd642f);
	const struct sim_spec *spec = &s->common->spec;
	bool sized = spec->file_max && (kind == SIM_MEDIA_VIDEO || kind == SIM_MEDIA_DOCUMENT);
	int64_t min = sized ? spec->file_min : kinds[kind].min;
	int64_t max = sized ? spec->file_max : kinds[kind].max;
	const int32_t *frame = frames[h % ARRAY_LEN(frames)];

	*ret = (struct shape){ .id = file_id(s, index), .mime = kinds[kind].mime };
	ret->size = min + (int64_t)((h >> 8) % (uint64_t)(max - min + 1));
	ret->width = kind == SIM_MEDIA_STICKER ? 512 : frame[0];
	ret->height = kind == SIM_MEDIA_STICKER ? 512 : frame[1];
	ret->seconds = 1 + (int32_t)(h >> 48) % 300;
	ret->name = kinds[kind].extension;
	ret->photo = kind == SIM_MEDIA_PHOTO;
	ret->thumb = kinds[kind].thumb;
}

static struct tobs_view reference(const struct synth *s, int64_t id, struct tobs_arena *arena)
{
	uint8_t *bytes = tobs_arena_alloc(arena, SIM_REFERENCE_BYTES);

	if (bytes)
		sim_reference_make(s->common->world, id, bytes);
	return tobs_view(bytes, bytes ? SIM_REFERENCE_BYTES : 0);
}

static const union tl_PhotoSize *photo_size(
	struct tobs_arena *arena, const struct sim_photo_size *z, int64_t bytes)
{
	static const char letters[] = "smxyw";
	struct tl_photoSize *size = SIM_NEW(arena, photoSize);

	if (!size)
		return NULL;
	size->type = tobs_view(strchr(letters, z->letter), 1);
	size->w = z->width;
	size->h = z->height;
	size->size = (int32_t)bytes;
	return (const void *)size;
}

static const struct tl_photo *make_photo(
	const struct synth *s, int32_t index, const struct shape *f, struct tobs_arena *arena)
{
	struct tl_photo *p = SIM_NEW(arena, photo);
	struct sim_photo_size sizes[4];
	size_t n = sim_photo_sizes(f->width, f->height, sizes);
	const union tl_PhotoSize **items = TOBS_ARENA_ARRAY(arena, n, const union tl_PhotoSize *);

	if (!p || !items)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		items[i] = photo_size(
			arena, &sizes[i], i + 1 < n ? sim_thumb_size(&sizes[i], f->size) : f->size);
		if (!items[i])
			return NULL;
	}
	p->id = f->id;
	p->access_hash = sim_hash(s->common->world, "file access", f->id);
	p->file_reference = reference(s, f->id, arena);
	p->date = synth_date(s, index);
	p->dc_id = sim_file_dc(s->common->world, f->id);
	p->sizes = (struct tl_vec_PhotoSize){ (uint32_t)n, items };
	return p->file_reference.ptr ? p : NULL;
}

static const void *image_size(const struct shape *f, struct tobs_arena *arena)
{
	struct tl_documentAttributeImageSize *a = SIM_NEW(arena, documentAttributeImageSize);

	if (a) {
		a->w = f->width;
		a->h = f->height;
	}
	return a;
}

static const void *video(const struct shape *f, bool silent, struct tobs_arena *arena)
{
	struct tl_documentAttributeVideo *a = SIM_NEW(arena, documentAttributeVideo);

	if (a) {
		a->duration = f->seconds;
		a->w = f->width;
		a->h = f->height;
		a->supports_streaming = !silent;
		a->nosound = silent;
	}
	return a;
}

static const void *audio(
	const struct synth *s, const struct shape *f, bool voice, struct tobs_arena *arena)
{
	struct tl_documentAttributeAudio *a = SIM_NEW(arena, documentAttributeAudio);

	if (a) {
		a->duration = f->seconds;
		a->voice = voice;
		if (!voice) {
			a->title = synth_word(&s->common->words, (uint64_t)f->id);
			a->performer = synth_last_name((uint64_t)f->id);
		}
	}
	return a;
}

static const void *sticker(struct tobs_arena *arena)
{
	static const struct tl_inputStickerSetEmpty none = { .ctor = TL_inputStickerSetEmpty };
	struct tl_documentAttributeSticker *a = SIM_NEW(arena, documentAttributeSticker);

	if (a) {
		a->alt = tobs_str("🙂");
		a->stickerset = (const void *)&none;
	}
	return a;
}

static const void *file_name(int32_t index, const struct shape *f, struct tobs_arena *arena)
{
	struct tl_documentAttributeFilename *a = SIM_NEW(arena, documentAttributeFilename);
	struct tobs_buf text;
	uint8_t room[48];

	if (!a)
		return NULL;
	/* By hand: printf would take a third of the time of the whole message. */
	text = (struct tobs_buf){ .ptr = room, .cap = sizeof room - 1, .max = sizeof room - 1 };
	tobs_buf_puts(&text, "file_");
	tobs_buf_put_i64(&text, index);
	tobs_buf_putc(&text, '.');
	tobs_buf_puts(&text, f->name);
	return tobs_arena_view(arena, tobs_buf_view(&text), &a->file_name) ? NULL : a;
}

static bool set_attributes(const struct synth *s, int32_t index, int kind, const struct shape *f,
	struct tl_document *d, struct tobs_arena *arena)
{
	static const struct tl_documentAttributeAnimated animated = {
		.ctor = TL_documentAttributeAnimated
	};
	const union tl_DocumentAttribute **items = TOBS_ARENA_ARRAY(
		arena, 3, const union tl_DocumentAttribute *);
	uint32_t n = 0;

	if (!items)
		return false;
	switch (kind) {
	case SIM_MEDIA_VIDEO: items[n++] = video(f, false, arena); break;
	case SIM_MEDIA_GIF:
		items[n++] = video(f, true, arena);
		items[n++] = (const void *)&animated;
		break;
	case SIM_MEDIA_VOICE: items[n++] = audio(s, f, true, arena); break;
	case SIM_MEDIA_AUDIO: items[n++] = audio(s, f, false, arena); break;
	case SIM_MEDIA_STICKER:
		items[n++] = image_size(f, arena);
		items[n++] = sticker(arena);
		break;
	default: break;
	}
	if (kind != SIM_MEDIA_VOICE)
		items[n++] = file_name(index, f, arena);
	d->attributes = (struct tl_vec_DocumentAttribute){ n, items };
	for (uint32_t i = 0; i < n; i++)
		if (!items[i])
			return false;
	return true;
}

static struct sim_photo_size thumb_of(const struct shape *f)
{
	return (struct sim_photo_size){ 'm', f->width * 2 / 5, f->height * 2 / 5 };
}

static const struct tl_document *make_document(const struct synth *s, int32_t index, int kind,
	const struct shape *f, struct tobs_arena *arena)
{
	struct tl_document *d = SIM_NEW(arena, document);
	struct sim_photo_size thumb = thumb_of(f);
	const union tl_PhotoSize **thumbs;

	if (!d || !set_attributes(s, index, kind, f, d, arena))
		return NULL;
	d->id = f->id;
	d->access_hash = sim_hash(s->common->world, "file access", f->id);
	d->file_reference = reference(s, f->id, arena);
	d->date = synth_date(s, index);
	d->mime_type = tobs_str(f->mime);
	d->size = f->size;
	d->dc_id = sim_file_dc(s->common->world, f->id);
	if (f->thumb) {
		thumbs = TOBS_ARENA_ARRAY(arena, 1, const union tl_PhotoSize *);
		if (!thumbs)
			return NULL;
		thumbs[0] = photo_size(arena, &thumb, sim_thumb_size(&thumb, f->size));
		d->thumbs = (struct tl_vec_PhotoSize){ 1, thumbs };
		if (!thumbs[0])
			return NULL;
	}
	return d->file_reference.ptr ? d : NULL;
}

const union tl_MessageMedia *synth_media(const struct synth *s, int32_t index,
	const struct synth_plan *plan, struct tobs_arena *arena)
{
	struct tl_messageMediaDocument *m;
	struct tl_messageMediaPhoto *p;
	struct shape f;

	shape_of(s, index, plan->media, &f);
	if (f.photo) {
		p = SIM_NEW(arena, messageMediaPhoto);
		if (!p)
			return NULL;
		p->photo = (const void *)make_photo(s, index, &f, arena);
		return p->photo ? (const void *)p : NULL;
	}
	m = SIM_NEW(arena, messageMediaDocument);
	if (!m)
		return NULL;
	m->video = plan->media == SIM_MEDIA_VIDEO;
	m->voice = plan->media == SIM_MEDIA_VOICE;
	m->document = (const void *)make_document(s, index, plan->media, &f, arena);
	return m->document ? (const void *)m : NULL;
}

/* ---- from the id back to the file ---- */

static bool set_blobs(const struct synth *s, const struct shape *f, struct tobs_arena *arena,
	struct sim_file *ret)
{
	struct sim_photo_size sizes[4];
	size_t n = 0;
	struct sim_blob *blobs = TOBS_ARENA_ARRAY(arena, ARRAY_LEN(sizes), struct sim_blob);

	if (!blobs)
		return false;
	if (f->photo) {
		n = sim_photo_sizes(f->width, f->height, sizes);
	} else {
		sizes[n++] = (struct sim_photo_size){ 0, 0, 0 };
		if (f->thumb)
			sizes[n++] = thumb_of(f);
	}
	for (size_t i = 0; i < n; i++) {
		bool whole = f->photo ? i + 1 == n : i == 0;

		blobs[i].letter = sizes[i].letter;
		blobs[i].size = whole ? f->size : sim_thumb_size(&sizes[i], f->size);
		blobs[i].seed = sim_blob_seed(s->common->world, f->id, sizes[i].letter);
		blobs[i].mime = whole ? f->mime : "image/jpeg";
	}
	ret->blobs = blobs;
	ret->blob_count = n;
	return true;
}

bool synth_file(
	const struct sim_source *source, int64_t id, struct tobs_arena *arena, struct sim_file *ret)
{
	const struct synth *s = synth_of(source);
	int64_t index = id & ((INT64_C(1) << 40) - 1);
	struct synth_plan plan;
	struct shape f;

	if (id >> 40 != ((int64_t)MARK << SERIAL_BITS | s->serial) || index >= s->base.count)
		return false;
	synth_plan(s, (int32_t)index, &plan);
	if (plan.media == SYNTH_NO_MEDIA)
		return false;
	shape_of(s, (int32_t)index, plan.media, &f);
	*ret = (struct sim_file){ .id = id, .photo = f.photo };
	ret->access_hash = sim_hash(s->common->world, "file access", id);
	ret->dc = sim_file_dc(s->common->world, id);
	ret->reference = reference(s, id, arena).ptr;
	ret->tl = f.photo ? (const void *)make_photo(s, (int32_t)index, &f, arena)
			  : make_document(s, (int32_t)index, plan.media, &f, arena);
	return ret->reference && ret->tl && set_blobs(s, &f, arena, ret);
}
