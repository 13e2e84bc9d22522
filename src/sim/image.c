/* SPDX-License-Identifier: MIT */
#include "sim/image.h"

#include "base/attr.h"

static uint32_t be(struct tobs_view v, size_t at, int bytes)
{
	uint32_t n = 0;

	for (int i = 0; i < bytes; i++)
		n = n << 8 | (at + (size_t)i < v.len ? v.ptr[at + (size_t)i] : 0);
	return n;
}

static uint32_t le(struct tobs_view v, size_t at, int bytes)
{
	uint32_t n = 0;

	for (int i = bytes; i-- > 0;)
		n = n << 8 | (at + (size_t)i < v.len ? v.ptr[at + (size_t)i] : 0);
	return n;
}

static bool begins(struct tobs_view v, size_t at, const char *bytes, size_t n)
{
	return at + n <= v.len && memcmp(v.ptr + at, bytes, n) == 0;
}

/* The first frame header: FF C0 … FF CF but those of tables (ITU T.81, table B.1). */
static bool jpeg(struct tobs_view v, uint32_t *w, uint32_t *h)
{
	size_t at = 2;

	while (at + 9 <= v.len && v.ptr[at] == 0xff) {
		uint8_t marker = v.ptr[at + 1];

		if (marker == 0xff) {
			at++;
			continue;
		}
		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
			marker != 0xcc) {
			*h = be(v, at + 5, 2);
			*w = be(v, at + 7, 2);
			return true;
		}
		at += 2 + be(v, at + 2, 2);
	}
	return false;
}

/* RFC 9649: VP8, VP8L and VP8X. */
static bool webp(struct tobs_view v, uint32_t *w, uint32_t *h)
{
	uint32_t bits;

	if (v.len < 30)
		return false;
	if (begins(v, 12, "VP8 ", 4)) {
		*w = le(v, 26, 2) & 0x3fff;
		*h = le(v, 28, 2) & 0x3fff;
	} else if (begins(v, 12, "VP8L", 4)) {
		bits = le(v, 21, 4);
		*w = (bits & 0x3fff) + 1;
		*h = (bits >> 14 & 0x3fff) + 1;
	} else {
		*w = le(v, 24, 3) + 1;
		*h = le(v, 27, 3) + 1;
	}
	return true;
}

const char *sim_sniff_mime(struct tobs_view v)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t n;
		const char *mime;
	} known[] = {
		{ 0, "\xff\xd8\xff", 3, "image/jpeg" },
		{ 0, "\x89PNG\r\n\x1a\n", 8, "image/png" },
		{ 0, "GIF8", 4, "image/gif" },
		{ 8, "WEBP", 4, "image/webp" },
		{ 0, "%PDF", 4, "application/pdf" },
		{ 0, "OggS", 4, "audio/ogg" },
		{ 0, "ID3", 3, "audio/mpeg" },
		{ 4, "ftyp", 4, "video/mp4" },
		{ 0, "\x1a\x45\xdf\xa3", 4, "video/webm" },
		{ 0, "PK\x03\x04", 4, "application/zip" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (begins(v, known[i].at, known[i].bytes, known[i].n))
			return known[i].mime;
	return NULL;
}

bool sim_image_size(struct tobs_view v, int32_t *ret_width, int32_t *ret_height)
{
	const char *mime = sim_sniff_mime(v);
	uint32_t w = 0, h = 0;
	bool known = false;

	if (!mime)
		return false;
	if (strcmp(mime, "image/jpeg") == 0) {
		known = jpeg(v, &w, &h);
	} else if (strcmp(mime, "image/png") == 0) {
		w = be(v, 16, 4);
		h = be(v, 20, 4);
		known = v.len >= 24;
	} else if (strcmp(mime, "image/gif") == 0) {
		w = le(v, 6, 2);
		h = le(v, 8, 2);
		known = v.len >= 10;
	} else if (strcmp(mime, "image/webp") == 0) {
		known = webp(v, &w, &h);
	}
	if (!known || w == 0 || h == 0 || w > INT32_MAX || h > INT32_MAX)
		return false;
	*ret_width = (int32_t)w;
	*ret_height = (int32_t)h;
	return true;
}
