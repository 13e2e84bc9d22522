/* SPDX-License-Identifier: MIT */
/* Text as HTML and MarkdownV2 want it. */
#include <tobs/text.h>

int tobs_html_escape(struct tobs_buf *out, struct tobs_view s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.ptr[i]) {
		case '<': tobs_buf_puts(out, "&lt;"); break;
		case '>': tobs_buf_puts(out, "&gt;"); break;
		case '&': tobs_buf_puts(out, "&amp;"); break;
		case '"': tobs_buf_puts(out, "&quot;"); break;
		default: tobs_buf_putc(out, (char)s.ptr[i]);
		}
	return tobs_buf_err(out);
}

static int escape(struct tobs_buf *out, struct tobs_view s, const char *special)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] && strchr(special, s.ptr[i]))
			tobs_buf_putc(out, '\\');
		tobs_buf_putc(out, (char)s.ptr[i]);
	}
	return tobs_buf_err(out);
}

/* "Any character with code between 1 and 126 can be escaped"; these must be (core.telegram.org/bots/api). */
int tobs_markdown_escape(struct tobs_buf *out, struct tobs_view s)
{
	return escape(out, s, "_*[]()~`>#+-=|{}.!\\");
}

int tobs_markdown_escape_code(struct tobs_buf *out, struct tobs_view s)
{
	return escape(out, s, "`\\");
}

int tobs_markdown_escape_url(struct tobs_buf *out, struct tobs_view s)
{
	return escape(out, s, ")\\");
}

static const char *escaped(struct tobs_arena *arena, const char *s,
	int (*fn)(struct tobs_buf *out, struct tobs_view s))
{
	struct tobs_buf out;
	const char *ret = NULL;

	tobs_buf_init(&out, TOBS_TEXT_BYTES);
	if (!fn(&out, tobs_str(s)))
		ret = tobs_arena_strdup(arena, tobs_buf_str(&out));
	tobs_buf_deinit(&out);
	return ret;
}

const char *tobs_html(struct tobs_arena *arena, const char *s)
{
	return escaped(arena, s, tobs_html_escape);
}

const char *tobs_markdown(struct tobs_arena *arena, const char *s)
{
	return escaped(arena, s, tobs_markdown_escape);
}
