/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <fcntl.h>
#include <unistd.h>

#include "net/http_url.h"
#include "support/fibers.h"
#include "support/tmpdir.h"

static void knows_names_and_values(void **state)
{
	(void)state;
	assert_true(http_is_token(tobs_str("X-Telegram-Bot-Api-Secret-Token")));
	assert_true(http_is_token(tobs_str("a!#$%&'*+-.^_`|~9Z")));
	assert_false(http_is_token(tobs_str("")));
	assert_false(http_is_token(tobs_str("a b")));
	assert_false(http_is_token(tobs_str("a:")));
	assert_false(http_is_token(tobs_view("a\0b", 3)));
	assert_false(http_is_token(tobs_str("\xc3\xa4")));
	assert_true(http_is_value(tobs_str("any text\twith \xc3\xa4, even")));
	assert_true(http_is_value(tobs_str("")));
	assert_false(http_is_value(tobs_str("a\r\nSet-Cookie: x")));
	assert_false(http_is_value(tobs_str("\x7f")));
	assert_string_equal(http_status_text(404), "Not Found");
	assert_string_equal(http_status_text(431), "Request Header Fields Too Large");
	assert_string_equal(http_status_text(299), "Status");
	assert_true(http_list_has(tobs_str("keep-alive, Upgrade"), "upgrade"));
	assert_false(http_list_has(tobs_str("keep-alive, Upgraded"), "upgrade"));
}

static void finds_headers(void **state)
{
	const struct tobs_view lines = TOBS_LIT(
		"HTTP/1.1 200 OK\r\nA: 1\r\nab:2\r\nAB: 3 \r\nEmpty:\r\n\r\n");
	struct tobs_view v;

	(void)state;
	assert_true(http_header_find(lines, "a", &v));
	assert_view(v, "1");
	assert_true(http_header_find(lines, "Ab", &v));
	assert_view(v, "2");
	assert_true(http_header_find(lines, "empty", &v));
	assert_view(v, "");
	assert_false(http_header_find(lines, "abc", &v));
	assert_false(http_header_find(lines, "HTTP/1.1 200 OK", &v));
}

static void escapes_and_back(void **state)
{
	char all[256];
	struct tobs_buf out, back;

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	tobs_buf_init(&out, 4096);
	tobs_buf_init(&back, 4096);
	assert_ok(http_escape(&out, tobs_str("a b&c=d/\xc3\xa4~")));
	assert_string_equal(tobs_buf_str(&out), "a%20b%26c%3Dd%2F%C3%A4~");
	tobs_buf_clear(&out);
	assert_ok(http_escape(&out, tobs_view(all, 256)));
	for (int form = 0; form < 2; form++) {
		tobs_buf_clear(&back);
		assert_ok(http_unescape(&back, tobs_buf_view(&out), form));
		assert_int_equal(back.len, 256);
		assert_memory_equal(back.ptr, all, 256);
	}
	tobs_buf_clear(&back);
	assert_ok(http_unescape(&back, tobs_str("1+1"), false));
	assert_ok(http_unescape(&back, tobs_str("1+1"), true));
	assert_string_equal(tobs_buf_str(&back), "1+11 1");
	assert_code(http_unescape(&back, tobs_str("%"), true), TOBS_EMALFORMED);
	assert_code(http_unescape(&back, tobs_str("%1"), true), TOBS_EMALFORMED);
	assert_code(http_unescape(&back, tobs_str("%1g"), true), TOBS_EMALFORMED);
	tobs_buf_deinit(&out);
	tobs_buf_deinit(&back);
}

static void finds_fields(void **state)
{
	const struct tobs_view q = TOBS_LIT("a=1&b+c=x%20y+z&a=2&%64=4&empty=&alone&=none&bad=%zz");
	struct tobs_buf out;

	(void)state;
	tobs_buf_init(&out, 100);
	assert_ok(http_field(q, "a", &out));
	assert_ok(http_field(q, "b c", &out));
	assert_ok(http_field(q, "d", &out));
	assert_ok(http_field(q, "empty", &out));
	assert_ok(http_field(q, "alone", &out));
	assert_string_equal(tobs_buf_str(&out), "1x y z4");
	assert_code(http_field(q, "aa", &out), TOBS_ENOTFOUND);
	assert_code(http_field(q, "b", &out), TOBS_ENOTFOUND);
	assert_code(http_field(q, "bad", &out), TOBS_EMALFORMED);
	assert_code(http_field(tobs_str(""), "a", &out), TOBS_ENOTFOUND);
	tobs_buf_deinit(&out);
}

static void expect_range(const char *value, int64_t size, int code, int64_t first, int64_t len)
{
	struct http_range range = { -7, -7 };

	assert_code(http_range(tobs_str(value), size, &range), code);
	assert_int_equal(range.first, code ? -7 : first);
	assert_int_equal(range.len, code ? -7 : len);
}

static void reads_ranges(void **state)
{
	(void)state;
	/* The examples of RFC 9110, section 14.1.2. */
	expect_range("bytes=0-499", 10000, TOBS_OK, 0, 500);
	expect_range("bytes=500-999", 10000, TOBS_OK, 500, 500);
	expect_range("bytes=-500", 10000, TOBS_OK, 9500, 500);
	expect_range("bytes=9500-", 10000, TOBS_OK, 9500, 500);
	expect_range("bytes=0-0", 10000, TOBS_OK, 0, 1);
	expect_range("bytes= 0-0", 10000, TOBS_OK, 0, 1);
	expect_range("bytes=-20000", 10000, TOBS_OK, 0, 10000);
	expect_range("bytes=9999-20000", 10000, TOBS_OK, 9999, 1);
	expect_range("bytes=10000-", 10000, TOBS_ETOOBIG, 0, 0);
	expect_range("bytes=-0", 10000, TOBS_ETOOBIG, 0, 0);
	expect_range("bytes=0-", 0, TOBS_ETOOBIG, 0, 0);
	expect_range("bytes=-5", 0, TOBS_ETOOBIG, 0, 0);
	expect_range("", 10000, TOBS_ENOTFOUND, 0, 0);
	expect_range("lines=0-1", 10000, TOBS_ENOTFOUND, 0, 0);
	expect_range("bytes=5-3", 10000, TOBS_ENOTFOUND, 0, 0);
	expect_range("bytes=-", 10000, TOBS_ENOTFOUND, 0, 0);
	expect_range("bytes=5", 10000, TOBS_ENOTFOUND, 0, 0);
	expect_range("bytes=a-b", 10000, TOBS_ENOTFOUND, 0, 0);
	expect_range("bytes=0-1,5-6", 10000, TOBS_ENOTFOUND, 0, 0);
}

static void reads_urls(void **state)
{
	struct http_url u;

	(void)state;
	assert_ok(http_url_parse(tobs_str("https://api.telegram.org/bot1:x/getMe"), &u, NULL));
	assert_true(u.tls);
	assert_int_equal(u.port, 443);
	assert_view(u.host, "api.telegram.org");
	assert_view(u.origin, "https://api.telegram.org");
	assert_view(u.target, "/bot1:x/getMe");
	assert_ok(http_url_parse(tobs_str("http://localhost:8081?a=/b"), &u, NULL));
	assert_false(u.tls);
	assert_int_equal(u.port, 8081);
	assert_view(u.authority, "localhost:8081");
	assert_view(u.target, "?a=/b");
	assert_ok(http_url_parse(tobs_str("http://[::1]:90"), &u, NULL));
	assert_view(u.host, "::1");
	assert_int_equal(u.port, 90);
	assert_view(u.target, "");
	assert_ok(http_url_parse(tobs_str("http://[::1]/"), &u, NULL));
	assert_int_equal(u.port, 80);
	assert_ok(http_url_parse(tobs_str("http://unix:/run/api.sock:/bot1:x/y"), &u, NULL));
	assert_view(u.unix_path, "/run/api.sock");
	assert_view(u.target, "/bot1:x/y");
	assert_view(u.authority, "localhost");
	assert_view(u.origin, "http://unix:/run/api.sock");
	assert_int_equal(u.host.len, 0);
	assert_ok(http_url_parse(tobs_str("http://unix:@name"), &u, NULL));
	assert_view(u.unix_path, "@name");
	assert_view(u.target, "");
}

static void refuses_other_urls_and_shows_no_secret(void **state)
{
	static const char *const urls[] = {
		"",
		"ftp://host/SECRET",
		"api.telegram.org/SECRET",
		"http://",
		"http:///SECRET",
		"http://user:SECRET@host/",
		"http://host:0/SECRET",
		"http://host:65536/SECRET",
		"http://host:x/SECRET",
		"http://host:/SECRET",
		"http://[::1/SECRET",
		"http://[::1]x/SECRET",
		"http://host/SECRET path",
		"http://host/SECRET#fragment",
		"http://host/SECRET\r\nHost: x",
		"http://unix:/:/SECRET",
		"http://unix:/run/a b:/SECRET",
	};

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct tobs_err err = { 0 };
		struct http_url u;

		assert_code(http_url_parse(tobs_str(urls[i]), &u, &err), TOBS_EINVAL);
		assert_null(strstr(err.message, "SECRET"));
	}
}

FIBER_TEST(reads_a_part_of_a_file)
{
	struct http_source source;
	struct tobs_err err = { 0 };
	struct http_file file;
	struct tmpdir dir;
	const char *path;
	char buf[16];
	size_t n;
	int fd;

	tmpdir_init(&dir);
	path = tmpdir_file(&dir, "file");
	write_file(path, "0123456789", 10);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	source = http_file_source(&file, fd, 2, 6);
	assert_int_equal(source.size, 6);
	assert_ok(source.read(source.user, buf, 4, &n, NULL));
	assert_int_equal(n, 4);
	assert_memory_equal(buf, "2345", 4);
	assert_ok(source.read(source.user, buf, sizeof buf, &n, NULL));
	assert_int_equal(n, 2);
	assert_memory_equal(buf, "67", 2);
	assert_ok(source.read(source.user, buf, sizeof buf, &n, NULL));
	assert_int_equal(n, 0);
	/* It has become shorter. */
	source = http_file_source(&file, fd, 5, 10);
	assert_ok(source.read(source.user, buf, sizeof buf, &n, NULL));
	assert_int_equal(n, 5);
	assert_code(source.read(source.user, buf, sizeof buf, &n, &err), TOBS_ETRUNCATED);
	close(fd);
	assert_code(source.read(source.user, buf, sizeof buf, &n, &err), TOBS_EIO);
	assert_string_equal(err.message, "reading the file: Bad file descriptor");
	tmpdir_deinit(&dir);
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_names_and_values),
		cmocka_unit_test(finds_headers),
		cmocka_unit_test(escapes_and_back),
		cmocka_unit_test(finds_fields),
		cmocka_unit_test(reads_ranges),
		cmocka_unit_test(reads_urls),
		cmocka_unit_test(refuses_other_urls_and_shows_no_secret),
		fiber_unit_test(reads_a_part_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
