/* SPDX-License-Identifier: MIT */
#include "sim/file.h"

#include <stdio.h>
#include <unistd.h>

#include "base/rand.h"
#include "crypto/sha.h"
#include "support/sim_world.h"
#include "support/test.h"

static const union tl_Document *made(
	struct sim_world *w, int64_t id, int64_t size, const char *mime)
{
	const union tl_Document *d = NULL;

	assert_ok(sim_document_add(w,
		&(struct sim_document_args){
			.id = id, .mime = tobs_str(mime), .content.size = size, .date = 5 },
		&d, NULL));
	return d;
}

/* Any range is what the whole says it is, wherever it begins. */
static void ranges_agree(void **state)
{
	struct sim_world *w = test_world();
	struct prng p = { 3 };
	struct sim_file f;
	const struct sim_blob *b;
	uint8_t whole[5000], part[5000];
	size_t n;

	(void)state;
	made(w, 11, sizeof whole, "video/mp4");
	assert_ok(sim_file_find(w, 11, NULL, &f));
	b = sim_file_blob(&f, tobs_str(""));
	assert_ok(sim_blob_read(b, 0, whole, sizeof whole, &n, NULL));
	assert_int_equal(n, sizeof whole);
	assert_memory_equal(whole + 4, "ftyp", 4);
	for (int i = 0; i < 2000; i++) {
		size_t from = prng_below(&p, sizeof whole), len = prng_below(&p, sizeof part);
		size_t want = MIN(len, sizeof whole - from);

		assert_ok(sim_blob_read(b, (int64_t)from, part, len, &n, NULL));
		assert_int_equal(n, want);
		assert_memory_equal(part, whole + from, want);
	}
	assert_ok(sim_blob_read(b, sizeof whole, part, 10, &n, NULL));
	assert_int_equal(n, 0);
	assert_code(sim_blob_read(b, -1, part, 10, &n, NULL), TOBS_EINVAL);
	sim_world_free(w);
}

static void four_gigabytes_cost_nothing(void **state)
{
	struct sim_world *w = test_world();
	const union tl_Document *d = made(w, 12, INT64_C(4) << 30, "application/zip");
	struct sim_file f;
	uint8_t one[64], two[64];
	size_t n;

	(void)state;
	assert_true(d->document.size == INT64_C(4) << 30);
	assert_ok(sim_file_find(w, 12, NULL, &f));
	assert_ok(sim_blob_read(
		sim_file_blob(&f, tobs_str("")), (INT64_C(4) << 30) - 10, one, 64, &n, NULL));
	assert_int_equal(n, 10);
	/* Parts differ from one another, and files too. */
	assert_ok(sim_blob_read(f.blobs, INT64_C(3) << 30, one, 64, &n, NULL));
	assert_ok(sim_blob_read(f.blobs, INT64_C(2) << 30, two, 64, &n, NULL));
	assert_memory_not_equal(one, two, 64);
	made(w, 13, 1 << 20, "application/zip");
	assert_ok(sim_file_find(w, 13, NULL, &f));
	assert_ok(sim_blob_read(f.blobs, 1 << 19, two, 64, &n, NULL));
	assert_memory_not_equal(one, two, 64);
	sim_world_free(w);
}

static void hashes_are_those_of_the_bytes(void **state)
{
	struct sim_world *w = test_world();
	uint8_t whole[200000], have[32], want[32];
	struct sim_file f;
	size_t n;

	(void)state;
	made(w, 14, sizeof whole, "image/png");
	assert_ok(sim_file_find(w, 14, NULL, &f));
	assert_ok(sim_blob_read(f.blobs, 0, whole, sizeof whole, &n, NULL));
	assert_ok(sim_blob_sha256(f.blobs, 100, 131072, have, NULL));
	SHA256_OF(want, tobs_view(whole + 100, 131072));
	assert_memory_equal(have, want, 32);
	assert_ok(sim_blob_sha256(f.blobs, 131072, 131072, have, NULL));
	SHA256_OF(want, tobs_view(whole + 131072, sizeof whole - 131072));
	assert_memory_equal(have, want, 32);
	sim_world_free(w);
}

static void text_is_printable(void **state)
{
	struct sim_world *w = test_world();
	uint8_t bytes[3000];
	struct sim_file f;
	size_t n;

	(void)state;
	made(w, 15, sizeof bytes, "text/plain");
	assert_ok(sim_file_find(w, 15, NULL, &f));
	assert_ok(sim_blob_read(f.blobs, 0, bytes, sizeof bytes, &n, NULL));
	for (size_t i = 0; i < n; i++)
		assert_true(bytes[i] == '\n' || (bytes[i] >= ' ' && bytes[i] < 127));
	sim_world_free(w);
}

static void files_on_disk_and_in_memory(void **state)
{
	char path[] = "/tmp/tobs-test-XXXXXX";
	int fd = mkstemp(path);
	struct sim_world *w = test_world();
	const union tl_Document *d = NULL;
	struct tobs_err err;
	struct sim_file f;
	uint8_t buf[16];
	size_t n;

	(void)state;
	assert_true(fd >= 0 && write(fd, "0123456789", 10) == 10);
	assert_ok(sim_document_add(w,
		&(struct sim_document_args){
			.id = 1, .content = { .path = tobs_str(path), .size = 99 } },
		&d, NULL));
	assert_int_equal(d->document.size, 10);
	assert_view(d->document.mime_type, "application/octet-stream");
	assert_ok(sim_file_find(w, 1, NULL, &f));
	assert_ok(sim_blob_read(f.blobs, 3, buf, sizeof buf, &n, NULL));
	assert_int_equal(n, 7);
	assert_memory_equal(buf, "3456789", 7);
	assert_int_equal(ftruncate(fd, 5), 0);
	assert_code(sim_blob_read(f.blobs, 3, buf, sizeof buf, &n, &err), TOBS_EIO);
	close(fd);
	unlink(path);
	assert_code(sim_blob_read(f.blobs, 3, buf, sizeof buf, &n, &err), TOBS_EIO);
	assert_code(
		sim_document_add(
			w, &(struct sim_document_args){ .content.path = tobs_str(path) }, &d, &err),
		TOBS_EIO);
	assert_ok(sim_document_add(w,
		&(struct sim_document_args){ .id = 2, .content.bytes = TOBS_LIT("abc") }, &d,
		NULL));
	assert_ok(sim_file_find(w, 2, NULL, &f));
	assert_ok(sim_blob_read(f.blobs, 1, buf, sizeof buf, &n, NULL));
	assert_memory_equal(buf, "bc", 2);
	assert_code(sim_document_add(w, &(struct sim_document_args){ .id = 2 }, &d, &err),
		TOBS_EEXISTS);
	assert_code(sim_file_find(w, 3, NULL, &f), TOBS_ENOTFOUND);
	sim_world_free(w);
}

static void references_expire(void **state)
{
	struct sim_world *w = test_world();
	const union tl_Document *d = made(w, 16, 10, "image/png");
	struct tobs_view now = d->document.file_reference;
	uint8_t old[SIM_REFERENCE_BYTES], bent[SIM_REFERENCE_BYTES];

	(void)state;
	assert_int_equal(now.len, sizeof old);
	assert_int_equal(sim_reference_check(w, 16, now), SIM_REFERENCE_OK);
	memcpy(old, now.ptr, sizeof old);
	sim_references_expire(w);
	assert_int_equal(
		sim_reference_check(w, 16, tobs_view(old, sizeof old)), SIM_REFERENCE_EXPIRED);
	/* What the message shows has changed with it. */
	assert_int_equal(sim_reference_check(w, 16, now), SIM_REFERENCE_OK);
	assert_int_equal(sim_reference_check(w, 17, now), SIM_REFERENCE_INVALID);
	assert_int_equal(sim_reference_check(w, 16, tobs_view(now.ptr, 20)), SIM_REFERENCE_INVALID);
	for (size_t i = 0; i < sizeof bent; i++) {
		memcpy(bent, now.ptr, sizeof bent);
		bent[i] ^= 4;
		assert_int_equal(sim_reference_check(w, 16, tobs_view(bent, sizeof bent)),
			SIM_REFERENCE_INVALID);
	}
	sim_world_free(w);
}

static void photos_have_the_sizes_telegram_gives(void **state)
{
	static const struct {
		int32_t w, h;
		const char *letters;
	} cases[] = { { 60, 90, "s" }, { 320, 200, "m" }, { 321, 200, "mx" }, { 800, 600, "mx" },
		{ 1280, 720, "mxy" }, { 2000, 2560, "mxyw" }, { 4000, 3000, "mxyw" },
		{ 0, 0, "s" } };
	struct sim_world *w = test_world();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const union tl_Photo *p = NULL;
		struct sim_file f;

		assert_ok(sim_photo_add(w,
			&(struct sim_photo_args){
				.width = cases[i].w, .height = cases[i].h, .content.size = 50000 },
			&p, NULL));
		assert_int_equal(p->photo.sizes.count, strlen(cases[i].letters));
		assert_ok(sim_file_find(w, p->photo.id, NULL, &f));
		for (uint32_t k = 0; k < p->photo.sizes.count; k++) {
			const struct tl_photoSize *s = &p->photo.sizes.items[k]->photoSize;
			const struct sim_blob *b = sim_file_blob(&f, s->type);

			assert_int_equal(s->type.ptr[0], cases[i].letters[k]);
			assert_int_equal(b->size, s->size);
			/* Clients take the one with the most bytes for the original. */
			assert_true(!k || s->size > p->photo.sizes.items[k - 1]->photoSize.size);
		}
		assert_int_equal(
			p->photo.sizes.items[p->photo.sizes.count - 1]->photoSize.size, 50000);
		assert_null(sim_file_blob(&f, tobs_str("")));
		assert_null(sim_file_blob(&f, tobs_str("q")));
		assert_encodes(p);
	}
	sim_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_agree),
		cmocka_unit_test(four_gigabytes_cost_nothing),
		cmocka_unit_test(hashes_are_those_of_the_bytes),
		cmocka_unit_test(text_is_printable),
		cmocka_unit_test(files_on_disk_and_in_memory),
		cmocka_unit_test(references_expire),
		cmocka_unit_test(photos_have_the_sizes_telegram_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
