/* SPDX-License-Identifier: MIT */
/*
 * Searching a chat: everything is looked at once, oldest first, and the ids
 * that match are kept for the next pages of the same search.
 */
#include "base/alloc.h"
#include "base/array.h"
#include "base/attr.h"
#include "base/utf.h"
#include "sim/history.h"
#include "sim/inner.h"
#include "sim/page.h"

enum {
	KEEP_MAX = 4 << 20, /* ids of a result that are kept: 16 MiB */
};

struct sim_search {
	const struct sim_history *history;
	uint32_t version;
	struct sim_query query; /* its text is in `words` */
	struct tobs_buf words;
	ARRAY_OF(int32_t) ids;
};

void sim_search_free(struct sim_search *s)
{
	if (!s)
		return;
	tobs_buf_deinit(&s->words);
	ARRAY_DEINIT(&s->ids);
	mem_free(s);
}

/* ---- text ---- */

/* Lower case for Latin, Greek, Cyrillic and Armenian letters; others have none or stay. */
static uint32_t fold(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
		(c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	if (c >= 0x531 && c <= 0x556)
		return c + 48;
	if ((c >= 0x100 && c <= 0x17f) || (c >= 0x460 && c <= 0x4ff))
		return c | 1;
	return c;
}

/* Whether a word may go on with this character. Scripts without spaces are all beginnings. */
static bool inside_word(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_';
	return c >= 0xc0 && c < 0x2000;
}

static int fold_text(struct tobs_buf *out, struct tobs_view text)
{
	for (size_t i = 0; i < text.len;) {
		uint32_t c;
		size_t n = utf8_decode(text.ptr + i, text.len - i, &c);

		if (!n) {
			c = 0xfffd;
			n = 1;
		}
		utf8_put(out, fold(c));
		i += n;
	}
	return tobs_buf_err(out);
}

/* Whether `word` stands at the beginning of a word of `text`; both are folded. */
static bool has_word(struct tobs_view text, struct tobs_view word)
{
	for (size_t at = 0; (at = tobs_view_find(text, at, word)) != SIZE_MAX; at++) {
		size_t before = at;
		uint32_t c;

		if (at == 0)
			return true;
		while (before && (text.ptr[--before] & 0xc0) == 0x80)
			;
		if (!utf8_decode(text.ptr + before, at - before, &c) || !inside_word(c))
			return true;
	}
	return false;
}

static bool has_words(struct tobs_view text, struct tobs_view words)
{
	struct tobs_view word;

	while (tobs_view_split(&words, ' ', &word))
		if (word.len && !has_word(text, word))
			return false;
	return true;
}

/* What of a message is searched: its text, a service message's title, a document's file name. */
static struct tobs_view text_of(const union tl_Message *m)
{
	const union tl_MessageMedia *media;
	const union tl_Document *d;

	if (m->ctor != TL_message)
		return tobs_str("");
	if (m->message.message.len)
		return m->message.message;
	media = m->message.media;
	if (!media || media->ctor != TL_messageMediaDocument)
		return tobs_str("");
	d = media->messageMediaDocument.document;
	for (uint32_t i = 0; d && d->ctor == TL_document && i < d->document.attributes.count; i++)
		if (d->document.attributes.items[i]->ctor == TL_documentAttributeFilename)
			return d->document.attributes.items[i]->documentAttributeFilename.file_name;
	return tobs_str("");
}

/* ---- matching ---- */

static void facts_of(const union tl_Message *m, struct sim_facts *ret)
{
	ret->from = sim_message_from(m);
	ret->date = sim_message_date(m);
	ret->classes = sim_message_classes(m);
	ret->service = m->ctor == TL_messageService;
}

static void facts_at(const struct sim_history *h, int32_t index, struct sim_facts *ret)
{
	int32_t made = sim_list_made(&h->list);
	const union tl_Message *m = NULL;

	if (index >= made)
		m = h->stored.items[index - made];
	else if (h->changed.count)
		m = map_get(&h->changed, (uint64_t)sim_list_id(&h->list, index));
	if (m)
		facts_of(m, ret);
	else
		h->list.source->ops->facts(
			h->list.source, sim_list_source_index(&h->list, index), ret);
}

static bool facts_match(
	const struct sim_history *h, const struct sim_query *q, const struct sim_facts *f)
{
	/* Channel posts and messages of private chats may come without a sender. */
	int64_t from = f->from ? f->from : h->peer;

	if (q->from && from != q->from)
		return false;
	if (q->classes && !(f->classes & q->classes))
		return false;
	if (q->min_date && f->date < q->min_date)
		return false;
	if (q->max_date && f->date > q->max_date)
		return false;
	return !(q->text.len && f->service);
}

struct scan {
	const struct sim_history *history;
	struct sim_search *search;
	struct tobs_arena arena; /* of one message */
	struct tobs_buf text;
};

/* The questions that need the message itself. */
static int message_matches(struct scan *s, int32_t id, bool *ret)
{
	const struct sim_query *q = &s->search->query;
	const union tl_Message *m;

	*ret = true;
	if (!q->text.len && !q->saved_peer)
		return TOBS_OK;
	tobs_arena_reset(&s->arena);
	m = sim_history_get(s->history, id, &s->arena);
	if (!m)
		return TOBS_ENOMEM;
	if (q->saved_peer && m->ctor == TL_message &&
		sim_peer_of(m->message.saved_peer_id) != q->saved_peer)
		*ret = false;
	if (!*ret || !q->text.len)
		return TOBS_OK;
	tobs_buf_clear(&s->text);
	if (fold_text(&s->text, text_of(m)))
		return TOBS_ENOMEM;
	*ret = has_words(tobs_buf_view(&s->text), tobs_buf_view(&s->search->words));
	return TOBS_OK;
}

static int scan(struct scan *s, const struct sim_list *l)
{
	const struct sim_history *h = s->history;
	int32_t n = sim_list_count(l);

	for (int32_t i = 0; i < n; i++) {
		int32_t id = sim_list_id(l, i);
		struct sim_facts facts;
		bool match;
		int r;

		facts_at(h, l == &h->list ? i : sim_list_rank(&h->list, id), &facts);
		if (!facts_match(h, &s->search->query, &facts))
			continue;
		r = message_matches(s, id, &match);
		if (!r && match)
			r = ARRAY_PUSH(&s->search->ids, id) ? TOBS_ENOMEM : TOBS_OK;
		if (r)
			return r;
	}
	return TOBS_OK;
}

static bool same_query(const struct sim_search *s, const struct sim_history *h,
	const struct sim_query *q, struct tobs_view words)
{
	const struct sim_query *o = &s->query;

	return s->history == h && s->version == h->version && o->from == q->from &&
		o->classes == q->classes && o->min_date == q->min_date &&
		o->max_date == q->max_date && o->top == q->top && o->saved_peer == q->saved_peer &&
		tobs_view_eq(words, tobs_buf_view(&s->words));
}

static int run(struct sim_search *s)
{
	const struct sim_history *h = s->history;
	struct scan scanning = { .history = h, .search = s };
	struct sim_list scratch = { 0 };
	const struct sim_list *l = &h->list;
	int r;

	if (s->query.top) {
		l = sim_thread(h, s->query.top, &scratch);
		if (!l)
			l = &scratch;
	}
	tobs_arena_init(&scanning.arena, 16 << 20);
	tobs_buf_init(&scanning.text, 1 << 20);
	r = scan(&scanning, l);
	tobs_buf_deinit(&scanning.text);
	tobs_arena_deinit(&scanning.arena);
	return r;
}

/* The search for this query: the one that is kept, or a new one, which the caller owns. */
static int find(struct sim_history *h, const struct sim_query *q, struct sim_search **ret)
{
	struct sim_search *s = MEM_NEW(struct sim_search), *kept = h->world->search;
	int r;

	if (!s)
		return TOBS_ENOMEM;
	tobs_buf_init(&s->words, 1 << 16);
	s->history = h;
	s->version = h->version;
	s->query = *q;
	r = fold_text(&s->words, q->text);
	if (!r && kept && same_query(kept, h, q, tobs_buf_view(&s->words))) {
		sim_search_free(s);
		*ret = kept;
		return TOBS_OK;
	}
	if (!r)
		r = run(s);
	if (r) {
		sim_search_free(s);
		return r;
	}
	*ret = s;
	return TOBS_OK;
}

struct found_sequence {
	struct sim_sequence base;
	const struct sim_search *search;
};

static int32_t found_rank(const struct sim_sequence *q, int32_t id)
{
	const struct sim_search *s = ((const struct found_sequence *)q)->search;
	size_t low = 0, high = s->ids.count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->ids.items[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return (int32_t)low;
}

static int32_t found_index(const struct sim_sequence *q, int32_t i)
{
	const struct sim_search *s = ((const struct found_sequence *)q)->search;

	return sim_list_rank(&s->history->list, s->ids.items[i]);
}

static int32_t found_date(const struct sim_sequence *q, int32_t i)
{
	return sim_history_date_at(
		((const struct found_sequence *)q)->search->history, found_index(q, i));
}

int sim_search_page(struct sim_account *viewer, struct sim_history *h,
	const struct sim_query *query, const struct sim_slice *slice, struct tobs_arena *arena,
	struct sim_page *ret)
{
	struct sim_world *w = h->world;
	struct found_sequence q = {
		.base = { .rank = found_rank, .index = found_index, .date = found_date }
	};
	struct sim_search *s = NULL;
	int r = find(h, query, &s);

	if (r)
		return r;
	q.search = s;
	q.base.to = (int32_t)s->ids.count;
	r = sim_fill_page(viewer, h, &q.base, slice, arena, ret);
	if (s == w->search)
		return r;
	if (s->ids.count <= KEEP_MAX) {
		sim_search_free(w->search);
		w->search = s;
	} else {
		sim_search_free(s);
	}
	return r;
}
