/* SPDX-License-Identifier: MIT */
#include "md/entity.h"

#include <tobs/err.h>

#include "base/alloc.h"
#include "base/attr.h"

/*
 * Each slot is a property of which a character has at most one, listed in the
 * order of kinds: of equal extent, the first is outside.
 */
enum slot {
	SLOT_QUOTE,
	SLOT_PRE,
	SLOT_LINK,
	SLOT_AUTO,
	SLOT_BOLD,
	SLOT_ITALIC,
	SLOT_STRIKE,
	SLOT_UNDERLINE,
	SLOT_SPOILER,
	SLOT_EMOJI,
	SLOT_CODE,
	SLOTS,
};

enum {
	NOTHING = SLOTS, /* the slot of a range that is not there */
	LOCAL = 16,      /* entities that need no scratch from the heap */
};

static const uint8_t slot_of[ENTITY_KINDS] = {
	[ENTITY_UNKNOWN] = NOTHING,
	[ENTITY_BLOCKQUOTE] = SLOT_QUOTE,
	[ENTITY_PRE] = SLOT_PRE,
	[ENTITY_TEXT_LINK] = SLOT_LINK,
	[ENTITY_MENTION_NAME] = SLOT_LINK,
	[ENTITY_URL] = SLOT_AUTO,
	[ENTITY_EMAIL] = SLOT_AUTO,
	[ENTITY_MENTION] = SLOT_AUTO,
	[ENTITY_HASHTAG] = SLOT_AUTO,
	[ENTITY_CASHTAG] = SLOT_AUTO,
	[ENTITY_BOT_COMMAND] = SLOT_AUTO,
	[ENTITY_PHONE] = SLOT_AUTO,
	[ENTITY_BANK_CARD] = SLOT_AUTO,
	[ENTITY_BOLD] = SLOT_BOLD,
	[ENTITY_ITALIC] = SLOT_ITALIC,
	[ENTITY_STRIKETHROUGH] = SLOT_STRIKE,
	[ENTITY_UNDERLINE] = SLOT_UNDERLINE,
	[ENTITY_SPOILER] = SLOT_SPOILER,
	[ENTITY_CUSTOM_EMOJI] = SLOT_EMOJI,
	[ENTITY_CODE] = SLOT_CODE,
};

/* Of two that overlap by halves the one with the higher weight stays whole. */
static const uint8_t weight[SLOTS] = {
	[SLOT_QUOTE] = 7,
	[SLOT_PRE] = 7,
	[SLOT_LINK] = 5,
	[SLOT_EMOJI] = 4,
	[SLOT_AUTO] = 3,
	[SLOT_BOLD] = 2,
	[SLOT_ITALIC] = 2,
	[SLOT_STRIKE] = 2,
	[SLOT_UNDERLINE] = 2,
	[SLOT_SPOILER] = 2,
	[SLOT_CODE] = 1,
};

/* An entity in bytes, while it is worked on. */
struct range {
	uint32_t start, end;
	uint32_t entity;
	uint8_t slot;
	bool tag; /* entity_is_tag() */
};

TOBS_STATIC_ASSERT(
	sizeof(struct range) <= 2 * sizeof(uint64_t), "a range fits where two points do");

/* What the passes below share. */
struct pass {
	struct tobs_view text;
	const struct entity *entities;
	struct range *ranges;
	size_t count;
	void *spare; /* for sorting: two points or one range an entity */
	uint64_t *points;
	unsigned flags;
};

static bool is_style(enum slot slot)
{
	return slot >= SLOT_BOLD && slot <= SLOT_SPOILER;
}

/*
 * Merge sort: stable, and without an allocation of its own. What is in order
 * already, which is the rule, costs one look.
 */
static void sort(
	void *items, size_t n, size_t size, void *spare, bool (*before)(const void *, const void *))
{
	uint8_t *from = items, *to = spare, *swap;
	size_t sorted = 1;

	while (sorted < n && !before(from + sorted * size, from + (sorted - 1) * size))
		sorted++;
	if (sorted >= n)
		return;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t low = 0; low < n; low += 2 * width) {
			size_t mid = MIN(low + width, n), high = MIN(low + 2 * width, n);
			size_t left = low, right = mid;

			for (size_t k = low; k < high; k++) {
				bool take_left = left < mid &&
					(right == high ||
						!before(from + right * size, from + left * size));
				size_t taken = take_left ? left++ : right++;

				memcpy(to + k * size, from + taken * size, size);
			}
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * size);
}

static bool point_before(const void *a, const void *b)
{
	return *(const uint64_t *)a < *(const uint64_t *)b;
}

/* The earlier, then the longer one, then in the order they came. */
static bool range_before(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start;
	if (x->end != y->end)
		return x->end > y->end;
	return x->entity < y->entity;
}

static void sort_ranges(struct pass *p)
{
	sort(p->ranges, p->count, sizeof *p->ranges, p->spare, range_before);
}

/* ---- from UTF-16 units to bytes ---- */

/* A place in the text, in both counts. */
struct place {
	size_t byte, unit;
};

static size_t char_bytes(uint8_t lead)
{
	return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Moves to the character that holds unit `unit`: the last one that does not start behind it. */
static void walk_to(struct place *p, struct tobs_view text, size_t unit)
{
	while (p->unit < unit && p->byte < text.len) {
		uint64_t word;
		size_t units;

		if (unit - p->unit >= 8 && text.len - p->byte >= 8) {
			memcpy(&word, text.ptr + p->byte, 8);
			if (!(word & 0x8080808080808080u)) {
				p->byte += 8;
				p->unit += 8;
				continue;
			}
		}
		units = text.ptr[p->byte] >= 0xf0 ? 2 : 1;
		if (units > unit - p->unit)
			return;
		p->unit += units;
		p->byte += MIN(char_bytes(text.ptr[p->byte]), text.len - p->byte);
	}
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A run of line feeds, or of white space: nothing that formatting would show on. */
struct gap {
	size_t from, to;
	bool spaces;
};

/*
 * Moves *g to the gap around `at`, which may be empty. Asked for in order of
 * `at`, so each gap is measured once, however many entities end in it.
 */
static void find_gap(struct gap *g, struct tobs_view text, size_t at)
{
	if (at >= g->from && at <= g->to)
		return;
	g->from = g->to = at;
	while (g->from > 0 &&
		(text.ptr[g->from - 1] == '\n' || (g->spaces && is_space(text.ptr[g->from - 1]))))
		g->from--;
	while (g->to < text.len &&
		(text.ptr[g->to] == '\n' || (g->spaces && is_space(text.ptr[g->to]))))
		g->to++;
}

/*
 * Gives every range its bytes, without the gaps at its ends: one walk over the
 * text, through all edges in order. Quotes are trimmed later, when it is known
 * where the pres are; pres keep everything.
 */
static void find_bytes(struct pass *p)
{
	struct gap lines = { .from = 1 }, spaces = { .from = 1, .spaces = true }; /* nowhere yet */
	struct place at = { 0, 0 };

	for (size_t i = 0; i < p->count; i++) {
		const struct entity *e = &p->entities[p->ranges[i].entity];

		p->points[2 * i] = (uint64_t)e->offset << 32 | i << 1;
		p->points[2 * i + 1] = ((uint64_t)e->offset + e->length) << 32 | i << 1 | 1;
	}
	sort(p->points, 2 * p->count, sizeof *p->points, p->spare, point_before);
	for (size_t i = 0; i < 2 * p->count; i++) {
		struct range *r = &p->ranges[(p->points[i] & UINT32_MAX) >> 1];
		bool is_end = p->points[i] & 1;
		struct gap *g = &lines, none = { 0 };
		size_t unit = p->points[i] >> 32;

		walk_to(&at, p->text, unit);
		if ((p->flags & ENTITY_TRIM) && is_style(r->slot))
			g = &spaces;
		else if (r->slot == SLOT_PRE || r->slot == SLOT_QUOTE)
			none.from = none.to = at.byte, g = &none;
		find_gap(g, p->text, at.byte);
		if (!is_end)
			r->start = (uint32_t)g->to;
		else if (at.unit < unit && at.byte < p->text.len)
			r->end = (uint32_t)MIN(at.byte + 4, p->text.len); /* inside a pair */
		else
			r->end = (uint32_t)g->from;
	}
}

/* ---- the rules that concern two of a kind ---- */

/* The user a link is to, in either of its two kinds. */
static bool links_user(const struct entity *e, int64_t *ret_id)
{
	static const char prefix[] = "tg://user?id=";

	*ret_id = e->id;
	if (e->kind == ENTITY_MENTION_NAME)
		return true;
	return tobs_view_starts(e->arg, prefix) &&
		tobs_view_int(tobs_view_sub(e->arg, strlen(prefix), SIZE_MAX), INT64_MIN, INT64_MAX,
			ret_id) == TOBS_OK;
}

static bool same_target(const struct pass *p, const struct range *a, const struct range *b)
{
	const struct entity *x = &p->entities[a->entity], *y = &p->entities[b->entity];
	int64_t x_id, y_id;

	if (x->kind == ENTITY_TEXT_LINK && y->kind == ENTITY_TEXT_LINK)
		return tobs_view_eq(x->arg, y->arg);
	return links_user(x, &x_id) && links_user(y, &y_id) && x_id == y_id;
}

/* Lets `r`, which starts no earlier than `last` of the same slot, agree with it; false: r is gone. */
static bool agree(const struct pass *p, struct range *last, struct range *r)
{
	switch (r->slot) {
	case SLOT_LINK:
		if (r->start > last->end || !same_target(p, last, r))
			break;
		ATTR_FALLTHROUGH;
	case SLOT_BOLD:
	case SLOT_ITALIC:
	case SLOT_STRIKE:
	case SLOT_UNDERLINE:
	case SLOT_SPOILER:
	case SLOT_CODE:
		if (r->start > last->end)
			return true;
		last->end = MAX(last->end, r->end);
		return false;
	case SLOT_AUTO:
	case SLOT_EMOJI: return r->start >= last->end;
	default: break;
	}
	r->start = MAX(r->start, last->end);
	return r->start < r->end;
}

/* Drops and joins until the ranges of each slot are apart, then sorts them again. */
static void settle_slots(struct pass *p)
{
	struct range *last[SLOTS] = { NULL };
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct range r = p->ranges[i];

		if (r.start >= r.end)
			continue;
		if (r.slot == SLOT_AUTO && memchr(p->text.ptr + r.start, '\n', r.end - r.start))
			continue; /* Telegram finds nothing across lines */
		p->ranges[kept++] = r;
	}
	p->count = kept;
	sort_ranges(p);
	kept = 0;
	for (size_t i = 0; i < p->count; i++) {
		struct range *r = &p->ranges[i];

		if (last[r->slot] && !agree(p, last[r->slot], r))
			continue;
		p->ranges[kept] = *r;
		last[r->slot] = &p->ranges[kept++];
	}
	p->count = kept;
}

/* The part of quote `r` outside the pres that overlap it by halves, without line feeds at its ends. */
static void settle_quote(const struct pass *p, struct range *r, size_t first_pre)
{
	const uint8_t *s = p->text.ptr;
	uint32_t low = UINT32_MAX, high = 0; /* what the pres inside it cover */

	for (size_t i = first_pre; i < p->count && p->ranges[i].start < r->end; i++) {
		const struct range *pre = &p->ranges[i];

		if (r->start >= r->end)
			return;
		if (pre->slot != SLOT_PRE)
			continue;
		if (pre->start < r->start || (pre->start == r->start && pre->end > r->end)) {
			r->start = MIN(MAX(pre->end, r->start), r->end);
		} else if (pre->end > r->end) {
			r->end = pre->start;
		} else {
			low = MIN(low, pre->start);
			high = MAX(high, pre->end);
		}
	}
	while (r->start < MIN(low, r->end) && s[r->start] == '\n')
		r->start++;
	while (r->end > MAX(high, r->start) && s[r->end - 1] == '\n')
		r->end--;
}

static void settle_quotes(struct pass *p)
{
	size_t pre = 0, kept = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct range *r = &p->ranges[i];

		if (r->slot != SLOT_QUOTE)
			continue;
		while (pre < p->count &&
			(p->ranges[pre].slot != SLOT_PRE || p->ranges[pre].end <= r->start))
			pre++;
		settle_quote(p, r, pre);
	}
	for (size_t i = 0; i < p->count; i++)
		if (p->ranges[i].start < p->ranges[i].end)
			p->ranges[kept++] = p->ranges[i];
	p->count = kept;
}

/* ---- the sweep: from ranges that may cross to spans that nest ---- */

struct open {
	const struct range *range;
	size_t span; /* its index in the output */
};

struct sweep {
	struct spans *out;
	const struct range *want[SLOTS]; /* what covers the place where the sweep is */
	uint32_t wanted;                 /* the slots (as bits) for which there is something */
	uint32_t fresh;                  /* those whose range starts here */
	struct open stack[SLOTS];        /* the spans open here, outermost first */
	size_t depth;
	bool dropped; /* some spans in the output were taken back */
};

#define SLOT_EACH(slot, set)                                                                       \
	for (uint32_t left_ = (set), slot; left_ && (slot = (uint32_t)__builtin_ctz(left_), true); \
		left_ &= left_ - 1)

static bool in_set(uint32_t set, enum slot slot)
{
	return set >> slot & 1;
}

static void want(struct sweep *w, const struct range *r)
{
	w->want[r->slot] = r;
	w->wanted |= 1u << r->slot;
}

static void unwant(struct sweep *w, enum slot slot)
{
	w->want[slot] = NULL;
	w->wanted &= ~(1u << slot);
}

static bool is_inline(const struct range *r)
{
	return r->slot > SLOT_PRE;
}

/* Takes a range out, and its span, if it has one; what is open inside stays open. */
static void drop(struct sweep *w, enum slot slot)
{
	const struct range *r = w->want[slot];

	unwant(w, slot);
	for (size_t i = 0; i < w->depth; i++) {
		if (w->stack[i].range != r)
			continue;
		w->out->items[w->stack[i].span].kind = ENTITY_UNKNOWN;
		w->dropped = true;
		w->depth--;
		memmove(&w->stack[i], &w->stack[i + 1], (w->depth - i) * sizeof w->stack[0]);
		return;
	}
}

/* Whether the edge of the range in `slot` is inside of `r`, which began before or here. */
static bool edge_inside(const struct sweep *w, enum slot slot, const struct range *r)
{
	const struct range *other = w->want[slot];
	bool began_before = !in_set(w->fresh, r->slot);

	return other && (r->end > other->end || (began_before && in_set(w->fresh, slot)));
}

/* Whether an automatic range has to go: the text alone is enough to find it again. */
static bool is_in_the_way(const struct sweep *w, const struct range *r)
{
	const struct range *emoji = w->want[SLOT_EMOJI];

	if (w->want[SLOT_LINK])
		return true;
	return emoji && in_set(w->fresh, SLOT_AUTO) && !in_set(w->fresh, SLOT_EMOJI) &&
		r->end > emoji->end;
}

/* A thing that may not be cut is dropped where it meets what would cut it. */
static void drop_cut(struct sweep *w)
{
	SLOT_EACH (slot, w->wanted & (1u << SLOT_AUTO | 1u << SLOT_EMOJI)) {
		const struct range *r = w->want[slot];

		if (w->want[SLOT_CODE] || w->want[SLOT_PRE] || edge_inside(w, SLOT_QUOTE, r) ||
			(slot == SLOT_AUTO ? is_in_the_way(w, r) : edge_inside(w, SLOT_LINK, r)))
			drop(w, slot);
	}
}

/* Whether something that starts here has to stand outside the open range `r`. */
static bool yields(const struct sweep *w, const struct range *r)
{
	if (!is_inline(r))
		return false;
	SLOT_EACH (slot, w->fresh & w->wanted) {
		const struct range *y = w->want[slot];

		if (!is_inline(y))
			return true;
		if (y->tag)
			continue;
		if (r->slot == SLOT_CODE)
			return true;
		if (y->end > r->end && (weight[slot] > weight[r->slot] || r->tag))
			return true;
	}
	return false;
}

/* Closes what ends here, what yields, and what is open inside of those. */
static void close_spans(struct sweep *w, uint32_t at)
{
	size_t keep = 0;

	while (keep < w->depth) {
		const struct range *r = w->stack[keep].range;

		if (w->want[r->slot] != r || (yields(w, r) && r->slot != SLOT_AUTO))
			break;
		if (yields(w, r))
			drop(w, SLOT_AUTO);
		else
			keep++;
	}
	while (w->depth > keep)
		w->out->items[w->stack[--w->depth].span].end = at;
}

static int append(struct spans *out, struct span span)
{
	if (out->count == out->cap) {
		size_t cap = out->cap * 2;
		struct span *items = out->items == out->first
			? mem_array(cap, sizeof *items)
			: mem_array_resize(out->items, cap, sizeof *items);

		if (!items)
			return TOBS_ENOMEM;
		if (out->items == out->first)
			memcpy(items, out->first, out->count * sizeof *items);
		out->items = items;
		out->cap = cap;
	}
	out->items[out->count++] = span;
	return TOBS_OK;
}

/* Of two ranges that open at the same place: is `a` outside? `limit`: where both are cut at the latest. */
static bool is_outer(const struct range *a, const struct range *b, uint32_t limit)
{
	uint32_t x = MIN(a->end, limit), y = MIN(b->end, limit);

	if (is_inline(a) != is_inline(b))
		return is_inline(b);
	if ((a->slot == SLOT_CODE) != (b->slot == SLOT_CODE))
		return b->slot == SLOT_CODE;
	return x != y ? x > y : a->slot < b->slot;
}

static int open_spans(struct sweep *w, const struct entity *entities, uint32_t at)
{
	uint32_t limit = UINT32_MAX, on_stack = 0;
	const struct range *order[SLOTS];
	size_t n = 0;

	for (size_t i = 0; i < w->depth; i++) {
		on_stack |= 1u << w->stack[i].range->slot;
		limit = MIN(limit, w->stack[i].range->end);
	}
	if (w->want[SLOT_AUTO] && w->want[SLOT_AUTO]->end > limit && !in_set(on_stack, SLOT_AUTO))
		unwant(w, SLOT_AUTO);
	SLOT_EACH (slot, w->wanted & ~on_stack) {
		const struct range *r = w->want[slot];
		size_t i = n;

		if (w->want[SLOT_PRE] && is_inline(r))
			continue;
		for (; i > 0 && is_outer(r, order[i - 1], limit); i--)
			order[i] = order[i - 1];
		order[i] = r;
		n++;
	}
	for (size_t i = 0; i < n; i++) {
		const struct range *r = order[i];

		w->stack[w->depth++] = (struct open){ r, w->out->count };
		if (append(w->out, (struct span){ at, 0, r->entity, entities[r->entity].kind }))
			return TOBS_ENOMEM;
	}
	return TOBS_OK;
}

/* The next place where a range starts or ends. */
static uint32_t next_edge(const struct sweep *w, const struct pass *p, size_t next)
{
	uint32_t at = next < p->count ? p->ranges[next].start : UINT32_MAX;

	SLOT_EACH (slot, w->wanted)
		at = MIN(at, w->want[slot]->end);
	return at;
}

/* Nothing else touches the range: there is nothing to settle, which is the usual case. */
static bool is_alone(const struct sweep *w, const struct pass *p, size_t next)
{
	return !w->wanted && next < p->count &&
		(next + 1 == p->count || p->ranges[next].end <= p->ranges[next + 1].start);
}

static int sweep(struct sweep *w, const struct pass *p)
{
	size_t next = 0;

	for (;;) {
		const struct range *r = &p->ranges[next];
		uint32_t at;

		if (is_alone(w, p, next)) {
			next++;
			if (append(w->out,
				    (struct span){ r->start, r->end, r->entity,
					    p->entities[r->entity].kind }))
				return TOBS_ENOMEM;
			continue;
		}
		at = next_edge(w, p, next);
		if (at == UINT32_MAX)
			return TOBS_OK;
		w->fresh = 0;
		SLOT_EACH (slot, w->wanted)
			if (w->want[slot]->end == at)
				unwant(w, slot);
		for (; next < p->count && p->ranges[next].start == at; next++) {
			want(w, &p->ranges[next]);
			w->fresh |= 1u << p->ranges[next].slot;
		}
		drop_cut(w);
		close_spans(w, at);
		if (open_spans(w, p->entities, at))
			return TOBS_ENOMEM;
	}
}

static void forget_dropped(struct spans *spans)
{
	size_t kept = 0;

	for (size_t i = 0; i < spans->count; i++)
		if (spans->items[i].kind != ENTITY_UNKNOWN)
			spans->items[kept++] = spans->items[i];
	spans->count = kept;
}

/* ---- the whole ---- */

static void take_ranges(struct pass *p, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct entity *e = &p->entities[i];
		bool known = (unsigned)e->kind < ENTITY_KINDS && e->kind != ENTITY_UNKNOWN;

		if (!known || e->length == 0 || e->length > INT32_MAX)
			continue;
		p->ranges[p->count++] = (struct range){
			.entity = (uint32_t)i,
			.slot = slot_of[e->kind],
			.tag = entity_is_tag(e->kind),
		};
	}
}

int entity_spans(struct spans *spans, struct tobs_view text, const struct entity *entities,
	size_t count, unsigned flags)
{
	struct range local_ranges[LOCAL], *heap = NULL;
	uint64_t local_points[2 * LOCAL], local_spare[2 * LOCAL];
	struct pass p = { .text = text, .entities = entities, .flags = flags };
	struct sweep w = { .out = spans };
	int r;

	spans->items = spans->first;
	spans->count = 0;
	spans->cap = SPANS_INLINE;
	if (text.len > INT32_MAX || count > INT32_MAX / 2)
		return TOBS_ETOOBIG;
	if (count == 0)
		return TOBS_OK;
	p.ranges = local_ranges;
	p.points = local_points;
	p.spare = local_spare;
	if (count > LOCAL) {
		heap = mem_array(count, sizeof *p.ranges + 4 * sizeof *p.points);
		if (!heap)
			return TOBS_ENOMEM;
		p.ranges = heap;
		p.points = (uint64_t *)(void *)(p.ranges + count);
		p.spare = p.points + 2 * count;
	}
	take_ranges(&p, count);
	find_bytes(&p);
	settle_slots(&p);
	sort_ranges(&p);
	settle_quotes(&p);
	sort_ranges(&p);
	r = sweep(&w, &p);
	mem_free(heap);
	if (r)
		spans_deinit(spans);
	else if (w.dropped)
		forget_dropped(spans);
	return r;
}

void spans_deinit(struct spans *spans)
{
	if (!spans)
		return;
	if (spans->items != spans->first)
		mem_free(spans->items);
	spans->items = spans->first;
	spans->count = 0;
	spans->cap = SPANS_INLINE;
}

/* ---- names ---- */

static const char *const names[ENTITY_KINDS] = {
#define ENTITY_NAME(name, text) [ENTITY_##name] = text,
	ENTITY_KIND_MAP(ENTITY_NAME)
#undef ENTITY_NAME
};

const char *entity_kind_name(enum entity_kind kind)
{
	return (unsigned)kind < ENTITY_KINDS ? names[kind] : names[ENTITY_UNKNOWN];
}

enum entity_kind entity_kind_of(struct tobs_view name)
{
	for (int kind = 0; kind < ENTITY_KINDS; kind++)
		if (tobs_view_is(name, names[kind]))
			return (enum entity_kind)kind;
	return ENTITY_UNKNOWN;
}
