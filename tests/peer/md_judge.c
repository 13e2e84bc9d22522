/* SPDX-License-Identifier: MIT */
/*
 * Judges the Markdown files of an archive with libcmark-gfm, and says in JSON
 * what it read:
 *
 *     md_judge DIR obsidian|gfm [RESULT.JSON]
 *
 * Texts are compared with the archive's, and with those of Telegram Desktop's
 * export where that has the message. Exits with 1 and tells the first difference
 * when files and messages differ.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/utf.h"
#include "export/entities.h"
#include "unit/export/judge.h"

enum { DESKTOP_BYTES = 256 << 20 };

static const int64_t channel_base = 1000000000000;

struct desktop {
	int64_t chat;                         /* marked */
	ARRAY_OF(struct json_value) messages; /* by id; missing where there is none */
	int found;
};

/* Desktop's flat list of pieces: text, and one kind of formatting each. */
static void take_pieces(struct json_value pieces, struct tobs_buf *text, struct entity_list *list,
	struct entity_list *addresses)
{
	JSON_EACH (it, pieces) {
		struct tobs_view piece = { 0 }, type = { 0 }, arg = { 0 };
		struct entity e = { 0 };

		json_get_str(json_field(it.value, "text"), &piece);
		json_get_str(json_field(it.value, "type"), &type);
		e.kind = entity_kind_of(type);
		e.offset = (uint32_t)utf16_len(tobs_buf_view(text));
		e.length = (uint32_t)utf16_len(piece);
		json_get_str(json_field(it.value, "href"), &arg);
		json_get_str(json_field(it.value, "language"), &arg);
		json_get_str(json_field(it.value, "document_id"), &arg);
		json_get_i64(json_field(it.value, "user_id"), &e.id);
		json_get_bool(json_field(it.value, "collapsed"), &e.collapsed);
		e.arg = arg;
		tobs_buf_putv(text, piece);
		if (e.kind == ENTITY_UNKNOWN)
			continue;
		if (ARRAY_PUSH(list, e))
			abort();
		if ((e.kind == ENTITY_URL || e.kind == ENTITY_EMAIL) && ARRAY_PUSH(addresses, e))
			abort();
	}
}

static bool original(void *user, const struct archive_chat *chat, int32_t id, struct cells *ret,
	bool *ret_addresses)
{
	struct desktop *d = user;
	struct entity_list list = { 0 }, addresses = { 0 };
	struct tobs_buf text;

	if (chat->id != d->chat || id < 0 || (size_t)id >= d->messages.count ||
		json_is_missing(d->messages.items[id]))
		return false;
	tobs_buf_init(&text, 16 << 20);
	take_pieces(json_field(d->messages.items[id], "text_entities"), &text, &list, &addresses);
	cells_expected(ret, tobs_buf_view(&text), list.items, list.count, false);
	ARRAY_EACH (e, &addresses) {
		struct tobs_view v = tobs_buf_view(&text);
		size_t from = utf16_to_byte(v, 0, e->offset);
		size_t to = utf16_to_byte(v, from, e->length);

		for (size_t i = from; i < to; i++)
			ret->row.items[i].address = true;
	}
	*ret_addresses = true;
	d->found++;
	tobs_buf_deinit(&text);
	entities_deinit(&list);
	entities_deinit(&addresses);
	return true;
}

static void index_messages(struct desktop *d, struct json_value root)
{
	int64_t id = 0;

	json_get_i64(json_field(root, "id"), &id);
	d->chat = -channel_base - id;
	JSON_EACH (it, json_field(root, "messages")) {
		int64_t n = -1;

		json_get_i64(json_field(it.value, "id"), &n);
		while (n >= 0 && n < 1 << 24 && (size_t)n >= d->messages.count)
			if (ARRAY_PUSH(&d->messages, (struct json_value){ 0 }))
				abort();
		if (n >= 0 && n < 1 << 24)
			d->messages.items[n] = it.value;
	}
}

static int judge(const char *dir, enum md_flavour flavour, struct desktop *d)
{
	const struct archive_options options = { .read_only = true, .existing = true };
	struct judge j = { .flavour = flavour };
	struct tobs_err err = { 0 };

	if (d->chat) {
		j.original = original;
		j.user = d;
	}
	if (archive_open(&j.archive, dir, &options, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return 2;
	}
	judge_all(&j);
	archive_close(j.archive);
	printf("{\"files\":%d,\"messages\":%d,\"texts\":%d,\"links\":%d,\"desktop\":%d,"
	       "\"differences\":%d}\n",
		j.files, j.messages, j.texts, j.links, d->found, j.differences);
	if (j.differences)
		fprintf(stderr, "%s\n", j.first);
	return j.differences > 0;
}

int main(int argc, char **argv)
{
	struct desktop d = { 0 };
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_buf file;
	int r = 2;

	if (argc < 3) {
		fprintf(stderr, "md_judge DIR obsidian|gfm [RESULT.JSON]\n");
		return 2;
	}
	tobs_buf_init(&file, DESKTOP_BYTES);
	json_parser_init(&parser, DESKTOP_BYTES, 64);
	if (argc > 3 &&
		(file_read(argv[3], &file, NULL) ||
			json_parse(&parser, &doc, tobs_buf_view(&file), NULL)))
		fprintf(stderr, "%s cannot be read\n", argv[3]);
	else {
		if (argc > 3)
			index_messages(&d, json_root(&doc));
		r = judge(argv[1], strcmp(argv[2], "gfm") == 0 ? MD_GFM : MD_OBSIDIAN, &d);
	}
	ARRAY_DEINIT(&d.messages);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	tobs_buf_deinit(&file);
	return r;
}
