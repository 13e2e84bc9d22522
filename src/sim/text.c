/* SPDX-License-Identifier: MIT */
#include "sim/text.h"

#include <stdlib.h>

#include "base/attr.h"
#include "base/utf.h"
#include "sim/inner.h"
#include "tl/tables.h"

enum { NAME_LEAST = 3, NAME_MOST = 32, TAG_MOST = 256, COMMAND_MOST = 64, FOUND_MAX = 100 };

/* ---- entities ---- */

/* Flags come first in some. */
static int32_t *place_of(union tl_MessageEntity *e)
{
	switch (e->ctor) {
	case TL_messageEntityBlockquote: return &e->messageEntityBlockquote.offset;
	case TL_messageEntityFormattedDate: return &e->messageEntityFormattedDate.offset;
	default: return &e->messageEntityBold.offset;
	}
}

struct sim_span sim_entity_span(const union tl_MessageEntity *e)
{
	switch (e->ctor) {
	case TL_messageEntityBlockquote:
		return (struct sim_span){ e->messageEntityBlockquote.offset,
			e->messageEntityBlockquote.length };
	case TL_messageEntityFormattedDate:
		return (struct sim_span){ e->messageEntityFormattedDate.offset,
			e->messageEntityFormattedDate.length };
	default:
		return (struct sim_span){ e->messageEntityBold.offset,
			e->messageEntityBold.length };
	}
}

void sim_entity_place(union tl_MessageEntity *e, int32_t offset, int32_t length)
{
	int32_t *at = place_of(e); /* the length stands behind it */

	at[0] = offset;
	at[1] = length;
}

union tl_MessageEntity *sim_entity_new(
	struct tobs_arena *arena, uint32_t id, int32_t offset, int32_t length)
{
	const struct tl_ctor *c = tl_find(id);
	union tl_MessageEntity *e = c ? sim_new(arena, c->size, id) : NULL;

	if (e)
		sim_entity_place(e, offset, length);
	return e;
}

/* ---- looking for them ---- */

struct finder {
	struct tobs_view text;
	struct tobs_arena *arena;
	size_t at;     /* byte that is looked at */
	int32_t units; /* UTF-16 up to there */
	ARRAY_OF(const union tl_MessageEntity *) found;
};

static bool is_alpha(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Letters of names; those beyond ASCII are letters, too. */
static bool is_word(uint8_t c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

static bool is_letter(uint8_t c)
{
	return is_word(c) || c >= 0x80;
}

static uint8_t byte_at(const struct finder *f, size_t i)
{
	return i < f->text.len ? f->text.ptr[i] : 0;
}

static size_t run_of(const struct finder *f, size_t from, bool (*is)(uint8_t))
{
	size_t i = from;

	while (i < f->text.len && is(f->text.ptr[i]))
		i++;
	return i - from;
}

/* An entity of `len` bytes from where the finder stands; goes behind it. */
static int add(struct finder *f, uint32_t id, size_t len)
{
	int32_t units = (int32_t)utf16_len(tobs_view_sub(f->text, f->at, len));
	const union tl_MessageEntity *e = sim_entity_new(f->arena, id, f->units, units);

	f->at += len;
	f->units += units;
	return !e || ARRAY_PUSH(&f->found, e) ? TOBS_ENOMEM : TOBS_OK;
}

/* /name or /name@bot; how many bytes, 0: none. */
static size_t command_at(const struct finder *f)
{
	size_t n = run_of(f, f->at + 1, is_word), name;

	if (n == 0 || n > COMMAND_MOST)
		return 0;
	n++;
	if (byte_at(f, f->at + n) == '@') {
		name = run_of(f, f->at + n + 1, is_word);
		if (name >= NAME_LEAST && name <= NAME_MOST)
			n += 1 + name;
	}
	/* "/a/b" and "/etc." are none. */
	return byte_at(f, f->at + n) == '/' ? 0 : n;
}

static size_t mention_at(const struct finder *f)
{
	size_t n = run_of(f, f->at + 1, is_word);

	return n >= NAME_LEAST && n <= NAME_MOST && is_alpha(byte_at(f, f->at + 1)) ? n + 1 : 0;
}

static size_t hashtag_at(const struct finder *f)
{
	size_t n = run_of(f, f->at + 1, is_letter), digits = run_of(f, f->at + 1, is_digit);

	return n > 0 && n <= TAG_MOST && digits < n ? n + 1 : 0;
}

static size_t cashtag_at(const struct finder *f)
{
	size_t n = run_of(f, f->at + 1, is_alpha);

	for (size_t i = 0; i < n; i++)
		if (byte_at(f, f->at + 1 + i) >= 'a')
			return 0;
	return n > 0 && n <= 8 && !is_letter(byte_at(f, f->at + 1 + n)) ? n + 1 : 0;
}

static bool is_link(uint8_t c)
{
	return c > ' ' && c != '"' && c != '<' && c != '>' && c != '`' && c != 0x7f;
}

/* Punctuation at its end belongs to the sentence. */
static size_t cut_link(const struct finder *f, size_t n)
{
	while (n && strchr(".,:;!?'()", byte_at(f, f->at + n - 1)))
		n--;
	return n;
}

static bool starts_nocase(struct tobs_view v, const char *prefix)
{
	size_t n = strlen(prefix);

	return v.len > n && tobs_view_eq_nocase(tobs_view(v.ptr, n), tobs_view(prefix, n));
}

static bool known_ending(struct tobs_view host)
{
	static const char *const endings[] = { "com", "org", "net", "ru", "me", "io", "de", "dev",
		"app", "info", "edu", "gov", "uk", "fr", "it", "eu", "ua", "co", "ai", "tv" };
	size_t dot = host.len;
	struct tobs_view end;

	while (dot && host.ptr[dot - 1] != '.')
		dot--;
	if (dot < 2)
		return false;
	end = tobs_view_sub(host, dot, SIZE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (tobs_view_eq_nocase(end, tobs_str(endings[i])))
			return true;
	return false;
}

static bool is_host(uint8_t c)
{
	return is_alpha(c) || is_digit(c) || c == '-' || c == '.';
}

static bool is_mail(uint8_t c)
{
	return is_host(c) || c == '_' || c == '+';
}

/* A link or an e-mail address; *ret_id says which. */
static size_t link_at(const struct finder *f, uint32_t *ret_id)
{
	struct tobs_view rest = tobs_view_sub(f->text, f->at, SIZE_MAX);
	size_t n, host, name = run_of(f, f->at, is_mail);

	*ret_id = TL_messageEntityUrl;
	if (starts_nocase(rest, "http://") || starts_nocase(rest, "https://") ||
		starts_nocase(rest, "tg://") || starts_nocase(rest, "ftp://")) {
		n = cut_link(f, run_of(f, f->at, is_link));
		return n > strlen("https://") || (n > strlen("tg://") && rest.ptr[0] == 't') ? n
											     : 0;
	}
	if (name && byte_at(f, f->at + name) == '@') {
		host = cut_link(f, name + 1 + run_of(f, f->at + name + 1, is_host));
		*ret_id = TL_messageEntityEmail;
		return host > name + 1 &&
				known_ending(tobs_view_sub(rest, name + 1, host - name - 1))
			? host
			: 0;
	}
	host = run_of(f, f->at, is_host);
	while (host && byte_at(f, f->at + host - 1) == '.')
		host--;
	if (!known_ending(tobs_view_sub(rest, 0, host)))
		return 0;
	n = host;
	if (byte_at(f, f->at + host) == '/' || byte_at(f, f->at + host) == ':')
		n = cut_link(f, run_of(f, f->at, is_link));
	return n > host ? n : host;
}

/* What begins here; 0 bytes: nothing. */
static size_t begins(const struct finder *f, uint32_t *ret_id)
{
	uint8_t before = f->at ? f->text.ptr[f->at - 1] : ' ';

	if (is_letter(before))
		return 0;
	switch (f->text.ptr[f->at]) {
	case '/':
		*ret_id = TL_messageEntityBotCommand;
		return before == '/' || before == '<' ? 0 : command_at(f);
	case '@': *ret_id = TL_messageEntityMention; return mention_at(f);
	case '#': *ret_id = TL_messageEntityHashtag; return hashtag_at(f);
	case '$': *ret_id = TL_messageEntityCashtag; return cashtag_at(f);
	default: return is_word(f->text.ptr[f->at]) ? link_at(f, ret_id) : 0;
	}
}

/* Inside of these nothing is found, and nothing may lie across the others. */
static bool taken(const struct tl_vec_MessageEntity *list, int32_t from, int32_t to)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const union tl_MessageEntity *e = list->items[i];
		struct sim_span s = sim_entity_span(e);
		bool over = from < s.offset + s.length && s.offset < to;
		bool inside = from >= s.offset && to <= s.offset + s.length;

		switch (e->ctor) {
		case TL_messageEntityCode:
		case TL_messageEntityPre:
		case TL_messageEntityTextUrl:
		case TL_messageEntityMentionName:
		case TL_messageEntityCustomEmoji:
		case TL_messageEntityMention:
		case TL_messageEntityHashtag:
		case TL_messageEntityBotCommand:
		case TL_messageEntityUrl:
		case TL_messageEntityEmail:
			if (over)
				return true;
			break;
		default:
			if (over && !inside && (from > s.offset || to < s.offset + s.length))
				return true;
		}
	}
	return false;
}

static int find_all(struct finder *f, const struct tl_vec_MessageEntity *list)
{
	uint32_t id = 0;
	int r = TOBS_OK;

	while (!r && f->at < f->text.len && f->found.count < FOUND_MAX) {
		size_t n = begins(f, &id), step;
		uint32_t cp;

		if (n) {
			struct finder before = *f;
			size_t count = f->found.count;

			r = add(f, id, n);
			if (!r && taken(list, before.units, f->units))
				f->found.count = count;
			continue;
		}
		step = utf8_decode(f->text.ptr + f->at, f->text.len - f->at, &cp);
		f->at += step ? step : 1;
		f->units += step == 4 ? 2 : 1;
	}
	return r;
}

/* As in TDLib: what spans more of the text comes first where two begin together. */
static int rank_of(uint32_t id)
{
	switch (id) {
	case TL_messageEntityBlockquote: return 0;
	case TL_messageEntityPre:
	case TL_messageEntityCode: return 2;
	default: return 1;
	}
}

static int compare(const void *a, const void *b)
{
	const union tl_MessageEntity *x = *(const union tl_MessageEntity *const *)a;
	const union tl_MessageEntity *y = *(const union tl_MessageEntity *const *)b;
	struct sim_span s = sim_entity_span(x), t = sim_entity_span(y);

	if (s.offset != t.offset)
		return s.offset < t.offset ? -1 : 1;
	if (s.length != t.length)
		return s.length > t.length ? -1 : 1;
	return rank_of(x->ctor) - rank_of(y->ctor);
}

/* Whether anything could be found at all; most texts have none of these. */
static bool worth_it(struct tobs_view text)
{
	for (size_t i = 0; i < text.len; i++)
		switch (text.ptr[i]) {
		case '/':
		case '@':
		case '#':
		case '$':
		case '.':
		case ':': return true;
		default: break;
		}
	return false;
}

int sim_text_find(
	struct tobs_view text, struct tl_vec_MessageEntity *list, struct tobs_arena *arena)
{
	struct finder f = { .text = text, .arena = arena };
	const union tl_MessageEntity **all;
	size_t n = list->count;
	int r = worth_it(text) ? find_all(&f, list) : TOBS_OK;

	if (!r && n + f.found.count) {
		all = tobs_arena_array(arena, n + f.found.count, sizeof(void *));
		r = all ? TOBS_OK : TOBS_ENOMEM;
		for (size_t i = 0; !r && i < n; i++)
			all[i] = list->items[i];
		for (size_t i = 0; !r && i < f.found.count; i++)
			all[n + i] = f.found.items[i];
		if (!r) {
			n += f.found.count;
			qsort(all, n, sizeof *all, compare);
			*list = (struct tl_vec_MessageEntity){ (uint32_t)n, all };
		}
	}
	ARRAY_DEINIT(&f.found);
	return r;
}
