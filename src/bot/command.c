/* SPDX-License-Identifier: MIT */
#include "bot/command.h"

#include "base/attr.h"

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool command_parse(struct tobs_view text, struct command *ret)
{
	struct tobs_view word, name;
	size_t n = 1;

	*ret = (struct command){ .name = tobs_view(NULL, 0) };
	if (text.len < 2 || text.ptr[0] != '/')
		return false;
	while (n < text.len && !is_space(text.ptr[n]))
		n++;
	word = tobs_view_sub(text, 1, n - 1);
	if (!tobs_view_split(&word, '@', &name) || !name.len || name.len > COMMAND_MAX)
		return false;
	ret->name = name;
	ret->bot = word;
	ret->args = tobs_view_trim(tobs_view_sub(text, n, SIZE_MAX));
	return true;
}

bool command_is_for(const struct command *c, const char *username)
{
	return !c->bot.len || !username || tobs_view_eq_nocase(c->bot, tobs_str(username));
}

size_t command_fold(struct tobs_view name, char *out)
{
	size_t n = MIN(name.len, (size_t)COMMAND_MAX);

	for (size_t i = 0; i < n; i++) {
		uint8_t c = name.ptr[i];

		out[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	out[n] = 0;
	return n;
}

bool command_next_name(struct tobs_view *list, struct tobs_view *ret)
{
	struct tobs_view name;

	while (tobs_view_split(list, ' ', &name)) {
		name = tobs_view_trim(name);
		if (name.len && name.ptr[0] == '/')
			name = tobs_view_sub(name, 1, SIZE_MAX);
		if (name.len) {
			*ret = name;
			return true;
		}
	}
	return false;
}
