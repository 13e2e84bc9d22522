/* SPDX-License-Identifier: MIT */
#include "base/zone_rule.h"

#include "base/clock.h"

enum { HOUR = 3600, DAY = 86400, HOURS_MAX = 167, WEEKDAY_OF_1970 = 4 /* Thursday */ };

/* No clock changes further from 1970: keeps what is counted far from overflow. */
#define YEARS_S ((int64_t)1 << 48)

struct parser {
	struct tobs_view s;
	size_t at;
	bool bad;
};

static int peek(const struct parser *p)
{
	return p->at < p->s.len ? p->s.ptr[p->at] : -1;
}

static bool take(struct parser *p, char c)
{
	if (peek(p) != c)
		return false;
	p->at++;
	return true;
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* Letters, or <anything> for names like <+03>. At least three, as POSIX asks. */
static void skip_name(struct parser *p)
{
	size_t start = p->at;

	if (take(p, '<')) {
		while (is_letter(peek(p)) || is_digit(peek(p)) || peek(p) == '+' || peek(p) == '-')
			p->at++;
		p->bad |= !take(p, '>') || p->at - start < 5;
		return;
	}
	while (is_letter(peek(p)))
		p->at++;
	p->bad |= p->at - start < 3;
}

static int number(struct parser *p, int min, int max)
{
	int n = 0;

	p->bad |= !is_digit(peek(p));
	while (is_digit(peek(p)) && n <= max)
		n = n * 10 + (p->s.ptr[p->at++] - '0');
	p->bad |= n < min || n > max;
	return n;
}

/* [+-]hh[:mm[:ss]] in seconds */
static int clock_time(struct parser *p, int hours_max)
{
	bool negative = peek(p) == '-';
	int s;

	if (peek(p) == '+' || negative)
		p->at++;
	s = number(p, 0, hours_max) * HOUR;
	if (take(p, ':')) {
		s += number(p, 0, 59) * 60;
		if (take(p, ':'))
			s += number(p, 0, 59);
	}
	return negative ? -s : s;
}

static struct zone_change change(struct parser *p)
{
	struct zone_change c = { .kind = ZONE_DAY, .time = 2 * HOUR };

	p->bad |= !take(p, ',');
	if (take(p, 'M')) {
		c.kind = ZONE_WEEK;
		c.month = number(p, 1, 12);
		p->bad |= !take(p, '.');
		c.week = number(p, 1, 5);
		p->bad |= !take(p, '.');
		c.day = number(p, 0, 6);
	} else if (take(p, 'J')) {
		c.kind = ZONE_JULIAN;
		c.day = number(p, 1, 365);
	} else {
		c.day = number(p, 0, 365);
	}
	if (take(p, '/'))
		c.time = clock_time(p, HOURS_MAX);
	return c;
}

int zone_rule_parse(struct tobs_view text, struct zone_rule *ret)
{
	struct parser p = { .s = text };
	struct zone_rule r = { 0 };

	skip_name(&p);
	/* POSIX counts westwards. */
	r.offset = -clock_time(&p, 24);
	if (p.at < text.len) {
		r.has_dst = true;
		skip_name(&p);
		r.dst_offset = peek(&p) == ',' ? r.offset + HOUR : -clock_time(&p, 24);
		r.start = change(&p);
		r.end = change(&p);
	}
	if (p.bad || p.at != text.len)
		return TOBS_EMALFORMED;
	*ret = r;
	return TOBS_OK;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t day_number(int64_t year, int month, int day)
{
	return civil_to_unix(&(struct civil){ .year = year, .month = month, .day = day }, 0) / DAY;
}

static int weekday(int64_t day)
{
	return (int)(((day + WEEKDAY_OF_1970) % 7 + 7) % 7);
}

/* The day of a change, in days since 1970. */
static int64_t change_day(const struct zone_change *c, int64_t year)
{
	int64_t first, day, next;

	switch (c->kind) {
	case ZONE_JULIAN:
		return day_number(year, 1, 1) + c->day - 1 + (is_leap(year) && c->day >= 60);
	case ZONE_DAY: return day_number(year, 1, 1) + c->day;
	default: break;
	}
	first = day_number(year, c->month, 1);
	next = c->month == 12 ? day_number(year + 1, 1, 1) : day_number(year, c->month + 1, 1);
	day = first + (c->day - weekday(first) + 7) % 7 + (c->week - 1) * 7;
	return day < next ? day : day - 7;
}

/* Widens or cuts *s, the span of an offset, by a change that leads to `offset`. */
static void narrow(struct zone_span *s, int64_t unix_s, int64_t at, int offset)
{
	if (at <= unix_s && at >= s->from) {
		s->from = at;
		s->offset = offset;
	} else if (at > unix_s && at < s->until) {
		s->until = at;
	}
}

struct zone_span zone_rule_at(const struct zone_rule *r, int64_t unix_s)
{
	struct zone_span s = { INT64_MIN, INT64_MAX, r->offset };
	int64_t year;

	if (!r->has_dst || unix_s < -YEARS_S || unix_s > YEARS_S)
		return s;
	year = civil_from_unix(unix_s, r->offset).year;
	for (int64_t y = year - 1; y <= year + 1; y++) {
		int64_t start = change_day(&r->start, y) * DAY + r->start.time - r->offset;
		int64_t end = change_day(&r->end, y) * DAY + r->end.time - r->dst_offset;

		/* Where both fall on one instant it is daylight saving all year. */
		if (start < end) {
			narrow(&s, unix_s, start, r->dst_offset);
			narrow(&s, unix_s, end, r->offset);
		} else {
			narrow(&s, unix_s, end, r->offset);
			narrow(&s, unix_s, start, r->dst_offset);
		}
	}
	return s;
}
