/* SPDX-License-Identifier: MIT */
/*
 * Keyboards: buttons below a message, and buttons in place of the letters.
 *
 *     struct tobs_inline_builder k;
 *     struct tobs_send_message m = { .text = "Which one?" };
 *
 *     tobs_inline_init(&k, ctx);
 *     tobs_inline_columns(&k, 2);
 *     for (size_t i = 0; i < count; i++)
 *             tobs_inline_callback(&k, item[i].name, "item:%s", item[i].path);
 *     tobs_inline_row(&k);
 *     tobs_inline_url(&k, "Help", "https://example.org/");
 *     r = tobs_inline_done(&k, &m.reply_markup);
 *     if (!r)
 *             r = tobs_reply_with(ctx, &m, NULL);
 *
 * Buttons stand beside one another until a row is full or ended. Texts are copied
 * into the arena of the keyboard. The first failure sticks and is what …_done()
 * returns: TOBS_ENOMEM, TOBS_ETOOBIG, TOBS_EINVAL for a text that is missing.
 *
 * The data of a button may be longer than Telegram's 64 bytes: it is then kept in
 * the bot's store, and the button gets a token for it. When it is pressed, filters,
 * tobs_text() and the update itself have the whole data again. It is kept for
 * TOBS_BUTTON_DAYS; to one who presses a button after that it is said that it no
 * longer works.
 */
#ifndef TOBS_KEYBOARD_H
#define TOBS_KEYBOARD_H

#include <tobs/bot.h>

TOBS_BEGIN_DECLS

enum {
	TOBS_BUTTON_DATA = 4096, /* bytes of a button's data, at most */
	TOBS_BUTTON_DAYS = 30,   /* that longer data is kept, if not said otherwise */
	TOBS_BUTTONS_MAX = 300,  /* of a keyboard */
};

/* Private: buttons of one sort, in rows. */
struct tobs_button_grid {
	struct tobs_arena *arena;
	uint8_t *items;
	size_t size, count, room;
	uint16_t rows[TOBS_BUTTONS_MAX]; /* the first button of each */
	size_t row_count;
	size_t columns;
	bool new_row;
	int err;
};

/* ---- Below a message ------------------------------------------------------------ */

/* Caller's memory; the fields are private. */
struct tobs_inline_builder {
	struct tobs_button_grid grid;
	struct tobs_bot *bot;
	struct tobs_long_data *longer; /* what does not fit into a button */
	int64_t keep_ms;
};

/* An empty keyboard, in the memory of the update; or of any bot, in any arena. */
void tobs_inline_init(struct tobs_inline_builder *k, struct tobs_ctx *ctx);
void tobs_inline_init_in(
	struct tobs_inline_builder *k, struct tobs_bot *bot, struct tobs_arena *arena);

/* The next button begins a row. */
void tobs_inline_row(struct tobs_inline_builder *k);

/* From here on a row is full with so many buttons; 0: never. */
void tobs_inline_columns(struct tobs_inline_builder *k, size_t columns);

/* How long data of more than 64 bytes is kept; 0: for ever. */
void tobs_inline_keep(struct tobs_inline_builder *k, int64_t ms);

/* A button that tells the bot its data: tobs_on_callback(). */
void tobs_inline_callback(struct tobs_inline_builder *k, const char *text, const char *fmt, ...)
	TOBS_PRINTF(3, 4);

/* One that opens a page; a web app; a page to which Telegram says who comes. */
void tobs_inline_url(struct tobs_inline_builder *k, const char *text, const char *url);
void tobs_inline_web_app(struct tobs_inline_builder *k, const char *text, const char *url);
void tobs_inline_login(struct tobs_inline_builder *k, const char *text, const char *url);

/* One that begins an inline query, in a chat that is chosen first, or in this one. */
void tobs_inline_switch(struct tobs_inline_builder *k, const char *text, const char *query);
void tobs_inline_switch_here(struct tobs_inline_builder *k, const char *text, const char *query);

/* One that copies a text, 1-256 characters. */
void tobs_inline_copy(struct tobs_inline_builder *k, const char *text, const char *copied);

/* One that pays; the first one of an invoice. */
void tobs_inline_pay(struct tobs_inline_builder *k, const char *text);

/* Any other. What it points at is borrowed until the keyboard is sent, but for data and text. */
void tobs_inline_button(
	struct tobs_inline_builder *k, const struct tobs_inline_keyboard_button *button);

/*
 * A row to turn pages with: ◀ 2/7 ▶. The data of the buttons is "<prefix>:<page>";
 * pages count from 1. Nothing for a single page.
 */
void tobs_inline_pages(
	struct tobs_inline_builder *k, const char *prefix, int64_t page, int64_t pages);

/*
 * The page that the button at hand asks for, brought into 1 … pages; `otherwise`
 * when it is no such button.
 */
int64_t tobs_page(struct tobs_ctx *ctx, const char *prefix, int64_t pages, int64_t otherwise);

/* The keyboard; stores what is too long. TOBS_EINVAL without any button. Waits then. */
int tobs_inline_done(struct tobs_inline_builder *k, struct tobs_reply_markup *ret);

/*
 * Called for a button whose data is no longer kept, instead of "This button no
 * longer works.", with tobs_text() being "".
 */
int tobs_on_expired(struct tobs_bot *bot, tobs_handler fn, void *user);

/* ---- In place of the letters ------------------------------------------------------- */

enum {
	TOBS_KEYBOARD_RESIZE = 1, /* no higher than its buttons */
	TOBS_KEYBOARD_ONE_TIME = 2,
	TOBS_KEYBOARD_PERSISTENT = 4,
	TOBS_KEYBOARD_SELECTIVE = 8,
};

/* Caller's memory; the fields are private. */
struct tobs_keyboard_builder {
	struct tobs_button_grid grid;
	unsigned flags;
	const char *placeholder;
};

/* An empty keyboard with these flags, in the arena. */
void tobs_keyboard_init(struct tobs_keyboard_builder *k, struct tobs_arena *arena, unsigned flags);

/* As those of inline keyboards. */
void tobs_keyboard_row(struct tobs_keyboard_builder *k);
void tobs_keyboard_columns(struct tobs_keyboard_builder *k, size_t columns);

/* What stands where one would write, 1-64 characters. */
void tobs_keyboard_placeholder(struct tobs_keyboard_builder *k, const char *text);

/* A button that sends its text. */
void tobs_keyboard_text(struct tobs_keyboard_builder *k, const char *fmt, ...) TOBS_PRINTF(2, 3);

/* Buttons that send the phone number, where one is, a poll (type: "quiz", "regular", NULL: any). */
void tobs_keyboard_contact(struct tobs_keyboard_builder *k, const char *text);
void tobs_keyboard_location(struct tobs_keyboard_builder *k, const char *text);
void tobs_keyboard_poll(struct tobs_keyboard_builder *k, const char *text, const char *type);
void tobs_keyboard_web_app(struct tobs_keyboard_builder *k, const char *text, const char *url);

/* Any other; what it points at, but for its text, is borrowed until the keyboard is sent. */
void tobs_keyboard_button(
	struct tobs_keyboard_builder *k, const struct tobs_keyboard_button *button);

/* The keyboard. TOBS_EINVAL without any button. */
int tobs_keyboard_done(struct tobs_keyboard_builder *k, struct tobs_reply_markup *ret);

/* Takes a keyboard away; asks for a reply. To be put into .reply_markup as they are. */
struct tobs_reply_markup tobs_keyboard_none(void);
struct tobs_reply_markup tobs_keyboard_reply(void);

TOBS_END_DECLS

#endif
