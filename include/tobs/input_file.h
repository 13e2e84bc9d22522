/* SPDX-License-Identifier: MIT */
/*
 * A file given to a Bot API method: one that Telegram has already, one it shall
 * fetch, or one that is sent along, streamed from where it lies.
 *
 *     .photo = tobs_file_id(message->photo.items[0].file_id)
 *     .photo = tobs_file_url("https://example.org/cat.jpg")
 *     .photo = tobs_file_path("cat.jpg")
 *     .document = tobs_file_memory(text, len, "notes.txt")
 *
 * Everything pointed to is borrowed until the call it is given to returns.
 */
#ifndef TOBS_INPUT_FILE_H
#define TOBS_INPUT_FILE_H

#include <stdint.h>
#include <tobs/view.h>

TOBS_BEGIN_DECLS

enum tobs_input_file_kind {
	TOBS_INPUT_FILE_NONE,
	TOBS_INPUT_FILE_NAMED,  /* `id`: a file_id, or a URL that Telegram's servers fetch */
	TOBS_INPUT_FILE_PATH,   /* `path`: a file of this machine */
	TOBS_INPUT_FILE_MEMORY, /* `data`, `size` */
	TOBS_INPUT_FILE_FD,     /* `fd`: an open regular file, all of it; stays open */
	TOBS_INPUT_FILE_READER, /* `read`, called until it gives no more */
};

struct tobs_input_file {
	enum tobs_input_file_kind kind;
	int fd;
	union {
		const char *id;
		const char *path;
		const void *data;
		/* Up to `cap` bytes into buf, 0 of them at the end; may wait. What it returns ends the call. */
		int (*read)(void *user, void *buf, size_t cap, size_t *ret_n);
	} from;
	int64_t size; /* of MEMORY; of a READER: what it will give, -1 when nobody knows */
	/* Of a READER: back to its beginning, so that a call that failed can be repeated; NULL: it cannot. */
	int (*rewind)(void *user);
	void *user;
	const char *name; /* as receivers see it; NULL: the last part of the path, or "file" */
	const char
		*type; /* its MIME type; NULL: "application/octet-stream", Telegram looks itself */
};

/* One that Telegram has: its file_id. */
static inline struct tobs_input_file tobs_file_id(const char *id)
{
	struct tobs_input_file f;

	memset(&f, 0, sizeof f);
	f.kind = TOBS_INPUT_FILE_NAMED;
	f.from.id = id;
	return f;
}

/* One that Telegram shall fetch. The server tells an address from a file_id. */
static inline struct tobs_input_file tobs_file_url(const char *url)
{
	return tobs_file_id(url);
}

/* A file of this machine. */
static inline struct tobs_input_file tobs_file_path(const char *path)
{
	struct tobs_input_file f;

	memset(&f, 0, sizeof f);
	f.kind = TOBS_INPUT_FILE_PATH;
	f.from.path = path;
	return f;
}

/* Bytes in memory; `name` as receivers see it. */
static inline struct tobs_input_file tobs_file_memory(
	const void *data, size_t size, const char *name)
{
	struct tobs_input_file f;

	memset(&f, 0, sizeof f);
	f.kind = TOBS_INPUT_FILE_MEMORY;
	f.from.data = data;
	f.size = (int64_t)size;
	f.name = name;
	return f;
}

/* An open regular file, all of it; stays open. */
static inline struct tobs_input_file tobs_file_fd(int fd, const char *name)
{
	struct tobs_input_file f;

	memset(&f, 0, sizeof f);
	f.kind = TOBS_INPUT_FILE_FD;
	f.fd = fd;
	f.name = name;
	return f;
}

/* What `read` gives, called until it gives no more; `size` is -1 when nobody knows. */
static inline struct tobs_input_file tobs_file_reader(
	int (*read)(void *user, void *buf, size_t cap, size_t *ret_n), void *user, int64_t size,
	const char *name)
{
	struct tobs_input_file f;

	memset(&f, 0, sizeof f);
	f.kind = TOBS_INPUT_FILE_READER;
	f.from.read = read;
	f.user = user;
	f.size = size;
	f.name = name;
	return f;
}

TOBS_END_DECLS

#endif
