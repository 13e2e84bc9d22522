/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"
#include "export/export.h"

enum { REPORT_BYTES = 256 << 20 };

void export_report_init(struct export_report *r)
{
	*r = (struct export_report){ 0 };
	tobs_arena_init(&r->arena, REPORT_BYTES);
}

void export_report_deinit(struct export_report *r)
{
	ARRAY_DEINIT(&r->chats);
	tobs_arena_deinit(&r->arena);
}

static void number(struct json_writer *w, const char *key, int64_t n)
{
	jsonw_key(w, key);
	jsonw_i64(w, n);
}

static void text(struct json_writer *w, const char *key, const char *s)
{
	jsonw_key(w, key);
	jsonw_str(w, s ? s : "");
}

static void print_chat(struct json_writer *w, const struct export_chat_report *c)
{
	jsonw_object(w);
	text(w, "target", c->target);
	text(w, "title", c->title);
	number(w, "peer", c->peer);
	text(w, "folder", c->folder);
	number(w, "added", c->added);
	number(w, "edited", c->edited);
	number(w, "deleted", c->deleted);
	number(w, "fetched", c->fetched);
	number(w, "pages", c->pages);
	number(w, "files", c->files);
	text(w, "result", c->code ? tobs_error_name(c->code) : c->done ? "ok" : "not begun");
	if (c->code) {
		text(w, "message", c->message);
		jsonw_key(w, "skipped");
		jsonw_bool(w, c->skipped);
	}
	jsonw_end(w);
}

int export_report_print(const struct export_report *r, struct tobs_buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out, JSONW_INDENT);
	jsonw_object(&w);
	number(&w, "version", 1);
	number(&w, "added", r->added);
	number(&w, "edited", r->edited);
	number(&w, "deleted", r->deleted);
	number(&w, "fetched", r->fetched);
	number(&w, "pages", r->pages);
	number(&w, "failed", (int64_t)r->failed);
	number(&w, "wall_ms", r->wall_ms);
	number(&w, "wait_ms", r->wait_ms);
	number(&w, "cpu_ms", r->cpu_ms);
	jsonw_key(&w, "canceled");
	jsonw_bool(&w, r->canceled);
	jsonw_key(&w, "chats");
	jsonw_array(&w);
	for (size_t i = 0; i < r->chats.count; i++)
		print_chat(&w, r->chats.items[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	return tobs_buf_err(out);
}
