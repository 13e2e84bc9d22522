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

/* What does not fit is cut off at the end. */
static int in_front(struct tobs_err *err, int code, const char *glue, struct tobs_view what)
{
	size_t room = sizeof err->message - 1, first, second, rest;

	if (!err)
		return code;
	first = what.len < room ? what.len : room;
	second = strlen(glue) < room - first ? strlen(glue) : room - first;
	rest = strnlen(err->message, room - first - second);
	memmove(err->message + first + second, err->message, rest);
	if (first)
		memcpy(err->message, what.ptr, first);
	memcpy(err->message + first, glue, second);
	err->message[first + second + rest] = 0;
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
