/* SPDX-License-Identifier: MIT */
#include <tobs/err.h>
#include <tobs/view.h>

int tobs_view_cmp(struct tobs_view a, struct tobs_view b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int r = common ? memcmp(a.ptr, b.ptr, common) : 0;

	if (r)
		return r;
	return a.len < b.len ? -1 : a.len > b.len;
}

size_t tobs_view_find(struct tobs_view v, size_t from, struct tobs_view needle)
{
	if (needle.len == 0)
		return from <= v.len ? from : SIZE_MAX;
	while (from < v.len && v.len - from >= needle.len) {
		const uint8_t *p = memchr(
			v.ptr + from, needle.ptr[0], v.len - from - needle.len + 1);

		if (!p)
			break;
		if (memcmp(p, needle.ptr, needle.len) == 0)
			return (size_t)(p - v.ptr);
		from = (size_t)(p - v.ptr) + 1;
	}
	return SIZE_MAX;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct tobs_view tobs_view_trim(struct tobs_view v)
{
	while (v.len && is_blank(v.ptr[0])) {
		v.ptr++;
		v.len--;
	}
	while (v.len && is_blank(v.ptr[v.len - 1]))
		v.len--;
	return v;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool tobs_view_eq_nocase(struct tobs_view a, struct tobs_view b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

int tobs_view_int(struct tobs_view v, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = v.len && v.ptr[0] == '-';
	int64_t n = 0;
	size_t i = negative;

	if (i == v.len)
		return TOBS_EMALFORMED;
	for (; i < v.len; i++) {
		int64_t digit = v.ptr[i] - '0';

		if (digit < 0 || digit > 9)
			return TOBS_EMALFORMED;
		/* Counted downwards, as INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n)) {
			for (; i < v.len; i++)
				if (v.ptr[i] < '0' || v.ptr[i] > '9')
					return TOBS_EMALFORMED;
			return TOBS_ETOOBIG;
		}
	}
	if (!negative && n == INT64_MIN)
		return TOBS_ETOOBIG;
	if (!negative)
		n = -n;
	if (n < min || n > max)
		return TOBS_ETOOBIG;
	*ret = n;
	return TOBS_OK;
}

bool tobs_view_split(struct tobs_view *rest, char sep, struct tobs_view *ret_part)
{
	const uint8_t *at;

	if (!rest->ptr)
		return false;
	at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
	if (!at) {
		*ret_part = *rest;
		*rest = tobs_view(NULL, 0);
		return true;
	}
	*ret_part = tobs_view(rest->ptr, (size_t)(at - rest->ptr));
	*rest = tobs_view(at + 1, rest->len - ret_part->len - 1);
	return true;
}
