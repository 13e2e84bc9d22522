/* SPDX-License-Identifier: MIT */
#include "cli/server.h"

#include <stdio.h>

#include "base/file.h"

enum { KEY_MAX = 65536, PATH_BYTES = 4096 };

static const char allowed[] = "allowed is production, test or sim:[HOST:]PORT,KEY.pem";

/* "PORT", "HOST:PORT" or "[::1]:PORT". */
static int read_address(struct server_choice *s, struct tobs_view text)
{
	struct tobs_view host = TOBS_LIT("127.0.0.1"), port = text;
	int64_t number;

	for (size_t i = text.len; i-- > 0;) {
		if (text.ptr[i] != ':')
			continue;
		host = tobs_view_sub(text, 0, i);
		port = tobs_view_sub(text, i + 1, SIZE_MAX);
		break;
	}
	if (tobs_view_starts(host, "[") && tobs_view_ends(host, "]"))
		host = tobs_view_sub(host, 1, host.len - 2);
	if (!host.len || host.len >= sizeof s->host || tobs_view_int(port, 1, UINT16_MAX, &number))
		return TOBS_EINVAL;
	snprintf(s->host, sizeof s->host, "%.*s", TOBS_VIEW_FMT(host));
	s->port = (uint16_t)number;
	return TOBS_OK;
}

static int read_simulated(struct server_choice *s, struct tobs_view text, struct tobs_err *err)
{
	struct tobs_view address;
	char path[PATH_BYTES];

	tobs_view_split(&text, ',', &address);
	if (!text.len || text.len >= sizeof path || read_address(s, address))
		return tobs_fail(err, TOBS_EINVAL, "server: %s", allowed);
	snprintf(path, sizeof path, "%.*s", TOBS_VIEW_FMT(text));
	return file_read(path, &s->key, err);
}

int server_choice_read(struct server_choice *s, struct tobs_view text, struct tobs_err *err)
{
	*s = (struct server_choice){ .port = 0 };
	tobs_buf_init(&s->key, KEY_MAX);
	if (tobs_view_is(text, "production"))
		return TOBS_OK;
	s->test = tobs_view_is(text, "test");
	if (s->test)
		return TOBS_OK;
	s->simulated = tobs_view_starts(text, "sim:");
	if (s->simulated)
		return read_simulated(s, tobs_view_sub(text, 4, SIZE_MAX), err);
	return tobs_fail(err, TOBS_EINVAL, "server \"%.*s\": %s",
		(int)(text.len < 80 ? text.len : 80), (const char *)text.ptr, allowed);
}

void server_choice_deinit(struct server_choice *s)
{
	tobs_buf_deinit(&s->key);
}
