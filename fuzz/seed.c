/* SPDX-License-Identifier: MIT */
/*
 * Makes the part of the corpora that is bytes of our own protocols, from random
 * values and what our own code says: seed FOLDER writes FOLDER/<target>/<name>.
 * The same every time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tobs/tl.h>

#include "base/attr.h"
#include "base/gzip.h"
#include "botapi/tables.h"
#include "crypto/aes_ige.h"
#include "crypto/sha.h"
#include "exchange_steps.h"
#include "mtproto/link.h"
#include "small_world.h"
#include "support/botapi_random.h"
#include "support/tl_random.h"
#include "tl/wire.h"

enum { SMALL = 700, ARENA_MAX = 64 << 20, TRIES = 200 };

static const char *folder;
static struct prng prng = { 20260731 };
static struct tobs_arena arena;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "seed: %s\n", what);
	exit(1);
}

static void put_file(const char *target, const char *name, struct tobs_view content)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, target);
	(void)mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
	f = fopen(path, "wb");
	must(f, path);
	must(fwrite(content.ptr, 1, content.len, f) == content.len && !fclose(f), path);
}

/* A random value of the constructor that is not long, in wire form. */
static void random_wire(uint32_t id, struct tobs_buf *out)
{
	size_t before = out->len;

	for (int i = 0; i < TRIES; i++) {
		tobs_arena_reset(&arena);
		tobs_buf_truncate(out, before);
		must(!tl_encode(out, tl_random(tl_find(id), &arena, &prng), NULL), tl_name(id));
		if (out->len - before <= SMALL)
			return;
	}
	fprintf(stderr, "seed: %s is long\n", tl_name(id));
}

static void seed_tl(void)
{
	static const uint32_t objects[] = { TL_message, TL_messageService, TL_updates,
		TL_updateShortMessage, TL_channelFull, TL_user, TL_channel, TL_chatFull,
		TL_messages_channelMessages, TL_messageMediaPoll, TL_messageMediaDocument,
		TL_webPage, TL_stickerSet, TL_config, TL_auth_sentCode, TL_account_password,
		TL_upload_file, TL_inputMediaPoll, TL_replyInlineMarkup, TL_jsonObject, TL_resPQ,
		TL_server_DH_params_ok, TL_server_DH_inner_data, TL_client_DH_inner_data,
		TL_p_q_inner_data_temp_dc, TL_msgs_state_info, TL_future_salt, TL_rpc_error,
		TL_messages_sendMessage, TL_invokeWithLayer, TL_initConnection,
		TL_messages_getHistory };
	static const struct {
		uint32_t method, result;
	} results[] = { { TL_help_getConfig, TL_config },
		{ TL_messages_getHistory, TL_messages_messagesSlice },
		{ TL_upload_getFile, TL_upload_file },
		{ TL_account_checkUsername, (uint32_t)TL_BOOL_TRUE } };
	struct tobs_buf wire;

	tobs_buf_init(&wire, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		tobs_buf_clear(&wire);
		random_wire(objects[i], &wire);
		put_file("tl", tl_name(objects[i]), tobs_buf_view(&wire));
	}
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		char name[200];

		tobs_buf_clear(&wire);
		tl_put_u32(&wire, results[i].method);
		if (results[i].result == (uint32_t)TL_BOOL_TRUE)
			tl_put_u32(&wire, (uint32_t)TL_BOOL_TRUE);
		else
			random_wire(results[i].result, &wire);
		snprintf(name, sizeof name, "result-%s", tl_name(results[i].method));
		put_file("tl", name, tobs_buf_view(&wire));
	}
	/* users.getUsers: a vector of objects. */
	tobs_buf_clear(&wire);
	tl_put_u32(&wire, TL_users_getUsers);
	tl_put_u32(&wire, TL_VECTOR_ID);
	tl_put_u32(&wire, 2);
	random_wire(TL_userEmpty, &wire);
	random_wire(TL_user, &wire);
	put_file("tl", "result-vector", tobs_buf_view(&wire));
	/* A vector that says it has more than can be. */
	tobs_buf_truncate(&wire, 8);
	tl_put_u32(&wire, UINT32_MAX);
	put_file("tl", "endless-vector", tobs_buf_view(&wire));
	tobs_buf_clear(&wire);
	for (int i = 0; i < TL_MAX_DEPTH + 2; i++) {
		tl_put_u32(&wire, TL_jsonArray);
		tl_put_u32(&wire, TL_VECTOR_ID);
		tl_put_u32(&wire, 1);
	}
	tl_put_u32(&wire, TL_jsonNull);
	put_file("tl", "deep", tobs_buf_view(&wire));
	tobs_buf_deinit(&wire);
}

static void put_packed(struct tobs_buf *out, struct tobs_view plain)
{
	struct tobs_buf packed;

	tobs_buf_init(&packed, 1 << 20);
	must(!gzip_pack(&packed, plain), "gzip");
	must(!tl_put_u32(out, 0x3072cfa1) && !tl_put_bytes(out, tobs_buf_view(&packed)), "gzip");
	tobs_buf_deinit(&packed);
}

static void seed_gzip(void)
{
	struct tobs_buf plain, out;

	tobs_buf_init(&plain, 8 << 20);
	tobs_buf_init(&out, 8 << 20);
	random_wire(TL_message, &plain);
	tobs_buf_putc(&out, 4);
	must(!gzip_pack(&out, tobs_buf_view(&plain)), "gzip");
	put_file("gzip", "message", tobs_buf_view(&out));
	tobs_buf_clear(&out);
	tobs_buf_clear(&plain);
	tobs_buf_fill(&plain, 'a', 200000);
	tobs_buf_putc(&out, 7);
	must(!gzip_pack(&out, tobs_buf_view(&plain)), "gzip");
	put_file("gzip", "bomb", tobs_buf_view(&out));
	out.ptr[0] = 0;
	put_file("gzip", "long", tobs_buf_view(&out));
	tobs_buf_deinit(&plain);
	tobs_buf_deinit(&out);
}

/* A stream of packets in the framing, as fuzz_link takes it. */
static void seed_link(void)
{
	static const char *const names[] = { "abridged", "intermediate", "padded", "full" };

	for (int how = 0; how < 64; how++) {
		struct mt_link_options options = { .framing = (enum mt_framing)(how & 3) };
		bool server = how & 8, bare = how & 32;
		struct rng rng = prng_rng(&prng);
		struct mt_link client;
		struct tobs_buf out;
		uint8_t body[600];
		char name[100];

		if ((how & 4 && (how & 3) == MT_FULL) || (how & 16 && !(how & 4)) ||
			(bare && (!server || how & 4)))
			continue;
		tobs_buf_init(&out, 1 << 20);
		tobs_buf_putc(&out, (char)how);
		tobs_buf_putc(&out, (char)(how * 3 + 4));
		rng_fill(&rng, body, sizeof body);
		must(!mt_link_connect(&client, &options, &rng, &out), "link");
		if (!bare)
			tobs_buf_truncate(&out, 2);
		if (!server)
			client.server = true;
		must(!mt_link_send(&client, tobs_view(body, 40), &rng, &out), "link");
		if (!server && options.framing != MT_FULL)
			must(!mt_link_send_quick_ack(&client, 0x80001234, &out), "link");
		if (!server)
			must(!mt_link_send_error(&client, -404, &rng, &out), "link");
		must(!mt_link_send(&client, tobs_view(body, how & 4 ? 60 : 600), &rng, &out),
			"link");
		snprintf(name, sizeof name, "%s%s%s-%s%s", names[how & 3],
			how & 4 ? "-obfuscated" : "", how & 16 ? "-secret" : "",
			server ? "to-server" : "to-client", bare ? "-bare" : "");
		put_file("link", name, tobs_buf_view(&out));
		mt_link_deinit(&client);
		tobs_buf_deinit(&out);
	}
}

/* Steps of fuzz_session. */
static void put_step(struct tobs_buf *out, int what, int query, struct tobs_view words)
{
	tobs_buf_putc(out, (char)(what | query << 4));
	tobs_buf_putc(out, (char)(words.len / 4));
	tobs_buf_putv(out, words);
}

static void put_bare_step(struct tobs_buf *out, int what, int query, int n)
{
	tobs_buf_putc(out, (char)(what | query << 4));
	tobs_buf_putc(out, (char)n);
}

/* What the steps are called there. */
enum {
	RAW,
	INNER,
	SAY,
	SAY_QUIET,
	ANSWER,
	ABOUT,
	ABOUT_ALL,
	SEND,
	FORGET,
	FLUSH,
	WAIT,
	CONNECT,
	DISCONNECT,
	ANSWER_AGAIN
};

static void begin_session(struct tobs_buf *out)
{
	tobs_buf_clear(out);
	for (int q = 0; q < 4; q++)
		put_bare_step(out, SEND, q, 0);
	put_bare_step(out, FLUSH, 0, 0);
}

static void put_object(struct tobs_buf *out, int what, int query, const void *object)
{
	struct tobs_buf wire;

	tobs_buf_init(&wire, 1 << 16);
	must(!tl_encode(&wire, object, NULL), "session");
	put_step(out, what, query, tobs_buf_view(&wire));
	tobs_buf_deinit(&wire);
}

/* Each service message of the server about queries that are there. */
static void seed_notes(struct tobs_buf *out)
{
	static const int codes[] = { 16, 17, 32, 33, 48, 64 };
	static const int64_t ids[] = { 0, 0 };
	const struct tl_vec_long two = { 2, ids };

	begin_session(out);
	put_object(out, SAY, 0,
		TL(new_session_created, .first_msg_id = INT64_MAX, .unique_id = 1,
			.server_salt = 5));
	put_bare_step(out, FLUSH, 0, 0);
	put_object(out, ABOUT, 1, TL(bad_server_salt, .new_server_salt = 9, .error_code = 48));
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		put_bare_step(out, FLUSH, 0, 0);
		put_object(out, i & 1 ? ABOUT : ABOUT_ALL, 2,
			TL(bad_msg_notification, .error_code = codes[i]));
	}
	put_file("session", "refused", tobs_buf_view(out));

	begin_session(out);
	put_object(out, SAY_QUIET, 0, TL(msgs_ack, .msg_ids = two));
	put_object(out, ABOUT, 0, TL(msg_detailed_info, .answer_msg_id = 5));
	put_object(out, SAY, 0, TL(msg_new_detailed_info, .answer_msg_id = 6));
	put_object(out, SAY, 0, TL(msg_resend_req, .msg_ids = two));
	put_object(out, SAY, 0, TL(msgs_state_req, .msg_ids = two));
	put_object(out, ABOUT, 3, TL(pong, .ping_id = 5));
	put_bare_step(out, DISCONNECT, 0, 0);
	put_bare_step(out, CONNECT, 0, 0);
	put_bare_step(out, FLUSH, 0, 0);
	put_object(out, ABOUT, 1, TL(msgs_state_info, .info = TOBS_LIT("\4\1\2\3")));
	put_bare_step(out, WAIT, 0, 70);
	put_bare_step(out, FLUSH, 0, 0);
	put_bare_step(out, FORGET, 1, 1);
	put_bare_step(out, WAIT, 0, 200);
	put_file("session", "notes", tobs_buf_view(out));
}

static void put_inner_message(struct tobs_buf *out, uint64_t id, struct tobs_view body)
{
	tl_put_u64(out, id);
	tl_put_u32(out, 1);
	tl_put_u32(out, (uint32_t)body.len);
	tobs_buf_putv(out, body);
}

static void seed_answers(struct tobs_buf *out)
{
	struct tobs_buf object, body;

	tobs_buf_init(&object, 1 << 16);
	tobs_buf_init(&body, 1 << 16);
	begin_session(out);
	random_wire(TL_nearestDc, &object);
	put_step(out, ANSWER, 0, tobs_buf_view(&object));
	put_step(out, ANSWER_AGAIN, 0, tobs_buf_view(&object));
	put_packed(&body, tobs_buf_view(&object));
	put_step(out, ANSWER, 1, tobs_buf_view(&body));
	put_step(out, SAY, 0, tobs_buf_view(&body));
	put_object(out, ANSWER, 2,
		TL(rpc_error, .error_code = 420, .error_message = TOBS_LIT("FLOOD_WAIT_30")));
	tobs_buf_clear(&body);
	tl_put_u32(&body, 0xe06046b2); /* msg_copy */
	put_inner_message(&body, 77, tobs_buf_view(&object));
	put_step(out, SAY, 0, tobs_buf_view(&body));
	tobs_buf_clear(&body);
	tl_put_u32(&body, 0x73f1f8dc); /* msg_container */
	tl_put_u32(&body, 2);
	put_inner_message(&body, 79, tobs_buf_view(&object));
	put_inner_message(&body, 81, tobs_buf_view(&object));
	put_step(out, SAY_QUIET, 0, tobs_buf_view(&body));
	put_bare_step(out, FLUSH, 0, 0);
	put_file("session", "answers", tobs_buf_view(out));

	/* Packed in packed: the inner one lies in the memory it would be unpacked to. */
	begin_session(out);
	tobs_buf_clear(&body);
	tobs_buf_fill(&object, 0, 20000);
	put_packed(&body, tobs_buf_view(&object));
	tobs_buf_clear(&object);
	tl_put_u32(&object, 0xe06046b2);
	put_inner_message(&object, 83, tobs_buf_view(&body));
	tobs_buf_clear(&body);
	put_packed(&body, tobs_buf_view(&object));
	put_step(out, SAY, 0, tobs_buf_view(&body));
	put_file("session", "packed-twice", tobs_buf_view(out));

	/* Raw packets and whole inner ones. */
	begin_session(out);
	tobs_buf_clear(&body);
	tobs_buf_fill(&body, 1, 88);
	put_step(out, RAW, 0, tobs_buf_view(&body));
	tobs_buf_clear(&body);
	tl_put_u64(&body, 777);
	tl_put_u64(&body, 0);
	tl_put_u64(&body, (uint64_t)1700000000 << 32 | 1);
	tl_put_u32(&body, 1);
	tl_put_u32(&body, TL_updatesTooLong);
	put_step(out, INNER, 0, tobs_buf_view(&body));
	put_file("session", "raw", tobs_buf_view(out));
	tobs_buf_deinit(&object);
	tobs_buf_deinit(&body);
}

static void seed_session(void)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 1 << 20);
	seed_notes(&out);
	seed_answers(&out);
	tobs_buf_deinit(&out);
}

static void put_step_file(const char *name, int how, struct tobs_view body)
{
	struct tobs_buf out;

	tobs_buf_init(&out, PACKET_MAX);
	tobs_buf_putc(&out, (char)how);
	tobs_buf_putv(&out, body);
	put_file("exchange", name, tobs_buf_view(&out));
	tobs_buf_deinit(&out);
}

/* What stands encrypted in a packet: its only TL bytes, behind the nonces. */
static void put_sealed(
	const struct exchange_steps *s, const char *name, int how, const struct tobs_buf *packet)
{
	struct tl_reader r;
	struct tobs_view sealed;
	struct kdf_aes aes;
	uint8_t plain[PACKET_MAX];
	const uint8_t *skipped;
	size_t used;

	tl_reader_init(&r, tobs_buf_view(packet));
	tl_read_raw(&r, 20 + 4 + 32, &skipped);
	must(!tl_read_bytes(&r, &sealed), "exchange");
	steps_aes(s, &aes);
	must(!aes_ige_decrypt(aes.key, aes.iv, sealed.ptr, plain, sealed.len), "exchange");
	sealed = tobs_view(plain + SHA1_BYTES, sealed.len - SHA1_BYTES);
	must(!tl_skip(sealed, &used, NULL), "exchange");
	put_step_file(name, how | STEP_SEALED, tobs_view(sealed.ptr, used));
}

static void seed_exchange(void)
{
	static struct exchange_steps s;
	uint8_t plain[RSA_PAD_PLAIN];
	const uint8_t *block;

	steps_init(&s);
	for (int i = 0; i < STEPS; i++) {
		char name[40];

		snprintf(name, sizeof name, "client-%d", i);
		put_step_file(name, i, tobs_view_sub(tobs_buf_view(&s.to_client[i]), 20, SIZE_MAX));
		snprintf(name, sizeof name, "server-%d", i);
		put_step_file(name, i | STEP_SERVER,
			tobs_view_sub(tobs_buf_view(&s.to_server[i]), 20, SIZE_MAX));
	}
	put_step_file("client-raw", STEP_RAW, tobs_buf_view(&s.to_client[0]));
	put_sealed(&s, "client-inner", 1, &s.to_client[1]);
	put_sealed(&s, "server-inner", 2 | STEP_SERVER, &s.to_server[2]);
	block = s.to_server[1].ptr + s.to_server[1].len - RSA_BYTES;
	must(!rsa_decrypt_pad(s.key, block, plain), "exchange");
	put_step_file("server-rsa", 1 | STEP_SERVER | STEP_SEALED, tobs_view(plain, 136));
	put_step_file(
		"server-rsa-old", 1 | STEP_SERVER | STEP_SEALED | STEP_OLD, tobs_view(plain, 136));
	for (uint32_t i = 0; i < 2; i++) {
		put_le32(s.to_client[2].ptr + 20, i ? TL_dh_gen_fail : TL_dh_gen_retry);
		put_step_file(i ? "client-fail" : "client-retry", 2 | STEP_PROVEN,
			tobs_view_sub(tobs_buf_view(&s.to_client[2]), 20, SIZE_MAX));
	}
	for (int i = 0; i < STEPS; i++) {
		tobs_buf_deinit(&s.to_client[i]);
		tobs_buf_deinit(&s.to_server[i]);
	}
	rsa_private_free(s.key);
}

/* Steps of fuzz_sim_session, which calls some of them the same. */
static void seed_sim_session(void)
{
	enum {
		S_SAY,
		S_SAY_QUIET,
		S_INNER,
		S_ABOUT,
		S_ANSWER,
		S_REFUSE,
		S_PUSH,
		S_TAKE,
		S_WAIT,
		S_RECONNECT,
		S_AGAIN
	};
	static const int64_t ids[] = { 0, 0 };
	const struct tl_vec_long two = { 2, ids };
	struct tobs_buf out, query, body;

	tobs_buf_init(&out, 1 << 16);
	tobs_buf_init(&query, 1 << 16);
	tobs_buf_init(&body, 1 << 16);
	must(!tl_encode(&query, TL0(help_getConfig), NULL), "sim_session");
	put_step(&out, S_SAY, 0, tobs_buf_view(&query));
	put_object(&out, S_SAY, 0, TL(ping, .ping_id = 5));
	put_step(&out, S_ANSWER, 0, tobs_buf_view(&query));
	put_bare_step(&out, S_TAKE, 0, 0);
	put_object(&out, S_SAY, 0, TL(get_future_salts, .num = 3));
	put_object(&out, S_ABOUT, 0, TL(msgs_ack, .msg_ids = two));
	put_object(&out, S_ABOUT, 0, TL(msg_resend_req, .msg_ids = two));
	put_object(&out, S_ABOUT, 0, TL(msgs_state_req, .msg_ids = two));
	put_object(&out, S_SAY, 0, TL(ping_delay_disconnect, .disconnect_delay = 75));
	put_object(&out, S_SAY, 0, TL(rpc_drop_answer, .req_msg_id = 5));
	put_object(&out, S_SAY, 0, TL(destroy_session, .session_id = 5));
	put_bare_step(&out, S_TAKE, 0, 0);
	put_file("sim_session", "service", tobs_buf_view(&out));

	tobs_buf_clear(&out);
	put_packed(&body, tobs_buf_view(&query));
	put_step(&out, S_SAY, 0, tobs_buf_view(&body));
	put_bare_step(&out, S_REFUSE, 0, 0);
	tobs_buf_clear(&body);
	tl_put_u32(&body, 0x73f1f8dc);
	tl_put_u32(&body, 2);
	put_inner_message(&body, ((uint64_t)1700000000 << 32) - 8, tobs_buf_view(&query));
	put_inner_message(&body, ((uint64_t)1700000000 << 32) - 4, tobs_buf_view(&query));
	put_step(&out, S_SAY_QUIET, 0, tobs_buf_view(&body));
	put_step(&out, S_AGAIN, 0, tobs_buf_view(&query));
	put_step(&out, S_PUSH, 0, tobs_buf_view(&query));
	put_bare_step(&out, S_TAKE, 0, 0);
	put_bare_step(&out, S_RECONNECT, 0, 0);
	put_bare_step(&out, S_WAIT, 0, 200);
	put_step(&out, S_SAY, 0, tobs_buf_view(&query));
	put_file("sim_session", "container", tobs_buf_view(&out));

	tobs_buf_clear(&out);
	tobs_buf_clear(&body);
	tl_put_u64(&body, 0);
	tl_put_u64(&body, (uint64_t)1700000000 << 32);
	tl_put_u32(&body, 1);
	tobs_buf_putv(&body, tobs_buf_view(&query));
	put_step(&out, S_INNER, 0, tobs_buf_view(&body));
	put_le64(body.ptr, 99);
	put_step(&out, S_INNER, 0, tobs_buf_view(&body));
	put_file("sim_session", "inner", tobs_buf_view(&out));
	tobs_buf_deinit(&out);
	tobs_buf_deinit(&query);
	tobs_buf_deinit(&body);
}

static void put_query(struct tobs_buf *out, const void *query)
{
	struct tobs_buf wire;

	tobs_buf_init(&wire, 1 << 12);
	must(!tl_encode(&wire, query, NULL) && wire.len < 1000, "sim_rpc");
	tobs_buf_putc(out, (char)(wire.len / 4));
	tobs_buf_putv(out, tobs_buf_view(&wire));
	tobs_buf_deinit(&wire);
}

static void put_queries(const char *name, char who, const void *const *queries, size_t n)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 1 << 14);
	tobs_buf_putc(&out, who);
	for (size_t i = 0; i < n; i++)
		put_query(&out, queries[i]);
	put_file("sim_rpc", name, tobs_buf_view(&out));
	tobs_buf_deinit(&out);
}

#define QUERIES(name, who, ...)                                                         \
	do {                                                                            \
		const void *const queries_[] = { __VA_ARGS__ };                         \
		put_queries(name, who, queries_, sizeof queries_ / sizeof queries_[0]); \
	} while (0)

static void seed_reading(const struct sim_world *w)
{
	const int64_t hash = sim_access_hash(w, sim_channel_peer(6));
	const void *chat = TL(inputPeerChannel, .channel_id = 6, .access_hash = hash);
	const void *channel = TL(inputChannel, .channel_id = 6, .access_hash = hash);
	const void *forum = TL(inputPeerChannel, .channel_id = 8,
		.access_hash = sim_access_hash(w, sim_channel_peer(8)));
	const union tl_InputMessage *const ids[] = { TL(inputMessageID, .id = 1),
		TL(inputMessageID, .id = 9) };
	const struct tl_vec_InputMessage two = { 2, ids };

	QUERIES("history", 1, TL(messages_getHistory, .peer = chat, .limit = 10, .offset_id = 3),
		TL(messages_getHistory, .peer = TL(inputPeerChat, .chat_id = 9), .limit = 100),
		TL(channels_getMessages, .channel = channel, .id = two),
		TL(messages_search, .peer = chat, .q = TOBS_LIT("one"),
			.filter = TL0(inputMessagesFilterEmpty), .limit = 5),
		TL(messages_getReplies, .peer = chat, .msg_id = 1, .limit = 5),
		TL(messages_getForumTopics, .peer = forum, .limit = 5),
		TL(channels_getFullChannel, .channel = channel));
	QUERIES("dialogs", 1,
		TL(messages_getDialogs, .offset_peer = TL0(inputPeerEmpty), .limit = 2),
		TL0(updates_getState), TL(updates_getDifference, .pts = 1, .date = 1),
		TL(updates_getChannelDifference, .channel = channel,
			.filter = TL0(channelMessagesFilterEmpty), .pts = 1, .limit = 9),
		TL(contacts_resolveUsername, .username = TOBS_LIT("ivy")),
		TL(messages_getFullChat, .chat_id = 9));
	QUERIES("bot", 2, TL0(updates_getState), TL(messages_getMessages, .id = two));
	QUERIES("wrapped", 1,
		TL(invokeWithLayer, .layer = 228,
			.query = TL(initConnection, .api_id = 1, .device_model = TOBS_LIT("d"),
				.query = TL0(help_getConfig))),
		TL(account_initTakeoutSession, .message_users = 1),
		TL(invokeWithMessagesRange, .range = TL(messageRange, .min_id = 1, .max_id = 2),
			.query = TL(messages_getHistory, .peer = chat, .limit = 10)));
}

static void seed_sim_rpc(void)
{
	struct fake_clock clock;
	struct sim_world *w = small_world(&clock);

	seed_reading(w);
	QUERIES("log-in", 0,
		TL(auth_sendCode, .phone_number = TOBS_LIT("9996620001"), .api_id = 1,
			.api_hash = TOBS_LIT("x"), .settings = TL0(codeSettings)),
		TL(auth_signIn, .phone_number = TOBS_LIT("9996620001"),
			.phone_code_hash = TOBS_LIT("x"), .phone_code = TOBS_LIT("22222")),
		TL(auth_importBotAuthorization, .api_id = 1, .api_hash = TOBS_LIT("x"),
			.bot_auth_token = TOBS_LIT("4:x")),
		TL(auth_exportLoginToken, .api_id = 1, .api_hash = TOBS_LIT("x")),
		TL(auth_importLoginToken, .token = TOBS_LIT("x")),
		TL(auth_importAuthorization, .id = 1, .bytes = TOBS_LIT("x")),
		TL0(account_getPassword));
	QUERIES("files", 1,
		TL(upload_getFile, .location = TL(inputDocumentFileLocation, .id = 5),
			.limit = 4096),
		TL(upload_getFileHashes, .location = TL(inputDocumentFileLocation, .id = 5)),
		TL(users_getFullUser, .id = TL0(inputUserSelf)), TL0(contacts_getContacts),
		TL(messages_checkChatInvite, .hash = TOBS_LIT("x")));
	sim_world_free(w);
}

/* Text that is not long, of a random value or, with `result`, of what a method returns. */
static void put_json(int type, int round, bool result)
{
	struct botapi_random r = { .prng = &prng, .arena = &arena, .deep = 2 };
	const struct botapi_type *t = &botapi_types[type];
	int value = result ? t->result_type : type;
	struct tobs_buf out;
	char name[200];

	tobs_buf_init(&out, 1 << 20);
	for (int i = 0; i < TRIES && (i == 0 || out.len > SMALL || out.len < 30); i++) {
		tobs_arena_reset(&arena);
		tobs_buf_clear(&out);
		tobs_buf_putc(&out, (char)type);
		tobs_buf_putc(&out, (char)(type >> 8 | (result ? 0x80 : 0)));
		if (result && t->result_kind == BOTAPI_ARRAY)
			tobs_buf_putc(&out, '[');
		must(!tobs_botapi_print(
			     &out, (enum tobs_botapi_type)value, botapi_random(&r, value)),
			"json");
		if (result && t->result_kind == BOTAPI_ARRAY)
			tobs_buf_putc(&out, ']');
	}
	snprintf(
		name, sizeof name, "%s%s-%d", result ? "result-" : "", botapi_name(t->name), round);
	put_file("botapi", name, tobs_buf_view(&out));
	tobs_buf_deinit(&out);
}

static void seed_botapi(void)
{
	static const int types[] = { TOBS_TYPE_MESSAGE, TOBS_TYPE_CHAT_FULL_INFO, TOBS_TYPE_POLL,
		TOBS_TYPE_CALLBACK_QUERY, TOBS_TYPE_MESSAGE_ENTITY, TOBS_TYPE_CHAT_MEMBER,
		TOBS_TYPE_REACTION_TYPE, TOBS_TYPE_INLINE_KEYBOARD_MARKUP, TOBS_METHOD_SEND_MESSAGE,
		TOBS_METHOD_SEND_PHOTO, TOBS_METHOD_SEND_MEDIA_GROUP,
		TOBS_METHOD_ANSWER_INLINE_QUERY, TOBS_METHOD_SET_MY_COMMANDS,
		TOBS_METHOD_EDIT_MESSAGE_TEXT, TOBS_METHOD_SEND_INVOICE };
	static const int results[] = { TOBS_METHOD_GET_UPDATES, TOBS_METHOD_GET_ME,
		TOBS_METHOD_EDIT_MESSAGE_TEXT, TOBS_METHOD_GET_CHAT_MEMBER, TOBS_METHOD_GET_FILE };

	for (int round = 0; round < 6; round++)
		put_json(TOBS_TYPE_UPDATE, round, false);
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		put_json(types[i], 0, false);
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		put_json(results[i], 0, true);
}

int main(int argc, char **argv)
{
	must(argc == 2, "usage: seed FOLDER");
	folder = argv[1];
	tobs_arena_init(&arena, ARENA_MAX);
	seed_tl();
	seed_gzip();
	seed_link();
	seed_session();
	seed_sim_session();
	seed_sim_rpc();
	seed_exchange();
	seed_botapi();
	tobs_arena_deinit(&arena);
	return 0;
}
