/* SPDX-License-Identifier: MIT */
/*
 * The Bot API codec: updates from JSON to structs, a body of getUpdates with a
 * hundred and a webhook's with one, and a request back. Prints one line a case:
 * CPU time of one update or request, the parser's share included.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tobs/botapi_methods.h>

#include "botapi/decode.h"
#include "botapi/encode.h"

enum { TRIES = 9, ROUNDS = 500, BATCH = 100 };

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

/* The plainest there is: one person says something to the bot. */
static const char plain[] =
	"{\"update_id\":123456789,\"message\":{\"message_id\":4242,\"from\":{\"id\":987654321,"
	"\"is_bot\":false,\"first_name\":\"Alice\",\"language_code\":\"en\"},\"chat\":{\"id\":987654321,"
	"\"first_name\":\"Alice\",\"type\":\"private\"},\"date\":1714550400,\"text\":\"hello there\"}}";

static uint64_t sum; /* so that nothing is optimised away */

struct bench {
	struct json_parser parser;
	struct json_doc doc;
	struct tobs_arena arena;
	struct tobs_buf text;
	struct botapi_body body;
	bool decode;
};

static void fail(const char *what, const struct tobs_err *err)
{
	fprintf(stderr, "%s: %s\n", what, err->message);
	exit(1);
}

static void use(struct bench *b, struct json_value v)
{
	const void *ret;
	struct tobs_err err;

	tobs_arena_reset(&b->arena);
	if (botapi_decode(TOBS_TYPE_UPDATE, v, &b->arena, &ret, &err))
		fail("decode", &err);
	sum += (uint64_t)((const struct tobs_update *)ret)->message->chat->id;
}

static void batch(struct bench *b)
{
	struct tobs_err err;

	if (json_parse_buf(&b->parser, &b->doc, &b->text, &err))
		fail("parse", &err);
	if (b->decode)
		JSON_EACH (it, json_field(json_root(&b->doc), "result"))
			use(b, it.value);
}

static void single(struct bench *b)
{
	struct tobs_err err;

	for (int i = 0; i < BATCH; i++) {
		if (json_parse_buf(&b->parser, &b->doc, &b->text, &err))
			fail("parse", &err);
		if (b->decode)
			use(b, json_root(&b->doc));
	}
}

static void request(struct bench *b)
{
	struct tobs_err err;

	for (int i = 0; i < BATCH; i++) {
		if (botapi_encode(TOBS_METHOD_SEND_MESSAGE,
			    &(struct tobs_send_message){
				    .chat_id = 987654321,
				    .text = "hello there, this is an answer of some words",
				    .reply_parameters = &(
					    struct tobs_reply_parameters){ .message_id = 4242 },
			    },
			    0, &b->body, &err))
			fail("encode", &err);
		sum += b->body.text.len;
	}
}

/* CPU time: whatever else the machine does is not counted. */
static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void measure(struct bench *b, const char *name, void (*fn)(struct bench *b))
{
	double best = 1e9;

	for (int try = 0; try < TRIES; try++) {
		double start = cpu_us();
		double us;

		for (int i = 0; i < ROUNDS; i++)
			fn(b);
		us = (cpu_us() - start) / ROUNDS / BATCH;
		if (us < best)
			best = us;
	}
	printf("%-52s %7.3f us\n", name, best);
}

static void fill(struct bench *b, const char *json, bool many)
{
	tobs_buf_clear(&b->text);
	if (!many) {
		tobs_buf_puts(&b->text, json);
		return;
	}
	tobs_buf_puts(&b->text, "{\"ok\":true,\"result\":[");
	for (int i = 0; i < BATCH; i++) {
		if (i)
			tobs_buf_putc(&b->text, ',');
		tobs_buf_puts(&b->text, json);
	}
	tobs_buf_puts(&b->text, "]}");
}

int main(void)
{
	static const struct {
		const char *name, *json;
	} updates[] = { { "plain", plain }, { "group, entities, escapes", update } };
	struct bench b = { .decode = false };
	char name[64];

	json_parser_init(&b.parser, 16 << 20, BOTAPI_JSON_DEPTH);
	tobs_arena_init(&b.arena, 16 << 20);
	tobs_buf_init(&b.text, 16 << 20);
	botapi_body_init(&b.body, 1 << 20);
	for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++)
		for (int decode = 0; decode < 2; decode++) {
			b.decode = decode;
			fill(&b, updates[i].json, true);
			snprintf(name, sizeof name, "%s: one of 100, %s", updates[i].name,
				decode ? "decoded" : "parsed");
			measure(&b, name, batch);
			fill(&b, updates[i].json, false);
			snprintf(name, sizeof name, "%s: one alone, %s", updates[i].name,
				decode ? "decoded" : "parsed");
			measure(&b, name, single);
		}
	measure(&b, "sendMessage: encoded", request);
	botapi_body_deinit(&b.body);
	tobs_buf_deinit(&b.text);
	tobs_arena_deinit(&b.arena);
	json_doc_deinit(&b.doc);
	json_parser_deinit(&b.parser);
	return sum == 0;
}
