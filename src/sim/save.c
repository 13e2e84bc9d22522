/* SPDX-License-Identifier: MIT */
/*
 * The file:
 *
 *     {"tobs_sim":1,"private_key":"-----BEGIN …","keys":[
 *       {"dc":2,"key":"<512 hexadecimal digits>","salt":"5","salt_before":"4","salt_until":1714564800,
 *        "expires_at":0,"of":"<id of the permanent key>","layer":228,"api_id":1,
 *        "account":10001,"half":0,"takeout":0,"registered":true}, …]}
 *
 * Numbers of 64 bits that are not ids are strings, for readers that have doubles.
 */
#include "sim/save.h"

#include <stdio.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/json_path.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/wipe.h"
#include "sim/conn.h"

enum { FILE_MAX = 64 << 20, DEPTH = 8, VERSION = 1, MODE = 0600, GATHER_MS = 20, KEYS_MAX = 50000 };

struct sim_saver {
	struct sim_server *server;
	char *path;
	struct tobs_cond wake;
	struct tobs_fiber *fiber;
	bool dirty, ends;
};

/* ---- writing ---- */

static void put_number(struct json_writer *w, const char *key, int64_t n)
{
	jsonw_key(w, key);
	jsonw_i64(w, n);
}

static void put_word(struct json_writer *w, const char *key, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	jsonw_key(w, key);
	jsonw_str(w, text);
}

static int64_t user_of(const struct sim_account *a)
{
	return a ? a->user->peer : 0;
}

static void put_key(struct json_writer *w, const struct sim_key *key, struct tobs_buf *hex)
{
	tobs_buf_clear(hex);
	hex_encode(hex, tobs_view(key->key.bytes, sizeof key->key.bytes));
	jsonw_object(w);
	put_number(w, "dc", key->dc);
	jsonw_key(w, "key");
	jsonw_str(w, tobs_buf_str(hex));
	put_word(w, "salt", key->salt);
	put_word(w, "salt_before", key->salt_before);
	put_number(w, "salt_until", key->salt_until);
	put_number(w, "expires_at", key->expires_at);
	if (key->expires_at)
		put_word(w, "of", key->perm ? key->perm->key.id : 0);
	put_number(w, "layer", key->login.layer);
	put_number(w, "api_id", key->login.api_id);
	put_number(w, "account", user_of(key->login.account));
	put_number(w, "half", user_of(key->login.half));
	put_word(w, "takeout", (uint64_t)key->login.takeout);
	jsonw_key(w, "registered");
	jsonw_bool(w, key->login.registered);
	jsonw_end(w);
}

static int print(const struct sim_server *server, struct tobs_buf *out)
{
	struct json_writer w;
	struct tobs_buf pem, hex;
	int r;

	tobs_buf_init(&pem, 1 << 16);
	tobs_buf_init(&hex, 2 * AUTH_KEY_BYTES);
	r = sim_server_export_key(server, &pem);
	json_writer_init(&w, out, 0);
	jsonw_object(&w);
	put_number(&w, "tobs_sim", VERSION);
	jsonw_key(&w, "private_key");
	jsonw_str(&w, tobs_buf_str(&pem));
	jsonw_key(&w, "keys");
	jsonw_array(&w);
	for (size_t i = 0; i < server->dc_count; i++)
		MAP_EACH (slot, &server->dcs[i].keys.by_id)
			put_key(&w, slot->value, &hex);
	jsonw_end(&w);
	jsonw_end(&w);
	tobs_buf_putc(out, '\n');
	tobs_buf_wipe(&pem);
	tobs_buf_wipe(&hex);
	return r ? r : tobs_buf_err(out);
}

static int save(struct sim_saver *s, struct tobs_err *err)
{
	struct tobs_buf text;
	int r;

	s->dirty = false;
	tobs_buf_init(&text, FILE_MAX);
	r = print(s->server, &text);
	r = r ? tobs_fail(err, r, "no memory for %s", s->path)
	      : file_replace(s->path, tobs_buf_view(&text), MODE, err);
	tobs_buf_wipe(&text);
	return r;
}

/* ---- reading ---- */

static int bad(struct tobs_err *err, const char *path)
{
	return tobs_fail(err, TOBS_EMALFORMED,
		"%s is not what the simulator wrote; remove it to start anew", path);
}

static int read_number(struct json_value v, const char *key, int64_t *ret)
{
	return json_get_i64(json_field(v, key), ret);
}

static int read_word(struct json_value v, const char *key, uint64_t *ret)
{
	struct tobs_view text;
	uint64_t n = 0;

	if (json_get_str(json_field(v, key), &text) || !text.len || text.len > 20)
		return TOBS_EMALFORMED;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return TOBS_EMALFORMED;
		n = n * 10 + text.ptr[i] - '0';
	}
	*ret = n;
	return TOBS_OK;
}

static int read_bytes(struct json_value v, uint8_t ret[AUTH_KEY_BYTES])
{
	struct tobs_view text;
	struct tobs_buf bytes;
	int r = json_get_str(json_field(v, "key"), &text);

	tobs_buf_init(&bytes, AUTH_KEY_BYTES);
	if (!r)
		r = hex_decode(&bytes, text);
	if (!r && bytes.len != AUTH_KEY_BYTES)
		r = TOBS_EMALFORMED;
	if (!r)
		memcpy(ret, bytes.ptr, AUTH_KEY_BYTES);
	tobs_buf_wipe(&bytes);
	return r;
}

static void read_login(
	const struct sim_server *server, struct json_value v, struct sim_login *login)
{
	int64_t layer = 0, api_id = 0, account = 0, half = 0;
	uint64_t takeout = 0;

	(void)read_number(v, "layer", &layer);
	(void)read_number(v, "api_id", &api_id);
	(void)read_number(v, "account", &account);
	(void)read_number(v, "half", &half);
	(void)read_word(v, "takeout", &takeout);
	(void)json_get_bool(json_field(v, "registered"), &login->registered);
	login->layer = (int32_t)layer;
	login->api_id = (int32_t)api_id;
	/* Who is not in the world any more is logged out. */
	login->account = sim_account(server->world, account);
	login->half = sim_account(server->world, half);
	login->takeout = (int64_t)takeout;
}

static int read_key(struct sim_server *server, struct json_value v)
{
	uint8_t bytes[AUTH_KEY_BYTES];
	struct auth_key auth;
	struct sim_key *key;
	int64_t dc = 0, expires_at = 0, until = 0;
	uint64_t salt = 0, before = 0;
	int r = read_bytes(v, bytes);

	if (!r &&
		(read_number(v, "dc", &dc) || read_number(v, "expires_at", &expires_at) ||
			read_number(v, "salt_until", &until) || read_word(v, "salt", &salt) ||
			read_word(v, "salt_before", &before)))
		r = TOBS_EMALFORMED;
	if (r)
		return r;
	/* A world with fewer data centres. */
	if (dc < 1 || (size_t)dc > server->dc_count)
		return TOBS_OK;
	auth_key_set(&auth, bytes);
	mem_wipe(bytes, sizeof bytes);
	r = sim_keys_add(&server->dcs[dc - 1].keys, &auth, (int)dc, salt, expires_at, &key);
	auth_key_wipe(&auth);
	if (r)
		return r == TOBS_EEXISTS ? TOBS_EMALFORMED : r;
	key->salt_before = before;
	key->salt_until = until;
	read_login(server, v, &key->login);
	return TOBS_OK;
}

/* Temporary keys find the permanent ones they were bound to. */
static void bind_key(struct sim_server *server, struct json_value v)
{
	uint8_t bytes[AUTH_KEY_BYTES];
	struct auth_key auth;
	struct sim_key *key;
	int64_t dc = 0;
	uint64_t of = 0;

	if (read_word(v, "of", &of) || !of || read_number(v, "dc", &dc) || dc < 1 ||
		(size_t)dc > server->dc_count || read_bytes(v, bytes))
		return;
	auth_key_set(&auth, bytes);
	key = map_get(&server->dcs[dc - 1].keys.by_id, auth.id);
	if (key)
		key->perm = map_get(&server->dcs[dc - 1].keys.by_id, of);
	mem_wipe(bytes, sizeof bytes);
	auth_key_wipe(&auth);
}

static int read_keys(struct sim_server *server, struct json_value list)
{
	int r = json_is_array(list) && json_count(list) <= KEYS_MAX ? TOBS_OK : TOBS_EMALFORMED;

	JSON_EACH (it, list)
		if (!r)
			r = read_key(server, it.value);
	if (!r)
		JSON_EACH (it, list)
			bind_key(server, it.value);
	return r;
}

/* Parses the file; *ret_there is false when there is none. */
static int parse(const char *path, struct json_parser *parser, struct json_doc *doc,
	bool *ret_there, struct tobs_err *err)
{
	struct tobs_buf text;
	int64_t version = 0;
	int r;

	json_parser_init(parser, FILE_MAX, DEPTH);
	tobs_buf_init(&text, FILE_MAX);
	r = file_read(path, &text, err);
	*ret_there = r != TOBS_ENOTFOUND;
	if (!r && json_parse_buf(parser, doc, &text, NULL))
		r = bad(err, path);
	if (!r && (read_number(json_root(doc), "tobs_sim", &version) || version != VERSION))
		r = bad(err, path);
	tobs_buf_wipe(&text);
	return r == TOBS_ENOTFOUND ? TOBS_OK : r;
}

/* The document holds keys: nothing of it may stay in freed memory. */
static void forget(struct json_parser *parser, struct json_doc *doc)
{
	if (doc->strings)
		mem_wipe(doc->strings, doc->strings_cap);
	tobs_buf_wipe(&parser->copy);
	json_doc_deinit(doc);
	json_parser_deinit(parser);
}

int sim_saved_key(const char *path, struct tobs_buf *ret_pem, struct tobs_err *err)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct tobs_view pem;
	bool there;
	int r = parse(path, &parser, &doc, &there, err);

	if (!r && there) {
		r = json_get_str(json_field(json_root(&doc), "private_key"), &pem)
			? bad(err, path)
			: tobs_buf_putv(ret_pem, pem);
		if (r == TOBS_ENOMEM)
			tobs_fail(err, r, "no memory for a key");
	}
	forget(&parser, &doc);
	return r;
}

static int restore(struct sim_saver *s, struct tobs_err *err)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	bool there;
	int r = parse(s->path, &parser, &doc, &there, err);

	if (!r && there) {
		r = read_keys(s->server, json_field(json_root(&doc), "keys"));
		if (r)
			r = r == TOBS_ENOMEM ? tobs_fail(err, r, "no memory for keys")
					     : bad(err, s->path);
	}
	forget(&parser, &doc);
	return r;
}

/* ---- its life ---- */

static void on_change(void *user)
{
	struct sim_saver *s = user;

	s->dirty = true;
	tobs_cond_signal(&s->wake);
}

static int saver_main(void *arg)
{
	struct sim_saver *s = arg;
	struct tobs_err err;

	while (!s->ends) {
		if (!s->dirty && tobs_cond_wait(&s->wake))
			break;
		/* Logging in changes several things at once. */
		if (s->dirty && !s->ends && !tobs_sleep(GATHER_MS) && save(s, &err))
			log_error("sim", "%s", err.message);
	}
	return TOBS_OK;
}

static void watch(struct sim_saver *s, bool on)
{
	for (size_t i = 0; i < s->server->dc_count; i++) {
		s->server->dcs[i].keys.changed = on ? on_change : NULL;
		s->server->dcs[i].keys.user = s;
	}
}

int sim_saver_start(
	struct sim_saver **ret, struct sim_server *server, const char *path, struct tobs_err *err)
{
	const struct tobs_fiber_options options = { .name = "sim saver" };
	struct sim_saver *s = MEM_NEW(struct sim_saver);
	int r;

	if (!s || !(s->path = mem_strdup(path))) {
		mem_free(s);
		return tobs_fail(err, TOBS_ENOMEM, "no memory for %s", path);
	}
	s->server = server;
	tobs_cond_init(&s->wake);
	r = restore(s, err);
	/* At once, so that what cannot be written is known at once. */
	if (!r)
		r = save(s, err);
	if (!r && tobs_spawn(&s->fiber, saver_main, s, &options))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for a fiber");
	if (r) {
		mem_free(s->path);
		mem_free(s);
		return r;
	}
	watch(s, true);
	*ret = s;
	return TOBS_OK;
}

void sim_saver_stop(struct sim_saver *s)
{
	struct tobs_err err;

	if (!s)
		return;
	watch(s, false);
	s->ends = true;
	tobs_cond_signal(&s->wake);
	(void)tobs_join(s->fiber, NULL);
	if (save(s, &err))
		log_error("sim", "%s", err.message);
	mem_free(s->path);
	mem_free(s);
}
