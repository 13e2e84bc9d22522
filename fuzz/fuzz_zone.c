/* SPDX-License-Identifier: MIT */
/*
 * Time zones: a TZif file, or, when the first byte is 'R', a rule. At any time
 * the stretch that is told has that time in it, and the next begins at its end.
 */
#include "base/zone.h"
#include "fuzz.h"

enum { HOPS = 20, DAY = 86400 };

static void check_from(const struct zone *z, int64_t t)
{
	for (int i = 0; i < HOPS; i++) {
		struct zone_span s = zone_at(z, t);

		FUZZ_CHECK(s.from <= t && t < s.until);
		FUZZ_CHECK(s.offset > -8 * DAY && s.offset < 8 * DAY);
		if (s.until == INT64_MAX)
			return;
		t = s.until;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t times[] = { INT64_MIN, -1099511627776, -1, 0, 951782400, 1700000000,
		4102444800, 1ll << 40 };
	struct tobs_view in = tobs_view(data, size);
	struct tobs_err err = { 0 };
	struct zone *z = NULL;
	int r = tobs_view_starts(in, "R") ? zone_from_rule(&z, tobs_view_sub(in, 1, SIZE_MAX), &err)
					  : zone_parse(&z, in, &err);

	FUZZ_CHECK(r == TOBS_OK || (r == TOBS_EMALFORMED && err.code == r && err.message[0]));
	if (r)
		return 0;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		check_from(z, times[i]);
	(void)zone_fingerprint(z);
	zone_free(z);
	return 0;
}
