/* SPDX-License-Identifier: MIT */
/* Values of settings: the first byte chooses the kind, the rest is the text. */
#include "base/setting.h"
#include "base/suggest.h"
#include "fuzz.h"

static const struct setting rows[] = {
	{ "int", .type = SETTING_INT, .min = -10, .max = 1000 },
	{ "size", .type = SETTING_SIZE },
	{ "time", .type = SETTING_DURATION, .unit = "s" },
	{ "switch", .type = SETTING_BOOL },
	{ "word", .type = SETTING_ENUM, .words = "conservative balanced aggressive" },
	{ "list", .type = SETTING_LIST, .words = "all none photo video" },
	{ "date", .type = SETTING_DATE },
	{ "path", .type = SETTING_PATH },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct setting *set;
	struct setting_value v = { 0 };
	struct suggest like;
	struct tobs_view text;
	int r;

	if (size == 0)
		return 0;
	set = &rows[data[0] % (sizeof rows / sizeof rows[0])];
	text = tobs_view(data + 1, size - 1);
	r = setting_parse(set, text, NULL, &v, NULL);
	FUZZ_CHECK(r == TOBS_OK || r == TOBS_EINVAL);
	if (!r && set->type == SETTING_INT)
		FUZZ_CHECK(v.number >= -10 && v.number <= 1000);
	if (!r && (set->type == SETTING_SIZE || set->type == SETTING_DURATION))
		FUZZ_CHECK(v.number >= 0);
	if (!r && set->type == SETTING_ENUM)
		FUZZ_CHECK(v.number >= 0 && v.number < 3);
	if (!r && set->type == SETTING_LIST)
		FUZZ_CHECK(v.words < 16);
	if (!r && set->type == SETTING_DATE)
		FUZZ_CHECK(
			civil_valid(&v.date.civil) && setting_date_unix(&v.date, 0) < 253402387200);
	like = (struct suggest){ .wanted = text };
	suggest_try(&like, "concurrency");
	FUZZ_CHECK(!like.best || like.distance <= 21);
	return 0;
}
