/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include <tobs/err.h>

int hex_encode(struct tobs_buf *out, struct tobs_view bytes)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *at = tobs_buf_extend(out, bytes.len * 2);

	if (!at)
		return out->err;
	for (size_t i = 0; i < bytes.len; i++) {
		*at++ = (uint8_t)digits[bytes.ptr[i] >> 4];
		*at++ = (uint8_t)digits[bytes.ptr[i] & 15];
	}
	return TOBS_OK;
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_decode(struct tobs_buf *out, struct tobs_view text)
{
	size_t before = out->len;
	uint8_t *at;

	if (text.len % 2)
		return TOBS_EMALFORMED;
	at = tobs_buf_extend(out, text.len / 2);
	if (!at)
		return out->err;
	for (size_t i = 0; i < text.len; i += 2) {
		int high = nibble(text.ptr[i]), low = nibble(text.ptr[i + 1]);

		if (high < 0 || low < 0) {
			tobs_buf_truncate(out, before);
			return TOBS_EMALFORMED;
		}
		*at++ = (uint8_t)(high << 4 | low);
	}
	return TOBS_OK;
}

int base64_encode(struct tobs_buf *out, struct tobs_view bytes, enum base64_alphabet alphabet)
{
	static const char std[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char url[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *digits = alphabet == BASE64_URL ? url : std;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t n = (uint32_t)bytes.ptr[i] << 16;
		char quad[4];

		if (have > 1)
			n |= (uint32_t)bytes.ptr[i + 1] << 8;
		if (have > 2)
			n |= bytes.ptr[i + 2];
		for (size_t k = 0; k < 4; k++)
			quad[k] = k <= have ? digits[n >> (18 - 6 * k) & 63] : '=';
		tobs_buf_put(out, quad, alphabet == BASE64_URL ? have + 1 : 4);
	}
	return out->err;
}

static int base64_digit(uint8_t c, enum base64_alphabet alphabet)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (alphabet == BASE64_URL ? '-' : '+'))
		return 62;
	if (c == (alphabet == BASE64_URL ? '_' : '/'))
		return 63;
	return -1;
}

int base64_decode(struct tobs_buf *out, struct tobs_view text, enum base64_alphabet alphabet)
{
	size_t before = out->len;
	uint32_t bits = 0;
	unsigned have = 0;

	if (text.len % 4 == 0 && tobs_view_ends(text, "=="))
		text.len -= 2;
	else if (text.len % 4 == 0 && tobs_view_ends(text, "="))
		text.len -= 1;
	if (text.len % 4 == 1)
		return TOBS_EMALFORMED;
	for (size_t i = 0; i < text.len; i++) {
		int d = base64_digit(text.ptr[i], alphabet);

		if (d < 0)
			goto malformed;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			tobs_buf_putc(out, (char)(bits >> have & 255));
		}
	}
	if (bits & ((1u << have) - 1))
		goto malformed;
	return out->err;

malformed:
	tobs_buf_truncate(out, before);
	return TOBS_EMALFORMED;
}
