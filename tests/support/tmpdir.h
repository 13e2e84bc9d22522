/* SPDX-License-Identifier: MIT */
/* A directory for one test, with its files, removed afterwards. */
#ifndef SUPPORT_TMPDIR_H
#define SUPPORT_TMPDIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

struct tmpdir {
	char path[64];
	char name[128]; /* of tmpdir_file() */
};

static inline void tmpdir_init(struct tmpdir *t)
{
	snprintf(t->path, sizeof t->path, "/tmp/tobs-test-XXXXXX");
	if (!mkdtemp(t->path))
		fail_msg("no temporary directory");
}

static inline int tmpdir_remove_one(
	const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void tmpdir_deinit(struct tmpdir *t)
{
	nftw(t->path, tmpdir_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* "<dir>/name"; valid until the next call. */
static inline const char *tmpdir_file(struct tmpdir *t, const char *name)
{
	snprintf(t->name, sizeof t->name, "%s/%s", t->path, name);
	return t->name;
}

static inline void write_file(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, len, f) != len || fclose(f))
		fail_msg("cannot write %s", path);
}

/* Bytes; -1 when it does not exist. */
static inline long file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : (long)st.st_size;
}

/* Permission bits; -1 when it does not exist. */
static inline int file_mode(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : (int)(st.st_mode & 0777);
}

#endif
