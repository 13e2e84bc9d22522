/* SPDX-License-Identifier: MIT */
#include "botapi/encode.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json_path.h"
#include "base/json_write.h"
#include "base/utf.h"
#include "botapi/limit.h"
#include "botapi/tables.h"

/* No method's arguments are larger. */
enum { LOCAL_PATH_MAX = 4096, NOTHING_BYTES = 1024 };

struct encoder {
	struct json_writer w;
	struct tobs_err *err;
	struct botapi_body *body; /* NULL when printing, where nothing is refused */
	unsigned flags;
	unsigned depth;
	size_t files; /* that are sent along */
	bool form;    /* each gets a part */
	ARRAY_OF(struct botapi_part) attached;
	char attach[64];     /* the reference to the last one */
	struct tobs_buf uri; /* of a file the server reads itself */
};

struct array {
	const uint8_t *items;
	size_t count;
};

static int encode_object(struct encoder *e, uint16_t type, const void *object);

void botapi_body_init(struct botapi_body *b, size_t max)
{
	memset(b, 0, sizeof *b);
	tobs_buf_init(&b->text, max);
}

void botapi_body_deinit(struct botapi_body *b)
{
	if (!b)
		return;
	tobs_buf_deinit(&b->text);
	ARRAY_DEINIT(&b->parts);
}

const char *botapi_file_name(const struct tobs_input_file *file)
{
	const char *name = file->name, *slash;

	if (!name && file->kind == TOBS_INPUT_FILE_PATH) {
		slash = strrchr(file->from.path, '/');
		name = slash ? slash + 1 : file->from.path;
	}
	return name && *name ? name : "file";
}

/* ---- What is there ---------------------------------------------------------- */

static bool choice_is_there(uint16_t type, const uint8_t *at)
{
	const struct botapi_type *t = &botapi_types[type];

	for (unsigned i = 0; i < t->count; i++)
		if (*(const void *const *)(const void *)(at + botapi_variants[t->first + i].offset))
			return true;
	return false;
}

/* Whether the field says anything, required or not. */
static bool is_said(const struct botapi_field *f, const uint8_t *base)
{
	const void *at = base + f->offset;

	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT: return *(const int64_t *)at || (f->extra && base[f->extra]);
	case BOTAPI_FLOAT: {
		double d = *(const double *)at;

		return d < 0 || d > 0 || isnan(d) || (f->extra && base[f->extra]);
	}
	case BOTAPI_BOOL:
	case BOTAPI_TRUE: return *(const bool *)at || (f->extra && base[f->extra]);
	case BOTAPI_STRING:
	case BOTAPI_OBJECT: return *(const void *const *)at != NULL;
	case BOTAPI_ENUM: return *(const unsigned *)at != 0;
	case BOTAPI_ARRAY: return ((const struct array *)at)->items != NULL;
	case BOTAPI_FILE: return ((const struct tobs_input_file *)at)->kind != TOBS_INPUT_FILE_NONE;
	case BOTAPI_CHAT_ID:
		return *(const int64_t *)at ||
			*(const char *const *)(const void *)(base + f->extra) != NULL;
	case BOTAPI_CHOICE: return choice_is_there(f->type, at);
	case BOTAPI_CONST:
	case BOTAPI_ALWAYS: return true;
	case BOTAPI_NONE: break;
	}
	return false;
}

/* A required scalar or array is written even when it is zero. */
static bool may_be_zero(const struct botapi_field *f)
{
	return f->kind == BOTAPI_INT || f->kind == BOTAPI_FLOAT || f->kind == BOTAPI_BOOL ||
		f->kind == BOTAPI_ARRAY;
}

/* 1: write it; 0: leave it out; TOBS_EINVAL: it has to be there. */
static int wanted(struct encoder *e, const struct botapi_field *f, const uint8_t *base)
{
	if (is_said(f, base) || (f->required && may_be_zero(f)))
		return 1;
	if (!f->required || !e->body)
		return 0;
	return json_fail(e->err, TOBS_EINVAL, "missing");
}

/* ---- Values ----------------------------------------------------------------- */

/* A file that is sent along: its part, and in e->attach what refers to it. */
static int attach(struct encoder *e, const struct tobs_input_file *file)
{
	struct botapi_part part = { .file = file };

	if (!e->body) {
		snprintf(e->attach, sizeof e->attach, "attach://%s", botapi_file_name(file));
		return TOBS_OK;
	}
	snprintf(part.attach, sizeof part.attach, "file%zu", e->files++);
	snprintf(e->attach, sizeof e->attach, "attach://%s", part.attach);
	if (e->form && ARRAY_PUSH(&e->attached, part))
		return json_fail(e->err, TOBS_ENOMEM, "no memory");
	return TOBS_OK;
}

/* "file:///path": with everything escaped that a URL does not have. */
static int local_file(struct encoder *e, const char *path, const char **ret)
{
	static const char plain[] = "/-._~";
	static const char hex[] = "0123456789ABCDEF";
	char here[LOCAL_PATH_MAX];

	tobs_buf_clear(&e->uri);
	tobs_buf_puts(&e->uri, "file://");
	if (*path != '/') {
		if (!getcwd(here, sizeof here))
			return json_fail(e->err, TOBS_EINVAL, "%s: where is that?", path);
		tobs_buf_puts(&e->uri, here);
		tobs_buf_putc(&e->uri, '/');
	}
	for (; *path; path++) {
		uint8_t c = (uint8_t)*path;

		if (isalnum(c) || strchr(plain, c)) {
			tobs_buf_putc(&e->uri, (char)c);
			continue;
		}
		tobs_buf_putc(&e->uri, '%');
		tobs_buf_putc(&e->uri, hex[c >> 4]);
		tobs_buf_putc(&e->uri, hex[c & 15]);
	}
	*ret = tobs_buf_str(&e->uri);
	return tobs_buf_err(&e->uri) ? json_fail(e->err, TOBS_EINVAL, "the path is too long")
				     : TOBS_OK;
}

static bool is_sent_along(const struct encoder *e, const struct tobs_input_file *file)
{
	return file->kind != TOBS_INPUT_FILE_NAMED &&
		!(file->kind == TOBS_INPUT_FILE_PATH && (e->flags & BOTAPI_LOCAL));
}

static int file_string(struct encoder *e, const struct tobs_input_file *file, const char **ret)
{
	if (file->kind == TOBS_INPUT_FILE_NAMED) {
		*ret = file->from.id;
		return *ret ? TOBS_OK : json_fail(e->err, TOBS_EINVAL, "a file without id");
	}
	if (!is_sent_along(e, file))
		return local_file(e, file->from.path, ret);
	*ret = e->attach;
	return attach(e, file);
}

/* The text of a field that is a string in JSON; *ret is NULL for one that is not. */
static int string_of(
	struct encoder *e, const struct botapi_field *f, const uint8_t *base, const char **ret)
{
	const void *at = base + f->offset;

	*ret = NULL;
	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_STRING: *ret = *(const char *const *)at; break;
	case BOTAPI_CHAT_ID: *ret = *(const char *const *)(const void *)(base + f->extra); break;
	case BOTAPI_CONST: *ret = botapi_name(f->extra); break;
	case BOTAPI_ENUM: {
		const struct botapi_enum *names = &botapi_enums[f->type];
		unsigned value = *(const unsigned *)at;

		if (value > names->count)
			return json_fail(e->err, TOBS_EINVAL, "%u is no %s", value,
				botapi_name(names->name));
		*ret = botapi_name(botapi_values[names->first + value - 1]);
		break;
	}
	case BOTAPI_FILE: return file_string(e, at, ret);
	default: break;
	}
	return TOBS_OK;
}

static int encode_elem(struct encoder *e, enum botapi_kind elem, uint16_t type, const uint8_t *at);

static int encode_array(
	struct encoder *e, enum botapi_kind elem, uint16_t type, const struct array *a)
{
	size_t size = elem == BOTAPI_INT ? sizeof(int64_t)
		: elem == BOTAPI_STRING  ? sizeof(char *)
		: elem == BOTAPI_ARRAY   ? sizeof *a
					 : botapi_types[type].size;
	int r = TOBS_OK;

	if (e->depth == TOBS_BOTAPI_DEPTH)
		return json_fail(e->err, TOBS_ETOOBIG, "nested deeper than %d", TOBS_BOTAPI_DEPTH);
	e->depth++;
	jsonw_array(&e->w);
	for (size_t i = 0; i < a->count && !r; i++)
		if ((r = encode_elem(e, elem, type, a->items + i * size)))
			json_at_index(e->err, i, r);
	/* A failure leaves the writer in the middle of something, and is the end of it. */
	if (!r)
		jsonw_end(&e->w);
	e->depth--;
	return r;
}

static int encode_elem(struct encoder *e, enum botapi_kind elem, uint16_t type, const uint8_t *at)
{
	const char *s;

	switch (elem) {
	case BOTAPI_INT: jsonw_i64(&e->w, *(const int64_t *)(const void *)at); return TOBS_OK;
	case BOTAPI_STRING:
		s = *(const char *const *)(const void *)at;
		if (!s)
			return json_fail(e->err, TOBS_EINVAL, "missing");
		jsonw_str(&e->w, s);
		return TOBS_OK;
	case BOTAPI_ARRAY:
		return encode_array(e, BOTAPI_OBJECT, type, (const struct array *)(const void *)at);
	default: return encode_object(e, type, at);
	}
}

static int encode_choice(struct encoder *e, const struct botapi_type *t, const uint8_t *at)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_variant *a = &botapi_variants[t->first + i];
		const void *object = *(const void *const *)(const void *)(at + a->offset);

		if (object)
			return encode_object(e, a->type, object);
	}
	return TOBS_OK;
}

/* The value of a field that is there. */
static int encode_field(struct encoder *e, const struct botapi_field *f, const uint8_t *base)
{
	const void *at = base + f->offset;
	const char *s;
	int r = string_of(e, f, base, &s);

	if (r)
		return r;
	if (s) {
		jsonw_str(&e->w, s);
		return TOBS_OK;
	}
	switch ((enum botapi_kind)f->kind) {
	case BOTAPI_INT:
	case BOTAPI_CHAT_ID: jsonw_i64(&e->w, *(const int64_t *)at); break;
	case BOTAPI_FLOAT:
		if (!isfinite(*(const double *)at))
			return json_fail(e->err, TOBS_EINVAL, "not a number");
		jsonw_double(&e->w, *(const double *)at);
		break;
	case BOTAPI_BOOL:
	case BOTAPI_TRUE: jsonw_bool(&e->w, *(const bool *)at); break;
	case BOTAPI_ALWAYS: jsonw_bool(&e->w, true); break;
	case BOTAPI_OBJECT: return encode_object(e, f->type, *(const void *const *)at);
	case BOTAPI_ARRAY: return encode_array(e, f->elem, f->type, at);
	case BOTAPI_CHOICE: return encode_choice(e, &botapi_types[f->type], at);
	default: break;
	}
	return TOBS_OK;
}

/* 1: to be written; 0: to be left out; or what is wrong with it. */
static int look_at(struct encoder *e, const struct botapi_field *f, const uint8_t *base)
{
	int r = wanted(e, f, base);

	if (r > 0 && f->limit && e->body && !(e->flags & BOTAPI_UNCHECKED)) {
		int checked = botapi_limit_check(f, base, e->err);

		return checked ? checked : r;
	}
	return r;
}

static int encode_struct(struct encoder *e, const struct botapi_type *t, const uint8_t *base)
{
	jsonw_object(&e->w);
	for (unsigned i = 0; i < t->count; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];
		struct tobs_view name = tobs_view(botapi_name(f->name), f->name_len);
		int r = look_at(e, f, base);

		if (r > 0) {
			jsonw_key_v(&e->w, name);
			r = encode_field(e, f, base);
		}
		if (r)
			return json_at_key(e->err, name, r);
	}
	jsonw_end(&e->w);
	return TOBS_OK;
}

static int encode_union(struct encoder *e, const struct botapi_type *t, const uint8_t *base)
{
	const struct botapi_variant *a = &botapi_variants[t->first];
	const struct tobs_view *raw = (const struct tobs_view *)(const void *)(base + a->offset);
	unsigned kind;

	memcpy(&kind, base, sizeof kind);
	if (kind > t->count)
		return json_fail(
			e->err, TOBS_EINVAL, "%u is no kind of %s", kind, botapi_name(t->name));
	if (kind == 0) {
		if (raw->len)
			jsonw_raw(&e->w, *raw);
		else if (e->body)
			return json_fail(e->err, TOBS_EINVAL, "its kind is not set");
		else
			jsonw_null(&e->w);
		return TOBS_OK;
	}
	a += kind - 1;
	base += a->offset;
	if (a->kind == BOTAPI_OBJECT)
		return encode_struct(e, &botapi_types[a->type], base);
	return encode_elem(
		e, a->kind == BOTAPI_ARRAY ? BOTAPI_ARRAY : BOTAPI_STRING, a->type, base);
}

static int encode_object(struct encoder *e, uint16_t type, const void *object)
{
	const struct botapi_type *t = &botapi_types[type];
	int r;

	if (e->depth == TOBS_BOTAPI_DEPTH)
		return json_fail(e->err, TOBS_ETOOBIG, "nested deeper than %d", TOBS_BOTAPI_DEPTH);
	e->depth++;
	r = t->form == BOTAPI_UNION ? encode_union(e, t, object) : encode_struct(e, t, object);
	e->depth--;
	return r;
}

/* ---- Whole bodies ----------------------------------------------------------- */

static int add_part(struct encoder *e, const struct botapi_part *part)
{
	return ARRAY_PUSH(&e->body->parts, *part) ? json_fail(e->err, TOBS_ENOMEM, "no memory")
						  : TOBS_OK;
}

/*
 * One argument as a part: strings as they are, everything else as JSON. A file is
 * its argument's part itself: the server looks for some (the certificate of
 * setWebhook) under no other name.
 */
static int encode_part(struct encoder *e, const struct botapi_field *f, const uint8_t *base)
{
	struct tobs_buf *text = &e->body->text;
	struct botapi_part part = { .field = botapi_name(f->name), .at = text->len };
	const char *s;
	int r;

	if (f->kind == BOTAPI_FILE) {
		part.file = (const void *)(base + f->offset);
		if (is_sent_along(e, part.file))
			return add_part(e, &part);
		part.file = NULL;
	}
	r = string_of(e, f, base, &s);
	if (r)
		return r;
	if (s) {
		utf8_repair(text, tobs_str(s));
	} else {
		json_writer_init(&e->w, text, 0);
		if ((r = encode_field(e, f, base)))
			return r;
	}
	part.len = text->len - part.at;
	return add_part(e, &part);
}

static int encode_form(struct encoder *e, const struct botapi_type *t, const uint8_t *args)
{
	int r = TOBS_OK;

	e->form = true;
	e->files = 0;
	tobs_buf_clear(&e->body->text);
	for (unsigned i = 0; i < t->count && r >= 0; i++) {
		const struct botapi_field *f = &botapi_fields[t->first + i];

		r = look_at(e, f, args);
		if (r > 0)
			r = encode_part(e, f, args);
		if (r < 0)
			json_at_key(e->err, tobs_view(botapi_name(f->name), f->name_len), r);
	}
	ARRAY_EACH (part, &e->attached)
		if (r >= 0 && ARRAY_PUSH(&e->body->parts, *part))
			r = json_fail(e->err, TOBS_ENOMEM, "no memory");
	ARRAY_DEINIT(&e->attached);
	return r;
}

int botapi_encode(enum tobs_method method, const void *args, unsigned flags,
	struct botapi_body *ret, struct tobs_err *err)
{
	const struct botapi_type *t = &botapi_types[method];
	static const union {
		max_align_t align;
		uint8_t bytes[NOTHING_BYTES];
	} nothing;
	struct encoder e = { .err = err, .body = ret, .flags = flags };
	int r;

	assert(t->size <= sizeof nothing);
	if (!args)
		args = &nothing;
	/* A certificate is sent also to a server that could read it itself. */
	if (method == TOBS_METHOD_SET_WEBHOOK)
		e.flags &= ~(unsigned)BOTAPI_LOCAL;
	tobs_buf_init(&e.uri, LOCAL_PATH_MAX);
	tobs_buf_clear(&ret->text);
	ret->parts.count = 0;
	json_writer_init(&e.w, &ret->text, 0);
	r = encode_struct(&e, t, args);
	if (!r && e.files)
		r = encode_form(&e, t, args);
	if (!r && tobs_buf_err(&ret->text))
		r = json_fail(err, tobs_buf_err(&ret->text), "the request is too large");
	tobs_buf_deinit(&e.uri);
	return r ? json_at_file(err, botapi_name(t->name), r) : TOBS_OK;
}

int tobs_botapi_print(struct tobs_buf *out, enum tobs_botapi_type type, const void *object)
{
	struct encoder e = { .depth = 0 };
	int r;

	json_writer_init(&e.w, out, 0);
	r = encode_object(&e, (uint16_t)type, object);
	return r ? r : tobs_buf_err(out);
}
