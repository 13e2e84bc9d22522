/* SPDX-License-Identifier: MIT */
#include "client/target.h"

#include <string.h>

#include "base/attr.h"

enum {
	USERNAME_MIN = 4, /* collectible ones are that short */
	USERNAME_MAX = 32,
	PHONE_MIN = 7,
	PHONE_MAX = 15,
	PARTS_MAX = 5,
};

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool target_is_username(struct tobs_view v)
{
	if (v.len < USERNAME_MIN || v.len > USERNAME_MAX || !is_letter(v.ptr[0]))
		return false;
	for (size_t i = 1; i < v.len; i++)
		if (!is_letter(v.ptr[i]) && !is_digit(v.ptr[i]) && v.ptr[i] != '_')
			return false;
	return true;
}

static bool skip(struct tobs_view *v, const char *prefix)
{
	size_t n = strlen(prefix);

	if (v->len < n || !tobs_view_eq_nocase(tobs_view_sub(*v, 0, n), tobs_str(prefix)))
		return false;
	*v = tobs_view_sub(*v, n, SIZE_MAX);
	return true;
}

/* What follows the host of a Telegram link; false when it is none. */
static bool link_path(struct tobs_view text, struct tobs_view *ret)
{
	if (!skip(&text, "https://"))
		(void)skip(&text, "http://");
	(void)skip(&text, "www.");
	if (!skip(&text, "t.me/") && !skip(&text, "telegram.me/") && !skip(&text, "telegram.dog/"))
		return false;
	/* ?single, ?thread=…, #… say how to show it, not what. */
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '?' || text.ptr[i] == '#')
			text.len = i;
	*ret = text;
	return true;
}

static bool read_id32(struct tobs_view v, int32_t *ret)
{
	int64_t n;

	if (tobs_view_int(v, 1, INT32_MAX, &n))
		return false;
	*ret = (int32_t)n;
	return true;
}

/* The numbers behind a chat: a post, or a topic and a post in it. */
static bool read_posts(struct target *t, const struct tobs_view *parts, size_t n)
{
	if (n == 0)
		return true;
	if (n == 1)
		return read_id32(parts[0], &t->post);
	return n == 2 && read_id32(parts[0], &t->topic) && read_id32(parts[1], &t->post);
}

static int parse_link(
	struct target *t, struct tobs_view path, struct tobs_view whole, struct tobs_err *err)
{
	struct tobs_view parts[PARTS_MAX], rest = path;
	size_t n = 0;

	while (n < PARTS_MAX && tobs_view_split(&rest, '/', &parts[n]))
		n += parts[n].len > 0;
	if (n >= 1 && parts[0].ptr[0] == '+' && parts[0].len > 1) {
		t->text = tobs_view_sub(parts[0], 1, SIZE_MAX);
		/* t.me/+<digits> is a phone number, anything else an invitation. */
		t->kind = TARGET_INVITE;
		for (size_t i = 0; t->kind == TARGET_INVITE && i < t->text.len; i++) {
			if (!is_digit(t->text.ptr[i]))
				return TOBS_OK;
		}
		t->kind = TARGET_PHONE;
		return TOBS_OK;
	}
	if (n == 2 && tobs_view_is(parts[0], "joinchat")) {
		t->kind = TARGET_INVITE;
		t->text = parts[1];
		return TOBS_OK;
	}
	if (n >= 2 && tobs_view_is(parts[0], "c")) {
		t->kind = TARGET_CHANNEL;
		if (tobs_view_int(parts[1], 1, INT64_MAX, &t->id) == TOBS_OK &&
			read_posts(t, parts + 2, n - 2))
			return TOBS_OK;
	} else if (n >= 1) {
		/* t.me/s/name is the preview of a channel in a browser. */
		size_t at = n >= 2 && tobs_view_is(parts[0], "s");

		t->kind = TARGET_USERNAME;
		t->text = parts[at];
		if (target_is_username(t->text) && read_posts(t, parts + at + 1, n - at - 1))
			return TOBS_OK;
	}
	return tobs_fail(
		err, TOBS_EINVAL, "\"%.*s\" is a link that names no chat", TOBS_VIEW_FMT(whole));
}

/* A phone number as people write it: +, digits, spaces, dashes, brackets. */
static bool is_phone(struct tobs_view v)
{
	size_t digits = 0;

	if (v.len < 2 || v.ptr[0] != '+')
		return false;
	for (size_t i = 1; i < v.len; i++) {
		if (is_digit(v.ptr[i]))
			digits++;
		else if (!v.ptr[i] || !strchr(" -()", v.ptr[i]))
			return false;
	}
	return digits >= PHONE_MIN && digits <= PHONE_MAX;
}

int target_parse(struct target *t, struct tobs_view text, struct tobs_err *err)
{
	struct tobs_view path;

	text = tobs_view_trim(text);
	*t = (struct target){ .kind = TARGET_TITLE, .text = text };
	if (text.len == 0)
		return tobs_fail(err, TOBS_EINVAL, "an empty name names no chat");
	if (link_path(text, &path))
		return parse_link(t, path, text, err);
	if (tobs_view_eq_nocase(text, tobs_str("me"))) {
		t->kind = TARGET_SELF;
	} else if (text.ptr[0] == '@') {
		t->kind = TARGET_USERNAME;
		t->text = tobs_view_sub(text, 1, SIZE_MAX);
		if (!target_is_username(t->text))
			return tobs_fail(err, TOBS_EINVAL, "\"%.*s\" is not a possible username",
				TOBS_VIEW_FMT(text));
	} else if (is_phone(text)) {
		t->kind = TARGET_PHONE;
	} else if (tobs_view_int(text, INT64_MIN + 1, INT64_MAX, &t->id) == TOBS_OK && t->id) {
		t->kind = TARGET_ID;
	}
	return TOBS_OK;
}
