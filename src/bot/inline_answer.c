/* SPDX-License-Identifier: MIT */
#include "bot/inline_answer.h"

#include "botapi/encode.h"

enum { JSON_MAX = 1 << 20 };

void inline_init(struct inline_answer *a)
{
	*a = (struct inline_answer){ .state = INLINE_OPEN };
	tobs_event_init(&a->done);
	tobs_buf_init(&a->json, JSON_MAX);
}

void inline_close(struct inline_answer *a)
{
	if (!a || a->state != INLINE_OPEN)
		return;
	a->state = INLINE_CLOSED;
	tobs_event_set(&a->done, TOBS_OK);
}

/* The server refuses these in an answer (Client.cpp, is_webhook_… and get…). */
static bool may(enum tobs_method m)
{
	return m != TOBS_METHOD_SET_WEBHOOK && m != TOBS_METHOD_DELETE_WEBHOOK &&
		m != TOBS_METHOD_API_CLOSE && m != TOBS_METHOD_API_LOG_OUT &&
		!tobs_view_starts(tobs_str(tobs_method_name(m)), "get");
}

/* {"method":"sendMessage","chat_id":…} */
static int put_json(struct tobs_buf *out, enum tobs_method method, struct tobs_view args)
{
	tobs_buf_puts(out, "{\"method\":\"");
	tobs_buf_puts(out, tobs_method_name(method));
	tobs_buf_puts(out, args.len > 2 ? "\"," : "\"");
	return tobs_buf_putv(out, tobs_view_sub(args, 1, SIZE_MAX));
}

bool inline_take(struct inline_answer *a, enum tobs_method method, const void *args)
{
	struct botapi_body body;
	int r;

	if (!a || a->state != INLINE_OPEN || !may(method))
		return false;
	botapi_body_init(&body, JSON_MAX);
	r = botapi_encode(method, args, 0, &body, NULL);
	/* Files cannot come along. */
	if (!r && body.parts.count)
		r = TOBS_EUNSUPPORTED;
	if (!r)
		r = put_json(&a->json, method, tobs_buf_view(&body.text));
	botapi_body_deinit(&body);
	if (r)
		return false;
	a->state = INLINE_TAKEN;
	tobs_event_set(&a->done, TOBS_OK);
	return true;
}
