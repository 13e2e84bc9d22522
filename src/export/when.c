/* SPDX-License-Identifier: MIT */
#include "export/when.h"

#include "md/emit.h"

enum { DAY = 86400 };

void when_init(struct when *w, const struct zone *zone)
{
	*w = (struct when){ .zone = zone, .span = { 1, 0, 0 }, .day = INT64_MIN };
}

int when_offset(struct when *w, int64_t unix_s)
{
	if (unix_s < w->span.from || unix_s >= w->span.until)
		w->span = zone_at(w->zone, unix_s);
	return w->span.offset;
}

int64_t when_day(struct when *w, int64_t unix_s)
{
	int64_t local = unix_s + when_offset(w, unix_s);

	return local / DAY - (local % DAY < 0);
}

bool when_same_month(int64_t a, int64_t b)
{
	struct civil x = civil_from_unix(a * DAY, 0), y = civil_from_unix(b * DAY, 0);

	return x.year == y.year && x.month == y.month;
}

static const struct civil *date_of(struct when *w, int64_t unix_s)
{
	int64_t day = when_day(w, unix_s);

	if (day != w->day) {
		w->date = civil_from_unix(day * DAY, 0);
		w->day = day;
	}
	return &w->date;
}

static void put_two(struct tobs_buf *out, int n)
{
	emit(out, (const char[]){ (char)('0' + n / 10 % 10), (char)('0' + n % 10) }, 2);
}

void when_put_month(struct when *w, struct tobs_buf *out, int64_t unix_s)
{
	const struct civil *date = date_of(w, unix_s);

	if (date->year >= 0 && date->year <= 9999) {
		put_two(out, (int)(date->year / 100));
		put_two(out, (int)(date->year % 100));
	} else {
		tobs_buf_put_i64(out, date->year);
	}
	emit_char(out, '-');
	put_two(out, date->month);
}

void when_put_date(struct when *w, struct tobs_buf *out, int64_t unix_s)
{
	when_put_month(w, out, unix_s);
	emit_char(out, '-');
	put_two(out, date_of(w, unix_s)->day);
}

/* Seconds since midnight, here. */
static int clock_of(struct when *w, int64_t unix_s)
{
	return (int)(unix_s + when_offset(w, unix_s) - when_day(w, unix_s) * DAY);
}

void when_put_time(struct when *w, struct tobs_buf *out, int64_t unix_s)
{
	int s = clock_of(w, unix_s);

	put_two(out, s / 3600);
	emit_char(out, ':');
	put_two(out, s / 60 % 60);
}

void when_put(struct when *w, struct tobs_buf *out, int64_t unix_s)
{
	when_put_date(w, out, unix_s);
	emit_char(out, ' ');
	when_put_time(w, out, unix_s);
}

void when_put_iso(struct when *w, struct tobs_buf *out, int64_t unix_s)
{
	when_put_date(w, out, unix_s);
	emit_char(out, 'T');
	when_put_time(w, out, unix_s);
	emit_char(out, ':');
	put_two(out, clock_of(w, unix_s) % 60);
}

void when_put_offset(struct tobs_buf *out, int offset)
{
	int minutes = (offset < 0 ? -offset : offset) / 60;

	emit_str(out, offset < 0 ? "UTC-" : "UTC+");
	put_two(out, minutes / 60);
	emit_char(out, ':');
	put_two(out, minutes % 60);
}
