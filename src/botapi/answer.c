/* SPDX-License-Identifier: MIT */
#include "botapi/answer.h"

#include <stdio.h>

#include "base/log.h"
#include "botapi/decode.h"
#include "net/http.h"

enum {
	DESCRIPTION_MAX = 4096, /* bytes that are looked at */
	RETRY_MAX = 7 * 24 * 3600,
};

void answer_reader_init(struct answer_reader *a)
{
	*a = (struct answer_reader){ 0 };
	json_parser_init(&a->parser, ANSWER_MAX, BOTAPI_JSON_DEPTH);
}

void answer_reader_deinit(struct answer_reader *a)
{
	json_doc_deinit(&a->doc);
	json_parser_deinit(&a->parser);
}

bool answer_is_ok(int status, struct tobs_view body)
{
	return status / 100 == 2 && tobs_view_starts(body, "{\"ok\":true,") &&
		tobs_view_ends(body, "}");
}

/* The code of a refusal. */
static int code_of(int status, struct tobs_view description)
{
	switch (status) {
	case 400:
	case 413: return TOBS_EINVAL;
	case 401: return TOBS_EAUTH;
	case 403: return TOBS_EPERM;
	/* "Not Found" alone is what a server says to a token it does not know. */
	case 404: return tobs_view_is(description, "Not Found") ? TOBS_EAUTH : TOBS_ENOTFOUND;
	case 409: return TOBS_EEXISTS;
	case 420:
	case 429: return TOBS_EFLOOD;
	default: return status >= 500 ? TOBS_EAGAIN : TOBS_ERPC;
	}
}

/* Text from outside, fit to be shown, into a field of struct tobs_err, whole characters only. */
static void show(char *out, size_t cap, struct tobs_view text)
{
	struct tobs_buf clean;
	size_t n;

	tobs_buf_init(&clean, 2 * DESCRIPTION_MAX);
	(void)log_clean(&clean, tobs_view_sub(text, 0, DESCRIPTION_MAX));
	n = clean.len < cap ? clean.len : cap - 1;
	while (n && n < clean.len && (clean.ptr[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(out, clean.ptr, n);
	out[n] = 0;
	tobs_buf_deinit(&clean);
}

static int64_t header_seconds(const struct answer *in)
{
	struct tobs_view value;
	int64_t s = 0;

	if (!http_header_find(in->head, "Retry-After", &value) ||
		tobs_view_int(value, 0, RETRY_MAX, &s))
		return 0;
	return s;
}

static int refuse(enum tobs_method method, const struct answer *in, int status,
	struct tobs_view description, struct tobs_err *err)
{
	char text[200];
	int code = code_of(status, description);

	show(text, sizeof text, description);
	tobs_fail(err, code, "%s: %d %s", tobs_method_name(method), status, text);
	if (err) {
		err->status = status;
		err->seconds = header_seconds(in);
		show(err->name, sizeof err->name, description);
	}
	return code;
}

/* {"ok":false,…} */
static int read_refusal(enum tobs_method method, const struct answer *in, struct json_value root,
	struct tobs_err *err)
{
	struct json_value more = json_field(root, "parameters");
	struct tobs_view description = tobs_str("");
	int64_t status = in->status, n;
	int r;

	(void)json_get_str(json_field(root, "description"), &description);
	if (json_get_i64(json_field(root, "error_code"), &status) || status < 100 || status > 999)
		status = in->status;
	r = refuse(method, in, (int)status, description, err);
	if (err && !json_get_i64(json_field(more, "retry_after"), &n) && n >= 0 && n <= RETRY_MAX)
		err->seconds = n;
	if (err && !json_get_i64(json_field(more, "migrate_to_chat_id"), &n))
		err->chat_id = n;
	return r;
}

/* An answer that no Bot API server gives: a proxy's page, a wrong address, half an answer. */
static int read_stranger(
	enum tobs_method method, const struct answer *in, const char *why, struct tobs_err *err)
{
	const char *name = tobs_method_name(method), *text = http_status_text(in->status);
	int code = TOBS_EPROTO;

	if (in->status / 100 == 5) {
		code = TOBS_EAGAIN;
		tobs_fail(err, code, "%s: %d %s, from what stands before the Bot API server", name,
			in->status, text);
	} else if (in->status == 413 || in->status == 429) {
		code = code_of(in->status, tobs_str(""));
		tobs_fail(err, code, "%s: %d %s", name, in->status, text);
	} else if (in->status / 100 == 2) {
		tobs_fail(err, code, "%s: the answer is none of a Bot API server: %s", name, why);
	} else {
		tobs_fail(err, code, "%s: %d %s, and %s: is the address that of a Bot API server?",
			name, in->status, text, why);
	}
	if (err) {
		err->status = in->status;
		err->seconds = header_seconds(in);
		snprintf(err->name, sizeof err->name, "%s", text);
	}
	return code;
}

int answer_read(struct answer_reader *a, enum tobs_method method, const struct answer *in,
	struct json_value *ret, struct tobs_err *err)
{
	struct tobs_err bad = { 0 };
	struct json_value root, result;
	bool ok = false;
	int r = json_parse_buf(&a->parser, &a->doc, in->body, &bad);

	if (r == TOBS_ENOMEM)
		return tobs_fail(err, r, "%s: no memory for the answer", tobs_method_name(method));
	if (r)
		return read_stranger(method, in, "it is not JSON", err);
	root = json_root(&a->doc);
	if (json_get_bool(json_field(root, "ok"), &ok))
		return read_stranger(method, in, "it has no \"ok\"", err);
	if (!ok)
		return read_refusal(method, in, root, err);
	result = json_field(root, "result");
	if (json_is_missing(result))
		return read_stranger(method, in, "it has no \"result\"", err);
	*ret = result;
	return TOBS_OK;
}
