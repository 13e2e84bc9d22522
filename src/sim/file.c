/* SPDX-License-Identifier: MIT */
#include "sim/file.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/endian.h"
#include "sim/inner.h"

enum { HALF_SIDE = 640 /* a preview of that side has at most half the bytes of the whole */ };

/* ---- file references: 01, epoch, 16 bytes that only we can make ---- */

static void make_reference(const struct sim_world *w, int64_t id, uint32_t epoch, uint8_t *out)
{
	out[0] = 1;
	put_be32(out + 1, epoch);
	put_le64(out + 5, (uint64_t)sim_hash(w, "reference", id ^ (int64_t)epoch << 32));
	put_le64(out + 13, (uint64_t)sim_hash(w, "reference again", ~id ^ (int64_t)epoch << 31));
}

void sim_reference_make(const struct sim_world *w, int64_t id, uint8_t *out)
{
	make_reference(w, id, w->reference_epoch, out);
}

enum sim_reference_state sim_reference_check(
	const struct sim_world *w, int64_t id, struct tobs_view reference)
{
	uint8_t want[SIM_REFERENCE_BYTES];
	uint32_t epoch;

	if (reference.len != sizeof want || reference.ptr[0] != 1)
		return SIM_REFERENCE_INVALID;
	epoch = get_be32(reference.ptr + 1);
	make_reference(w, id, epoch, want);
	if (memcmp(want, reference.ptr, sizeof want) != 0 || epoch > w->reference_epoch)
		return SIM_REFERENCE_INVALID;
	return epoch == w->reference_epoch ? SIM_REFERENCE_OK : SIM_REFERENCE_EXPIRED;
}

/* A file that is kept: messages point at its reference, so it can be rewritten in place. */
struct stored_file {
	struct sim_file file;
	uint8_t reference[SIM_REFERENCE_BYTES];
};

void sim_references_expire(struct sim_world *w)
{
	w->reference_epoch++;
	MAP_EACH (slot, &w->files) {
		struct stored_file *f = slot->value;

		sim_reference_make(w, f->file.id, f->reference);
	}
}

/* ---- finding ---- */

int sim_file_find(
	const struct sim_world *w, int64_t id, struct tobs_arena *arena, struct sim_file *ret)
{
	const struct stored_file *f = map_get(&w->files, (uint64_t)id);

	if (f) {
		*ret = f->file;
		return TOBS_OK;
	}
	ARRAY_EACH (s, &w->sources)
		if ((*s)->ops->file && (*s)->ops->file(*s, id, arena, ret))
			return TOBS_OK;
	return TOBS_ENOTFOUND;
}

const struct sim_blob *sim_file_blob(const struct sim_file *f, struct tobs_view letter)
{
	char wanted = letter.len == 1 ? (char)letter.ptr[0] : 0;

	if (letter.len > 1)
		return NULL;
	for (size_t i = 0; i < f->blob_count; i++)
		if (f->blobs[i].letter == wanted)
			return &f->blobs[i];
	return NULL;
}

int sim_file_dc(const struct sim_world *w, int64_t id)
{
	return 1 + (int)(sim_mix((uint64_t)id) % (uint64_t)w->options.dc_count);
}

uint64_t sim_blob_seed(const struct sim_world *w, int64_t id, char letter)
{
	return (uint64_t)sim_hash(w, "bytes", (int64_t)((uint64_t)id * 256 + (uint8_t)letter));
}

/* ---- adding ---- */

static int set_content(struct sim_world *w, int64_t id, char letter, const struct sim_content *c,
	const char *mime, struct sim_blob *ret, struct tobs_err *err)
{
	struct stat st;

	*ret = (struct sim_blob){ .letter = letter, .size = c->size, .mime = mime };
	if (c->path.len) {
		ret->origin = SIM_ON_DISK;
		ret->path = (const char *)sim_keep(w, c->path).ptr;
		if (!ret->path)
			return tobs_fail(err, TOBS_ENOMEM, "no memory for a file");
		if (stat(ret->path, &st))
			return tobs_fail_sys(err, TOBS_EIO, errno, "cannot open %s", ret->path);
		if (!S_ISREG(st.st_mode))
			return tobs_fail(err, TOBS_EIO, "%s is not a file", ret->path);
		ret->size = st.st_size;
	} else if (c->bytes.ptr) {
		ret->origin = SIM_IN_MEMORY;
		ret->size = (int64_t)c->bytes.len;
		ret->bytes = sim_keep(w, c->bytes).ptr;
		if (c->bytes.len && !ret->bytes)
			return tobs_fail(err, TOBS_ENOMEM, "no memory for a file");
	} else {
		ret->seed = sim_blob_seed(w, id, letter);
	}
	return TOBS_OK;
}

static int check_id(struct sim_world *w, int64_t *id, struct tobs_err *err)
{
	while (!*id) {
		*id = sim_hash(w, "file", (int64_t)w->made_up++);
		if (map_get(&w->files, (uint64_t)*id))
			*id = 0;
	}
	if (map_get(&w->files, (uint64_t)*id))
		return tobs_fail(err, TOBS_EEXISTS, "there is a file with id %lld", (long long)*id);
	return TOBS_OK;
}

static struct stored_file *new_file(struct sim_world *w, int64_t id, int dc, size_t blobs)
{
	struct stored_file *f = TOBS_ARENA_NEW(&w->arena, struct stored_file);

	if (!f || !(f->file.blobs = TOBS_ARENA_ARRAY(&w->arena, blobs, struct sim_blob)))
		return NULL;
	f->file.id = id;
	f->file.access_hash = sim_hash(w, "file access", id);
	f->file.dc = dc ? dc : sim_file_dc(w, id);
	f->file.blob_count = blobs;
	f->file.reference = f->reference;
	sim_reference_make(w, id, f->reference);
	return f;
}

static struct sim_blob *blobs_of(struct stored_file *f)
{
	union {
		const struct sim_blob *in;
		struct sim_blob *out;
	} u = { f->file.blobs };

	return u.out;
}

static int no_memory(struct tobs_err *err)
{
	return tobs_fail(err, TOBS_ENOMEM, "no memory for a file");
}

static bool set_thumb(struct sim_world *w, struct tl_document *d,
	const struct sim_document_args *args, int64_t size)
{
	struct tl_photoSize *thumb = SIM_NEW(&w->arena, photoSize);
	const union tl_PhotoSize **items = TOBS_ARENA_ARRAY(
		&w->arena, 1, const union tl_PhotoSize *);

	if (!thumb || !items)
		return false;
	thumb->type = tobs_str("m");
	thumb->w = args->thumb_w ? args->thumb_w : 320;
	thumb->h = args->thumb_h ? args->thumb_h : 240;
	thumb->size = (int32_t)size;
	items[0] = (const void *)thumb;
	d->thumbs = (struct tl_vec_PhotoSize){ 1, items };
	return true;
}

int sim_document_add(struct sim_world *w, const struct sim_document_args *args,
	const union tl_Document **ret, struct tobs_err *err)
{
	struct tl_document *d = SIM_NEW(&w->arena, document);
	struct stored_file *f;
	struct sim_blob *blobs;
	int64_t id = args->id;
	int r = check_id(w, &id, err);

	if (r)
		return r;
	f = new_file(w, id, args->dc, args->has_thumb ? 2 : 1);
	if (!d || !f)
		return no_memory(err);
	d->mime_type = sim_keep(
		w, args->mime.len ? args->mime : tobs_str("application/octet-stream"));
	blobs = blobs_of(f);
	r = set_content(w, id, 0, &args->content, (const char *)d->mime_type.ptr, &blobs[0], err);
	if (!r && args->has_thumb)
		r = set_content(w, id, 'm', &args->thumb, "image/jpeg", &blobs[1], err);
	if (r)
		return r;
	d->id = id;
	d->access_hash = f->file.access_hash;
	d->file_reference = tobs_view(f->reference, sizeof f->reference);
	d->date = args->date;
	d->size = blobs[0].size;
	d->dc_id = f->file.dc;
	d->attributes = args->attributes;
	if (args->has_thumb && !set_thumb(w, d, args, blobs[1].size))
		return no_memory(err);
	f->file.tl = d;
	if (map_put(&w->files, (uint64_t)id, f))
		return no_memory(err);
	*ret = (const void *)d;
	return TOBS_OK;
}

size_t sim_photo_sizes(int32_t width, int32_t height, struct sim_photo_size ret[4])
{
	/* Telegram's letters and the longer side each has at most. */
	static const struct {
		char letter;
		int32_t side;
	} steps[] = { { 's', 100 }, { 'm', 320 }, { 'x', 800 }, { 'y', 1280 }, { 'w', 2560 } };
	int32_t longer = MAX(MAX(width, height), 1);
	size_t n = 0;

	for (size_t i = 1; i < ARRAY_LEN(steps) && n < 3 && steps[i].side < longer; i++)
		ret[n++] = (struct sim_photo_size){ steps[i].letter,
			(int32_t)((int64_t)width * steps[i].side / longer),
			(int32_t)((int64_t)height * steps[i].side / longer) };
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (steps[i].side < longer && i + 1 < ARRAY_LEN(steps))
			continue;
		ret[n++] = (struct sim_photo_size){ steps[i].letter, width, height };
		break;
	}
	return n;
}

int64_t sim_thumb_size(const struct sim_photo_size *size, int64_t whole)
{
	int64_t side = MAX(size->width, size->height);

	return MAX(1,
		MIN(700 + (int64_t)size->width * size->height / 9,
			whole * side / (side + HALF_SIDE)));
}

static const union tl_PhotoSize **photo_sizes(struct sim_world *w,
	const struct sim_photo_size *sizes, const struct sim_blob *blobs, size_t n)
{
	const union tl_PhotoSize **items = TOBS_ARENA_ARRAY(
		&w->arena, n, const union tl_PhotoSize *);

	for (size_t i = 0; items && i < n; i++) {
		struct tl_photoSize *s = SIM_NEW(&w->arena, photoSize);

		if (!s)
			return NULL;
		s->type = sim_keep(w, tobs_view(&sizes[i].letter, 1));
		s->w = sizes[i].width;
		s->h = sizes[i].height;
		s->size = (int32_t)blobs[i].size;
		items[i] = (const void *)s;
	}
	return items;
}

int sim_photo_add(struct sim_world *w, const struct sim_photo_args *args,
	const union tl_Photo **ret, struct tobs_err *err)
{
	struct tl_photo *p = SIM_NEW(&w->arena, photo);
	struct sim_photo_size sizes[4];
	size_t n = sim_photo_sizes(args->width, args->height, sizes);
	struct stored_file *f;
	struct sim_blob *blobs;
	int64_t id = args->id;
	int r = check_id(w, &id, err);

	if (r)
		return r;
	f = new_file(w, id, args->dc, n);
	if (!p || !f)
		return no_memory(err);
	blobs = blobs_of(f);
	r = set_content(
		w, id, sizes[n - 1].letter, &args->content, "image/jpeg", &blobs[n - 1], err);
	if (r)
		return r;
	for (size_t i = 0; i + 1 < n; i++) {
		struct sim_content made = { .size = sim_thumb_size(&sizes[i], blobs[n - 1].size) };

		r = set_content(w, id, sizes[i].letter, &made, "image/jpeg", &blobs[i], err);
		if (r)
			return r;
	}
	p->id = id;
	p->access_hash = f->file.access_hash;
	p->file_reference = tobs_view(f->reference, sizeof f->reference);
	p->date = args->date;
	p->dc_id = f->file.dc;
	p->has_stickers = args->has_stickers;
	p->sizes = (struct tl_vec_PhotoSize){ (uint32_t)n, photo_sizes(w, sizes, blobs, n) };
	f->file.photo = true;
	f->file.tl = p;
	if (!p->sizes.items || map_put(&w->files, (uint64_t)id, f))
		return no_memory(err);
	*ret = (const void *)p;
	return TOBS_OK;
}
