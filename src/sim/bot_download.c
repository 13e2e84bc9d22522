/* SPDX-License-Identifier: MIT */
/* getFile, profile photos, and the bytes of files: GET /file/bot<token>/photos/file_77_x.jpg */
#include <stdio.h>

#include "base/attr.h"
#include "sim/bot_media.h"

enum { PIECE = 64 << 10, PHOTOS_MAX = 100, PATH_BYTES = 128, HEADER_BYTES = 80 };

static const char *const folders[BOT_FILE_KINDS] = {
	[BOT_FILE_THUMBNAIL] = "thumbnails",
	[BOT_FILE_PHOTO] = "photos",
	[BOT_FILE_VOICE] = "voice",
	[BOT_FILE_VIDEO] = "videos",
	[BOT_FILE_DOCUMENT] = "documents",
	[BOT_FILE_STICKER] = "stickers",
	[BOT_FILE_AUDIO] = "music",
	[BOT_FILE_ANIMATION] = "animations",
	[BOT_FILE_VIDEO_NOTE] = "video_notes",
};

/* ---- paths ---- */

static const char *ending_of(const char *mime)
{
	static const char *const known[][2] = {
		{ "image/jpeg", "jpg" },
		{ "image/png", "png" },
		{ "image/gif", "gif" },
		{ "image/webp", "webp" },
		{ "video/mp4", "mp4" },
		{ "video/webm", "webm" },
		{ "audio/mpeg", "mp3" },
		{ "audio/ogg", "oga" },
		{ "application/pdf", "pdf" },
		{ "application/zip", "zip" },
		{ "application/x-tgsticker", "tgs" },
		{ "text/plain", "txt" },
	};

	for (size_t i = 0; mime && i < ARRAY_LEN(known); i++)
		if (strcmp(known[i][0], mime) == 0)
			return known[i][1];
	return "dat";
}

static void put_path(char out[PATH_BYTES], const struct bot_file_ref *ref, const char *mime)
{
	if (ref->letter)
		snprintf(out, PATH_BYTES, "%s/file_%lld_%c.%s", folders[ref->kind],
			(long long)ref->id, ref->letter, ending_of(mime));
	else
		snprintf(out, PATH_BYTES, "%s/file_%lld.%s", folders[ref->kind], (long long)ref->id,
			ending_of(mime));
}

static bool read_path(struct tobs_view path, struct bot_file_ref *ret)
{
	static const char prefix[] = "file_";
	struct tobs_view folder, name, number;
	bool known = false;

	if (!tobs_view_split(&path, '/', &folder) || !tobs_view_split(&path, '.', &name))
		return false;
	for (int k = 0; k < BOT_FILE_KINDS; k++)
		if (tobs_view_is(folder, folders[k])) {
			ret->kind = (enum bot_file_kind)k;
			known = true;
		}
	if (!known || !tobs_view_starts(name, prefix))
		return false;
	name = tobs_view_sub(name, strlen(prefix), SIZE_MAX);
	(void)tobs_view_split(&name, '_', &number);
	ret->letter = name.len == 1 ? (char)name.ptr[0] : 0;
	return name.len <= 1 && !tobs_view_int(number, 1, INT64_MAX, &ret->id);
}

static const struct sim_blob *blob_of(const struct sim_world *w, const struct bot_file_ref *ref,
	struct tobs_arena *arena, struct sim_file *file)
{
	if (sim_file_find(w, ref->id, arena, file))
		return NULL;
	return sim_file_blob(file, tobs_view(&ref->letter, ref->letter ? 1 : 0));
}

/* ---- methods ---- */

static int run_get_file(struct bot_call *c)
{
	const struct tobs_get_file *a = c->args;
	struct bot_show s = bot_show_of(c);
	char path[PATH_BYTES];
	const struct sim_blob *blob;
	struct bot_file_ref ref;
	struct sim_file file;
	struct tobs_file out;

	if (!a->file_id[0])
		return bot_fail(c, 400, "file_id not specified");
	if (bot_file_parse(c->bot->account, tobs_str(a->file_id), &ref))
		return bot_fail(c, 400, "invalid file_id");
	blob = blob_of(c->world, &ref, &c->arena, &file);
	if (!blob)
		return bot_fail(c, 400, "wrong file_id or the file is temporarily unavailable");
	if (blob->size > BOT_DOWNLOAD_MAX)
		return bot_fail(c, 400, "file is too big");
	put_path(path, &ref, blob->mime);
	out = (struct tobs_file){ .file_id = a->file_id,
		.file_unique_id = bot_file_unique_id(&s, &ref),
		.file_size = blob->size,
		.file_path = path,
		.has_file_size = true };
	return bot_result(c, TOBS_TYPE_FILE, &out);
}

static int run_profile_photos(struct bot_call *c)
{
	const struct tobs_get_user_profile_photos *a = c->args;
	const struct sim_user *u = sim_user(c->world, a->user_id);
	struct tobs_photo_size_array *items = TOBS_ARENA_ARRAY(
		&c->arena, PHOTOS_MAX, struct tobs_photo_size_array);
	struct bot_show s = bot_show_of(c);
	size_t limit = a->limit > 0 && a->limit < PHOTOS_MAX ? (size_t)a->limit : PHOTOS_MAX, n = 0;
	struct tobs_user_profile_photos out;

	if (!u)
		return bot_fail(c, 400, "user not found");
	if (!items)
		return bot_no_memory(c);
	for (size_t i = (size_t)MAX(a->offset, 0); i < u->photos.count && n < limit; i++)
		if (show_photo(&s, u->photos.items[i], &items[n++]))
			return bot_no_memory(c);
	out = (struct tobs_user_profile_photos){ (int64_t)u->photos.count, { items, n } };
	return bot_result(c, TOBS_TYPE_USER_PROFILE_PHOTOS, &out);
}

static int run_sticker_file(struct bot_call *c)
{
	const struct bot_media m = {
		.kind = BOT_FILE_STICKER, .from = c->json, .field = "sticker"
	};
	struct bot_show s = bot_show_of(c);
	const union tl_Document *d;
	struct bot_file_ref ref;
	struct tobs_file out;
	int r = bot_document_make(c, &m, &d);

	if (r)
		return r;
	ref = (struct bot_file_ref){ BOT_FILE_STICKER, 0, d->document.id };
	out = (struct tobs_file){ .file_id = bot_file_id(&s, &ref),
		.file_unique_id = bot_file_unique_id(&s, &ref),
		.file_size = d->document.size };
	return bot_result(c, TOBS_TYPE_FILE, &out);
}

const struct bot_row bot_rows_download[] = {
	{ TOBS_METHOD_GET_FILE, run_get_file },
	{ TOBS_METHOD_GET_USER_PROFILE_PHOTOS, run_profile_photos },
	{ TOBS_METHOD_UPLOAD_STICKER_FILE, run_sticker_file },
	{ 0, NULL },
};

/* ---- bytes ---- */

static int not_found(struct http_request *req)
{
	return http_respond_text(req, 404, "application/json",
		"{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}");
}

static int send_bytes(
	struct http_request *req, const struct sim_blob *blob, int64_t from, int64_t len)
{
	uint8_t *piece = mem_alloc(PIECE);
	int r = piece ? TOBS_OK : TOBS_ENOMEM;

	while (!r && len > 0) {
		size_t n;

		r = sim_blob_read(blob, from, piece, (size_t)MIN(len, (int64_t)PIECE), &n, NULL);
		if (!r && n == 0)
			r = TOBS_EIO;
		if (!r)
			r = http_respond_write(req, tobs_view(piece, n), NULL);
		from += (int64_t)n;
		len -= (int64_t)n;
	}
	mem_free(piece);
	return r;
}

static int send_file(struct http_request *req, const struct sim_blob *blob)
{
	struct http_header headers[] = {
		HTTP_HEADER("Content-Type", "application/octet-stream"),
		HTTP_HEADER("Accept-Ranges", "bytes"),
		HTTP_HEADER("Content-Range", ""),
	};
	struct http_range range = { 0, blob->size };
	char content_range[HEADER_BYTES];
	struct tobs_view value;
	size_t n = 2;
	int status = 200, r;

	if (http_request_header(req, "Range", &value)) {
		r = http_range(value, blob->size, &range);
		if (r == TOBS_ETOOBIG)
			return http_respond_text(req, 416, "text/plain", "");
		if (!r) {
			status = 206;
			snprintf(content_range, sizeof content_range, "bytes %lld-%lld/%lld",
				(long long)range.first, (long long)(range.first + range.len - 1),
				(long long)blob->size);
			headers[n++].value = tobs_str(content_range);
		} else {
			range = (struct http_range){ 0, blob->size };
		}
	}
	r = http_respond_begin(req, status, headers, n, range.len);
	return r ? r : send_bytes(req, blob, range.first, range.len);
}

int bot_download(struct sim_bot *bot, struct http_request *req, struct tobs_view path)
{
	const struct sim_blob *blob;
	struct bot_file_ref ref;
	struct tobs_arena arena;
	struct sim_file file;
	int r;

	tobs_arena_init(&arena, BOT_ARENA_MAX);
	blob = read_path(path, &ref) ? blob_of(bot->account->world, &ref, &arena, &file) : NULL;
	r = blob && blob->size <= BOT_DOWNLOAD_MAX ? send_file(req, blob) : not_found(req);
	tobs_arena_deinit(&arena);
	return r;
}
