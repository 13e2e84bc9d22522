/* SPDX-License-Identifier: MIT */
#include "base/setting.h"

#include "base/attr.h"

/* Steps of a unit, the largest first. */
struct unit {
	const char *name;
	int64_t size;
};

static const struct unit duration_units[] = {
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

static const struct unit size_units[] = {
	{ "T", (int64_t)1 << 40 },
	{ "G", 1 << 30 },
	{ "M", 1 << 20 },
	{ "K", 1 << 10 },
	{ "", 1 },
};

struct tobs_view setting_word(const char *words, size_t i)
{
	struct tobs_view rest = tobs_str(words), word;

	while (tobs_view_split(&rest, ' ', &word))
		if (word.len && i-- == 0)
			return word;
	return tobs_view(NULL, 0);
}

/* The index of the word, whatever its case; -1 when it is none of them. */
static int find_word(const char *words, struct tobs_view word)
{
	struct tobs_view allowed;

	for (int i = 0; (allowed = setting_word(words, (size_t)i)).len; i++)
		if (tobs_view_eq_nocase(allowed, word))
			return i;
	return -1;
}

bool setting_list_next(struct tobs_view *rest, struct tobs_view *ret)
{
	struct tobs_view part;

	while (tobs_view_split(rest, ',', &part)) {
		part = tobs_view_trim(part);
		if (part.len) {
			*ret = part;
			return true;
		}
	}
	return false;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Cuts digits off the front; false when there are none or more than `most`. */
static bool cut_digits(struct tobs_view *text, size_t most, int64_t *ret, size_t *ret_count)
{
	size_t n = 0;

	while (n < text->len && is_digit(text->ptr[n]))
		n++;
	if (n == 0 || n > most)
		return false;
	*ret_count = n;
	if (tobs_view_int(tobs_view_sub(*text, 0, n), 0, INT64_MAX, ret))
		return false;
	*text = tobs_view_sub(*text, n, SIZE_MAX);
	return true;
}

/* Six digits behind the point fit every unit there is without overflow. */
enum { FRACTION_DIGITS = 6 };

/* Cuts "12" or "1.5" off the front, in millionths. */
static bool cut_amount(struct tobs_view *text, int64_t *ret_whole, int64_t *ret_millionths)
{
	size_t digits;

	*ret_millionths = 0;
	if (!cut_digits(text, 19, ret_whole, &digits))
		return false;
	if (!tobs_view_starts(*text, "."))
		return true;
	*text = tobs_view_sub(*text, 1, SIZE_MAX);
	if (!cut_digits(text, FRACTION_DIGITS, ret_millionths, &digits))
		return false;
	for (; digits < FRACTION_DIGITS; digits++)
		*ret_millionths *= 10;
	return true;
}

/* Adds an amount of a unit to *total; false on overflow. */
static bool add_amount(int64_t *total, int64_t whole, int64_t millionths, int64_t unit)
{
	return !__builtin_mul_overflow(whole, unit, &whole) &&
		!__builtin_add_overflow(*total, whole, total) &&
		!__builtin_add_overflow(*total, millionths * unit / 1000000, total);
}

/* Cuts letters off the front: the longest run of them. */
static struct tobs_view cut_letters(struct tobs_view *text)
{
	struct tobs_view all = *text;
	size_t n = 0;

	while (n < all.len && ((all.ptr[n] | 0x20) >= 'a' && (all.ptr[n] | 0x20) <= 'z'))
		n++;
	*text = tobs_view_sub(all, n, SIZE_MAX);
	return tobs_view_sub(all, 0, n);
}

static int64_t duration_unit(struct tobs_view name)
{
	for (size_t i = 0; i < ARRAY_LEN(duration_units); i++)
		if (tobs_view_eq_nocase(name, tobs_str(duration_units[i].name)))
			return duration_units[i].size;
	return 0;
}

/* K, KB, KiB; B alone is a byte. */
static int64_t size_unit(struct tobs_view name)
{
	static const char *const tails[] = { "", "B", "iB" };

	for (size_t i = 0; i < ARRAY_LEN(size_units); i++) {
		struct tobs_view head = tobs_str(size_units[i].name);

		if (!tobs_view_eq_nocase(tobs_view_sub(name, 0, head.len), head))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(tails); k++) {
			/* There is no "iB" without a letter before it. */
			if (head.len == 0 && k == 2)
				continue;
			if (tobs_view_eq_nocase(
				    tobs_view_sub(name, head.len, SIZE_MAX), tobs_str(tails[k])))
				return size_units[i].size;
		}
	}
	return 0;
}

static bool parse_size(struct tobs_view text, const char *bare, int64_t *ret)
{
	int64_t whole, millionths, unit, total = 0;
	struct tobs_view name;

	if (!cut_amount(&text, &whole, &millionths))
		return false;
	text = tobs_view_trim(text);
	name = text.len ? text : tobs_str(bare ? bare : "");
	unit = size_unit(name);
	if (!unit || !add_amount(&total, whole, millionths, unit))
		return false;
	*ret = total;
	return true;
}

/* One amount with or without a unit, or several with one each: 1h30m. */
static bool parse_duration(struct tobs_view text, const char *bare, int64_t *ret)
{
	int64_t total = 0;
	bool first = true;

	do {
		int64_t whole, millionths, unit;
		struct tobs_view name;

		if (!cut_amount(&text, &whole, &millionths))
			return false;
		name = cut_letters(&text);
		if (!name.len && first && !text.len)
			name = tobs_str(bare ? bare : "ms");
		unit = duration_unit(name);
		if (!unit || !add_amount(&total, whole, millionths, unit))
			return false;
		first = false;
	} while (text.len);
	*ret = total;
	return true;
}

static bool parse_bool(struct tobs_view text, int64_t *ret)
{
	int word = find_word("no yes false true off on n y 0 1", text);

	*ret = word & 1;
	return word >= 0;
}

/* Cuts exactly `digits` digits and, unless it is 0, the separator before them. */
static bool cut_field(struct tobs_view *text, char separator, size_t digits, int *ret)
{
	struct tobs_view field = tobs_view_sub(*text, separator != 0, digits);
	int64_t n;

	if (separator && (!text->len || text->ptr[0] != (uint8_t)separator))
		return false;
	if (field.len != digits || !is_digit(field.ptr[0]) || tobs_view_int(field, 0, 9999, &n))
		return false;
	*text = tobs_view_sub(*text, (separator != 0) + digits, SIZE_MAX);
	*ret = (int)n;
	return true;
}

/* "Z", "+03:00", "+0300" or "-03"; nothing is fine. */
static bool parse_zone(struct tobs_view text, struct setting_date *date)
{
	int hours, minutes = 0, sign;

	if (!text.len)
		return true;
	date->has_zone = true;
	if (tobs_view_eq_nocase(text, tobs_str("z")))
		return true;
	sign = text.ptr[0] == '-' ? -1 : 1;
	if (text.ptr[0] != '+' && text.ptr[0] != '-')
		return false;
	text = tobs_view_sub(text, 1, SIZE_MAX);
	if (!cut_field(&text, 0, 2, &hours))
		return false;
	if (text.len && !cut_field(&text, text.ptr[0] == ':' ? ':' : 0, 2, &minutes))
		return false;
	date->offset = sign * (hours * 3600 + minutes * 60);
	return !text.len && hours <= 18 && minutes < 60;
}

static bool parse_date(struct tobs_view text, struct setting_date *ret)
{
	struct setting_date date = { .has_time = false };
	struct civil *c = &date.civil;
	int year;

	if (!cut_field(&text, 0, 4, &year) || !cut_field(&text, '-', 2, &c->month) ||
		!cut_field(&text, '-', 2, &c->day))
		return false;
	c->year = year;
	if (text.len) {
		char separator = text.ptr[0] == ' ' ? ' ' : text.ptr[0] == 't' ? 't' : 'T';

		date.has_time = true;
		if (!cut_field(&text, separator, 2, &c->hour) || !cut_field(&text, ':', 2, &c->min))
			return false;
		if (tobs_view_starts(text, ":") && !cut_field(&text, ':', 2, &c->sec))
			return false;
	}
	if (!civil_valid(c) || !parse_zone(text, &date))
		return false;
	*ret = date;
	return true;
}

static bool parse_list(const struct setting *set, struct tobs_view text, uint64_t *ret)
{
	struct tobs_view element;
	uint64_t words = 0;

	while (set->words && setting_list_next(&text, &element)) {
		int word = find_word(set->words, element);

		if (word < 0)
			return false;
		assert(word < SETTING_WORDS_MAX);
		words |= (uint64_t)1 << word;
	}
	*ret = words;
	return true;
}

static bool in_range(const struct setting *set, int64_t n)
{
	return (!set->min && !set->max) || (n >= set->min && n <= set->max);
}

static bool parse(
	const struct setting *set, struct tobs_view text, const char *unit, struct setting_value *v)
{
	switch (set->type) {
	case SETTING_INT:
		return !tobs_view_int(text, INT64_MIN, INT64_MAX, &v->number) &&
			in_range(set, v->number);
	case SETTING_SIZE: return parse_size(text, unit, &v->number) && in_range(set, v->number);
	case SETTING_DURATION:
		return parse_duration(text, unit, &v->number) && in_range(set, v->number);
	case SETTING_BOOL: return parse_bool(text, &v->number);
	case SETTING_ENUM: v->number = find_word(set->words, text); return v->number >= 0;
	case SETTING_LIST: return parse_list(set, text, &v->words);
	case SETTING_DATE: return parse_date(text, &v->date);
	default: return true;
	}
}

int setting_parse(const struct setting *set, struct tobs_view text, const char *unit,
	struct setting_value *ret, struct tobs_err *err)
{
	struct setting_value v = { 0 };
	struct tobs_buf allowed;

	if (set->type != SETTING_STRING && set->type != SETTING_PATH)
		text = tobs_view_trim(text);
	if (parse(set, text, unit ? unit : set->unit, &v)) {
		*ret = v;
		return TOBS_OK;
	}
	tobs_buf_init(&allowed, 4096);
	setting_allowed(set, &allowed);
	tobs_fail(err, TOBS_EINVAL, "%s", tobs_buf_str(&allowed));
	tobs_buf_deinit(&allowed);
	return TOBS_EINVAL;
}

/* A number in the largest unit that leaves no fraction. */
static void put_number(const struct setting *set, int64_t n, struct tobs_buf *out)
{
	const struct unit *units = set->type == SETTING_SIZE ? size_units : duration_units;
	size_t i = 0;

	if (set->type != SETTING_INT && n) {
		while (n % units[i].size)
			i++;
		tobs_buf_put_i64(out, n / units[i].size);
		tobs_buf_puts(out, units[i].name);
	} else {
		tobs_buf_put_i64(out, n);
	}
}

static void put_range(const struct setting *set, struct tobs_buf *out)
{
	if (!set->min && !set->max)
		return;
	tobs_buf_puts(out, " from ");
	put_number(set, set->min, out);
	if (set->max < INT64_MAX) {
		tobs_buf_puts(out, " to ");
		put_number(set, set->max, out);
	} else {
		tobs_buf_puts(out, " on");
	}
}

static void put_words(const struct setting *set, struct tobs_buf *out)
{
	struct tobs_view word;

	for (size_t i = 0; (word = setting_word(set->words, i)).len; i++) {
		tobs_buf_puts(out, i ? ", " : "");
		tobs_buf_putv(out, word);
	}
}

int setting_allowed(const struct setting *set, struct tobs_buf *out)
{
	switch (set->type) {
	case SETTING_STRING: tobs_buf_puts(out, "any text"); break;
	case SETTING_PATH: tobs_buf_puts(out, "a path"); break;
	case SETTING_INT: tobs_buf_puts(out, "a number"); break;
	case SETTING_SIZE: tobs_buf_puts(out, "a size such as 500K, 20M or 1.5G"); break;
	case SETTING_DURATION: tobs_buf_puts(out, "a time such as 500ms, 30s, 5m or 1h30m"); break;
	case SETTING_BOOL: tobs_buf_puts(out, "yes or no"); break;
	case SETTING_ENUM: tobs_buf_puts(out, "one of "); break;
	case SETTING_LIST:
		tobs_buf_puts(out, set->words ? "any of " : "a list separated by commas");
		break;
	case SETTING_DATE:
		tobs_buf_puts(out, "a date such as 2024-05-01 or 2024-05-01T18:30+03:00");
		break;
	}
	if (set->type == SETTING_INT || set->type == SETTING_SIZE || set->type == SETTING_DURATION)
		put_range(set, out);
	if (set->words)
		put_words(set, out);
	if (set->words && set->type == SETTING_LIST)
		tobs_buf_puts(out, ", separated by commas");
	return tobs_buf_err(out);
}

struct tobs_view setting_renamed(const struct setting_alias *alias, struct tobs_view value)
{
	struct tobs_view pair, old;

	for (size_t i = 0; alias->words && (pair = setting_word(alias->words, i)).len; i++) {
		tobs_view_split(&pair, '=', &old);
		if (tobs_view_eq_nocase(old, tobs_view_trim(value)))
			return pair;
	}
	return value;
}

char *setting_key(const struct setting *set, const char *prefix, char out[2 * SETTING_NAME_MAX])
{
	size_t n = 0;

	assert(strlen(prefix) < SETTING_NAME_MAX && strlen(set->name) < SETTING_NAME_MAX);
	for (; *prefix; prefix++)
		out[n++] = *prefix;
	for (const char *c = set->name; *c; c++)
		out[n++] = (char)(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	out[n] = 0;
	return out;
}

int64_t setting_date_unix(const struct setting_date *date, int offset)
{
	return civil_to_unix(&date->civil, date->has_zone ? date->offset : offset);
}
