/* SPDX-License-Identifier: MIT */
#include "sim/bot_form.h"

void bot_form_deinit(struct bot_form *f)
{
	ARRAY_DEINIT(&f->pairs);
	ARRAY_DEINIT(&f->files);
}

static int unescape(struct bot_form *f, struct tobs_view v, struct tobs_view *ret)
{
	struct tobs_buf out;
	int r;

	*ret = v;
	if (tobs_view_find(v, 0, tobs_str("%")) == SIZE_MAX &&
		tobs_view_find(v, 0, tobs_str("+")) == SIZE_MAX)
		return TOBS_OK;
	tobs_buf_init(&out, v.len + 1);
	r = http_unescape(&out, v, true);
	if (!r)
		r = tobs_arena_view(f->arena, tobs_buf_view(&out), ret);
	tobs_buf_deinit(&out);
	return r;
}

int bot_form_urlencoded(struct bot_form *f, struct tobs_view text)
{
	struct tobs_view part, rest = text;
	int r = TOBS_OK;

	while (!r && text.len && tobs_view_split(&rest, '&', &part)) {
		struct bot_pair p = { 0 };
		struct tobs_view name;

		if (!part.len)
			continue;
		(void)tobs_view_split(&part, '=', &name);
		r = unescape(f, name, &p.name);
		if (!r)
			r = unescape(f, part, &p.value);
		if (!r && f->pairs.count == BOT_PAIRS_MAX)
			r = TOBS_EMALFORMED;
		if (!r && ARRAY_PUSH(&f->pairs, p))
			r = TOBS_ENOMEM;
	}
	return r;
}

/* The value of `name=` in "form-data; name="a"; filename="b"", with or without quotes. */
static struct tobs_view parameter(struct tobs_view line, const char *name)
{
	size_t at = 0, len = strlen(name);

	while ((at = tobs_view_find(line, at, tobs_view(name, len))) != SIZE_MAX) {
		struct tobs_view rest = tobs_view_sub(line, at + len, SIZE_MAX);
		char before = at ? (char)line.ptr[at - 1] : ' ';
		size_t end;

		at += len;
		if ((before != ' ' && before != ';') || !tobs_view_starts(rest, "="))
			continue;
		rest = tobs_view_sub(rest, 1, SIZE_MAX);
		if (!tobs_view_starts(rest, "\"")) {
			end = tobs_view_find(rest, 0, tobs_str(";"));
			return tobs_view_trim(tobs_view_sub(rest, 0, end));
		}
		rest = tobs_view_sub(rest, 1, SIZE_MAX);
		for (end = 0; end < rest.len && rest.ptr[end] != '"'; end++)
			if (rest.ptr[end] == '\\')
				end++;
		return tobs_view_sub(rest, 0, end);
	}
	return (struct tobs_view){ 0 };
}

/* %22, %0D, %0A and \" are how names with such characters are written. */
static int clean_name(struct bot_form *f, struct tobs_view v, struct tobs_view *ret)
{
	size_t n = 0;
	char *out;

	*ret = v;
	if (!v.len || !memchr(v.ptr, '\\', v.len))
		return TOBS_OK;
	out = tobs_arena_alloc(f->arena, v.len + 1);
	if (!out)
		return TOBS_ENOMEM;
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] == '\\' && i + 1 < v.len)
			i++;
		out[n++] = (char)v.ptr[i];
	}
	*ret = tobs_view(out, n);
	return TOBS_OK;
}

/* A part: its header lines, an empty line, its content. */
static int add_part(struct bot_form *f, struct tobs_view part)
{
	size_t head = tobs_view_find(part, 0, tobs_str("\r\n\r\n"));
	struct tobs_view lines = tobs_view_sub(part, 0, head + 2), how = { 0 };
	struct tobs_view data = tobs_view_sub(part, head + 4, SIZE_MAX);
	struct bot_upload file = { .data = data };
	struct bot_pair pair = { .value = data };
	int r;

	if (head == SIZE_MAX || !http_header_find(lines, "Content-Disposition", &how))
		return TOBS_EMALFORMED;
	r = clean_name(f, parameter(how, "name"), &pair.name);
	if (r || !pair.name.len)
		return r ? r : TOBS_EMALFORMED;
	file.field = pair.name;
	/* Without a file name it is a value. */
	if (tobs_view_find(how, 0, tobs_str("filename=")) == SIZE_MAX) {
		if (f->pairs.count == BOT_PAIRS_MAX)
			return TOBS_EMALFORMED;
		return ARRAY_PUSH(&f->pairs, pair) ? TOBS_ENOMEM : TOBS_OK;
	}
	r = clean_name(f, parameter(how, "filename"), &file.filename);
	(void)http_header_find(lines, "Content-Type", &file.type);
	if (!r && f->files.count == BOT_PAIRS_MAX)
		r = TOBS_EMALFORMED;
	if (!r && ARRAY_PUSH(&f->files, file))
		r = TOBS_ENOMEM;
	return r;
}

static int add_parts(struct bot_form *f, struct tobs_view boundary, struct tobs_view body)
{
	struct tobs_buf mark;
	size_t at, end;
	int r;

	tobs_buf_init(&mark, 256);
	tobs_buf_puts(&mark, "\r\n--");
	r = tobs_buf_putv(&mark, boundary);
	/* The first one stands at the beginning, without a line in front of it. */
	at = tobs_view_find(body, 0, tobs_view_sub(tobs_buf_view(&mark), 2, SIZE_MAX));
	if (r || !boundary.len || at == SIZE_MAX)
		r = r ? r : TOBS_EMALFORMED;
	else
		at += mark.len - 2;
	while (!r && !tobs_view_starts(tobs_view_sub(body, at, SIZE_MAX), "--")) {
		at = tobs_view_find(body, at, tobs_str("\r\n"));
		end = at == SIZE_MAX ? at : tobs_view_find(body, at + 2, tobs_buf_view(&mark));
		if (end == SIZE_MAX) {
			r = TOBS_EMALFORMED;
			break;
		}
		r = add_part(f, tobs_view_sub(body, at + 2, end - at - 2));
		at = end + mark.len;
	}
	tobs_buf_deinit(&mark);
	return r;
}

int bot_form_body(struct bot_form *f, struct tobs_view type, struct tobs_view body)
{
	if (!body.len)
		return TOBS_OK;
	if (tobs_view_starts(type, "application/x-www-form-urlencoded"))
		return bot_form_urlencoded(f, body);
	if (tobs_view_starts(type, "multipart/form-data"))
		return add_parts(f, parameter(type, "boundary"), body);
	return TOBS_OK;
}
