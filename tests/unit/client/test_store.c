/* SPDX-License-Identifier: MIT */
#include "client/store.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/failmem.h"
#include "support/test.h"

static char dir[64], path[96];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/tobs-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/a.session", dir);
	return 0;
}

static int teardown(void **state)
{
	char other[128];

	(void)state;
	unlink(path);
	snprintf(other, sizeof other, "%s-journal", path);
	unlink(other);
	snprintf(other, sizeof other, "%s.lock", path);
	unlink(other);
	return rmdir(dir);
}

static const struct tl_user *a_user(struct tl_user *u, int64_t id)
{
	*u = (struct tl_user){ .ctor = TL_user,
		.id = id,
		.has_access_hash = 1,
		.access_hash = id * 3,
		.first_name = tobs_str("Ada"),
		.last_name = tobs_str("Lovelace"),
		.username = tobs_str("AdaL"),
		.phone = tobs_str("99966123") };
	return u;
}

static void fill(struct client_store *s)
{
	const struct dc_address list[] = { { .dc = 2, .port = 443, .host = "127.0.0.1" },
		{ .dc = 4, .port = 80, .host = "::1", .ipv6 = true, .media_only = true } };
	uint8_t bytes[AUTH_KEY_BYTES];
	struct dc_key *k = client_store_key(s, 2);
	struct tl_user u;

	memset(bytes, 7, sizeof bytes);
	auth_key_set(&k->key, bytes);
	k->known = k->authorized = true;
	k->salt = 0x8877665544332211;
	k->time_offset = -5;
	s->home = 4;
	s->self = 42;
	s->head_dirty = true;
	assert_ok(client_store_set_addresses(s, list, 2, 99));
	client_store_meet_user(s, a_user(&u, 42));
	client_store_meet_chat(s,
		TL(channel, .id = 7, .has_access_hash = 1, .access_hash = 70,
			.title = tobs_str("News"), .username = tobs_str("news_x")));
	client_store_meet_chat(s, TL(chat, .id = 8, .title = tobs_str("Family")));
}

static void comes_back_as_it_was(void **state)
{
	struct client_store s;
	struct stat st;
	const struct peer_record *p;

	(void)state;
	assert_ok(client_store_open(&s, path, NULL));
	assert_false(client_store_is_dirty(&s));
	fill(&s);
	assert_true(client_store_is_dirty(&s));
	assert_ok(client_store_close(&s, NULL));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	assert_ok(client_store_open(&s, path, NULL));
	assert_false(client_store_is_dirty(&s));
	assert_int_equal(s.home, 4);
	assert_int_equal(s.self, 42);
	assert_int_equal(s.address_count, 2);
	assert_string_equal(s.addresses[1].host, "::1");
	assert_true(s.addresses[1].ipv6 && s.addresses[1].media_only && !s.addresses[0].ipv6);
	assert_int_equal(s.addresses_at, 99);
	assert_true(client_store_key(&s, 2)->known && client_store_key(&s, 2)->authorized);
	assert_int_equal(client_store_key(&s, 2)->salt, 0x8877665544332211);
	assert_int_equal(client_store_key(&s, 2)->key.bytes[255], 7);
	assert_int_not_equal(client_store_key(&s, 2)->key.id, 0);
	p = client_store_peer(&s, 42);
	assert_non_null(p);
	assert_string_equal(p->name, "Ada Lovelace");
	assert_int_equal(p->peer.access_hash, 126);
	assert_ptr_equal(client_store_username(&s, tobs_str("aDAl")), p);
	assert_ptr_equal(client_store_phone(&s, tobs_str("99966123")), p);
	assert_int_equal(
		client_store_username(&s, tobs_str("news_x"))->peer.kind, TOBS_PEER_CHANNEL);
	assert_int_equal(client_store_peer(&s, -8)->peer.kind, TOBS_PEER_CHAT);
	client_store_forget(&s);
	assert_ok(client_store_close(&s, NULL));

	assert_ok(client_store_open(&s, path, NULL));
	assert_int_equal(s.self, 0);
	assert_false(client_store_key(&s, 2)->known);
	assert_ok(client_store_close(&s, NULL));
}

static void one_session_one_process(void **state)
{
	struct client_store a, b;
	struct tobs_err err = { 0 };

	(void)state;
	assert_ok(client_store_open(&a, path, NULL));
	assert_code(client_store_open(&b, path, &err), TOBS_ELOCKED);
	assert_true(err.message[0]);
	assert_ok(client_store_close(&a, NULL));
	assert_ok(client_store_open(&b, path, NULL));
	assert_ok(client_store_close(&b, NULL));
}

static void names_move_and_hashes_stay(void **state)
{
	struct client_store s;
	struct tl_user u, v;

	(void)state;
	assert_ok(client_store_open(&s, NULL, NULL));
	client_store_meet_user(&s, a_user(&u, 1));
	/* `min`: the hash is good for one context only. */
	a_user(&v, 1);
	v.min = 1;
	v.access_hash = 999;
	v.username = tobs_str("renamed");
	client_store_meet_user(&s, &v);
	assert_int_equal(client_store_peer(&s, 1)->peer.access_hash, 3);
	assert_null(client_store_username(&s, tobs_str("adal")));
	assert_non_null(client_store_username(&s, tobs_str("renamed")));
	/* Somebody else takes the name. */
	a_user(&v, 2);
	v.username = tobs_str("renamed");
	client_store_meet_user(&s, &v);
	assert_int_equal(client_store_username(&s, tobs_str("RENAMED"))->peer.id, 2);
	/* A stranger known by a borrowed hash only is not remembered. */
	a_user(&v, 3);
	v.min = 1;
	client_store_meet_user(&s, &v);
	assert_null(client_store_peer(&s, 3));
	assert_int_equal(s.dirty_peers, 2);
	client_store_meet_user(&s, a_user(&u, 2));
	assert_int_equal(s.dirty_peers, 2);
	assert_false(client_store_is_dirty(&s)); /* nowhere to write to */
	assert_ok(client_store_close(&s, NULL));
}

/* How many records wait to be written; then none does. */
static size_t dirty(struct client_store *s)
{
	struct store_snapshot snap;
	size_t n = s->dirty_peers;

	assert_ok(client_store_snapshot(s, &snap));
	assert_int_equal(snap.peer_count, n);
	store_snapshot_deinit(&snap);
	return n;
}

static void only_what_changed_is_written(void **state)
{
	struct client_store s;
	struct tl_user u;

	(void)state;
	assert_ok(client_store_open(&s, NULL, NULL));
	client_store_meet_user(&s, a_user(&u, 1));
	assert_int_equal(dirty(&s), 1);
	client_store_meet_user(&s, a_user(&u, 1));
	assert_int_equal(dirty(&s), 0);
	for (int i = 0; i < 7; i++) {
		a_user(&u, 1);
		switch (i) {
		case 0: u.first_name = tobs_str("Ad"); break;
		case 1: u.first_name = tobs_str("Adah"); break;
		case 2: u.last_name = tobs_str("Love"); break;
		case 3: u.last_name = tobs_view(NULL, 0); break;
		case 4: u.username = tobs_view(NULL, 0); break;
		case 5: u.phone = tobs_str("9996612"); break;
		default: u.access_hash = 4; break;
		}
		client_store_meet_user(&s, &u);
		assert_int_equal(dirty(&s), 1);
		client_store_meet_user(&s, a_user(&u, 1));
		assert_int_equal(dirty(&s), 1);
	}
	/* What is kept ends at a zero byte. */
	u.first_name = tobs_view("Ada\0more than there is to compare", 33);
	client_store_meet_user(&s, &u);
	assert_int_equal(dirty(&s), 0);
	assert_ok(client_store_close(&s, NULL));
}

static void what_could_not_be_written_is_dirty_again(void **state)
{
	struct store_snapshot snap;
	struct client_store s;
	struct tl_user u;

	(void)state;
	assert_ok(client_store_open(&s, path, NULL));
	assert_ok(client_store_set_addresses(&s, &(struct dc_address){ .dc = 1 }, 1, 1));
	client_store_meet_user(&s, a_user(&u, 1));
	client_store_meet_user(&s, a_user(&u, 2));
	assert_ok(client_store_snapshot(&s, &snap));
	assert_false(client_store_is_dirty(&s));
	client_store_meet_user(&s, a_user(&u, 3));
	u.phone = tobs_view(NULL, 0);
	u.id = 2;
	client_store_meet_user(&s, &u); /* dirty by itself already */
	client_store_soil(&s, &snap);
	store_snapshot_deinit(&snap);
	assert_true(s.head_dirty);
	assert_int_equal(dirty(&s), 3);
	assert_ok(client_store_close(&s, NULL));
}

static void long_names_are_cut_between_characters(void **state)
{
	struct client_store s;
	struct tl_user u;
	char name[400];

	(void)state;
	for (size_t i = 0; i + 3 <= sizeof name; i += 3)
		memcpy(name + i, "\xe4\xb8\xad", 3);
	assert_ok(client_store_open(&s, NULL, NULL));
	a_user(&u, 1);
	u.first_name = tobs_view(name, 399);
	client_store_meet_user(&s, &u);
	assert_int_equal(strlen(client_store_peer(&s, 1)->name) % 3, 0);
	assert_ok(client_store_close(&s, NULL));
}

static void what_is_no_session(void **state)
{
	struct tobs_err err = { 0 };
	struct client_store s;
	FILE *f = fopen(path, "w");

	(void)state;
	fputs("this is a letter to my aunt, and longer than a page of any database would begin with, "
	      "so that nobody could take it for one",
		f);
	fclose(f);
	assert_code(client_store_open(&s, path, &err), TOBS_EDB);
	assert_true(err.message[0]);
	assert_code(client_store_open(&s, "/nonexistent/dir/a.session", &err), TOBS_ENOTFOUND);
	assert_non_null(strstr(err.message, "/nonexistent/dir/a.session"));
}

static int use_in_memory(void *user)
{
	struct client_store s;
	int r = client_store_open(&s, NULL, NULL);
	struct tl_user u;

	(void)user;
	if (!r && !client_store_key(&s, 2))
		r = TOBS_ENOMEM;
	if (!r)
		r = client_store_set_addresses(&s, &(struct dc_address){ .dc = 1 }, 1, 1);
	client_store_meet_user(&s, a_user(&u, 5));
	(void)client_store_close(&s, NULL);
	return r;
}

static void survives_failing_memory(void **state)
{
	(void)state;
	fail_each_allocation(use_in_memory, NULL);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(comes_back_as_it_was),
		T(one_session_one_process),
		T(names_move_and_hashes_stay),
		T(only_what_changed_is_written),
		T(what_could_not_be_written_is_dirty_again),
		T(long_names_are_cut_between_characters),
		T(what_is_no_session),
		T(survives_failing_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
