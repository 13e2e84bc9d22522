/* SPDX-License-Identifier: MIT */
/*
 * Photos and documents of an export: from the folder when they are there, made
 * of the stated size when not. A path that several messages name is one file.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "sim/desktop.h"
#include "sim/file.h"

enum { PATH_BYTES = 4096, THUMB_SIDE = 320 };

/*
 * Whether a value is a path inside the export. Others are sentences in
 * parentheses that say why there is no file, and what would lead out of the folder.
 */
static bool is_inside(struct tobs_view path)
{
	struct tobs_view rest = path, part;

	if (!path.len || path.ptr[0] == '(' || path.ptr[0] == '/' || memchr(path.ptr, 0, path.len))
		return false;
	while (tobs_view_split(&rest, '/', &part))
		if (tobs_view_is(part, ".."))
			return false;
	return true;
}

/* The content of a file named `path`, or `size` made bytes. */
static struct sim_content content_of(
	const struct desktop *d, struct tobs_view path, int64_t size, char full[PATH_BYTES])
{
	struct sim_content c = { .size = size };
	struct stat st;
	int n;

	if (!d->folder || !is_inside(path))
		return c;
	n = snprintf(full, PATH_BYTES, "%s/%.*s", d->folder, TOBS_VIEW_FMT(path));
	if (n > 0 && n < PATH_BYTES && stat(full, &st) == 0 && S_ISREG(st.st_mode))
		c.path = tobs_view(full, (size_t)n);
	return c;
}

static const void *known_file(const struct desktop *d, struct tobs_view path)
{
	return is_inside(path) ? smap_get(&d->files, path) : NULL;
}

static int remember_file(
	struct desktop *d, struct tobs_view path, const void *file, struct tobs_err *err)
{
	/* Only pointers to what cannot change are needed, but maps hold plain ones. */
	union {
		const void *in;
		void *out;
	} u = { file };

	if (!is_inside(path))
		return TOBS_OK;
	return smap_put(&d->files, path, u.out) ? desktop_no_memory(err) : TOBS_OK;
}

/* About what a JPEG of that shape takes; for old exports, which state no sizes. */
static int64_t likely_size(int32_t width, int32_t height)
{
	return 20000 + (int64_t)width * height / 8;
}

int desktop_photo(
	struct desktop *d, struct json_value v, const union tl_Photo **ret, struct tobs_err *err)
{
	struct sim_photo_args args = { .date = d->chat.date, .width = 800, .height = 600 };
	struct tobs_view path = { 0 };
	char full[PATH_BYTES];
	int64_t size = 0;
	int r = desktop_str(v, "photo", &path, err);

	if (!r)
		r = desktop_int(v, "photo_file_size", 0, INT32_MAX, &size, err);
	if (!r)
		r = desktop_int32(v, "width", &args.width, err);
	if (!r)
		r = desktop_int32(v, "height", &args.height, err);
	if (r)
		return r;
	*ret = known_file(d, path);
	if (*ret && (*ret)->ctor == TL_photo)
		return TOBS_OK;
	args.width = MAX(args.width, 1);
	args.height = MAX(args.height, 1);
	args.content = content_of(
		d, path, size ? size : likely_size(args.width, args.height), full);
	r = sim_photo_add(d->w, &args, ret, err);
	return r ? json_failed(err, r) : remember_file(d, path, *ret, err);
}

/* ---- documents ---- */

struct shape {
	struct tobs_view path, name, kind, mime, thumb, emoji, performer, title;
	int64_t size, thumb_size;
	int32_t width, height, seconds;
};

static int read_shape(struct json_value v, struct shape *s, struct tobs_err *err)
{
	const struct {
		const char *key;
		struct tobs_view *at;
	} strings[] = {
		{ "file", &s->path },
		{ "file_name", &s->name },
		{ "media_type", &s->kind },
		{ "mime_type", &s->mime },
		{ "thumbnail", &s->thumb },
		{ "sticker_emoji", &s->emoji },
		{ "performer", &s->performer },
		{ "title", &s->title },
	};
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < ARRAY_LEN(strings); i++)
		r = desktop_str(v, strings[i].key, strings[i].at, err);
	if (!r)
		r = desktop_int(v, "file_size", 0, INT64_MAX >> 16, &s->size, err);
	if (!r)
		r = desktop_int(v, "thumbnail_file_size", 0, INT32_MAX, &s->thumb_size, err);
	if (!r)
		r = desktop_int32(v, "width", &s->width, err);
	if (!r)
		r = desktop_int32(v, "height", &s->height, err);
	if (!r)
		r = desktop_int32(v, "duration_seconds", &s->seconds, err);
	return r;
}

static const void *video_attribute(struct desktop *d, const struct shape *s)
{
	struct tl_documentAttributeVideo *a = SIM_NEW(&d->w->arena, documentAttributeVideo);

	if (a) {
		a->duration = s->seconds;
		a->w = s->width;
		a->h = s->height;
		a->round_message = tobs_view_is(s->kind, "video_message");
		a->nosound = tobs_view_is(s->kind, "animation");
		a->supports_streaming = tobs_view_is(s->kind, "video_file");
	}
	return a;
}

static const void *audio_attribute(struct desktop *d, const struct shape *s)
{
	struct tl_documentAttributeAudio *a = SIM_NEW(&d->w->arena, documentAttributeAudio);

	if (a) {
		a->duration = s->seconds;
		a->voice = tobs_view_is(s->kind, "voice_message");
		a->title = sim_keep(d->w, s->title);
		a->performer = sim_keep(d->w, s->performer);
	}
	return a;
}

static const void *size_attribute(struct desktop *d, const struct shape *s)
{
	struct tl_documentAttributeImageSize *a = SIM_NEW(&d->w->arena, documentAttributeImageSize);

	if (a) {
		a->w = s->width;
		a->h = s->height;
	}
	return a;
}

static const void *sticker_attribute(struct desktop *d, const struct shape *s)
{
	static const struct tl_inputStickerSetEmpty none = { .ctor = TL_inputStickerSetEmpty };
	struct tl_documentAttributeSticker *a = SIM_NEW(&d->w->arena, documentAttributeSticker);

	if (a) {
		a->alt = sim_keep(d->w, s->emoji);
		a->stickerset = (const void *)&none;
	}
	return a;
}

static const void *name_attribute(struct desktop *d, struct tobs_view name)
{
	struct tl_documentAttributeFilename *a = SIM_NEW(&d->w->arena, documentAttributeFilename);

	if (a)
		a->file_name = sim_keep(d->w, name);
	return a;
}

/* What a document's attributes say of its kind; the name is one of them. */
static int set_attributes(struct desktop *d, const struct shape *s,
	struct tl_vec_DocumentAttribute *ret, struct tobs_err *err)
{
	static const struct tl_documentAttributeAnimated animated = {
		.ctor = TL_documentAttributeAnimated
	};
	const union tl_DocumentAttribute **items = TOBS_ARENA_ARRAY(
		&d->w->arena, 4, const union tl_DocumentAttribute *);
	bool video = tobs_view_starts(s->mime, "video/"),
	     image = tobs_view_starts(s->mime, "image/");
	bool sticker = tobs_view_is(s->kind, "sticker"), gif = tobs_view_is(s->kind, "animation");
	uint32_t n = 0;

	if (!items)
		return desktop_no_memory(err);
	if (tobs_view_is(s->kind, "voice_message") || tobs_view_is(s->kind, "audio_file"))
		items[n++] = audio_attribute(d, s);
	else if (tobs_view_is(s->kind, "video_message") || tobs_view_is(s->kind, "video_file") ||
		(gif && !image) || (sticker && video))
		items[n++] = video_attribute(d, s);
	else if (s->width && s->height)
		items[n++] = size_attribute(d, s);
	if (gif)
		items[n++] = (const void *)&animated;
	if (sticker)
		items[n++] = sticker_attribute(d, s);
	if (s->name.len)
		items[n++] = name_attribute(d, s->name);
	for (uint32_t i = 0; i < n; i++)
		if (!items[i])
			return desktop_no_memory(err);
	*ret = (struct tl_vec_DocumentAttribute){ n, items };
	return TOBS_OK;
}

/* The thumbnail's frame: the document's own, scaled down. */
static void set_thumb_frame(struct sim_document_args *args, const struct shape *s)
{
	int32_t longer = MAX(MAX(s->width, s->height), 1);

	if (!s->width || !s->height)
		return;
	args->thumb_w = (int32_t)MAX((int64_t)s->width * MIN(longer, THUMB_SIDE) / longer, 1);
	args->thumb_h = (int32_t)MAX((int64_t)s->height * MIN(longer, THUMB_SIDE) / longer, 1);
}

/* MIME types of what was written without one. */
static struct tobs_view usual_mime(const struct shape *s)
{
	if (s->mime.len)
		return s->mime;
	if (tobs_view_is(s->kind, "sticker"))
		return tobs_view_ends(s->path, ".tgs") ? tobs_str("application/x-tgsticker")
						       : tobs_str("image/webp");
	if (tobs_view_is(s->kind, "voice_message"))
		return tobs_str("audio/ogg");
	if (tobs_view_is(s->kind, "audio_file"))
		return tobs_str("audio/mpeg");
	return s->kind.len ? tobs_str("video/mp4") : tobs_str("application/octet-stream");
}

static int add_document(struct desktop *d, const struct shape *s,
	const struct sim_document_args *base, const union tl_Document **ret, struct tobs_err *err)
{
	char full[PATH_BYTES], thumb_full[PATH_BYTES];
	struct sim_document_args args = *base;
	int r;

	args.date = d->chat.date;
	args.mime = s->mime;
	args.content = content_of(
		d, s->path, s->size ? s->size : likely_size(s->width, s->height), full);
	if (s->thumb.len) {
		args.has_thumb = true;
		args.thumb = content_of(d, s->thumb,
			s->thumb_size ? s->thumb_size : likely_size(THUMB_SIDE, THUMB_SIDE),
			thumb_full);
		set_thumb_frame(&args, s);
	}
	r = sim_document_add(d->w, &args, ret, err);
	return r ? json_failed(err, r) : remember_file(d, s->path, *ret, err);
}

int desktop_document(
	struct desktop *d, struct json_value v, const union tl_Document **ret, struct tobs_err *err)
{
	struct sim_document_args args = { 0 };
	struct shape s = { 0 };
	int r = read_shape(v, &s, err);

	if (r)
		return r;
	*ret = known_file(d, s.path);
	if (*ret && (*ret)->ctor == TL_document)
		return TOBS_OK;
	s.mime = usual_mime(&s);
	r = set_attributes(d, &s, &args.attributes, err);
	return r ? r : add_document(d, &s, &args, ret, err);
}

/* ---- custom emoji ---- */

/* An id that is the same for the same emoji, whatever the order of the files. */
static int64_t emoji_id(const struct desktop *d, struct tobs_view where, struct tobs_view alt)
{
	struct tobs_view key = is_inside(where) ? where : alt;
	int64_t n = 0;

	if (!tobs_view_int(where, 1, INT64_MAX, &n))
		return n;
	for (size_t i = 0; i < key.len; i++)
		n = (int64_t)sim_mix((uint64_t)n + key.ptr[i]);
	return sim_hash(d->w, "emoji", n);
}

int desktop_emoji(struct desktop *d, struct tobs_view where, struct tobs_view alt, int64_t *ret_id,
	struct tobs_err *err)
{
	static const struct tl_inputStickerSetEmpty none = { .ctor = TL_inputStickerSetEmpty };
	struct tl_documentAttributeCustomEmoji *a = SIM_NEW(
		&d->w->arena, documentAttributeCustomEmoji);
	const union tl_DocumentAttribute **items = TOBS_ARENA_ARRAY(
		&d->w->arena, 2, const union tl_DocumentAttribute *);
	struct shape s = { .path = where, .width = 100, .height = 100, .size = 10000 };
	struct sim_document_args args = { .id = emoji_id(d, where, alt) };
	const union tl_Document *document;

	*ret_id = args.id;
	if (map_get(&d->w->files, (uint64_t)args.id))
		return TOBS_OK;
	if (!a || !items)
		return desktop_no_memory(err);
	a->alt = sim_keep(d->w, alt);
	a->stickerset = (const void *)&none;
	a->free = 1;
	items[0] = (const void *)a;
	items[1] = size_attribute(d, &s);
	if (!items[1])
		return desktop_no_memory(err);
	s.mime = tobs_view_ends(where, ".webm") ? tobs_str("video/webm")
		: tobs_view_ends(where, ".tgs") ? tobs_str("application/x-tgsticker")
						: tobs_str("image/webp");
	args.attributes = (struct tl_vec_DocumentAttribute){ 2, items };
	return add_document(d, &s, &args, &document, err);
}
