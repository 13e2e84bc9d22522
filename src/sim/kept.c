/* SPDX-License-Identifier: MIT */
#include "sim/kept.h"

#include <string.h>

#include "base/alloc.h"
#include "base/endian.h"

enum { HEAD = 12, QUERY_MAX = 500 };

struct sim_kept_answer {
	size_t len;
	uint8_t bytes[];
};

/* Account, layer and query in one; 0 for queries that are longer than those worth keeping. */
static size_t make_key(
	uint8_t key[HEAD + QUERY_MAX], int64_t account, int layer, struct tobs_view query)
{
	if (query.len > QUERY_MAX)
		return 0;
	put_le64(key, (uint64_t)account);
	put_le32(key + 8, (uint32_t)layer);
	memcpy(key + HEAD, query.ptr, query.len);
	return HEAD + query.len;
}

void sim_kept_deinit(struct sim_kept *k)
{
	SMAP_EACH(slot, &k->by_query)
	mem_free(slot->value);
	smap_deinit(&k->by_query);
	k->bytes = 0;
}

bool sim_kept_find(const struct sim_kept *k, int64_t account, int layer, struct tobs_view query,
	struct tobs_view *ret)
{
	uint8_t key[HEAD + QUERY_MAX];
	size_t n = k->bytes_max ? make_key(key, account, layer, query) : 0;
	const struct sim_kept_answer *a = n ? smap_get(&k->by_query, tobs_view(key, n)) : NULL;

	if (a)
		*ret = tobs_view(a->bytes, a->len);
	return a != NULL;
}

void sim_kept_add(struct sim_kept *k, int64_t account, int layer, struct tobs_view query,
	struct tobs_view answer)
{
	uint8_t key[HEAD + QUERY_MAX];
	size_t n = k->bytes_max ? make_key(key, account, layer, query) : 0;
	struct sim_kept_answer *a;

	if (!n || k->bytes + answer.len > k->bytes_max)
		return;
	a = mem_alloc(sizeof *a + answer.len);
	if (!a)
		return;
	a->len = answer.len;
	memcpy(a->bytes, answer.ptr, answer.len);
	if (smap_put(&k->by_query, tobs_view(key, n), a)) {
		mem_free(a);
		return;
	}
	k->bytes += answer.len;
}
