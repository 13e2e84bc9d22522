/* SPDX-License-Identifier: MIT */
#include "bot/source.h"

#include "base/log.h"
#include "botapi/decode.h"

enum { INBOX_PAGE = 8, INBOX_BYTES = 64 << 20 };

/* The updates of an entry that are not finished yet. */
static int replay(struct tobs_bot *bot, int64_t id, struct tobs_view json, struct tobs_err *err)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct batch *batch = batch_new(&bot->batches);
	struct json_value v;
	int r = batch ? TOBS_OK : tobs_fail(err, TOBS_ENOMEM, "reading updates");

	json_parser_init(&parser, JSON_SIZE_MAX, BOTAPI_JSON_DEPTH);
	if (!r)
		r = json_parse(&parser, &doc, json, err);
	if (!r) {
		v = json_field(json_root(&doc), "result");
		r = batch_decode(batch, json_is_missing(v) ? json_root(&doc) : v, err);
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	if (!batch)
		return r;
	batch->inbox_id = id;
	batch->repeated = true;
	for (size_t i = 0; i < batch->count && !r; i++) {
		r = bot_take(bot, batch, batch->updates[i], NULL, true);
		if (r == TOBS_EEXISTS)
			r = TOBS_OK;
	}
	if (r) /* it stays in the inbox */
		batch->inbox_id = -1;
	bot_release(bot, batch);
	return r;
}

static int64_t id_of(struct tobs_view key)
{
	uint64_t n = 0;

	for (size_t i = key.len > 16 ? key.len - 16 : 0; i < key.len; i++)
		n = n << 4 | (uint64_t)((key.ptr[i] & 15) + (key.ptr[i] > '9' ? 9 : 0));
	return (int64_t)n;
}

/* What was taken before the process ended the last time, and not finished: handled, or forgotten. */
static int empty_inbox(struct tobs_bot *bot, struct tobs_err *err)
{
	struct tobs_view after = tobs_view(NULL, 0);
	struct tobs_arena arena;
	struct kv_page page = { .more = true };
	size_t entries = 0;
	int r = TOBS_OK;

	tobs_arena_init(&arena, INBOX_BYTES);
	while (!r && page.more) {
		r = ledger_inbox(&bot->ledger, after, INBOX_PAGE, &arena, &page, err);
		for (size_t i = 0; i < page.count && !r; i++) {
			int64_t id = id_of(page.pairs[i].key);

			r = bot->opt.drop_pending ? ledger_drop(&bot->ledger, id, err)
						  : replay(bot, id, page.pairs[i].value, err);
			entries++;
		}
		if (r || !page.count)
			break;
		after = page.pairs[page.count - 1].key;
	}
	tobs_arena_deinit(&arena);
	if (entries && !bot->opt.drop_pending)
		log_info("bot", "%zu lots of updates that were not finished are handled first",
			entries);
	return r;
}

int source_run(struct tobs_bot *bot, struct tobs_err *err)
{
	int r = empty_inbox(bot, err);

	if (r)
		return r;
	switch (bot->opt.source) {
	case TOBS_SOURCE_WEBHOOK: return source_webhook(bot, err);
	case TOBS_SOURCE_HYBRID: return source_hybrid(bot, err);
	default: return source_poll(bot, err);
	}
}
