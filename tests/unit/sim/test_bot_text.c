/* SPDX-License-Identifier: MIT */
/* HTML, MarkdownV2 and Markdown of bots, as they come back. */
#include "base/json_write.h"
#include "support/sim_bots.h"

/* The text in this mode becomes that, up to the end of the message. */
static void becomes(const char *mode, const char *text, const char *want)
{
	char args[1024];

	snprintf(args, sizeof args, "{'chat_id':1,'parse_mode':'%s','text':'%s'}", mode, text);
	api_has("sendMessage", args, want);
}

static void fails(const char *mode, const char *text, const char *why)
{
	char args[1024], want[512];

	snprintf(args, sizeof args, "{'chat_id':1,'parse_mode':'%s','text':'%s'}", mode, text);
	snprintf(want, sizeof want, "Bad Request: can't parse entities: %s", why);
	api_fails("sendMessage", args, 400, want);
}

#define E(type, offset, length) "{'type':'" type "','offset':" #offset ",'length':" #length "}"

BOT_TEST(html)
{
	becomes("HTML", "<b>a<i>b</i></b> <u>c</u><s>d</s>",
		"'text':'ab cd','entities':[" E("bold", 0, 2) "," E("italic", 1, 1) "," E(
			"underline", 3, 1) "," E("strikethrough", 4, 1) "]");
	becomes("HTML", "&lt;&gt;&amp;&quot;&#65;&#x42;&nbsp; &", "'text':'<>&\\'AB&nbsp; &'}");
	becomes("HTML", "😀<tg-spoiler>é</tg-spoiler><span class=\\'tg-spoiler\\'>z</span>",
		"'entities':[" E("spoiler", 2, 1) "," E("spoiler", 3, 1) "]");
	becomes("HTML",
		"<a href=\\'http://e.org/?a=1&amp;b=2\\'>l</a> <a href=\\'tg://user?id=2\\'>m</a>",
		"[{'type':'text_link','offset':0,'length':1,'url':'http://e.org/?a=1&b=2'},"
		"{'type':'text_mention','offset':2,'length':1,'user':{'id':2,");
	becomes("HTML", "<pre><code class=\\'language-c\\'>int</code></pre> <code>x</code>",
		"[{'type':'pre','offset':0,'length':3,'language':'c'}," E("code", 4, 1) "]");
	becomes("HTML", "<blockquote expandable>q</blockquote>",
		"[" E("expandable_blockquote", 0, 1) "]");
	becomes("HTML", "<tg-emoji emoji-id=\\'77\\'>x</tg-emoji>",
		"[{'type':'custom_emoji','offset':0,'length':1,'custom_emoji_id':'77'}]");
	/* Empty ones are none; spaces at the ends are cut. */
	becomes("HTML", " <b></b> <b> a </b> ", "'text':'a','entities':[" E("bold", 0, 1) "]}");
	fails("HTML", "x<h1>", "Unsupported start tag \"h1\" at byte offset 1");
	fails("HTML", "x</b>", "Unexpected end tag at byte offset 1");
	fails("HTML", "<b>x</i>",
		"Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"");
	fails("HTML", "<b>x", "Can't find end tag corresponding to start tag \"b\"");
	fails("HTML", "<b", "Unclosed start tag at byte offset 0");
	fails("HTML", "<b>x</b", "Unclosed end tag at byte offset 4");
	fails("HTML", "<span>x</span>",
		"Tag \"span\" must have class \"tg-spoiler\" at byte offset 0");
	return TOBS_OK;
}

BOT_TEST(markdown2)
{
	becomes("MarkdownV2", "*b _i_* __u__ ~s~ ||p||",
		"'text':'b i u s p','entities':[" E("bold", 0, 3) "," E("italic", 2, 1) "," E(
			"underline", 4, 1) "," E("strikethrough", 6, 1) "," E("spoiler", 8, 1) "]");
	becomes("MarkdownV2", "é\\\\. `a.b` ```c\\nx.y\\n```",
		"'text':'é. a.b x.y','entities':[" E(
			"code", 3, 3) ",{'type':'pre','offset':7,'length':3,'language':'c'}]");
	becomes("MarkdownV2", "[l](http://e.org/\\\\)) ![😀](tg://emoji?id=5) [m](tg://user?id=1)",
		"[{'type':'text_link','offset':0,'length':1,'url':'http://e.org/)'},"
		"{'type':'custom_emoji','offset':2,'length':2,'custom_emoji_id':'5'},"
		"{'type':'text_mention','offset':5,'length':1,'user':{'id':1,");
	becomes("MarkdownV2", ">a\\n>b\\nc\\n**>d\\n>e||",
		"'text':'a\\nb\\nc\\nd\\ne','entities':[" E("blockquote", 0, 3) "," E(
			"expandable_blockquote", 6, 3) "]");
	fails("MarkdownV2", "a.b",
		"Character '.' is reserved and must be escaped with the preceding '\\'");
	fails("MarkdownV2", "a *b", "Can't find end of Bold entity at byte offset 2");
	fails("MarkdownV2", "*a _b*", "Can't find end of Bold entity at byte offset 5");
	fails("MarkdownV2", "[a](b", "Can't find end of a URL at byte offset 4");
	fails("MarkdownV2", "```a", "Can't find end of Pre entity at byte offset 0");
	return TOBS_OK;
}

BOT_TEST(markdown)
{
	becomes("Markdown", "*b* _i_ `c` [l](e.org) a.b \\\\*",
		"'text':'b i c l a.b *','entities':[" E("bold", 0, 1) "," E("italic", 2, 1) "," E(
			"code", 4,
			1) ",{'type':'text_link','offset':6,'length':1,'url':'http://e.org'}]");
	becomes("Markdown", "```py\\nx*```",
		"[{'type':'pre','offset':0,'length':2,'language':'py'}]");
	fails("Markdown", "a *b", "Can't find end of the entity starting at byte offset 2");
	return TOBS_OK;
}

BOT_TEST(entities)
{
	api_has("sendMessage",
		"{'chat_id':1,'text':'😀ab','entities':[{'type':'italic','offset':3,'length':1},"
		"{'type':'bold','offset':0,'length':4},{'type':'mention','offset':0,'length':1},"
		"{'type':'text_link','offset':2,'length':1,'url':'e.org/x'}]}",
		"'entities':[" E("bold", 0, 4) ",{'type':'text_link','offset':2,'length':1,'url':"
					       "'http://e.org/x'}," E("italic", 3, 1) "]");
	api_fails("sendMessage",
		"{'chat_id':1,'text':'ab','entities':[{'type':'bold','offset':1,'length':2}]}", 400,
		"Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at "
		"UTF-16 offset 3");
	api_fails("sendMessage", "{'chat_id':1,'text':'ab','entities':[{'type':'bold'}]}", 400,
		"Bad Request: can't parse entities: Can't find field \"offset\"");
	return TOBS_OK;
}

BOT_TEST(finds_by_itself)
{
	becomes("HTML", "/go@tellbot @bobo #tag $TON https://e.org/a, e.org a@b.com",
		"'entities':[" E("bot_command", 0, 11) "," E("mention", 12, 5) "," E(
			"hashtag", 18, 4) "," E("cashtag", 23, 4) "," E("url", 28, 15) "," E("url",
			45, 5) "," E("email", 51, 7) "]");
	/* Not in code, not inside words, not for lone marks. */
	becomes("HTML", "<code>/a @bobo</code> a/b #1 @ab x@y #",
		"'entities':[" E("code", 0, 8) "]}");
	return TOBS_OK;
}

BOT_TEST(is_as_long_as_it_may_be)
{
	char text[4200] = { 0 }, args[4400];

	memset(text, 'x', 4096);
	snprintf(args, sizeof args, "{'chat_id':1,'parse_mode':'HTML','text':'<b>%s</b>'}", text);
	api_has("sendMessage", args, "'length':4096");
	memset(text, 'x', 4097);
	snprintf(args, sizeof args, "{'chat_id':1,'text':'%s'}", text);
	api_fails("sendMessage", args, 400, "Bad Request: message is too long");
	return TOBS_OK;
}

/* Every beginning of a text, and with every byte another one: read, or refused, and nothing else. */
BOT_TEST(hostile)
{
	static const char *const texts[][2] = {
		{ "HTML",
			"<b class='x' y>&lt;&#x41; <a href=\"tg://user?id=2\">a</a><pre><code "
			"class='language-c'>x</code></pre><span class=\"tg-spoiler\">é😀</span></b>" },
		{ "MarkdownV2",
			"*b _i_ __u__ ~s~ ||p|| `c` ```py\nx``` [l](http://a\\)) ![x](tg://emoji"
			"?id=5)*\n>q\n>r||\n**>z" },
		{ "Markdown", "*b* _i_ `c` ```py\nx``` [l](e.org) \\*" },
	};
	struct tobs_buf args;
	struct json_writer w;

	tobs_buf_init(&args, 1 << 16);
	for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
		size_t len = strlen(texts[t][1]);

		for (size_t n = 0; n < 2 * len; n++) {
			char text[512];

			memcpy(text, texts[t][1], len);
			text[n < len ? n : len] = 0;
			if (n >= len)
				text[n - len] = "<*_`[>|\\!&"[n % 10];
			tobs_buf_clear(&args);
			json_writer_init(&w, &args, 0);
			jsonw_object(&w);
			jsonw_key(&w, "chat_id");
			jsonw_i64(&w, 1);
			jsonw_key(&w, "parse_mode");
			jsonw_str(&w, texts[t][0]);
			jsonw_key(&w, "text");
			jsonw_str(&w, text);
			jsonw_end(&w);
			api_raw("POST", "/bot100:secret/sendMessage", "application/json",
				tobs_buf_view(&args));
			if (api_status() != 200 && api_status() != 400)
				fail_msg("%d for %s", api_status(), tobs_buf_str(&args));
		}
	}
	tobs_buf_deinit(&args);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html),
		cmocka_unit_test(markdown2),
		cmocka_unit_test(markdown),
		cmocka_unit_test(entities),
		cmocka_unit_test(finds_by_itself),
		cmocka_unit_test(is_as_long_as_it_may_be),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
