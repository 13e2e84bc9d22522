/* SPDX-License-Identifier: MIT */
/* Files up and down. */
#include "sim/image.h"
#include "support/http_raw.h"
#include "support/sim_bots.h"

/* A PNG of 3 by 2 points as far as its head goes; some bytes follow. */
static const char png[] =
	"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0 these are not compressed";

static struct tobs_buf form;

static void begin(void)
{
	tobs_buf_init(&form, 64 << 20);
}

static void field(const char *name, const char *value)
{
	tobs_buf_printf(&form, "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
		name, value);
}

static void file(const char *name, const char *filename, struct tobs_view data)
{
	tobs_buf_printf(&form,
		"--b\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
		"Content-Type: application/octet-stream\r\n\r\n",
		name, filename);
	tobs_buf_putv(&form, data);
	tobs_buf_puts(&form, "\r\n");
}

/* Sends the form and forgets it. */
static const char *end(const char *method)
{
	char path[128];
	const char *answer;

	snprintf(path, sizeof path, "/bot100:secret/%s", method);
	assert_ok(tobs_buf_puts(&form, "--b--\r\n"));
	answer = api_raw("POST", path, "multipart/form-data; boundary=b", tobs_buf_view(&form));
	tobs_buf_deinit(&form);
	return answer;
}

static void has(const char *answer, const char *part)
{
	if (!strstr(answer, part))
		fail_msg("no %s in %s", part, answer);
}

/* The value of the last member of that name. */
static void last(const char *answer, const char *name, char *ret, size_t size)
{
	char key[64];
	const char *at = answer, *found = NULL;
	size_t n;

	snprintf(key, sizeof key, "\"%s\":\"", name);
	while ((at = strstr(at, key)))
		found = at += strlen(key);
	assert_non_null(found);
	n = strcspn(found, "\"");
	assert_true(n < size);
	memcpy(ret, found, n);
	ret[n] = 0;
}

static struct tobs_view png_view(void)
{
	return tobs_view(png, sizeof png - 1);
}

/* The bytes behind a file_id. */
static const char *fetch(const char *id)
{
	char args[256], path[256], url[320];

	snprintf(args, sizeof args, "{'file_id':'%s'}", id);
	last(api("getFile", args), "file_path", path, sizeof path);
	snprintf(url, sizeof url, "/file/bot100:secret/%s", path);
	return api_raw("GET", url, NULL, tobs_str(""));
}

BOT_TEST(photo_up_and_down)
{
	char id[128], args[256];
	const char *answer;

	begin();
	field("chat_id", "1");
	field("caption", "<b>c</b>");
	field("parse_mode", "HTML");
	file("photo", "x.png", png_view());
	answer = end("sendPhoto");
	has(answer, "\"width\":3,\"height\":2,\"file_size\":54}]");
	has(answer, "\"caption\":\"c\",\"caption_entities\":[{\"type\":\"bold\"");
	last(answer, "file_id", id, sizeof id);
	assert_memory_equal(fetch(id), png, sizeof png - 1);
	assert_int_equal(api_status(), 200);
	/* Again, by its id; not as something else, not by another bot. */
	snprintf(args, sizeof args, "{'chat_id':1,'photo':'%s'}", id);
	api_has("sendPhoto", args, "'photo':[{'file_id':'");
	assert_non_null(
		strstr(api_as("200:secret", "getFile", "{'file_id':'x'}"), "invalid file_id"));
	snprintf(args, sizeof args, "{'chat_id':1,'document':'%s'}", id);
	api_fails(
		"sendDocument", args, 400, "Bad Request: can't use file of type Photo as Document");
	snprintf(args, sizeof args, "{'file_id':'%s'}", id);
	assert_non_null(strstr(api_as("200:secret", "getFile", args), "invalid file_id"));
	return TOBS_OK;
}

BOT_TEST(document_with_thumbnail)
{
	char id[128];
	const char *answer;

	begin();
	field("chat_id", "1");
	file("document", "notes \\\"1\\\".txt", tobs_str("some notes"));
	file("thumbnail", "t.png", png_view());
	answer = end("sendDocument");
	has(answer,
		"\"file_name\":\"notes \\\"1\\\".txt\",\"mime_type\":\"text/plain\",\"file_size\":10");
	has(answer, "\"thumbnail\":{\"file_id\":\"");
	/* The thumbnail stands before the document's own. */
	last(strstr(answer, "\"document\""), "file_unique_id", id, sizeof id);
	answer = strstr(answer, "\"document\":{");
	assert_non_null(answer);
	last(answer, "file_id", id, sizeof id);
	assert_int_equal(strncmp(fetch(id), png, 8), 0);
	return TOBS_OK;
}

BOT_TEST(kinds)
{
	begin();
	field("chat_id", "1");
	field("duration", "7");
	field("performer", "P");
	field("title", "T");
	file("audio", "a.mp3", tobs_str("ID3xx"));
	has(end("sendAudio"),
		"\"duration\":7,\"performer\":\"P\",\"title\":\"T\",\"file_name\":\"a.mp3\","
		"\"mime_type\":\"audio/mpeg\",\"file_size\":5");
	begin();
	field("chat_id", "1");
	field("duration", "2");
	file("voice", "v.ogg", tobs_str("OggS"));
	has(end("sendVoice"), "\"duration\":2,\"mime_type\":\"audio/ogg\",\"file_size\":4");
	begin();
	field("chat_id", "1");
	field("width", "20");
	field("height", "10");
	file("video", "v.mp4", tobs_str("xx"));
	has(end("sendVideo"), "\"width\":20,\"height\":10,\"duration\":0");
	begin();
	field("chat_id", "1");
	file("animation", "v.mp4", tobs_str("xx"));
	has(end("sendAnimation"), "\"animation\":{");
	begin();
	field("chat_id", "1");
	field("length", "90");
	file("video_note", "v.mp4", tobs_str("xx"));
	has(end("sendVideoNote"), "\"video_note\":{");
	begin();
	field("chat_id", "1");
	field("emoji", "x");
	file("sticker", "s.webp", tobs_str("RIFF....WEBPVP8 "));
	has(end("sendSticker"), "\"is_animated\":false,\"is_video\":false,\"emoji\":\"x\"");
	return TOBS_OK;
}

BOT_TEST(albums)
{
	const char *answer;
	char group[64];

	begin();
	field("chat_id", "1");
	field("media",
		"[{\"type\":\"photo\",\"media\":\"attach://a\",\"caption\":\"*c*\",\"parse_mode\":"
		"\"Markdown\"},{\"type\":\"photo\",\"media\":\"attach://b\"}]");
	file("a", "a.png", png_view());
	file("b", "b.png", png_view());
	answer = end("sendMediaGroup");
	has(answer, "\"caption\":\"c\"");
	has(answer, "\"message_id\":3");
	last(answer, "media_group_id", group, sizeof group);
	assert_non_null(strstr(strstr(answer, group) + 1, group));
	api_fails("sendMediaGroup", "{'chat_id':1,'media':[]}", 400, "Bad Request: media is empty");
	api_fails("sendMediaGroup",
		"{'chat_id':1,'media':[{'type':'audio','media':'http://e.org/a.mp3'},"
		"{'type':'photo','media':'http://e.org/a.jpg'}]}",
		400, "Bad Request: audio can't be mixed with other media types");
	api_fails("sendMediaGroup",
		"{'chat_id':1,'media':[{'type':'photo','media':'attach://x'},"
		"{'type':'photo','media':'http://e.org/a.jpg'}]}",
		400, "Bad Request: there is no file with that name in the request");
	api_fails("sendMediaGroup", "{'chat_id':1,'media':[{'type':'hologram'}]}", 400,
		"Bad Request: can't parse media: InputMedia has an unknown type");
	return TOBS_OK;
}

/* Nothing is fetched: what a URL names is made up, and the same each time. */
BOT_TEST(urls)
{
	char first[128], second[128];

	last(api("sendDocument", "{'chat_id':1,'document':'https://e.org/d/report.pdf?x=1'}"),
		"file_unique_id", first, sizeof first);
	has(api("sendDocument", "{'chat_id':1,'document':'https://e.org/d/report.pdf?x=1'}"),
		"\"file_name\":\"report.pdf\",\"mime_type\":\"application/pdf\"");
	last(api("sendDocument", "{'chat_id':1,'document':'https://e.org/d/report.pdf?x=1'}"),
		"file_unique_id", second, sizeof second);
	assert_string_equal(first, second);
	last(api("sendPhoto", "{'chat_id':1,'photo':'http://e.org/a.jpg'}"), "file_id", first,
		sizeof first);
	assert_int_equal((uint8_t)fetch(first)[0], 0xff);
	return TOBS_OK;
}

BOT_TEST(refuses)
{
	api_fails(
		"sendPhoto", "{'chat_id':1}", 400, "Bad Request: there is no photo in the request");
	api_fails("sendPhoto", "{'chat_id':1,'photo':'nonsense'}", 400,
		"Bad Request: wrong file identifier/HTTP URL specified");
	api_fails("getFile", "{'file_id':'nonsense'}", 400, "Bad Request: invalid file_id");
	begin();
	field("chat_id", "1");
	file("photo", "x.png", tobs_str("no image"));
	has(end("sendPhoto"), "Bad Request: IMAGE_PROCESS_FAILED");
	begin();
	field("chat_id", "1");
	file("document", "x", tobs_str(""));
	has(end("sendDocument"), "Bad Request: file must be non-empty");
	api_raw("GET", "/file/bot100:secret/photos/file_77_x.jpg", NULL, tobs_str(""));
	assert_int_equal(api_status(), 404);
	api_raw("GET", "/file/bot100:secret/../key.pem", NULL, tobs_str(""));
	assert_int_equal(api_status(), 404);
	api_raw("GET", "/file/bot100:wrong/photos/file_77_x.jpg", NULL, tobs_str(""));
	assert_int_equal(api_status(), 401);
	return TOBS_OK;
}

BOT_TEST(other_media_in_a_message)
{
	begin();
	field("chat_id", "1");
	file("photo", "x.png", png_view());
	end("sendPhoto");
	api_has("editMessageCaption", "{'chat_id':1,'message_id':2,'caption':'new'}",
		"'caption':'new'");
	api_has("editMessageMedia",
		"{'chat_id':1,'message_id':2,'media':{'type':'document','media':'http://e.org/a.txt'}}",
		"'document':{'file_id'");
	api_fails("editMessageText", "{'chat_id':1,'message_id':2,'text':'x'}", 400,
		"Bad Request: there is no text in the message to edit");
	return TOBS_OK;
}

/* 20 MB can be fetched, and no more. */
BOT_TEST(large_files)
{
	size_t size = (20 << 20) + 1;
	char *bytes = malloc(size), id[128], args[256];

	assert_non_null(bytes);
	memset(bytes, 'x', size);
	begin();
	field("chat_id", "1");
	file("document", "x.bin", tobs_view(bytes, size));
	last(end("sendDocument"), "file_id", id, sizeof id);
	free(bytes);
	snprintf(args, sizeof args, "{'file_id':'%s'}", id);
	api_fails("getFile", args, 400, "Bad Request: file is too big");
	return TOBS_OK;
}

/* An id of which any letter is another is none. */
BOT_TEST(ids_cannot_be_guessed)
{
	char id[128], args[256];

	last(api("sendDocument", "{'chat_id':1,'document':'http://e.org/a.txt'}"), "file_id", id,
		sizeof id);
	for (size_t i = 0; id[i]; i++) {
		char was = id[i];

		id[i] = was == 'A' ? 'B' : 'A';
		snprintf(args, sizeof args, "{'file_id':'%s'}", id);
		api_fails("getFile", args, 400, "Bad Request: invalid file_id");
		id[i] = was;
	}
	return TOBS_OK;
}

/* What people send can be fetched. */
BOT_TEST(from_people)
{
	char id[128];

	command("{'do':'post','chat':'bot','message':{'from':'ivy','photo':'pic','text':'look'}}");
	last(api("getUpdates", "{}"), "file_id", id, sizeof id);
	fetch(id);
	assert_int_equal(api_status(), 200);
	command("{'do':'post','chat':'bot','message':{'from':'ivy','file':'doc'}}");
	last(api("getUpdates", "{'offset':-1}"), "file_id", id, sizeof id);
	assert_int_equal(strlen(fetch(id)), 3000);
	command("{'do':'post','chat':'bot','message':{'from':'ivy','file':'stick'}}");
	api_has("getUpdates", "{'offset':-1,'limit':1}", "'sticker':{'file_id'");
	api_has("getUserProfilePhotos", "{'user_id':1}", "{'total_count':0,'photos':[]}");
	return TOBS_OK;
}

static void sizes(void **state)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17,
		8, 0, 9, 1, 4 };
	int32_t w, h;

	(void)state;
	assert_true(sim_image_size(png_view(), &w, &h));
	assert_int_equal(w, 3);
	assert_int_equal(h, 2);
	assert_true(sim_image_size(tobs_view(jpeg, sizeof jpeg), &w, &h));
	assert_int_equal(w, 260);
	assert_int_equal(h, 9);
	assert_true(sim_image_size(tobs_view("GIF89a\x05\0\x06\0", 10), &w, &h));
	assert_int_equal(w, 5);
	assert_int_equal(h, 6);
	/* Cut off anywhere. */
	for (size_t n = 0; n < sizeof jpeg; n++) {
		uint8_t *cut = exact_copy(jpeg, n);

		assert_false(sim_image_size(tobs_view(cut, n), &w, &h));
		free(cut);
	}
	for (size_t n = 0; n < 24; n++) {
		uint8_t *cut = exact_copy(png, n);

		assert_false(sim_image_size(tobs_view(cut, n), &w, &h));
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(photo_up_and_down),
		cmocka_unit_test(document_with_thumbnail),
		cmocka_unit_test(kinds),
		cmocka_unit_test(albums),
		cmocka_unit_test(urls),
		cmocka_unit_test(refuses),
		cmocka_unit_test(other_media_in_a_message),
		cmocka_unit_test(large_files),
		cmocka_unit_test(ids_cannot_be_guessed),
		cmocka_unit_test(from_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
