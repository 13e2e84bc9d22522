/* SPDX-License-Identifier: MIT */
/*
 * The forms, byte by byte: what docs/markdown.md promises to people who read
 * the files in an editor. That everything survives is for test_roundtrip.c.
 */
#include "md/markdown.h"

#include "support/failmem.h"
#include "support/test.h"

#define E(k, from, len)                                               \
	{                                                             \
		.kind = ENTITY_##k, .offset = (from), .length = (len) \
	}
#define EA(k, from, len, a)                                                               \
	{                                                                                 \
		.kind = ENTITY_##k, .offset = (from), .length = (len), .arg = TOBS_LIT(a) \
	}
#define EI(k, from, len, n)                                                      \
	{                                                                        \
		.kind = ENTITY_##k, .offset = (from), .length = (len), .id = (n) \
	}
#define FOLDED(from, len)                                                                       \
	{                                                                                       \
		.kind = ENTITY_BLOCKQUOTE, .offset = (from), .length = (len), .collapsed = true \
	}

static void assert_written(const struct md_options *o, const char *text, const struct entity *e,
	size_t n, const char *want)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 1 << 20);
	assert_ok(md_write(&out, o, tobs_str(text), e, n));
	assert_string_equal(tobs_buf_str(&out), want);
	tobs_buf_deinit(&out);
}

static void prose_stays_as_it_is(void **state)
{
	static const char *const texts[] = { "snake_case", "_private", "__init", "a_ b_",
		"3 * 4 = 12", "5* hotel", "*note", "a-b, a - b -- c", "(see 1.)", "see 1. or 2)",
		"C# and F#b", "#1 of 3", "email@x.com", "50%", "100% of 50%", "AT&T, R&D & co",
		"&c &", "a < b > c", "<3 >_<", "it's \"so\"", "costs $5", "$5, $10", "x^2 = 4",
		"a == b", "if (a==b)", "a = b", "[sic], [1]: x (y)", "C:\\new\\dir", "wow! [x]!",
		"@name /start", "a | b", "a || b", "{x} {{y}}", "12:30", "https, www",
		"+7 495 123-45-67", "~5 min", "approx ~", "well... -- no",
		"\u00abquote\u00bb \u2014 dash", "\u4e2d\u6587_\u5b57\uff0c", "1.5", "a:b",
		"e.g. \u05e9\u05dc\u05d5\u05dd!", ":-) ;-) :|", "-5", "--help", "+1", "=5" };
	struct md_options o = { .flavour = MD_GFM };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		o.flavour = MD_GFM;
		assert_written(&o, texts[i], NULL, 0, texts[i]);
		o.flavour = MD_OBSIDIAN;
		assert_written(&o, texts[i], NULL, 0, texts[i]);
	}
}

struct example {
	const char *text;
	struct entity entities[4];
	const char *obsidian;
	const char *gfm; /* NULL: the same */
};

static void assert_examples(const struct example *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct md_options o = { .flavour = MD_OBSIDIAN };

		assert_written(&o, x[i].text, x[i].entities, 4, x[i].obsidian);
		o.flavour = MD_GFM;
		assert_written(
			&o, x[i].text, x[i].entities, 4, x[i].gfm ? x[i].gfm : x[i].obsidian);
	}
}

static void specials_are_escaped(void **state)
{
	static const struct example examples[] = {
		{ "*a* _b_ ~c~ `d`", { { 0 } }, "\\*a* \\_b_ \\~c~ \\`d\\`", NULL },
		{ "__init__ *x", { { 0 } }, "\\_\\_init__ *x", NULL },
		{ "[a](b) ![c](d)", { { 0 } }, "[a\\](b) ![c\\](d)", NULL },
		{ "[a]: b", { { 0 } }, "\\[a]: b", NULL },
		{ "[[a]] [^1]", { { 0 } }, "\\[\\[a]] \\[^1]", "[[a]] \\[^1]" },
		{ "<b> </b> <!-- <?x <a@b> <http://x>", { { 0 } },
			"\\<b> \\</b> \\<!-- \\<?x \\<a@b> \\<http\\://x>", NULL },
		{ "&amp; &#35; &x", { { 0 } }, "\\&amp; \\&#35; &x", NULL },
		{ "\\* \\", { { 0 } }, "\\\\* \\\\", NULL },
		{ "==a== %%b%%", { { 0 } }, "\\==a\\== \\%%b\\%%", "==a== %%b%%" },
		{ "$a$ $$", { { 0 } }, "\\$a\\$ \\$\\$", NULL },
		{ "#tag a#b #1 \u00ab#t", { { 0 } }, "\\#tag a#b #1 \u00ab\\#t",
			"#tag a#b #1 \u00ab#t" },
		{ "a ^id", { { 0 } }, "a \\^id", "a ^id" },
		{ "http://a.b www.a.b", { { 0 } }, "http\\://a.b www\\.a.b", NULL },
		/* starts of lines */
		{ "# a", { { 0 } }, "\\# a", NULL },
		{ "####### a", { { 0 } }, "####### a", NULL },
		{ "> a", { { 0 } }, "\\> a", NULL },
		{ "- a\n+ b\n* c", { { 0 } }, "\\- a  \n\\+ b  \n\\* c",
			"\\- a\\\n\\+ b\\\n\\* c" },
		{ "1. a\n12) b\n1234567890. c", { { 0 } }, "1\\. a  \n12\\) b  \n1234567890. c",
			"1\\. a\\\n12\\) b\\\n1234567890. c" },
		{ "---", { { 0 } }, "\\---", NULL },
		{ "a\n===", { { 0 } }, "a  \n\\=\\==", "a\\\n\\===" },
		{ "a | b\n--|--", { { 0 } }, "a | b  \n\\--|--", "a | b\\\n\\--|--" },
		{ "a\n|-|", { { 0 } }, "a  \n\\|-|", "a\\\n\\|-|" },
		{ "~~~", { { 0 } }, "\\~\\~\\~", NULL },
		{ "```", { { 0 } }, "\\`\\`\\`", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void white_space(void **state)
{
	static const struct example examples[] = {
		{ "a\nb", { { 0 } }, "a  \nb", "a\\\nb" },
		{ "a\n\nb", { { 0 } }, "a\n\nb", NULL },
		{ "a\n\n\nb", { { 0 } }, "a\n\n<br>b", NULL },
		{ "a\n\n\n\n\nb", { { 0 } }, "a\n\n<br><br><br>b", NULL },
		{ "a\n", { { 0 } }, "a<br>", NULL },
		{ "a\n\n", { { 0 } }, "a<br><br>", NULL },
		{ "\na", { { 0 } }, "<br>a", NULL },
		{ "\n", { { 0 } }, "<br>", NULL },
		{ " a ", { { 0 } }, "&#32;a&#32;", NULL },
		{ "   a   b   ", { { 0 } }, "&#32;  a   b  &#32;", NULL },
		{ "\ta\tb\t", { { 0 } }, "&#9;a\tb&#9;", NULL },
		{ "a \n b", { { 0 } }, "a&#32;  \n&#32;b", "a&#32;\\\n&#32;b" },
		{ " ", { { 0 } }, "&#32;", NULL },
		{ "   ", { { 0 } }, "&#32; &#32;", NULL },
		{ "\u00a0a\u00a0b\u00a0", { { 0 } }, "&#160;a\u00a0b&#160;", NULL },
		{ "\ufeffa", { { 0 } }, "&#65279;a", NULL },
		{ "    - a", { { 0 } }, "&#32;   - a", NULL },
		{ "a\r\nb", { { 0 } }, "a&#13;  \nb", "a&#13;\\\nb" },
		{ "", { E(BOLD, 0, 1) }, "", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void styles(void **state)
{
	static const struct example examples[] = {
		{ "a b c", { E(BOLD, 2, 1) }, "a **b** c", NULL },
		{ "a b c", { E(ITALIC, 2, 1) }, "a *b* c", NULL },
		{ "a b c", { E(STRIKETHROUGH, 2, 1) }, "a ~~b~~ c", NULL },
		{ "a b c", { E(UNDERLINE, 2, 1) }, "a <u>b</u> c", "a <ins>b</ins> c" },
		{ "a b c", { E(SPOILER, 2, 1) }, "a <span class=\"tg-spoiler\">b</span> c", NULL },
		{ "a b c", { E(BOLD, 2, 1), E(ITALIC, 2, 1) }, "a ***b*** c", NULL },
		{ "a b c", { E(BOLD, 0, 5), E(ITALIC, 2, 1) }, "**a *b* c**", NULL },
		{ "a b c", { E(ITALIC, 0, 5), E(BOLD, 2, 3) }, "*a **b c***", NULL },
		{ "abc", { E(BOLD, 1, 1) }, "a**b**c", NULL },
		{ "a\nb", { E(BOLD, 0, 3) }, "**a**  \n**b**", "**a**\\\n**b**" },
		{ "a\n\nb", { E(BOLD, 0, 4) }, "**a**\n\n**b**", NULL },
		{ "Title\nx", { E(BOLD, 0, 6) }, "**Title**  \nx", "**Title**\\\nx" },
		/* where flanking forbids the marks */
		{ "a b", { E(BOLD, 0, 2) }, "<b>a </b>b", NULL },
		{ "a b", { E(ITALIC, 1, 2) }, "a<i> b</i>", NULL },
		{ "a \"b\"c", { E(BOLD, 2, 3) }, "a <b>\"b\"</b>c", NULL },
		{ "a \"b\" c", { E(BOLD, 2, 3) }, "a **\"b\"** c", NULL },
		{ "\u4e2d\u300a\u6587\u300b\u5b57", { E(BOLD, 1, 3) },
			"\u4e2d<b>\u300a\u6587\u300b</b>\u5b57", NULL },
		{ "\u4e2d\u6587\u5b57", { E(BOLD, 1, 1) }, "\u4e2d**\u6587**\u5b57", NULL },
		{ "ab", { E(BOLD, 0, 1), E(ITALIC, 1, 1) }, "**a**<i>b</i>", NULL },
		{ "a\U0001F600b", { E(BOLD, 1, 2) }, "a<b>\U0001F600</b>b", NULL },
		{ "*a", { E(BOLD, 1, 1) }, "\\*<b>a</b>", NULL },
		{ " ", { E(STRIKETHROUGH, 0, 1) }, "<s> </s>", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void trimmed_styles(void **state)
{
	static const struct entity e[] = { E(BOLD, 0, 2), E(ITALIC, 3, 2) };
	struct md_options o = { .flavour = MD_GFM, .trim_styles = true };

	(void)state;
	assert_written(&o, "a b c", e, 2, "**a** b *c*");
}

static void code(void **state)
{
	static const struct example examples[] = {
		{ "a b c", { E(CODE, 2, 1) }, "a `b` c", NULL },
		{ "a`b", { E(CODE, 0, 3) }, "``a`b``", NULL },
		{ "`a``", { E(CODE, 0, 4) }, "``` `a`` ```", NULL },
		{ " a ", { E(CODE, 0, 3) }, "`  a  `", NULL },
		{ " a", { E(CODE, 0, 2) }, "` a`", NULL },
		{ "  ", { E(CODE, 0, 2) }, "`  `", NULL },
		{ "\\*<b>", { E(CODE, 0, 5) }, "`\\*<b>`", NULL },
		{ "a\n  b", { E(CODE, 0, 5) }, "`a`  \n`  b`", "`a`\\\n`  b`" },
		{ "`a", { E(CODE, 1, 1) }, "&#96;`a`", NULL },
		{ "a\rb", { E(CODE, 0, 3) }, "<code>a&#13;b</code>", NULL },
		{ "ab", { E(CODE, 0, 1), E(BOLD, 0, 2) }, "**`a`b**", NULL },
		/* pre */
		{ "int x;", { EA(PRE, 0, 6, "c") }, "```c\nint x;\n```", NULL },
		{ "a\nb\nc", { E(PRE, 2, 1) }, "a\n\n```\nb\n```\n\nc", NULL },
		{ "a\n\nb\n\nc", { E(PRE, 3, 1) }, "a\n\n<br>\n\n```\nb\n```\n\n<br>c", NULL },
		{ "abc", { E(PRE, 1, 1) }, "a<wbr>\n\n```\nb\n```\n\n<wbr>c", NULL },
		{ "ab", { E(PRE, 0, 1), E(PRE, 1, 1) }, "```\na\n```\n\n<wbr>\n\n```\nb\n```",
			NULL },
		{ "```\nx", { E(PRE, 0, 5) }, "````\n```\nx\n````", NULL },
		{ "\n x\n", { E(PRE, 0, 4) }, "```\n\n x\n\n```", NULL },
		{ "x", { EA(PRE, 0, 1, " a `b\\&") }, "```a&#32;&#96;b\\\\&#38;\nx\n```", NULL },
		{ "a\r<", { EA(PRE, 0, 3, "c\"") },
			"<pre><code class=\"language-c&quot;\">a&#13;&lt;</code></pre>", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void links(void **state)
{
	static const struct example examples[] = {
		{ "see it", { EA(TEXT_LINK, 4, 2, "https://e.org/a_b?c=1&d=2") },
			"see [it](https://e.org/a_b?c=1&d=2)", NULL },
		{ "[x]", { EA(TEXT_LINK, 0, 3, "u") }, "[\\[x\\]](u)", NULL },
		{ "a b", { EA(TEXT_LINK, 0, 3, "a b"), E(BOLD, 2, 1) }, "[a **b**](<a b>)", NULL },
		{ "a b", { EA(TEXT_LINK, 2, 1, "u"), E(BOLD, 0, 3) }, "**a [b](u)**", NULL },
		{ "a b", { EA(TEXT_LINK, 0, 3, "u"), E(BOLD, 0, 3) }, "[**a b**](u)", NULL },
		{ "a\nb", { EA(TEXT_LINK, 0, 3, "u") }, "[a](u)  \n[b](u)", "[a](u)\\\n[b](u)" },
		{ "a", { EA(TEXT_LINK, 0, 1, "") }, "[a](<>)", NULL },
		{ "!a", { EA(TEXT_LINK, 1, 1, "u") }, "\\![a](u)", NULL },
		{ "[a", { EA(TEXT_LINK, 1, 1, "u") }, "\\[[a](u)", "[[a](u)" },
		{ "Anna", { EI(MENTION_NAME, 0, 4, 12345) }, "[Anna](tg://user?id=12345)", NULL },
		{ "https://e.org/a_b", { E(URL, 0, 17) }, "<https://e.org/a_b>", NULL },
		{ "e.org/a_b", { E(URL, 0, 9) }, "[e.org/a_b](http://e.org/a_b)", NULL },
		{ "e.org:80", { E(URL, 0, 8) }, "[e.org:80](http://e.org:80)", NULL },
		{ "https://e.org", { E(URL, 0, 13), E(BOLD, 0, 5) },
			"[**https**://e.org](https://e.org)", NULL },
		{ "a@b.cd", { E(EMAIL, 0, 6) }, "<a@b.cd>", NULL },
		{ "a(@b.cd", { E(EMAIL, 0, 7) }, "[a(@b.cd](<mailto:a(@b.cd>)", NULL },
		{ "@a /b $C +49",
			{ E(MENTION, 0, 2), E(BOT_COMMAND, 3, 2), E(CASHTAG, 6, 2),
				E(PHONE, 9, 3) },
			"@a /b $C +49", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void hashtags(void **state)
{
	static const struct example examples[] = {
		{ "#tag_1 b", { E(HASHTAG, 0, 6) }, "#tag_1 b", NULL },
		{ "a #\u0442\u0435\u0433, b", { E(HASHTAG, 2, 4) }, "a #\u0442\u0435\u0433, b",
			NULL },
		/* Obsidian would take more than Telegram did */
		{ "#tag-b", { E(HASHTAG, 0, 4) }, "\\#tag-b", "#tag-b" },
		{ "#tag\uff1b", { E(HASHTAG, 0, 4) }, "\\#tag\uff1b", "#tag\uff1b" },
		/* or less */
		{ "#a@b", { E(HASHTAG, 0, 4) }, "\\#a@b", "#a@b" },
		{ "#_a b", { E(HASHTAG, 0, 3) }, "#_a b", NULL },
		{ "#_a #_b", { E(HASHTAG, 0, 3), E(HASHTAG, 4, 3) }, "\\#\\_a \\#\\_b",
			"#\\_a #\\_b" },
		{ "#a #b", { E(HASHTAG, 3, 2) }, "\\#a #b", "#a #b" },
		{ "#a", { E(HASHTAG, 0, 2), E(BOLD, 0, 2) }, "**#a**", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void quotes(void **state)
{
	static const struct example examples[] = {
		{ "a\nb", { E(BLOCKQUOTE, 0, 3) }, "> a  \n> b", "> a\\\n> b" },
		{ "a\n\nb\n\nc", { E(BLOCKQUOTE, 3, 1) }, "a\n\n> b\n\nc", NULL },
		{ "a\nb\nc", { E(BLOCKQUOTE, 2, 2) }, "a<wbr>\n\n> b\n\n<wbr>c", NULL },
		{ "a\n\n\nb", { E(BLOCKQUOTE, 4, 1) }, "a\n\n<br>\n\n> b", NULL },
		{ "a\n\nb", { E(BLOCKQUOTE, 0, 4) }, "> a\n>\n> b", NULL },
		{ "a\n\nb", { E(BLOCKQUOTE, 0, 1), E(BLOCKQUOTE, 3, 1) }, "> a\n\n> b", NULL },
		{ "a\nb", { E(BLOCKQUOTE, 0, 1), E(BLOCKQUOTE, 2, 1) }, "> a\n\n<wbr>\n\n> b",
			NULL },
		{ "a\nb", { FOLDED(0, 3) }, "> [!quote]-\n> a  \n> b",
			"> <!-- collapsed -->\n> a\\\n> b" },
		{ "[!note]", { E(BLOCKQUOTE, 0, 7) }, "> \\[<!-- -->!note]", NULL },
		{ "a\nx\n\ny", { E(BLOCKQUOTE, 0, 6), E(PRE, 2, 4) },
			"> a\n>\n> ```\n> x\n>\n> y\n> ```", NULL },
		{ "a", { E(BLOCKQUOTE, 0, 1), E(BOLD, 0, 1) }, "> **a**", NULL },
		{ "\n\na\n", { E(BLOCKQUOTE, 0, 4) }, "<br><br>\n\n> a\n\n<br>", NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void custom_emoji(void **state)
{
	static const struct example examples[] = {
		{ "a \U0001F44D", { EI(CUSTOM_EMOJI, 2, 2, 5368324170671202286) },
			"a <span class=\"tg-emoji\" data-id=\"5368324170671202286\">\U0001F44D</span>",
			NULL },
		{ "\U0001F44D", { EA(CUSTOM_EMOJI, 0, 2, "stickers/a\".webp") },
			"<span class=\"tg-emoji\" data-file=\"stickers/a&quot;.webp\">\U0001F44D</span>",
			NULL },
	};

	(void)state;
	assert_examples(examples, ARRAY_LEN(examples));
}

static void prefix_and_mid_line(void **state)
{
	static const struct entity quote[] = { E(BLOCKQUOTE, 3, 1) };
	struct md_options o = { .flavour = MD_GFM, .prefix = TOBS_LIT("> ") };
	struct tobs_buf out;

	(void)state;
	assert_written(&o, "a\n\nb", quote, 1, "> a\n>\n> > b");
	assert_written(&o, "a\n\n- b\nc", NULL, 0, "> a\n>\n> \\- b\\\n> c");
	/* What stays bare when it is alone does not beside other formatting. */
	o.prefix = tobs_str("");
	assert_written(&o, "a *b", NULL, 0, "a *b");
	o.shared = true;
	assert_written(&o, "a *b", NULL, 0, "a \\*b");
	tobs_buf_init(&out, 1000);
	o.prefix = tobs_str("  ");
	o.mid_line = true;
	/* In the middle of a line nothing begins a block, and who knows what the caller wrote with * or _. */
	tobs_buf_puts(&out, "- Anna: ");
	assert_ok(md_write(&out, &o, tobs_str("- a *b_\n\n1. c"), NULL, 0));
	assert_string_equal(tobs_buf_str(&out), "- Anna: - a \\*b\\_\n\n  1\\. c");
	tobs_buf_clear(&out);
	tobs_buf_puts(&out, "a");
	assert_ok(md_write(&out, &o, tobs_str("\"b\""), &(struct entity)E(BOLD, 0, 3), 1));
	assert_string_equal(tobs_buf_str(&out), "a<b>\"b\"</b>");
	tobs_buf_clear(&out);
	tobs_buf_puts(&out, "a");
	assert_ok(md_write(&out, &o, tobs_str("b"), &(struct entity)E(PRE, 0, 1), 1));
	assert_string_equal(tobs_buf_str(&out), "a\n\n  ```\n  b\n  ```");
	tobs_buf_deinit(&out);
}

static void zero_bytes(void **state)
{
	static const struct entity code_entity = E(CODE, 0, 3), pre = EA(PRE, 0, 3, "c\0");
	struct md_options o = { .flavour = MD_GFM };
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	assert_ok(md_write(&out, &o, tobs_view("a\0b", 3), NULL, 0));
	assert_string_equal(tobs_buf_str(&out), "a\ufffdb");
	tobs_buf_clear(&out);
	assert_ok(md_write(&out, &o, tobs_view("a\0b", 3), &code_entity, 1));
	assert_string_equal(tobs_buf_str(&out), "`a\ufffdb`");
	tobs_buf_clear(&out);
	assert_ok(md_write(&out, &o, tobs_view("a\0b", 3), &pre, 1));
	assert_string_equal(tobs_buf_str(&out), "```c\ufffd\na\ufffdb\n```");
	tobs_buf_deinit(&out);
}

static const struct entity everything[] = { E(BOLD, 0, 4), FOLDED(5, 3), EA(PRE, 10, 4, "c"),
	E(CODE, 1, 1), EA(TEXT_LINK, 2, 2, "https://e.org/") };

static int write_everything(void *user)
{
	const struct md_options o = { .flavour = MD_OBSIDIAN };
	struct entity many[40];
	struct tobs_buf out;
	int r;

	(void)user;
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = everything[i % ARRAY_LEN(everything)];
	tobs_buf_init(&out, 1 << 20);
	r = md_write(&out, &o, tobs_str("abcd\nefg\n\nxyz[\n"), many, ARRAY_LEN(many));
	tobs_buf_deinit(&out);
	return r;
}

static void failing_allocations(void **state)
{
	(void)state;
	fail_each_allocation(write_everything, NULL);
}

/* Whatever the room, the buffer's error comes back and nothing else happens. */
static void full_buffers(void **state)
{
	const struct md_options o = { .flavour = MD_OBSIDIAN };
	struct tobs_buf out;
	int r = TOBS_ETOOBIG;

	(void)state;
	for (size_t max = 0; r == TOBS_ETOOBIG; max++) {
		tobs_buf_init(&out, max);
		r = md_write(&out, &o, tobs_str("abcd\nefg\n\nxyz[\n"), everything,
			ARRAY_LEN(everything));
		assert_true(out.len <= max);
		tobs_buf_deinit(&out);
	}
	assert_int_equal(r, TOBS_OK);
}

static void long_and_hostile(void **state)
{
	static const char *const pieces[] = { "*", "_a ", "[", "](", "<a", "&a", "\n", " ", "`",
		"#a", "]:\n[", "\\" };
	static struct entity e[5000];
	const struct md_options o = { .flavour = MD_OBSIDIAN };
	struct tobs_buf text, out;

	(void)state;
	tobs_buf_init(&text, 2 << 20);
	tobs_buf_init(&out, 64 << 20);
	for (size_t i = 0; i < ARRAY_LEN(e); i++)
		e[i] = (struct entity){ .kind = (enum entity_kind)(1 + i % (ENTITY_KINDS - 1)),
			.offset = (uint32_t)((ARRAY_LEN(e) - i) * 37),
			.length = (uint32_t)(i * 41) };
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		tobs_buf_clear(&text);
		tobs_buf_clear(&out);
		while (text.len < 1 << 20)
			tobs_buf_puts(&text, pieces[i]);
		assert_ok(md_write(&out, &o, tobs_buf_view(&text), NULL, 0));
		assert_true(out.len <= 5 * text.len);
		tobs_buf_clear(&out);
		assert_ok(md_write(&out, &o, tobs_buf_view(&text), e, ARRAY_LEN(e)));
	}
	tobs_buf_deinit(&text);
	tobs_buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prose_stays_as_it_is),
		cmocka_unit_test(specials_are_escaped),
		cmocka_unit_test(white_space),
		cmocka_unit_test(styles),
		cmocka_unit_test(trimmed_styles),
		cmocka_unit_test(code),
		cmocka_unit_test(links),
		cmocka_unit_test(hashtags),
		cmocka_unit_test(quotes),
		cmocka_unit_test(custom_emoji),
		cmocka_unit_test(prefix_and_mid_line),
		cmocka_unit_test(zero_bytes),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(full_buffers),
		cmocka_unit_test(long_and_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
