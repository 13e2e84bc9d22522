/* SPDX-License-Identifier: MIT */
/* Formatted text: built, read, cut. */
#include <tobs/text.h>

#include "base/rand.h"
#include "base/utf.h"
#include "support/bot_peer.h"
#include "support/failmem.h"
#include "support/fibers.h"

static struct tobs_arena arena;

static int set_up(void **state)
{
	(void)state;
	tobs_arena_init(&arena, 256 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tobs_arena_deinit(&arena);
	return 0;
}

static const char *const names[] = {
	[TOBS_MESSAGE_ENTITY_TYPE_BOLD] = "bold",
	[TOBS_MESSAGE_ENTITY_TYPE_ITALIC] = "italic",
	[TOBS_MESSAGE_ENTITY_TYPE_UNDERLINE] = "underline",
	[TOBS_MESSAGE_ENTITY_TYPE_STRIKETHROUGH] = "strike",
	[TOBS_MESSAGE_ENTITY_TYPE_SPOILER] = "spoiler",
	[TOBS_MESSAGE_ENTITY_TYPE_CODE] = "code",
	[TOBS_MESSAGE_ENTITY_TYPE_PRE] = "pre",
	[TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE] = "quote",
	[TOBS_MESSAGE_ENTITY_TYPE_EXPANDABLE_BLOCKQUOTE] = "folded",
	[TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK] = "link",
	[TOBS_MESSAGE_ENTITY_TYPE_TEXT_MENTION] = "mention",
	[TOBS_MESSAGE_ENTITY_TYPE_CUSTOM_EMOJI] = "emoji",
	[TOBS_MESSAGE_ENTITY_TYPE_DATE_TIME] = "time",
};

/* "text|bold 0+3|link 4+2 http://…" */
static const char *shown(const struct tobs_formatted *f)
{
	const char *s = tobs_arena_strdup(&arena, f->text);

	for (size_t i = 0; i < f->entities.count; i++) {
		const struct tobs_message_entity *e = &f->entities.items[i];

		s = tobs_arena_printf(
			&arena, "%s|%s %d+%d", s, names[e->type], (int)e->offset, (int)e->length);
		if (e->url)
			s = tobs_arena_printf(&arena, "%s %s", s, e->url);
		if (e->user)
			s = tobs_arena_printf(&arena, "%s %d", s, (int)e->user->id);
		if (e->language)
			s = tobs_arena_printf(&arena, "%s %s", s, e->language);
		if (e->custom_emoji_id)
			s = tobs_arena_printf(&arena, "%s %s", s, e->custom_emoji_id);
		if (e->has_unix_time)
			s = tobs_arena_printf(&arena, "%s %d", s, (int)e->unix_time);
		if (e->date_time_format)
			s = tobs_arena_printf(&arena, "%s %s", s, e->date_time_format);
	}
	assert_non_null(s);
	return s;
}

/* ---- Building --------------------------------------------------------------------- */

static void builds(void **state)
{
	struct tobs_text_builder b;
	struct tobs_formatted f, g;

	(void)state;
	tobs_text_init(&b, &arena);
	tobs_text_add(&b, "%s ", "😀");
	tobs_text_bold(&b, "b%d", 1);
	tobs_text_add(&b, " ");
	tobs_text_begin(&b, TOBS_MESSAGE_ENTITY_TYPE_BLOCKQUOTE);
	tobs_text_italic(&b, "é");
	tobs_text_link(&b, "https://e.org/?a&b", "<l>");
	tobs_text_end(&b);
	tobs_text_mention(&b, 42, "M");
	tobs_text_pre(&b, "c", "int");
	tobs_text_pre(&b, NULL, "x");
	tobs_text_code(&b, "y");
	tobs_text_underline(&b, "u");
	tobs_text_strike(&b, "s");
	tobs_text_spoiler(&b, "p");
	tobs_text_quote(&b, "q");
	tobs_text_emoji(&b, "777", "👍");
	tobs_text_bold(&b, "%s", "");
	assert_ok(tobs_text_done(&b, &f));
	assert_string_equal(shown(&f),
		"😀 b1 é<l>Mintxyuspq👍|bold 3+2|quote 6+4|italic 6+1|link 7+3 https://e.org/?a&b|"
		"mention 10+1 42|pre 11+3 c|pre 14+1|code 15+1|underline 16+1|strike 17+1|"
		"spoiler 18+1|quote 19+1|emoji 20+2 777");
	tobs_text_init(&b, &arena);
	tobs_text_add(&b, "…");
	tobs_text_append(&b, &f);
	assert_ok(tobs_text_done(&b, &g));
	assert_int_equal(g.entities.items[0].offset, 4);
	assert_int_equal(g.entities.count, f.entities.count);
}

static void builder_failures(void **state)
{
	struct tobs_text_builder b;
	struct tobs_formatted f;

	(void)state;
	tobs_text_init(&b, &arena);
	assert_ok(tobs_text_done(&b, &f));
	assert_string_equal(shown(&f), "");
	tobs_text_begin(&b, TOBS_MESSAGE_ENTITY_TYPE_BOLD);
	tobs_text_add(&b, "x");
	assert_code(tobs_text_done(&b, &f), TOBS_EINVAL);
	tobs_text_end(&b);
	assert_ok(tobs_text_done(&b, &f));
	tobs_text_end(&b);
	assert_code(tobs_text_done(&b, &f), TOBS_EINVAL);
	tobs_text_init(&b, &arena);
	for (int i = 0; i < TOBS_TEXT_NESTED; i++)
		tobs_text_begin(&b, TOBS_MESSAGE_ENTITY_TYPE_BOLD);
	assert_ok(b.err);
	tobs_text_bold(&b, "x");
	assert_code(tobs_text_done(&b, &f), TOBS_ETOOBIG);
	tobs_text_init(&b, &arena);
	tobs_text_addv(&b, tobs_view("a\xff\0b", 4));
	assert_ok(tobs_text_done(&b, &f));
	assert_string_equal(f.text,
		"a\xef\xbf\xbd\xef\xbf\xbd"
		"b");
	assert_int_equal(b.units, 4);
}

/* ---- Reading ------------------------------------------------------------------------ */

static void reads(enum tobs_parse_mode mode, const char *source, const char *want)
{
	struct tobs_formatted f;
	struct tobs_err err = { 0 };
	uint8_t *copy = exact_copy(source, strlen(source));
	int r = tobs_text_parse(mode, tobs_view(copy, strlen(source)), &arena, &f, &err);

	free(copy);
	if (r)
		fail_msg("%s: %s", source, err.message);
	assert_string_equal(shown(&f), want);
}

static void refuses(enum tobs_parse_mode mode, const char *source, int at)
{
	struct tobs_formatted f;
	struct tobs_err err = { 0 };
	uint8_t *copy = exact_copy(source, strlen(source));
	int r = tobs_text_parse(mode, tobs_view(copy, strlen(source)), &arena, &f, &err);

	free(copy);
	if (r != TOBS_EINVAL || err.offset != at)
		fail_msg("%s: %s at %d", source, tobs_error_name(r), (int)err.offset);
	assert_true(err.message[0]);
}

#define HTML TOBS_PARSE_MODE_HTML
#define MD2  TOBS_PARSE_MODE_MARKDOWN_V2

static void reads_html(void **state)
{
	(void)state;
	reads(HTML, "a <b>bo<i>ld</i></b> &lt;&amp;&quot;&gt; &#33;&#x1F600;&nbsp;&",
		"a bold <&\"> !😀&nbsp;&|bold 2+4|italic 4+2");
	reads(HTML,
		"<strong>1</strong><em>2</em><u>3</u><ins>4</ins><s>5</s><strike>6</strike><del>7</del>",
		"1234567|bold 0+1|italic 1+1|underline 2+1|underline 3+1|strike 4+1|strike 5+1|strike 6+1");
	reads(HTML, "<tg-spoiler>1</tg-spoiler><span class=\"tg-spoiler\">2</span>",
		"12|spoiler 0+1|spoiler 1+1");
	reads(HTML,
		"<a href='http://e.org/?a&amp;b'>l</a><a href=\"tg://user?id=7\">m</a><a>e.org</a>",
		"lme.org|link 0+1 http://e.org/?a&b|mention 1+1 7|link 2+5 e.org");
	reads(HTML, "<tg-emoji emoji-id=\"5\">👍</tg-emoji>", "👍|emoji 0+2 5");
	reads(HTML,
		"<pre>a</pre><pre><code class=\"language-c\">b</code></pre><code class=\"language-d\">e</code>",
		"abe|pre 0+1|pre 1+1 c|code 2+1");
	reads(HTML, "<blockquote>a</blockquote><blockquote expandable>b</blockquote>",
		"ab|quote 0+1|folded 1+1");
	reads(HTML, "<tg-time unix=\"5\" format=\"wDT\">now</tg-time>", "now|time 0+3 5 wDT");
	reads(HTML, "<B >x</b >y<i>z</>", "xyz|bold 0+1|italic 2+1");
}

static void refuses_html(void **state)
{
	(void)state;
	refuses(HTML, "x<h1>a</h1>", 1);
	refuses(HTML, "<b>a", 0);
	refuses(HTML, "<b><i>a</b>", 7);
	refuses(HTML, "a</b>", 1);
	refuses(HTML, "<b", 0);
	refuses(HTML, "<a href=\"x", 8);
	refuses(HTML, "<span>a</span>", 0);
	refuses(HTML, "<tg-emoji>a</tg-emoji>", 0);
	refuses(HTML, "<b>a</strong>", 4);
	refuses(TOBS_PARSE_MODE_MARKDOWN, "a", 0);
}

static void reads_markdown(void **state)
{
	(void)state;
	reads(MD2, "*b* _i_ __u__ ~s~ ||p|| `c` a\\.b\\\\",
		"b i u s p c a.b\\|bold 0+1|italic 2+1|underline 4+1|strike 6+1|spoiler 8+1|code 10+1");
	reads(MD2, "*b _i __u__ i_*", "b i u i|bold 0+7|italic 2+5|underline 4+1");
	reads(MD2, "[l](http://e.org/\\)) [m](tg://user?id=9) [e]",
		"l m e|link 0+1 http://e.org/)|mention 2+1 9|link 4+1 e");
	reads(MD2, "![👍](tg://emoji?id=5)", "👍|emoji 0+2 5");
	reads(MD2, "![now](tg://time?unix=5&format=t)", "now|time 0+3 5 t");
	reads(MD2, "```c\nint *x;``` ```\nq\\`\n```", "int *x; q`\n|pre 0+7 c|pre 8+3");
	reads(MD2, ">a\n>b *c*\nd", "a\nb c\nd|quote 0+5|bold 4+1");
	reads(MD2, ">a\n>b||\n**>c", "a\nb\nc|folded 0+3|quote 4+1");
	reads(MD2, "`a*_[`", "a*_[|code 0+4");
}

static void refuses_markdown(void **state)
{
	(void)state;
	refuses(MD2, "a.b", 1);
	refuses(MD2, "*a", 0);
	refuses(MD2, "x*a_b*", 5);
	refuses(MD2, "[a](b", 3);
	refuses(MD2, "![a](b)", 7);
	refuses(MD2, ">*a\nb*", 1);
	refuses(MD2, "```a", 0);
}

static void escapes(void **state)
{
	static const char nasty[] = "a<b>&\"'\\ _*[]()~`>#+-=|{}.! ```\n>q\n||";
	struct tobs_formatted f;

	(void)state;
	assert_ok(tobs_text_parse(HTML, tobs_str(tobs_html(&arena, nasty)), &arena, &f, NULL));
	assert_string_equal(shown(&f), nasty);
	assert_ok(tobs_text_parse(MD2, tobs_str(tobs_markdown(&arena, nasty)), &arena, &f, NULL));
	assert_string_equal(shown(&f), nasty);

	struct tobs_buf out;

	tobs_buf_init(&out, 1000);
	tobs_buf_puts(&out, "`");
	assert_ok(tobs_markdown_escape_code(&out, tobs_str("a`\\*")));
	tobs_buf_puts(&out, "` [x](");
	assert_ok(tobs_markdown_escape_url(&out, tobs_str("http://e.org/a)\\")));
	tobs_buf_puts(&out, ")");
	reads(MD2, tobs_buf_str(&out), "a`\\* x|code 0+4|link 5+1 http://e.org/a)\\");
	tobs_buf_deinit(&out);
}

/* Every prefix and every flipped byte is read or refused, and never read past. */
static void hostile(void **state)
{
	static const char *const samples[] = {
		"a <b>bo<i>l😀d</i></b> &lt;&#x1F600; <a href='http://e'>x</a><pre><code class=\"language-c\">b</code></pre><tg-time unix=\"5\" format=\"t\">n</tg-time>",
		"*b _i __u__ i_* [l](http://e) ```c\nx``` ||s|| ![👍](tg://emoji?id=5)\n>q\n>r||\n~t~ \\. `c`",
	};

	(void)state;
	for (int m = 0; m < 2; m++)
		for (size_t i = 0; i <= strlen(samples[m]); i++)
			for (int flip = -1; flip < 8; flip++) {
				uint8_t *copy = exact_copy(samples[m], i);
				struct tobs_formatted f;
				struct tobs_err err;
				int r;

				if (flip >= 0 && i)
					copy[i * 7 % i] ^= (uint8_t)(1 << flip);
				if (flip >= 0 && i > 1)
					copy[i / 2] ^= (uint8_t)(1 << flip);
				r = tobs_text_parse(
					m ? MD2 : HTML, tobs_view(copy, i), &arena, &f, &err);
				free(copy);
				if (r)
					assert_code(r, TOBS_EINVAL);
				else
					assert_true(utf8_valid(tobs_str(f.text)));
			}
}

/* ---- Cutting ------------------------------------------------------------------------- */

static const char *cut(const struct tobs_formatted *f, size_t max)
{
	struct tobs_formatted *pieces;
	const char *s = "";
	size_t n;

	assert_ok(tobs_text_split(f, max, &arena, &pieces, &n));
	for (size_t i = 0; i < n; i++) {
		assert_true(tobs_text_units(tobs_str(pieces[i].text)) <= max);
		s = tobs_arena_printf(&arena, "%s[%s]", s, shown(&pieces[i]));
	}
	return s;
}

static const char *cut_text(const char *text, size_t max)
{
	return cut(&(struct tobs_formatted){ .text = text }, max);
}

static const char *cut_html(const char *source, size_t max)
{
	struct tobs_formatted f;

	assert_ok(tobs_text_parse(HTML, tobs_str(source), &arena, &f, NULL));
	return cut(&f, max);
}

static void cuts(void **state)
{
	(void)state;
	assert_string_equal(cut_text("", 10), "");
	assert_string_equal(cut_text(" \n ", 10), "");
	assert_string_equal(cut_text("abc", 3), "[abc]");
	assert_string_equal(cut_text("aa bb cc\n\ndd\nee ff", 14), "[aa bb cc][dd\nee ff]");
	assert_string_equal(cut_text("aa bb cc\ndd. ee ff", 14), "[aa bb cc][dd. ee ff]");
	assert_string_equal(cut_text("aa bb cc. dd ee ff", 14), "[aa bb cc.][dd ee ff]");
	assert_string_equal(cut_text("aa bb cc dd ee ff", 14), "[aa bb cc dd ee][ff]");
	assert_string_equal(cut_text("aa bb\n\n\n  cc", 6), "[aa bb][  cc]");
	assert_string_equal(cut_text("a\n\nbbbbbbbb cccc", 12), "[a\n\nbbbbbbbb][cccc]");
	assert_string_equal(cut_text("a bbbbbbbbbbbb", 8), "[a][bbbbbbbb][bbbb]");
	assert_string_equal(cut_text("abcdef", 2), "[ab][cd][ef]");
	assert_string_equal(cut_text("あいう。えおか", 6), "[あいう。][えおか]");
}

static void keeps_characters(void **state)
{
	(void)state;
	assert_string_equal(cut_text("a😀b", 2), "[a][😀][b]");
	assert_string_equal(cut_text("ae\xcc\x81z", 2), "[a][e\xcc\x81][z]");
	/* A family of emoji is 8 units. */
	assert_string_equal(cut_text("xx👨‍👩‍👧yy", 9), "[xx][👨‍👩‍👧y][y]");
	assert_string_equal(cut_text("x👍🏽y", 4), "[x][👍🏽][y]");
	assert_string_equal(cut_text("🇩🇪🇫🇷🇮🇹", 6), "[🇩🇪][🇫🇷][🇮🇹]");
	assert_string_equal(cut_text("❤️❤️", 3), "[❤️][❤️]");
	/* One that is longer than a piece is cut all the same. */
	assert_string_equal(cut_text("👨‍👩‍👧", 4), "[👨‍][👩‍][👧]");
	assert_string_equal(cut_text("a\xff\xff"
				     "b",
				    2),
		"[a\xff][\xff"
		"b]");
}

static void keeps_entities(void **state)
{
	(void)state;
	/* The bold one fits into a piece: it is not cut, though there are words in it. */
	assert_string_equal(cut_html("aa bb <b>cc dd</b> ee", 8), "[aa bb][cc dd ee|bold 0+5]");
	/* It is longer than a piece. */
	assert_string_equal(
		cut_html("a <b>bb cc dd ee</b>", 8), "[a bb cc|bold 2+5][dd ee|bold 0+5]");
	assert_string_equal(
		cut_html("<pre><code class=\"language-c\">aaaa\n  bbb\ncc</code></pre>", 7),
		"[aaaa|pre 0+4 c][  bbb|pre 0+5 c][cc|pre 0+2 c]");
	assert_string_equal(cut_html("<i>aa <b>bb cc</b> dd</i> ee", 8),
		"[aa bb cc|italic 0+8|bold 3+5][dd ee|italic 0+2]");
	/* Without any other place, rather through a style than through a link. */
	assert_string_equal(cut_html("<b>abcdef</b><a href='u'>ghij</a>k", 8),
		"[abcdef|bold 0+6][ghijk|link 0+4 u]");
	assert_string_equal(cut_html("<a href='u'>abcdefghij</a>", 4),
		"[abcd|link 0+4 u][efgh|link 0+4 u][ij|link 0+2 u]");
}

static void overlapping(void **state)
{
	/* By halves, so that there is no place outside of both. */
	struct tobs_message_entity e[] = {
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_BOLD, .offset = 0, .length = 6 },
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_TEXT_LINK,
			.offset = 4,
			.length = 6,
			.url = "u" },
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_ITALIC, .offset = -3, .length = 2 },
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_ITALIC, .offset = 9, .length = 1000 },
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_ITALIC, .offset = 5, .length = -1 },
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_ITALIC,
			.offset = INT64_MAX,
			.length = INT64_MAX },
		{ .type = TOBS_MESSAGE_ENTITY_TYPE_ITALIC, .offset = 9, .length = INT64_MAX },
	};
	struct tobs_formatted f = { "abcdefghij", { e, 7 } };

	(void)state;
	assert_string_equal(
		cut(&f, 8), "[abcd|bold 0+4][efghij|bold 0+2|link 0+6 u|italic 5+1|italic 5+1]");
}

/* Random texts: nothing but white space is lost, and every unit keeps its formatting. */
static void cuts_random_texts(void **state)
{
	static const char *const words[] = { "a", "word", "Sätze.", " ", " ", "\n", "\n\n", "😀",
		"👨‍👩‍👧", "e\xcc\x81", "🇩🇪", "xxxxxxxxxxxx", "日本。", "!" };
	struct prng random = { 5 };

	(void)state;
	for (int round = 0; round < 400; round++) {
		size_t max = 2 + prng_below(&random, 30), n, k = 0;
		struct tobs_text_builder b;
		struct tobs_formatted f, *pieces;

		tobs_arena_reset(&arena);
		tobs_text_init(&b, &arena);
		for (size_t i = prng_below(&random, 60); i > 0; i--) {
			uint64_t what = prng_below(&random, 5);

			if (what == 0 && b.depth < 4)
				tobs_text_begin(&b,
					prng_below(&random, 2) ? TOBS_MESSAGE_ENTITY_TYPE_BOLD
							       : TOBS_MESSAGE_ENTITY_TYPE_CODE);
			else if (what == 1 && b.depth)
				tobs_text_end(&b);
			else
				tobs_text_addv(
					&b, tobs_str(words[prng_below(&random, ARRAY_LEN(words))]));
		}
		while (b.depth)
			tobs_text_end(&b);
		assert_ok(tobs_text_done(&b, &f));
		assert_ok(tobs_text_split(&f, max, &arena, &pieces, &n));
		for (size_t i = 0; i < n; i++) {
			struct tobs_view piece = tobs_str(pieces[i].text);

			assert_true(piece.len > 0);
			assert_true(tobs_text_units(piece) <= max);
			assert_true(utf8_valid(piece));
			/* It stands in the text, with nothing but white space in front. */
			while (strncmp(f.text + k, pieces[i].text, piece.len) != 0) {
				assert_true(f.text[k] == ' ' || f.text[k] == '\n');
				k++;
			}
			int64_t from = (int64_t)tobs_text_units(tobs_view(f.text, k));

			for (size_t u = 0; u < tobs_text_units(piece); u++) {
				int want[2] = { 0 }, have[2] = { 0 };

				for (size_t j = 0; j < f.entities.count; j++) {
					const struct tobs_message_entity *e = &f.entities.items[j];
					int64_t at = from + (int64_t)u;

					want[e->type == TOBS_MESSAGE_ENTITY_TYPE_BOLD] += at >=
							e->offset &&
						at < e->offset + e->length;
				}
				for (size_t j = 0; j < pieces[i].entities.count; j++) {
					const struct tobs_message_entity *e =
						&pieces[i].entities.items[j];

					assert_true(e->offset >= 0 && e->length > 0);
					have[e->type == TOBS_MESSAGE_ENTITY_TYPE_BOLD] +=
						(int64_t)u >= e->offset &&
						(int64_t)u < e->offset + e->length;
				}
				assert_memory_equal(want, have, sizeof want);
			}
			k += piece.len;
		}
		for (; f.text[k]; k++)
			assert_true(f.text[k] == ' ' || f.text[k] == '\n');
	}
}

static int everything(void *user)
{
	static const char source[] =
		"<b>aa</b> <a href=\"http://e\">b</a> <pre><code class=\"language-c\">dd\nee ff gg</code></pre> <tg-emoji emoji-id=\"5\">x</tg-emoji> <a href=\"tg://user?id=5\">y</a>";
	struct tobs_arena own;
	struct tobs_formatted f, *pieces;
	size_t n;
	int r;

	(void)user;
	tobs_arena_init(&own, 1 << 20);
	r = tobs_text_parse(HTML, tobs_str(source), &own, &f, NULL);
	if (!r)
		r = tobs_text_split(&f, 6, &own, &pieces, &n);
	if (!r && (n < 3 || !tobs_html(&own, "<") || !tobs_markdown(&own, ".")))
		r = TOBS_ENOMEM;
	tobs_arena_deinit(&own);
	return r;
}

static int everything_markdown(void *user)
{
	static const char source[] =
		"*a* [b](http://e) [c](tg://user?id=5) ```c\nd``` ![x](tg://emoji?id=5) ![x](tg://time?unix=5&format=t)";
	struct tobs_arena own;
	struct tobs_formatted f;
	int r;

	(void)user;
	tobs_arena_init(&own, 1 << 20);
	r = tobs_text_parse(MD2, tobs_str(source), &own, &f, NULL);
	tobs_arena_deinit(&own);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(everything, NULL);
	fail_each_allocation(everything_markdown, NULL);
}

/* ---- Sending --------------------------------------------------------------------------- */

static struct bot_peer peer;

static int on_long(struct tobs_ctx *ctx, void *user)
{
	struct tobs_text_builder b;
	static const struct tobs_force_reply force = { .selective = false };
	int r;

	(void)user;
	tobs_text_init(&b, tobs_ctx_arena(ctx));
	for (int i = 0; i < 900; i++)
		tobs_text_bold(&b, "wort%d", i % 10);
	tobs_text_add(&b, "\n\nlast");
	r = tobs_reply_text(ctx, &b);
	if (!r)
		r = tobs_reply_long(ctx,
			&(struct tobs_send_message){ .text = tobs_arena_printf(tobs_ctx_arena(ctx),
							     "%04000d\n<b>%0200d</b>", 5, 7),
				.parse_mode = HTML,
				.reply_parameters = &(
					struct tobs_reply_parameters){ .message_id = 3 },
				.reply_markup.force_reply = &force },
			NULL);
	if (!r)
		r = tobs_reply_long(ctx,
			&(struct tobs_send_message){ .text = "<i>x</i>", .parse_mode = HTML },
			NULL);
	assert_ok(r);
	assert_code(
		tobs_reply_long(ctx,
			&(struct tobs_send_message){
				.text = tobs_arena_printf(tobs_ctx_arena(ctx), "<h1>%05000d", 5),
				.parse_mode = HTML },
			NULL),
		TOBS_EINVAL);
	assert_non_null(strstr(tobs_last_err()->message, "<h1>"));
	return TOBS_OK;
}

static int run_bot(void *arg)
{
	return tobs_bot_run(arg);
}

FIBER_TEST(sends)
{
	struct tobs_fiber *running;
	struct tobs_bot *bot;
	const char *call;

	bot_peer_start(&peer);
	bot = tobs_bot_new(&(struct tobs_bot_options){ .token = BOT_PEER_TOKEN,
		.api_root = peer.url,
		.store = "memory:",
		.pace = TOBS_PACE_NONE });
	tobs_on_text(bot, on_long, NULL);
	bot_peer_say(&peer, 5, "long");
	assert_ok(tobs_spawn(&running, run_bot, bot, NULL));
	call = bot_peer_call(&peer, 2);
	assert_null(strstr(call, "last"));
	assert_non_null(strstr(call, "\"text\":\"wort0wort1"));
	assert_non_null(strstr(bot_peer_call(&peer, 3), "last"));
	call = bot_peer_call(&peer, 4);
	assert_non_null(strstr(call, "\"text\":\"0000"));
	assert_null(strstr(call, "force_reply"));
	assert_non_null(strstr(call, "reply_parameters"));
	call = bot_peer_call(&peer, 5);
	assert_non_null(
		strstr(call, "\"entities\":[{\"type\":\"bold\",\"offset\":0,\"length\":200}]"));
	assert_non_null(strstr(call, "force_reply"));
	assert_null(strstr(call, "reply_parameters"));
	assert_non_null(
		strstr(bot_peer_call(&peer, 6), "\"text\":\"<i>x</i>\",\"parse_mode\":\"HTML\""));
	tobs_bot_stop(bot);
	assert_ok(tobs_join(running, NULL));
	bot_peer_stop(&peer);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builds),
		cmocka_unit_test(builder_failures),
		cmocka_unit_test(reads_html),
		cmocka_unit_test(refuses_html),
		cmocka_unit_test(reads_markdown),
		cmocka_unit_test(refuses_markdown),
		cmocka_unit_test(escapes),
		cmocka_unit_test(hostile),
		cmocka_unit_test(cuts),
		cmocka_unit_test(keeps_characters),
		cmocka_unit_test(keeps_entities),
		cmocka_unit_test(overlapping),
		cmocka_unit_test(cuts_random_texts),
		cmocka_unit_test(without_memory),
		fiber_unit_test(sends),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
