/* SPDX-License-Identifier: MIT */
/* Photos and documents: a short description in the message, a row in files. */
#include "export/from_tl_impl.h"

/* ---- sizes of a photo ---- */

struct size {
	struct tobs_view letter;
	int32_t w, h;
	int64_t bytes; /* of the file; 0: not a file of its own */
};

static bool read_size(const union tl_PhotoSize *s, struct size *ret)
{
	const struct tl_photoSizeProgressive *p = &s->photoSizeProgressive;

	switch (s->ctor) {
	case TL_photoSize:
		*ret = (struct size){ s->photoSize.type, s->photoSize.w, s->photoSize.h,
			s->photoSize.size };
		return true;
	case TL_photoSizeProgressive:
		/* The sizes at which it can be shown; the last is all of it. */
		*ret = (struct size){ p->type, p->w, p->h,
			p->sizes.count ? p->sizes.items[p->sizes.count - 1] : 0 };
		return true;
	case TL_photoCachedSize:
		*ret = (struct size){ s->photoCachedSize.type, s->photoCachedSize.w,
			s->photoCachedSize.h, (int64_t)s->photoCachedSize.bytes.len };
		return true;
	default: return false; /* outlines and blurs */
	}
}

static struct size largest(const struct tl_vec_PhotoSize *sizes)
{
	struct size best = { 0 }, s;

	for (uint32_t i = 0; i < sizes->count; i++)
		if (read_size(sizes->items[i], &s) &&
			(int64_t)s.w * s.h >= (int64_t)best.w * best.h)
			best = s;
	return best;
}

/* ---- into the batch ---- */

/* Bytes, or text that needs no look. */
static struct tobs_view keep(struct from_tl *f, struct tobs_view v)
{
	struct tobs_view kept = { 0 };

	if (v.len && tobs_arena_view(&f->b->arena, v, &kept))
		f->err = TOBS_ENOMEM;
	return kept;
}

static void add_file(struct from_tl *f, struct archive_file file)
{
	file.reference = keep(f, file.reference);
	file.size_letter = from_tl_text(f, file.size_letter);
	file.mime = from_tl_text(f, file.mime);
	file.name = from_tl_text(f, file.name);
	if (ARRAY_PUSH(&f->b->files, file))
		f->err = TOBS_ENOMEM;
}

/* ---- photos ---- */

void write_photo(struct from_tl *f, const union tl_Photo *photo)
{
	static const struct tobs_view jpeg = TOBS_LIT("image/jpeg");
	const struct tl_photo *p = &photo->photo;
	struct size s;

	jsonw_object(&f->w);
	if (photo->ctor == TL_photo) {
		s = largest(&p->sizes);
		put_number(f, "id", p->id);
		put_i64(f, "size", s.bytes);
		put_i64(f, "w", s.w);
		put_i64(f, "h", s.h);
		add_file(f,
			(struct archive_file){
				.photo = true,
				.id = p->id,
				.access_hash = p->access_hash,
				.reference = p->file_reference,
				.size_letter = s.letter,
				.dc = p->dc_id,
				.size = s.bytes,
				.mime = jpeg, /* core.telegram.org/api/files: all photos are */
			});
	} else {
		put_number(f, "id", photo->photoEmpty.id);
	}
	jsonw_end(&f->w);
}

void put_photo(struct from_tl *f, const char *key, const union tl_Photo *photo)
{
	if (!photo)
		return;
	jsonw_key(&f->w, key);
	write_photo(f, photo);
}

/* ---- documents ---- */

struct details {
	struct tobs_view name;
	int32_t w, h;
	double duration; /* s */
};

static struct details details_of(const struct tl_vec_DocumentAttribute *attributes)
{
	struct details d = { 0 };

	for (uint32_t i = 0; i < attributes->count; i++) {
		const union tl_DocumentAttribute *a = attributes->items[i];

		switch (a->ctor) {
		case TL_documentAttributeFilename:
			d.name = a->documentAttributeFilename.file_name;
			break;
		case TL_documentAttributeImageSize:
			d.w = a->documentAttributeImageSize.w;
			d.h = a->documentAttributeImageSize.h;
			break;
		case TL_documentAttributeVideo:
			d.w = a->documentAttributeVideo.w;
			d.h = a->documentAttributeVideo.h;
			d.duration = a->documentAttributeVideo.duration;
			break;
		case TL_documentAttributeAudio:
			d.duration = a->documentAttributeAudio.duration;
			break;
		default: break;
		}
	}
	return d;
}

void write_document(struct from_tl *f, const union tl_Document *document)
{
	const struct tl_document *doc = &document->document;
	struct details d;

	jsonw_object(&f->w);
	if (document->ctor == TL_document) {
		d = details_of(&doc->attributes);
		put_number(f, "id", doc->id);
		put_str(f, "name", d.name);
		put_str(f, "mime", doc->mime_type);
		put_i64(f, "size", doc->size);
		put_i64(f, "w", d.w);
		put_i64(f, "h", d.h);
		put_double(f, "duration", d.duration);
		put_str(f, "thumb", largest(&doc->thumbs).letter);
		add_file(f,
			(struct archive_file){
				.id = doc->id,
				.access_hash = doc->access_hash,
				.reference = doc->file_reference,
				.dc = doc->dc_id,
				.size = doc->size,
				.mime = doc->mime_type,
				.name = d.name,
			});
	} else {
		put_number(f, "id", document->documentEmpty.id);
	}
	jsonw_end(&f->w);
}

void put_document(struct from_tl *f, const char *key, const union tl_Document *document)
{
	if (!document)
		return;
	jsonw_key(&f->w, key);
	write_document(f, document);
}
