/* SPDX-License-Identifier: MIT */
/* What a person writes to name a chat: each kind is what it says it is. */
#include <string.h>

#include "client/target.h"
#include "fuzz.h"

static void check_phone(struct tobs_view text)
{
	for (size_t i = 0; i < text.len; i++)
		FUZZ_CHECK(text.ptr[i] && strchr("+0123456789 -()", text.ptr[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tobs_view in = tobs_view(data, size);
	struct tobs_err err = { 0 };
	struct target t;
	int r = target_parse(&t, in, &err);

	FUZZ_CHECK(r == TOBS_OK || (r == TOBS_EINVAL && err.code == r && err.message[0]));
	if (r)
		return 0;
	FUZZ_CHECK(!t.text.len || (t.text.ptr >= data && t.text.ptr + t.text.len <= data + size));
	FUZZ_CHECK(t.post >= 0 && t.topic >= 0 && (!t.topic || t.post));
	switch (t.kind) {
	case TARGET_USERNAME: FUZZ_CHECK(target_is_username(t.text)); break;
	case TARGET_PHONE:
		FUZZ_CHECK(t.text.len);
		check_phone(t.text);
		break;
	case TARGET_CHANNEL: FUZZ_CHECK(t.id > 0); break;
	case TARGET_ID: FUZZ_CHECK(t.id != 0 && !t.post); break;
	case TARGET_INVITE:
	case TARGET_TITLE: FUZZ_CHECK(t.text.len); break;
	default: break;
	}
	return 0;
}
