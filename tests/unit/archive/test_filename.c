/* SPDX-License-Identifier: MIT */
#include "archive/filename.h"

#include "base/nfc.h"
#include "base/rand.h"
#include "base/utf.h"
#include "support/failmem.h"
#include "support/test.h"

static const char *name_of(struct tobs_buf *out, const char *title, unsigned attempt)
{
	assert_ok(filename_make(out, tobs_str(title), "Chat 5", attempt));
	return tobs_buf_str(out);
}

static const char *const cases[][2] = {
	{ "Bee Keepers", "Bee Keepers" },
	{ "Книги и чай", "Книги и чай" },
	{ "川陀大学图书馆", "川陀大学图书馆" },
	{ "News: AC/DC live?", "News AC-DC live" },
	{ "at 12:30", "at 12-30" },
	{ "end:", "end" },
	{ "[Dev] C# & C++", "(Dev) C & C++" },
	{ "a<b>c \"d\" e|f\\g*h^i", "a(b)c 'd' e-f-ghi" },
	{ "100%% %", "100% %" },
	{ "  many   spaces\t\nhere  ", "many spaces here" },
	{ "nb\u00a0sp\u3000wide\u2028line", "nb sp wide line" },
	{ "  .hidden. ", "hidden" },
	{ "...", "Chat 5" },
	{ ". . .a. .", "a" },
	{ "", "Chat 5" },
	{ "\u3164\u200b\u202e\ufeff", "Chat 5" },
	{ "???", "Chat 5" },
	{ "a\x01\x7f"
	  "b\xc2\x85"
	  "c\u202e\u2066d\u00ad",
		"ab cd" },
	{ "x\ufffe\U0001ffffy", "xy" },
	/* Composed or not, it is one name. */
	{ "Cafe\u0301", "Caf\u00e9" },
	{ "Caf\u00e9", "Caf\u00e9" },
	/* Families and flags stay together. */
	{ "👨\u200d👩\u200d👧 & 🇫🇷", "👨\u200d👩\u200d👧 & 🇫🇷" },
	{ "end\u200d", "end" },
	/* Devices of Windows. */
	{ "con", "con_" },
	{ "CON.txt", "CON_.txt" },
	{ "Aux .md.md", "Aux_ .md.md" },
	{ "COM1", "COM1_" },
	{ "com0.a", "com0_.a" },
	{ "lpt\u00b2", "lpt\u00b2_" },
	{ "COM10", "COM10" },
	{ "COMA", "COMA" },
	{ "nul", "nul_" },
	{ "conin$", "conin$_" },
	{ "console", "console" },
	{ "Index", "Index_" },
	{ "index.md", "index_.md" },
	{ "index.html", "index.html" },
	{ "a\xff\xfe"
	  "b",
		"a\ufffd\ufffdb" },
};

static void names(void **state)
{
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (strcmp(name_of(&out, cases[i][0], 0), cases[i][1]))
			fail_msg("\"%s\": \"%s\"", cases[i][0], tobs_buf_str(&out));
	assert_string_equal(name_of(&out, "Bees", 1), "Bees (2)");
	assert_string_equal(name_of(&out, "Bees", 41), "Bees (42)");
	assert_string_equal(name_of(&out, "", 1), "Chat 5 (2)");
	assert_string_equal(name_of(&out, "con", 1), "con_ (2)");
	tobs_buf_deinit(&out);
}

static struct tobs_buf repeated(const char *s, int times)
{
	struct tobs_buf b;

	tobs_buf_init(&b, 100000);
	for (int i = 0; i < times; i++)
		tobs_buf_puts(&b, s);
	return b;
}

static void long_titles(void **state)
{
	static const struct {
		const char *piece;
		size_t kept; /* pieces */
	} long_ones[] = {
		{ "x", 111 },
		{ "é", 55 },
		{ "語", 37 },
		{ "😀", 27 },
		/* An emoji with its skin tone (8 bytes), a letter with two marks that have no composed form. */
		{ "👍🏽", 13 },
		{ "x\u0324\u0330", 22 },
		/* Cut behind the space, which goes. */
		{ "abc ", 28 },
		/* Only marks: no place is right, and one must do. */
		{ "\u0324", 55 },
	};
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 1000);
	for (size_t i = 0; i < ARRAY_LEN(long_ones); i++) {
		struct tobs_buf title = repeated(long_ones[i].piece, 2000);
		struct tobs_buf want = repeated(long_ones[i].piece, (int)long_ones[i].kept);
		struct tobs_view v = tobs_buf_view(&want);

		while (v.len && v.ptr[v.len - 1] == ' ')
			v.len--;
		name_of(&out, tobs_buf_str(&title), 0);
		if (!tobs_view_eq(tobs_buf_view(&out), v))
			fail_msg("%s: %s", long_ones[i].piece, tobs_buf_str(&out));
		name_of(&out, tobs_buf_str(&title), 4000000000u);
		assert_true(out.len <= FILENAME_BYTES &&
			tobs_view_ends(tobs_buf_view(&out), " (4000000001)"));
		tobs_buf_deinit(&title);
		tobs_buf_deinit(&want);
	}
	tobs_buf_deinit(&out);
}

/* Some characters are more likely than others to make trouble. */
static uint32_t random_char(struct prng *p)
{
	static const char tricky[] = "/\\:*?\"<>|[]#^%. ..con0123456789aux~-_'\t\n\x7f";
	static const uint32_t strange[] = { 0x200d, 0xfe0f, 0x301, 0x1f3fd, 0x3164, 0x202e, 0xa0,
		0x1f600, 0xfffe, 0xe0067, 0xd7ff, 0x10ffff, 0x85, 0xb9 };

	switch (prng_below(p, 4)) {
	case 0: return (uint8_t)tricky[prng_below(p, sizeof tricky - 1)];
	case 1: return strange[prng_below(p, ARRAY_LEN(strange))];
	case 2: return (uint32_t)prng_below(p, 0x3000);
	default: return (uint32_t)prng_below(p, 0xd800);
	}
}

static void check_name(struct tobs_view name)
{
	bool space = true;

	assert_true(name.len > 0 && name.len <= FILENAME_BYTES && utf8_valid(name));
	assert_true(name.ptr[0] != '.' && name.ptr[0] != ' ');
	assert_true(name.ptr[name.len - 1] != '.' && name.ptr[name.len - 1] != ' ');
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];

		assert_true(c >= 0x20 && c != 0x7f && !strchr("<>:\"/\\|?*[]#^", c));
		assert_false(c == ' ' && space);
		assert_false(c == '%' && i && name.ptr[i - 1] == '%');
		space = c == ' ';
	}
}

static void random_titles(void **state)
{
	struct prng p = { 1 };
	struct tobs_buf title, out, again;

	(void)state;
	tobs_buf_init(&title, 4000);
	tobs_buf_init(&out, 1000);
	tobs_buf_init(&again, 1000);
	for (int i = 0; i < 100000; i++) {
		size_t len = prng_below(&p, prng_below(&p, 8) ? 20 : 300);

		tobs_buf_clear(&title);
		for (size_t k = 0; k < len; k++)
			utf8_put(&title, random_char(&p));
		if (prng_below(&p, 50) == 0)
			tobs_buf_putc(&title, '\xe2');
		assert_ok(filename_make(&out, tobs_buf_view(&title), "Chat 5", i % 3));
		check_name(tobs_buf_view(&out));
		/* A name is safe, so its name is itself. */
		assert_ok(filename_make(&again, tobs_buf_view(&out), "Chat 5", 0));
		if (!tobs_view_eq(tobs_buf_view(&out), tobs_buf_view(&again)) && out.len < 111)
			fail_msg("\"%s\" \"%s\"", tobs_buf_str(&out), tobs_buf_str(&again));
	}
	tobs_buf_deinit(&title);
	tobs_buf_deinit(&out);
	tobs_buf_deinit(&again);
}

static int make_one(void *user)
{
	struct tobs_buf out;
	int r;

	(void)user;
	tobs_buf_init(&out, 1000);
	r = filename_make(&out, tobs_str("Cafe\u0301 \xff con"), "Chat 5", 3);
	tobs_buf_deinit(&out);
	return r;
}

static void no_memory(void **state)
{
	(void)state;
	fail_each_allocation(make_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(long_titles),
		cmocka_unit_test(random_titles),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
