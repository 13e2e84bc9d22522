/* SPDX-License-Identifier: MIT */
#include "base/json_path.h"

#include <stdio.h>

/* A message without a place yet starts with ':', one with a place never does. */
int json_fail(struct tobs_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tobs_vfail(err, code, fmt, ap);
	va_end(ap);
	return json_failed(err, code);
}

static int in_front(struct tobs_err *err, int code, const char *glue, struct tobs_view what)
{
	char rest[sizeof err->message];

	if (!err)
		return code;
	memcpy(rest, err->message, sizeof rest);
	snprintf(err->message, sizeof err->message, "%.*s%s%s", TOBS_VIEW_FMT(what), glue, rest);
	return code;
}

int json_failed(struct tobs_err *err, int code)
{
	return in_front(err, code, ": ", tobs_str(""));
}

int json_at_key(struct tobs_err *err, struct tobs_view key, int code)
{
	bool last = err && (err->message[0] == ':' || err->message[0] == '[');

	return in_front(err, code, last ? "" : ".", key);
}

int json_at_index(struct tobs_err *err, size_t i, int code)
{
	bool last = err && (err->message[0] == ':' || err->message[0] == '[');
	char text[32];

	snprintf(text, sizeof text, "[%zu]", i);
	return in_front(err, code, last ? "" : ".", tobs_str(text));
}

int json_at_file(struct tobs_err *err, const char *file, int code)
{
	bool nowhere = err && err->message[0] == ':';

	return in_front(err, code, nowhere ? "" : ": ", tobs_str(file));
}
