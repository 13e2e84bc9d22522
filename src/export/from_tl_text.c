/* SPDX-License-Identifier: MIT */
/* Formatted texts. */
#include "export/from_tl_impl.h"
#include "tl/tables.h"

enum argument { NOTHING, STRING, NUMBER, DATE, COLLAPSED };

/* What an entity is called, and where its parts are. The frequent ones come first. */
static const struct entity_row {
	uint32_t ctor;
	const char *name;
	enum argument argument;
	uint16_t offset, length, value; /* in the struct */
} rows[] = {
#define AT(name, field) offsetof(struct tl_messageEntity##name, field)
#define PLAIN(name, text)                                                                    \
	{                                                                                    \
		TL_messageEntity##name, text, NOTHING, AT(name, offset), AT(name, length), 0 \
	}
#define WITH(name, text, argument, field)                                                   \
	{                                                                                   \
		TL_messageEntity##name, text, argument, AT(name, offset), AT(name, length), \
			AT(name, field)                                                     \
	}
	PLAIN(Bold, "bold"),
	WITH(TextUrl, "text_link", STRING, url),
	PLAIN(Url, "link"),
	PLAIN(Italic, "italic"),
	PLAIN(Hashtag, "hashtag"),
	PLAIN(Mention, "mention"),
	WITH(CustomEmoji, "custom_emoji", NUMBER, document_id),
	PLAIN(Code, "code"),
	PLAIN(BotCommand, "bot_command"),
	WITH(Blockquote, "blockquote", COLLAPSED, flags),
	WITH(Pre, "pre", STRING, language),
	WITH(MentionName, "mention_name", NUMBER, user_id),
	PLAIN(Underline, "underline"),
	PLAIN(Strike, "strikethrough"),
	PLAIN(Spoiler, "spoiler"),
	PLAIN(Cashtag, "cashtag"),
	PLAIN(Email, "email"),
	PLAIN(Phone, "phone"),
	PLAIN(BankCard, "bank_card"),
	WITH(FormattedDate, "date", DATE, date),
	PLAIN(DiffInsert, "diff_insert"),
	PLAIN(DiffDelete, "diff_delete"),
	WITH(DiffReplace, "diff_replace", STRING, old_text),
	PLAIN(Unknown, "unknown"),
#undef AT
#undef PLAIN
#undef WITH
};

static const struct entity_row *row_of(uint32_t ctor)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].ctor == ctor)
			return &rows[i];
	return NULL;
}

static void write_argument(struct from_tl *f, enum argument kind, const void *value)
{
	switch (kind) {
	case NOTHING: break;
	case STRING: jsonw_str_v(&f->w, *(const struct tobs_view *)value); break;
	case NUMBER: jsonw_i64(&f->w, *(const int64_t *)value); break;
	case DATE: jsonw_i64(&f->w, *(const int32_t *)value); break;
	case COLLAPSED: /* bit 0 of the flags */
		if (*(const uint32_t *)value & 1)
			jsonw_bool(&f->w, true);
		break;
	}
}

void write_entities(struct from_tl *f, const struct tl_vec_MessageEntity *entities)
{
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < entities->count; i++) {
		const uint8_t *e = (const void *)entities->items[i];
		const struct entity_row *row = row_of(tl_id(e));

		/* inputMessageEntityMentionName is for sending only. */
		if (!row)
			continue;
		jsonw_array(&f->w);
		jsonw_str(&f->w, row->name);
		jsonw_i64(&f->w, *(const int32_t *)(const void *)(e + row->offset));
		jsonw_i64(&f->w, *(const int32_t *)(const void *)(e + row->length));
		write_argument(f, row->argument, e + row->value);
		jsonw_end(&f->w);
	}
	jsonw_end(&f->w);
}

void put_entities(struct from_tl *f, const char *key, const struct tl_vec_MessageEntity *entities)
{
	if (!entities->count)
		return;
	jsonw_key(&f->w, key);
	write_entities(f, entities);
}

void put_formatted(struct from_tl *f, const char *text_key, const char *entities_key,
	const struct tl_textWithEntities *text)
{
	if (!text)
		return;
	put_str(f, text_key, text->text);
	put_entities(f, entities_key, &text->entities);
}

/* ---- rich messages ---- */

/*
 * Rich messages are trees of several dozen kinds of blocks, and new kinds come
 * with each layer. For their words it is enough to know what holds text and
 * what ends a line; the schema's tables tell where to go on.
 */
struct words {
	struct tobs_buf *out;
	int depth;
};

static void walk(struct words *w, const void *object);

static void end_line(struct words *w)
{
	if (w->out->len && w->out->ptr[w->out->len - 1] != '\n')
		tobs_buf_putc(w->out, '\n');
}

static bool ends_line(const struct tl_ctor *c)
{
	static const char *const types[] = { "PageBlock", "PageListItem", "PageListOrderedItem",
		"PageTableRow", "PageRelatedArticle" };
	const char *type = tl_names + tl_types[c->type];

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* Strings that are words; all others are addresses, names of languages and the like. */
static struct tobs_view own_words(const void *object)
{
	const union tl_RichText *text = object;
	const union tl_PageBlock *block = object;

	switch (tl_id(object)) {
	case TL_textPlain: return text->textPlain.text;
	case TL_textCustomEmoji: return text->textCustomEmoji.alt;
	case TL_textMath: return text->textMath.source;
	case TL_pageBlockMath: return block->pageBlockMath.source;
	case TL_pageBlockEmbedPost: return block->pageBlockEmbedPost.author;
	case TL_pageRelatedArticle: return ((const struct tl_pageRelatedArticle *)object)->title;
	default: return (struct tobs_view){ 0 };
	}
}

static void walk_field(struct words *w, const struct tl_field *field, const uint8_t *at)
{
	const struct tl_vec_PageBlock *vec = (const void *)at;

	if (field->kind == TL_BOXED)
		walk(w, *(const void *const *)(const void *)at);
	for (uint32_t i = 0; field->kind == TL_VECTOR && field->elem == TL_BOXED && i < vec->count;
		i++)
		walk(w, vec->items[i]);
}

static void walk(struct words *w, const void *object)
{
	const struct tl_ctor *c = object ? tl_find(tl_id(object)) : NULL;
	bool line;

	if (!c || w->depth == TL_MAX_DEPTH || tl_id(object) == TL_photo ||
		tl_id(object) == TL_document || tl_id(object) == TL_channel)
		return;
	line = ends_line(c);
	if (line)
		end_line(w);
	w->depth++;
	tobs_buf_putv(w->out, own_words(object));
	for (int i = 0; i < c->count; i++)
		walk_field(w, &tl_fields[c->first + i],
			(const uint8_t *)object + tl_fields[c->first + i].offset);
	if (tl_id(object) == TL_pageTableCell)
		tobs_buf_putc(w->out, '\t');
	w->depth--;
	if (line)
		end_line(w);
}

void put_rich(struct from_tl *f, const struct tl_richMessage *rich)
{
	struct tobs_buf out;
	struct words w = { &out, 0 };

	tobs_buf_init(&out, FROM_TL_JSON_MAX);
	for (uint32_t i = 0; i < rich->blocks.count; i++)
		walk(&w, rich->blocks.items[i]);
	put_str(f, "rich", tobs_view_trim(tobs_buf_view(&out)));
	if (tobs_buf_err(&out) && !f->err)
		f->err = tobs_buf_err(&out);
	tobs_buf_deinit(&out);
	if (!rich->photos.count && !rich->documents.count)
		return;
	jsonw_key(&f->w, "rich_files");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < rich->photos.count; i++)
		write_photo(f, rich->photos.items[i]);
	for (uint32_t i = 0; i < rich->documents.count; i++)
		write_document(f, rich->documents.items[i]);
	jsonw_end(&f->w);
}
