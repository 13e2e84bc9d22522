/* SPDX-License-Identifier: MIT */
#include "bot/batch.h"

#include "base/alloc.h"
#include "base/log.h"
#include "botapi/decode.h"

void batch_pool_deinit(struct batch_pool *p)
{
	while (p->spare) {
		struct batch *b = p->spare;

		p->spare = b->next;
		tobs_arena_deinit(&b->arena);
		mem_free(b);
	}
	p->count = 0;
}

struct batch *batch_new(struct batch_pool *p)
{
	struct batch *b = p->spare;

	if (b) {
		p->spare = b->next;
		p->count--;
	} else {
		b = MEM_NEW(struct batch);
		if (!b)
			return NULL;
		tobs_arena_init(&b->arena, BATCH_BYTES);
	}
	b->updates = NULL;
	b->count = 0;
	b->refs = 1;
	b->inbox_id = -1;
	b->inbox_each = false;
	b->repeated = false;
	return b;
}

void batch_free(struct batch_pool *p, struct batch *b)
{
	tobs_arena_reset(&b->arena);
	if (p->count == BATCH_SPARE || b->arena.used > BATCH_KEEP) {
		tobs_arena_deinit(&b->arena);
		mem_free(b);
		return;
	}
	b->next = p->spare;
	p->spare = b;
	p->count++;
}

static int decode_one(
	struct batch *b, struct json_value v, const struct tobs_update **ret, struct tobs_err *err)
{
	const void *update;
	struct tobs_update *unknown;
	struct tobs_err why;
	int64_t id;
	int r = botapi_decode(TOBS_TYPE_UPDATE, v, &b->arena, &update, &why);

	if (!r) {
		*ret = update;
		return TOBS_OK;
	}
	if (r != TOBS_EMALFORMED)
		return tobs_fail(err, r, "reading an update");
	if (json_get_i64(json_field(v, "update_id"), &id)) {
		log_warn("bot", "what came is no update: %s", why.message);
		return TOBS_OK;
	}
	log_warn("bot", "update %lld is not as Bot API %s says: %s", (long long)id,
		TOBS_BOTAPI_VERSION, why.message);
	unknown = TOBS_ARENA_NEW(&b->arena, struct tobs_update);
	if (!unknown)
		return tobs_fail(err, TOBS_ENOMEM, "reading an update");
	unknown->update_id = id;
	*ret = unknown;
	return TOBS_OK;
}

int batch_decode(struct batch *b, struct json_value v, struct tobs_err *err)
{
	size_t n = json_is_array(v) ? json_count(v) : 1;
	int r = TOBS_OK;

	if (!json_is_array(v) && !json_is_object(v))
		return tobs_fail(err, TOBS_EPROTO, "what came are no updates");
	b->updates = tobs_arena_array(&b->arena, n, sizeof *b->updates);
	if (!b->updates)
		return tobs_fail(err, TOBS_ENOMEM, "reading updates");
	if (json_is_object(v)) {
		r = decode_one(b, v, &b->updates[0], err);
		b->count = !r && b->updates[0];
		return r;
	}
	JSON_EACH (it, v) {
		r = decode_one(b, it.value, &b->updates[b->count], err);
		if (r)
			return r;
		b->count += b->updates[b->count] != NULL;
	}
	return TOBS_OK;
}
