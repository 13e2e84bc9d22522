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
#include "sim/shape.h"

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

struct described {
	struct sim_shape shape;
	struct tobs_view path, thumb;
	int64_t size, thumb_size;
};

static enum sim_shape_kind kind_of(struct tobs_view media_type)
{
	static const char *const names[SHAPE_KINDS] = {
		[SHAPE_VIDEO] = "video_file",
		[SHAPE_ROUND] = "video_message",
		[SHAPE_GIF] = "animation",
		[SHAPE_VOICE] = "voice_message",
		[SHAPE_AUDIO] = "audio_file",
		[SHAPE_STICKER] = "sticker",
	};

	for (int i = 0; i < SHAPE_KINDS; i++)
		if (names[i] && tobs_view_is(media_type, names[i]))
			return (enum sim_shape_kind)i;
	return SHAPE_FILE;
}

static int read_described(struct json_value v, struct described *d, struct tobs_err *err)
{
	struct tobs_view kind = { 0 };
	const struct {
		const char *key;
		struct tobs_view *at;
	} strings[] = {
		{ "file", &d->path },
		{ "file_name", &d->shape.name },
		{ "media_type", &kind },
		{ "mime_type", &d->shape.mime },
		{ "thumbnail", &d->thumb },
		{ "sticker_emoji", &d->shape.alt },
		{ "performer", &d->shape.performer },
		{ "title", &d->shape.title },
	};
	int r = TOBS_OK;

	for (size_t i = 0; !r && i < ARRAY_LEN(strings); i++)
		r = desktop_str(v, strings[i].key, strings[i].at, err);
	if (!r)
		r = desktop_int(v, "file_size", 0, INT64_MAX >> 16, &d->size, err);
	if (!r)
		r = desktop_int(v, "thumbnail_file_size", 0, INT32_MAX, &d->thumb_size, err);
	if (!r)
		r = desktop_int32(v, "width", &d->shape.width, err);
	if (!r)
		r = desktop_int32(v, "height", &d->shape.height, err);
	if (!r)
		r = desktop_int32(v, "duration_seconds", &d->shape.seconds, err);
	d->shape.kind = kind_of(kind);
	return r;
}

/* The thumbnail's frame: the document's own, scaled down. */
static void set_thumb_frame(struct sim_document_args *args, const struct sim_shape *s)
{
	int32_t longer = MAX(MAX(s->width, s->height), 1);

	if (!s->width || !s->height)
		return;
	args->thumb_w = (int32_t)MAX((int64_t)s->width * MIN(longer, THUMB_SIDE) / longer, 1);
	args->thumb_h = (int32_t)MAX((int64_t)s->height * MIN(longer, THUMB_SIDE) / longer, 1);
}

static int add_document(struct desktop *d, const struct described *s, int64_t id,
	const union tl_Document **ret, struct tobs_err *err)
{
	char full[PATH_BYTES], thumb_full[PATH_BYTES];
	struct sim_document_args args = { .id = id, .date = d->chat.date, .mime = s->shape.mime };
	int r;

	if (sim_shape_attributes(d->w, &s->shape, &args.attributes))
		return desktop_no_memory(err);
	args.content = content_of(
		d, s->path, s->size ? s->size : likely_size(s->shape.width, s->shape.height), full);
	if (s->thumb.len) {
		args.has_thumb = true;
		args.thumb = content_of(d, s->thumb,
			s->thumb_size ? s->thumb_size : likely_size(THUMB_SIDE, THUMB_SIDE),
			thumb_full);
		set_thumb_frame(&args, &s->shape);
	}
	r = sim_document_add(d->w, &args, ret, err);
	return r ? json_failed(err, r) : remember_file(d, s->path, *ret, err);
}

int desktop_document(
	struct desktop *d, struct json_value v, const union tl_Document **ret, struct tobs_err *err)
{
	struct described s = { 0 };
	int r = read_described(v, &s, err);

	if (r)
		return r;
	*ret = known_file(d, s.path);
	if (*ret && (*ret)->ctor == TL_document)
		return TOBS_OK;
	s.shape.mime = sim_shape_mime(&s.shape, s.path);
	return add_document(d, &s, 0, ret, err);
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
	struct described s = { .path = where,
		.size = 10000,
		.shape = { .kind = SHAPE_EMOJI, .alt = alt, .width = 100, .height = 100 } };
	const union tl_Document *document;

	*ret_id = emoji_id(d, where, alt);
	if (map_get(&d->w->files, (uint64_t)*ret_id))
		return TOBS_OK;
	s.shape.mime = sim_shape_mime(&s.shape, where);
	return add_document(d, &s, *ret_id, &document, err);
}
