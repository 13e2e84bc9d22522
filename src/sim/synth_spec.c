/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/attr.h"
#include "base/clock.h"
#include "sim/synthetic.h"

enum { ONE = 65536 };

enum value_kind { NUMBER, SEED, SHARE, DENSITY, RANGE, SIZES, DATE, NAMES, KIND, TEXT };

static const char *const kind_names[] = { "private", "group", "supergroup", "forum", "channel" };
static const char *const script_names[] = { "latin", "cyrillic", "greek", "hebrew", "arabic", "cjk",
	"emoji" };
static const char *const media_names[] = { "photo", "video", "document", "voice", "audio",
	"sticker", "gif" };

TOBS_STATIC_ASSERT(ARRAY_LEN(script_names) == SIM_SCRIPTS, "a name a script");
TOBS_STATIC_ASSERT(ARRAY_LEN(media_names) == SIM_MEDIA_KINDS, "a name a kind of media");

struct key {
	const char *name;
	enum value_kind kind;
	size_t offset;
	int64_t min, max;
	const char *const *names;
	size_t count; /* of names, or bytes of a text */
};

#define FIELD(f) offsetof(struct sim_spec, f)

static const struct key keys[] = {
	{ "chats", NUMBER, FIELD(chats), 1, 100000, NULL, 0 },
	{ "comments", NUMBER, FIELD(comments), 0, 10000, NULL, 0 },
	{ "density", DENSITY, FIELD(density), ONE / 20, ONE, NULL, 0 },
	{ "edits", SHARE, FIELD(edits), 0, ONE, NULL, 0 },
	{ "entities", SHARE, FIELD(entities), 0, ONE, NULL, 0 },
	{ "file", SIZES, FIELD(file_min), 1, INT64_C(4) << 30, NULL, 0 },
	{ "forwards", SHARE, FIELD(forwards), 0, ONE, NULL, 0 },
	{ "kind", KIND, FIELD(kind), 0, 0, kind_names, ARRAY_LEN(kind_names) },
	{ "kinds", NAMES, FIELD(media_kinds), 0, 0, media_names, ARRAY_LEN(media_names) },
	{ "media", SHARE, FIELD(media), 0, ONE, NULL, 0 },
	{ "messages", NUMBER, FIELD(messages), 1, 1000000000, NULL, 0 },
	{ "name", TEXT, FIELD(name), 0, 0, NULL, sizeof(((struct sim_spec *)0)->name) },
	{ "reactions", SHARE, FIELD(reactions), 0, ONE, NULL, 0 },
	{ "reply", SHARE, FIELD(reply), 0, ONE, NULL, 0 },
	{ "scripts", NAMES, FIELD(scripts), 0, 0, script_names, ARRAY_LEN(script_names) },
	{ "seed", SEED, FIELD(seed), 0, INT64_MAX, NULL, 0 },
	{ "senders", NUMBER, FIELD(senders), 1, 100000, NULL, 0 },
	{ "service", SHARE, FIELD(service), 0, ONE, NULL, 0 },
	{ "start", DATE, FIELD(start), 0, 0, NULL, 0 },
	{ "step", NUMBER, FIELD(step), 1, 1000000, NULL, 0 },
	{ "text", RANGE, FIELD(text_min), 0, 4096, NULL, 0 },
	{ "title", TEXT, FIELD(title), 0, 0, NULL, sizeof(((struct sim_spec *)0)->title) },
	{ "topics", NUMBER, FIELD(topics), 1, 10000, NULL, 0 },
};

/* "1..4G" in two; a single number is both ends. */
static bool split_range(struct tobs_view v, struct tobs_view *ret_low, struct tobs_view *ret_high)
{
	size_t at = tobs_view_find(v, 0, tobs_str(".."));

	*ret_low = *ret_high = v;
	if (at == SIZE_MAX)
		return true;
	*ret_low = tobs_view_sub(v, 0, at);
	*ret_high = tobs_view_sub(v, at + 2, v.len);
	return ret_low->len && ret_high->len;
}

static bool parse_size(struct tobs_view v, const struct key *k, int64_t *ret)
{
	static const char letters[] = "KMG";
	const char *unit = v.len ? strchr(letters, v.ptr[v.len - 1] & ~32) : NULL;
	int64_t n;

	if (unit && *unit && k->kind == SIZES) {
		int shift = 10 * (int)(unit - letters + 1);

		if (tobs_view_int(tobs_view_sub(v, 0, v.len - 1), k->min, k->max >> shift, &n))
			return false;
		*ret = n << shift;
		return true;
	}
	return tobs_view_int(v, k->min, k->max, ret) == TOBS_OK;
}

/* "10%", "0.1", "1" out of 65536, with at most six decimals. */
static bool parse_share(struct tobs_view v, const struct key *k, uint32_t *ret)
{
	bool percent = tobs_view_ends(v, "%");
	struct tobs_view whole, part = { 0 };
	int64_t n, scale = 1, fraction = 0;
	uint64_t share;

	if (percent)
		v = tobs_view_sub(v, 0, v.len - 1);
	part = v;
	if (!tobs_view_split(&part, '.', &whole) || part.len > 6)
		return false;
	if (tobs_view_int(whole, 0, 100, &n))
		return false;
	if (part.ptr && tobs_view_int(part, 0, 999999, &fraction))
		return false;
	for (size_t i = 0; i < part.len; i++)
		scale *= 10;
	share = (uint64_t)(n * scale + fraction) * ONE / (uint64_t)(scale * (percent ? 100 : 1));
	if ((int64_t)share < k->min || (int64_t)share > k->max)
		return false;
	*ret = (uint32_t)share;
	return true;
}

static bool parse_date(struct tobs_view v, int32_t *ret)
{
	struct tobs_view year, month;
	int64_t y, m, d;
	struct civil c;

	if (!tobs_view_split(&v, '-', &year) || !tobs_view_split(&v, '-', &month) ||
		tobs_view_int(year, 2013, 2037, &y) || tobs_view_int(month, 1, 12, &m) ||
		tobs_view_int(v, 1, 31, &d))
		return false;
	c = (struct civil){ .year = y, .month = (int)m, .day = (int)d };
	*ret = (int32_t)civil_to_unix(&c, 0);
	return civil_valid(&c);
}

static bool parse_names(struct tobs_view v, const struct key *k, uint32_t *ret)
{
	struct tobs_view name;
	uint32_t bits = 0;

	while (tobs_view_split(&v, '+', &name)) {
		size_t i = 0;

		while (i < k->count && !tobs_view_is(name, k->names[i]))
			i++;
		if (i == k->count)
			return false;
		bits |= 1u << i;
	}
	*ret = bits;
	return k->kind != KIND || __builtin_popcount(bits) == 1;
}

static bool parse_text(struct tobs_view v, const struct key *k, char *ret)
{
	if (v.len >= k->count)
		return false;
	memset(ret, 0, k->count);
	memcpy(ret, v.ptr, v.len);
	return true;
}

static bool parse_value(const struct key *k, struct tobs_view v, void *at)
{
	struct tobs_view low, high;
	int64_t a, b;
	uint32_t bits;

	switch (k->kind) {
	case NUMBER:
	case SEED:
		if (tobs_view_int(v, k->min, k->max, &a))
			return false;
		if (k->kind == SEED)
			*(uint64_t *)at = (uint64_t)a;
		else
			*(int32_t *)at = (int32_t)a;
		return true;
	case SHARE:
	case DENSITY: return parse_share(v, k, at);
	case RANGE:
	case SIZES:
		if (!split_range(v, &low, &high) || !parse_size(low, k, &a) ||
			!parse_size(high, k, &b) || a > b)
			return false;
		if (k->kind == RANGE) {
			((int32_t *)at)[0] = (int32_t)a;
			((int32_t *)at)[1] = (int32_t)b;
		} else {
			((int64_t *)at)[0] = a;
			((int64_t *)at)[1] = b;
		}
		return true;
	case DATE: return parse_date(v, at);
	case NAMES: return parse_names(v, k, at);
	case KIND:
		if (!parse_names(v, k, &bits))
			return false;
		*(enum sim_spec_kind *)at = (enum sim_spec_kind)__builtin_ctz(bits);
		return true;
	case TEXT: return parse_text(v, k, at);
	}
	return false;
}

static int explain(const struct key *k, struct tobs_view v, struct tobs_err *err)
{
	char allowed[160] = "";
	size_t at = 0;

	switch (k->kind) {
	case SHARE: snprintf(allowed, sizeof allowed, "a share from 0%% to 100%%"); break;
	case DENSITY: snprintf(allowed, sizeof allowed, "a share from 0.05 to 1"); break;
	case DATE: snprintf(allowed, sizeof allowed, "a day such as 2020-01-31, up to 2037"); break;
	case TEXT:
		snprintf(allowed, sizeof allowed, "a text of at most %zu bytes", k->count - 1);
		break;
	case NAMES:
	case KIND:
		for (size_t i = 0; i < k->count && at < sizeof allowed; i++)
			at += (size_t)snprintf(allowed + at, sizeof allowed - at, "%s%s",
				i ? ", " : "", k->names[i]);
		break;
	default:
		snprintf(allowed, sizeof allowed, "%lld to %lld%s", (long long)k->min,
			(long long)k->max,
			k->kind == NUMBER || k->kind == SEED ? "" : ", or MIN..MAX of these");
	}
	return tobs_fail(err, TOBS_EINVAL, "synthetic: %s=%.*s: allowed is %s", k->name,
		(int)MIN(v.len, 40), (const char *)v.ptr, allowed);
}

static const struct key *find_key(struct tobs_view name)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (tobs_view_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static int unknown_key(struct tobs_view name, struct tobs_err *err)
{
	char all[200] = "";
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys) && at < sizeof all; i++)
		at += (size_t)snprintf(all + at, sizeof all - at, " %s", keys[i].name);
	return tobs_fail(err, TOBS_EINVAL, "synthetic: there is no key \"%.*s\"; there are:%s",
		(int)MIN(name.len, 24), (const char *)name.ptr, all);
}

/* The shapes that the benchmarks use. */
static bool preset(struct tobs_view name, struct sim_spec *s)
{
	bool mixed = tobs_view_is(name, "mixed");

	if (!mixed && !tobs_view_is(name, "plain"))
		return false;
	s->text_min = s->text_max = mixed ? 140 : 160;
	s->scripts = 1 << SIM_LATIN | 1 << SIM_CYRILLIC | 1 << SIM_HEBREW;
	s->media_kinds = 1 << SIM_MEDIA_PHOTO;
	s->media = mixed ? ONE / 5 : 0;
	s->reply = mixed ? ONE / 4 : 0;
	s->entities = mixed ? ONE / 3 : 0;
	s->reactions = mixed ? ONE / 6 : 0;
	return true;
}

static int check(const struct sim_spec *s, struct tobs_err *err)
{
	if (s->comments >= 0 && s->kind != SIM_SPEC_CHANNEL)
		return tobs_fail(err, TOBS_EINVAL,
			"synthetic: comments: only a channel has them; allowed with kind=channel");
	if (s->kind == SIM_SPEC_FORUM && s->topics > s->messages)
		return tobs_fail(err, TOBS_EINVAL,
			"synthetic: topics=%d: allowed are no more than there are messages",
			(int)s->topics);
	return TOBS_OK;
}

int sim_spec_parse(struct tobs_view text, struct sim_spec *ret, struct tobs_err *err)
{
	struct sim_spec s = {
		.kind = SIM_SPEC_SUPERGROUP,
		.seed = 1,
		.chats = 1,
		.messages = 1000,
		.senders = 20,
		.topics = 8,
		.comments = -1,
		.text_min = 40,
		.text_max = 400,
		.density = ONE,
		.scripts = 1 << SIM_LATIN,
		.media_kinds = (1 << SIM_MEDIA_KINDS) - 1,
	};
	struct tobs_view part, name;
	int r;

	while (tobs_view_split(&text, ',', &part)) {
		const struct key *k;

		part = tobs_view_trim(part);
		if (!part.len || preset(part, &s))
			continue;
		tobs_view_split(&part, '=', &name);
		k = find_key(name);
		if (!k)
			return unknown_key(name, err);
		if (!part.ptr || !parse_value(k, part, (char *)&s + k->offset))
			return explain(k, part, err);
	}
	r = check(&s, err);
	if (!r)
		*ret = s;
	return r;
}
