/* SPDX-License-Identifier: MIT */
/* Bytes of files: read, made, hashed. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/endian.h"
#include "crypto/sha.h"
#include "sim/file.h"
#include "sim/inner.h"

enum { HASH_STEP = 65536, HEAD_MAX = 32 };

/* How files of a type begin: enough for programs that look at content. */
static const struct {
	const char *mime;
	struct tobs_view head;
} heads[] = {
	{ "application/pdf", TOBS_LIT("%PDF-1.4\n") },
	{ "application/x-tgsticker", TOBS_LIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03") },
	{ "application/zip", TOBS_LIT("PK\x03\x04\x14\x00\x00\x00\x08\x00") },
	{ "audio/flac", TOBS_LIT("fLaC\x00\x00\x00\x22\x10\x00\x10\x00") },
	{ "audio/mpeg", TOBS_LIT("ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00") },
	{ "audio/ogg", TOBS_LIT("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00") },
	{ "image/gif", TOBS_LIT("GIF89a") },
	{ "image/jpeg",
		TOBS_LIT("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00") },
	{ "image/png", TOBS_LIT("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") },
	{ "image/webp", TOBS_LIT("RIFF\x00\x00\x00\x00WEBPVP8 ") },
	{ "video/mp4",
		TOBS_LIT("\x00\x00\x00\x18"
			 "ftypmp42\x00\x00\x00\x00mp42isom") },
	{ "video/quicktime",
		TOBS_LIT("\x00\x00\x00\x14"
			 "ftypqt  \x00\x00\x00\x00qt  ") },
	{ "video/webm", TOBS_LIT("\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f") },
};

static struct tobs_view head_of(const char *mime)
{
	for (size_t i = 0; mime && i < ARRAY_LEN(heads); i++)
		if (strcmp(mime, heads[i].mime) == 0)
			return heads[i].head;
	return tobs_view(NULL, 0);
}

static bool is_text(const char *mime)
{
	return mime && strncmp(mime, "text/", 5) == 0;
}

/* Eight bytes at a time: word k of the file is a function of the seed and k alone. */
static void make_bytes(const struct sim_blob *b, int64_t offset, uint8_t *out, size_t len)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyz etaoin shrdlu \ne ta oin shr dlu .,ea \n";
	uint64_t at = (uint64_t)offset;
	struct tobs_view head = head_of(b->mime);
	size_t done = 0;

	TOBS_STATIC_ASSERT(sizeof letters >= 64, "every value of six bits has a letter");
	while (done < len) {
		uint8_t word[8];
		size_t from = (at + done) % 8, n = MIN(8 - from, len - done);

		put_le64(word, sim_mix(b->seed + (at + done) / 8 * 0x9e3779b97f4a7c15));
		memcpy(out + done, word + from, n);
		done += n;
	}
	if (is_text(b->mime))
		for (size_t i = 0; i < len; i++)
			out[i] = (uint8_t)letters[out[i] & 63];
	for (size_t i = 0; i < len && at + i < head.len; i++)
		out[i] = head.ptr[at + i];
}

static int read_disk(
	const struct sim_blob *b, int64_t offset, uint8_t *buf, size_t len, struct tobs_err *err)
{
	int fd = open(b->path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	int r = TOBS_OK;

	if (fd < 0)
		return tobs_fail_sys(err, TOBS_EIO, errno, "cannot open %s", b->path);
	while (done < len && !r) {
		ssize_t n = pread(fd, buf + done, len - done, offset + (int64_t)done);

		if (n < 0 && errno != EINTR)
			r = tobs_fail_sys(err, TOBS_EIO, errno, "cannot read %s", b->path);
		else if (n == 0)
			r = tobs_fail(err, TOBS_EIO, "%s is shorter than it was", b->path);
		else if (n > 0)
			done += (size_t)n;
	}
	close(fd);
	return r;
}

int sim_blob_read(const struct sim_blob *b, int64_t offset, void *buf, size_t len, size_t *ret_len,
	struct tobs_err *err)
{
	int r = TOBS_OK;

	if (offset < 0)
		return tobs_fail(err, TOBS_EINVAL, "negative offset");
	if (offset >= b->size)
		len = 0;
	else if ((uint64_t)(b->size - offset) < len)
		len = (size_t)(b->size - offset);
	if (len == 0) {
		*ret_len = 0;
		return TOBS_OK;
	}
	switch (b->origin) {
	case SIM_MADE: make_bytes(b, offset, buf, len); break;
	case SIM_ON_DISK: r = read_disk(b, offset, buf, len, err); break;
	case SIM_IN_MEMORY: memcpy(buf, b->bytes + offset, len); break;
	}
	if (!r)
		*ret_len = len;
	return r;
}

int sim_blob_sha256(
	const struct sim_blob *b, int64_t offset, size_t len, uint8_t *ret, struct tobs_err *err)
{
	uint8_t step[HASH_STEP];
	struct sha256 state;

	sha256_init(&state);
	while (len) {
		size_t n;
		int r = sim_blob_read(b, offset, step, MIN(len, sizeof step), &n, err);

		if (r)
			return r;
		if (n == 0)
			break;
		sha256_update(&state, step, n);
		offset += (int64_t)n;
		len -= n;
	}
	sha256_final(&state, ret);
	return TOBS_OK;
}
