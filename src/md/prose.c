/* SPDX-License-Identifier: MIT */
#include "md/prose.h"

#include "base/attr.h"
#include "base/utf.h"
#include "md/char.h"
#include "md/emit.h"

enum {
	BLOCK = 16,        /* bytes looked at together */
	LONGEST_NAME = 31, /* of an HTML entity: CounterClockwiseContourIntegral */
};

/* Which characters need a look in the middle of a line. */
enum {
	BOTH = 1,
	OBSIDIAN = 2,
};

/* clang-format off */
static const uint8_t special[256] = {
	['\0'] = BOTH, ['\r'] = BOTH,
	['\\'] = BOTH, ['`'] = BOTH, ['*'] = BOTH, ['_'] = BOTH, ['~'] = BOTH, ['['] = BOTH,
	[']'] = BOTH, ['<'] = BOTH, ['&'] = BOTH, ['!'] = BOTH, ['$'] = BOTH, [':'] = BOTH,
	['w'] = BOTH, ['^'] = BOTH,
	 ['='] = OBSIDIAN, ['%'] = OBSIDIAN, ['#'] = OBSIDIAN,
};
/* clang-format on */

/* A run at work. `done`: how much of the text is in the output. */
struct work {
	struct prose *p;
	struct run r;
	const uint8_t *s;
	size_t done;
};

/* A comparison gives all ones where it holds. */
typedef uint8_t block __attribute__((vector_size(BLOCK)));

/*
 * Nothing in s[0..BLOCK) needs a look. Reads s[BLOCK] as well. May say no where
 * the table above says yes, never the other way round; of `w` it takes pairs.
 */
static inline bool is_plain(const uint8_t *s)
{
	uint64_t found[BLOCK / 8];
	block c, next, any;

	memcpy(&c, s, BLOCK);
	memcpy(&next, s + 1, BLOCK);
	any = (block)(c < ' ') | (block)(c == '!') | (block)(c - '#' <= '&' - '#') |
		(block)(c == '*') | (block)(c == ':') | (block)(c - '<' <= '=' - '<') |
		(block)(c - '[' <= '`' - '[') | (block)(c == '~') |
		((block)(c == 'w') & (block)(next == 'w'));
	memcpy(found, &any, BLOCK);
	return (found[0] | found[1]) == 0;
}

/* ---- what stands around a place ---- */

/* The neighbours of a place in the run; '\n' at an edge of the line, 0 where there is markup. */
static uint8_t before(const struct work *w, size_t i)
{
	if (i > w->r.from)
		return w->s[i - 1];
	return w->r.starts_line ? '\n' : 0;
}

static uint8_t after(const struct work *w, size_t i)
{
	if (i < w->r.to)
		return w->s[i];
	return w->r.ends_line ? '\n' : 0;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* As wide as the widest idea of white space that a parser has. */
static bool is_blank_or_edge(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t run_length(const struct work *w, size_t i)
{
	size_t n = 1;

	while (i + n < w->r.to && w->s[i + n] == w->s[i])
		n++;
	return n;
}

/* Nothing but such characters, of ASCII, from here to the end of the line; the end is in the run. */
static bool rest_is(const struct work *w, size_t i, const char *set)
{
	if (!w->r.ends_line)
		return false;
	while (i < w->r.to && w->s[i] && w->s[i] < 0x80 && strchr(set, w->s[i]))
		i++;
	return i == w->r.to;
}

/* ---- what is known about the whole text ---- */

enum {
	UNKNOWN,
	ALONE,
	MANY,
};

/* Whether these characters, in a run of any length, are in just one place of the text. */
static bool count_places(const struct prose *p, uint8_t c)
{
	const uint8_t *s = p->s.ptr, *end = s + p->s.len;
	const uint8_t *at = memchr(s, c, p->s.len);

	while (at && at < end && *at == c)
		at++;
	return !at || at == end || !memchr(at, c, (size_t)(end - at));
}

/*
 * Whether a formula may begin at one `$` and end at a later one: dollars open
 * when no white space follows, and close when none precedes.
 */
static bool no_formula(const struct prose *p)
{
	const uint8_t *s = p->s.ptr, *end = s + p->s.len;
	bool open = false;

	for (const uint8_t *at = s; (at = memchr(at, '$', (size_t)(end - at))); at++) {
		if (open && !is_blank_or_edge(at[-1]))
			return false;
		if (at + 1 < end && !is_blank_or_edge(at[1]))
			open = true;
		if (at + 1 == end)
			break;
	}
	return true;
}

/*
 * Whether a line beginning with the `[` at i could define a link, "[name]: url".
 * The name may go over lines, and what ends it may stand in a code span. It
 * ends at the first `]` that is not escaped for being in front of a `(`.
 */
static bool may_define(struct prose *p, size_t i)
{
	const uint8_t *s = p->s.ptr;
	size_t k = p->name_end;

	if (k <= i) {
		k = i + 1;
		while (k < p->s.len && (s[k] != ']' || (k + 1 < p->s.len && s[k + 1] == '(')))
			k++;
		p->name_end = k;
	}
	return k + 1 < p->s.len && s[k + 1] == ':';
}

/* Whether this one has no partner in the text and so means nothing. */
static bool has_no_partner(struct prose *p, uint8_t c)
{
	static const char which[] = "*_~=$";
	uint8_t *seen = &p->seen[strchr(which, c) - which];

	if (!p->alone || (c == '*' && p->emphasis) || (c == '~' && p->strike))
		return false;
	if (*seen == UNKNOWN)
		*seen = (c == '$' ? no_formula(p) : count_places(p, c)) ? ALONE : MANY;
	return *seen == ALONE;
}

/* ---- writing ---- */

void prose_reference(struct tobs_buf *out, uint32_t cp)
{
	emit(out, "&#", 2);
	tobs_buf_put_i64(out, cp);
	emit_char(out, ';');
}

/* Writes what lies before i as it is. */
static void flush(struct work *w, size_t i)
{
	emit(w->p->out, w->s + w->done, i - w->done);
	w->done = i;
}

/* Writes something in place of s[i..i+n). */
static size_t replace(struct work *w, size_t i, size_t n, const char *by)
{
	flush(w, i);
	emit_str(w->p->out, by);
	w->done = i + n;
	return n;
}

/* A backslash before s[i]. */
static void escape(struct work *w, size_t i)
{
	flush(w, i);
	emit_char(w->p->out, '\\');
}

static size_t escape_if(struct work *w, size_t i, bool needed)
{
	if (needed)
		escape(w, i);
	return 1;
}

/* ---- one function a special; each returns how many bytes it dealt with ---- */

/*
 * Delimiters with white space behind can only close, and there is nothing for
 * them to close: whatever could open is escaped, and `_` is never markup.
 */
static bool only_closes(const struct work *w, uint8_t c, size_t end)
{
	const struct prose *p = w->p;
	uint8_t behind = after(w, end);

	if (!p->alone || (c == '*' && p->emphasis) || (c == '~' && p->strike))
		return false;
	/* In gfm most lines end with a backslash, which is punctuation. */
	return is_blank(behind) ||
		(behind == '\n' && (p->flavour == MD_OBSIDIAN || end == p->s.len));
}

/* * _ ~: delimiter runs, and at the start of a line bullets, rules, fences. */
static bool delimiters_mean_nothing(struct work *w, size_t i, size_t n)
{
	uint8_t c = w->s[i], b = before(w, i), a = after(w, i + n);

	if (b == '\n') {
		if (n >= 3 || is_blank_or_edge(a))
			return false;
	} else if ((is_blank(b) && is_blank(a)) || (b && only_closes(w, c, i + n))) {
		return true;
	}
	if (b && a && has_no_partner(w->p, c))
		return true;
	return c == '_' && i > w->r.from && i + n < w->r.to &&
		char_class_before(w->p->s, i) == CHAR_WORD &&
		char_class_at(w->p->s, i + n) == CHAR_WORD;
}

static size_t at_delimiters(struct work *w, size_t i)
{
	size_t n = run_length(w, i);

	if (delimiters_mean_nothing(w, i, n))
		return n;
	for (size_t k = 0; k < n; k++)
		escape(w, i + k);
	return n;
}

/* Next to a code span even an escaped backtick could be taken for a part of its fence. */
static size_t at_backtick(struct work *w, size_t i)
{
	const struct tobs_buf *out = w->p->out;
	size_t n = run_length(w, i);
	bool touches = (i + n == w->r.to && w->r.code_follows) ||
		(i == w->r.from && out->len && out->ptr && out->ptr[out->len - 1] == '`');

	for (size_t k = 0; k < n; k++) {
		if (touches)
			replace(w, i + k, 1, "&#96;");
		else
			escape(w, i + k);
	}
	return n;
}

static size_t at_bracket(struct work *w, size_t i)
{
	uint8_t b = before(w, i), a = after(w, i + 1);
	bool obsidian = w->p->flavour == MD_OBSIDIAN;
	bool wiki = a == '[' || b == '[' || (a == 0 && w->r.link_follows);

	if (w->s[i] == ']')
		return escape_if(w, i, w->r.in_link || a == '(');
	if (w->r.in_link)
		return escape_if(w, i, true);
	return escape_if(w, i, a == '^' || (obsidian && wiki));
}

/* "&name;", "&#123;", "&#x1f;" */
static bool is_reference(const struct work *w, size_t i)
{
	size_t k = i + 1;

	if (after(w, k) == '#')
		k += (after(w, k + 1) | 0x20) == 'x' ? 2 : 1;
	while (k - i <= LONGEST_NAME + 1 && char_is_alnum(after(w, k)))
		k++;
	return k > i + 1 && after(w, k) == ';';
}

/* Tags, comments, <scheme:…> and <name@host>; a name may begin with the marks of markup. */
static bool opens_angle(const struct work *w, size_t i)
{
	uint8_t a = after(w, i + 1);
	size_t k = i + 1;

	if (a == 0 || char_is_alpha(a) || a == '/' || a == '!' || a == '?')
		return true;
	while (after(w, k) &&
		(char_is_alnum(after(w, k)) || strchr(".!#$%&'*+/=?^_`{|}~-", after(w, k))))
		k++;
	return after(w, k) == '@' || after(w, k) == 0;
}

static size_t at_dollar(struct work *w, size_t i)
{
	size_t n = run_length(w, i);
	bool apart = is_blank(before(w, i)) && is_blank(after(w, i + 1));

	if (n == 1 && (apart || has_no_partner(w->p, '$')))
		return 1;
	for (size_t k = 0; k < n; k++)
		escape(w, i + k);
	return n;
}

/* == and %%: no two of them stay together. */
static size_t at_pair(struct work *w, size_t i)
{
	size_t n = run_length(w, i);
	uint8_t b = before(w, i), a = after(w, i + n);

	if (n == 1)
		return n;
	if (w->s[i] == '=' &&
		((is_blank(b) && is_blank(a)) || (b && a && has_no_partner(w->p, '='))))
		return n;
	for (size_t k = 0; k < n; k += 2)
		escape(w, i + k);
	return n;
}

/* "[^" and Obsidian's "^[" are footnotes, " ^id" at the end of a block is its name there. */
static bool is_caret_special(const struct work *w, size_t i)
{
	uint8_t b = before(w, i), a = after(w, i + 1);

	if (w->r.in_link && b == 0)
		return true; /* "[^" */
	if (w->p->flavour != MD_OBSIDIAN)
		return false;
	if (a == '[' || (a == 0 && w->r.link_follows))
		return true;
	return (is_blank_or_edge(b) || b == 0) && (char_is_alnum(a) || a == '-');
}

/*
 * How far Obsidian takes a tag that starts behind a `#`: all but white space,
 * ASCII punctuation other than - _ / and the blocks U+2000–206F, U+2E00–2E7F.
 */
static size_t tag_end(const struct work *w, size_t i, bool *ret_only_digits)
{
	*ret_only_digits = true;
	while (i < w->r.to) {
		uint32_t cp;
		size_t n = utf8_decode(w->s + i, w->r.to - i, &cp);

		if (n == 0 || cp < ' ' || (char_class(cp) & CHAR_SPACE) ||
			(cp >= 0x2000 && cp <= 0x206f) || (cp >= 0x2e00 && cp <= 0x2e7f))
			break;
		if (cp < 0x80 && char_is_ascii_punct((uint8_t)cp) && cp != '-' && cp != '_' &&
			cp != '/')
			break;
		if (cp >= 0x80 || !char_is_digit((uint8_t)cp))
			*ret_only_digits = false;
		i += n;
	}
	return i;
}

/* The `_` in a tag would be escaped, and the tag end there. */
static bool tag_is_cut(struct work *w, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t n;

		if (w->s[i] != '_')
			continue;
		n = run_length(w, i);
		if (!delimiters_mean_nothing(w, i, n))
			return true;
		i += n - 1;
	}
	return false;
}

static bool is_hashtag(struct prose *p, size_t from, size_t to)
{
	while (p->tags < p->tags_end && p->tags->start < from)
		p->tags++;
	for (const struct span *t = p->tags; t < p->tags_end && t->start == from; t++)
		if (t->kind == ENTITY_HASHTAG)
			return t->end == to;
	return false;
}

static bool is_tag(struct work *w, size_t i)
{
	bool only_digits;
	size_t end;

	if (i > w->r.from && char_class_before(w->p->s, i) == CHAR_WORD)
		return false;
	end = tag_end(w, i + 1, &only_digits);
	if (end == i + 1 || only_digits)
		return false;
	return !is_hashtag(w->p, i, end) || tag_is_cut(w, i + 1, end);
}

/* "http://" and its like: GFM and Obsidian link them wherever they stand. */
static bool is_scheme(const struct work *w, size_t i)
{
	static const char *const schemes[] = { "http", "https", "ftp" };

	if (w->r.in_link || after(w, i + 1) != '/' || after(w, i + 2) != '/')
		return false;
	for (size_t k = 0; k < ARRAY_LEN(schemes); k++) {
		size_t n = strlen(schemes[k]);
		struct tobs_view v = tobs_view_sub(w->p->s, i - MIN(i, n), MIN(i, n));

		if (tobs_view_eq_nocase(v, tobs_str(schemes[k])))
			return true;
	}
	return false;
}

static bool is_www(const struct work *w, size_t i)
{
	return !w->r.in_link && !char_is_alnum(before(w, i)) && w->r.to - i >= 4 &&
		memcmp(w->s + i, "www.", 4) == 0;
}

static size_t at_special(struct work *w, size_t i)
{
	uint8_t a = after(w, i + 1);

	switch (w->s[i]) {
	case '*':
	case '_':
	case '~': return at_delimiters(w, i);
	case '`': return at_backtick(w, i);
	case '[':
	case ']': return at_bracket(w, i);
	case '$': return at_dollar(w, i);
	case '=':
	case '%': return at_pair(w, i);
	case '\\':
		return escape_if(w, i, a == 0 || a == '\n' || a == '\r' || char_is_ascii_punct(a));
	case '<': return escape_if(w, i, opens_angle(w, i));
	case '&': return escape_if(w, i, is_reference(w, i));
	case '!': return escape_if(w, i, a == 0 && w->r.link_follows);
	case '^': return escape_if(w, i, is_caret_special(w, i));
	case '#': return escape_if(w, i, is_tag(w, i));
	case ':': return escape_if(w, i, is_scheme(w, i));
	case 'w': return is_www(w, i) ? replace(w, i, 4, "www\\.") : 1;
	case '\r': return replace(w, i, 1, "&#13;");
	default: return replace(w, i, 1, "\xef\xbf\xbd"); /* NUL, which no Markdown can hold */
	}
}

/* ---- the ends of a line ---- */

/* Bytes of the white space character at i that parsers strip there, or 0. */
static size_t stripped_at(const struct work *w, size_t i, uint32_t *ret_cp)
{
	size_t n = utf8_decode(w->s + i, w->r.to - i, ret_cp);

	return n && char_is_stripped(*ret_cp) ? n : 0;
}

/* "1." and "1)", up to nine digits, then white space: returns the digits. */
static size_t list_number(const struct work *w, size_t i)
{
	size_t n = 0;

	while (n <= 9 && char_is_digit(after(w, i + n)))
		n++;
	if (n == 0 || n > 9 || (after(w, i + n) != '.' && after(w, i + n) != ')'))
		return 0;
	return is_blank_or_edge(after(w, i + n + 1)) ? n : 0;
}

/* Whether s[i], first on its line, begins a block there and has to be escaped. */
static bool begins_block(struct work *w, size_t i)
{
	size_t n = run_length(w, i);
	uint8_t a = after(w, i + n);

	switch (w->s[i]) {
	case '>': return true;
	case '#': return n <= 6 && is_blank_or_edge(a);
	case '[': return may_define(w->p, i);
	case '+': return is_blank_or_edge(after(w, i + 1));
	case '-': return is_blank_or_edge(after(w, i + 1)) || rest_is(w, i, "-:| \t");
	case '|':
	case ':': return rest_is(w, i, "-:| \t");
	case '=': return rest_is(w, i + n, " \t");
	default: return false;
	}
}

static void start_line(struct work *w)
{
	size_t i = w->r.from, n;
	uint32_t cp;

	if (w->s[i] <= ' ' || w->s[i] >= 0xc2) {
		n = stripped_at(w, i, &cp);
		if (n) {
			prose_reference(w->p->out, cp);
			w->r.from = w->done = i + n;
			w->r.starts_line = false;
		}
		return;
	}
	if (!w->r.starts_block)
		return;
	if (w->r.starts_quote && w->s[i] == '[' && after(w, i + 1) == '!') {
		/* "[!note]" makes a quote a callout, in GitHub even when it is escaped. */
		replace(w, i, 1, "\\[<!-- -->");
		w->r.from = i + 1;
		w->r.starts_line = false;
		return;
	}
	n = list_number(w, i);
	if (n || begins_block(w, i)) {
		escape(w, i + n);
		w->r.from = i + n + 1;
		w->r.starts_line = false;
	}
}

/* Takes white space off the end of the run; returns its bytes. */
static size_t cut_end(struct work *w, uint32_t *ret_cp)
{
	size_t i = w->r.to - 1, n;

	while (i > w->r.from && (w->s[i] & 0xc0) == 0x80)
		i--;
	if (w->s[i] > ' ' && w->s[i] < 0xc2)
		return 0;
	n = stripped_at(w, i, ret_cp);
	if (n == 0 || i + n != w->r.to)
		return 0;
	w->r.to = i;
	w->r.ends_line = false;
	return n;
}

void prose_run(struct prose *p, struct run r)
{
	uint8_t mask = p->flavour == MD_OBSIDIAN ? BOTH | OBSIDIAN : BOTH;
	struct work w = { p, r, p->s.ptr, r.from };
	size_t i, cut = 0;
	uint32_t cp = 0;

	if (r.starts_line)
		start_line(&w);
	if (r.ends_line && w.r.from < w.r.to)
		cut = cut_end(&w, &cp);
	i = w.r.from;
	while (i < w.r.to) {
		size_t stop;

		while (w.r.to - i > BLOCK && is_plain(w.s + i))
			i += BLOCK;
		stop = MIN(w.r.to, i + BLOCK);
		while (i < stop && !(special[w.s[i]] & mask))
			i++;
		if (i < stop)
			i += at_special(&w, i);
	}
	flush(&w, w.r.to);
	if (cut)
		prose_reference(p->out, cp);
}
