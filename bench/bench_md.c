/* SPDX-License-Identifier: MIT */
/* Markdown: messages and long texts, as cost a message and bytes a second. Prints one line a case. */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/utf.h"
#include "md/markdown.h"

enum { TRIES = 5, LONG = 1 << 20, WORK = 200 << 20 /* bytes a try */ };

static const char prose[] =
	"The quick brown fox jumps over the lazy dog, and then (because it was tired) "
	"it went home. \"Nobody saw it\", she said; that was in 1999. ";
static const char cyrillic[] = "Съешь же ещё этих мягких французских булок, да выпей чаю. ";

/* About 150 bytes with bold, a link and a hashtag, as in a channel. */
static const char post[] =
	"Release 2.4 is out\n\nFaster search, fewer crashes - read more on the site. "
	"Thanks to all who helped with testing, you are great!\n#news @example";
static const struct entity post_entities[] = {
	{ .kind = ENTITY_BOLD, .offset = 0, .length = 18 },
	{ .kind = ENTITY_TEXT_LINK,
		.offset = 64,
		.length = 8,
		.arg = TOBS_LIT("https://example.org/releases/2.4") },
	{ .kind = ENTITY_HASHTAG, .offset = 128, .length = 5 },
};

/* All specials, all the time. */
static const char nasty[] = "*a_b* [x](y) <b> & `c` #d ~e~ $f$ ==g== \\ ";

static double seconds(const struct tobs_view text, const struct entity *e, size_t n, size_t rounds)
{
	const struct md_options options = { .flavour = MD_OBSIDIAN };
	struct tobs_buf out;
	double best = 1e9;

	tobs_buf_init(&out, 64 << 20);
	for (int t = 0; t < TRIES; t++) {
		int64_t start = clock_mono(clock_system());
		double s;

		for (size_t i = 0; i < rounds; i++) {
			tobs_buf_clear(&out);
			if (md_write(&out, &options, text, e, n))
				return 0;
		}
		s = (double)(clock_mono(clock_system()) - start) / 1e6;
		best = MIN(best, s);
	}
	tobs_buf_deinit(&out);
	return best;
}

static void report(const char *name, struct tobs_view text, const struct entity *e, size_t n)
{
	size_t rounds = MAX(WORK / 20 / text.len, 1);
	double s = seconds(text, e, n, rounds);

	printf("md %-22s %8zu bytes %10.0f ns a text %8.0f MiB/s\n", name, text.len,
		s / (double)rounds * 1e9, (double)text.len * (double)rounds / s / (1 << 20));
}

static void long_text(const char *name, const char *piece)
{
	struct tobs_buf b;

	tobs_buf_init(&b, LONG + 1000);
	while (b.len < LONG)
		tobs_buf_puts(&b, piece);
	report(name, tobs_buf_view(&b), NULL, 0);
	tobs_buf_deinit(&b);
}

static void copying(void)
{
	static uint8_t from[LONG], to[LONG];
	double best = 1e9;

	memset(from, 'a', sizeof from);
	for (int t = 0; t < TRIES; t++) {
		int64_t start = clock_mono(clock_system());

		for (int i = 0; i < 100; i++) {
			memcpy(to, from, sizeof to);
			from[i] ^= to[LONG - 1 - i];
		}
		best = MIN(best, (double)(clock_mono(clock_system()) - start) / 1e6);
	}
	printf("md %-22s %8d bytes %29.0f MiB/s\n", "(memcpy)", LONG,
		100 * (double)LONG / best / (1 << 20));
}

int main(void)
{
	report("post", tobs_str(post), post_entities, ARRAY_LEN(post_entities));
	report("post, no entities", tobs_str(post), NULL, 0);
	report("short", tobs_str("ok, see you there"), NULL, 0);
	report("short, cyrillic", tobs_str(cyrillic), NULL, 0);
	long_text("prose", prose);
	long_text("cyrillic", cyrillic);
	long_text("all specials", nasty);
	long_text("line feeds", "\n");
	copying();
	return 0;
}
