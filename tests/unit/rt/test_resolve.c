/* SPDX-License-Identifier: MIT */
#include "rt/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/failmem.h"
#include "support/fibers.h"

/* Names made of the answer: "4" and "6" are addresses in that order, "?" and others are errors. */
static sem_t begun, gate;
static atomic_int running, most;

static int answer(const char *host, struct addr *ret, size_t *ret_count)
{
	int now = atomic_fetch_add(&running, 1) + 1;
	int before = atomic_load(&most);

	while (before < now && !atomic_compare_exchange_weak(&most, &before, now))
		;
	if (strcmp(host, "hang") == 0) {
		sem_post(&begun);
		while (sem_wait(&gate))
			;
	}
	atomic_fetch_sub(&running, 1);
	if (strcmp(host, "nobody") == 0)
		return EAI_NONAME;
	if (strcmp(host, "later") == 0)
		return EAI_AGAIN;
	if (strcmp(host, "memory") == 0)
		return EAI_MEMORY;
	for (*ret_count = 0; host[*ret_count] && *ret_count < RESOLVE_MAX; ++*ret_count) {
		char text[32];

		snprintf(text, sizeof text, host[*ret_count] == '4' ? "10.0.0.%zu" : "fd00::%zu",
			*ret_count);
		if (addr_parse(tobs_str(text), 1, &ret[*ret_count]))
			return EAI_FAIL;
	}
	return 0;
}

static int setup(void **state)
{
	(void)state;
	sem_init(&begun, 0, 0);
	sem_init(&gate, 0, 0);
	atomic_store(&running, 0);
	atomic_store(&most, 0);
	resolve_use(answer);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	resolve_use(NULL);
	return 0;
}

/* The families and hosts in order, "4:0 6:1 …", or the error. */
static void check(const char *host, int code, const char *want)
{
	struct addr a[RESOLVE_MAX];
	char have[200] = "";
	size_t n = 0;
	struct tobs_err err = { 0 };

	assert_code(resolve(tobs_str(host), 443, a, &n, &err), code);
	assert_code(err.code, code);
	if (code) {
		assert_string_equal(err.message, want);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(have);
		bool v4 = a[i].sa.sa_family == AF_INET;

		assert_int_equal(addr_port(&a[i]), 443);
		snprintf(have + len, sizeof have - len, "%s%c:%d", i ? " " : "", v4 ? '4' : '6',
			v4 ? (int)(ntohl(a[i].in.sin_addr.s_addr) & 255)
			   : a[i].in6.sin6_addr.s6_addr[15]);
	}
	assert_string_equal(have, want);
}

FIBER_TEST(answers)
{
	char name[300];

	check("4", TOBS_OK, "4:0");
	check("6", TOBS_OK, "6:0");
	check("46", TOBS_OK, "4:0 6:1");
	check("6664", TOBS_OK, "6:0 4:3 6:1 6:2");
	check("44466", TOBS_OK, "4:0 6:3 4:1 6:4 4:2");
	check("666644", TOBS_OK, "6:0 4:4 6:1 4:5 6:2 6:3");
	check("nobody", TOBS_ENOTFOUND, "no host is called \"nobody\"");
	check("later", TOBS_ENET, "looking up \"later\": Temporary failure in name resolution");
	check("memory", TOBS_ENOMEM, "looking up \"memory\"");
	check("", TOBS_EINVAL, "this cannot be the name of a host");
	memset(name, 'a', 256);
	name[256] = 0;
	check(name, TOBS_EINVAL, "this cannot be the name of a host");
	return TOBS_OK;
}

FIBER_TEST(numbers_need_no_lookup)
{
	struct addr a[RESOLVE_MAX];
	size_t n = 0;
	char text[ADDR_TEXT_MAX];

	assert_ok(resolve(tobs_str("192.0.2.1"), 5, a, &n, NULL));
	assert_int_equal(n, 1);
	assert_string_equal(addr_format(&a[0], text), "192.0.2.1:5");
	assert_ok(resolve(tobs_str("[::1]"), 5, a, &n, NULL));
	assert_ok(resolve(tobs_str("unix:/x"), 5, a, &n, NULL));
	assert_int_equal(atomic_load(&most), 0);
	return TOBS_OK;
}

static int hang(void *arg)
{
	struct addr a[RESOLVE_MAX];
	size_t n;

	(void)arg;
	return resolve(tobs_str("hang"), 1, a, &n, NULL);
}

static void wait_begun(int n)
{
	while (n--)
		while (sem_wait(&begun))
			;
}

static void open_gate(int n)
{
	while (n--)
		sem_post(&gate);
}

FIBER_TEST(a_cancelled_lookup_is_left_alone)
{
	struct tobs_fiber *f;
	int r = 1;

	assert_ok(tobs_spawn(&f, hang, NULL, NULL));
	settle();
	wait_begun(1);
	tobs_cancel(f);
	assert_ok(tobs_join(f, &r));
	assert_code(r, TOBS_ECANCELED);
	assert_int_equal(atomic_load(&running), 1);
	open_gate(1);
	check("4", TOBS_OK, "4:0");
	return TOBS_OK;
}

FIBER_TEST(only_so_many_at_once)
{
	struct tobs_fiber *f[RESOLVE_THREADS + 1];
	int r = 1;

	for (int i = 0; i <= RESOLVE_THREADS; i++)
		assert_ok(tobs_spawn(&f[i], hang, NULL, NULL));
	settle();
	wait_begun(RESOLVE_THREADS);
	/* One that is left alone still counts: its thread is there. */
	tobs_cancel(f[0]);
	assert_ok(tobs_join(f[0], &r));
	assert_code(r, TOBS_ECANCELED);
	settle();
	assert_int_equal(atomic_load(&most), RESOLVE_THREADS);
	open_gate(RESOLVE_THREADS + 1);
	for (int i = 1; i <= RESOLVE_THREADS; i++) {
		assert_ok(tobs_join(f[i], &r));
		assert_ok(r);
	}
	assert_int_equal(atomic_load(&most), RESOLVE_THREADS);
	return TOBS_OK;
}

static int hang_and_go(void *arg)
{
	struct tobs_fiber *f;
	int r = tobs_spawn(&f, hang, NULL, NULL);

	(void)arg;
	if (r)
		return r;
	tobs_yield();
	wait_begun(1);
	tobs_cancel(f);
	return tobs_join(f, NULL);
}

/* The run ends while a thread still hangs; what comes back later disturbs nobody. */
static void a_run_does_not_wait_for_lookups(void **state)
{
	int64_t live = mem_live();

	(void)state;
	fiber_test_run(hang_and_go);
	fiber_test_run(hang_and_go);
	assert_int_equal(mem_live(), live + 2);
	open_gate(2);
	while (mem_live() != live)
		usleep(1000);
	answers(state);
}

static int resolve_once(void *arg)
{
	struct addr a[RESOLVE_MAX];
	size_t n;

	(void)arg;
	return resolve(tobs_str("46"), 1, a, &n, NULL);
}

static int run_resolve(void *user)
{
	(void)user;
	return tobs_run(resolve_once, NULL);
}

static void without_memory(void **state)
{
	(void)state;
	fail_each_allocation(run_resolve, NULL);
}

/* The system's own: this name is in every hosts file. */
FIBER_TEST(localhost)
{
	struct addr a[RESOLVE_MAX];
	size_t n = 0;

	assert_ok(resolve(tobs_str("localhost"), 80, a, &n, NULL));
	assert_true(n >= 1);
	for (size_t i = 0; i < n; i++) {
		assert_true(addr_is_local(&a[i]));
		assert_int_equal(addr_port(&a[i]), 80);
	}
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_need_no_lookup, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cancelled_lookup_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(only_so_many_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_does_not_wait_for_lookups, setup, teardown),
		cmocka_unit_test_setup_teardown(without_memory, setup, teardown),
		fiber_unit_test(localhost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
