/* SPDX-License-Identifier: MIT */
#include "store/kv_faulty.h"

#include "base/alloc.h"
#include "base/attr.h"
#include "store/kv_driver.h"

struct faulty {
	struct kv_driver driver;
	struct kv_driver *inner;
	struct kv_faults *faults;
};

static bool fails(struct kv_faults *f)
{
	f->requests++;
	if (!f->fail_at || f->requests < f->fail_at || f->requests - f->fail_at >= f->fail_count)
		return false;
	f->failed++;
	return true;
}

/* Those that fail after are handed on, and what came of them is not told. */
static void hand_on(struct faulty *x, struct kv_request **requests, size_t count,
	struct kv_request **passing, struct kv_request **failing)
{
	struct kv_faults *f = x->faults;
	size_t passed = 0, failed = 0;
	int r = TOBS_OK;

	for (size_t i = 0; i < count; i++) {
		bool does = fails(f);

		if (does)
			failing[failed++] = requests[i];
		if (!does || f->after)
			passing[passed++] = requests[i];
	}
	if (passed)
		r = kv_driver_run(x->inner, passing, passed);
	for (size_t i = 0; r && i < passed; i++)
		passing[i]->result = tobs_fail(&passing[i]->err, r, "asking the store");
	for (size_t i = 0; i < failed; i++)
		failing[i]->result = tobs_fail(
			&failing[i]->err, f->code, "the store was told to fail");
}

static void faulty_run(struct kv_driver *d, struct kv_request **requests, size_t count)
{
	struct faulty *x = CONTAINER_OF(d, struct faulty, driver);
	struct kv_request **lists = MEM_ARRAY(2 * count, struct kv_request *);
	int r = lists ? TOBS_OK : TOBS_ENOMEM;

	x->faults->groups++;
	if (!r && x->faults->delay_ms)
		r = tobs_sleep(x->faults->delay_ms);
	if (!r)
		hand_on(x, requests, count, lists, lists + count);
	for (size_t i = 0; r && i < count; i++)
		requests[i]->result = tobs_fail(&requests[i]->err, r, "asking the store");
	mem_free(lists);
}

static void faulty_close(struct kv_driver *d)
{
	struct faulty *x = CONTAINER_OF(d, struct faulty, driver);

	kv_driver_close(x->inner);
	mem_free(x);
}

int kv_faulty_new(struct kv_driver *inner, struct kv_faults *faults, struct kv_driver **ret,
	struct tobs_err *err)
{
	struct faulty *x = MEM_NEW(struct faulty);

	if (!x) {
		kv_driver_free(inner);
		return tobs_fail(err, TOBS_ENOMEM, "opening the store");
	}
	x->driver = (struct kv_driver){ "faulty", KV_MODE_FIBER, faulty_run, faulty_close };
	x->inner = inner;
	x->faults = faults;
	*ret = &x->driver;
	return TOBS_OK;
}
