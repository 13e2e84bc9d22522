/* SPDX-License-Identifier: MIT */
/*
 * A driver for tests of what lies above: it hands everything on to another one,
 * until it is told to fail, to dawdle, or to lose its connection.
 */
#ifndef STORE_KV_FAULTY_H
#define STORE_KV_FAULTY_H

#include "store/kv.h"

/* The test's; it may change anything at any time. {0} does nothing. */
struct kv_faults {
	/*
	 * Requests from number fail_at on, counted from 1, fail with `code`:
	 * fail_count of them. 0: none.
	 */
	uint64_t fail_at, fail_count;
	int code;
	bool after;       /* they are done all the same: a connection that broke too late */
	int64_t delay_ms; /* before each group */

	/* What came. */
	uint64_t requests, groups, failed;
};

/* It owns `inner`, also when it fails. TOBS_ENOMEM. */
int kv_faulty_new(struct kv_driver *inner, struct kv_faults *faults, struct kv_driver **ret,
	struct tobs_err *err);

#endif
