/* SPDX-License-Identifier: MIT */
#include "client/wrap.h"

#include "base/attr.h"

enum { DEPTH_MAX = 8, ID_BYTES = 4 };

/* The functions of the schema that take another one (`query:!X = X`). */
#define WRAPPER(name)                                        \
	{                                                    \
		TL_##name, offsetof(struct tl_##name, query) \
	}
static const struct {
	uint32_t id;
	size_t query;
} wrappers[] = {
	WRAPPER(invokeWithTakeout),
	WRAPPER(invokeWithMessagesRange),
	WRAPPER(invokeWithoutUpdates),
	WRAPPER(invokeAfterMsg),
	WRAPPER(invokeAfterMsgs),
	WRAPPER(invokeWithLayer),
	WRAPPER(initConnection),
	WRAPPER(invokeWithBusinessConnection),
	WRAPPER(invokeWithGooglePlayIntegrity),
	WRAPPER(invokeWithApnsSecret),
	WRAPPER(invokeWithReCaptcha),
};

/* What `query` wraps, into *ret; false when it wraps nothing. */
static bool unwrap(uint32_t method, const void *query, const void **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++) {
		if (wrappers[i].id == method) {
			*ret = *(const void *const *)(const void *)((const uint8_t *)query +
				wrappers[i].query);
			return true;
		}
	}
	return false;
}

uint32_t wrap_innermost(uint32_t method, const void *query)
{
	for (int i = 0; i < DEPTH_MAX; i++) {
		const void *inner;

		if (!unwrap(method, query, &inner))
			return method;
		if (!inner)
			return 0;
		query = inner;
		method = tl_id(inner);
	}
	return 0;
}

int wrap_first(struct tobs_buf *out, const struct setup *s, struct tobs_err *err)
{
	const struct tl_inputClientProxy proxy = { TL_inputClientProxy, tobs_str(s->mtproxy.host),
		s->mtproxy.port };
	const struct tl_initConnection init = { .ctor = TL_initConnection,
		.api_id = s->api_id,
		.device_model = tobs_str(s->device_model),
		.system_version = tobs_str(s->system_version),
		.app_version = tobs_str(s->app_version),
		.system_lang_code = tobs_str(s->lang_code),
		.lang_code = tobs_str(s->lang_code),
		.proxy = s->mtproxy.used ? &proxy : NULL,
		.query = TL0(help_getConfig) };
	int r = tl_encode(out, TL(invokeWithLayer, .layer = TL_LAYER, .query = &init), err);

	if (!r)
		tobs_buf_truncate(out, out->len - ID_BYTES);
	return r;
}
