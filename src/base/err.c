/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <tobs/err.h>

const char *tobs_error_name(int code)
{
	switch (code) {
#define NAME(name, value, text) \
	case value: return "TOBS_" #name;
		TOBS_ERROR_MAP(NAME)
#undef NAME
	default: return "TOBS_E?";
	}
}

const char *tobs_error_text(int code)
{
	switch (code) {
#define TEXT(name, value, text) \
	case value: return text;
		TOBS_ERROR_MAP(TEXT)
#undef TEXT
	default: return "unknown error";
	}
}

int tobs_vfail(struct tobs_err *err, int code, const char *fmt, va_list ap)
{
	struct tobs_err fresh = { .code = code };

	if (!err)
		return code;
	/* The arguments may point into *err itself. */
	vsnprintf(fresh.message, sizeof fresh.message, fmt, ap);
	*err = fresh;
	return code;
}

int tobs_fail(struct tobs_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tobs_vfail(err, code, fmt, ap);
	va_end(ap);
	return code;
}

int tobs_fail_sys(struct tobs_err *err, int code, int sys, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	if (!err)
		return code;
	va_start(ap, fmt);
	tobs_vfail(err, code, fmt, ap);
	va_end(ap);
	err->sys = sys;
	used = strlen(err->message);
	snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(sys));
	return code;
}

void tobs_err_context(struct tobs_err *err, const char *fmt, ...)
{
	char prefixed[sizeof err->message * 2];
	va_list ap;
	int n;

	if (!err)
		return;
	va_start(ap, fmt);
	n = vsnprintf(prefixed, sizeof err->message, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof err->message)
		n = sizeof err->message - 1;
	snprintf(prefixed + n, sizeof prefixed - (size_t)n, ": %s",
		err->message[0] ? err->message : tobs_error_text(err->code));
	memcpy(err->message, prefixed, sizeof err->message - 1);
	err->message[sizeof err->message - 1] = 0;
}
