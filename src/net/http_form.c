/* SPDX-License-Identifier: MIT */
#include "net/http_form.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "base/hex.h"

enum {
	BOUNDARY_BYTES = 12, /* of randomness, so that no content has it in it by chance */
	BOUNDARY_TEXT = BOUNDARY_BYTES * 2,
	/* Of all that stands around the contents. */
	HEADS_MAX = 1 << 20,
};

/* What is read: head 0, content 0, head 1, …, the end. */
struct http_form {
	const struct http_part *parts;
	size_t count;
	char boundary[BOUNDARY_TEXT + 1];
	char type[64];
	struct tobs_buf heads; /* of all parts, then the end, one after the other */
	size_t *head_ends;     /* count + 1 */
	size_t part;
	bool in_content;
	size_t at;     /* in heads, or in the value */
	int64_t given; /* by the part's source */
	int64_t size;
};

/* A name in quotes, as browsers write it (WHATWG HTML, section 4.10.21.8). */
static void put_name(struct tobs_buf *out, const char *key, struct tobs_view name)
{
	tobs_buf_puts(out, key);
	tobs_buf_puts(out, "=\"");
	for (size_t i = 0; i < name.len; i++) {
		switch (name.ptr[i]) {
		case '"': tobs_buf_puts(out, "%22"); break;
		case '\r': tobs_buf_puts(out, "%0D"); break;
		case '\n': tobs_buf_puts(out, "%0A"); break;
		default: tobs_buf_putc(out, (char)name.ptr[i]);
		}
	}
	tobs_buf_putc(out, '"');
}

static void put_head(struct http_form *f, const struct http_part *part)
{
	struct tobs_buf *out = &f->heads;

	tobs_buf_printf(out, "%s--%s\r\nContent-Disposition: form-data; ",
		part == f->parts ? "" : "\r\n", f->boundary);
	put_name(out, "name", part->name);
	if (part->filename.len) {
		tobs_buf_puts(out, "; ");
		put_name(out, "filename", part->filename);
	}
	if (part->type.len)
		tobs_buf_printf(out, "\r\nContent-Type: %.*s", TOBS_VIEW_FMT(part->type));
	tobs_buf_puts(out, "\r\n\r\n");
}

static int build(struct http_form *f, const struct rng *rng)
{
	uint8_t random[BOUNDARY_BYTES];
	struct tobs_buf text;
	int r;

	rng_fill(rng ? rng : rng_system(), random, sizeof random);
	tobs_buf_init(&text, BOUNDARY_TEXT);
	r = hex_encode(&text, tobs_view(random, sizeof random));
	snprintf(f->boundary, sizeof f->boundary, "%s", tobs_buf_str(&text));
	tobs_buf_deinit(&text);
	f->head_ends = MEM_ARRAY(f->count + 1, size_t);
	if (r || !f->head_ends)
		return TOBS_ENOMEM;
	snprintf(f->type, sizeof f->type, "multipart/form-data; boundary=%s", f->boundary);
	for (size_t i = 0; i < f->count; i++) {
		put_head(f, &f->parts[i]);
		f->head_ends[i] = f->heads.len;
	}
	tobs_buf_printf(&f->heads, "%s--%s--\r\n", f->count ? "\r\n" : "", f->boundary);
	f->head_ends[f->count] = f->heads.len;
	return tobs_buf_err(&f->heads);
}

static int64_t content_size(const struct http_part *part)
{
	return part->source ? part->source->size : (int64_t)part->value.len;
}

int http_form_new(const struct http_part *parts, size_t count, const struct rng *rng,
	struct http_form **ret, struct tobs_err *err)
{
	struct http_form *f;
	int r;

	for (size_t i = 0; i < count; i++)
		if (!http_is_value(parts[i].type))
			return tobs_fail(err, TOBS_EINVAL, "a file's type is none");
	f = MEM_NEW(struct http_form);
	if (!f)
		return tobs_fail(err, TOBS_ENOMEM, "making a form");
	f->parts = parts;
	f->count = count;
	tobs_buf_init(&f->heads, HEADS_MAX);
	r = build(f, rng);
	if (r) {
		http_form_free(f);
		return tobs_fail(err, r, "making a form");
	}
	f->size = (int64_t)f->heads.len;
	for (size_t i = 0; i < count && f->size >= 0; i++)
		f->size = content_size(&parts[i]) < 0 ? -1 : f->size + content_size(&parts[i]);
	*ret = f;
	return TOBS_OK;
}

void http_form_free(struct http_form *f)
{
	if (!f)
		return;
	tobs_buf_deinit(&f->heads);
	mem_free(f->head_ends);
	mem_free(f);
}

const char *http_form_type(const struct http_form *f)
{
	return f->type;
}

static size_t copy_out(struct tobs_view from, size_t *at, void *buf, size_t len)
{
	struct tobs_view some = tobs_view_sub(from, *at, len);

	if (some.len)
		memcpy(buf, some.ptr, some.len);
	*at += some.len;
	return some.len;
}

/* The form's size was announced, so each part must have the size it said. */
static int read_source(struct http_form *f, const struct http_source *source, void *buf, size_t len,
	size_t *ret_n, struct tobs_err *err)
{
	int r = source->read(source->user, buf, len, ret_n, err);

	if (r || source->size < 0)
		return r;
	f->given += (int64_t)*ret_n;
	if (f->given > source->size)
		return tobs_fail(err, TOBS_EINVAL, "a file is larger than was said");
	if (!*ret_n && f->given < source->size)
		return tobs_fail(err, TOBS_ETRUNCATED, "a file is smaller than was said");
	return TOBS_OK;
}

/* *ret_n 0: the content has ended. */
static int read_content(
	struct http_form *f, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	const struct http_part *part = &f->parts[f->part];

	if (part->source)
		return read_source(f, part->source, buf, len, ret_n, err);
	*ret_n = copy_out(part->value, &f->at, buf, len);
	return TOBS_OK;
}

static int form_read(void *user, void *buf, size_t len, size_t *ret_n, struct tobs_err *err)
{
	struct http_form *f = user;
	size_t n = 0;
	int r;

	while (f->part <= f->count) {
		if (!f->in_content) {
			struct tobs_view heads = tobs_view_sub(
				tobs_buf_view(&f->heads), 0, f->head_ends[f->part]);

			n = copy_out(heads, &f->at, buf, len);
			if (n || f->part == f->count)
				break;
			f->in_content = true;
			f->at = 0;
			f->given = 0;
		}
		r = read_content(f, buf, len, &n, err);
		if (r)
			return r;
		if (n)
			break;
		f->at = f->head_ends[f->part++];
		f->in_content = false;
	}
	*ret_n = n;
	return TOBS_OK;
}

struct http_source http_form_source(struct http_form *f)
{
	return (struct http_source){ form_read, f, f->size };
}
