/* SPDX-License-Identifier: MIT */
#include "base/fold.h"

#include "base/attr.h"
#include "base/fold_ranges.h"
#include "base/utf.h"

uint32_t utf8_fold_char(uint32_t cp)
{
	size_t low = 0, high = ARRAY_LEN(fold_ranges);

	if (cp < 0x80)
		return cp - 'A' < 26 ? cp + 32 : cp;
	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct fold_range *r = &fold_ranges[mid];

		if (cp > r->last)
			low = mid + 1;
		else if (cp < r->first)
			high = mid;
		else if ((cp - r->first) % r->step)
			return cp;
		else
			return cp + (uint32_t)r->delta;
	}
	return cp;
}

int utf8_fold(struct tobs_buf *out, struct tobs_view s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t cp;

		n = utf8_decode(s.ptr + i, s.len - i, &cp);
		if (n) {
			utf8_put(out, utf8_fold_char(cp));
		} else {
			tobs_buf_putc(out, (char)s.ptr[i]);
			n = 1;
		}
	}
	return tobs_buf_err(out);
}
