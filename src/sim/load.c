/* SPDX-License-Identifier: MIT */
#include "sim/load.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json_path.h"
#include "sim/desktop.h"
#include "sim/loader.h"
#include "sim/synthetic.h"

enum { VALUE_MAX = 64 << 20 };

/* Enters the document and finds its first member. */
static int begin(struct json_stream *s, struct json_item *item, struct tobs_err *err)
{
	int r = json_stream_next(s, item, err);

	if (!r && item->type != JSON_OBJECT)
		r = json_fail(err, TOBS_EMALFORMED,
			"is neither an export of Telegram Desktop in JSON nor a world of ours");
	if (!r)
		r = json_stream_enter(s, err);
	return r ? r : json_stream_next(s, item, err);
}

static int load(struct sim_world *w, struct json_stream *s, const char *folder, const char *name,
	struct tobs_err *err)
{
	struct json_item item;
	int r;

	if (err)
		*err = (struct tobs_err){ 0 };
	r = begin(s, &item, err);
	if (!r && tobs_view_is(item.key, "tobs_world")) {
		/* It says itself which file the fault is in. */
		r = loader_load(w, s, folder, name, &item, err);
		if (r)
			return r;
	} else if (!r) {
		r = desktop_load(w, s, folder, &item, err);
	}
	/* Nothing may stand behind it. */
	if (!r)
		r = json_stream_next(s, &item, err);
	return r ? json_at_file(err, name, r) : r;
}

int sim_load_stream(struct sim_world *w, json_read_fn read, void *user, const char *folder,
	const char *name, struct tobs_err *err)
{
	struct json_stream s;
	int r;

	json_stream_init(&s, read, user,
		&(struct json_stream_options){ .max_value = VALUE_MAX, .lenient = true });
	r = load(w, &s, folder, name, err);
	json_stream_deinit(&s);
	if (!r && !sim_default_account(w))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for an account");
	return r;
}

/* The folder that `path` lies in, on the heap. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	return mem_dup(path, slash == path ? 1 : (size_t)(slash - path));
}

int sim_load(struct sim_world *w, const char *path, struct tobs_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r;
	char *folder;

	if (fd < 0)
		return tobs_fail_sys(err,
			errno == ENOENT || errno == ENOTDIR         ? TOBS_ENOTFOUND
				: errno == EACCES || errno == EPERM ? TOBS_EPERM
								    : TOBS_EIO,
			errno, "cannot open %s", path);
	folder = folder_of(path);
	r = folder ? sim_load_stream(w, json_read_fd, &fd, folder, path, err)
		   : tobs_fail(err, TOBS_ENOMEM, "no memory");
	mem_free(folder);
	close(fd);
	return r;
}
