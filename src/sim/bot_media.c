/* SPDX-License-Identifier: MIT */
#include "sim/bot_media.h"

#include "base/attr.h"
#include "sim/image.h"
#include "sim/shape.h"

enum { URL_BYTES = 20480, URL_WIDTH = 640, URL_HEIGHT = 480 };

/* ---- what the caller says ---- */

static int32_t number(const struct bot_media *m, const char *name)
{
	int64_t n = 0;

	(void)json_get_i64(json_field(m->from, name), &n);
	return (int32_t)MIN(MAX(n, 0), INT32_MAX);
}

static struct tobs_view text(const struct bot_media *m, const char *name)
{
	struct tobs_view v = { NULL, 0 };

	(void)json_get_str(json_field(m->from, name), &v);
	return v;
}

static bool flag(const struct bot_media *m, const char *name)
{
	bool b = false;

	(void)json_get_bool(json_field(m->from, name), &b);
	return b;
}

/* ---- where the bytes are ---- */

struct source {
	const struct bot_upload *upload; /* one of the three */
	struct tobs_view url;
	struct bot_file_ref ref;
	bool known; /* ref */
};

static const struct bot_upload *upload_of(const struct bot_call *c, struct tobs_view name)
{
	ARRAY_EACH (u, &c->uploads)
		if (tobs_view_eq(u->field, name))
			return u;
	return NULL;
}

static const char *const nouns[BOT_FILE_KINDS] = {
	[BOT_FILE_THUMBNAIL] = "Thumbnail",
	[BOT_FILE_PHOTO] = "Photo",
	[BOT_FILE_VOICE] = "VoiceNote",
	[BOT_FILE_VIDEO] = "Video",
	[BOT_FILE_DOCUMENT] = "Document",
	[BOT_FILE_STICKER] = "Sticker",
	[BOT_FILE_AUDIO] = "Audio",
	[BOT_FILE_ANIMATION] = "Animation",
	[BOT_FILE_VIDEO_NOTE] = "VideoNote",
};

/* A file can be sent only as what it is; an animation is a document, too. */
static int check_kind(struct bot_call *c, const struct bot_media *m, enum bot_file_kind have)
{
	if (have == m->kind || (have == BOT_FILE_ANIMATION && m->kind == BOT_FILE_DOCUMENT))
		return TOBS_OK;
	return bot_fail(c, 400, "can't use file of type %s as %s", nouns[have], nouns[m->kind]);
}

static int find_source(struct bot_call *c, const struct bot_media *m, struct source *ret)
{
	static const char attach[] = "attach://";
	struct tobs_view said = text(m, m->field);

	*ret = (struct source){ 0 };
	if (!said.len || tobs_view_starts(said, attach)) {
		ret->upload = upload_of(c,
			said.len ? tobs_view_sub(said, strlen(attach), SIZE_MAX)
				 : tobs_str(m->field));
		if (!ret->upload)
			return bot_fail(c, 400, "there is no %s in the request",
				said.len ? "file with that name" : m->field);
		if (!ret->upload->data.len)
			return bot_fail(c, 400, "file must be non-empty");
		if (ret->upload->data.len > BOT_UPLOAD_MAX)
			return bot_fail(c, 413, "Request Entity Too Large");
		return TOBS_OK;
	}
	if (tobs_view_starts(said, "http://") || tobs_view_starts(said, "https://")) {
		ret->url = said;
		return TOBS_OK;
	}
	if (bot_file_parse(c->bot->account, said, &ret->ref))
		return bot_fail(c, 400, "wrong file identifier/HTTP URL specified");
	ret->known = true;
	return check_kind(c, m, ret->ref.kind);
}

static int find_known(struct bot_call *c, const struct source *s, const void **ret)
{
	struct sim_file file;

	if (sim_file_find(c->world, s->ref.id, &c->arena, &file) ||
		file.photo != (s->ref.kind == BOT_FILE_PHOTO))
		return bot_fail(c, 400, "wrong file identifier/HTTP URL specified");
	*ret = file.tl;
	return TOBS_OK;
}

/* ---- a URL ---- */

static struct tobs_view name_in(struct tobs_view url)
{
	size_t end = url.len, from;

	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] == '?' || url.ptr[i] == '#') {
			end = i;
			break;
		}
	from = end;
	while (from && url.ptr[from - 1] != '/')
		from--;
	return tobs_view_sub(url, from, end - from);
}

static struct tobs_view mime_by_name(struct tobs_view name)
{
	static const struct {
		const char *ending, *mime;
	} known[] = {
		{ ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" },
		{ ".png", "image/png" },
		{ ".gif", "image/gif" },
		{ ".webp", "image/webp" },
		{ ".pdf", "application/pdf" },
		{ ".zip", "application/zip" },
		{ ".txt", "text/plain" },
		{ ".mp4", "video/mp4" },
		{ ".webm", "video/webm" },
		{ ".mp3", "audio/mpeg" },
		{ ".ogg", "audio/ogg" },
		{ ".oga", "audio/ogg" },
		{ ".tgs", "application/x-tgsticker" },
		{ ".json", "application/json" },
		{ ".csv", "text/csv" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (name.len > strlen(known[i].ending) &&
			tobs_view_eq_nocase(
				tobs_view_sub(name, name.len - strlen(known[i].ending), SIZE_MAX),
				tobs_str(known[i].ending)))
			return tobs_str(known[i].mime);
	return (struct tobs_view){ NULL, 0 };
}

/* The same URL is the same file. */
static int64_t id_of_url(const struct sim_world *w, struct tobs_view url, enum bot_file_kind kind)
{
	uint64_t n = (uint64_t)kind;

	for (size_t i = 0; i < url.len; i++)
		n = sim_mix(n ^ url.ptr[i]);
	return sim_hash(w, "url", (int64_t)n);
}

/* ---- photos ---- */

static int check_sides(struct bot_call *c, int32_t w, int32_t h)
{
	if ((int64_t)w + h > BOT_PHOTO_SIDES || MAX(w, h) > (int64_t)BOT_PHOTO_RATIO * MIN(w, h))
		return bot_fail(c, 400, "PHOTO_INVALID_DIMENSIONS");
	return TOBS_OK;
}

static int photo_args(struct bot_call *c, const struct source *s, struct sim_photo_args *ret)
{
	*ret = (struct sim_photo_args){ .date = sim_now(c->world),
		.width = URL_WIDTH,
		.height = URL_HEIGHT,
		.content = { .size = URL_BYTES } };
	if (!s->upload)
		return TOBS_OK;
	if (s->upload->data.len > BOT_PHOTO_MAX)
		return bot_fail(c, 400,
			"file of size %zu bytes is too big for a photo; the maximum size is %d bytes",
			s->upload->data.len, (int)BOT_PHOTO_MAX);
	if (!sim_image_size(s->upload->data, &ret->width, &ret->height))
		return bot_fail(c, 400, "IMAGE_PROCESS_FAILED");
	ret->content = (struct sim_content){ .bytes = s->upload->data };
	return check_sides(c, ret->width, ret->height);
}

int bot_photo_make(struct bot_call *c, const struct bot_media *m, const union tl_Photo **ret)
{
	struct sim_photo_args args;
	struct source s;
	struct tobs_err err;
	const void *known = NULL;
	int r = find_source(c, m, &s);

	if (!r && s.known) {
		r = find_known(c, &s, &known);
		*ret = known;
		return r;
	}
	if (!r)
		r = photo_args(c, &s, &args);
	if (r)
		return r;
	if (s.url.len)
		args.id = id_of_url(c->world, s.url, BOT_FILE_PHOTO);
	r = sim_photo_add(c->world, &args, ret, &err);
	if (r == TOBS_EEXISTS) {
		s.ref = (struct bot_file_ref){ BOT_FILE_PHOTO, 0, args.id };
		r = find_known(c, &s, &known);
		*ret = known;
		return r;
	}
	return r ? bot_no_memory(c) : TOBS_OK;
}

/* ---- documents ---- */

static const enum sim_shape_kind shapes[BOT_FILE_KINDS] = {
	[BOT_FILE_VOICE] = SHAPE_VOICE,
	[BOT_FILE_VIDEO] = SHAPE_VIDEO,
	[BOT_FILE_DOCUMENT] = SHAPE_FILE,
	[BOT_FILE_STICKER] = SHAPE_STICKER,
	[BOT_FILE_AUDIO] = SHAPE_AUDIO,
	[BOT_FILE_ANIMATION] = SHAPE_GIF,
	[BOT_FILE_VIDEO_NOTE] = SHAPE_ROUND,
};

static void fill_shape(const struct bot_media *m, const struct source *s, struct sim_shape *out)
{
	const char *sniffed = s->upload ? sim_sniff_mime(s->upload->data) : NULL;

	*out = (struct sim_shape){ .kind = shapes[m->kind],
		.name = s->upload ? s->upload->filename : name_in(s->url),
		.performer = text(m, "performer"),
		.title = text(m, "title"),
		.alt = text(m, "emoji"),
		.width = number(m, "width"),
		.height = number(m, "height"),
		.seconds = number(m, "duration") };
	if (m->kind == BOT_FILE_VIDEO_NOTE)
		out->width = out->height = number(m, "length") ? number(m, "length") : 240;
	if (m->kind == BOT_FILE_STICKER || m->kind == BOT_FILE_VOICE)
		out->name = (struct tobs_view){ NULL, 0 };
	out->mime = mime_by_name(out->name);
	if (!out->mime.len && s->upload && s->upload->type.len &&
		!tobs_view_is(s->upload->type, "application/octet-stream"))
		out->mime = s->upload->type;
	if (!out->mime.len || m->kind == BOT_FILE_STICKER)
		out->mime = sniffed ? tobs_str(sniffed) : out->mime;
	if (s->upload && m->kind == BOT_FILE_STICKER)
		(void)sim_image_size(s->upload->data, &out->width, &out->height);
	out->mime = sim_shape_mime(out, s->upload ? s->upload->filename : out->name);
}

static void fill_thumb(
	const struct bot_call *c, const struct bot_media *m, struct sim_document_args *args)
{
	static const char attach[] = "attach://";
	struct tobs_view said = m->thumb ? text(m, m->thumb) : (struct tobs_view){ NULL, 0 };
	const struct bot_upload *u = NULL;

	if (tobs_view_starts(said, attach))
		u = upload_of(c, tobs_view_sub(said, strlen(attach), SIZE_MAX));
	else if (m->thumb && !said.len)
		u = upload_of(c, tobs_str(m->thumb));
	if (!u || !sim_image_size(u->data, &args->thumb_w, &args->thumb_h))
		return;
	args->has_thumb = true;
	args->thumb = (struct sim_content){ .bytes = u->data };
}

static int add_document(struct bot_call *c, const struct bot_media *m, const struct source *s,
	const union tl_Document **ret)
{
	struct sim_document_args args = { .date = sim_now(c->world) };
	struct sim_shape shape;
	struct tobs_err err;
	struct source again = { .known = true };
	const void *known = NULL;
	int r;

	fill_shape(m, s, &shape);
	args.mime = shape.mime;
	if (s->upload)
		args.content.bytes = s->upload->data;
	else
		args.content.size = URL_BYTES;
	if (s->url.len)
		args.id = id_of_url(c->world, s->url, m->kind);
	fill_thumb(c, m, &args);
	r = sim_shape_attributes(c->world, &shape, &args.attributes);
	if (!r)
		r = sim_document_add(c->world, &args, ret, &err);
	if (r == TOBS_EEXISTS) {
		again.ref = (struct bot_file_ref){ m->kind, 0, args.id };
		r = find_known(c, &again, &known);
		*ret = known;
		return r;
	}
	return r ? bot_no_memory(c) : TOBS_OK;
}

int bot_document_make(struct bot_call *c, const struct bot_media *m, const union tl_Document **ret)
{
	struct source s;
	const void *known = NULL;
	int r = find_source(c, m, &s);

	if (r)
		return r;
	if (!s.known)
		return add_document(c, m, &s, ret);
	r = find_known(c, &s, &known);
	*ret = known;
	return r;
}

/* ---- in a message ---- */

int bot_media_make(struct bot_call *c, const struct bot_media *m, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaPhoto *photo;
	struct tl_messageMediaDocument *doc;
	int r;

	if (m->kind == BOT_FILE_PHOTO) {
		photo = SIM_NEW(&c->arena, messageMediaPhoto);
		r = photo ? bot_photo_make(c, m, &photo->photo) : bot_no_memory(c);
		if (r)
			return r;
		photo->has_photo = 1;
		photo->spoiler = flag(m, "has_spoiler");
		*ret = (const void *)photo;
		return TOBS_OK;
	}
	doc = SIM_NEW(&c->arena, messageMediaDocument);
	r = doc ? bot_document_make(c, m, &doc->document) : bot_no_memory(c);
	if (r)
		return r;
	doc->has_document = 1;
	doc->spoiler = flag(m, "has_spoiler");
	doc->video = m->kind == BOT_FILE_VIDEO;
	doc->round = m->kind == BOT_FILE_VIDEO_NOTE;
	doc->voice = m->kind == BOT_FILE_VOICE;
	*ret = (const void *)doc;
	return TOBS_OK;
}
