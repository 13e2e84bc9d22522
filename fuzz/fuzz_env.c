/* SPDX-License-Identifier: MIT */
/* .env files: what was read, written with quotes, reads the same; messages show nothing of the text. */
#include <tobs/buf.h>

#include "base/env.h"
#include "fuzz.h"

static void put_quoted(struct tobs_buf *out, struct tobs_view value)
{
	tobs_buf_putc(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i];

		if (c == '"' || c == '\\' || c == '$')
			tobs_buf_putc(out, '\\');
		if (c == '\r')
			tobs_buf_puts(out, "\\r");
		else
			tobs_buf_putc(out, (char)c);
	}
	tobs_buf_puts(out, "\"\n");
}

static void reads_the_same(struct env *env)
{
	struct env again = { 0 };
	struct tobs_buf text;

	tobs_buf_init(&text, ENV_SIZE_MAX);
	ARRAY_EACH (it, &env->entries) {
		tobs_buf_putv(&text, it->key);
		tobs_buf_putc(&text, '=');
		put_quoted(&text, it->value);
	}
	/* Quotes make it longer, maybe too long. */
	if (tobs_buf_err(&text) == TOBS_OK) {
		FUZZ_CHECK(env_parse(&again, tobs_buf_view(&text), "again", NULL) == TOBS_OK);
		FUZZ_CHECK(again.entries.count == env->entries.count);
		for (size_t i = 0; i < again.entries.count; i++) {
			FUZZ_CHECK(tobs_view_eq(
				again.entries.items[i].key, env->entries.items[i].key));
			FUZZ_CHECK(tobs_view_eq(
				again.entries.items[i].value, env->entries.items[i].value));
		}
		env_deinit(&again);
	}
	tobs_buf_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct env env = { 0 };
	struct tobs_err err = { 0 };
	unsigned line = 0;
	int r = env_parse(&env, tobs_view(data, size), "fuzz", &err);

	if (r) {
		FUZZ_CHECK(!env.text && !env.entries.count);
		FUZZ_CHECK(
			r != TOBS_EMALFORMED || (err.offset >= 0 && err.offset <= (int64_t)size));
		return 0;
	}
	ARRAY_EACH (it, &env.entries) {
		FUZZ_CHECK(it->key.len && it->key.ptr[it->key.len] == 0);
		FUZZ_CHECK(it->value.ptr[it->value.len] == 0);
		FUZZ_CHECK(it->value.ptr + it->value.len < env.text + env.text_len);
		FUZZ_CHECK(it->line > line);
		line = it->line;
	}
	reads_the_same(&env);
	env_deinit(&env);
	return 0;
}
