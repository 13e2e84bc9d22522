/* SPDX-License-Identifier: MIT */
/*
 * Documents and photos with their bytes.
 *
 * Bytes come from a file on disk, from memory (what a client uploaded), or are
 * made: from the id of the file and the offset, so that any range of a file of
 * 4 GB costs only its own bytes, and is the same at every reading. Made files
 * begin as their MIME type does (a JPEG with FF D8 FF …), text is printable.
 *
 * A file is known to clients by its id, access hash and file reference. The
 * reference stands in every message that shows the file, and changes for all
 * files at once with sim_references_expire(): messages that are fetched again
 * carry the new one.
 */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include "sim/world.h"

enum { SIM_REFERENCE_BYTES = 21 };

enum sim_origin { SIM_MADE, SIM_ON_DISK, SIM_IN_MEMORY };

/* A run of bytes that can be read from anywhere. */
struct sim_blob {
	char letter; /* of a photo's size or a thumbnail; 0 for a document itself */
	enum sim_origin origin;
	int64_t size;
	uint64_t seed;        /* made */
	const char *path;     /* on disk */
	const uint8_t *bytes; /* in memory */
	const char *mime;
};

struct sim_file {
	int64_t id;
	int64_t access_hash;
	int dc;
	bool photo;
	const uint8_t *reference; /* SIM_REFERENCE_BYTES */
	const struct sim_blob *blobs;
	size_t blob_count;
	const void *tl; /* tl_document or tl_photo */
};

/*
 * The file with this id, in a message that is kept or made. What is made comes
 * from `arena`. TOBS_ENOTFOUND.
 */
int sim_file_find(
	const struct sim_world *w, int64_t id, struct tobs_arena *arena, struct sim_file *ret);

/*
 * The bytes of a size or thumbnail, by its letter; "" is the document itself
 * (for a photo nothing). NULL: there is none.
 */
const struct sim_blob *sim_file_blob(const struct sim_file *f, struct tobs_view letter);

/*
 * Reads up to `len` bytes from `offset` on; *ret_len is less only at the end of
 * the file. TOBS_EINVAL for a negative offset, TOBS_EIO when the disk fails or
 * the file on it became shorter.
 */
int sim_blob_read(const struct sim_blob *b, int64_t offset, void *buf, size_t len, size_t *ret_len,
	struct tobs_err *err);

/* The SHA-256 (32 bytes) of up to `len` bytes from `offset` on. Errors as above. */
int sim_blob_sha256(
	const struct sim_blob *b, int64_t offset, size_t len, uint8_t *ret, struct tobs_err *err);

enum sim_reference_state { SIM_REFERENCE_OK, SIM_REFERENCE_EXPIRED, SIM_REFERENCE_INVALID };

enum sim_reference_state sim_reference_check(
	const struct sim_world *w, int64_t id, struct tobs_view reference);

/* From now on all references given out before are expired, and messages carry new ones. */
void sim_references_expire(struct sim_world *w);

/* Writes the current reference of a file to SIM_REFERENCE_BYTES at `out`. */
void sim_reference_make(const struct sim_world *w, int64_t id, uint8_t *out);

/* The data centre a file is kept in unless it is said: spread over all by its id. */
int sim_file_dc(const struct sim_world *w, int64_t id);

/* ---- adding ---- */

/* Where bytes come from: `path` if set, else `bytes` if set, else they are made, `size` of them. */
struct sim_content {
	struct tobs_view path; /* must be there; its size counts */
	struct tobs_view bytes;
	int64_t size;
};

struct sim_document_args {
	int64_t id; /* 0: made up */
	int dc;     /* 0: by its id */
	int32_t date;
	struct tobs_view mime;
	struct sim_content content;
	struct tl_vec_DocumentAttribute attributes; /* in memory of the world */
	bool has_thumb;
	struct sim_content thumb; /* shown as size "m" */
	int32_t thumb_w, thumb_h;
};

/* TOBS_EEXISTS: the id is taken. TOBS_EIO: the file is not there. TOBS_ENOMEM. */
int sim_document_add(struct sim_world *w, const struct sim_document_args *args,
	const union tl_Document **ret, struct tobs_err *err);

struct sim_photo_args {
	int64_t id;
	int dc;
	int32_t date;
	int32_t width, height;      /* of the largest size */
	struct sim_content content; /* the largest size; smaller ones are made */
	bool has_stickers;
};

/* The same for a photo. Its sizes have the letters Telegram gives by width and height. */
int sim_photo_add(struct sim_world *w, const struct sim_photo_args *args,
	const union tl_Photo **ret, struct tobs_err *err);

/* For sources: the sizes a photo of that shape has, at most 4; how many. */
struct sim_photo_size {
	char letter;
	int32_t width, height;
};
size_t sim_photo_sizes(int32_t width, int32_t height, struct sim_photo_size ret[4]);

/*
 * About what a JPEG of that many points takes; less than the whole, and less
 * than larger previews of it: clients take the size with the most bytes for
 * the original.
 */
int64_t sim_thumb_size(const struct sim_photo_size *size, int64_t whole);

/* The seed of made bytes of one size of a file. */
uint64_t sim_blob_seed(const struct sim_world *w, int64_t id, char letter);

#endif
