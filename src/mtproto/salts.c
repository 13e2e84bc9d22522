/* SPDX-License-Identifier: MIT */
#include "mtproto/salts.h"

#include <string.h>

uint64_t mt_salts_at(struct mt_salts *s, int64_t now)
{
	size_t i = 0;

	/* Salts overlap by half an hour: the next one is taken as soon as it is valid. */
	while (i + 1 < s->count && s->future[i + 1].since <= now)
		i++;
	if (s->count && s->future[i].since <= now)
		s->current = s->future[i].salt;
	s->count -= i;
	memmove(s->future, s->future + i, s->count * sizeof s->future[0]);
	return s->current;
}

void mt_salts_reset(struct mt_salts *s, uint64_t salt)
{
	*s = (struct mt_salts){ .current = salt };
}

void mt_salts_add(struct mt_salts *s, const struct mt_salt *salt)
{
	if (s->count == MT_SALTS_MAX || salt->until <= salt->since)
		return;
	if (s->count && salt->since <= s->future[s->count - 1].since)
		return;
	s->future[s->count++] = *salt;
}

int64_t mt_salts_known_until(const struct mt_salts *s)
{
	return s->count ? s->future[s->count - 1].until : 0;
}
