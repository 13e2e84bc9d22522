/* SPDX-License-Identifier: MIT */
/* What stands around the text: replies, forwards, buttons, previews. */
#include "export/from_tl_impl.h"

/* ---- replies ---- */

int32_t reply_id(const union tl_MessageReplyHeader *header)
{
	return header && header->ctor == TL_messageReplyHeader
		? header->messageReplyHeader.reply_to_msg_id
		: 0;
}

/* Of a message that is not to be seen from here. */
static void put_origin(struct from_tl *f, const struct tl_messageFwdHeader *origin)
{
	if (!origin)
		return;
	put_peer(f, "from", origin->from_id);
	put_str(f, "name", origin->from_name);
	put_i64(f, "date", origin->date);
	put_i64(f, "post", origin->channel_post);
	put_str(f, "author", origin->post_author);
}

static void put_message_reply(struct from_tl *f, const struct tl_messageReplyHeader *h)
{
	put_i64(f, "id", h->reply_to_msg_id);
	put_peer(f, "chat", h->reply_to_peer_id);
	put_origin(f, h->reply_from);
	/* Without the flag it is only what the server cut out by itself. */
	if (h->quote) {
		put_str(f, "quote", h->quote_text);
		put_entities(f, "entities", &h->quote_entities);
		put_i64(f, "offset", h->quote_offset);
	}
	f->depth++; /* of another message */
	put_media(f, "media", h->reply_media);
	f->depth--;
	put_i64(f, "task", h->todo_item_id);
	put_base64(f, "option", h->poll_option);
}

void put_reply(struct from_tl *f, const union tl_MessageReplyHeader *header)
{
	if (!header)
		return;
	/* A header may say no more than to which topic the message belongs. */
	if (header->ctor == TL_messageReplyHeader && !header->messageReplyHeader.reply_to_msg_id &&
		!header->messageReplyHeader.reply_from)
		return;
	jsonw_key(&f->w, "reply");
	jsonw_object(&f->w);
	if (header->ctor == TL_messageReplyStoryHeader) {
		put_peer(f, "chat", header->messageReplyStoryHeader.peer);
		put_number(f, "story", header->messageReplyStoryHeader.story_id);
	} else {
		put_message_reply(f, &header->messageReplyHeader);
	}
	jsonw_end(&f->w);
}

/* ---- forwards ---- */

void put_forward(struct from_tl *f, const struct tl_messageFwdHeader *h)
{
	if (!h)
		return;
	jsonw_key(&f->w, "forward");
	jsonw_object(&f->w);
	put_number(f, "date", h->date);
	put_peer(f, "from", h->from_id);
	put_str(f, "name", h->from_name);
	put_i64(f, "post", h->channel_post);
	put_str(f, "author", h->post_author);
	if (h->saved_from_peer || h->saved_from_id || h->saved_from_name.len || h->saved_date) {
		jsonw_key(&f->w, "saved_from");
		jsonw_object(&f->w);
		put_peer(f, "chat", h->saved_from_peer);
		put_i64(f, "id", h->saved_from_msg_id);
		put_peer(f, "from", h->saved_from_id);
		put_str(f, "name", h->saved_from_name);
		put_i64(f, "date", h->saved_date);
		jsonw_end(&f->w);
	}
	put_true(f, "imported", h->imported);
	put_str(f, "psa", h->psa_type);
	jsonw_end(&f->w);
}

/* ---- buttons ---- */

enum extra { NO_EXTRA, URL, QUERY, USER, COPY, WHAT };

static const struct button_row {
	uint32_t ctor;
	const char *type; /* NULL: url, which is seen by its key */
	enum extra extra;
	uint16_t text, value; /* in the struct */
	const char *what;     /* of requests */
} buttons[] = {
#define AT(name, field) offsetof(struct tl_keyboardButton##name, field)
#define BUTTON(name, type)                                                       \
	{                                                                        \
		TL_keyboardButton##name, type, NO_EXTRA, AT(name, text), 0, NULL \
	}
#define BUTTON_WITH(name, type, extra, field)                                               \
	{                                                                                   \
		TL_keyboardButton##name, type, extra, AT(name, text), AT(name, field), NULL \
	}
#define REQUEST(name, what)                                                       \
	{                                                                         \
		TL_keyboardButton##name, "request", WHAT, AT(name, text), 0, what \
	}
	BUTTON_WITH(Url, NULL, URL, url),
	BUTTON(Callback, "callback"),
	BUTTON_WITH(WebView, "webview", URL, url),
	BUTTON_WITH(SimpleWebView, "webview", URL, url),
	BUTTON_WITH(SwitchInline, "switch", QUERY, query),
	BUTTON(Buy, "buy"),
	BUTTON(Game, "game"),
	BUTTON_WITH(UrlAuth, "login", URL, url),
	BUTTON_WITH(UserProfile, "user", USER, user_id),
	BUTTON_WITH(Copy, "copy", COPY, copy_text),
	REQUEST(RequestPhone, "phone"),
	REQUEST(RequestGeoLocation, "location"),
	REQUEST(RequestPoll, "poll"),
	REQUEST(RequestPeer, "peer"),
	BUTTON(, "text"),
#undef AT
#undef BUTTON
#undef BUTTON_WITH
#undef REQUEST
};

static const struct button_row *button_row_of(uint32_t ctor)
{
	for (size_t i = 0; i < ARRAY_LEN(buttons); i++)
		if (buttons[i].ctor == ctor)
			return &buttons[i];
	return NULL;
}

static void write_button(struct from_tl *f, const union tl_KeyboardButton *button)
{
	const struct button_row *row = button_row_of(button->ctor);
	const uint8_t *b = (const void *)button;

	/* inputKeyboardButton… are for sending only. */
	if (!row)
		return;
	jsonw_object(&f->w);
	put_str(f, "text", *(const struct tobs_view *)(const void *)(b + row->text));
	if (row->type)
		put_cstr(f, "type", row->type);
	switch (row->extra) {
	case URL:
		put_str(f, "url", *(const struct tobs_view *)(const void *)(b + row->value));
		break;
	case QUERY:
		put_str(f, "query", *(const struct tobs_view *)(const void *)(b + row->value));
		break;
	case COPY:
		put_str(f, "copy", *(const struct tobs_view *)(const void *)(b + row->value));
		break;
	case USER: put_i64(f, "user", *(const int64_t *)(const void *)(b + row->value)); break;
	case WHAT: put_cstr(f, "what", row->what); break;
	default: break;
	}
	jsonw_end(&f->w);
}

void put_buttons(struct from_tl *f, const union tl_ReplyMarkup *markup)
{
	const struct tl_vec_KeyboardButtonRow *rows;

	if (!markup)
		return;
	if (markup->ctor == TL_replyInlineMarkup)
		rows = &markup->replyInlineMarkup.rows;
	else if (markup->ctor == TL_replyKeyboardMarkup)
		rows = &markup->replyKeyboardMarkup.rows;
	else
		return; /* hides a keyboard, or asks for a reply: nothing to see */
	if (!rows->count)
		return;
	jsonw_key(&f->w, "buttons");
	jsonw_array(&f->w);
	for (uint32_t i = 0; i < rows->count; i++) {
		jsonw_array(&f->w);
		for (uint32_t k = 0; k < rows->items[i]->buttons.count; k++)
			write_button(f, rows->items[i]->buttons.items[k]);
		jsonw_end(&f->w);
	}
	jsonw_end(&f->w);
}

/* ---- previews ---- */

static void put_page(struct from_tl *f, const struct tl_webPage *p)
{
	put_str(f, "url", p->url);
	put_str(f, "site", p->site_name);
	put_str(f, "title", p->title);
	put_str(f, "description", p->description);
	put_str(f, "author", p->author);
	put_str(f, "type", p->type);
	put_i64(f, "duration", p->duration);
	put_photo(f, "photo", p->photo);
	put_document(f, "document", p->document);
	put_str(f, "embed", p->embed_url);
	put_true(f, "instant", p->cached_page != NULL);
}

void put_preview(struct from_tl *f, const union tl_WebPage *page)
{
	struct tobs_view url = { 0 };

	/* One that is being made, or came to nothing, may still be the only place of its address. */
	if (page->ctor == TL_webPageEmpty)
		url = page->webPageEmpty.url;
	else if (page->ctor == TL_webPagePending)
		url = page->webPagePending.url;
	if (page->ctor != TL_webPage && !url.len)
		return;
	jsonw_key(&f->w, "preview");
	jsonw_object(&f->w);
	if (page->ctor == TL_webPage)
		put_page(f, &page->webPage);
	else
		put_str(f, "url", url);
	jsonw_end(&f->w);
}
