/* SPDX-License-Identifier: MIT */
/* upload.*: bytes of files, with the alignment the real server demands. */
#include "sim/file.h"
#include "sim/rpc.h"

enum {
	PART_MAX = 1 << 20,
	ALIGN = 4096,
	ALIGN_PRECISE = 1024,
	HASH_RANGE = 128 << 10,
	HASHES = 8,
};

/* Which file a location means; the refusal is set when none. */
static bool find(struct sim_call *c, const union tl_InputFileLocation *l, struct sim_file *ret,
	struct tobs_view *ret_letter)
{
	int64_t id, hash;
	struct tobs_view reference;

	switch (l->ctor) {
	case TL_inputDocumentFileLocation:
		id = l->inputDocumentFileLocation.id;
		hash = l->inputDocumentFileLocation.access_hash;
		reference = l->inputDocumentFileLocation.file_reference;
		*ret_letter = l->inputDocumentFileLocation.thumb_size;
		break;
	case TL_inputPhotoFileLocation:
		id = l->inputPhotoFileLocation.id;
		hash = l->inputPhotoFileLocation.access_hash;
		reference = l->inputPhotoFileLocation.file_reference;
		*ret_letter = l->inputPhotoFileLocation.thumb_size;
		break;
	default: return rpc_refuse(c, 400, "LOCATION_INVALID");
	}
	if (sim_file_find(c->rpc->world, id, c->arena, ret) || ret->access_hash != hash ||
		ret->photo != (l->ctor == TL_inputPhotoFileLocation))
		return rpc_refuse(c, 400, "FILE_ID_INVALID");
	switch (sim_reference_check(c->rpc->world, id, reference)) {
	case SIM_REFERENCE_OK: break;
	case SIM_REFERENCE_EXPIRED: return rpc_refuse(c, 400, "FILE_REFERENCE_EXPIRED");
	default:
		return rpc_refuse(
			c, 400, reference.len ? "FILE_REFERENCE_INVALID" : "FILE_REFERENCE_EMPTY");
	}
	if (ret->dc != c->dc)
		return rpc_refuse_number(c, 303, "FILE_MIGRATE", ret->dc);
	return true;
}

/* core.telegram.org/api/files: parts are aligned and never cross a mebibyte. */
static bool aligned(struct sim_call *c, const struct tl_upload_getFile *q)
{
	int32_t unit = q->precise ? ALIGN_PRECISE : ALIGN;

	if (q->offset < 0 || q->offset % unit)
		return rpc_refuse(c, 400, "OFFSET_INVALID");
	if (q->limit <= 0 || q->limit > PART_MAX || q->limit % unit ||
		(!q->precise && PART_MAX % q->limit))
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	if (q->offset / PART_MAX != (q->offset + q->limit - 1) / PART_MAX)
		return rpc_refuse(c, 400, "LIMIT_INVALID");
	return true;
}

/* The kind of content by the first bytes' type, as far as the schema tells kinds apart. */
static const union tl_storage_FileType *file_type(struct sim_call *c, const char *mime)
{
	uint32_t *id = tobs_arena_zalloc(c->arena, sizeof(struct tl_storage_fileUnknown));

	if (!id)
		return NULL;
	*id = !mime                                    ? TL_storage_fileUnknown
		: strcmp(mime, "image/jpeg") == 0      ? TL_storage_fileJpeg
		: strcmp(mime, "image/png") == 0       ? TL_storage_filePng
		: strcmp(mime, "image/gif") == 0       ? TL_storage_fileGif
		: strcmp(mime, "image/webp") == 0      ? TL_storage_fileWebp
		: strcmp(mime, "video/mp4") == 0       ? TL_storage_fileMp4
		: strcmp(mime, "audio/mpeg") == 0      ? TL_storage_fileMp3
		: strcmp(mime, "application/pdf") == 0 ? TL_storage_filePdf
						       : TL_storage_filePartial;
	return (const void *)id;
}

static bool get_file(struct sim_call *c)
{
	const struct tl_upload_getFile *q = c->query;
	struct tl_upload_file *ret = RPC_NEW(c, tl_upload_file);
	const struct sim_blob *blob;
	struct tobs_view letter;
	struct sim_file f;
	uint8_t *bytes;
	size_t n = 0;

	if (!aligned(c, q) || !find(c, q->location, &f, &letter))
		return false;
	blob = sim_file_blob(&f, letter);
	if (!blob)
		return rpc_refuse(c, 400, "LOCATION_INVALID");
	bytes = tobs_arena_alloc(c->arena, (size_t)q->limit);
	if (!ret || !bytes)
		return rpc_no_memory(c);
	if (q->offset < blob->size &&
		sim_blob_read(blob, q->offset, bytes, (size_t)q->limit, &n, NULL))
		return rpc_refuse(c, 500, "STORE_INVALID_SCALAR_TYPE");
	ret->ctor = TL_upload_file;
	ret->type = file_type(c, blob->mime);
	ret->mtime = sim_now(c->rpc->world);
	ret->bytes = tobs_view(bytes, n);
	return ret->type ? rpc_ok(c, ret) : rpc_no_memory(c);
}

static bool get_hashes(struct sim_call *c)
{
	const struct tl_upload_getFileHashes *q = c->query;
	struct tl_vec_FileHash *ret = RPC_NEW(c, tl_vec_FileHash);
	const struct tl_fileHash **items = TOBS_ARENA_ARRAY(
		c->arena, HASHES, const struct tl_fileHash *);
	const struct sim_blob *blob;
	struct tobs_view letter;
	struct sim_file f;
	uint32_t n = 0;

	if (!find(c, q->location, &f, &letter))
		return false;
	blob = sim_file_blob(&f, letter);
	if (!blob)
		return rpc_refuse(c, 400, "LOCATION_INVALID");
	if (!ret || !items)
		return rpc_no_memory(c);
	for (int64_t at = q->offset - q->offset % HASH_RANGE; n < HASHES && at < blob->size;
		at += HASH_RANGE) {
		struct tl_fileHash *h = RPC_NEW(c, tl_fileHash);
		uint8_t *sum = tobs_arena_alloc(c->arena, 32);
		int64_t len = MIN(blob->size - at, (int64_t)HASH_RANGE);

		if (!h || !sum || sim_blob_sha256(blob, at, (size_t)len, sum, NULL))
			return rpc_no_memory(c);
		*h = (struct tl_fileHash){ TL_fileHash, at, (int32_t)len, tobs_view(sum, 32) };
		items[n++] = h;
	}
	*ret = (struct tl_vec_FileHash){ n, items };
	return rpc_ok(c, ret);
}

const struct sim_method rpc_upload[] = {
	{ TL_upload_getFile, get_file, RPC_BOTS },
	{ TL_upload_getFileHashes, get_hashes, RPC_BOTS },
	{ 0 },
};
