/* SPDX-License-Identifier: MIT */
#include "sim/rpc.h"

#include "base/endian.h"
#include "crypto/dh.h"
#include "mtproto/bind.h"
#include "sim/change.h"
#include "sim/file.h"
#include "sim/question.h"
#include "support/sim_world.h"
#include "support/test.h"

static struct sim_world *w;
static struct sim_account *ada;
static struct sim_chat *group, *channel;
static struct sim_keys keys;
static struct sim_key *key;
static struct sim_faults faults;
static struct sim_rpc rpc;
static struct sim_session *session;
static struct sim_session_stats stats;
static struct tobs_arena arena, answers;
static struct tobs_buf result;
static int dc;
static int32_t refused_code;
static char refused_name[80];

enum { MESSAGES = 250 };

static void add(struct sim_history *h, int32_t id, int32_t date, int64_t from, const char *text)
{
	assert_ok(sim_history_add(h, (union tl_Message *)test_message(h, id, date, from, text)));
}

static int setup(void **state)
{
	struct sim_history *h;
	uint8_t bytes[AUTH_KEY_BYTES];
	struct auth_key k;

	(void)state;
	w = test_world();
	ada = test_account(w, 1001, "Ada");
	test_user(w, 1002, "Bob");
	group = test_chat(w, SIM_CHAT_GROUP, 50, "Family");
	channel = test_chat(w, SIM_CHAT_SUPERGROUP, 60, "Lab");
	assert_ok(
		sim_member_set(group, &(struct sim_member){ .user_id = 1001, .role = SIM_MEMBER }));
	assert_ok(sim_member_set(
		channel, &(struct sim_member){ .user_id = 1001, .role = SIM_CREATOR }));
	assert_ok(sim_history_open(ada, channel->peer, &h));
	for (int i = 1; i <= MESSAGES; i++)
		add(h, i, 1700000000 + i * 60, i % 2 ? 1001 : 1002, "hello there");
	assert_ok(sim_history_open(ada, 1002, &h));
	add(h, 7, 1700000000, 1002, "psst");
	rng_fill(rng_system(), bytes, sizeof bytes);
	auth_key_set(&k, bytes);
	sim_keys_init(&keys, w->options.clock, rng_system());
	assert_ok(sim_keys_add(&keys, &k, 2, 1, 0, &key));
	assert_ok(sim_session_get(&keys, key, 99, &stats, &session));
	sim_faults_init(&faults, 1);
	sim_rpc_init(&rpc, w, &keys, &faults, w->options.clock, rng_system());
	rpc.dc_count = 2;
	rpc.dcs[0] = (struct sim_dc){ .id = 2, .host = "127.0.0.1", .port = 5000 };
	rpc.dcs[1] = (struct sim_dc){ .id = 4, .host = "127.0.0.1", .port = 5001 };
	tobs_arena_init(&arena, 1 << 26);
	tobs_arena_init(&answers, 1 << 26);
	tobs_buf_init(&result, 1 << 24);
	dc = 2;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sim_rpc_deinit(&rpc);
	sim_faults_deinit(&faults);
	sim_keys_deinit(&keys);
	sim_world_free(w);
	tobs_arena_deinit(&arena);
	tobs_arena_deinit(&answers);
	tobs_buf_deinit(&result);
	return 0;
}

/* Runs a query; the decoded answer, or NULL with refused_code and refused_name set. */
static const void *run_raw(const void *query, uint32_t method, void *into)
{
	struct sim_call c = { .rpc = &rpc,
		.dc = dc,
		.key = key,
		.session = session,
		.msg_id = 0x1000,
		.arena = &arena };
	struct tobs_buf body;
	struct tobs_view kept;
	const void *ret = NULL;

	tobs_buf_init(&body, 1 << 20);
	tobs_buf_clear(&result);
	tobs_arena_reset(&arena);
	assert_ok(tl_encode(&body, query, NULL));
	assert_ok(sim_rpc_run(&c, tobs_buf_view(&body), &result));
	tobs_buf_deinit(&body);
	assert_ok(tobs_arena_view(&answers, tobs_buf_view(&result), &kept));
	refused_code = 0;
	refused_name[0] = 0;
	if (get_le32(kept.ptr) == TL_rpc_error) {
		const struct tl_rpc_error *e;

		assert_ok(tl_decode(kept, &answers, (const void **)&e, NULL, NULL));
		refused_code = e->error_code;
		snprintf(
			refused_name, sizeof refused_name, "%.*s", TOBS_VIEW_FMT(e->error_message));
		return NULL;
	}
	assert_ok(tl_decode_result(method, kept, &answers, into ? into : &ret, NULL));
	return ret;
}

static const void *run(const void *query)
{
	return run_raw(query, tl_id(query), NULL);
}

#define assert_refused(query, code, name)                \
	do {                                             \
		assert_null(run(query));                 \
		assert_string_equal(refused_name, name); \
		assert_int_equal(refused_code, code);    \
	} while (0)

static void introduce(void)
{
	assert_non_null(run_raw(
		TL(invokeWithLayer, .layer = TL_LAYER,
			.query = TL(initConnection, .api_id = 5, .query = TL0(help_getConfig))),
		TL_help_getConfig, NULL));
}

static void log_in(void)
{
	introduce();
	key->login.account = ada;
}

static const union tl_InputPeer *lab(void)
{
	static struct tl_inputPeerChannel p;

	p = (struct tl_inputPeerChannel){ TL_inputPeerChannel, 60,
		sim_access_hash(w, channel->peer) };
	return (const void *)&p;
}

static void strangers_get_nothing(void **state)
{
	(void)state;
	assert_refused(TL0(help_getConfig), 400, "CONNECTION_NOT_INITED");
	introduce();
	assert_non_null(run(TL0(help_getConfig)));
	assert_non_null(run(TL0(help_getNearestDc)));
	assert_refused(TL0(updates_getState), 401, "AUTH_KEY_UNREGISTERED");
	assert_refused(TL(messages_getHistory, .peer = lab()), 401, "AUTH_KEY_UNREGISTERED");
	assert_refused(TL0(account_getPassword), 401, "AUTH_KEY_UNREGISTERED");
	key->login.account = ada;
	assert_refused(TL0(account_getAuthorizations), 400, "INPUT_METHOD_INVALID");
	assert_int_equal(rpc.unknown_methods, 1);
	assert_int_equal(sim_rpc_count(&rpc, TL_help_getConfig), 3);
}

static const char hash[] = "0123456789abcdef0123456789abcdef";

static const union tl_auth_SentCode *send_code(const char *phone)
{
	return run(TL(auth_sendCode, .phone_number = tobs_str(phone), .api_id = 5,
		.api_hash = tobs_str(hash), .settings = TL0(codeSettings)));
}

static void by_phone_and_code(void **state)
{
	const union tl_auth_SentCode *sent;
	const union tl_auth_Authorization *auth;
	struct tl_auth_signIn in = { .ctor = TL_auth_signIn };
	struct sim_user *u;

	(void)state;
	introduce();
	assert_ok(sim_user_add(w,
		&(struct sim_user_args){ .id = 2001,
			.first_name = tobs_str("Eve"),
			.phone = tobs_str("9996620001") },
		&u, NULL));
	assert_ok(sim_account_add(w, u, &(struct sim_account_args){ .code = tobs_str("22222") },
		&(struct sim_account *){ 0 }, NULL));
	assert_refused(TL(auth_sendCode, .phone_number = tobs_str("+9996620001"), .api_id = 5,
			       .api_hash = tobs_str("nonsense"), .settings = TL0(codeSettings)),
		400, "API_ID_INVALID");
	assert_null(send_code("nobody"));
	assert_string_equal(refused_name, "PHONE_NUMBER_INVALID");
	dc = 4;
	assert_null(send_code("+9996620001"));
	assert_string_equal(refused_name, "PHONE_MIGRATE_2");
	assert_int_equal(refused_code, 303);
	dc = 2;
	sent = send_code("+999 66 20001");
	assert_non_null(sent);
	assert_int_equal(sent->auth_sentCode.type->ctor, TL_auth_sentCodeTypeApp);
	in.phone_number = tobs_str("9996620001");
	in.phone_code_hash = sent->auth_sentCode.phone_code_hash;
	assert_refused(&in, 400, "PHONE_CODE_EMPTY");
	in.phone_code = tobs_str("11111");
	assert_refused(&in, 400, "PHONE_CODE_INVALID");
	in.phone_code_hash = tobs_str("wrong");
	assert_refused(&in, 400, "PHONE_CODE_EXPIRED");
	in.phone_code_hash = sent->auth_sentCode.phone_code_hash;
	in.phone_code = tobs_str("22222");
	auth = run(&in);
	assert_non_null(auth);
	assert_int_equal(auth->auth_authorization.user->user.id, 2001);
	assert_true(auth->auth_authorization.user->user.self);
	assert_ptr_equal(key->login.account, u->account);
	assert_non_null(run(TL0(auth_logOut)));
	assert_null(key->login.account);
}

static void a_password_is_proved(void **state)
{
	const struct tl_account_password *p;
	const struct tl_passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow *a;
	struct tl_inputCheckPasswordSRP proof = { .ctor = TL_inputCheckPasswordSRP };
	struct srp_proof srp;
	struct srp_algo algo;
	uint8_t x[SRP_HASH];

	(void)state;
	introduce();
	ada->password = tobs_str("correct horse");
	ada->hint = tobs_str("battery");
	key->login.half = ada;
	assert_refused(TL0(updates_getState), 401, "SESSION_PASSWORD_NEEDED");
	for (int right = 0; right < 2; right++) {
		p = run(TL0(account_getPassword));
		assert_non_null(p);
		assert_true(p->has_password);
		assert_view(p->hint, "battery");
		a = (const void *)p->current_algo;
		algo = (struct srp_algo){ a->salt1, a->salt2, a->p, a->g };
		assert_ok(srp_hash_password(&algo, tobs_str(right ? "correct horse" : "wrong"), x));
		assert_ok(srp_prove(&algo, x, p->srp_B, rng_system(), &srp));
		proof.srp_id = p->srp_id + 1;
		proof.A = tobs_view(srp.a, sizeof srp.a);
		proof.M1 = tobs_view(srp.m1, sizeof srp.m1);
		assert_refused(TL(auth_checkPassword, .password = (const void *)&proof), 400,
			"SRP_ID_INVALID");
		proof.srp_id = p->srp_id;
		if (!right)
			assert_refused(TL(auth_checkPassword, .password = (const void *)&proof),
				400, "PASSWORD_HASH_INVALID");
		else
			assert_non_null(
				run(TL(auth_checkPassword, .password = (const void *)&proof)));
	}
	assert_ptr_equal(key->login.account, ada);
}

static void by_qr_code(void **state)
{
	const union tl_auth_LoginToken *t;
	const struct tl_auth_exportLoginToken ask = {
		.ctor = TL_auth_exportLoginToken, .api_id = 5, .api_hash = tobs_str(hash)
	};
	struct tobs_view token;

	(void)state;
	introduce();
	t = run(&ask);
	assert_int_equal(t->ctor, TL_auth_loginToken);
	token = t->auth_loginToken.token;
	t = run(&ask);
	assert_true(tobs_view_eq(t->auth_loginToken.token, token)); /* the same until it expires */
	assert_code(sim_rpc_accept_token(&rpc, tobs_str("nonsense"), ada), TOBS_ENOTFOUND);
	assert_ok(sim_rpc_accept_token(&rpc, token, ada));
	assert_int_equal(session->out.count, 1); /* updateLoginToken */
	dc = 4;
	t = run(&ask);
	assert_int_equal(t->ctor, TL_auth_loginTokenMigrateTo);
	assert_int_equal(t->auth_loginTokenMigrateTo.dc_id, 2);
	dc = 2;
	t = run(TL(auth_importLoginToken, .token = token));
	assert_int_equal(t->ctor, TL_auth_loginTokenSuccess);
	assert_ptr_equal(key->login.account, ada);
	assert_refused(TL(auth_importLoginToken, .token = token), 400, "AUTH_TOKEN_INVALID");
}

static void to_another_data_centre_and_back(void **state)
{
	const struct tl_auth_exportedAuthorization *e;
	struct tl_auth_importAuthorization in = { .ctor = TL_auth_importAuthorization };

	(void)state;
	log_in();
	assert_refused(TL(auth_exportAuthorization, .dc_id = 9), 400, "DC_ID_INVALID");
	assert_refused(TL(auth_exportAuthorization, .dc_id = 2), 400, "DC_ID_INVALID");
	e = run(TL(auth_exportAuthorization, .dc_id = 4));
	assert_non_null(e);
	in.id = e->id;
	in.bytes = e->bytes;
	assert_refused(&in, 400, "AUTH_BYTES_INVALID"); /* the wrong place */
	dc = 4;
	key->login.account = NULL;
	in.id = 5;
	assert_refused(&in, 400, "AUTH_BYTES_INVALID");
	in.id = e->id;
	assert_non_null(run(&in));
	assert_ptr_equal(key->login.account, ada);
	assert_refused(&in, 400, "AUTH_BYTES_INVALID"); /* good once */
}

static void a_temporary_key_is_bound(void **state)
{
	uint8_t bytes[AUTH_KEY_BYTES], sealed[MT_BIND_BYTES];
	struct sim_key *perm = key, *temp;
	struct tl_auth_bindTempAuthKey q = { .ctor = TL_auth_bindTempAuthKey, .nonce = 77 };
	struct mt_bind b = { .nonce = 77, .session_id = 99 };
	struct auth_key k;
	bool yes = false;

	(void)state;
	log_in();
	rng_fill(rng_system(), bytes, sizeof bytes);
	auth_key_set(&k, bytes);
	b.expires_at = q.expires_at = sim_now(w) + 1000;
	assert_ok(sim_keys_add(&keys, &k, 2, 1, b.expires_at, &temp));
	b.temp_key_id = k.id;
	b.perm_key_id = perm->key.id;
	q.perm_auth_key_id = (int64_t)perm->key.id;
	assert_ok(mt_bind_seal(&b, &perm->key, 0x1000, rng_system(), sealed));
	q.encrypted_message = tobs_view(sealed, sizeof sealed);
	key = temp;
	assert_refused(TL0(updates_getState), 401, "AUTH_KEY_PERM_EMPTY");
	q.nonce = 78;
	assert_refused(&q, 400, "ENCRYPTED_MESSAGE_INVALID");
	q.nonce = 77;
	run_raw(&q, TL_auth_bindTempAuthKey, &yes);
	assert_true(yes);
	assert_non_null(run(TL0(updates_getState))); /* it stands for the account now */
	key = perm;
	assert_refused(&q, 400, "TEMP_AUTH_KEY_EMPTY");
}

static void history_in_pages(void **state)
{
	const union tl_messages_Messages *m;
	const struct tl_messages_channelMessages *page;
	int32_t next = 0, seen = 0;

	(void)state;
	log_in();
	for (;;) {
		m = run(TL(messages_getHistory, .peer = lab(), .offset_id = next, .limit = 100));
		assert_non_null(m);
		assert_int_equal(m->ctor, TL_messages_channelMessages);
		page = &m->messages_channelMessages;
		assert_int_equal(page->count, MESSAGES);
		if (page->messages.count == 0)
			break;
		for (uint32_t i = 0; i < page->messages.count; i++)
			assert_int_equal(
				page->messages.items[i]->message.id, MESSAGES - seen - (int32_t)i);
		seen += (int32_t)page->messages.count;
		next = page->messages.items[page->messages.count - 1]->message.id;
		assert_int_equal(page->users.count, 2);
		assert_int_equal(page->chats.count, 1);
	}
	assert_int_equal(seen, MESSAGES);
	/* Upwards: a page from id 101 on. */
	m = run(TL(messages_getHistory, .peer = lab(), .offset_id = 101, .add_offset = -100,
		.limit = 100));
	page = &m->messages_channelMessages;
	assert_int_equal(page->messages.items[0]->message.id, 200);
	assert_int_equal(page->messages.items[99]->message.id, 101);
	/* A private chat that fits comes whole, one that was never opened is empty. */
	m = run(TL(messages_getHistory, .limit = 500,
		.peer = TL(
			inputPeerUser, .user_id = 1002, .access_hash = sim_access_hash(w, 1002))));
	assert_int_equal(m->ctor, TL_messages_messages);
	assert_view(m->messages_messages.messages.items[0]->message.message, "psst");
	m = run(TL(messages_getHistory, .peer = TL0(inputPeerSelf)));
	assert_int_equal(m->messages_messages.messages.count, 0);
	/* Ranges confine it. */
	m = run_raw(
		TL(invokeWithMessagesRange, .range = TL(messageRange, .min_id = 10, .max_id = 19),
			.query = TL(messages_getHistory, .peer = lab(), .limit = 100)),
		TL_messages_getHistory, NULL);
	assert_int_equal(m->messages_channelMessages.messages.count, 10);
}

static void peers_are_checked(void **state)
{
	struct sim_chat *secret;

	(void)state;
	log_in();
	secret = test_chat(w, SIM_CHAT_CHANNEL, 70, "Secret");
	assert_refused(TL(messages_getHistory,
			       .peer = TL(inputPeerChannel, .channel_id = 60, .access_hash = 1)),
		400, "CHANNEL_INVALID");
	assert_refused(TL(messages_getHistory, .peer = TL(inputPeerChannel, .channel_id = 61)), 400,
		"CHANNEL_INVALID");
	assert_refused(TL(messages_getHistory, .peer = TL(inputPeerUser, .user_id = 1002)), 400,
		"PEER_ID_INVALID");
	assert_refused(TL(messages_getHistory, .peer = TL(inputPeerChat, .chat_id = 51)), 400,
		"CHAT_ID_INVALID");
	assert_refused(
		TL(messages_getHistory, .peer = TL0(inputPeerEmpty)), 400, "PEER_ID_INVALID");
	assert_refused(TL(messages_getHistory,
			       .peer = TL(inputPeerChannel, .channel_id = 70,
				       .access_hash = sim_access_hash(w, secret->peer))),
		400, "CHANNEL_PRIVATE");
	assert_non_null(run(TL(messages_getHistory, .peer = TL(inputPeerChat, .chat_id = 50))));
}

static void dialogs_and_who_is_in_them(void **state)
{
	const union tl_messages_Dialogs *d;
	const struct tl_vec_User *users;
	const struct tl_contacts_resolvedPeer *found;
	const struct tl_messages_chatFull *full;

	(void)state;
	log_in();
	d = run(TL(messages_getDialogs, .offset_peer = TL0(inputPeerEmpty), .limit = 100));
	assert_int_equal(d->ctor, TL_messages_dialogs);
	assert_true(d->messages_dialogs.dialogs.count >= 2);
	assert_int_equal(d->messages_dialogs.messages.count, 2);
	d = run(TL(messages_getDialogs, .offset_peer = TL0(inputPeerEmpty), .limit = 1));
	assert_int_equal(d->ctor, TL_messages_dialogsSlice);
	users = run(TL(
		users_getUsers, .id = { 1, &(const union tl_InputUser *){ TL0(inputUserSelf) } }));
	assert_int_equal(users->count, 1);
	assert_true(users->items[0]->user.self);
	assert_non_null(run(TL(users_getFullUser, .id = TL0(inputUserSelf))));
	assert_ok(sim_username_set(w, channel->peer, tobs_str("the_lab"), NULL));
	found = run(TL(contacts_resolveUsername, .username = tobs_str("The_Lab")));
	assert_int_equal(found->peer->peerChannel.channel_id, 60);
	assert_int_equal(
		found->chats.items[0]->channel.access_hash, sim_access_hash(w, channel->peer));
	assert_refused(TL(contacts_resolveUsername, .username = tobs_str("nobody_x")), 400,
		"USERNAME_NOT_OCCUPIED");
	full = run(TL(channels_getFullChannel,
		.channel = TL(inputChannel, .channel_id = 60,
			.access_hash = sim_access_hash(w, channel->peer))));
	assert_int_equal(
		full->full_chat->channelFull.participants_count, sim_member_count(channel));
	full = run(TL(messages_getFullChat, .chat_id = 50));
	assert_int_equal(full->full_chat->ctor, TL_chatFull);
	assert_non_null(run(TL0(messages_getDialogFilters)));
	assert_non_null(run(TL(messages_getPinnedDialogs, .folder_id = 0)));
}

static void files_in_parts(void **state)
{
	const union tl_Document *doc;
	const union tl_upload_File *part;
	struct tl_inputDocumentFileLocation at = { .ctor = TL_inputDocumentFileLocation };
	struct tl_upload_getFile q = { .ctor = TL_upload_getFile, .location = (const void *)&at };
	const struct tl_vec_FileHash *hashes;

	(void)state;
	log_in();
	assert_ok(sim_document_add(w,
		&(struct sim_document_args){
			.dc = 4, .mime = tobs_str("video/mp4"), .content = { .size = 3000000 } },
		&doc, NULL));
	at.id = doc->document.id;
	at.access_hash = doc->document.access_hash;
	/* A client keeps a copy; the world's own changes when references expire. */
	assert_ok(tobs_arena_view(&answers, doc->document.file_reference, &at.file_reference));
	q.limit = 1 << 20;
	assert_refused(&q, 303, "FILE_MIGRATE_4");
	dc = 4;
	part = run(&q);
	assert_int_equal(part->upload_file.bytes.len, 1 << 20);
	assert_int_equal(part->upload_file.type->ctor, TL_storage_fileMp4);
	q.offset = 2 << 20;
	part = run(&q);
	assert_int_equal(part->upload_file.bytes.len, 3000000 - (2 << 20));
	q.offset = 3 << 20;
	part = run(&q);
	assert_int_equal(part->upload_file.bytes.len, 0);
	q.offset = 1000;
	assert_refused(&q, 400, "OFFSET_INVALID");
	q.offset = 4096;
	assert_refused(&q, 400, "LIMIT_INVALID"); /* over the edge of a mebibyte */
	q.offset = 0;
	q.limit = 3 << 10;
	assert_refused(&q, 400, "LIMIT_INVALID");
	q.precise = 1;
	assert_non_null(run(&q));
	q.limit = 4096;
	at.access_hash++;
	assert_refused(&q, 400, "FILE_ID_INVALID");
	at.access_hash--;
	sim_references_expire(w);
	assert_refused(&q, 400, "FILE_REFERENCE_EXPIRED");
	at.file_reference = tobs_view(NULL, 0);
	assert_refused(&q, 400, "FILE_REFERENCE_EMPTY");
	{
		struct sim_file f;

		assert_ok(sim_file_find(w, at.id, &answers, &f));
		at.file_reference = tobs_view(f.reference, SIM_REFERENCE_BYTES);
	}
	hashes = run(TL(upload_getFileHashes, .location = (const void *)&at, .offset = 0));
	assert_int_equal(hashes->count, 8);
	assert_int_equal(hashes->items[7]->offset, 7 * (128 << 10));
}

static void takeouts_take_their_time(void **state)
{
	const struct tl_account_takeout *t;
	bool yes = false;

	(void)state;
	log_in();
	ada->takeout_delay = 100;
	assert_refused(TL0(account_initTakeoutSession), 420, "TAKEOUT_INIT_DELAY_100");
	ada->takeout_delay = 0;
	t = run(TL0(account_initTakeoutSession));
	assert_non_null(t);
	assert_refused(
		TL(invokeWithTakeout, .takeout_id = t->id + 1, .query = TL0(updates_getState)), 400,
		"TAKEOUT_INVALID");
	assert_non_null(
		run_raw(TL(invokeWithTakeout, .takeout_id = t->id, .query = TL0(updates_getState)),
			TL_updates_getState, NULL));
	assert_refused(TL(account_finishTakeoutSession, .success = 1), 403, "TAKEOUT_REQUIRED");
	run_raw(TL(invokeWithTakeout, .takeout_id = t->id,
			.query = TL(account_finishTakeoutSession, .success = 1)),
		TL_account_finishTakeoutSession, &yes);
	assert_true(yes);
	assert_refused(TL(invokeWithTakeout, .takeout_id = t->id, .query = TL0(updates_getState)),
		400, "TAKEOUT_INVALID");
}

static void older_layers_get_older_forms(void **state)
{
	(void)state;
	log_in();
	key->login.layer = 144;
	(void)run_raw(TL0(help_getConfig), TL_help_getConfig, NULL);
	assert_int_equal(get_le32(result.ptr), 0x330b4067);
	key->login.layer = 227;
	(void)run(TL(
		users_getUsers, .id = { 1, &(const union tl_InputUser *){ TL0(inputUserSelf) } }));
	assert_int_equal(get_le32(result.ptr + 8), 0x31774388);
}

static void faults_come_first(void **state)
{
	(void)state;
	log_in();
	assert_ok(sim_faults_parse(
		&faults, tobs_str("flood=messages.*:1/30,error=help.getNearestDc:500:OOPS"), NULL));
	assert_non_null(run(TL(messages_getHistory, .peer = lab())));
	assert_refused(TL(messages_getHistory, .peer = lab()), 420, "FLOOD_WAIT_30");
	assert_refused(TL0(help_getNearestDc), 500, "OOPS");
}

static void writes_and_changes(void **state)
{
	const struct tl_updates *u;
	const struct tl_updateNewChannelMessage *n;
	const struct tl_messages_affectedMessages *gone;
	const union tl_Reaction *like = TL(reactionEmoji, .emoticon = TOBS_LIT("👍"));
	int32_t id;

	(void)state;
	log_in();
	u = run(TL(messages_sendMessage, .peer = lab(), .message = TOBS_LIT("see @ada_l /go"),
		.random_id = 77, .reply_to = TL(inputReplyToMessage, .reply_to_msg_id = 3)));
	assert_non_null(u);
	assert_int_equal(u->updates.count, 2);
	assert_int_equal(u->updates.items[0]->updateMessageID.random_id, 77);
	id = u->updates.items[0]->updateMessageID.id;
	n = &u->updates.items[1]->updateNewChannelMessage;
	assert_int_equal(n->ctor, TL_updateNewChannelMessage);
	assert_int_equal(n->message->message.id, id);
	assert_true(n->message->message.out);
	assert_int_equal(n->message->message.entities.count, 2);
	assert_int_equal(n->message->message.reply_to->messageReplyHeader.reply_to_msg_id, 3);
	assert_int_equal(u->users.count, 1);
	u = run(TL(messages_editMessage, .peer = lab(), .id = id, .has_message = 1,
		.message = TOBS_LIT("better")));
	assert_non_null(u);
	assert_int_equal(u->updates.items[0]->ctor, TL_updateEditChannelMessage);
	assert_view(
		u->updates.items[0]->updateEditChannelMessage.message->message.message, "better");
	assert_non_null(run(TL(messages_sendReaction, .peer = lab(), .msg_id = id,
		.has_reaction = 1, .reaction = { 1, &like })));
	gone = run(TL(channels_deleteMessages,
		.channel = TL(inputChannel, .channel_id = 60,
			.access_hash = sim_access_hash(w, channel->peer)),
		.id = { 1, &id }));
	assert_int_equal(gone->pts_count, 1);
	assert_refused(TL(messages_editMessage, .peer = lab(), .id = id, .has_message = 1,
			       .message = TOBS_LIT("x")),
		400, "MESSAGE_ID_INVALID");
	assert_refused(TL(messages_sendMessage, .peer = lab()), 400, "MESSAGE_EMPTY");
}

/* A bot hears of it as of everything else. */
static void starts_a_bot(void **state)
{
	struct sim_account *bot;
	struct sim_user *user;
	struct sim_history *h;
	const struct tl_updates *u;

	(void)state;
	log_in();
	assert_ok(sim_user_add(w,
		&(struct sim_user_args){ .id = 900, .first_name = TOBS_LIT("Bot"), .bot = true },
		&user, NULL));
	assert_ok(sim_account_add(w, user, &(struct sim_account_args){ 0 }, &bot, NULL));
	u = run(TL(messages_startBot,
		.bot = TL(inputUser, .user_id = 900, .access_hash = sim_access_hash(w, 900)),
		.peer = TL(inputPeerUser, .user_id = 900, .access_hash = sim_access_hash(w, 900)),
		.random_id = 5, .start_param = TOBS_LIT("from-a-link")));
	assert_non_null(u);
	h = sim_history(bot, 1001);
	assert_non_null(h);
	assert_view(sim_history_get(h, 1, &arena)->message.message, "/start from-a-link");
	assert_refused(TL(messages_startBot,
			       .bot = TL(inputUser, .user_id = 1002,
				       .access_hash = sim_access_hash(w, 1002)),
			       .peer = TL(inputPeerUser, .user_id = 1002,
				       .access_hash = sim_access_hash(w, 1002))),
		400, "BOT_INVALID");
}

/* A bot that answers at once. */
static void answers_at_once(void *user, const struct sim_event *e)
{
	const struct tl_updateBotCallbackQuery *u = &e->update->updateBotCallbackQuery;

	(void)user;
	if (u->ctor != TL_updateBotCallbackQuery)
		return;
	assert_int_equal(u->user_id, 1001);
	assert_view(u->data, "d");
	assert_ok(sim_question_answer(w, sim_question(w, u->query_id),
		tobs_str("{\"text\":\"yes\",\"show_alert\":true}")));
}

static void presses_a_button(void **state)
{
	const union tl_KeyboardButton *button = TL(
		keyboardButtonCallback, .text = TOBS_LIT("Button"), .data = TOBS_LIT("d"));
	const struct tl_keyboardButtonRow *row = TL(keyboardButtonRow, .buttons = { 1, &button });
	struct tl_message *m;
	struct sim_user *user;
	const struct tl_messages_botCallbackAnswer *answer;

	(void)state;
	log_in();
	assert_ok(sim_user_add(w,
		&(struct sim_user_args){ .id = 900, .first_name = TOBS_LIT("Bot"), .bot = true },
		&user, NULL));
	assert_ok(sim_account_add(w, user, &(struct sim_account_args){ 0 }, NULL, NULL));
	m = test_message(channel->history, 900, 1710000000, 900, "press");
	assert_ok(tl_copy(TL(replyInlineMarkup, .rows = { 1, &row }), &w->arena,
		(const void **)&m->reply_markup, NULL));
	assert_ok(sim_history_add(channel->history, (union tl_Message *)m));
	assert_ok(sim_listen(w, answers_at_once, NULL));
	answer = run(TL(messages_getBotCallbackAnswer, .peer = lab(), .msg_id = 900, .has_data = 1,
		.data = TOBS_LIT("d")));
	assert_non_null(answer);
	assert_view(answer->message, "yes");
	assert_true(answer->alert);
	assert_refused(TL(messages_getBotCallbackAnswer, .peer = lab(), .msg_id = 900,
			       .has_data = 1, .data = TOBS_LIT("e")),
		400, "DATA_INVALID");
	assert_refused(TL(messages_getBotCallbackAnswer, .peer = lab(), .msg_id = 901), 400,
		"MESSAGE_ID_INVALID");
}

static void nonsense_is_answered(void **state)
{
	struct prng p = { 8 };

	(void)state;
	log_in();
	for (int i = 0; i < 5000; i++) {
		struct sim_call c = {
			.rpc = &rpc, .dc = dc, .key = key, .session = session, .arena = &arena
		};
		uint32_t words[12];

		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			words[k] = (uint32_t)prng_next(&p);
		words[0] = i % 3 ? TL_invokeWithLayer : TL_messages_getHistory;
		words[2] = i % 2 ? TL_help_getConfig : TL_inputPeerSelf;
		tobs_arena_reset(&arena);
		tobs_buf_clear(&result);
		assert_ok(sim_rpc_run(&c, tobs_view(words, (1 + prng_below(&p, 12)) * 4), &result));
		assert_true(result.len >= 4);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(strangers_get_nothing),
		T(by_phone_and_code),
		T(a_password_is_proved),
		T(by_qr_code),
		T(to_another_data_centre_and_back),
		T(a_temporary_key_is_bound),
		T(history_in_pages),
		T(peers_are_checked),
		T(dialogs_and_who_is_in_them),
		T(files_in_parts),
		T(takeouts_take_their_time),
		T(older_layers_get_older_forms),
		T(faults_come_first),
		T(writes_and_changes),
		T(starts_a_bot),
		T(presses_a_button),
		T(nonsense_is_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
