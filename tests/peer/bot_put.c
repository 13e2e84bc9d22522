/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "peer/bot_decode.h"

static bool first; /* nothing stands in the innermost object yet */

void put_open(char bracket)
{
	putchar(bracket);
	first = true;
}

void put_close(char bracket)
{
	putchar(bracket);
	first = false;
}

void put_comma(size_t i)
{
	if (i > 0)
		putchar(',');
}

void put_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20)
			printf("\\u%04x", (unsigned)*text);
		else if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(*text);
	}
	putchar('"');
}

void put_key(const char *name)
{
	if (!first)
		putchar(',');
	first = false;
	put_text(name);
	putchar(':');
}

void put_int(int64_t n)
{
	printf("%" PRId64, n);
}

void put_double(double d)
{
	printf("%.17g", d);
}

void put_bool(bool on)
{
	fputs(on ? "true" : "false", stdout);
}

void put_raw(struct tobs_view json)
{
	fwrite(json.ptr, 1, json.len, stdout);
}
