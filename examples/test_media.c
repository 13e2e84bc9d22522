/* SPDX-License-Identifier: MIT */
/* A test of media.c: what comes back is looked into. */
#define main media_main
#include "media.c"
#undef main
#include <string.h>
#include <tobs/test.h>

/* The file of the message that was looked at last. */
static void expect_file(struct tobs_test *t, struct tobs_test_user *u, const char *name,
	size_t size, const char *begins)
{
	const struct tobs_document *d = tobs_test_message(u) ? tobs_test_message(u)->document
							     : NULL;
	struct tobs_buf data;

	tobs_buf_init(&data, PHOTO_MAX);
	if (!d || strcmp(d->file_name, name) != 0)
		tobs_test_failed(
			t, "expected the file %s, but it is %s", name, d ? d->file_name : "none");
	else if (tobs_bot_download_buf(tobs_test_bot(t), d->file_id, &data))
		tobs_test_failed(t, "%s cannot be downloaded", name);
	else if (data.len != size || memcmp(data.ptr, begins, strlen(begins)) != 0)
		tobs_test_failed(t, "%s holds %zu bytes: %s", name, data.len, tobs_buf_str(&data));
	tobs_buf_deinit(&data);
}

int main(void)
{
	static const char report[] = "file,bytes,lines,words\nmedia.txt,14,2,3\n";
	struct tobs_test *t = tobs_test_new(&(struct tobs_test_options){ .program = media_main });
	struct tobs_test_user *ada = tobs_test_user(t, "Ada");
	FILE *f = fopen("media.txt", "w");

	if (!f || fputs("one two\nthree\n", f) < 0 || fclose(f))
		tobs_test_failed(t, "media.txt cannot be written");
	tobs_test_send(ada, "file", "media.txt", 0, NULL);
	tobs_test_expect_media(ada, "document");
	expect_file(t, ada, "report.csv", strlen(report), report);
	remove("media.txt");

	tobs_test_send(ada, "file", NULL, FILE_MAX + 1, NULL);
	tobs_test_expect_text(ada, "That is more than 1024 KiB; I count smaller ones.");

	tobs_test_send(ada, "photo", NULL, 30000, "my hen");
	tobs_test_expect_text(ada, "my hen");
	expect_file(t, ada, "photo-640x480.jpg", 30000, "");
	tobs_test_expect_nothing(ada);
	return tobs_test_free(t);
}
