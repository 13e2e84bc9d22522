/* SPDX-License-Identifier: MIT */
/*
 * Large samples that are not part of the repository. They lie in the folder
 * that TOBS_SHARED names, or in ../shared beside the sources; tests that want
 * one are skipped where it is not.
 */
#ifndef SUPPORT_SHARED_H
#define SUPPORT_SHARED_H

#include <stdbool.h>
#include <tobs/buf.h>

/* Appends the file's content (up to the buffer's maximum); false when there is no such file. */
bool shared_file(const char *path, struct tobs_buf *out);

/*
 * For a test program none of whose tests can run without a sample: says so to
 * the test runner; return its result from main(). (skip() of cmocka 1.1.5 writes
 * "not ok", which counts as a failure.)
 */
int shared_skip(void);

#endif
