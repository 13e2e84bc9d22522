/* SPDX-License-Identifier: MIT */
#include "export/units.h"

#include <stdio.h>

#include <inttypes.h>

#include "base/attr.h"
#include "md/emit.h"

/* ---- sizes ---- */

void units_size(struct tobs_buf *out, enum word_language language, int64_t bytes)
{
	static const enum word words[] = { WORD_SIZE_B, WORD_SIZE_KB, WORD_SIZE_MB, WORD_SIZE_GB };
	uint64_t tenths = bytes < 0 ? 0 : (uint64_t)bytes * 10;
	struct tobs_view v;
	char number[32];
	size_t unit = 0;

	if (bytes > INT64_MAX / 20)
		tenths = (uint64_t)INT64_MAX;
	while (unit + 1 < ARRAY_LEN(words) && tenths >= 10240) {
		tenths = (tenths + 512) / 1024;
		unit++;
	}
	if (unit > 0 && tenths < 100 && tenths % 10)
		snprintf(number, sizeof number, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
	else
		snprintf(number, sizeof number, "%" PRIu64, (tenths + 5) / 10);
	v = tobs_str(number);
	words_put(out, language, words[unit], 0, &v, 1);
}

/* ---- time ---- */

void units_duration(struct tobs_buf *out, int64_t seconds)
{
	int64_t s = seconds < 0 ? 0 : seconds;

	if (s >= 3600)
		tobs_buf_printf(
			out, "%" PRId64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60), (int)(s % 60));
	else
		tobs_buf_printf(out, "%d:%02d", (int)(s / 60), (int)(s % 60));
}

void units_period(struct tobs_buf *out, enum word_language language, int64_t seconds)
{
	/* Telegram counts a month as 31 days and a year as 365 (core.telegram.org/api/ttl). */
	static const struct {
		int64_t seconds;
		enum word word;
	} units[] = { { 365 * 86400, WORD_YEARS }, { 31 * 86400, WORD_MONTHS },
		{ 7 * 86400, WORD_WEEKS }, { 86400, WORD_DAYS }, { 3600, WORD_HOURS },
		{ 60, WORD_MINUTES } };

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (seconds && seconds % units[i].seconds == 0) {
			words_put(
				out, language, units[i].word, seconds / units[i].seconds, NULL, 0);
			return;
		}
	words_put(out, language, WORD_SECONDS, seconds, NULL, 0);
}

/* ---- money ---- */

/*
 * Digits behind the point of currencies that do not have two (ISO 4217, and
 * core.telegram.org/bots/payments/currencies.json for those Telegram takes).
 */
static const struct {
	char code[4];
	int digits;
} exponents[] = {
	{ "BHD", 3 },
	{ "BIF", 0 },
	{ "CLP", 0 },
	{ "DJF", 0 },
	{ "GNF", 0 },
	{ "IQD", 3 },
	{ "ISK", 0 },
	{ "JOD", 3 },
	{ "JPY", 0 },
	{ "KMF", 0 },
	{ "KRW", 0 },
	{ "KWD", 3 },
	{ "LYD", 3 },
	{ "OMR", 3 },
	{ "PYG", 0 },
	{ "RWF", 0 },
	{ "TND", 3 },
	{ "TON", 9 },
	{ "UGX", 0 },
	{ "VND", 0 },
	{ "VUV", 0 },
	{ "XAF", 0 },
	{ "XOF", 0 },
	{ "XPF", 0 },
};

static int digits_of(struct tobs_view currency)
{
	for (size_t i = 0; i < ARRAY_LEN(exponents); i++)
		if (tobs_view_is(currency, exponents[i].code))
			return exponents[i].digits;
	return 2;
}

/* whole.part, with the zeros at the end of a part longer than cents left out. */
static void put_decimal(struct tobs_buf *out, int64_t amount, int digits)
{
	uint64_t u = amount < 0 ? -(uint64_t)amount : (uint64_t)amount, whole = 1;
	char part[16];
	int n = digits;

	for (int i = 0; i < digits; i++)
		whole *= 10;
	if (amount < 0)
		emit_char(out, '-');
	tobs_buf_printf(out, "%" PRIu64, u / whole);
	if (!digits)
		return;
	snprintf(part, sizeof part, "%0*" PRIu64, digits, u % whole);
	while (digits > 3 && n > 0 && part[n - 1] == '0')
		n--;
	if (n)
		tobs_buf_printf(out, ".%.*s", n, part);
}

void units_money(struct tobs_buf *out, enum word_language language, int64_t amount,
	struct tobs_view currency, int64_t nanos)
{
	if (tobs_view_is(currency, "XTR") && !nanos) {
		words_put(out, language, WORD_STARS, amount, NULL, 0);
		return;
	}
	if (tobs_view_is(currency, "XTR") && amount < INT64_MAX / 2000000000 &&
		amount > INT64_MIN / 2000000000) {
		put_decimal(out, amount * 1000000000 + nanos, 9);
		emit_str(out, " ⭐");
		return;
	}
	put_decimal(out, amount, digits_of(currency));
	emit_char(out, ' ');
	/* A code is letters; whatever else it is must not be read as Markdown. */
	for (size_t i = 0; i < currency.len && i < 8; i++)
		if ((currency.ptr[i] | 0x20) >= 'a' && (currency.ptr[i] | 0x20) <= 'z')
			emit_char(out, (char)currency.ptr[i]);
}

int units_amount(struct tobs_buf *out, enum word_language language, struct json_value amount)
{
	struct tobs_view currency = TOBS_LIT("XTR");
	int64_t n, nanos = 0;
	int r = json_get_i64(json_field(amount, "amount"), &n);

	if (r)
		return TOBS_ENOTFOUND;
	json_get_str(json_field(amount, "currency"), &currency);
	json_get_i64(json_field(amount, "nanos"), &nanos);
	units_money(out, language, n, currency, nanos);
	return TOBS_OK;
}

void units_degrees(struct tobs_buf *out, double degrees)
{
	bool sane = degrees > -1e6 && degrees < 1e6;
	double hundred_thousandths = sane ? degrees * 100000 : 0;
	int64_t n = (int64_t)(hundred_thousandths + (degrees < 0 ? -0.5 : 0.5));
	uint64_t u = n < 0 ? -(uint64_t)n : (uint64_t)n;

	/* By hand: printf would write the decimal point of the process's locale. */
	tobs_buf_printf(out, "%s%" PRIu64 ".%05d", n < 0 ? "-" : "", u / 100000, (int)(u % 100000));
}
