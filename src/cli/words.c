/* SPDX-License-Identifier: MIT */
#include "cli/words.h"

#include <tobs/err.h>

int words_split(struct tobs_arena *arena, struct tobs_view text, char separator,
	const char *const **ret, size_t *ret_count)
{
	size_t most = 1, count = 0;
	struct tobs_view part;
	const char **list;

	for (size_t i = 0; i < text.len; i++)
		most += text.ptr[i] == (uint8_t)separator;
	list = TOBS_ARENA_ARRAY(arena, most, const char *);
	if (!list)
		return TOBS_ENOMEM;
	while (tobs_view_split(&text, separator, &part)) {
		part = tobs_view_trim(part);
		if (!part.len)
			continue;
		list[count] = tobs_arena_dup(arena, part.ptr, part.len);
		if (!list[count++])
			return TOBS_ENOMEM;
	}
	*ret = list;
	*ret_count = count;
	return TOBS_OK;
}
