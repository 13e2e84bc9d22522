/* SPDX-License-Identifier: MIT */
/*
 * What is attached to a message: a file that is there is shown or linked, one
 * that is not is described, with the reason; everything else is said in words.
 */
#include "export/block_impl.h"

#include <inttypes.h>

/* ---- files ---- */

/* What can be shown in the page itself, by both flavours. */
static bool is_shown(struct tobs_view path)
{
	static const char *const endings[] = { ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg",
		".bmp", ".avif" };

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t n = strlen(endings[i]);

		if (path.len > n &&
			tobs_view_eq_nocase(
				tobs_view_sub(path, path.len - n, n), tobs_str(endings[i])))
			return true;
	}
	return false;
}

/* Obsidian plays sounds and films as well. */
static bool is_played(struct tobs_view kind)
{
	return tobs_view_is(kind, "video") || tobs_view_is(kind, "round") ||
		tobs_view_is(kind, "animation") || tobs_view_is(kind, "voice") ||
		tobs_view_is(kind, "audio");
}

static bool look_up(
	struct block_writer *w, bool photo, struct json_value file, struct archive_file_state *ret)
{
	int64_t id = json_num(file, "id");
	int r = TOBS_ENOTFOUND;

	*ret = (struct archive_file_state){ 0 };
	if (w->c.file && id)
		r = w->c.file(w->c.user, photo, id, ret, w->detail);
	if (r && r != TOBS_ENOTFOUND && !w->err)
		w->err = r;
	return r == TOBS_OK;
}

static void put_measures(struct block_writer *w, struct json_value file)
{
	int64_t x = json_num(file, "w"), y = json_num(file, "h"), size = json_num(file, "size");
	int64_t duration = json_num(file, "duration");
	double seconds = 0;

	if (!duration && json_get_double(json_field(file, "duration"), &seconds) == TOBS_OK &&
		seconds > 0 && seconds < 1e9)
		duration = (int64_t)(seconds + 0.5);
	if (duration > 0) {
		block_item(w);
		units_duration(w->out, duration);
	}
	if (x > 0 && y > 0) {
		block_item(w);
		tobs_buf_printf(w->out, "%" PRId64 "×%" PRId64, x, y);
	}
	if (size > 0) {
		block_item(w);
		units_size(w->out, w->o.language, size);
	}
}

/* A file: `word` is what it is; `photo` which of the two sorts. */
struct file_line {
	struct json_value file;
	struct tobs_view kind;
	enum word word;
	bool photo;
	struct tobs_view title; /* instead of the file's name */
};

/* What it is, without the sign in front. */
static struct tobs_view plain_label(const struct block_writer *w, enum word word)
{
	const char *label = word_raw(w->o.language, word), *space = strchr(label, ' ');

	if (space && (uint8_t)label[0] >= 0x80 && word != WORD_STICKER)
		return tobs_str(space + 1);
	return tobs_str(label);
}

/* Shown: the picture or the sound itself; a <small>, empty if need be, tells that the line is no text. */
static void put_shown(struct block_writer *w, const struct file_line *l, struct tobs_view path)
{
	link_put_embed(w->out, w->o.flavour, w->o.path, path, plain_label(w, l->word));
	emit_str(w->out, l->title.len ? " <small>" : "<small>");
	block_text(w, l->title);
	emit_str(w->out, "</small>");
}

static void put_file(struct block_writer *w, const struct file_line *l)
{
	struct tobs_view name = l->title.len ? l->title : json_str(l->file, "name");
	struct archive_file_state state;
	bool here;

	block_line(w);
	here = look_up(w, l->photo, l->file, &state) && state.complete && state.path.len;
	if (here && (is_shown(state.path) || (w->o.flavour == MD_OBSIDIAN && is_played(l->kind)))) {
		put_shown(w, l, state.path);
		return;
	}
	block_say_item(w, l->word, 0, 0);
	if (here) {
		struct tobs_view label = name.len ? name : state.path;

		for (size_t i = label.len; !name.len && i > 0; i--)
			if (label.ptr[i - 1] == '/') {
				label = tobs_view_sub(label, i, label.len);
				break;
			}
		block_item(w);
		/* No [[…]]: what is no note opens outside, and there is no alias for it in all versions. */
		link_put(w->out, w->o.flavour, w->o.path, state.path, (struct tobs_view){ 0 },
			label);
	} else if (name.len) {
		block_text_item(w, name);
	}
	put_measures(w, l->file);
	if (w->m->flags & ARCHIVE_SPOILER)
		block_say_item(w, WORD_SPOILER, 0, 0);
	if (!here && state.error.len) {
		block_arg_text(w, 0, state.error);
		block_say_item(w, WORD_NOT_DOWNLOADED_AS, 0, 1);
	} else if (!here) {
		block_say_item(w, WORD_NOT_DOWNLOADED, 0, 0);
	}
}

static void put_ttl(struct block_writer *w, struct json_value media)
{
	int64_t ttl = json_num(media, "ttl");

	if (!ttl)
		return;
	/* "View once" is the largest number there is (core.telegram.org/constructor/messageMediaPhoto). */
	if (ttl == INT32_MAX) {
		block_say_item(w, WORD_VIEW_ONCE, 0, 0);
		return;
	}
	units_period(block_argument(w, 0), w->o.language, ttl);
	block_say_item(w, WORD_DELETES_ITSELF, 0, 1);
}

/* photo, video, round, animation, voice, document */
static void put_plain_file(struct block_writer *w, struct json_value media, enum word word)
{
	struct file_line l = {
		.file = json_field(media, "file"), .kind = json_str(media, "kind"), .word = word
	};
	int64_t start = json_num(media, "start");

	l.photo = tobs_view_is(l.kind, "photo");
	if (l.photo && json_is_object(json_field(media, "live")))
		l.word = WORD_LIVE_PHOTO;
	put_file(w, &l);
	if (start) {
		units_duration(block_argument(w, 0), start);
		block_say_item(w, WORD_STARTS_AT, 0, 1);
	}
	put_ttl(w, media);
}

static void put_audio(struct block_writer *w, struct json_value media, enum word word)
{
	struct tobs_view performer = json_str(media, "performer"), title = json_str(media, "title");
	struct file_line l = {
		.file = json_field(media, "file"), .kind = json_str(media, "kind"), .word = word
	};
	struct tobs_buf both;

	tobs_buf_init(&both, BLOCK_SCRATCH_MAX);
	emit_view(&both, performer);
	if (performer.len && title.len)
		emit_str(&both, " – ");
	emit_view(&both, title);
	l.title = tobs_buf_view(&both);
	put_file(w, &l);
	if (both.err && !w->err)
		w->err = both.err;
	tobs_buf_deinit(&both);
}

static void put_sticker(struct block_writer *w, struct json_value media, enum word word)
{
	struct tobs_view emoji = json_str(media, "emoji"), set = json_str(media, "set");
	struct file_line l = {
		.file = json_field(media, "file"), .kind = json_str(media, "kind"), .word = word
	};
	struct archive_file_state state;

	block_line(w);
	if (look_up(w, false, l.file, &state) && state.complete && is_shown(state.path)) {
		put_shown(w, &l, state.path);
		return;
	}
	block_item(w);
	if (emoji.len) {
		block_text(w, emoji);
		emit_char(w->out, ' ');
	}
	block_say(w, word, 0, 0);
	if (set.len)
		block_text_item(w, set);
	block_say_item(w, WORD_NOT_DOWNLOADED, 0, 0);
}

/* ---- places ---- */

static void put_map(struct block_writer *w, double lat, double lon, struct tobs_view label)
{
	struct tobs_buf url, at;

	tobs_buf_init(&url, 1024);
	tobs_buf_init(&at, 1024);
	units_degrees(&at, lat);
	emit_str(&at, ", ");
	units_degrees(&at, lon);
	emit_str(&url, "https://www.openstreetmap.org/?mlat=");
	units_degrees(&url, lat);
	emit_str(&url, "&mlon=");
	units_degrees(&url, lon);
	block_item(w);
	link_put_url(
		w->out, w->o.flavour, tobs_buf_view(&url), label.len ? label : tobs_buf_view(&at));
	if ((url.err || at.err) && !w->err)
		w->err = url.err ? url.err : at.err;
	tobs_buf_deinit(&url);
	tobs_buf_deinit(&at);
}

/* A link to the map, unless the place is not known. */
static void put_place(struct block_writer *w, struct json_value media, struct tobs_view label)
{
	double lat, lon;

	if (json_get_double(json_field(media, "lat"), &lat) == TOBS_OK &&
		json_get_double(json_field(media, "long"), &lon) == TOBS_OK)
		put_map(w, lat, lon, label);
}

static void put_location(struct block_writer *w, struct json_value media, enum word word)
{
	struct tobs_view none = { 0 };
	int64_t live = json_num(media, "live"), accuracy = json_num(media, "accuracy");

	block_line(w);
	if (!json_is_missing(json_field(media, "live"))) {
		/* 0x7fffffff: until it is stopped (core.telegram.org/api/live-location). */
		if (live == INT32_MAX)
			tobs_buf_puts(block_argument(w, 0), "∞");
		else
			units_period(block_argument(w, 0), w->o.language, live);
		block_say_item(w, WORD_LIVE_LOCATION, 0, 1);
	} else {
		block_say_item(w, word, 0, 0);
	}
	put_place(w, media, none);
	if (accuracy) {
		block_item(w);
		emit_str(w->out, "±");
		block_say(w, WORD_METRES, accuracy, 0);
	}
}

static void put_bold(struct block_writer *w, struct tobs_view s)
{
	if (!s.len)
		return;
	emit_str(w->out, "**");
	block_text(w, s);
	emit_str(w->out, "** ");
}

static void put_venue(struct block_writer *w, struct json_value media, enum word word)
{
	struct tobs_view address = json_str(media, "address");

	block_line(w);
	put_bold(w, json_str(media, "title"));
	block_say_item(w, word, 0, 0);
	if (address.len)
		block_text_item(w, address);
	put_place(w, media, tobs_str(word_raw(w->o.language, WORD_MAP)));
}

/* ---- people ---- */

static void put_contact(struct block_writer *w, struct json_value media, enum word word)
{
	struct tobs_view first = json_str(media, "first"), last = json_str(media, "last");
	struct tobs_view phone = json_str(media, "phone");
	struct tobs_buf both;

	tobs_buf_init(&both, BLOCK_SCRATCH_MAX);
	emit_view(&both, first);
	if (first.len && last.len)
		emit_char(&both, ' ');
	emit_view(&both, last);
	block_line(w);
	put_bold(w, tobs_buf_view(&both));
	block_say_item(w, word, 0, 0);
	if (phone.len) {
		block_item(w);
		if (phone.ptr[0] >= '0' && phone.ptr[0] <= '9')
			emit_char(w->out, '+');
		block_text(w, phone);
	}
	if (both.err && !w->err)
		w->err = both.err;
	tobs_buf_deinit(&both);
}

/* ---- games and money ---- */

static void put_dice(struct block_writer *w, struct json_value media, enum word word)
{
	struct tobs_view ton = TOBS_LIT("TON");

	block_line(w);
	block_text(w, json_str(media, "emoji"));
	emit_char(w->out, ' ');
	tobs_buf_put_i64(w->out, json_num(media, "value"));
	emit_char(w->out, ' ');
	block_say_item(w, word, 0, 0);
	if (!json_is_missing(json_field(media, "stake"))) {
		units_money(block_argument(w, 0), w->o.language, json_num(media, "stake"), ton, 0);
		block_say_item(w, WORD_DICE_STAKE, 0, 1);
		units_money(block_argument(w, 0), w->o.language, json_num(media, "won"), ton, 0);
		block_say_item(w, WORD_DICE_WON, 0, 1);
	}
}

static void put_described(struct block_writer *w, struct tobs_view s)
{
	struct tobs_buf cut;

	if (!s.len)
		return;
	tobs_buf_init(&cut, BLOCK_SCRATCH_MAX);
	block_shorten(&cut, s, BLOCK_HAND_QUOTE);
	block_text_item(w, tobs_buf_view(&cut));
	if (cut.err && !w->err)
		w->err = cut.err;
	tobs_buf_deinit(&cut);
}

static void put_game(struct block_writer *w, struct json_value media, enum word word)
{
	block_line(w);
	put_bold(w, json_str(media, "title"));
	block_say_item(w, word, 0, 0);
	put_described(w, json_str(media, "description"));
}

static void put_invoice(struct block_writer *w, struct json_value media, enum word word)
{
	block_line(w);
	put_bold(w, json_str(media, "title"));
	block_say_item(w, word, 0, 0);
	block_item(w);
	units_money(
		w->out, w->o.language, json_num(media, "amount"), json_str(media, "currency"), 0);
	if (json_yes(media, "test"))
		block_say_item(w, WORD_INVOICE_TEST, 0, 0);
	if (json_num(media, "receipt"))
		block_say_item(w, WORD_INVOICE_PAID, 0, 0);
	put_described(w, json_str(media, "description"));
	if (json_is_object(json_field(media, "media"))) {
		block_end_small(w);
		block_media(w, json_field(media, "media"));
	}
}

/* What is won: Premium for months, or Stars; and what else. */
static void put_prize(struct block_writer *w, struct json_value media, int64_t quantity)
{
	int64_t months = json_num(media, "months"), stars = json_num(media, "stars");
	struct tobs_view prize = json_str(media, "prize");

	if (months) {
		block_arg_number(w, 0, quantity);
		block_say_item(w, WORD_PRIZE_PREMIUM, months, 1);
	}
	if (stars && quantity > 1) {
		words_put(block_argument(w, 0), w->o.language, WORD_WINNERS, quantity, NULL, 0);
		block_say_item(w, WORD_PRIZE_STARS_FOR, stars, 1);
	} else if (stars) {
		block_say_item(w, WORD_PRIZE_STARS, stars, 0);
	}
	if (prize.len)
		block_text_item(w, prize);
}

static void put_until(struct block_writer *w, struct json_value media)
{
	int64_t until = json_num(media, "until");

	if (!until)
		return;
	block_arg_when(w, 0, until);
	block_say_item(w, WORD_UNTIL, 0, 1);
}

static void put_giveaway(struct block_writer *w, struct json_value media, enum word word)
{
	struct json_value countries = json_field(media, "countries");
	size_t i = 0;

	block_line(w);
	block_say_item(w, word, 0, 0);
	put_prize(w, media, json_num(media, "quantity"));
	put_until(w, media);
	if (json_count(json_field(media, "channels"))) {
		block_arg_peers(w, 0, json_field(media, "channels"));
		block_item(w);
		emit_view(w->out, tobs_buf_view(&w->arguments[0]));
	}
	if (json_yes(media, "only_new"))
		block_say_item(w, WORD_ONLY_NEW, 0, 0);
	if (!json_count(countries))
		return;
	block_words(w);
	JSON_EACH (it, countries) {
		struct tobs_view code = { 0 };

		json_get_str(it.value, &code);
		emit_str(&w->words, i++ ? ", " : "");
		emit_view(&w->words, code);
	}
	block_arg_text(w, 0, tobs_buf_view(&w->words));
	block_say_item(w, WORD_COUNTRIES, 0, 1);
}

static void put_giveaway_results(struct block_writer *w, struct json_value media, enum word word)
{
	int64_t winners = json_num(media, "winners_count"),
		unclaimed = json_num(media, "unclaimed");

	block_line(w);
	block_say_item(w, word, 0, 0);
	if (json_num(media, "channel")) {
		block_arg_peer(w, 0, json_num(media, "channel"));
		block_item(w);
		emit_view(w->out, tobs_buf_view(&w->arguments[0]));
	}
	put_prize(w, media, winners);
	if (!json_num(media, "stars") || winners <= 1) /* said with the prize already */
		block_say_item(w, WORD_WINNERS, winners, 0);
	if (json_count(json_field(media, "winners"))) {
		block_arg_peers(w, 0, json_field(media, "winners"));
		block_say_item(w, WORD_WINNERS_NAMED, 0, 1);
	}
	if (unclaimed)
		block_say_item(w, WORD_UNCLAIMED, unclaimed, 0);
	if (json_yes(media, "refunded"))
		block_say_item(w, WORD_REFUNDED, 0, 0);
	put_until(w, media);
}

/* ---- the rest ---- */

static void put_story(struct block_writer *w, struct json_value media, enum word word)
{
	struct archive_name name = { 0 };
	struct tobs_view who = block_name(w, json_num(media, "chat"), &name);

	block_line(w);
	if (name.username.len) {
		block_words(w);
		emit_str(&w->words, "https://t.me/");
		emit_view(&w->words, name.username);
		tobs_buf_printf(&w->words, "/s/%" PRId64, json_num(media, "id"));
		link_put_url(block_argument(w, 0), w->o.flavour, tobs_buf_view(&w->words), who);
	} else {
		block_arg_text(w, 0, who);
	}
	block_say_item(w, json_yes(media, "mention") ? WORD_STORY_MENTION : word, 0, 1);
	put_described(w, json_str(media, "text"));
	if (json_is_object(json_field(media, "media"))) {
		block_end_small(w);
		block_media(w, json_field(media, "media"));
	}
}

static void put_paid(struct block_writer *w, struct json_value media, enum word word)
{
	block_line(w);
	block_say_item(w, word, json_num(media, "stars"), 0);
	block_end_small(w);
	JSON_EACH (it, json_field(media, "items"))
		block_media(w, it.value);
}

static void put_preview(struct block_writer *w, struct json_value media, enum word word)
{
	block_line(w);
	block_say_item(w, word, 0, 0);
	put_measures(w, media);
}

static void put_word(struct block_writer *w, struct json_value media, enum word word)
{
	(void)media;
	block_line(w);
	block_say_item(w, word, 0, 0);
}

static void put_unsupported(struct block_writer *w, struct json_value media, enum word word)
{
	block_line(w);
	block_arg_text(w, 0, json_str(media, "name"));
	block_say_item(w, word, 0, 1);
}

static void put_expired(struct block_writer *w, struct json_value media, enum word word);

static const struct media_kind {
	const char *name;
	enum word word;
	void (*put)(struct block_writer *w, struct json_value media, enum word word);
} kinds[] = {
	{ "photo", WORD_PHOTO, put_plain_file },
	{ "video", WORD_VIDEO, put_plain_file },
	{ "round", WORD_ROUND, put_plain_file },
	{ "animation", WORD_ANIMATION, put_plain_file },
	{ "voice", WORD_VOICE, put_plain_file },
	{ "audio", WORD_AUDIO, put_audio },
	{ "sticker", WORD_STICKER, put_sticker },
	{ "document", WORD_DOCUMENT, put_plain_file },
	{ "location", WORD_LOCATION, put_location },
	{ "venue", WORD_LOCATION, put_venue },
	{ "contact", WORD_CONTACT, put_contact },
	{ "poll", WORD_POLL, NULL },
	{ "todo", WORD_TODO, NULL },
	{ "dice", WORD_DICE, put_dice },
	{ "game", WORD_GAME, put_game },
	{ "invoice", WORD_INVOICE, put_invoice },
	{ "giveaway", WORD_GIVEAWAY, put_giveaway },
	{ "giveaway_results", WORD_GIVEAWAY_RESULTS, put_giveaway_results },
	{ "story", WORD_STORY, put_story },
	{ "paid", WORD_PAID_MEDIA, put_paid },
	{ "preview", WORD_NOT_BOUGHT, put_preview },
	{ "call_stream", WORD_CALL_STREAM, put_word },
	{ "expired", WORD_EXPIRED, put_expired },
	{ "unsupported", WORD_UNSUPPORTED, put_unsupported },
};

static const struct media_kind *kind_of(struct tobs_view name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (tobs_view_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

static void put_expired(struct block_writer *w, struct json_value media, enum word word)
{
	const struct media_kind *what = kind_of(json_str(media, "what"));

	block_line(w);
	block_arg_text(w, 0, plain_label(w, what ? what->word : WORD_MEDIA));
	block_say_item(w, word, 0, 1);
}

void block_media(struct block_writer *w, struct json_value media)
{
	const struct media_kind *kind = kind_of(json_str(media, "kind"));

	if (!kind) {
		/* A kind this version does not know: say what it is. */
		block_line(w);
		block_arg_text(w, 0, json_str(media, "kind"));
		block_say_item(w, WORD_UNSUPPORTED, 0, 1);
	} else if (kind->word == WORD_POLL) {
		block_poll(w, media);
	} else if (kind->word == WORD_TODO) {
		block_todo(w, media);
	} else {
		kind->put(w, media, kind->word);
	}
	block_end_small(w);
}

bool block_media_is_file(struct json_value media)
{
	const struct media_kind *kind = kind_of(json_str(media, "kind"));

	return kind &&
		(kind->put == put_plain_file || kind->put == put_audio || kind->put == put_sticker);
}

void block_media_words(struct block_writer *w, struct tobs_buf *out, struct json_value media)
{
	struct tobs_view name = json_str(media, "kind"), title;
	const struct media_kind *kind = kind_of(name);

	if (tobs_view_is(name, "paid")) {
		media = json_item(json_field(media, "items"), 0);
		kind = kind_of(json_str(media, "kind"));
	}
	if (tobs_view_is(name, "sticker")) {
		emit_view(out, json_str(media, "emoji"));
		emit_str(out, json_str(media, "emoji").len ? " " : "");
	}
	title = json_str(media, tobs_view_is(name, "poll") ? "question" : "title");
	if (title.len && !tobs_view_is(name, "audio"))
		block_shorten(out, title, BLOCK_QUOTE);
	else
		words_put(out, w->o.language,
			kind && kind->word != WORD_UNSUPPORTED && kind->word != WORD_EXPIRED &&
					kind->word != WORD_STORY && kind->word != WORD_PAID_MEDIA
				? kind->word
				: WORD_MEDIA,
			0, NULL, 0);
}
