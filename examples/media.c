/* SPDX-License-Identifier: MIT */
/*
 * Files in and out. A photo that comes is downloaded and sent back as a file, as
 * Telegram shows photos smaller and without a name; of a file it says how many
 * bytes, lines and words are in it, and sends that as a report.
 *
 *     BOT_TOKEN=… example_media
 *     examples/talk.py build/release/examples/example_media     without an account
 */
#include <inttypes.h>
#include <stdio.h>
#include <tobs/bot.h>

enum { PHOTO_MAX = 20 << 20, FILE_MAX = 1 << 20 };

static int on_start(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx,
		"Send me a photo, and you get it as a file; or a text file, and "
		"I count what is in it.");
}

static int send_back(
	struct tobs_ctx *ctx, const struct tobs_buf *data, const char *name, const char *caption)
{
	return tobs_send_document(tobs_ctx_bot(ctx),
		&(struct tobs_send_document){
			.chat_id = tobs_chat_id(ctx),
			.document = tobs_file_memory(data->ptr, data->len, name),
			.caption = caption,
			.reply_parameters =
				&(struct tobs_reply_parameters){
					.message_id = tobs_ctx_message(ctx)->message_id },
			.disable_content_type_detection = true,
		},
		NULL);
}

/* The sizes of a photo come smallest first. */
static int on_photo(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_message *m = tobs_ctx_message(ctx);
	const struct tobs_photo_size *largest = &m->photo.items[m->photo.count - 1];
	struct tobs_buf data;
	char name[64];
	int r;

	tobs_buf_init(&data, PHOTO_MAX);
	tobs_show_action(ctx, TOBS_CHAT_ACTION_UPLOAD_DOCUMENT);
	r = tobs_bot_download_buf(tobs_ctx_bot(ctx), largest->file_id, &data);
	if (!r) {
		snprintf(name, sizeof name, "photo-%" PRId64 "x%" PRId64 ".jpg", largest->width,
			largest->height);
		r = send_back(ctx, &data, name, m->caption);
	}
	tobs_buf_deinit(&data);
	return r;
}

struct counts {
	size_t bytes, lines, words;
};

static struct counts count(const struct tobs_buf *data)
{
	struct counts n = { .bytes = data->len };
	bool inside = false;

	for (size_t i = 0; i < data->len; i++) {
		uint8_t c = data->ptr[i];
		bool space = c == ' ' || (c >= '\t' && c <= '\r');

		n.lines += c == '\n';
		n.words += !space && !inside;
		inside = !space;
	}
	return n;
}

static int on_document(struct tobs_ctx *ctx, void *user)
{
	const struct tobs_document *d = tobs_ctx_message(ctx)->document;
	struct tobs_buf data, report;
	struct counts n;
	int r;

	tobs_buf_init(&data, FILE_MAX);
	tobs_buf_init(&report, FILE_MAX);
	r = tobs_bot_download_buf(tobs_ctx_bot(ctx), d->file_id, &data);
	if (r == TOBS_ETOOBIG) {
		r = tobs_reply(
			ctx, "That is more than %d KiB; I count smaller ones.", FILE_MAX >> 10);
	} else if (!r) {
		n = count(&data);
		tobs_buf_printf(&report, "file,bytes,lines,words\n%s,%zu,%zu,%zu\n",
			d->file_name ? d->file_name : "", n.bytes, n.lines, n.words);
		r = send_back(ctx, &report, "report.csv", NULL);
	}
	tobs_buf_deinit(&report);
	tobs_buf_deinit(&data);
	return r;
}

int main(void)
{
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){ .token_env = "BOT_TOKEN" });

	tobs_on_command(bot, "start help", on_start, NULL);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_PHOTO), on_photo, NULL);
	tobs_on(bot, tobs_f_media(TOBS_MEDIA_DOCUMENT), on_document, NULL);
	return tobs_bot_run(bot);
}
