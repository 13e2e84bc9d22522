/* SPDX-License-Identifier: MIT */
/*
 * JSON: a Bot API update parsed and walked, a stream passed over and taken
 * element by element, and both written. Prints one line a case. An argument
 * names a file to read and write instead of the made-up export.
 */
#include <fcntl.h>
#include <stdio.h>
#include <tobs/buf.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_stream.h"
#include "base/json_write.h"

enum { TRIES = 7, ROUNDS = 50000, EXPORT_MESSAGES = 100000 };

/* 599 bytes, as api.telegram.org sends them: what is not ASCII is escaped. */
static const char update[] =
	"{\"update_id\":123456789,\"message\":{\"message_id\":4242,\"from\":{\"id\":987654321,"
	"\"is_bot\":false,\"first_name\":\"\\u0410\\u043b\\u0438\\u0441\\u0430\",\"last_name\":"
	"\"Example\",\"username\":\"alice_example\",\"language_code\":\"en\",\"is_premium\":true},"
	"\"chat\":{\"id\":-1001234567890,\"title\":\"Some group of people\",\"username\":\"somegroup\","
	"\"type\":\"supergroup\"},\"date\":1714550400,\"message_thread_id\":4240,\"text\":\"/start "
	"hello there, this is a message with a link https://example.org/a/b and some more words to "
	"read, then the end\",\"entities\":[{\"offset\":0,\"length\":6,\"type\":\"bot_command\"},"
	"{\"offset\":48,\"length\":23,\"type\":\"url\"}]}}";

static uint64_t sum; /* so that nothing is optimised away */

static double seconds_since(int64_t start)
{
	return (double)(clock_mono(clock_system()) - start) / 1e6;
}

/* Looks at every key and value, as a decoder of structs does. */
static void walk(struct json_value v)
{
	struct tobs_view s;
	int64_t n;

	JSON_EACH (it, v) {
		sum += it.key.len ? it.key.ptr[0] : 0;
		if (json_is_object(it.value) || json_is_array(it.value))
			walk(it.value);
		else if (!json_get_str(it.value, &s))
			sum += s.len;
		else if (!json_get_i64(it.value, &n))
			sum += (uint64_t)n;
	}
}

enum work { PARSE, WALK, PARSE_WALK, WRITE };

static double run_update(enum work work)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	struct tobs_buf in, out;
	struct json_writer w;
	double best = 1e9;

	json_parser_init(&p, 1 << 20, 64);
	tobs_buf_init(&in, 1 << 20);
	tobs_buf_init(&out, 1 << 20);
	tobs_buf_puts(&in, update);
	for (int t = 0; t < TRIES; t++) {
		int64_t start = clock_mono(clock_system());

		for (int i = 0; i < ROUNDS; i++) {
			if ((work == PARSE || work == PARSE_WALK || i == 0) &&
				json_parse_buf(&p, &doc, &in, NULL))
				return 0;
			if (work == WALK || work == PARSE_WALK)
				walk(json_root(&doc));
			if (work == WRITE) {
				tobs_buf_clear(&out);
				json_writer_init(&w, &out, 0);
				jsonw_value(&w, json_root(&doc));
			}
		}
		best = MIN(best, seconds_since(start));
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	tobs_buf_deinit(&in);
	tobs_buf_deinit(&out);
	return best / ROUNDS;
}

/* Something like an export by Telegram Desktop. */
static void make_export(struct tobs_buf *out)
{
	static const char *const words[] = { "archive ", "сообщение ", "канал ", "again ", "\n",
		"это ", "\"quoted\" ", "и так далее " };
	struct json_writer w;
	uint64_t n = 1;

	json_writer_init(&w, out, JSONW_INDENT);
	jsonw_object(&w);
	jsonw_key(&w, "name");
	jsonw_str(&w, "Канал");
	jsonw_key(&w, "messages");
	jsonw_array(&w);
	for (int i = 1; i <= EXPORT_MESSAGES; i++) {
		char text[400] = "";
		size_t len = 0;

		for (int k = 0; k < 20; k++, n = n * 6364136223846793005u + 1442695040888963407u)
			len += (size_t)snprintf(
				text + len, sizeof text - len, "%s", words[n >> 61]);
		jsonw_object(&w);
		jsonw_key(&w, "id");
		jsonw_i64(&w, i);
		jsonw_key(&w, "type");
		jsonw_str(&w, "message");
		jsonw_key(&w, "date_unixtime");
		jsonw_str(&w, "1714550400");
		jsonw_key(&w, "from");
		jsonw_str(&w, "Канал");
		jsonw_key(&w, "text");
		jsonw_str(&w, text);
		jsonw_key(&w, "text_entities");
		jsonw_array(&w);
		jsonw_object(&w);
		jsonw_key(&w, "type");
		jsonw_str(&w, "plain");
		jsonw_key(&w, "text");
		jsonw_str(&w, text);
		jsonw_end(&w);
		jsonw_end(&w);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
}

struct memory {
	struct tobs_view text;
	size_t pos;
};

static int read_memory(void *user, void *buf, size_t cap, size_t *ret_n)
{
	struct memory *m = user;
	size_t n = MIN(cap, m->text.len - m->pos);

	memcpy(buf, m->text.ptr + m->pos, n);
	m->pos += n;
	*ret_n = n;
	return TOBS_OK;
}

/* Goes into the document, and into "messages" to take each when `take`, or over everything. */
static int run_stream(struct tobs_view text, bool take)
{
	struct memory m = { text, 0 };
	struct json_stream s;
	struct json_item item;
	struct json_value v;
	bool inside = false;
	int r;

	json_stream_init(&s, read_memory, &m, &(struct json_stream_options){ .lenient = true });
	r = json_stream_next(&s, &item, NULL);
	if (!r)
		r = json_stream_enter(&s, NULL);
	while (!r && s.state != JSON_STREAM_DONE) {
		r = json_stream_next(&s, &item, NULL);
		if (r || !item.type)
			continue;
		if (take && !inside && tobs_view_is(item.key, "messages")) {
			inside = true;
			r = json_stream_enter(&s, NULL);
		} else if (take) {
			r = json_stream_take(&s, &v, NULL);
			sum += json_count(v);
		}
	}
	json_stream_deinit(&s);
	return r;
}

static double write_again(struct tobs_view text, unsigned flags, size_t *ret_len)
{
	struct json_parser p;
	struct json_doc doc = { 0 };
	struct json_writer w;
	struct tobs_buf out;
	double best = 1e9;

	json_parser_init(&p, JSON_SIZE_MAX, 64);
	tobs_buf_init(&out, JSON_SIZE_MAX);
	if (json_parse(&p, &doc, text, NULL))
		return 0;
	for (int t = 0; t < TRIES; t++) {
		int64_t start = clock_mono(clock_system());

		tobs_buf_clear(&out);
		json_writer_init(&w, &out, flags);
		jsonw_value(&w, json_root(&doc));
		best = MIN(best, seconds_since(start));
	}
	*ret_len = out.len;
	tobs_buf_deinit(&out);
	json_doc_deinit(&doc);
	json_parser_deinit(&p);
	return best;
}

static int load(const char *path, struct tobs_buf *out)
{
	int fd = open(path, O_RDONLY);
	uint8_t chunk[65536];
	size_t n = 0;
	int r = 0;

	while (fd >= 0 && !r && !(r = json_read_fd(&fd, chunk, sizeof chunk, &n)) && n)
		r = tobs_buf_put(out, chunk, n);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? TOBS_ENOTFOUND : r;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "parse", "walk", "parse and walk", "write" };
	struct tobs_buf text;
	size_t len = 0;

	for (enum work work = PARSE; work <= WRITE; work++) {
		double s = run_update(work);

		printf("json update of %zu bytes, %-14s %6.0f ns %6.0f MB/s\n", sizeof update - 1,
			names[work], s * 1e9, (double)(sizeof update - 1) / s / 1e6);
	}
	tobs_buf_init(&text, JSON_SIZE_MAX);
	if (argc > 1 ? load(argv[1], &text) : (make_export(&text), 0))
		return 1;
	for (int take = 0; take < 2; take++) {
		double best = 1e9;

		for (int t = 0; t < TRIES; t++) {
			int64_t start = clock_mono(clock_system());

			if (run_stream(tobs_buf_view(&text), take))
				return 1;
			best = MIN(best, seconds_since(start));
		}
		printf("json stream of %zu MB, %-14s %6.0f MB/s\n", text.len / 1000000,
			take ? "taken" : "passed over", (double)text.len / best / 1e6);
	}
	for (unsigned flags = 0; flags <= JSONW_INDENT; flags++) {
		double s = write_again(tobs_buf_view(&text), flags, &len);

		printf("json write of %zu MB, %-14s %6.0f MB/s\n", len / 1000000,
			flags ? "indented" : "compact", (double)len / s / 1e6);
	}
	tobs_buf_deinit(&text);
	return sum == 1;
}
