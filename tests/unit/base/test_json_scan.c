/* SPDX-License-Identifier: MIT */
#include "base/json_scan.h"

#include "base/rand.h"
#include "support/test.h"

static void masks_agree(void **state)
{
	static const char interesting[] =
		"\"\\[]{};:|Z^_z~\x5b\x7b\xdb\xfb\xdd\xfd\x22\xa2\x5c\xdc\0\xff";
	struct prng p = { 3 };

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint8_t block[64];
		struct json_masks a, b;

		for (size_t i = 0; i < sizeof block; i++)
			block[i] = round % 2
				? (uint8_t)prng_next(&p)
				: (uint8_t)interesting[prng_below(&p, sizeof interesting)];
		a = json_masks(block);
		b = json_masks_portable(block);
		assert_true(a.quote == b.quote && a.backslash == b.backslash && a.open == b.open &&
			a.close == b.close);
		for (size_t i = 0; i < sizeof block; i++) {
			assert_int_equal(a.quote >> i & 1, block[i] == '"');
			assert_int_equal(a.backslash >> i & 1, block[i] == '\\');
			assert_int_equal(a.open >> i & 1, block[i] == '[' || block[i] == '{');
			assert_int_equal(a.close >> i & 1, block[i] == ']' || block[i] == '}');
		}
	}
}

/* The end of the value, found byte by byte; SIZE_MAX when it does not end. */
static size_t naive_end(const char *text, size_t len)
{
	bool string = text[0] == '"', inside = false, escaped = false;
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool literal = escaped;

		escaped = c == '\\' && !literal;
		if (c == '"' && !literal) {
			inside = !inside;
			if (string && !inside)
				return i + 1;
		}
		if (inside || string)
			continue;
		/* A backslash outside strings is no JSON; a bracket behind it counts all the same. */
		depth += strchr("[{", c) != NULL;
		if (strchr("]}", c) && --depth == 0)
			return i + 1;
	}
	return SIZE_MAX;
}

static void scanning_finds_the_end(void **state)
{
	static const char soup[] = "\"\"\\\\\\[]{}{}[]aaaaaaaaaaaa";
	struct prng p = { 4 };

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[300];
		size_t len = 1 + prng_below(&p, sizeof text), end, used, pos = 0;
		unsigned spread = 1 + (unsigned)prng_below(&p, sizeof soup - 1);
		struct json_scan scan = { 0 };
		bool found = false;
		uint8_t *exact;

		for (size_t i = 0; i < len; i++)
			text[i] = soup[prng_below(&p, sizeof soup - 1) % spread];
		text[0] = "[{\""[prng_below(&p, 3)];
		end = naive_end(text, len);
		while (pos < len && !found) {
			size_t n = 1 + prng_below(&p, 130);

			n = MIN(n, len - pos);
			exact = exact_copy(text + pos, n);
			found = json_scan(&scan, exact, n, &used);
			assert_true(used <= n && (found || used == n));
			free(exact);
			pos += used;
		}
		if (found != (end != SIZE_MAX))
			fail_msg("%.*s: %zu, not %zu", (int)len, text, pos, end);
		if (found)
			assert_int_equal(pos, end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_agree),
		cmocka_unit_test(scanning_finds_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
